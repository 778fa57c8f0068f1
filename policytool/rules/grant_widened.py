"""A later migration gives clients a privilege that they did not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from policytool.access import COMMANDS, Access
from policytool.access.lives import Life, changed, life, run
from policytool.access.losses import named_clients
from policytool.access.wording import and_list, verbs, who, widest
from policytool.catalog.model import Function, Grant, Table, View
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import Finding, Fix, ObjectRef, Related, Severity, function_ref, lowered, table_ref, view_ref
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.location import Location

Item = Table | View | Function
How = Literal["again", "columns", "new"]
HOWS: tuple[How, ...] = ("again", "columns", "new")
KINDS: tuple[Literal["tables", "views", "functions"], ...] = ("tables", "views", "functions")
TOLD = frozenset(
    {"rls-disabled-exposed", "policies-without-rls", "partition-rls-gap", "policy-always-true-write",
     "policy-always-true-read", "policy-any-authenticated", "policy-true-for-anon", "anon-write-grant",
     "owner-column-unscoped", "tenant-column-unscoped", "policy-user-metadata", "policy-self-comparison",
     "policy-uncorrelated-subquery", "policy-check-drops-scope", "privileged-column-self-writable",
     "definer-view-over-rls", "definer-view-writable", "matview-exposed", "auth-users-exposed",
     "foreign-table-exposed", "definer-anon-executable", "definer-authenticated-executable",
     "definer-trusts-argument", "public-table-grant"}
)  # fmt: skip


class Widened(Struct, frozen=True, kw_only=True):
    """A privilege that a role has now; `how` it had less before. `taken`: the statement that took it away once."""

    role: str
    privilege: str
    how: How
    grants: tuple[Grant, ...]  # that give it
    columns: tuple[str, ...] = ()  # those that it was not for
    taken: Location | None = None


class GrantWidened(StatementRule):
    """A later migration gives clients a privilege that they did not have."""

    name = "grant-widened"
    severity = "warning"
    cwe = 732

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Privileges on objects of earlier files that were taken away and are given back, that cover more columns, or
        that open rows which no policy ties to anybody; where they stand at the end. A file counts as a whole."""
        for kind in KINDS:
            for change, before, after in changed(step, kind):
                if before is None or after is None or after.origin is not None or before.grants is after.grants:
                    continue
                found = life(context.history, kind, change.key, step)
                _, last = run(context.history, step)
                rest = [c for c in found.later if c.statement <= last and c.before is not None and c.after is not None]
                if any(c.before.grants is not c.after.grants for c in rest):
                    continue  # the last statement of the file that grants or revokes speaks for it
                if found.before is not None and found.after is not None and found.end is not None:
                    changes = context.history.timeline(kind, change.key, step)
                    yield from self._judge(found, [c.after for c in changes], step, context)

    def _judge(self, found: Life, states: list[Item], step: Step, context: Context) -> Iterator[Finding]:
        first, last = run(context.history, step)
        paths = {s.statement.location.path for s in context.history.steps[first : last + 1]}
        wider = tuple(_widened(found, states, paths, context.access))
        for how in HOWS:
            some = tuple(w for w in wider if w.how == how)
            severity = self._severity(found.end, some, step, context) if some else None
            if severity is not None:
                yield self._finding(found.end, some, severity, context)

    def _severity(self, item: Item, wider: tuple[Widened, ...], step: Step, context: Context) -> Severity | None:
        """How bad; None where it is what policies and grants are written for."""
        access = context.access
        sweeping = step.statement.kind != "GrantStmt" or all(g.sweeping for w in wider for g in w.grants)
        opened = [w for w in wider if _opens(item, w, access)]
        severity: Severity
        if wider[0].how == "new":
            if not opened or not (sweeping or any(access.anonymous(w.role) for w in opened)):
                return None
            severity = "warning" if sweeping else "info"
        elif wider[0].how == "again" and not sweeping:
            chosen = isinstance(item, Function) or all(g.columns for w in wider for g in w.grants)
            severity = "warning" if opened and not chosen else "info"
        elif isinstance(item, Function):
            # One that asks who calls has a lock of its own; whether it holds is not judged here.
            severity = "error" if item.security_definer and not access.guards.of(item).refers else "warning"
        else:
            severity = "error" if any(_admits(item, w, access) for w in wider) else "info"
        if severity != "info" and context.told(item, TOLD):
            return "info"
        return severity if access.profile.exposes(item.schema) else lowered(severity)

    def _finding(self, item: Item, wider: tuple[Widened, ...], severity: Severity, context: Context) -> Finding:
        role = widest(w.role for w in wider)
        privileges = tuple(dict.fromkeys(w.privilege for w in wider))
        ref, roles = _ref(item), tuple(dict.fromkeys(w.role for w in wider))
        taken = dict.fromkeys(w.taken for w in wider if w.taken is not None)
        return self.finding(
            ref,
            _message(f"{item.schema}.{ref.name}", role, [w for w in wider if w.role == role]),
            at=next(g.made for w in wider if w.role == role for g in w.grants),
            severity=severity,
            because=(
                *(Related(message="it was taken away here", location=place) for place in taken),
                *context.access.because(role, privileges, item),
            ),
            fix=Fix(sql=_revoke(item, ref, privileges, roles)) if wider[0].how != "columns" else None,
            key=wider[0].how,
        )


