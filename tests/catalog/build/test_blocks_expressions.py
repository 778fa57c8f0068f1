"""Expressions inside blocks have the value that a server gives them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from policytool.catalog.build.plpgsql.budget import Budget
from policytool.catalog.build.plpgsql.machine import Machine
from policytool.catalog.build.plpgsql.text import text_of
from policytool.catalog.build.plpgsql.values import NotKnown
from policytool.catalog.build.state import Refused
from tests.catalog.build.blocks_support import scratch
from tests.catalog.build.support import folded

if TYPE_CHECKING:
    from policytool.catalog.build.state import State
    from policytool.postgres.server import Connection

SETUP = """
create schema app;
create type app.mood as enum ('sad', 'ok', 'happy');
create table app.t (id int primary key, label text, mood app.mood);
create table public."Odd Name" (a int);
create view app.v as select id from app.t;
create sequence app.s;
create function app.f(a int, b text default 'x') returns int language sql as 'select 1';
create function app.f(a text) returns int language sql as 'select 1';
create function app.g(p app.mood, q text[], out r int) language sql as 'select 1';
create role reader;
grant usage on schema app to reader;
grant select (id) on app.t to reader;
revoke execute on function app.f(int, text) from public;
grant execute on function app.f(int, text) to reader;
comment on table app.t is 'things';
comment on column app.t.label is 'its label';
"""

EXPRESSIONS = """
1 + 2 * 3
7 / 2
-7 / 2
7 % 3
-7 % 3
2 - 5
1.5 + 2
1.50 * 2
'a' || 'b'
'a' || 1
1 || 'a'
'x' || null
true || 'a'
'a'::text || true
array[1,2] || 3
0 || array[1,2]
array['a'] || array['b','c']
array['a','b'] || '{c,d}'
array['a'] || 'b'::text
null::text[] || 'a'::text
'{a,b}'::text[]
'{"a b",NULL,"c\\"d"}'::text[]
'{}'::text[]
array[]::text[]
array['a b', null, '', 'null', 'c,d', 'e"f', 'g\\h']
array[true, false]
(array['a','b','c'])[2]
(array['a','b','c'])[7]
(array['a','b','c'])[2:3]
true and null
false and null
true or null
null or false
not null::boolean
null is null
1 is not null
true is not true
null::boolean is unknown
1 = 1 and 2 > 1
'a' = 'a'
'5' = 5
5 = '5'
'a' <> 'b'
'abc' like 'a%'
'abc' like 'a_c'
'abc' not like 'b%'
'a_c' like 'a\\_c'
'abc' like 'a!_c' escape '!'
'ABC' ilike 'a%'
'abc' ~ '^a'
'abc' !~ 'b$'
'ABC' ~* '^a.c$'
'a1' ~ '^[a-z][[:digit:]]$'
'b' in ('a', 'b')
'c' not in ('a', 'b')
'c' in ('a', null)
1 in (1, null)
'b' = any (array['a','b'])
'b' = any ('{a,b}')
'b' <> all (array['a','c'])
2 = any (array[1,2,3])
'a' = any (array[]::text[])
null = any (array['a'])
2 between 1 and 3
2 not between 1 and 3
2 between symmetric 3 and 1
1 is distinct from null
null is not distinct from null
nullif('a', 'a')
nullif('a', 'b')
nullif('', '')
coalesce(null, 'a', 'b')
coalesce(null::text, null)
greatest(1, 3, null, 2)
least('b'::text, 'a')
case when 1 > 2 then 'a' when 2 > 1 then 'b' else 'c' end
case 3 when 1 then 'one' when 3 then 'three' end
case 4 when 1 then 'one' end
array[1,2] @> array[1]
array['a','b'] && array['b','c']
array['a'] <@ array['a','b']
array[1,2] = array[1,2]
array[1,2] < array[1,3]
lower('ABC')
upper('abc')
initcap('hello wORLD_x')
length('abc')
char_length('abc')
octet_length('ä')
replace('abcabc', 'b', 'x')
substring('abcdef' from 2 for 3)
substring('abcdef', 3)
substring('foobar' from 'o(.)b')
substr('abcdef', 2, 2)
left('abcdef', 2)
left('abcdef', -2)
right('abcdef', 2)
right('abcdef', -2)
right('abcdef', 0)
position('c' in 'abc')
strpos('abc', 'z')
split_part('a.b.c', '.', 2)
split_part('a.b.c', '.', -1)
split_part('a.b.c', '.', 9)
trim('  a ')
trim(both 'x' from 'xxaxx')
ltrim('xxa', 'x')
rtrim('axx', 'x')
btrim(' a ')
lpad('7', 3, '0')
rpad('a', 3)
lpad('abcd', 2)
repeat('ab', 3)
reverse('abc')
translate('12345', '143', 'ax')
starts_with('abc', 'ab')
md5('a')
chr(65)
ascii('A')
concat('a', null, 1, true)
concat_ws('-', 'a', null, 'b')
regexp_replace('abcb', 'b', 'x')
regexp_replace('abcb', 'b', 'x', 'g')
regexp_replace('John Smith', '(\\w+) (\\w+)', '\\2 \\1')
quote_ident('abc')
quote_ident('A b')
quote_ident('select')
quote_ident('table_name')
quote_ident('name')
quote_ident('user')
quote_ident('a"b')
quote_literal('it''s')
quote_literal('a\\b')
quote_literal(5)
quote_nullable(null)
format('%I.%I', 'a', 'B c')
format('%s and %L', 'x', 'it''s')
format('%L', null)
format('%s', null)
format('%%')
format('%2$s %1$s', 'a', 'b')
format('%1$I_%1$s', 'a b')
format('%s', true)
format('%s', array['a','b'])
format('%5s|%-5s|', 'a', 'b')
format('%I', 'order')
array_length(array['a','b'], 1)
array_length(array[]::text[], 1)
array_upper(array[3,4], 1)
cardinality(array[]::text[])
array_append(array['a'], 'b')
array_append(null, 'b'::text)
array_prepend('z', array['a'])
array_cat(array[1], array[2])
array_remove(array['a','b','a'], 'a')
array_replace(array['a','b'], 'a', 'c')
array_position(array['a','b'], 'b')
array_position(array['a','b'], 'z')
array_to_string(array['a',null,'b'], ',')
array_to_string(array['a',null,'b'], ',', '*')
string_to_array('a,b,c', ',')
string_to_array('', ',')
string_to_array('a,b', null)
abs(-3)
round(2.5)
round(2.345, 2)
'5'::int + 1
' 7 '::int
5::text
true::text
't'::boolean
'off'::boolean
1::boolean
true::int
2.5::int
3.5::int
'abc'::varchar(2)
'abc'::name
'12.50'::numeric
'a,b'::text
'{1,2}'::int[]
array['1','2']::int[]
cast('3' as integer)
'ok'::app.mood
'ok'::app.mood = 'ok'
current_schema
current_schema()
current_user
session_user
current_schemas(false)
'app.t'::regclass
'app.t'::regclass::text
'public."Odd Name"'::regclass
to_regclass('app.t')
to_regclass('app.nope')
to_regclass('app.t') is not null
to_regclass('pg_class')
'app'::regnamespace
to_regnamespace('nope')
'reader'::regrole
to_regrole('nope')
'app.mood'::regtype
'int'::regtype
'text[]'::regtype
'varchar'::regtype::text
to_regtype('app.nope')
to_regtype('app.mood[]')
'app.f(int,text)'::regprocedure
'app.f(integer, text)'::regprocedure::text
to_regprocedure('app.f(uuid)')
to_regprocedure('app.g(app.mood,text[])')
to_regproc('app.g')
to_regproc('app.f')
'app.t'::regclass = 'app.v'::regclass
'app.t'::regclass::oid = 'app.t'::regclass
has_table_privilege('reader', 'app.t', 'select')
has_any_column_privilege('reader', 'app.t', 'select')
has_column_privilege('reader', 'app.t', 'id', 'select')
has_column_privilege('reader', 'app.t', 'label', 'select')
has_schema_privilege('reader', 'app', 'usage')
has_schema_privilege('reader', 'app', 'create')
has_function_privilege('reader', 'app.f(int,text)', 'execute')
has_function_privilege('public', 'app.f(int,text)', 'execute')
has_function_privilege('reader', 'app.f(text)', 'execute')
has_table_privilege('app.t', 'insert, delete')
pg_has_role('reader', 'reader', 'usage')
obj_description('app.t'::regclass)
col_description('app.t'::regclass, 2)
pg_get_function_identity_arguments('app.f(int,text)'::regprocedure)
pg_get_function_identity_arguments('app.g(app.mood,text[])'::regprocedure)
pg_get_function_result('app.g(app.mood,text[])'::regprocedure)
format_type('int'::regtype, null)
current_setting('search_path')
current_setting('role')
current_setting('server_version_num')::int >= 150000
current_setting('server_version_num')::int / 10000 >= 12
(select 1)
(select max(n) from generate_series(1, 4) n)
(select string_agg(x, ', ' order by x desc) from unnest(array['b','a','c']) x)
(select count(*) from unnest(array[1,2,3]) n where n > 1)
(select array_agg(n) from generate_series(1, 3) n)
array(select n * 2 from generate_series(1, 3) n)
exists (select 1 where false)
not exists (select from unnest(array[]::int[]))
2 in (select n from generate_series(1, 3) n)
5 > all (select n from generate_series(1, 3) n)
(select bool_or(n > 2) from generate_series(1, 3) n)
(select bool_and(n > 2) from generate_series(1, 3) n)
(select sum(n) from generate_series(1, 4) n)
(select min(x) from (values ('b'), ('a')) v(x))
(select x || y from (values ('a', 1), ('b', 2)) v(x, y) where y = 2)
(select count(distinct n) from unnest(array[1,1,2]) n)
(select count(*) filter (where n > 1) from unnest(array[1,1,2]) n)
(select string_agg(n || ':' || o, ' ' order by o) from unnest(array['a','b']) with ordinality u(n, o))
(select string_agg(l.x || r.y, ',' order by l.x) from (values ('a'),('b')) l(x) left join (values ('a', 'A')) r(k, y)
  on r.k = l.x)
