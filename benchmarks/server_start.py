"""How long a database with Supabase's platform takes: from nothing, from the cache, as a clone; whole figures.

usage: python benchmarks/server_start.py [-n RUNS] [MIGRATIONS]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from policytool.postgres.platform import migrated_server, platform_server
from policytool.postgres.server import Server
from policytool.source import read
from policytool.source.model import SqlFile


def ready(server: Server, template: str) -> None:
    """Clone a template and ask the clone something."""
    with server.connect(server.create_database(template, owner="postgres"), "postgres") as connection:
        connection.execute("select count(*) from auth.users")


def cold() -> None:
    """Nothing in the cache: initdb, bootstrap, templates, a clone."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as empty:
        before = os.environ.get("XDG_CACHE_HOME")
        os.environ["XDG_CACHE_HOME"] = empty
        try:
            warm()
        finally:
            if before is None:
                del os.environ["XDG_CACHE_HOME"]
            else:
                os.environ["XDG_CACHE_HOME"] = before


def warm() -> None:
    """The cluster is in the cache: a copy, a start, a clone."""
    with platform_server() as server:
        ready(server, "supabase_legacy")
        stamps.append(time.perf_counter())


def clones(runs: int) -> list[float]:
    """A clone of a running server, each by itself."""
    seconds = []
    with platform_server() as server:
        for _ in range(runs):
            start = time.perf_counter()
            ready(server, "supabase_legacy")
            seconds.append(time.perf_counter() - start)
    return seconds


stamps: list[float] = []


def timed(work: Callable[[], None], runs: int) -> list[float]:
    """Seconds until the database answered; taking the server down is not counted."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(stamps.pop() - start)
    return seconds


def migrated(files: tuple[SqlFile, ...]) -> Callable[[], None]:
    """A database with a project's migrations in it."""

    def work() -> None:
        with migrated_server("supabase", "supabase_legacy", files) as (server, template):
            ready(server, template)
            stamps.append(time.perf_counter())

    return work


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("migrations", nargs="?", default=str(Path(__file__).parents[1] / "supabase" / "migrations"))
    options = parser.parse_args()
    files = read(options.migrations).files
    warm()
    stamps.clear()
    rows = {"cold": timed(cold, options.n), "warm": timed(warm, options.n), "clone": clones(options.n)}
    rows[f"{len(files)} migrations, first"] = timed(migrated(files), 1)
    rows[f"{len(files)} migrations, again"] = timed(migrated(files), options.n)
    for name, seconds in rows.items():
        spread = f"{min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f} ms in {len(seconds)} runs"
        print(f"{name:22} {statistics.median(seconds) * 1000:6.0f} ms  ({spread})")


if __name__ == "__main__":
    main()
