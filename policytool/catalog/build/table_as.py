"""CREATE TABLE AS and SELECT INTO."""

from __future__ import annotations

from policytool.catalog.build import assume, existing, mentions, reloptions, sequences, views
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, strings
from policytool.catalog.build.privileges import initial_grants
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import column_list
from policytool.catalog.model import Column, Table


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
    found = tuple(
        Column(name=name, type=kind or assume.UNKNOWN, made=state.at, changed=state.at)
        for name, kind in zip(names, kinds, strict=False)
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
