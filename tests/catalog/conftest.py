"""Fixtures shared with the builder's tests."""

from tests.catalog.build.conftest import cluster

__all__ = ["cluster"]
