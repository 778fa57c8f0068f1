"""Throwaway servers: started from nothing, reachable over a private socket, cloned, gone."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from policytool.postgres.server import Server, throwaway

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg.rows import TupleRow

    from policytool.postgres.server import Connection

    Execute = Callable[..., list[TupleRow]]


def test_server_is_reachable_over_a_private_socket_only(server: Server, execute: Execute) -> None:
    """The folder of the socket is closed to others and no TCP port is open."""
    assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
    assert execute("show listen_addresses") == [("",)]
    assert execute("select current_user, current_setting('server_version')") == [("supabase_admin", server.version)]


def test_database_is_fresh_and_utf8(execute: Execute) -> None:
    """A test's database has no tables, is UTF-8, and folds the case of letters outside ASCII."""
    assert execute("select count(*) from pg_tables where schemaname = 'public'") == [(0,)]
    assert execute("show server_encoding") == [("UTF8",)]
    assert execute("select upper('é'), 'Z' < 'a'") == [("É", True)]


def test_clone_has_the_contents_of_its_template(server: Server, database: Connection) -> None:
    """create_database(template) copies everything, and what the copy does leaves the template alone."""
    template = server.create_database()
    with server.connect(template) as connection:
        connection.execute("create table note (body text); insert into note values ('kept')")
    clone = server.create_database(template)
    with server.connect(clone) as connection:
        assert connection.execute("select body from note").fetchall() == [("kept",)]
        connection.execute("drop table note")
    with server.connect(template) as connection:
        assert connection.execute("select count(*) from note").fetchone() == (1,)
    for name in (clone, template):
        server.drop_database(name)
    remaining = database.execute("select datname from pg_database where datname = any(%s)", [[clone, template]])
    assert remaining.fetchall() == []


def test_nothing_is_left_after_the_block() -> None:
    """Leaving the block ends the server and removes its folders before the next line runs."""
    with throwaway() as server:
        folder = Path(server.running.folder)
        assert (folder / "data" / "PG_VERSION").is_file()
    assert not folder.exists()
