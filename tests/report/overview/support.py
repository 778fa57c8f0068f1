"""Reports to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from policytool import api
from policytool.api import Loaded
from policytool.report.overview.build import report
from policytool.report.overview.model import Report
from tests.rules.support import loaded

ROOT = Path(__file__).parents[3]
HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(2)>",
    "a\u202eb \u2066 | `c`",
    "\"quoted\" 'name' &amp; <!-- ",
    "{{ 7 * 7 }} ${x} [link](javascript:alert(3))",
)


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def hostile() -> str:
    """A database in which every kind of name is an attack."""
    statements = []
    for number, name in enumerate(HOSTILE_NAMES):
        table, column = f"public.{quoted(name)}", quoted(f"{name} column")
        text = name.replace("'", "''")
        statements += [
            f"create table {table} (id uuid primary key, user_id uuid, {column} text, parent uuid references {table});",
            f"comment on table {table} is '{text}';",
            f"grant select, insert ({column}) on {table} to anon, authenticated;",
            f"create policy {quoted(name)} on {table} for select to authenticated "
            f"using (user_id = auth.uid() or {column} = '{text}');",
            f"create role {quoted(name[:20] + str(number))};",
            f"create view public.{quoted(name + ' view')} as select * from {table};",
            f"create function public.{quoted(name + ' function')}() returns int language sql security definer "
            f"as $f$ select 1 $f$;",
        ]
        statements += [f"alter table {table} enable row level security;"] if number % 2 else []
    return "\n".join(statements)


def many(count: int) -> str:
    """A schema of very many tables."""
    tables = ["create table public.orgs (id uuid primary key, name text);"]
    for n in range(count):
        parent = f"references public.t{n // 3:04d}" if n > 2 else ""
        tables.append(
            f"create table public.t{n:04d} (id uuid primary key, owner_id uuid not null, parent uuid {parent});"
            f"alter table public.t{n:04d} enable row level security;"
            f"grant select, update on public.t{n:04d} to authenticated;"
            f'create policy "Owners read" on public.t{n:04d} for select using (owner_id = auth.uid());'
            f'create policy "Owners change" on public.t{n:04d} for update using (owner_id = auth.uid());'
        )
    return "\n".join(tables)


def report_on(source: Loaded) -> Report:
    """The report of something loaded."""
    return report(api.audit(source), api.context(source), api.matrix(source))


def report_of(*texts: str, **config: Any) -> Report:
    """The report of some files of SQL."""
    return report_on(loaded(*texts, **config))


def example(folder: str) -> Report:
    """The report of a folder of this repository."""
    return report_on(api.load(str(ROOT / folder)))
