"""Who visits, the rows they may meet, and what a server shows of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

ME = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
MINE = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
FOREIGN = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

# The claims of each way to come: with the anonymous key, without any key, as a user, as a user with few claims.
ANONYMOUS = (
    json.dumps({"role": "anon", "iss": "supabase", "ref": "abcdef", "iat": 1700000000, "exp": 2000000000}),
    "",
)
SIGNED_IN = (
    json.dumps(
        {"sub": ME, "role": "authenticated", "aud": "authenticated", "email": "me@example.org", "aal": "aal2",
         "is_anonymous": False, "app_metadata": {"role": "admin", "org_id": MINE}, "user_metadata": {"role": "admin"}}
    ),
    json.dumps({"sub": OTHER, "role": "authenticated", "aud": "authenticated"}),
)  # fmt: skip

SCHEMA = """
create table public.members (user_id uuid not null, org_id uuid not null, role text not null);
create function public.me() returns uuid language sql stable as 'select auth.uid()';
create function public.is_me(who uuid) returns boolean language sql stable as 'select who = auth.uid()';
create function public.is_me_strictly(who uuid) returns boolean language sql stable strict
  as 'select who is not distinct from auth.uid()';
create function public.is_member(org uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.members m where m.org_id = org and m.user_id = auth.uid()) $$;
create function public.signed_in() returns boolean language plpgsql stable
  as $$ begin return auth.uid() is not null; end $$;
create function public.anybody() returns boolean language plpgsql stable
  as $$ begin if auth.uid() is null then return true; end if; return true; end $$;
create function public.role_of_me() returns text language plpgsql stable security definer set search_path = ''
  as $$ declare found_role text; begin
    select m.role into found_role from public.members m where m.user_id = auth.uid();
    return found_role;
  end $$;
create function public.my_orgs() returns setof uuid language sql stable
  as $$ select m.org_id from public.members m where m.user_id = auth.uid() $$;
create function public.default_is_me(who uuid default auth.uid()) returns boolean language sql stable
  as 'select who = auth.uid()';
create function public.runs_as_anon() returns boolean language sql stable security definer
  as $$ select current_user = 'anon' $$;
create function public.loop_a() returns boolean language sql stable as 'select true';
create function public.loop_b() returns boolean language sql stable as 'select public.loop_a()';
create or replace function public.loop_a() returns boolean language sql stable as 'select public.loop_b()';
create function public.atomic_me() returns uuid language sql stable return auth.uid();
grant select on public.members to anon, authenticated;
"""
TABLE = """
create table public.t (
  id integer primary key, user_id uuid not null, owner uuid, org uuid not null, label text, flag boolean,
  tags text[], info jsonb, day date not null
);
alter table public.t enable row level security;
grant select on public.t to anon, authenticated;
"""
ROWS = f"""
insert into public.members values ('{ME}', '{MINE}', 'admin'), ('{OTHER}', '{FOREIGN}', 'member');
insert into public.t values
  (1, '{ME}', '{ME}', '{MINE}', 'a', true, '{{x}}', '{{"k": "v"}}', '2026-01-01'),
  (2, '{OTHER}', '{OTHER}', '{FOREIGN}', 'b', false, '{{}}', '{{}}', '2026-01-02'),
  (3, '{OTHER}', null, '{MINE}', null, null, null, null, '2026-01-03'),
  (4, '{ME}', null, '{FOREIGN}', '', true, array[null]::text[], 'null', '2026-01-04');
"""
COUNT = 4


def seen(connection: Connection, expression: str, role: str, claims: str) -> int | None:
    """How many rows of `t` a role with these claims sees by a policy with this expression; nothing remains of it.

    None where reading fails: of a request that ends in an error nothing is said.
    """
    with connection.transaction(force_rollback=True):
        connection.execute(f"create policy tried on public.t for select using ({expression})".encode())
        connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        connection.execute(f"set local role {role}".encode())
        try:
            found = connection.execute("select count(*) from public.t").fetchone()
        except psycopg.Error:
            return None
    assert found is not None
    return int(found[0])


def observed(connection: Connection, expression: str) -> dict[str, list[int]]:
    """The rows that each kind of visitor sees, one number for each way to come that ends without an error."""
    ways = {"anon": ANONYMOUS, "authenticated": SIGNED_IN}
    return {
        role: [n for c in claims if (n := seen(connection, expression, role, c)) is not None]
        for role, claims in ways.items()
    }
