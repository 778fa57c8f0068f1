"""DO blocks and called functions to run on a server and through the builder; some are meant to be refused."""

from __future__ import annotations

from tests.catalog.build import snippets_blocks_calls, snippets_blocks_flow, snippets_blocks_guards

SETUP = """
create schema app;
create table app.a (id int primary key, owner uuid, label text);
create table app.b (id int primary key, a_id int references app.a (id));
create table app.log (line text);
create table public.items (id int, status text);
create type app.mood as enum ('sad', 'ok');
create view app.v as select id from app.a;
alter table app.a enable row level security;
create policy read_a on app.a for select using (true);
create policy write_a on app.a for insert with check (owner is not null);
create policy read_b on app.b using (id > 0);
create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create function app.secret(x int) returns int language sql security definer as 'select x';
create function app.plain(x int, y text default 'z') returns int language sql as 'select x';
create trigger touch_a before update on app.a for each row execute function app.touch();
create role reader;
create role writer;
"""

CASES: dict[str, str] = {
    **snippets_blocks_guards.CASES,
    **snippets_blocks_flow.CASES,
    **snippets_blocks_calls.CASES,
}
