"""Writes a first policy test: what the policies come to for owner, stranger and anon, as measured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Final

from msgspec import Struct

from policytool.catalog.model import Name, Policy, Table
from policytool.catalog.objects import Catalog
from policytool.testing.ground import Ground
from policytool.testing.outcomes import outcome
from policytool.testing.running.bench import Bench
from policytool.testing.running.cases import Case, Freeze, Insert, OnRow, spelled
from policytool.testing.running.run import Prepared, Runner, prepared
from policytool.testing.running.statements import insert, on_row
from policytool.testing.running.world import Unseeded
from policytool.testing.suites.lookup import USERS, Lookup
from policytool.testing.suites.read import read_suite
from policytool.testing.suites.suite import LETTERS, Handle
from policytool.testing.suites.yamlfile import Problems

_ROW: Final = "first"
_PLAIN: Final = re.compile(r"[A-Za-z_][\w.-]*\Z")
_WORDS: Final = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_PERSON: Final = ("user_id", "owner_id", "profile_id", "account_id", "author_id", "created_by", "id")
_LONGEST: Final = 96


class Sketch(Struct, frozen=True, kw_only=True):
    """A file in the making: rows by table, rights by table and actor, who inserts, and what is left out."""

    migrations: str | None
    actors: Mapping[str, str]
    rows: Mapping[Name, Mapping[str, str]]
    rights: Mapping[Name, Mapping[str, str]] = {}
    creates: Mapping[Name, Mapping[str, bool]] = {}  # by actor: whether it succeeds, or a constraint stops it
    left_out: Mapping[Name, str] = {}


def first_test(ground: Ground, *, path: str, migrations: str | None = None) -> str:
    """The text of a file that passes on this ground."""
    catalog, schemas = ground.built.catalog, ground.built.platform.exposed_schemas
    tables = [t for t in _tables(catalog, schemas) if not t.partition_of]
    lookup = Lookup(catalog, schemas, Problems(path))
    sketch = Sketch(
        migrations=migrations,
        actors=_actors(catalog),
        rows={(t.schema, t.name): _given(t, lookup, {(o.schema, o.name) for o in tables}) for t in tables},
    )
    sketch = _measured(ground, sketch, path)
    # What a stated table denies is tried in more ways than one: a table that fails is told and left out.
    for _ in range(3):
        wrong = _failing(ground, sketch, path)
        if not wrong:
            break
        left = {**sketch.left_out, **wrong}
        sketch = Sketch(
            migrations=sketch.migrations, actors=sketch.actors, rows=sketch.rows, left_out=left,
            rights={t: r for t, r in sketch.rights.items() if t not in left},
            creates={t: c for t, c in sketch.creates.items() if t not in left},
        )  # fmt: skip
    return written(sketch, catalog)


def _tables(catalog: Catalog, schemas: tuple[str, ...]) -> list[Table]:
    mine = [t for t in catalog.tables.values() if t.origin is None and t.kind != "foreign table" and not t.assumed]
    return [t for t in mine if t.schema in schemas] or mine


def _actors(catalog: Catalog) -> dict[str, str]:
    """The three of whom every policy speaks; of a database without tokens, its roles."""
    if USERS in catalog.tables:
        return {"owner": "{}", "stranger": "{}", "anon": "{role: anon}"}
    roles = [r.name for r in catalog.roles.values() if r.origin is None and not r.superuser and not r.bypassrls]
    return {re.sub(r"\W", "_", name): f"{{role: {_quoted(name)}}}" for name in sorted(roles)}


# --- rows -----------------------------------------------------------------------------------------------------------


def _given(table: Table, lookup: Lookup, known: set[Name]) -> dict[str, str]:
    """What makes a row the owner's, and what it hangs on."""
    name = (table.schema, table.name)
    found: dict[str, str] = {}
    people = [c.name for c in table.columns if any(far[0] == USERS for far in lookup.targets(name, c.name))]
    if not people and USERS in lookup.catalog.tables:
        people = [
            c.name
            for c in table.columns
            if c.type == "uuid" and c.name in _PERSON[:-1] and not any(lookup.targets(name, c.name))
        ]
    if people:
        found[min(people, key=lambda c: _PERSON.index(c) if c in _PERSON else len(_PERSON))] = "@owner"
    required = {c.name for c in table.columns if c.not_null}
    for constraint in table.constraints:
        reference = constraint.reference
        far = (reference.schema, reference.table) if reference else name
        if far == name or far not in known or not required.issuperset(constraint.columns):
            continue
        found |= {c: f"@{spelled(far)}.{_ROW}" for c in constraint.columns if c not in found}
    order = [c.name for c in table.columns]
    return {c: _exact(lookup, name, c, found[c]) for c in sorted(found, key=order.index)}


def _exact(lookup: Lookup, table: Name, column: str, reference: str) -> str:
    """The reference with its column, where that is not the key of the other row."""
    if reference == "@owner":
        return reference
    far_table = lookup.find_table(reference[1:].rpartition(".")[0])
    far = next((name for to, name in lookup.targets(table, column) if to == far_table), None)
    keys = lookup.primary_key(far_table) if far_table else ()
    return reference if far is None or keys == (far,) else f"{reference}.{far}"


# --- measuring ------------------------------------------------------------------------------------------------------


