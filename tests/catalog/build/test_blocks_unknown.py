"""What a block does that is not certain is recorded with its place, and the rest of the block is folded."""

from __future__ import annotations

import time

import pytest

from policytool.catalog.objects import Catalog, Unmodelled
from tests.catalog.build.support import built

SETUP = """create table t (id int, kind text);
create table u (id int);
"""


def _said(catalog: Catalog) -> list[Unmodelled]:
    return [record for record in catalog.unmodelled if record.kind != "assumed"]


# The block, the lines of what is recorded (from the DO on, which is line 1), and the tables there are in the end.
CASES: dict[str, tuple[str, list[int], set[str]]] = {
    "a condition on rows": (
        """do $$ begin
  if exists (select 1 from t) then create table x (); end if;
  create table y ();
end $$;""",
        [2],
        {"t", "u", "y"},
    ),
    "a condition on rows that only decides data": (
        """do $$ begin
  if exists (select 1 from t) then delete from t; else raise notice 'none'; end if;
  create table y ();
end $$;""",
        [],
        {"t", "u", "y"},
    ),
    "an error that depends on rows": (
        """do $$ begin
  if exists (select 1 from t where id is null) then raise exception 'clean up first'; end if;
  create table y ();
end $$;""",
        [],
        {"t", "u", "y"},
    ),
    "a loop over rows": (
        """do $$ declare r record; begin
  create table x ();
  for r in select * from t loop
    execute format('create table %I ()', r.kind);
  end loop;
  create table y ();
end $$;""",
        [3],
        {"t", "u", "x", "y"},
    ),
    "a loop over rows that changes data": (
        """do $$ declare r record; n int := 0; begin
  for r in select * from t loop
    execute format('update %I set id = 1', r.kind);
    n := n + 1;
  end loop;
  raise notice '% rows', n;
end $$;""",
        [],
        {"t", "u"},
    ),
    "a text made from rows": (
        """do $$ declare k text; begin
  select kind into k from t limit 1;
  execute 'create table ' || k || ' ()';
  execute 'create table y ()';
end $$;""",
        [3],
        {"t", "u", "y"},
    ),
    "a return that depends on rows": (
        """do $$ begin
  if not exists (select 1 from t) then
    return;
  end if;
  create table x ();
end $$;""",
        [5],
        {"t", "u"},
    ),
    "a return that depends on rows, and nothing after it": (
        """do $$ declare n int; begin
  select count(*) into n from t;
  if n = 0 then return; end if;
  update t set id = 2;
end $$;""",
        [],
        {"t", "u"},
    ),
    "an exit that depends on rows": (
        """do $$ begin
  for i in 1..3 loop
    exit when i > (select count(*) from t);
    execute format('create table x%s ()', i);
  end loop;
  create table y ();
end $$;""",
        [4],
        {"t", "u", "y"},
    ),
    "a variable that a branch may have changed": (
        """do $$ declare name text := 'x'; begin
  if exists (select 1 from t) then name := 'z'; end if;
  execute format('create table %I ()', name);
end $$;""",
        [3],
        {"t", "u"},
    ),
    "a missing function": (
        """do $$ begin
  perform nobody_made_this();
  create table y ();
end $$;""",
        [2],
        {"t", "u", "y"},
    ),
    "what is refused only because something was left out": (
        """do $$ declare k text; begin
  select kind into k from t;
  execute format('alter table u add column %I int', k);
  alter table u drop column extra;
  create table y ();
end $$;""",
        [3, 4],
        {"t", "u", "y"},
    ),
    "a refusal that is certain": (
        """do $$ begin
  create table y ();
  alter table u drop column extra;
end $$;""",
        [1],
        {"t", "u"},
    ),
    "a setting of the server": (
        """do $$ begin
  if current_setting('app.stage', true) = 'production' then
    create table x ();
  end if;
end $$;""",
        [2],
        {"t", "u"},
    ),
    "an endless loop": (
        """do $$ begin
  create table y ();
  loop null; end loop;
end $$;""",
        [1],
        {"t", "u", "y"},
    ),
    "another language": (
        """do language plv8 $$ plv8.execute('create table x ()') $$;""",
        [1],
        {"t", "u"},
    ),
    "a cursor": (
        """do $$ declare c cursor for select kind from t; k text; begin
  open c;
  fetch c into k;
  execute 'create table ' || k || ' ()';
  close c;
end $$;""",
        [4],
        {"t", "u"},
    ),
    "a function called with what is not known": (
        """create function f(k text) returns void language plpgsql as $f$ begin
  execute 'create table ' || k || ' ()';
end $f$;
do $$ declare k text; begin
  select kind into k from t;
  perform f(k);
end $$;""",
        [6],
        {"t", "u"},
    ),
    "a handler that a data statement may set off": (
        """do $$ declare done boolean := true; begin
  begin
    insert into t values (1);
  exception when others then
    done := false;
  end;
  if not done then raise exception 'no'; end if;
  begin
    update t set id = 2;
  exception when others then
    create table x ();
  end;
  create table y ();
end $$;""",
        [11],
        {"t", "u", "y"},
    ),
    "a handler that only passes the error on": (
        """do $$ begin
  alter table elsewhere add column a int;
exception
  when duplicate_column then null;
  when others then raise;
end $$;""",
        [],
        {"t", "u", "elsewhere"},
    ),
    "names of Postgres's own objects": (
        """do $$ declare r record; begin
  for r in select tablename from pg_tables loop
    execute format('alter table %I enable row level security', r.tablename);
  end loop;
end $$;""",
        [2],
        {"t", "u"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_certain_is_recorded_where_it_stands(name: str) -> None:
    """Each doubt is recorded at its line, and whatever is certain is folded."""
    sql, lines, tables = CASES[name]
    catalog = built(SETUP + sql)
    assert [record.location.line - 2 for record in _said(catalog)] == lines, _said(catalog)
    assert {table for schema, table in catalog.tables if schema == "public"} == tables


def test_records_name_the_line_inside_the_block_and_the_reason() -> None:
    """A record says where in the block it is, and what is not known."""
    (record,) = _said(built(SETUP + CASES["a condition on rows"][0]))
    assert record.message == "line 2: whether this runs is not known: the rows of t are not in the catalog"
    assert (record.kind, record.security) == ("do block", True)


def test_a_doubt_about_an_index_is_none_about_security() -> None:
    """What is left out counts as security only where it could be."""
    sql = "do $$ begin if exists (select from t) then create index on t (id); end if; end $$;"
    (record,) = _said(built(SETUP + sql))
    assert not record.security


def test_statements_of_a_block_have_their_own_places() -> None:
    """A policy made inside a block points at its own lines, its expression at its own columns."""
    sql = """create table t (id int);
do $body$
begin
  if true then
    create policy p on t
      using (id = 1);
  end if;
  execute 'create policy q on t using (true)';
end
$body$;
"""
    policies = {policy.name: policy for policy in built(sql).tables["public", "t"].policies}
    made, using = policies["p"].made, policies["p"].using_at
    assert made is not None
    assert using is not None
    assert (made.line, made.column, made.end_line) == (5, 5, 6)
    assert (using.line, using.column, using.end_column) == (6, 14, 20)
    assert policies["q"].made is not None
    assert policies["q"].made.line == 8


def test_places_are_right_after_text_that_is_not_ascii() -> None:
    """Bytes and characters are told apart."""
    sql = "create table t (id int); -- é\ndo $$ -- ünï\nbegin\n  create policy p on t using (id = 1); end $$;\n"
    (policy,) = built(sql).tables["public", "t"].policies
    assert policy.made is not None
    assert (policy.made.line, policy.made.column) == (4, 3)


def test_a_function_is_placed_where_it_is_called() -> None:
    """What a called function makes points at the call, which is what made it happen."""
    sql = """create function f() returns void language plpgsql as $$ begin
  create table x ();
end $$;
select f();
"""
    made = built(sql).tables["public", "x"].made
    assert made is not None
    assert made.line == 4


ASSUMED = {
    "column": (
        "if not exists (select 1 from information_schema.columns where table_name = 'a' and column_name = 'c') then "
        "alter table a add column c int; end if;",
        "c",
    ),
    "policy": (
        "if not exists (select 1 from pg_policies where tablename = 'a' and policyname = 'c') then "
        "create policy c on a using (true); end if;",
        "c",
    ),
    "policy that goes": (
        "if exists (select 1 from pg_policies where tablename = 'a' and policyname = 'gone') then "
        "drop policy gone on a; end if; create policy c on a using (true);",
        "c",
    ),
    "all policies go": (
        "for r in select policyname from pg_policies where tablename = 'a' loop "
        "execute format('drop policy %I on a', r.policyname); end loop; create policy c on a using (true);",
        "c",
    ),
}


@pytest.mark.parametrize("name", ASSUMED)
def test_guards_on_assumed_tables_end_the_same_either_way(name: str) -> None:
    """Where a guard only makes what is missing, or drops what is there, its answer does not matter."""
    body, made = ASSUMED[name]
    catalog = built(f"alter table a enable row level security;\ndo $$ declare r record; begin {body} end $$;")
    table = catalog.tables["public", "a"]
    assert _said(catalog) == []
    assert made in {*(column.name for column in table.columns), *(policy.name for policy in table.policies)}


def test_other_guards_on_assumed_tables_are_in_doubt() -> None:
    """Whether a table that no migration made has a column decides what else happens: that is not known."""
    sql = """alter table a enable row level security;
do $$ begin
  if exists (select 1 from information_schema.columns where table_name = 'a' and column_name = 'c') then
    create table x ();
  end if;
end $$;"""
    catalog = built(sql)
    assert [record.location.line for record in _said(catalog)] == [3]
    assert ("public", "x") not in catalog.tables


def test_what_a_handler_expects_to_be_missing_is_missing() -> None:
    """A block that is ready for a missing table gets no made-up one."""
    sql = """do $$ begin
  alter table nowhere enable row level security;
exception when undefined_table then null;
end $$;
do $$ begin
  alter table somewhere enable row level security;
exception when duplicate_object then null;
end $$;"""
    assert {name for schema, name in built(sql).tables if schema == "public"} == {"somewhere"}


BUCKETS = {
    "constant": ("insert into storage.buckets (id, name, public) values ('a', 'a', true);", {"a": True}),
    "variables": (
        "declare b text := 'pics'; open boolean := true; begin "
        "insert into storage.buckets (id, name, public) values (b, b, open); end;",
        {"pics": True},
    ),
    "loop": (
        "declare b text; begin foreach b in array array['x', 'y'] loop "
        "insert into storage.buckets (id, name, public) values (b, b, b = 'x') on conflict do nothing; end loop; end;",
        None,
    ),
    "guard": (
        "if not exists (select 1 from storage.buckets where id = 'g') then "
        "insert into storage.buckets (id, name, public) values ('g', 'g', false); end if;",
        {"g": False},
    ),
    "executed": (
        "execute 'insert into storage.buckets (id, name, public) values ($1, $1, $2)' using 'e', true;",
        {"e": True},
    ),
}


@pytest.mark.parametrize("name", BUCKETS)
def test_buckets_made_inside_blocks_are_known(name: str) -> None:
    """An insert into storage.buckets inside a block is read with the variables filled in."""
    body, expected = BUCKETS[name]
    catalog = built(f"do $$ begin {body} end $$;", "supabase")
    if expected is None:
        assert "whether bucket x is public is not literal" in _said(catalog)[0].message
    else:
        assert {bucket.id: bucket.public for bucket in catalog.buckets.values()} == expected


def test_many_blocks_are_folded_in_little_time() -> None:
    """A guard looks its row up; it does not go through the whole catalog."""
    tables = "".join(f"create table t{n} (id int primary key, name text);\n" for n in range(300))
    guard = "select 1 from information_schema.columns where table_schema = 'public' and table_name = 't{0}'"
    blocks = "".join(
        f"do $$ begin if not exists ({guard.format(n)} and column_name = 'x') then "
        f"alter table t{n} add column x int; end if; end $$;\n"
        for n in range(300)
    )
    built(tables)
    start = time.perf_counter()
    catalog = built(tables + blocks)
    assert time.perf_counter() - start < 20
    assert all(len(table.columns) == 3 for table in catalog.tables.values())
