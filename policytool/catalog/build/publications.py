"""Publications and subscriptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.build import assume, mentions, others
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, elements, is_true, option_text, range_name, strings
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.model import Name
from policytool.catalog.objects import Publication, PublishedTable

_ACTIONS: Final = ("insert", "update", "delete", "truncate")


def create(state: State, node: Node) -> None:
    """CREATE PUBLICATION."""
    name = node["pubname"]
    if name in state.publications:
        raise Refused("42710", f'publication "{name}" already exists')
    tables, schemas = _objects(state, node.get("pubobjects", []))
    _check_lists(name, tables.values(), schemas)
    publication = Publication(
        name=name,
        owner=state.session.role,
        all_tables=bool(node.get("for_all_tables")),
        tables=tuple(tables.values()),
        schemas=tuple(schemas),
        **_options(node.get("options", [])),
    )
    state.create("publications", name, publication)


def alter(state: State, node: Node) -> None:
    """ALTER PUBLICATION: its options, or the tables and schemas in it."""
    name = node["pubname"]
    publication = state.publications.get(name)
    if publication is None:
        raise Refused("42704", f'publication "{name}" does not exist')
    if "options" in node:
        state.update("publications", name, **_options(node["options"]))
        return
    if publication.all_tables:
        raise Refused("55000", f'publication "{name}" is defined as FOR ALL TABLES')
    tables, schemas = _objects(state, node.get("pubobjects", []), dropping=node.get("action") == "AP_DropObjects")
    match node.get("action", "AP_AddObjects"):
        case "AP_AddObjects":
            publication = _added(publication, tables, schemas)
        case "AP_DropObjects":
            publication = _dropped(publication, tables, schemas)
        case "AP_SetObjects":
            publication = _set(publication, tables, schemas)
    _check_lists(name, publication.tables, publication.schemas)
    state.update("publications", name, tables=publication.tables, schemas=publication.schemas)


def _check_lists(name: str, tables: Iterable[PublishedTable], schemas: Iterable[str]) -> None:
    if any(schemas) and any(member.columns for member in tables):
        raise Refused("22023", f'cannot add schema to publication "{name}"')


def _added(publication: Publication, tables: dict[Name, PublishedTable], schemas: list[str]) -> Publication:
    known = {(member.schema, member.table) for member in publication.tables}
    for key in tables:
        if key in known:
            raise Refused("42710", f'relation "{key[1]}" is already member of publication "{publication.name}"')
    for schema in schemas:
        if schema in publication.schemas:
            raise Refused("42710", f'schema "{schema}" is already member of publication "{publication.name}"')
    return replace(
        publication,
        tables=(*publication.tables, *tables.values()),
        schemas=(*publication.schemas, *schemas),
    )


def _dropped(publication: Publication, tables: dict[Name, PublishedTable], schemas: list[str]) -> Publication:
    known = {(member.schema, member.table) for member in publication.tables}
    for key in tables:
        if key not in known:
            raise Refused("42704", f'relation "{key[1]}" is not part of the publication')
    for schema in schemas:
        if schema not in publication.schemas:
            raise Refused("42704", f'tables from schema "{schema}" are not part of the publication')
    kept = tuple(member for member in publication.tables if (member.schema, member.table) not in tables)
    return replace(
        publication, tables=kept, schemas=tuple(schema for schema in publication.schemas if schema not in schemas)
    )


def _set(publication: Publication, tables: dict[Name, PublishedTable], schemas: list[str]) -> Publication:
    old = {(member.schema, member.table): member for member in publication.tables}
    new = []
    for key, member in tables.items():
        before = old.get(key)
        same = before is not None and (before.columns, before.where) == (member.columns, member.where)
        new.append(before if same and before is not None else member)
    return replace(publication, tables=tuple(new), schemas=tuple(schemas))


def _objects(
    state: State, nodes: list[Node], *, dropping: bool = False
) -> tuple[dict[Name, PublishedTable], list[str]]:
    """The tables, those inheriting from them included, and the schemas that a statement lists."""
    tables: dict[Name, PublishedTable] = {}
    schemas: list[str] = []
    for spec in (node["PublicationObjSpec"] for node in nodes):
        match spec["pubobjtype"]:
            case "PUBLICATIONOBJ_TABLE":
                for member in _members(state, spec["pubtable"], dropping=dropping):
                    _check_twice(tables.get((member.schema, member.table)), member)
                    tables.setdefault((member.schema, member.table), member)
            case "PUBLICATIONOBJ_TABLES_IN_SCHEMA":
                schemas.append(state.creation_schema(spec["name"]))
            case "PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA":
                schemas.append(state.creation_schema(None))
            case other:
                raise NotModelled(f"{other} of a publication is not modelled", security=False)
    return tables, list(dict.fromkeys(schemas))


def _check_twice(old: PublishedTable | None, new: PublishedTable) -> None:
    if old is not None and (old.columns or old.where or new.columns or new.where):
        raise Refused("42710", f'conflicting or redundant clauses for table "{new.table}"')


def _members(state: State, node: Node, *, dropping: bool) -> Iterator[PublishedTable]:
    range_var = node["relation"]
    key = _table(state, range_var, dropping=dropping)
    if dropping and ("whereClause" in node or "columns" in node):
        raise Refused("42601", "column list must not be specified in ALTER PUBLICATION ... DROP")
    where = None
    if "whereClause" in node:
        mentions.columns_of(state, key, node["whereClause"])
        where = canonical(node["whereClause"], names_of(state), key, expected="boolean")
    columns = strings(node.get("columns", []))
    assume.columns(state, key, columns)
    order = [column.name for column in state.tables[key].columns]
    listed = tuple(sorted(set(columns), key=order.index))
    yield PublishedTable(schema=key[0], table=key[1], columns=listed, where=where, made=state.at)
    if range_var.get("inh") and state.tables[key].kind != "partitioned table":
        for child in _inheriting(state, key):
            yield PublishedTable(schema=child[0], table=child[1], columns=listed, where=where, made=state.at)


def _inheriting(state: State, key: Name) -> Iterator[Name]:
    for child in state.lookup.children.get(key, ()):
        yield child
        yield from _inheriting(state, child)


def _table(state: State, range_var: Node, *, dropping: bool) -> Name:
    found = state.find_relation(*range_name(range_var))
    if found is not None and found[0] != "tables":
        if dropping:
            raise Refused("42704", f'relation "{found[1][1]}" is not part of the publication')
        raise Refused("22023", f'cannot add relation "{found[1][1]}" to publication')
    key = assume.table(state, range_var)
    table = state.tables[key]
    if table.kind == "foreign table" or table.persistence == "unlogged" or key[0] == "pg_temp":
        raise Refused("22023", f'cannot add relation "{key[1]}" to publication')
    return key


def _options(nodes: list[Node]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for element in elements(nodes):
        name = element["defname"]
        match name:
            case "publish":
                changes["publish"] = _actions(option_text(element) or "")
            case "publish_via_partition_root":
                truth = is_true(element)
                if truth is None:
                    raise Refused("42601", f"{name} requires a Boolean value")
                changes["via_root"] = truth
            case "publish_generated_columns":
                continue  # what it adds to the stream are computed values of published rows
            case _:
                raise Refused("42601", f'unrecognized publication parameter: "{name}"')
    return changes


def _actions(text: str) -> tuple[str, ...]:
    given = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in given:
        if word not in _ACTIONS:
            raise Refused("42601", f'unrecognized value for publication option "publish": "{word}"')
    return tuple(action for action in _ACTIONS if action in given)


# --- subscriptions --------------------------------------------------------------------------------------------------


def create_subscription(state: State, node: Node) -> None:
    """CREATE SUBSCRIPTION; how it connects is left out, for that holds a password."""
    publications = ", ".join(strings(node.get("publication", [])))
    others.add(state, ("subscription", "", node["subname"]), f"PUBLICATION {publications}")


def alter_subscription(state: State, node: Node) -> None:
    """ALTER SUBSCRIPTION."""
    key = ("subscription", "", node["subname"])
    if key not in state.others:
        raise Refused("42704", f'subscription "{node["subname"]}" does not exist')
    if node.get("kind") == "ALTER_SUBSCRIPTION_SET_PUBLICATION":
        state.update("others", key, definition=f"PUBLICATION {', '.join(strings(node['publication']))}")
    else:
        state.update("others", key)


def drop_subscription(state: State, node: Node) -> None:
    """DROP SUBSCRIPTION."""
    key = ("subscription", "", node["subname"])
    if key in state.others:
        state.remove("others", key)
    elif not node.get("missing_ok"):
        raise Refused("42704", f'subscription "{node["subname"]}" does not exist')


HANDLERS: dict[str, Handler] = {
    "CreatePublicationStmt": create,
    "AlterPublicationStmt": alter,
    "CreateSubscriptionStmt": create_subscription,
    "AlterSubscriptionStmt": alter_subscription,
    "DropSubscriptionStmt": drop_subscription,
}
