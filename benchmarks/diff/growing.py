"""A schema of any number of tables as applications have them, and one with a small change."""

from __future__ import annotations

from collections.abc import Iterator

ROLES = ("reader", "writer", "monitor")
BEGINNING = """\
create role reader;
create role writer;
create role monitor;
create schema app;
grant usage on schema app to reader, writer;
create function app.me() returns uuid language sql stable as
  $$ select nullif(current_setting('app.me', true), '')::uuid $$;
"""
TABLE = """\
create table app.t{n} (
  id bigint generated always as identity primary key, owner_id uuid not null default app.me(),
  parent_id bigint references app.t{before} on delete cascade, title text not null check (title <> ''),
  state text not null default 'open', amount numeric(10, 2), created_at timestamptz not null default now()
);
comment on table app.t{n} is 'number {n}';
create index t{n}_owner on app.t{n} (owner_id, created_at desc);
create index t{n}_open on app.t{n} (parent_id) where state = 'open';
alter table app.t{n} enable row level security;
create policy t{n}_read on app.t{n} for select to reader, writer using (owner_id = (select app.me()));
create policy t{n}_add on app.t{n} for insert to writer with check (owner_id = (select app.me()));
create policy t{n}_change on app.t{n} for update to writer using (owner_id = (select app.me()))
  with check (owner_id = (select app.me()));
create policy t{n}_remove on app.t{n} for delete to writer using (owner_id = (select app.me()) and state <> 'done');
grant select on app.t{n} to reader;
grant select, insert, update, delete on app.t{n} to writer;
"""
CHANGE = """\
alter table app.t{n} add column note text;
create index t{n}_state on app.t{n} (state);
create policy t{n}_shared on app.t{n} for select to reader using (state = 'shared');
grant select on app.t{n} to monitor;
"""


def schema(tables: int) -> Iterator[str]:
    """The text, in parts that can be run one by one; a table refers to the one before it."""
    yield BEGINNING
    for n in range(tables):
        yield TABLE.format(n=n, before=max(0, n - 1))


def change(tables: int) -> str:
    """A column, an index, a policy and a grant, on the table in the middle."""
    return CHANGE.format(n=tables // 2)
