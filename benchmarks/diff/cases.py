"""How many of the suite's cases each tool closes: its SQL is run on BEFORE, and pg_dump compares the end with AFTER."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from benchmarks.diff.tools import Ends, Said, Script, Tool
from policytool.postgres.platform import platform_server
from policytool.postgres.server import Server

FOLDER = Path(__file__).parents[2] / "tests" / "diff" / "cases"
TEMPLATE = "postgres_plain"
_HEADING = re.compile(r"\n--\n-- Name: [^\n]*\n--\n")
_RANDOM = re.compile(r"^\\(?:un)?restrict .*$", re.MULTILINE)  # a new random word in every dump
_TABLE = re.compile(r"CREATE (?:UNLOGGED |FOREIGN )?TABLE ")
_ROLES = re.compile(r"(?<= TO )[^\n]*?(?= USING \(| WITH CHECK \(|;)")


class Result(Struct, frozen=True, kw_only=True):
    """What a tool did with a case in one direction; `wrong` is empty where it closed."""

    tool: str
    case: str
    direction: str
    wrong: str = ""
    failed: bool = False  # the tool gave up, or its SQL did not run


class Failed(Exception):
    """The server refused a text."""


def cases() -> list[str]:
    """All of them."""
    return sorted(path.name for path in FOLDER.iterdir() if (path / "before.sql").is_file())


@contextmanager
def servers() -> Iterator[tuple[Server, Server]]:
    """Two servers, since both ends make roles of the same names; `postgres` may do everything."""
    with ExitStack() as stack:
        found = [stack.enter_context(platform_server("postgres")) for _ in range(2)]
        for server in found:
            with server.connect() as connection:
                connection.execute("alter role postgres superuser")
        yield found[0], found[1]


def url(server: Server, name: str) -> str:
    """As every tool takes it."""
    return f"postgresql://postgres@localhost:{server.port}/{name}?host={server.socket_dir}"


def run(server: Server, name: str, script: Script) -> None:
    """Run a script with psql, up to the first error."""
    command = [str(server.bin / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-d", url(server, name), "-f", "-"]
    command += ["-1"] if script.transaction else []
    ran = subprocess.run(command, input=script.text, capture_output=True, text=True)
    if ran.returncode:
        said = [line for line in ran.stderr.splitlines() if "ERROR" in line or "FATAL" in line]
        raise Failed((said or ran.stderr.splitlines() or ["psql failed"])[0].partition("ERROR:")[2].strip())


# --- the observer ---------------------------------------------------------------------------------------------------


def seen(server: Server, name: str) -> frozenset[str]:
    """What pg_dump and pg_dumpall say of a database and of the roles beside it."""
    dump = _output(server, "pg_dump", "--schema-only", "-d", url(server, name))
    return frozenset(_settled(entry) for entry in _HEADING.split(_RANDOM.sub("", dump))) | roles(server)


def roles(server: Server) -> frozenset[str]:
    """The roles, their settings and memberships."""
    words = "--roles-only", "--no-role-passwords", "-d", url(server, "postgres")
    return frozenset(line for line in _RANDOM.sub("", _output(server, "pg_dumpall", *words)).splitlines() if line)


def _output(server: Server, program: str, *words: str) -> str:
    return subprocess.run([str(server.bin / program), *words], capture_output=True, text=True, check=True).stdout


def _settled(entry: str) -> str:
    """An entry in which the order of columns, of grants, and of the roles of a policy says nothing."""
    lines = [line for line in entry.strip().splitlines() if line and not line.startswith(("--", "SET "))]
    if "GRANT " in entry or _TABLE.search(entry):
        return "\n".join(sorted(line.rstrip(",") for line in lines))
    text = "\n".join(lines)
    if text.startswith("CREATE POLICY"):
        return _ROLES.sub(lambda found: ", ".join(sorted(found[0].split(", "))), text, count=1)
    return text


# --- a case ---------------------------------------------------------------------------------------------------------


class Stage:
    """A server that is made into one end of a case, and back."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._virgin = roles(server)
        self._names: set[str] = set()
        self._file = Path()
        self.alone = False  # subscriptions are not copied, and a role is not dropped that a second database knows

    def begin(self, file: Path) -> None:
        """A database that ran the file."""
        self.clear()
        self._file = file
        self.name = self.database(TEMPLATE)
        run(self.server, self.name, Script(file.read_text(encoding="utf-8")))
        self.seen, self._roles = seen(self.server, self.name), roles(self.server)
        self.alone = self.alone or bool(self._subscriptions(self.name))

    def copy(self) -> str:
        """A copy of it; where the cluster is not what it was, all is made anew."""
        if self.alone or roles(self.server) != self._roles:
            self.begin(self._file)
        if self.alone:
            return self.name
        self._leave(self.name)
        return self.database(self.name)

    def database(self, template: str) -> str:
        """A new one."""
        name = self.server.create_database(template, owner="postgres")
        self._names.add(name)
        return name

    def drop(self, name: str) -> None:
        """Drop one."""
        for subscription in self._subscriptions(name):
            with self.server.administer(name) as connection:
                connection.execute(f"alter subscription {subscription} disable".encode())
                connection.execute(f"alter subscription {subscription} set (slot_name = none)".encode())
                connection.execute(f"drop subscription {subscription}".encode())
        self.server.drop_database(name)
        self._names.discard(name)

    def clear(self) -> None:
        """Drop all databases and roles of the case."""
        for name in sorted(self._names):
            self.drop(name)
        with self.server.connect() as connection:
            known = connection.execute("select quote_ident(rolname) from pg_roles where oid >= 16384")
            for (quoted,) in known.fetchall():
                if not any(line.startswith(f"CREATE ROLE {quoted};") for line in self._virgin):
                    connection.execute(f"drop owned by {quoted}".encode())
                    connection.execute(f"drop role {quoted}".encode())
        if self._virgin != roles(self.server):
            raise SystemExit(f"the server does not become what it was after {self._file}")

    def _subscriptions(self, name: str) -> list[str]:
        query = "select quote_ident(subname) from pg_subscription s join pg_database d on d.oid = subdbid"
        with self.server.connect() as connection:
            return [found for (found,) in connection.execute(query + " where datname = %s", [name])]

    def _leave(self, name: str) -> None:
        with self.server.connect() as connection:
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])


