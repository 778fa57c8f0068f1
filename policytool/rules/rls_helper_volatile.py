"""A function that policies call for every row is VOLATILE, though it only reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policytool.access.because import of_policy
from policytool.access.bodies import touched
from policytool.access.called import Call, calls
from policytool.catalog.model import Function
from policytool.catalog.spelling import qualified
from policytool.finding import Finding, Fix, function_ref
from policytool.rule import CatalogRule, Context

_WORD = re.compile(r"[a-z_0-9]+")
CHANGING = frozenset(
    {"nextval", "setval", "set_config", "random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuid_generate_v4",
     "gen_random_bytes", "pg_notify", "notify", "pg_sleep", "dblink", "http", "http_get", "http_post", "execute"}
)  # fmt: skip


class RlsHelperVolatile(CatalogRule):
    """A function that policies call for every row is VOLATILE, though it only reads."""

    name = "rls-helper-volatile"
    severity = "warning"
    concern = "performance"

    def check(self, context: Context) -> Iterator[Finding]:
        """Functions that USING calls outside a sub-query that is run once, and that change nothing."""
        for made in calls(context.access).values():
            function, bare = made[0].function, [c for c in made if c.bare]
            if not bare or function.volatility != "VOLATILE" or not _only_reads(function, context):
                continue
            yield self.finding(
                function_ref(function),
                f"{function.schema}.{function.name} only reads, but is VOLATILE, and {_where(bare)}: {_effect(bare)}",
                at=context.settled(function, "volatility"),
                severity=None if any(c.same for c in bare) else "info",
                because=tuple(of_policy(c.policy, f"on {c.table.schema}.{c.table.name} calls it") for c in bare[:3]),
                fix=_fix(function, checks=any(not c.bare and c.policy.with_check is not None for c in made)),
            )


def _only_reads(function: Function, context: Context) -> bool:
    if function.language not in ("sql", "plpgsql") or function.kind != "function":
        return False
    found = touched(function)
    words = set(_WORD.findall(function.body.lower()))
    if found.opaque or found.writes or CHANGING & words or any(w.startswith("pg_advisory") for w in words):
        return False
    others = (f for f in context.catalog.functions.values() if f.origin is None and f.volatility == "VOLATILE")
    return not any(f.name in words and not _plain(f) for f in others if f.signature != function.signature)


def _plain(function: Function) -> bool:
    """Whether a function that is called in turn changes nothing itself, as far as its own body says."""
    found = touched(function) if function.language in ("sql", "plpgsql") else None
    words = set(_WORD.findall(function.body.lower()))
    return found is not None and not found.opaque and not found.writes and not CHANGING & words


def _effect(made: list[Call]) -> str:
    if any(c.same for c in made):
        return "it is called for every row, and no index is searched for what it gives"
    return "Postgres moves no condition past it"


def _where(made: list[Call]) -> str:
    policies = {(c.table.schema, c.table.name, c.policy.name) for c in made}
    return "a policy calls it" if len(policies) == 1 else f"{len(policies)} policies call it"


def _fix(function: Function, *, checks: bool) -> Fix:
    types = ", ".join(function.signature[2])
    sql = f"alter function {qualified(function.schema, function.name)}({types}) stable;"
    if not checks:
        return Fix(sql=sql, safety="safe")
    return Fix(sql=sql, note="a WITH CHECK calls it too: STABLE does not see the rows that the same statement writes")
