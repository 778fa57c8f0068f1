"""Files to statements."""

from policytool.source import Include, SqlFile
from policytool.syntax import Parsed, Statement, locate, parse_file, parse_files


def parsed(text: str, *, transaction: bool = True) -> Parsed:
    return parse_file(SqlFile(path="a.sql", text=text, transaction=transaction))


def sqls(result: Parsed) -> list[str]:
    return [statement.sql for statement in result.statements]


def kinds(result: Parsed) -> list[str]:
    return [problem.kind for problem in result.problems]


def at(statement: Statement) -> tuple[int, int, int, int]:
    place = statement.location
    return place.line, place.column, place.end_line, place.end_column


def test_statement_text_is_exact() -> None:
    """Leading comments, the semicolon, and what stands between them and the statement are left out."""
    result = parsed("-- one\nselect 1 -- in it\n;\n/* two */ select\n  2;;select 3 -- last\n")
    assert sqls(result) == ["select 1", "select\n  2", "select 3"]
    assert [at(statement) for statement in result.statements] == [(2, 1, 2, 9), (4, 11, 5, 4), (5, 6, 5, 14)]
    assert [statement.index for statement in result.statements] == [0, 1, 2]


def test_offsets_count_characters_after_non_ascii_text() -> None:
    """Postgres counts bytes; lines and columns are in characters, inside and after text of several bytes."""
    text = '-- größe 😀\ncreate table "tür" ("maß" text default \'😀\', b int);\nselect \'ä\', b from "tür";'
    result = parsed(text)
    assert sqls(result)[1] == "select 'ä', b from \"tür\""
    column = result.statements[0].node["tableElts"][1]["ColumnDef"]
    place = locate(result.statements[0], column["location"])
    assert (place.line, place.column, place.end_column) == (2, text.split("\n")[1].index("b int") + 1, 46)
    table = result.statements[1].node["fromClause"][0]["RangeVar"]
    place = locate(result.statements[1], table["location"])
    assert (place.line, place.column, place.end_column) == (3, 20, 25)


def test_locate_takes_an_end_and_works_after_recovery() -> None:
    """A node's place is right in a file that had to be read piece by piece, where offsets start anew."""
    text = "selec 'ö';\n  select 'ä', b from c;\n"
    statement = parsed(text).statements[0]
    assert statement.base == len("selec 'ö';\n  ".encode())
    table = statement.node["fromClause"][0]["RangeVar"]["location"]
    assert locate(statement, table).column == text.split("\n")[1].index("c;") + 1
    place = locate(statement, 0, len(statement.sql.encode()))
    assert (place.line, place.column, place.end_line, place.end_column) == at(statement)


def test_crlf() -> None:
    """Windows line ends count as one line end, and stay out of comments."""
    result = parsed("-- a\r\n-- b\r\nselect 1; -- c\r\n\r\nselect\r\n 2;\r\n")
    assert [at(statement) for statement in result.statements] == [(3, 1, 3, 9), (5, 1, 6, 3)]
    assert result.statements[0].comments == ("-- a", "-- b", "-- c")


def test_comments_beside_a_statement() -> None:
    """Comments above belong to the statement across at most one blank line, and so does one behind it."""
    text = "-- far\n\n\n-- near\n\n/* block\n -- still */\n-- above\nselect 1; -- behind\n-- next\nselect 2 -- end\n"
    first, second = parsed(text).statements
    assert first.comments == ("-- near", "/* block\n -- still */", "-- above", "-- behind")
    assert second.comments == ("-- next", "-- end")


def test_comment_between_two_statements_on_a_line_belongs_to_the_second() -> None:
    """What stands before a statement on its own line is not said of the one before it."""
    first, second = parsed("select 1; /* b */ select 2; -- c").statements
    assert (first.comments, second.comments) == ((), ("/* b */", "-- c"))


def test_dashes_in_strings_are_no_comments() -> None:
    """Only comments are comments."""
    first, second = parsed("select '-- a';\nselect ' /* b */';").statements
    assert (first.sql, first.comments, second.comments) == ("select '-- a'", (), ())
    assert parsed("select 1 as x\n  , '--'").statements[0].sql == "select 1 as x\n  , '--'"


def test_one_broken_statement_costs_only_itself() -> None:
    """The statements around it are read, and the problem has Postgres' words and the place of the word it means."""
    result = parsed("create table ä ();\ncreate tabel b ();\ncreate table c ();\n")
    assert sqls(result) == ["create table ä ()", "create table c ()"]
    (problem,) = result.problems
    assert (problem.kind, problem.message) == ("syntax", 'syntax error at or near "tabel"')
    place = problem.location
    assert (place.path, place.line, place.column, place.end_column) == ("a.sql", 2, 8, 13)
    assert problem.sql == "create tabel b ()"


