"""The access matrix: what each role may do to the rows of each table and view, which functions it may call, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from policytool.access.refused import refused
from policytool.access.row_filter import COMMANDS, Command, Reach
from policytool.access.updatable import base_table, commands
from policytool.access.views import filters, keeps_out
from policytool.catalog.expression.references import references
from policytool.catalog.model import Function, Policy, Table, View
from policytool.finding import Related

if TYPE_CHECKING:
    from policytool.access import Access

Item = Table | View | Function


class Cell(Struct, frozen=True, kw_only=True):
    """What a role reaches by a command: which rows of a table or view (`filter` is SQL), or whether a call.

    `none`: nothing. `own`: rows tied to the person; `tenant`: rows of what the person belongs to. `conditional`: rows
    that fulfil some other condition. `all`: every row.
    """

    role: str
    table: str  # for functions with the types of their arguments
    kind: Literal["table", "view", "function"]
    command: str
    access: Reach
    filter: str
    because: tuple[Related, ...] = ()


def matrix(access: Access, roles: Iterable[str], items: Iterable[Item]) -> Iterator[Cell]:
    """The cells of these roles and objects: objects in the order given, then roles, then commands."""
    who = tuple(roles)
    for item in items:
        for role in who:
            match item:
                case Table():
                    yield from _table(item, role, access)
                case View():
                    yield from _view(item, role, access)
                case Function():
                    yield _function(item, role, access)


# --- tables ---------------------------------------------------------------------------------------------------------


def _table(table: Table, role: str, access: Access) -> Iterator[Cell]:
    name = f"{table.schema}.{table.name}"
    for command in COMMANDS:
        reached = access.reach(role, command, table)
        found = access.row_filter(role, table, command)
        reach, text = found.reach, found.text
        why = (*access.because(role, (command,), table), *_policies(table, role, command, access)) if reached else ()
        if reach != "none" and (ends := refused(role, table, command, access)) is not None:
            reach, text = "none", "false"
            said = (
                f'policy "{ends.policy.name}" reads {ends.what}, which {role} may not: every query ends with an error'
            )
            why = (*why, Related(message=said, location=ends.policy.made))
        yield Cell(role=role, table=name, kind="table", command=command, access=reach, filter=text, because=why)
    emptied = access.reach(role, "TRUNCATE", table)
    yield Cell(
        role=role,
        table=name,
        kind="table",
        command="TRUNCATE",
        access="all" if emptied else "none",
        filter="true" if emptied else "false",
        because=access.because(role, ("TRUNCATE",), table) if emptied else (),
    )


def _policies(table: Table, role: str, command: Command, access: Access) -> Iterator[Related]:
    """The policies that decide, or why none does."""
    if not table.rls_enabled:
        yield Related(message="row level security is off", location=table.made)
        return
    if access.exempt(role, table):
        yield Related(message=f"policies do not bind {role}")
        return
    permissive, restrictive = access.applying(role, table, command)
    if not permissive:
        yield Related(message="no policy lets any row through", location=table.rls_at)
    yield from (_policy(policy) for policy in (*permissive, *restrictive))


def _policy(policy: Policy) -> Related:
    kind = "policy" if policy.permissive else "restrictive policy"
    return Related(message=f'{kind} "{policy.name}"', location=policy.made)


# --- views ----------------------------------------------------------------------------------------------------------


def _view(view: View, role: str, access: Access) -> Iterator[Cell]:
    through = ("SELECT",) if view.materialized else ("SELECT", *(c for c in commands(view) if c != "SELECT"))
    for command in (c for c in COMMANDS if c in through):
        reach = _through(view, role, command, access)
        whose = "the caller" if view.security_invoker else view.owner
        why = access.because(role, (command,), view) if access.reach(role, command, view) else ()
        yield Cell(
            role=role,
            table=f"{view.schema}.{view.name}",
            kind="view",
            command=command,
            access=reach,
            filter="false" if reach == "none" else " ".join(view.definition.split()),
            because=(*why, Related(message=f"it reads its tables as {whose}", location=view.made)) if why else (),
        )


def _through(view: View, role: str, command: Command, access: Access, depth: int = 0) -> Reach:
    """What is left of the tables below: as the caller, or as the owner, and then by the view's own conditions."""
    if not access.reach(role, command, view) or (command == "SELECT" and keeps_out(view, role, access)):
        return "none"
    if view.materialized:
        return "all"
    acting = role if view.security_invoker else view.owner
    if command == "SELECT":
        below = [_below(name, acting, access, depth) for name in sorted(references(view.definition).tables)]
    else:
        base = base_table(view, access)
        below = [_written(view, acting, base[1], command, access)] if base is not None else ["none"]
    if below == ["none"]:
        return "none"
    found: Reach = below[0] if len(set(below)) == 1 else "conditional" if below else "all"
    # Whose rows the owner may see says nothing of the caller's own; and the view may have conditions of its own.
    narrowed = found == "all" and filters(view) and command != "INSERT"
    return "conditional" if narrowed or (acting != role and found != "all") else found


def _written(view: View, acting: str, table: Table, command: Command, access: Access) -> Reach:
    """The rows that are written by way of a view. One that hides whose a row is makes nobody's rows."""
    reach = _reach(acting, table, command, access)
    if command != "INSERT" or reach not in ("own", "tenant"):
        return reach
    key = (table.schema, table.name)
    shown = {column for *name, column in references(view.definition).columns if tuple(name) == key}
    given = {c.name for c in table.columns if c.default is not None or c.name in shown}
    return reach if set(access.row_filter(acting, table, command).columns) & given else "none"


def _reach(role: str, table: Table, command: Command, access: Access) -> Reach:
    found = access.row_filter(role, table, command).reach
    return "none" if found != "none" and refused(role, table, command, access) else found


def _below(name: tuple[str, str], acting: str, access: Access, depth: int) -> Reach:
    inner, table = access.catalog.views.get(name), access.catalog.tables.get(name)
    if table is not None:
        return _reach(acting, table, "SELECT", access)
    if inner is None or depth > len(access.catalog.views):
        return "conditional"
    return _through(inner, acting, "SELECT", access, depth + 1)


# --- functions ------------------------------------------------------------------------------------------------------


def _function(function: Function, role: str, access: Access) -> Cell:
    can = access.privileges.can_execute(role, function)
    grants = access.because(role, ("EXECUTE",), function) if can else ()
    types = ", ".join(a.type for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC"))
    whose = Related(message=f"it runs as {function.owner}", location=function.made)
    return Cell(
        role=role,
        table=f"{function.schema}.{function.name}({types})",
        kind="function",
        command="EXECUTE",
        access="all" if can else "none",
        filter="true" if can else "false",
        because=(*grants, whose) if can and function.security_definer else tuple(grants),
    )
