"""Columns of a table that stays: added, retyped, and changed in what they do by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policytool.catalog.build.assume import UNKNOWN
from policytool.catalog.ddl import columns, words
from policytool.catalog.ddl.columns import alter
from policytool.catalog.ddl.names import relation_key
from policytool.catalog.ddl.step import Phase, Step
from policytool.catalog.ddl.world import World
from policytool.catalog.expression.references import references
from policytool.catalog.model import Column, Name, Sequence, Table
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.diff.same import differing, named

_NUMBERS: Final = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_TEXTS: Final = ("character", "character varying", "text")
_TIMES: Final = ("date", "timestamp without time zone", "timestamp with time zone")


def step(world: World, before: Table, after: Table, sequence_of: dict[str, Sequence]) -> Iterator[Step]:
    """One step for all columns of a table, and one for the defaults where they have to come later."""
    name = (after.schema, after.name)
    bare = relation_key(name) in world.bare
    old = named(before.columns)
    sql: list[str] = []
    late: list[str] = []
    for column in _in_order(after, old):
        was = old.get(column.name)
        if was is None:
            if (not column.local and comes(world, before, after, column)) or column.type == UNKNOWN:
                continue
            sql += _added(world, after, column, plain=bare)
            if bare and column.default is not None and column.generated is None:
                late.append(alter(after, column, f"set default {column.default}"))
        elif was is not column:
            own = not comes(world, before, after, column)
            made, defaults = _changed(world, after, (was, column), sequence_of, own=own)
            sql += made
            (late if bare else sql).extend(defaults)
    texts = [text for c in after.columns if c is not old.get(c.name) for text in (c.type, c.generated, c.collation)]
    defaults_of = [c.default for c in after.columns if c is not old.get(c.name)]
    needs = world.references.of(texts if bare else [*texts, *defaults_of]) - {relation_key(name)}
    needs |= {relation_key(parent) for parent in parents(after)}
    if sql:
        yield Step(phase=Phase.TABLES, key=relation_key(name), sql=tuple(sql), schema=after.schema, needs=needs)
    if late:
        needs = world.references.of(defaults_of) | {relation_key(name)}
        key = ("defaults", *name)
        yield Step(phase=Phase.CONSTRAINTS, key=key, sql=tuple(late), schema=after.schema, needs=needs)


def _in_order(table: Table, old: dict[str, Column]) -> list[Column]:
    """The columns, new ones that are generated from others which come or change after them at the end."""
    pending = {c.name for c in table.columns if c is not old.get(c.name)}
    late: list[Column] = []
    for column in table.columns:
        pending.discard(column.name)
        if column.generated is not None and column.name not in old and pending & _named_in(column.generated):
            late.append(column)
    return [c for c in table.columns if c not in late] + late


def _named_in(expression: str) -> frozenset[str]:
    return references(expression).own_columns


def comes(world: World, before: Table, after: Table, column: Column) -> bool:
    """Whether a column changes with that of a parent, which the table has had before."""
    if not column.inherited:
        return False
    kept = (p for p in parents(after) if p in parents(before) and p in world.catalog.tables)
    return any(c.name == column.name for parent in kept for c in world.catalog.tables[parent].columns)


def parents(table: Table) -> tuple[Name, ...]:
    """What a table inherits from, or is a partition of."""
    return table.inherits if table.partition_of is None else (table.partition_of,)


def _kept_above(world: World, table: Table, column: Column) -> bool:
    """Whether a parent says NOT NULL of a column, so that its children cannot say otherwise."""
    above = (world.catalog.tables[name] for name in parents(table) if name in world.catalog.tables)
    return any(c.name == column.name and c.not_null for parent in above for c in parent.columns)


def _added(world: World, table: Table, column: Column, *, plain: bool) -> Iterator[str]:
    text = columns.definition(column, sequence=world.identity(table, column), plain=plain)
    noun = "foreign table" if table.kind == "foreign table" else "table"
    yield f"alter {noun} {qualified(table.schema, table.name)} add column {text}"
    yield from columns.adjustments(table, [column])


def _changed(
    world: World, table: Table, pair: tuple[Column, Column], sequence_of: dict[str, Sequence], *, own: bool
) -> tuple[list[str], list[str]]:
    """The statements, and those that set the default."""
    before, after = pair
    fields = set(differing(before, after))
    sql: list[str] = []
    default = before.default
    if fields & {"type", "collation"} and own and UNKNOWN not in (before.type, after.type):
        if default is not None and before.generated is None:
            sql.append(alter(table, after, "drop default"))
            default = None
        collation = f" collate {after.collation}" if after.collation else ""
        sql.append(alter(table, after, f"type {after.type}{collation}{using(before, after)}"))
    if "generated" in fields and own:
        sql += _generated(table, before, after)
    if before.not_null and not after.not_null and not _kept_above(world, table, after):
        sql.append(alter(table, after, "drop not null"))
    defaults = _default(table, default, after)
    if after.not_null and not before.not_null and (own or not _kept_above(world, table, after)):
        defaults.append(alter(table, after, "set not null"))
    defaults += _identity(world, table, before, after, sequence_of)
    sql += _storage(table, before, after, retyped="type" in fields)
    return sql, defaults


def _default(table: Table, default: str | None, after: Column) -> list[str]:
    if after.generated is not None or default == after.default:
        return []
    return [alter(table, after, "drop default" if after.default is None else f"set default {after.default}")]


def _generated(table: Table, before: Column, after: Column) -> Iterator[str]:
    if after.generated is None:
        yield alter(table, after, "drop expression")
    elif before.generated is not None:
        yield alter(table, after, f"set expression as ({after.generated})")


def _identity(
    world: World, table: Table, before: Column, after: Column, sequence_of: dict[str, Sequence]
) -> Iterator[str]:
    wanted = world.identity(table, after)
    if before.identity is None and after.identity is not None and wanted is not None:
        text = columns.definition(after, sequence=wanted)
        yield alter(table, after, f"add {text[text.index(' generated ') + 1 :]}")
        relation, name = qualified(table.schema, table.name), identifier(after.name)
        number = qualified(wanted.schema, wanted.name).replace("'", "''")
        yield f"select setval('{number}', coalesce(max({name}), 0) + 1, false) from {relation}"
    elif before.identity is not None and after.identity is not None and wanted is not None:
        parts = [f"set generated {after.identity.lower()}"] if before.identity != after.identity else []
        had = sequence_of.get(after.name)
        if had is not None:
            parts += [f"set {option}" for option in options(had, wanted)]
        if parts:
            yield alter(table, after, " ".join(parts))


def options(before: Sequence, after: Sequence) -> Iterator[str]:
    """What ALTER SEQUENCE has to say, in the order that keeps each step within its limits."""
    if before.increment != after.increment:
        yield f"increment by {after.increment}"
    if before.minimum != after.minimum:
        yield f"minvalue {after.minimum}"
    if before.maximum != after.maximum:
        yield f"maxvalue {after.maximum}"
    if before.start != after.start:
        yield f"start with {after.start}"
    if before.cache != after.cache:
        yield f"cache {after.cache}"
    if before.cycle != after.cycle:
        yield "cycle" if after.cycle else "no cycle"


def _storage(table: Table, before: Column, after: Column, *, retyped: bool) -> Iterator[str]:
    storage = None if retyped else before.storage
    if after.storage != storage:
        yield alter(table, after, f"set storage {after.storage.lower() if after.storage else 'default'}")
    compression = None if retyped else before.compression
    if after.compression != compression:
        yield alter(table, after, f"set compression {after.compression or 'default'}")
    if after.statistics != before.statistics:
        yield alter(table, after, f"set statistics {-1 if after.statistics is None else after.statistics}")
    yield from _options(table, before, after)


def _options(table: Table, before: Column, after: Column) -> Iterator[str]:
    if sorted(before.options) == sorted(after.options):
        return
    if table.kind == "foreign table":
        changed = generic(before.options, after.options)
        if changed:
            yield alter(table, after, changed)
        return
    names = {option.partition("=")[0] for option in after.options}
    gone = [n for option in before.options if (n := option.partition("=")[0]) not in names]
    if gone:
        yield alter(table, after, f"reset ({', '.join(gone)})")
    if after.options:
        yield alter(table, after, f"set {words.storage(after.options)}")


def generic(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """OPTIONS (ADD …, SET …, DROP …) of a foreign object; nothing where nothing changes."""
    old = dict(option.partition("=")[::2] for option in before)
    new = dict(option.partition("=")[::2] for option in after)
    parts = [f"drop {identifier(name)}" for name in old if name not in new]
    parts += [f"set {identifier(n)} {literal(v)}" for n, v in new.items() if n in old and old[n] != v]
    parts += [f"add {identifier(n)} {literal(v)}" for n, v in new.items() if n not in old]
    return f"options ({', '.join(parts)})" if parts else ""


# --- casts ----------------------------------------------------------------------------------------------------------


def using(before: Column, after: Column) -> str:
    """USING, where no assignment leads from the one type to the other; nothing that a row holds is thrown away."""
    old, new, name = before.type, after.type, identifier(after.name)
    if _assigned(_base(old), _base(new)):
        return ""
    if new.endswith("[]") and not old.endswith("[]"):
        return f" using case when {name} is null then null else array[{name}::{new[:-2]}] end"
    if _castable(_base(old), _base(new)):
        return f" using {name}::{new}"
    middle = "text[]" if old.endswith("[]") and new.endswith("[]") else "text"
    return f" using {name}::{new}" if _base(old) in _TEXTS else f" using {name}::{middle}::{new}"


def _base(name: str) -> str:
    return re.sub(r"\([\d, -]+\)", "", name).strip()


def _assigned(old: str, new: str) -> bool:
    if old == new or new in _TEXTS[1:]:
        return not old.endswith("[]") or old == new
    return any(old in group and new in group for group in (_NUMBERS, _TEXTS, _TIMES)) or {old, new} == {"json", "jsonb"}


def _castable(old: str, new: str) -> bool:
    return {old, new} == {"boolean", "integer"}
