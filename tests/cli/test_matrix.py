"""`policytool matrix`: the grid, the reasons, and the forms for programs."""

from __future__ import annotations

import csv
import io

from tests.cli.support import CLEAN_TABLE, Cli

MORE = (
    "create table public.prices (id bigint primary key);\n"
    "grant select on public.prices to anon, authenticated;\n"
    "create function public.now_here() returns integer language sql as 'select 1';\n"
    'create view public."a|b<c>" as select id from public.prices;\n'
)
EXPLICIT = ("--platform", "supabase-explicit")


def test_the_grid_fits_eighty_columns(cli: Cli) -> None:
    """A row for each table and view, a column for each role, a letter for each command; then the functions."""
    cli.migration(CLEAN_TABLE + MORE)
    ran = cli("matrix", *EXPLICIT)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["table", "or", "view", "anon", "authenticated", "service_role"]
    assert "public.notes   ----A  o---A" in ran.out
    assert any(line.split() == ["public.now_here()", "x", "x", "x"] for line in lines)
    assert max(map(len, lines)) <= 80


def test_verbose_says_why(cli: Cli) -> None:
    """Each cell that lets something through, with its filter, its grant and its policy."""
    cli.migration(CLEAN_TABLE)
    out = cli("matrix", "-v", "--role", "authenticated", *EXPLICIT).out
    assert "authenticated SELECT public.notes: own\n  rows where owner_id = (SELECT auth.uid())\n" in out
    assert '  because policy "own notes" (supabase/migrations/20240101000000_one.sql:5)\n' in out


def test_json_has_a_cell_for_each_role_table_and_command(cli: Cli) -> None:
    """Other programs read these keys."""
    cli.migration(CLEAN_TABLE)
    document = cli("matrix", "-f", "json", "--role", "anon", *EXPLICIT).json
    assert [c["command"] for c in document["cells"]] == ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"]
    assert set(document["cells"][0]) == {"role", "table", "kind", "command", "access", "filter", "because"}
    assert [c["access"] for c in document["cells"]] == ["none", "none", "none", "none", "all"]


def test_csv_and_markdown_keep_names_harmless(cli: Cli) -> None:
    """No name becomes markup, or another column."""
    cli.migration(CLEAN_TABLE + MORE)
    rows = list(csv.DictReader(io.StringIO(cli("matrix", "-f", "csv", *EXPLICIT).out)))
    assert any(row["table"] == "public.a|b<c>" for row in rows)
    markdown = cli("matrix", "-f", "markdown", *EXPLICIT).out
    assert "| public.a\\|b\\<c\\> |" in markdown
    assert "select own" in markdown


def test_an_unknown_role_is_an_error(cli: Cli) -> None:
    """With the names that there are."""
    cli.migration(CLEAN_TABLE)
    ran = cli("matrix", "--role", "nobody_knows")
    assert ran.code == 2
    assert "nobody_knows" in ran.err
    assert "authenticated" in ran.err
