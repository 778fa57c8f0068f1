"""What counts as a difference between two dumps, and what is only another spelling."""

from __future__ import annotations

import pytest

from policytool.diff.mismatch import dumps, loose
from policytool.diff.older import as_of
from policytool.diff.standing import Observed
from tests.catalog.closing import built

TABLE = "CREATE TABLE public.t (\n    a integer,\n    CONSTRAINT c CHECK ({check})\n)"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("((a > 1) AND (a < 5)) AND (b = 2)", "(a > 1) AND (a < 5) AND (b = 2)"),
        (
            "EXISTS ( SELECT 1\n   FROM u\n  WHERE u.a = t.a)",
            "EXISTS ( SELECT u.a,\n    u.b\n   FROM u\n WHERE u.a = t.a)",
        ),
        ("SELECT a AS x FROM t UNION SELECT b FROM u", "SELECT a FROM t UNION SELECT b AS y FROM u"),
    ],
)
def test_another_spelling(one: str, other: str) -> None:
    """Brackets, lists under EXISTS and names within a UNION: the catalogs compare what they mean."""
    assert loose(one) == loose(other)
    assert list(dumps([one], [other])) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a > 1", "a > 2"),
        ("EXISTS ( SELECT 1 FROM u)", "EXISTS ( SELECT 1 FROM v)"),
        ("SELECT a AS x FROM t", "SELECT a AS y FROM t"),
        ("EXISTS ( SELECT 1 FROM u WHERE EXISTS ( SELECT 1 FROM v))", "EXISTS ( SELECT 1 FROM v)"),
    ],
)
def test_another_meaning(one: str, other: str) -> None:
    """Values, relations and names of columns count."""
    assert loose(one) != loose(other)


def test_entries_that_begin_alike() -> None:
    """Of two entries of one object the lines are shown that differ."""
    got, wanted = (TABLE.format(check=check) for check in ("a > 1", "a > 2"))
    assert list(dumps([got], [wanted])) == [
        "pg_dump of CREATE TABLE public.t (: after the plan: CONSTRAINT c CHECK (a > 1); not there: "
        "CONSTRAINT c CHECK (a > 2)"
    ]


def test_entries_of_one_side() -> None:
    """An object that only one of them has is named."""
    entry = "COMMENT ON TABLE t IS 'x';"
    assert list(dumps([entry], [])) == [f"pg_dump: only after the plan: {entry}"]
    assert list(dumps([], [entry])) == [f"pg_dump: not after the plan: {entry}"]


def test_what_no_statement_can_change() -> None:
    """Whether a child's column is its own, too; and an option whose value no catalog shows."""
    child = "CREATE TABLE public.k (\n{column}c integer\n)\nINHERITS (public.p)"
    assert list(dumps([child.format(column="a integer\n")], [child.format(column="")])) == []
    mapping = "CREATE USER MAPPING FOR alice SERVER s OPTIONS (\n    password '{secret}'\n)"
    assert list(dumps([mapping.format(secret="***")], [mapping.format(secret="x")])) == []
    assert list(dumps([mapping.format(secret="y")], [mapping.format(secret="x")])) != []


def test_what_an_older_version_does_not_know() -> None:
    """MAINTAIN is left out of catalogs, lists and ALL, for a project of PostgreSQL 16 and no other."""
    catalog = built("create table t (a int); grant maintain on t to public", "postgres")
    entry = "GRANT ALL ON TABLE public.t TO bob;\nGRANT MAINTAIN ON TABLE public.t TO PUBLIC;"
    seen = Observed(catalog=catalog, dump=(entry,))
    assert as_of(seen, 17) is seen
    found = as_of(seen, 16)
    assert all(grant.privilege != "MAINTAIN" for grant in found.catalog.tables["public", "t"].grants)
    assert found.dump == ("GRANT DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE ON TABLE public.t TO bob;",)
