"""A first policy test says what the policies come to, and passes as it stands."""

from __future__ import annotations

from policytool.testing.init import first_test
from policytool.testing.running.run import run_suite
from policytool.testing.suites.read import read_suite
from tests.testing.conftest import Lay
from tests.testing.schemas import MARKET
from tests.testing.test_isolation import TENANTS


def test_it_says_what_owner_stranger_and_anon_may(lay: Lay) -> None:
    """As measured; the policies stand beside it."""
    text = first_test(lay(MARKET), path="a.policy.yaml")
    lines = [line.strip() for line in text.splitlines()]
    assert "owner: {}" in lines
    assert 'first: {id: "@owner"}' in lines
    assert "first: {owner: ru, stranger: r}" in lines  # profiles
    assert "first: {owner: rd}" in lines  # listings: who is no seller may not leave one as it is
    assert any(line.startswith("# people change their own (update to authenticated) using id =") for line in lines)


def test_it_passes(lay: Lay) -> None:
    """With keys of two columns, with members, and where somebody is stopped by a constraint alone."""
    for sql in (MARKET, TENANTS):
        ground = lay(sql)
        text = first_test(ground, path="a.policy.yaml")
        assert "left out" not in text
        results = list(run_suite(ground, read_suite("a.policy.yaml", text, ground.built.catalog), explain=False))
        assert [result.name for result in results if not result.passed] == []
        assert len(results) > 30


def test_a_leak_is_left_out_and_told(lay: Lay) -> None:
    """What no letter can say, a delete that works only without a filter, is not hidden."""
    ground = lay(TENANTS + "create policy q on public.tasks for delete to authenticated using (true);")
    text = first_test(ground, path="a.policy.yaml")
    assert "# tasks is left out: a delete without a filter gets to tasks.first" in text
    results = run_suite(ground, read_suite("a.policy.yaml", text, ground.built.catalog), explain=False)
    assert all(result.passed for result in results)


def test_a_database_without_tokens(lay: Lay) -> None:
    """The actors are its roles."""
    sql = "create table public.t (id int primary key); grant select on public.t to anon;"
    assert "anon: {role: anon}" in first_test(lay(sql), path="a.policy.yaml")
