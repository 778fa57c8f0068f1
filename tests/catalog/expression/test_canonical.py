"""How canonical text reads, and what becomes of names of which little is known."""

from __future__ import annotations

import copy

import pytest

from policytool.catalog.expression.canonical import canonical, canonical_query, column_list
from policytool.catalog.expression.names import NoNames, Relation
from policytool.catalog.expression.references import references
from policytool.catalog.expression.rename import rename_relation
from policytool.catalog.model import Name
from tests.catalog.expression.sample import Sample, cases, expression, query

POSTS = ("public", "posts")


class KnownNames(NoNames):
    """A few tables, all in public."""

    def __init__(self, **tables: str) -> None:
        self.tables = {
            name: Relation(
                "public", name, tuple((column, "text") for column in columns.split()), complete="?" not in columns
            )
            for name, columns in tables.items()
        }

    def relation(self, schema: str | None, name: str) -> Relation | None:
        return self.tables.get(name) if schema in (None, "public") else None

    def function(self, schema: str | None, name: str, arity: int | None) -> Name | None:
        return (schema or "public", name)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("auth.uid() = posts.user_id", "auth.uid() = user_id"),
        ("(select auth.uid() as uid) = user_id", "(SELECT auth.uid()) = user_id"),
        ("status = 'draft'::status and slug::text in ('a'::text, 'b')", "status = 'draft' AND slug IN ('a', 'b')"),
        ("status = any (array['draft'::public.status, 'archived'])", "status IN ('draft', 'archived')"),
        ("not (status in ('draft', 'archived'))", "status NOT IN ('draft', 'archived')"),
        ("auth.uid() in (user_id, parent_id)", "auth.uid() = user_id OR auth.uid() = parent_id"),
        ("qty between 1 and 5", "qty >= 1 AND qty <= 5"),
        ("title ~~ 'a%' and title !~~* 'b%'", "title LIKE 'a%' AND title NOT ILIKE 'b%'"),
        ("not (title is distinct from slug)", "title IS NOT DISTINCT FROM slug"),
        ("title is distinct from null", "title IS NOT NULL"),
        ("(org_id, user_id) = (id, parent_id)", "org_id = id AND user_id = parent_id"),
        ("published and (qty > 1 and (big > 1))", "published AND qty > 1 AND big > 1"),
        ("price > 0::numeric and qty / 2::numeric > 1", "price > 0 AND qty::numeric / 2 > 1"),
        ("case when published then title else null end", "CASE WHEN published THEN title END"),
        ("created_at > now() - interval '15 minutes'", "created_at > now() - '00:15:00'::interval"),
        ("current_timestamp > pg_catalog.now()", "CURRENT_TIMESTAMP > now()"),
        ("cast(meta ->> 'n' as int) = 1", "(meta ->> 'n')::integer = 1"),
        ("is_member(org_id) = true", "public.is_member(org_id) = TRUE"),
        ("vec <-> '[1,2,3]' < 1", "vec <-> '[1,2,3]' < 1"),
    ],
)
def test_spelling(sample: Sample, source: str, text: str) -> None:
    """One form stands for all that mean the same."""
    assert sample.canonical(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "exists (select 1 from members m where m.org_id = org_id)",
            "EXISTS (SELECT 1 FROM public.members m WHERE m.org_id = m.org_id)",
        ),
        (
            "exists (select * from members where members.org_id = posts.org_id and status = 'draft')",
            "EXISTS (SELECT 1 FROM public.members WHERE members.org_id = posts.org_id AND posts.status = 'draft')",
        ),
        (
            "exists (select 1 from posts where posts.id = parent_id)",
            "EXISTS (SELECT 1 FROM public.posts posts_1 WHERE posts_1.id = posts_1.parent_id)",
        ),
        (
            "org_id in (select id from orgs where owner_id = user_id)",
            "org_id IN (SELECT orgs.id FROM public.orgs WHERE orgs.owner_id = posts.user_id)",
        ),
        (
            "org_id in (with m as (select org_id as o from members) select o from m)",
            "org_id IN (WITH m AS (SELECT members.org_id AS o FROM public.members) SELECT m.o FROM m)",
        ),
    ],
)
def test_columns_in_sub_queries(sample: Sample, source: str, text: str) -> None:
    """A column belongs to the innermost query that has it, and says so."""
    assert sample.canonical(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        # ghosts is not known at all: it may have the column, or not.
        ("exists (select 1 from ghosts where user_id = auth.uid())", "SELECT 1 FROM ghosts WHERE user_id = auth.uid()"),
        # It has what the query itself says it has, and what no other table has.
        ("exists (select 1 from ghosts g where g.org_id = org_id)", "SELECT 1 FROM ghosts g WHERE g.org_id = g.org_id"),
        ("exists (select 1 from ghosts where kind = 'a')", "SELECT 1 FROM ghosts WHERE ghosts.kind = 'a'"),
        # Beside it, a table that is known to have the column is preferred.
        (
            "exists (select 1 from ghosts, orgs where owner = 'a')",
            "SELECT 1 FROM ghosts, public.orgs WHERE orgs.owner = 'a'",
        ),
        ("exists (select 1 from ghosts, spirits where kind = 'a')", "SELECT 1 FROM ghosts, spirits WHERE kind = 'a'"),
        # Of parts only some columns are known.
        (
            "exists (select 1 from parts where n = 1 and kind = 'a')",
            "SELECT 1 FROM public.parts WHERE parts.n = 1 AND parts.kind = 'a'",
        ),
        ("exists (select 1 from parts where id = 'a')", "SELECT 1 FROM public.parts WHERE id = 'a'"),
    ],
)
def test_tables_of_unknown_columns(source: str, text: str) -> None:
    """A column is not given to a table further out while one further in may have it."""
    names = KnownNames(posts="id user_id org_id", orgs="id owner", parts="? n")
    written = canonical(expression(source), names, POSTS)
    assert written == f"EXISTS ({text})"
    assert canonical(expression(written), names, POSTS) == written


