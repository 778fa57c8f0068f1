"""The catalog as an outline for people: each schema with its tables, their row level security, who may do what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from policytool.catalog.build.acl import all_privileges
from policytool.catalog.ddl import columns, constraints, indexes
from policytool.catalog.model import Column, Function, Grant, Policy, Schema, Sequence, Table, Trigger, View
from policytool.catalog.objects import Catalog, Composite, Domain, Enum, Range
from policytool.catalog.spelling import identifier, literal

INDENT = "  "
# Where there are many, all of them are said in one word, on a server with MAINTAIN (17) and on one without.
_ALL = [set(all_privileges(kind, version)) for kind in ("TABLES", "SEQUENCES") for version in (16, 17)]


def outline(catalog: Catalog, *, label: str, verbosity: int = 0) -> str:
    """The user's own objects, and what the user added to others; with `verbosity` 1 everything. -1: only the counts."""
    everything = verbosity > 0
    lines = [f"{label} ({catalog.platform}): {_counts(catalog, everything)}"]
    if verbosity >= 0:
        for name in sorted(catalog.schemas):
            lines += _schema(catalog, catalog.schemas[name], everything)
        lines += _elsewhere(catalog, everything)
        lines += _unmodelled(catalog)
    if not everything:
        lines += ["", *_hidden(catalog)]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _counts(catalog: Catalog, everything: bool) -> str:
    kinds = (
        ("table", catalog.tables), ("view", catalog.views), ("function", catalog.functions), ("type", _types(catalog)),
    )  # fmt: skip
    numbers = [(noun, len(list(_shown(store, everything)))) for noun, store in kinds]
    policies = sum(len(_policies(table, everything)) for table in catalog.tables.values())
    words = [_count(number, noun) for noun, number in numbers]
    return ", ".join([*words, _count(policies, "policy", "policies")])


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _shown(store: dict[Any, Any], everything: bool, schema: str | None = None) -> Iterator[Any]:
    for key in sorted(store):
        if (everything or store[key].origin is None) and schema in (None, key[0]):
            yield store[key]


def _types(catalog: Catalog) -> dict[Any, Any]:
    return {**catalog.enums, **catalog.domains, **catalog.composites, **catalog.ranges, **catalog.base_types}


# --- schemas --------------------------------------------------------------------------------------------------------


def _schema(catalog: Catalog, schema: Schema, everything: bool) -> list[str]:
    lines: list[str] = []
    for table in (catalog.tables[key] for key in sorted(catalog.tables) if key[0] == schema.name):
        if everything or table.origin is None:
            lines += ["", *_table(catalog, table)]
        else:
            lines += _added(table)
    for view in _shown(catalog.views, everything, schema.name):
        lines += ["", *_view(view)]
    for sequence in _shown(catalog.sequences, everything, schema.name):
        lines += [] if sequence.owned_by is not None else ["", *_sequence(sequence)]
    for item in _shown(_types(catalog), everything, schema.name):
        lines += ["", f"type {identifier(item.name)} {_type(item)}".rstrip()]
    for function in _shown(catalog.functions, everything, schema.name):
        lines += ["", *_function(function)]
    if not lines and schema.origin is not None and not everything:
        return []
    granted = _granted(schema.grants, schema.owner)
    owner = f"owner {schema.owner}" + (f"; {granted}" if granted else "")
    return ["", f"schema {identifier(schema.name)} ({owner})", *(INDENT + line for line in lines)]


def _table(catalog: Catalog, table: Table) -> Iterator[str]:
    kind = "" if table.kind == "table" else f" ({table.kind})"
    assumed = ", made by no migration" if table.assumed else ""
    yield f"table {identifier(table.name)}{kind}: {_security(table)}{assumed}"
    yield from (INDENT + line for line in _body(catalog, table))


