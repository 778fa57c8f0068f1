"""What an expression says for an anonymous or a signed-in visitor, folded in three-valued logic.

The result is as certain as the text allows: `True`, `False`, `None` (NULL, or false or NULL: a policy takes both as
false) or `UNKNOWN`. Rows are not looked at, so a comparison with a column is UNKNOWN; one of NULL with anything is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct

from policytool.access.claims import claim_path, current_role, plain_select
from policytool.access.rowmark import ROW
from policytool.syntax.node import kind_of, names, unwrapped

Node = Mapping[str, Any]


class Const(Struct, frozen=True):
    """A known value; None is NULL."""

    value: Any


class Opaque(Struct, frozen=True):
    """A value not known. Two of the same symbol are equal; `nullable` says whether it may be NULL.

    `never_true` is said of a condition that is false or NULL, one does not know which: no row passes it.
    """

    symbol: str | None = None
    nullable: bool = True
    never_true: bool = False


Value = Const | Opaque
TRUE, FALSE, NULL, ANY = Const(True), Const(False), Const(None), Opaque()


class Unknown:
    """The type of UNKNOWN, which is neither true nor false nor NULL."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()
Truth = bool | None | Unknown


class Visitor(Struct, frozen=True, kw_only=True):
    """Who asks: the claims that are known (a claim that is not listed is NULL for anon), and the role."""

    name: Literal["anon", "authenticated"]
    claims: dict[str, Value]
    role: Value
    claims_known: bool  # whether a claim that is not listed is NULL


SIGNED_IN = Visitor(
    name="authenticated",
    claims={
        "sub": Opaque("claim sub", nullable=False),
        "role": Const("authenticated"),
        "aud": Const("authenticated"),
        "": Opaque("jwt", nullable=False),
    },
    role=Const("authenticated"),
    claims_known=False,
)
# The anonymous key is a JWT of its own with the role anon; a request without any key has no claims at all.
ANONYMOUS = (
    Visitor(name="anon", claims={"role": Const("anon"), "": NULL}, role=Const("anon"), claims_known=True),
    Visitor(name="anon", claims={"": NULL}, role=Const("anon"), claims_known=True),
)


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
    return value.value if isinstance(value.value, bool) or value.value is None else UNKNOWN


