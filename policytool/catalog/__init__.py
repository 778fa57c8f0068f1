"""The catalog model and its producers."""
