"""Expressions and queries: canonical text, what they refer to, and how a rename changes them."""
