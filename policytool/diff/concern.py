"""Which statements take part in whose gain or loss of access."""

from __future__ import annotations

from policytool.catalog.spelling import identifier
from policytool.diff.access import Cell
from policytool.diff.changes import Change


def direction(change: Change) -> tuple[bool, bool]:
    """Whether a statement may open something, and whether it may close something."""
    sql = change.sql.lower()
    match change.kind, change.action:
        case (("privilege" | "membership"), action):
            return action == "grant" or (
                change.kind == "membership" and not sql.startswith("revoke")
            ), action != "grant"
        case "policy", action:
            strict = " as restrictive" in sql
            return action != "create" or not strict, action != "create" or strict
        case (("role" | "view" | "materialized view" | "function" | "procedure" | "schema"), action):
            return action != "drop", action != "create" or " or replace " in sql
        case "table", action:
            if "row level security" in sql:
                opens = "disable" in sql or "no force" in sql
                return opens, not opens
            return action == "create" or "owner to" in sql, action == "drop" or "owner to" in sql
        case "column", action:
            return False, action == "drop"
    return False, False


def concerned(change: Change, cell: Cell) -> bool:
    """Whether a statement is among the causes of what became of a cell."""
    target = change.identity.rpartition(" on ")[2]
    match change.kind:
        case "policy":
            name = f'policy "{change.identity.removesuffix(f" on {target}")}"'.replace('""', '"')
            return cell.object == target and any(why.startswith(name) for why in cell.because)
        case "privilege":
            given = [why for why in cell.because if _is_given(change, why)]
            return any(why.endswith(f" on schema {target} was {_done(change)}") for why in given) or (
                cell.object == target and bool(given)
            )
        case "role":
            return identifier(cell.role) == target
        case "membership":
            names = _listed(change.sql)
            return any(" member of " in why for why in cell.because) and identifier(cell.role) in names
        case "schema":
            return cell.object.startswith(f"{target}.")
        case "function" | "procedure" if cell.object != target:
            return any(f"function {target} " in why for why in cell.because)
    if cell.object != target:
        return False
    if " owner to " in change.sql:
        return any(why.startswith("its owner is ") for why in cell.because)
    if "row level security" in change.sql:
        return any(why.startswith("row level security is ") for why in cell.because)
    return True


def _done(change: Change) -> str:
    return "granted" if change.action == "grant" else "revoked"


def _is_given(change: Change, why: str) -> bool:
    """Whether a cause speaks of a grant to one of those whom the statement names."""
    head, _, _ = why.partition(f" was {_done(change)}")
    grantee = head.partition(" to ")[2].partition(" on schema ")[0]
    return why != head and identifier(grantee) in _listed(change.sql)


def _listed(sql: str) -> list[str]:
    """The roles at the end of a GRANT or REVOKE."""
    words = sql.partition(" with ")[0].partition(" granted by ")[0].partition(" cascade")[0]
    _, _, names = words.rpartition(" to " if words.startswith("grant") else " from ")
    return [name.strip() for name in names.split(",")]
