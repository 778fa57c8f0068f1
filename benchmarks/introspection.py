"""Reads a database of many tables, policies and indexes, and dumps it with pg_dump, in turn; prints both times.

usage: python benchmarks/introspection.py [-n RUNS] [--tables N] [--url URL]

The database is made for this on a throwaway server; with --url one that exists is read instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.server import read as queries
from policytool.postgres.server import throwaway

TABLE = """
create table public.t{n} (
    id uuid primary key default gen_random_uuid(), tenant_id uuid not null, owner_id uuid not null,
    title text not null check (length(title) > 0), state text default 'open', amount numeric(10, 2),
    created_at timestamptz not null default now(), updated_at timestamptz
);
alter table public.t{n} enable row level security;
create index t{n}_tenant on public.t{n} (tenant_id);
create index t{n}_owner on public.t{n} (owner_id, created_at desc);
create index t{n}_open on public.t{n} (lower(title)) where state = 'open';
create policy "read own" on public.t{n} for select to reader using (owner_id = (select public.me()));
create policy "read tenant" on public.t{n} for select to reader using (exists (
    select from public.members m where m.tenant_id = t{n}.tenant_id and m.user_id = public.me()));
create policy "add own" on public.t{n} for insert to reader with check (owner_id = (select public.me()));
create policy "change own" on public.t{n} for update to reader using (owner_id = (select public.me()));
create policy "remove own" on public.t{n} for delete to reader
    using (owner_id = (select public.me()) and state <> 'done');
grant select, insert, update, delete on public.t{n} to reader;
"""
BEGINNING = """
create role reader; create table public.members (tenant_id uuid, user_id uuid, primary key (tenant_id, user_id));
create function public.me() returns uuid language sql stable as
    $$ select nullif(current_setting('me', true), '')::uuid $$;
"""


@contextmanager
def database(tables: int) -> Iterator[tuple[str, Path]]:
    """A connection string of a database with the tables, and the folder of the server's programs."""
    with throwaway() as server:
        name = server.create_database()
        with server.connect(name) as connection:
            connection.execute(BEGINNING)
            for n in range(tables):
                connection.execute(TABLE.format(n=n).encode())
            connection.execute("vacuum analyze")
        yield server.dsn(name), server.binaries.bin


def read(url: str) -> int:
    """Connect and read everything into the model; how many policies there are."""
    with psycopg.connect(url, autocommit=True) as connection:
        catalog = introspect(connection)
    return sum(len(table.policies) for table in catalog.tables.values())


def ask(url: str) -> None:
    """Connect and run the queries, without making anything of their rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        queries(connection)


def dump(program: str, url: str) -> None:
    """The whole process of pg_dump."""
    subprocess.run([program, "--schema-only", "-f", os.devnull, "-d", url], check=True)


def timed(works: dict[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """Seconds of each, in turn, after one round that does not count."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(runs + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if number:
                found[name].append(time.perf_counter() - start)
    return found


def measure(url: str, folder: Path | None, runs: int) -> None:
    """Print a line for each."""
    print(f"{read(url)} policies")
    own = folder / "pg_dump" if folder else None
    program = str(own) if own and own.is_file() else shutil.which("pg_dump")
    works: dict[str, Callable[[], object]] = {"introspect": lambda: read(url), "its queries": lambda: ask(url)}
    if program is None:
        print("there is no pg_dump here")
    else:
        works["pg_dump --schema-only"] = lambda: dump(program, url)
    for name, seconds in timed(works, runs).items():
        spread = f"{min(seconds):.2f} to {max(seconds):.2f} s in {len(seconds)} runs"
        print(f"{name:22} {statistics.median(seconds):5.2f} s  ({spread})")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--url")
    options = parser.parse_args()
    if options.url:
        measure(options.url, None, options.n)
        return
    with database(options.tables) as (url, folder):
        measure(url, folder, options.n)


if __name__ == "__main__":
    main()
