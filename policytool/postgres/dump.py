"""What pg_dump says of a database: an observer that shares no code with us, in a form that can be compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policytool.errors import NoPostgres
from policytool.postgres import binaries

if TYPE_CHECKING:
    from policytool.postgres.server import Server

_RANDOM = re.compile(r"^\\(?:un)?restrict .*$", re.MULTILINE)  # a new random word in every dump
# NOT NULL is a property of a column here; the name that Postgres 18 gives it is not in the catalog.
_NAMED_NOT_NULL = re.compile(r" CONSTRAINT (?:\"(?:[^\"]|\"\")+\"|\S+) NOT NULL")
_END = re.compile(r"\n--\n-- PostgreSQL database dump complete\n--\s*\Z")
_HEADING = re.compile(r"\n--\n-- Name: [^\n]*\n--\n")
_TABLE = re.compile(r"CREATE (?:UNLOGGED |FOREIGN )?TABLE ")
_POLICY = re.compile(r"(?P<head>CREATE POLICY [^\n]*? TO )(?P<roles>[^\n]*?)(?= USING \(| WITH CHECK \(|;)")


def dump(server: Server, database: str) -> tuple[str, ...]:
    """The schema of a database as pg_dump writes it: an entry for each object, sorted; columns in any order."""
    return tuple(_settled(entry) for entry in entries(server, database))


def entries(server: Server, database: str) -> list[str]:
    """The same with the columns in their order."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    address: dict[str, Any] = conninfo_to_dict(server.dsn(database))
    # Every user of the machine sees the arguments of a program.
    environment = {**os.environ, "PGPASSWORD": str(address.pop("password", None) or "")}
    command = [str(_program(server)), "--schema-only", "-d", make_conninfo(**address)]
    text = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    text = _NAMED_NOT_NULL.sub(" NOT NULL", _END.sub("", _RANDOM.sub("", text).rstrip()))
    return sorted("\n".join(sorted(e.split("\n"))) if "GRANT " in e else e.strip() for e in _HEADING.split(text))


def _settled(entry: str) -> str:
    """An entry in which the order of columns, and of the roles of a policy, says nothing."""
    if policy := _POLICY.match(entry):
        return f"{policy['head']}{', '.join(sorted(policy['roles'].split(', ')))}{entry[policy.end('roles') :]}"
    if not _TABLE.search(entry):
        return entry
    return "\n".join(sorted(line.rstrip(",") for line in entry.splitlines()))


def _program(server: Server) -> Path:
    """The server's own pg_dump, else the embedded one or one on the PATH; it must not be older than the server."""
    own = server.bin / "pg_dump"
    if own.is_file():
        return own
    try:
        known = binaries.embedded()
        if known.major >= server.major and (known.bin / "pg_dump").is_file():
            return known.bin / "pg_dump"
    except NoPostgres:
        pass
    found = shutil.which("pg_dump")
    if found is None:
        raise NoPostgres(f"no pg_dump for PostgreSQL {server.major}", hint="install its client programs")
    return Path(found)
