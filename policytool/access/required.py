"""Columns that say whose a row is, and may be NULL all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policytool.access.identity import Kind
from policytool.access.loose import speaks_of_staff
from policytool.access.predicate import Predicate
from policytool.catalog.expression.references import references
from policytool.catalog.model import Policy, Table
from policytool.syntax.node import names, walk

if TYPE_CHECKING:
    from policytool.access import Access, Command

Judged = tuple[Policy, Predicate]
Node = Mapping[str, Any]


def deciding(table: Table, kind: Kind, access: Access) -> Iterator[tuple[str, Policy]]:
    """The columns without which a client sees no row of the table, be it whose it is (`own`) or where it belongs
    (`tenant`), each with a policy that asks for it; those that must be set, or are empty on purpose, left out."""
    if not table.rls_enabled or table.assumed:
        return
    known: set[str] = set()
    meant = access.owner_columns(table) if kind == "own" else access.tenant_columns(table)
    for role in access.clients:
        judged = _asked(table, role, "SELECT", access)
        if any(_shared(says) for _, says in judged):
            continue
        for policy, says in judged:
            for column in sorted(says.bound(kind) - known):
                direct = kind == "tenant" or column in says.compared  # not by way of a parent, which has its own owner
                if (
                    direct
                    and column in meant
                    and all(column in s.bound(kind) for _, s in judged)
                    and _nullable(table, column)
                ):
                    known.add(column)
                    if not _meant(table, column, access):
                        yield column, policy


def written(table: Table, access: Access) -> bool:
    """Whether ordinary clients make the rows: else it is up to administrators, and to what meets no policy."""
    return any(_asked(table, role, "INSERT", access) for role in access.clients)


def readable(table: Table, roles: Iterable[str], access: Access) -> bool:
    """Whether ordinary people among these clients see a row of it."""
    return any(_asked(table, role, "SELECT", access) for role in roles)


def _asked(table: Table, role: str, command: Command, access: Access) -> list[Judged]:
    """What the permissive policies of a command ask; those for special persons open nothing to anybody else."""
    if access.exempt(role, table) or not access.reach(role, command, table):
        return []
    found: list[Judged] = []
    for policy in access.applying(role, table, command)[0]:
        says = access.predicate(policy, "check" if command == "INSERT" else "using", table)
        if (
            says is not None
            and says.holds(anonymous=access.anonymous(role))
            and not (says.scoped() and not says.bindings)
        ):
            found.append((policy, says))
    return found


def _shared(says: Predicate) -> bool:
    """Whether a branch lets in whoever has some row elsewhere, and that is not said of an application's staff."""
    live = zip(says.alternatives, says.branches or (), strict=False)
    return any(
        facts.gated and not facts.bindings and not facts.dead and any(_common(atom) for atom in branch)
        for branch, facts in live
    )


def _common(atom: Node) -> bool:
    """Whether it is a sub-query that compares with no text and speaks of no role."""
    if "SubLink" not in atom:
        return False
    parts = list(walk(atom))
    said = [str(body.get("relname", "")) for kind, body in parts if kind == "RangeVar"]
    said += [name for kind, body in parts if kind == "ColumnRef" for name in names(body.get("fields"))[-1:]]
    return not any(kind == "A_Const" and "sval" in body for kind, body in parts) and not any(map(speaks_of_staff, said))


def _nullable(table: Table, name: str) -> bool:
    column = next((c for c in table.columns if c.name == name), None)
    return column is not None and not column.not_null and column.generated is None


def _meant(table: Table, column: str, access: Access) -> bool:
    """Whether rows without it are somebody's idea: by a CHECK, ON DELETE SET NULL, a policy that speaks of NULL, or one
    that lets in rows whose column nobody asks for."""
    for constraint in table.constraints:
        reference = constraint.reference
        if constraint.kind == "CHECK" and column in references(constraint.expression or "").own_columns:
            return True
        if (
            reference is not None
            and column in constraint.columns
            and reference.on_delete in ("SET NULL", "SET DEFAULT")
        ):
            return True
    if any(column in b.empty for s in _all(table, access) for b in s.branches or ()):
        return True
    inserted = [s for role in access.clients for _, s in _asked(table, role, "INSERT", access)]
    return any(column not in s.bound() for s in inserted)


def _all(table: Table, access: Access) -> Iterator[Predicate]:
    for policy in table.policies:
        for side in ("using", "check"):
            says = access.predicate(policy, "using" if side == "using" else "check", table)
            if says is not None:
                yield says
