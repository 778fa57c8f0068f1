"""The facets of a built catalog, in the same plain values as those that `oracle` reads from a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from policytool.catalog.build.acl import built_in
from policytool.catalog.model import Constraint, Function, Grant, IndexKey, Sequence, Table, View
from policytool.catalog.objects import Catalog, Composite, Domain, Enum
from policytool.catalog.spelling import identifier

Facts = dict[str, Any]
Pairs = Iterator[tuple[str, Any]]
_ACTION = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}
_STORAGE = {"PLAIN": "p", "EXTERNAL": "e", "EXTENDED": "x", "MAIN": "m"}


def predicted(catalog: Catalog, facets: Iterable[str]) -> dict[str, Facts]:
    """The facets of a catalog, each by identity."""
    return {facet: dict(_FACETS[facet](catalog)) for facet in facets}


def _own(items: Mapping[Any, Any]) -> Iterator[Any]:
    return (item for item in items.values() if item.origin is None)


def _tables(catalog: Catalog) -> Pairs:
    for table in _own(catalog.tables):
        parents = table.inherits if table.partition_of is None else (table.partition_of,)
        yield (
            dotted(table),
            {
                "kind": table.kind,
                "persistence": table.persistence,
                "owner": table.owner,
                "rls_enabled": table.rls_enabled,
                "rls_forced": table.rls_forced,
                "options": [o for o in table.options if not o.startswith("toast.")],
                "parents": [".".join(parent) for parent in parents],
                "partition_key": table.partition_key,
                "is_partition": table.partition_of is not None,
                "of_type": ".".join(table.of_type) if table.of_type else None,
                "replica_identity": table.replica_identity,
            },
        )


def _columns(catalog: Catalog) -> Pairs:
    for kind in (catalog.tables, catalog.views, catalog.composites):
        for item in _own(kind):
            yield dotted(item), [_column(column) for column in item.columns]


def _column(column: Any) -> Facts:
    return {
        "name": column.name,
        "type": column.type,
        "not_null": column.not_null,
        "default": column.default is not None,
        "identity": column.identity,
        "generated": ("STORED" if column.generated_stored else "VIRTUAL") if column.generated is not None else None,
        "collation": column.collation.rpartition(".")[2].strip('"') if column.collation else None,
        "inherited": column.inherited,
        "local": column.local,
        "storage": _STORAGE[column.storage] if column.storage else None,
        "compression": column.compression[0] if column.compression else None,
        "statistics": column.statistics,
        "options": list(column.options),
    }


def _constraints(catalog: Catalog) -> Pairs:
    for table in _own(catalog.tables):
        order = [column.name for column in table.columns]
        for constraint in table.constraints:
            yield f"{dotted(table)}.{constraint.name}", _constraint(constraint, order)


def _constraint(constraint: Constraint, order: list[str]) -> Facts:
    columns = list(constraint.columns)
    return {
        "kind": constraint.kind,
        "columns": sorted(columns, key=order.index) if constraint.kind == "CHECK" else columns,
        "reference": _reference(constraint),
        "deferrable": constraint.deferrable,
        "deferred": constraint.deferred,
        "validated": constraint.validated,
        "no_inherit": constraint.no_inherit,
        "inherited": constraint.inherited,
        "local": constraint.local,
    }


def _reference(constraint: Constraint) -> str | None:
    far = constraint.reference
    if far is None:
        return None
    actions = _ACTION[far.on_delete] + _ACTION[far.on_update] + far.match[0].lower()
    only = f" ({', '.join(far.delete_columns)})" if far.delete_columns else ""
    return f"{far.schema}.{far.table}({', '.join(far.columns)}) {actions}{only}"


def _indexes(catalog: Catalog) -> Pairs:
    for item in (*_own(catalog.tables), *_own(catalog.views)):
        for index in item.indexes:
            yield (
                f"{dotted(item)}.{index.name}",
                {
                    "method": index.method,
                    "unique": index.unique,
                    "nulls_not_distinct": index.nulls_not_distinct,
                    "valid": index.valid,
                    "keys": [_key(key) for key in index.keys],
                    "include": list(index.include),
                    "predicate": index.predicate is not None,
                    "constraint": index.constraint,
                    "parent": ".".join(index.parent) if index.parent else None,
                    "options": list(index.options),
                },
            )


def _key(key: IndexKey) -> Facts:
    return {
        "column": key.column,
        "descending": key.descending,
        "nulls_first": key.nulls_first,
        "opclass": key.opclass,
    }


def _sequences(catalog: Catalog) -> Pairs:
    for sequence in _own(catalog.sequences):
        yield (
            dotted(sequence),
            {
                "owner": sequence.owner,
                "type": sequence.type,
                "start": sequence.start,
                "increment": sequence.increment,
                "minimum": sequence.minimum,
                "maximum": sequence.maximum,
                "cache": sequence.cache,
                "cycle": sequence.cycle,
                "persistence": sequence.persistence,
                "owned_by": ".".join(sequence.owned_by) if sequence.owned_by else None,
                "identity": sequence.identity,
            },
        )


def _policies(catalog: Catalog) -> Pairs:
    for table in _own(catalog.tables):
        for policy in table.policies:
            yield (
                f"{dotted(table)}.{policy.name}",
                {
                    "command": policy.command,
                    "permissive": policy.permissive,
                    "using": policy.using is not None,
                    "with_check": policy.with_check is not None,
                    "roles": sorted(policy.roles),
                },
            )


def _triggers(catalog: Catalog) -> Pairs:
    for item in (*_own(catalog.tables), *_own(catalog.views)):
        order = [column.name for column in item.columns]
        for trigger in item.triggers:
            yield (
                f"{dotted(item)}.{trigger.name}",
                {
                    "timing": trigger.timing,
                    "events": sorted(trigger.events),
                    "row": trigger.row,
                    "function": ".".join(trigger.function),
                    "update_columns": sorted(trigger.update_columns, key=order.index),
                    "when": trigger.when is not None,
                    "constraint": trigger.constraint,
                    "deferrable": trigger.deferrable,
                    "deferred": trigger.deferred,
                    "inherited": trigger.inherited,
                    "enabled": trigger.enabled,
                },
            )


def _rules(catalog: Catalog) -> Pairs:
    for item in (*_own(catalog.tables), *_own(catalog.views)):
        for rule in item.rules:
            yield f"{dotted(item)}.{rule.name}", {"event": rule.event, "enabled": rule.enabled}


def _views(catalog: Catalog) -> Pairs:
    for view in _own(catalog.views):
        yield (
            dotted(view),
            {
                "owner": view.owner,
                "materialized": view.materialized,
                "populated": view.populated,
                "options": list(view.options),
            },
        )


def _relation_grants(catalog: Catalog) -> Pairs:
    for kind in (catalog.tables, catalog.views, catalog.sequences):
        for item in _own(kind):
            yield dotted(item), grants(item.grants)


def _schemas(catalog: Catalog) -> Pairs:
    for schema in (s for s in catalog.schemas.values() if s.origin != "extension" and s.name != "public"):
        yield schema.name, {"owner": schema.owner, "grants": grants(schema.grants)}


def _functions(catalog: Catalog) -> Pairs:
    for function in _own(catalog.functions):
        schema, name, types = function.signature
        yield (
            f"{schema}.{name}({', '.join(types)})",
            {
                "owner": function.owner,
                "language": function.language,
                "security_definer": function.security_definer,
                "strict": function.strict,
                "kind": function.kind,
                "volatility": function.volatility,
                "settings": list(function.settings),
                "leakproof": function.leakproof,
                "returns": function.returns,
                "parallel": function.parallel,
                "arguments": _arguments(function),
                "grants": grants(function.grants),
            },
        )


def _arguments(function: Function) -> str:
    words = []
    for argument in function.arguments:
        if argument.mode != "TABLE":
            mode = "" if argument.mode == "IN" and function.kind != "procedure" else f"{argument.mode} "
            name = f"{identifier(argument.name)} " if argument.name else ""
            default = f" DEFAULT {argument.default}" if argument.default is not None else ""
            words.append(f"{mode}{name}{argument.type}{default}")
    return ", ".join(words)


def _types(catalog: Catalog) -> Pairs:
    kinds: dict[str, Mapping[Any, Any]] = {
        "enum": catalog.enums,
        "domain": catalog.domains,
        "composite": catalog.composites,
        "range": catalog.ranges,
        "base": catalog.base_types,
    }
    for kind, items in kinds.items():
        for item in _own(items):
            domain = item if isinstance(item, Domain) else None
            yield (
                dotted(item),
                {
                    "owner": item.owner,
                    "kind": kind,
                    "labels": list(item.labels) if isinstance(item, Enum) else [],
                    "base": domain.type if domain else None,
                    "not_null": domain is not None and domain.not_null,
                    "default": domain is not None and domain.default is not None,
                    "constraints": sorted(c.name for c in domain.constraints) if domain else [],
                    "grants": grants(item.grants),
                },
            )


def _comments(catalog: Catalog) -> Pairs:
    for kind in (catalog.tables, catalog.views, catalog.sequences):
        for item in _own(kind):
            yield from _commented("relation", dotted(item), item)
            for index in getattr(item, "indexes", ()):
                yield from _commented("relation", f"{item.schema}.{index.name}", index)
            for column in getattr(item, "columns", ()):
                yield from _commented("column", f"{dotted(item)}.{column.name}", column)
    for composite in _own(catalog.composites):
        for column in composite.columns:
            yield from _commented("column", f"{dotted(composite)}.{column.name}", column)


def _commented(kind: str, identity: str, item: Any) -> Pairs:
    if item.comment is not None:
        yield f"{kind} {identity}", item.comment


def _default_privileges(catalog: Catalog) -> Pairs:
    for entry in catalog.default_privileges:
        base = built_in(entry.kind, entry.role, 18) if entry.schema is None else ()
        gone = {(g.grantee, g.privilege) for g in entry.revoked}
        given = {(g.grantee, g.privilege): g for g in (*base, *entry.grants)}
        kept = [grant for key, grant in given.items() if key not in gone]
        yield f"{entry.role}/{entry.schema or ''}/{entry.kind}", grants(kept)


def _roles(catalog: Catalog) -> Pairs:
    fields = ("superuser", "inherit", "createrole", "createdb", "login", "replication", "bypassrls")
    for role in _own(catalog.roles):
        yield role.name, {name: getattr(role, name) for name in fields} | {"settings": list(role.settings)}


def _memberships(catalog: Catalog) -> Pairs:
    for known in (m for m in catalog.memberships if not m.role.startswith("pg_")):
        facts = {"admin": known.admin, "inherit": known.inherit, "set": known.set}
        yield f"{known.member} in {known.role}", facts


def _extensions(catalog: Catalog) -> Pairs:
    for extension in _own(catalog.extensions):
        yield extension.name, extension.schema


def _servers(catalog: Catalog) -> Pairs:
    for server in _own(catalog.servers):
        yield server.name, {"owner": server.owner, "grants": grants(server.grants)}


def _wrappers(catalog: Catalog) -> Pairs:
    for wrapper in catalog.wrappers.values():
        yield wrapper.name, {"owner": wrapper.owner, "grants": grants(wrapper.grants)}


def _public(catalog: Catalog) -> Pairs:
    if "public" in catalog.schemas:
        public = catalog.schemas["public"]
        yield "public", {"owner": public.owner, "grants": grants(public.grants)}


def _publications(catalog: Catalog) -> Pairs:
    for publication in _own(catalog.publications):
        tables = sorted(f"{table.schema}.{table.table}" for table in publication.tables)
        facts = {"owner": publication.owner, "tables": tables, "schemas": sorted(publication.schemas)}
        yield publication.name, facts


def _event_triggers(catalog: Catalog) -> Pairs:
    for trigger in _own(catalog.event_triggers):
        yield trigger.name, {"owner": trigger.owner, "function": ".".join(trigger.function)}


def grants(given: Iterable[Grant]) -> list[str]:
    """Each privilege as text: grantee=PRIVILEGE(column)/grantor, with * where it may be passed on."""
    found = []
    for grant in given:
        for column in grant.columns or ("",):
            suffix = (f"({column})" if column else "") + ("*" if grant.grantable else "")
            found.append(f"{grant.grantee}={grant.privilege}{suffix}/{grant.grantor}")
    return sorted(found)


def dotted(item: Table | View | Sequence | Composite | Any) -> str:
    """schema.name of what has both."""
    return f"{item.schema}.{item.name}"


_FACETS: dict[str, Callable[[Catalog], Pairs]] = {
    "tables": _tables,
    "columns": _columns,
    "constraints": _constraints,
    "indexes": _indexes,
    "sequences": _sequences,
    "policies": _policies,
    "triggers": _triggers,
    "rules": _rules,
    "views": _views,
    "relation grants": _relation_grants,
    "schemas": _schemas,
    "functions": _functions,
    "types": _types,
    "comments": _comments,
    "default privileges": _default_privileges,
    "roles": _roles,
    "memberships": _memberships,
    "extensions": _extensions,
    "servers": _servers,
    "wrappers": _wrappers,
    "public": _public,
    "publications": _publications,
    "event triggers": _event_triggers,
}
