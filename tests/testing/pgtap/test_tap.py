"""TAP is understood: plans, assertions, directives, diagnostics, and what does not fit together."""

from __future__ import annotations

import pytest

from policytool.testing.pgtap.tap import Place, Tap


def read(*outputs: str) -> Tap:
    """What a reader makes of the outputs of statements, the first of which is in line 1."""
    tap = Tap()
    for line, output in enumerate(outputs, 1):
        tap.read(output, Place("a.sql", line, 0.25))
    return tap


def messages(*outputs: str) -> list[str]:
    return [fault.message for fault in read(*outputs).faults()]


def test_an_assertion_has_its_number_description_and_statement() -> None:
    """The number and what is behind the dash; the file and the line of the statement, and its time."""
    one, two = read("1..2", "ok 1 - first thing", "not ok 2").assertions
    assert (one.number, one.ok, one.description, one.path, one.line) == (1, True, "first thing", "a.sql", 2)
    assert one.seconds == 0.25
    assert (two.number, two.ok, two.description, two.passed) == (2, False, "", False)


def test_time_is_shared_by_the_assertions_of_a_statement() -> None:
    """Two assertions of one statement have half of its time each."""
    assert [a.seconds for a in read("ok 1\nok 2").assertions] == [0.125, 0.125]


def test_diagnostics_belong_to_the_assertion_before_them() -> None:
    """Comments behind a failure are its diagnostics; what finish() says is about the file."""
    tap = read("1..1", 'not ok 1 - x\n# Failed test 1: "x"\n#         have: 1', "# Looks like you failed 1 test of 1")
    assert tap.assertions[0].diagnostics == ('Failed test 1: "x"', "        have: 1")
    assert tap.comments == ["Looks like you failed 1 test of 1"]


def test_a_comment_of_another_statement_is_not_about_the_assertion() -> None:
    """diag() by itself says something about the file."""
    tap = read("ok 1 - x", "# and now the writers", "1..1")
    assert tap.assertions[0].diagnostics == ()
    assert tap.comments == ["and now the writers"]


@pytest.mark.parametrize(
    ("line", "directive", "reason", "description", "passed"),
    [
        ("not ok 1 - x # TODO later", "todo", "later", "x", True),
        ("ok 1 # SKIP no such role", "skip", "no such role", "", True),
        ("ok 1 - x # skip", "skip", "", "x", True),
        ("ok 1 # TODO soon # SKIP both", "todo", "soon", "", True),
        ("not ok 1 - number #3", "", "", "number #3", False),
        ("ok 1 - is \\# TODO escaped", "", "", "is \\# TODO escaped", True),
    ],
)
def test_directives(line: str, directive: str, reason: str, description: str, passed: bool) -> None:
    """todo and skip behind a hash; a failure that is yet to be done is none, and another hash is text."""
    (only,) = read(line).assertions
    assert (only.directive, only.reason, only.description, only.passed) == (directive, reason, description, passed)


def test_what_was_to_fail_and_passes_is_a_surprise() -> None:
    """A passing todo is told apart."""
    assert [a.surprising for a in read("ok 1 # TODO x\nnot ok 2 # TODO x\nok 3").assertions] == [True, False, False]


def test_lines_that_are_no_tap_are_passed_over() -> None:
    """A suite may print what it likes between its tests."""
    tap = read("1..1", "current user is: anon", "okay", "(1 row)", "ok 1 - x")
    assert [a.description for a in tap.assertions] == ["x"]
    assert list(tap.faults()) == []


def test_a_plan_that_fits_is_no_fault() -> None:
    """Before all tests, or behind them."""
    assert messages("1..2", "ok 1\nok 2") == []
    assert messages("ok 1\nok 2", "1..2") == []


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (("1..3", "ok 1"), "planned 3 tests but ran 1"),
        (("1..1", "ok 1\nok 2"), "planned 1 test but ran 2"),
        (("ok 1",), "no plan was printed"),
        ((), "no plan was printed"),
        (("1..1", "1..1", "ok 1"), "2 plans were printed"),
        (("ok 1", "1..2", "ok 2"), "the plan was printed in the midst of the tests"),
        (("1..2", "ok 2\nok 3"), "tests out of sequence: found 2 but expected 1"),
    ],
)
def test_a_plan_that_does_not_fit(outputs: tuple[str, ...], message: str) -> None:
    """Each is told as it is."""
    assert messages(*outputs) == [message]


def test_a_plan_of_none_says_why() -> None:
    """1..0 with a reason runs no tests, and that is in order."""
    tap = read("1..0 # SKIP not on this server")
    assert (tap.skipped, list(tap.faults())) == ("not on this server", [])


def test_bailing_out() -> None:
    """Nothing is said of the plan where the suite gave up."""
    tap = read("1..9", "ok 1", "Bail out! no users")
    assert tap.bail_out == "no users"
    assert list(tap.faults()) == []


def test_a_subtest_tells_what_failed_inside() -> None:
    """The lines of a subtest are diagnostics of the assertion that sums it up, if that fails."""
    inner = "# Subtest: public.test_a()\n    not ok 1 - inner\n    1..1"
    tap = read(f"ok 1 - before\n{inner}\nnot ok 2 - public.test_a", "1..2")
    assert [a.number for a in tap.assertions] == [1, 2]
    assert tap.assertions[0].diagnostics == ()
    assert tap.assertions[1].diagnostics == ("Subtest: public.test_a()", "    not ok 1 - inner", "    1..1")
