"""Where else policytool runs: a server for assistants, one for editors."""
