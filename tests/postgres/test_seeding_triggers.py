"""Rows that triggers change, refuse or make: people who sign up, and what functions of the project ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from policytool.postgres.seeding import Ref, World
from policytool.postgres.server import Server
from tests.postgres.growing import Plot, supabase

pytestmark = pytest.mark.server

PROFILES = """
create table public.profiles (id uuid primary key references auth.users on delete cascade, name text not null,
  role text not null default 'buyer', mail text);
create function public.sign_up() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.profiles (id, name, mail) values (new.id, {name}, new.email);
  return new;
end $$;
create trigger signed_up after insert on auth.users for each row execute function public.sign_up();
"""
NOTES = (
    "create table notes (id serial primary key, owner uuid references auth.users, body text, state text default 's');"
)


@pytest.fixture
def plot(supabase_server: Server) -> Iterator[Plot]:
    """A fresh Supabase project."""
    made = supabase(supabase_server)
    yield made
    made.server.drop_database(made.database)


def before_insert(body: str, what: str = "before insert") -> str:
    """A trigger on notes."""
    return (
        f"{NOTES} create function act() returns trigger language plpgsql as $$begin {body} end$$;"
        f" create trigger acts {what} on notes for each row execute function act();"
    )


def test_a_person(plot: Plot) -> None:
    """As a sign-up leaves them, unless something else is given."""
    found = plot.plant(("auth.users", "Ann B.", {}), ("auth.users", "bob", {"role": "admin", "email": "b@x.org"}))
    ann, bob = (planted.row for planted in found.rows.values())
    assert (ann["email"], ann["role"], ann["aud"]) == ("ann-b@example.com", "authenticated", "authenticated")
    assert json.loads(ann["raw_app_meta_data"] or "")["provider"] == "email"
    assert (bob["email"], bob["role"]) == ("b@x.org", "admin")
    assert ann["id"] != bob["id"]


def test_a_row_that_a_trigger_made(plot: Plot) -> None:
    """It is the wanted one; what is given of it is set, the rest is as the trigger left it."""
    plot.run(PROFILES.format(name="coalesce(new.raw_user_meta_data ->> 'name', 'nobody')"))
    found = plot.plant(
        ("auth.users", "sam", {"raw_user_meta_data": '{"name": "Sam"}'}),
        ("profiles", "sam's", {"id": Ref("sam"), "role": "seller"}),
    )
    assert found.failed == {}
    row = found.rows["sam's"].row
    assert (row["name"], row["role"], row["mail"]) == ("Sam", "seller", "sam@example.com")
    assert plot.run("select count(*) from profiles") == [(1,)]


def test_a_trigger_that_reads_what_people_say_of_themselves(plot: Plot) -> None:
    """Keys that it reads are made up; where that does not help, the row is put past it, and that is told."""
    plot.run(PROFILES.format(name="new.raw_user_meta_data ->> 'full_name'"))
    found = plot.plant(("profiles", "p", {}), ("auth.users", "u", {}))
    assert found.failed == {}
    assert json.loads(found.rows["u"].row["raw_user_meta_data"] or "") == {"full_name": "full_name 1"}
    assert plot.run("select count(*) from profiles") == [(2,)]


def test_a_sign_up_that_cannot_be(plot: Plot) -> None:
    """Triggers are disabled for that row alone, and are as they were afterwards."""
    plot.run(PROFILES.format(name="null"))
    states = "select tgname, tgenabled from pg_trigger where tgrelid = 'auth.users'::regclass order by 1"
    before = plot.run(states)
    found = plot.plant(("auth.users", "u", {}), ("profiles", "p", {"id": Ref("u")}))
    assert found.failed == {}
    (note,) = found.rows["u"].notes
    assert note.startswith("with the triggers of the table disabled: null value in column")
    assert found.rows["p"].notes == ()
    assert plot.run(states) == before


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("new.owner := auth.uid(); return new;", "in the name of the person"),
        ("if auth.uid() is null then raise 'sign in'; end if; return new;", "in the name of the person"),
        ("if auth.role() is distinct from 'service_role' then raise 'no'; end if; return new;", "as service_role"),
        ("raise 'never';", "with the triggers of the table disabled"),
        ("new.owner := null; return new;", "with the triggers of the table disabled"),
        ("return null;", "with the triggers of the table disabled"),
        ("new.body := upper(new.body); return new;", ""),
    ],
)  # fmt: skip
def test_triggers_before(plot: Plot, body: str, note: str) -> None:
    """What is given stays: first in the name of the person, then of the service, then past the trigger."""
    plot.run(before_insert(body))
    found = plot.plant(("auth.users", "ann", {}), ("notes", "n", {"owner": Ref("ann")}))
    assert found.failed == {}
    assert found.rows["n"].row["owner"] == found.rows["ann"].row["id"]
    assert [told.partition(",")[0].partition(":")[0] for told in found.rows["n"].notes] == ([note] if note else [])


def test_triggers_after(plot: Plot) -> None:
    """The row is told as they leave it; later rows may change it once more."""
    plot.run(
        before_insert(
            "update notes set state = 'seen' where id < new.id or new.body = 'x'; return new;", "after insert"
        )
    )
    found = plot.plant(("notes", "a", {}), ("notes", "b", {"body": "x"}), ("notes", "c", {}))
    assert [planted.row["state"] for planted in found.rows.values()] == ["seen", "seen", "s"]
    ctids = plot.run("select ctid::text from notes order by id")
    assert [planted.row["ctid"] for planted in found.rows.values()] == [ctid for (ctid,) in ctids]


def test_a_given_column_that_a_later_trigger_changes(plot: Plot) -> None:
    """It is what was given all the same."""
    plot.run(before_insert("update notes set state = 'late' where id = new.id; return new;", "after insert"))
    found = plot.plant(("notes", "a", {"state": "early"}))
    assert found.rows["a"].row["state"] == "early"
    assert found.rows["a"].notes[0].endswith("a trigger made state late, not early")


def test_a_trigger_that_updates_refuse(plot: Plot) -> None:
    """A row that is there and must not be changed, so far as triggers go, is changed past them."""
    plot.run(
        PROFILES.format(name="'x'")
        + "create function fixed() returns trigger language plpgsql as $$begin raise 'fixed'; end$$;"
        " create trigger fixes before update on profiles for each row execute function fixed();"
    )
    found = plot.plant(("auth.users", "u", {}), ("profiles", "p", {"id": Ref("u"), "role": "seller"}))
    assert found.rows["p"].row["role"] == "seller"
    assert found.rows["p"].notes == ("with the triggers of the table disabled: fixed",)


def test_deferred_triggers_are_heard(plot: Plot) -> None:
    """A constraint trigger speaks at once, not when all is over."""
    plot.run(
        f"{NOTES} create function act() returns trigger language plpgsql as $$begin raise 'late'; end$$;"
        " create constraint trigger acts after insert on notes deferrable initially deferred for each row"
        " execute function act();"
    )
    (note,) = plot.plant(("notes", "n", {})).rows["n"].notes
    assert note == "with the triggers of the table disabled: late"


def test_row_level_security_is_no_hindrance(plot: Plot) -> None:
    """Forced or not; nothing is granted to whoever plants."""
    plot.run(f"{NOTES} alter table notes enable row level security; alter table notes force row level security;")
    assert plot.plant(("notes", "n", {})).failed == {}


def test_tables_of_the_platform(plot: Plot) -> None:
    """Buckets and what is in them."""
    found = plot.plant(
        ("storage.objects", "o", {"bucket_id": Ref("b"), "name": "a/b.png"}), ("storage.buckets", "b", {})
    )
    assert found.failed == {}
    assert found.rows["o"].row["bucket_id"] == found.rows["b"].row["id"]


def test_less_in_a_row_before_triggers_are_disabled(plot: Plot) -> None:
    """Of two references that exclude each other one is left out; which, is told."""
    plot.run(
        "create table a (id int primary key); create table b (id int primary key);"
        "create table c (id int primary key, a int references a, b int references b);"
        "create function act() returns trigger language plpgsql as"
        " $$begin if new.a is not null and new.b is not null then raise 'not both'; end if; return new; end$$;"
        " create trigger acts before insert on c for each row execute function act();"
    )
    (found,) = plot.cover(World(name="w"))
    row = found.rows["w.public.c"]
    assert (row.row["a"], row.row["b"]) == (None, found.rows["w.public.b"].row["id"])
    assert row.notes == ("with a null, for a trigger: not both",)
