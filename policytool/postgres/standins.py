"""The extensions of a server of ours: SQL stand-ins for those it lacks, and the others made safe for a project to make.

A trusted extension's script runs as the superuser, whoever makes it. Those a project may have are trusted here, so that
CREATE EXTENSION works in the body of a DO as well; the rest is not. While a script runs, event triggers are off: those
of a project would fire as the superuser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from policytool.postgres.confine import CONFINED
from policytool.postgres.privileged import EXTENSIONS
from policytool.source.bootstrap import sql_folder
from policytool.source.model import SqlFile

if TYPE_CHECKING:
    from policytool.postgres.server import Server

_HEADER = re.compile(
    r"-- (?P<name>\S+): schema = (?P<schema>\S+), fixed = (?P<fixed>yes|no), relocatable = (?P<relocatable>yes|no), "
    r"version = (?P<version>\S+), runs = (?P<runs>yes|no)\n"
)
_TRUSTED = re.compile(r"^\s*trusted\s*=.*$", re.MULTILINE)
_DIRECTORY = re.compile(r"^\s*directory\s*=.*$", re.MULTILINE)
_QUIET = "set local event_triggers = off;\n"
_SHARE = b"select setting from pg_catalog.pg_config where name = 'SHAREDIR'"


def write_standins(server: Server) -> tuple[str, ...]:
    """Put them where the server looks first, and return the names of the stand-ins."""
    target = Path(server.running.folder) / "standins" / "extension"
    target.mkdir(parents=True, exist_ok=True, mode=0o755)
    with server.connect() as connection:
        (share,) = connection.execute(_SHARE).fetchone() or ("",)
    present = _rewrite(Path(share) / "extension", target)
    names = []
    for header, text in _standins():
        if header["name"] not in present:
            _write(target / f"{header['name']}.control", _control(header))
            _write(target / f"{header['name']}--{header['version']}.sql", _script(header["name"], text))
            names.append(header["name"])
    return tuple(names)


def standin_names() -> tuple[str, ...]:
    """The extensions that policytool can stand in for."""
    return tuple(header["name"] for header, _ in _standins())


def granted(name: str) -> SqlFile | None:
    """What Supabase grants once an extension has been made."""
    path = sql_folder() / "bootstrap" / "supabase" / "after_extension" / f"{name}.sql"
    return SqlFile(path=path.name, text=path.read_text(encoding="utf-8")) if path.is_file() else None


def home(name: str) -> str | None:
    """The schema that a stand-in belongs in, where it may be elsewhere too: a control file cannot say that."""
    path = sql_folder() / "bootstrap" / "extensions" / f"{name}.sql"
    header = _HEADER.match(path.read_text(encoding="utf-8")) if path.is_file() else None
    if header is None or header["fixed"] == "yes" or header["schema"] == "current":
        return None
    return header["schema"]


def _rewrite(system: Path, target: Path) -> set[str]:
    """The control files and scripts of the server's own extensions, as a project may use them."""
    names = set()
    for control in system.glob("*.control"):
        if "--" in control.stem:
            continue
        names.add(control.stem)
        text = _TRUSTED.sub("", control.read_text(encoding="utf-8"))
        if control.stem not in EXTENSIONS:
            _write(target / control.name, f"{_DIRECTORY.sub('', text)}\ndirectory = '{system}'\n")
            continue
        _write(target / control.name, f"{_DIRECTORY.sub('', text)}\ntrusted = true\n")
        for script in system.glob(f"{control.stem}--*.sql"):
            _write(target / script.name, _script(control.stem, script.read_text(encoding="utf-8")))
    return names


def _script(name: str, text: str) -> str:
    return f"{_QUIET}{text}\n{CONFINED.get(name, '')};\n"


def _standins() -> Iterator[tuple[re.Match[str], str]]:
    for path in sorted((sql_folder() / "bootstrap" / "extensions").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        header = _HEADER.match(text)
        if header is not None and header["runs"] == "yes":
            yield header, text


def _control(header: re.Match[str]) -> str:
    lines = ["comment = 'stand-in made by policytool'", f"default_version = '{header['version']}'", "trusted = true"]
    if header["relocatable"] == "yes":
        lines.append("relocatable = true")
    if header["fixed"] == "yes":
        lines.append(f"schema = '{header['schema']}'")
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
