"""`policytool apply` and `policytool doctor`, as one calls them."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policytool.postgres import binaries
from tests.cli.support import CLEAN_TABLE, Cli

pytestmark = pytest.mark.server
BAD = "select 1;\n\n  alter table public.notes add column nowhere public.kind;\n"


def test_every_file_is_told(cli: Cli) -> None:
    """Server, stand-ins, a line for each file, and the sum."""
    cli.migration(CLEAN_TABLE)
    ran = cli("apply")
    assert (ran.code, ran.err) == (0, "")
    first, *_ = ran.out.splitlines()
    assert first == f"embedded PostgreSQL {binaries.embedded().version}, platform supabase"
    assert "stand-ins for extensions, made of SQL alone: pgcrypto, supabase_vault, uuid-ossp" in ran.out
    assert re.search(r"^ok    \S*20240101000000_one.sql  5 statements, \d+ ms$", ran.out, re.MULTILINE)
    assert re.search(r"^1 of 1 files applied, 0 failed in ", ran.out, re.MULTILINE)


def test_a_failure_has_place_statement_and_postgres_words(cli: Cli) -> None:
    """File, line, SQLSTATE, message and the statement; the files behind it are not reached."""
    cli.migration(CLEAN_TABLE)
    cli.migration(BAD, "20240102000000_two.sql")
    cli.migration("select 1;", "20240103000000_three.sql")
    ran = cli("apply")
    assert ran.code == 1
    assert '20240102000000_two.sql:3:47: 42704: type "public.kind" does not exist\n' in ran.out
    assert "in: alter table public.notes add column nowhere public.kind\n" in ran.out
    assert "1 of 3 files applied, 1 failed, 1 not reached (--keep-going goes on)" in ran.out
    going_on = cli("apply", "--keep-going", "-q")
    assert going_on.code == 1
    assert "2 of 3 files applied, 1 failed in" in going_on.out


def test_history_that_starts_on_the_dashboard_is_recognised(cli: Cli) -> None:
    """A table that no migration makes is named, with what to do; one that a later file makes is not."""
    cli.migration("alter table public.orders add column paid boolean;")
    cli.migration("create policy p on public.late using (true);", "20240102000000_two.sql")
    cli.migration("create table public.late ();", "20240103000000_three.sql")
    ran = cli("apply", "--keep-going")
    assert "history starts on the dashboard: no migration makes public.orders\n" in ran.out
    assert "supabase db pull" in ran.out
    assert cli("apply", "--keep-going", "-f", "json").json["missing"] == ["public.orders"]


def test_json_has_the_same(cli: Cli) -> None:
    """Files with their errors, the server, the stand-ins."""
    cli.migration(CLEAN_TABLE)
    cli.migration(BAD, "20240102000000_two.sql")
    found = cli("apply", "-f", "json").json
    assert found["server"] == {"provider": "embedded", "version": binaries.embedded().version}
    assert (found["applied"], found["total"]) == (1, 2)
    assert [file["error"] and file["error"]["sqlstate"] for file in found["files"]] == [None, "42704"]
    assert found["files"][1]["error"]["line"] == 3
    assert "pgcrypto" in found["stand_ins"]


def test_another_major_is_announced(cli: Cli) -> None:
    """The project's own version is in config.toml."""
    cli.migration(CLEAN_TABLE)
    (cli.folder / "supabase" / "config.toml").write_text("[db]\nmajor_version = 15\n")
    assert "note: the project says PostgreSQL 15; --pg 15 asks for that one\n" in cli("apply").out


def test_strict_privileges_lend_nothing(cli: Cli) -> None:
    """A policy on a table of the platform needs its owner; supautils is not played then."""
    cli.migration("create extension if not exists pg_cron; create policy p on storage.objects using (true);")
    assert cli("apply").code == 0
    ran = cli("apply", "--strict-privileges")
    assert ran.code == 1
    assert "must be owner of table objects" in ran.out


def test_without_sql_there_is_nothing_to_apply(cli: Cli) -> None:
    """Exit code 3, as for audit."""
    assert cli("apply").code == 3


def test_a_server_that_cannot_be_had_is_exit_code_4(cli: Cli) -> None:
    """The major version, a URL of nobody."""
    cli.migration(CLEAN_TABLE)
    assert cli("apply", "--postgres", "embedded", "--pg", "99").code == 4
    assert cli("apply", "--postgres", f"host={cli.folder} user=u").code == 4


def test_kept_database_can_be_used_and_stopped(cli: Cli) -> None:
    """After --keep the command has ended, psql's words lead to the database, and the kill removes all of it."""
    import psycopg

    cli.migration(CLEAN_TABLE)
    program = "from policytool.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", program, "apply", "--keep"], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    words = shlex.split(next(line for line in ran.stderr.splitlines() if line.startswith("connect:")))
    pid = int(ran.stderr.split("stop:    kill ")[1])
    assert words[1:3] == ["psql", "-h"]
    with psycopg.connect(host=words[3], port=words[5], user=words[7], dbname=words[8]) as connection:
        assert connection.execute("select count(*) from public.notes").fetchone() == (0,)
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while Path(words[3]).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(words[3]).exists()


def test_doctor_says_what_each_provider_would_give(cli: Cli) -> None:
    """Version, place, extensions and stand-ins; which one is taken by default."""
    ran = cli("doctor")
    assert ran.code == 0
    assert f"embedded  PostgreSQL {binaries.embedded().version}  {binaries.embedded().bin}\n" in ran.out
    assert ran.out.endswith("--postgres auto takes embedded\n")
    found = {offer["provider"]: offer for offer in cli("doctor", "-f", "json").json["providers"]}
    assert set(found) == {"embedded", "local", "docker"}
    assert "vector" in found["embedded"]["extensions"]
    assert "pg_cron" in found["embedded"]["stand_ins"]


def test_doctor_without_any_is_exit_code_4(cli: Cli) -> None:
    """What is missing is said, with a hint."""
    ran = cli("doctor", "--postgres", "embedded", "--pg", "99")
    assert ran.code == 4
    assert "none: the embedded server is PostgreSQL" in ran.out
    assert ran.out.endswith("no Postgres can be had\n")