def measure(tools: Sequence[Tool], names: Sequence[str], *, until: float = float("inf")) -> Iterator[Result]:
    """Every tool on every case, both ways."""
    with servers() as pair:
        stages = Stage(pair[0]), Stage(pair[1])
        for name in names:
            if time.monotonic() > until:
                return
            files = [FOLDER / name / f"{end}.sql" for end in ("before", "after")]
            for stage, file in zip(stages, files, strict=True):
                stage.alone = False
                stage.begin(file)
            if roles(pair[0]) != roles(pair[1]):
                stages[0].alone = stages[1].alone = True
            ways = {"up": stages, "down": stages[::-1]}
            # All are asked before any SQL is run: that may change the roles, which other databases see.
            answers = [
                (direction, tool.name, tool.sql(_ends(*way, files if direction == "up" else files[::-1])))
                for direction, way in ways.items()
                for tool in tools
            ]
            wanted = {direction: way[1].seen for direction, way in ways.items()}
            for direction, tool_name, answer in answers:
                wrong, failed = _tried(ways[direction][0], answer, wanted[direction])
                yield Result(tool=tool_name, case=name, direction=direction, wrong=wrong, failed=failed)


def _ends(before: Stage, after: Stage, files: Sequence[Path]) -> Ends:
    urls = [url(stage.server, stage.name) for stage in (before, after)]
    return Ends(before=urls[0], after=urls[1], before_file=files[0], after_file=files[1])


def _tried(stage: Stage, answer: Said, wanted: frozenset[str]) -> tuple[str, bool]:
    """What is wrong with an answer, if anything."""
    if answer.error:
        return " ".join(answer.error.split())[:300], True
    copy = stage.copy()
    try:
        for script in answer.scripts:
            run(stage.server, copy, script)
        found = seen(stage.server, copy)
    except Failed as failed:
        return str(failed), True
    finally:
        stage.drop(copy)
    missing, surplus = sorted(wanted - found), sorted(found - wanted)
    entry = missing[0] if missing else surplus[0] if surplus else ""
    return f"{'not there' if missing else 'too much'}: {entry}" if entry else "", False
