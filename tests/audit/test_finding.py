"""Identity and fingerprint of findings."""

from policytool.finding import Finding, ObjectRef
from policytool.syntax.location import Location

TABLE = ObjectRef(kind="table", schema="public", name="Order Items")


def finding(**changes: object) -> Finding:
    """A finding with some fields changed."""
    fields: dict[str, object] = {"rule": "r", "severity": "error", "message": "m", "object": TABLE, **changes}
    return Finding(**fields)  # type: ignore[arg-type]


def test_an_identity_quotes_names_where_postgres_would() -> None:
    """One can paste it into SQL."""
    assert TABLE.identity == 'table public."Order Items"'
    policy = ObjectRef(kind="policy", schema="public", table="orders", name="own")
    assert policy.identity == "policy public.orders.own"
    function = ObjectRef(kind="function", schema="public", name="f(text)")
    assert function.identity == "function public.f(text)"


def test_a_fingerprint_is_of_rule_object_and_key_alone() -> None:
    """Neither message nor place nor severity is part of it."""
    place = Location(path="a.sql", line=1, column=1, end_line=1, end_column=2)
    assert finding().fingerprint == finding(message="other", severity="info", location=place).fingerprint
    assert finding().fingerprint != finding(rule="other").fingerprint
    assert finding().fingerprint != finding(key="column").fingerprint
