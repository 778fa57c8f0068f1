"""How fast policy tests run: cases a second, and the first result of a cold start.

    python -m benchmarks.policy_tests

A schema of twenty tables with a policy each, three rows in every table, four people and anon: 720 cases.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from policytool import api
from policytool.postgres.providers import choose
from policytool.postgres.session import Session
from policytool.testing.ground import ground
from policytool.testing.read import read_suite
from policytool.testing.results import Result
from policytool.testing.run import prepared, started

TABLES = 20
TABLE = """create table public.t{n} (
  id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users,
  body text not null default 'x'
);
alter table public.t{n} enable row level security;
grant all on public.t{n} to authenticated, service_role;
create policy own on public.t{n} to authenticated using (owner_id = (select auth.uid()));
"""
SEED = '  t{n}: {{one: {{owner_id: "@sam"}}, two: {{owner_id: "@sue"}}, three: {{owner_id: "@ben"}}}}\n'
STATED = "  t{n}: {{one: {{sam: rud}}, two: {{sue: rud}}, three: {{ben: rud}}}}\n"
HEAD = "policytool: 1\nactors: {anon: {role: anon}, sam: {}, sue: {}, ben: {}, service: {role: service_role}}\n"


def project(folder: Path) -> Path:
    """Write the migrations and the test; the path of the test."""
    for name in ("migrations", "tests"):
        (folder / "supabase" / name).mkdir(parents=True)
    sql = "".join(TABLE.format(n=n) for n in range(TABLES))
    (folder / "supabase" / "migrations" / "20990101000000_one.sql").write_text(sql)
    seeds = "".join(SEED.format(n=n) for n in range(TABLES))
    stated = "".join(STATED.format(n=n) for n in range(TABLES))
    path = folder / "supabase" / "tests" / "a.policy.yaml"
    path.write_text(f"{HEAD}seed:\n{seeds}tables:\n{stated}")
    return path


def cold(path: Path) -> tuple[float, float, float]:
    """Seconds to the first result and to the last: with no server kept in the cache, then with one."""
    firsts: list[float] = []
    began = time.perf_counter()

    def seen(_: Result) -> None:
        if not firsts:
            firsts.append(time.perf_counter() - began)

    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        api.test([str(path)], postgres="embedded", seen=seen)
        first, whole = firsts.pop(), time.perf_counter() - began
        began = time.perf_counter()
        api.test([str(path)], postgres="embedded", seen=seen)
        return first, whole, firsts.pop()


def speed(path: Path) -> tuple[int, float, int, float]:
    """Cases and seconds, all proofs among them; then attempts on one connection, each undone, and seconds."""
    loaded = api.load(str(path.parents[2]))
    suite = read_suite(str(path), path.read_text(), loaded.built.catalog)
    with (
        ground(loaded.project, loaded.built, choose("embedded")) as found,
        prepared(found, suite) as ready,
        started(ready) as runner,
    ):
        began = time.perf_counter()
        assert all(runner.run(case).passed for case in ready.cases)
        seconds = time.perf_counter() - began
        bench = runner.bench("sam", reused=False)
        return len(ready.cases), seconds, *attempts(bench.session, ready.suite.actors["sam"].identity())


def attempts(session: Session, who: object, rounds: int = 2000) -> tuple[int, float]:
    """Reads as one actor, each in a savepoint undone."""
    from policytool.postgres.session import Identity

    assert isinstance(who, Identity)
    began = time.perf_counter()
    for n in range(rounds):
        assert session.attempt(who, f"update public.t{n % TABLES} set body = 'y' where body = 'x'").rows == 1
    return rounds, time.perf_counter() - began


def main() -> None:
    """Print it all."""
    with tempfile.TemporaryDirectory() as folder:
        path = project(Path(folder))
        first, whole, warm = cold(path)
        print(f"cold start: first result after {first:.2f} s, all after {whole:.2f} s; warm: first after {warm:.2f} s")
        cases, seconds, tries, spent = speed(path)
        print(f"{cases} cases in {seconds:.2f} s: {cases / seconds:,.0f} a second")
        print(f"{tries} attempts on one connection in {spent:.2f} s: {tries / spent:,.0f} a second")
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
