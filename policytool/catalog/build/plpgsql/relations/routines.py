"""Functions, types, enums, languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policytool.catalog.build.plpgsql import objects
from policytool.catalog.build.plpgsql.relations.base import CatalogTable, Ghost, namespace, role, table, words
from policytool.catalog.build.plpgsql.values import SYSTEM, Acl, Oid, Some, Value
from policytool.catalog.build.state import State
from policytool.catalog.model import Function

_KINDS: Final = {"function": "f", "procedure": "p", "aggregate": "a", "window": "w"}
_MODES: Final = {"IN": "i", "OUT": "o", "INOUT": "b", "VARIADIC": "v", "TABLE": "t"}
_OWN_FUNCTIONS: Final = "the functions of Postgres's own"


def functions(state: State, wanted: Mapping[str, Value], name: str = "proname") -> Iterator[Any]:
    """Functions by identifier, by name, or all, and those of Postgres's own."""
    oid = wanted.get("oid")
    called = wanted.get(name)
    if isinstance(oid, Oid):
        if oid.key in state.functions:
            yield state.functions[oid.key]
        return
    if isinstance(called, str):
        for schema in state.schemas:
            for signature in state.overloads.get((schema, called), ()):
                yield state.functions[signature]
    else:
        yield from state.functions.values()
    own = Some(words("functions.txt"))
    if not isinstance(called, str) or own.may_be(called):
        for schema in ("pg_catalog", "information_schema"):
            yield Ghost(_OWN_FUNCTIONS, {"oid": Oid("pg_proc", SYSTEM), "proname": own, "prosecdef": False,
                                         "pronamespace": namespace(schema), "proconfig": None})  # fmt: skip


def _inputs(function: Function) -> list[Any]:
    return [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]


def _names(state: State, function: Function) -> Value:
    names = tuple(a.name or "" for a in function.arguments)
    return names if any(names) else None


def _modes(state: State, function: Function) -> Value:
    modes = tuple(_MODES[a.mode] for a in function.arguments)
    return modes if set(modes) - {"i"} else None


def _result(state: State, function: Function) -> Value:
    if function.returns is None:
        return 0 if function.kind != "procedure" else objects.type_oid(state, "void")
    return objects.type_oid(state, function.returns.removeprefix("SETOF "))


PG_PROC: Final = table(
    "pg_catalog.pg_proc",
    functions,
    {
        "oid": lambda s, f: Oid("pg_proc", f.signature),
        "proname": lambda s, f: f.name,
        "pronamespace": lambda s, f: namespace(f.schema),
        "proowner": lambda s, f: role(f.owner),
        "prolang": lambda s, f: Oid("pg_language", f.language),
        "prokind": lambda s, f: _KINDS[f.kind],
        "prosecdef": lambda s, f: f.security_definer,
        "proleakproof": lambda s, f: f.leakproof,
        "proisstrict": lambda s, f: f.strict,
        "proretset": lambda s, f: (f.returns or "").startswith("SETOF "),
        "provolatile": lambda s, f: f.volatility[0].lower(),
        "proparallel": lambda s, f: f.parallel[0].lower(),
        "pronargs": lambda s, f: len(_inputs(f)),
        "pronargdefaults": lambda s, f: sum(a.default is not None for a in _inputs(f)),
        "prorettype": _result,
        "proargtypes": lambda s, f: tuple(objects.type_oid(s, a.type) for a in _inputs(f)),
        "proargmodes": _modes,
        "proargnames": _names,
        "prosrc": lambda s, f: None if f.atomic else f.body,
        "proconfig": lambda s, f: tuple(f.settings) or None,
        "proacl": lambda s, f: Acl(f.owner, f.grants, "FUNCTIONS"),
    },
    ("oid", "proname"),
)


# --- types ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Type:
    """A row of pg_type: the name under which it is there, and what it comes from."""

    schema: str
    name: str
    kind: str  # typtype
    item: Any
    category: str = "U"
    array: bool = False

    @property
    def oid(self) -> Oid:
        """Its identifier."""
        return Oid("pg_type", (self.schema, self.name))