def _security(table: Table) -> str:
    state = "forced" if table.rls_enabled and table.rls_forced else "on" if table.rls_enabled else "off"
    return f"rls {state}, {_count(len(table.policies), 'policy', 'policies')}"


def _body(catalog: Catalog, table: Table) -> Iterator[str]:
    if table.partition_of is not None:
        yield f"partition of {'.'.join(map(identifier, table.partition_of))} {table.partition_bound}"
    if table.inherits:
        yield "inherits " + ", ".join(".".join(map(identifier, parent)) for parent in table.inherits)
    if table.partition_key is not None:
        yield f"partition by {table.partition_key}"
    yield from _columns(catalog, table)
    for constraint in table.constraints:
        yield constraints.definition(constraint, constraints.index_of(table, constraint)).removeprefix("constraint ")
    for index in table.indexes:
        if index.constraint is None:
            keys = ", ".join(indexes.key(key) for key in index.keys)
            where = f" where {index.predicate}" if index.predicate is not None else ""
            yield f"{'unique ' if index.unique else ''}index {identifier(index.name)} ({keys}){where}"
    yield from (_trigger(trigger) for trigger in table.triggers)
    yield from (_policy(policy) for policy in table.policies)
    yield from _grant_lines(table)


def _columns(catalog: Catalog, table: Table) -> Iterator[str]:
    identities = {s.owned_by: s for s in catalog.sequences.values() if s.identity}
    width = max((len(identifier(column.name)) for column in table.columns), default=0)
    for column in table.columns:
        sequence = identities.get((table.schema, table.name, column.name))
        name = identifier(column.name)
        yield f"{name:<{width}} {columns.definition(column, sequence=sequence)[len(name) :].lstrip()}"


def _policy(policy: Policy) -> str:
    restrictive = "" if policy.permissive else " restrictive"
    text = f"policy {identifier(policy.name)}{restrictive} {policy.command} to {', '.join(policy.roles)}"
    text += f" using ({policy.using})" if policy.using is not None else ""
    text += f" with check ({policy.with_check})" if policy.with_check is not None else ""
    return " ".join(text.split())


def _trigger(trigger: Trigger) -> str:
    state = "" if trigger.enabled == "ORIGIN" else f" ({trigger.enabled.lower()})"
    function = ".".join(map(identifier, trigger.function))
    return f"trigger {identifier(trigger.name)} {trigger.timing} {' or '.join(trigger.events)}: {function}(){state}"


def _view(view: View) -> Iterator[str]:
    kind = "materialized view" if view.materialized else "view"
    rights = (
        ""
        if view.materialized
        else ": with the caller's rights"
        if view.security_invoker
        else ": with its owner's rights"
    )
    yield f"{kind} {identifier(view.name)}{rights}"
    yield INDENT + _names(view.columns)
    for trigger in view.triggers:
        yield INDENT + _trigger(trigger)
    yield from (INDENT + line for line in _grant_lines(view))


def _names(parts: Iterable[Column]) -> str:
    return "(" + ", ".join(identifier(part.name) for part in parts) + ")"


def _sequence(sequence: Sequence) -> Iterator[str]:
    yield f"sequence {identifier(sequence.name)} {sequence.type}"
    yield from (INDENT + line for line in _grant_lines(sequence))


def _type(item: Any) -> str:
    match item:
        case Enum():
            return f"enum ({', '.join(literal(label) for label in item.labels)})"
        case Domain():
            return f"domain over {item.type}"
        case Composite():
            return f"composite {_names(item.columns)}"
        case Range():
            return f"range of {item.subtype}"
    return ""


def _function(function: Function) -> Iterator[str]:
    arguments = ", ".join(
        f"{identifier(a.name)} {a.type}" if a.name else a.type for a in function.arguments if a.mode != "TABLE"
    )
    returns = f" returns {function.returns}" if function.returns is not None else ""
    rights = ", security definer" if function.security_definer else ""
    settings = "".join(f", set {entry}" for entry in function.settings)
    yield f"{function.kind} {identifier(function.name)}({arguments}){returns}"
    yield f"{INDENT}{function.language}, {function.volatility.lower()}{rights}{settings}"
    yield from (INDENT + line for line in _grant_lines(function))


