"""A policy for signed-in users holds for anonymous sign-ins as well."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import WRITES, Command, side_of
from policytool.access.wording import and_list, verbs
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, Related, table_ref
from policytool.rule import Context, TableRule
from policytool.syntax.node import string_of, walk

CLAIM = "is_anonymous"


class PolicyAnonymousSignin(TableRule):
    """A policy for signed-in users holds for anonymous sign-ins as well."""

    name = "policy-anonymous-signin"
    severity = "info"
    persona = "auditor"
    splinter = "0012_auth_allow_anonymous_sign_ins"
    cwe = 863

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Tables that signed-in users write and no policy asks for is_anonymous; not where the project forbids them."""
        role = context.access.profile.authenticated
        if role is None or context.conventions.anonymous_sign_ins is False or not table.rls_enabled:
            return
        open_: dict[Command, tuple[Policy, ...]] = {c: p for c in WRITES if (p := _open(table, role, c, context))}
        policies = tuple(dict.fromkeys(p for found in open_.values() for p in found))
        if not policies or not context.access.profile.exposes(table.schema):
            return
        names = and_list(f'"{policy.name}"' for policy in policies)
        yield self.finding(
            table_ref(table),
            f"whoever signs in anonymously can {verbs(open_)} rows of {table.schema}.{table.name} like any user: "
            f"{names} {'does' if len(policies) == 1 else 'do'} not ask for {CLAIM}",
            at=policies[0].made,
            because=tuple(Related(message=f'policy "{p.name}" lets them', location=p.made) for p in policies),
            fix=_fix(table, role),
        )


def _open(table: Table, role: str, command: Command, context: Context) -> tuple[Policy, ...]:
    """The permissive policies that let anonymous sign-ins in; none where a restrictive one asks for the claim."""
    access = context.access
    if access.row_filter(role, table, command).reach == "none":
        return ()
    permissive, restrictive = access.applying(role, table, command)
    if any(_asks(policy, table, command, context) for policy in restrictive):
        return ()
    return tuple(p for p in permissive if not _asks(p, table, command, context))


def _asks(policy: Policy, table: Table, command: Command, context: Context) -> bool:
    says = context.access.predicate(policy, side_of(command), table)
    return says is None or any(kind == "A_Const" and string_of({kind: body}) == CLAIM for kind, body in walk(says.node))


def _fix(table: Table, role: str) -> Fix:
    name = qualified(table.schema, table.name)
    return Fix(
        sql=f'create policy "no anonymous sign-ins" on {name} as restrictive to {identifier(role)}\n'
        f"  using ((select (auth.jwt() ->> '{CLAIM}')::boolean) is not true);",
        note="only where anonymous sign-ins are enabled and must not reach this table",
    )
