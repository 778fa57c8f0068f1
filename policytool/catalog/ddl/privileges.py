"""The privileges on objects, and the default privileges of roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from policytool.catalog.build.acl import Acl, AclKind, built_in, new_owner
from policytool.catalog.ddl import described, words
from policytool.catalog.ddl.grants import NOUNS, Target, changes
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Function, Grant, Schema, Sequence, Table, View
from policytool.catalog.objects import DefaultPrivilege, ForeignDataWrapper, ForeignServer
from policytool.catalog.spelling import identifier

_WITHOUT_SCHEMA: Final = (Schema, ForeignServer, ForeignDataWrapper)


def kind_of(item: Any) -> AclKind:
    """What kind of privileges an object has."""
    match item:
        case Table() | View():
            return "TABLES"
        case Sequence():
            return "SEQUENCES"
        case Function():
            return "FUNCTIONS"
        case Schema():
            return "SCHEMAS"
        case ForeignServer():
            return "SERVERS"
        case ForeignDataWrapper():
            return "WRAPPERS"
    return "TYPES"


def initial(world: World, item: Any) -> tuple[Grant, ...]:
    """What an object has once it was made and given to its owner: only what Postgres gives by itself."""
    maker = item.owner if isinstance(item, Schema) else world.role
    return new_owner(built_in(kind_of(item), maker, world.major_version), maker, item.owner)


def steps(world: World, item: Any, given: tuple[Grant, ...]) -> Iterator[Step]:
    """The statements from the privileges given to the object's own."""
    kind = kind_of(item)
    noun = "procedure" if isinstance(item, Function) and item.kind == "procedure" else NOUNS[kind]
    target = Target(
        kind=kind,
        on=f"{noun} {described.name(item)}",
        owner=item.owner,
        role=world.role,
        major_version=world.major_version,
    )
    sql = list(changes(target, given, item.grants))
    if sql:
        schema = described.schema_of(item)
        yield step(Phase.GRANTS, ("grants", noun, described.name(item)), *sql, schema=schema)


# --- default privileges ---------------------------------------------------------------------------------------------


def withdrawn(entries: Iterable[DefaultPrivilege], role: str, schemas: frozenset[str]) -> Iterator[Step]:
    """Take away what a role's new objects in these schemas would come with, so that all grants can be spelled out."""
    for entry in entries:
        grantees = dict.fromkeys(grant.grantee for grant in entry.grants)
        if entry.role == role and grantees and (entry.schema is None or entry.schema in schemas):
            action = f"revoke all on {entry.kind.lower()} from {words.listed(grantees)}"
            sql = f"{_head(entry)}{action}"
            key = ("withdrawal", entry.schema or "", entry.kind)
            yield step(Phase.WITHDRAWAL, key, sql, schema=entry.schema)


def default_steps(
    world: World, before: Iterable[DefaultPrivilege], after: Iterable[DefaultPrivilege]
) -> Iterator[Step]:
    """The statements from these default privileges to those."""
    old = {_identity(entry): entry for entry in before}
    new = {_identity(entry): entry for entry in after}
    for identity in dict.fromkeys([*new, *old]):
        entry = new.get(identity) or old[identity]
        given, wanted = _effective(world, old.get(identity), entry), _effective(world, new.get(identity), entry)
        target = Target(
            kind=cast("AclKind", entry.kind),
            on=entry.kind.lower(),
            owner=entry.role,
            role=world.role,
            major_version=world.major_version,
            prefix=_head(entry),
        )
        sql = list(changes(target, given, wanted))
        if sql:
            yield step(Phase.DEFAULT_PRIVILEGES, ("default privileges", *identity), *sql, schema=entry.schema)


def _identity(entry: DefaultPrivilege) -> tuple[str, str, str]:
    return (entry.role, entry.schema or "", entry.kind)


def _head(entry: DefaultPrivilege) -> str:
    schema = f" in schema {identifier(entry.schema)}" if entry.schema is not None else ""
    return f"alter default privileges for role {identifier(entry.role)}{schema} "


def _effective(world: World, entry: DefaultPrivilege | None, like: DefaultPrivilege) -> tuple[Grant, ...]:
    """The grants that an entry stands for, the built-in ones among them where it is for all schemas."""
    kind = cast("AclKind", like.kind)
    grants = built_in(kind, like.role, world.major_version) if like.schema is None else ()
    if entry is None:
        return grants
    acl = Acl(grants, like.role)
    for gone in entry.revoked:
        acl.entries.pop((gone.grantee, gone.grantor or like.role, gone.privilege, ""), None)
    for grant in entry.grants:
        acl.add(grant)
    return acl.grants()
