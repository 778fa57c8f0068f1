"""Tests of the observed matrix."""
