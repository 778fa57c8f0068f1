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
from policytool.testing.running.results import Result
from policytool.testing.running.run import prepared, started
from policytool.testing.suites.read import read_suite

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


class Clock:
    """Wall clock, and the processor time of this process and of its sessions' backends."""

    def __init__(self, sessions: list[Session]) -> None:
        self._backends = [session.connection.info.backend_pid for session in sessions]
        self._wall, self._spent = time.perf_counter(), self._processor()

    def _processor(self) -> float:
        return time.process_time() + sum(processor_time(pid) for pid in self._backends)

    def __str__(self) -> str:
        wall, spent = time.perf_counter() - self._wall, self._processor() - self._spent
        return f"{wall:.2f} s, {spent:.2f} s of processor time"

    def rate(self, count: int) -> str:
        wall, spent = time.perf_counter() - self._wall, self._processor() - self._spent
        return f"{count / wall:,.0f} a second, {count / spent:,.0f} for each second of processor time"


def processor_time(pid: int) -> float:
    """What a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def speed(path: Path) -> None:
    """Cases with all their proofs; then attempts on one connection, each undone."""
    loaded = api.load(str(path.parents[2]))
    suite = read_suite(str(path), path.read_text(), loaded.built.catalog)
    with (
        ground(loaded.project, loaded.built, choose("embedded")) as found,
        prepared(found, suite) as ready,
        started(ready) as runner,
    ):
        states = [(name, False) for name in ready.suite.actors] + [("", True)]
        clock = Clock([runner.bench(name, reused=reused).session for name, reused in states])
        assert all(runner.run(case).passed for case in ready.cases)
        print(f"{len(ready.cases)} cases in {clock}: {clock.rate(len(ready.cases))}")
        session = runner.bench("sam", reused=False).session
        clock, rounds = Clock([session]), 4000
        for n in range(rounds):
            sql = f"update public.t{n % TABLES} set body = 'y' where body = 'x'"
            assert session.attempt(ready.suite.actors["sam"].identity(), sql).rows == 1
        print(f"{rounds} attempts on one connection in {clock}: {clock.rate(rounds)}")


def main() -> None:
    """Print it all."""
    with tempfile.TemporaryDirectory() as folder:
        path = project(Path(folder))
        first, whole, warm = cold(path)
        print(f"cold start: first result after {first:.2f} s, all after {whole:.2f} s; warm: first after {warm:.2f} s")
        speed(path)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
