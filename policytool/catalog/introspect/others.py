"""What is in no schema, and the lesser kinds: roles, extensions, publications, foreign servers and the rest."""

from __future__ import annotations

from typing import Final

from policytool.catalog.build.foreign import masked
from policytool.catalog.build.nodes import Node, strings
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.introspect.parts import ENABLED
from policytool.catalog.introspect.reading import Reading, name_of
from policytool.catalog.introspect.server import Row
from policytool.catalog.introspect.texts import Expressions, statements
from policytool.catalog.model import Membership, Role, Schema
from policytool.catalog.objects import (
    EventTrigger,
    Extension,
    ForeignDataWrapper,
    ForeignServer,
    Other,
    Publication,
    PublishedTable,
)
from policytool.catalog.spelling import identifier, qualified

_ACTIONS: Final = ("insert", "update", "delete", "truncate")


def roles(reading: Reading) -> dict[str, Role]:
    """All roles of the cluster by name."""
    return {row["name"]: _role(row) for row in reading.rows["roles"]}


def _role(row: Row) -> Role:
    return Role(
        name=row["name"],
        superuser=row["superuser"],
        inherit=row["inherit"],
        createrole=row["createrole"],
        createdb=row["createdb"],
        login=row["login"],
        replication=row["replication"],
        bypassrls=row["bypassrls"],
        settings=tuple(row["settings"] or ()),
        comment=row["comment"],
    )


def memberships(reading: Reading) -> tuple[Membership, ...]:
    """All memberships; what several grantors gave counts together."""
    found: dict[tuple[str, str], Membership] = {}
    for row in reading.rows["memberships"]:
        key = (row["role"], row["member"])
        old = found.get(key, Membership(role=key[0], member=key[1], admin=False, inherit=False, set=False))
        found[key] = Membership(
            role=key[0],
            member=key[1],
            admin=old.admin or row["admin"],
            inherit=old.inherit or row["inherit"],
            set=old.set or row["set"],
        )
    return tuple(found.values())


def schemas(reading: Reading) -> dict[str, Schema]:
    """All schemas but Postgres's own by name."""
    return {row["name"]: Schema(**reading.owned("pg_namespace", row)) for row in reading.rows["schemas"]}


def extensions(reading: Reading) -> dict[str, Extension]:
    """All installed extensions by name."""
    return {
        row["name"]: Extension(name=row["name"], schema=row["schema"], version=row["version"], comment=row["comment"])
        for row in reading.rows["extensions"]
    }


def event_triggers(reading: Reading) -> dict[str, EventTrigger]:
    """All event triggers by name."""
    return {
        row["name"]: EventTrigger(
            name=row["name"],
            owner=row["owner"],
            event=row["event"],
            function=(row["function_schema"], row["function"]),
            tags=tuple(row["tags"] or ()),
            enabled=ENABLED[row["enabled"]],
            comment=reading.comment("pg_event_trigger", row["oid"]),
            origin=reading.origin("pg_event_trigger", row["oid"]),
        )
        for row in reading.rows["event_triggers"]
    }


# --- publications ---------------------------------------------------------------------------------------------------


def publications(reading: Reading) -> dict[str, Publication]:
    """All publications by name."""
    members = reading.rows["publication_tables"]
    conditions = Expressions(reading.names, (row["where"] for row in members))
    tables: dict[int, list[PublishedTable]] = {}
    for row in members:
        table = PublishedTable(
            schema=row["schema"],
            table=row["table"],
            columns=tuple(row["columns"]),
            where=conditions.canonical(row["where"], (row["schema"], row["table"]), expected="boolean"),
        )
        tables.setdefault(row["publication"], []).append(table)
    return {
        row["name"]: Publication(
            name=row["name"],
            owner=row["owner"],
            all_tables=row["all_tables"],
            tables=tuple(tables.get(row["oid"], ())),
            schemas=tuple(row["schemas"]),
            publish=tuple(action for action in _ACTIONS if row[action]),
            via_root=row["via_root"],
            comment=reading.comment("pg_publication", row["oid"]),
        )
        for row in reading.rows["publications"]
    }


# --- foreign data ---------------------------------------------------------------------------------------------------


def wrappers(reading: Reading) -> dict[str, ForeignDataWrapper]:
    """All foreign-data wrappers by name."""
    return {
        row["name"]: ForeignDataWrapper(
            handler=name_of(row, "handler", "handler_schema"),
            validator=name_of(row, "validator", "validator_schema"),
            options=masked(row["options"] or ()),
            **reading.owned("pg_foreign_data_wrapper", row),
        )
        for row in reading.rows["wrappers"]
    }


def servers(reading: Reading) -> dict[str, ForeignServer]:
    """All foreign servers by name."""
    return {
        row["name"]: ForeignServer(
            wrapper=row["wrapper"],
            type=row["type"],
            version=row["version"],
            options=masked(row["options"] or ()),
            **reading.owned("pg_foreign_server", row),
        )
        for row in reading.rows["servers"]
    }


# --- lesser kinds ---------------------------------------------------------------------------------------------------


def others(reading: Reading) -> dict[tuple[str, str, str], Other]:
    """All objects of the lesser kinds by kind, schema and name."""
    rows = reading.rows["others"]
    statistics = statements(row["shown"] for row in rows)
    found = {}
    for row in rows:
        definition = row["definition"] or ""
        if row["kind"] == "user mapping":
            definition = ", ".join(masked(filter(None, definition.split(", ")), mask_all=True))
        elif row["shown"] is not None:
            target = f"; {definition}" if definition else ""
            definition = _statistics(reading, statistics[row["shown"]]["CreateStatsStmt"]) + target
        other = Other(
            kind=row["kind"],
            schema=row["schema"],
            name=row["name"],
            owner=row["owner"],
            definition=definition,
            comment=reading.comment(row["catalog"], row["oid"]),
            origin=reading.origin(row["catalog"], row["oid"]),
        )
        found[row["kind"], row["schema"] or "", row["name"]] = other
    return found


def _statistics(reading: Reading, node: Node) -> str:
    relation = node["relations"][0]["RangeVar"]
    table = (relation["schemaname"], relation["relname"])
    spelled = []
    for element in (entry["StatsElem"] for entry in node["exprs"]):
        if "name" in element:
            spelled.append(identifier(element["name"]))
        else:
            spelled.append(f"({canonical(element['expr'], reading.names, table)})")
    kinds = f"({', '.join(strings(node['stat_types']))}) " if "stat_types" in node else ""
    return f"{kinds}ON {', '.join(spelled)} FROM {qualified(*table)}"
