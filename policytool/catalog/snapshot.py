"""A catalog as a JSON text, and back: what `policytool catalog -f json` writes and every command reads as a source."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from msgspec import NODEFAULT, Struct

from policytool.catalog import model, objects
from policytool.catalog.objects import Catalog
from policytool.errors import SourceError

FORMAT: Final = 1
WIDTH: Final = 120  # a value that fits stands on one line

# Fields that are written even where they hold their default; docs/snapshot.md promises them.
_SHOWN: Final[dict[type[Struct], tuple[str, ...]]] = {
    model.Role: ("superuser", "inherit", "login", "bypassrls"),
    model.Membership: ("admin", "inherit", "set"),
    model.Schema: ("grants",),
    model.Table: (
        "kind", "columns", "rls_enabled", "rls_forced", "policies", "indexes", "constraints", "triggers", "grants",
    ),
    model.Column: ("not_null", "default"),
    model.Policy: ("command", "permissive", "roles", "using", "with_check"),
    model.Index: ("method", "keys", "unique"),
    model.Constraint: ("columns",),
    model.View: ("columns", "materialized", "security_invoker", "grants"),
    model.Sequence: ("type", "grants"),
    model.Function: (
        "kind", "arguments", "returns", "language", "security_definer", "volatility", "settings", "body", "grants",
    ),
    model.Argument: ("name", "type", "mode", "default"),
    objects.Enum: ("labels", "grants"),
    objects.Domain: ("not_null", "default", "constraints", "grants"),
    objects.Composite: ("columns", "grants"),
    objects.Range: ("grants",),
    objects.BaseType: ("grants",),
    objects.Publication: ("all_tables", "tables", "publish"),
    objects.DefaultPrivilege: ("schema", "grants", "revoked"),
    objects.Bucket: ("public",),
    objects.Unmodelled: ("security",),
}  # fmt: skip


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole text. The lists are in the order of their names; what is inside an object keeps the catalog's order."""

    format: int
    platform: str
    exposed_schemas: tuple[str, ...] | None = None
    major_version: int | None = None
    schemas: tuple[model.Schema, ...]
    roles: tuple[model.Role, ...]
    memberships: tuple[model.Membership, ...] = ()
    tables: tuple[model.Table, ...]
    views: tuple[model.View, ...] = ()
    sequences: tuple[model.Sequence, ...] = ()
    functions: tuple[model.Function, ...] = ()
    enums: tuple[objects.Enum, ...] = ()
    domains: tuple[objects.Domain, ...] = ()
    composites: tuple[objects.Composite, ...] = ()
    ranges: tuple[objects.Range, ...] = ()
    base_types: tuple[objects.BaseType, ...] = ()
    extensions: tuple[objects.Extension, ...] = ()
    event_triggers: tuple[objects.EventTrigger, ...] = ()
    publications: tuple[objects.Publication, ...] = ()
    wrappers: tuple[objects.ForeignDataWrapper, ...] = ()
    servers: tuple[objects.ForeignServer, ...] = ()
    others: tuple[objects.Other, ...] = ()
    default_privileges: tuple[objects.DefaultPrivilege, ...] = ()
    buckets: tuple[objects.Bucket, ...] = ()
    unmodelled: tuple[objects.Unmodelled, ...] = ()


LISTS: Final = Document.__struct_fields__[4:]  # each is a mapping or a tuple of the same name in Catalog


class Snapshot(Struct, frozen=True, kw_only=True):
    """A catalog with what an audit asks of its database besides; None where the text does not say."""

    catalog: Catalog
    exposed_schemas: tuple[str, ...] | None = None
    major_version: int | None = None


class _Head(Struct):
    format: Any = None


def encode(
    catalog: Catalog, *, exposed_schemas: tuple[str, ...] | None = None, major_version: int | None = None
) -> str:
    """The text of a catalog; equal catalogs give the same bytes."""
    plain: dict[str, Any] = {"format": FORMAT, "platform": catalog.platform}
    if exposed_schemas is not None:
        plain["exposed_schemas"] = list(exposed_schemas)
    if major_version is not None:
        plain["major_version"] = major_version
    for field in LISTS:
        held = getattr(catalog, field)
        plain[field] = [_plain(held[key]) for key in sorted(held)] if isinstance(held, dict) else _value(held)
    return "\n".join(_lines(plain, 0)) + "\n"


def decode(text: str, *, label: str = "the snapshot") -> Catalog:
    """The catalog of a text. Raises SourceError, which calls the text `label`, where it is no snapshot."""
    return load(text, label=label).catalog


