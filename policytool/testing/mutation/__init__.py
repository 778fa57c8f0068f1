"""Policies made slightly wrong, to see whether the tests notice."""
