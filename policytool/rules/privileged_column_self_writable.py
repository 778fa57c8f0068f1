"""Users can write a column of their own row that says what they may do or have paid for."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import Command
from policytool.access.because import of_policy
from policytool.access.selfwrite import Writable, writable
from policytool.access.spelled import granted, grantees
from policytool.access.wording import and_list, who
from policytool.catalog.model import Grant, Table
from policytool.catalog.spelling import identifier
from policytool.finding import Confidence, Finding, Fix, Severity, table_ref
from policytool.rule import Context, TableRule
from policytool.syntax.location import Location


class PrivilegedColumnSelfWritable(TableRule):
    """Users can write a column of their own row that says what they may do or have paid for."""

    name = "privileged-column-self-writable"
    severity = "error"
    cwe = 269

    def check(self, table: Table, context: Context) -> Iterator[Finding]:
        """Own-row policies for UPDATE or INSERT that leave such a column free, where no trigger watches it."""
        if not context.access.profile.exposes(table.schema):
            return
        found = [w for w in writable(table, context.access) if not _given_up(w.column, table, context)]
        if found:
            yield self._found(table, found, context)

    def _found(self, table: Table, found: list[Writable], context: Context) -> Finding:
        first = found[0]
        columns = tuple(dict.fromkeys(w.column for w in found))
        grants = _grants(found, table, context)
        severity: Severity = "error" if any(w.serious for w in found) else "warning"
        confidence: Confidence = "high" if any(w.decides for w in found) else "medium"
        return self.finding(
            table_ref(table),
            f'{who(first.role)} can {_does(found, table)}: policy "{first.policy.name}" asks whose row it is, '
            f"not what becomes of it",
            at=_place(first, grants, context) or table.made,
            severity=severity,
            confidence=confidence,
            because=(
                *context.access.because(first.role, (first.command,), table),
                of_policy(first.policy, f"leaves {and_list(columns)} free"),
            ),
            fix=_fix(table, found, context),
        )


def _given_up(column: str, table: Table, context: Context) -> bool:
    """Whether a migration drops the column, in vain here: where it is deployed somebody will have cleared the way."""
    refused = f"cannot drop column {column} of table {table.schema}.{table.name} because"
    return any(refused in item.message for item in context.catalog.unmodelled)


def _does(found: list[Writable], table: Table) -> str:
    name = f"{table.schema}.{table.name}"
    changed, inserted = (and_list(w.column for w in found if w.command == c) for c in ("UPDATE", "INSERT"))
    if not changed:
        return f"insert a row of their own into {name} with any {inserted}"
    return f"set {changed} of their own row in {name}" + (f", and insert one with any {inserted}" if inserted else "")


def _grants(found: list[Writable], table: Table, context: Context) -> tuple[Grant, ...]:
    first = found[0]
    return context.access.privileges.grants(first.role, first.command, table)


def _place(first: Writable, grants: tuple[Grant, ...], context: Context) -> Location | None:
    """The grant, where somebody wrote one for this; else the policy."""
    written = [g.made for g in grants if context.deliberate(g) and g.made is not None]
    policy = first.policy
    return written[-1] if written else policy.with_check_at or policy.using_at or policy.made


def _fix(table: Table, found: list[Writable], context: Context) -> Fix:
    lines: list[str] = []
    for command in dict.fromkeys(w.command for w in found):
        lines += _lines(table, command, [w for w in found if w.command == command], context)
    return Fix(sql="\n".join(lines), note="a definer function that checks who calls it can write the rest")


def _lines(table: Table, command: Command, found: list[Writable], context: Context) -> Iterator[str]:
    access, shut = context.access, {w.column for w in found}
    word, on = command.lower(), granted(table)
    roles = [r for r in access.clients if access.can(r, command, table)]
    grants = [g for r in roles for g in access.privileges.grants(r, command, table) if g.grantee in access.clients]
    yield f"revoke {word} on {on} from {grantees(dict.fromkeys(g.grantee for g in grants))};"
    for role in roles:
        if role == "public" or access.anonymous(role):
            continue
        left = [
            identifier(c.name)
            for c in table.columns
            if c.name not in shut and c.generated is None and access.can(role, command, table, c.name)
        ]
        if left:
            yield f"grant {word} ({', '.join(left)}) on {on} to {grantees((role,))};"
