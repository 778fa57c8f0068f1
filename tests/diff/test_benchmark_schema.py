"""The schema that the benchmark of diff grows: it runs on a server, and its small change has a small plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.diff.growing import change, schema
from tests.catalog.closing import built
from tests.diff.cases import database, differ, observed, run

if TYPE_CHECKING:
    from policytool.postgres.server import Server


def test_runs_on_a_server(postgres_server: Server) -> None:
    """All statements run, and the change does after them; every table has what it is to have."""
    with database(postgres_server) as name:
        run(postgres_server, name, ["".join(schema(3)), change(3)])
        tables = observed(postgres_server, name).catalog.tables
    assert sorted(tables) == [("app", "t0"), ("app", "t1"), ("app", "t2")]
    found = {key[1]: (len(t.policies), len(t.indexes), len(t.columns)) for key, t in tables.items()}
    assert found == {"t0": (4, 3, 7), "t1": (5, 4, 8), "t2": (4, 3, 7)}
    assert all(table.rls_enabled and table.comment and table.grants for table in tables.values())


def test_plan_of_the_small_change() -> None:
    """It touches one table of the twenty, in four statements, and nothing else."""
    text = "".join(schema(20))
    diff = differ(built(text, "postgres"), built(text + change(20), "postgres"))
    assert diff.problems == ()
    assert [change.sql.splitlines()[0] for change in diff.changes] == [
        "alter table app.t10 add column note text",
        "create index t10_state on app.t10 using btree (state)",
        "create policy t10_shared on app.t10 for select to reader",
        "grant select on table app.t10 to monitor",
    ]