class Folder:
    """Folds the expressions of one policy (marked, see `rowmark`) for one visitor."""

    def __init__(self, visitor: Visitor, not_null: frozenset[str], inline: Callable[[Node], Node | None]) -> None:
        self.visitor = visitor
        self.not_null = not_null
        self.inline = inline

    def value(self, node: Node) -> Value:
        """The value of any expression."""
        path = claim_path(node)
        if path is not None:
            return self._claim(path)
        if current_role(node):
            return self.visitor.role
        kind, body = kind_of(node)
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
        for key, inner, empty in (("sval", "sval", ""), ("ival", "ival", 0), ("boolval", "boolval", False)):
            if key in body:
                return Const(body[key].get(inner, empty))
        return Const(str(body["fval"].get("fval", "0"))) if "fval" in body else ANY

    def column(self, body: Node) -> Value:
        """A column, of the row itself or of a sub-query."""
        name = names(body.get("fields"))
        nullable = name[0] != ROW or name[-1] not in self.not_null
        return Opaque("column " + ".".join(name), nullable=nullable)

    def boolean(self, body: Node) -> Value:
        """AND, OR, NOT after Kleene."""
        args = [self.value(a) for a in body.get("args", ())]
        match body.get("boolop"):
            case "AND_EXPR":
                return _combine(args, absorbing=FALSE, neutral=TRUE)
            case "OR_EXPR":
                return _combine(args, absorbing=TRUE, neutral=FALSE)
        return _not(args[0])

    def null_test(self, body: Node) -> Value:
        """IS [NOT] NULL."""
        value, wants_null = self.value(body.get("arg", {})), body.get("nulltesttype", "IS_NULL") == "IS_NULL"
        if isinstance(value, Const):
            return Const((value.value is None) == wants_null)
        return ANY if value.nullable else Const(not wants_null)

    def boolean_test(self, body: Node) -> Value:
        """IS [NOT] TRUE, FALSE, UNKNOWN."""
        value = self.value(body.get("arg", {}))
        if isinstance(value, Opaque):
            return Opaque(
                nullable=False, never_true=value.never_true and body.get("booltesttype", "IS_TRUE") == "IS_TRUE"
            )
        test = body.get("booltesttype", "IS_TRUE")
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
            if isinstance(value, Const) or not value.nullable:
                return _join(seen)
        return _join([*seen, NULL])

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
                return _join(found)
        found.append(self.value(body["defresult"]) if "defresult" in body else NULL)
        return _join(found)

    def cast(self, body: Node) -> Value:
        """A cast keeps what is known; text becomes a boolean where that is asked for."""
        value = self.value(body.get("arg", {}))
        target = names(body.get("typeName", {}).get("names"))[-1:]
        if target == ("bool",) and isinstance(value, Const) and isinstance(value.value, str):
            word = value.value.strip().lower()
            return (
                TRUE
                if word in ("t", "true", "on", "yes", "1")
                else FALSE
                if word in ("f", "false", "off", "no", "0")
                else ANY
            )
        return value

    def call(self, body: Node) -> Value:
        """A function: a helper's own expression where it can be looked into; else unknown."""
        inlined = self.inline({"FuncCall": body})
        if inlined is not None:
            return self.value(inlined)
        name = names(body.get("funcname"))
        args = [self.value(a) for a in body.get("args", ())]
        if name[-1] in _STRICT and NULL in args:
            return NULL
        if name[-1] in ("lower", "upper", "btrim") and len(args) == 1 and isinstance(args[0], Const):
            text = str(args[0].value)
            return Const({"lower": text.lower(), "upper": text.upper(), "btrim": text.strip()}[name[-1]])
        return ANY

    def operator(self, body: Node) -> Value:
        """A_Expr of every kind."""
        kind, name = body.get("kind", "AEXPR_OP"), names(body.get("name"))[-1:]
        op = name[0] if name else ""
        left = self.value(body["lexpr"]) if "lexpr" in body else ANY
        match kind:
            case "AEXPR_IN":
                items = body.get("rexpr", {}).get("List", {}).get("items", ())
                found = _combine([compare("=", left, self.value(i)) for i in items], absorbing=TRUE, neutral=FALSE)
                return _not(found) if op == "<>" else found
            case "AEXPR_OP_ANY" | "AEXPR_OP_ALL":
                return self._quantified(left, op, body.get("rexpr", {}), every=kind == "AEXPR_OP_ALL")
        right = self.value(body.get("rexpr", {}))
        match kind:
            case "AEXPR_DISTINCT":
                return _distinct(left, right)
            case "AEXPR_NOT_DISTINCT":
                return _not(_distinct(left, right))
            case "AEXPR_NULLIF":
                same = compare("=", left, right)
                return NULL if same == TRUE else left if same in (FALSE, NULL) else ANY
            case "AEXPR_OP" if op in ("=", "<>", "!=", "<", "<=", ">", ">="):
                return compare(op, left, right)
        return NULL if NULL in (left, right) else ANY

    def _quantified(self, left: Value, op: str, right: Node, *, every: bool) -> Value:
        match unwrapped(right):
            case {"A_ArrayExpr": {"elements": elements}}:
                each = [compare(op, left, self.value(e)) for e in elements]
                return _combine(each, absorbing=FALSE if every else TRUE, neutral=TRUE if every else FALSE)
        array = self.value(right)
        if array == Const(()):
            return Const(every)
        return NULL if NULL in (left, array) else ANY

    def sublink(self, body: Node) -> Value:
        """A sub-query: what can be said when its WHERE can never hold for the visitor."""
        select = body.get("subselect", {}).get("SelectStmt", {})
        plain = plain_select(select)
        kind = body.get("subLinkType")
        if plain is not None and kind == "EXPR_SUBLINK":
            return self.value(plain)
        rows = self._rows(select)
        match kind:
            case "EXISTS_SUBLINK":
                return Opaque(nullable=False) if rows is None else Const(rows)
            case "ANY_SUBLINK" | "ALL_SUBLINK" if rows is False:
                return Const(kind == "ALL_SUBLINK")
            case "ANY_SUBLINK" if self.value(body.get("testexpr", {})) == NULL:
                return Opaque(never_true=True)  # NULL IN (…) is NULL, or false where there is no row
            case "ANY_SUBLINK" if plain is not None and "testexpr" in body:
                return compare("=", self.value(body["testexpr"]), self.value(plain))
            case "EXPR_SUBLINK" if rows is False:
                return NULL
            case "ARRAY_SUBLINK" if rows is False:
                return Const(())
        return ANY

    def _rows(self, select: Node) -> bool | None:
        """True: at least one row for certain. False: none. None: not known."""
        if "larg" in select:
            sides = [self._rows(select["larg"]), self._rows(select["rarg"])]
            union = select.get("op") == "SETOP_UNION"
            return False if sides == [False, False] else True if union and True in sides else None
        if (
            "havingClause" in select
            or "limitOffset" in select
            or ("limitCount" in select and _zero(select["limitCount"]))
        ):
            return None
        where = self.value(select["whereClause"]) if "whereClause" in select else TRUE
        if _aggregates(select) and "groupClause" not in select:
            return True
        if not possible(where):
            return False
        return True if where == TRUE and "fromClause" not in select else None

    def array(self, body: Node) -> Value:
        """ARRAY[…]: of itself never NULL."""
        return Opaque(nullable=False)

    def passed(self, body: Node) -> Value:
        """COLLATE changes nothing here."""
        return self.value(body.get("arg", {}))


