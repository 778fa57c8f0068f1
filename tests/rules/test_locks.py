"""The locks that migration rules speak of, each held against a real server."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.catalog.history import History, steps_of
from policytool.catalog.locks import Lock, taken
from policytool.source.model import SqlFile

if TYPE_CHECKING:
    from policytool.postgres.server import Connection, Server

SETUP = """
create schema other;
create table u (id int primary key, c int);
create table t (
  id int primary key, a int not null default 0, b text, u_id int, s varchar(10), unique (a, b),
  constraint fk foreign key (u_id) references u (id), constraint pos check (a >= 0)
);
create index t_b on t (b);
create table w (id int);
alter table w add constraint w_pos check (id > 0) not valid;
create table p (id int, day date) partition by range (day);
create table p1 partition of p for values from ('2020-01-01') to ('2021-01-01');
create table p2 (id int, day date);
create table parent (id int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on t for each row execute function f();
create policy pol on t using (true);
create rule ru as on insert to w do also nothing;
create view v as select id from u;
create materialized view m as select id from u;
create unique index m_id on m (id);
create publication pub;
"""
# Every form of statement that rules or reports speak of. What locks it takes is asked of the server, not written here.
FORMS = (
    "alter table t add column n int",
    "alter table t add column n int references u",
    "alter table t drop column b",
    "alter table t alter column s type varchar(20)",
    "alter table t alter column b set default 'x'",
    "alter table t alter column b drop default",
    "alter table t alter column b set not null",
    "alter table t alter column a drop not null",
    "alter table t alter column b set statistics 100",
    "alter table t alter column b set storage external",
    "alter table t alter column b set compression pglz",
    "alter table t alter column a set (n_distinct = 5)",
    "alter table t alter column a reset (n_distinct)",
    "alter table t alter column a drop default, alter column a add generated always as identity",
    "alter table t add constraint k check (a > 0)",
    "alter table t add constraint k check (a > 0) not valid",
    "alter table t add constraint k foreign key (a) references u (id)",
    "alter table t add constraint k foreign key (a) references u (id) not valid",
    "alter table t add constraint k unique (b)",
    "alter table t alter constraint fk deferrable",
    "alter table w validate constraint w_pos",
    "alter table t drop constraint fk",
    "alter table t drop constraint pos",
    "alter table t enable row level security",
    "alter table t disable row level security",
    "alter table t force row level security",
    "alter table t no force row level security",
    "alter table t owner to current_user",
    "alter table t replica identity full",
    "alter table t disable trigger tr",
    "alter table t enable always trigger tr",
    "alter table t disable trigger user",
    "alter table w disable rule ru",
    "alter table t set (fillfactor = 70)",
    "alter table t set (autovacuum_enabled = false)",
    "alter table t reset (fillfactor)",
    "alter table t set (user_catalog_table = true)",
    "alter table t cluster on t_b",
    "alter table t set unlogged",
    "alter table w inherit parent",
    "alter table t set (fillfactor = 70), alter column b set default 'y'",
    "alter table p attach partition p2 for values from ('2021-01-01') to ('2022-01-01')",
    "alter table p detach partition p1",
    "create table p3 partition of p for values from ('2022-01-01') to ('2023-01-01')",
    "create table child () inherits (parent)",
    "create table n (u_id int references u)",
    "create table n (u_id int, foreign key (u_id) references u)",
    "create index on t (u_id)",
    "drop index t_b",
    "create trigger tr2 after update on t for each row execute function f()",
    "drop trigger tr on t",
    "create policy pol2 on t for select using (true)",
    "alter policy pol on t using (false)",
    "drop policy pol on t",
    "create rule r2 as on delete to w do instead nothing",
    "drop rule ru on w",
    "truncate w",
    "drop table t",
    "drop table p1",
    "drop view v",
    "alter view v set (security_barrier = true)",
    "alter table t rename to t2",
    "alter table t rename column b to bb",
    "alter table t rename constraint pos to pos2",
    "alter policy pol on t rename to pol3",
    "alter trigger tr on t rename to tr3",
    "alter table t set schema other",
    "reindex table t",
    "cluster t using t_b",
    "refresh materialized view m",
    "refresh materialized view concurrently m",
    "lock table t in share mode",
    "create statistics st on a, b from t",
    "comment on table t is 'x'",
    "analyze t",
    "grant select on t to public",
    "create view v2 as select id from t",
    "insert into w values (1)",
    "update t set a = 1",
    "select * from t",
)


@pytest.fixture(scope="module")
def sample(server: Server) -> str:
    """A database to copy that holds the sample."""
    name = server.create_database()
    with server.connect(name) as connection:
        connection.execute(SETUP.encode())
    return name


def history(setup: str, statement: str) -> History:
    """The history of two files."""
    files = [SqlFile(path=f"{n}.sql", text=text, order=n) for n, text in enumerate((setup, statement))]
    built = build(files, Platform(name="postgres", exposed_schemas=()))
    return History(steps_of(built), built.catalog)


def said(statement: str) -> dict[str, str]:
    """The lock on each relation, as the table of facts has it."""
    found = history(SETUP, statement)
    return {t.key[1]: t.lock.words for t in taken(found.steps[-1], found)}


def relations(connection: Connection) -> dict[int, str]:
    """The tables and views of the sample."""
    rows = connection.execute(
        "select oid, relname from pg_class"
        " where relkind in ('r', 'p', 'v', 'm') and relnamespace = 'public'::regnamespace"
    )
    return dict(rows.fetchall())


def held(connection: Connection, known: dict[int, str]) -> dict[str, str]:
    """The strongest lock that this session holds on each relation of the sample, from SHARE UPDATE EXCLUSIVE on."""
    mine = "select relation, mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation'"
    strongest: dict[str, Lock] = {}
    for relation, mode in connection.execute(mine).fetchall():
        words = "".join(f"_{letter}" if letter.isupper() else letter for letter in mode.removesuffix("Lock"))
        lock = Lock.__members__.get(words.upper().removeprefix("_"))
        if lock is not None and lock >= Lock.SHARE_UPDATE_EXCLUSIVE and relation in known:
            strongest[known[relation]] = max(lock, strongest.get(known[relation], lock))
    return {name: lock.words for name, lock in strongest.items()}


@pytest.mark.parametrize("statement", FORMS)
def test_locks(server: Server, sample: str, statement: str) -> None:
    """The table of facts names exactly the locks that the server takes on what was there before."""
    with server.connect(sample) as connection:
        known = relations(connection)
        connection.execute("begin")
        connection.execute(statement.encode())
        found = held(connection, known)
        connection.execute("rollback")
    assert said(statement) == found


@pytest.mark.parametrize(
    "statement",
    ["create index concurrently on t (u_id)", "drop index concurrently t_b", "reindex table concurrently t", "vacuum t",
     "vacuum full t", "alter table p detach partition p1 concurrently"],
)  # fmt: skip
def test_locks_outside_of_transactions(server: Server, sample: str, statement: str) -> None:
    """What such a statement waits for while somebody else holds the table."""
    table = "p" if " p " in statement else "t"
    with server.connect(sample) as other, server.connect(sample) as connection:
        pid = connection.info.backend_pid
        other.execute(f"begin; lock table {table} in share update exclusive mode".encode())
        thread = threading.Thread(target=ignore_cancel, args=(connection, statement))
        thread.start()
        asked = "select mode from pg_locks where pid = %s and not granted and locktype = 'relation'"
        mode = None
        for _ in range(200):
            if (row := other.execute(asked, [pid]).fetchone()) is not None:
                mode = row[0]
                break
            time.sleep(0.02)
        other.execute("select pg_cancel_backend(%s)", [pid])
        other.execute("rollback")
        thread.join()
    assert said(statement)[table] == {
        "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE", "AccessExclusiveLock": "ACCESS EXCLUSIVE"
    }[mode or ""]  # fmt: skip


def ignore_cancel(connection: Connection, statement: str) -> None:
    """Run a statement that will be cancelled."""
    try:
        connection.execute(statement.encode())
    except psycopg.errors.QueryCanceled:
        return
