"""COMMENT ON, for every kind of object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from policytool.catalog.build import assume
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.nodes import Node, items, split_name, strings
from policytool.catalog.build.other_names import other_key
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.build.stores import Kind
from policytool.catalog.build.targets import BY_NAME, is_system, named, routine, type_of
from policytool.catalog.model import Name

_RELATIONS: Final[dict[str, tuple[Kind, str]]] = {
    "OBJECT_TABLE": ("tables", "a table"),
    "OBJECT_FOREIGN_TABLE": ("tables", "a foreign table"),
    "OBJECT_VIEW": ("views", "a view"),
    "OBJECT_MATVIEW": ("views", "a materialized view"),
    "OBJECT_SEQUENCE": ("sequences", "a sequence"),
}
_PARTS: Final = {"OBJECT_POLICY": "policies", "OBJECT_TRIGGER": "triggers", "OBJECT_RULE": "rules"}
_ROUTINES: Final = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_AGGREGATE", "OBJECT_ROUTINE"})
_WITHOUT_PLACE: Final = frozenset({"OBJECT_DATABASE", "OBJECT_LARGEOBJECT"})


def comment(state: State, node: Node) -> None:
    """COMMENT ON; an empty comment is none."""
    text, kind, target = node.get("comment") or None, node["objtype"], node.get("object", {})
    if kind in _RELATIONS:
        _on_relation(state, kind, items(target), text)
    elif kind in _ROUTINES:
        signature = routine(state, target["ObjectWithArgs"], kind)
        state.update("functions", signature, comment=text)
    elif kind in _PARTS:
        _on_part(state, _PARTS[kind], items(target), text)
    elif kind in BY_NAME:
        store = BY_NAME[kind]
        state.update(store, named(state, store, target["String"].get("sval", ""), kind), comment=text)
    elif kind in _SPECIAL:
        _SPECIAL[kind](state, target, text)
    elif kind not in _WITHOUT_PLACE:
        _on_other(state, kind, target, text)


def _on_relation(state: State, kind: str, parts: list[Node], text: str | None) -> None:
    store, noun = _RELATIONS[kind]
    schema, name = split_name(parts)
    if state.find_relation(schema, name) is None and store != "tables":
        raise Refused("42P01", f'relation "{name}" does not exist')
    found, key = _relation(state, schema, name)
    item: Any = state.store(found)[key]
    wrong = found != store
    if store == "views" and not wrong:
        wrong = item.materialized != (kind == "OBJECT_MATVIEW")
    if store == "tables" and not wrong:
        wrong = not item.assumed and (item.kind == "foreign table") != (kind == "OBJECT_FOREIGN_TABLE")
    if wrong:
        raise Refused("42809", f'"{name}" is not {noun}')
    state.update(store, key, comment=text)


def _relation(state: State, schema: str | None, name: str) -> tuple[Kind, Name]:
    found = state.find_relation(schema, name)
    if found is None:
        if is_system(schema, name):
            raise NotModelled(f"{name} is one of Postgres's own relations, which are not modelled", security=False)
        return "tables", assume.table(state, {"relname": name, **({"schemaname": schema} if schema else {})})
    if found[0] == "indexes":
        return _host_kind(state, state.indexes[found[1]]), state.indexes[found[1]]
    return found  # type: ignore[return-value]


def _host_kind(state: State, key: Name) -> Kind:
    return "tables" if key in state.tables else "views"


def _commented(members: tuple[Any, ...], name: str, text: str | None) -> tuple[Any, ...] | None:
    """The members with the comment on one of them; None where there is none of that name."""
    if all(member.name != name for member in members):
        return None
    return tuple(replace(member, comment=text) if member.name == name else member for member in members)


def _on_column(state: State, target: Node, text: str | None) -> None:
    *relation, last = items(target)
    name = strings([last])[0]
    kind, key = _relation(state, *split_name(relation))
    if kind == "tables":
        assume.columns(state, key, [name])
    item: Any = state.store(kind)[key]
    columns = _commented(getattr(item, "columns", ()), name, text)
    if columns is None:
        raise Refused("42703", f'column "{name}" of relation "{key[1]}" does not exist')
    state.update(kind, key, columns=columns)


def _on_part(state: State, field: str, parts: list[Node], text: str | None) -> None:
    *relation, last = parts
    name = strings([last])[0]
    kind, key = _relation(state, *split_name(relation))
    item: Any = state.store(kind)[key]
    members = _commented(getattr(item, field, ()), name, text)
    if members is None:
        if getattr(item, "assumed", False):
            raise NotModelled(f'"{name}" of table "{key[1]}" was made by no migration', security=False)
        noun = {"policies": "policy", "triggers": "trigger", "rules": "rule"}[field]
        raise Refused("42704", f'{noun} "{name}" for table "{key[1]}" does not exist')
    state.update(kind, key, **{field: members})


def _on_constraint(state: State, target: Node, text: str | None) -> None:
    *relation, last = items(target)
    name = strings([last])[0]
    kind, key = _relation(state, *split_name(relation))
    item: Any = state.store(kind)[key]
    constraints = _commented(getattr(item, "constraints", ()), name, text)
    if constraints is not None:
        state.update(kind, key, constraints=constraints)
    elif getattr(item, "assumed", False) or name.endswith("_not_null"):
        raise NotModelled(f'constraint "{name}" of table "{key[1]}" is not in the model', security=False)
    else:
        raise Refused("42704", f'constraint "{name}" for table "{key[1]}" does not exist')


def _on_domain_constraint(state: State, target: Node, text: str | None) -> None:
    domain, last = items(target)
    name = strings([last])[0]
    kind, key = type_of(state, domain["TypeName"]["names"])
    item: Any = state.store(kind)[key]
    constraints = _commented(getattr(item, "constraints", ()), name, text)
    if constraints is None:
        raise Refused("42704", f'constraint "{name}" of domain "{key[1]}" does not exist')
    state.update(kind, key, constraints=constraints)


def _on_type(state: State, target: Node, text: str | None) -> None:
    node = target["TypeName"]
    kind, key = type_of(state, node["names"], location=node.get("location", 0))
    if kind in ("tables", "views"):
        raise NotModelled(f'a comment on the row type of "{key[1]}" is not modelled', security=False)
    state.update(kind, key, comment=text)


def _on_domain(state: State, target: Node, text: str | None) -> None:
    kind, key = type_of(state, target["TypeName"]["names"])
    if kind not in ("domains", "base_types"):
        raise Refused("42809", f'"{key[1]}" is not a domain')
    state.update(kind, key, comment=text)


def _on_index(state: State, target: Node, text: str | None) -> None:
    schema, name = split_name(items(target))
    found = state.find_relation(schema, name)
    if found is None:
        raise Refused("42P01", f'relation "{name}" does not exist')
    if found[0] != "indexes":
        raise Refused("42809", f'"{name}" is not an index')
    host = state.indexes[found[1]]
    kind = _host_kind(state, host)
    item: Any = state.store(kind)[host]
    state.update(kind, host, indexes=_commented(item.indexes, name, text))


def _on_other(state: State, kind: str, target: Node, text: str | None) -> None:
    key = other_key(state, kind, target)
    if key not in state.others:
        raise NotModelled(f'{key[0]} "{key[2]}" was made by no migration', security=False)
    state.update("others", key, comment=text)


_SPECIAL: Final[dict[str, Callable[[State, Node, str | None], None]]] = {
    "OBJECT_COLUMN": _on_column,
    "OBJECT_TABCONSTRAINT": _on_constraint,
    "OBJECT_DOMCONSTRAINT": _on_domain_constraint,
    "OBJECT_TYPE": _on_type,
    "OBJECT_DOMAIN": _on_domain,
    "OBJECT_INDEX": _on_index,
}

HANDLERS: dict[str, Handler] = {"CommentStmt": comment}
