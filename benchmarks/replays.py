"""Replay many repositories, hold the built catalogs against the server's, and record it, numbered and without names.

usage: python benchmarks/replays.py [-o FILE] [--details FILE] [--postgres …] [--pg MAJOR] [--strict] FOLDER [FOLDER …]

A repository where a file fails for what a Supabase database has is replayed once more as one. The details name files
and objects: the errors of files that fail, what was left out, and each difference.
"""

from __future__ import annotations

import argparse
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg.errors
from msgspec import Struct

from policytool import api
from policytool.catalog.parity import Tally, tally
from policytool.postgres.apply import never_made
from policytool.postgres.observe import Parity, observe
from policytool.postgres.providers import choose
from policytool.postgres.results import ApplyError

KINDS: Final = {
    "table": "tables",
    "policy": "policies",
    "grant": "grants",
    "index": "indexes",
    "constraint": "constraints",
    "function": "functions",
    "view": "views",
}
REFUSED: Final = "refused before it reached the server"
SUPABASE: Final = frozenset({"auth", "storage", "realtime", "anon", "authenticated", "service_role"})
# What Postgres says of an object that is not there: table, schema, type or role or method, function, column.
MISSING: Final = frozenset({"42P01", "3F000", "42704", "42883", "42703"})


class Row(Struct, frozen=True, kw_only=True):
    """What one repository gave."""

    files: int
    causes: dict[str, int]
    first: str
    kinds: dict[str, Tally]
    as_supabase: bool
    strict: bool | None
    details: tuple[str, ...]


def measure(folder: Path, options: argparse.Namespace) -> Row:
    """Apply and compare; with --strict, apply once more with no more than the platform's own rights."""
    found = api.parity(str(folder), postgres=options.postgres, major=options.pg)
    missing = {name for result in found.refused for name in never_made(found.project, (result,))}
    as_supabase = found.built.platform.family == "postgres" and bool(SUPABASE & missing)
    if as_supabase:
        found = api.parity(str(folder), postgres=options.postgres, major=options.pg, platform="supabase")
    causes = [cause(found, error) for error in errors(found)]
    return Row(
        files=len(found.project.files),
        causes=dict(Counter(causes)),
        first=causes[0] if causes else "",
        kinds=tally(found.built.catalog, found.observed.catalog, found.left_out),
        as_supabase=as_supabase,
        strict=strictly(found, options) if options.strict else None,
        details=tuple(details(found)),
    )


def errors(found: Parity) -> Iterator[ApplyError]:
    """The error of each file that failed, in their order."""
    for result in found.refused:
        if result.error is not None:
            yield result.error


def cause(found: Parity, error: ApplyError) -> str:
    """Why a file fails: what it needs is in no file, or failed before it; its rows; its SQL."""
    if error.message.startswith(REFUSED):
        return "refused by policytool"
    if any(never_made(found.project, (result,)) for result in found.refused if result.error is error):
        return "not in the repository"
    if error.sqlstate[:2] in ("22", "23"):
        return "rows it counts on"
    if error.sqlstate == "P0001":
        return "its own exception"
    if error.sqlstate in MISSING and error is not next(errors(found)):
        return "after another"
    return f"its SQL ({psycopg.errors.lookup(error.sqlstate).__name__})" if error is next(errors(found)) else "its SQL"


def strictly(found: Parity, options: argparse.Namespace) -> bool:
    """Whether all files apply with `--strict-privileges`."""
    provider = choose(options.postgres, options.pg)
    files, platform = found.project.files, found.built.platform
    results = observe(files, platform, provider=provider, strict=True, keep_going=False).results
    return all(result.error is None for result in results)


def details(found: Parity) -> Iterator[str]:
    """What the table does not tell, with names."""
    for error in errors(found):
        message = " ".join(error.message.split())
        yield f"{error.path}:{error.line}:{error.column}: {error.sqlstate}: {message} [{cause(found, error)}]"
    yield from (f"left out: {kind} {identity}" for kind, identity in sorted(found.left_out))
    for d in found.differences:
        yield f"differs: {d.kind} {d.identity}: {d.field}: built {d.built!r}, observed {d.observed!r}"


def report(rows: list[Row | str]) -> Iterator[str]:
    """Markdown: a line for each repository, and the sums."""
    strict = any(isinstance(row, Row) and row.strict is not None for row in rows)
    names = ["#", "files", "fail", "why the first, and the others", *KINDS.values(), "all kinds"]
    yield f"| {' | '.join([*names, 'strict'] if strict else names)} |"
    yield f"|--:|--:|--:|---|{'--:|' * (len(KINDS) + 1)}{'---|' if strict else ''}"
    for number, row in enumerate(rows, 1):
        if isinstance(row, str):
            yield f"| {number} | {row} |"
            continue
        failed = sum(row.causes.values())
        cells = [str(number), str(row.files), str(failed or ""), words(row)]
        cells += [agreement([row.kinds.get(kind, Tally())]) for kind in KINDS] + [agreement(row.kinds.values())]
        if strict:
            cells.append("yes" if row.strict else "no")
        yield f"| {' | '.join(cells)} |"
    good = [row for row in rows if isinstance(row, Row)]
    sums = [total(row.kinds.get(kind, Tally()) for row in good) for kind in KINDS]
    sums.append(total(t for row in good for t in row.kinds.values()))
    complete = f"{sum(not row.causes for row in good)} of {len(rows)} complete"
    cells = ["all", str(sum(row.files for row in good)), str(sum(sum(row.causes.values()) for row in good)), complete]
    cells += [f"{t.agreeing} of {t.total} ({percent(t)})" for t in sums]
    if strict:
        cells.append(str(sum(bool(row.strict) for row in good)))
    yield f"| {' | '.join(cells)} |"


def words(row: Row) -> str:
    """The cause of the first file that fails, then how many fail for each of the causes."""
    supabase = "as a Supabase project" if row.as_supabase else ""
    if not row.causes:
        return supabase
    counts = "" if len(row.causes) == 1 else ": " + ", ".join(f"{n} {cause}" for cause, n in row.causes.items())
    return f"{row.first}{counts}{'; ' if supabase else ''}{supabase}"


def agreement(tallies: object) -> str:
    """How many objects there are, and how many agree where not all of them do."""
    t = total(tallies)
    return str(t.total or "") if t.agreeing == t.total else f"{t.agreeing} of {t.total}"


def total(tallies: object) -> Tally:
    """The sum of several."""
    every = list(tallies)  # type: ignore[call-overload]
    return Tally(total=sum(t.total for t in every), agreeing=sum(t.agreeing for t in every))


def percent(t: Tally) -> str:
    """How many agree, rounded so that only all of them are 100 %."""
    return "100 %" if t.agreeing == t.total else f"{min(100 * t.agreeing / t.total, 99.999):.3f} %"


def main() -> int:
    """Measure every folder; exit with 1 when one of them ended in a traceback."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--details", type=Path)
    parser.add_argument("--postgres", default="auto")
    parser.add_argument("--pg", type=int)
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    rows: list[Row | str] = []
    said: list[str] = []
    for number, folder in enumerate(options.folders, 1):
        try:
            rows.append(row := measure(folder, options))
            said += [f"{number}: {line}" for line in row.details]
        except Exception:
            traceback.print_exc()
            rows.append("traceback")
    text = "".join(f"{line}\n" for line in report(rows))
    if options.details:
        options.details.write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 1 if "traceback" in rows else 0


if __name__ == "__main__":
    raise SystemExit(main())
