"""Publications and subscriptions: the builder and a server end with the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

BEFORE = (
    "create table t (a int primary key, b text, c int); create table child () inherits (t); create view v as "
    "select 1 as a;"
    "create table p (a int) partition by range (a); create table p1 partition of p default; create unlogged "
    "table u (a int);"
)
PUBLICATIONS = [
    "create publication x",
    "create publication x for table only t, p",
    "create publication x for table t",
    "create publication x for table only t (c, a)",
    "create publication x for table only t where (a > 1) with (publish = 'insert')",
    "create publication x for table t, t",
    "create publication x for table t (a), t",
    "create publication x for all tables with (publish_via_partition_root)",
    "create publication x with (publish = 'insert, UPDATE', publish_via_partition_root = false)",
    "create publication x with (publish = '')",
    "create publication x with (publish = 'nope')",
    "create publication x with (nope = 1)",
    "create publication x with (publish_via_partition_root = maybe)",
    "create publication x for table v",
    "create publication x for table u",
    "create publication x for table only t (nope)",
    "create publication x for tables in schema public, current_schema",
    "create publication x for table only t (a), tables in schema public",
    "create publication x; create publication x",
    "create publication x; alter publication x add table only t, p",
    "create publication x for table t; alter publication x add table only t",
    "create publication x for table t; alter publication x drop table only t",
    "create publication x for table only t; alter publication x drop table t",
    "create publication x for table only t; alter publication x drop table p",
    "create publication x for table only t; alter publication x drop table v",
    "create publication x for table only t; alter publication x drop table only t (a)",
    "create publication x for table only t; alter publication x set table p, only t (b, a)",
    "create publication x for table only t; alter publication x set tables in schema public",
    "create publication x for tables in schema public; alter publication x drop tables in schema public",
    "create publication x; alter publication x drop tables in schema public",
    "create publication x for tables in schema public; alter publication x add tables in schema public",
    "create publication x for all tables; alter publication x add table t",
    "create publication x; alter publication x set (publish = 'delete')",
    "alter publication x add table t",
    "create publication x; comment on publication x is 'said'",
]


@pytest.mark.parametrize("sql", PUBLICATIONS)
def test_publications_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE and ALTER PUBLICATION leave on a server what the builder says, or are refused alike."""
    assert differences(database, BEFORE + sql) == []


def test_an_unknown_table_in_a_publication_is_assumed() -> None:
    """Supabase's dashboard adds tables to publications, so histories name tables that they do not make."""
    state, refused = folded("create publication x; alter publication x add table only messages (id) where (sent)")
    member = state.publications["x"].tables[0]
    assert refused == []
    assert (member.schema, member.table, member.columns, member.where) == ("public", "messages", ("id",), "sent")
    assert {c.name for c in state.tables[("public", "messages")].columns} == {"id", "sent"}


def test_a_subscription_does_not_keep_how_it_connects() -> None:
    """The connection string holds a password, so nothing of it is in the catalog."""
    catalog = built(
        "create subscription s connection 'host=x password=hunter2' publication a, b with (connect = false);"
        "alter subscription s connection 'password=hunter2'; alter subscription s set publication c"
    )
    subscription = catalog.others[("subscription", "", "s")]
    assert subscription.definition == "PUBLICATION c"
    assert "hunter2" not in repr(catalog)


def test_a_subscription_goes_when_dropped() -> None:
    """DROP SUBSCRIPTION takes it away; one that is not there is refused unless IF EXISTS."""
    state, refused = folded(
        "create subscription s connection 'x' publication a; drop subscription s; drop subscription s; "
        "drop subscription if exists s"
    )
    assert [code for _, code in refused] == ["42704"]
    assert state.others == {}
