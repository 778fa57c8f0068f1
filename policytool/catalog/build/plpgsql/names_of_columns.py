"""What Postgres calls an output column that nobody named."""

from __future__ import annotations

from typing import Any

from policytool.syntax.node import kind_of, names

Node = dict[str, Any]


def column_name(node: Node) -> str:
    """The name that Postgres gives an output column (FigureColname)."""
    kind, body = kind_of(node)
    match kind:
        case "ColumnRef":
            return names(body["fields"])[-1]
        case "FuncCall":
            return names(body["funcname"])[-1]
        case "TypeCast":
            inner = column_name(body["arg"])
            return inner if inner != "?column?" else names(body["typeName"]["names"])[-1]
        case "A_Indirection":
            fields = [step["String"]["sval"] for step in body["indirection"] if "String" in step]
            return fields[-1] if fields else column_name(body["arg"])
        case "CaseExpr":
            return column_name(body["defresult"]) if "ColumnRef" in body.get("defresult", {}) else "case"
        case "CoalesceExpr":
            return "coalesce"
        case "A_ArrayExpr":
            return "array"
        case "SubLink":
            link = body["subLinkType"]
            targets = body["subselect"]["SelectStmt"].get("targetList", ())
            if link == "EXPR_SUBLINK" and targets:
                return targets[0]["ResTarget"].get("name") or column_name(targets[0]["ResTarget"]["val"])
            return {"EXISTS_SUBLINK": "exists", "ARRAY_SUBLINK": "array"}.get(link, "?column?")
        case "SQLValueFunction":
            return str(body["op"]).removeprefix("SVFOP_").lower()
    return "?column?"
