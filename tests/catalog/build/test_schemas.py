"""CREATE SCHEMA with what it embeds, as on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = ("schemas", "tables", "views", "columns", "constraints", "sequences", "indexes", "triggers", "relation grants")

SNIPPETS = {
    "plain": "create schema n;",
    "twice": "create schema n; create schema n; create schema if not exists n;",
    "reserved": "create schema pg_mine;",
    "authorization": "create role a; create schema n authorization a; create schema authorization a;",
    "authorization current": "create schema n authorization current_user; create schema authorization session_user;",
    "elements": """create role a; create schema n create table t (i int) create view v as select i from t
        grant select on t to a;""",
    "elements owned": """create role a; create schema n authorization a create table t (i int primary key)
        create sequence s create index x on t (i);""",
    "elements in the wrong order": "create schema n create view v as select i from t create table t (i int);",
    "elements elsewhere": "create schema m; create schema n create table m.t (i int);",
    "same name as in public": "create table t (i int); create schema n create table t (j int) create index x on t (j);",
    "search_path is back": "create schema n create table t (i int); create table u (i int);",
}


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_schemas_are_those_of_a_server(cluster: Connection, sql: str) -> None:
    """The schema, its owner and its elements agree with a server."""
    assert contrast(cluster, sql, FACETS) == []
