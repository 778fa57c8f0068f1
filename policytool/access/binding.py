"""Which columns of a row a condition ties to the person who asks, and whether as the owner or as a member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from policytool.access.branches import TooManyBranches, branches, operator_of
from policytool.access.claims import claim_path, current_role, plain_select, setting_name
from policytool.access.helpers import Helpers
from policytool.access.rowmark import join_conditions, marked_column, relations
from policytool.access.truth import SIGNED_IN, truth
from policytool.catalog.model import Table, View
from policytool.syntax.node import kind_of, names, unwrapped, walk

Node = Mapping[str, Any]
Kind = Literal["own", "tenant"]
TENANT_WORDS = ("tenant", "org", "account", "workspace", "team", "company")


class Binding(Struct, frozen=True):
    """A column that must match the person (`own`) or something the person belongs to (`tenant`)."""

    column: str
    kind: Kind


class Tie(Struct, frozen=True):
    """How the rows of a sub-query are tied to the person, and by a column of which of its tables."""

    kind: Kind
    alias: str | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """What one branch demands. `gated`: it asks something of the person besides being signed in."""

    bindings: frozenset[Binding] = frozenset()
    gated: bool = False
    dead: bool = False  # it can never hold for a signed-in visitor
    trivial: bool = False  # it demands nothing at all of one


class Binder:
    """Finds bindings in marked expressions (see `rowmark`)."""

    def __init__(self, helpers: Helpers, not_null: frozenset[str] = frozenset()) -> None:
        self.helpers = helpers
        self.not_null = not_null
        self._depth = 0

    def facts(self, node: Node) -> tuple[Facts, ...] | None:
        """The facts of each branch of a condition; None when there are too many to say."""
        try:
            alternatives = branches(node, self.helpers.inline)
        except (TooManyBranches, RecursionError):
            return None
        return tuple(self._branch(branch) for branch in alternatives)

    def _branch(self, branch: tuple[Node, ...]) -> Facts:
        bindings: set[Binding] = set()
        gated, trivial = False, True
        for atom in branch:
            says = truth(atom, SIGNED_IN, not_null=self.not_null, inline=self.helpers.inline)
            if says is True:
                continue
            if says is False or says is None:
                return Facts(dead=True)
            trivial = False
            found = frozenset(self._atom(atom))
            bindings |= found
            gated = gated or (not found and self.helpers.asks_who(atom))
        return Facts(bindings=frozenset(bindings), gated=gated, trivial=trivial)

    def _atom(self, atom: Node) -> Iterator[Binding]:
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
            for item in items:
                yield from self._equal(item, left)
            if len(items) == 1:
                yield from self._equal(left, items[0])
        elif kind == "AEXPR_OP_ANY" and op == "=":
            yield from self._any(left, right)
        elif kind == "AEXPR_OP" and op in ("@>", "<@", "&&", "?"):
            for side, other in ((left, right), (right, left)):
                column = marked_column(side)
                if column is not None and self.helpers.asks_who(other):
                    yield Binding(column, "own")

    def _equal(self, column_side: Node, other: Node) -> Iterator[Binding]:
        column = self._column(column_side)
        kind = self.identity(other, column or "") if column is not None else None
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
            case {"FuncCall": {"args": [first, *_]} as call} if names(call.get("funcname"))[-1] in (
                "foldername", "split_part", "lower", "string_to_array", "nullif",
            ):  # fmt: skip
                return self._column(first)
            case {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": arrow}}], "lexpr": inner}} if arrow in (
                "->",
                "->>",
            ):
                return self._column(inner)
        return None

    def identity(self, node: Node, column: str) -> Kind | None:
        """How a value names the person: `own` for who they are, `tenant` for what they belong to; None if it does not."""
        path = claim_path(node)
        if path is not None:
            return "own" if path in (("sub",), ("email",), ("phone",), ()) else "tenant"
        if current_role(node):
            return "own"
        setting = setting_name(node)
        if setting is not None:
            return "tenant" if any(w in f"{setting} {column}" for w in TENANT_WORDS) else "own"
        return self._identity_inside(node, column)

    def _identity_inside(self, node: Node, column: str) -> Kind | None:
        match unwrapped(node):
            case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
                plain = plain_select(select)
                return self.identity(plain, column) if plain is not None else self._membership(select)
            case {"FuncCall": call}:
                inner = self.helpers.inline({"FuncCall": call})
                if inner is not None:
                    return self.identity(inner, column)
                return "tenant" if self.helpers.asks_who({"FuncCall": call}) else None
            case {"CoalesceExpr": {"args": [first, *_]}}:
                return self.identity(first, column)
            case {"A_Indirection": {"arg": inner}}:
                return self.identity(inner, column)
        return None

    def _any(self, left: Node, right: Node) -> Iterator[Binding]:
        """column = ANY (ids of mine), or me = ANY (column)."""
        column = self._column(right)
        if column is not None and self.identity(left, column) is not None:
            yield Binding(column, "own")
        column = self._column(left)
        if column is None:
            return
        match unwrapped(right):
            case {"SubLink": {"subLinkType": "ARRAY_SUBLINK", "subselect": {"SelectStmt": select}}}:
                kind = self._membership(select)
            case _:
                kind = self.identity(right, column)
        if kind is not None:
            yield Binding(column, "tenant" if kind == "own" and self.helpers.find(_call_of(right)) else kind)

    def _sublink(self, body: Node) -> Iterator[Binding]:
        select = body.get("subselect", {}).get("SelectStmt", {})
        match body.get("subLinkType"):
            case "ANY_SUBLINK" if not names(body.get("operName")) or names(body.get("operName"))[-1] == "=":
                test = body.get("testexpr", {})
                column = self._column(test)
                kind = self._membership(select)
                if column is not None and kind is not None:
                    yield Binding(column, kind)
                elif self.identity(test, "") is not None:
                    yield from self._correlated(select, target_is_identity=True)
            case "EXISTS_SUBLINK":
                yield from self._correlated(select)
            case "EXPR_SUBLINK":
                yield from self._correlated(select)

    def _call(self, call: Node) -> Iterator[Binding]:
        """A helper too complex to look into, that asks who: the columns it is given are taken as bound by it."""
        function = self.helpers.find(call)
        if function is not None and not self.helpers.asks_who({"FuncCall": call}):
            return
        for arg in call.get("args", ()):
            column = marked_column(arg)
            if column is not None:
                yield Binding(column, "tenant")

    # --- sub-queries ------------------------------------------------------------------------------------------------

    def _membership(self, select: Node) -> Kind | None:
        """`IN (SELECT x FROM … WHERE … me …)`: what kind of tie the selected values are; None when nothing says who."""
        if "larg" in select:
            kinds = {self._membership(select["larg"]), self._membership(select["rarg"])}
            return None if None in kinds else "tenant" if "tenant" in kinds else "own"
        plain = plain_select(select)
        if plain is not None:
            return self.identity(plain, "")
        targets = select.get("targetList", ())
        value = targets[0].get("ResTarget", {}).get("val", {}) if targets else {}
        tie = self._tie(select)
        return None if tie is None else self._through(tie, value, select)

    def _correlated(self, select: Node, *, target_is_identity: bool = False) -> Iterator[Binding]:
        """EXISTS (… inner = ROW.column … me …): the columns of the row that every branch ties to rows of mine."""
        common: frozenset[Binding] | None = None
        for branch in self._conditions(select):
            found = frozenset(self._correlations(branch, select, target_is_identity))
            common = found if common is None else common & found
        yield from common or ()

    def _correlations(self, branch: tuple[Node, ...], select: Node, target_is_identity: bool) -> Iterator[Binding]:
        tie = Tie("tenant") if target_is_identity else self._branch_tie(branch)
        for atom in branch:
            body = atom.get("A_Expr", {})
            # The row's own column against the person: it binds wherever it stands.
            yield from self._operator(body) if body else ()
            if (
                tie is None
                or operator_of(body) != "="
                or body.get("kind", "AEXPR_OP") not in ("AEXPR_OP", "AEXPR_OP_ANY")
            ):
                continue
            for side, other in (
                (body.get("lexpr", {}), body.get("rexpr", {})),
                (body.get("rexpr", {}), body.get("lexpr", {})),
            ):
                column = self._column(side)
                if column is not None and self._column(other) is None and "ColumnRef" in unwrapped(other):
                    yield Binding(column, self._through(tie, other, select))

    def _through(self, tie: Tie, column: Node, select: Node) -> Kind:
        """Own rows by way of a parent that is one's own, found by its key; else rows of something one belongs to."""
        parts = names(unwrapped(column).get("ColumnRef", {}).get("fields"))
        same = len(parts) < 2 or tie.alias is None or parts[-2] == tie.alias
        return "own" if tie.kind == "own" and same and self._unique(column, select) else "tenant"

    def _tie(self, select: Node) -> Tie | None:
        """How every branch of a query's conditions ties its rows to the person; None when one does not."""
        ties = [self._branch_tie(branch) for branch in self._conditions(select)]
        if None in ties or not ties:
            return self._from_function(select)
        return next((t for t in ties if t is not None and t.kind == "tenant"), ties[0])

    def _branch_tie(self, branch: tuple[Node, ...]) -> Tie | None:
        found = [tie for tie in map(self._inner_tie, branch) if tie is not None]
        return next((tie for tie in found if tie.kind == "own"), found[0] if found else None)

    def _inner_tie(self, atom: Node) -> Tie | None:
        """`inner column = me`, directly or through a further sub-query."""
        body = atom.get("A_Expr", {})
        op, kind = operator_of(body), body.get("kind", "AEXPR_OP")
        if op == "=" and kind in ("AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_NOT_DISTINCT"):
            tie = self._equal_tie(body.get("lexpr", {}), body.get("rexpr", {}))
            tie = tie or self._equal_tie(body.get("rexpr", {}), body.get("lexpr", {}))
            if tie is not None:
                return tie
        if "SubLink" in atom:
            inner = atom["SubLink"].get("subselect", {}).get("SelectStmt", {})
            membership = atom["SubLink"].get("subLinkType") == "ANY_SUBLINK" and self._membership(inner) is not None
            return Tie("tenant") if membership or self._tie(inner) is not None else None
        return Tie("tenant") if self.helpers.asks_who(atom) else None

    def _equal_tie(self, side: Node, other: Node) -> Tie | None:
        column = unwrapped(side)
        if "ColumnRef" not in column or marked_column(side) is not None:
            return None
        parts = names(column["ColumnRef"].get("fields"))
        kind = self.identity(other, parts[-1])
        return None if kind is None else Tie(kind, parts[-2] if len(parts) > 1 else None)

    def _from_function(self, select: Node) -> Tie | None:
        """`FROM my_organisations()`: the helper asks who."""
        for item in select.get("fromClause", ()):
            if "RangeFunction" in item and self.helpers.asks_who(item):
                return Tie("tenant")
        return None

    def _conditions(self, select: Node) -> tuple[tuple[Node, ...], ...]:
        """The branches of WHERE and of the joins' ON together; no branch at all when there are too many."""
        if self._depth > 6:
            return ()
        parts = [*join_conditions(select), *([select["whereClause"]] if "whereClause" in select else [])]
        if not parts:
            return ()
        self._depth += 1
        try:
            return branches({"BoolExpr": {"boolop": "AND_EXPR", "args": parts}}, self.helpers.inline)
        except TooManyBranches:
            return ()
        finally:
            self._depth -= 1

    def _unique(self, node: Node, select: Node) -> bool:
        """Whether a column identifies a row of its table, so that the row found is the very parent."""
        parts = names(unwrapped(node).get("ColumnRef", {}).get("fields"))
        if not parts:
            return False
        for alias, schema, name in relations(select):
            relation = self.helpers.relation(schema, name)
            if relation is not None and (len(parts) == 1 or parts[-2] == alias):
                if any(c.name == parts[-1] for c in relation.columns):
                    return unique_column(relation, parts[-1])
        return False


def unique_column(relation: Table | View, column: str) -> bool:
    """Whether the column alone is a primary or unique key of the table."""
    return isinstance(relation, Table) and any(
        c.kind in ("PRIMARY KEY", "UNIQUE") and c.columns == (column,) for c in relation.constraints
    )


def _call_of(node: Node) -> Node:
    for kind, body in walk(node):
        if kind == "FuncCall":
            return body
    return {}
