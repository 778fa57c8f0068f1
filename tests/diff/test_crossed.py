"""Any catalog of the cases can become any other: hypothesis draws the pairs."""

from __future__ import annotations

import functools

from hypothesis import given, settings
from hypothesis import strategies as st

from policytool.catalog.objects import Catalog
from tests.catalog.closing import built
from tests.diff.cases import SERVED, case, differ


@functools.lru_cache(maxsize=64)
def _catalog(name: str, side: str) -> Catalog:
    found = case(name)
    return built(found.before if side == "before" else found.after, "postgres")


_SIDE = st.tuples(st.sampled_from(SERVED), st.sampled_from(("before", "after")))


@settings(max_examples=150, deadline=None)
@given(_SIDE, _SIDE)
def test_any_pair_closes(one: tuple[str, str], other: tuple[str, str]) -> None:
    """The plan between two catalogs that have nothing to do with each other ends at the second, and stays there."""
    diff = differ(_catalog(*one), _catalog(*other))
    assert diff.problems == ()
    assert [change.sql for change in differ(diff.plan.simulated, diff.plan.after).changes] == []
