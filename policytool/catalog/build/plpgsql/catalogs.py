"""Which system catalog or view a query names; the buckets of storage are known as far as migrations make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from policytool.catalog.build.plpgsql.relations import (
    classes,
    cluster,
    indexes,
    parts,
    policies,
    routines,
    standard,
    usage,
)
from policytool.catalog.build.plpgsql.relations.base import CatalogRow, CatalogTable, columns_of
from policytool.catalog.build.plpgsql.relations.privileges import exploded
from policytool.catalog.build.plpgsql.values import Assumed, NotKnown, Value
from policytool.catalog.build.state import State

__all__ = ["Assumed", "CatalogRow", "CatalogTable", "catalog_table", "exploded"]
_STANDARD = "information_schema"


@cache
def _modelled() -> Mapping[str, CatalogTable]:
    catalogs = {t.name: t for module in (classes, indexes, parts, policies, routines, cluster) for t in module.TABLES}
    views = {f"{_STANDARD}.{t.name}": t for module in (standard, usage) for t in module.TABLES}
    return {**{f"pg_catalog.{name}": t for name, t in catalogs.items()}, **views}


def catalog_table(state: State, schema: str | None, name: str) -> CatalogTable | None:
    """The relation of Postgres's own that a name in FROM means; None where it is the user's."""
    if (schema, name) == ("storage", "buckets") and ("storage", "buckets") in state.tables:
        return cluster.BUCKETS
    for candidate in (schema,) if schema is not None else ("pg_catalog", *_unqualified(state)):
        full = f"{candidate}.{name}"
        if full in _modelled():
            return _modelled()[full]
        if full in columns_of():
            return CatalogTable(name, columns_of()[full], {}, _unread)
    return None


def _unqualified(state: State) -> tuple[str, ...]:
    return (_STANDARD,) if _STANDARD in state.session.search_path else ()


def _unread(state: State, wanted: Mapping[str, Value]) -> Iterable[Any]:
    raise NotKnown("a part of the system catalogs that policytool does not answer from")
