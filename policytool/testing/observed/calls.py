"""Functions that clients may call, and whose rows come out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from policytool.access.bodies import resolve, touched
from policytool.access.row_filter import Reach
from policytool.catalog.keys import primary_key
from policytool.catalog.spelling import literal, qualified
from policytool.testing.observed.cells import Observed
from policytool.testing.observed.leaks import Finder, Leak, Step
from policytool.testing.observed.measure import Who
from policytool.testing.observed.stage import Item
from policytool.testing.observed.wording import describe, possessive
from policytool.testing.outcomes import outcome

if TYPE_CHECKING:
    from policytool.catalog.model import Function, Name


class Calls:
    """Tries the functions of a stage. `whose` says of values in whose row they stand."""

    def __init__(self, finder: Finder, whose: Mapping[str, tuple[Item, ...]]) -> None:
        self.finder, self.stage, self.meter, self.access = finder, finder.stage, finder.meter, finder.access
        self._whose = whose

    def cells(self, function: Function, whos: tuple[Who, ...]) -> Iterator[Observed]:
        """Whether each role may call a function: it is planned and not run."""
        types = ", ".join(a.type for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC"))
        name = f"{function.schema}.{function.name}({types})"
        for role, who in {who.role: who for who in whos}.items():
            may, why = self._may_call(function, who)
            access: Reach | None = None if may is None else "all" if may else "none"
            yield Observed(role=role, table=name, kind="function", command="EXECUTE", access=access, why=why)

    def _may_call(self, function: Function, who: Who) -> tuple[bool | None, str]:
        """Whether a call is allowed. `where false` looks for the privilege, and runs nothing."""
        arguments = ", ".join(
            f"{'variadic ' if a.mode == 'VARIADIC' else ''}null::{a.type}"
            for a in function.arguments
            if a.mode in ("IN", "INOUT", "VARIADIC")
        )
        if function.kind == "function" and not function.strict:  # a strict one is not looked at where it gets null
            call = f"{qualified(function.schema, function.name)}({arguments})"
            answer = self.meter.attempt(who, f"select {call} where false")
            refused = outcome(answer, "EXECUTE")
            if answer.ran or refused.by == "grant":
                return answer.ran, str(refused) if refused.by else ""
        # Procedures, aggregates, and types that have no null of their own: the server is asked.
        role, called = literal(who.identity.role), literal(_regprocedure(function))
        right = f"pg_catalog.has_function_privilege({role}, {called}, 'EXECUTE')"
        uses = f"pg_catalog.has_schema_privilege({role}, {literal(function.schema)}, 'USAGE')"
        answer = self.stage.session.bypass(f"select {right} and {uses}")
        if not answer.ran:
            return None, answer.message
        may = answer.values == (("t",),)
        return may, "" if may else "denied by grant"

    def leaks(self, function: Function) -> Iterator[Leak]:
        """Rows of somebody else's that a function gives out to whoever names them, and that the table hides."""
        arguments = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
        if not function.security_definer or function.returns in ("trigger", "event_trigger", "void", None):
            return
        if self.access.helpers.asks(function) or function.kind != "function":
            return
        for who in self.finder.suspects:
            if who.role not in self.access.executors(function):
                continue
            for values in self._given(function, who):
                shown = ", ".join(f"{literal(v)}::{a.type}" for a, v in zip(arguments, values, strict=True))
                sql = f"select * from {qualified(function.schema, function.name)}({shown})"
                answer = self.meter.attempt(who, sql)
                item = self._told(who, function, answer.values, values)
                if item is not None:
                    yield Leak(
                        kind="door", table=item.table, command="SELECT", who=who, victims=(item,),
                        steps=(Step(who=who, sql=sql, command="EXECUTE"),),
                        through=f"function {function.schema}.{function.name}",
                        reads=tuple(sorted(self._reads(function))),
                        sentence=f"{describe(who)} gets rows of {item.table[0]}.{item.table[1]} that are "
                        f"{possessive(item)} from {function.schema}.{function.name}(), which does not ask who calls",
                    )  # fmt: skip
                    return

    def _given(self, function: Function, who: Who) -> Iterator[tuple[str, ...]]:
        """Arguments that name rows of somebody else's; a function that takes more than ids is not tried."""
        arguments = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
        if not arguments:
            yield ()
            return
        if len(arguments) > 1 or arguments[0].type not in ("uuid", "bigint", "integer"):
            return
        seen: set[str] = set()
        for key in self.finder.measured_tables:
            keys = primary_key(self.access.catalog.tables[key])
            for item in self.finder.foreign(who, key)[:2]:
                value = item.row.get(keys[0]) if len(keys) == 1 else None
                kind = next((c.type for c in self.access.catalog.tables[key].columns if keys and c.name == keys[0]), "")
                if value is not None and kind == arguments[0].type and value not in seen:
                    seen.add(value)
                    yield (value,)

    def _reads(self, function: Function) -> set[Name]:
        """The tables that a function reads."""
        tables = self.access.catalog.tables
        found = {resolve(name, tables, function.schema) for name in touched(function).reads}
        return {name for name in found if name is not None}

    def _told(
        self, who: Who, function: Function, rows: tuple[tuple[str | None, ...], ...], given: tuple[str, ...]
    ) -> Item | None:
        """A row of somebody else's in the answer, of a table that the function reads and that is hidden from them."""
        reads = self._reads(function)
        for value in (v for values in rows for v in values if v is not None and v not in given):
            for item in self._whose.get(value, ()):
                table = self.access.catalog.tables.get(item.table)
                if (
                    table is None
                    or not table.rls_enabled
                    or item.table not in reads
                    or who.mine(item)
                    or not item.world
                ):
                    continue
                if item.id not in self.finder.reached(item.table, who, "SELECT"):
                    return item
        return None


def _regprocedure(function: Function) -> str:
    types = ", ".join(a.type for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC"))
    return f"{qualified(function.schema, function.name)}({types})"