def _measured(ground: Ground, sketch: Sketch, path: str) -> Sketch:
    """The rights that there are."""
    with _ready(ground, sketch, path) as ready, ExitStack() as stack:
        runner = Runner(ready, stack, explain=False)
        rights: dict[Name, dict[str, str]] = {}
        creates: dict[Name, dict[str, bool]] = {}
        left: dict[Name, str] = {}
        for table in sketch.rows:
            handle = Handle(table, _ROW)
            try:
                bench = runner.bench("", reused=True)
                rights[table] = {actor: _letters(bench, actor, handle) for actor in sketch.actors}
                tried = {actor: _inserts(bench, actor, handle) for actor in sketch.actors}
                creates[table] = {actor: done for actor, done in tried.items() if done is not None}
            except Unseeded as why:
                left[table] = str(why)
    rows = {table: given for table, given in sketch.rows.items() if table not in left}
    return Sketch(
        migrations=sketch.migrations, actors=sketch.actors, rows=rows, rights=rights, creates=creates, left_out=left
    )


def _ready(ground: Ground, sketch: Sketch, path: str) -> AbstractContextManager[Prepared]:
    suite = read_suite(
        path, written(sketch, ground.built.catalog), ground.built.catalog,
        schemas=ground.built.platform.exposed_schemas,
    )  # fmt: skip
    return prepared(ground, suite)


def _letters(bench: Bench, actor: str, handle: Handle) -> str:
    found = ""
    for letter, command in LETTERS.items():
        sql = on_row(bench.world, command, handle, bench.role(actor))
        found += letter if outcome(bench.attempt(actor, sql), command).passed_policies else ""
    return found


def _inserts(bench: Bench, actor: str, handle: Handle) -> bool | None:
    """Whether the actor inserts a row like this; None where policies or grants are against it."""
    given = next(row.given for row in bench.world.suite.rows if row.handle == handle)
    with bench.session.savepoint():
        values = bench.lay(handle.table, bench.world.values(given))
        answer = bench.attempt(actor, insert(handle.table, values))
    return answer.ran if outcome(answer, "INSERT").passed_policies else None


def _failing(ground: Ground, sketch: Sketch, path: str) -> dict[Name, str]:
    """The tables of which a case fails, and how."""
    found: dict[Name, str] = {}
    with _ready(ground, sketch, path) as ready, ExitStack() as stack:
        runner = Runner(ready, stack, explain=False)
        for case in ready.cases:
            result = runner.run(case)
            if not result.passed:
                found.setdefault(_table_of(case), result.problem)
    return found


def _table_of(case: Case) -> Name:
    match case.probe:
        case OnRow(handle=handle):
            return handle.table
        case Insert(table=table) | Freeze(table=table):
            return table
    return ("", "")


# --- writing --------------------------------------------------------------------------------------------------------


def written(sketch: Sketch, catalog: Catalog) -> str:
    """The file."""
    return "".join(f"{line}\n" for line in _lines(sketch, catalog))


def _lines(sketch: Sketch, catalog: Catalog) -> Iterator[str]:
    yield "# Who may do what, as the policies say it today. Read it: whatever is not meant so is a bug in them."
    yield "# r reads, u updates, d deletes; who is not listed is denied. docs/policy-tests.md tells the rest."
    yield "policytool: 1"
    if sketch.migrations:
        yield f"migrations: {_quoted(sketch.migrations)}"
    yield "actors:"
    yield from (f"  {name}: {spec}" for name, spec in sketch.actors.items())
    yield "seed:" if sketch.rows else "seed: {}"
    for table, given in sketch.rows.items():
        yield f"  {spelled(table)}:"
        yield f"    {_ROW}: {_mapping(given)}"
    stated = [table for table in sketch.rights if table in sketch.rows]
    yield "tables:" if stated else "tables: {}"
    for table in stated:
        yield from (f"  # {line}" for line in _said(catalog.tables[table]))
        yield f"  {spelled(table)}:"
        yield f"    {_ROW}: {_mapping({a: letters for a, letters in sketch.rights[table].items() if letters})}"
        yield from _create(sketch, table)
    for table, why in sketch.left_out.items():
        yield f"# {spelled(table)} is left out: {' '.join(why.split())}"


def _create(sketch: Sketch, table: Name) -> Iterator[str]:
    who = sketch.creates.get(table, {})
    yield "    create:" if who else "    create: []"
    given = sketch.rows[table]
    what = f", with: {_mapping(given)}" if given else ""
    for done in (True, False):
        names = [actor for actor, found in who.items() if found is done]
        actors = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
        if names:
            yield f"      - {{as: {actors}{what}{'' if done else ', expect: {denied: constraint}'}}}"


def _said(table: Table) -> Iterator[str]:
    """The policies, a line for each."""
    if not table.rls_enabled:
        yield "row level security is off: grants alone decide"
    for policy in table.policies if table.rls_enabled else ():
        text = " ".join(_policy(policy).split())
        yield text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    if table.rls_enabled and not table.policies:
        yield "no policy: nobody but who bypasses them"


def _policy(policy: Policy) -> str:
    kind = "" if policy.permissive else "restrictive, "
    using = f" using {policy.using}" if policy.using else ""
    check = f" check {policy.with_check}" if policy.with_check else ""
    return f"{policy.name} ({kind}{policy.command.lower()} to {', '.join(policy.roles)}){using}{check}"


def _mapping(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_quoted(key)}: {_quoted(value)}" for key, value in values.items()) + "}"


def _quoted(text: str) -> str:
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
