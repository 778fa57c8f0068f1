"""Leaks as policy tests: they fail while a leak is there, and pass once it is mended."""

from __future__ import annotations

from policytool.postgres.server import Server
from policytool.testing.observed.emit import emit
from tests.testing.conftest import Try
from tests.testing.observed.clinic import MISTAKES, RIGHT, WRONG
from tests.testing.observed.conftest import Observe, load_sql, see


def test_each_leak_is_a_case_that_fails_until_it_is_mended(supabase_server: Server, tried: Try) -> None:
    """The file that the wrong schema gives fails there, in each case, and passes on the right one."""
    loaded = load_sql(WRONG)
    text = emit(see(supabase_server, loaded).observation, loaded.built.catalog)
    on_wrong, on_right = tried(WRONG, text), tried(RIGHT, text)
    assert len(on_wrong) == len(MISTAKES)
    assert {name: result.problem for name, result in on_wrong.items() if result.passed} == {}
    assert not any("vacuous" in (result.problem or "") for result in on_wrong.values())
    assert {name: result.problem for name, result in on_right.items() if not result.passed} == {}


def test_without_a_leak_there_is_no_file(observed: Observe) -> None:
    """Nothing is written."""
    assert emit(observed(RIGHT).observation, load_sql(RIGHT).built.catalog) == ""