(select string_agg(x, '' order by x) from (select 'a' as x union select 'b' union select 'a') u)
(select string_agg(x, '') from (select 'a' as x union all select 'a') u)
(select string_agg(x, '') from (select x from unnest(array['a','b']) x except select 'b') u)
(with q as (select 1 as a union all select 2) select sum(a) from q)
(select n from generate_series(1, 9) n order by n desc limit 1)
(select n from generate_series(1, 9) n order by n offset 3 limit 1)
(select string_agg(g || '=' || c, ',' order by g) from (select n % 2 as g, count(*) as c from generate_series(1, 5) n
  group by 1 having count(*) > 1) s)
(select string_agg(x, ',') from regexp_split_to_table('a1b2c', '[0-9]') x)
(select string_agg(value, ',') from jsonb_array_elements_text('["a","b"]') )
'{"a": {"b": "c"}}'::jsonb -> 'a' ->> 'b'
'["x","y"]'::jsonb ->> 1
jsonb_typeof('[]'::jsonb)
jsonb_array_length('[1,2]')
'{"a":1}'::jsonb ? 'a'
(select string_agg(key || value, ',' order by key) from jsonb_each_text('{"b":"2","a":"1"}'))
row(1, 'a') is not null
'a' collate "C" || 'b'
ascii(chr(66)) = 66
parse_ident('A."B c"')
1 / 0
'x'::int
'maybe'::boolean
'nope'::regclass
99999999999::int
format('%I', null)
format('%s %s', 'a')
nope
(select nope from unnest(array[1]) n)
(select * from generate_series(1, 2))
app.nope(1)
"""
CASES = re.split(r"\n(?=\S)", EXPRESSIONS.strip())


def _observed(connection: Connection, expression: str) -> tuple[str | None, str | None]:
    try:
        found = connection.execute(f"select ({expression})::text".encode()).fetchone()
    except psycopg.Error as error:
        return None, error.sqlstate
    assert found is not None
    return found[0], None


def _folded(state: State, expression: str) -> tuple[str | None, str | None]:
    machine = Machine(state, Budget())
    machine.catchers = [["undefined_table", "undefined_function", "undefined_object"]]
    try:
        value: Any = machine.evaluate({"PLpgSQL_expr": {"query": f"({expression})::text", "parseMode": 2}})
    except Refused as error:
        return None, error.sqlstate
    return (None if value is None else text_of(value)), None


@pytest.fixture(scope="module")
def module_database(server: Any) -> Any:
    """A database for all expressions, which change nothing in it."""
    with scratch(server, SETUP) as connection:
        yield connection


@pytest.fixture(scope="module")
def state() -> State:
    """The same in the builder."""
    found, refusals = folded(SETUP)
    assert refusals == []
    return found


@pytest.mark.parametrize("expression", CASES)
def test_expressions_have_the_value_of_a_server(module_database: Connection, state: State, expression: str) -> None:
    """What is folded is what Postgres computes, errors included; nothing of this list is left unknown."""
    assert _folded(state, expression) == _observed(module_database, expression)


@pytest.mark.parametrize(
    "expression",
    ["now()", "random()", "gen_random_uuid()", "(select count(*) from app.t)", "exists (select from app.t)",
     "current_setting('app.stage', true)", "current_database() = 'x'", "version() like 'P%'", "app.f('x')",
     "(select label from app.t limit 1)", "'b' > 'A'", "'app.t'::regclass::oid::text", "pg_backend_pid()",
     "'a' similar to 'a|b'"],
)  # fmt: skip
def test_what_differs_from_server_to_server_is_not_known(state: State, expression: str) -> None:
    """Rows of tables, the time, settings and names of a server decide nothing."""
    with pytest.raises(NotKnown):
        _folded(state, expression)
