"""Rules that a project or a package brings: when they run, when they must not, and what happens when they fail."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.support import CLEAN_TABLE, Cli

RULE = '''
from collections.abc import Iterator
from pathlib import Path

from policytool.finding import table_ref
from policytool.rule import TableRule

Path("executed").touch()


class NoComment(TableRule):
    """A table has no comment.

    Nobody knows what it is for.
    """

    name = "no-comment"
    severity = "warning"

    def check(self, table, context):
        words = context.conventions.options.get(self.name, {}).get("words", "no comment")
        if table.comment is None:
            yield self.finding(table_ref(table), words, at=table.made)
'''
ALLOWED = ("audit", "--allow-rules", "-f", "json")


@pytest.fixture
def project(cli: Cli) -> Cli:
    """A project with a rule of its own that finds something."""
    cli.migration(CLEAN_TABLE)
    configure(cli, 'rules = ["./policies/*.py"]\n')
    rule(cli, RULE)
    return cli


def rule(cli: Cli, text: str, name: str = "no_comment.py") -> None:
    path = cli.folder / "policies" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def configure(cli: Cli, text: str) -> None:
    (cli.folder / "policytool.toml").write_text(text)


def messages(cli: Cli, *arguments: str, name: str = "no-comment") -> list[str]:
    return [f["message"] for f in cli(*(arguments or ALLOWED)).json["findings"] if f["rule"] == name]


def test_nothing_of_a_repository_runs_without_being_allowed(project: Cli) -> None:
    """Not even an import; a note on stderr and in the report says so, and --strict fails."""
    for arguments in (("audit",), ("audit", "-f", "json"), ("fix", "--diff"), ("baseline", "create"), ("rules",)):
        ran = project(*arguments)
        assert ran.code == 0, ran.err
        assert not (project.folder / "executed").exists()
    assert "the rules of ./policies/*.py were not run; --allow-rules runs them" in project("audit").err
    notes = project("audit", "-f", "json").json["notes"]
    assert any("./policies/*.py were not run" in note["message"] for note in notes)
    assert project("audit", "--strict").code == 1
    assert project("audit", "-q").err == ""


def test_allowed_rules_run(project: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option or by its variable; their findings are like all others."""
    assert messages(project) == ["no comment"]
    assert (project.folder / "executed").exists()
    assert project("audit", "--allow-rules", "--fail-on", "warning").code == 1
    assert project("audit", "--allow-rules", "--strict").code == 0
    assert messages(project, *ALLOWED, "--select", "no-comment") == ["no comment"]
    assert messages(project, *ALLOWED, "--ignore", "no-comment") == []
    monkeypatch.setenv("POLICYTOOL_ALLOW_RULES", "1")
    assert messages(project, "audit", "-f", "json") == ["no comment"]


def test_paths_start_at_the_configuration(project: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """From wherever the audit is started."""
    monkeypatch.chdir(project.folder / "supabase")
    assert messages(project, *ALLOWED, ".") == ["no comment"]


def test_a_rule_has_options_and_another_severity(project: Cli) -> None:
    """Under [rule.NAME], as policytool's own."""
    configure(project, 'rules = ["./policies/*.py"]\n[rule.no-comment]\nseverity = "error"\nwords = "speak"\n')
    assert messages(project) == ["speak"]
    assert project(*ALLOWED).code == 1
    ran = project("audit")
    assert ran.code == 0, "options of a rule that was not loaded are no mistake"
    configure(project, 'rules = ["./policies/*.py"]\n[rule.no-coment]\nseverity = "error"\n')
    assert "there is no rule 'no-coment'" in project(*ALLOWED).err


def test_its_findings_are_ignored_and_baselined(project: Cli) -> None:
    """By comment, and by the baseline; where the rule did not run, its name is not called unknown."""
    project.migration("-- policytool: ignore[no-comment] plain\n" + CLEAN_TABLE)
    assert messages(project) == []
    for arguments in (("audit", "-f", "json"), ALLOWED):
        rules = {f["rule"] for f in project(*arguments).json["findings"]}
        assert not rules & {"unknown-rule", "unused-ignore"}
    project.migration(CLEAN_TABLE)
    assert project("baseline", "create", "--allow-rules").code == 0
    assert messages(project) == []
    assert "not judged" in project("baseline", "show").out


def test_every_format_shows_it(project: Cli) -> None:
    """A rule needs no page; its docstring is the help."""
    for form in ("text", "concise", "sarif", "github", "gitlab", "junit", "markdown", "html"):
        ran = project("audit", "--allow-rules", "-f", form)
        assert ran.err == ""
        assert "no-comment" in ran.out, form
    rules = json.loads(project("audit", "--allow-rules", "-f", "sarif").out)["runs"][0]["tool"]["driver"]["rules"]
    (described,) = [r for r in rules if r["id"] == "no-comment"]
    assert described["shortDescription"]["text"] == "A table has no comment."
    assert "Nobody knows what it is for." in described["help"]["markdown"]


def test_rules_and_explain_know_it(project: Cli) -> None:
    """Once it is allowed to run."""
    assert "no-comment" in project("rules", "--allow-rules").out
    assert "no-comment" not in project("rules").out
    assert "Nobody knows what it is for." in project("explain", "no-comment", "--allow-rules").out
    assert project("explain", "no-comment").code == 2


def test_a_page_beside_the_file_is_used(project: Cli) -> None:
    """With the same stem."""
    (project.folder / "policies/no_comment.md").write_text("# no-comment\n\nWrite one.\n")
    assert project("explain", "no-comment", "--allow-rules").out == "# no-comment\n\nWrite one.\n"


def test_a_rule_that_raises_is_a_finding_and_no_traceback(project: Cli) -> None:
    """It names the rule, the table and the line; all else is reported as ever, and the audit fails."""
    rule(project, RULE.replace("if table.comment is None:", "if table.coment is None:"))
    project.migration(CLEAN_TABLE + "create table public.open (id int primary key); grant all on public.open to anon;")
    ran = project(*ALLOWED)
    assert ran.code == 1
    assert ran.err == ""
    (message,) = messages(project)
    assert message.startswith(
        "the rule itself failed on public.notes and 1 more (AttributeError: 'Table' object has no"
    )
    assert "no_comment.py line 22" in message
    assert "rls-disabled-exposed" in {f["rule"] for f in ran.json["findings"]}
    project.migration("-- policytool: ignore-file[no-comment] quiet\n" + CLEAN_TABLE)
    assert len(messages(project)) == 1, "a failure cannot be ignored away"
    project("baseline", "create", "--allow-rules")
    assert len(messages(project)) == 1, "nor baselined"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import nothing_of_that_name\n", "ModuleNotFoundError line 1"),
        ("\ndef (:\n", "SyntaxError"),
        ("raise SystemExit(0)\n", "SystemExit line 1"),
        ("x = 1\n", "holds no rule"),
        (RULE.replace('"no-comment"', '"No Comment"'), "kebab-case"),
        (RULE.replace('"no-comment"', '"fk-unindexed"'), "is called 'fk-unindexed', as another rule is"),
        (RULE.replace('"warning"', '"grave"'), "needs a `severity`"),
        (RULE.replace('severity = "warning"', 'severity = "info"\n    concern = "taste"'), "needs a `concern`"),
        (RULE.replace("    def check", "    def verify"), "holds no rule"),
    ],
)
def test_a_file_that_is_no_rule_is_said(project: Cli, text: str, says: str) -> None:
    """Exit code 2, the file, and what is wrong; never a traceback, and never an audit without it."""
    rule(project, text)
    ran = project("audit", "--allow-rules")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "hint:" in ran.err
    assert "Traceback" not in ran.err