def possible(value: Value) -> bool:
    """Whether a condition may be true."""
    return not value.never_true if isinstance(value, Opaque) else value not in (FALSE, NULL)


def compare(op: str, left: Value, right: Value) -> Value:
    """A comparison of two values."""
    if NULL in (left, right):
        return NULL
    if isinstance(left, Const) and isinstance(right, Const):
        if op == "=":
            return Const(_text(left.value) == _text(right.value))
        if op in ("<>", "!="):
            return Const(_text(left.value) != _text(right.value))
        return _ordered(op, left.value, right.value)
    nullable = any(isinstance(v, Opaque) and v.nullable for v in (left, right))
    same = left == right and isinstance(left, Opaque) and left.symbol is not None
    if same and not nullable and op in ("=", "<=", ">=", "<>", "!=", "<", ">"):
        return Const(op in ("=", "<=", ">="))
    return Opaque(nullable=nullable)


def _ordered(op: str, left: Any, right: Any) -> Value:
    if not (isinstance(left, int) and isinstance(right, int)):
        return Opaque(nullable=False)
    return Const({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(op))


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _distinct(left: Value, right: Value) -> Value:
    if isinstance(left, Const) and isinstance(right, Const):
        return Const(
            _text(left.value) != _text(right.value) if None not in (left.value, right.value) else left != right
        )
    if isinstance(left, Opaque) and left == right and left.symbol is not None:
        return FALSE
    for one, other in ((left, right), (right, left)):
        if one == NULL and isinstance(other, Opaque) and not other.nullable:
            return TRUE
    return Opaque(nullable=False)


def _combine(args: Iterable[Value], *, absorbing: Const, neutral: Const) -> Value:
    rest = [a for a in args if a != neutral]
    if absorbing in rest:
        return absorbing
    if not rest:
        return neutral
    if all(a == NULL for a in rest):
        return NULL
    # One condition that cannot be true is enough in AND; in OR none may be able to be.
    quantifier = any if absorbing == FALSE else all
    return Opaque(
        nullable=any(a == NULL or (isinstance(a, Opaque) and a.nullable) for a in rest),
        never_true=quantifier(not possible(a) for a in rest),
    )


def _not(value: Value) -> Value:
    if isinstance(value, Const):
        return Const(not value.value) if isinstance(value.value, bool) else value
    return Opaque(nullable=value.nullable)


def _join(values: list[Value]) -> Value:
    """One of several values, not known which."""
    if all(v == values[0] for v in values):
        return values[0]
    nullable = any(v == NULL or (isinstance(v, Opaque) and v.nullable) for v in values)
    return Opaque(nullable=nullable, never_true=not any(possible(v) for v in values))


def _aggregates(select: Node) -> bool:
    targets = [t.get("ResTarget", {}).get("val", {}) for t in select.get("targetList", ())]
    return any(names(unwrapped(t).get("FuncCall", {}).get("funcname"))[-1:] in _AGGREGATES for t in targets)


def _zero(node: Node) -> bool:
    return node.get("A_Const", {}).get("ival") == {}


_AGGREGATES = {
    (n,)
    for n in (
        "count",
        "bool_or",
        "bool_and",
        "every",
        "sum",
        "max",
        "min",
        "array_agg",
        "json_agg",
        "jsonb_agg",
        "string_agg",
        "avg",
    )
}
# Functions that are NULL when an argument is; only those that policies really use.
_STRICT = frozenset(
    {"lower", "upper", "btrim", "ltrim", "rtrim", "length", "char_length", "split_part", "foldername", "filename",
     "extension", "md5", "replace", "substring", "substr", "left", "right", "cardinality", "array_length", "date_trunc",
     "to_char", "strpos", "starts_with", "array_position", "jsonb_array_elements_text", "string_to_array", "abs"}
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
