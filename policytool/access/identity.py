"""Which values name the person who asks, and how the rows of a sub-query are tied to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from policytool.access.branches import TooManyBranches, branches, operator_of
from policytool.access.claims import claim_path, current_role, plain_select, setting_name
from policytool.access.helpers import Helpers
from policytool.access.rowmark import join_conditions, marked_column, relations
from policytool.catalog.model import Table, View
from policytool.syntax.node import names, unwrapped

Node = Mapping[str, Any]
Kind = Literal["own", "tenant"]
TENANT_WORDS = ("tenant", "org", "account", "workspace", "team", "company")
MAX_NESTING = 6


class Tie(Struct, frozen=True):
    """How the rows of a sub-query are tied to the person, and by a column of which of its tables."""

    kind: Kind
    alias: str | None = None


class Identities:
    """Reads identities in marked expressions (see `rowmark`)."""

    def __init__(self, helpers: Helpers) -> None:
        self.helpers = helpers
        self._depth = 0

    def identity(self, node: Node, column: str) -> Kind | None:
        """How a value names the person: `own` for who they are, `tenant` for what they belong to; else None."""
        path = claim_path(node)
        if path is not None:
            return "own" if path in (("sub",), ("email",), ("phone",), ()) else "tenant"
        if current_role(node):
            return "own"
        setting = setting_name(node)
        if setting is not None:
            return "tenant" if any(w in f"{setting} {column}" for w in TENANT_WORDS) else "own"
        return self._inside(node, column)

    def _inside(self, node: Node, column: str) -> Kind | None:
        match unwrapped(node):
            case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
                plain = plain_select(select)
                return self.identity(plain, column) if plain is not None else self.membership(select)
            case {"FuncCall": call}:
                if self.helpers.named_identity(call):
                    return "own"
                inner = self.helpers.inline({"FuncCall": call})
                if inner is not None:
                    return self.identity(inner, column)
                return "tenant" if self.helpers.asks_who({"FuncCall": call}) else None
            case {"CoalesceExpr": {"args": [first, *_]}}:
                return self.identity(first, column)
            case {"A_Indirection": {"arg": inner}}:
                return self.identity(inner, column)
            case {"CaseExpr": {"defresult": inner}}:  # what a strict helper stands for
                return self.identity(inner, column)
        return None

    def membership(self, select: Node) -> Kind | None:
        """`IN (SELECT x FROM … WHERE … me …)`: what kind of tie the selected values are; None when nothing says who."""
        if "larg" in select:
            kinds = {self.membership(select["larg"]), self.membership(select["rarg"])}
            return None if None in kinds else "tenant" if "tenant" in kinds else "own"
        plain = plain_select(select)
        if plain is not None:
            return self.identity(plain, "")
        targets = select.get("targetList", ())
        value = targets[0].get("ResTarget", {}).get("val", {}) if targets else {}
        tie = self.tie(select)
        return None if tie is None else self.through(tie, value, select)

    def through(self, tie: Tie, column: Node, select: Node) -> Kind:
        """Own rows by way of a parent that is one's own, found by its key; else rows of something one belongs to."""
        parts = names(unwrapped(column).get("ColumnRef", {}).get("fields"))
        same = len(parts) < 2 or tie.alias is None or parts[-2] == tie.alias
        return "own" if tie.kind == "own" and same and self._unique(column, select) else "tenant"

    def tie(self, select: Node) -> Tie | None:
        """How every branch of a query's conditions ties its rows to the person; None when one does not."""
        ties = [self.branch_tie(branch) for branch in self.conditions(select)]
        if None in ties or not ties:
            return self._from_function(select)
        return next((t for t in ties if t is not None and t.kind == "tenant"), ties[0])

    def branch_tie(self, branch: tuple[Node, ...]) -> Tie | None:
        """How the conditions of one branch tie the query's rows to the person: the closest tie counts."""
        found = [tie for tie in map(self._atom_tie, branch) if tie is not None]
        return next((tie for tie in found if tie.kind == "own"), found[0] if found else None)

    def conditions(self, select: Node) -> tuple[tuple[Node, ...], ...]:
        """The branches of WHERE and of the joins' ON together; no branch at all when there are too many."""
        if self._depth > MAX_NESTING:
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

    def _atom_tie(self, atom: Node) -> Tie | None:
        """`inner column = me`, directly or through a further sub-query."""
        body = atom.get("A_Expr", {})
        kind = body.get("kind", "AEXPR_OP")
        if operator_of(body) == "=" and kind in ("AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_NOT_DISTINCT"):
            tie = self._equal_tie(body.get("lexpr", {}), body.get("rexpr", {}))
            tie = tie or self._equal_tie(body.get("rexpr", {}), body.get("lexpr", {}))
            if tie is not None:
                return tie
        if "SubLink" in atom:
            inner = atom["SubLink"].get("subselect", {}).get("SelectStmt", {})
            membership = atom["SubLink"].get("subLinkType") == "ANY_SUBLINK" and self.membership(inner) is not None
            return Tie("tenant") if membership or self.tie(inner) is not None else None
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

    def _unique(self, node: Node, select: Node) -> bool:
        """Whether a column identifies a row of its table, so that the row found is the very parent."""
        parts = names(unwrapped(node).get("ColumnRef", {}).get("fields"))
        for alias, schema, name in relations(select) if parts else ():
            relation = self.helpers.relation(schema, name)
            offers = relation is not None and any(c.name == parts[-1] for c in relation.columns)
            if relation is not None and offers and (len(parts) == 1 or parts[-2] == alias):
                return unique_column(relation, parts[-1])
        return False


def unique_column(relation: Table | View, column: str) -> bool:
    """Whether the column alone is a primary or unique key of the table."""
    return isinstance(relation, Table) and any(
        c.kind in ("PRIMARY KEY", "UNIQUE") and c.columns == (column,) for c in relation.constraints
    )
