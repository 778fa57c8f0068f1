"""Many databases: each is told of, one that is down or silent stops no other, and no password is anywhere."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import msgspec
import pytest

from policytool.cli import run
from policytool.errors import ConfigurationError
from policytool.fleet.config import Database, Fleet, read
from policytool.fleet.run import audit_fleet, file_name
from policytool.fleet.worker import Job, password_in, perform
from policytool.postgres.server import Server, throwaway
from policytool.report.fleet.html import render as html
from policytool.report.fleet.markdown import render as markdown
from policytool.report.fleet.model import FleetReport, Member, member_of, shared
from policytool.report.fleet.text import render as text
from policytool.report.schemas import schema
from tests.report.overview.support import ROOT, hostile, report_of

SECRET = "c0rrect-horse"
OPEN = "create table public.notes (id int primary key); grant select on public.notes to public;"
SHUT = "create table public.notes (id int primary key);"
EXTRA = OPEN + "create table public.more (id int primary key); grant select on public.more to public;"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with three databases, and a role that needs its password."""
    with throwaway() as running:
        with running.connect() as connection:
            connection.execute(f"create role locked login password '{SECRET}'".encode())
            for name in ("one", "two", "three"):
                connection.execute(f"create database {name}".encode())
        for name, sql in (("one", OPEN), ("two", EXTRA), ("three", SHUT)):
            with running.connect(name) as connection:
                connection.execute(sql.encode())
        rules = Path(running.running.folder) / "data" / "pg_hba.conf"
        rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
        with running.connect() as connection:
            connection.execute("select pg_reload_conf()")
        yield running


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []
        thread = threading.Thread(target=lambda: held.extend([listening.accept()[0]]), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        for connection in held:
            connection.close()


def url(server: Server, name: str, user: str = "locked", password: str | None = SECRET) -> str:
    secret = f":{password}" if password else ""
    return f"postgresql://{user}{secret}@/{name}?host={server.socket_dir}&port={server.port}"


def everything(report: FleetReport) -> str:
    return html(report) + markdown(report) + text(report) + msgspec.json.encode(report).decode()


def test_each_database_is_told_of(server: Server, silent: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Good, bad, down, silent and wrong ones in one report, in the order of the list; no password in any form of it."""
    monkeypatch.setenv("FLEET_PASSWORD", SECRET)
    monkeypatch.setenv("FLEET_THREE", url(server, "three"))
    databases = (
        Database(name="one", source=url(server, "one")),
        Database(name="silent", source=f"postgresql://u:{SECRET}@127.0.0.1:{silent}/db?connect_timeout=60", timeout=4),
        Database(name="down", source=f"postgresql://u:{SECRET}@127.0.0.1:1/db"),
        Database(name="two", source=url(server, "two", password=None), password_env="FLEET_PASSWORD"),
        Database(name="three", source_env="FLEET_THREE"),
        Database(name="wrong", source=url(server, "one", password=f"not-{SECRET}")),
        Database(name="unset", source_env="NO_SUCH_VARIABLE"),
        Database(name="nowhere", source="no/such/folder"),
    )
    seen: list[str] = []
    started = time.monotonic()
    report = audit_fleet(
        Fleet(database=databases, concurrency=3, timeout=90), reports=tmp_path / "each", progress=seen.append
    )
    assert time.monotonic() - started < 90
    states = {m.name: m.state for m in report.members}
    assert states == {"one": "at risk", "silent": "timed out", "down": "failed", "two": "at risk", "three": "sound",
                      "wrong": "failed", "unset": "failed", "nowhere": "failed"}  # fmt: skip
    assert list(states) == [d.name for d in databases]
    assert seen[0] == "0 of 8"
    assert seen[-1].startswith("8 of 8: ")
    told = {m.name: m.message or "" for m in report.members}
    assert "refused" in told["down"]
    assert "password authentication failed" in told["wrong"]
    assert "NO_SUCH_VARIABLE" in told["unset"]
    assert "within 4 seconds" in told["silent"]
    (same,) = [s for s in report.shared if s.rule == "rls-disabled-exposed"]
    assert same.databases == ("one", "two")
    assert sorted(p.name for p in (tmp_path / "each").iterdir()) == ["one.html", "three.html", "two.html"]
    written = "".join(p.read_text() for p in (tmp_path / "each").iterdir())
    assert SECRET not in everything(report) + written + "".join(seen)


def test_a_worker_that_dies_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said last is the message."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    (member,) = audit_fleet(Fleet(database=(Database(name="x", source="y"),))).members
    assert member.state == "failed"
    assert "ended with 1" in (member.message or "")


def test_no_more_run_at_a_time_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Concurrency is bounded."""
    running, most, lock = 0, 0, threading.Lock()

    def watched(job: Job, *_: object) -> Member:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return Member(name=job.name, source="", state="sound", seconds=0)

    monkeypatch.setattr("policytool.fleet.run._awaited", watched)
    databases = tuple(Database(name=str(n), source="x") for n in range(12))
    audit_fleet(Fleet(database=databases, concurrency=3))
    assert most == 3


@pytest.mark.parametrize(
    "source",
    ["postgresql://u:p%40ss-w0rd@h/d", "host=h password=p@ss-w0rd dbname=d", "host=h password='p@ss-w0rd' dbname=d"],
)
def test_the_password_of_a_source(source: str) -> None:
    """By both ways of writing a connection string."""
    assert password_in(source) == "p@ss-w0rd"


def test_a_failure_of_ours_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in one audit is a state like others, without the password."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {SECRET}")

    monkeypatch.setattr("policytool.api.report", broken)
    member = perform(Job(name="x", source=f"postgresql://u:{SECRET}@h/d"))
    assert member.state == "failed"
    assert "internal error: RuntimeError" in (member.message or "")
    assert SECRET not in msgspec.json.encode(member).decode()


WRONG = {
    "": "database",
    "database = []": "lists no database",
    "[[database]]\nname = 'a'": "one of source and source_env",
    "[[database]]\nname = 'a'\nsource = 'x'\nsource_env = 'Y'": "one of source and source_env",
    "[[database]]\nname = 'a'\nsource = 'x'\n[[database]]\nname = 'a'\nsource = 'y'": "'a' is there twice",
    "concurrency = 0\n[[database]]\nname = 'a'\nsource = 'x'": "above 0",
    "[[database]]\nname = 'a'\nsource = 'x'\nplatform = 'oracle'": "platform",
    "[[database]]\nname = 'a'\nsource = 'x'\npassword = 'x'": "password",
    "folder = 'x'": "unknown key folder",
    "= ": "fleet.toml",
}


@pytest.mark.parametrize(("written", "said"), WRONG.items())
def test_a_list_that_is_wrong_is_refused(written: str, said: str, tmp_path: Path) -> None:
    """With what is wrong with it."""
    path = tmp_path / "fleet.toml"
    path.write_text(written)
    with pytest.raises(ConfigurationError, match=said):
        read(path)


def test_reports_of_names_alike_are_told_apart() -> None:
    """Whatever a database is called, it has a file of its own in the folder."""
    fleet = Fleet(database=tuple(Database(name=n, source="x") for n in ("a b", "a/b", "../x", "A_b", "..")))
    assert [file_name(d.name, fleet) for d in fleet.database] == [
        "a_b.html", "a_b-2.html", "_x.html", "A_b-3.html", "database.html"
    ]  # fmt: skip


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Paths start at the list; each form is written; findings, then what is down, decide the code."""
    (tmp_path / "good").symlink_to(ROOT / "supabase" / "migrations")
    (tmp_path / "bad").symlink_to(ROOT / "examples" / "leaky")
    entry = "[[database]]\nname = '{0}'\nsource = '{0}'\nplatform = 'supabase'\n"
    lists = {name: tmp_path / f"{name}.toml" for name in ("good", "bad", "missing")}
    for name, path in lists.items():
        path.write_text(entry.format("good") + (entry.format(name) if name != "good" else ""))
    assert run(["fleet", str(lists["good"]), "-q"]) == 0
    assert run(["fleet", str(lists["missing"]), "-q"]) == 4
    out = [arg for form in ("html", "md", "json") for arg in ("-o", str(tmp_path / f"f.{form}"))]
    assert run(["fleet", str(lists["bad"]), "-q", "--jobs", "1", *out]) == 1
    assert run(["fleet", str(lists["bad"]), "-q", "--fail-on", "never"]) == 0
    assert "at risk" in capsys.readouterr().out
    assert (tmp_path / "f.html").read_text().startswith("<!doctype html>")
    assert "**" not in (tmp_path / "f.md").read_text()
    document = json.loads((tmp_path / "f.json").read_text())
    jsonschema.validate(document, schema("fleet"))


def test_hostile_names_stay_text() -> None:
    """Of databases as of objects."""
    report = report_of(hostile())
    members = tuple(member_of(f"<script>{n}</script>\u202e|`", "x", report, 1.0) for n in range(2))
    fleet = FleetReport(title="<b>", version="1", generated="2026", members=members, shared=shared(members))
    page = html(fleet)
    assert fleet.shared
    assert "<script" not in page
    assert "<b>&lt;" in page
    assert "\u202e" not in page + markdown(fleet) + text(fleet)
    rows = [line for line in markdown(fleet).splitlines() if line.startswith("| \\<script")]
    assert len(rows) == 2


def test_the_list_in_the_docs_is_one(tmp_path: Path) -> None:
    """And so is the example."""
    (shown,) = re.findall(r"```toml fleet\n(.*?)```", (ROOT / "docs" / "report.md").read_text(), re.DOTALL)
    (tmp_path / "fleet.toml").write_text(shown)
    assert [d.name for d in read(tmp_path / "fleet.toml").database] == ["Europe", "America", "staging"]
    assert [d.name for d in read(ROOT / "examples" / "fleet.toml").database] == ["product", "leaky"]
