"""Why a statement was allowed or denied is found by trying, and told in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policytool.catalog.objects import Catalog
from policytool.postgres.server import Server
from policytool.postgres.session import Session
from policytool.testing.actors import key, person
from tests.testing.trying import PEOPLE, on_a_server, why

HERE = Path(__file__).parent
MIGRATION = (HERE / "reasons.sql").read_text()
SAM, BEN, STAFF = person("sam"), person("ben"), person("ada", claims={"app_metadata": {"role": "staff"}})
ROWS = f"""
insert into orders values ('o1', '{BEN.user}', 'open'), ('o2', '{SAM.user}', 'open'), ('o3', '{BEN.user}', 'closed');
insert into members values ('acme', '{BEN.user}'); insert into projects values ('p1', 'acme');
insert into secrets values ('acme'); insert into vaults values ('v1', 'acme');
insert into rooms values ('r1'); insert into casts values (1, 'nobody'); insert into drafts values ('d1');
"""


HARD_MIGRATION = (HERE / "hard_reasons.sql").read_text()
HARD_ROWS = f"""
insert into counters values ('c1', '{SAM.user}'); insert into parts values (1, '{SAM.user}');
insert into loop values (1); insert into ping values (1); insert into pong values (1); insert into rates values (1, 0);
insert into quiet values (1);
"""


def line(text: str, migration: str = MIGRATION) -> int:
    """The line of the migration that has a text."""
    return next(at for at, part in enumerate(migration.splitlines(), start=1) if text in part)


@pytest.fixture(scope="module")
def project(supabase_server: Server) -> Iterator[tuple[Session, Catalog]]:
    PEOPLE.update({str(who.user): who.name for who in (SAM, BEN, STAFF)})
    with on_a_server(supabase_server, MIGRATION, ROWS) as found:
        yield found


@pytest.fixture(scope="module")
def hard(supabase_server: Server) -> Iterator[tuple[Session, Catalog]]:
    PEOPLE.update({str(who.user): who.name for who in (SAM, BEN)})
    with on_a_server(supabase_server, HARD_MIGRATION, HARD_ROWS) as found:
        yield found


def cases(file: str) -> Iterator[Any]:
    """(statement, what decides, how the sentence begins) of each."""
    for block in (HERE / file).read_text().split("\n\n# ")[1:]:
        name, sql, answer = block.strip().split("\n")
        by, expected = answer.split(" | ")
        sql = sql.replace("{sam}", str(SAM.user)).replace("{ben}", str(BEN.user))
        yield pytest.param(sql, by, expected, id=name)


CASES, HARD = tuple(cases("reasons.txt")), tuple(cases("hard_reasons.txt"))


@pytest.mark.parametrize(("sql", "by", "expected"), CASES)
def test_what_decided_is_told(project: tuple[Session, Catalog], sql: str, by: str, expected: str) -> None:
    """The grant, or the policy with its place, or what else it was; in one line."""
    is_told(*project, MIGRATION, sql, by, expected)


@pytest.mark.parametrize(("sql", "by", "expected"), HARD)
def test_what_decided_is_told_where_it_is_hard(hard: tuple[Session, Catalog], sql: str, by: str, expected: str) -> None:
    """Recursion, conflicts, locks, partitions, views on views, sequences, schemas, functions."""
    is_told(*hard, HARD_MIGRATION, sql, by, expected)


def is_told(session: Session, catalog: Catalog, migration: str, sql: str, by: str, expected: str) -> None:
    row = re.search(r"id = '(\w+)'", sql)
    found = why(session, catalog, BEN, sql, row=row[1] if row else "")
    expected = re.sub(r"{(.+?)}", lambda match: str(line(match[1], migration)), expected)
    assert (found.text[: len(expected)], found.by) == (expected, by), found.text
    assert "\n" not in found.text


def test_policies_that_admit_are_found_each_alone(project: tuple[Session, Catalog]) -> None:
    """A person whom two policies let through is told of both."""
    session, catalog = project
    session.bypass(f"insert into orders values ('o4', '{STAFF.user}')", keep=True)
    both = why(session, catalog, STAFF, "select from orders where id = 'o4'")
    assert [p.policy for p in both.policies] == ["own orders", "staff"]
    assert "each on its own" in both.text
    one = why(session, catalog, STAFF, "select from orders where id = 'o1'")
    assert [p.policy for p in one.policies] == ["staff"]


def test_who_bypasses_policies_is_told(project: tuple[Session, Catalog]) -> None:
    """The role of the secret key."""
    session, catalog = project
    session.bypass("grant select on orders to service_role", keep=True)
    found = why(session, catalog, key("service_role"), "select from orders")
    assert (found.by, found.text) == ("exempt", "allowed: service_role bypasses row level security")


def test_nothing_is_left_behind(project: tuple[Session, Catalog]) -> None:
    """What is tried is undone, whatever it was."""
    session, catalog = project
    count = "select (select count(*) from pg_policies), (select count(*) from orders), (select count(*) from notes)"
    before = session.bypass(count)
    for case in CASES:
        why(session, catalog, BEN, str(case.values[0]))
    assert session.bypass(count) == before
