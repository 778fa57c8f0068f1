"""SQL text of the XML expressions."""

from __future__ import annotations

from typing import Any, Final

from policytool.catalog.expression.deparse import ANY_LEVEL, IS, RESTRICTED, Handler, enclosed, listed, write
from policytool.catalog.expression.deparse_tables import alias
from policytool.catalog.expression.deparse_types import type_text
from policytool.catalog.spelling import identifier

Body = dict[str, Any]

_STANDALONE: Final = {0: ", STANDALONE YES", 1: ", STANDALONE NO", 2: ", STANDALONE NO VALUE", 3: ""}


def expression(body: Body, level: int) -> str:
    """XMLELEMENT and the other functions of SQL/XML."""
    args = body.get("args", [])
    match body["op"]:
        case "IS_XMLCONCAT":
            return f"XMLCONCAT({listed(args)})"
        case "IS_XMLFOREST":
            return f"XMLFOREST({listed(body['named_args'])})"
        case "IS_XMLPARSE":
            whitespace = " PRESERVE WHITESPACE" if args[1]["A_Const"]["boolval"].get("boolval") else ""
            return f"XMLPARSE({_option(body)} {write(args[0], ANY_LEVEL)}{whitespace})"
        case "IS_XMLPI":
            rest = f", {listed(args)}" if args else ""
            return f"XMLPI(NAME {identifier(body['name'])}{rest})"
        case "IS_XMLROOT":
            version = "NO VALUE" if "isnull" in args[1].get("A_Const", ()) else write(args[1], ANY_LEVEL)
            standalone = _STANDALONE[args[2]["A_Const"]["ival"].get("ival", 0)]
            return f"XMLROOT({write(args[0], ANY_LEVEL)}, VERSION {version}{standalone})"
        case "IS_DOCUMENT":
            return enclosed(f"{write(args[0], IS + 1)} IS DOCUMENT", IS, level)
    attributes = f", XMLATTRIBUTES({listed(body['named_args'])})" if "named_args" in body else ""
    content = f", {listed(args)}" if args else ""
    return f"XMLELEMENT(NAME {identifier(body['name'])}{attributes}{content})"


def _option(body: Body) -> str:
    return "DOCUMENT" if body.get("xmloption", "XMLOPTION_DOCUMENT") == "XMLOPTION_DOCUMENT" else "CONTENT"


def serialize(body: Body, level: int) -> str:
    """XMLSERIALIZE."""
    indent = " INDENT" if body.get("indent") else ""
    return f"XMLSERIALIZE({_option(body)} {write(body['expr'], ANY_LEVEL)} AS {type_text(body['typeName'])}{indent})"


def table(body: Body, level: int) -> str:
    """XMLTABLE in FROM."""
    spaces = [_namespace(node["ResTarget"]) for node in body.get("namespaces", ())]
    head = f"XMLNAMESPACES({', '.join(spaces)}), " if spaces else ""
    source = f"{write(body['rowexpr'], ANY_LEVEL)} PASSING {write(body['docexpr'], RESTRICTED)}"
    lateral = "LATERAL " if body.get("lateral") else ""
    return f"{lateral}XMLTABLE({head}{source} COLUMNS {listed(body['columns'])}){alias(body)}"


def _namespace(target: Body) -> str:
    value = write(target["val"], ANY_LEVEL)
    return f"{value} AS {identifier(target['name'])}" if "name" in target else f"DEFAULT {value}"


def column(body: Body, level: int) -> str:
    """A column of XMLTABLE."""
    name = identifier(body["colname"])
    if body.get("for_ordinality"):
        return f"{name} FOR ORDINALITY"
    path = f" PATH {write(body['colexpr'], RESTRICTED)}" if "colexpr" in body else ""
    default = f" DEFAULT {write(body['coldefexpr'], RESTRICTED)}" if "coldefexpr" in body else ""
    return f"{name} {type_text(body['typeName'])}{path}{default}{' NOT NULL' if body.get('is_not_null') else ''}"


HANDLERS: Final[dict[str, Handler]] = {
    "XmlExpr": expression,
    "XmlSerialize": serialize,
    "RangeTableFunc": table,
    "RangeTableFuncCol": column,
    "MergeSupportFunc": lambda body, level: "MERGE_ACTION()",
}
