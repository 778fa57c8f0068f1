"""Common mistakes of tools that audit policies, each with SQL that shows it up."""

from __future__ import annotations

from msgspec import Struct

from policytool.config import PlatformName


class Row(Struct, frozen=True, kw_only=True):
    """A common mistake, and SQL that shows it up.

    `finds`: severity, rule and object of each finding that there must be. `never`: rules that must find nothing else in
    it; with "*" none may find anything above info. `see`: cases of these rules that go into its details.
    """

    title: str
    sql: str
    finds: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    platform: PlatformName = "supabase"


NOTES = """
create table notes (
  id bigint primary key, user_id uuid not null, editor_id uuid, org_id uuid, status text not null default 'new',
  user_metadata jsonb
);
create index on notes (user_id);
create index on notes (editor_id);
alter table notes enable row level security;
"""
OWN_READ = "create policy seen on notes for select to authenticated using (user_id = (select auth.uid()));\n"
ROWS = (
    Row(
        title="a policy for INSERT without WITH CHECK lets nothing in",
        sql=NOTES + OWN_READ + "create policy added on notes for insert to authenticated;",
        finds=("warning policy-grants-nothing public.notes.added",),
        never=("policy-always-true-write", "policy-any-authenticated", "owner-column-unscoped"),
        see=("policy-grants-nothing: INSERT without WITH CHECK",),
    ),
    Row(
        title="UPDATE without WITH CHECK asks new rows what USING asks",
        sql=NOTES
        + OWN_READ
        + "create policy changed on notes for update to authenticated using (user_id = (select auth.uid()));",
        never=("*", "policy-check-drops-scope", "policy-grants-nothing"),
        see=("policy-check-drops-scope: USING stands for both", "policy-grants-nothing: UPDATE needs no WITH CHECK"),
    ),
    Row(
        title="what is always true need not be spelled true",
        sql=NOTES
        + OWN_READ
        + """
create policy sums on notes for update to authenticated using (2 > 1 and 'a' in ('a', 'b'));
create policy itself on notes for delete to authenticated using (id = id);
create policy chosen on notes for insert to authenticated
  with check (case when user_id is null then false else coalesce(null, true) end);
""",
        finds=(
            "error policy-always-true-write public.notes.sums",
            "error policy-always-true-write public.notes.itself",
            "error policy-always-true-write public.notes.chosen",
        ),
        see=("policy-always-true-write: true by folding",),
    ),
    Row(
        title="a claim read inside of the sub-select is wrapped, and one bare call beside a wrapped one is bare",
        sql=NOTES
        + """
create policy inside on notes for select to authenticated
  using (user_id = (select (auth.jwt() ->> 'sub')::uuid));
create policy mixed on notes for delete to authenticated
  using (user_id = (select auth.uid()) or editor_id = auth.uid());
""",
        finds=("warning policy-initplan public.notes.mixed",),
        never=("policy-initplan",),
        see=("policy-initplan: one is wrapped, one is bare", "policy-initplan: the whole claim in a sub-select"),
    ),
    Row(
        title="user_metadata is a key of the token, wrapped or not, and neither a column nor a text",
        sql=NOTES
        + OWN_READ
        + """
create policy staff on notes for update to authenticated
  using ((select auth.jwt()) -> 'user_metadata' ->> 'staff' = 'yes');
create policy told on notes for delete to authenticated
  using (user_id = (select auth.uid()) and user_metadata ->> 'source' <> 'user_metadata');
""",
        finds=("error policy-user-metadata public.notes.staff",),
        never=("policy-user-metadata",),
        see=("policy-user-metadata: by path", "policy-user-metadata: a column of that name"),
    ),
    Row(
        title="not every view is a hole: one above protected rows is, also through another view, or only to write",
        sql=NOTES
        + """
create table cities (id int primary key, name text);
alter table cities enable row level security;
create policy listed on cities for select using (true);
grant select on cities to anon, authenticated;
create view city_names as select name from cities;
create view base as select id, status from notes;
revoke all on base from anon, authenticated;
create view above as select id from base where status = 'new';
revoke insert, update, delete on above from anon, authenticated;
create view written as select id, status from notes;
revoke select, insert, update on written from anon, authenticated;
""",
        finds=(
            "error definer-view-over-rls public.above",
            "error definer-view-writable public.written",
        ),
        never=("definer-view-over-rls",),
        see=("definer-view-over-rls: by way of another view", "definer-view-over-rls: the owner is bound"),
    ),
    Row(
        title="nobody can call a trigger function, whoever holds EXECUTE",
        sql=NOTES
        + OWN_READ
        + """
create function stamp() returns trigger language plpgsql security definer set search_path = ''
  as $$ begin delete from public.notes where status = 'old'; return new; end $$;
create trigger stamped before insert on notes for each row execute function stamp();
create function all_of(person uuid) returns setof notes language sql stable security definer set search_path = ''
  as $$ select * from public.notes where user_id <> person $$;
""",
        finds=("error definer-anon-executable public.all_of(uuid)",),
        never=("definer-anon-executable", "definer-authenticated-executable"),
        see=("definer-anon-executable: trigger functions cannot be called",),
    ),
    Row(
        title="any privilege on any column will do, also without SELECT, also on a partitioned table",
        platform="supabase-explicit",
        sql="""
create table events (id bigint, day date not null, note text, primary key (id, day)) partition by range (day);
grant update (note) on events to authenticated;
""",
        finds=("error rls-disabled-exposed public.events",),
        see=("rls-disabled-exposed: one column is enough", "rls-disabled-exposed: a grant to PUBLIC reaches everyone"),
    ),
    Row(
        title="a table that no client reaches may do without row level security",
        platform="supabase-explicit",
        sql="create table jobs (id bigint primary key, user_id uuid, payload jsonb);",
        never=("*", "rls-disabled-exposed"),
        see=("rls-disabled-exposed: no grant, no reach", "rls-disabled-exposed: a schema that is not exposed"),
    ),
    Row(
        title="not to force, to leave out TO, and to publish is no mistake",
        sql=NOTES
        + """
create policy own on notes using (user_id = (select auth.uid()));
create table posts (id bigint primary key, body text not null);
alter table posts enable row level security;
create policy published on posts for select using (true);
""",
        never=("*",),
        see=("policy-always-true-write: only what is held",),
    ),
    Row(
        title="an index serves a foreign key in any order of its columns, and only if it holds every row",
        sql="""
create table shops (region int, number int, primary key (region, number));
create table sales (
  id bigint primary key, region int, number int, shop_region int, shop_number int,
  foreign key (region, number) references shops, foreign key (shop_region, shop_number) references shops
);
create index on sales (number, region);
create index on sales (shop_region, shop_number) where shop_region > 1;
alter table shops enable row level security;
alter table sales enable row level security;
""",
        finds=("info fk-unindexed public.sales.sales_shop_region_shop_number_fkey",),
        never=("fk-unindexed",),
        see=("fk-unindexed: in another order", "fk-unindexed: a partial index"),
    ),
    Row(
        title="a bare name in a sub-query is the sub-query's own column, if it has one",
        sql=NOTES
        + """
create table members (user_id uuid, org_id uuid, primary key (user_id, org_id));
alter table members enable row level security;
create policy me on members for select to authenticated using (user_id = (select auth.uid()));
create policy seen on notes for select to authenticated
  using (exists (select from members as m where m.user_id = (select auth.uid()) and m.org_id = org_id));
create policy meant on notes for delete to authenticated
  using (exists (select from members as m where m.user_id = (select auth.uid()) and m.org_id = notes.org_id));
""",
        finds=("error policy-self-comparison public.notes.seen",),
        never=("policy-self-comparison",),
        see=("policy-self-comparison: a bare name that only the row has",),
    ),
    Row(
        title="a visitor's NULL turns true in more ways than IS NULL OR",
        sql=NOTES
        + """
create policy either on notes for select using (coalesce(user_id = (select auth.uid()), true));
create policy unless on notes for delete using (case when (select auth.uid()) <> user_id then false else true end);
create policy none on notes for update using (not exists (select where (select auth.uid()) <> user_id));
create policy plain on notes for insert with check (user_id = (select auth.uid()));
""",
        finds=(
            "error policy-true-for-anon public.notes.either",
            "error policy-true-for-anon public.notes.unless",
            "error policy-true-for-anon public.notes.none",
        ),
        never=("policy-true-for-anon",),
        see=("policy-true-for-anon: coalesce", "policy-true-for-anon: CASE"),
    ),
    Row(
        title="IS NOT DISTINCT FROM finds rows of nobody for a visitor, where a row can be nobody's",
        sql=NOTES
        + """
create policy edited on notes for select using (editor_id is not distinct from (select auth.uid()));
create policy owned on notes for delete using (user_id is not distinct from (select auth.uid()));
""",
        finds=("error policy-null-identity-match public.notes.edited",),
        never=("policy-null-identity-match",),
        see=("policy-null-identity-match: never NULL",),
    ),
    Row(
        title="UPDATE can give rows away as well as FOR ALL, and how bad it is depends on who may read the new row",
        sql=NOTES
        + """
create table drafts (id bigint primary key, user_id uuid not null, shared boolean not null default false);
create index on drafts (user_id);
alter table drafts enable row level security;
create policy mine on drafts for select to authenticated using (user_id = (select auth.uid()));
create policy handed on drafts for update to authenticated
  using (user_id = (select auth.uid())) with check (not shared);
create policy read on notes for select to authenticated using (status = 'new' or user_id = (select auth.uid()));
create policy moved on notes for update to authenticated
  using (user_id = (select auth.uid())) with check (status = 'new');
""",
        finds=(
            "warning policy-check-drops-scope public.drafts.handed",
            "error policy-check-drops-scope public.notes.moved",
        ),
        see=(
            "policy-check-drops-scope: only blind updates",
            "policy-check-drops-scope: updated into what everybody reads",
        ),
    ),
    Row(
        title="a REVOKE may take away nothing",
        sql=NOTES
        + OWN_READ
        + """
revoke select (status) on notes from authenticated;
create function secret() returns bigint language sql stable security definer set search_path = ''
  as $$ select count(*) from public.notes $$;
revoke execute on function secret() from anon;
alter default privileges in schema public revoke execute on functions from public;
""",
        finds=(
            "error column-revoke-ineffective public.notes",
            "error revoke-shadowed-by-public public.secret()",
            "warning default-revoke-ineffective public",
        ),
        see=("revoke-shadowed-by-public: from PUBLIC as well", "default-revoke-ineffective: everywhere"),
    ),
    Row(
        title="what is dropped or replaced is judged by what there was and what there is at the end",
        sql=NOTES
        + OWN_READ
        + """
create table gone (id bigint primary key);
alter table gone enable row level security;
create view fresh with (security_invoker = on) as select id from notes;
revoke insert, update, delete on fresh from anon, authenticated;
-- file: 2.sql
drop policy seen on notes;
alter table gone disable row level security;
create or replace view fresh as select id, status from notes;
-- file: 3.sql
create policy seen on notes for select to authenticated using (user_id = (select auth.uid()));
drop table gone;
""",
        finds=("error definer-view-over-rls public.fresh", "info replace-view-drops-options public.fresh"),
        never=("disable-rls", "rls-disabled-exposed", "policy-dropped"),
        see=("replace-view-drops-options: set later",),
    ),
    Row(
        title="policies that go in a circle are seen in the files, and a definer helper of an exempt owner breaks it",
        sql="""
create table teams (id uuid primary key, user_id uuid not null);
create table teammates (team_id uuid, user_id uuid not null, primary key (user_id, team_id));
create table rooms (id uuid primary key, team_id uuid);
alter table teams enable row level security;
alter table teammates enable row level security;
alter table rooms enable row level security;
create policy again on teams for select to authenticated
  using (id in (select t.id from teams as t where t.user_id = (select auth.uid())));
create schema private;
grant usage on schema private to authenticated;
create function private.my_teams() returns setof uuid language sql stable security definer set search_path = ''
  as $$ select team_id from public.teammates where user_id = (select auth.uid()) $$;
create policy mates on teammates for select to authenticated using (team_id in (select private.my_teams()));
create policy theirs on rooms for select to authenticated
  using (team_id in (select m.team_id from teammates as m where m.user_id = (select auth.uid())));
""",
        finds=("error policy-recursion public.teams.again",),
        never=("policy-recursion", "policy-mutual-recursion"),
        see=(
            "policy-recursion: a definer helper of an exempt owner breaks it",
            "policy-mutual-recursion: three tables",
        ),
    ),
    Row(
        title="a policy gives nobody what no grant gives",
        platform="supabase-explicit",
        sql="""
create table prices (id bigint primary key, amount int);
alter table prices enable row level security;
create policy everybody on prices for all to authenticated using (true);
grant select on prices to authenticated;
create table rates (id bigint primary key, amount int);
alter table rates enable row level security;
create policy members on rates for select to authenticated using (amount > 0);
""",
        finds=("error policy-without-grant public.rates.members",),
        never=("policy-always-true-write", "anon-write-grant"),
        see=("policy-without-grant: nothing was granted", "policy-always-true-write: nobody holds the command"),
    ),
    Row(
        title="words of a name count, not the letters inside of them",
        sql="""
create table visits (id bigint primary key, treatment text, certificate text, token_count int, tokenized boolean);
create table accounts (id bigint primary key, password_hash text, "accessToken" text);
alter table visits enable row level security;
alter table accounts enable row level security;
create policy shown on visits for select using (true);
create policy shown on accounts for select using (true);
""",
        finds=("error sensitive-column-exposed public.accounts",),
        never=("sensitive-column-exposed",),
        see=("sensitive-column-exposed: words that are inside of others",),
    ),
    Row(
        title="what is for service_role alone opens nothing to clients",
        sql=NOTES + OWN_READ + "create policy service on notes for all to service_role using (true) with check (true);",
        never=("*", "policy-always-true-write", "policy-always-true-read"),
        see=("policy-always-true-write: for service_role alone",),
    ),
    Row(
        title="a table made in the same file holds no row and no lock that matters, and USING INDEX reads nothing",
        sql="""
create table parts (id bigint not null, maker_id bigint);
create table makers (id bigint primary key);
alter table parts enable row level security;
alter table makers enable row level security;
create index on parts (maker_id);
alter table parts add constraint made_by foreign key (maker_id) references makers (id);
-- file: 2.sql
create unique index concurrently parts_id on parts (id);
-- file: 3.sql
alter table parts add constraint parts_key primary key using index parts_id;
""",
        never=("*", "index-not-concurrent", "constraint-validates", "add-unique-or-pk"),
        see=(
            "add-unique-or-pk: a primary key using an index",
            "index-not-concurrent: in the file that makes the table",
        ),
    ),
    Row(
        title="files do not say what is used, and neither does a database that was made a minute ago",
        sql=NOTES + OWN_READ + "create index spare on notes (status);",
        never=("*", "unused-index", "table-bloated", "invalid-index"),
    ),
)