def load(text: str | bytes, *, label: str = "the snapshot") -> Snapshot:
    """Like `decode`, with what else the text says."""
    _check_format(text, label)
    try:
        document = msgspec.convert(_completed(msgspec.json.decode(text)), Document)
    except msgspec.ValidationError as error:
        raise SourceError(f"{label} is no valid snapshot: {_said(error)}", hint=_HINT) from None
    plain: dict[str, Any] = {}
    for field in LISTS:
        held = getattr(document, field)
        plain[field] = _keyed(held, field, label) if field in _KEYS else held
    return Snapshot(
        catalog=Catalog(platform=document.platform, **plain),
        exposed_schemas=document.exposed_schemas,
        major_version=document.major_version,
    )


_HINT: Final = "`policytool catalog -f json` writes one"


def _check_format(text: str | bytes, label: str) -> None:
    try:
        head = msgspec.json.decode(text, type=_Head)
    except msgspec.ValidationError:
        raise SourceError(f"{label} is no snapshot: it holds no JSON object", hint=_HINT) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{label} is not JSON: {_said(error)}", hint=_HINT) from None
    if isinstance(head.format, int) and head.format > FORMAT:
        hint = "update policytool, or write the snapshot again with this one"
        raise SourceError(f"{label} has format {head.format}; this policytool reads {FORMAT}", hint=hint)
    if head.format is None or isinstance(head.format, bool):
        raise SourceError(f"{label} is no snapshot: it has no `format`", hint=_HINT)
    if head.format != FORMAT:
        raise SourceError(f"{label} has the unknown format {head.format!r}", hint=_HINT)


def _said(error: Exception) -> str:
    text, _, place = str(error).partition(" - at `$")
    return text[:1].lower() + text[1:] + (f" at {place.strip('`.')}" if place else "")


# --- lists and mappings ---------------------------------------------------------------------------------------------

_KEYS: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(
        ("tables", "views", "sequences", "enums", "domains", "composites", "ranges", "base_types"),
        lambda item: (item.schema, item.name),
    ),
    **dict.fromkeys(
        ("roles", "schemas", "extensions", "event_triggers", "publications", "wrappers", "servers"),
        lambda item: item.name,
    ),
    "functions": lambda item: item.signature,
    "others": lambda item: (item.kind, item.schema or "", item.name),
    "buckets": lambda item: item.id,
}


def _keyed(items: Iterable[Any], field: str, label: str) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for item in items:
        key = _KEYS[field](item)
        if key in found:
            raise SourceError(f"{label} has {field} {key!r} twice", hint=_HINT)
        found[key] = item
    return found


# --- plain values ---------------------------------------------------------------------------------------------------


def _plain(item: Struct) -> dict[str, Any]:
    """The fields of a struct that are not left out."""
    found = {}
    for name, default, shown in _fields(type(item)):
        value = getattr(item, name)
        # Most objects are changed by the statement that makes them: then its place is written once.
        if shown or value != (getattr(item, "made", None) if name == "changed" else default):
            found[name] = _value(value)
    return found


def _completed(value: Any) -> Any:
    """Decoded JSON with `changed` where it was left out for being like `made`."""
    if isinstance(value, list):
        return [_completed(part) for part in value]
    if not isinstance(value, dict):
        return value
    found = {name: _completed(part) for name, part in value.items()}
    return found | {"changed": found["made"]} if "made" in found and "changed" not in found else found


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(part) for part in value]
    return _plain(value) if isinstance(value, Struct) else value


@functools.cache
def _fields(kind: type[Struct]) -> tuple[tuple[str, Any, bool], ...]:
    """Name, default, and whether it is written all the same; `origin` always is. Evidence comes after the object."""
    shown = (*_SHOWN.get(kind, ()), "origin")
    fields = sorted(msgspec.structs.fields(kind), key=lambda field: field.name in model.Item.__struct_fields__)
    return tuple((f.name, f.default, f.default is NODEFAULT or f.name in shown) for f in fields)


# --- text -----------------------------------------------------------------------------------------------------------


def _lines(value: Any, depth: int, head: str = "", tail: str = "") -> list[str]:
    """JSON with one line for whatever fits into it, and for a place, so that it can be read and compared."""
    indent = "  " * depth
    if not isinstance(value, (dict, list)) or not value:
        return [f"{indent}{head}{_compact(value)}{tail}"]
    if depth > 1:
        line = f"{indent}{head}{_compact(value)}{tail}"
        if len(line) <= WIDTH or (isinstance(value, dict) and "end_line" in value):
            return [line]
    brackets = "{}" if isinstance(value, dict) else "[]"
    pairs = [(f"{_compact(k)}: ", v) for k, v in value.items()] if isinstance(value, dict) else [("", v) for v in value]
    lines = [f"{indent}{head}{brackets[0]}"]
    for number, (name, part) in enumerate(pairs, 1):
        lines += _lines(part, depth + 1, name, "," if number < len(pairs) else "")
    return [*lines, f"{indent}{brackets[1]}{tail}"]


def _compact(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
