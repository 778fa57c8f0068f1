"""Which grant is missing: grants are added until the statement is no longer refused for want of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from policytool.catalog.expression.references import references
from policytool.catalog.model import Function, Policy, Table, View
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Related
from policytool.syntax.location import Location
from policytool.testing.deciding.asked import relation
from policytool.testing.deciding.decision import Decision, Trial, at, policy_at, spelled
from policytool.testing.deciding.gates import EVERY, Place, gates
from policytool.testing.outcomes import Outcome, outcome

_DENIED: Final = re.compile(r"permission denied for (?P<kind>[a-z -]+?) (?P<name>\S.*)$")
_RELATIONS: Final = ("table", "view", "materialized view", "foreign table", "relation")
_MOST: Final = 12


class Grant(Struct, frozen=True, kw_only=True):
    """A privilege that somebody has not."""

    privilege: str
    kind: str  # table, sequence, schema, function
    on: str
    role: str
    location: Location | None = None  # of what it is on

    @property
    def sql(self) -> str:
        """The GRANT."""
        return f"grant {self.privilege.lower()} on {self.kind} {self.on} to {identifier(self.role)}"


def missing_privilege(trial: Trial, places: Sequence[Place]) -> Decision:
    """The grants without which it is refused."""
    added: list[Grant] = []
    then: Outcome | None = None
    message = trial.answer.message
    for _ in range(_MOST):
        new = [g for g in _candidates(trial, places, message) if g not in added]
        if not new:
            break
        added += new
        answer = trial.again(*(g.sql for g in added))
        if answer is None:
            break
        then = outcome(answer, trial.asked.command)
        if then.by != "grant":
            return _missing(trial, places, _needed(trial, added), then)
        message = answer.message
    return trial.decision("grant", trial.answer.message + (f" ({trial.refused})" if trial.refused else ""))


def _needed(trial: Trial, added: list[Grant]) -> list[Grant]:
    """Those that cannot be spared."""
    needed = list(added)
    for grant in added:
        rest = [g for g in needed if g is not grant]
        answer = trial.again(*(g.sql for g in rest))
        if answer is not None and outcome(answer, trial.asked.command).by != "grant":
            needed = rest
    return needed


def _candidates(trial: Trial, places: Sequence[Place], message: str) -> Iterator[Grant]:
    """What the message asks for; of a table the command's own privilege is tried before others."""
    found = _DENIED.search(message)
    if found is None:
        return
    kind, name = found["kind"], found["name"]
    if kind in _RELATIONS:
        yield from _on_relation(trial, places, name)
    elif kind == "schema":
        made = trial.catalog.schemas.get(name)
        place = made.made if made else None
        for role in _roles(trial, places):
            yield Grant(privilege="USAGE", kind="schema", on=identifier(name), role=role, location=place)
    elif kind == "sequence":
        for key, item in trial.catalog.sequences.items():
            if key[1] == name:
                on = qualified(*key)
                yield Grant(privilege="USAGE", kind="sequence", on=on, role=trial.actor.role, location=item.made)
    elif kind in ("function", "procedure"):
        for function in _functions(trial, name):
            types = ", ".join(function.signature[2])
            on = f"{qualified(function.schema, function.name)}({types})"
            role = trial.actor.role
            yield Grant(privilege="EXECUTE", kind=function.kind, on=on, role=role, location=function.made)


def _on_relation(trial: Trial, places: Sequence[Place], name: str) -> Iterator[Grant]:
    named = [n for n in trial.asked.named if n.relation.name == name]
    for item in named:
        place = item.relation.made
        on = qualified(item.relation.schema, item.relation.name)
        for privilege in item.commands:
            yield Grant(privilege=privilege, kind="table", on=on, role=trial.actor.role, location=place)
    if named:
        return
    found: list[tuple[Table | View, str]] = [(p.table, p.role) for p in places if p.table.name == name]
    if not found:
        everything: list[Table | View] = [*trial.catalog.tables.values(), *trial.catalog.views.values()]
        found = [(other, trial.actor.role) for other in everything if other.name == name]
    for other, role in found:
        on = qualified(other.schema, other.name)
        for privilege in EVERY:
            yield Grant(privilege=privilege, kind="table", on=on, role=role, location=other.made)


def _functions(trial: Trial, name: str) -> list[Function]:
    named = [f for f in trial.asked.functions if f.name == name]
    return named or [f for f in trial.catalog.functions.values() if f.name == name]


def _roles(trial: Trial, places: Sequence[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((trial.actor.role, *(p.role for p in places))))


# --- words ----------------------------------------------------------------------------------------------------------


def _missing(trial: Trial, places: Sequence[Place], needed: list[Grant], then: Outcome) -> Decision:
    groups: dict[tuple[str, str], list[Grant]] = {}
    for grant in needed:
        groups.setdefault((grant.role, grant.on), []).append(grant)
    said = [_sentence(trial, group) for group in groups.values()]
    reader = _reader(trial, places, needed)
    text = " and ".join(said)
    if reader is not None:
        table, policy = reader
        text = f"{policy_at(policy)} of {spelled(table)} needs it, but {text}"
    end = f". With {'that grant' if len(needed) == 1 else 'these grants'} it would be {then}" if needed else ""
    reasons = tuple(Related(message=f"no {g.privilege} on {g.on} for {g.role}", location=g.location) for g in needed)
    return trial.decision("grant", text + end, reasons, (reader,) if reader else ())


def _sentence(trial: Trial, group: list[Grant]) -> str:
    first = group[0]
    privileges = " and ".join(dict.fromkeys(g.privilege for g in group))
    name = first.on if first.kind != "schema" else f"the schema {first.on}"
    columns = _columns(trial, first)
    return f"{first.role} has no {privileges} on {name}{at(first.location)}{columns}"


def _columns(trial: Trial, grant: Grant) -> str:
    """What it has on some columns only."""
    schema, _, name = grant.on.partition(".")
    item = relation((schema.strip('"'), name.strip('"')), trial.catalog) if grant.kind == "table" else None
    grants = trial.privileges.grants(grant.role, grant.privilege, item) if item is not None else ()
    some = [g for g in grants if g.columns]
    if not some:
        return ""
    columns = ", ".join(dict.fromkeys(c for g in some for c in g.columns))
    return f" but for the columns {columns}{at(some[0].made)}"


def _reader(trial: Trial, places: Sequence[Place], needed: list[Grant]) -> tuple[Table, Policy] | None:
    """The policy that reads the table or calls the function, which the statement itself does not name."""
    direct = {qualified(n.relation.schema, n.relation.name) for n in trial.asked.named}
    called = {qualified(f.schema, f.name) for f in trial.asked.functions}
    for grant in needed:
        name = grant.on.partition("(")[0]
        if name in direct | called or grant.kind not in ("table", "function"):
            continue
        for place in places:
            for policy in dict.fromkeys(p for g in gates(place, trial.privileges) for p in g.policies):
                for text in filter(None, (policy.using, policy.with_check)):
                    refers = references(text)
                    if name in {qualified(*n) for n in refers.tables | refers.functions}:
                        return place.table, policy
    return None
