"""What became of each migration, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from policytool.postgres.apply import Applied
from policytool.postgres.results import ApplyError, FileResult
from policytool.report.words import printable

_LONGEST = 300
_SUPABASE = frozenset({"auth", "storage", "realtime", "vault", "anon", "authenticated", "service_role"})


def as_text(found: Applied, *, verbosity: int = 0) -> str:
    """The server, a line for each file and the errors in full; with -q only errors and the sum."""
    lines = [] if verbosity < 0 else [f"{found.provider} PostgreSQL {found.version}, platform {found.platform.name}"]
    if found.other_major:
        lines.append(
            f"note: the project says PostgreSQL {found.other_major}; --pg {found.other_major} asks for that one"
        )
    if found.standins and verbosity >= 0:
        lines.append(f"stand-ins for extensions, made of SQL alone: {', '.join(found.standins)}")
    for result in found.results:
        if result.error is not None:
            lines += _error(result.error)
        elif verbosity >= 0:
            lines.append(f"ok    {result.path}  {result.statements} statements, {result.seconds * 1000:.0f} ms")
        lines += [f"note: not run: {line}" for line in result.ignored if verbosity > 0]
        if verbosity >= 0:
            lines += [f"note: left out {e.path}:{e.line}:{e.column}: {e.message}" for e in result.left_out]
    lines += _summary(found)
    return "".join(f"{printable(line)}\n" for line in lines)


def _error(error: ApplyError) -> Iterator[str]:
    yield f"error {error.path}:{error.line}:{error.column}: {error.sqlstate}: {error.message}"
    statement = " ".join(error.statement.split())
    yield f"      in: {statement if len(statement) <= _LONGEST else statement[:_LONGEST] + '…'}"
    for name in ("detail", "hint", "context"):
        if value := getattr(error, name):
            yield f"      {name}: {' '.join(value.split())}"


def _summary(found: Applied) -> Iterator[str]:
    total, failed, ran = len(found.project.files), len(found.failed), len(found.results)
    if found.missing:
        if found.platform.family == "postgres" and _SUPABASE & set(found.missing):
            yield f"no migration makes {', '.join(found.missing)}"
            yield "hint: a Supabase database has them: --platform supabase"
        else:
            yield f"history starts on the dashboard: no migration makes {', '.join(found.missing)}"
            yield "hint: `supabase db pull` writes the first migration from the live database"
    seconds = sum(result.seconds for result in found.results)
    rest = f", {total - ran} not reached (--keep-going goes on)" if ran < total else ""
    yield f"{ran - failed} of {total} files applied, {failed} failed{rest} in {seconds:.2f} s"


def as_json(found: Applied) -> str:
    """The same for programs."""
    document = {
        "server": {"provider": found.provider, "version": found.version},
        "platform": found.platform.name,
        "files": [_file(result) for result in found.results],
        "applied": len(found.results) - len(found.failed),
        "total": len(found.project.files),
        "stand_ins": found.standins,
        "missing": found.missing,
        "project_major_version": found.project.config.major_version if found.project.config else None,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _file(result: FileResult) -> dict[str, Any]:
    names = ("path", "line", "column", "statement", "sqlstate", "message", "detail", "hint", "context")
    error = {name: getattr(result.error, name) for name in names} if result.error else None
    return {
        "path": result.path,
        "statements": result.statements,
        "seconds": round(result.seconds, 4),
        "error": error,
        "not_run": result.ignored,
        "left_out": [{name: getattr(e, name) for name in names} for e in result.left_out],
    }
