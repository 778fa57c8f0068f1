"""What makes ALTER TABLE copy the table: which new columns, and which changes of type."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from typing import Any, Literal

from policytool.catalog.model import Column, Function, Name
from policytool.catalog.objects import Domain
from policytool.syntax.fragments import parse_expression, parse_query
from policytool.syntax.node import names, walk

Node = dict[str, Any]
Domains = Mapping[Name, Domain]
Functions = Mapping[str, Iterable[Function]]  # by name

# Of the built-in functions and those of common extensions, the volatile ones that a default may call.
VOLATILE = frozenset(
    ("nextval", "setval", "currval", "lastval", "random", "random_normal", "setseed", "gen_random_uuid", "uuidv4",
     "uuidv7", "clock_timestamp", "timeofday", "set_config", "current_query", "pg_sleep", "pg_advisory_lock")
)  # fmt: skip
_OF_EXTENSIONS = frozenset(
    ("uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "gen_random_bytes", "gen_salt", "uuid_generate_v7")
)
_MODIFIED = re.compile(r"(?P<name>[^(\[]+?)\s*(?:\((?P<typmod>[\d, -]+)\))?(?P<rest>(?: with(?:out)? time zone)?)\Z")
_MODIFIERS = re.compile(r"\([\d, -]+\)")
_NO_LONGER = frozenset(("character varying", "bit varying"))
_FINER = frozenset(
    f"{kind} {zone} time zone" for kind in ("timestamp", "time") for zone in ("with", "without")
)  # fmt: skip
_TEXTS = frozenset(("text", "character varying"))
_OIDS = frozenset(
    ("oid", "integer", "regclass", "regtype", "regproc", "regprocedure", "regoper", "regoperator", "regrole",
     "regnamespace", "regconfig", "regdictionary", "regcollation")
)  # fmt: skip
_KNOWN = _TEXTS | _NO_LONGER | _FINER | _OIDS | frozenset(
    ("smallint", "bigint", "numeric", "real", "double precision", "boolean", "character", "bit", "date", "json",
     "jsonb", "uuid", "bytea", "inet", "cidr", "macaddr", "money", "name", "xml", "interval", '"char"', "tsvector",
     "point")
)  # fmt: skip
# Read as the other type without being touched.
_SAME_BYTES = frozenset((("cidr", "inet"), ("bit", "bit varying"), ("xml", "text"), ("xml", "character varying"))) | {
    (one, other) for one in _TEXTS for other in _TEXTS
}


def added(column: Column, domains: Domains, functions: Functions) -> str | None:
    """Why adding this column to a table rewrites it; None where it does not, or where that cannot be told."""
    if column.identity is not None:
        return "a number is drawn for each row"
    if column.generated is not None:
        return "its value is worked out and stored for each row" if column.generated_stored else None
    if column.default is not None and (called := volatile_call(column.default, functions)) is not None:
        drawn = called == "nextval"
        return "a number is drawn for each row" if drawn else f"{called}() gives each row a value of its own"
    domain = domain_of(column.type, domains)
    if domain is not None and checked(domain, domains):
        return f"the domain {column.type} is checked for each row"
    return None


def volatile_call(expression: str, functions: Functions) -> str | None:
    """The first volatile function that an expression calls, as far as it is known."""
    tree = parse_expression(expression)
    return _volatile_in(tree, functions, 0) if tree is not None else None


def _volatile_in(tree: Any, functions: Functions, depth: int) -> str | None:
    for kind, body in walk(tree):
        name = names(body.get("funcname"))[-1] if kind == "FuncCall" else ""
        if name and (
            name in VOLATILE or name in _OF_EXTENSIONS or _volatile(functions.get(name, ()), functions, depth)
        ):
            return name
    return None


def _volatile(found: Iterable[Function], functions: Functions, depth: int) -> bool:
    """Whether all of these are volatile; one in SQL is put in place of its call, so that its body decides."""
    every = list(found)
    return bool(every) and depth < 3 and all(f.volatility == "VOLATILE" and _body(f, functions, depth) for f in every)


def _body(function: Function, functions: Functions, depth: int) -> bool:
    if function.language != "sql":
        return function.language == "plpgsql"
    tree = None if function.atomic else parse_query(function.body)
    if tree is None:
        return False
    return not _is_inlined(function, tree) or _volatile_in(tree, functions, depth + 1) is not None


def _is_inlined(function: Function, tree: Node) -> bool:
    """Whether the body of a function in SQL takes the place of its call: only an expression does."""
    body: Node = tree.get("SelectStmt", {})
    if function.security_definer or function.settings or body.keys() - {"targetList", "limitOption", "op"}:
        return False
    return not any(kind == "SubLink" for kind, _ in walk(tree))


def domain_of(type_name: str, domains: Domains) -> Domain | None:
    """The domain that a type is, if it is one."""
    schema, dot, name = type_name.rpartition(".")
    key = (schema.strip('"'), name.strip('"'))
    return domains.get(key) if dot else None


def checked(domain: Domain, domains: Domains) -> bool:
    """Whether values of a domain are checked, by itself or by the domain that it is made from."""
    if domain.not_null or domain.constraints:
        return True
    base = domain_of(domain.type, domains)
    return base is not None and checked(base, domains)


def retyped(old: str, new: str, domains: Domains, enums: Container[str] = ()) -> bool | Literal["time zone"] | None:
    """Whether changing the type of a column by nothing but a cast rewrites the table; None where it cannot be told.

    Between timestamps with and without time zone it depends on the session: in UTC they are the same.
    """
    domain = domain_of(new, domains)
    if old == new:
        return False
    if domain is not None and checked(domain, domains):
        return True
    if domain_of(old, domains) is not None:  # its length is forgotten
        old = _MODIFIERS.sub("", _base(old, domains))
    new = _base(new, domains)
    if old == new:
        return False
    if "[" in old or "[" in new:
        return True
    before, after = _MODIFIED.match(old), _MODIFIED.match(new)
    if before is None or after is None:
        return None
    one, other = before["name"] + before["rest"], after["name"] + after["rest"]
    if one == other:
        return _narrower(one, before["typmod"], after["typmod"])
    if (one, other) in _SAME_BYTES:
        return after["typmod"] is not None
    if one in _OIDS and other in _OIDS:
        return False
    if {one, other} <= _FINER and one[:9] == other[:9] == "timestamp":
        return "time zone" if _narrower(other, None, after["typmod"]) is False else True
    return True if all(kind in _KNOWN or kind in enums for kind in (one, other)) else None


def _base(type_name: str, domains: Domains) -> str:
    domain = domain_of(type_name, domains)
    return type_name if domain is None else _base(domain.type, domains)


def _narrower(kind: str, old: str | None, new: str | None) -> bool | None:
    """Whether values of a type must be looked at again for a new length or precision."""
    if new is None and kind in _NO_LONGER | _FINER | {"numeric"}:
        return False
    if new is None or kind not in _KNOWN:
        return None
    if kind == "numeric":
        before, after = _numbers(old), _numbers(new)
        return old is None or before[1] != after[1] or after[0] < before[0]
    if kind in _NO_LONGER or kind in _FINER:
        widest = 6 if kind in _FINER else None
        limit = _numbers(old)[0] if old is not None else widest
        return limit is None or _numbers(new)[0] < limit
    return True


def _numbers(typmod: str | None) -> tuple[int, int]:
    parts = [int(part) for part in (typmod or "0").split(",")]
    return parts[0], parts[1] if len(parts) > 1 else 0
