"""A permissive policy changes nothing, because another lets by all its rows and more."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import SIDES, Access, side_of
from policytool.access.because import of_policy
from policytool.access.containment import Alternatives, beyond
from policytool.access.policies import commands_of, met_by, named, target
from policytool.access.predicate import row_columns
from policytool.access.row_filter import Command, Side
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, Fix, member_ref
from policytool.rule import Context, PolicyRule


class PolicyShadowed(PolicyRule):
    """A permissive policy changes nothing, because another lets by all its rows and more."""

    name = "policy-shadowed"
    severity = "warning"
    concern = "correctness"

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Policies whose rows are among those of one other for the same commands and clients."""
        met = met_by(policy, table, context.access) if policy.permissive and len(table.policies) > 1 else ()
        if not met:
            return
        others = sorted((p for p in table.policies if p.permissive and p is not policy), key=lambda p: p.name)
        wider = next((p for p in others if _covers(p, policy, met, table, context.access)), None)
        if wider is None:
            return
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'{named(policy, table)} changes nothing: policy "{wider.name}" lets by all its rows and more',
            at=policy.made,
            severity=None if _escaped(wider, policy, table, context.access) else "info",
            because=(of_policy(wider, "is the wider one"),),
            fix=Fix(
                sql=f"drop {target(policy, table)};",
                safety="safe",
                note="or narrow the wider one, if this one says what was meant",
            ),
        )


def _covers(wide: Policy, narrow: Policy, met: tuple[str, ...], table: Table, access: Access) -> bool:
    """Whether one policy is for all that another is for, and lets by more."""
    if wide.command not in ("ALL", narrow.command):
        return False
    if not all(access.privileges.closure(role).intersection(wide.roles) for role in met):
        return False
    if access.profile.authenticated in met and not all(_may(wide, narrow, s, table, access) for s in _sides(narrow)):
        return False
    found = [_pair(wide, narrow, side, role, table, access) for side in _sides(narrow) for role in met]
    known = [(w, n) for w, n in found if w is not None and n is not None]
    if len(known) != len(found) or any(beyond(n, w) for w, n in known):
        return False
    return any(n for _, n in known) and any(beyond(w, n) for w, n in known)


def _may(wide: Policy, narrow: Policy, side: Side, table: Table, access: Access) -> bool:
    """Whether it is worth looking closer: no branch asks about more columns than the one that it is to cover."""
    w, n = (_asked(p, side, table, access) for p in (wide, narrow))
    return all(any(less <= more for less in w) for more in n)


def _asked(policy: Policy, side: Side, table: Table, access: Access) -> tuple[frozenset[str], ...]:
    """The columns of the row that each branch mentions for a signed-in user."""
    says = access.predicate(policy, side, table)
    if says is None:
        return ()
    branches = zip(says.alternatives, says.branches or (), strict=False)
    found = access.analyst.kept(
        says,
        "columns",
        lambda: tuple(frozenset(c for a in b for c in row_columns(a)) for b, f in branches if not f.dead),
    )
    return found or (frozenset(),)


def _pair(
    wide: Policy, narrow: Policy, side: Side, role: str, table: Table, access: Access
) -> tuple[Alternatives | None, Alternatives | None]:
    anonymous = access.anonymous(role)
    w, n = (access.contained.of(p, side, table, anonymous=anonymous) for p in (wide, narrow))
    return w, n


def _sides(policy: Policy) -> tuple[Side, ...]:
    """What decides on its commands: UPDATE asks twice."""
    commands: tuple[Command, ...] = commands_of(policy)
    sides = {side_of(c) for c in commands} | ({"check"} if "UPDATE" in commands else set())
    return tuple(s for s in SIDES if s in sides)


def _escaped(wide: Policy, narrow: Policy, table: Table, access: Access) -> bool:
    """Whether one demands more of the same people for a write, which they get round by the other.

    Where the other asks nothing of anybody, rules about open policies say so.
    """
    if narrow.command == "SELECT":
        return False
    for side in _sides(narrow):
        w, n = _pair(wide, narrow, side, access.profile.authenticated or "public", table, access)
        if any(more.atoms > less.atoms for more in n or () for less in w or () if not less.open):
            return True
    return False
