"""The report of many databases."""
