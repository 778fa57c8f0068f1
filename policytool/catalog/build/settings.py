"""SET, RESET and transactions: what they change of who runs the next statement, and where names are looked up."""

from __future__ import annotations

from typing import Any

from policytool.catalog.build.dispatch import Handler, Node
from policytool.catalog.build.roles import known_role
from policytool.catalog.build.state import Refused, State

_ROLE = "role"
_PATH = "search_path"
_AUTHORIZATION = "session_authorization"


def set_value(state: State, name: str, values: tuple[str, ...] | None, *, local: bool) -> None:
    """Set one of the settings that matter here; None is its default. Others change nothing an audit looks at."""
    session = state.session
    if name not in (_ROLE, _PATH, _AUTHORIZATION):
        return
    if local and not state.transaction:
        if state.statement is not None and not state.statement.file.transaction:
            return  # the statement is a transaction of its own
        local = False  # the file runs as one
    if local:
        for key, value in (("role", session.role), ("search_path", session.search_path), ("user", session.user)):
            if key == name or (name == _AUTHORIZATION and key != _PATH):
                session.hidden.setdefault(key, value)
    elif state.transaction:
        for key in (_ROLE, "user") if name == _AUTHORIZATION else (name,):
            session.hidden.pop(key, None)
    if name == _PATH:
        session.search_path = state.default_search_path if values is None else values
    elif name == _ROLE:
        session.role = session.user if values in (None, ("none",)) else known_role(state, _one(name, values))
    else:
        session.user = state.default_role if values in (None, ("default",)) else known_role(state, _one(name, values))
        session.role = session.user


def _one(name: str, values: tuple[str, ...] | None) -> str:
    if values is None or len(values) != 1:
        raise Refused("22023", f"SET {name} takes only one argument")
    return values[0]


def set_config(state: State, arguments: list[Node]) -> bool:
    """`set_config(name, value, is_local)` with literal arguments; False when they are not literal."""
    if len(arguments) != 3 or not all("A_Const" in a for a in arguments):
        return False
    name, value, local = (literal(a["A_Const"]) for a in arguments)
    if not isinstance(name, str) or not isinstance(value, str):
        return False
    values = split_identifiers(value) if name.lower() == _PATH else (value,)
    set_value(state, name.lower(), values, local=local in (True, "true", "t"))
    return True


def literal(constant: Node) -> str | bool | int | None:
    """The value of an A_Const; numbers with a fraction stay text."""
    if "sval" in constant:
        return str(constant["sval"].get("sval", ""))
    if "boolval" in constant:
        return bool(constant["boolval"].get("boolval", False))
    if "ival" in constant:
        return int(constant["ival"].get("ival", 0))
    if "fval" in constant:
        return str(constant["fval"].get("fval", ""))
    return None


def setting_values(node: Node) -> tuple[str, ...] | None:
    """The values of a VariableSetStmt as text; None for DEFAULT and RESET."""
    if node["kind"] in ("VAR_SET_DEFAULT", "VAR_RESET"):
        return None
    return tuple(_text(argument) for argument in node.get("args", ()))


def _text(argument: Node) -> str:
    constant = argument.get("A_Const")
    if constant is None:
        return ""
    value = literal(constant)
    return str(value).lower() if isinstance(value, bool) else str(value)


def split_identifiers(text: str) -> tuple[str, ...]:
    """A list of names as Postgres reads it from a setting: quoted ones as they are, others in lower case."""
    names: list[str] = []
    for part in _split(text):
        part = part.strip()
        if part.startswith('"') and part.endswith('"') and len(part) > 1:
            names.append(part[1:-1].replace('""', '"'))
        elif part:
            names.append(part.lower())
    return tuple(names)


def _split(text: str) -> list[str]:
    parts, quoted, start = [], False, 0
    for position, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _variable(state: State, node: Node) -> None:
    match node["kind"]:
        case "VAR_RESET_ALL":
            state.session.search_path = state.default_search_path
        case "VAR_SET_VALUE" | "VAR_SET_DEFAULT" | "VAR_RESET":
            set_value(state, node["name"].lower(), setting_values(node), local=node.get("is_local", False))
        case _:
            pass  # transaction characteristics and SET … FROM CURRENT


def _discard(state: State, node: Node) -> None:
    if node.get("target", "DISCARD_ALL") == "DISCARD_ALL":
        set_value(state, _AUTHORIZATION, None, local=False)
        state.session.search_path = state.default_search_path


def _transaction(state: State, node: Node) -> None:
    name: Any = node.get("savepoint_name", "")
    match node["kind"]:
        case "TRANS_STMT_BEGIN" | "TRANS_STMT_START":
            if not state.transaction:
                state.transaction.append(("", state.savepoint()))
        case "TRANS_STMT_COMMIT" | "TRANS_STMT_PREPARE":
            _end(state)
            if node.get("chain"):
                state.transaction.append(("", state.savepoint()))
        case "TRANS_STMT_ROLLBACK":
            _rollback(state, chain=node.get("chain", False))
        case "TRANS_STMT_SAVEPOINT":
            state.transaction.append((name, state.savepoint()))
        case "TRANS_STMT_ROLLBACK_TO":
            position = _savepoint(state, name)
            state.rollback(state.transaction[position][1])
            del state.transaction[position + 1 :]
        case "TRANS_STMT_RELEASE":
            del state.transaction[_savepoint(state, name) :]
        case _:
            pass


def _end(state: State) -> None:
    for key, value in state.session.hidden.items():
        setattr(state.session, key, value)
    state.session.hidden.clear()
    state.transaction.clear()


def _rollback(state: State, *, chain: bool) -> None:
    if not state.transaction:
        return
    mark = state.transaction[0][1]
    state.rollback(mark)
    state.transaction.clear()
    if chain:
        state.transaction.append(("", state.savepoint()))


def _savepoint(state: State, name: str) -> int:
    for position in range(len(state.transaction) - 1, -1, -1):
        if state.transaction[position][0] == name:
            return position
    raise Refused("3B001", f'savepoint "{name}" does not exist')


HANDLERS: dict[str, Handler] = {
    "VariableSetStmt": _variable,
    "DiscardStmt": _discard,
    "TransactionStmt": _transaction,
}
