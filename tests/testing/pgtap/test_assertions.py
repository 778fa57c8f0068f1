"""The assertions print what pgTAP prints: recorded with pgTAP 1.3.5, and compared with a real one where there is one.

With POLICYTOOL_PGTAP naming a checkout of pgTAP the recording is made again, by the real extension, and must be equal.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from policytool.postgres.platform import apply_migrations, platform_server
from policytool.source.bootstrap import extension_parts
from policytool.syntax.split import split
from policytool.testing.pgtap import find_suites, run_suites
from tests.bootstrap.support import header

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

HERE = Path(__file__).parent
CHECKOUT = os.environ.get("POLICYTOOL_PGTAP")


def printed(connection: Connection) -> Iterator[str]:
    """The statements, and what each of them prints; an error is undone."""
    text = (HERE / "assertions.sql").read_text(encoding="utf-8")
    for piece in split(text):
        sql = text[piece.body : piece.end]
        connection.execute("savepoint s")
        yield f"> {sql}"
        try:
            result = connection.execute(sql.encode()).pgresult
            rows = range(result.ntuples if result else 0)
            for row in rows:
                yield from lines("|".join((result.get_value(row, n) or b"").decode() for n in range(result.nfields)))  # type: ignore[union-attr]
        except psycopg.Error as error:
            yield f"ERROR: {error.diag.message_primary}"
            connection.execute("rollback to s")


def lines(output: str) -> Iterator[str]:
    """Without what differs by session, and without the context, which names functions of pgTAP's own."""
    for line in output.split("\n"):
        if line.endswith("CONTEXT:"):
            return
        yield re.sub(r"pg_temp_\d+", "pg_temp_N", line)


def recorded(server: Server, template: str) -> str:
    """All of it, in a copy of a database that has pgTAP."""
    name = server.create_database(template, owner="postgres")
    with server.connect(name, "postgres") as connection:
        connection.autocommit = False
        text = "".join(f"{line}\n" for line in printed(connection))
        connection.rollback()
    server.drop_database(name)
    return text


def test_the_stand_in_prints_what_pgtap_prints(supabase_server: Server) -> None:
    """Numbers, descriptions of one's own and made-up ones, diagnostics, errors, directives and sums."""
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    made = apply_migrations(supabase_server, name, ["create extension pgtap with schema extensions"])
    assert made[0].error is None
    assert recorded(supabase_server, name).split("\n") == (HERE / "assertions.txt").read_text("utf-8").split("\n")
    supabase_server.drop_database(name)


@pytest.fixture
def real() -> Iterator[tuple[Server, str]]:
    """A server that has pgTAP itself, and a database without it."""
    root = Path(CHECKOUT or "")
    with platform_server("supabase") as server:
        folder = Path(server.running.folder) / "standins" / "extension"
        for path in folder.glob("pgtap*"):
            path.unlink()
        (folder / "pgtap.control").write_text((root / "pgtap.control").read_text(encoding="utf-8"))
        script = (root / "sql" / "pgtap.sql.in").read_text(encoding="utf-8")
        script = script.replace("__VERSION__", "1.3").replace("__OS__", "linux")
        (folder / "pgtap--1.3.5.sql").write_text(script)
        for path in folder.glob("pgtap*"):
            path.chmod(0o644)
        yield server, server.create_database("supabase_legacy", owner="postgres")


@pytest.mark.skipif(CHECKOUT is None, reason="POLICYTOOL_PGTAP names no checkout of pgTAP")
def test_pgtap_itself_prints_it(real: tuple[Server, str]) -> None:
    """The recording is what the real extension prints."""
    server, name = real
    with server.administer(name) as connection:
        connection.execute("create extension pgtap with schema extensions")
    assert recorded(server, name).split("\n") == (HERE / "assertions.txt").read_text("utf-8").split("\n")


@pytest.mark.skipif(CHECKOUT is None, reason="POLICYTOOL_PGTAP names no checkout of pgTAP")
def test_a_real_pgtap_is_used_where_there_is_one(real: tuple[Server, str], tmp_path: Path) -> None:
    """Its version is the real one's, and nothing is said of a stand-in."""
    path, said = tmp_path / "supabase" / "tests" / "a.sql", list[str]()
    path.parent.mkdir(parents=True)
    path.write_text(
        "begin; select plan(1); select is(extversion, '1.3.5') from pg_extension where extname = 'pgtap'; rollback;"
    )
    (result,) = run_suites(*real, find_suites(tmp_path), progress=said.append)
    assert (result.passed, len(result.assertions), said) == (True, 1, [])


@pytest.mark.parametrize("name", ["pgtap", "basejump-supabase_test_helpers", "supabase-dbdev"])
def test_a_stand_in_of_suites_says_what_it_is(name: str) -> None:
    """Each begins with the line that programs read, each part with what it gives, and no line is too long."""
    parts = extension_parts()[name]
    assert header(parts[0]).name == name
    for part in parts:
        text = part.read_text(encoding="utf-8")
        assert text.startswith("-- ")
        assert [line for line in text.split("\n") if len(line) > 120] == []
