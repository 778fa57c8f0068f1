"""The rules: one Python file and one page of the same stem each."""
