r"""A script is read as psql reads it: what psql itself prints for the same file is what the TAP reader gets."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from policytool.postgres.platform import project_rights
from policytool.postgres.script import console
from policytool.postgres.server import Server
from policytool.testing.pgtap.script import Player
from policytool.testing.pgtap.suites import Suite, load_for, read_file
from policytool.testing.pgtap.tap import Place, Tap

# As pg_prove starts psql.
FLAGS = ("--no-psqlrc", "--no-align", "--quiet", "--pset=pager=off", "--pset=tuples_only=true", "--set=ON_ERROR_STOP=1")

SCRIPTS = {
    "rows": "select 1, null, 'a|b';\nselect generate_series(1, 3);\nselect 'two\nlines';\nvalues (true, 1.50);",
    "no rows": "create table t (a int);\ninsert into t values (1) returning a;\n"
    "select from t;\nselect * from t where a > 1;",
    "no semicolon at the end": "select 1;\nselect 2",
    "variables": "\\set name world\n\\set n 3\n"
    "select :'name', :n + 1, 'not :n', \"a:n\" from (select 1 as \"a:n\") as t;\n"
    "select '{1,2,3}'::int[], ('{1,2,3}'::int[])[1:2], :{?name}, :{?other};\n-- :n\nselect 'x' as :\"name\";",
    "a variable that is not set": "select 1 where 'a' = ':nobody';\nselect ('{5,6}'::int[])[1:1];",
    "values with quotes": "\\set s 'it''s a \"test\"'\nselect :'s';\n\\set t a b 'c\\td'\nselect :'t';\n\\echo :s",
    "conditions": "\\set yes on\n\\if :yes\nselect 'a';\n\\if false\nselect 'b';\n"
    "\\elif true\nselect 'c';\n\\else\nselect 'd';\n"
    "\\endif\n\\else\nselect 'e';\n\\endif\n\\if off\n\\echo not\n\\endif\nselect 'f';",
    "gset": "select 1 as a, null as b, 'x' as c \\gset\nselect :a, :'c', :{?b};\nselect 7 as a \\gset p_\nselect :p_a;",
    "gexec": "select 'select 1', null, 'select 2, 3' \\gexec\nselect 4;",
    "g": "select 1 \\g\nselect 2 \\gx\nselect 3;",
    "echo": "\\echo a 'b  c' d\n\\qecho e\n\\warn f\n\\echo\nselect 1;",
    "output to nowhere": "\\o /dev/null\nselect 1;\n\\o\nselect 2;",
    "an include": "select 1;\n\\ir inner/b.sql\nselect 3;",
    "an include of an include": "\\i inner/c.sql\nselect 9;",
    "quit": "select 1;\n\\q\nselect 2;",
    "an error": "select 1;\nselect 1/0;\nselect 2;",
    "an error that is let pass": "\\set ON_ERROR_STOP off\nselect 1/0;\nselect 2;",
    "an error in a transaction": "\\set ON_ERROR_STOP 0\nbegin;\nselect 1/0;\nselect 2;\nrollback;\nselect 3;",
    "an error that takes back itself only": "\\set ON_ERROR_STOP 0\n\\set ON_ERROR_ROLLBACK on\n"
    "begin;\ncreate table u (a int);\n"
    "select 1/0;\nselect count(*) from u;\nrollback;\nselect to_regclass('u') is null;",
    "no row for gset": "\\set ON_ERROR_STOP 0\nselect 1 as a where false \\gset\nselect 2;",
    "functions with semicolons": "create function f() returns int language plpgsql as $f$ begin return 1; end $f$;\n"
    "select f();\n"
    "create function g() returns int begin atomic; select 2; end;\nselect g();",
    "rows of a copy": "create table c (a int, b text);\ncopy c from stdin;\n1\tx;y\n2\t\\N\n\\.\n"
    "select * from c order by a;",
    "autocommit": "create table kept (a int);\nbegin;\ninsert into kept values (1);\nrollback;\n"
    "select count(*) from kept;",
    "who it is": "select current_user, session_user;\nset role anon;\nselect current_user;\n"
    "reset role;\nselect current_user;",
}


class Recorder(Tap):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.outputs: list[str] = []

    def read(self, output: str, place: Place) -> None:
        self.outputs.append(output)
        super().read(output, place)


@pytest.fixture(scope="module")
def base(supabase_server: Server) -> Iterator[str]:
    name = supabase_server.create_database("supabase_legacy", owner="postgres")
    yield name
    supabase_server.drop_database(name)


def printed(server: Server, base: str, root: Path) -> str:
    """What our player prints."""
    file = read_file(root / "a.sql", root)
    assert file is not None
    suite, tap = Suite(file=file, root=root), Recorder()
    database = server.create_database(base, owner="postgres")
    try:
        with project_rights(server, database) as (rights, settings), console(server, database, rights, settings) as c:
            Player(c, tap, lambda file, name, relative: load_for(suite, file, name, relative=relative)).play(file)
    finally:
        server.drop_database(database)
    return "".join(f"{output}\n" for output in tap.outputs if output or output == "")


def by_psql(server: Server, base: str, root: Path) -> str:
    """What psql prints."""
    database = server.create_database(base, owner="postgres")
    command = [
        str(server.bin / "psql"),
        *server.address_words(),
        "-U",
        "postgres",
        "-d",
        database,
        *FLAGS,
        "--file",
        "a.sql",
    ]
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=root, check=False).stdout
    finally:
        server.drop_database(database)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_what_psql_prints(supabase_server: Server, base: str, tmp_path: Path, name: str) -> None:
    """Line by line; lines without text aside, which no reader of TAP looks at."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.sql").write_text(SCRIPTS[name] + "\n")
    (tmp_path / "inner" / "b.sql").write_text("select 2;\n\\ir d.sql\n")
    (tmp_path / "inner" / "c.sql").write_text("select 5;\n\\ir d.sql\n")
    (tmp_path / "inner" / "d.sql").write_text("select 'd';\n")
    ours, real = printed(supabase_server, base, tmp_path), by_psql(supabase_server, base, tmp_path)
    assert [line for line in ours.split("\n") if line] == [line for line in real.split("\n") if line]
