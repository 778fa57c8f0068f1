"""Runs the audits of a fleet, a few at a time; one that fails or hangs never stops the rest."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from policytool import __version__
from policytool.errors import ConfigurationError, UsageError
from policytool.fleet.config import Database, Fleet, password_of, source_of
from policytool.fleet.worker import Job, password_in
from policytool.report.fleet.model import FleetReport, Member, shared
from policytool.source.database import is_database, without_passwords

GRACE = 5.0  # seconds between asking a process to end and ending it


def audit_fleet(
    fleet: Fleet,
    *,
    reports: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> FleetReport:
    """Audit every database of a list; with `reports`, write a report of each into that folder."""
    if reports is not None:
        _folder(reports)
    found: dict[str, Member] = {}
    with _pool(fleet.concurrency) as (pool, running):
        waiting = {pool.submit(_one, d, fleet, reports, running): d.name for d in fleet.database}
        progress(f"0 of {len(waiting)}")
        for done in as_completed(waiting):
            found[waiting[done]] = done.result()
            progress(f"{len(found)} of {len(waiting)}: {waiting[done]} {found[waiting[done]].state}")
    members = tuple(found[d.name] for d in fleet.database)
    return FleetReport(
        title=fleet.title,
        version=__version__,
        generated=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        members=members,
        shared=shared(members),
    )


@contextmanager
def _pool(workers: int) -> Iterator[tuple[ThreadPoolExecutor, set[subprocess.Popen[bytes]]]]:
    """Threads that wait for processes; none of these outlives an interruption."""
    running: set[subprocess.Popen[bytes]] = set()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            yield pool, running
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in tuple(running):
                process.kill()
            raise


def _one(database: Database, fleet: Fleet, reports: Path | None, running: set[subprocess.Popen[bytes]]) -> Member:
    started = time.monotonic()
    try:
        source, password = source_of(database), password_of(database)
    except ConfigurationError as error:
        named = without_passwords(database.source or f"${database.source_env}")
        return Member(
            name=database.name, source=named, state="failed", seconds=0, message=error.message, hint=error.hint
        )
    job = Job(
        name=database.name,
        source=_from_folder(source, fleet.folder),
        platform=database.platform,
        config=None if database.config is None else str(Path(fleet.folder) / database.config),
        report=None if reports is None else str(reports / file_name(database.name, fleet)),
    )
    limit = database.timeout or fleet.timeout
    member = _awaited(job, password, limit, running, started)
    secrets = [password, password_in(source)]
    hidden = without_passwords(msgspec.json.encode(member).decode(), secrets) if any(secrets) else None
    return member if hidden is None else msgspec.json.decode(hidden, type=Member)


def _awaited(
    job: Job, password: str | None, limit: float, running: set[subprocess.Popen[bytes]], started: float
) -> Member:
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    process = subprocess.Popen(
        [sys.executable, "-m", "policytool.fleet.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    running.add(process)
    lost: dict[str, Any] = {"name": job.name, "source": without_passwords(job.source)}
    try:
        said, complained = process.communicate(msgspec.json.encode(job), timeout=limit)
        return msgspec.json.decode(said, type=Member)
    except subprocess.TimeoutExpired:
        _end(process)
        return Member(
            **lost,
            state="timed out",
            seconds=round(time.monotonic() - started, 2),
            message=f"no answer within {limit:g} seconds",
            hint="`timeout` in the list gives it longer",
        )
    except msgspec.DecodeError:
        last = complained.decode(errors="replace").strip().rpartition("\n")[2]
        told = f"the process of the audit ended with {process.returncode}: {last}"
        return Member(**lost, state="failed", seconds=round(time.monotonic() - started, 2), message=told)
    finally:
        running.discard(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process gently, then not gently."""
    process.terminate()
    try:
        process.communicate(timeout=GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _from_folder(source: str, folder: str) -> str:
    """A path in the list starts from the folder of the list; databases and git refs are what they are."""
    if is_database(source) or source.startswith("git:") or source == "-":
        return source
    return str(Path(folder) / source)


def file_name(name: str, fleet: Fleet) -> str:
    """A file name for the report of a database; two that would be called alike are told apart."""
    names = [re.sub(r"[^\w.-]+", "_", d.name).strip(".") or "database" for d in fleet.database]
    mine = [d.name for d in fleet.database].index(name)
    before = sum(other.lower() == names[mine].lower() for other in names[:mine])
    return f"{names[mine]}-{before + 1}.html" if before else f"{names[mine]}.html"


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be made: {error.strerror}", hint="name another folder") from None
