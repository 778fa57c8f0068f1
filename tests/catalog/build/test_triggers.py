"""Triggers, their clones on partitions, and event triggers: the builder and a server end with the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

BEFORE = (
    "create table t (a int, b text); create view v as select a, b from t;"
    "create function f() returns trigger language plpgsql as 'begin return new; end';"
    "create function g() returns int language sql as 'select 1';"
)
TRIGGERS = [
    "create trigger x before insert on t execute function f()",
    "create trigger x after insert or delete or update or truncate on t execute procedure f('a', 1, b)",
    "create trigger x before update of b, a on t for each row when (new.a > 1 and old.b is null) execute function f()",
    "create trigger x after insert on t for each row when (new.b = 'x') execute function f()",
    "create trigger x after update on t referencing old table as o new table as n execute function f()",
    "create trigger x after insert on t referencing new table as n for each row execute function f()",
    "create constraint trigger x after insert on t deferrable initially deferred for each row execute function f()",
    "create constraint trigger x after insert or update on t from v for each row execute function f()",
    "create table u (a int); create constraint trigger x after insert on t from u for each row execute function f()",
    "create trigger x instead of insert on v for each row execute function f()",
    "create trigger x before insert on v execute function f()",
    "create trigger x before insert on v for each row execute function f()",
    "create trigger x instead of insert on v execute function f()",
    "create trigger x instead of insert on v for each row when (true) execute function f()",
    "create trigger x instead of update of a on v for each row execute function f()",
    "create trigger x instead of insert on t for each row execute function f()",
    "create trigger x after truncate on v execute function f()",
    "create trigger x before truncate on t for each row execute function f()",
    "create trigger x before insert on t execute function g()",
    "create trigger x before update of nope on t execute function f()",
    "create trigger x before insert on t referencing new table as n execute function f()",
    "create trigger x after insert or update on t referencing new table as n execute function f()",
    "create trigger x after insert on t referencing old table as o execute function f()",
    "create trigger x before insert on t execute function f(); create trigger x after insert on t execute function f()",
    "create trigger x before insert on t execute function f(); comment on trigger x on t is 'kept'; "
    "create or replace trigger x after delete on t for each row execute function f('z')",
    "create constraint trigger x after insert on t for each row execute function f(); "
    "create or replace trigger x after insert on t for each row execute function f()",
    "create or replace constraint trigger x after insert on t for each row execute function f()",
    "create materialized view m as select 1 as a; create trigger x before insert on m execute function f()",
    "create trigger x before update on t for each row execute function suppress_redundant_updates_trigger()",
    "create schema s; create function s.f() returns trigger language plpgsql as 'begin return new; end'; "
    "create trigger x before insert on t execute function s.f()",
    "create trigger x before update on t for each row when (old.* is distinct from new.*) execute function f()",
]
PARTITIONS = [
    "create trigger x after insert on p for each row execute function f()",
    "create trigger x after insert on p execute function f()",
    "create trigger x before insert on p for each row when (new.a > 1) execute function f('z')",
    "create trigger x after insert on p for each row execute function f(); create table p3 partition of p for "
    "values in (3)",
    "create trigger x after insert on p for each row execute function f(); create table p3 (a int); "
    "alter table p attach partition p3 for values in (3)",
    "create trigger x after insert on p for each row execute function f(); create table p3 (a int); "
    "create trigger x after insert on p3 execute function f(); alter table p attach partition p3 for values in (3)",
    "create trigger x after insert on p for each row execute function f(); alter table p detach partition p2",
    "create trigger x after insert on p1 for each row execute function f(); "
    "create trigger x after insert on p for each row execute function f()",
    "create trigger x after insert on p1 for each row execute function f(); "
    "create or replace trigger x after insert on p for each row execute function f()",
    "create trigger x after insert on p for each row execute function f(); "
    "create or replace trigger x after delete on p for each row execute function f()",
    "create trigger x after insert on p for each row execute function f(); "
    "create or replace trigger x after delete on p1 for each row execute function f()",
    "create trigger x after insert on p referencing new table as n for each row execute function f()",
    "create trigger x after insert on p1 referencing new table as n for each row execute function f()",
    "create trigger x after insert on p for each row execute function f(); drop trigger x on p1",
    "create trigger x after insert on p for each row execute function f(); drop trigger x on p",
]
EVENT_TRIGGERS = [
    "create event trigger e on ddl_command_end execute function et()",
    "create event trigger e on ddl_command_start when tag in ('create table', 'DROP TABLE') execute function et()",
    "create event trigger e on nope execute function et()",
    "create event trigger e on sql_drop execute function f()",
    "create event trigger e on sql_drop when nope in ('x') execute function et()",
    "create event trigger e on sql_drop execute function et(); create event trigger e on sql_drop execute "
    "function et()",
    "create event trigger e on sql_drop execute function et(); alter event trigger e disable",
    "create event trigger e on sql_drop execute function et(); alter event trigger e enable always",
    "create event trigger e on sql_drop execute function et(); alter event trigger e enable replica; "
    "alter event trigger e enable; comment on event trigger e is 'x'",
    "alter event trigger e disable",
]


@pytest.mark.parametrize("sql", TRIGGERS)
def test_triggers_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE TRIGGER leaves on a server what the builder says, or is refused alike."""
    assert differences(database, BEFORE + sql) == []


@pytest.mark.parametrize("sql", PARTITIONS)
def test_row_triggers_are_cloned_to_partitions(database: Connection, sql: str) -> None:
    """A row trigger of a partitioned table is on each partition, two levels down too, and goes with it."""
    tables = (
        "create table p (a int) partition by list (a); create table p1 partition of p for values in (1);"
        "create table p2 partition of p for values in (2) partition by list (a);"
        "create table p21 partition of p2 for values in (2);"
    )
    assert differences(database, BEFORE + tables + sql) == []


@pytest.mark.parametrize("sql", EVENT_TRIGGERS)
def test_event_triggers_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE and ALTER EVENT TRIGGER leave on a server what the builder says, or are refused alike."""
    before = "create function et() returns event_trigger language plpgsql as 'begin end';"
    assert differences(database, BEFORE + before + sql) == []


def test_the_function_and_table_of_a_trigger_are_assumed() -> None:
    """A trigger of an unknown table, calling an unknown function, is kept; both are assumed, with the columns named."""
    state, refused = folded(
        "create trigger x before update of a on t for each row when (new.b is distinct from old.c) execute function h()"
    )
    table = state.tables[("public", "t")]
    assert refused == []
    assert [c.name for c in table.columns] == ["a", "b", "c"]
    assert table.triggers[0].function == ("public", "h")
    assert state.functions[("public", "h", ())].returns == "trigger"
    assert [u.kind for u in state.unmodelled] == ["assumed", "assumed"]
