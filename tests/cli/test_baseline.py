"""`policytool baseline`, and an audit that leaves out what the baseline holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli

FILE = ".policytool-baseline.json"
TWO = OPEN_TABLE + OPEN_TABLE.replace("notes", "others")
SECOND = "20240201000000_two.sql"


def held(cli: Cli, name: str = FILE) -> list[tuple[str, str]]:
    """(rule, object) of each entry, in the order of the file."""
    return [(e["rule"], e["object"]) for e in json.loads((cli.folder / name).read_text())["findings"]]


def shown(cli: Cli, *arguments: str) -> set[tuple[str, str]]:
    return {(f["rule"], f["identity"]) for f in cli("audit", "-f", "json", *arguments).json["findings"]}


@pytest.fixture
def taken(cli: Cli) -> Cli:
    """A project with two open tables and a baseline of them."""
    cli.migration(TWO)
    assert cli("audit").code == 1
    ran = cli("baseline", "create")
    assert (ran.code, ran.err) == (0, "")
    assert f"written to {FILE}" in ran.out
    return cli


def test_an_audit_hides_what_is_in_the_baseline_and_counts_it(taken: Cli) -> None:
    """It is used by itself where it lies at its usual place, and not with --no-baseline."""
    ran = taken("audit")
    assert ran.code == 0
    assert f"{len(held(taken))} in the baseline" in ran.out
    report = taken("audit", "-f", "json").json
    assert report["findings"] == []
    assert report["baseline"] == {"path": FILE, "hidden": len(held(taken)), "changed": 0, "gone": 0}
    assert taken("audit", "--no-baseline").code == 1
    assert taken("audit", "--no-baseline", "-f", "json").json["baseline"] is None


def test_what_is_new_is_shown(taken: Cli) -> None:
    """A third open table."""
    taken.migration(OPEN_TABLE.replace("notes", "third"), SECOND)
    assert ("rls-disabled-exposed", "table public.third") in shown(taken)
    assert not {identity for _, identity in shown(taken)} & {"table public.notes", "table public.others"}


def test_a_finding_whose_evidence_has_changed_is_new_again(cli: Cli) -> None:
    """The same rule on the same object, but now others can do more."""
    cli.migration("create table public.notes (id int primary key);\ngrant select on public.notes to anon;\n")
    explicit = ("--platform", "supabase-explicit")
    cli("baseline", "create", *explicit)
    assert shown(cli, *explicit) == set()
    cli.migration("grant insert on public.notes to anon;\n", SECOND)
    assert shown(cli, *explicit) == {
        ("rls-disabled-exposed", "table public.notes"),
        ("grant-widened", "table public.notes"),
    }
    assert cli("audit", "-f", "json", *explicit).json["baseline"]["changed"] == 1
    assert "changed    error" in cli("baseline", "show", *explicit).out
    assert cli("baseline", "update", *explicit).out == f"{FILE}: 1 added, 1 changed, 0 gone\n"
    assert shown(cli, *explicit) == set()


def test_a_policy_that_is_rewritten_is_looked_at_again(cli: Cli) -> None:
    """The expression is evidence, in its canonical form: how it is laid out is not."""
    cli.migration(CLEAN_TABLE + "create policy mine on public.notes for insert to authenticated with check (true);\n")
    cli("baseline", "create")
    finding = ("policy-always-true-write", "policy public.notes.mine")
    assert finding in held(cli)
    assert finding not in shown(cli)
    cli.migration(
        CLEAN_TABLE + "create policy mine on public.notes for insert to authenticated\nwith check ( TRUE );\n"
    )
    assert finding not in shown(cli)
    cli.migration(CLEAN_TABLE + "create policy mine on public.notes for insert to authenticated with check (1 = 1);\n")
    assert finding in shown(cli)


def test_lines_and_files_are_no_evidence(taken: Cli) -> None:
    """Statements that move stay known."""
    taken.migration("-- a\n\n\n")
    taken.migration("\n" + TWO, SECOND)
    assert shown(taken) == set()


def test_the_file_is_stable_and_made_for_review(taken: Cli) -> None:
    """One line a finding, in an order of names; the order of the SQL, and a second run, change no byte."""
    text = (taken.folder / FILE).read_text()
    assert held(taken) == sorted(held(taken))
    assert len(text.splitlines()) == len(held(taken)) + 5
    taken.migration(OPEN_TABLE.replace("notes", "others") + "\n" + OPEN_TABLE)
    before = (taken.folder / FILE).stat().st_mtime_ns
    assert taken("baseline", "update").code == 0
    assert (taken.folder / FILE).read_text() == text
    assert (taken.folder / FILE).stat().st_mtime_ns == before


def test_prune_drops_what_is_gone_and_takes_over_nothing(taken: Cli) -> None:
    """`others` is mended, `third` is new: only the first is a matter of pruning."""
    taken.migration("drop table public.others;\n" + OPEN_TABLE.replace("notes", "third"), SECOND)
    assert taken("audit", "-f", "json").json["baseline"]["gone"] > 0
    gone = [item for item in held(taken) if "others" in item[1]]
    assert taken("baseline", "prune").out == f"{FILE}: {len(gone)} gone\n"
    assert not [item for item in held(taken) if "others" in item[1] or "third" in item[1]]
    assert ("rls-disabled-exposed", "table public.third") in shown(taken)
    assert taken("audit", "-f", "json").json["baseline"]["gone"] == 0


def test_update_takes_over_all(taken: Cli) -> None:
    """New ones in, gone ones out."""
    taken.migration("drop table public.others;\n" + OPEN_TABLE.replace("notes", "third"), SECOND)
    assert taken("baseline", "update").code == 0
    assert ("rls-disabled-exposed", "table public.third") in held(taken)
    assert ("rls-disabled-exposed", "table public.others") not in held(taken)
    assert shown(taken) == set()


def test_rules_that_did_not_run_are_not_judged(taken: Cli) -> None:
    """Under --select the entries of other rules are neither gone nor dropped."""
    before = held(taken)
    for action in ("prune", "update"):
        assert taken("baseline", action, "--select", "fk-unindexed").code == 0
        assert held(taken) == before
    assert taken("audit", "-f", "json", "--select", "fk-unindexed").json["baseline"]["gone"] == 0
    assert "not judged" in taken("baseline", "show", "--select", "fk-unindexed").out


def test_show_says_what_has_become_of_each(taken: Cli) -> None:
    """As text and as JSON."""
    taken.migration("drop table public.others;\n", SECOND)
    report = taken("baseline", "show", "-f", "json").json
    states = {(f["state"], f["object"]) for f in report["findings"]}
    assert {("there", "table public.notes"), ("gone", "table public.others")} <= states
    assert report["path"] == FILE
    assert "gone " in taken("baseline", "show").out


def test_the_configuration_names_the_file(cli: Cli) -> None:
    """From the folder of the configuration; one that is configured and not there is an error, not an empty one."""
    cli.migration(TWO)
    (cli.folder / "policytool.toml").write_text('baseline = "ci/known.json"\n')
    (cli.folder / "ci").mkdir()
    ran = cli("audit")
    assert ran.code == 2
    assert "ci/known.json: no such baseline" in ran.err
    assert "policytool baseline create" in ran.err
    assert cli("baseline", "create").code == 0
    assert len(held(cli, "ci/known.json")) >= 2
    assert cli("audit").code == 0


def test_another_file_may_be_named(cli: Cli) -> None:
    """For both commands; without it nothing is hidden."""
    cli.migration(TWO)
    assert cli("baseline", "create", "--baseline", "x.json").code == 0
    assert cli("audit").code == 1
    assert cli("audit", "--baseline", "x.json").code == 0
    assert cli("audit", "--baseline", "x.json", "--no-baseline").code == 2
    assert cli("audit", "--baseline", "y.json").code == 2


def test_create_overwrites_nothing(taken: Cli) -> None:
    """And says what does."""
    before = (taken.folder / FILE).read_bytes()
    ran = taken("baseline", "create", "--select", "fk-unindexed")
    assert ran.code == 2
    assert "there is a baseline already" in ran.err
    assert "policytool baseline update" in ran.err
    assert (taken.folder / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<<<<<<< HEAD\n", "not a baseline"),
        ('{"version": 1, "findings": [{"rule": "x"}]}', "not a baseline"),
        ('{"version": 2, "findings": []}', "a baseline of version 2"),
        ("\udcff", "not a baseline"),
    ],
)
def test_a_file_that_is_something_else(taken: Cli, text: str, says: str) -> None:
    """Said, with what to do, and neither taken for empty nor overwritten."""
    (taken.folder / FILE).write_bytes(text.encode(errors="surrogateescape"))
    for arguments in (("audit",), ("baseline", "prune"), ("baseline", "update"), ("baseline", "show")):
        ran = taken(*arguments)
        assert ran.code == 2
        assert says in ran.err
        assert "hint:" in ran.err


def test_two_findings_that_are_alike_are_two(cli: Cli) -> None:
    """A third one like them is new."""
    comment = "-- policytool: ignore[fk-unindexed] x\nselect 1;\n"
    cli.migration(OPEN_TABLE + comment + comment)
    cli("baseline", "create")
    assert held(cli).count(("unused-ignore", 'ignore "fk-unindexed"')) == 2
    assert shown(cli) == set()
    cli.migration(OPEN_TABLE + comment + comment + comment)
    assert shown(cli) == {("unused-ignore", 'ignore "fk-unindexed"')}


def test_nothing_is_half_written(taken: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves the file that was there."""
    before = (taken.folder / FILE).read_bytes()
    taken.migration(OPEN_TABLE.replace("notes", "third"), SECOND)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    ran = taken("baseline", "update")
    assert ran.code == 2
    assert "cannot be written" in ran.err
    assert (taken.folder / FILE).read_bytes() == before
    assert {path.name for path in taken.folder.iterdir()} == {FILE, "supabase"}


def test_a_snapshot_has_the_same_fingerprints(taken: Cli) -> None:
    """The baseline of the files holds for what has no files."""
    taken("catalog", "-f", "json", "-o", "snapshot.json")
    assert shown(taken, "snapshot.json") == set()