def _message(name: str, role: str, wider: list[Widened]) -> str:
    privileges = list(dict.fromkeys(w.privilege for w in wider))
    can = f"{who(role)} can {'call' if privileges == ['EXECUTE'] else verbs(privileges)}"
    match wider[0].how:
        case "again":
            return f"{can} {name} again: a migration took the privilege away, and this one gives it back"
        case "columns":
            columns = list(dict.fromkeys(c for w in wider for c in w.columns))
            shown = and_list([*columns[:4], *([f"{len(columns) - 4} more columns"] if len(columns) > 4 else [])])
            return f"{can} {shown} of {name} now: until then the privilege left {_them(columns)} out"
    return f"{can} {name} since this statement, and no policy ties the rows to them"


def _them(columns: list[str]) -> str:
    return "them" if len(columns) > 1 else "it"


def _widened(found: Life, states: list[Item], paths: set[str], access: Access) -> Iterator[Widened]:
    end: Item = found.end
    for role in named_clients(access):
        if not access.privileges.uses(role, end.schema):
            continue
        for privilege in ("EXECUTE",) if isinstance(end, Function) else COMMANDS:
            now = access.privileges.grants(role, privilege, end)
            given = tuple(g for g in now if not g.by_default and g.made is not None and g.made.path in paths)
            had = access.privileges.grants(role, privilege, found.before)
            if not given:
                continue
            if had:
                columns = _new_columns(end, had, given)
                if columns:
                    yield Widened(role=role, privilege=privilege, how="columns", grants=given, columns=columns)
                continue
            could = [access.can(role, privilege, state) for state in states]
            lost = [state for state, was, is_ in zip(states[1:], could, could[1:], strict=False) if was and not is_]
            how: How = "again" if lost else "new"
            place = lost[0].changed if lost else None
            yield Widened(role=role, privilege=privilege, how=how, grants=given, taken=place)


def _new_columns(item: Item, had: tuple[Grant, ...], given: tuple[Grant, ...]) -> tuple[str, ...]:
    """The columns that a privilege on some of them did not cover, and one on the whole does."""
    if isinstance(item, Function) or not all(g.columns for g in had) or all(g.columns for g in given):
        return ()
    covered = {c for g in had for c in g.columns}
    return tuple(c.name for c in item.columns if c.name not in covered)


def _admits(item: Item, wider: Widened, access: Access) -> bool:
    """Whether any row can be reached by it."""
    if not isinstance(item, Table):
        return True
    command = next(c for c in COMMANDS if c == wider.privilege)
    return access.row_filter(wider.role, item, command).reach != "none"


def _opens(item: Item, wider: Widened, access: Access) -> bool:
    """Whether it reaches rows that nothing ties to the person; a view's rows are what the view shows."""
    if not isinstance(item, Table):
        return isinstance(item, View) and item.materialized
    command = next(c for c in COMMANDS if c == wider.privilege)
    rows = access.row_filter(wider.role, item, command)
    return rows.reach == "all" or (rows.reach == "conditional" and bool(rows.open))


def _ref(item: Item) -> ObjectRef:
    match item:
        case Table():
            return table_ref(item)
        case View():
            return view_ref(item)
    return function_ref(item)


def _revoke(item: Item, ref: ObjectRef, privileges: tuple[str, ...], roles: tuple[str, ...]) -> str:
    what = qualified(item.schema, item.name)
    if isinstance(item, Function):
        what = f"{'procedure' if item.kind == 'procedure' else 'function'} {identifier(item.schema)}.{ref.name}"
    grantees = ", ".join(identifier(r) for r in roles)
    return f"revoke {', '.join(p.lower() for p in privileges)} on {what} from {grantees};"
