"""A row in every table for each of two worlds, which share nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policytool.postgres.seeding import World, choices, handle_of
from policytool.postgres.server import Server
from tests.postgres.growing import Plot, supabase

pytestmark = pytest.mark.server

PROJECT = """
create type plan as enum ('free', 'pro', 'team');
create table orgs (id bigint generated always as identity primary key, slug text not null unique, plan plan not null
  default 'free');
create table profiles (id uuid primary key references auth.users, admin boolean not null default false);
create table members (org bigint references orgs, who uuid references profiles, role text not null default 'member'
  check (role in ('owner', 'member')), primary key (org, who));
create table posts (id uuid primary key default gen_random_uuid(), org bigint not null references orgs,
  author uuid references profiles, status text not null check (status in ('draft', 'live', 'gone')),
  deleted timestamptz, parent uuid references posts);
create table logs (at timestamptz not null, who uuid references auth.users, what text, primary key (at)) partition by
  range (at);
create table logs_2031 partition of logs for values from ('2031-01-01') to ('2032-01-01');
create table reads (log timestamptz not null references logs, who text not null);
create table a (id int primary key, b int); create table b (id int primary key, a int references a);
alter table a add foreign key (b) references b;
create table settings (single boolean primary key default true check (single));
"""


@pytest.fixture
def plot(supabase_server: Server) -> Iterator[Plot]:
    """A project with tenants, people, partitions and a circle."""
    made = supabase(supabase_server)
    made.run(PROJECT)
    yield made
    made.server.drop_database(made.database)


def world(plot: Plot, name: str) -> World:
    """One person's."""
    found = plot.plant(("auth.users", name, {}))
    return World(
        name=name,
        rows=tuple(found.rows.values()),
        given={("public", "reads"): {"who": found.rows[name].row["id"]}},
        choices={
            ("public", "posts"): ["status", "deleted"],
            ("public", "members"): ["role"],
            ("public", "profiles"): ["admin"],
        },
    )


def test_two_worlds(plot: Plot) -> None:
    """Keys stay within each world, and no value of a key is in both."""
    one, two = plot.cover(world(plot, "ann"), world(plot, "bob"))
    assert set(one.failed) == set()
    assert set(two.failed) == {"bob.public.settings"}
    for name, found in (("ann", one), ("bob", two)):
        person = plot.run(f"select id::text from auth.users where email = '{name}@example.com'")[0][0]
        row = {h.removeprefix(f"{name}.public."): planted.row for h, planted in found.rows.items()}
        assert (
            row["profiles"]["id"]
            == row["posts"]["author"]
            == row["members"]["who"]
            == row["logs_2031"]["who"]
            == person
        )
        assert row["posts"]["org"] == row["members"]["org"] == row["orgs"]["id"]
        assert row["reads"] == {"ctid": row["reads"]["ctid"], "log": row["logs_2031"]["at"], "who": person}
        assert (row["b"]["a"], row["a"]["b"]) == (row["a"]["id"], row["b"]["id"])
    keys = [
        {planted.row[key] for planted in found.rows.values() for key in ("id", "slug", "at") if planted.row.get(key)}
        - {planted.row["id"] for handle, planted in found.rows.items() if handle.endswith((".a", ".b", ".orgs"))}
        for found in (one, two)
    ]
    assert not keys[0] & keys[1]
    for table, key in (("orgs", "id"), ("orgs", "slug"), ("posts", "id"), ("a", "id"), ("b", "id")):
        assert plot.run(f"select count(*) = count(distinct {key}) from {table}") == [(True,)]


def test_each_value_of_a_column_that_decides(plot: Plot) -> None:
    """One row for each, the first row's own value but once; a second admin is another person."""
    (found,) = plot.cover(world(plot, "ann"))
    posts = {handle: planted.row for handle, planted in found.rows.items() if ".posts" in handle}
    assert sorted(str(row["status"]) for row in posts.values()) == ["draft", "draft", "gone", "live"]
    assert posts[handle_of("ann", ("public", "posts"), "status", "gone")]["status"] == "gone"
    assert sum(row["deleted"] is not None for row in posts.values()) == 1
    admin = found.rows[handle_of("ann", ("public", "profiles"), "admin", "true")].row
    assert admin["id"] != found.rows["ann.public.profiles"].row["id"]
    owner = found.rows[handle_of("ann", ("public", "members"), "role", "owner")].row
    assert owner["org"] != found.rows["ann.public.members"].row["org"]
    assert {parent.table[1] for parent in found.parents} >= {"users", "orgs"}


def test_choices(plot: Plot) -> None:
    """Labels, both truths, what a check lists; a value and null of the rest."""
    catalog = plot.catalog()
    wanted = {
        ("orgs", "plan"): ("free", "pro", "team"),
        ("members", "role"): ("owner", "member"),
        ("profiles", "admin"): ("false", "true"),
        ("posts", "status"): ("draft", "live", "gone"),
    }
    assert {key: choices(catalog, ("public", key[0]), key[1]) for key in wanted} == wanted
    value, null = choices(catalog, ("public", "posts"), "deleted")
    assert (value is not None, null) == (True, None)


def test_some_tables_only(plot: Plot) -> None:
    """Their parents are made up in the world, and are not counted among its rows."""
    (found,) = plot.cover(World(name="w", tables=[("public", "posts")]))
    assert list(found.rows) == ["w.public.posts"]
    assert {parent.handle for parent in found.parents} >= {"w orgs 1", "w profiles 1", "w users 1"}


def test_a_row_that_a_sign_up_made_is_of_the_world(plot: Plot) -> None:
    """It refers to the world's rows, as those do that are planted."""
    plot.run(
        "alter table profiles add org bigint references orgs; create function sign_up() returns trigger language"
        " plpgsql security definer set search_path = public as $$begin insert into profiles (id) values (new.id);"
        " return new; end$$; create trigger signed_up after insert on auth.users for each row execute function"
        " sign_up();"
    )
    (found,) = plot.cover(world(plot, "ann"))
    assert found.rows["ann.public.profiles"].row["org"] == found.rows["ann.public.orgs"].row["id"]
    assert found.failed == {}
