"""SQL text of SELECT, VALUES, set operations and WITH."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import ANY_LEVEL, Handler, columns, listed, write
from policytool.catalog.expression.deparse_calls import window
from policytool.catalog.spelling import identifier

Body = dict[str, Any]

_SET_OPERATIONS: Final = {"SETOP_UNION": "UNION", "SETOP_INTERSECT": "INTERSECT", "SETOP_EXCEPT": "EXCEPT"}
_TAILS: Final = ("sortClause", "limitCount", "limitOffset", "lockingClause", "withClause")
_STRENGTH: Final = {
    "LCS_FORUPDATE": "FOR UPDATE",
    "LCS_FORNOKEYUPDATE": "FOR NO KEY UPDATE",
    "LCS_FORSHARE": "FOR SHARE",
    "LCS_FORKEYSHARE": "FOR KEY SHARE",
}
_WAIT: Final = {"LockWaitError": " NOWAIT", "LockWaitSkip": " SKIP LOCKED"}
_MATERIALIZED: Final = {"CTEMaterializeAlways": "MATERIALIZED ", "CTEMaterializeNever": "NOT MATERIALIZED "}
_GROUPING: Final = {"GROUPING_SET_ROLLUP": "ROLLUP", "GROUPING_SET_CUBE": "CUBE", "GROUPING_SET_SETS": "GROUPING SETS"}


def select(body: Body, level: int) -> str:
    """A query."""
    parts = [with_clause(body["withClause"])] if "withClause" in body else []
    if body.get("op", "SETOP_NONE") != "SETOP_NONE":
        parts.append(_set_operation(body))
    elif "valuesLists" in body:
        parts.append(f"VALUES {listed(body['valuesLists'])}")
    else:
        parts.extend(_simple(body))
    parts.extend(_tail(body))
    return " ".join(parts)


def _set_operation(body: Body) -> str:
    word = _SET_OPERATIONS[body["op"]]
    every = " ALL" if body.get("all") else ""
    return f"{_side(body['larg'], word, False)} {word}{every} {_side(body['rarg'], word, True)}"


def _side(body: Body, word: str, right: bool) -> str:
    inner = _SET_OPERATIONS.get(body.get("op", ""))
    text = select(body, ANY_LEVEL)
    # INTERSECT binds tighter than the other two; all associate to the left.
    looser = inner is not None and (right or word == "INTERSECT") and not (inner == "INTERSECT" and word != "INTERSECT")
    if inner == "INTERSECT" and word == "INTERSECT":
        looser = right
    elif inner is not None and inner != "INTERSECT" and word == "INTERSECT":
        looser = True
    return f"({text})" if looser or any(clause in body for clause in _TAILS) else text


def _simple(body: Body) -> list[str]:
    parts = ["SELECT"]
    if "distinctClause" in body:
        on = [node for node in body["distinctClause"] if node]
        parts.append(f"DISTINCT ON ({listed(on)})" if on else "DISTINCT")
    if "targetList" in body:
        parts.append(listed(body["targetList"]))
    if "intoClause" in body:
        parts.append(f"INTO {write({'RangeVar': body['intoClause']['rel']}, ANY_LEVEL)}")
    if "fromClause" in body:
        parts.append(f"FROM {listed(body['fromClause'])}")
    if "whereClause" in body:
        parts.append(f"WHERE {write(body['whereClause'], ANY_LEVEL)}")
    if "groupClause" in body:
        parts.append(f"GROUP BY {'DISTINCT ' if body.get('groupDistinct') else ''}{listed(body['groupClause'])}")
    if "havingClause" in body:
        parts.append(f"HAVING {write(body['havingClause'], ANY_LEVEL)}")
    if "windowClause" in body:
        windows = [node["WindowDef"] for node in body["windowClause"]]
        parts.append("WINDOW " + ", ".join(f"{identifier(w['name'])} AS ({window(w)})" for w in windows))
    return parts


def _tail(body: Body) -> list[str]:
    parts = []
    if "sortClause" in body:
        parts.append(f"ORDER BY {listed(body['sortClause'])}")
    ties = body.get("limitOption") == "LIMIT_OPTION_WITH_TIES"
    if "limitCount" in body and not ties:
        null = body["limitCount"].get("A_Const", {}).get("isnull")
        parts.append("LIMIT ALL" if null else f"LIMIT {write(body['limitCount'], ANY_LEVEL)}")
    if "limitOffset" in body:
        parts.append(f"OFFSET {write(body['limitOffset'], ANY_LEVEL)}" + (" ROWS" if ties else ""))
    if "limitCount" in body and ties:
        parts.append(f"FETCH FIRST ({write(body['limitCount'], ANY_LEVEL)}) ROWS WITH TIES")
    parts.extend(_locking(node["LockingClause"]) for node in body.get("lockingClause", ()))
    return parts


def _locking(body: Body) -> str:
    of = f" OF {listed(body['lockedRels'])}" if "lockedRels" in body else ""
    return _STRENGTH[body["strength"]] + of + _WAIT.get(body.get("waitPolicy", ""), "")


def with_clause(body: Body) -> str:
    """WITH and its queries."""
    return f"WITH {'RECURSIVE ' if body.get('recursive') else ''}{listed(body['ctes'])}"


def common_table(body: Body, level: int) -> str:
    """One query of a WITH."""
    names = f"({columns(body['aliascolnames'])})" if "aliascolnames" in body else ""
    how = _MATERIALIZED.get(body.get("ctematerialized", ""), "")
    text = f"{identifier(body['ctename'])}{names} AS {how}({write(body['ctequery'], ANY_LEVEL)})"
    if "search_clause" in body:
        search = body["search_clause"]
        order = "BREADTH" if search.get("search_breadth_first") else "DEPTH"
        text += f" SEARCH {order} FIRST BY {columns(search['search_col_list'])}"
        text += f" SET {identifier(search['search_seq_column'])}"
    return text + (_cycle(body["cycle_clause"]) if "cycle_clause" in body else "")


def _cycle(body: Body) -> str:
    mark, default = write(body["cycle_mark_value"], ANY_LEVEL), write(body["cycle_mark_default"], ANY_LEVEL)
    values = "" if (mark, default) == ("TRUE", "FALSE") else f" TO {mark} DEFAULT {default}"
    head = f" CYCLE {columns(body['cycle_col_list'])} SET {identifier(body['cycle_mark_column'])}"
    return f"{head}{values} USING {identifier(body['cycle_path_column'])}"


def target(body: Body, level: int) -> str:
    """One output column."""
    text = write(body["val"], ANY_LEVEL)
    return f"{text} AS {identifier(body['name'])}" if "name" in body else text


def grouping_set(body: Body, level: int) -> str:
    """ROLLUP, CUBE, GROUPING SETS, ()."""
    word = _GROUPING.get(body["kind"], "")
    return f"{word}{' ' if word == 'GROUPING SETS' else ''}({listed(body.get('content', ()))})"


HANDLERS: Final[dict[str, Handler]] = {
    "SelectStmt": select,
    "CommonTableExpr": common_table,
    "ResTarget": target,
    "GroupingSet": grouping_set,
}
