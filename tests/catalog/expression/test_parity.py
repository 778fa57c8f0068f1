"""Canonical text of what is written equals canonical text of what a server shows of it."""

from __future__ import annotations

import psycopg
import pytest

from policytool.catalog.expression.canonical import canonical, canonical_query, column_list
from policytool.catalog.expression.deparse import deparse
from policytool.catalog.expression.names import Relation
from tests.catalog.expression.sample import POSTS, Sample, cases, expression, query

# A check or index may hold no sub-query and no system column, and an index nothing that changes with time.
REFUSED = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidObjectDefinition,
    psycopg.errors.InvalidColumnReference,
)
_CHECK = "select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'shown'"
_PREDICATE = "select pg_get_expr(indpred, indrelid) from pg_index where indpred is not null"


@pytest.mark.parametrize("source", cases("expressions.txt"))
def test_policy_expression(sample: Sample, source: str) -> None:
    """A policy's expression is the same from its source and from the server, and stays so."""
    written = sample.canonical(source)
    assert sample.canonical(sample.using(source)) == written
    assert sample.canonical(written) == written
    assert deparse(expression(written)) == written


@pytest.mark.parametrize("source", cases("expressions.txt"))
def test_canonical_text_runs(sample: Sample, source: str) -> None:
    """Canonical text is SQL, and a server reads it as what it is the canonical text of."""
    written = sample.canonical(source)
    # Operators of extensions are written without their schema, so that one has to be on the path.
    assert sample.canonical(sample.using(written, path="extensions")) == written


def test_check_constraints(sample: Sample) -> None:
    """So are the expressions of check constraints."""
    compared = 0
    for source in cases("expressions.txt"):
        try:
            with sample.trial():
                sample.run(f"alter table public.posts add constraint shown check ({source})")
                ((shown,),) = sample.ask(_CHECK)
        except REFUSED:
            continue
        assert sample.canonical(shown) == sample.canonical(source)
        compared += 1
    assert compared > 400


def test_index_predicates(sample: Sample) -> None:
    """So are the predicates of partial indexes."""
    compared = 0
    for source in cases("expressions.txt"):
        try:
            with sample.trial():
                sample.run(f"create index shown on public.posts (id) where {source}")
                rows = sample.ask(_PREDICATE)
        except REFUSED:
            continue
        for (shown,) in rows:  # WHERE true leaves none
            assert sample.canonical(shown) == sample.canonical(source)
            compared += 1
    assert compared > 250


def test_conditions_of_views(sample: Sample) -> None:
    """So are conditions inside a query, where every column is qualified."""
    for source in cases("expressions.txt"):
        sql = f"select 1 as one from public.posts where {source}"
        assert sample.canonical_query(sample.view(sql)[0]) == sample.canonical_query(sql)


@pytest.mark.parametrize("case", cases("defaults.txt"))
def test_default(sample: Sample, case: str) -> None:
    """So are column defaults, for which the type of the column is known."""
    spelled, _, source = case.partition(" | ")
    with sample.trial():
        sample.run(f"create table public.shown (x {spelled} default {source})")
        ((kind, shown),) = sample.ask(
            "select format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid) from pg_attrdef"
            " join pg_attribute on attrelid = adrelid and attnum = adnum where adrelid = 'public.shown'::regclass"
        )
    written = canonical(expression(source), sample.names, expected=kind)
    assert canonical(expression(shown), sample.names, expected=kind) == written
    assert canonical(expression(written), sample.names, expected=kind) == written


@pytest.mark.parametrize("source", cases("views.txt"))
def test_view(sample: Sample, source: str) -> None:
    """So are the queries of views, and the names and types of their columns."""
    shown, columns = sample.view(source)
    written = sample.canonical_query(source)
    assert sample.canonical_query(shown) == written
    assert sample.canonical_query(written) == written
    assert sample.view(written, path="")[0] == shown
    predicted = column_list(query(source), sample.names)
    assert [name for name, _ in predicted] == [name for name, _ in columns]
    assert [_plain(spelled) for _, spelled in predicted] == [_plain(spelled) for _, spelled in columns]


def _plain(spelled: str | None) -> str:
    return (spelled or "").partition("(")[0]


def test_trigger_conditions(sample: Sample) -> None:
    """In the condition of a trigger columns keep new and old before them."""
    relation = sample.names.relation(*POSTS)
    assert relation is not None
    extra = (Relation("", "new", relation.columns), Relation("", "old", relation.columns))
    sample.run("create function public.fire() returns trigger language plpgsql as 'begin return new; end'")
    for source in ("old.status is distinct from new.status", "new.slug in ('a', 'b')", "new.* is distinct from old.*"):
        sample.run(
            f"create trigger shown before update on public.posts for each row when ({source}) execute function fire()"
        )
        ((shown,),) = sample.ask("select pg_get_triggerdef(oid) from pg_trigger where tgname = 'shown'")
        sample.run("drop trigger shown on public.posts")
        condition = shown.partition(" WHEN (")[2].partition(") EXECUTE")[0]
        written = canonical(expression(source), sample.names, extra=extra)
        assert canonical(expression(condition), sample.names, extra=extra) == written
    assert canonical(expression("new.slug = 'a'"), sample.names, extra=extra) == "new.slug = 'a'"


def test_functions_of_standard_sql(sample: Sample) -> None:
    """In the body of a function its arguments go by their names."""
    extra = (Relation("", "found", (("owner", "uuid"), ("wanted", "text"))),)
    for source in (
        "select p.id from posts p where p.user_id = owner and p.title = wanted",
        "select id from posts where user_id = found.owner and slug = wanted and body = 'x'",
        "insert into comments (post_id, body) values (owner, 'x') returning post_id",
        "update posts set title = wanted, status = 'draft' where id = owner returning id",
        "delete from posts using members m where m.org_id = posts.org_id and posts.user_id = owner returning posts.id",
        "insert into admins select user_id from members where user_id = owner returning user_id",
    ):
        sample.run(
            f"create function public.found(owner uuid, wanted text) returns setof uuid begin atomic {source}; end"
        )
        ((shown,),) = sample.ask("select pg_get_function_sqlbody('public.found'::regproc)")
        sample.run("drop function public.found")
        body = shown.partition("BEGIN ATOMIC")[2].rpartition("END")[0].strip().rstrip(";")
        written = canonical_query(query(source), sample.names, extra=extra)
        assert canonical_query(query(body), sample.names, extra=extra) == written
