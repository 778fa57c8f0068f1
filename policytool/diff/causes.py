"""Why somebody's access changed, in words: grants, policies, row level security, owners, memberships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from policytool.access import Access
from policytool.catalog.model import Function, Grant, Policy, Schema, Table, View
from policytool.catalog.objects import Catalog
from policytool.diff.same import same

Who = tuple[frozenset[str], str]  # the roles whose grants and policies count, and the command


class Side(Protocol):
    """One of the two catalogs, with answers about its roles."""

    catalog: Catalog
    access: Access


def causes(who: tuple[str, str], before: Any, after: Any, old: Side, new: Side) -> tuple[str, ...]:
    """What of an object, its schema and the role itself is different, as far as the role and the command go."""
    role, command = who
    members = old.access.privileges.closure(role) | new.access.privileges.closure(role)
    found = [*_of((members, command), before, after), *_schema(members, before, after, old.catalog, new.catalog)]
    return tuple(dict.fromkeys([*found, *_role(role, old.catalog, new.catalog)]))


def _of(who: Who, before: Any, after: Any) -> Iterator[str]:
    if before is None or after is None:
        yield f"the {_noun(after or before)} is {'new' if before is None else 'gone'}"
    if before is not None and after is not None and before.owner != after.owner:
        yield f"its owner is {after.owner}, and was {before.owner}"
    yield from _grants(who, before, after)
    if isinstance(after, Table) and isinstance(before, Table):
        yield from _table(who, before, after)
    if isinstance(after, View) and isinstance(before, View):
        if before.security_invoker != after.security_invoker:
            reader = "its caller" if after.security_invoker else f"its owner {after.owner}"
            yield f"the view reads as {reader} from now on"
        if before.definition != after.definition:
            yield "the query of the view is another"
    if isinstance(after, Function) and isinstance(before, Function):
        if before.security_definer != after.security_definer:
            yield f"it runs as {'its owner' if after.security_definer else 'its caller'} from now on"
        if before.body != after.body:
            yield "its body is another"


def _noun(item: Any) -> str:
    return "function" if isinstance(item, Function) else "view" if isinstance(item, View) else "table"


def _table(who: Who, before: Table, after: Table) -> Iterator[str]:
    if before.rls_enabled != after.rls_enabled:
        yield f"row level security is turned {'on' if after.rls_enabled else 'off'}"
    if before.rls_forced != after.rls_forced:
        yield f"row level security is {'forced on' if after.rls_forced else 'no longer forced on'} its owner"
    one, other = _applying(who, before), _applying(who, after)
    for name in {**one, **other}:
        if name not in other:
            yield f'policy "{name}" is gone'
        elif name not in one:
            yield f'policy "{name}" is new'
        elif not same(one[name], other[name]):
            yield f'policy "{name}" is another'


def _applying(who: Who, table: Table) -> dict[str, Policy]:
    members, command = who
    return {p.name: p for p in table.policies if p.command in ("ALL", command) and members.intersection(p.roles)}


def _grants(who: Who, before: Any, after: Any) -> Iterator[str]:
    members, command = who
    one, other = ({g for g in _held(item) if g[0] == command and g[1] in members} for item in (before, after))
    yield from (f"{_grant(grant)} was granted" for grant in sorted(other - one))
    if before is not None and after is not None:
        yield from (f"{_grant(grant)} was revoked" for grant in sorted(one - other))


def _held(item: Any) -> set[tuple[str, str, tuple[str, ...]]]:
    grants: tuple[Grant, ...] = getattr(item, "grants", ())
    return {(g.privilege, g.grantee, g.columns) for g in grants if g.grantee != getattr(item, "owner", None)}


def _grant(grant: tuple[str, str, tuple[str, ...]]) -> str:
    privilege, grantee, columns = grant
    return f"{privilege}{f' ({chr(44).join(columns)})' if columns else ''} to {grantee}"


def _schema(members: frozenset[str], before: Any, after: Any, old: Catalog, new: Catalog) -> Iterator[str]:
    item = after or before
    one: Schema | None = old.schemas.get(item.schema)
    other: Schema | None = new.schemas.get(item.schema)
    if one is not None and other is not None:
        had, has = ({g for g in _held(side) if g[0] == "USAGE" and g[1] in members} for side in (one, other))
        yield from (f"{_grant(grant)} on schema {item.schema} was granted" for grant in sorted(has - had))
        yield from (f"{_grant(grant)} on schema {item.schema} was revoked" for grant in sorted(had - has))


def _role(role: str, old: Catalog, new: Catalog) -> Iterator[str]:
    one, other = old.roles.get(role), new.roles.get(role)
    if role != "public" and (one is None) != (other is None):
        yield f"role {role} is {'new' if one is None else 'gone'}"
    if one is not None and other is not None and one.bypassrls != other.bypassrls:
        yield f"role {role} {'passes by' if other.bypassrls else 'no longer passes by'} row level security"
    held = {m.role for m in old.memberships if m.member == role}
    holds = {m.role for m in new.memberships if m.member == role}
    yield from (f"{role} is a member of {name} from now on" for name in sorted(holds - held))
    yield from (f"{role} is no longer a member of {name}" for name in sorted(held - holds))
