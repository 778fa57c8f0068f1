"""Where a server after the plan is not what was promised, each in a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from policytool.catalog.build.platform import Platform
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.diff.announced import Announced
from policytool.diff.plan import left_over, plan
from policytool.postgres.rows import Contents, lost
from policytool.postgres.watching import Locks, Relations, stops

_LISTED: Final = re.compile(r"EXISTS ?\( ?SELECT (?:DISTINCT )?(?:(?!\bSELECT\b).)*?\s?FROM ")
_COMBINED: Final = re.compile(r"\b(?:UNION|INTERSECT|EXCEPT)\b")
_NAMED: Final = re.compile(r" AS (?:\"[^\"]+\"|\w+)(?=[ ,;)])")
_BETWEEN: Final = re.compile(r"[\s()]+")
_OF_THE_SERVER: Final = frozenset({"role", "membership"})
_INHERITING: Final = re.compile(r"^INHERITS \(", re.MULTILINE)
_MADE: Final = re.compile(
    r"(?:CREATE (?:UNLOGGED )?TABLE|ALTER TABLE ONLY) (?P<table>.+?) (?:\(|ALTER COLUMN .* SET DEFAULT)"
)
_STOPPED: Final = ("", "writes", "reads and writes")


def catalogs(got: Catalog, wanted: Catalog) -> Iterator[str]:
    """The two catalogs, field by field."""
    for found in left_over(got, wanted):
        what = f"{found.kind} {found.identity}"
        if found.field == "existence":
            yield f"{what} is {'there' if found.built else 'not there'} after the plan"
        else:
            yield f"{what}: {found.field} is {_shown(found.built)} after the plan, not {_shown(found.observed)}"


def misread(read: Catalog, observed: Catalog, label: str) -> Iterator[str]:
    """Where the server makes of a side something else than was read from its files."""
    found = [f"{d.kind} {d.identity}" for d in left_over(read, observed) if d.kind not in _OF_THE_SERVER]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield f"{label} is something else on the server than what was read of it: {found[0]}{more}"


def dumps(got: Collection[str], wanted: Collection[str]) -> Iterator[str]:
    """What pg_dump says, entry by entry; of two that begin alike the lines that differ."""
    one, other = {loose(entry): entry for entry in got}, {loose(entry): entry for entry in wanted}
    extra = {_head(entry): entry for key, entry in one.items() if key not in other}
    missing = {_head(entry): entry for key, entry in other.items() if key not in one}
    children = set(filter(None, map(_child, (*got, *wanted))))
    for head in {**extra, **missing}:
        if _table(head) in children:
            continue
        new, old = extra.get(head, "").splitlines(), missing.get(head, "").splitlines()
        more = [line.strip() for line in new if line not in old]
        less = [line.strip() for line in old if line not in new]
        if _secret(new) and len(new) == len(old):
            continue
        words = [f"after the plan: {_shown(more)}"] * bool(more) + [f"not there: {_shown(less)}"] * bool(less)
        if head in extra and head in missing:
            yield f"pg_dump of {head}: {'; '.join(words) or 'lines in another order'}"
        else:
            yield f"pg_dump: {'only' if head in extra else 'not'} after the plan: {head}"


def _child(entry: str) -> str | None:
    """The table that an entry makes, if it inherits: whether a column is its own, too, no statement can change."""
    return _table(_head(entry)) if _INHERITING.search(entry) else None


def _table(head: str) -> str | None:
    """The table that an entry makes, or the default of a column of which it sets."""
    found = _MADE.match(head)
    return None if found is None else found["table"]


def loose(entry: str) -> str:
    """An entry without what the catalogs compare better than a text: brackets, line feeds, and lists under EXISTS."""
    text = _LISTED.sub("EXISTS SELECT FROM ", " ".join(entry.split()))
    # The parts of a UNION but the first may name their columns as they like.
    return _BETWEEN.sub("", _NAMED.sub("", text) if _COMBINED.search(text) else text)


def _secret(lines: Collection[str]) -> bool:
    """Whether an option was written that no catalog shows."""
    return any(line.strip().rstrip(",").endswith("'***'") for line in lines)


def _head(entry: str) -> str:
    lines = [line.strip() for line in entry.splitlines() if line.strip() and not line.startswith("--")]
    # The lines of a table are sorted.
    return next((line for line in lines if line.startswith("CREATE ")), lines[0] if lines else "")[:200]


def _shown(value: Any) -> str:
    text = "; ".join(value) if isinstance(value, list) else repr(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def losses(before: Contents, after: Contents, announced: Announced, *, withheld: bool = False) -> Iterator[str]:
    """Rows that are gone and were not to go; where those that lose them are withheld, none may go."""
    for one in lost(before, after, announced.last):
        if not announced.loses(one.table, one.column):
            yield f"{one.message}, and no DATA_LOSS says so"
        elif withheld and one.column is None:
            yield f"{one.message}, although the statements that lose rows were withheld"


def second(got: Catalog, wanted: Catalog, platform: Platform) -> Iterator[str]:
    """What a second diff would do."""
    left = [done.sql.partition("\n")[0] for done in plan(got, wanted, platform).statements]
    if left:
        yield f"a second diff is not empty: {_shown(left)}"


def locked(segment: int, known: Relations, locks: Locks, copied: frozenset[int], announced: Announced) -> Iterator[str]:
    """Locks that stop more than was said, and tables that were copied although nothing said so."""
    where = f"transaction {segment + 1}"
    for oid, mode in locks.items():
        found = known.get(oid)
        if found is not None and stops(mode) > announced.lock(segment, found.name):
            what = _STOPPED[stops(mode)]
            yield f"{where} holds {mode} on {qualified(*found.name)}, which stops {what}, and no hazard says so"
    for oid in copied:
        if known[oid].kind == "r" and not announced.rewrites(segment, known[oid].name):
            yield f"{where} writes all rows of {qualified(*known[oid].name)} again, and no TABLE_REWRITE says so"
