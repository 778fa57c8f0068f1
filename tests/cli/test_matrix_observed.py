"""`policytool matrix --observed`: leaks, what was recorded, tests that were written, and the exit code."""

from __future__ import annotations

import csv
import io

from tests.cli.support import CLEAN_TABLE, Cli

EXPLICIT = ("--platform", "supabase-explicit")
LEAKY = CLEAN_TABLE + (
    "create table public.letters (id bigint generated always as identity primary key,\n"
    "  author_id uuid not null references auth.users (id), body text not null);\n"
    "grant select on public.letters to authenticated;\n"
)


def test_a_leak_is_numbered_sql_and_the_exit_code_is_one(cli: Cli) -> None:
    """As whom, with what came of it, and what let it through with its line."""
    cli.migration(LEAKY)
    ran = cli("matrix", "--observed", *EXPLICIT)
    assert ran.code == 1
    assert "leak 1: eve, a stranger, reads ann's row of public.letters" in ran.out
    assert "  1. as eve (authenticated): select * from public.letters where letters.id = '1';\n     1 row\n" in ran.out
    assert "because row level security is off on public.letters (supabase/migrations/20240101000000_one.sql:" in ran.out
    assert max(map(len, ran.out.partition("\nleak 1")[0].splitlines())) <= 80
    assert "with request.jwt.claims" not in ran.out
    assert '     with request.jwt.claims = {"aal":"aal1",' in cli("matrix", "--observed", "-v", *EXPLICIT).out


def test_json_has_both_sides_of_each_cell(cli: Cli) -> None:
    """Other programs read these keys."""
    cli.migration(LEAKY)
    document = cli("matrix", "--observed", "-f", "json", *EXPLICIT).json
    assert set(document) == {"source", "cells", "leaks", "unmeasured", "attempts", "rows", "people"}
    cells = {(c["role"], c["table"], c["command"]): c for c in document["cells"]}
    cell = cells["authenticated", "public.notes", "SELECT"]
    assert (cell["access"], cell["predicted"], cell["verdict"]) == ("own", "own", "agree")
    assert cells["anon", "public.notes", "SELECT"]["why"] == "denied by grant"
    (leak,) = document["leaks"]
    assert (leak["kind"], leak["table"], leak["role"], leak["person"]) == (
        "reads",
        "public.letters",
        "authenticated",
        "eve",
    )
    assert '"role":"authenticated"' in leak["steps"][0]["claims"]


def test_what_is_clean_ends_with_zero(cli: Cli) -> None:
    """No leak, and nothing that was not measured."""
    cli.migration(CLEAN_TABLE)
    ran = cli("matrix", "--observed", *EXPLICIT)
    assert ran.code == 0, ran.out
    assert "leak" not in ran.out


def test_what_was_not_measured_is_not_safe(cli: Cli) -> None:
    """A table of which no row can be made is listed with the reason, and the exit code says so."""
    cli.migration(
        "create table public.never (id integer primary key check (false), user_id uuid not null);\n"
        "grant select on public.never to authenticated;\nalter table public.never enable row level security;\n"
    )
    ran = cli("matrix", "--observed", *EXPLICIT)
    assert ran.code == 1
    assert "not measured, so not known to be safe:" in ran.out
    assert "public.never" in ran.out.partition("not known to be safe")[2]
    assert cli("matrix", "--observed", "--allow-unmeasured", *EXPLICIT).code == 0


def test_a_record_is_the_same_each_time_and_differs_where_access_does(cli: Cli) -> None:
    """One line for each table and role."""
    cli.migration(CLEAN_TABLE)
    texts = []
    for sql in (
        "",
        "",
        "grant delete on public.notes to anon;\ncreate policy d on public.notes for delete using (true);",
    ):
        if sql:
            cli.migration(CLEAN_TABLE + sql)
        cli("matrix", "--observed", "--record", "access.matrix", "-q", *EXPLICIT)
        texts.append((cli.folder / "access.matrix").read_text())
    assert texts[0] == texts[1]
    changed = set(texts[2].splitlines()) - set(texts[0].splitlines())
    assert "  anon: select -, insert -, update -, delete all, truncate all" in changed


def test_a_test_is_written_for_each_leak(cli: Cli) -> None:
    """It names the actor and the row."""
    cli.migration(LEAKY)
    ran = cli("matrix", "--observed", "--emit-test", "leaks.policy.yaml", *EXPLICIT)
    assert ran.err == "1 leak: leaks.policy.yaml\n"
    assert "    select: letters.letters_a\n    by: {eve: deny}\n" in (cli.folder / "leaks.policy.yaml").read_text()


def test_csv_and_markdown(cli: Cli) -> None:
    """A row for each cell; a list of leaks."""
    cli.migration(LEAKY)
    rows = list(csv.DictReader(io.StringIO(cli("matrix", "--observed", "-f", "csv", *EXPLICIT).out)))
    assert {row["verdict"] for row in rows} == {"agree"}
    out = cli("matrix", "--observed", "-f", "markdown", *EXPLICIT).out
    assert "### Leaks" in out
    assert "1. eve, a stranger, reads ann's row of public.letters" in out


def test_a_record_needs_a_measurement(cli: Cli) -> None:
    """The predicted matrix is not recorded as if it were."""
    cli.migration(CLEAN_TABLE)
    ran = cli("matrix", "--record", "x")
    assert ran.code == 2
    assert "add --observed" in ran.err
