"""What the REVOKE statements of the migrations aimed at, and who can do it all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from policytool.access.spelled import Owned
from policytool.catalog.build.acl import COLUMN_PRIVILEGES
from policytool.catalog.model import Grant, Table, View
from policytool.syntax.node import names

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.history import History, Step

Node = Mapping[str, Any]
_KINDS = ("tables", "views", "functions", "sequences", "schemas")


class Revoke(Struct, frozen=True, kw_only=True):
    """One object that a REVOKE names, as it was after the statement and as it is at the end."""

    step: Step
    then: Owned
    now: Owned
    roles: tuple[str, ...]
    privileges: tuple[str, ...] | None  # None: ALL
    columns: Mapping[str | None, tuple[str, ...]]  # privilege (None: ALL) → the columns it is taken from

    def standing(self, role: str, privilege: str, access: Access, *, columns: bool = True) -> tuple[Grant, ...]:
        """The grants that gave the role the privilege after the statement, and still do; without `columns`, only those
        for the whole object. A GRANT that came later is somebody's wish, and counts only if there was one before."""
        before, now = (self._grants(item, role, privilege, access, columns) for item in (self.then, self.now))
        return now if before else ()

    def _grants(self, item: Owned, role: str, privilege: str, access: Access, columns: bool) -> tuple[Grant, ...]:
        return tuple(g for g in access.privileges.grants(role, privilege, item) if columns or not g.columns)


def revokes(step: Step, history: History, access: Access) -> Iterator[Revoke]:
    """The objects and roles of a REVOKE statement that are left at the end. GRANT OPTION FOR takes no privilege."""
    node = step.statement.node
    if step.statement.kind != "GrantStmt" or node.get("is_grant") or node.get("grant_option"):
        return
    items = [item["AccessPriv"] for item in node.get("privileges", ())]
    whole = tuple(i["priv_name"].upper() for i in items if "cols" not in i and "priv_name" in i)
    columns: dict[str | None, tuple[str, ...]] = {
        (i["priv_name"].upper() if "priv_name" in i else None): names(i["cols"]) for i in items if "cols" in i
    }
    for change in step.changes:
        now = _at_the_end(change.kind, change.key, step, history, access) if change.kind in _KINDS else None
        if now is not None:
            yield Revoke(
                step=step,
                then=change.after,
                now=now,
                roles=tuple(r for r in grantees_of(node) if r == "public" or r in access.catalog.roles),
                privileges=whole if "privileges" in node else None,
                columns=columns,
            )


def grantees_of(node: Node) -> Iterator[str]:
    """The roles that a GRANT or REVOKE names; the running one, which no name stands for, left out."""
    for spec in node.get("grantees", ()):
        body = spec.get("RoleSpec", {})
        if body.get("roletype") == "ROLESPEC_PUBLIC":
            yield "public"
        elif "rolename" in body:
            yield body["rolename"]


def taken_from_columns(revoke: Revoke) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each privilege with the columns that it is taken from, those that are no longer there left out."""
    item = revoke.now
    if not isinstance(item, Table | View):
        return
    known = {c.name for c in item.columns}
    for privilege, columns in revoke.columns.items():
        kept = tuple(c for c in columns if c in known)
        for one in (privilege,) if privilege is not None else COLUMN_PRIVILEGES:
            if kept:
                yield one, kept


def column_revokes(history: History, access: Access) -> Iterator[Revoke]:
    """All that take something from columns."""
    for step in history.steps:
        given = step.statement.node.get("privileges", ()) if step.statement.kind == "GrantStmt" else ()
        if any("cols" in p["AccessPriv"] for p in given):
            yield from (r for r in revokes(step, history, access) if r.columns)


def repeated(step: Step, history: History) -> bool:
    """Whether the same statement comes again later: then that one is spoken of."""
    said = plain(step)
    later = history.steps[step.ordinal + 1 :]
    return any(s.statement.kind == step.statement.kind and plain(s) == said for s in later)


def plain(step: Step) -> str:
    """The text of a statement without its layout."""
    return " ".join(step.statement.sql.lower().split())


def _at_the_end(kind: Any, key: Any, step: Step, history: History, access: Access) -> Owned | None:
    changes = history.timeline(kind, key, step)
    if not changes or changes[-1].after is None:
        return None
    found: Owned | None = getattr(access.catalog, kind).get(changes[-1].key)
    return None if found is None or getattr(found, "origin", None) == "extension" else found
