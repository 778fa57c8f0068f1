"""Rules, operators, casts, collations, text search, statistics, operator classes: named as on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalog.build.agreement import differences
from tests.catalog.build.support import built, folded

if TYPE_CHECKING:
    from policytool.postgres.server import Connection

BEFORE = (
    "create table t (a int, b text, c int); create view v as select a, b from t;"
    "create function same(int, text) returns bool language sql as 'select true';"
    "create type pair as (x int, y int); create function pair_of(int) returns pair language sql as 'select 1, 2';"
)
OTHERS = [
    "create rule r as on insert to v do instead insert into t values (new.a, new.b)",
    "create rule r as on update to v where old.a > 1 do also (insert into t (a) values (new.a); delete from t "
    "where a = 1)",
    "create rule r as on delete to v do instead nothing",
    "create rule r as on delete to t do also notify \"Gone\", 'it''s'",
    "create rule r as on delete to v do instead nothing; create rule r as on delete to v do nothing",
    "create rule r as on delete to v do instead nothing; create or replace rule r as on update to v do also nothing",
    "create rule r as on select to t do instead select 1 as a, 'x'::text as b, 2 as c",
    "create materialized view m as select 1 as a; create rule r as on insert to m do nothing",
    "create statistics on a, c from t; create statistics on a, c from t",
    "create statistics on a, lower(b) from t",
    "create statistics st (dependencies) on a, c from t; create statistics if not exists st on a, c from t",
    "create statistics st on a, c from t; create statistics st on a, c from t; comment on statistics st is 'x'",
    "create statistics st on a, c from t; alter statistics st set statistics 10",
    "create cast (int as pair) with function pair_of(int) as assignment; comment on cast (int as pair) is 'x'",
    "create cast (int as pair) with function pair_of(int); create cast (int as pair) with function pair_of(int)",
    "create operator === (leftarg = int, rightarg = text, function = same); comment on operator === (int, text) is 'x'",
    "create operator === (leftarg = int, rightarg = text, procedure = same); "
    "create operator === (leftarg = int, rightarg = text, procedure = same)",
    "create schema s; create operator s.=== (leftarg = int, rightarg = text, procedure = same)",
    "create collation c (locale = 'C', provider = libc); create collation if not exists c from \"C\"",
    'create collation c from "C"; comment on collation c is \'x\'; create collation c from "C"',
    "create text search configuration c (copy = english); alter text search configuration c alter mapping for "
    "hword, word "
    "with simple",
    "create text search dictionary d (template = simple, stopwords = english); "
    "alter text search dictionary d (stopwords = english, accept = false)",
    "create operator family f using btree",
    "create operator class c for type int using btree as operator 1 <, function 1 btint4cmp(int, int)",
    "create operator class c for type int using btree as operator 1 <, function 1 btint4cmp(int, int); "
    "create operator class c for type int using btree as operator 1 <, function 1 btint4cmp(int, int)",
    "create statistics st on a, c from t; drop table t cascade",
    "create statistics st on a, c from t; alter table t drop column c",
    "create statistics st on a, c from t; drop statistics st",
    "create cast (int as pair) with function pair_of(int); drop function pair_of(int)",
    "create cast (int as pair) with function pair_of(int); drop function pair_of(int) cascade",
    "create cast (int as pair) with function pair_of(int); drop cast (int as pair)",
    "create operator === (leftarg = int, rightarg = text, function = same); drop operator === (int, text)",
    "create operator === (leftarg = int, rightarg = text, function = same); drop function same(int, text) cascade",
    "create foreign data wrapper w; create server s foreign data wrapper w; create user mapping for public server s; "
    "drop server s",
    "create foreign data wrapper w; create server s foreign data wrapper w; create user mapping for public server s; "
    "drop server s cascade",
    "create operator family f using btree; drop operator family f using btree",
    "create conversion c for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1",
]


@pytest.mark.parametrize("sql", OTHERS)
def test_lesser_kinds_are_as_on_a_server(database: Connection, sql: str) -> None:
    """CREATE and ALTER of the lesser kinds leave on a server the names that the builder has, or are refused alike."""
    assert differences(database, BEFORE + sql) == []


def test_definitions_say_what_was_asked_for() -> None:
    """The definition of a lesser kind is its statement without what the key says already."""
    catalog = built(
        BEFORE + "create cast (int as pair) with function pair_of(int) as implicit;"
        "create operator === (leftarg = int, rightarg = text, function = same);"
        "create collation c (locale = 'C', provider = libc); create statistics st (dependencies) on a, c from t;"
        "create text search configuration tc (copy = english);"
        "alter text search configuration tc alter mapping for word with simple;"
    )
    definitions = {name: other.definition for (_, _, name), other in catalog.others.items()}
    assert definitions == {
        "(integer AS public.pair)": "WITH FUNCTION public.pair_of AS IMPLICIT",
        "===(integer, text)": "FUNCTION = public.same",
        "c": "PROVIDER = 'libc', LOCALE = 'C'",
        "st": "(dependencies) ON a, c FROM public.t",
        "tc": "COPY = english; ALTER MAPPING FOR word WITH simple",
    }


def test_altering_what_an_extension_would_have_made_is_said() -> None:
    """ALTER of a lesser kind that no statement made is recorded, and changes nothing."""
    catalog = built("alter text search configuration gone alter mapping for word with simple")
    assert [u.security for u in catalog.unmodelled] == [False]
    assert catalog.others == {}


def test_unknown_relations_of_a_rule_are_assumed() -> None:
    """A rule on a table that nobody made, writing to another, makes both known."""
    state, refused = folded("create rule r as on insert to gone do also insert into log values (new.a)")
    assert refused == []
    assert {key for key, table in state.tables.items() if table.assumed} == {("public", "gone"), ("public", "log")}