def test_a_pattern_that_matches_nothing_is_said(project: Cli) -> None:
    """A rule that silently does not run protects nobody."""
    configure(project, 'rules = ["./nowhere/*.py"]\n')
    ran = project("audit", "--allow-rules")
    assert ran.code == 2
    assert "there is no such file" in ran.err


@pytest.fixture
def installed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A package with rules, installed where Python looks."""
    site = cli.folder / "site"
    (site / "acme-1.0.dist-info").mkdir(parents=True)
    (site / "acme-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    points = "[policytool.rules]\nacme = acme_policies\none = acme_policies:NoComment\nbroken = acme_policies:nothing\n"
    (site / "acme-1.0.dist-info/entry_points.txt").write_text(points)
    (site / "acme_policies.py").write_text(RULE)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "acme_policies", raising=False)
    cli.migration(CLEAN_TABLE)
    return cli


@pytest.mark.parametrize("name", ["acme", "one"])
def test_an_installed_package_runs_when_it_is_named(installed: Cli, name: str) -> None:
    """Without a flag: whoever installed it has chosen it; but not before the configuration names it."""
    assert messages(installed, "audit", "-f", "json") == []
    assert not (installed.folder / "executed").exists()
    configure(installed, f'rules = ["{name}"]\n')
    assert messages(installed, "audit", "-f", "json") == ["no comment"]


def test_a_package_that_is_not_there_or_broken_is_said(installed: Cli) -> None:
    """With the names there are."""
    configure(installed, 'rules = ["acmee"]\n')
    ran = installed("audit")
    assert ran.code == 2
    assert "'acmee', which no installed package brings" in ran.err
    assert "acme, broken, one" in ran.err
    configure(installed, 'rules = ["broken"]\n')
    ran = installed("audit")
    assert ran.code == 2
    assert "entry point broken (acme_policies:nothing) cannot be loaded: AttributeError" in ran.err


def test_options_may_still_be_under_rules(cli: Cli) -> None:
    """Where the project has no rules of its own, [rules.NAME] means [rule.NAME]; both at once are one thing twice."""
    cli.migration("create table public.notes (id int primary key); grant select on public.notes to anon;")
    configure(cli, '[rules.rls-disabled-exposed]\nseverity = "off"\n')
    assert messages(cli, "audit", "-f", "json", name="rls-disabled-exposed") == []
    configure(cli, '[rule.rls-disabled-exposed]\nseverity = "off"\n')
    assert messages(cli, "audit", "-f", "json", name="rls-disabled-exposed") == []
    configure(cli, 'rules = ["./x.py"]\n[rules.rls-disabled-exposed]\nseverity = "off"\n')
    ran = cli("audit")
    assert ran.code == 2
    assert "[rule.NAME]" in ran.err


def test_the_page_in_the_docs_is_true(cli: Cli) -> None:
    """Its rule, configuration and migration, put where it says, give the line that it shows."""
    text = (Path(__file__).parents[2] / "docs/own-rules.md").read_text()

    def block(kind: str) -> str:
        return text.partition(f"```{kind}\n")[2].partition("```")[0]

    rule(cli, block("python"), "no_cascading_invoices.py")
    configure(cli, block("toml"))
    cli.migration(block("sql"), "20260601090000_invoices.sql")
    command, _, shown = block("text").partition("\n")
    ran = cli(*command.removeprefix("$ policytool ").split())
    assert ran.out == shown
    assert ran.code == 1
