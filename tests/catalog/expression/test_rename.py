"""Canonical text after a rename is what the server then shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policytool.catalog.expression.canonical import canonical, canonical_query
from policytool.catalog.expression.rename import (
    rename_column,
    rename_function,
    rename_relation,
    rename_schema,
    rename_type,
)
from policytool.catalog.model import Name
from tests.catalog.expression.sample import POSTS, Sample, expression, query
from tests.catalog.expression.server_names import ServerNames

Rename = Callable[[str, bool, Sample], str]
MEMBERS = ("public", "members")


def column(table: Name, old: str, new: str) -> Rename:
    """The new name of a column; policies are those of posts."""

    def rename(text: str, own: bool, sample: Sample) -> str:
        relation = sample.names.relation(*table)
        columns = tuple(name for name, _ in relation.columns) if relation is not None else ()
        return rename_column(text, table, old, new, own and table == POSTS, columns=columns)

    return rename


def relation(old: Name, new: Name) -> Rename:
    """The new name of a table."""
    return lambda text, own, sample: rename_relation(text, old, new)


CASES: list[tuple[str, Rename]] = [
    ("alter table public.posts rename org_id to organisation", column(POSTS, "org_id", "organisation")),
    ("alter table public.posts rename title to headline", column(POSTS, "title", "headline")),
    ("alter table public.members rename user_id to member", column(MEMBERS, "user_id", "member")),
    ("alter table public.members rename to crew", relation(MEMBERS, ("public", "crew"))),
    ("alter table public.posts rename to articles", relation(POSTS, ("public", "articles"))),
    ("alter table public.orgs set schema app", relation(("public", "orgs"), ("app", "orgs"))),
    (
        "alter function public.is_member(uuid) rename to belongs",
        lambda t, own, s: rename_function(t, ("public", "is_member"), ("public", "belongs")),
    ),
    (
        "alter function public.my_orgs() set schema app",
        lambda t, own, s: rename_function(t, ("public", "my_orgs"), ("app", "my_orgs")),
    ),
    ("alter type app.role rename to function", lambda t, own, s: rename_type(t, ("app", "role"), ("app", "function"))),
    ("alter schema auth rename to identity", lambda t, own, s: rename_schema(t, "auth", "identity")),
]
# posts_1 was written here, but is taken for the name that Postgres gives a second posts.
LOOKS_MADE = "posts_1 JOIN public.posts"


def shown(sample: Sample) -> tuple[list[str], list[str]]:
    """The canonical text of every policy and view as the server shows them now."""
    names = ServerNames(sample.connection)
    ((schema, table),) = sample.ask(
        "select distinct relnamespace::regnamespace::text, relname from pg_policy join pg_class c on c.oid = polrelid"
    )
    policies = sample.ask("select pg_get_expr(polqual, polrelid) from pg_policy order by polname")
    views = sample.ask(
        "select pg_get_viewdef(oid) from pg_class where relnamespace = 'views'::regnamespace order by relname"
    )
    return (
        [canonical(expression(text), names, (schema, table)) for (text,) in policies],
        [canonical_query(query(text), names) for (text,) in views],
    )


@pytest.mark.parametrize(("sql", "rename"), CASES, ids=[sql for sql, _ in CASES])
def test_rename(populated: Sample, sql: str, rename: Rename) -> None:
    """A rename in text does what a rename on the server does to every policy and view."""
    policies, views = shown(populated)
    with populated.trial():
        populated.run(sql)
        policies_after, views_after = shown(populated)
    for before, after in zip(policies, policies_after, strict=True):
        if LOOKS_MADE not in before:
            assert rename(before, True, populated) == after
    for before, after in zip(views, views_after, strict=True):
        assert rename(before, False, populated) == after


def test_sequence() -> None:
    """The name of a sequence in a default follows the sequence."""
    text = "nextval('public.posts_no')"
    assert rename_relation(text, ("public", "posts_no"), ("app", "Numbers")) == "nextval('app.\"Numbers\"')"


def test_rule() -> None:
    """So do the tables in the actions of a rule."""
    text = "WHERE new.x > 1 DO INSTEAD DELETE FROM public.a WHERE a.id = old.id"
    expected = "WHERE new.x > 1 DO INSTEAD DELETE FROM public.b WHERE b.id = old.id"
    assert rename_relation(text, ("public", "a"), ("public", "b")) == expected


def test_other_names_stay() -> None:
    """A column of the same name in another table, and an alias called like the table, keep their names."""
    text = "EXISTS (SELECT 1 FROM public.a JOIN public.b posts ON posts.id = a.id WHERE a.id = id)"
    assert rename_column(text, ("public", "c"), "id", "key", False) == text
    assert rename_relation(text, ("public", "posts"), ("public", "c")) == text


def test_what_does_not_parse() -> None:
    """Text that is no SQL stays as it is."""
    assert rename_schema("not ( sql", "public", "app") == "not ( sql"
