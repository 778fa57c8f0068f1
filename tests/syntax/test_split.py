"""The tolerant splitter against PostgreSQL's own parser."""

from hypothesis import given
from hypothesis import strategies as st

from policytool.syntax import raw
from policytool.syntax.split import split

STATEMENTS = [
    "select ';'",
    "select 'it''s'",
    "select E'a\\';b'",
    'select ";" from "a""b"',
    "select $$;'$$",
    "select $a$;$$;$a$",
    "select a$b$c from d",
    "select 1 -- ;'",
    "select 1 /* ; /* ' */ $$ */",
    "do $$ begin perform ';'; end $$",
    "create function f() returns int begin atomic select 1; select 2; end",
    "create rule r as on insert to t do (select 1; select 2)",
    "create procedure p() begin atomic select case when a then 1 end from b; end",
    "select $1, a.$$x$$",
    "select U&'d!0061;' uescape '!'",
    "select 'a\\'; select 'b'",
]
GOOD = [sql for sql in STATEMENTS if "a.$$" not in sql]


@given(st.lists(st.sampled_from(GOOD), max_size=6), st.sampled_from([";", ";\n", " ;\n-- x ;\n", ";;/* ; */"]))
def test_splitter_and_parser_cut_at_the_same_places(sqls: list[str], between: str) -> None:
    """Each piece begins where PostgreSQL says that a statement begins."""
    text = "".join(sql + ("\n" if "--" in sql else "") + between for sql in sqls)
    pieces = [piece.body for piece in split(text)]
    assert pieces == [statement.stmt_location for statement in raw.parse(text)]


def test_pieces_of_broken_text_cover_it_in_order() -> None:
    """Pieces never overlap, and each ends after it begins."""
    text = ";\n".join(STATEMENTS) + "; select 'open"
    position = 0
    for piece in split(text):
        assert position <= piece.start <= piece.body < piece.end <= piece.after
        position = piece.after
    assert position == len(text)


@given(st.text(alphabet="a;'\"$\\-/*\n ", max_size=40))
def test_any_text_is_split_without_failure(text: str) -> None:
    """The splitter ends, and covers everything but white space, comments and semicolons."""
    position = 0
    for piece in split(text):
        assert position <= piece.start <= piece.body < piece.end <= piece.after <= len(text)
        position = piece.after
