"""What SQL of a project is never sent to a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from policytool.postgres.guard import forbidden
from policytool.postgres.replay import apply_sql

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FORBIDDEN = (
    "copy t to program 'sh'",
    "copy t from program 'sh'",
    "copy t from '/etc/passwd'",
    "copy (select 1) to '/tmp/x'",
    "load 'library'",
    "alter system set archive_command = 'sh'",
    "select pg_read_file('/etc/passwd')",
    "select pg_catalog.pg_read_binary_file('/etc/passwd')",
    "select U&\"pg\\005fread_file\"('/etc/passwd')",
    "select pg_ls_dir('/')",
    "create table t as select pg_stat_file('/etc/passwd')",
    "create view v as select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/x')",
    "create policy p on t using (pg_read_file('x') = '')",
    "create function f() returns int language c as 'libc', 'system'",
    "create function f(text) returns text language internal as 'pg_read_file_all'",
    "create function f() returns int language plpython3u as 'import os'",
    "create function f() returns text language sql as 'select pg_read_file(''/etc/passwd'')'",
    "create function f() returns text language sql return pg_read_file('/etc/passwd')",
    "create function f() returns int language plpgsql as $$ begin execute 'copy t to program ''sh'''; end $$",
    "do $$ begin copy t from '/etc/passwd'; end $$",
    "do $$ begin execute format('copy t from program %L', 'sh'); end $$",
    "do language plpython3u $$ import os $$",
    "create extension plpython3u",
    "create extension file_fdw",
    "create extension adminpack",
    "create language evil handler plpgsql_call_handler",
    "set dynamic_library_path = '/tmp'",
    "set session_preload_libraries = 'x'",
    "set allow_system_table_mods = on",
    "alter role r set local_preload_libraries = 'x'",
    "create function f() returns int language sql set dynamic_library_path = '/tmp' as 'select 1'",
    "grant pg_execute_server_program to r",
    "grant pg_read_server_files to r with admin option",
    "create tablespace t location '/tmp'",
    "create subscription s connection 'host=x' publication p",
    "select dblink_connect('host=/tmp')",
    "select * from dblink('host=x', 'select 1') as t (a int)",
)

ALLOWED = (
    "copy t from stdin",
    "copy t (a, b) to stdout",
    "create extension pgcrypto",
    "create function f() returns int language plpgsql as $$ begin return 1; end $$",
    "create function f() returns trigger language 'plpgsql' as $$ begin /* a copy from the old */ return new; end $$",
    "insert into t values ('copy from production', 'load balancing', 'a program')",
    "set search_path = ''",
    "alter role r set statement_timeout = '5s'",
    "grant pg_monitor to r",
    "comment on table t is 'loaded from ''files'''",
    "create table copy_program (lo_import text)",
    "select 'not sql",
)


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_what_reaches_outside_the_database_is_forbidden(sql: str) -> None:
    """Programs, files of the server, libraries, untrusted languages and other machines, also inside strings."""
    assert forbidden(sql) is not None


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_stays_inside_is_not(sql: str) -> None:
    """Words alone do no harm, and what does not parse is left to the server to refuse."""
    assert forbidden(sql) is None


def test_file_with_it_fails_at_its_place(database: Connection, execute: Callable[..., list[Any]]) -> None:
    """The statement is not sent, the file has no effect, and the error says where and why."""
    error = apply_sql(database, "create table t (a text);\n  copy t from program 'echo 1';", path="x.sql")
    assert error is not None
    assert (error.path, error.line, error.column, error.sqlstate) == ("x.sql", 2, 3, "42501")
    assert "program" in error.message
    assert execute("select count(*) from pg_class where relname = 't'") == [(0,)]
