"""Why a statement was allowed or denied: each gate is opened in turn, and what changes the outcome decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from policytool.access.privileges import Privileges
from policytool.catalog.model import Policy, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import Related
from policytool.postgres.session import Answer, Session
from policytool.testing.actors import Actor
from policytool.testing.deciding.admitted import admitted
from policytool.testing.deciding.asked import Asked
from policytool.testing.deciding.decision import (
    Decision,
    Trial,
    at,
    by_way_of,
    places_of,
    policy_at,
    spelled,
    table_of_policy,
)
from policytool.testing.deciding.gates import Gate, Place, behind, dropping, exempt, gates, uncovered
from policytool.testing.deciding.missing import missing_privilege
from policytool.testing.deciding.saying import asks_for, condition, is_new
from policytool.testing.outcomes import outcome

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
            return admitted(trial)
        case "denied", "constraint":
            return _constraint(trial)
        case "denied", "trigger":
            return _trigger(trial)
        case "denied", "grant":
            return missing_privilege(trial, places_of(trial))
    return _withheld(trial)


# --- what keeps it back ---------------------------------------------------------------------------------------------


def _withheld(trial: Trial) -> Decision:
    """Row security, a table behind it, or neither."""
    where = places_of(trial)
    found = [gate for place in where for gate in gates(place, trial.privileges)]
    if trial.got.kind == "filtered" and not _exists(trial, where):
        return _nothing(trial, where)
    if trial.got.kind == "error":
        return _failing(trial, where)
    deciding = _deciding(trial, found)
    if deciding:
        return _by_gates(trial, deciding)
    named = _restrictive_named(trial)
    if named is not None:
        table, policy = named
        return trial.decision(
            "policy", f"{policy_at(policy)} of {spelled(table)} refuses it", policies=((table, policy),)
        )
    return trial.decision("unknown", f"no policy that could be tried decides it{_untried(trial)}")


def _failing(trial: Trial, where: Sequence[Place]) -> Decision:
    """The policies without which there is no such error: what they ask fails, or comes back to its own table."""
    bound = [p for p in where if not exempt(p.role, p.table, trial.privileges)]
    inner = [b for p in bound for policy in p.table.policies for b in behind(policy.using or "", p.role, trial.catalog)]
    tables = {(p.table.schema, p.table.name): p.table for p in (*bound, *inner) if p.table.rls_enabled}
    known = [(table, policy) for table in tables.values() for policy in table.policies]
    found = [pair for pair in known if trial.changed(dropping(*pair))][:1]
    if not found and trial.changed(*(dropping(*pair) for pair in known)):
        found = list(known)
        for pair in known:
            rest = [p for p in found if p is not pair]
            found = rest if trial.changed(*(dropping(*p) for p in rest)) else found
    error = f"{trial.answer.message} ({trial.got.sqlstate})"
    if not found:
        return trial.decision("error", f"{error}, policies have no part in it")
    names = " and ".join(f"{policy_at(policy)} of {spelled(table)}" for table, policy in found)
    reasons = tuple(Related(message=f'policy "{p.name}"', location=p.made) for _, p in found)
    return trial.decision("policy", f"{names} {'fail' if len(found) > 1 else 'fails'}: {error}", reasons, tuple(found))


def _nothing(trial: Trial, where: Sequence[Place]) -> Decision:
    """It reaches nothing, whatever the policies say."""
    view = trial.asked.target
    if not isinstance(view, View) or not where:
        said = "no row is there that it could touch: past all policies it reaches none either"
        return trial.decision("no row", said)
    bound = any(not exempt(p.role, p.table, trial.privileges) for p in where)
    whom = trial.actor.name if view.security_invoker else f"{view.owner}, its owner"
    tables = ", ".join(spelled(p.table) for p in where)
    said = (
        f"view {spelled(view)}{at(view.made)} shows no such row, and no policy decides it: it reads {tables} as {whom}"
    )
    said += "" if bound else ", whom no policy binds"
    return trial.decision("no row", said, (Related(message=f"view {spelled(view)}", location=view.made),))


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
    through = by_way_of(trial, gate.table)
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


def _restrictive_named(trial: Trial) -> tuple[Table, Policy] | None:
    """The policy that the message names, of a table that the statement does not name."""
    found = table_of_policy(trial.answer.message, trial.catalog)
    table, name = found if found else (None, "")
    policy = next((p for p in table.policies if p.name == name), None) if table is not None else None
    return (table, policy) if table is not None and policy is not None else None


def _untried(trial: Trial) -> str:
    return f" ({trial.refused})" if trial.refused else ""


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
    for place in places_of(trial):
        for trigger in place.table.triggers:
            if f"{trigger.function[1]}(" in trial.answer.context:
                name = f'trigger "{trigger.name}" of {spelled(place.table)}{at(trigger.made)}'
                reason = Related(message=name, location=trigger.made)
                return trial.decision("trigger", f"{name} raised: {trial.answer.message}", (reason,))
    return trial.decision("trigger", f"a trigger's function raised: {trial.answer.message}")
