"""The policy tests of the example product: they cover every table, hold, and notice every mistake that shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool import api
from policytool.config import Config
from policytool.testing.running.collect import collect
from policytool.testing.running.conduct import Options
from policytool.testing.suites.read import read_suite

ROOT = Path(__file__).resolve().parents[2]
# What these ask is implied: by row level security of the table that the sub-query reads, or by who is a member of what.
IMPLIED = {
    ("public.order_items", "USING without o.buyer_id = "),
    ("public.orders", "USING without tenant_id IN "),
    ("public.products", "USING without tenant_id IN "),
    ("public.tests", "USING without b.learner_id = "),
    ("public.wishlist_items", "USING without s.user_id = "),
    ("public.wishlist_items", "WITH CHECK without s.user_id = "),
    ("public.wishlists", "USING without s.user_id = "),
}


def test_every_table_is_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a place in some file that says who may do what to rows of it."""
    monkeypatch.chdir(ROOT)
    catalog = api.load().built.catalog
    files = collect((), Config()).files
    stated = {s.table for file in files for s in read_suite(file.path, file.text, catalog).stated}
    assert {name for name, table in catalog.tables.items() if table.origin is None} <= stated
    assert ("storage", "objects") in stated


@pytest.mark.server
def test_all_hold_and_every_mutant_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No case fails, and no policy could be dropped, opened or loosened without one that does."""
    monkeypatch.chdir(ROOT)
    (found,) = api.mutate(options=Options(workers=2))
    score = found.score
    assert score.failing == ()
    assert [
        (r.table, r.text, r.note) for r in (*score.of("survived"), *score.of("unseeded"), *score.of("failed"))
    ] == []
    untold = {(r.table, r.text.partition('", ')[2]) for r in score.of("untold")}
    assert {pair for pair in untold if not any(pair[0] == t and pair[1].startswith(w) for t, w in IMPLIED)} == set()
    assert score.total.killed > 150
