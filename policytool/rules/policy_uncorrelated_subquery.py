"""The sub-query of a policy asks who somebody is, and not which row it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policytool.access import Access
from policytool.access.loose import Loose, loose_queries, speaks_of_staff
from policytool.access.policies import Clause, altered, clauses, commands_of, met_by, named
from policytool.access.rowmark import offered
from policytool.access.selfcompare import self_comparisons
from policytool.access.wording import verbs
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import names


class PolicyUncorrelatedSubquery(PolicyRule):
    """The sub-query of a policy asks who somebody is, and not which row it is about."""

    name = "policy-uncorrelated-subquery"
    severity = "warning"
    confidence = "medium"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies with a branch that only asks whether the person has some row somewhere."""
        met = met_by(policy, table, context.access) if policy.permissive else ()
        if not met or _moot(policy, table, met, context.access):
            return
        found = list(_queries(policy, table, context.access))
        if not found:
            return
        clause, query = min(found, key=lambda f: not _serious(f[1]))
        yield self.finding(
            member_ref("policy", table, policy.name),
            _message(policy, table, query),
            at=clause.at,
            severity=None if _serious(query) else "info",
            fix=_fix(policy, table, found),
        )


def _message(policy: Policy, table: Table, query: Loose) -> str:
    there, here = f"{query.relation.schema}.{query.relation.name}", f"{table.schema}.{table.name}"
    if query.joins and any(_captured(part, query) for part in _conditions(query.select)):
        alias, column, mine = query.joins[0]
        return (
            f"{named(policy, table)} ties its rows to nothing: inside its sub-query {mine} is the sub-query's own, "
            f"and {alias}.{column} is compared with {alias}.{mine} instead of {table.name}.{mine}"
        )
    whoever = f"holds the role anywhere in {there}" if query.gate == "role" else f"has a row of their own in {there}"
    return f'whoever {whoever} can {_doing(policy, query, here)} by policy "{policy.name}": {_lack(query, table)}'


def _queries(policy: Policy, table: Table, access: Access) -> Iterator[tuple[Clause, Loose]]:
    for clause in clauses(policy):
        found = [q for q in loose_queries(clause.text, table, access) if _wrong(q)]
        if found and not any(c.inside for c in self_comparisons(clause.text, table, access)):  # another rule's
            yield from ((clause, q) for q in found)


def _wrong(query: Loose) -> bool:
    """Not the list of an application's staff, nor a role that is held once and everywhere."""
    if query.joins:
        return query.gate == "none" or query.several
    return query.gate == "none" and not speaks_of_staff(query.relation.name)


def _serious(query: Loose) -> bool:
    return bool(query.joins) and not query.narrowed


def _moot(policy: Policy, table: Table, met: tuple[str, ...], access: Access) -> bool:
    """Whether other policies open to each of these roles whatever this one opens."""
    held = [(role, c) for role in met for c in commands_of(policy) if access.reach(role, c, table)]
    return all(access.row_filter(role, table, c).reach == "all" for role, c in held)


def _doing(policy: Policy, query: Loose, name: str) -> str:
    which = "such" if query.narrowed else "any"
    if policy.command == "INSERT":
        return f"insert {which} rows into {name}"
    return f"{verbs(commands_of(policy))} {which if query.narrowed else 'all'} rows of {name}"


def _lack(query: Loose, table: Table) -> str:
    if not query.joins:
        return "its sub-query says nothing of the row"
    alias, column, mine = query.joins[0]
    return f"its sub-query lacks a condition such as {alias}.{column} = {table.name}.{mine}"


def _fix(policy: Policy, table: Table, found: list[tuple[Clause, Loose]]) -> Fix | None:
    """Where only one condition comes into question, put it into each of the sub-queries."""
    mended: dict[str, str] = {}
    for clause, query in found:
        if len(query.joins) != 1 or table.name in offered(query.select):
            return None
        name = clause.name.replace(" ", "_")
        node = parse_expression(mended.get(name, clause.text))
        text = deparse(_joined(node, query, table)) if node is not None else clause.text
        if text == mended.get(name, clause.text):
            return None  # it stands in the body of a function
        mended[name] = text
    return Fix(sql=altered(policy, table, **mended))


def _joined(node: Any, query: Loose, table: Table) -> Any:
    if isinstance(node, list):
        return [_joined(item, query, table) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("SelectStmt") == query.select:
        return {"SelectStmt": _with_condition(node["SelectStmt"], query, table)}
    return {key: _joined(value, query, table) for key, value in node.items()}


def _with_condition(select: Mapping[str, Any], query: Loose, table: Table) -> dict[str, Any]:
    alias, column, mine = query.joins[0]
    sides = ({"fields": [{"String": {"sval": p}} for p in path]} for path in ((alias, column), (table.name, mine)))
    left, right = ({"ColumnRef": side} for side in sides)
    equal = {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": "="}}], "lexpr": left, "rexpr": right}}
    flat = [a for a in _conditions(select) if not _captured(a, query)]
    where = equal if not flat else {"BoolExpr": {"boolop": "AND_EXPR", "args": [*flat, equal]}}
    return {**select, "whereClause": where}


def _conditions(select: Mapping[str, Any]) -> list[Any]:
    """What AND joins in WHERE."""
    where = select.get("whereClause")
    return [] if where is None else where["BoolExpr"]["args"] if _is_and(where) else [where]


def _captured(node: Mapping[str, Any], query: Loose) -> bool:
    """Whether it compares the key with the sub-query's column of the name that is meant: the mistake itself."""
    alias, column, mine = query.joins[0]
    return _columns(node) == {(alias, column), (alias, mine)}


def _columns(node: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """The two columns of an equality."""
    body = node.get("A_Expr", {})
    return {names(body.get(side, {}).get("ColumnRef", {}).get("fields")) for side in ("lexpr", "rexpr")}


def _is_and(node: Mapping[str, Any]) -> bool:
    return bool(node.get("BoolExpr", {}).get("boolop") == "AND_EXPR")
