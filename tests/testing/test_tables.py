"""Policy tests on tables of every make: odd names, no key, keys of two columns, partitions, other schemas, storage."""

from __future__ import annotations

from tests.testing.conftest import Try
from tests.testing.test_run import problems

HEAD = "policytool: 1\nactors: {anon: {role: anon}, sam: {}, sue: {}}\n"


def test_names_that_need_quotes(tried: Try) -> None:
    """In other schemas, too."""
    sql = """create schema "Odd"; grant usage on schema "Odd" to authenticated;
    create table "Odd"."My Table" ("Id" uuid primary key default gen_random_uuid(), "user" uuid not null, "o'k" text);
    alter table "Odd"."My Table" enable row level security;
    grant all on "Odd"."My Table" to authenticated;
    create policy "it's mine" on "Odd"."My Table" using ("user" = auth.uid());"""
    text = HEAD + (
        'seed: {Odd.My Table: {one: {user: "@sam", o\'k: "it\'s \\\\ fine"}}}\n'
        'tables: {Odd.My Table: {one: {sam: rud}, create: [{as: sam, with: {user: "@sam"}}]}}\n'
        "sees: {sue: {Odd.My Table: []}}\n"
    )
    assert problems(tried(sql, text)) == {}


def test_tables_without_a_key_and_with_one_of_two_columns(tried: Try) -> None:
    """Rows are found all the same."""
    sql = """create table public.logs (user_id uuid not null, body jsonb);
    create table public.pairs (a int, b int, user_id uuid not null, primary key (a, b));
    alter table public.logs enable row level security; alter table public.pairs enable row level security;
    grant all on public.logs, public.pairs to authenticated;
    create policy p on public.logs using (user_id = auth.uid());
    create policy p on public.pairs using (user_id = auth.uid());"""
    text = HEAD + (
        'seed: {logs: {l: {user_id: "@sam", body: {a: [1]}}}, pairs: {p: {a: 1, b: 2, user_id: "@sam"}}}\n'
        "tables: {logs: {l: {sam: rud}}, pairs: {p: {sam: rud}, frozen: {sam: [user_id]}}}\n"
        "sees: {sam: {logs: [l], pairs: [p]}, sue: {logs: [], pairs: []}}\n"
    )
    found = tried(sql, text)
    assert problems(found) == {}
    assert found["pairs: sam changes user_id"].outcome == "denied by check"


def test_partitions_generated_and_identity_columns(tried: Try) -> None:
    """A row of a partitioned table is read, updated and deleted by its parent's name."""
    sql = """create table public.events (
      id bigint generated always as identity, at date not null, user_id uuid not null, up text generated always as
      (upper(kind)) stored, kind text not null default 'x', primary key (id, at)) partition by range (at);
    create table public.events_30 partition of public.events for values from ('2030-01-01') to ('2031-01-01');
    alter table public.events enable row level security; alter table public.events_30 enable row level security;
    grant all on public.events to authenticated;
    create policy p on public.events using (user_id = auth.uid());"""
    text = HEAD + (
        'seed: {events: {e: {at: 2030-02-03, user_id: "@sam"}}}\n'
        'tables: {events: {e: {sam: rud}, create: [{as: sam, with: {at: 2030-05-06, user_id: "@sam"}}]}}\n'
    )
    assert problems(tried(sql, text)) == {}


def test_objects_in_storage(tried: Try) -> None:
    """The platform's trigger that refuses deletes is told that they are meant, as its own API does."""
    sql = """create policy r on storage.objects for select to authenticated using (owner_id = auth.uid()::text);
    create policy d on storage.objects for delete to authenticated using (owner_id = auth.uid()::text);"""
    text = HEAD + (
        "seed:\n  storage.buckets: {b: {id: photos, name: photos}}\n"
        '  storage.objects: {o: {bucket_id: "@b", name: a/b.png, owner_id: "@sam"}}\n'
        "tables: {storage.objects: {o: {sam: rd}}}\n"
    )
    found = tried(sql, text)
    assert problems(found) == {}
    assert found["storage.objects.o: sue delete"].outcome == "filtered"


def test_people_who_are_made_rows_by_a_trigger(tried: Try) -> None:
    """A profile that sign-up makes is the one that the file speaks of."""
    sql = """create table public.profiles (id uuid primary key references auth.users, nick text not null, plan text);
    create function public.welcome() returns trigger language plpgsql security definer set search_path = '' as $$
    begin insert into public.profiles (id, nick, plan) values (new.id, new.email, 'free'); return new; end $$;
    create trigger welcome after insert on auth.users for each row execute function public.welcome();
    alter table public.profiles enable row level security;
    grant select, update (nick) on public.profiles to authenticated;
    create policy p on public.profiles to authenticated using (id = auth.uid());"""
    text = (
        "policytool: 1\nactors: {sam: {row: {profiles: {plan: gold}}}, sue: {}}\n"
        "tables: {profiles: {sam: {sam: ru}, frozen: {sam: [plan]}}}\n"
        "cases: [{sql: 'select plan from profiles', by: {sam: {value: gold}, sue: {value: free}}}]\n"
    )
    assert problems(tried(sql, text)) == {}


def test_views_by_sql(tried: Try) -> None:
    """A view that runs with its owner's rights shows what policies hide."""
    sql = """create table public.notes (id int primary key, user_id uuid not null, body text);
    alter table public.notes enable row level security;
    grant select on public.notes to authenticated;
    create policy p on public.notes using (user_id = auth.uid());
    create view public.digest as select id, body from public.notes;
    create view public.mine with (security_invoker = on) as select id, body from public.notes;
    grant select on public.digest, public.mine to authenticated;"""
    text = HEAD + (
        'seed: {notes: {n: {user_id: "@sam"}}}\n'
        "cases:\n"
        "  - {sql: select * from mine, by: {sam: {rows: 1, columns: [id, body]}, sue: {rows: 0}}}\n"
        "  - {sql: select * from digest, by: {sue: {rows: 0}, anon: {denied: grant}}}\n"
    )
    assert problems(tried(sql, text)) == {"select * from digest: sue": "sue gets 1 row"}
