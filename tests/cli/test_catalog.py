"""`policytool catalog`: the outline, the snapshot, the SQL, and the snapshot as a source again."""

from __future__ import annotations

import json

import pytest

from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli

MORE = (
    "create schema private;\n"
    "create function private.mine() returns uuid language sql stable security definer set search_path = ''\n"
    "  as 'select auth.uid()';\n"
    "create type public.mood as enum ('sad', 'happy');\n"
    "create view public.names as select id from public.notes;\n"
    'create policy "own files" on storage.objects for select to authenticated using (owner = (select auth.uid()));\n'
    "select private.unknown_effect();\n"
)


def test_the_outline_is_read_by_people(cli: Cli) -> None:
    """Each table with its columns, its row level security, a line for each policy, and who holds what."""
    cli.migration(CLEAN_TABLE + MORE)
    ran = cli("catalog")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == ". (supabase): 1 table, 1 view, 1 function, 1 type, 2 policies"
    body = ran.out[ran.out.index("  table notes") : ran.out.index("  view names")]
    assert body == (
        "  table notes: rls on, 1 policy\n"
        "    id       bigint not null\n"
        "    owner_id uuid not null\n"
        "    notes_pkey primary key (id)\n"
        "    index notes_owner_id_idx (owner_id)\n"
        '    policy "own notes" SELECT to authenticated using (owner_id = (SELECT auth.uid()))\n'
        "    grants: anon ALL; authenticated ALL; service_role ALL\n\n"
    )
    assert "  view names: with its owner's rights" in lines
    assert "  type mood enum ('sad', 'happy')" in lines
    assert "  function mine() returns uuid" in lines
    assert '    sql, stable, security definer, set search_path=""' in lines


def test_the_outline_shows_what_was_added_to_the_platform(cli: Cli) -> None:
    """Policies on storage.objects are the user's; the table and its neighbours are not, and -v shows them all."""
    cli.migration(CLEAN_TABLE + MORE)
    ran = cli("catalog")
    assert '  table objects (the platform\'s): rls on, 1 policy\n    policy "own files" SELECT' in ran.out
    assert "table buckets" not in ran.out
    assert ran.out.splitlines()[-1].endswith("the platform's (-v shows all)")
    everything = cli("catalog", "-v").out
    assert "  table buckets: rls on" in everything
    assert "not shown" not in everything
    assert len(cli("catalog", "-q").out.splitlines()) <= 3


def test_the_outline_names_what_is_not_in_it(cli: Cli) -> None:
    """A refused statement is a line with its place."""
    cli.migration(OPEN_TABLE + OPEN_TABLE)
    assert (
        "not in the catalog: 1 statement\n"
        '  supabase/migrations/20240101000000_one.sql:4: Postgres would refuse this: relation "notes" already exists\n'
    ) in cli("catalog").out


def test_json_is_a_snapshot_and_a_source(cli: Cli) -> None:
    """The snapshot of a project gives the same snapshot again, and the same findings as the project."""
    cli.migration(OPEN_TABLE + MORE)
    assert cli("catalog", "-f", "json", "-o", "now.json").code == 0
    text = (cli.folder / "now.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert (document["format"], document["platform"]) == (1, "supabase")
    assert document["exposed_schemas"] == ["public", "graphql_public"]
    again = cli("catalog", "now.json", "-f", "json")
    assert again.out == text
    audits = [cli("audit", source, "-f", "json") for source in (".", "now.json")]
    first, second = (ran.json for ran in audits)
    assert [ran.code for ran in audits] == [1, 1]
    assert second["findings"] == first["findings"]
    assert second["coverage"] == first["coverage"]
    assert second["source"] == {"label": "now.json", "layout": "snapshot", "files": 0}


def test_the_text_audit_of_a_snapshot_gives_places(cli: Cli) -> None:
    """The files may be gone: the place is shown, and no line of a file."""
    migration = cli.migration(OPEN_TABLE)
    cli("catalog", "-f", "json", "-o", "now.json")
    migration.unlink()
    ran = cli("audit", "now.json")
    assert ran.code == 1
    assert ran.out.startswith("now.json: a snapshot; platform supabase: as the snapshot says; ")
    assert "--> supabase/migrations/20240101000000_one.sql:1:1" in ran.out
    assert "create table public.notes" not in ran.out


def test_sql_makes_the_same_catalog(cli: Cli) -> None:
    """The SQL of a project, audited as a project, has the same tables and policies."""
    cli.migration(CLEAN_TABLE + MORE.replace("select private.unknown_effect();\n", ""))
    cli("catalog", "-f", "sql", "-o", "schema.sql")
    before, after = (cli("catalog", source, "--schema", "public").out for source in (".", "schema.sql"))
    assert after.splitlines()[1:] == before.splitlines()[1:]


def test_several_outputs_at_once(cli: Cli) -> None:
    """Each -o may name its format."""
    cli.migration(OPEN_TABLE)
    ran = cli("catalog", "-o", "sql:s.sql", "-o", "json:s.json", "-o", "s.txt")
    assert (ran.code, ran.out) == (0, "")
    starts = {name: (cli.folder / name).read_text(encoding="utf-8")[:11] for name in ("s.sql", "s.json", "s.txt")}
    assert starts == {"s.sql": "-- The sche", "s.json": '{\n  "format', "s.txt": ". (supabase"}


@pytest.mark.parametrize("form", ["text", "json", "sql"])
def test_one_schema(cli: Cli, form: str) -> None:
    """--schema leaves what is in other schemas out, in every format."""
    cli.migration(CLEAN_TABLE + MORE)
    out = cli("catalog", "-f", form, "--schema", "private").out
    assert "mine" in out
    assert "notes" not in out
    assert "own files" not in out


def test_an_unknown_schema_is_an_error(cli: Cli) -> None:
    """The error lists the schemas there are."""
    cli.migration(OPEN_TABLE)
    ran = cli("catalog", "--schema", "publik")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: there is no schema 'publik' in the catalog\nhint: it has _realtime, auth, ")


@pytest.mark.parametrize("command", ["catalog", "audit"])
def test_json_that_is_no_snapshot_is_an_error(cli: Cli, command: str) -> None:
    """A package.json given by mistake is no empty catalog."""
    (cli.folder / "package.json").write_text('{"name": "shop"}', encoding="utf-8")
    ran = cli(command, "package.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: package.json is no snapshot: it has no `format`\nhint: `policytool catalog -f json` writes one\n"
    )


def test_nothing_to_show(cli: Cli) -> None:
    """A folder without SQL is exit code 3, as in every command."""
    assert cli("catalog").code == 3
