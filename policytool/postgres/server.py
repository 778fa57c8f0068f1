"""A throwaway Postgres server: started from nothing, used over a private Unix socket, gone afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policytool.postgres import binaries as found
from policytool.postgres import process
from policytool.postgres.contract import Running

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import TupleRow

    Connection = psycopg.Connection[TupleRow]

PORT = 5432
NO_SETTINGS: Mapping[str, str] = {}


class Server:
    """A running throwaway server. It listens on a Unix socket only; whoever can enter the folder is trusted."""

    def __init__(self, binaries: found.Binaries, running: Running) -> None:
        self.binaries = binaries
        self.running = running
        self.superuser = process.SUPERUSER
        self.port = PORT
        self._numbers = itertools.count(1)

    @property
    def socket_dir(self) -> Path:
        return Path(self.running.sockets)

    @property
    def bin(self) -> Path:
        return self.binaries.bin

    @property
    def version(self) -> str:
        return self.binaries.version

    @property
    def major(self) -> int:
        return self.binaries.major

    @property
    def provider(self) -> str:
        return self.binaries.provider

    def dsn(self, dbname: str = "postgres", user: str | None = None) -> str:
        """A libpq connection string; it holds no password because there is none."""
        values = {"host": self.socket_dir, "port": self.port, "dbname": dbname, "user": user or self.superuser}
        return " ".join(f"{name}={_quoted(str(value))}" for name, value in values.items())

    def address_words(self) -> list[str]:
        """Host and port as psql takes them."""
        return ["-h", str(self.socket_dir), "-p", str(self.port)]

    def connect(
        self,
        dbname: str = "postgres",
        user: str | None = None,
        *,
        autocommit: bool = True,
        settings: Mapping[str, str] = NO_SETTINGS,
    ) -> Connection:
        """A connection, with settings that RESET ALL does not undo."""
        import psycopg

        options = " ".join(_escaped(f"-c{name}={value}") for name, value in settings.items())
        return psycopg.connect(self.dsn(dbname, user), autocommit=autocommit, options=options)

    def administer(self, dbname: str) -> Connection:
        """A superuser's connection to a database of a project: event triggers in it are not run for this session."""
        quiet = {"event_triggers": "off"} if self.major >= 17 else {"session_replication_role": "replica"}
        return self.connect(dbname, settings=quiet)

    def create_database(self, template: str | None = None, *, name: str | None = None, owner: str | None = None) -> str:
        """Create a database, a copy of `template` if given, and return its name."""
        from psycopg import sql

        name = name or f"throwaway_{next(self._numbers)}"
        names = [sql.Identifier(part) for part in (name, template or "template1", owner or self.superuser)]
        statement = sql.SQL("create database {} template {} owner {}").format(*names)
        # Copying files takes a third of the time of logging every page; before 15 there was no other way.
        if self.major >= 15:
            statement += sql.SQL(" strategy file_copy")
        self._administer(statement)
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whoever is connected to it."""
        from psycopg import sql

        self._administer(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _administer(self, statement: Any) -> None:
        with self.connect() as connection:
            connection.execute(statement)


def _escaped(option: str) -> str:
    return option.replace("\\", "\\\\").replace(" ", "\\ ")


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What a cluster should hold before it is handed out: `fill` makes it once, the cache keeps it under `key`.

    With `base` it starts from a cluster that holds another seed. Where `fill` says False nothing is kept.
    """

    key: str
    fill: Callable[[Server], bool | None]
    base: Seed | None = None


@contextmanager
def throwaway(
    binaries: found.Binaries | None = None, *, seed: Seed | None = None, identities: Sequence[str] = ()
) -> Iterator[Server]:
    """A fresh server for the length of a `with` block; with a seed, one that holds it."""
    binaries = binaries or found.embedded()
    base = seed.base if seed else None
    keeper = process.launch(binaries, seed.key if seed else "", identities, base=base.key if base else "")
    try:
        server = Server(binaries, keeper.running)
        if seed and keeper.running.cached != "seeded":
            if base and keeper.running.cached != "base":
                base.fill(server)
            if seed.fill(server) is not False:
                server.running = keeper.save()
        yield server
    finally:
        keeper.stop()
