"""Which statements only a superuser may run, and may run safely: nothing in them is evaluated while they run."""

from __future__ import annotations

import re
from typing import Any, Final

from policytool.postgres.guard import changes_forbidden_setting
from policytool.postgres.process import SUPERUSER

Node = dict[str, Any]

# Contrib and the demand of public repositories; none of them opens files, loads code or speaks to other machines.
EXTENSIONS: Final = frozenset(
    """
    amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance fuzzystrmatch
    hstore http hypopg index_advisor insert_username intagg intarray isn lo ltree moddatetime pg_buffercache pg_cron
    pg_freespacemap pg_graphql pg_hashids pg_jsonschema pg_net pg_prewarm pg_repack pg_stat_monitor
    pg_stat_statements pg_tle pg_trgm pg_visibility pgaudit pgcrypto pgjwt pgmq pgroonga pgroonga_database pgrouting
    pgrowlocks pgsodium pgstattuple pgtap plpgsql plpgsql_check postgis postgis_raster postgis_sfcgal
    postgis_topology postgres_fdw address_standardizer basejump-supabase_test_helpers refint rum seg sslinfo
    supabase-dbdev supabase_vault tablefunc tcn
    timescaledb tsm_system_rows tsm_system_time unaccent uuid-ossp vector wrappers xml2
    """.split()  # noqa: SIM905 - one name a line would be eighty lines
)
# What supautils lets a project's postgres set on the platform.
_SETTINGS: Final = re.compile(
    r"session_replication_role|log_(?:lock_waits|min_duration_statement|min_messages|parameter_max_length"
    r"|replication_commands|statement|temp_files|autovacuum_min_duration)|track_functions|track_io_timing"
    r"|wal_compression|deadlock_timeout|\w+\.\w+(?:\.\w+)*",
    re.IGNORECASE,
)
_OF_EXTENSIONS: Final = {"OBJECT_EXTENSION", "OBJECT_EVENT_TRIGGER", "OBJECT_FDW"}
# Whoever may put a trigger on a table there has it fire as the superuser who owns the functions that write it.
_WRITTEN_BY_SUPERUSER: Final = {"cron", "vault", "pgsodium"}


def privileged(stmt: Node) -> bool:
    """Whether a superuser should run this statement on behalf of a project."""
    ((kind, node),) = stmt.items()
    match kind:
        case "CreateExtensionStmt" | "AlterExtensionStmt":
            return str(node["extname"]) in EXTENSIONS
        case "AlterRoleSetStmt":
            return _settable(node["setstmt"]) and _is_named(node.get("role"))
        case "AlterDatabaseSetStmt":
            return _settable(node["setstmt"])
        case "VariableSetStmt":
            return node["kind"] in {"VAR_SET_VALUE", "VAR_SET_DEFAULT"} and "." not in node["name"] and _settable(node)
        case "AlterObjectSchemaStmt":
            return bool(node["objectType"] == "OBJECT_EXTENSION")
        case "CommentStmt":
            return node["objtype"] in _OF_EXTENSIONS
        case "DropStmt":
            return node["removeType"] in _OF_EXTENSIONS
        case "AlterDefaultPrivilegesStmt":
            return _of_platform(node)
    return owned_by_superuser(stmt) is not None


def owned_by_superuser(stmt: Node) -> tuple[str, str] | None:
    """Kind and name of what this statement makes, if Postgres lets only a superuser own it."""
    ((kind, node),) = stmt.items()
    match kind:
        case "CreateEventTrigStmt":
            return "event trigger", node["trigname"]
        case "CreateFdwStmt":
            return "foreign data wrapper", node["fdwname"]
        case "CreatePublicationStmt" if node.get("for_all_tables") or _publishes_schema(node):
            return "publication", node["pubname"]
    return None


def strictly_privileged(stmt: Node) -> bool:
    """The same under --strict-privileges: extensions and settings of roles and databases alone."""
    (kind,) = stmt
    return kind in {"CreateExtensionStmt", "AlterRoleSetStmt", "AlterDatabaseSetStmt"} and privileged(stmt)


def _settable(setting: Node) -> bool:
    name = setting.get("name", "")
    return bool(_SETTINGS.fullmatch(name)) and not changes_forbidden_setting(name)


def _is_named(role: Node | None) -> bool:
    """Whether a role is named, and none of the superusers: CURRENT_USER would mean the one who runs the statement."""
    return role is not None and role["roletype"] == "ROLESPEC_CSTRING" and role["rolename"] != SUPERUSER


def _of_platform(node: Node) -> bool:
    """ALTER DEFAULT PRIVILEGES FOR another role, in schemas that no function of a superuser writes."""
    options = {option["DefElem"]["defname"]: option["DefElem"].get("arg", {}) for option in node.get("options", ())}
    schemas = {item["String"]["sval"] for item in options.get("schemas", {}).get("List", {}).get("items", ())}
    roles = [item["RoleSpec"] for item in options.get("roles", {}).get("List", {}).get("items", ())]
    named = bool(roles) and all(role["roletype"] == "ROLESPEC_CSTRING" for role in roles)
    grantees = node["action"].get("grantees", ())
    plain = all(g["RoleSpec"]["roletype"] in ("ROLESPEC_CSTRING", "ROLESPEC_PUBLIC") for g in grantees)
    return named and plain and bool(schemas) and not schemas & _WRITTEN_BY_SUPERUSER


def _publishes_schema(node: Node) -> bool:
    kinds = {item["PublicationObjSpec"].get("pubobjtype") for item in node.get("pubobjects", ())}
    return any("SCHEMA" in kind for kind in kinds if kind)
