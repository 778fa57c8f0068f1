"""Reports written as JSON, read again to compare with."""

from __future__ import annotations

from pathlib import Path

import msgspec

from policytool.errors import UsageError
from policytool.report.overview.model import Report

START = 4096  # how much of a file is looked at to tell a report from a snapshot


def is_report(name: str) -> bool:
    """Whether a file is a report as JSON: none of the sources begins as one does."""
    path = Path(name)
    try:
        if path.suffix != ".json" or not path.is_file():
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            start = file.read(START)
    except (OSError, ValueError):
        return False
    return '"verdict"' in start and '"platform"' in start


def read_report(name: str) -> Report:
    """The report in a file."""
    try:
        return msgspec.json.decode(Path(name).read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(
            f"{name}: no report of this version of policytool: {error}", hint="make it again with `-f json`"
        ) from None
