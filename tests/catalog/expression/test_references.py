"""What a text refers to."""

from __future__ import annotations

from policytool.catalog.expression.references import References, references
from tests.catalog.expression.sample import Sample, cases


def test_own_columns() -> None:
    """Columns without qualification are the own table's, and so are those qualified with a name from outside."""
    found = references("user_id = auth.uid() AND EXISTS (SELECT 1 FROM public.members m WHERE m.org_id = posts.org_id)")
    assert found.own_columns == {"user_id", "org_id"}
    assert found.own_names == {"posts"}
    assert found.columns == {("public", "members", "org_id")}
    assert found.tables == {("public", "members")}
    assert found.functions == {("auth", "uid")}


def test_tables_behind_aliases() -> None:
    """An alias is resolved in the innermost query that has it; WITH queries and sub-queries are no tables."""
    found = references(
        "WITH x AS (SELECT posts.id FROM public.posts) SELECT x.id, s.n, p.title FROM x JOIN app.pages p ON p.id = x.id"
        " JOIN (SELECT count(*) AS n FROM public.tags p WHERE p.kind = 'a') s ON TRUE"
    )
    assert found.tables == {("public", "posts"), ("app", "pages"), ("public", "tags")}
    assert found.columns == {
        ("public", "posts", "id"),
        ("app", "pages", "id"),
        ("app", "pages", "title"),
        ("public", "tags", "kind"),
    }
    assert not found.own_columns


def test_columns_joined_by_using() -> None:
    """USING names a column of both sides."""
    found = references("SELECT a.x FROM public.a JOIN public.b USING (id)")
    assert {("public", "a", "id"), ("public", "b", "id")} <= found.columns


def test_types_and_sequences() -> None:
    """Types in casts count, and a sequence that nextval or regclass names in a string."""
    found = references("nextval('public.posts_no') || ('x'::app.role)::text || 'public.\"A b\"'::regclass::text")
    assert found.types == {("app", "role")}
    assert found.tables == {("public", "posts_no"), ("public", "A b")}


def test_changes() -> None:
    """The columns that INSERT and UPDATE set, and the target of ON CONFLICT, are columns of their table."""
    found = references(
        "INSERT INTO public.a AS t (x, y) VALUES (1, 2)"
        " ON CONFLICT (x) DO UPDATE SET y = excluded.y WHERE t.z RETURNING t.w"
    )
    assert found.columns == {("public", "a", column) for column in "xyzw"}


def test_rules() -> None:
    """What follows ON event TO table in a rule is read as well."""
    found = references("WHERE new.x > 1 DO INSTEAD DELETE FROM public.a WHERE a.id = old.id")
    assert found.tables == {("public", "a")}
    assert found.own_columns == {"x", "id"}
    assert found.own_names == {"new", "old"}


def test_what_does_not_parse() -> None:
    """Text that is no SQL refers to nothing."""
    assert references("this is not an expression (") == References()


def test_every_reference_of_a_view_is_a_dependency(populated: Sample) -> None:
    """The tables and columns of views are those that the server noted as their dependencies."""
    rows = populated.ask(
        "select distinct v.relname, n.nspname, c.relname, a.attname from pg_depend d"
        " join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass"
        " join pg_class v on v.oid = r.ev_class join pg_class c on c.oid = d.refobjid and c.oid <> v.oid"
        " join pg_namespace n on n.oid = c.relnamespace"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid"
        " where d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and v.relnamespace = 'views'::regnamespace"
    )
    noted: dict[str, set[tuple[str, str, str]]] = {}
    for view, *column in rows:
        noted.setdefault(view, set()).add((column[0], column[1], column[2]))
    for number, source in enumerate(cases("views.txt")):
        found = references(populated.canonical_query(source)).columns
        assert {c for c in found if c[2] not in ("ctid", "xmin", "tableoid")} <= noted.get(f"v{number}", set()), source