# --- what is elsewhere ----------------------------------------------------------------------------------------------


def _policies(table: Table, everything: bool) -> list[Policy]:
    return [p for p in table.policies if everything or table.origin is None or p.made is not None]


def _added(table: Table) -> list[str]:
    """What the user put on a table of the platform or of an extension."""
    lines = [_policy(policy) for policy in _policies(table, everything=False)]
    lines += [_trigger(trigger) for trigger in table.triggers if trigger.made is not None]
    lines += [f"index {identifier(index.name)}" for index in table.indexes if index.made is not None]
    granted = _granted([grant for grant in table.grants if grant.made is not None], table.owner)
    lines += [granted] if granted else []
    whose = "the platform's" if table.origin == "platform" else "of an extension"
    head = f"table {identifier(table.name)} ({whose}): {_security(table)}"
    return ["", head, *(INDENT + line for line in lines)] if lines else []


def _elsewhere(catalog: Catalog, everything: bool) -> Iterator[str]:
    roles = list(_shown(catalog.roles, everything))
    if roles:
        yield from ("", "roles: " + ", ".join(identifier(role.name) for role in roles))
    extensions = list(_shown(catalog.extensions, everything))
    if extensions:
        yield from ("", "extensions: " + ", ".join(f"{e.name} in {e.schema}" for e in extensions))
    for name, publication in sorted(catalog.publications.items()):
        members = [f"{table.schema}.{table.table}" for table in publication.tables] + list(publication.schemas)
        whole = "all tables" if publication.all_tables else ", ".join(members)
        if whole:
            yield from ("", f"publication {identifier(name)}: {whole}")
    buckets = [f"{b.id} ({'public' if b.public else 'private'})" for _, b in sorted(catalog.buckets.items())]
    if buckets:
        yield from ("", "storage buckets: " + ", ".join(buckets))


def _unmodelled(catalog: Catalog) -> Iterator[str]:
    if catalog.unmodelled:
        yield from ("", f"not in the catalog: {_count(len(catalog.unmodelled), 'statement')}")
    for item in catalog.unmodelled:
        yield f"{INDENT}{item.location.path}:{item.location.line}: {' '.join(item.message.split())}"


def _hidden(catalog: Catalog) -> Iterator[str]:
    stores: tuple[dict[Any, Any], ...] = (catalog.tables, catalog.views, catalog.functions, _types(catalog))
    origins = Counter(item.origin for store in stores for item in store.values() if item.origin is not None)
    if origins:
        names = {"platform": "the platform's", "extension": "of extensions"}
        words = " and ".join(f"{number} {names[origin]}" for origin, number in sorted(origins.items()))
        yield f"not shown: {words} (-v shows all)"


# --- privileges -----------------------------------------------------------------------------------------------------


def _held(privileges: list[str]) -> str:
    names = dict.fromkeys(privileges)
    return "ALL" if names.keys() in _ALL else ", ".join(names)


def _grant_lines(item: Any) -> Iterator[str]:
    granted = _granted(item.grants, item.owner)
    if granted:
        yield granted


def _granted(grants: Iterable[Grant], owner: str) -> str:
    """`grants: anon SELECT; authenticated SELECT, UPDATE (a, b)`; what the owner has by itself is left out."""
    held: dict[str, list[str]] = {}
    for grant in grants:
        if grant.grantee != owner:
            on = f" ({', '.join(map(identifier, grant.columns))})" if grant.columns else ""
            held.setdefault(grant.grantee, []).append(grant.privilege + on)
    words = "; ".join(f"{grantee} {_held(held[grantee])}" for grantee in sorted(held))
    return f"grants: {words}" if words else ""
