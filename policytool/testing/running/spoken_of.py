"""Which tables the policy tests speak of, so that it can be told of which they do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.testing.running.cases import spelled
from policytool.testing.running.tenancy import tables_of_tenants
from policytool.testing.suites.suite import Suite


def untested(suites: Iterable[Suite], catalog: Catalog, schemas: tuple[str, ...]) -> tuple[str, ...]:
    """The user's tables, in the schemas that clients reach, that no test is about; a seed alone is not about one."""
    told = {table for suite in suites for table in _spoken_of(suite, catalog)}
    mine = [t for t in catalog.tables.values() if t.origin is None and t.partition_of is None and not t.assumed]
    reached = [t for t in mine if t.schema in schemas] if schemas else mine
    return tuple(sorted(spelled((t.schema, t.name)) for t in reached if (t.schema, t.name) not in told))


def _spoken_of(suite: Suite, catalog: Catalog) -> Iterator[Name]:
    yield from (stated.table for stated in suite.stated)
    yield from (who.handle.table for who in suite.who)
    yield from (sees.table for sees in suite.sees)
    if suite.isolation is not None:
        yield from tables_of_tenants(suite.isolation, catalog)
        yield from suite.isolation.shared
    for case in suite.cases:
        if case.operation.table is not None:
            yield case.operation.table
