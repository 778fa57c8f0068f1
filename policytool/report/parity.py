"""Where the built and the observed catalog differ, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from policytool.catalog.parity import Difference, Tally, tally
from policytool.report.words import printable

if TYPE_CHECKING:
    from policytool.postgres.observe import Parity
    from policytool.postgres.results import FileResult

_LONGEST = 400


def as_text(found: Parity, *, verbosity: int = 0) -> str:
    """A line for each difference, then how many objects agree; with `verbosity` kind by kind."""
    kinds = tally(found.built.catalog, found.observed.catalog, found.left_out)
    lines = [] if verbosity < 0 else [*map(_refused, found.refused), *(x for d in found.differences for x in _lines(d))]
    if found.left_out and verbosity >= 0:
        names = ", ".join(sorted(identity for _, identity in found.left_out))
        lines.append(f"note: not compared, because the server has a stand-in for their extension: {names}")
    if verbosity > 0:
        width = max(map(len, kinds), default=0)
        lines += [f"{kind:{width}}  {count.agreeing} of {count.total}" for kind, count in kinds.items()]
    lines.append(_summary(found, kinds))
    return "".join(f"{printable(line)}\n" for line in lines)


def _refused(result: FileResult) -> str:
    error = result.error
    assert error is not None
    return f"{error.path}:{error.line}:{error.column}: Postgres refuses this, {error.sqlstate}: {error.message}"


def _lines(difference: Difference) -> Iterator[str]:
    place = difference.location
    where = f"{place.path}:{place.line}:{place.column}: " if place is not None else ""
    what = f"{where}{difference.kind} {difference.identity}"
    if difference.field == "existence":
        yield f"{what}: {'built, but not on the server' if difference.built else 'on the server, but not built'}"
        return
    yield f"{what}: {difference.field} differs"
    yield f"  built:    {_short(difference.built)}"
    yield f"  observed: {_short(difference.observed)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _summary(found: Parity, kinds: dict[str, Tally]) -> str:
    total, agreeing = sum(t.total for t in kinds.values()), sum(t.agreeing for t in kinds.values())
    count = len(found.project.files)
    files = f"{count} file{'' if count == 1 else 's'} on PostgreSQL {found.observed.major_version}"
    refused = f", {len(found.refused)} of them refused" if found.refused else ""
    differ = total - agreeing
    verb = "differs" if differ == 1 else "differ"
    return f"{agreeing} of {total} objects agree in every field, {differ} {verb} ({files}{refused})"


def as_json(found: Parity) -> str:
    """The differences, the counts by kind, and the files that Postgres refused."""
    document = {
        "platform": found.built.platform.name,
        "major_version": found.observed.major_version,
        "differences": [_as_object(difference) for difference in found.differences],
        "objects": tally(found.built.catalog, found.observed.catalog, found.left_out),
        "left_out": [{"kind": kind, "identity": identity} for kind, identity in sorted(found.left_out)],
        "refused": [
            {
                "path": result.error.path,
                "line": result.error.line,
                "column": result.error.column,
                "sqlstate": result.error.sqlstate,
                "message": result.error.message,
            }
            for result in found.refused
            if result.error is not None
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _as_object(difference: Difference) -> dict[str, Any]:
    place = difference.location
    return {
        "kind": difference.kind,
        "identity": difference.identity,
        "field": difference.field,
        "built": difference.built,
        "observed": difference.observed,
        "location": {"path": place.path, "line": place.line, "column": place.column} if place is not None else None,
    }