def test_error_position_in_non_ascii_text() -> None:
    """The position that pglast shifts twice in non-ASCII text is put right."""
    (problem,) = parsed("select 'ééé'; selec 2;").problems
    assert problem.location.column == 15


def test_missing_semicolon_is_said_and_both_statements_are_read() -> None:
    """A statement without an end does not swallow the one that begins on a later line."""
    result = parsed("create table a (x int)\n\ncreate table b ();\ncreate table c ();")
    assert sqls(result) == ["create table a (x int)", "create table b ()", "create table c ()"]
    assert [problem.message for problem in result.problems] == [
        'no semicolon ends this statement (syntax error at or near "create")'
    ]


def test_unterminated_string_ends_at_the_next_statement() -> None:
    """An apostrophe too many does not turn the rest of the file inside out."""
    result = parsed("create table a (x text default 'oops);\ncreate table b (y text default 'fine');\nselect 'x';")
    assert sqls(result) == ["create table b (y text default 'fine')", "select 'x'"]
    assert kinds(result) == ["syntax"]


def test_unterminated_dollar_quote_ends_at_the_next_statement() -> None:
    """A function body without an end is one problem, and what follows is read."""
    body = "create function f() returns int language sql as $$\n  select 1;\n"
    result = parsed(f"{body}create table b ();\ncreate function g() returns int language sql as $$ select 2 $$;")
    assert [statement.kind for statement in result.statements] == ["CreateStmt", "CreateFunctionStmt"]
    assert kinds(result) == ["syntax"]
    lone = parsed(f"{body}alter table b enable row level security;")
    assert [statement.kind for statement in lone.statements] == ["AlterTableStmt"]


def test_broken_header_does_not_open_the_body() -> None:
    """Statements inside the body of a function whose header is wrong are not taken for statements of the file."""
    text = "create funktion f() returns void as $$\ninsert into a values (1);\ndrop table a;\n$$;\nselect 1;"
    result = parsed(text)
    assert sqls(result) == ["select 1"]
    assert len(result.problems) == 1


def test_nested_dollar_quotes_and_semicolons_inside() -> None:
    """Quotes of any tag, nested comments, escapes, rule actions and atomic bodies keep their semicolons."""
    good = [
        "do $outer$ begin execute $$ select ';' $$; end $outer$",
        "select E'it\\'s; fine', 'a''b;', \"we;ird\", $tag$;$tag$",
        "/* a; /* b; */ c; */ select 1",
        "create rule r as on insert to t do also (insert into u values (1); insert into u values (2))",
        "create function f() returns int begin atomic select 1; select case when true then 2 end; end",
    ]
    result = parsed("selec 0;\n" + ";\n".join(good) + ";\nselect 9;")
    assert sqls(result) == [*good[:2], "select 1", *good[3:], "select 9"]
    assert len(result.problems) == 1


def test_errors_without_a_position() -> None:
    """An expression too deep for the parser is a problem of its own, however the others are batched."""
    deep = "select " + "1 + " * 5000 + "1"
    result = parsed(f"create table a ();\n{deep};\ncreate table b ();")
    assert sqls(result) == ["create table a ()", "create table b ()"]
    assert [(problem.location.line, problem.message) for problem in result.problems] == [
        (2, "nested too deeply to be read")
    ]
    assert len(result.problems[0].sql) <= 200


def test_copy_data_is_passed_over() -> None:
    """Rows of a dump are no SQL, whatever stands in them, even at the end of a batch of statements."""
    rows = "1\tit's; $$ -- \\N\n2\tcreate table x ();\n"
    text = f"create table t (a int, b text);\nCOPY t (a, b) FROM stdin;\n{rows}\\.\n\n-- after\ncreate table u ();\n"
    result = parsed(text * 20)
    assert [statement.kind for statement in result.statements] == ["CreateStmt", "CopyStmt", "CreateStmt"] * 20
    assert result.statements[2].comments == ("-- after",)
    assert result.problems == ()


def test_copy_without_rows() -> None:
    """Where no `\\.` follows, there are no rows to pass over."""
    result = parsed("copy t from stdin;\nselec 1;\nselect 2;")
    assert sqls(result) == ["copy t from stdin", "select 2"]


