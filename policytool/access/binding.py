"""Which columns of a row a condition ties to the person who asks, and whether as the owner or as a member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.access.branches import TooManyBranches, branches, operator_of
from policytool.access.helpers import Helpers
from policytool.access.identity import Identities, Kind, Tie
from policytool.access.rowmark import marked_column
from policytool.access.truth import truth
from policytool.access.visitor import Visitor
from policytool.syntax.node import kind_of, names, unwrapped, walk

Node = Mapping[str, Any]
Branch = tuple[Node, ...]
# What policies wrap a column in that says whose the row is: the folder of a file's path, a field of a JSON column.
_READERS = frozenset({"foldername", "split_part", "lower", "string_to_array", "nullif"})


class Binding(Struct, frozen=True):
    """A column that must match the person (`own`) or something the person belongs to (`tenant`)."""

    column: str
    kind: Kind


class Facts(Struct, frozen=True, kw_only=True):
    """What one branch demands of a visitor. `gated`: it asks something of the person besides being signed in."""

    bindings: frozenset[Binding] = frozenset()
    gated: bool = False
    dead: bool = False  # it can never hold for the visitor
    empty: frozenset[str] = frozenset()  # columns of the row that must be NULL

    @property
    def closed(self) -> bool:
        """Whether it opens no row to just anybody."""
        return self.dead or self.gated or bool(self.bindings)


class Binder:
    """Finds bindings in marked expressions (see `rowmark`)."""

    def __init__(self, helpers: Helpers, not_null: frozenset[str] = frozenset()) -> None:
        self.helpers = helpers
        self.identities = Identities(helpers)
        self.not_null = not_null

    def branches(self, node: Node) -> tuple[Branch, ...] | None:
        """The alternatives of a condition; None when there are too many to say anything."""
        try:
            return branches(node, self.helpers.inline)
        except (TooManyBranches, RecursionError):
            return None

    def facts(self, branch: Branch, visitor: Visitor) -> Facts:
        """What a branch demands of a visitor, what is true of them anyway left out."""
        bindings: set[Binding] = set()
        empty: set[str] = set()
        gated = False
        for atom in branch:
            says = truth(atom, visitor, not_null=self.not_null, inline=self.helpers.inline)
            if says is True:
                continue
            if says is False or says is None:
                return Facts(dead=True)
            found = frozenset(self.atom(atom))
            bindings |= found
            gated = gated or (not found and self.helpers.asks_who(atom))
            empty.update(_empty(atom))
        return Facts(bindings=frozenset(bindings), gated=gated, empty=frozenset(empty))

    def atom(self, atom: Node) -> Iterator[Binding]:
        """The columns that one condition ties to the person."""
        kind, body = kind_of(atom)
        match kind:
            case "A_Expr":
                yield from self._operator(body)
            case "SubLink":
                yield from self._sublink(body)
            case "FuncCall":
                yield from self._call(body)

    def _operator(self, body: Node) -> Iterator[Binding]:
        kind, op = body.get("kind", "AEXPR_OP"), operator_of(body)
        left, right = body.get("lexpr", {}), body.get("rexpr", {})
        if kind in ("AEXPR_OP", "AEXPR_NOT_DISTINCT") and op == "=":
            yield from self._equal(left, right)
            yield from self._equal(right, left)
        elif kind == "AEXPR_IN" and op == "=":
            items = right.get("List", {}).get("items", ())
            if len(items) == 1:
                yield from self._equal(left, items[0])
                yield from self._equal(items[0], left)
        elif kind == "AEXPR_OP_ANY" and op == "=":
            yield from self._any(left, right)
        elif kind == "AEXPR_OP" and op in ("@>", "<@", "&&", "?"):
            for side, other in ((left, right), (right, left)):
                column = marked_column(side)
                if column is not None and self.helpers.asks_who(other):
                    yield Binding(column, self.identities.identity(other, column) or "own")

    def _equal(self, column_side: Node, other: Node) -> Iterator[Binding]:
        column = self._column(column_side)
        kind = self.identities.identity(other, column) if column is not None else None
        if column is not None and kind is not None:
            yield Binding(column, kind)

    def _column(self, node: Node) -> str | None:
        """The row's column on one side of a comparison, also inside `(storage.foldername(name))[1]` and its like."""
        column = marked_column(node)
        if column is not None:
            return column
        match unwrapped(node):
            case {"A_Indirection": {"arg": inner}}:
                return self._column(inner)
            case {"FuncCall": {"args": [first, *_]} as call} if names(call.get("funcname"))[-1] in _READERS:
                return self._column(first)
            case {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": "->" | "->>"}}], "lexpr": inner}}:
                return self._column(inner)
        return None

    def _any(self, left: Node, right: Node) -> Iterator[Binding]:
        """column = ANY (ids of mine), or me = ANY (column)."""
        column = self._column(right)
        if column is not None and self.identities.identity(left, column) is not None:
            yield Binding(column, "own")
        column = self._column(left)
        if column is None:
            return
        match unwrapped(right):
            case {"SubLink": {"subLinkType": "ARRAY_SUBLINK", "subselect": {"SelectStmt": select}}}:
                kind = self.identities.membership(select)
            case {"A_ArrayExpr": {"elements": elements}}:
                kinds = {self.identities.identity(e, column) for e in elements}
                kind = None if None in kinds else "tenant" if "tenant" in kinds else "own"
            case _:
                kind = self.identities.identity(right, column)
                kind = "tenant" if kind == "own" and self.helpers.find(_call_in(right)) is not None else kind
        if kind is not None:
            yield Binding(column, kind)

    def _sublink(self, body: Node) -> Iterator[Binding]:
        select = body.get("subselect", {}).get("SelectStmt", {})
        match body.get("subLinkType"):
            case "ANY_SUBLINK" if (names(body.get("operName")) or ("=",))[-1] == "=":
                test = body.get("testexpr", {})
                column, kind = self._column(test), self.identities.membership(select)
                if column is not None and kind is not None:
                    yield Binding(column, kind)
                elif self.identities.identity(test, "") is not None:
                    yield from self._correlated(select, True)
            case "EXISTS_SUBLINK" | "EXPR_SUBLINK":
                yield from self._correlated(select)

    def _call(self, call: Node) -> Iterator[Binding]:
        """A helper too complex to look into, that asks who: the columns it is given are taken as bound by it."""
        if not self.helpers.asks_who({"FuncCall": call}):
            return
        for arg in call.get("args", ()):
            column = marked_column(arg.get("NamedArgExpr", {}).get("arg", arg))
            if column is not None:
                yield Binding(column, "tenant")

    def _correlated(self, select: Node, target_is_identity: bool = False) -> Iterator[Binding]:
        """EXISTS (… inner = ROW.column … me …): the columns of the row that every branch ties to rows of mine."""
        if select.get("op") == "SETOP_UNION":
            yield from self._either(select, target_is_identity)
            return
        common: frozenset[Binding] | None = None
        for branch in self.identities.conditions(select):
            tie = Tie("tenant") if target_is_identity else self.identities.branch_tie(branch)
            found = frozenset(self._correlations(branch, select, tie))
            common = found if common is None else common & found
        yield from common or ()

    def _either(self, select: Node, target_is_identity: bool) -> Iterator[Binding]:
        """What both sides of a UNION bind: to something the person belongs to if one of them does."""
        sides = (select.get("larg", {}), select.get("rarg", {}))
        left, right = ({b.column: b.kind for b in self._correlated(s, target_is_identity)} for s in sides)
        for column in sorted(left.keys() & right.keys()):
            yield Binding(column, "own" if left[column] == right[column] == "own" else "tenant")

    def _correlations(self, branch: Branch, select: Node, tie: Tie | None) -> Iterator[Binding]:
        for atom in branch:
            body = atom.get("A_Expr", {})
            # The row's own column against the person: it binds wherever it stands.
            yield from self._operator(body) if body else ()
            if tie is None or operator_of(body) != "=" or body.get("kind") not in ("AEXPR_OP", "AEXPR_OP_ANY"):
                continue
            left, right = body.get("lexpr", {}), body.get("rexpr", {})
            for side, other in ((left, right), (right, left)):
                column = self._column(side)
                if column is not None and self._column(other) is None and "ColumnRef" in unwrapped(other):
                    yield Binding(column, self.identities.through(tie, other, select))


def _empty(atom: Node) -> Iterator[str]:
    """The column of `column IS NULL`."""
    test = atom.get("NullTest", {})
    column = marked_column(test.get("arg", {}))
    if column is not None and test.get("nulltesttype", "IS_NULL") == "IS_NULL":
        yield column


def _call_in(node: Node) -> Node:
    return next((body for kind, body in walk(node) if kind == "FuncCall"), {})
