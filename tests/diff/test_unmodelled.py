"""What a server or a migration has and the catalog has no room for is told, never passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policytool.diff.run import compare
from policytool.report import diff_text
from tests.catalog.closing import built, platform
from tests.diff.cases import database, differ, observed

if TYPE_CHECKING:
    from policytool.postgres.server import Server

HIDDEN = {
    "create text search configuration c (copy = simple)": "what text search configuration public.c says",
    "create role limited connection limit 3 valid until '2030-01-01'": "the connection limit of role limited",
    "select lo_create(0)": "1 large objects",
    "alter database {name} set work_mem = '8MB'": "the setting work_mem of the database",
}


def test_a_scan_of_a_server_finds_it(postgres_server: Server) -> None:
    """Each is a note and a hazard of the whole diff; a database without such things has none."""
    with database(postgres_server) as name:
        empty = observed(postgres_server, name).catalog
        with postgres_server.administer(name) as connection:
            for sql in HIDDEN:
                connection.execute(sql.format(name=f'"{name}"').encode())
        diff = compare(empty, observed(postgres_server, name).catalog, platform("postgres"))
    assert empty.unmodelled == ()
    told = {unmodelled.message.removeprefix("the catalog does not hold ") for unmodelled in diff.unmodelled}
    assert told == {*HIDDEN.values(), "the expiry of role limited"}
    assert "UNMODELLED" in diff.hazards
    assert all(text in diff_text.render(diff) for text in HIDDEN.values())


def test_what_cannot_be_made_is_a_problem() -> None:
    """A type of which only the name is known cannot be made: the plan says that it is not good, and why."""
    diff = differ(built("", "postgres"), built("create type public.shell;", "postgres"))
    assert diff.notes == ("type public.shell: the catalog holds no more than its name",)
    assert "base type public.shell: existence would still differ" in diff.problems


def test_a_subscription_is_not_made_without_its_connection() -> None:
    """How it connects is a secret that the catalog never holds."""
    made = built("create subscription s connection 'host=a password=b' publication p;", "postgres")
    diff = differ(built("", "postgres"), made)
    assert diff.notes == ("subscription s: the catalog does not hold enough to make it",)
    assert diff.problems == ("subscription s: existence would still differ",)


def test_a_secret_is_to_be_put_in_by_hand() -> None:
    """What the catalog holds as *** is written so, and said."""
    made = built(
        "create foreign data wrapper w; create server s foreign data wrapper w;"
        "create user mapping for public server s options (user 'u', password 'hunter2');",
        "postgres",
    )
    diff = differ(built("", "postgres"), made)
    assert diff.problems == ()
    assert any("put it in by hand" in note for note in diff.notes)
    assert not any("hunter2" in change.sql for change in diff.changes)


def test_a_security_label_is_told() -> None:
    """The statement is recorded, with its place."""
    catalog = built("create table t (a integer); security label for x on table t is 'y';", "postgres")
    assert [unmodelled.kind for unmodelled in catalog.unmodelled] == ["SecLabelStmt"]


def test_an_extension_is_updated() -> None:
    """Another version of an extension is an update, which a server may have no path for."""
    before, after = (f"create extension pg_trgm version '{version}';" for version in ("1.5", "1.6"))
    diff = differ(built(before, "postgres"), built(after, "postgres"))
    assert [change.sql for change in diff.changes] == ["alter extension pg_trgm update to '1.6'"]
    assert "EXTENSION_VERSION" in diff.hazards


def test_collations_and_dictionaries_are_read(postgres_server: Server) -> None:
    """A server shows them as the statements that made them are kept: nothing differs, and each can be made again."""
    sql = (
        "create collation a (provider = libc, locale = 'C'); create collation b (lc_collate = 'C', lc_ctype = 'POSIX');"
        "create text search dictionary c (template = simple, accept = false);"
        "create text search dictionary d (template = snowball, language = english, stopwords = english);"
        "alter text search dictionary d (stopwords);"
    )
    with database(postgres_server) as name:
        with postgres_server.administer(name) as connection:
            connection.execute(sql.encode())
        seen = observed(postgres_server, name).catalog
    files = built(sql, "postgres")
    assert {k: o.definition for k, o in seen.others.items()} == {k: o.definition for k, o in files.others.items()}
    made = [change.sql for change in differ(built("", "postgres"), seen).changes if "create" in change.sql]
    assert "create text search dictionary public.d (TEMPLATE = snowball, language = 'english')" in made
    assert seen.unmodelled == ()
