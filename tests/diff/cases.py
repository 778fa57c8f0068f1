"""The cases: a folder each, with before.sql and after.sql, and what else there is to say of the pair."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.catalog.build.texts import type_in
from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import platform_of
from policytool.catalog.spelling import identifier, qualified
from policytool.diff.plan import left_over
from policytool.diff.run import Diff, Options, compare
from policytool.diff.standing import Observed as Observed
from policytool.postgres.dump import dump
from policytool.report import diff_sql
from policytool.source.model import SqlFile
from tests.catalog.closing import as_superuser, built, platform
from tests.roles import same_roles

if TYPE_CHECKING:
    from policytool.catalog.introspect.origin import Platform
    from policytool.catalog.model import Column
    from policytool.catalog.objects import Catalog
    from policytool.postgres.server import Server

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
# Those that the suite's server may run: it is kept from what reaches outside a database.
SERVED = [name for name in CASES if not (FOLDER / name / "no-server.txt").exists()]
DIRECTIONS = ("up", "down")
DROPS = Options(allow_drops=True)


class Case(Struct, frozen=True, kw_only=True):
    """A pair in one direction. `seed` are the rows of its beginning; `dumped` is False where pg_dump shows more."""

    before: str
    after: str
    seed: str | None = None
    dumped: bool = True


def case(name: str, direction: str = "up") -> Case:
    """A case from before to after, or back; seed.sql fills the one, seed-after.sql the other.

    no-dump.txt says why pg_dump tells the ends apart though no statement could.
    """
    folder = FOLDER / name
    before, after, seed, back = (_text(folder / f"{file}.sql") for file in ("before", "after", "seed", "seed-after"))
    dumped = not (folder / "no-dump.txt").exists()
    if direction == "up":
        return Case(before=before or "", after=after or "", seed=seed, dumped=dumped)
    return Case(before=after or "", after=before or "", seed=back, dumped=dumped)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def differ(before: Catalog, after: Catalog) -> Diff:
    """The diff of two catalogs of plain Postgres."""
    return compare(before, after, platform("postgres"), options=DROPS)


def diff_of(found: Case) -> Diff:
    """The diff of a case."""
    return differ(built(found.before, "postgres"), built(found.after, "postgres"))


@contextmanager
def database(server: Server) -> Iterator[str]:
    """A new database; roles that are made meanwhile go with it."""
    with same_roles(server):
        name = server.create_database("postgres_plain", owner="postgres")
        try:
            yield name
        finally:
            server.drop_database(name)


def run(server: Server, name: str, texts: Sequence[str]) -> None:
    """Run texts, of which none may fail."""
    files = [SqlFile(path=f"{number}.sql", text=text, order=number) for number, text in enumerate(texts)]
    results = as_superuser(server, name, files)
    failed = [result.error for result in results if result.error]
    assert not failed, f"{failed[0].message}: {failed[0].statement}"


def observed(server: Server, name: str) -> Observed:
    """The catalog of a database, and its dump."""
    with server.administer(name) as connection:
        catalog = introspect(connection, platform=_fresh(server))
    return Observed(catalog=catalog, dump=dump(server, name))


@functools.cache
def _fresh(server: Server) -> Platform:
    """What a new database holds."""
    with server.administer("postgres_plain") as connection:
        return platform_of("postgres", introspect(connection))


def differences(one: Observed, other: Observed) -> list[str]:
    """Where two servers differ: field by field, then as pg_dump sees it."""
    found = [
        f"{d.kind} {d.identity}: {d.field}: {d.built!r} is not {d.observed!r}"
        for d in left_over(one.catalog, other.catalog)
    ]
    found += [f"dump: only after the plan: {e}" for e in sorted(set(one.dump) - set(other.dump))]
    return found + [f"dump: not after the plan: {e}" for e in sorted(set(other.dump) - set(one.dump))]


def sql_of(diff: Diff) -> str:
    """The migration."""
    return diff_sql.render(diff)


# --- rows -----------------------------------------------------------------------------------------------------------


def rows(server: Server, name: str, before: Catalog, after: Catalog) -> dict[str, str]:
    """What the rows of each table hold in the columns that are the same before and after; of empty tables nothing."""
    found: dict[str, str] = {}
    with server.administer(name) as connection:
        for key in sorted(before.tables.keys() & after.tables.keys()):
            if "foreign table" in (before.tables[key].kind, after.tables[key].kind):
                continue
            columns = ", ".join(_kept(before, before.tables[key].columns, after.tables[key].columns)) or "1"
            held = f"(select {columns} from only {qualified(*key)}) as r"
            query = f"select count(*), md5(string_agg(r::text, e'\\n' order by r::text)) from {held}"
            row = connection.execute(query.encode()).fetchone()
            if row is not None and row[0]:
                found[qualified(*key)] = f"{row[0]} rows, {row[1]}"
    return found


def _kept(catalog: Catalog, before: tuple[Column, ...], after: tuple[Column, ...]) -> Iterator[str]:
    """The columns with the same values before and after; not those of rows, which may have gained or lost a part."""
    new = {column.name: column for column in after}
    for column in sorted(before, key=lambda c: c.name):
        now = new.get(column.name)
        if type_in(column.type) in (*catalog.composites, *catalog.tables):
            continue
        if now is not None and now.type == column.type and {now.generated, column.generated} == {None}:
            yield f"{identifier(column.name)}::text"
