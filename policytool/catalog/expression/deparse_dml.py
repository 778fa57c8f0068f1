"""SQL text of INSERT, UPDATE, DELETE, MERGE and what rules may hold besides."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import ANY_LEVEL, ATOM, Handler, dotted, listed, write
from policytool.catalog.expression.deparse_query import with_clause
from policytool.catalog.expression.deparse_tables import alias, relation
from policytool.catalog.expression.deparse_values import indirection
from policytool.catalog.spelling import identifier, literal

Body = dict[str, Any]

_OVERRIDING: Final = {
    "OVERRIDING_USER_VALUE": " OVERRIDING USER VALUE",
    "OVERRIDING_SYSTEM_VALUE": " OVERRIDING SYSTEM VALUE",
}


def insert(body: Body, level: int) -> str:
    """INSERT."""
    name = f" AS {alias(body['relation'])[1:]}" if "alias" in body["relation"] else ""
    text = f"{_with(body)}INSERT INTO {relation(body['relation'])}{name}"
    if "cols" in body:
        text += f" ({', '.join(_column(node['ResTarget']) for node in body['cols'])})"
    text += _OVERRIDING.get(body.get("override", ""), "")
    text += f" {write(body['selectStmt'], ANY_LEVEL)}" if "selectStmt" in body else " DEFAULT VALUES"
    if "onConflictClause" in body:
        text += _on_conflict(body["onConflictClause"])
    return text + _returning(body)


def update(body: Body, level: int) -> str:
    """UPDATE."""
    table = relation(body["relation"]) + alias(body["relation"])
    text = f"{_with(body)}UPDATE {table} SET {assignments(body['targetList'])}"
    if "fromClause" in body:
        text += f" FROM {listed(body['fromClause'])}"
    return text + _where(body) + _returning(body)


def delete(body: Body, level: int) -> str:
    """DELETE."""
    text = f"{_with(body)}DELETE FROM {relation(body['relation'])}{alias(body['relation'])}"
    if "usingClause" in body:
        text += f" USING {listed(body['usingClause'])}"
    return text + _where(body) + _returning(body)


def merge(body: Body, level: int) -> str:
    """MERGE."""
    target = relation(body["relation"]) + alias(body["relation"])
    text = f"{_with(body)}MERGE INTO {target} USING {write(body['sourceRelation'], ANY_LEVEL)}"
    text += f" ON {write(body['joinCondition'], ANY_LEVEL)}"
    clauses = [node["MergeWhenClause"] for node in body["mergeWhenClauses"]]
    return text + "".join(map(_when, clauses)) + _returning(body)


_MATCH: Final = {
    "MERGE_WHEN_MATCHED": "MATCHED",
    "MERGE_WHEN_NOT_MATCHED_BY_SOURCE": "NOT MATCHED BY SOURCE",
    "MERGE_WHEN_NOT_MATCHED_BY_TARGET": "NOT MATCHED",
}


def _when(body: Body) -> str:
    condition = f" AND {write(body['condition'], ANY_LEVEL)}" if "condition" in body else ""
    head = f" WHEN {_MATCH[body['matchKind']]}{condition} THEN "
    match body["commandType"]:
        case "CMD_UPDATE":
            return f"{head}UPDATE SET {assignments(body['targetList'])}"
        case "CMD_DELETE":
            return f"{head}DELETE"
        case "CMD_INSERT":
            names = ", ".join(_column(node["ResTarget"]) for node in body.get("targetList", ()))
            override = _OVERRIDING.get(body.get("override", ""), "")
            values = f"VALUES ({listed(body['values'])})" if "values" in body else "DEFAULT VALUES"
            return f"{head}INSERT{f' ({names})' if names else ''}{override} {values}"
    return f"{head}DO NOTHING"


def assignments(targets: list[Body]) -> str:
    """The SET list; `(a, b) = …` comes as one target per column that share a source."""
    parts: list[str] = []
    for node in targets:
        target = node["ResTarget"]
        source = target["val"].get("MultiAssignRef")
        if source is None:
            parts.append(f"{_column(target)} = {write(target['val'], ANY_LEVEL)}")
        elif source["colno"] == 1:
            group = [t["ResTarget"] for t in targets if _same_source(t["ResTarget"], source)]
            names = ", ".join(map(_column, group[: source["ncolumns"]]))
            parts.append(f"({names}) = {write(source['source'], ATOM)}")
    return ", ".join(parts)


def _same_source(target: Body, source: Body) -> bool:
    reference = target["val"].get("MultiAssignRef")
    return reference is not None and reference["source"] == source["source"]


def _column(target: Body) -> str:
    return identifier(target["name"]) + indirection(target.get("indirection", []))


def _on_conflict(body: Body) -> str:
    text = " ON CONFLICT"
    if "infer" in body:
        infer = body["infer"]
        if "conname" in infer:
            text += f" ON CONSTRAINT {identifier(infer['conname'])}"
        else:
            where = f" WHERE {write(infer['whereClause'], ANY_LEVEL)}" if "whereClause" in infer else ""
            text += f" ({listed(infer['indexElems'])}){where}"
    if body["action"] == "ONCONFLICT_NOTHING":
        return f"{text} DO NOTHING"
    return f"{text} DO UPDATE SET {assignments(body['targetList'])}{_where(body)}"


def index_element(body: Body, level: int) -> str:
    """A key of an index, or of the target of ON CONFLICT."""
    if "name" in body:
        text = identifier(body["name"])
    else:
        expression = write(body["expr"], ANY_LEVEL)
        text = expression if "FuncCall" in body["expr"] else f"({expression})"
    if "collation" in body:
        text += f" COLLATE {dotted(body['collation'])}"
    return text + (f" {dotted(body['opclass'])}" if "opclass" in body else "")


def _with(body: Body) -> str:
    return f"{with_clause(body['withClause'])} " if "withClause" in body else ""


def _where(body: Body) -> str:
    return f" WHERE {write(body['whereClause'], ANY_LEVEL)}" if "whereClause" in body else ""


def _returning(body: Body) -> str:
    targets = body.get("returningList") or body.get("returningClause", {}).get("exprs")
    if not targets:
        return ""
    options = [node["ReturningOption"] for node in body.get("returningClause", {}).get("options", ())]
    words = [f"{'OLD' if o['option'].endswith('OLD') else 'NEW'} AS {identifier(o['value'])}" for o in options]
    head = f"WITH ({', '.join(words)}) " if words else ""
    return f" RETURNING {head}{listed(targets)}"


def notify(body: Body, level: int) -> str:
    """NOTIFY, which a rule may run."""
    payload = f", {literal(body['payload'])}" if "payload" in body else ""
    return f"NOTIFY {identifier(body['conditionname'])}{payload}"


def rule(body: Body, level: int) -> str:
    """What follows ON event TO table in a rule."""
    actions = [write(action, ANY_LEVEL) for action in body.get("actions", ())]
    done = "NOTHING" if not actions else actions[0] if len(actions) == 1 else f"({'; '.join(actions)})"
    condition = f"WHERE {write(body['whereClause'], ANY_LEVEL)} " if "whereClause" in body else ""
    return f"{condition}DO {'INSTEAD' if body.get('instead') else 'ALSO'} {done}"


HANDLERS: Final[dict[str, Handler]] = {
    "InsertStmt": insert,
    "UpdateStmt": update,
    "DeleteStmt": delete,
    "MergeStmt": merge,
    "IndexElem": index_element,
    "NotifyStmt": notify,
    "RuleStmt": rule,
    "ReturnStmt": lambda body, level: f"RETURN {write(body['returnval'], ANY_LEVEL)}",
}
