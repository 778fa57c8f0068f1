"""Runs the cases of policy test files, and pgTAP suites beside them."""
