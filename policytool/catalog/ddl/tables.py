"""Tables: CREATE TABLE in its forms, and what follows it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from policytool.catalog.build.assume import UNKNOWN
from policytool.catalog.ddl import columns, constraints, indexes, inheritance, words
from policytool.catalog.ddl.names import relation_key
from policytool.catalog.ddl.step import Key, Phase, Step, step
from policytool.catalog.ddl.world import World
from policytool.catalog.model import Column, Constraint, Name, Table
from policytool.catalog.spelling import identifier, qualified


def steps(world: World, own: list[Table]) -> Iterator[Step]:
    """The tables with their columns, constraints, indexes and parents; everything else comes later."""
    made = [table for table in own if not table.assumed]
    together: set[Name] = set()
    for family in inheritance.families(world, made):
        whole = _family(world, family)
        if whole is not None:
            together |= {(table.schema, table.name) for table in family}
            yield whole
    for table in own:
        if table.assumed:
            yield _assumed(world, table)
        elif (table.schema, table.name) not in together:
            yield _created(world, table)
        yield from _later(world, table, split=(table.schema, table.name) in together)
        yield from indexes.steps(table, world.references)
        yield from _attached(world, table)


def _assumed(world: World, table: Table) -> Step:
    """A table that no migration made: it must be there, and gets the columns that migrations added."""
    name = (table.schema, table.name)
    sql = [f"-- table {qualified(*name)} was made by no migration: it must be there already"]
    for column in table.columns:
        if column.type != UNKNOWN:
            text = columns.definition(column, sequence=world.identity(table, column))
            sql.append(f"alter table {qualified(*name)} add column {text}")
        elif column.default is not None:
            sql.append(columns.alter(table, column, f"set default {column.default}"))
        elif column.not_null:
            sql.append(columns.alter(table, column, "set not null"))
    sql += columns.adjustments(table, table.columns)
    needs = world.references.of(columns.texts(table.columns))
    return Step(phase=Phase.TABLES, key=relation_key(name), sql=tuple(sql), schema=table.schema, needs=needs)


def _created(world: World, table: Table) -> Step:
    name = (table.schema, table.name)
    inline = _inline(world, table)
    by_columns = table.inherits and not inheritance.is_attached(world, table)
    sql = [create(world, table, inline)]
    sql += columns.adjustments(table, _listed(world, table))
    sql += inheritance.adjustments(world, table) if by_columns else []
    makes = {constraints.key(name, c) for c in inline} | {
        ("index", table.schema, i.name) for i in table.indexes if i.constraint in {c.name for c in inline}
    }
    return Step(
        phase=Phase.TABLES,
        key=relation_key(name),
        sql=tuple(sql),
        schema=table.schema,
        needs=_needs(world, table, inline),
        makes=frozenset(makes),
    )


def _needs(world: World, table: Table, inline: list[Constraint]) -> frozenset[Key]:
    texts = [*columns.texts(_plain(world, table)), table.partition_key]
    for constraint in inline:
        texts.append(constraint.expression)
        index = constraints.index_of(table, constraint)
        texts += indexes.texts(index) if index is not None else []
    needs = world.references.of(texts)
    if table.of_type is not None:
        needs |= {("type", *table.of_type)}
    if table.server is not None:
        needs |= {("server", table.server)}
    return needs | {relation_key(parent) for parent in table.inherits if not inheritance.is_attached(world, table)}


def _plain(world: World, table: Table) -> list[Column]:
    """The columns as CREATE TABLE has them; without their defaults where the table is bare."""
    listed = _listed(world, table)
    if relation_key((table.schema, table.name)) not in world.bare:
        return listed
    return [Column(name=c.name, type=c.type, generated=c.generated, collation=c.collation) for c in listed]


def _spelled(world: World, table: Table) -> Iterator[Column]:
    """The columns as they are written: NOT NULL only where no parent says it already."""
    above = inheritance.expected(world, table) if table.inherits and not inheritance.is_attached(world, table) else {}
    for column in _listed(world, table):
        known = above.get(column.name)
        yield replace(column, not_null=False) if known is not None and known.not_null else column


def _listed(world: World, table: Table) -> list[Column]:
    """The columns that CREATE TABLE spells out; the others come from parents."""
    if table.inherits and not inheritance.is_attached(world, table):
        return [column for column in table.columns if column.local]
    return list(table.columns)


def _inline(world: World, table: Table) -> list[Constraint]:
    if relation_key((table.schema, table.name)) in world.bare:
        return []
    late = inheritance.late_checks(world, table)
    found = [
        c
        for c in table.constraints
        if constraints.in_create(c) and not constraints.is_inherited(table, c) and c.name not in late
    ]
    # CREATE TABLE makes one of two keys that are alike (transformIndexConstraints); the second comes later.
    shapes = [constraints.shape(table, c) for c in found]
    return [c for n, c in enumerate(found) if shapes[n] is None or shapes[n] not in shapes[:n]]


# --- CREATE TABLE ---------------------------------------------------------------------------------------------------


def create(world: World, table: Table, inline: list[Constraint]) -> str:
    """CREATE TABLE with these of its constraints."""
    parts = [*_columns(world, table), *(constraints.definition(c, constraints.index_of(table, c)) for c in inline)]
    head = _head(table)
    if table.of_type is not None:
        text = f"{head} of {qualified(*table.of_type)}{' ' + words.bracketed(parts) if parts else ''}"
    else:
        text = f"{head} {words.bracketed(parts) if parts else '()'}"
    return text + _tail(world, table)


def _head(table: Table) -> str:
    kind = "foreign table" if table.kind == "foreign table" else "table"
    unlogged = "unlogged " if table.persistence == "unlogged" else ""
    return f"create {unlogged}{kind} {qualified(table.schema, table.name)}"


def _columns(world: World, table: Table) -> Iterator[str]:
    plain = relation_key((table.schema, table.name)) in world.bare
    for column in _spelled(world, table):
        if table.of_type is not None and not columns.needs_options(column):
            continue
        sequence = world.identity(table, column)
        text = columns.definition(column, sequence=sequence, typed=table.of_type is None, plain=plain)
        if table.kind == "foreign table" and column.options:
            name = identifier(column.name)
            rest = text.removeprefix(f"{name} {column.type}")
            text = f"{name} {column.type}{words.generic(column.options)}{rest}"
        yield text


def _tail(world: World, table: Table) -> str:
    text = ""
    if table.inherits and not inheritance.is_attached(world, table):
        text += inheritance.parents_clause(table)
    if table.partition_key is not None:
        text += f" partition by {table.partition_key}"
    if table.access_method is not None:
        text += f" using {identifier(table.access_method)}"
    if table.server is not None:
        text += f" server {identifier(table.server)}{words.generic(table.server_options)}"
    if table.options:
        text += f" with {words.storage(table.options)}"
    return f"{text} tablespace {identifier(table.tablespace)}" if table.tablespace is not None else text


def _family(world: World, family: list[Table]) -> Step | None:
    """Tables without columns, which are then added to parents and children in turn."""
    added = inheritance.additions(world, family)
    if added is None:
        return None
    by_name = {(table.schema, table.name): table for table in family}
    sql: list[str] = []
    done: list[Name] = []
    while len(done) < len(by_name):
        for name, table in by_name.items():
            if name not in done and all(p in done or p not in by_name for p in table.inherits):
                sql.append(f"{_head(table)} (){_tail(world, table)}")
                done.append(name)
    for table, column in added:
        text = columns.definition(column, sequence=world.identity(table, column))
        sql.append(f"alter table {qualified(table.schema, table.name)} add column {text}")
    for table in family:
        sql += [*columns.adjustments(table, _listed(world, table)), *inheritance.adjustments(world, table)]
    keys = [relation_key(name) for name in done]
    needs = frozenset[Key]().union(*(_needs(world, table, []) for table in family)) - set(keys)
    return Step(
        phase=Phase.TABLES, key=keys[0], sql=tuple(sql), schema=family[0].schema, needs=needs, makes=frozenset(keys)
    )


# --- afterwards -----------------------------------------------------------------------------------------------------


def _later(world: World, table: Table, *, split: bool) -> Iterator[Step]:
    """Defaults and constraints that CREATE TABLE did not make."""
    bare = relation_key((table.schema, table.name)) in world.bare
    if bare and not split:
        for column in _listed(world, table):
            if column.default is not None and column.generated is None:
                sql = columns.alter(table, column, f"set default {column.default}")
                key = ("default", table.schema, table.name, column.name)
                yield step(
                    Phase.CONSTRAINTS, key, sql, schema=table.schema, needs=world.references.of([column.default])
                )
    inline = [] if split or table.assumed else _inline(world, table)
    for constraint in table.constraints:
        if constraint not in inline and not constraints.is_inherited(table, constraint):
            yield constraint_step(world, table, constraint)


def constraint_step(world: World, table: Table, constraint: Constraint) -> Step:
    """A constraint by itself."""
    name = (table.schema, table.name)
    index = constraints.index_of(table, constraint)
    texts = [constraint.expression, *(indexes.texts(index) if index is not None else [])]
    foreign = constraint.kind == "FOREIGN KEY"
    return Step(
        phase=Phase.FOREIGN_KEYS if foreign else Phase.CONSTRAINTS,
        key=constraints.key(name, constraint),
        sql=(constraints.add(table, constraint),),
        schema=table.schema,
        needs=world.references.of(texts) | {relation_key(name)},
        makes=frozenset({("index", table.schema, index.name)}) if index is not None else frozenset(),
    )


def _attached(world: World, table: Table) -> Iterator[Step]:
    """ATTACH PARTITION, parents before children, and INHERIT where CREATE TABLE did not say it."""
    name = (table.schema, table.name)
    if table.partition_of is not None:
        sql = (
            f"alter table {qualified(*table.partition_of)} attach partition {qualified(*name)} {table.partition_bound}"
        )
        needs = frozenset({("attached", *table.partition_of)})
        yield step(Phase.PARTITIONS, ("attached", *name), sql, schema=table.schema, needs=needs)
    elif table.inherits and inheritance.is_attached(world, table):
        several = [f"alter table {qualified(*name)} inherit {qualified(*parent)}" for parent in table.inherits]
        needs = frozenset(("attached", *parent) for parent in table.inherits)
        yield step(Phase.INHERITANCE, ("attached", *name), *several, schema=table.schema, needs=needs)
    for index in table.indexes:
        yield from _attached_index(world, table, index.name, index.parent)


def _attached_index(world: World, table: Table, name: str, parent: Name | None) -> Iterator[Step]:
    """ATTACH PARTITION of an index whose parent lacks others and so is made after the partitions are attached."""
    above = world.catalog.tables.get(table.partition_of) if table.partition_of is not None else None
    if parent is None or above is None:
        return
    index = next((i for i in above.indexes if i.name == parent[1]), None)
    if index is not None and index.constraint is None and not index.valid:
        sql = f"alter index {qualified(*parent)} attach partition {qualified(table.schema, name)}"
        key = ("attached index", table.schema, name)
        yield step(Phase.PARTITIONS, key, sql, schema=table.schema, needs=frozenset({("index", *parent)}))
