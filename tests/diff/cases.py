"""The cases: a folder each, with before.sql and after.sql, and what else there is to say of the pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import platform_of
from policytool.diff.plan import left_over
from policytool.diff.run import Diff, Options, compare
from policytool.report import diff_sql
from policytool.source.model import SqlFile
from tests.catalog.closing import _as_superuser, _dump, built, platform, roles_dropped

if TYPE_CHECKING:
    from policytool.catalog.objects import Catalog
    from policytool.postgres.server import Server

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
DIRECTIONS = ("up", "down")
DROPS = Options(allow_drops=True)


class Case(Struct, frozen=True, kw_only=True):
    """A pair in one direction."""

    before: str
    after: str
    folder: Path

    def text(self, name: str) -> str | None:
        """A further file of the case."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.is_file() else None


def case(name: str, direction: str = "up") -> Case:
    """A case from before to after, or back."""
    folder = FOLDER / name
    texts = [(folder / f"{side}.sql").read_text(encoding="utf-8") for side in ("before", "after")]
    before, after = texts if direction == "up" else reversed(texts)
    return Case(before=before, after=after, folder=folder)


def differ(before: Catalog, after: Catalog) -> Diff:
    """The diff of two catalogs of plain Postgres."""
    return compare(before, after, platform("postgres"), options=DROPS)


def diff_of(found: Case) -> Diff:
    """The diff of a case."""
    return differ(built(found.before, "postgres"), built(found.after, "postgres"))


class Applied(Struct, frozen=True, kw_only=True):
    """What a server holds after some SQL: its catalog, and what pg_dump says."""

    catalog: Catalog
    dump: tuple[str, ...]


def applied(server: Server, texts: Sequence[str]) -> Applied:
    """Run some SQL in a new database, as one user after the other would."""
    with database(server) as name:
        run(server, name, texts)
        return observed(server, name)


@contextmanager
def database(server: Server) -> Iterator[str]:
    """A new database; roles that are made meanwhile go with it."""
    with roles_dropped(server):
        name = server.create_database("postgres_plain", owner="postgres")
        try:
            yield name
        finally:
            server.drop_database(name)


def run(server: Server, name: str, texts: Sequence[str]) -> None:
    """Run texts, of which none may fail."""
    files = [SqlFile(path=f"{number}.sql", text=text, order=number) for number, text in enumerate(texts)]
    results = _as_superuser(server, name, files)
    failed = [result.error for result in results if result.error]
    assert not failed, f"{failed[0].message}: {failed[0].statement}"


def observed(server: Server, name: str) -> Applied:
    """The catalog of a database, and its dump."""
    with server.administer("postgres_plain") as connection:
        before = platform_of("postgres", introspect(connection))
    with server.administer(name) as connection:
        catalog = introspect(connection, platform=before)
    return Applied(catalog=catalog, dump=tuple(_settled(entry) for entry in _dump(server, name)))


def _settled(entry: str) -> str:
    """An entry of a dump in which the order of columns says nothing."""
    if "CREATE TABLE" not in entry and "CREATE FOREIGN TABLE" not in entry:
        return entry
    return "\n".join(sorted(line.rstrip(",") for line in entry.splitlines()))


def differences(one: Applied, other: Applied) -> list[str]:
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
