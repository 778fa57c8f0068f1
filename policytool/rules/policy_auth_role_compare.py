"""A policy asks for the token's role by comparing it, where TO would name the role."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.policies import clauses, met_by, named, target
from policytool.access.rolecompare import SERVICE, compared_roles, without_role
from policytool.access.wording import and_list
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Severity, lowered, member_ref
from policytool.rule import Context, PolicyRule


class PolicyAuthRoleCompare(PolicyRule):
    """A policy asks for the token's role by comparing it, where TO would name the role."""

    name = "policy-auth-role-compare"
    severity = "info"
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Comparisons of auth.role() with a literal; a warning where no role has that name."""
        found = [(clause, role) for clause in clauses(policy) for role in compared_roles(clause.text)]
        if not found:
            return
        strange = [(c, role) for c, role in found if self._strange(role, context)]
        clause, role = (strange or found)[0]
        severity: Severity = "warning" if strange else "info"
        roles = tuple(dict.fromkeys(r for _, r in found))
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{named(policy, table)} {_effect(policy, roles, role if strange else None)}",
            at=clause.at,
            severity=severity if met_by(policy, table, context.access) else lowered(severity),
            confidence="medium" if strange else None,
            fix=None if strange else _fix(table, policy),
        )

    def _strange(self, role: str, context: Context) -> bool:
        """Whether the platform's roles are known and this is none of them: a token cannot have it."""
        access = context.access
        known = role in context.catalog.roles or role in access.profile.trusted
        return access.profile.platform == "supabase" and not known


def _effect(policy: Policy, roles: tuple[str, ...], strange: str | None) -> str:
    if strange is not None:
        return (
            f"asks whether auth.role() is '{strange}', and no role is called so: the role of a token is the one that "
            "its queries run as, so this never holds"
        )
    if roles == (SERVICE,):
        return f"asks whether auth.role() is '{SERVICE}': that role passes by row level security, and needs no policy"
    what = and_list(f"'{role}'" for role in roles)
    says = "a TO clause says so" if policy.roles == ("public",) else "its TO clause says who it is for"
    return f"compares auth.role() with {what}: {says} before any row is read"


def _fix(table: Table, policy: Policy) -> Fix | None:
    found = {clause.name: without_role(clause.text) for clause in clauses(policy)}
    mended = [f for f in found.values() if f is not None]
    roles = {role for _, role in mended}
    if len(mended) != len(found) or len(roles) != 1 or policy.roles != ("public",):
        return None
    (role,) = roles
    changed = "".join(f"\n  {name} ({f[0]})" for name, f in found.items() if f is not None)
    to = f" to {identifier(role)}" if role else ""
    return Fix(sql=f"alter {target(policy, table)}{to}{changed};", safety="safe")
