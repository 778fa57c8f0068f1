"""Two catalogs of the same database held against each other, field by field: what was built and what was observed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from msgspec import Struct

from policytool.catalog.model import Grant, Table, View
from policytool.catalog.objects import Catalog, Composite, DefaultPrivilege, Domain, Extension, Publication
from policytool.catalog.spelling import identifier, qualified
from policytool.syntax.location import Location

Key = tuple[str, str]  # kind and identity

# Evidence and places, which only one of the two can have, and what is compared part by part. That the platform brought
# an object a server tells by its name, which a migration may have changed.
_LEFT_OUT: Final = frozenset(
    {"name", "schema", "made", "changed", "using_at", "with_check_at", "body_at", "rls_at", "by_default", "grants",
     "assumed", "origin"}
)  # fmt: skip
_LEFT_OUT_OF: Final[dict[type, frozenset[str]]] = {
    Publication: frozenset({"tables"}),
    Extension: frozenset({"version", "comment"}),  # the server's own, unless a statement says otherwise
}
_PARTS: Final = {
    "columns": "column",
    "constraints": "constraint",
    "indexes": "index",
    "policies": "policy",
    "triggers": "trigger",
    "rules": "rule",
}
_WHOLES: Final = (Table, View, Composite, Domain)
# Kinds whose definition a server does not show in the words of the statement that made them.
_UNDEFINED: Final = frozenset(
    {"collation", "text search configuration", "text search dictionary", "text search parser", "text search template"}
)
_UNORDERED: Final = frozenset({"events", "schemas", "publish", "options", "server_options", "roles"})


class Difference(Struct, frozen=True, kw_only=True):
    """A field on which the two disagree; an object that only one of them has differs in `existence`."""

    kind: str
    identity: str
    field: str
    built: Any
    observed: Any
    location: Location | None = None  # the statement that made or last changed the object


class Fact(Struct, frozen=True, kw_only=True):
    """One object, flat: its own fields, and the statement behind it. `own` is False for what the platform brought."""

    fields: dict[str, Any]
    location: Location | None = None
    own: bool = True


class Tally(Struct, frozen=True, kw_only=True):
    """How many objects of a kind there are in either catalog, and how many agree in every field."""

    total: int = 0
    agreeing: int = 0


Facts = dict[Key, Fact]


def parity(built: Catalog, observed: Catalog) -> tuple[Difference, ...]:
    """Every field on which the catalog built from files differs from the one that a server has after them."""
    return tuple(_differences(facts(built), facts(observed)))


def tally(built: Catalog, observed: Catalog, left_out: Collection[Key] = ()) -> dict[str, Tally]:
    """How far the two agree, kind by kind; what the platform brought counts only where it differs."""
    one, other = facts(built), facts(observed)
    for key in left_out:
        one.pop(key, None)
        other.pop(key, None)
    differing = {(d.kind, d.identity) for d in _differences(one, other)}
    found: dict[str, Tally] = {}
    for key in {**one, **other}:
        sides = [side[key] for side in (one, other) if key in side]
        if key in differing or any(fact.own for fact in sides):
            old = found.get(key[0], Tally())
            found[key[0]] = Tally(total=old.total + 1, agreeing=old.agreeing + (key not in differing))
    return dict(sorted(found.items()))


def _differences(one: Facts, other: Facts) -> Iterator[Difference]:
    for key in {**one, **other}:
        built, observed = one.get(key), other.get(key)
        if built is None or observed is None:
            yield Difference(
                kind=key[0],
                identity=key[1],
                field="existence",
                built=built is not None,
                observed=observed is not None,
                location=(built or _host(one, key)).location,
            )
            continue
        for field, value in built.fields.items():
            if value != observed.fields[field]:
                yield Difference(
                    kind=key[0],
                    identity=key[1],
                    field=field,
                    built=value,
                    observed=observed.fields[field],
                    location=built.location,
                )


def _host(side: Facts, key: Key) -> Fact:
    """What the missing object would belong to: its statement is the nearest that can be named."""
    host = key[1].rpartition(" on ")[2]
    return next((side[kind, host] for kind in ("table", "view") if (kind, host) in side), Fact(fields={}))


# --- a catalog as flat facts ----------------------------------------------------------------------------------------


def facts(catalog: Catalog) -> Facts:
    """Every object of a catalog by kind and identity, without what extensions brought."""
    found: Facts = {}
    for store, kind in _STORES.items():
        for item in getattr(catalog, store).values():
            if item.origin != "extension" and not getattr(item, "assumed", False):
                found.update(_item(kind, item))
    for membership in catalog.memberships:
        identity = f"{membership.member} in {membership.role}"
        found["membership", identity] = Fact(
            fields={"admin": membership.admin, "inherit": membership.inherit, "set": membership.set},
            location=membership.made,
            own=membership.made is not None,
        )
    for entry in catalog.default_privileges:
        found.update(_default_privilege(entry))
    return found


def _item(kind: str, item: Any) -> Iterator[tuple[Key, Fact]]:
    identity, own = identity_of(item), item.origin is None
    kind = item.kind if kind == "other" else kind
    place = item.changed or item.made
    yield (kind, identity), Fact(fields=_fields(item), location=place, own=own)
    for field, noun in _PARTS.items():
        for part in getattr(item, field, ()):
            name = f"{identifier(part.name)} on {identity}"
            noun = f"view {noun}" if kind == "view" and noun == "column" else noun
            made = part.changed or part.made
            yield (noun, name), Fact(fields=_fields(part), location=made or place, own=own or made is not None)
    for grant in getattr(item, "grants", ()):
        for text, fact in _grant(grant, own):
            yield ("grant", f"{text} on {identity}"), fact
    if kind == "publication":
        for table in item.tables:
            name = f"{qualified(table.schema, table.table)} on {identity}"
            fields = {"columns": table.columns, "where": table.where}
            yield ("published table", name), Fact(fields=fields, location=table.made, own=own or table.made is not None)


def identity_of(item: Any) -> str:
    """How an object is called: its name with its schema, a function with its arguments."""
    if hasattr(item, "signature"):
        schema, name, types = item.signature
        return f"{qualified(schema, name)}({', '.join(types)})"
    if getattr(item, "kind", None) in ("operator", "cast", "transform", "user mapping"):
        return f"{item.schema}.{item.name}" if item.schema else str(item.name)
    return qualified(None if isinstance(item, Extension) else getattr(item, "schema", None), item.name)


def _fields(item: Any) -> dict[str, Any]:
    left_out = _LEFT_OUT | _LEFT_OUT_OF.get(type(item), frozenset())
    found: dict[str, Any] = {}
    for field in item.__struct_fields__:
        value = getattr(item, field)
        if field in _PARTS and isinstance(item, _WHOLES):
            if field == "columns":
                found["column order"] = tuple(column.name for column in value)
        elif field not in left_out and not (field == "definition" and getattr(item, "kind", None) in _UNDEFINED):
            found[field] = tuple(sorted(value)) if field in _UNORDERED else value
    if isinstance(item, Extension):
        found["schema"] = item.schema
    return found


def _grant(grant: Grant, own: bool) -> Iterator[tuple[str, Fact]]:
    for column in grant.columns or ("",):
        text = f"{grant.privilege}{f' ({column})' if column else ''} to {grant.grantee} by {grant.grantor}"
        yield text, Fact(fields={"grantable": grant.grantable}, location=grant.made, own=own or grant.made is not None)


def _default_privilege(entry: DefaultPrivilege) -> Iterator[tuple[Key, Fact]]:
    where = f"{entry.kind} of {entry.role}{f' in {entry.schema}' if entry.schema else ''}"
    own = entry.made is not None
    for grants, verb in ((entry.grants, "grant"), (entry.revoked, "revoke")):
        for grant in grants:
            yield (
                ("default privilege", f"{verb} {grant.privilege} to {grant.grantee} on {where}"),
                Fact(fields={"grantable": grant.grantable}, location=grant.made or entry.made, own=own),
            )


_STORES: Final[dict[str, str]] = {
    "roles": "role",
    "schemas": "schema",
    "tables": "table",
    "views": "view",
    "sequences": "sequence",
    "functions": "function",
    "enums": "enum",
    "domains": "domain",
    "composites": "composite type",
    "ranges": "range",
    "base_types": "base type",
    "extensions": "extension",
    "event_triggers": "event trigger",
    "publications": "publication",
    "wrappers": "foreign-data wrapper",
    "servers": "foreign server",
    "others": "other",
}
