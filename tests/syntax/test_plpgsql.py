"""PL/pgSQL bodies."""

from policytool.syntax.plpgsql import parse_block, parse_body


def first_statement(tree: dict[str, dict[str, dict[str, list[dict[str, object]]]]] | None) -> str:
    assert tree is not None
    return next(iter(tree["action"]["PLpgSQL_stmt_block"]["body"][0]))


def test_function_body() -> None:
    """The tree of a function is that of its block."""
    sql = "create function f() returns int language plpgsql as $$ begin return 1; end $$"
    assert first_statement(parse_body(sql)) == "PLpgSQL_stmt_return"


def test_do_block_with_any_dollar_quote() -> None:
    """A body that holds the usual quotes itself is wrapped in another one."""
    body = "begin execute $body$ select 1 $body$; perform $body1$ x $body1$; end"
    assert first_statement(parse_block(body)) == "PLpgSQL_stmt_dynexecute"


def test_what_does_not_parse_gives_none() -> None:
    """Broken bodies and other languages have no tree."""
    assert parse_block("begin retur 1; end") is None
    assert parse_body("create function f() returns int language sql as $$ select 1 $$") is None
    assert parse_body("selec") is None
    assert parse_block("declare x missing.table%rowtype; begin perform 1; end") is not None
