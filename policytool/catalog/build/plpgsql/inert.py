"""What has no effect on the catalog, or none that an audit looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from policytool.catalog.build.dispatch import INERT

Node = dict[str, Any]
# Statements that change nothing in the model, as dispatch has them.
STATEMENTS: Final = INERT | {"VariableShowStmt", "TransactionStmt"}
# Statements whose effect no rule on security looks at.
HARMLESS: Final = frozenset(
    ("IndexStmt", "CommentStmt", "CreateEnumStmt", "AlterEnumStmt", "CompositeTypeStmt", "CreateStatsStmt",
     "CreateDomainStmt", "CreateSeqStmt", "AlterSeqStmt", "AlterPublicationStmt", "CreatePublicationStmt")
)  # fmt: skip
# Schemas of platforms and extensions whose functions work on rows and services.
SCHEMAS: Final = frozenset(
    ("cron", "net", "extensions", "auth", "storage", "realtime", "vault", "supabase_functions", "graphql", "pgsodium",
     "graphql_public", "http", "pg_catalog", "information_schema", "pgbouncer", "topology", "tiger",
     "timescaledb_information")
)  # fmt: skip
# Functions of extensions that make, change or drop objects.
MAKERS: Final = frozenset(
    ("create_parent", "addgeometrycolumn", "dropgeometrycolumn", "dropgeometrytable", "create_queue", "drop_queue",
     "enable_tracking", "disable_tracking", "create_partitioned", "create_unlogged", "dblink_exec", "exec_sql")
)  # fmt: skip
_SETTINGS: Final = frozenset(("search_path", "role", "session_authorization"))


def may_matter(kind: str, node: Node) -> bool:
    """Whether SET changes who runs or where names are looked up; true of any other statement."""
    return kind != "VariableSetStmt" or node.get("name", "role").lower() in _SETTINGS


def is_session_setting(arguments: Sequence[Node]) -> bool:
    """Whether the arguments of set_config() change who runs or where names are looked up."""
    name = arguments[0].get("A_Const", {}).get("sval", {}).get("sval") if arguments else None
    return name is None or name.lower() in _SETTINGS
