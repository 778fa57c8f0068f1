"""The gates that row security puts between an actor and a table, and the SQL that opens each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from policytool.access.bodies import touched
from policytool.access.privileges import Privileges
from policytool.catalog.expression.references import references
from policytool.catalog.model import Function, Name, Policy, Table, View
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import identifier, qualified
from policytool.testing.deciding.asked import Asked, relation

Side = Literal["using", "check"]
SIDES: dict[str, tuple[Side, ...]] = {
    "SELECT": ("using",),
    "INSERT": ("check",),
    "UPDATE": ("using", "check"),
    "DELETE": ("using",),
}
EVERY = tuple(SIDES)


class Place(Struct, frozen=True, kw_only=True):
    """A table that a statement comes to, as which role, by which commands, and by way of what."""

    table: Table
    role: str
    commands: tuple[str, ...]
    through: View | Function | None = None


class Gate(Struct, frozen=True, kw_only=True):
    """What must let a row through: some permissive policy of a command and side, or one restrictive policy."""

    table: Table
    role: str
    command: str
    side: Side
    policies: tuple[Policy, ...]  # the permissive ones that apply, or the restrictive one
    restrictive: bool = False

    @property
    def opening(self) -> str:
        """The SQL after which it lets every row through."""
        on = qualified(self.table.schema, self.table.name)
        if self.restrictive:
            return dropping(self.table, self.policies[0])
        clause = {
            ("INSERT", "check"): "with check (true)",
            ("UPDATE", "using"): "using (true) with check (false)",
            ("UPDATE", "check"): "using (false) with check (true)",
        }.get((self.command, self.side), "using (true)")
        name = f"policytool_{self.command.lower()}_{self.side}"
        return f"create policy {name} on {on} for {self.command.lower()} to public {clause}"

    def only(self, policy: Policy) -> str:
        """The SQL that leaves one of its permissive policies alone in it."""
        return "; ".join(dropping(self.table, p) for p in self.policies if p is not policy)


def dropping(table: Table, policy: Policy) -> str:
    """The SQL that drops a policy."""
    return f"drop policy {identifier(policy.name)} on {qualified(table.schema, table.name)}"


def uncovered(table: Table, *, on: bool = False) -> str:
    """The SQL that switches a table's row security off, or on."""
    return f"alter table {qualified(table.schema, table.name)} {'enable' if on else 'disable'} row level security"


def exempt(role: str, table: Table, privileges: Privileges) -> str:
    """Why no policy of a table binds a role; '' where they do."""
    if not table.rls_enabled:
        return f"row level security is off on {table.schema}.{table.name}"
    if privileges.superuser(role):
        return f"{role} is a superuser"
    if privileges.bypasses_rls(role):
        return f"{role} bypasses row level security"
    if not table.rls_forced and privileges.owns(role, table):
        return f"{role} owns {table.schema}.{table.name}, whose row level security is not forced"
    return ""


def gates(place: Place, privileges: Privileges) -> Iterator[Gate]:
    """The gates between a role and a table; none where no policy binds it."""
    table, role = place.table, place.role
    if exempt(role, table, privileges):
        return
    members = privileges.closure(role)
    for command in (c for c in place.commands if c in SIDES):
        applying = [p for p in table.policies if p.command in ("ALL", command) and members & set(p.roles)]
        open_ = tuple(p for p in applying if p.permissive)
        for side in SIDES[command]:
            yield Gate(table=table, role=role, command=command, side=side, policies=open_)
        for policy in (p for p in applying if not p.permissive):
            side = SIDES[command][0]
            yield Gate(table=table, role=role, command=command, side=side, policies=(policy,), restrictive=True)


def places(question: Asked, role: str, catalog: Catalog) -> tuple[Place, ...]:
    """The tables that a statement comes to, those below views and in the functions that it calls included."""
    found: list[Place] = []
    for named in question.named:
        found += _below(named.relation, role, named.commands, catalog)
    for function in question.functions:
        found += in_body(function, role, catalog)
    return _merged(found)


def in_body(function: Function, role: str, catalog: Catalog, seen: frozenset[Name] = frozenset()) -> Iterator[Place]:
    """The tables that a function's body comes to, as its owner or as the caller."""
    acting = function.owner if function.security_definer else role
    body = touched(function)
    for name in sorted(body.reads | body.writes, key=str):
        item = relation(name, catalog)
        if item is not None:
            commands = EVERY if name in body.writes else ("SELECT",)
            for place in _below(item, acting, commands, catalog):
                yield Place(table=place.table, role=place.role, commands=place.commands, through=function)


def behind(text: str, role: str, catalog: Catalog) -> tuple[Place, ...]:
    """The tables that an expression reads, as it is and by the functions that it calls."""
    found: list[Place] = []
    refers = references(text)
    for name in sorted(refers.tables):
        item = relation(name, catalog)
        if item is not None:
            found += _below(item, role, ("SELECT",), catalog)
    for function in catalog.functions.values():
        if function.origin is None and (function.schema, function.name) in refers.functions:
            found += in_body(function, role, catalog)
    return _merged(found)


def _below(
    item: Table | View, role: str, commands: tuple[str, ...], catalog: Catalog, depth: int = 0
) -> Iterator[Place]:
    if isinstance(item, Table):
        yield Place(table=item, role=role, commands=commands)
    elif not item.materialized and depth < 10:
        acting = role if item.security_invoker else item.owner
        for name in sorted(references(item.definition).tables):
            inner = relation(name, catalog)
            if inner is not None:
                for place in _below(inner, acting, commands, catalog, depth + 1):
                    yield Place(table=place.table, role=place.role, commands=place.commands, through=item)


def _merged(found: Iterable[Place]) -> tuple[Place, ...]:
    """One place for each table and role."""
    kept: dict[tuple[str, str, str], Place] = {}
    for place in found:
        key = (place.table.schema, place.table.name, place.role)
        before = kept.get(key)
        commands = (*before.commands, *place.commands) if before else place.commands
        through = before.through if before else place.through
        kept[key] = Place(table=place.table, role=place.role, commands=tuple(dict.fromkeys(commands)), through=through)
    return tuple(kept.values())
