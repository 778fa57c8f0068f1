"""How long each tool takes over a small change in a schema that grows: whole processes, database to database."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from msgspec import Struct

from benchmarks.diff import growing
from benchmarks.diff.cases import TEMPLATE, servers, url
from benchmarks.diff.tools import Ends, Tool
from policytool import api
from policytool.diff.run import Diff, Options, compare
from policytool.diff.sources import catalog, pair
from policytool.postgres.server import Server
from policytool.report import diff_sql

T = TypeVar("T")
LIMIT = 300.0  # seconds
SLOW = 60.0  # above this one run is enough


class Time(Struct, frozen=True, kw_only=True):
    """A tool at a size: the median of its runs, and of the processor time of its own processes."""

    tool: str
    tables: int
    seconds: float
    processor: float
    runs: int
    error: str = ""


class Stages(Struct, frozen=True, kw_only=True):
    """Where the time of policytool goes, in a process that runs already."""

    source: str
    tables: int
    load_before: float
    load_after: float
    plan: float
    write: float
    statements: int


def measure(tools: Sequence[Tool], sizes: Sequence[int], runs: int) -> Iterator[Time | Stages]:
    """Every tool at every size; a tool that took too long is not asked for more."""
    with servers() as (server, _), TemporaryDirectory() as folder:
        given_up: set[str] = set()
        for tables in sizes:
            with database(server, tables, Path(folder)) as ends:
                if tables == sizes[0]:
                    for tool in tools:  # once, uncounted: modules are compiled, files are read from the disk
                        _run(tool, ends, Path(folder))
                for tool in tools:
                    if tool.name not in given_up:
                        found = _timed(tool, ends, Path(folder), tables, runs)
                        if found.error:
                            given_up.add(tool.name)
                        yield found
                yield stages("files", str(ends.before_file), str(ends.after_file), tables)
                yield stages("databases", ends.before, ends.after, tables)


@contextmanager
def database(server: Server, tables: int, folder: Path) -> Iterator[Ends]:
    """Both databases and both files; the databases and their roles go again."""
    before = server.create_database(TEMPLATE, owner="postgres")
    parts = list(growing.schema(tables))
    with server.connect(before, "postgres") as connection:
        for part in parts:
            connection.execute(part.encode())
        connection.execute("vacuum analyze")
    after = server.create_database(before, owner="postgres")
    with server.connect(after, "postgres") as connection:
        connection.execute(growing.change(tables).encode())
    files = folder / "before.sql", folder / "after.sql"
    files[0].write_text("".join(parts), encoding="utf-8")
    files[1].write_text("".join(parts) + growing.change(tables), encoding="utf-8")
    yield Ends(before=url(server, before), after=url(server, after), before_file=files[0], after_file=files[1])
    for name in (before, after):
        server.drop_database(name)
    with server.connect() as connection:
        for role in growing.ROLES:
            connection.execute(f"drop role {role}".encode())


def _timed(tool: Tool, ends: Ends, folder: Path, tables: int, runs: int) -> Time:
    rounds: list[tuple[float, float]] = []
    error = ""
    while len(rounds) < runs and not error and (not rounds or rounds[0][0] < SLOW):
        start, used = time.perf_counter(), _processor()
        error = _run(tool, ends, folder)
        rounds.append((time.perf_counter() - start, _processor() - used))
    seconds, processor = (statistics.median(values) for values in zip(*rounds, strict=True))
    return Time(tool=tool.name, tables=tables, seconds=seconds, processor=processor, runs=len(rounds), error=error)


def _run(tool: Tool, ends: Ends, folder: Path) -> str:
    """What went wrong, if anything."""
    # Python's own modules are compiled once, as they are where a tool has been installed.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    until = time.monotonic() + LIMIT
    for command in tool.commands(ends, folder):
        try:
            ran = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=until - time.monotonic()
            )
        except subprocess.TimeoutExpired:
            return "timeout"
        if ran.returncode not in tool.fine:
            return (ran.stderr.strip().splitlines() or ["no word why"])[-1][:200]
    return ""


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def stages(source: str, before: str, after: str, tables: int) -> Stages:
    """The steps of api.diff, each by itself."""
    sides = dict.fromkeys((before, after), 0.0)

    def load(name: str, _: str | None) -> api.Loaded:
        loaded, sides[name] = _clocked(lambda: api.load(name, platform="postgres"))
        return loaded

    gc.disable()  # as the command does
    one, other, platform = pair(load, before, after)

    def plan() -> Diff:
        return compare(catalog(one, platform), catalog(other, platform), platform, options=Options(allow_drops=True))

    found, planning = _clocked(plan)
    _, writing = _clocked(lambda: diff_sql.render(found))
    gc.enable()
    return Stages(
        source=source, tables=tables, load_before=sides[before], load_after=sides[after],
        plan=planning, write=writing, statements=len(found.changes),
    )  # fmt: skip


def _clocked(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start
