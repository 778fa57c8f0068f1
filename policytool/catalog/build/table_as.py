"""CREATE TABLE AS and SELECT INTO."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.build import assume, existing, mentions, reloptions, sequences, views
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, strings
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical_query, column_list
from policytool.catalog.expression.parsing import parsed
from policytool.catalog.model import Column, Name, Table


def create(state: State, node: Node) -> None:
    """CREATE TABLE AS; CREATE MATERIALIZED VIEW is the views' business."""
    if node.get("objtype") == "OBJECT_MATVIEW":
        views.create_matview(state, node)
        return
    _create_from(state, node["into"], node["query"], node.get("if_not_exists", False))


def select_into(state: State, node: Node) -> None:
    """SELECT … INTO; a SELECT without INTO changes nothing."""
    if "intoClause" in node:
        query = {field: value for field, value in node.items() if field != "intoClause"}
        _create_from(state, node["intoClause"], {"SelectStmt": query}, False)


def _create_from(state: State, into: Node, query: Node, if_not_exists: bool) -> None:
    key, persistence = sequences.target(state, into["rel"])
    if not existing.may_create(state, key, if_not_exists):
        return
    if "SelectStmt" not in query:
        raise NotModelled(f"CREATE TABLE AS {next(iter(query), 'nothing')} is not modelled")
    before = state.tables.get(key)
    if before is not None:
        state.remove("tables", key)
    mentions.assume_relations(state, query)
    described = column_list(query, names_of(state))
    spelled = strings(into.get("colNames", []))
    names = [*spelled, *(name for name, _ in described[len(spelled) :])]
    if len(spelled) > len(described) and described:
        raise Refused("42601", "too many column names were specified")
    for name in names:
        if names.count(name) > 1:
            raise Refused("42701", f'column "{name}" specified more than once')
    kinds = [kind for _, kind in described] + [None] * len(spelled)
    collations = [*_collations(state, query), *[None] * len(names)]
    found = tuple(
        Column(name=name, type=kind or assume.UNKNOWN, collation=collation, made=state.at, changed=state.at)
        for name, kind, collation in zip(names, kinds, collations, strict=False)
    )
    owner = state.session.role
    table = Table(
        schema=key[0],
        name=key[1],
        owner=owner,
        persistence=persistence,
        columns=found,
        grants=initial_grants(state, "TABLES", key[0], owner),
        **reloptions.clauses(into),
    )
    state.create("tables", key, table)
    if before is not None:
        existing.keep(state, key, before)


def _collations(state: State, query: Node) -> list[str | None]:
    """The collation of each output column that is a column of a table, as it is."""
    if not any(column.collation for table in state.tables.values() for column in table.columns):
        return []
    select = (parsed(canonical_query(query, names_of(state))) or {}).get("SelectStmt", {})
    tables = dict(pair for item in select.get("fromClause", ()) for pair in _tables(item))
    return [_collation(state, tables, target["ResTarget"].get("val", {})) for target in select.get("targetList", ())]


def _tables(item: Node) -> Iterator[tuple[str, Name]]:
    match item:
        case {"RangeVar": table}:
            name: str = table["relname"]
            yield table.get("alias", {}).get("aliasname", name), (table.get("schemaname", ""), name)
        case {"JoinExpr": {"larg": left, "rarg": right}}:
            yield from _tables(left)
            yield from _tables(right)


def _collation(state: State, tables: dict[str, Name], value: Node) -> str | None:
    match value:
        case {"ColumnRef": {"fields": [{"String": {"sval": alias}}, {"String": {"sval": name}}]}}:
            table = state.tables.get(tables.get(alias, ("", "")))
            return next((c.collation for c in table.columns if c.name == name), None) if table is not None else None
    return None
