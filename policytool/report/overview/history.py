"""The history of runs: a file with one JSON object a line."""

from __future__ import annotations

from pathlib import Path

import msgspec

from policytool.errors import UsageError
from policytool.report.overview.model import Run


def read(path: Path) -> tuple[Run, ...]:
    """The runs that a history holds; none where there is no such file yet."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the history cannot be read: {error}", hint="name another file") from None
    return tuple(_run(path, number, line) for number, line in enumerate(lines, 1) if line.strip())


def _run(path: Path, number: int, line: str) -> Run:
    try:
        return msgspec.json.decode(line, type=Run)
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}:{number}: no run of policytool: {error}", hint="take the line out") from None


def append(path: Path, run: Run) -> None:
    """Add a run as the last line, on a line of its own whatever the file ends with."""
    try:
        whole = not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")
        with path.open("ab") as file:
            file.write((b"" if whole else b"\n") + msgspec.json.encode(run) + b"\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}", hint="may you write in this folder?") from None
