"""Policies that come back to the table they stand on: what a query of a role reads by way of them.

Postgres puts the policies of a table into a query, and those of the tables that their sub-queries read, and so on.
When it comes to a table whose policies it is just putting in, and these have a sub-query (a scalar one is enough), it
gives up: 42P17. It does so when the query is planned, whatever the rows. Bodies of functions are queries of their own:
what recurs by way of them recurs while it runs, row by row, until the stack is full (54001).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from policytool.access.bodies import touched
from policytool.catalog.expression.references import references
from policytool.catalog.model import Function, Name, Policy, Signature, Table
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import walk

if TYPE_CHECKING:
    from policytool.access import Access

Place = tuple[Name, str]  # a table, and the role as which it is read


class Read(Struct, frozen=True):
    """A policy reads a table, directly or by way of views, or (`by`) in the body of a function."""

    policy: Policy
    table: Name
    role: str
    by: Function | None = None

    @property
    def place(self) -> Place:
        """Where it leads."""
        return (self.table, self.role)


class Circle(Struct, frozen=True):
    """A way from the policies of a table back to it, as one role goes it."""

    start: Name
    reads: tuple[Read, ...]
    writing: bool = False  # only who writes to the table goes it

    @property
    def tables(self) -> frozenset[Name]:
        """The tables that it passes through."""
        return frozenset(r.table for r in self.reads)

    @property
    def policy(self) -> Policy:
        """The policy that sets out on it."""
        return self.reads[0].policy

    @property
    def by(self) -> Function | None:
        """The first function on the way, if any: then it is at run time that it recurs."""
        return next((r.by for r in self.reads if r.by is not None), None)


class Recursion:
    """The circles of one catalog."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._tables = access.catalog.tables
        self._functions = frozenset((f.schema, f.name) for f in access.catalog.functions.values() if f.origin is None)
        self._bodies: dict[Signature, frozenset[Name]] = {}
        self._out: dict[Place, tuple[Read, ...]] = {}
        self._circles: dict[Place, tuple[Circle, ...]] = {}
        self._queried: dict[str, bool] = {}

    def of_reading(self, table: Table, role: str) -> tuple[Circle, ...]:
        """For each of the policies for SELECT that lead back to their table, and each way that they set out on."""
        place = ((table.schema, table.name), role)
        if place not in self._circles:
            reads = self._reads(*place) if self._leads_on(table) else ()
            ways = (self._back(read, place) for read in reads)
            self._circles[place] = tuple(Circle(place[0], way) for way in ways if way is not None)
        return self._circles[place]

    def of_policy(self, table: Table, policy: Policy, role: str) -> tuple[Circle, ...]:
        """Those that set out by one policy: as a role reads with it, else as it writes."""
        return self._access.analyst.kept(policy, f"circles of {role}", lambda: self._of_policy_as(table, policy, role))

    def _of_policy_as(self, table: Table, policy: Policy, role: str) -> tuple[Circle, ...]:
        reading = tuple(c for c in self.of_reading(table, role) if c.policy is policy)
        if reading or policy.command == "SELECT":
            return reading
        writing = self.of_writing(table, policy, role)
        return () if writing is None else (writing,)

    def of_writing(self, table: Table, policy: Policy, role: str) -> Circle | None:
        """The circle of a policy for writing, which is no circle of reading: it ends where SELECT has a sub-query."""
        start = (table.schema, table.name)
        if not self._has_query(policy) or not any(self._has_query(p) for p in self._selecting(table, role)):
            return None
        for read in self._of_policy(policy, (policy.using, policy.with_check), role):
            found = self._back(read, (start, role), running=False) if read.by is None else None
            if found is not None:
                return Circle(start, found, writing=True)
        return None

    def certain(self, circle: Circle, role: str) -> bool:
        """Whether no other condition can keep a query from going round: always so where it is planned to."""
        if circle.by is None:
            return True
        permissive, _ = self._access.applying(role, self._tables[circle.start], "SELECT")
        node = parse_expression(circle.policy.using or "") or {}
        return permissive == (circle.policy,) and node.get("BoolExpr", {}).get("boolop") != "OR_EXPR"

    def _back(self, first: Read, goal: Place, *, running: bool = True) -> tuple[Read, ...] | None:
        """The shortest way from a read to a place; without `running`, by sub-queries alone."""
        ways: list[tuple[Read, ...]] = [(first,)]
        seen = {first.place}
        for way in ways:
            if way[-1].place == goal:
                return way
            for read in self._reads(*way[-1].place):
                if read.place not in seen and (running or read.by is None):
                    seen.add(read.place)
                    ways.append((*way, read))
        return None

    def _reads(self, name: Name, role: str) -> tuple[Read, ...]:
        """What the policies that apply to a role's SELECT read."""
        place = (name, role)
        if place not in self._out:
            self._out[place] = ()
            found = (r for p in self._selecting(self._tables[name], role) for r in self._of_policy(p, (p.using,), role))
            self._out[place] = tuple(dict.fromkeys(found))
        return self._out[place]

    def _selecting(self, table: Table, role: str) -> tuple[Policy, ...]:
        if not table.rls_enabled or self._access.exempt(role, table):
            return ()
        permissive, restrictive = self._access.applying(role, table, "SELECT")
        return (*permissive, *restrictive) if permissive else ()

    def _of_policy(self, policy: Policy, texts: tuple[str | None, ...], role: str) -> Iterator[Read]:
        for text in texts:
            if text is None:
                continue
            found = references(text)
            for name in sorted(found.tables):
                yield from (Read(policy, *place) for place in self._places(name, role))
            for function in self._called(text, found.functions):
                acting = function.owner if function.security_definer else role
                for name in sorted(self._body(function)) if not self._access.privileges.bypasses_rls(acting) else ():
                    yield from (Read(policy, *place, function) for place in self._places(name, acting))

    def _places(
        self, name: Name, caller: str, owner: str | None = None, seen: frozenset[Name] = frozenset()
    ) -> Iterator[Place]:
        """The tables with policies that a name stands for: itself, or those below a view, read as the view's owner.

        A view that is security_invoker reads as the caller, whatever view stands above it.
        """
        view, role = self._access.catalog.views.get(name), owner or caller
        if view is not None and not view.materialized and name not in seen:
            below = None if view.security_invoker else view.owner
            for inner in sorted(references(view.definition).tables):
                yield from self._places(inner, caller, below, seen | {name})
        table = self._tables.get(name)
        if table is not None and table.rls_enabled and table.policies and not self._access.exempt(role, table):
            yield (name, role)

    def _called(self, text: str, names: frozenset[Name]) -> Iterator[Function]:
        """The user's functions that an expression calls."""
        calls = (
            (body for kind, body in walk(parse_expression(text)) if kind == "FuncCall")
            if names & self._functions
            else ()
        )
        yield from dict.fromkeys(f for call in calls if (f := self._access.helpers.find(call)) is not None)

    def _body(self, function: Function) -> frozenset[Name]:
        """The tables and views that a body reads."""
        if function.signature not in self._bodies:
            found = (self._access.helpers.relation(*name) for name in touched(function).reads)
            self._bodies[function.signature] = frozenset((r.schema, r.name) for r in found if r is not None)
        return self._bodies[function.signature]

    def _leads_on(self, table: Table) -> bool:
        return any(self._has_query(p) or self._calls(p) for p in table.policies)

    def _calls(self, policy: Policy) -> bool:
        texts = (t for t in (policy.using, policy.with_check) if t is not None)
        return any(references(text).functions & self._functions for text in texts)

    def _has_query(self, policy: Policy) -> bool:
        return any(self._queries(t) for t in (policy.using, policy.with_check) if t is not None)

    def _queries(self, text: str) -> bool:
        """Whether an expression has a sub-query of any kind."""
        if text not in self._queried:
            node = parse_expression(text) if "SELECT" in text else None
            self._queried[text] = node is not None and any(kind == "SubLink" for kind, _ in walk(node))
        return self._queried[text]
