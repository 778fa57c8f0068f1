"""`policytool audit` as its users meet it."""

import io
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli


def test_an_open_table_is_an_error_at_its_line(cli: Cli) -> None:
    """The text report names rule, place, reason and fix, and the exit code is 1."""
    cli.migration("-- notes\n" + OPEN_TABLE)
    ran = cli("audit")
    assert ran.code == 1
    assert "error[rls-disabled-exposed]" in ran.out
    assert "supabase/migrations/20240101000000_one.sql:2:1" in ran.out
    assert "2 | create table public.notes (" in ran.out
    assert "= because: anon has" in ran.out
    assert "= fix: alter table public.notes enable row level security;" in ran.out
    assert "1 table audited, 0 clean, 1 with findings" in ran.out
    assert ran.err == ""


def test_a_clean_project_exits_with_zero(cli: Cli) -> None:
    """Nothing to say about a table whose rows are bound to their owner."""
    cli.migration(CLEAN_TABLE)
    ran = cli("audit")
    assert ran.code == 0, ran.out
    assert "1 table audited, 1 clean, 0 with findings" in ran.out


def test_json_has_the_documented_shape(cli: Cli) -> None:
    """Other programs read these keys."""
    cli.migration(OPEN_TABLE)
    report = cli("audit", "-f", "json").json
    finding, *_ = report["findings"]
    assert finding["object"] == {"kind": "table", "schema": "public", "name": "notes"}
    assert finding["identity"] == "table public.notes"
    assert finding["location"]["line"] == 1
    assert finding["location"]["end_line"] == 3
    assert finding["fix"]["safety"] == "unsafe"
    assert set(finding) == {
        "rule", "severity", "confidence", "message", "object", "identity", "location", "related", "fix", "fingerprint",
    }  # fmt: skip
    assert {"tables": 1, "clean": 0, "with_findings": 1, "unmodelled": []}.items() <= report["coverage"].items()
    assert report["ignored"] == []


def test_the_same_input_gives_the_same_bytes(cli: Cli) -> None:
    """Two runs print the same JSON."""
    cli.migration(OPEN_TABLE + CLEAN_TABLE.replace("notes", "others"))
    first = cli("audit", "-f", "json")
    assert first.code == 1
    assert first.out == cli("audit", "-f", "json").out


def test_a_fingerprint_does_not_know_the_line(cli: Cli) -> None:
    """Moving a statement keeps its finding's fingerprint."""
    cli.migration(OPEN_TABLE)
    before = cli("audit", "-f", "json").json["findings"][0]["fingerprint"]
    cli.migration("-- a comment\n\n\n" + OPEN_TABLE)
    assert cli("audit", "-f", "json").json["findings"][0]["fingerprint"] == before


def test_concise_is_one_line_a_finding(cli: Cli) -> None:
    """path:line:column, as editors read it."""
    cli.migration(OPEN_TABLE)
    ran = cli("audit", "-f", "concise", "--select", "rls-disabled-exposed")
    assert ran.out.startswith("supabase/migrations/20240101000000_one.sql:1:1: error[rls-disabled-exposed] ")
    assert ran.out.count("\n") == 1


def test_fail_on_decides_the_exit_code(cli: Cli) -> None:
    """never is 0 with errors; info fails on anything."""
    cli.migration(OPEN_TABLE)
    assert cli("audit", "--fail-on", "never").code == 0
    cli.migration(CLEAN_TABLE + "create table public.tags (note bigint references public.notes);\n")
    assert cli("audit", "--select", "fk-unindexed").code == 0
    assert cli("audit", "--select", "fk-unindexed", "--fail-on", "info").code == 1