def test_unknown_own_table() -> None:
    """The columns of an unknown table of its own stay as they are; in sub-queries they are its own if no other's."""
    source = "ghost.a = 1 and b in (select id from orgs where owner = c)"
    text = canonical(expression(source), KnownNames(orgs="id owner"), ("public", "ghost"))
    assert text == "a = 1 AND b IN (SELECT orgs.id FROM public.orgs WHERE orgs.owner = ghost.c)"


def test_nothing_known() -> None:
    """Where nothing is known names stay, and casts that may mean something do as well."""
    source = "a.b = 'x'::text and f(c)::text = 'y' and d::public.t = 'z' and g in (select h from i.j k)"
    text = "a.b = 'x' AND f(c)::text = 'y' AND d::public.t = 'z' AND g IN (SELECT k.h FROM i.j k)"
    assert canonical(expression(source), NoNames()) == text


def test_star_over_unknown_columns() -> None:
    """A star stays where it cannot be expanded, and then only the other columns of the query are known."""
    node = query("select o.id, g.* from orgs o join ghosts g on g.id = o.id")
    assert canonical_query(node, KnownNames(orgs="id")).startswith("SELECT o.id, g.* FROM public.orgs o JOIN ghosts g")
    assert column_list(node, KnownNames(orgs="id")) == (("id", "text"),)
    outer = query("select s.id, x from (select o.id, g.* from orgs o join ghosts g on g.id = o.id) s")
    assert "SELECT s.id, s.x FROM" in canonical_query(outer, KnownNames(orgs="id"))


def test_variables_without_a_table() -> None:
    """Arguments of a function are in sight behind all columns."""
    extra = (Relation("", "", (("wanted", "uuid"), ("id", "uuid"))),)
    node = query("select id from orgs where id = wanted")
    assert canonical_query(node, KnownNames(orgs="id"), extra=extra).endswith("WHERE orgs.id = wanted")


@pytest.mark.parametrize("name", ["expressions.txt", "views.txt"])
def test_trees_are_left_alone(sample: Sample, name: str) -> None:
    """Trees are shared between callers, so nothing here may change one."""
    for source in cases(name):
        node = expression(source) if name == "expressions.txt" else query(source)
        before = copy.deepcopy(node)
        text = (
            canonical(node, sample.names, POSTS) if name == "expressions.txt" else canonical_query(node, sample.names)
        )
        rename_relation(text, POSTS, ("public", "articles"))
        references(text)
        assert node == before


def test_expected_type() -> None:
    """A constant alone shows the type that is wanted of it, unless it is a number or a truth."""
    for source, spelled, text in (
        ("'{}'", "jsonb", "'{}'::jsonb"),
        ("'a'", "character varying(20)", "'a'::character varying"),
        ("'0'", "bigint", "0"),
        ("'t'", "boolean", "TRUE"),
        ("0", "numeric(10,2)", "0"),
        ("null", "text", "NULL"),
        ("'a'", None, "'a'"),
    ):
        assert canonical(expression(source), NoNames(), expected=spelled) == text
