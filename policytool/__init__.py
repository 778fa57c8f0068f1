"""policytool: who may touch which rows of your Postgres database."""

__version__ = "0.1.0"
