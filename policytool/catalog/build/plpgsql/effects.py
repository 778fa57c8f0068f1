"""What statements may do if they run: to the catalog, to variables, to the flow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from policytool.catalog.build.plpgsql import expression, functions, inert
from policytool.catalog.build.plpgsql.parsing import assigned, query_of, statements
from policytool.catalog.build.state import Refused
from policytool.syntax.node import qualified

if TYPE_CHECKING:
    from policytool.catalog.build.plpgsql.machine import Machine

Node = dict[str, Any]
_BODIES: Final = ("body", "then_body", "else_body", "else_stmts", "stmts", "action")
_DATA: Final = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))
_DROPS: Final = frozenset(("DropStmt", "DropRoleStmt"))
_CREATES: Final = frozenset(
    ("CreatePolicyStmt", "CreateStmt", "CreateTrigStmt", "IndexStmt", "CreateEnumStmt", "CompositeTypeStmt",
     "CreateSchemaStmt", "CreateExtensionStmt", "CreateRoleStmt", "ViewStmt", "CreateFunctionStmt", "CreateSeqStmt",
     "CreateDomainStmt", "CreatePublicationStmt")
)  # fmt: skip
_ADDS: Final = frozenset(("AT_AddColumn", "AT_AddConstraint", "AT_EnableRowSecurity", "AT_ForceRowSecurity"))
_REMOVES: Final = frozenset(("AT_DropColumn", "AT_DropConstraint"))
# The first word of a text decides whether its execution could matter.
_HARMLESS: Final = re.compile(
    r"\s*(?:insert|update|delete|analyze|vacuum|lock|notify|explain|refresh|reindex|truncate)\b", re.I
)
_LITERAL: Final = re.compile(
    r"\s*(?:pg_catalog\.)?(?:format|concat)?\s*\(?\s*(?:E?'((?:[^']|'')*)|\$(\w*)\$(.*))", re.I | re.S
)


_TEXTS: Final = {
    "create": re.compile(
        r"\s*(?:create\s+(?!or\s+replace)|alter\s+table\s[^;]*?\s(?:enable|force)\s+row\s+level\s+security"
        r"|alter\s+table\s[^;]*?\sadd\s|alter\s+publication\s[^;]*?\sadd\s)",
        re.I,
    ),
    "drop": re.compile(r"\s*(?:drop\s|alter\s+table\s[^;]*?\sdrop\s)", re.I),
}


@dataclass(slots=True)
class Effects:
    """What a list of statements may do."""

    changes: bool = False  # the catalog
    data: bool = False  # rows of tables, which may fail for what these hold
    leaves: bool = False  # the list: RETURN, EXIT, CONTINUE
    returns: bool = False
    line: int | None = None  # of the first statement that may change the catalog
    security: bool = False
    kinds: set[str] = field(default_factory=set)  # "create", "drop" or "other"; comments are neither
    temporary: frozenset[str] = frozenset()  # the names of temporary tables
    assigned: dict[int, None] = field(default_factory=dict)


def of(machine: Machine, body: Iterable[Node]) -> Effects:
    """What statements may do."""
    found = Effects()
    statements_inside = list(_all(body))
    found.temporary = _temporary(statements_inside)
    for statement in statements_inside:
        kind, node = next(iter(statement.items()))
        _look(machine, kind, node, found)
    return found


def _temporary(body: Iterable[Node]) -> frozenset[str]:
    """The names of the temporary tables that statements make: what happens to these leaves nothing."""
    names = set()
    for statement in body:
        for kind, tree in _parsed(statement.get("PLpgSQL_stmt_execsql", {})):
            if kind in ("CreateStmt", "CreateTableAsStmt"):
                relation = tree["relation"] if kind == "CreateStmt" else tree["into"]["rel"]
                if relation.get("relpersistence") == "t":
                    names.add(relation["relname"])
    return frozenset(names)


def _parsed(node: Node) -> Sequence[tuple[str, Node]]:
    try:
        return statements(node["sqlstmt"]["PLpgSQL_expr"]["query"]) if node else ()
    except Refused:
        return ()


def _on_temporary(kind: str, tree: Node, names: frozenset[str]) -> bool:
    match kind:
        case "CreateStmt" | "IndexStmt" | "AlterTableStmt":
            return tree["relation"].get("relname") in names and "schemaname" not in tree["relation"]
        case "CreateTableAsStmt":
            return tree["into"]["rel"].get("relname") in names
        case "DropStmt":
            dropped = [item.get("List", {}).get("items", ()) for item in tree.get("objects", ())]
            return all(len(name) == 1 and name[0]["String"].get("sval") in names for name in dropped)
    return False


def _all(body: Iterable[Node]) -> Iterator[Node]:
    """The statements and those inside them."""
    for statement in body:
        yield statement
        _, node = next(iter(statement.items()))
        for key in _BODIES:
            yield from _all(node.get(key, ()))
        for branch in (*node.get("elsif_list", ()), *node.get("case_when_list", ())):
            yield from _all(next(iter(branch.values())).get("stmts", ()))
        for handler in node.get("exceptions", {}).get("PLpgSQL_exception_block", {}).get("exc_list", ()):
            yield from _all(handler["PLpgSQL_exception"].get("action", ()))


def _look(machine: Machine, kind: str, node: Node, found: Effects) -> None:
    match kind:
        case "PLpgSQL_stmt_exit":
            found.leaves = True
        case "PLpgSQL_stmt_return":
            found.leaves = found.returns = True
        case "PLpgSQL_stmt_assign":
            found.assigned[_owner(machine, node.get("varno", 0))] = None
        case "PLpgSQL_stmt_getdiag":
            found.assigned.update((item["PLpgSQL_diag_item"].get("target", 0), None) for item in node["diag_items"])
        case "PLpgSQL_stmt_dynexecute" | "PLpgSQL_stmt_dynfors":
            text = node["query"]["PLpgSQL_expr"]["query"]
            if harmless_text(text):
                found.data = True
            else:
                _change(found, node, _sort_of_text(text))
        case "PLpgSQL_stmt_execsql":
            _static(machine, node, found)
    for target in ("target", "var"):
        if target in node and kind != "PLpgSQL_stmt_fori":
            found.assigned.update((number, None) for number in targets(machine, node[target]))
    for holder in _expressions(node):
        if _calls_change(machine, holder):
            _change(found, node, "other")


def _owner(machine: Machine, number: int) -> int:
    field_of = machine.frame.datums[number].get("PLpgSQL_recfield")
    return number if field_of is None else int(field_of.get("recparentno", 0))


def targets(machine: Machine, target: Node) -> Iterator[int]:
    """The variables that INTO or a loop gives values to."""
    kind, body = next(iter(target.items()))
    if kind == "PLpgSQL_rec":
        yield body.get("dno", 0)
    elif kind == "PLpgSQL_row":
        yield from (_owner(machine, item.get("varno", 0)) for item in body["fields"])


def _change(found: Effects, node: Node, kind: str, *, security: bool = True) -> None:
    found.changes = True
    if kind:
        found.kinds.add(kind)
    found.security = found.security or security
    if found.line is None:
        found.line = node.get("lineno")


def _static(machine: Machine, node: Node, found: Effects) -> None:
    for kind, body in _parsed(node):
        if _on_temporary(kind, body, found.temporary) or not inert.may_matter(kind, body):
            continue
        if kind in _DATA:
            found.data = True
            if on_buckets(body):
                _change(found, node, {"InsertStmt": "create", "DeleteStmt": "drop"}.get(kind, "other"))
        elif kind != "SelectStmt" and kind not in inert.STATEMENTS:
            _change(found, node, _sort(kind, body), security=kind not in inert.HARMLESS)


def _sort_of_text(text: str) -> str:
    match = _LITERAL.match(text)
    if match is None:
        return "other"
    start = match[1] if match[1] is not None else match[3]
    return next((kind for kind, pattern in _TEXTS.items() if pattern.match(start)), "other")


def on_buckets(node: Node) -> bool:
    """Whether a data statement is about storage.buckets."""
    relation = node.get("relation", {})
    return (relation.get("schemaname"), relation.get("relname")) == ("storage", "buckets")


def _sort(kind: str, node: Node) -> str:
    if kind == "CommentStmt":
        return ""
    if kind in _CREATES:
        return "create"
    if kind in _DROPS:
        return "drop"
    if kind == "AlterTableStmt":
        commands = {command["AlterTableCmd"].get("subtype", "AT_AddColumn") for command in node["cmds"]}
        return "create" if commands <= _ADDS else "drop" if commands <= _REMOVES else "other"
    if kind == "AlterPublicationStmt":
        return {"AP_AddObjects": "create", "AP_DropObjects": "drop"}.get(node.get("action", ""), "other")
    if kind == "AlterEnumStmt" and "oldVal" not in node:
        return "create"
    return "other"


def harmless_text(text: str) -> bool:
    """Whether the text that an expression begins with is that of a data statement."""
    match = _LITERAL.match(text)
    return match is not None and _HARMLESS.match(match[1] if match[1] is not None else match[3]) is not None


def _expressions(node: Node) -> Iterator[Node]:
    for key in ("expr", "cond", "t_expr", "query", "sqlstmt", "lower", "upper", "argquery"):
        if "PLpgSQL_expr" in node.get(key, ()):
            yield node[key]["PLpgSQL_expr"]


def _calls_change(machine: Machine, holder: Node, seen: frozenset[object] = frozenset()) -> bool:
    text, mode = holder["query"], holder.get("parseMode", 0)
    try:
        tree: Any = statements(text) if not mode else query_of(assigned(text) if mode > 2 else text, 2)
    except Refused:
        return False
    return changing_call(machine, [body for _, body in tree] if isinstance(tree, tuple) else tree, seen)


def changing_call(machine: Machine, tree: object, seen: frozenset[object] = frozenset()) -> bool:
    """Whether a tree calls a function that may change the catalog."""
    from policytool.catalog.build.plpgsql import routines

    for call in expression.calls(tree):
        schema, name = qualified(call["funcname"])
        if name == "set_config" and inert.is_session_setting(call.get("args", ())):
            return True
        if not functions.is_built_in(schema, name) and routines.may_change(machine, schema, name, seen):
            return True
    return False


def body_changes(machine: Machine, tree: Node, seen: frozenset[object]) -> bool:
    """Whether the body of a function may change the catalog."""
    body = list(_all([tree["action"]]))
    temporary = _temporary(body)
    for statement in body:
        kind, node = next(iter(statement.items()))
        if kind in ("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"):
            if not harmless_text(node["query"]["PLpgSQL_expr"]["query"]):
                return True
        elif kind == "PLpgSQL_stmt_execsql":
            found = Effects(temporary=temporary)
            _static(machine, node, found)
            if found.changes:
                return True
        if any(_calls_change(machine, holder, seen) for holder in _expressions(node)):
            return True
    return False


def drops(body: Iterable[Node]) -> bool:
    """Whether statements do nothing but drop: then it does not matter what else there is to be dropped."""
    found = [(kind, node) for statement in _all(body) for kind, node in statement.items()]
    kinds = {kind for kind, _ in found}
    texts = [node["query"]["PLpgSQL_expr"]["query"] for kind, node in found if kind == "PLpgSQL_stmt_dynexecute"]
    return kinds <= _DROPPING and bool(texts) and all(_sort_of_text(text) == "drop" for text in texts)


_DROPPING: Final = frozenset(("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_raise"))


def settles(effects: Effects, kind: str) -> bool:
    """Whether every change is of one kind, so that the end is the same whether or not the object was there."""
    return effects.kinds == {kind} and not effects.leaves
