"""SET, RESET and transactions decide whose the next object is and where it goes, as on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policytool.catalog.build import build
from policytool.catalog.build.settings import split_identifiers
from policytool.source.model import SqlFile
from tests.catalog.build.contrast import contrast
from tests.catalog.build.support import built, platform

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

FACETS = ("tables", "relation grants", "schemas", "default privileges", "memberships", "roles")
BEFORE = """create role a superuser; create role b superuser; create schema n; create schema m;
        create schema "Mixed Case";
    create schema a;"""

SNIPPETS = {
    "search_path": "set search_path = n; create table t (i int);",
    "search_path to": "set search_path to m, n; create table t (i int);",
    "search_path quoted": "set search_path = 'n'; create table t (i int);",
    "search_path two in one": "set search_path = 'n, m'; create table t (i int);",
    "search_path mixed case": 'set search_path = "Mixed Case"; create table t (i int);',
    "search_path missing first": "set search_path = nowhere, m; create table t (i int);",
    "search_path empty": "set search_path = ''; create table t (i int); create table n.t (i int);",
    "search_path default": "set search_path = n; set search_path to default; create table t (i int);",
    "search_path reset": "set search_path = n; reset search_path; create table t (i int);",
    "schema": "set schema 'm'; create table t (i int);",
    "user in path": "set role a; create table t (i int); reset role;",
    "reset all": "set search_path = n; reset all; create table t (i int);",
    "reset all keeps role": "set role b; reset all; create table n.t (i int); reset role;",
    "set_config": "select set_config('search_path', 'n', false); create table t (i int);",
    "set_config list": """select pg_catalog.set_config('search_path', 'nowhere, "Mixed Case", n', false);
        create table t (i int);""",
    "set_config empty": "select pg_catalog.set_config('search_path', '', false); create table t (i int);",
    "set_config role": "select set_config('role', 'b', false); create table n.t (i int); reset role;",
    "set_config local": """begin; select set_config('search_path', 'n', true); create table t (i int); commit;
        create table u (i int);""",
    "role": "set role b; create table n.t (i int); reset role; create table n.u (i int);",
    "role none": "set role b; set role none; create table n.t (i int);",
    "role quoted": "set role 'b'; create table n.t (i int); reset role;",
    "role and schema": "set role b; create schema k; create table k.t (i int); reset role;",
    "authorization": "set session authorization b; create table n.t (i int); reset session authorization;",
    "authorization and role": """set session authorization b; set role a; create table n.t (i int); reset role;
        create table n.u (i int);""",
    "authorization resets role": "set role a; set session authorization b; create table n.t (i int);",
    "discard": "set search_path = n; discard all; set session authorization postgres; create table t (i int);",
    "begin commit": "begin; create table t (i int); commit; create table u (i int);",
    "begin rollback": """begin; create table t (i int); alter role b nosuperuser; grant a to b; rollback;
        create table u (i int);""",
    "rollback of settings": "begin; set search_path = n; set role b; rollback; create table t (i int);",
    "commit of settings": "begin; set search_path = n; set role b; commit; create table t (i int); reset role;",
    "local": "begin; set local search_path = n; create table t (i int); commit; create table u (i int);",
    "local role": "begin; set local role b; create table n.t (i int); commit; create table n.u (i int);",
    "local then plain": "begin; set local search_path = n; set search_path = m; commit; create table t (i int);",
    "plain then local": "begin; set search_path = m; set local search_path = n; commit; create table t (i int);",
    "rollback of defaults": """begin; alter default privileges grant select on tables to a; rollback;
        create table t (i int);
        alter default privileges grant insert on tables to a; create table u (i int);""",
    "savepoint": """begin; create table t (i int); savepoint s; create table u (i int); rollback to s;
        create table v (i int);
        commit;""",
    "savepoint twice": """begin; savepoint s; create table t (i int); savepoint s; create table u (i int);
        rollback to s;
        release s; rollback to s; commit;""",
    "savepoint released": """begin; savepoint s; create table t (i int); release s; create table u (i int); commit;""",
    "savepoint settings": """begin; savepoint s; set search_path = n; rollback to savepoint s;
        create table t (i int); commit;""",
    "start transaction": "start transaction; create table t (i int); abort;",
    "commit chain": "begin; create table t (i int); commit and chain; create table u (i int); rollback;",
    "rollback chain": "begin; create table t (i int); rollback and chain; create table u (i int); commit;",
    "rollback alone": "create table t (i int); rollback;",
    "other settings": """set statement_timeout = 0; set client_min_messages = warning; set time zone 'UTC';
        create table t (i int);""",
}


@pytest.mark.parametrize("sql", SNIPPETS.values(), ids=SNIPPETS.keys())
def test_settings_act_as_on_a_server(cluster: Connection, sql: str) -> None:
    """Tables made after each of these have the owner and the schema that a server gives them."""
    assert contrast(cluster, BEFORE + sql, FACETS) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("public", ("public",)),
        ("$user, Public", ("$user", "public")),
        ('"$user",public', ("$user", "public")),
        ('"Two, ""three"" " , four', ('Two, "three" ', "four")),
    ],
)
def test_lists_of_names_are_split_as_postgres_does(text: str, names: tuple[str, ...]) -> None:
    """Unquoted names are in lower case, quoted ones keep everything."""
    assert split_identifiers(text) == names


def test_a_file_starts_with_a_session_of_its_own() -> None:
    """What a file sets and does not take back ends with it."""
    catalog = built(
        "create schema n; set search_path = n; create table t (i int); reset search_path; create table u (i int);"
    )
    assert set(catalog.tables) == {("n", "t"), ("public", "u")}


def test_set_local_lasts_for_a_file_that_is_one_transaction() -> None:
    """Without BEGIN, SET LOCAL lasts to the end of a file that its tool runs as one transaction,
    and no time otherwise."""
    sql = "create schema n; set local search_path = n; create table t (i int);"
    files = [SqlFile(path=path, text=sql, transaction=whole) for path, whole in (("1.sql", True), ("2.sql", False))]
    tables = [set(build([file], platform()).catalog.tables) for file in files]
    assert tables == [{("n", "t")}, {("public", "t")}]


def test_after_the_default_authorization_the_first_user_is_back() -> None:
    """SET SESSION AUTHORIZATION DEFAULT and DISCARD ALL go back to whoever runs the migrations."""
    catalog = built("""create role b superuser; set session authorization b; create table t (i int); discard all;
        create table u (i int); set session authorization b; set session authorization default;
        create table v (i int);""")
    assert {name: table.owner for (_, name), table in catalog.tables.items()} == {
        "t": "b",
        "u": "postgres",
        "v": "postgres",
    }
