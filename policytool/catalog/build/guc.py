"""Settings of functions and roles, spelled as in pg_proc.proconfig and pg_db_role_setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from policytool.catalog.build.nodes import Node
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.spelling import identifier

# Names of settings with capitals; everything else is kept as it is written.
_CAPITALS: Final = {name.lower(): name for name in ("DateStyle", "IntervalStyle", "TimeZone")}
_LISTS: Final = frozenset(
    {"datestyle", "log_destination", "synchronous_standby_names", "restrict_nonsystem_relation_kind"}
)
# Lists of names, each quoted where needed (GUC_LIST_QUOTE).
_NAME_LISTS: Final = frozenset(
    {"search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries",
     "shared_preload_libraries", "unix_socket_directories"}
)  # fmt: skip


def applied(state: State, settings: tuple[str, ...], statement: Node) -> tuple[str, ...]:
    """The settings after a SET or RESET clause: a changed one keeps its place, a new one comes last."""
    kind = statement["kind"]
    if kind == "VAR_RESET_ALL":
        return ()
    name = setting_name(statement)
    value = _current(state, name) if kind == "VAR_SET_CURRENT" else _value(kind, name, statement)
    prefix = f"{name}=".lower()
    if value is None:
        return tuple(entry for entry in settings if not entry.lower().startswith(prefix))
    entry = f"{name}={value}"
    if any(old.lower().startswith(prefix) for old in settings):
        return tuple(entry if old.lower().startswith(prefix) else old for old in settings)
    return (*settings, entry)


def setting_name(statement: Node) -> str:
    """The setting that a VariableSetStmt is about, with the capitals that Postgres gives it."""
    name: str = statement.get("name", "")
    return _CAPITALS.get(name.lower(), name.lower() if "." not in name else name)


def setting_value(name: str, arguments: Sequence[Node]) -> str:
    """The value as flatten_set_variable_args() spells it."""
    if len(arguments) > 1 and name.lower() not in _LISTS | _NAME_LISTS:
        raise Refused("22023", f"SET {name} takes only one argument")
    quoted = name in _NAME_LISTS
    return ", ".join(_one(node, quoted) for node in arguments)


def _value(kind: str, name: str, statement: Node) -> str | None:
    if kind in ("VAR_SET_DEFAULT", "VAR_RESET"):
        return None
    if kind != "VAR_SET_VALUE":
        raise NotModelled(f"SET {name} of this form is not understood")
    return setting_value(name, statement.get("args", []))


def _one(node: Node, quoted: bool) -> str:
    match node:
        case {"A_Const": {"sval": value}}:
            text = value.get("sval", "")
            return identifier(text) if quoted else text
        case {"A_Const": {"ival": value}}:
            return str(value.get("ival", 0))
        case {"A_Const": {"fval": value}}:
            return str(value.get("fval", "0"))
        case {"A_Const": {"boolval": value}}:
            return "true" if value.get("boolval") else "false"
        case {"TypeCast": {"arg": {"A_Const": {"sval": value}}}}:  # SET TIME ZONE INTERVAL '…'
            return f"INTERVAL '{value.get('sval', '')}'"
    raise NotModelled("the value of a setting is not understood")


def _current(state: State, name: str) -> str:
    if name != "search_path":
        raise NotModelled(f"SET {name} FROM CURRENT: the session's value is not modelled", security=False)
    return ", ".join(identifier(schema) for schema in state.session.search_path) or '""'
