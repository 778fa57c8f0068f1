"""What SQL of a project may not do, whoever runs it: programs, server files, libraries, and other machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from policytool.syntax.raw import Raw, Unparsable, parse

Node = dict[str, Any]

_FUNCTIONS: Final = re.compile(
    r"pg_read_(?:binary_)?file(?:_\w+)?|pg_ls_\w+|pg_stat_file|pg_file_\w+|pg_logfile_rotate|pg_reload_conf|pg_promote"
    r"|pg_current_logfile|pg_write_\w*file\w*|lo_import\w*|lo_export|be_lo_import\w*|be_lo_export|dblink\w*"
    r"|pg_execute_server_program|pg_(?:read|write)_server_files|pg_(?:create|copy)_logical_replication_slot",
    re.IGNORECASE,
)
_EXTENSIONS: Final = frozenset({"adminpack", "file_fdw", "plsh", "pageinspect", "pg_surgery", "pg_walinspect"})
_LANGUAGES: Final = re.compile(r"c|internal|pl\w*u|plsh|python|perl", re.IGNORECASE)
_SETTINGS: Final = re.compile(
    r"dynamic_library_path|\w+_preload_libraries|jit_provider|allow_system_table_mods|extension_control_path|archive_\w+"
    r"|\w+_command|log_(?:directory|filename|destination)|unix_socket_\w+|data_directory|temp_tablespaces",
    re.IGNORECASE,
)
# In a string, which EXECUTE may run or a body may hold: no tree tells, so the words themselves are looked for.
_WORDS: Final = re.compile(
    r"\bcopy\b[^;]*?\b(?:program|(?:from|to)\s+(?:'|\$|%|quote_literal|format|\|\|))|\balter\s+system\b|\bload\s+'"
    rf"|\blanguage\s+'?(?:{_LANGUAGES.pattern})\b(?!\w)|\b(?:{_FUNCTIONS.pattern})\s*(?:\(|\bto\b)",
    re.IGNORECASE,
)
_ROLES: Final = frozenset({"pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"})


def forbidden(sql: str) -> str | None:
    """Why a statement must not be sent to a server, or None. What no parser reads, no server runs."""
    try:
        return refusal(parse(sql))
    except Unparsable as error:
        return error.message if "too deeply" in error.message else None


def refusal(trees: list[Raw]) -> str | None:
    """Why statements that have been parsed must not be sent to a server, or None."""
    for tree in trees:
        for kind, node in _nodes(tree.stmt):
            reason = _reason(kind, node)
            if reason is not None:
                return reason
    return None


def changes_forbidden_setting(name: str) -> bool:
    """Whether a setting loads code or names a file or a program."""
    return _SETTINGS.fullmatch(name) is not None


def _nodes(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every node with what its parent calls it."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield from node.items()
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _reason(kind: str, node: Any) -> str | None:
    match kind:
        case "CopyStmt" if node.get("is_program") or "filename" in node:
            return "COPY with a program or a file of the server"
        case "LoadStmt" | "AlterSystemStmt" | "CreatePLangStmt" | "CreateTableSpaceStmt" | "CreateSubscriptionStmt":
            return f"{_SPELLED[kind]} reaches outside the database"
        case "FuncCall" if _FUNCTIONS.fullmatch(_last(node.get("funcname", []))):
            return f"{_last(node['funcname'])}() reaches outside the database"
        case "DefElem" if node.get("defname") == "language" and _LANGUAGES.fullmatch(_string(node.get("arg"))):
            return f"functions in language {_string(node['arg'])} are not confined to the database"
        case "CreateExtensionStmt" if _unconfined(node.get("extname", "")):
            return f"extension {node['extname']} is not confined to the database"
        case "VariableSetStmt" | "setstmt" if _SETTINGS.fullmatch(node.get("name", "")):
            return f"the setting {node['name']} reaches outside the database"
        case "AccessPriv" if node.get("priv_name") in _ROLES:
            return f"role {node['priv_name']} reaches outside the database"
        case "sval" if isinstance(node, str) and (found := _WORDS.search(node)):
            return f"{' '.join(found[0].split())[:60]!r} in a string may reach outside the database"
    return None


_SPELLED: Final = {
    "LoadStmt": "LOAD",
    "AlterSystemStmt": "ALTER SYSTEM",
    "CreatePLangStmt": "CREATE LANGUAGE with a handler",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "CreateSubscriptionStmt": "CREATE SUBSCRIPTION",
}


def _unconfined(extension: str) -> bool:
    return extension in _EXTENSIONS or _LANGUAGES.fullmatch(extension) is not None


def _last(parts: list[Node]) -> str:
    return _string(parts[-1]) if parts else ""


def _string(node: Any) -> str:
    return str(node.get("String", {}).get("sval", "")) if isinstance(node, dict) else ""
