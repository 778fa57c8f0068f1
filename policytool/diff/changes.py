"""The statements of a plan as people and programs read them: what each does to what, and with which hazards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.build.state import Change as Folded
from policytool.catalog.ddl import described
from policytool.catalog.objects import Bucket
from policytool.catalog.parity import identity_of
from policytool.catalog.spelling import identifier
from policytool.diff.same import named, same
from policytool.diff.simulator import Done

PARTS: Final = {
    "columns": "column", "constraints": "constraint", "indexes": "index", "policies": "policy", "triggers": "trigger",
    "rules": "rule",
}  # fmt: skip
_BY_STATEMENT: Final = {
    "GrantRoleStmt": "membership", "AlterDefaultPrivilegesStmt": "default privilege", "SelectStmt": "sequence",
    "CommentStmt": "comment", "VariableSetStmt": "session", "InsertStmt": "row",
}  # fmt: skip
_RENAMED: Final = {
    "OBJECT_COLUMN": "column", "OBJECT_ATTRIBUTE": "column", "OBJECT_TABCONSTRAINT": "constraint",
    "OBJECT_INDEX": "index", "OBJECT_POLICY": "policy", "OBJECT_TRIGGER": "trigger", "OBJECT_RULE": "rule",
}  # fmt: skip


class Hazard(Struct, frozen=True, kw_only=True):
    """What a statement may do to data, to people who wait, or to who may do what."""

    name: str
    message: str


class Locked(Struct, frozen=True, kw_only=True):
    """A lock on a relation that is in use, and what others cannot do meanwhile."""

    relation: str
    mode: str
    stops: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """One statement: create, alter, drop, grant, revoke or rename of one thing."""

    kind: str
    action: str
    identity: str
    sql: str
    segment: int = 0
    alone: bool = False  # it refuses to share a transaction
    hazards: tuple[Hazard, ...] = ()
    locks: tuple[Locked, ...] = ()
    withheld: bool = False  # written as a comment: it would throw data away


def joined(changes: Iterable[Folded]) -> tuple[Folded, ...]:
    """What a statement did to each object in all, not step by step: a new column is there before it is generated."""
    found: list[Folded] = []
    for change in changes:
        last = found[-1] if found else None
        follows = last is not None and (last.kind, last.key) == (change.kind, change.key) and change.old_key is None
        if last is not None and follows and last.after is change.before and last.after is not None:
            found[-1] = replace(last, after=change.after)
        else:
            found.append(change)
    return tuple(found)


def subject(done: Done) -> tuple[str, str, str]:
    """Kind, action and identity of what a statement is about."""
    statement = done.statement
    if statement is not None and statement.kind in ("GrantStmt", "AlterDefaultPrivilegesStmt", "GrantRoleStmt"):
        return _granted(done, statement.node)
    if statement is not None and statement.kind in ("RenameStmt", "AlterObjectSchemaStmt"):
        return _renamed(done, statement.node)
    main = _main(done)
    if main is None:
        kind = _BY_STATEMENT.get(statement.kind if statement else "", "statement")
        return kind, "alter", done.sql.partition("\n")[0]
    if main.before is None or main.after is None:
        item = main.after if main.before is None else main.before
        return _noun(item), "create" if main.before is None else "drop", _identity(item)
    return ("bucket", "alter", _identity(main.after)) if isinstance(main.after, Bucket) else _part(main)


def _identity(item: Any) -> str:
    return identifier(item.id) if isinstance(item, Bucket) else identity_of(item)


def _renamed(done: Done, node: dict[str, Any]) -> tuple[str, str, str]:
    """A rename by what it is of; a part by its old name and what it is on."""
    change = next((c for c in done.changes if c.old_key is not None), done.changes[0] if done.changes else None)
    noun = _RENAMED.get(node.get("renameType", ""))
    if change is None:
        return noun or "statement", "rename", done.sql
    if noun is None:
        return _noun(change.before or change.after), "rename", identity_of(change.before or change.after)
    old = node.get("subname") or node.get("relation", {}).get("relname", "")
    return noun, "rename", f"{identifier(old)} on {identity_of(change.after)}"


def _main(done: Done) -> Folded | None:
    """The change that the statement names: the last of a drop, which takes along what came before."""
    if not done.changes:
        return None
    whole = [c for c in done.changes if c.before is None or c.after is None]
    if done.sql.startswith("drop ") and whole:
        return whole[-1]
    return done.changes[0]


def _noun(item: Any) -> str:
    if isinstance(item, Bucket):
        return "bucket"
    noun = described.noun(item)
    return noun if noun != "type" else {"Enum": "enum", "Composite": "composite type"}.get(type(item).__name__, "type")


def _part(change: Folded) -> tuple[str, str, str]:
    before, after = change.before, change.after
    whole = identity_of(after)
    for field, noun in PARTS.items():
        old, new = getattr(before, field, ()), getattr(after, field, ())
        if old is new:
            continue
        one, two = named(old), named(new)
        for name in {**one, **two}:
            if name not in one or name not in two or not same(one[name], two[name], without=frozenset()):
                action = "create" if name not in one else "drop" if name not in two else "alter"
                return noun, action, f"{identifier(name)} on {whole}"
    return _noun(after), "alter", whole


def _granted(done: Done, node: dict[str, Any]) -> tuple[str, str, str]:
    body = node.get("action", node)
    action = "grant" if body.get("is_grant") else "revoke"
    kind = {"GrantStmt": "privilege", "GrantRoleStmt": "membership"}.get(
        done.statement.kind if done.statement else "", "default privilege"
    )
    if kind == "privilege" and done.changes:
        item = done.changes[0].after
        return kind, action, identity_of(item)
    return kind, action, done.sql.partition("\n")[0].removeprefix("alter default privileges ")
