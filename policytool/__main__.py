"""`python -m policytool` is `policytool`."""

from policytool.cli import main

if __name__ == "__main__":
    main()
