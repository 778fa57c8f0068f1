"""Roles, schemas, extensions, publications, event triggers, dependencies, settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policytool.catalog.build.members import members
from policytool.catalog.build.plpgsql import objects
from policytool.catalog.build.plpgsql.relations.base import (
    CatalogTable,
    Ghost,
    namespace,
    relations,
    role,
    table,
    tables_and_views,
)
from policytool.catalog.build.plpgsql.values import SYSTEM, Acl, Between, NotKnown, Oid, Spelled, Unknown, Value
from policytool.catalog.build.state import State
from policytool.catalog.model import Role
from policytool.catalog.spelling import identifier
from policytool.source.bootstrap import extension_parts

Wanted = Mapping[str, Value]


def _roles(state: State, wanted: Wanted) -> Iterator[Any]:
    called = wanted.get("rolname")
    if isinstance(called, str):
        yield from (state.roles[name] for name in (called,) if name in state.roles)
    else:
        yield from state.roles.values()


def _role_settings(state: State, item: Role) -> Value:
    return tuple(item.settings) or None


_ROLE_COLUMNS: Final[dict[str, Any]] = {
    "oid": lambda s, r: role(r.name),
    "rolname": lambda s, r: r.name,
    "rolsuper": lambda s, r: r.superuser,
    "rolinherit": lambda s, r: r.inherit,
    "rolcreaterole": lambda s, r: r.createrole,
    "rolcreatedb": lambda s, r: r.createdb,
    "rolcanlogin": lambda s, r: r.login,
    "rolreplication": lambda s, r: r.replication,
    "rolbypassrls": lambda s, r: r.bypassrls,
}
PG_ROLES: Final = table("pg_catalog.pg_roles", _roles, {**_ROLE_COLUMNS, "rolconfig": _role_settings}, ("rolname",))
PG_AUTHID: Final = table("pg_catalog.pg_authid", _roles, _ROLE_COLUMNS, ("rolname",))
PG_USER: Final = table(
    "pg_catalog.pg_user",
    lambda s, wanted: (r for r in s.roles.values() if r.login),
    {"usename": lambda s, r: r.name, "usesysid": lambda s, r: role(r.name), "usesuper": lambda s, r: r.superuser},
)
PG_AUTH_MEMBERS: Final = table(
    "pg_catalog.pg_auth_members",
    lambda s, wanted: s.memberships,
    {
        "roleid": lambda s, m: role(m.role),
        "member": lambda s, m: role(m.member),
        "admin_option": lambda s, m: m.admin,
        "inherit_option": lambda s, m: m.inherit,
        "set_option": lambda s, m: m.set,
    },
)


def _schemas(state: State, wanted: Wanted) -> Iterator[Any]:
    yield from state.schemas.values()
    for name in objects.SYSTEM_SCHEMAS:
        if name not in state.schemas:
            known = {"oid": namespace(name), "nspname": name}
            yield Ghost("the owner of a schema of Postgres's own", known, sure=True)


PG_NAMESPACE: Final = table(
    "pg_catalog.pg_namespace",
    _schemas,
    {
        "oid": lambda s, n: namespace(n.name),
        "nspname": lambda s, n: n.name,
        "nspowner": lambda s, n: role(n.owner),
        "nspacl": lambda s, n: Acl(n.owner, n.grants, "SCHEMAS"),
    },
)
PG_EXTENSION: Final = table(
    "pg_catalog.pg_extension",
    lambda s, wanted: s.extensions.values(),
    {
        "oid": lambda s, e: Oid("pg_extension", e.name),
        "extname": lambda s, e: e.name,
        "extnamespace": lambda s, e: namespace(e.schema),
        "extversion": lambda s, e: e.version if e.version is not None else Unknown("the version of an extension"),
    },
)


def _available(state: State, wanted: Wanted) -> Iterator[Any]:
    yield from sorted({*extension_parts(), *state.extensions})
    yield Ghost("which extensions a server offers")


PG_AVAILABLE_EXTENSIONS: Final = table(
    "pg_catalog.pg_available_extensions",
    _available,
    {
        "name": lambda s, name: name,
        "installed_version": lambda s, name: s.extensions[name].version if name in s.extensions else None,
    },
)
PG_EVENT_TRIGGER: Final = table(
    "pg_catalog.pg_event_trigger",
    lambda s, wanted: s.event_triggers.values(),
    {
        "evtname": lambda s, e: e.name,
        "evtevent": lambda s, e: e.event,
        "evtowner": lambda s, e: role(e.owner),
        "evtfoid": lambda s, e: Oid("pg_proc", (*e.function, ())),
        "evtenabled": lambda s, e: {"ORIGIN": "O", "DISABLED": "D", "REPLICA": "R", "ALWAYS": "A"}[e.enabled],
        "evttags": lambda s, e: tuple(e.tags) or None,
    },
)


# --- publications ---------------------------------------------------------------------------------------------------


def _published(state: State, wanted: Wanted) -> Iterator[tuple[str, str, str, Any]]:
    """Publication, schema and table of every published table, those of whole schemas and of all tables included."""
    for publication in state.publications.values():
        named = {(member.schema, member.table): member for member in publication.tables}
        yield from ((publication.name, *key, member) for key, member in named.items())
        for relation in tables_and_views(state, kinds="r") if publication.all_tables or publication.schemas else ():
            whole = publication.all_tables or relation.schema in publication.schemas
            if whole and relation.key not in named and relation.item.persistence == "permanent":
                yield publication.name, *relation.key, None


PG_PUBLICATION: Final = table(
    "pg_catalog.pg_publication",
    lambda s, wanted: s.publications.values(),
    {
        "oid": lambda s, p: Oid("pg_publication", p.name),
        "pubname": lambda s, p: p.name,
        "pubowner": lambda s, p: role(p.owner),
        "puballtables": lambda s, p: p.all_tables,
        "pubinsert": lambda s, p: "insert" in p.publish,
        "pubupdate": lambda s, p: "update" in p.publish,
        "pubdelete": lambda s, p: "delete" in p.publish,
        "pubtruncate": lambda s, p: "truncate" in p.publish,
        "pubviaroot": lambda s, p: p.via_root,
    },
)
PG_PUBLICATION_TABLES: Final = table(
    "pg_catalog.pg_publication_tables",
    _published,
    {
        "pubname": lambda s, row: row[0],
        "schemaname": lambda s, row: row[1],
        "tablename": lambda s, row: row[2],
        "rowfilter": lambda s, row: None if row[3] is None or row[3].where is None else Spelled(row[3].where),
    },
)
PG_PUBLICATION_REL: Final = table(
    "pg_catalog.pg_publication_rel",
    lambda s, wanted: ((p.name, m.schema, m.table) for p in s.publications.values() for m in p.tables),
    {
        "oid": lambda s, row: Oid("pg_publication_rel", row),
        "prpubid": lambda s, row: Oid("pg_publication", row[0]),
        "prrelid": lambda s, row: Oid("pg_class", row[1:]),
    },
)


# --- dependencies ---------------------------------------------------------------------------------------------------

_ON_EXTENSIONS: Final = "which extension an object belongs to"


def _dependencies(state: State, wanted: Wanted) -> Iterator[Any]:
    """Membership in extensions; any other dependency is only known to be no such one."""
    oid = wanted.get("objid")
    for found in (oid,) if isinstance(oid, Oid) else _all_objects(state):
        item = _item(state, found)
        known = {"objid": found, "classid": Oid("pg_class", ("pg_catalog", found.catalog)), "objsubid": 0}
        if getattr(item, "origin", None) == "extension":
            owner = _owners(state).get((found.catalog, found.key))
            known.update({"deptype": "e", "refclassid": Oid("pg_class", _EXTENSIONS)})
            if owner is not None:
                known["refobjid"] = Oid("pg_extension", owner)
            yield Ghost(_ON_EXTENSIONS, known, sure=owner is not None)
        else:
            yield Ghost("dependencies", {**known, "refobjid": Oid("pg_depend", SYSTEM)})
    if not isinstance(oid, Oid):
        yield Ghost("dependencies of other objects")


_EXTENSIONS: Final = ("pg_catalog", "pg_extension")


def _owners(state: State) -> dict[tuple[str, Any], str]:
    """The extension that brought each object of one."""
    known: dict[Any, Any] = state.caches.setdefault("extension members", {})
    if known.get("of") != tuple(state.extensions):
        found = {}
        for name in state.extensions:
            for kind, key in members(state, name):
                found[("pg_proc" if kind == "functions" else "pg_class", key)] = name
        known.update({"of": tuple(state.extensions), "found": found})
    owners: dict[tuple[str, Any], str] = known["found"]
    return owners


def _all_objects(state: State) -> Iterator[Oid]:
    yield from (relation.oid for relation in relations(state, {}))
    yield from (Oid("pg_proc", signature) for signature in state.functions)


def _item(state: State, oid: Oid) -> Any:
    match oid.catalog:
        case "pg_proc":
            return state.functions.get(oid.key)
        case "pg_class":
            return next((r.item for r in relations(state, {"oid": oid})), None)
        case "pg_type":
            for store in ("enums", "domains", "composites", "ranges", "base_types"):
                if oid.key in state.store(store):
                    return state.store(store)[oid.key]
            return None
    raise NotKnown("dependencies of such objects")


PG_DEPEND: Final = table("pg_catalog.pg_depend", _dependencies, {}, ("objid",))


# --- settings -------------------------------------------------------------------------------------------------------


def setting(state: State, name: str) -> Value:
    """The value of a setting that is the same wherever the migrations run; KeyError for any other."""
    match name.lower():
        case "search_path":
            return ", ".join(identifier(s) if s != "$user" else '"$user"' for s in state.session.search_path) or '""'
        case "role":
            return state.session.role if state.session.role != state.session.user else "none"
        case "session_authorization":
            return state.session.user
        case "server_version_num":
            return Between(state.major_version * 10000, state.major_version * 10000 + 99)
        case "is_superuser":
            item = state.roles.get(state.session.role)
            return "on" if item is not None and item.superuser else "off"
    raise KeyError(name)


def _settings(state: State, wanted: Wanted) -> Iterator[Any]:
    called = wanted.get("name")
    if called == "search_path":
        yield called
    else:
        yield Ghost("the settings of the server")


PG_SETTINGS: Final = table(
    "pg_catalog.pg_settings",
    _settings,
    {
        "name": lambda s, name: name,
        "setting": lambda s, name: setting(s, name),
        "context": lambda s, name: "user",
    },
    ("name",),
)


def _buckets(state: State, wanted: Wanted) -> Iterator[Any]:
    yield from state.buckets.values()
    yield Ghost("buckets that no migration made", assumed=True)


BUCKETS: Final = CatalogTable(
    "storage.buckets",
    ("id", "name", "owner", "created_at", "updated_at", "public", "avif_autodetection", "file_size_limit",
     "allowed_mime_types", "owner_id", "type", "versioning_status"),
    {"id": lambda s, b: b.id, "name": lambda s, b: b.id, "public": lambda s, b: b.public},
    _buckets,
)  # fmt: skip
TABLES: Final[tuple[CatalogTable, ...]] = (
    PG_ROLES, PG_AUTHID, PG_USER, PG_AUTH_MEMBERS, PG_NAMESPACE, PG_EXTENSION, PG_AVAILABLE_EXTENSIONS,
    PG_EVENT_TRIGGER, PG_PUBLICATION, PG_PUBLICATION_TABLES, PG_PUBLICATION_REL, PG_DEPEND, PG_SETTINGS,
)  # fmt: skip
