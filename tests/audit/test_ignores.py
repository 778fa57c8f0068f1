"""Which findings a configured ignore covers."""

import datetime

import pytest

from policytool.audit.ignores import reason_by_configuration
from policytool.config import Ignore
from policytool.finding import Finding, ObjectRef

TODAY = datetime.date(2026, 6, 1)
POLICY = Finding(
    rule="policy-initplan",
    severity="warning",
    message="a message",
    object=ObjectRef(kind="policy", schema="public", table="orders", name="own rows"),
)


@pytest.mark.parametrize(
    ("glob", "covered"),
    [
        ('policy public.orders."own rows"', True),
        ("public.orders.own rows", True),
        ("public.orders", True),
        ("public.*", True),
        ("*", True),
        ("public.order", False),
        ("private.*", False),
    ],
)
def test_a_glob_matches_identity_name_or_table(glob: str, covered: bool) -> None:
    """The object may be named as a report names it, by its dotted name, or by its table."""
    ignore = Ignore(rule="policy-initplan", object=glob, reason="because")
    assert (reason_by_configuration(POLICY, [ignore], TODAY) == "because") is covered


def test_the_rule_may_be_a_glob() -> None:
    """`policy-*` covers all policy rules."""
    assert reason_by_configuration(POLICY, [Ignore(rule="policy-*", object="*", reason="r")], TODAY) == "r"


def test_an_ignore_holds_through_its_last_day() -> None:
    """`expires` is the last day."""
    ignore = Ignore(rule="*", object="*", reason="r", expires=TODAY)
    assert reason_by_configuration(POLICY, [ignore], TODAY) == "r"
    assert reason_by_configuration(POLICY, [ignore], TODAY + datetime.timedelta(days=1)) is None
