"""Invented names: lengths, characters of several bytes, and names of output columns, as on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from policytool.catalog.build.invent import MAX_BYTES, clip, object_name
from policytool.catalog.expression.figure import figure
from policytool.syntax.raw import parse

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

NAMES = st.text(alphabet="abäß€𝄞_", min_size=1, max_size=80).filter(lambda name: len(name.encode()) <= MAX_BYTES)


@given(NAMES, st.none() | NAMES, st.sampled_from(["pkey", "fkey12", "seq"]))
def test_object_name_fits(first: str, second: str | None, label: str) -> None:
    """An invented name fits in an identifier, ends in its label, and is whole where there is room."""
    name = object_name(first, second, label)
    assert len(name.encode()) <= MAX_BYTES
    assert name.endswith("_" + label)
    whole = "_".join(part for part in (first, second, label) if part is not None)
    assert name == whole or len(whole.encode()) > MAX_BYTES


@given(NAMES, st.integers(min_value=0, max_value=MAX_BYTES))
def test_clip_keeps_whole_characters(name: str, size: int) -> None:
    """A clipped name is a beginning of the name in at most so many bytes, one character less than too much."""
    clipped = clip(name, size)
    assert name.startswith(clipped)
    assert len(clipped.encode()) <= size
    assert clipped == name or len(name[: len(clipped) + 1].encode()) > size


EXPRESSIONS = """
t.a
lower(b)
(r).x
c[1]
a::text
'x'::varchar
current_date
current_timestamp(3)
nullif(a, 1)
exists (select 1)
array(select 1)
(select 1 as z)
case when a > 0 then b end
case a when 1 then 2 else a end
array[1]
coalesce(a, 1)
greatest(a, 1)
least(a, 1)
b || 'x'
-a
a is null
row(1, 2)
user
current_user
b collate "C"
extract(year from now())
trim(b)
substring(b from 1 for 2)
position('x' in b)
overlay(b placing 'x' from 1)
now() at time zone 'utc'
json_object('a': 1)
json_array(1, 2)
json_value('{}'::jsonb, '$')
json_exists('{}'::jsonb, '$')
json_scalar(1)
a between 1 and 2
a in (1, 2)
not true
true
null
1.5
(a, b)
b like 'x'
count(*) over ()
a = any (c)
(c)[1]::text
cast(a as int)
"""


def test_output_columns_are_named_as_by_postgres(database: Connection) -> None:
    """The names of columns without AS."""
    query = f"select {', '.join(EXPRESSIONS.strip().splitlines())} from t"
    database.execute("create type pair as (x int, y int); create table t (a int, b text, c int[], r pair)")
    described = database.execute(query).description or []
    targets = parse(query)[0].stmt["SelectStmt"]["targetList"]
    assert [figure(t["ResTarget"]["val"]) for t in targets] == [column.name for column in described]
