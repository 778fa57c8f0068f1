"""Tables, views and sequences of a server."""

from __future__ import annotations

from typing import Final, Literal

from policytool.catalog.build import partition_keys, reloptions
from policytool.catalog.build.foreign import masked
from policytool.catalog.build.nodes import Node
from policytool.catalog.expression.canonical import canonical, canonical_query
from policytool.catalog.introspect.columns import Columns
from policytool.catalog.introspect.parts import Parts, operator_class
from policytool.catalog.introspect.reading import Reading, name_of
from policytool.catalog.introspect.server import Row
from policytool.catalog.introspect.texts import statements
from policytool.catalog.model import Name, Sequence, Table, View

_KINDS: Final[dict[str, Literal["table", "partitioned table", "foreign table"]]] = {
    "r": "table",
    "p": "partitioned table",
    "f": "foreign table",
}
_PERSISTENCE: Final[dict[str, Literal["permanent", "unlogged"]]] = {"p": "permanent", "u": "unlogged"}
_IDENTITY: Final = {"d": "DEFAULT", "f": "FULL", "n": "NOTHING"}
_CHECKS: Final[dict[str | None, Literal["LOCAL", "CASCADED"]]] = {"local": "LOCAL", "cascaded": "CASCADED"}


# --- tables ---------------------------------------------------------------------------------------------------------


def tables(reading: Reading, columns: Columns, parts: Parts) -> dict[Name, Table]:
    """All tables by name."""
    rows = reading.rows["tables"]
    partitions = _Partitions(reading, rows)
    found = {}
    for row in rows:
        key = (row["schema"], row["name"])
        parents = tuple(zip(row["parent_schemas"] or (), row["parents"] or (), strict=True))
        found[key] = Table(
            schema=row["schema"],
            kind=_KINDS[row["kind"]],
            persistence=_PERSISTENCE[row["persistence"]],
            columns=columns.of(row["oid"], key),
            rls_enabled=row["rls_enabled"],
            rls_forced=row["rls_forced"],
            partition_key=partitions.key(row, key),
            partition_of=parents[0] if row["is_partition"] else None,
            partition_bound=partitions.bound(row, parents[0]) if row["is_partition"] else None,
            inherits=() if row["is_partition"] else parents,
            of_type=name_of(row, "type_name", "type_schema"),
            options=tuple(row["options"] or ()),
            access_method=None if row["access_method"] == "heap" else row["access_method"],
            tablespace=row["tablespace"],
            replica_identity=_replica_identity(row),
            server=row["server"],
            server_options=masked(row["server_options"] or ()),
            **parts.of_table(row["oid"], key),
            **reading.owned("pg_class", row),
        )
    return found


def _replica_identity(row: Row) -> str:
    if row["replica_identity"] != "i":
        return _IDENTITY[row["replica_identity"]]
    # The letter stays when the index is dropped.
    return f"INDEX {row['replica_index']}" if row["replica_index"] is not None else "NOTHING"


class _Partitions:
    """Partition keys and bounds, parsed together and spelled as the builder spells them."""

    def __init__(self, reading: Reading, rows: list[Row]) -> None:
        self._names = reading.names
        self._trees = statements(text for row in rows for text in (_keyed(row), _bounded(row)))
        self._keys: dict[Name, str] = {}
        for row in rows:
            key = (row["schema"], row["name"])
            if row["partition_key"] is not None:
                self._keys[key] = self._key(row, key)

    def key(self, row: Row, table: Name) -> str | None:
        """The text of PARTITION BY."""
        return self._keys.get((row["schema"], row["name"]))

    def _key(self, row: Row, table: Name) -> str:
        node = self._create(_keyed(row)).get("partspec")
        if node is None:
            return str(row["partition_key"])
        return partition_keys.key_text(
            node, lambda inner: canonical(inner, self._names, table), lambda _, element: operator_class(element)
        )

    def bound(self, row: Row, parent: Name) -> str:
        """The text of FOR VALUES or DEFAULT."""
        node = self._create(_bounded(row)).get("partbound")
        if node is None:
            return str(row["partition_bound"])
        relation = self._names.relation(*parent)
        kinds = dict(relation.columns) if relation is not None else {}
        key = partition_keys.columns(self._keys.get(parent, ""))
        types = tuple(kinds.get(column) if column is not None else None for column in key)
        return partition_keys.bound_text(node, types, lambda inner: canonical(inner, self._names))

    def _create(self, text: str | None) -> Node:
        node: Node = self._trees.get(text or "", {}).get("CreateStmt", {})
        return node


def _keyed(row: Row) -> str | None:
    return f"CREATE TABLE t () PARTITION BY {row['partition_key']}" if row["partition_key"] else None


def _bounded(row: Row) -> str | None:
    return f"CREATE TABLE t PARTITION OF p {row['partition_bound']}" if row["partition_bound"] else None


# --- views ----------------------------------------------------------------------------------------------------------


def views(reading: Reading, columns: Columns, parts: Parts) -> dict[Name, View]:
    """All views and materialised views by name."""
    rows = reading.rows["views"]
    trees = statements(row["definition"] for row in rows)
    found = {}
    for row in rows:
        key, options = (row["schema"], row["name"]), tuple(row["options"] or ())
        tree = trees.get(row["definition"])
        found[key] = View(
            schema=row["schema"],
            definition=canonical_query(tree, reading.names) if tree is not None else row["definition"],
            columns=columns.of_view(row["oid"]),
            materialized=row["materialized"],
            populated=row["populated"],
            security_invoker=_is_on(options, "security_invoker"),
            security_barrier=_is_on(options, "security_barrier"),
            check_option=_CHECKS.get(reloptions.value_of(options, "check_option")),
            options=options,
            **parts.of_view(row["oid"], key),
            **reading.owned("pg_class", row),
        )
    return found


def _is_on(options: tuple[str, ...], name: str) -> bool:
    return bool(reloptions.boolean(reloptions.value_of(options, name) or "off"))


# --- sequences ------------------------------------------------------------------------------------------------------


def sequences(reading: Reading) -> dict[Name, Sequence]:
    """All sequences by name."""
    return {(row["schema"], row["name"]): _sequence(reading, row) for row in reading.rows["sequences"]}


def _sequence(reading: Reading, row: Row) -> Sequence:
    return Sequence(
        schema=row["schema"],
        type=row["type"],
        start=row["start"],
        increment=row["increment"],
        minimum=row["minimum"],
        maximum=row["maximum"],
        cache=row["cache"],
        cycle=row["cycle"],
        owned_by=(row["table_schema"], row["table"], row["column"]) if row["table"] is not None else None,
        identity=row["identity"],
        persistence=_PERSISTENCE[row["persistence"]],
        **reading.owned("pg_class", row),
    )
