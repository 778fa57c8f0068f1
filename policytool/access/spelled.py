"""How statements about privileges spell their objects and roles."""

from __future__ import annotations

from collections.abc import Iterable

from policytool.catalog.model import Function, Schema, Sequence, Table, View
from policytool.catalog.spelling import identifier, qualified
from policytool.finding import function_ref

Owned = Table | View | Function | Sequence | Schema


def spelled(item: Owned) -> str:
    """The object as ALTER and COMMENT name it, its kind first."""
    if isinstance(item, Table):
        return f"{'foreign table' if item.kind == 'foreign table' else 'table'} {qualified(item.schema, item.name)}"
    if isinstance(item, View):
        return f"{'materialized view' if item.materialized else 'view'} {qualified(item.schema, item.name)}"
    return granted(item)


def granted(item: Owned) -> str:
    """The object as it stands after GRANT … ON: tables and views without a kind."""
    match item:
        case Function():
            kind = "procedure" if item.kind == "procedure" else "function"
            return f"{kind} {identifier(item.schema)}.{function_ref(item).name}"
        case Sequence():
            return f"sequence {qualified(item.schema, item.name)}"
        case Schema():
            return f"schema {identifier(item.name)}"
    return qualified(item.schema, item.name)


def grantees(roles: Iterable[str]) -> str:
    """Roles after TO or FROM; PUBLIC is a word, not a name."""
    return ", ".join("public" if role == "public" else identifier(role) for role in dict.fromkeys(roles))
