"""Types are spelled as format_type() spells them with an empty search_path."""

from __future__ import annotations

import pytest

from policytool.catalog.expression.names import NoNames
from policytool.catalog.expression.types import type_name
from tests.catalog.expression.sample import Sample, expression

BUILT_IN = """int4 integer int int8 bigint smallint int2 bool boolean float float(3) float(50) real double precision
numeric numeric(10,2) numeric(5) decimal(4,1) dec text varchar varchar(255) character varying(3) char char(3) bpchar
character(5) "char" name timestamptz timestamp timestamp with time zone timestamp(3) timestamptz(0) time timetz time(2)
time with time zone interval interval(3) interval year interval day to second(2) interval hour to minute date uuid json
jsonb bytea inet cidr macaddr tsvector tsquery xml money oid regclass int4range tstzrange nummultirange point box bit
bit(3) bit varying bit varying(5) varbit text[] int[] integer[3][] varchar(5)[] timestamptz[] numeric(3,1)[] _text
pg_catalog.int4 pg_catalog.text public.status status status[] email app.role app.address extensions.citext citext
vector(3) extensions.vector posts public.posts[] nchar(2) national character varying(4) xid8 pg_lsn jsonpath"""
PHRASES = [
    "double precision",
    "character varying(3)",
    "timestamp with time zone",
    "time with time zone",
    "interval year",
    "interval day to second(2)",
    "interval hour to minute",
    "bit varying",
    "bit varying(5)",
    "national character varying(4)",
]


def spellings() -> list[str]:
    """The types above; those of several words are apart."""
    text = " ".join(BUILT_IN.split())
    for phrase in PHRASES:
        text = text.replace(f" {phrase} ", " ")
    return [*text.split(), *PHRASES]


@pytest.mark.parametrize("spelled", spellings())
def test_type_name(sample: Sample, spelled: str) -> None:
    """A type is spelled as the server spells that of a column."""
    with sample.trial():
        sample.run(f"create table public.shown (x {spelled})")
        ((expected,),) = sample.ask(
            "select format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = 'public.shown'::regclass and attnum = 1"
        )
    node = expression(f"null::{spelled}")["TypeCast"]["typeName"]
    assert type_name(node, sample.names) == expected


def test_type_of_a_column(sample: Sample) -> None:
    """%TYPE is the type of the column where that is known, and stays where it is not."""
    node = {"names": [{"String": {"sval": "posts"}}, {"String": {"sval": "slug"}}], "pct_type": True}
    assert type_name(node, sample.names) == "character varying(80)"
    assert type_name(node, NoNames()) == "posts.slug%TYPE"


def test_unknown_type() -> None:
    """A type that nothing is known of keeps its spelling."""
    assert type_name(expression("null::ghost")["TypeCast"]["typeName"], NoNames()) == "ghost"
    node = expression('null::postgis.geometry("Point", 4326)[]')["TypeCast"]["typeName"]
    assert type_name(node, NoNames()) == "postgis.geometry(Point,4326)[]"
