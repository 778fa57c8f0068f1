"""How many tables of real projects get a row, and what a world of rows takes.

usage: python -m benchmarks.seeding [-o FILE] [--details FILE] [--worlds N] FOLDER [FOLDER …]

Each project is applied to a throwaway server as far as it goes, and worlds are planted in it, as for a measured matrix.
No repository is named in what is written; the details name tables.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from policytool import api
from policytool.catalog.expression.references import references
from policytool.catalog.introspect import introspect
from policytool.catalog.introspect.origin import platform_of
from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.config import PlatformName
from policytool.errors import PolicytoolError
from policytool.postgres.entitled import actors, entitled
from policytool.postgres.observe import switched, template_of
from policytool.postgres.platform import apply_migrations
from policytool.postgres.providers import choose
from policytool.postgres.seeding import Harvest, Wanted, World, choices, cover, plant
from policytool.postgres.seeding.insert import USERS
from policytool.postgres.server import Server


class Row(Struct, frozen=True, kw_only=True):
    """What one repository gave."""

    supabase: bool
    complete: bool
    tables: int
    filled: int
    worlds: int  # tables that have a row in each world
    rows: int
    parents: int
    notes: dict[str, int]
    seconds: float
    details: tuple[str, ...]


def measure(folder: Path, worlds: int) -> Row:
    """Apply, plant, and count; a project that needs what a Supabase database has is tried as one too."""
    row = measured(folder, worlds, None)
    return (
        row
        if row.complete or row.supabase
        else max(row, measured(folder, worlds, "supabase"), key=lambda r: (r.complete, r.tables))
    )


def measured(folder: Path, worlds: int, platform_name: PlatformName | None) -> Row:
    """The same for one platform."""
    loaded = api.load(str(folder), platform=platform_name)
    platform = loaded.built.platform
    provider = choose()
    with provider.serve(platform.family) as server:
        database = server.create_database(template_of(platform), owner="postgres")
        with server.administer(database) as connection:
            known = platform_of(platform.name, introspect(connection))
        results = apply_migrations(server, database, list(switched(loaded.project.files, platform)), keep_going=True)
        with server.administer(database) as connection:
            catalog = introspect(connection, platform=known)
        start = time.perf_counter()
        harvests = planted(server, database, catalog, worlds)
        seconds = time.perf_counter() - start
        wanted = [name for name, table in catalog.tables.items() if table.origin is None]
        with server.administer(database) as connection:
            counts = {
                name: connection.execute(f"select exists (select from {qualified(*name)})".encode()).fetchone()
                for name in wanted
                if catalog.tables[name].kind != "foreign table"
            }
    filled = {name for name, found in counts.items() if found and found[0]}
    return Row(
        supabase=platform.family == "supabase",
        complete=all(result.error is None for result in results),
        tables=len(wanted),
        filled=len(filled),
        worlds=len(filled - missing(harvests)),
        rows=sum(len(one.rows) for one in harvests),
        parents=sum(len(one.parents) for one in harvests),
        notes=dict(
            Counter(note.partition(":")[0] for one in harvests for row in one.rows.values() for note in row.notes)
        ),
        seconds=seconds,
        details=tuple(details(catalog, harvests, filled)),
    )


def planted(server: Server, database: str, catalog: Catalog, worlds: int) -> list[Harvest]:
    """The worlds, each with a person where the platform has people."""
    found = []
    with entitled(server) as user, actors(server, database, user).login() as connection:
        connection.prepare_threshold = None
        connection.execute("set search_path = public, extensions")
        connection.execute("set role policytool_bypass")
        for number in range(worlds):
            name = f"w{number + 1}"
            people = plant(connection, catalog, [Wanted(table=USERS, handle=name)]) if USERS in catalog.tables else None
            rows = tuple(people.rows.values()) if people else ()
            found.append(cover(connection, catalog, World(name=name, rows=rows, choices=switches(catalog))))
    return found


def switches(catalog: Catalog) -> dict[Name, list[str]]:
    """The columns that the policies of a table read, and that choose from a few values."""
    found: dict[Name, list[str]] = {}
    for name, table in catalog.tables.items():
        texts = [text for policy in table.policies for text in (policy.using, policy.with_check) if text]
        read = {column for text in texts for column in references(text).own_columns}
        named = [column.name for column in table.columns if column.name in read]
        found[name] = [column for column in named if len(choices(catalog, name, column)) > 2]
    return found


def missing(harvests: list[Harvest]) -> set[Name]:
    """The tables that have no row in some world."""
    return {name for one in harvests for name in failures(one)}


def failures(harvest: Harvest) -> dict[Name, str]:
    """Tables without a row in a world, and why."""
    found = {}
    for handle, why in harvest.failed.items():
        schema, _, table = handle.partition(".")[2].partition(".")
        if not table.endswith("]"):
            found[schema.strip('"'), table.strip('"')] = why
    return found


def details(catalog: Catalog, harvests: list[Harvest], filled: set[Name]) -> list[str]:
    """What could not be, and what it took."""
    lines = []
    for number, harvest in enumerate(harvests, 1):
        for name, why in failures(harvest).items():
            lines.append(f"world {number}: {'shared' if name in filled else 'EMPTY'} {qualified(*name)}: {why}")
        lines += [f"world {number}: {h}: {why}" for h, why in harvest.failed.items() if h.endswith("]")]
        lines += [f"world {number}: {h}: {'; '.join(r.notes)}" for h, r in harvest.rows.items() if r.notes]
    lines += [
        f"without a row: {qualified(*name)} ({table.kind})"
        for name, table in catalog.tables.items()
        if table.origin is None and name not in filled
    ]
    return lines


def report(rows: Sequence[Row | str]) -> Iterator[str]:
    """Markdown: a line for each repository, and the sums."""
    yield "| # | applies | tables | with a row | in each world | rows | parents | seconds | what it took |"
    yield "|--:|---|--:|--:|--:|--:|--:|--:|---|"
    for number, row in enumerate(rows, 1):
        yield f"| {number} | {row if isinstance(row, str) else ' | '.join(cells(row))} |"
    good = [row for row in rows if isinstance(row, Row)]
    yield sums("applies whole", [row for row in good if row.complete])
    yield sums("applies in part", [row for row in good if not row.complete])
    yield sums("every", good)


def cells(row: Row) -> Iterator[str]:
    """What is said of one repository."""
    yield "whole" if row.complete else "in part"
    yield from map(str, (row.tables, row.filled, row.worlds, row.rows, row.parents))
    yield f"{row.seconds:.2f}"
    yield ", ".join(f"{count} {note}" for note, count in sorted(row.notes.items()))


def sums(name: str, rows: Sequence[Row]) -> str:
    """A line for several repositories."""
    tables = sum(row.tables for row in rows)
    shares = [sum(row.filled for row in rows), sum(row.worlds for row in rows)]
    told = [f"{count} ({100 * count / max(tables, 1):.1f} %)" for count in shares]
    made = [sum(row.rows for row in rows), sum(row.parents for row in rows)]
    seconds = sum(row.seconds for row in rows)
    return f"| {name} | {len(rows)} | {tables} | {' | '.join([*told, *map(str, made)])} | {seconds:.2f} | |"


def main() -> int:
    """Measure every folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--details", type=Path)
    parser.add_argument("--worlds", type=int, default=2)
    options = parser.parse_args()
    rows: list[Row | str] = []
    said: list[str] = []
    for number, folder in enumerate(options.folders, 1):
        try:
            rows.append(row := measure(folder, options.worlds))
            said += [f"{number}: {line}\n" for line in row.details]
        except PolicytoolError as error:
            rows.append(error.message)
    text = "".join(f"{line}\n" for line in report(rows))
    if options.details:
        options.details.write_text("".join(said), encoding="utf-8")
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
