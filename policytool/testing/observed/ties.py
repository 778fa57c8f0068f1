"""How the tables of a schema are tied to people and tenants: by which columns, and who may do more than others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from policytool.access.memberships import is_rank, membership
from policytool.access.privileged import sort_of
from policytool.access.profile import later
from policytool.access.signup import allowed
from policytool.testing.observed.switches import Switches, is_own

if TYPE_CHECKING:
    from policytool.access import Access
    from policytool.catalog.model import Column, Name, Table

USERS: Final[Name] = ("auth", "users")
_HIGH: Final = ("owner", "admin", "super", "staff", "manager", "moderator", "root", "director", "chief", "editor")
_BOTH: Final = ("false", "true")
_OTHER: Final = "other"
_SHORT: Final = frozenset({"role"})  # of a role that nobody knows, nothing is to be learnt
_MOST: Final = 8  # values of one column that are tried


class Key(Struct, frozen=True):
    """A foreign key: our columns, and the table and columns that they refer to."""

    columns: tuple[str, ...]
    table: Name
    far: tuple[str, ...]


class Ties(Struct, frozen=True, kw_only=True):
    """What is known of one table.

    `users` hold a person's number (or what a policy compares with it); `keys` refer to other tables; `single`: each
    person has one row; `groups`: foreign keys to what the rows make people members of; `powers` say what its person may
    do; `later` are users that did something with the row afterwards.
    """

    users: tuple[str, ...]
    keys: tuple[Key, ...]
    later: tuple[str, ...] = ()
    single: bool = False
    groups: tuple[str, ...] = ()
    powers: tuple[str, ...] = ()


def ties_of(access: Access, known: Switches) -> Mapping[Name, Ties]:
    """The ties of all tables that are the user's."""
    tables = {key: t for key, t in access.catalog.tables.items() if t.origin is None and not t.assumed}
    users = {key: _users(key, table, access, known) for key, table in tables.items()}
    people = {key for key, table in tables.items() if any({u} in _unique(table) for u in users[key])}
    return {key: _ties(key, table, users[key], people, access, known) for key, table in tables.items()}


def _ties(key: Name, table: Table, users: tuple[str, ...], people: set[Name], access: Access, known: Switches) -> Ties:
    keys = tuple(_keys(table))
    persons = (*users, *(k.columns[0] for k in keys if k.table in people and len(k.columns) == 1))
    groups = tuple(dict.fromkeys(_groups(key, table, keys, persons, people, access, known)))
    powers = tuple(_powers(key, table, known)) if persons and (key in known.gates or key in people) else ()
    late = tuple(
        c.columns[0]
        for c in table.constraints
        if c.reference is not None and (c.reference.schema, c.reference.table) == USERS and later(c.columns[0])
    )
    return Ties(users=users, keys=keys, later=late, single=key in people, groups=groups, powers=powers)


def _users(key: Name, table: Table, access: Access, known: Switches) -> tuple[str, ...]:
    """Columns with a person's own number, or address: not those that refer to a table of the project's."""
    elsewhere = {c for k in _keys(table) for c in k.columns}
    bound = [c for c in access.bound_columns(table) if is_own(known.named.get((key, c), ("sub",)))]
    found = dict.fromkeys((*access.owner_columns(table), *bound))
    kinds = {c.name: c.type for c in table.columns}
    return tuple(c for c in found if c not in elsewhere and kinds.get(c, "") not in ("jsonb", "json", "boolean"))


def _keys(table: Table) -> Iterator[Key]:
    for constraint in table.constraints:
        other = constraint.reference
        if other is not None and (other.schema, other.table) != USERS:
            yield Key(constraint.columns, (other.schema, other.table), other.columns)


def _unique(table: Table) -> list[set[str]]:
    keys = [set(c.columns) for c in table.constraints if c.kind in ("PRIMARY KEY", "UNIQUE")]
    indexes = (i for i in table.indexes if i.unique and i.predicate is None)
    return keys + [{k.column or "" for k in i.keys} for i in indexes]


unique_keys = _unique


def _groups(
    key: Name, table: Table, keys: tuple[Key, ...], persons: tuple[str, ...], people: set[Name],
    access: Access, known: Switches,
) -> Iterator[str]:  # fmt: skip
    found = membership(table, access)
    if found is not None:
        yield from found.groups
    read = known.gates.get(key, frozenset())
    for unique in _unique(table) if persons else ():
        if 1 < len(unique) < 4 and unique & set(persons):
            for one in keys:
                column = one.columns[0]
                if column in unique and column in read and one.table not in people:
                    yield column


def _powers(key: Name, table: Table, known: Switches) -> Iterator[str]:
    """Columns of a table of people, or of their roles, that policies go by."""
    read = known.gates.get(key, frozenset()) | known.columns.get(key, frozenset())
    for column in table.columns:
        named = is_rank(column.name) or sort_of(column.name) is not None
        if named and column.generated is None and (column.name in read or sort_of(column.name) in ("power", "role")):
            yield column.name


# --- values ---------------------------------------------------------------------------------------------------------


def values_of(column: Column, table: Table, access: Access, known: Switches) -> tuple[str, ...]:
    """What a column may hold, as far as its type, a check or what policies compare it with tell."""
    if column.type == "boolean":
        return _BOTH
    told = allowed(column, table, access) or ()
    literals = known.literals.get(((table.schema, table.name), column.name), ())
    if not told and not column.type.startswith(("text", "character", "citext")):
        return ()
    fitting = [text for text in literals if not told or text in told]
    other = [_OTHER] if fitting and not told and column.name not in _SHORT else []  # `<> 'private'` wants one
    return tuple(dict.fromkeys((*fitting, *told, *other)))[:_MOST]


def is_high(value: str) -> bool:
    """Whether a value is the name of somebody who may do more than others."""
    return value == "true" or any(word in value.lower() for word in _HIGH)


def lowest(column: Column, values: tuple[str, ...]) -> str | None:
    """The value of somebody who is nobody special: one that does not sound high; None where the default will do."""
    if column.default is not None:
        return None
    return next((value for value in reversed(values) if not is_high(value)), None)


def highest(values: tuple[str, ...]) -> str | None:
    """The value that sounds highest."""
    ranked = [v for word in _HIGH for v in values if word in v.lower()]
    return ranked[0] if ranked else values[0] if values else None


def default_of(column: Column) -> str | None:
    """The constant that a column's default is, as text."""
    text = (column.default or "").split("::")[0].strip()
    return text.strip("'").lower() if text.lower() in _BOTH else text[1:-1] if text.startswith("'") else None
