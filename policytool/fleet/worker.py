"""Audits one database in a process of its own: the job comes on stdin, what came of it goes to stdout."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from policytool.config import Config, PlatformName
from policytool.errors import PolicytoolError
from policytool.report.fleet.model import Member, member_of
from policytool.source.database import without_passwords


class Job(Struct, frozen=True, kw_only=True):
    """One audit. `source` may hold a password: it is neither an argument of a process nor in what is answered."""

    name: str
    source: str
    platform: PlatformName | None = None
    config: str | None = None
    report: str | None = None  # write the database's own report there


def perform(job: Job) -> Member:
    """Audit a database; whatever goes wrong is what came of it."""
    started, shown = time.monotonic(), without_passwords(job.source)
    try:
        return _perform(job, shown, started)
    except PolicytoolError as error:
        message, hint = error.message, error.hint
    except Exception as error:  # one database never stops the rest
        message, hint = f"internal error: {type(error).__name__}: {error}", "this is a bug in policytool"
    seconds = round(time.monotonic() - started, 2)
    told = without_passwords(message, [password_in(job.source)])
    return Member(name=job.name, source=shown, state="failed", seconds=seconds, message=told, hint=hint)


def _perform(job: Job, shown: str, started: float) -> Member:
    from policytool import api
    from policytool.config import load

    config = load(Path(job.config)) if job.config else Config()
    report = api.report(job.source, config=config, platform=job.platform)
    if job.report is not None:
        from policytool.report.overview.html import render

        Path(job.report).write_text(render(report), encoding="utf-8")
    return member_of(job.name, shown, report, round(time.monotonic() - started, 2), job.report)


def password_in(source: str) -> str | None:
    """The password in a connection string, where it is plainly there."""
    from urllib.parse import unquote, urlsplit

    if "://" not in source:
        return next((w.partition("=")[2].strip("'") for w in source.split() if w.startswith("password=")), None)
    try:
        found = urlsplit(source).password
    except ValueError:
        return None
    return unquote(found) if found else None


def main() -> None:
    """Read a job and answer it."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(perform(job)))


if __name__ == "__main__":
    main()
