"""Access control lists as values, and who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from policytool.catalog.build import acl
from policytool.catalog.build.plpgsql.relations.base import role
from policytool.catalog.build.plpgsql.values import Acl, NotKnown, Value
from policytool.catalog.build.roles import is_superuser, privileges_of
from policytool.catalog.build.state import Refused, State
from policytool.catalog.model import Grant


def is_default(state: State, value: Acl) -> bool:
    """Whether privileges are what Postgres gives by itself."""
    ours = {(g.grantee, g.privilege, g.columns, g.grantable) for g in value.grants}
    default = acl.built_in(value.kind, value.owner, state.major_version)
    return ours == {(g.grantee, g.privilege, g.columns, g.grantable) for g in default}


def exploded(state: State, value: Value) -> Iterator[tuple[list[Value], NotKnown | None]]:
    """aclexplode()."""
    if not isinstance(value, Acl):
        raise NotKnown("aclexplode() of something that is no access control list")
    doubt = NotKnown("whether built-in privileges are spelled out") if is_default(state, value) else None
    for grant in value.grants:
        if grant.columns:
            continue
        grantee = 0 if grant.grantee == acl.PUBLIC else role(grant.grantee)
        yield [role(grant.grantor or value.owner), grantee, grant.privilege, grant.grantable], doubt


def has_privilege(
    state: State, user: str, item: Any, privileges: str, *, column: str | None = None, any_column: bool = False
) -> bool:
    """What has_table_privilege() and its relatives say; one of several privileges is enough."""
    if user != acl.PUBLIC and user not in state.roles:
        raise Refused("42704", f'role "{user}" does not exist')
    if user != acl.PUBLIC and is_superuser(state, user):
        return True
    members = {acl.PUBLIC, *(privileges_of(state, user) if user != acl.PUBLIC else ())}
    return any(
        _granted(item.grants, members, wanted.strip().upper(), column, any_column) for wanted in privileges.split(",")
    )


def _granted(grants: Iterable[Grant], members: set[str], wanted: str, column: str | None, any_column: bool) -> bool:
    name = wanted.removesuffix(" WITH GRANT OPTION")
    return any(
        grant.grantee in members
        and grant.privilege == name
        and (not grant.columns or any_column or column in grant.columns)
        and (grant.grantable or name == wanted)
        for grant in grants
    )
