"""Constants are spelled as a server spells them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policytool.catalog.expression.intervals import interval_text
from policytool.catalog.expression.literals import array_elements, standard
from tests.catalog.expression.sample import Sample

BATCH = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNITS = [
    ("century", "centuries"),
    ("decade", "decades"),
    ("year", "years", "y"),
    ("month", "mon", "mons"),
    ("week", "weeks", "w"),
    ("day", "days", "d"),
    ("hour", "hours", "h"),
    ("minute", "minutes", "min", "m"),
    ("second", "seconds", "sec", "s"),
]
SPAN = st.fixed_dictionaries({}, optional={u: st.tuples(st.integers(-90, 90), st.sampled_from(u)) for u in UNITS})
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
SCALAR = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXT
JSON = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4))
NUMBER = st.decimals(-(10**6), 10**6, places=3).map(str) | st.sampled_from(["1e3", "2.50E-2", "-0", "007", ".5", "5."])


def shown(sample: Sample, spelled: str, texts: list[str]) -> list[str]:
    """How the server shows these constants of a type."""
    query = f"select x::{spelled}::text from unnest(%s::text[]) with ordinality u(x, n) order by n"
    return [str(value) for (value,) in sample.ask(query, texts)]


def agrees(sample: Sample, spelled: str, texts: list[str]) -> None:
    """Assert that each is spelled as the server does, and that this spelling stays."""
    ours = [standard(text, spelled) for text in texts]
    assert ours == shown(sample, spelled, texts)
    assert [standard(text, spelled) for text in ours] == ours


@BATCH
@given(st.lists(JSON, max_size=20))
def test_jsonb(sample: Sample, values: list[Any]) -> None:
    """Keys of jsonb are sorted by length and bytes, and separators have one blank."""
    agrees(sample, "jsonb", [json.dumps(value) for value in values])


def test_numbers_in_jsonb(sample: Sample) -> None:
    """Numbers in jsonb keep trailing zeros and lose exponents; of equal keys the last stays."""
    agrees(
        sample, "jsonb", ["1.50", "[2e2, 1E-3, -0.0]", '{"a": 1, "b": 2, "a": 3}', ' { "a" : [ ] } ', '"\\u00e9\\n"']
    )


@BATCH
@given(SPAN.filter(bool))
def test_interval(sample: Sample, parts: dict[tuple[str, ...], tuple[int, str]]) -> None:
    """Intervals of whole units are added up field by field."""
    agrees(sample, "interval", [" ".join(f"{number} {unit}" for number, unit in parts.values())])


FRACTIONS = ["1.5 days", "0.5 month", "1.5 weeks", "2.5 hours", "1.5", "1.25 years", "0.5 minutes", "250 ms"]
CLOCKS = ["1 day 02:03", "02:03:04.5", "-1 day +02:00", "-1:30", "@ 1 minute", "90", "1 day ago", "36 hours"]
OTHERS = ["P1Y2M3DT4H5M6S", "PT30M", "P2W", "1 year -1 month", "100 years", "0 days", "1mon 2days"]


@pytest.mark.parametrize("text", FRACTIONS + CLOCKS + OTHERS)
def test_other_intervals(sample: Sample, text: str) -> None:
    """Fractions spill over into smaller units; times of day and ISO 8601 are read, too."""
    agrees(sample, "interval", [text])


def test_interval_that_is_none() -> None:
    """What is no interval, or one that is not understood, has no spelling."""
    assert interval_text("tomorrow") is None
    assert interval_text("1 fortnight") is None


@BATCH
@given(st.lists(NUMBER, max_size=20))
def test_numeric(sample: Sample, texts: list[str]) -> None:
    """Numbers keep trailing zeros and lose signs of plus, exponents and leading zeros."""
    agrees(sample, "numeric", texts)


@BATCH
@given(st.lists(st.none() | TEXT, max_size=6))
def test_text_array(sample: Sample, values: list[str | None]) -> None:
    """Elements of arrays are quoted where they have to be, and can be taken apart again."""
    ((text,),) = sample.ask("select %s::text[]::text", values)
    assert standard(text, "text[]") == text
    assert array_elements(text) == values


@pytest.mark.parametrize(
    ("spelled", "text"),
    [
        ("text[]", '{ a, "b c", NULL,"" }'),
        ("integer[]", "{1, 02,3}"),
        ("uuid[]", "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}"),
        ("uuid", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}"),
        ("date", "2024-1-5"),
        ("time without time zone", "9:05"),
        ("timestamp without time zone", "2024-01-05 9:05"),
        ("timestamp with time zone", "2024-01-05T09:05:06.120Z"),
        ("timestamp with time zone", "2024-01-05 09:05:06+02"),
        ("timestamp with time zone", "2024-01-05 00:30-05:30"),
        ("timestamp with time zone", "2024-01-05"),
        ("money", "5"),
        ("money", "-1234.5"),
        ("jsonpath", "$.a[*].b"),
    ],
)
def test_other_constants(sample: Sample, spelled: str, text: str) -> None:
    """Dates, times, identifiers and arrays are spelled anew; points in time in UTC."""
    agrees(sample, spelled, [text])


@pytest.mark.parametrize("text", ["now", "infinity", "2024-13-45", "yesterday", "2024-02-30 10:00"])
def test_points_in_time_that_stay(text: str) -> None:
    """What only a server can tell stays as it is."""
    assert standard(text, "timestamp with time zone") == text


WORD = st.sampled_from(["a", "ab", "B", "'c d'", "'it''s'", "x\\:y", "é", "'q\\\\z'", "'&'"])
MARKED = st.tuples(WORD, st.sampled_from(["", "", ":1", ":2A,1", ":3b,3", ":9999999"])).map("".join)
ASKED = st.recursive(
    st.tuples(WORD, st.sampled_from(["", "", ":*", ":A", ":*bA"])).map("".join),
    lambda inner: (
        inner.map("!{}".format)
        | inner.map("({})".format)
        | st.tuples(inner, st.sampled_from([" & ", "|", " <-> ", " <2> ", "&"]), inner).map("".join)
    ),
)


@BATCH
@given(st.lists(st.lists(MARKED, min_size=1, max_size=6).map(" ".join), max_size=20))
def test_tsvector(sample: Sample, texts: list[str]) -> None:
    """The words of a tsvector are sorted, each once, with its places and their weights."""
    agrees(sample, "tsvector", texts)


@BATCH
@given(st.lists(ASKED, max_size=20))
def test_tsquery(sample: Sample, texts: list[str]) -> None:
    """A tsquery has the parentheses that it needs, and quotes around every word."""
    agrees(sample, "tsquery", texts)


VALUE = ["$.a", "$", '$."b c".**{2}.*', "$[0, 1 to last].size()", "1.50", "1e2", '"a\\"b"', "-$.a", "-(1)", "+2", "$v"]
COMPARED = ["{} == {}", "{} <> {}", "{} >= {}", "exists ({})", '{} like_regex "^a" flag "si"', '{} starts with "x"']
SIGNED = st.recursive(
    st.sampled_from(VALUE),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" + ", "-", " * ", " % "]), inner).map("".join)
        | inner.map("({})".format)
        | inner.map("({}).abs()".format)
        | inner.map("-({})".format)
        | inner.map("$[{}]".format)
    ),
    max_leaves=6,
)
TRUTH = st.recursive(
    st.tuples(st.sampled_from(COMPARED), SIGNED, SIGNED).map(lambda parts: parts[0].format(*parts[1:])),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" && ", "||"]), inner).map("".join)
        | inner.map("!({})".format)
        | inner.map("({}) is unknown".format)
        | inner.map("exists ($ ? ({}))".format)
    ),
    max_leaves=6,
)


@BATCH
@given(st.lists(st.tuples(st.sampled_from(["", "strict ", "lax "]), SIGNED | TRUTH).map("".join), max_size=20))
def test_jsonpath(sample: Sample, texts: list[str]) -> None:
    """A path has every key in quotes, and the parentheses that Postgres's writer sets."""
    agrees(sample, "jsonpath", texts)


@pytest.mark.parametrize(
    ("spelled", "text"),
    [("jsonpath", "$.a >"), ("jsonpath", "@.a.b["), ("tsquery", "a &"), ("tsquery", "(a"), ("tsvector", "a:0b")],
)
def test_what_is_not_understood_stays(spelled: str, text: str) -> None:
    """Nonsense is Postgres's to refuse."""
    assert standard(text, spelled) == text
