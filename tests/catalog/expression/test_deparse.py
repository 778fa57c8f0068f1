"""SQL text of a tree parses to the same tree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policytool.catalog.expression.deparse import deparse
from tests.catalog.expression.sample import cases, expression, query

PLACES = ("location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end", "name_location")


def bare(node: Any) -> Any:
    """A tree without the places of its parts."""
    if isinstance(node, list):
        return [bare(item) for item in node]
    if isinstance(node, dict):
        return {key: bare(value) for key, value in node.items() if key not in PLACES}
    return node


@pytest.mark.parametrize("sql", [*cases("forms.txt"), *cases("views.txt")])
def test_query(sql: str) -> None:
    """Every form of query and expression survives being written and read again."""
    node = query(sql)
    assert bare(query(deparse(node))) == bare(node)


@pytest.mark.parametrize("sql", cases("expressions.txt"))
def test_expression(sql: str) -> None:
    """So do expressions as people write them."""
    node = expression(sql)
    assert bare(expression(deparse(node))) == bare(node)


LEAVES = st.sampled_from(
    [
        "a",
        "b.c",
        "1",
        "-1",
        "2.5",
        "'x'",
        "null",
        "true",
        "f(x)",
        "$1",
        "(select 1)",
        "array[1, 2]",
        "current_user",
        '"Q"',
    ]
)
BINARY = ["+", "-", "*", "/", "%", "^", "=", "<>", "<", ">=", "||", "->>", "@>", "~", "and", "or", "like", "not ilike"]
BINARY += ["is distinct from", "is not distinct from", "operator(s.+)", "at time zone"]
PREFIX = ["-", "not", "@", "+", "~"]
SUFFIX = ["is null", "is not true", "::int", "::text[]", 'collate "C"', "between 1 and b", "in (1, c)", "= any (d)"]
SUFFIX += ["not in (select 2)", "is json", "[1]", "[1:2]", ".field", "<> all (select 3)", "is unknown"]


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger expressions, with parentheses around every part."""
    part = inner.map(lambda text: f"({text})")
    return (
        st.builds("{} {} {}".format, part, st.sampled_from(BINARY), part)
        | st.builds("{} {}".format, st.sampled_from(PREFIX), part)
        | st.builds("{} {}".format, part, st.sampled_from(SUFFIX))
        | st.builds("case when {} then {} else {} end".format, inner, inner, inner)
        | st.builds("coalesce({}, {})".format, inner, inner)
        | st.builds("{} between {} and {}".format, part, part, part)
        | st.builds("row({}, {})".format, inner, inner)
        | st.builds("extract(year from {})".format, inner)
        | st.builds("position({} in {})".format, part, part)
        | st.builds("(select {} from t where {})".format, inner, inner)
    )


@settings(max_examples=400, deadline=None)
@given(st.recursive(LEAVES, grown, max_leaves=12))
def test_any_expression(sql: str) -> None:
    """Parentheses are left out only where the tree does not need them."""
    node = expression(sql)
    assert bare(expression(deparse(node))) == bare(node)


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("((a + (b * c)) - (d))", "a + b * c - d"),
        ("((a = 1) and ((b = 2) or (not (c))))", "a = 1 AND (b = 2 OR NOT c)"),
        ("(((a ->> 'b'))::int)", "(a ->> 'b')::integer"),
        ("((x)::text = any ((array['a'::text])))", "x::text = ANY (ARRAY['a'::text])"),
        ("(not (a in (select 1)))", "a NOT IN (SELECT 1)"),
        ("('it''s' || E'\\\\')", "'it''s' || E'\\\\'"),
        ('("a" + "B" + "select" + "user")', 'a + "B" + "select" + "user"'),
        ("(- (1))", "-1"),
        ("((-1)::int)", "(-1)::integer"),
        ("((array[1])[1])", "(ARRAY[1])[1]"),
        ("(extract(epoch from x))", "EXTRACT(epoch FROM x)"),
    ],
)
def test_spelling(sql: str, text: str) -> None:
    """Keywords are upper-case, blanks single, identifiers quoted where they must be."""
    assert deparse(expression(sql)) == text
