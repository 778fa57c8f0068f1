"""What an expression says for an anonymous or a signed-in visitor, folded in three-valued logic.

The result is as certain as the text allows: `True`, `False`, `None` (NULL, or false or NULL: a policy takes both as
false) or `UNKNOWN`. Rows are not looked at, so a comparison with a column is UNKNOWN; one with NULL is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policytool.access import values
from policytool.access.claims import claim_path, current_role, plain_select, setting_name
from policytool.access.queries import aggregate, is_text, is_zero, target_calls, targets
from policytool.access.rowmark import ROW
from policytool.access.values import (
    ANY,
    FALSE,
    NEVER,
    NULL,
    SOME,
    TRUE,
    UNKNOWN,
    Const,
    Opaque,
    Truth,
    Value,
    combine,
    compare,
    distinct,
    join,
    negate,
    possible,
)
from policytool.access.visitor import SIGNED_IN, Visitor
from policytool.syntax.node import kind_of, names, unwrapped

Node = Mapping[str, Any]


def truth(
    node: Node,
    visitor: Visitor,
    *,
    not_null: frozenset[str] = frozenset(),
    inline: Callable[[Node], Node | None] = lambda _: None,
) -> Truth:
    """What a boolean expression folds to. `not_null` are columns of the row that cannot be NULL; `inline` gives the
    expression that a call of a user's helper function stands for."""
    value = Folder(visitor, not_null, inline).value(node)
    if isinstance(value, Opaque):
        return None if value.never_true else UNKNOWN
    known: bool | object | None = value.value
    return known if known is None or isinstance(known, bool) else UNKNOWN


