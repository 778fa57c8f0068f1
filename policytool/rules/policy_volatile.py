"""A policy rests on a function that is IMMUTABLE and is not, or on one that changes from row to row."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.because import of_policy
from policytool.access.bodies import touched
from policytool.access.called import Call, calls
from policytool.access.policies import clauses, met_by, named
from policytool.catalog.model import Function, Policy, Table
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, function_ref, member_ref
from policytool.rule import CatalogRule, Context
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import names, walk

CHANGING = frozenset(
    {"random", "random_normal", "clock_timestamp", "timeofday", "nextval", "setval", "set_config", "gen_random_uuid",
     "uuid_generate_v4", "gen_random_bytes", "pg_sleep", "pg_notify", "lastval"}
)  # fmt: skip


class PolicyVolatile(CatalogRule):
    """A policy rests on a function that is IMMUTABLE and is not, or on one that changes from row to row."""

    name = "policy-volatile"
    severity = "warning"
    cwe = 863

    def check(self, context: Context) -> Iterator[Finding]:
        """Functions that are folded to a constant though they ask who calls; built-in ones that change each time."""
        for made in calls(context.access).values():
            folded = [c for c in made if c.constant]
            if folded and _lies(made[0].function, context.access):
                yield self._folded(made[0].function, folded, context)
        for table in context.catalog.tables.values():
            for policy in table.policies:
                if (table.origin is None or policy.made is not None) and met_by(policy, table, context.access):
                    yield from self._changing(table, policy)

    def _folded(self, function: Function, made: list[Call], context: Context) -> Finding:
        asks = context.access.helpers.asks(function)
        types = ", ".join(function.signature[2])
        return self.finding(
            function_ref(function),
            f"{function.schema}.{function.name} is IMMUTABLE and {'asks who calls' if asks else 'reads tables'}: "
            "a plan keeps what it gave first, so a prepared statement lets the next user to the rows of the one before",
            at=context.settled(function, "volatility"),
            severity="error",
            because=tuple(of_policy(c.policy, f"on {c.table.schema}.{c.table.name} calls it") for c in made[:3]),
            fix=Fix(
                sql=f"alter function {qualified(function.schema, function.name)}({types}) stable;",
                safety="safe",
            ),
        )

    def _changing(self, table: Table, policy: Policy) -> Iterator[Finding]:
        for clause in clauses(policy):
            found = next(_changing_calls(clause.text), None)
            if found is not None:
                yield self.finding(
                    member_ref("policy", table, policy.name),
                    f"{named(policy, table)} calls {found}(), which gives something else for every row",
                    at=clause.at,
                )
                return


def _lies(function: Function, access: Access) -> bool:
    """Whether an IMMUTABLE function depends on more than its arguments."""
    if function.volatility != "IMMUTABLE" or not function.body.strip():
        return False
    return access.helpers.asks(function) or bool(touched(function).reads)


def _changing_calls(text: str) -> Iterator[str]:
    if not any(word in text for word in CHANGING):
        return
    for kind, body in walk(parse_expression(text) or {}):
        name = names(body.get("funcname")) if kind == "FuncCall" else ()
        if name and name[-1] in CHANGING and (len(name) == 1 or name[-2] in ("pg_catalog", "extensions")):
            yield name[-1]
