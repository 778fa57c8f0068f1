"""What a clone with stand-ins cannot do as written: be the database `postgres`, and hold an extension's indexes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from policytool.catalog.spelling import identifier
from policytool.postgres.standins import STANDS_IN, standin_moves

if TYPE_CHECKING:
    import psycopg

    from policytool.postgres.server import Connection

Node = dict[str, Any]
# On the platform a project is the database `postgres` of a server of its own; here it is a clone under another name.
_DATABASE: Final = re.compile(r'(\bdatabase\s+)"?postgres"?(?![\w"])', re.IGNORECASE)
# A type can be made of SQL, what an index does with it and the options of an index cannot.
_METHODS: Final = (
    (re.compile(r'unrecognized parameter "(?:m|ef_construction|lists)"'), "vector"),
    (re.compile(r'data type (?:geometry|geography) has no default operator class for access method "\w+"'), "postgis"),
    (re.compile(r'operator class "(?:\w+\.)?\w*(?:geometry|geography)_\w+" does not exist'), "postgis"),
    (re.compile(r'access method "pgroonga" does not exist'), "pgroonga"),
    (re.compile(r'operator class "(?:\w+\.)?pgroonga_\w+" does not exist'), "pgroonga"),
)
_FIXED: Final = b"""
select from pg_catalog.pg_extension e
join pg_catalog.pg_available_extensions a on a.name operator(pg_catalog.=) e.extname
where e.extname = %s and a.comment operator(pg_catalog.=) %s and not e.extrelocatable
"""
_REAL: Final = b"select from pg_catalog.pg_available_extensions where name = %s and comment operator(pg_catalog.<>) %s"


def for_this_database(connection: Connection, sql: str, stmt: Node) -> str:
    """A statement about the database `postgres`, with the name of the one that it runs in."""
    if not _about_postgres(stmt) or (name := connection.info.dbname) == "postgres":
        return sql
    return _DATABASE.sub(lambda found: f'{found[1]}"{name}"', sql, count=1)


def moved(connection: Connection, sql: str, stmt: Node) -> str:
    """ALTER EXTENSION SET SCHEMA of what can be moved, where its stand-in cannot be: it is made again there."""
    match stmt:
        case {
            "AlterObjectSchemaStmt": {"objectType": "OBJECT_EXTENSION", "object": {"String": {"sval": name}}} as node
        }:
            fixed = connection.execute(_FIXED, [name, STANDS_IN]).fetchone()
            if fixed is not None and standin_moves(name):
                extension, schema = identifier(name), identifier(node["newschema"])
                return f"drop extension {extension}; create extension {extension} schema {schema}"
    return sql


def _about_postgres(stmt: Node) -> bool:
    match stmt:
        case {"AlterDatabaseSetStmt": {"dbname": name}} | {"AlterDatabaseStmt": {"dbname": name}}:
            return bool(name == "postgres")
        case {"GrantStmt": {"objtype": "OBJECT_DATABASE", "objects": [{"String": {"sval": name}}]}}:
            return bool(name == "postgres")
        case {"CommentStmt": {"objtype": "OBJECT_DATABASE", "object": {"String": {"sval": name}}}}:
            return bool(name == "postgres")
    return False


def lacks_real(connection: Connection, error: psycopg.Error, sql: str) -> str | None:
    """The extension without whose library an index cannot be made, if it is that and the server has a stand-in only."""
    if error.sqlstate not in ("42704", "22023") or not re.match(r"create\b[^;]*?\bindex\b", sql, re.IGNORECASE):
        return None
    message = error.diag.message_primary or ""
    name = next((name for pattern, name in _METHODS if pattern.match(message)), None)
    return name if name and connection.execute(_REAL, [name, STANDS_IN]).fetchone() is None else None
