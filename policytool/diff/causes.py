"""Why somebody's access changed, in words: grants, policies, row level security, owners, memberships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policytool.catalog.model import Function, Grant, Schema, Table, View
from policytool.catalog.objects import Catalog
from policytool.diff.same import named, same


def causes(role: str, before: Any, after: Any, old: Catalog, new: Catalog) -> tuple[str, ...]:
    """What of an object, its schema and the role itself is different."""
    return tuple(dict.fromkeys([*_of(role, before, after, old, new), *_role(role, old, new)]))


def _of(role: str, before: Any, after: Any, old: Catalog, new: Catalog) -> Iterator[str]:
    if before is None or after is None:
        yield f"the {_noun(after or before)} is {'new' if before is None else 'gone'}"
    if before is not None and after is not None and before.owner != after.owner:
        yield f"its owner is {after.owner}, and was {before.owner}"
    yield from _grants(before, after)
    if isinstance(after, Table) and isinstance(before, Table):
        yield from _table(before, after)
    if isinstance(after, View) and isinstance(before, View):
        if before.security_invoker != after.security_invoker:
            who = "its caller" if after.security_invoker else f"its owner {after.owner}"
            yield f"the view reads as {who} from now on"
        if before.definition != after.definition:
            yield "the query of the view is another"
    if isinstance(after, Function) and isinstance(before, Function):
        if before.security_definer != after.security_definer:
            yield f"it runs as {'its owner' if after.security_definer else 'its caller'} from now on"
        if before.body != after.body:
            yield "its body is another"
    yield from _schema(before, after, old, new)


def _noun(item: Any) -> str:
    return "function" if isinstance(item, Function) else "view" if isinstance(item, View) else "table"


def _table(before: Table, after: Table) -> Iterator[str]:
    if before.rls_enabled != after.rls_enabled:
        yield f"row level security is turned {'on' if after.rls_enabled else 'off'}"
    if before.rls_forced != after.rls_forced:
        yield f"row level security is {'forced on' if after.rls_forced else 'no longer forced on'} its owner"
    one, other = named(before.policies), named(after.policies)
    for name in {**one, **other}:
        if name not in other:
            yield f'policy "{name}" is gone'
        elif name not in one:
            yield f'policy "{name}" is new'
        elif not same(one[name], other[name]):
            yield f'policy "{name}" is another'


def _grants(before: Any, after: Any) -> Iterator[str]:
    one, other = _held(before), _held(after)
    yield from (f"{_grant(grant)} was granted" for grant in sorted(other - one))
    if before is not None and after is not None:
        yield from (f"{_grant(grant)} was revoked" for grant in sorted(one - other))


def _held(item: Any) -> set[tuple[str, str, tuple[str, ...]]]:
    grants: tuple[Grant, ...] = getattr(item, "grants", ())
    return {(g.privilege, g.grantee, g.columns) for g in grants if g.grantee != getattr(item, "owner", None)}


def _grant(grant: tuple[str, str, tuple[str, ...]]) -> str:
    privilege, grantee, columns = grant
    return f"{privilege}{f' ({chr(44).join(columns)})' if columns else ''} to {grantee}"


def _schema(before: Any, after: Any, old: Catalog, new: Catalog) -> Iterator[str]:
    item = after or before
    one: Schema | None = old.schemas.get(item.schema)
    other: Schema | None = new.schemas.get(item.schema)
    if one is not None and other is not None and _held(one) != _held(other):
        yield from (f"{_grant(g)} on schema {item.schema} was granted" for g in sorted(_held(other) - _held(one)))
        yield from (f"{_grant(g)} on schema {item.schema} was revoked" for g in sorted(_held(one) - _held(other)))


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
