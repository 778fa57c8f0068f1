"""What lets a statement through: the grant, and the policy that admits the row; or that none binds."""

from __future__ import annotations

from policytool.access.because import because
from policytool.catalog.model import Policy
from policytool.finding import Related
from policytool.testing.deciding.decision import Decision, Trial, at, both, by_way_of, places_of, policy_at, spelled
from policytool.testing.deciding.gates import Place, exempt, gates


def admitted(trial: Trial) -> Decision:
    """The grant, and the policy that admits it."""
    asked = trial.asked
    grants = _grants(trial)
    if not asked.named:
        calls = ", ".join(f"{f.schema}.{f.name}" for f in asked.functions)
        return trial.decision("grant", both(f"{trial.actor.name} may call {calls}" if calls else "", grants), grants)
    command = asked.named[0].commands[0]
    where = [p for p in places_of(trial) if command in p.commands]
    for place in where[:1]:
        why = exempt(place.role, place.table, trial.privileges)
        if command == "TRUNCATE":
            why = "row level security has no say in TRUNCATE"
        if why:
            return _unbound(trial, place, why, grants)
        return _admitted(trial, place, command, grants)
    return trial.decision("grant", both("", grants), grants)


def _unbound(trial: Trial, place: Place, why: str, grants: tuple[Related, ...]) -> Decision:
    off = not place.table.rls_enabled
    reason = Related(message=why, location=(place.table.rls_at or place.table.made) if off else None)
    said = why + at(reason.location) + by_way_of(trial, place.table)
    return trial.decision("row security off" if off else "exempt", both(said, grants), (reason, *grants))


def _admitted(trial: Trial, place: Place, command: str, grants: tuple[Related, ...]) -> Decision:
    """Which permissive policies let it through, each on its own."""
    standing = [g for g in gates(place, trial.privileges) if not g.restrictive]
    found: list[Policy] = []
    for gate in (g for g in standing if g.command == command):
        rest = [g.opening for g in standing if g is not gate]
        alone = [p for p in gate.policies if trial.same(*rest, *filter(None, [gate.only(p)]))]
        found += [p for p in alone if p not in found]
    names = ", ".join(map(policy_at, found))
    either = ", each on its own" if len(found) > 1 and command != "UPDATE" else ""
    said = f"{names} of {spelled(place.table)} {'admit' if len(found) > 1 else 'admits'} it{either}"
    said = said if found else f"the policies of {spelled(place.table)} admit it together"
    reasons = tuple(Related(message=f'policy "{p.name}"', location=p.made) for p in found)
    policies = tuple((place.table, p) for p in found)
    return trial.decision("policy", both(said + by_way_of(trial, place.table), grants), (*reasons, *grants), policies)


def _grants(trial: Trial) -> tuple[Related, ...]:
    """By which grants the actor may do it."""
    role, catalog = trial.actor.role, trial.catalog
    for named in trial.asked.named[:1]:
        found = trial.privileges.grants(role, named.commands[0], named.relation)
        return tuple(because(role, found[:1], named.relation.owner, catalog.platform))
    for function in trial.asked.functions[:1]:
        found = trial.privileges.grants(role, "EXECUTE", function)
        return tuple(because(role, found[:1], function.owner, catalog.platform))
    return ()
