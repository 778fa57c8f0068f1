"""SQL from a catalog: it makes the same catalog again, and the same database on a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policytool import api
from policytool.catalog.ddl import Phase, create, script, words
from policytool.catalog.ddl.order import Tangled, ordered
from policytool.catalog.ddl.step import Step
from policytool.catalog.ddl.unions import typed
from policytool.source.model import SqlFile
from policytool.syntax.parse import parse_file
from tests.catalog.closing import built, comparable, dumped, hard_case, hard_cases, platform

if TYPE_CHECKING:
    from policytool.postgres.server import Server

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = ("supabase/migrations", "examples/leaky/supabase/migrations")
CASES = [(family, name) for family in ("postgres", "supabase") for name in hard_cases(family)]
TEMPLATES = {"postgres": None, "supabase": "supabase_legacy"}


@pytest.mark.parametrize(("family", "name"), CASES)
def test_sql_of_a_hard_catalog_builds_it_again(family: str, name: str) -> None:
    """build(SQL) → SQL → build gives the same catalog, and nothing of it is refused or unknown."""
    before = built(hard_case(family, name), family)
    after = built(script(before, platform(family)), family)
    assert [item.message for item in (*before.unmodelled, *after.unmodelled)] == []
    assert comparable(after) == comparable(before)


@pytest.mark.parametrize(("family", "name"), CASES)
def test_sql_of_a_hard_catalog_makes_the_same_database(family: str, name: str, supabase_server: Server) -> None:
    """On a server the SQL runs without an error, and pg_dump sees no difference to what it was written from."""
    sql = hard_case(family, name)
    again = script(built(sql, family), platform(family))
    before = dumped(supabase_server, [SqlFile(path="before.sql", text=sql)], TEMPLATES[family])
    after = dumped(supabase_server, [SqlFile(path="after.sql", text=again)], TEMPLATES[family])
    assert after == before


@pytest.mark.parametrize("folder", PROJECTS)
def test_sql_of_a_project_builds_it_again(folder: str) -> None:
    """The example product and its leaky copy close."""
    loaded = api.load(str(ROOT / folder))
    text = script(loaded.built.catalog, loaded.built.platform)
    again = built(text, "supabase", loaded.built.platform.major_version)
    assert comparable(again) == comparable(loaded.built.catalog)


@pytest.mark.parametrize("folder", PROJECTS)
@pytest.mark.parametrize("template", ["supabase_explicit", "supabase_legacy"])
def test_sql_of_a_project_makes_the_same_database(folder: str, template: str, supabase_server: Server) -> None:
    """Whatever the platform gives new tables by default, the privileges come out as the migrations left them."""
    loaded = api.load(str(ROOT / folder))
    files = loaded.project.files
    text = script(loaded.built.catalog, loaded.built.platform)
    before = dumped(supabase_server, files, "supabase_explicit")
    after = dumped(supabase_server, [SqlFile(path="after.sql", text=text)], template)
    assert [entry for entry in after if entry not in before] == []
    assert [entry for entry in before if entry not in after] == []


def test_sql_is_the_same_from_a_snapshot() -> None:
    """The order of statements goes by names, not by the history that a snapshot has lost."""
    from policytool.catalog.snapshot import decode, encode

    loaded = api.load(str(ROOT / PROJECTS[0]))
    again = decode(encode(loaded.built.catalog))
    assert script(again, loaded.built.platform) == script(loaded.built.catalog, loaded.built.platform)


def test_what_is_not_in_the_catalog_is_named() -> None:
    """The head lists the statements that could not be modelled, each with its place."""
    catalog = built("create table public.t (id integer);\ncreate table public.t (id integer);", "postgres")
    text = script(catalog, platform("postgres"), label="two tables")
    assert text.startswith("-- The schema of two tables, to be made by postgres in an empty postgres database.\n")
    assert '\n-- not in it: test.sql:2: Postgres would refuse this: relation "t" already exists\n' in text


def test_what_no_migration_made_is_a_remark() -> None:
    """A table that was only altered is altered again, and the text says that it must be there."""
    sql = (
        "alter table public.old add column added integer not null default 5;"
        "create policy p on public.old for select using (added > 0);"
    )
    before = built(sql, "postgres")
    text = script(before, platform("postgres"))
    assert "-- table public.old was made by no migration: it must be there already\n" in text
    assert "create table" not in text
    assert comparable(built(text, "postgres")) == comparable(before)


def test_no_name_breaks_out_of_a_remark() -> None:
    """A line feed in a name or a label does not end the comment that it is spoken of in."""
    sql = 'alter table public."a\ndrop table b; --" enable row level security;'
    text = script(built(sql, "postgres"), platform("postgres"), label="x\ndrop table c;")
    assert {statement.kind for statement in parse_file(SqlFile(path="x", text=text)).statements} == {"AlterTableStmt"}
    assert '-- table public."a drop table b; --" was made by no migration' in text


def test_one_schema_only() -> None:
    """With schemas named, only the statements about their objects are written, in the order they had."""
    sql = (
        "create schema a; create schema b; create role r; create table a.t (id integer); create table b.t (id integer);"
        "grant select on a.t to r; grant select on b.t to r;"
    )
    text = script(built(sql, "postgres"), platform("postgres"), schemas=["a"])
    statements = [line for line in text.splitlines() if line and not line.startswith("--")]
    assert statements == [
        "create schema a;",
        "create table a.t (",
        "  id integer",
        ");",
        "grant select on table a.t to r;",
    ]


def test_secrets_stay_hidden() -> None:
    """What the catalog holds as *** is written as ***."""
    sql = (
        "create foreign data wrapper w; create server s foreign data wrapper w options (password 'hunter2');"
        "create user mapping for public server s options (user 'u', password 'hunter2');"
    )
    text = script(built(sql, "postgres"), platform("postgres"))
    assert "hunter2" not in text
    assert "create server s foreign data wrapper w options (password '***');" in text


def test_what_cannot_be_written_is_a_remark() -> None:
    """Of a C function and a shell type the catalog holds too little: none is left out silently."""
    sql = "create type public.shell; create function public.c() returns integer language c as 'library', 'symbol';"
    text = script(built(sql, "postgres"), platform("postgres"))
    assert "-- type public.shell: the catalog holds no more than its name" in text
    assert "-- function public.c() is written in C: the catalog does not say in which library" in text


def test_row_security_comes_before_privileges() -> None:
    """No table is open for a moment: its policies are there before anybody is granted anything on it."""
    loaded = api.load(str(ROOT / PROJECTS[0]))
    phases = [step.phase for step in create(loaded.built.catalog, loaded.built.platform)]
    assert max(i for i, p in enumerate(phases) if p is Phase.POLICIES) < phases.index(Phase.GRANTS)


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ("select 1", "$$select 1$$"),
        ("select $$x$$", "$body$select $$x$$$body$"),
        ("$$ $body$", "$body2$$$ $body$$body2$"),
        ("costs 5$", "$body$costs 5$$body$"),
        ("$b", "$$$b$$"),
        ("", "$$$$"),
    ],
)
def test_bodies_are_quoted_by_what_they_do_not_hold(body: str, quoted: str) -> None:
    """A body is quoted so that the parser reads it back as it was."""
    from pglast import parser

    assert words.dollar_quoted(body) == quoted
    sql = f"create function f() returns void language sql as {quoted}"
    statement = json.loads(parser.parse_sql_json(sql))["stmts"][0]["stmt"]["CreateFunctionStmt"]
    source = next(o["DefElem"] for o in statement["options"] if o["DefElem"]["defname"] == "as")
    assert source["arg"]["List"]["items"][0]["String"].get("sval", "") == body


def _step(name: str, phase: Phase, *needs: str, wants: tuple[str, ...] = ()) -> Step:
    return Step(
        phase=phase,
        key=(name,),
        sql=(name,),
        needs=frozenset((n,) for n in needs),
        wants=frozenset((n,) for n in wants),
    )


def test_what_is_needed_early_moves_up() -> None:
    """A function that a table needs comes right before it, the others in their own phase."""
    steps = [
        _step("other function", Phase.FUNCTIONS),
        _step("function", Phase.FUNCTIONS, "type"),
        _step("table", Phase.TABLES, "function"),
        _step("index", Phase.INDEXES),
        _step("type", Phase.TYPES),
    ]
    assert [step.key[0] for step in ordered(steps)] == ["type", "function", "table", "index", "other function"]


def test_wishes_give_way_to_needs() -> None:
    """Of a circle with a wish in it the wish is dropped; a circle of needs is an error that names it."""
    wishing = [_step("a", Phase.TABLES, "b"), _step("b", Phase.FUNCTIONS, wants=("a",))]
    assert [step.key[0] for step in ordered(wishing)] == ["b", "a"]
    with pytest.raises(Tangled, match=r"a needs b needs a|b needs a needs b"):
        ordered([_step("a", Phase.TABLES, "b"), _step("b", Phase.FUNCTIONS, "a")])


def test_constants_of_a_union_have_the_types_of_the_columns() -> None:
    """A definition does not say them; without them a column of three parts would be of another type."""
    sql = (
        "create table t (c char(26), n varchar(5)); create view v as"
        " select null::char(26) as c, 'é'::varchar(5) as n union all select c, n from t union all select c, n from t"
    )
    view = built(sql, "postgres").views["public", "v"]
    assert typed(view.definition, view.columns).startswith(
        "SELECT NULL::character(26) AS c, 'é'::character varying(5) AS n UNION ALL SELECT t.c, t.n"
    )
    assert typed("SELECT NULL AS c", view.columns[:1]) == "SELECT NULL AS c"
