"""What a server in use shows besides its catalog: statistics, buckets, settings, and what it keeps from us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from policytool.catalog.introspect.server import Row, Rows, queries
from policytool.catalog.live import IndexUse, Live, TableUse
from policytool.catalog.objects import Bucket, Catalog
from policytool.source.model import Note

if TYPE_CHECKING:
    from policytool.catalog.introspect.server import Cursor

FOLDER: Final = "introspect/live"
BUCKETS: Final = ("storage", "buckets")
_SAID: Final = {
    "about": "since when statistics are counted is not known",
    "api_schemas": "which schemas the API exposes is not known",
    "available": "whether extensions are behind is not known",
    "buckets": "the storage buckets are not known",
    "index_use": "whether indexes are used is not known",
    "table_use": "how full tables are is not known",
}


def asked(cursor: Cursor, major: int, catalog: Rows) -> tuple[Rows, dict[str, str]]:
    """Rows of the queries that may fail, by name, and what was said of those that did: they are all worth less than
    the catalog. Nobody's policies are evaluated: a query that they would filter fails; nor is anybody's view.
    """
    import psycopg

    rows: Rows = {}
    failed: dict[str, str] = {}
    cursor.execute("select pg_catalog.set_config('row_security', 'off', true)")
    for name, query in queries(FOLDER, major):
        if name == "buckets" and not _plain_buckets(catalog):
            continue
        try:
            with cursor.connection.transaction():
                rows[name] = cursor.execute(query).fetchall()
        except psycopg.Error as error:
            if error.sqlstate is None:
                raise
            failed[name] = f"{error.diag.message_primary} ({error.sqlstate})"
    return rows, failed


def _plain_buckets(catalog: Rows) -> bool:
    """Whether storage.buckets is a table with the platform's columns: to read anything else may be to run it."""
    for row in catalog["tables"]:
        if (row["schema"], row["name"]) == BUCKETS and row["kind"] == "r":
            types = {c["name"]: c["type"] for c in catalog["columns"] if c["relation"] == row["oid"]}
            return (types.get("id"), types.get("public")) == ("text", "boolean")
    return False


def live_of(rows: Rows) -> Live | None:
    """The statistics; None where not even the server's own could be read."""
    for about in rows.get("about", ()):
        return Live(
            days=about["days"],
            standby=about["standby"],
            replicas=about["replicas"],
            indexes={_name(row): _index(row) for row in rows.get("index_use", ())},
            tables={_name(row): _table(row) for row in rows.get("table_use", ())},
            available={row["name"]: row["version"] for row in rows.get("available", ())},
        )
    return None


def _name(row: Row) -> tuple[str, str]:
    return row["schema"], row["name"]


def _index(row: Row) -> IndexUse:
    return IndexUse(scans=row["scans"], bytes=row["bytes"], building=row["building"])


def _table(row: Row) -> TableUse:
    return TableUse(scans=row["scans"], writes=row["writes"], bytes=row["bytes"], unused=row["unused"])


def buckets(rows: Rows) -> dict[str, Bucket]:
    """The rows of storage.buckets."""
    return {row["id"]: Bucket(id=row["id"], public=row["public"]) for row in rows.get("buckets", ())}


def api_schemas(rows: Rows) -> tuple[str, ...] | None:
    """The schemas that PostgREST is told to expose by a setting of its role or database."""
    for row in rows.get("api_schemas", ()):
        return tuple(name for part in row["setting"].split(",") if (name := part.strip()))
    return None


def notes(catalog: Catalog, rows: Rows, failed: dict[str, str]) -> Iterator[Note]:
    """What the role could not read, and what follows for the audit."""
    for name, said in failed.items():
        if name != "buckets" or BUCKETS in catalog.tables:
            yield Note(message=f"{_SAID[name]}: {said}", hint=_hint(said))
    for about in rows.get("about", ()):
        hidden = about["hidden_statistics"]
        if hidden and not about["superuser"]:
            yield Note(
                message=f"how full {hidden} tables are is not known: {about['role']} may not read them",
                hint="a member of pg_read_all_data with bypassrls, or a superuser, sees it",
            )
    mappings = sum(other.kind == "user mapping" and not other.definition for other in catalog.others.values())
    if mappings:
        yield Note(message=f"the options of {mappings} user mappings are not known", hint="only their owners see them")


def _hint(said: str) -> str | None:
    return "use a role that may" if "42501" in said else None
