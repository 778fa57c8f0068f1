"""Small readers over parse trees."""

import pytest

from policytool.syntax.fragments import parse_expression, parse_query
from policytool.syntax.node import (
    bool_of,
    int_of,
    is_null,
    kind_of,
    names,
    options,
    qualified,
    range_var,
    string_of,
    type_name,
    walk,
    word_of,
)


def query(sql: str) -> dict[str, object]:
    tree = parse_query(sql)
    assert tree is not None
    return kind_of(tree)[1]


@pytest.mark.parametrize(
    ("text", "string", "number", "truth"),
    [
        ("'a'", "a", None, None),
        ("'a'::text::varchar", "a", None, None),
        ("''", "", None, None),
        ("0", None, 0, False),
        ("-3", None, -3, None),
        ("1", None, 1, True),
        ("true", None, None, True),
        ("false", None, None, False),
        ("'off'", "off", None, False),
        ("null", None, None, None),
        ("f(1)", None, None, None),
    ],
)
def test_constants(text: str, string: str | None, number: int | None, truth: bool | None) -> None:
    """Strings, integers and truth values are read through casts, and zero values that the parser leaves out."""
    node = parse_expression(text)
    assert (string_of(node), int_of(node), bool_of(node)) == (string, number, truth)
    assert is_null(node) == (text == "null")


def test_options_of_a_statement() -> None:
    """Storage options are read however their value was written."""
    view = query(
        "create view v with (security_invoker, security_barrier = off, check_option = local, x = 1.5) as select 1"
    )
    found = options(view["options"])  # type: ignore[arg-type]
    assert {name: word_of({"DefElem": option}) for name, option in found.items()} == {
        "security_invoker": "true",
        "security_barrier": "off",
        "check_option": "local",
        "x": "1.5",
    }
    assert [bool_of({"DefElem": found[name]}) for name in ("security_invoker", "security_barrier")] == [True, False]
    assert type_name(found["check_option"]["arg"]) == "local"


def test_names() -> None:
    """Qualified names come apart, and a star is a part of its own."""
    call = query("select a.b.c(), t.* from s.t, u")
    targets = [kind_of(kind_of(target)[1]["val"])[1] for target in call["targetList"]]  # type: ignore[attr-defined]
    assert names(targets[0]["funcname"]) == ("a", "b", "c")
    assert qualified(targets[0]["funcname"]) == ("b", "c")
    assert names(targets[1]["fields"]) == ("t", "*")
    assert [range_var(table) for table in call["fromClause"]] == [("s", "t"), (None, "u")]  # type: ignore[attr-defined]
    assert (names(None), qualified([]), kind_of({})) == ((), (None, ""), ("", {}))


def test_walk_reaches_every_node_in_order() -> None:
    """Nodes inside lists, sub-queries and statements without a kind of their own are all reached."""
    tree = parse_query("with a as (select f(1)) select g(h(x)) from a where exists (select k()) union select l()")
    calls = [names(body["funcname"])[0] for kind, body in walk(tree) if kind == "FuncCall"]
    assert sorted(calls) == ["f", "g", "h", "k", "l"]
    assert calls.index("g") < calls.index("h")


@pytest.mark.parametrize("text", ["", "1, 2) , (3", "1) from t where (true", "1 +", "selec t u", "1; drop table t"])
def test_what_is_no_single_expression_gives_none(text: str) -> None:
    """Nothing beside the expression slips in through its text."""
    assert parse_expression(text) is None


def test_expressions_may_end_in_a_comment() -> None:
    """A comment at the end of an expression does not swallow the bracket around it."""
    assert parse_expression("a = b -- why") == parse_expression("a = b")
    assert parse_query("select 1; select 2") is None
    assert parse_query("selec") is None
