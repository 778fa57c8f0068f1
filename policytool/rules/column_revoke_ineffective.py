"""A column is revoked from a role that still has the privilege on the whole table."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Access
from policytool.access.because import because
from policytool.access.client_grants import named
from policytool.access.revokes import Revoke, column_revokes, revokes, taken_from_columns
from policytool.access.spelled import granted, grantees
from policytool.access.wording import and_list
from policytool.catalog.model import Grant, Table, View
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, Severity, lowered, ref_of
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.location import Location

Vain = tuple[str, str, tuple[str, ...]]  # role, privilege, columns


class ColumnRevokeIneffective(StatementRule):
    """A column is revoked from a role that still has the privilege on the whole table."""

    name = "column-revoke-ineffective"
    severity = "error"
    cwe = 732

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """The last statement that tries it on a table, where a grant on the whole gave the privilege and still does."""
        for revoke in revokes(step, context.history, context.access):
            if revoke.columns and isinstance(revoke.now, Table | View) and _vain(revoke, context):
                tries = [
                    r
                    for r in column_revokes(context.history, context.access)
                    if r.now is revoke.now and _vain(r, context)
                ]
                if tries[-1].step.ordinal == step.ordinal:
                    yield self._found(revoke.now, tries, context)

    def _found(self, item: Table | View, tries: list[Revoke], context: Context) -> Finding:
        access = context.access
        vain = [v for r in tries for v in _vain(r, context)]
        roles = tuple(dict.fromkeys(role for role, _, _ in vain))
        privileges = tuple(dict.fromkeys(p for _, p, _ in vain))
        columns = tuple(dict.fromkeys(c for _, _, found in vain for c in found))
        grants = (
            b
            for role, held in _whole(vain, item, access).items()
            for b in because(role, held, item.owner, context.catalog.platform)
        )
        return self.finding(
            ref_of(item),
            f"a REVOKE of columns takes nothing away: {named(roles)} still {'has' if len(roles) == 1 else 'have'} "
            f"{and_list(privileges)} on all of {item.schema}.{item.name}, {and_list(columns)} included",
            at=tries[-1].step.statement.location,
            severity=_severity(roles, item, context),
            because=(
                *dict.fromkeys(grants),
                *(Related(message="this takes nothing away either", location=_place(r)) for r in tries[-4:-1]),
            ),
            fix=_fix(item, tries, context),
        )


def _vain(revoke: Revoke, context: Context) -> list[Vain]:
    """Role, privilege and columns that it did not take away."""
    return [
        (role, privilege, columns)
        for role in revoke.roles
        for privilege, columns in taken_from_columns(revoke)
        if revoke.standing(role, privilege, context.access, columns=False)
    ]


def _whole(vain: list[Vain], item: Table | View, access: Access) -> dict[str, list[Grant]]:
    """The grants on the whole table that give it to each role all the same."""
    found: dict[str, list[Grant]] = {}
    for role, privilege, _ in vain:
        grants = (g for g in access.privileges.grants(role, privilege, item) if not g.columns)
        found.setdefault(role, []).extend(grants)
    return found


def _place(revoke: Revoke) -> Location:
    return revoke.step.statement.location


def _severity(roles: tuple[str, ...], item: Table | View, context: Context) -> Severity | None:
    access = context.access
    reached = [r for r in roles if r in access.clients and access.privileges.uses(r, item.schema)]
    return None if reached and access.profile.exposes(item.schema) else lowered("error")


def _fix(item: Table | View, tries: list[Revoke], context: Context) -> Fix | None:
    """The privilege away from the table, and back for the columns that nobody meant to hide."""
    holding: dict[str, set[str]] = {}
    hidden: dict[tuple[str, str], set[str]] = {}
    for revoke in tries:
        for role, privilege, columns in _vain(revoke, context):
            hidden.setdefault((privilege, role), set()).update(columns)
            holders = {g.grantee for g in revoke.standing(role, privilege, context.access, columns=False)}
            if not holders <= {role, "public"}:
                return None  # it comes by a membership: what to take away is not for us to say
            holding.setdefault(privilege, set()).update(holders)
    lines = [f"revoke {p.lower()} on {granted(item)} from {grantees(sorted(r))};" for p, r in holding.items()]
    for (privilege, role), shut in hidden.items():
        left = [identifier(c.name) for c in item.columns if c.name not in shut and not c.generated]
        if left and role != "public":
            lines.append(f"grant {privilege.lower()} ({', '.join(left)}) on {granted(item)} to {grantees((role,))};")
    note = "`select *` and `returning *` then fail: name the columns"
    return Fix(sql="\n".join(lines), note=note)
