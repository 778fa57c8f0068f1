"""The comparison of two catalogs: which fields count, how objects are named, and whose statement is named."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.objects import Catalog
from policytool.catalog.parity import Difference, Tally, parity, tally
from tests.parity.support import built

TABLE = (
    "create table public.t (\n  id int primary key,\n  v text\n);\n"
    "create policy p on public.t using (id = 1);\n"
    "grant select (id, v) on public.t to public;\n"
)


def other(catalog: Catalog, **changes: object) -> Catalog:
    """The catalog with changed fields of its table."""
    table = replace(catalog.tables["public", "t"], **changes)
    return replace(catalog, tables={("public", "t"): table})


def only(differences: tuple[Difference, ...]) -> Difference:
    (difference,) = differences
    return difference


def test_a_catalog_agrees_with_itself() -> None:
    """And every object that a statement made is counted."""
    catalog = built(TABLE)
    assert parity(catalog, catalog) == ()
    counts = tally(catalog, catalog)
    assert counts["table"] == Tally(total=1, agreeing=1)
    assert counts["column"].total == 2
    assert "role" not in counts


def test_evidence_is_no_difference() -> None:
    """Places, and what only one of the producers can know, are left out."""
    catalog = built(TABLE)
    moved = built("\n\n" + TABLE)
    assert moved.tables["public", "t"].made != catalog.tables["public", "t"].made
    assert parity(catalog, moved) == ()
    assert parity(catalog, other(catalog, origin="platform")) == ()


def test_field_that_differs_is_named_with_its_statement() -> None:
    """Kind, identity, field, both values, and the place of the statement behind the object."""
    catalog = built(TABLE)
    (policy,) = catalog.tables["public", "t"].policies
    difference = only(parity(catalog, other(catalog, policies=(replace(policy, using="id = 2"),))))
    assert (difference.kind, difference.identity, difference.field) == ("policy", "p on public.t", "using")
    assert (difference.built, difference.observed) == ("id = 1", "id = 2")
    assert difference.location is not None
    assert (difference.location.path, difference.location.line) == ("test.sql", 5)
    counts = tally(catalog, other(catalog, policies=(replace(policy, using="id = 2"),)))
    assert counts["policy"] == Tally(total=1, agreeing=0)


def test_missing_part_is_placed_at_what_it_belongs_to() -> None:
    """What only the server has, has no statement of its own; that of its table is the nearest."""
    catalog = built(TABLE)
    (policy,) = catalog.tables["public", "t"].policies
    both = (policy, replace(policy, name="q", made=None, changed=None))
    difference = only(parity(catalog, other(catalog, policies=both)))
    assert (difference.identity, difference.field, difference.built, difference.observed) == (
        "q on public.t",
        "existence",
        False,
        True,
    )
    assert difference.location == catalog.tables["public", "t"].changed


def test_order_of_columns_counts_and_of_policies_does_not() -> None:
    """Columns have an order in SQL; what else belongs to a table is a set."""
    catalog = built(TABLE + "create policy a on public.t using (true);")
    table = catalog.tables["public", "t"]
    assert only(parity(catalog, other(catalog, columns=table.columns[::-1]))).field == "column order"
    assert parity(catalog, other(catalog, policies=table.policies[::-1])) == ()


def test_grants_are_compared_one_by_one() -> None:
    """Each privilege of each grantee on each column."""
    catalog = built(TABLE)
    grants = catalog.tables["public", "t"].grants
    fewer = tuple(replace(g, columns=("id",)) if g.columns else g for g in grants)
    difference = only(parity(catalog, other(catalog, grants=fewer)))
    assert difference.identity == "SELECT (v) to public by postgres on public.t"
    assert difference.location is not None
    assert difference.location.line == 6


def test_what_extensions_brought_and_what_is_assumed_is_left_out() -> None:
    """A server has more members of an extension than a stand-in; an assumed table is on no server."""
    catalog = built(TABLE)
    assert parity(catalog, other(catalog, origin="extension", rls_enabled=True)) != ()
    assert parity(other(catalog, origin="extension"), other(catalog, origin="extension", rls_enabled=True)) == ()
    assert parity(other(catalog, assumed=True), replace(catalog, tables={})) == ()
