"""Built-in functions that return rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from policytool.catalog.build.plpgsql.arrays import array
from policytool.catalog.build.plpgsql.catalogs import exploded
from policytool.catalog.build.plpgsql.compare import posix
from policytool.catalog.build.plpgsql.environment import Env
from policytool.catalog.build.plpgsql.operators import json_text
from policytool.catalog.build.plpgsql.strings import plain, read_json
from policytool.catalog.build.plpgsql.values import Json, NotKnown, Value

Found = Iterator[tuple[list[Value], NotKnown | None]]
_MOST: Final = 10_000


def _unnest(env: Env, *arguments: Value) -> Found:
    lists = [array(a) if a is not None else () for a in arguments]
    for position in range(max(map(len, lists), default=0)):
        yield [found[position] if position < len(found) else None for found in lists], None


def _series(env: Env, start: Value, end: Value, step: Value = 1) -> Found:
    if not all(type(v) is int for v in (start, end, step)) or step == 0:
        raise NotKnown("generate_series() of something that is no integer")
    numbers = range(start, end + (1 if step > 0 else -1), step)
    if len(numbers) > _MOST:
        raise NotKnown(f"more than {_MOST} steps")
    for number in numbers:
        yield [number], None


def _subscripts(env: Env, value: Value, dimension: Value = 1) -> Found:
    yield from _series(env, 1, len(array(value)))


def _split(env: Env, value: Value, separator: Value) -> Found:
    for part in plain(value).split(plain(separator)):
        yield [part], None


def _split_regex(env: Env, value: Value, pattern: Value) -> Found:
    for part in posix(plain(pattern), False).split(plain(value)):
        yield [part], None


def _elements(env: Env, value: Value) -> Found:
    for item in _of_json(value, list):
        yield [Json(item)], None


def _element_texts(env: Env, value: Value) -> Found:
    for item in _of_json(value, list):
        yield [json_text(Json(item))], None


def _keys(env: Env, value: Value) -> Found:
    for key in _of_json(value, dict):
        yield [key], None


def _each(env: Env, value: Value) -> Found:
    for key, item in _of_json(value, dict).items():
        yield [key, Json(item)], None


def _each_text(env: Env, value: Value) -> Found:
    for key, item in _of_json(value, dict).items():
        yield [key, json_text(Json(item))], None


def _of_json(value: Value, kind: type) -> Any:
    value = read_json(value)
    if not isinstance(value, Json) or not isinstance(value.data, kind):
        raise NotKnown("rows of a value that is no json of that shape")
    return value.data


def _exploded(env: Env, value: Value) -> Found:
    if value is None:
        return
    yield from exploded(env.state, value)


def _options(env: Env, value: Value) -> Found:
    for option in array(value) if value is not None else ():
        name, equals, text = plain(option).partition("=")
        yield [name, text if equals else None], None


def _commands(env: Env) -> Found:
    for row in env.machine.ddl_commands():
        yield list(row), None


COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "unnest": (),
    "generate_series": (),
    "generate_subscripts": (),
    "string_to_table": (),
    "regexp_split_to_table": (),
    "jsonb_array_elements": ("value",),
    "json_array_elements": ("value",),
    "jsonb_array_elements_text": ("value",),
    "json_array_elements_text": ("value",),
    "jsonb_object_keys": (),
    "json_object_keys": (),
    "jsonb_each": ("key", "value"),
    "json_each": ("key", "value"),
    "jsonb_each_text": ("key", "value"),
    "json_each_text": ("key", "value"),
    "pg_options_to_table": ("option_name", "option_value"),
    "aclexplode": ("grantor", "grantee", "privilege_type", "is_grantable"),
    "pg_event_trigger_ddl_commands": (
        "classid", "objid", "objsubid", "command_tag", "object_type", "schema_name", "object_identity",
        "in_extension", "command",
    ),
}  # fmt: skip
FUNCTIONS: Final[dict[str, Callable[..., Found]]] = {
    "unnest": _unnest,
    "generate_series": _series,
    "generate_subscripts": _subscripts,
    "string_to_table": _split,
    "regexp_split_to_table": _split_regex,
    "jsonb_array_elements": _elements,
    "json_array_elements": _elements,
    "jsonb_array_elements_text": _element_texts,
    "json_array_elements_text": _element_texts,
    "jsonb_object_keys": _keys,
    "json_object_keys": _keys,
    "jsonb_each": _each,
    "json_each": _each,
    "jsonb_each_text": _each_text,
    "json_each_text": _each_text,
    "pg_options_to_table": _options,
    "aclexplode": _exploded,
    "pg_event_trigger_ddl_commands": _commands,
}
