"""What the expression of a policy says: of whom it asks what, and which rows it ties to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from policytool.access.binding import Binder, Binding, Facts
from policytool.access.branches import Branch
from policytool.access.helpers import Helpers
from policytool.access.identity import Kind
from policytool.access.initplan import IdentityCall, identity_calls
from policytool.access.metadata import trusted_metadata
from policytool.access.rowmark import mark, marked_column, row_column
from policytool.access.truth import truth
from policytool.access.values import UNKNOWN, Truth
from policytool.access.visitor import ANONYMOUS, SIGNED_IN
from policytool.catalog.expression.references import references
from policytool.catalog.model import Table
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import walk

Node = Mapping[str, Any]
T = TypeVar("T")


class Predicate(Struct, frozen=True, kw_only=True):
    """An analysed expression. `branches` is None when there were too many alternatives to say anything."""

    text: str
    node: dict[str, Any] | None
    anon: Truth
    authenticated: Truth
    branches: tuple[Facts, ...] | None  # as a signed-in visitor meets them
    anon_branches: tuple[Facts, ...] | None  # as an anonymous one does
    alternatives: tuple[Branch, ...] = ()  # the conditions of each of the branches
    identity_calls: tuple[IdentityCall, ...] = ()
    columns: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()  # columns that an index could look up for the person
    metadata: str | None = None  # what users can change about themselves, where the decision rests on it

    def truth(self, *, anonymous: bool) -> Truth:
        """What it folds to for a visitor."""
        return self.anon if anonymous else self.authenticated

    def holds(self, *, anonymous: bool) -> bool:
        """Whether it may be true of some row for the visitor."""
        says = self.truth(anonymous=anonymous)
        return says is True or says is UNKNOWN

    def bound(self, kind: str | None = None) -> frozenset[str]:
        """The columns that every branch which can hold ties to the person; with `kind`, only as `own` or `tenant`.

        Branches that ask for a special person (an administrator, say) tie no row and are left out, unless all do.
        """
        live = [b for b in self.branches or () if not b.dead]
        tied = [b for b in live if not (b.gated and not b.bindings)] or live
        sets = [frozenset(x.column for x in b.bindings if kind in (None, x.kind)) for b in tied]
        return frozenset.intersection(*sets) if sets else frozenset()

    def scoped(self, *, anonymous: bool = False, or_empty: Iterable[str] = ()) -> bool:
        """Whether each branch ties the row to the person or asks for a special one: no branch is open to anyone.

        Where nothing is known it is taken to be so. With `or_empty`, a branch that demands NULL in one of these columns
        is let pass: such a row is nobody's.
        """
        found, columns = self.anon_branches if anonymous else self.branches, frozenset(or_empty)
        return found is None or all(b.closed or b.empty & columns for b in found)

    @property
    def ties(self) -> tuple[Kind | None, frozenset[str]]:
        """How its rows are the person's: `own` or `tenant` with the columns that say so, of whichever branch.

        None where some branch says nothing of the kind; branches for special persons are left out as in `bound`.
        """
        live = [b for b in self.branches or () if not b.dead and not (b.gated and not b.bindings)]
        columns = frozenset(x.column for b in live for x in b.bindings)
        if not live or not all(b.bindings for b in live):
            return None, frozenset()
        return ("own" if all(any(x.kind == "own" for x in b.bindings) for b in live) else "tenant"), columns

    @property
    def indexable(self) -> bool:
        """Whether an index can find the rows: every branch compares a column plainly; one that does not needs all."""
        live = [b for b in self.branches or () if not b.dead]
        return bool(live) and all(any(x.column in self.compared for x in b.bindings) for b in live)

    @property
    def bindings(self) -> frozenset[Binding]:
        """All bindings of all branches."""
        return frozenset(x for b in self.branches or () for x in b.bindings)


class Analyst:
    """Analyses expressions of one catalog; each text and table once."""

    def __init__(self, helpers: Helpers) -> None:
        self.helpers = helpers
        self._known: dict[tuple[str, str, frozenset[str]], Predicate] = {}
        self._of_table: dict[tuple[str, str, str], Predicate] = {}
        self._kept: dict[tuple[str, int], tuple[object, Any]] = {}

    def kept(self, about: object, what: str, make: Callable[[], T]) -> T:
        """What has been found out about a predicate or a node of one, which policies of many tables share."""
        key = (what, id(about))
        if key not in self._kept:
            self._kept[key] = (about, make())  # an identity is its own only while the object lives
        found: T = self._kept[key][1]
        return found

    def predicate(self, text: str, table: Table) -> Predicate:
        """What an expression over the rows of a table says."""
        place = (text, table.schema, table.name)
        if place not in self._of_table:
            self._of_table[place] = self._shared(text, table)
        return self._of_table[place]

    def _shared(self, text: str, table: Table) -> Predicate:
        # What a table's name and its NOT NULL columns have no part in says the same of any table.
        name = table.name if table.name in text else ""
        named = references(text).own_columns if not name else None
        not_null = frozenset(c.name for c in table.columns if c.not_null and (named is None or c.name in named))
        key = (text, name, not_null)
        if key not in self._known:
            self._known[key] = self._analyse(text, table.name, not_null)
        return self._known[key]

    def _analyse(self, text: str, table: str, not_null: frozenset[str]) -> Predicate:
        parsed = parse_expression(text)
        if parsed is None:
            return Predicate(
                text=text, node=None, anon=UNKNOWN, authenticated=UNKNOWN, branches=None, anon_branches=None
            )
        node = mark(parsed, table)
        binder, inline = Binder(self.helpers, not_null), self.helpers.inline
        alternatives = binder.branches(node)
        signed_in = tuple(binder.facts(b, SIGNED_IN) for b in alternatives or ())
        anonymous = tuple(binder.facts(b, v) for v in ANONYMOUS for b in alternatives or ())
        return Predicate(
            text=text,
            node=node,
            anon=_strongest(truth(node, visitor, not_null=not_null, inline=inline) for visitor in ANONYMOUS),
            authenticated=truth(node, SIGNED_IN, not_null=not_null, inline=inline),
            branches=None if alternatives is None else signed_in,
            alternatives=alternatives or (),
            anon_branches=None if alternatives is None else anonymous,
            identity_calls=tuple(identity_calls(node)),
            columns=frozenset(row_columns(node)),
            compared=frozenset(looked_up(node, binder)),
            metadata=trusted_metadata(node, text, self.helpers),
        )


def _strongest(values: Iterator[Truth]) -> Truth:
    """True if any way of being anonymous gives True; else the most favourable."""
    found = list(values)
    for wanted in (True, UNKNOWN, False):
        if any(value is wanted for value in found):
            return wanted
    return None


def row_columns(node: Node) -> Iterator[str]:
    """The columns of the row that a marked expression mentions."""
    for kind, body in walk(node):
        if kind == "ColumnRef":
            column = marked_column({kind: body})
            if column is not None:
                yield column


def looked_up(node: Any, binder: Binder) -> Iterator[str]:
    """The columns that are compared with a value which names the person and is known before any row is read.

    A sub-query that looks at the row, and IN (SELECT …), are asked for each row: no index of this table helps them.
    """
    if isinstance(node, list):
        for item in node:
            yield from looked_up(item, binder)
    elif isinstance(node, dict):
        if "A_Expr" in node:
            yield from (b.column for b in binder.atom(node) if _alone(node["A_Expr"], b.column))
        for key, value in node.items():
            if key != "SubLink":
                yield from looked_up(value, binder)


def _alone(body: Node, column: str) -> bool:
    """Whether the column stands alone on one side (no index on it serves `lower(email)`), the row not on the other."""
    left, right = body.get("lexpr", {}), body.get("rexpr", {})
    return any(
        side == row_column(column) and not any(True for _ in row_columns(other))
        for side, other in ((left, right), (right, left))
    )