def test_an_environment_variable_stands_for_an_option(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """POLICYTOOL_FAIL_ON is --fail-on."""
    cli.migration(OPEN_TABLE)
    monkeypatch.setenv("POLICYTOOL_FAIL_ON", "never")
    assert cli("audit").code == 0


def test_rules_are_selected_and_left_out(cli: Cli) -> None:
    """--select runs only what is named, --ignore all but that."""
    cli.migration(OPEN_TABLE)
    assert cli("audit", "--select", "fk-unindexed").code == 0
    assert cli("audit", "--ignore", "rls-disabled-exposed").code == 0


def test_a_misspelt_rule_is_an_error_with_a_suggestion(cli: Cli) -> None:
    """A rule that does not exist never silently selects nothing."""
    cli.migration(OPEN_TABLE)
    ran = cli("audit", "--select", "rls-disabled-exposd")
    assert ran.code == 2
    assert "there is no rule 'rls-disabled-exposd'" in ran.err
    assert "rls-disabled-exposed" in ran.err


def test_min_severity_hides_what_is_below(cli: Cli) -> None:
    """Info is not shown at --min-severity warning."""
    cli.migration(CLEAN_TABLE + "create table public.tags (note bigint references public.notes);\n")
    shown = cli("audit", "-f", "json", "--min-severity", "warning").json["findings"]
    assert all(f["severity"] != "info" for f in shown)


def test_standard_input_is_a_source(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """`policytool audit -` reads SQL from a pipe."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(OPEN_TABLE.encode())))
    ran = cli("audit", "-", "--platform", "supabase-legacy", "-f", "concise")
    assert ran.code == 1
    assert "rls-disabled-exposed" in ran.out


def test_a_git_ref_is_a_source(cli: Cli) -> None:
    """The state at a commit is audited, not the working tree."""
    path = cli.migration(OPEN_TABLE)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *arguments], check=True, cwd=cli.folder)
    path.write_text(CLEAN_TABLE)
    assert cli("audit", "git:HEAD").code == 1
    assert cli("audit").code == 0


def test_outputs_are_written_whole_and_several_at_once(cli: Cli) -> None:
    """-o FORMAT:FILE may be given many times; stdout is then empty."""
    cli.migration(OPEN_TABLE)
    ran = cli("audit", "-o", "json:report.json", "-o", "concise:report.txt")
    assert ran.out == ""
    assert '"rls-disabled-exposed"' in (cli.folder / "report.json").read_text()
    assert "rls-disabled-exposed" in (cli.folder / "report.txt").read_text()
    assert sorted(p.name for p in cli.folder.iterdir()) == ["report.json", "report.txt", "supabase"]


def test_a_format_without_a_file_is_printed(cli: Cli) -> None:
    """-o FORMAT, or -f, beside files; where -f is for a bare file name, it is not printed again."""
    cli.migration(OPEN_TABLE)
    first = cli("audit", "-o", "github", "-o", "sarif:out.sarif")
    assert first.out.startswith("::error file=supabase/migrations/")
    assert cli("audit", "-f", "github", "-o", "sarif:out.sarif").out == first.out
    assert cli("audit", "-f", "github", "-o", "annotations.txt").out == ""
    assert (cli.folder / "annotations.txt").read_text() == first.out
    assert sorted(p.name for p in cli.folder.iterdir()) == ["annotations.txt", "out.sarif", "supabase"]


def test_an_output_that_cannot_be_written_is_an_error(cli: Cli) -> None:
    """A missing folder is said, with the path."""
    cli.migration(OPEN_TABLE)
    ran = cli("audit", "-o", "nowhere/report.json")
    assert ran.code == 2
    assert "nowhere/report.json" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("audit", "nowhere"), 2, "nowhere"),
        (("audit", "postgresql://user:hunter22@127.0.0.1:1/db"), 4, "cannot be reached"),
        (("audit", "--config", "none.toml"), 2, "none.toml: no such file"),
        (("audit", "--platform", "oracle"), 2, "oracle"),
        (("audit", "--nonsense"), 2, "--nonsense"),
        (("explain", "no-such-rule"), 2, "there is no rule"),
    ],
)
def test_bad_input_is_said_and_never_a_traceback(cli: Cli, arguments: tuple[str, ...], code: int, says: str) -> None:
    """An error is one message on stderr, and no password is in it."""
    ran = cli(*arguments)
    assert ran.code == code
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert "hunter22" not in ran.err
    assert ran.out == ""


def test_an_empty_folder_is_nothing_to_audit(cli: Cli) -> None:
    """No SQL is never a clean bill: exit code 3."""
    ran = cli("audit")
    assert ran.code == 3
    assert "hint:" in ran.err


def test_sql_without_tables_is_not_clean(cli: Cli) -> None:
    """Statements but no table: exit code 3."""
    cli.migration("create function public.one() returns integer language sql as 'select 1';\n")
    assert cli("audit").code == 3


def test_a_broken_statement_is_a_finding_and_the_rest_is_read(cli: Cli) -> None:
    """A syntax error has its line; what follows is audited."""
    cli.migration("create tabel x (id int);\n" + OPEN_TABLE)
    report = cli("audit", "-f", "json").json
    broken = next(f for f in report["findings"] if f["rule"] == "unanalyzed-sql")
    assert broken["location"]["line"] == 1
    assert any(f["rule"] == "rls-disabled-exposed" for f in report["findings"])


def test_strict_fails_on_sql_that_was_not_analysed(cli: Cli) -> None:
    """CI can insist that everything was understood."""
    cli.migration("create tabel x (id int);\n" + CLEAN_TABLE)
    assert cli("audit").code == 0
    assert cli("audit", "--strict").code == 1


def test_colour_obeys_no_color(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """--color always paints, NO_COLOR does not."""
    cli.migration(OPEN_TABLE)
    assert "\x1b[" in cli("audit", "--color", "always").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in cli("audit").out


def test_terminal_escapes_in_sql_are_not_printed(cli: Cli) -> None:
    """A name with an escape sequence cannot drive the terminal that shows it."""
    cli.migration('create table public."a\x1b]0;owned\x07b" (id bigint primary key);\n')
    ran = cli("audit")
    assert "rls-disabled-exposed" in ran.out
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out


def test_quiet_leaves_only_the_counts(cli: Cli) -> None:
    """-q prints the summary alone."""
    cli.migration(OPEN_TABLE)
    assert cli("audit", "-q").out == "1 table audited, 0 clean, 1 with findings\n1 error, 0 warnings, 2 info\n"


def test_verbose_lists_the_files_in_their_order(cli: Cli) -> None:
    """-v shows in which order the migrations were read."""
    cli.migration("select 1;\n", "20240102000000_two.sql")
    cli.migration(OPEN_TABLE)
    out = cli("audit", "-v").out
    assert out.index("20240101000000_one.sql") < out.index("20240102000000_two.sql")


def test_secrets_are_masked_in_the_excerpt(cli: Cli) -> None:
    """The line is shown, the key in it is not."""
    key = "sb_secret_" + "Zk3x" * 8
    cli.migration(CLEAN_TABLE + f"select net.http_get('https://x.test', headers := '{key}');\n")
    ran = cli("audit")
    assert "secret-in-sql" in ran.out
    assert key not in ran.out


def test_help_names_an_example(cli: Cli) -> None:
    """Each command shows how it is used."""
    for command in ("audit", "rules", "explain"):
        assert f"policytool {command}" in cli(command, "--help").out


def test_the_first_line_says_which_platform_and_why(cli: Cli) -> None:
    """A newcomer sees what was assumed."""
    cli.migration(OPEN_TABLE)
    first = cli("audit").out.splitlines()[0]
    assert "platform supabase" in first


def test_the_output_fits_eighty_columns(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of the report is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    cli.migration(OPEN_TABLE.replace("notes", "a_rather_long_name_for_a_table_of_notes_that_fills_a_line"))
    assert all(len(line) <= 80 for line in cli("audit").out.splitlines())


def test_explain_prints_the_page(cli: Cli) -> None:
    """Piped, the page is plain Markdown."""
    ran = cli("explain", "rls-disabled-exposed")
    assert ran.code == 0
    assert ran.out == (Path("/") / _page()).read_text()


def _page() -> str:
    import policytool.rules

    return str(Path(policytool.rules.__file__ or "").parent / "rls_disabled_exposed.md")


def test_rules_lists_every_rule(cli: Cli) -> None:
    """Text and JSON list the same names."""
    names = [rule["name"] for rule in cli("rules", "-f", "json").json]
    assert len(names) >= 23
    assert [line.split()[0] for line in cli("rules").out.splitlines()] == names
