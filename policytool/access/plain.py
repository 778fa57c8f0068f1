"""Conditions of policies in plain words. What has no plain words is quoted as SQL; nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from policytool.access.branches import operator_of
from policytool.access.claims import claim_path, current_role, plain_select, setting_name
from policytool.access.helpers import Helpers
from policytool.access.phrases import claim, code, constant, harmless, is_now, joined_plainly, on_conditions, shown
from policytool.access.rowmark import marked_column, mentions_row, relations
from policytool.access.wording import and_list
from policytool.catalog.model import Function
from policytool.syntax.fragments import parse_query
from policytool.syntax.node import int_of, is_null, kind_of, names, unwrapped

Node = Mapping[str, Any]
MAX_DEPTH: Final = 5
_COMPARED: Final = {
    "=": "is",
    "<>": "is something other than",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_IN_TIME: Final = {"<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}
_TESTS: Final = {
    "IS_TRUE": "is true",
    "IS_NOT_TRUE": "is not true",
    "IS_FALSE": "is false",
    "IS_NOT_FALSE": "is not false",
    "IS_UNKNOWN": "is not set",
    "IS_NOT_UNKNOWN": "is set",
}
_PLAIN_QUERY: Final = frozenset(
    {"targetList", "fromClause", "whereClause", "limitOption", "op", "limitCount", "distinctClause"}
)


class Words:
    """Says conditions over the rows of one table; `table` is its bare name."""

    def __init__(self, helpers: Helpers, table: str) -> None:
        self._helpers = helpers
        self._table = table
        self._explained: set[str] = set()
        self._named: dict[str, str] = {}  # tables of a join by their alias, where columns have to say whose they are

    def clause(self, node: Node, depth: int = 0) -> str:
        """`user_id` is their own user id; there is a row in …; a condition in SQL where there are no such words."""
        return self._said(node, depth) or f"{code(shown(node, self._table))} holds"

    def told(self, node: Node) -> bool:
        """Whether a condition has words at all."""
        return self._said(node, 0) is not None

    def about_person(self, node: Node) -> bool:
        """Whether a condition says nothing of the row: it holds for all rows or for none."""
        return not mentions_row(node)

    # --- conditions -------------------------------------------------------------------------------------------------

    def _said(self, node: Node, depth: int) -> str | None:
        if depth > MAX_DEPTH:
            return None
        kind, body = kind_of(node)
        match kind:
            case "BoolExpr":
                return self._boolean(body, depth)
            case "NullTest":
                test = "is not set" if body.get("nulltesttype", "IS_NULL") == "IS_NULL" else "is set"
                if claim_path(body.get("arg", {})) == ("sub",):
                    return "they are not signed in" if test == "is not set" else "they are signed in"
                return f"{self.value(body.get('arg', {}), depth)} {test}"
            case "BooleanTest":
                return f"{self.value(body.get('arg', {}), depth)} {_TESTS[body.get('booltesttype', 'IS_TRUE')]}"
            case "A_Expr":
                return self._operator(body, depth)
            case "SubLink":
                return self._sublink(body, depth)
            case "ColumnRef":
                return f"{self.value(node, depth)} is true"
            case "FuncCall":
                return self._call(node, depth)
            case "TypeCast" if claim_path(body.get("arg", {})) is not None:
                return f"{self.value(body['arg'], depth)} is true"
        return None

    def _boolean(self, body: Node, depth: int) -> str | None:
        args = body.get("args", [])
        match body.get("boolop"):
            case "NOT_EXPR":
                return self._negated(args[0], depth)
            case "AND_EXPR":
                parts = [self._said(a, depth + 1) for a in args]
                return None if None in parts else and_list(p for p in parts if p)
            case "OR_EXPR":
                parts = [self._said(a, depth + 1) for a in args]
                return None if None in parts else f"either {', or '.join(p for p in parts if p)}"
        return None

    def _negated(self, node: Node, depth: int) -> str | None:
        if "ColumnRef" in node:
            return f"{self.value(node, depth)} is false"
        if "FuncCall" in node:
            return f"{code(shown(node, self._table))} says no"
        if node.get("SubLink", {}).get("subLinkType") == "EXISTS_SUBLINK":
            found = self._rows(node["SubLink"].get("subselect", {}).get("SelectStmt", {}), depth)
            return None if found is None else f"there is no row {found}"
        return None

    def _call(self, node: Node, depth: int) -> str:
        inner = self._helpers.inline(node)
        said = self._said(inner, depth + 1) if inner is not None else None
        return said or f"{code(shown(node, self._table))} says yes"

    # --- comparisons ------------------------------------------------------------------------------------------------

    def _operator(self, body: Node, depth: int) -> str | None:
        kind, op = body.get("kind", "AEXPR_OP"), operator_of(body)
        left, right = body.get("lexpr", {}), body.get("rexpr", {})
        match kind:
            case "AEXPR_OP" if op in _COMPARED and left:
                return self._compared(left, op, right, depth)
            case "AEXPR_DISTINCT" if constant(right) not in (None, "NULL"):
                return f"{self.value(left, depth)} is not {self.value(right, depth)}, or not set"
            case "AEXPR_NOT_DISTINCT":
                return f"{self.value(left, depth)} is the same as {self.value(right, depth)}"
            case "AEXPR_IN" if op in ("=", "<>") and not any(map(is_null, right.get("List", {}).get("items", ()))):
                items = [self.value(i, depth) for i in right.get("List", {}).get("items", ())]
                one = "is" if len(items) == 1 else "is one of"
                return f"{self.value(left, depth)} {one if op == '=' else 'is set, and none of'} {', '.join(items)}"
            case "AEXPR_OP_ANY" if op == "=":
                return self._any(left, right, depth)
        return None

    def _compared(self, left: Node, op: str, right: Node, depth: int) -> str:
        if not self._leads(left) and self._leads(right):  # `auth.uid() = user_id` reads better from the column
            left, right = right, left
            op = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
        in_time = op in _IN_TIME and (is_now(left) or is_now(right))
        return f"{self.value(left, depth)} {(_IN_TIME if in_time else _COMPARED)[op]} {self.value(right, depth)}"

    def _leads(self, node: Node) -> bool:
        return "ColumnRef" in unwrapped(node)

    def _any(self, left: Node, right: Node, depth: int) -> str:
        array = unwrapped(right).get("A_ArrayExpr", {}).get("elements")
        if array:
            return f"{self.value(left, depth)} is one of {', '.join(self.value(e, depth) for e in array)}"
        among = "is in" if marked_column(right) is not None else "is one of"
        return f"{self.value(left, depth)} {among} {self._source(right, depth)}"

    def _source(self, node: Node, depth: int) -> str:
        """What a list comes from."""
        inner = unwrapped(node)
        function = self._helpers.find(inner["FuncCall"]) if "FuncCall" in inner else None
        if function is not None:
            one = "one that" if function.returns and function.returns.startswith("SETOF") else "what"
            return f"{one} {code(shown(inner, self._table))} returns{self._body(function, depth)}"
        match inner:
            case {"SubLink": {"subLinkType": "ARRAY_SUBLINK" | "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
                plain = plain_select(select)
                found = self._source(plain, depth) if plain is not None else self._chosen(select, depth)
                return found or code(shown(node, self._table))
        return self.value(node, depth)

    # --- sub-queries ------------------------------------------------------------------------------------------------

    def _sublink(self, body: Node, depth: int) -> str | None:
        select = body.get("subselect", {}).get("SelectStmt", {})
        match body.get("subLinkType"):
            case "EXISTS_SUBLINK":
                found = self._rows(select, depth)
                return None if found is None else f"there is a row {found}"
            case "ANY_SUBLINK" if (names(body.get("operName")) or ("=",))[-1] == "=":
                plain = plain_select(select)
                chosen = self._source(plain, depth) if plain is not None else self._chosen(select, depth)
                return None if chosen is None else f"{self.value(body.get('testexpr', {}), depth)} is {chosen}"
            case "EXPR_SUBLINK":
                plain = plain_select(select)
                return None if plain is None else self._said(plain, depth)
        return None

    def _chosen(self, select: Node, depth: int) -> str | None:
        """`the tenant_id of a row in memberships where …`."""
        targets = select.get("targetList", ())
        rows = self._rows(select, depth)
        if rows is None or len(targets) != 1:
            return None
        return f"the {self.value(targets[0].get('ResTarget', {}).get('val', {}), depth + 1)} of a row {rows}"

    def _rows(self, select: Node, depth: int) -> str | None:
        """`in memberships where …`: the rows of a query of plain tables, inner joins included."""
        tables = list(relations(select))
        if not tables or set(select) - _PLAIN_QUERY or depth > MAX_DEPTH or not joined_plainly(select):
            return None
        if "limitCount" in select and not (int_of(select["limitCount"]) or 0) > 0:
            return None
        conditions = [*on_conditions(select), *([select["whereClause"]] if "whereClause" in select else [])]
        known, self._named = self._named, self._named | _told_apart(tables)
        parts = [self._said(c, depth + 1) or f"{code(shown(c, self._table))} holds" for c in conditions]
        self._named = known
        named = and_list(code(name if schema in (None, "public") else f"{schema}.{name}") for _, schema, name in tables)
        together = " taken together" if len(tables) > 1 else ""
        return f"in {named}{together}" + (f" where {and_list(parts)}" if parts else "")

    def _body(self, function: Function, depth: int) -> str:
        """What a helper returns, where its body is one plain query; said once."""
        known = f"{function.schema}.{function.name}" in self._explained
        tree = parse_query(function.body) if function.language == "sql" and depth < 2 and not known else None
        select = (tree or {}).get("SelectStmt")
        said = self._chosen(select, depth + 2) if select else None
        if said:
            self._explained.add(f"{function.schema}.{function.name}")
        return f" ({said})" if said else ""

    # --- values -----------------------------------------------------------------------------------------------------

    def value(self, node: Node, depth: int = 0) -> str:
        """A value: of the row, of the person, a constant, or as SQL."""
        path = claim_path(node)
        if path is not None:
            return claim(path)
        if current_role(node):
            return "the name of their database role"
        setting = setting_name(node)
        if setting is not None:
            return f"the session's setting {code(setting)}"
        if is_now(node):
            return "now"
        return self._plain_value(node, depth)

    def _plain_value(self, node: Node, depth: int) -> str:
        column = marked_column(node) if "TypeCast" not in node or harmless(node["TypeCast"]) else None
        if column is not None:
            return f"the row's {code(column)}" if depth else code(column)
        match node:
            case {"TypeCast": cast} if harmless(cast):
                return self.value(cast["arg"], depth)
            case {"ColumnRef": {"fields": fields}}:
                parts = names(fields)
                whose = self._named.get(parts[-2]) if len(parts) > 1 else None
                return code(f"{whose}.{parts[-1]}" if whose else parts[-1])
            case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
                plain = plain_select(select)
                said = self.value(plain, depth) if plain is not None else self._chosen(select, depth)
                return said or code(shown(node, self._table))
            case {"FuncCall": _}:
                inner = self._helpers.inline(node)
                return self.value(inner, depth) if inner is not None and depth < MAX_DEPTH else self._quoted(node)
        return constant(node) or self._quoted(node)

    def _quoted(self, node: Node) -> str:
        return code(shown(node, self._table))


def _told_apart(tables: list[tuple[str, str | None, str]]) -> dict[str, str]:
    """What to call the tables of a join, by alias: as they are named, or by the alias where one is joined to itself."""
    if len(tables) < 2:
        return {alias: "" for alias, _, _ in tables}
    called = [name for _, _, name in tables]
    return {alias: name if called.count(name) == 1 else alias for alias, _, name in tables}
