"""Measurements of `policytool diff`."""