def test_harmless_psql_lines_are_dropped() -> None:
    """What pg_dump writes needs no mention."""
    text = "\\restrict abc\n\\set ON_ERROR_STOP on\n\\echo done\ncreate table a ();\n\\unrestrict abc\n"
    result = parsed(text)
    assert (sqls(result), result.problems) == (["create table a ()"], ())


def test_psql_lines_that_matter_are_problems() -> None:
    """A command that changes what the script means is said, with its line."""
    text = "create table a ();\n\\connect other\n\\if :x\ncreate table b ();\n\\endif\nselect 'drop table a' \\gexec\n"
    result = parsed(text)
    assert sqls(result) == ["create table a ()", "create table b ()", "select 'drop table a'"]
    assert [(problem.kind, problem.location.line, problem.sql) for problem in result.problems] == [
        ("psql", 2, "\\connect other"),
        ("psql", 3, "\\if :x"),
        ("psql", 6, "\\gexec"),
    ]


def test_included_files_run_where_they_are_included() -> None:
    """Statements of an included file keep their own path; a missing one is a problem."""
    inner = SqlFile(path="b.sql", text="create table b ();\nselec 1;")
    text = "create table a ();\n\\ir b.sql\ncreate table c ();\n\\i gone.sql\n"
    outer = SqlFile(path="a.sql", text=text, includes=(Include(name="b.sql", file=inner),))
    result = parse_file(outer)
    assert sqls(result) == ["create table a ()", "create table b ()", "create table c ()"]
    assert [statement.location.path for statement in result.statements] == ["a.sql", "b.sql", "a.sql"]
    assert [(problem.kind, problem.location.path) for problem in result.problems] == [
        ("psql", "a.sql"),
        ("syntax", "b.sql"),
    ]


def test_placeholders_get_a_stand_in() -> None:
    """A templated statement is read, and said to be one; its text stays as written."""
    text = (
        "create table {{ Schéma }}.t (a int);\ncreate role x password :'pw';\n"
        "grant select on ${table} to @role@;\nselect * from :tbl limit :n;\ncreate table b ();\n"
    )
    result = parsed(text)
    assert sqls(result)[0] == "create table {{ Schéma }}.t (a int)"
    assert sqls(result)[4] == "create table b ()"
    assert [statement.kind for statement in result.statements] == [
        "CreateStmt",
        "CreateRoleStmt",
        "GrantStmt",
        "SelectStmt",
        "CreateStmt",
    ]
    assert kinds(result) == ["placeholder"] * 4
    assert result.problems[0].message.startswith("{{ Schéma }} is a placeholder")
    column = result.statements[0].node["tableElts"][0]["ColumnDef"]["location"]
    assert locate(result.statements[0], column).column == text.index("a int") + 1


def test_placeholder_as_a_literal() -> None:
    """Where a name does not fit, a string does."""
    result = parsed("create role x password {{ secret }};")
    assert (len(result.statements), kinds(result)) == (1, ["placeholder"])


def test_casts_and_slices_are_no_placeholders() -> None:
    """`::` and array slices are SQL."""
    (problem,) = parsed("selec a::int, b[1:n] from c;").problems
    assert problem.kind == "syntax"


def test_transaction_control_is_said_where_the_tool_has_its_own() -> None:
    """A COMMIT inside a file that the tool runs in one transaction ends that one."""
    text = "begin;\nselect 1;\ncommit;"
    assert kinds(parsed(text)) == ["transaction"]
    assert kinds(parsed(text, transaction=False)) == []


def test_nothing_and_garbage() -> None:
    """No text, comments only, and no SQL at all give no statement and no failure."""
    for text in ("", "  \n", "-- only\n/* comments */", ";;;\n;"):
        assert parsed(text) == Parsed(statements=(), problems=())
    for text in ("/* open", "'", "$$", "\\", "}{", "ä", '"'):
        result = parsed(text)
        assert (result.statements, kinds(result)) == ((), ["syntax"])


def test_files_follow_each_other() -> None:
    """Several files give the statements of all, in order."""
    result = parse_files([SqlFile(path="a.sql", text="select 1"), SqlFile(path="b.sql", text="select 2; selec")])
    assert [(statement.sql, statement.file.path) for statement in result.statements] == [
        ("select 1", "a.sql"),
        ("select 2", "b.sql"),
    ]
    assert [problem.location.path for problem in result.problems] == ["b.sql"]


def test_broken_text_takes_linear_time_in_the_number_of_errors() -> None:
    """Thousands of broken statements are each named."""
    result = parsed("create tabel x ();\ncreate table y ();\n" * 3000)
    assert (len(result.statements), len(result.problems)) == (3000, 3000)
    assert result.problems[-1].location.line == 5999