class Folder:
    """Folds the expressions of one policy (marked, see `rowmark`) for one visitor."""

    def __init__(self, visitor: Visitor, not_null: frozenset[str], inline: Callable[[Node], Node | None]) -> None:
        self.visitor = visitor
        self.not_null = not_null
        self.inline = inline

    def value(self, node: Node) -> Value:
        """The value of any expression."""
        kind, body = kind_of(node)
        if kind in ("FuncCall", "A_Expr"):
            path = claim_path(node)
            if path is not None:
                # One setting for each claim is PostgREST's way of old: where it has another, these are not set.
                return ANY if setting_name(node) and path and self.visitor is SIGNED_IN else self._claim(path)
        elif kind == "SQLValueFunction":
            return self.visitor.role if current_role(node) else ANY
        handler = _HANDLERS.get(kind)
        return handler(self, body) if handler else ANY

    def _claim(self, path: tuple[str, ...]) -> Value:
        key = ".".join(path)
        if key in self.visitor.claims:
            return self.visitor.claims[key]
        return NULL if self.visitor.claims_known else Opaque(f"claim {key}")

    def constant(self, body: Node) -> Value:
        """A_Const: libpg_query leaves out zero, false and empty."""
        if body.get("isnull"):
            return NULL
        for key, empty in (("sval", ""), ("ival", 0), ("boolval", False)):
            if key in body:
                return Const(body[key].get(key, empty))
        return values.number(str(body["fval"].get("fval", "0"))) if "fval" in body else ANY

    def column(self, body: Node) -> Value:
        """A column, of the row itself or of a sub-query."""
        name = names(body.get("fields"))
        nullable = name[0] != ROW or name[-1] not in self.not_null
        return Opaque("column " + ".".join(name), nullable=nullable)

    def boolean(self, body: Node) -> Value:
        """AND, OR, NOT."""
        args = [self.value(a) for a in body.get("args", ())]
        if body.get("boolop") == "NOT_EXPR":
            return negate(args[0])
        return combine(args, conjunction=body.get("boolop") == "AND_EXPR")

    def null_test(self, body: Node) -> Value:
        """IS [NOT] NULL."""
        value, wants_null = self.value(body.get("arg", {})), body.get("nulltesttype", "IS_NULL") == "IS_NULL"
        if isinstance(value, Const):
            return Const((value.value is None) == wants_null)
        return SOME if value.nullable else Const(not wants_null)

    def boolean_test(self, body: Node) -> Value:
        """IS [NOT] TRUE, FALSE, UNKNOWN."""
        value, test = self.value(body.get("arg", {})), body.get("booltesttype", "IS_TRUE")
        if isinstance(value, Opaque):
            known = {"IS_TRUE": FALSE, "IS_NOT_TRUE": TRUE} if value.never_true else {}
            known |= {} if value.nullable else {"IS_UNKNOWN": FALSE, "IS_NOT_UNKNOWN": TRUE}
            return known.get(test, SOME)
        wanted = {"TRUE": True, "FALSE": False, "UNKNOWN": None}[test.rpartition("_")[2]]
        return Const((value.value is wanted) != ("_NOT_" in test))

    def coalesce(self, body: Node) -> Value:
        """The first value that is not NULL."""
        seen: list[Value] = []
        for arg in body.get("args", ()):
            value = self.value(arg)
            if value == NULL:
                continue
            seen.append(value)
            if not values.may_be_null(value):
                return value if len(seen) == 1 else Opaque(nullable=False, never_true=not any(map(possible, seen)))
        return join([*seen, NULL])

    def case(self, body: Node) -> Value:
        """CASE: branches that cannot be taken are left out."""
        subject = self.value(body["arg"]) if "arg" in body else None
        found: list[Value] = []
        for when in body.get("args", ()):
            condition = self.value(when["CaseWhen"]["expr"])
            if subject is not None:
                condition = compare("=", subject, condition)
            if not possible(condition):
                continue
            found.append(self.value(when["CaseWhen"]["result"]))
            if condition == TRUE:
                return join(found)
        found.append(self.value(body["defresult"]) if "defresult" in body else NULL)
        return join(found)

    def cast(self, body: Node) -> Value:
        """A cast keeps what is known as far as the type allows."""
        return values.cast(self.value(body.get("arg", {})), body.get("typeName", {}))

    def call(self, body: Node) -> Value:
        """A function: a helper's own expression where it can be looked into; else unknown."""
        inlined = self.inline({"FuncCall": body})
        if inlined is not None:
            return self.value(inlined)
        name = names(body.get("funcname"))
        if len(name) > 1 and name[-2] not in ("pg_catalog", "storage"):
            return ANY
        args = [self.value(a) for a in body.get("args", ())]
        if name[-1] in _STRICT and NULL in args:
            return NULL
        if name[-1] in _FOLDED and len(args) == 1 and isinstance(args[0], Const) and isinstance(args[0].value, str):
            return Const(_FOLDED[name[-1]](args[0].value))
        return ANY

    def operator(self, body: Node) -> Value:
        """A_Expr of every kind."""
        kind, op = body.get("kind", "AEXPR_OP"), (names(body.get("name")) or ("",))[-1]
        left = self.value(body["lexpr"]) if "lexpr" in body else ANY
        match kind:
            case "AEXPR_IN":
                items = body.get("rexpr", {}).get("List", {}).get("items", ())
                found = combine([compare("=", left, self.value(i)) for i in items], conjunction=False)
                return negate(found) if op == "<>" else found
            case "AEXPR_OP_ANY" | "AEXPR_OP_ALL":
                return self._quantified(left, op, body.get("rexpr", {}), every=kind == "AEXPR_OP_ALL")
        right = self.value(body.get("rexpr", {}))
        match kind:
            case "AEXPR_DISTINCT":
                return distinct(left, right)
            case "AEXPR_NOT_DISTINCT":
                return negate(distinct(left, right))
            case "AEXPR_NULLIF":
                same = compare("=", left, right)
                return NULL if same == TRUE else left if same in (FALSE, NULL) else ANY
            case "AEXPR_OP" if op in ("=", "<>", "!=", "<", "<=", ">", ">="):
                return compare(op, left, right)
        if op == "||" and not (is_text(body.get("lexpr", {})) and is_text(body.get("rexpr", {}))):
            return ANY  # an array with NULL appended is not NULL
        return NULL if NULL in (left, right) else ANY

    def _quantified(self, left: Value, op: str, right: Node, *, every: bool) -> Value:
        match unwrapped(right):
            case {"A_ArrayExpr": {"elements": elements}}:
                return combine([compare(op, left, self.value(e)) for e in elements], conjunction=every)
        array = self.value(right)
        if array == Const(()):
            return Const(every)
        return NULL if array == NULL else NEVER if left == NULL and not every else ANY

    def sublink(self, body: Node) -> Value:
        """A sub-query: what can be said when its WHERE can never hold for the visitor."""
        select = body.get("subselect", {}).get("SelectStmt", {})
        plain, kind, rows = plain_select(select), body.get("subLinkType"), self._rows(select)
        if kind == "EXPR_SUBLINK" and plain is not None:
            return self.value(plain)
        match kind, rows:
            case "EXISTS_SUBLINK", bool():
                return Const(rows)
            case "EXISTS_SUBLINK", None:
                return SOME
            case "ANY_SUBLINK" | "ALL_SUBLINK", False:
                return Const(kind == "ALL_SUBLINK")
            case "EXPR_SUBLINK", False:
                return NULL
            case "ARRAY_SUBLINK", False:
                return Const(())
            case "ANY_SUBLINK", _ if plain is not None and (names(body.get("operName")) or ("=",))[-1] == "=":
                found = compare("=", self.value(body.get("testexpr", {})), self.value(plain))
                return found if rows else ANY if possible(found) else NEVER
        return NEVER if kind == "ANY_SUBLINK" and self.value(body.get("testexpr", {})) == NULL else ANY

    def _rows(self, select: Node) -> bool | None:
        """True: at least one row for certain. False: none. None: not known."""
        if "larg" in select:
            sides = [self._rows(select["larg"]), self._rows(select["rarg"])]
            union = select.get("op") == "SETOP_UNION"
            return False if sides == [False, False] else True if union and True in sides else None
        if select.keys() & {"havingClause", "limitOffset", "groupClause"} or is_zero(select.get("limitCount", {})):
            return None
        if any(aggregate(call) for call in target_calls(select)):
            return True if all(aggregate(unwrapped(t).get("FuncCall", {})) for t in targets(select)) else None
        where = self.value(select["whereClause"]) if "whereClause" in select else TRUE
        if not possible(where):
            return False
        # A function that returns a set may return an empty one.
        one_row = where == TRUE and "fromClause" not in select and not any(True for _ in target_calls(select))
        return True if one_row else None

    def array(self, body: Node) -> Value:
        """ARRAY[…]: of itself never NULL."""
        return SOME

    def passed(self, body: Node) -> Value:
        """COLLATE changes nothing here."""
        return self.value(body.get("arg", {}))


_FOLDED: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "btrim": lambda s: s.strip(" ")}
# Functions that are NULL when an argument is; only those that policies really use.
_STRICT = frozenset(
    {"lower", "upper", "btrim", "ltrim", "rtrim", "length", "char_length", "split_part", "foldername", "filename",
     "extension", "md5", "replace", "substring", "substr", "left", "right", "cardinality", "array_length", "date_trunc",
     "to_char", "strpos", "position", "starts_with", "abs"}
)  # fmt: skip
_HANDLERS: dict[str, Callable[[Folder, Node], Value]] = {
    "A_Const": Folder.constant,
    "ColumnRef": Folder.column,
    "BoolExpr": Folder.boolean,
    "NullTest": Folder.null_test,
    "BooleanTest": Folder.boolean_test,
    "CoalesceExpr": Folder.coalesce,
    "CaseExpr": Folder.case,
    "TypeCast": Folder.cast,
    "FuncCall": Folder.call,
    "A_Expr": Folder.operator,
    "SubLink": Folder.sublink,
    "A_ArrayExpr": Folder.array,
    "CollateClause": Folder.passed,
}
