"""fleet.toml: which databases, how many at a time, how long each may take."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from pathlib import Path

import msgspec
from msgspec import Struct

from policytool.config import PlatformName
from policytool.errors import ConfigurationError

TIMEOUT = 120.0
CONCURRENCY = 4


class Database(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One database: any source. `source_env` and `password_env` name variables, so that no secret is in the file."""

    name: str
    source: str | None = None
    source_env: str | None = None
    password_env: str | None = None
    platform: PlatformName | None = None
    config: str | None = None
    timeout: float | None = None


class Fleet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. Paths in it start from its folder."""

    database: tuple[Database, ...]
    title: str = "Fleet"
    concurrency: int = CONCURRENCY
    timeout: float = TIMEOUT
    folder: str = "."  # the file's own; not a key


def read(path: Path) -> Fleet:
    """The list in a file. Raises ConfigurationError for one that is wrong, with what is."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}", hint="name a fleet.toml") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}", hint="it has to be TOML") from None
    if "folder" in table:
        raise ConfigurationError(f"{path}: unknown key folder", hint="paths start from the folder of the file")
    try:
        fleet = msgspec.convert(table, Fleet)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}: {error}", hint="docs/report.md shows a fleet.toml") from None
    _check(path, fleet)
    return msgspec.structs.replace(fleet, folder=str(path.parent))


def _check(path: Path, fleet: Fleet) -> None:
    hint = "docs/report.md shows a fleet.toml"
    twice = [name for name, n in Counter(d.name for d in fleet.database).items() if n > 1]
    if not fleet.database:
        raise ConfigurationError(f"{path}: lists no database", hint=hint)
    if twice:
        raise ConfigurationError(f"{path}: the name {twice[0]!r} is there twice", hint="each needs a name of its own")
    if fleet.concurrency < 1 or fleet.timeout <= 0:
        raise ConfigurationError(f"{path}: concurrency and timeout have to be above 0", hint=hint)
    for database in fleet.database:
        if (database.source is None) == (database.source_env is None):
            raise ConfigurationError(f"{path}: {database.name}: one of source and source_env is needed", hint=hint)


def source_of(database: Database) -> str:
    """Where a database is. Raises ConfigurationError where the variable that should say so is not set."""
    if database.source is not None:
        return database.source
    found = os.environ.get(database.source_env or "")
    if not found:
        raise ConfigurationError(f"the variable {database.source_env} is not set", hint="it has to hold the source")
    return found


def password_of(database: Database) -> str | None:
    """The password that a variable holds, where the list names one."""
    if database.password_env is None:
        return None
    found = os.environ.get(database.password_env)
    if not found:
        raise ConfigurationError(f"the variable {database.password_env} is not set", hint="it has to hold the password")
    return found