_STORES: Final = (
    ("enums", "e", "E"), ("domains", "d", "U"), ("composites", "c", "C"), ("ranges", "r", "R"),
    ("base_types", "b", "U"), ("tables", "c", "C"), ("views", "c", "C"),
)  # fmt: skip


def _types(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    called, oid = wanted.get("typname"), wanted.get("oid")
    if isinstance(oid, Oid):
        key = oid.key
        if isinstance(key, tuple) and key[0] != "pg_catalog":
            yield from (t for t in _of_key(state, key) if t.oid == oid)
            yield from (t for t in _of_key(state, (key[0], key[1].removeprefix("_"))) if t.oid == oid)
        elif key is not SYSTEM:
            yield Ghost("the types of Postgres's own", _own(Oid("pg_type", key), key[1]), sure=True)
        return
    if isinstance(called, str):
        for schema in state.schemas:
            yield from (t for t in _of_key(state, (schema, called)) if not t.array)
            if called.startswith("_"):
                yield from (t for t in _of_key(state, (schema, called[1:])) if t.array)
    else:
        for store, *_ in _STORES:
            for key in state.store(store):  # type: ignore[arg-type]
                yield from _of_key(state, key, store)
    yield Ghost("the types of Postgres's own", _own(Oid("pg_type", SYSTEM), Some(words("types.txt"), prefix="pg_")))


def _own(oid: Oid, name: Value) -> dict[str, Value]:
    return {"oid": oid, "typname": name, "typnamespace": namespace("pg_catalog")}


def _of_key(state: State, key: Any, only: str | None = None) -> Iterator[Type]:
    for store, kind, category in _STORES:
        item = state.store(store).get(key) if only in (None, store) else None  # type: ignore[arg-type]
        if item is not None:
            schema, name = key
            yield Type(schema, name, kind, item, category)
            yield Type(schema, f"_{name}", "b", item, "A", array=True)


def _relation_of(state: State, found: Type) -> Value:
    return Oid("pg_class", (found.schema, found.name)) if found.kind == "c" and not found.array else 0


PG_TYPE: Final = table(
    "pg_catalog.pg_type",
    _types,
    {
        "oid": lambda s, t: t.oid,
        "typname": lambda s, t: t.name,
        "typnamespace": lambda s, t: namespace(t.schema),
        "typowner": lambda s, t: role(t.item.owner),
        "typtype": lambda s, t: t.kind,
        "typcategory": lambda s, t: t.category,
        "typrelid": _relation_of,
        "typelem": lambda s, t: Oid("pg_type", (t.schema, t.name[1:])) if t.array else 0,
        "typarray": lambda s, t: 0 if t.array else Oid("pg_type", (t.schema, f"_{t.name}")),
        "typbasetype": lambda s, t: objects.type_oid(s, t.item.type) if t.kind == "d" else 0,
        "typnotnull": lambda s, t: t.kind == "d" and t.item.not_null,
    },
    ("oid", "typname"),
)


def _labels(state: State, wanted: Mapping[str, Value]) -> Iterator[Any]:
    oid = wanted.get("enumtypid")
    for key, item in state.enums.items():
        if isinstance(oid, Oid) and oid.key != key:
            continue
        yield from ((key, label, position) for position, label in enumerate(item.labels, start=1))


PG_ENUM: Final = table(
    "pg_catalog.pg_enum",
    _labels,
    {
        "oid": lambda s, row: Oid("pg_enum", (*row[0], row[1])),
        "enumtypid": lambda s, row: Oid("pg_type", row[0]),
        "enumsortorder": lambda s, row: row[2],
        "enumlabel": lambda s, row: row[1],
    },
    ("enumtypid",),
)
PG_LANGUAGE: Final = table(
    "pg_catalog.pg_language",
    lambda s, wanted: ("internal", "c", "sql", "plpgsql"),
    {"oid": lambda s, name: Oid("pg_language", name), "lanname": lambda s, name: name},
)
TABLES: Final[tuple[CatalogTable, ...]] = (PG_PROC, PG_TYPE, PG_ENUM, PG_LANGUAGE)
