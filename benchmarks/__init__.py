"""Measurements of policytool."""
