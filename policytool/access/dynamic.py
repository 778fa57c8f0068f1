"""How arguments of a routine get, unquoted, into the SQL that its body puts together and runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from policytool.access.branches import operator_of
from policytool.access.claims import plain_select
from policytool.access.routines import Body, body_of, variable
from policytool.catalog.model import Function
from policytool.syntax.node import kind_of, names, range_var, string_of, unwrapped, walk

Node = Mapping[str, Any]
_PLACE = re.compile(r"%(?:(?P<number>\d+)\$)?-?(?:\d+|\*(?:\d+\$)?)?(?P<kind>[sIL%])")
_TEXT = frozenset({"text", "varchar", "bpchar", "character varying", "character", "name", "json", "jsonb", "citext"})
_TEXT_CASTS = _TEXT | {"char"}
# Functions of text that leave it as dangerous as it is, and which of their arguments they hand on.
_FIRST = frozenset(
    {"lower", "upper", "btrim", "ltrim", "rtrim", "left", "right", "substr", "substring", "array_to_string", "initcap",
     "reverse", "repeat", "lpad", "rpad", "split_part", "jsonb_extract_path_text", "json_extract_path_text"}
)  # fmt: skip
_ALL = frozenset({"concat", "concat_ws", "greatest", "least"})
_RUNNERS = frozenset({"query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "crosstab", "ts_stat"})
_ARROWS = ("->", "->>", "#>", "#>>")
_CHOICES = ("AEXPR_IN", "AEXPR_OP_ANY", "AEXPR_OP_ALL")
_MATCHES = ("~", "~*", "!~", "!~*")
_EXACT = re.compile(r"\^.*\$|\[\^.*\]", re.DOTALL)  # the whole text by a pattern, or characters it may not have


class Injection(Struct, frozen=True, kw_only=True):
    """Arguments that reach the text of a statement; `whole`: the text is the argument, and nothing else."""

    arguments: tuple[str, ...]
    line: int
    whole: bool = False


def injections(function: Function) -> Iterator[Injection]:
    """Each place where the body runs SQL that holds the text of an argument nothing has quoted or checked."""
    body = body_of(function)
    flow = _Flow(function, body)
    for text, line in _run(body):
        whole = flow.alone(text)
        found = sorted(n for n in flow.raw(text) if not flow.checked(n))
        if found:
            yield Injection(arguments=tuple(found), line=line, whole=whole in found)


def _run(body: Body) -> Iterator[tuple[Node, int]]:
    for dynamic in body.dynamics:
        yield dynamic.text, dynamic.line
    for query in body.queries:
        for kind, call in walk(query.tree):
            if kind == "FuncCall" and _RUNNERS.intersection(names(call.get("funcname"))[-1:]) and call.get("args"):
                yield call["args"][0], 1


class _Flow:
    """Follows text through one body. Whatever is not understood is taken to be harmless."""

    def __init__(self, function: Function, body: Body) -> None:
        self._function, self._body = function, body
        self._inputs = [a for a in function.arguments if a.mode in ("IN", "INOUT", "VARIADIC")]
        self._texts = {a.name for a in self._inputs if a.name and _is_text(a.type)}
        self._values: dict[str, list[Node]] = {}
        for assignment in body.assignments:
            self._values.setdefault(assignment.name, []).append(assignment.value)
        for query in body.queries:
            select = query.tree.get("SelectStmt", {})
            if query.into and "fromClause" not in select:
                targets = [t.get("ResTarget", {}).get("val", {}) for t in select.get("targetList", ())]
                for name, value in zip(query.into, targets, strict=False):
                    self._values.setdefault(name, []).append(value)
        self._open: set[str] = set()

    def raw(self, node: Node) -> frozenset[str]:
        """The arguments whose text is in the value as it was given."""
        kind, body = kind_of(node)
        match kind:
            case "ColumnRef":
                return self._of_variable(variable(body.get("fields", []), self._body, self._function))
            case "ParamRef":
                number = body.get("number", 0)
                known = self._inputs[number - 1].name if 0 < number <= len(self._inputs) else None
                return self._of_variable(known)
            case "TypeCast":
                return self.raw(body.get("arg", {})) if _casts_to_text(body.get("typeName", {})) else frozenset()
            case "A_Expr":
                return self._of_operator(body)
            case "FuncCall":
                return self._of_call(body)
            case "CoalesceExpr" | "MinMaxExpr":
                return self._any(body.get("args", ()))
            case "CaseExpr":
                results = [w["CaseWhen"].get("result", {}) for w in body.get("args", ())]
                return self._any([*results, body.get("defresult", {})])
            case "A_ArrayExpr":
                return self._any(body.get("elements", ()))
            case "A_Indirection" | "CollateClause":
                return self.raw(body.get("arg", {}))
            case "SubLink":
                plain = plain_select(body.get("subselect", {}).get("SelectStmt", {}))
                return frozenset() if plain is None else self.raw(plain)
        return frozenset()

    def alone(self, node: Node) -> str | None:
        """The argument that a text is, through casts and variables that hold nothing else."""
        kind, body = kind_of(unwrapped(node))
        if kind == "FuncCall" and names(body.get("funcname"))[-1:] in (("btrim",), ("rtrim",), ("ltrim",)):
            return self.alone(body["args"][0])
        name = variable(body.get("fields", []), self._body, self._function) if kind == "ColumnRef" else None
        values = self._values.get(name or "", [])
        if name in self._texts and not values:
            return name
        return self.alone(values[0]) if len(values) == 1 and values[0] is not node else None

    def checked(self, name: str) -> bool:
        """Whether some condition holds the argument against what is allowed."""
        return any(self._allows(c, name) for c in self._body.conditions) or any(
            _reads_catalog(q.tree) and self._mentions(q.tree, name) for q in self._body.queries
        )

    def _allows(self, condition: Node, name: str) -> bool:
        for kind, body in walk(condition):
            if not self._mentions({kind: body}, name):
                continue
            if kind == "SubLink" or (kind == "FuncCall" and names(body.get("funcname"))[-1:] == ("to_regclass",)):
                return True
            if kind == "A_Expr":
                op, right = operator_of(body), body.get("rexpr")
                constant = string_of(right) if isinstance(right, dict) else None
                if body.get("kind") in _CHOICES or (op in ("=", "<>") and constant):
                    return True
                if op in _MATCHES and (constant is None or _EXACT.fullmatch(constant)):
                    return True
        return False

    def _mentions(self, node: Node, name: str) -> bool:
        found = (variable(b.get("fields", []), self._body, self._function) for k, b in walk(node) if k == "ColumnRef")
        return any(f == name or (f is not None and name in self._of_variable(f)) for f in found)

    def _of_variable(self, name: str | None) -> frozenset[str]:
        if name is None or name in self._open or not _is_text(self._body.variables.get(name, "")):
            return frozenset()
        self._open.add(name)
        found = self._any(self._values.get(name, ())) | ({name} & self._texts)
        self._open.discard(name)
        return frozenset(found)

    def _any(self, nodes: Any) -> frozenset[str]:
        return frozenset(name for node in nodes for name in self.raw(node))

    def _of_operator(self, body: Node) -> frozenset[str]:
        kind, op = body.get("kind", "AEXPR_OP"), operator_of(body)
        if kind == "AEXPR_NULLIF" or op in _ARROWS:
            return self.raw(body.get("lexpr", {}))
        return self.raw(body.get("lexpr", {})) | self.raw(body.get("rexpr", {})) if op == "||" else frozenset()

    def _of_call(self, call: Node) -> frozenset[str]:
        name, args = names(call.get("funcname"))[-1:], call.get("args", ())
        if not name or not args or "func_variadic" in call:
            return frozenset()
        if name[0] == "format":
            return self._of_format(args)
        if name[0] == "replace" and len(args) == 3:
            return frozenset() if string_of(args[1]) == "'" else self.raw(args[0]) | self.raw(args[2])
        if name[0] in _FIRST:
            return self.raw(args[0])
        return self._any(args) if name[0] in _ALL else frozenset()

    def _of_format(self, args: Any) -> frozenset[str]:
        text = string_of(args[0])
        if text is None:
            return self.raw(args[0])
        found: set[str] = set()
        position = 0
        for place in _PLACE.finditer(text):
            if place["kind"] == "%":
                continue
            position = int(place["number"]) if place["number"] else position + 1
            if place["kind"] == "s" and position < len(args):
                found |= self.raw(args[position])
        return frozenset(found)


def _is_text(kind: str) -> bool:
    plain = re.sub(r"\(.*?\)|\[\]", "", kind).strip().removeprefix("pg_catalog.").strip('"_').lower()
    return plain in _TEXT


def _casts_to_text(target: Node) -> bool:
    found = names(target.get("names"))
    return bool(found) and found[-1] in _TEXT_CASTS


def _reads_catalog(tree: Node) -> bool:
    for kind, body in walk(tree):
        if kind == "RangeVar":
            schema, name = range_var(body)
            if schema in ("information_schema", "pg_catalog") or (schema is None and name.startswith("pg_")):
                return True
    return False
