"""CREATE POLICY and ALTER POLICY."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec.structs import replace

from policytool.catalog.build import assume, mentions, spans
from policytool.catalog.build.dispatch import Handler
from policytool.catalog.build.names import names_of
from policytool.catalog.build.nodes import Node
from policytool.catalog.build.roles import role_of
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.model import Name, Policy

Command = Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]
_COMMANDS: Final[dict[str, Command]] = {
    "all": "ALL",
    "select": "SELECT",
    "insert": "INSERT",
    "update": "UPDATE",
    "delete": "DELETE",
}
_CLAUSES: Final = (("qual", "using", ("USING",)), ("with_check", "with_check", ("WITH", "CHECK")))


def create(state: State, node: Node) -> None:
    """CREATE POLICY."""
    key = _table(state, node["table"])
    name, command = node["policy_name"], _COMMANDS[node.get("cmd_name", "all")]
    table = state.tables[key]
    _check_clauses(command, node)
    if (other := next((p for p in table.policies if p.name == name), None)) is not None:
        raise Refused("42710", f'policy "{name}" for table "{key[1]}" already exists', made=other.made)
    policy = Policy(
        name=name,
        command=command,
        permissive=bool(node.get("permissive")),
        roles=_roles(state, node.get("roles", [])),
        made=state.at,
        changed=state.at,
        origin=state.origin,
        **_expressions(state, key, node),
    )
    table = state.tables[key]
    state.update("tables", key, policies=(*table.policies, policy))


def alter(state: State, node: Node) -> None:
    """ALTER POLICY: what it names is replaced, the rest stays."""
    key = _table(state, node["table"])
    name, table = node["policy_name"], state.tables[key]
    policy = next((policy for policy in table.policies if policy.name == name), None)
    if policy is None:
        if table.assumed:
            raise NotModelled(f'policy "{name}" of table "{key[1]}" was made by no migration')
        raise Refused("42704", f'policy "{name}" for table "{key[1]}" does not exist')
    _check_clauses(policy.command, node)
    changes = _expressions(state, key, node)
    if "roles" in node:
        changes["roles"] = _roles(state, node["roles"])
    changed = replace(policy, changed=state.at or policy.changed, **changes)
    policies = tuple(changed if other.name == name else other for other in state.tables[key].policies)
    state.update("tables", key, policies=policies)


def _table(state: State, range_var: Node) -> Name:
    key = assume.table(state, range_var)
    if state.tables[key].kind == "foreign table":
        raise Refused("42809", f'"{key[1]}" is not a table')
    return key


def _check_clauses(command: Command, node: Node) -> None:
    if command in ("SELECT", "DELETE") and "with_check" in node:
        raise Refused("42601", "WITH CHECK cannot be applied to SELECT or DELETE")
    if command == "INSERT" and "qual" in node:
        raise Refused("42601", "only WITH CHECK expression allowed for INSERT")


def _roles(state: State, nodes: list[Node]) -> tuple[str, ...]:
    names = [role_of(state, node["RoleSpec"]) for node in nodes]
    return ("public",) if not names or "public" in names else tuple(sorted(set(names)))


def _expressions(state: State, key: Name, node: Node) -> dict[str, Any]:
    """The expressions of a policy with their places."""
    changes: dict[str, Any] = {}
    after = node["table"].get("location", 0)
    for clause, field, words in _CLAUSES:
        if clause in node:
            mentions.assume_relations(state, node[clause])
            mentions.columns_of(state, key, node[clause])
            changes[field] = canonical(node[clause], names_of(state), key, expected="boolean")
            changes[f"{field}_at"] = spans.clause(state, after, *words)
    return changes


HANDLERS: dict[str, Handler] = {"CreatePolicyStmt": create, "AlterPolicyStmt": alter}
