"""The JSON Schema of policy tests accepts what is accepted, and knows the keys."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml

from policytool.report.schemas import schema
from tests.testing.schemas import MARKET_TEST


def valid(text: str) -> bool:
    return bool(jsonschema.Draft202012Validator(schema("policy-test")).is_valid(yaml.safe_load(text)))


def test_the_schema_is_one_and_accepts_a_test() -> None:
    """Editors check with it what is typed."""
    jsonschema.Draft202012Validator.check_schema(schema("policy-test"))
    assert valid(MARKET_TEST)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("policytool: 1", "policytool: 2"),
        ("seed:", "seeds:"),
        ("anon: {role: anon}", "anon: {rol: anon}"),
        ("anon: r,", "anon: rx,"),
        ("denied: check", "denied: chekc"),
        ("by: {ben", "for: {ben"),
        ("exactly:", "exactely:"),
    ],
)
def test_the_schema_refuses_mistakes(old: str, new: str) -> None:
    """As far as they are to be seen without a catalog."""
    assert old in MARKET_TEST
    assert not valid(MARKET_TEST.replace(old, new, 1))


def test_every_key_says_what_it_is_for() -> None:
    """An editor shows it."""
    properties: dict[str, Any] = schema("policy-test")["properties"]
    assert all(each.get("description") for each in properties.values())
