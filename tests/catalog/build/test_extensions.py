"""Extensions bring and take along in the builder what they do on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.contrast import contrast
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = (
    "extensions",
    "tables",
    "columns",
    "indexes",
    "functions",
    "views",
    "types",
    "schemas",
    "policies",
    "triggers",
)

SNIPPETS = {
    "create": "create extension citext;",
    "twice": "create extension citext; create extension citext; create extension if not exists citext;",
    "schema": "create schema x; create extension citext with schema x; create table t (i x.citext);",
    "schema by path": """create schema x; set search_path = x, public; create extension citext;
        create table t (i citext);""",
    "column": "create extension citext; create table t (i citext, j citext[]); drop extension citext cascade;",
    "column restrict": "create extension citext; create table t (i citext); drop extension citext;",
    "trigger function": """create extension moddatetime; create table t (i int, m timestamptz);
        create trigger g before update on t for each row execute function moddatetime(m); drop extension moddatetime;
        drop extension moddatetime cascade;""",
    "to schema": """create schema x; create extension citext; create table t (i citext);
        alter extension citext set schema x;
        create table u (i x.citext);""",
    "schema renamed": """create schema x; create extension citext schema x; create table t (i x.citext);
        alter schema x rename to y;""",
    "update": "create extension citext; alter extension citext update;",
    "dropped and made again": "create extension citext; drop extension citext; create extension citext;",
    "missing": "drop extension citext; drop extension if exists citext; alter extension citext update;",
    "defaults": """create role a; alter default privileges revoke execute on functions from public;
        create extension moddatetime;
        create function f() returns int language sql as 'select 1';""",
}


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_extensions_act_as_on_a_server(cluster: Connection, sql: str) -> None:
    """What an extension is needed for, and what goes with it, agree with a server."""
    assert contrast(cluster, sql, FACETS) == []


def test_what_an_extension_brings_is_marked() -> None:
    """Functions and types of an extension are in the catalog, as its own; the extension itself is the user's."""
    catalog = built("create schema x; create extension citext schema x;")
    assert catalog.extensions["citext"].origin is None
    assert catalog.base_types[("x", "citext")].origin == "extension"
    brought = [f for f in catalog.functions.values() if f.schema == "x"]
    assert brought
    assert {f.origin for f in brought} == {"extension"}


def test_dropping_an_extension_takes_only_its_own() -> None:
    """Functions that the user made in the same schema stay."""
    catalog = built("""create schema x; create extension citext schema x;
        create function x.mine() returns int language sql as 'select 1'; drop extension citext;""")
    assert [s for s in catalog.functions if s[0] == "x"] == [("x", "mine", ())]
    assert ("x", "citext") not in catalog.base_types


def test_an_unknown_extension_is_said() -> None:
    """It is in the catalog with nothing in it, and that is no matter of security."""
    catalog = built("create extension if not exists plperlx; create extension plperlx;")
    assert catalog.extensions["plperlx"].schema == "public"
    assert [(u.kind, u.security) for u in catalog.unmodelled] == [("extension", False), ("refused", True)]


def test_a_fixed_schema_is_the_only_one() -> None:
    """An extension whose control file names its schema is made there, and the schema with it."""
    state, refused = folded("create extension pgmq with schema public; create extension pgmq;")
    assert [code for _, code in refused] == ["0A000"]
    assert state.extensions["pgmq"].schema == "pgmq"
    assert "pgmq" in state.schemas


def test_supabase_makes_extensions_itself() -> None:
    """There an extension belongs to the platform's superuser, so a project's default privileges do not touch it."""
    sql = """alter default privileges in schema public grant execute on functions to anon;
        alter default privileges revoke execute on functions from public; create extension moddatetime;"""
    function = built(sql, "supabase").functions[("public", "moddatetime", ())]
    assert function.owner == "supabase_admin"
    assert ("public", "EXECUTE") in {(g.grantee, g.privilege) for g in function.grants}


def test_supabase_grants_after_an_extension() -> None:
    """What the platform's event triggers grant once pg_cron is there is granted here, too."""
    catalog = built("create extension pg_cron;", "supabase")
    grants = {(g.grantee, g.privilege) for g in catalog.schemas["cron"].grants}
    assert ("postgres", "USAGE") in grants
