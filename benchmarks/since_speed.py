"""Time `policytool audit --since` and `policytool fix --diff` in a git repository that the script makes.

usage: python benchmarks/since_speed.py [--migrations N] [--runs N]

Every migration makes a table with policies, a function and a foreign key; the branch adds one that grants late, and one
run edits an old file besides, so that the two histories part early.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main")
MIGRATION = """
create table public.t{n} (id bigint generated always as identity primary key, owner_id uuid not null,
  ref bigint references public.t{before}, title text not null default '', created_at timestamptz default now());
create index on public.t{n} (owner_id);
alter table public.t{n} enable row level security;
create policy reads on public.t{n} for select to authenticated using (owner_id = auth.uid());
create policy writes on public.t{n} for insert to authenticated with check (owner_id = (select auth.uid()));
create function public.f{n}(a int) returns int language plpgsql security definer as
$$ begin update public.t{n} set title = 'x' where id = a; return a; end $$;
"""
LATE = "grant select on public.t1 to anon;\ncreate table public.fresh (id int primary key);\n"


def made(folder: Path, count: int) -> None:
    """A repository on a branch that has left main."""
    migrations = folder / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    day = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    for number in range(count):
        name = f"{day + datetime.timedelta(days=number):%Y%m%d%H%M%S}_{number}.sql"
        (migrations / name).write_text(MIGRATION.format(n=number, before=max(0, number - 1)))
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "main")
    git(folder, "checkout", "-qb", "branch")
    (migrations / "20260401000000_late.sql").write_text(LATE)


def git(folder: Path, *arguments: str) -> None:
    """One command of git."""
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True)


def seconds(folder: Path, *arguments: str, runs: int) -> str:
    """The median of whole processes, and the range."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        command = [sys.executable, "-m", "policytool", *arguments, "--no-progress"]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - start)
    return f"{statistics.median(times):.2f} ({min(times):.2f}-{max(times):.2f})"


def main() -> int:
    """Make it, time it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--migrations", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        made(folder, options.migrations)
        since = ("audit", "--since", "main", "-o", "github:annotations.txt", "-o", "sarif:out.sarif")
        print(f"{options.migrations} migrations, {options.runs} runs, seconds of whole processes: median (range)")
        print("audit                          ", seconds(folder, "audit", runs=options.runs))
        print("audit --since, one new file    ", seconds(folder, *since, runs=options.runs))
        early = sorted((folder / "supabase" / "migrations").glob("*.sql"))[2]
        early.write_text(early.read_text() + "-- an edit\n")
        print("audit --since, early file edited", seconds(folder, *since, runs=options.runs))
        print("fix --diff                     ", seconds(folder, "fix", "--diff", runs=options.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
