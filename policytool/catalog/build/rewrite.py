"""Rewrite rules of tables and views."""

from __future__ import annotations

from typing import Final, Literal

from msgspec.structs import replace

from policytool.catalog.build import assume, mentions
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node, range_name
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical, canonical_query
from policytool.catalog.expression.names import Names, Relation
from policytool.catalog.model import Name, Rule
from policytool.catalog.spelling import identifier, literal

_EVENTS: Final = {"CMD_INSERT": "INSERT", "CMD_UPDATE": "UPDATE", "CMD_DELETE": "DELETE", "CMD_SELECT": "SELECT"}


def create_rule(state: State, node: Node) -> None:
    """CREATE [OR REPLACE] RULE."""
    kind, key = _host(state, node["relation"])
    name, event = node["rulename"], _EVENTS[node["event"]]
    if event == "SELECT":
        if kind == "tables":
            raise Refused("42809", f'relation "{key[1]}" cannot have ON SELECT rules')
        raise NotModelled("a view's own rule, given by CREATE RULE, is not modelled")
    mentions.assume_relations(state, [node.get("whereClause", {}), node.get("actions", [])])
    rules: tuple[Rule, ...] = state.store(kind)[key].rules
    old = next((rule for rule in rules if rule.name == name), None)
    if old is not None and not node.get("replace"):
        raise Refused("42710", f'rule "{name}" for relation "{key[1]}" already exists')
    rule = Rule(name=name, event=event, definition=_definition(state, key, node), made=state.at, changed=state.at)
    if old is None:
        state.update(kind, key, rules=(*rules, rule))
        return
    rule = replace(rule, made=old.made, comment=old.comment)
    state.update(kind, key, rules=tuple(rule if other is old else other for other in rules))


def _host(state: State, range_var: Node) -> tuple[Literal["tables", "views"], Name]:
    found = state.find_relation(*range_name(range_var))
    if found is not None and found[0] == "views":
        if state.views[found[1]].materialized:
            raise Refused("0A000", "rules on materialized views are not supported")
        return "views", found[1]
    return "tables", assume.table(state, range_var)


def _definition(state: State, key: Name, node: Node) -> str:
    names = names_of(state)
    relation = names.relation(*key)
    columns = relation.columns if relation is not None else ()
    return rule_definition(node, names, columns)


def rule_definition(node: Node, names: Names, columns: tuple[tuple[str, str], ...]) -> str:
    """What follows ON event TO relation: the condition and the actions, in canonical text."""
    extra = (Relation("", "new", columns), Relation("", "old", columns))
    actions = [_action(action, names, extra) for action in node.get("actions", [])]
    condition = canonical(node["whereClause"], names, extra=extra, expected="boolean") if "whereClause" in node else ""
    done = "NOTHING" if not actions else actions[0] if len(actions) == 1 else f"({'; '.join(actions)})"
    return f"{f'WHERE {condition} ' if condition else ''}DO {'INSTEAD' if node.get('instead') else 'ALSO'} {done}"


def _action(node: Node, names: Names, extra: tuple[Relation, ...]) -> str:
    if "NotifyStmt" in node:
        notify = node["NotifyStmt"]
        payload = f", {literal(notify['payload'])}" if "payload" in notify else ""
        return f"NOTIFY {identifier(notify['conditionname'])}{payload}"
    return canonical_query(node, names, extra=extra)
