"""What a policy asks for that a row has not, in words: which of its conditions fails, and the row's own values."""

from __future__ import annotations

from typing import Final

from policytool.catalog.expression.references import references
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier, qualified
from policytool.postgres.session import Answer
from policytool.testing.deciding.decision import Trial
from policytool.testing.deciding.gates import Gate, uncovered
from policytool.testing.mutation.conjuncts import conjuncts

_LONGEST: Final = 100
_SHOWN: Final = 30
_EXISTING: Final = "(USING expression)"  # MERGE and ON CONFLICT raise where others pass over a row
_MOST_CONSTRAINTS: Final = 5  # that are taken out of the way of a row which is only to be looked at


def asks_for(trial: Trial, gate: Gate, policy: Policy) -> str:
    """`asks for buyer_id = auth.uid(), and buyer_id is sam's`; '' where nothing is known."""
    text = condition(trial, gate, policy)
    if text is None:
        return "asks nothing that a row could fulfil"
    conditions = conjuncts(text)
    if text == "FALSE":
        return "lets nothing through"
    failing, values = _failing(trial, gate, conditions)
    shown = " and ".join(_short(c) for c in failing or conditions)
    said = f"asks for {shown}"
    told = ", ".join(_value(trial, column, value) for column, value in values)
    return f"{said}, and {told}" if told else said


def condition(trial: Trial, gate: Gate, policy: Policy) -> str | None:
    """What a policy asks of the row that the gate looks at."""
    new = gate.command != "SELECT" and is_new(trial, gate)
    return policy.with_check if new and policy.with_check is not None else policy.using


def is_new(trial: Trial, gate: Gate) -> bool:
    """Whether the gate looks at the row as the statement makes it: what is refused, and not just passed over."""
    existing = _EXISTING in trial.answer.message and gate.command != "SELECT"
    return gate.side == "check" or (trial.got.by == "check" and not existing)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _value(trial: Trial, column: str, value: str | None) -> str:
    if value is None:
        return f"{column} is null"
    if value in trial.people:
        return f"{column} is {trial.people[value]}'s"
    if value in trial.rows:
        return f"{column} is that of {trial.rows[value]}"
    return f"{column} is {value if len(value) <= _SHOWN else value[: _SHOWN - 1] + '…'}"


def _failing(
    trial: Trial, gate: Gate, conditions: tuple[str, ...]
) -> tuple[tuple[str, ...], list[tuple[str, str | None]]]:
    """The conditions that the row does not fulfil for the actor, and the values of the columns that they name."""
    columns = _columns(gate.table, conditions)
    on, row = qualified(gate.table.schema, gate.table.name), gate.table.name
    asked = [*(f"({c}) is true" for c in conditions), *(f"{identifier(row)}.{identifier(c)}" for c in columns)]
    head = f"select {', '.join(asked)} from {on} as {identifier(row)}"
    answer = _of_new(trial, gate, head) if is_new(trial, gate) else _of_old(trial, gate, head)
    if answer is None or not answer.ran or len(answer.values) != 1:
        return (), []
    found = answer.values[0]
    failing = tuple(c for c, held in zip(conditions, found, strict=False) if held != "t")
    named = set(_columns(gate.table, failing))
    values = zip(columns, found[len(conditions) :], strict=True)
    return failing, [(c, v) for c, v in values if c in named]


def _columns(table: Table, conditions: tuple[str, ...]) -> tuple[str, ...]:
    named = {c for text in conditions for c in references(text).own_columns}
    return tuple(c.name for c in table.columns if c.name in named)


def _bared(trial: Trial, gate: Gate) -> tuple[str, ...]:
    """Nothing but the table's own privileges and row security taken out of the way."""
    on = qualified(gate.table.schema, gate.table.name)
    return uncovered(gate.table), f"grant select on {on} to {identifier(trial.actor.role)}"


def _of_old(trial: Trial, gate: Gate, head: str) -> Answer | None:
    if not trial.asked.where:
        return None
    return trial.again(*_bared(trial, gate), sql=f"{head} where {trial.asked.where}")


def _of_new(trial: Trial, gate: Gate, head: str) -> Answer | None:
    """The row as it would have become, by running the statement past the policies and what else forbids it."""
    session, plain = trial.session, trial.asked.plain or trial.asked.sql
    sql = f"{plain.rstrip().rstrip(';')} returning ctid"
    with session.savepoint():
        if not session.bypass("; ".join(_bared(trial, gate)), keep=True).ran:
            return None
        made = session.attempt(trial.identity, sql, keep=True)
        for _ in range(_MOST_CONSTRAINTS):
            if not made.constraint:
                break
            on, name = qualified(made.schema, made.table), identifier(made.constraint)
            session.bypass(f"alter table {on} drop constraint {name} cascade", keep=True)
            made = session.attempt(trial.identity, sql, keep=True)
        if not made.ran or len(made.values) != 1:
            return None
        found = f"{identifier(gate.table.name)}.ctid = '{made.values[0][0]}'"
        return session.attempt(trial.identity, f"{head} where {found}")
