"""What the expression of a policy says: of whom it asks what, and which rows it ties to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.access.binding import Binder, Binding, Facts
from policytool.access.claims import claim_path, plain_select
from policytool.access.helpers import Helpers
from policytool.access.rowmark import mark, marked_column
from policytool.access.truth import ANONYMOUS, SIGNED_IN, UNKNOWN, Truth, truth
from policytool.catalog.model import Table
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import kind_of, names, walk

Node = Mapping[str, Any]


class IdentityCall(Struct, frozen=True):
    """A call that names the person, and whether a scalar sub-select lets Postgres run it once per query."""

    text: str
    wrapped: bool


class Predicate(Struct, frozen=True, kw_only=True):
    """An analysed expression. `branches` is None when there were too many alternatives to say anything."""

    text: str
    node: dict[str, Any] | None
    anon: Truth
    authenticated: Truth
    branches: tuple[Facts, ...] | None
    identity_calls: tuple[IdentityCall, ...] = ()
    columns: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()  # columns that are set against an identity, in any branch

    def bound(self, kind: str | None = None) -> frozenset[str]:
        """The columns that every branch which can hold ties to the person; with `kind`, only as `own` or `tenant`.

        Branches that ask for a special person (an administrator's, say) tie no row and are left out, unless they are all.
        """
        live = [b for b in self.branches or () if not b.dead]
        tied = [b for b in live if not (b.gated and not b.bindings)] or live
        sets = [frozenset(x.column for x in b.bindings if kind in (None, x.kind)) for b in tied]
        return frozenset.intersection(*sets) if sets else frozenset()

    @property
    def scoped(self) -> bool:
        """Whether each branch ties the row to the person or asks for a special one: no branch is open to anyone."""
        if self.branches is None:
            return True  # nothing is claimed
        live = [b for b in self.branches if not b.dead]
        return (bool(live) and all(b.bindings or b.gated for b in live)) or not live

    @property
    def bindings(self) -> frozenset[Binding]:
        """All bindings of all branches."""
        return frozenset(x for b in self.branches or () for x in b.bindings)


class Analyst:
    """Analyses expressions of one catalog; each text and table once."""

    def __init__(self, helpers: Helpers) -> None:
        self.helpers = helpers
        self._known: dict[tuple[str, str, str], Predicate] = {}

    def predicate(self, text: str, table: Table) -> Predicate:
        """What an expression over the rows of a table says."""
        key = (text, table.schema, table.name)
        if key not in self._known:
            self._known[key] = self._analyse(text, table)
        return self._known[key]

    def _analyse(self, text: str, table: Table) -> Predicate:
        parsed = parse_expression(text)
        if parsed is None:
            return Predicate(text=text, node=None, anon=UNKNOWN, authenticated=UNKNOWN, branches=None)
        node = mark(parsed, table.name)
        not_null = frozenset(c.name for c in table.columns if c.not_null)
        inline = self.helpers.inline
        return Predicate(
            text=text,
            node=node,
            anon=_strongest(truth(node, visitor, not_null=not_null, inline=inline) for visitor in ANONYMOUS),
            authenticated=truth(node, SIGNED_IN, not_null=not_null, inline=inline),
            branches=Binder(self.helpers, not_null).facts(node),
            identity_calls=tuple(identity_calls(node)),
            columns=frozenset(c for c in _columns(node)),
            compared=frozenset(compared_columns(node, self.helpers)),
        )


def _strongest(values: Iterator[Truth]) -> Truth:
    """True if any way of being anonymous gives True; else the most favourable."""
    found = list(values)
    for wanted in (True, UNKNOWN, False):
        if any(value is wanted for value in found):
            return wanted
    return None


def _columns(node: Node) -> Iterator[str]:
    for kind, body in walk(node):
        if kind == "ColumnRef":
            column = marked_column({kind: body})
            if column is not None:
                yield column


def identity_calls(node: Any, wrapped: bool = False) -> Iterator[IdentityCall]:
    """The calls that name the person, each with whether it stands alone in a scalar sub-select."""
    if isinstance(node, list):
        for item in node:
            yield from identity_calls(item, wrapped)
        return
    if not isinstance(node, dict):
        return
    kind, body = kind_of(node)
    if kind == "FuncCall" and (
        claim_path(node) is not None or names(body.get("funcname"))[-1:] == ("current_setting",)
    ):
        yield IdentityCall(".".join(names(body.get("funcname"))) + "()", wrapped)
        return
    if kind == "SubLink":
        select = body.get("subselect", {}).get("SelectStmt", {})
        yield from identity_calls(body.get("testexpr"), wrapped)
        alone = body.get("subLinkType") == "EXPR_SUBLINK" and plain_select(select) is not None
        # A query that mentions no column of the row is planned once, whatever it calls.
        yield from identity_calls(select, wrapped or alone or not any(True for _ in _columns(select)))
        return
    for value in node.values():
        yield from identity_calls(value, wrapped)


def compared_columns(node: Node, helpers: Helpers) -> Iterator[str]:
    """The row's columns that are compared with an identity or with a query about one, wherever in the expression."""
    binder = Binder(helpers)
    for kind, body in walk(node):
        if kind in ("A_Expr", "SubLink"):
            for binding in binder._atom({kind: body}):
                yield binding.column
