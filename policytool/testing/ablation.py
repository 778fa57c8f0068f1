"""Why a statement was allowed or denied: each gate is opened in turn, and what changes the outcome decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from policytool.access.because import because
from policytool.access.privileges import Privileges
from policytool.catalog.model import Policy, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import Related
from policytool.postgres.session import Answer, Session
from policytool.testing.actors import Actor
from policytool.testing.asked import Asked
from policytool.testing.decision import Decision, Trial, at, both, policy_at, spelled, table_of_policy
from policytool.testing.gates import EVERY, Gate, Place, behind, exempt, gates, places, uncovered
from policytool.testing.missing import missing_privilege
from policytool.testing.outcomes import outcome
from policytool.testing.saying import asks_for, condition, is_new

_MOST_ALONE: Final = 40


def decided(
    session: Session,
    catalog: Catalog,
    actor: Actor,
    statement: Asked,
    answer: Answer,
    *,
    people: Mapping[str, str] | None = None,
    rows: Mapping[str, str] | None = None,
    legacy: bool = True,
) -> Decision:
    """Why `statement` had `answer` for `actor`. Everything that is tried is undone.

    `people` gives the names of persons by their numbers, `rows` those of rows by their keys, for messages. The session
    is in a transaction, in the state that the answer came from.
    """
    trial = Trial(
        session=session,
        catalog=catalog,
        privileges=Privileges(catalog),
        actor=actor,
        identity=actor.identity(legacy=legacy),
        asked=statement,
        got=outcome(answer, statement.command),
        answer=answer,
        people=people or {},
        rows=rows or {},
    )
    match trial.got.kind, trial.got.by:
        case "allowed", _:
            return _allowed(trial)
        case "denied", "constraint":
            return _constraint(trial)
        case "denied", "trigger":
            return _trigger(trial)
        case "denied", "grant":
            return missing_privilege(trial, _places(trial))
    return _withheld(trial)


# --- what keeps it back ---------------------------------------------------------------------------------------------


def _withheld(trial: Trial) -> Decision:
    """Row security, a table behind it, or neither."""
    where = _places(trial)
    found = [gate for place in where for gate in gates(place, trial.privileges)]
    if trial.got.kind == "filtered" and not _exists(trial, where):
        return trial.decision("no row", "no row is there that it could touch: past all policies it reaches none either")
    deciding = _deciding(trial, found)
    if deciding:
        return _by_gates(trial, deciding)
    if trial.got.kind == "error":
        said = f"{trial.answer.message} ({trial.got.sqlstate}), policies have no part in it"
        return trial.decision("error", said)
    named = _restrictive_named(trial)
    if named is not None:
        table, policy = named
        return trial.decision(
            "policy", f"{policy_at(policy)} of {spelled(table)} refuses it", policies=((table, policy),)
        )
    return trial.decision("unknown", f"no policy that could be tried decides it{_untried(trial)}")


def _exists(trial: Trial, where: Sequence[Place]) -> bool:
    """Whether it reaches a row with row security off."""
    off = [uncovered(p.table) for p in where if p.table.rls_enabled]
    return not off or trial.changed(*off) or trial.session.bypass(trial.asked.sql).rows > 0


def _deciding(trial: Trial, found: list[Gate]) -> list[Gate]:
    """The first gate whose opening changes the outcome; else the least set of gates that together do."""
    for gate in found[:_MOST_ALONE]:
        if trial.changed(gate.opening):
            return [gate]
    needed = list(found)
    if not needed or not trial.changed(*(g.opening for g in needed)):
        return []
    for gate in found:
        rest = [g for g in needed if g is not gate]
        if trial.changed(*(g.opening for g in rest)):
            needed = rest
    return needed


def _by_gates(trial: Trial, deciding: list[Gate]) -> Decision:
    sentences = [_gate(trial, gate) for gate in deciding]
    reading = trial.got.by == "check" and all(g.command == "SELECT" for g in deciding)
    text = "; ".join(s for s, _ in sentences)
    if reading and trial.asked.plain and trial.passes_plain():
        text += f". Without {trial.extras} the {trial.asked.command} passes"
    because_ = tuple(r for _, reasons in sentences for r in reasons)
    policies = tuple((g.table, p) for g in deciding for p in g.policies)
    return trial.decision("read policy" if reading else "policy", text, because_, policies, read=reading)


def _gate(trial: Trial, gate: Gate) -> tuple[str, tuple[Related, ...]]:
    """A sentence on one gate, and its places."""
    who, row = trial.actor.name, _row(trial, gate)
    through = _through(trial, gate.table)
    if gate.restrictive:
        policy = gate.policies[0]
        said = f"restrictive {policy_at(policy)} of {spelled(gate.table)} keeps {row} from {who}{through}"
        said += _details(trial, gate, [policy])
    elif not gate.policies:
        said = f"no policy of {spelled(gate.table)} is for {gate.command} by {gate.role}{through}"
    else:
        verb = _VERB.get((gate.command, gate.side), "touch")
        said = f"no {gate.command} policy of {spelled(gate.table)} lets {who} {verb} {row}{through}"
        said += _details(trial, gate, gate.policies)
    reasons = tuple(Related(message=f'policy "{p.name}"', location=p.made) for p in gate.policies)
    return said, reasons or (Related(message="row level security", location=gate.table.rls_at or gate.table.made),)


_VERB: Final = {
    ("SELECT", "using"): "read",
    ("INSERT", "check"): "write",
    ("UPDATE", "using"): "update",
    ("UPDATE", "check"): "write",
    ("DELETE", "using"): "delete",
}


def _row(trial: Trial, gate: Gate) -> str:
    if is_new(trial, gate):
        return "the new row" if trial.asked.command == "INSERT" else "the changed row"
    return trial.asked.row or "a row of it"


def _details(trial: Trial, gate: Gate, policies: Sequence[Policy]) -> str:
    """What each policy asks for that the row has not, and whose rows it reads in vain."""
    said = []
    for policy in policies:
        hidden = _hidden(trial, gate, condition(trial, gate, policy) or "")
        asks = asks_for(trial, gate, policy)
        name = "it" if gate.restrictive else policy_at(policy)
        said += [f"{name} {' and '.join(x for x in (asks, hidden) if x)}"] if asks or hidden else []
        said += [name] if not (asks or hidden) and not gate.restrictive else []
    return "".join(f"; {s}" for s in said[:3]) + (f"; and {len(said) - 3} more" if len(said) > 3 else "")


def _hidden(trial: Trial, gate: Gate, text: str) -> str:
    """`reads public.members, where ben sees no row`: a table behind the policy whose own rows are hidden."""
    for place in behind(text, gate.role, trial.catalog):
        opened = [g.opening for g in gates(place, trial.privileges)]
        if not opened or place.table is gate.table or not trial.changed(*opened):
            continue
        seen = trial.session.attempt(trial.identity, f"select from {spelled(place.table)} limit 1")
        sees = "sees no row" if seen.ran and not seen.rows else "does not see the row that it looks for"
        return f"reads {spelled(place.table)}, where {trial.actor.name} {sees}"
    return ""


def _through(trial: Trial, table: Table) -> str:
    for place in _places(trial):
        if place.table is table and place.through is not None:
            what = "view" if isinstance(place.through, View) else "function"
            return f" (by way of the {what} {place.through.schema}.{place.through.name})"
    return ""


def _restrictive_named(trial: Trial) -> tuple[Table, Policy] | None:
    """The policy that the message names, of a table that the statement does not name."""
    found = table_of_policy(trial.answer.message, trial.catalog)
    table, name = found if found else (None, "")
    policy = next((p for p in table.policies if p.name == name), None) if table is not None else None
    return (table, policy) if table is not None and policy is not None else None


def _untried(trial: Trial) -> str:
    return f" ({trial.refused})" if trial.refused else ""


def _places(trial: Trial) -> tuple[Place, ...]:
    """The tables that it comes to, and the one that the message speaks of: a trigger may have written there."""
    where = places(trial.asked, trial.actor.role, trial.catalog)
    found = table_of_policy(trial.answer.message, trial.catalog)
    if found is None or any(place.table is found[0] for place in where):
        return where
    return (*where, Place(table=found[0], role=trial.actor.role, commands=EVERY))


# --- what lets it through -------------------------------------------------------------------------------------------


def _allowed(trial: Trial) -> Decision:
    """The grant, and the policy that admits it."""
    asked = trial.asked
    grants = _grants(trial)
    if not asked.named:
        calls = ", ".join(f"{f.schema}.{f.name}" for f in asked.functions)
        return trial.decision("grant", both(f"{trial.actor.name} may call {calls}" if calls else "", grants), grants)
    command = asked.named[0].commands[0]
    where = [p for p in _places(trial) if command in p.commands]
    for place in where[:1]:
        why = exempt(place.role, place.table, trial.privileges)
        if why:
            return _unbound(trial, place, why, grants)
        return _admitted(trial, place, command, grants)
    return trial.decision("grant", both("", grants), grants)


def _unbound(trial: Trial, place: Place, why: str, grants: tuple[Related, ...]) -> Decision:
    off = not place.table.rls_enabled
    reason = Related(message=why, location=(place.table.rls_at or place.table.made) if off else None)
    said = why + at(reason.location) + _through(trial, place.table)
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
    return trial.decision("policy", both(said + _through(trial, place.table), grants), (*reasons, *grants), policies)


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


# --- what comes after policies --------------------------------------------------------------------------------------


def _constraint(trial: Trial) -> Decision:
    answer = trial.answer
    table = trial.catalog.tables.get((answer.schema, answer.table))
    found = next((c for c in table.constraints if c.name == answer.constraint), None) if table is not None else None
    place = at(found.made if found is not None else None)
    what = f'constraint "{answer.constraint}"{place}' if answer.constraint else f"column {answer.column}, not null,"
    said = f"grants and policies let it through, then {what} of {answer.schema}.{answer.table} refused it"
    reason = Related(message=what, location=found.made if found is not None else None)
    return trial.decision("constraint", said, (reason,))


def _trigger(trial: Trial) -> Decision:
    for place in _places(trial):
        for trigger in place.table.triggers:
            if f"{trigger.function[1]}(" in trial.answer.context:
                name = f'trigger "{trigger.name}" of {spelled(place.table)}{at(trigger.made)}'
                reason = Related(message=name, location=trigger.made)
                return trial.decision("trigger", f"{name} raised: {trial.answer.message}", (reason,))
    return trial.decision("trigger", f"a trigger's function raised: {trial.answer.message}")
