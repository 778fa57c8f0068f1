"""The tools that are measured: whole processes for the time, drivers that stay running for the SQL of many pairs."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from policytool import api
from policytool.diff.run import Options
from policytool.errors import PolicytoolError
from policytool.report import diff_sql

DRIVERS = Path(__file__).parent / "drivers"


class Script(Struct, frozen=True):
    """SQL as the tool means it to be run: in one transaction, or statement by statement."""

    text: str
    transaction: bool = False


class Said(Struct, frozen=True, kw_only=True):
    """What a tool made of a pair; `error` where it gave up."""

    scripts: tuple[Script, ...] = ()
    error: str = ""


class Ends(Struct, frozen=True, kw_only=True):
    """A pair of databases, and the files that made them."""

    before: str
    after: str
    before_file: Path
    after_file: Path


class Tool(Protocol):
    """A tool that compares."""

    name: str
    fine: tuple[int, ...]  # the exit codes of a process that did its work

    def version(self) -> str:
        """What is installed."""

    def sql(self, ends: Ends) -> Said:
        """Its SQL for a pair; not timed."""

    def commands(self, ends: Ends, scratch: Path) -> list[list[str]]:
        """The processes that a user runs to get the SQL, in order; timed."""


# --- policytool -----------------------------------------------------------------------------------------------------


class Policytool:
    """This project: from database to database, or from the files without any server."""

    fine = (0,)

    def __init__(self, *, files: bool) -> None:
        self.files = files
        self.name = "policytool, files" if files else "policytool"

    def version(self) -> str:
        """What is installed."""
        return importlib.metadata.version("policytool")

    def sql(self, ends: Ends) -> Said:
        """The command line's SQL, with statements that drop."""
        sides = map(str, (ends.before_file, ends.after_file) if self.files else (ends.before, ends.after))
        try:
            found = api.diff(*sides, platform="postgres", options=Options(allow_drops=True))
        except PolicytoolError as error:
            return Said(error=str(error))
        return Said(scripts=(Script(diff_sql.render(found)),), error="; ".join(found.problems))

    def commands(self, ends: Ends, scratch: Path) -> list[list[str]]:
        """One process."""
        sides = map(str, (ends.before_file, ends.after_file) if self.files else (ends.before, ends.after))
        flags = ["--allow-drops", "--no-verify", "--no-progress", "-f", "sql", "--platform", "postgres"]
        flags += ["--static"] if self.files else []
        return [[sys.executable, "-m", "policytool", "diff", *sides, *flags]]


# --- others ---------------------------------------------------------------------------------------------------------


class Driver:
    """A process of another tool that takes pairs and gives SQL, line by line."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, before: str, after: str) -> Said:
        """What the tool makes of a pair of databases."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(json.dumps([before, after]) + "\n")
        asked.flush()
        line = answers.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} has ended")
        told = json.loads(line)
        scripts = tuple(Script(*script) for script in told["scripts"])
        return Said(scripts=scripts, error=(told["said"].strip() or "no word why") if told["failed"] else "")


class Migra:
    """migra, in the environment that holds its program."""

    name = "migra"
    fine = (0, 2)

    def __init__(self, program: str) -> None:
        self._program = program
        self._python = str(Path(program).parent / "python")
        self._driver: Driver | None = None

    def version(self) -> str:
        """What is installed, with what makes it run."""
        names = "migra", "schemainspect", "SQLAlchemy", "psycopg2-binary"
        code = f"from importlib.metadata import version as v; print(*[n + ' ' + v(n) for n in {names!r}], sep=', ')"
        ran = subprocess.run([self._python, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
        return ran.stdout.strip().replace(", ", " (", 1) + ")"

    def sql(self, ends: Ends) -> Said:
        """Its SQL with privileges and drops."""
        if self._driver is None:
            self._driver = Driver([self._python, "-W", "ignore", str(DRIVERS / "migra_driver.py")])
        return self._driver.ask(ends.before, ends.after)

    def commands(self, ends: Ends, scratch: Path) -> list[list[str]]:
        """One process."""
        return [[self._program, "--unsafe", "--with-privileges", ends.before, ends.after]]


class PgDelta:
    """@supabase/pg-delta: a process that plans, and one that writes the plan as SQL."""

    name = "pg-delta"
    fine = (0,)

    def __init__(self, program: str) -> None:
        self._program = program
        self._main = Path(program).resolve()
        self._driver: Driver | None = None

    def version(self) -> str:
        """What is installed."""
        package = next(f / "package.json" for f in self._main.parents if (f / "package.json").is_file())
        return f"@supabase/pg-delta {json.loads(package.read_text())['version']}"

    def sql(self, ends: Ends) -> Said:
        """Its SQL with drops."""
        if self._driver is None:
            commands, scratch = str(self._main.parent / "commands"), tempfile.mkdtemp(prefix="pgdelta-")
            self._driver = Driver(["node", str(DRIVERS / "pgdelta_driver.mjs"), commands, scratch])
        return self._driver.ask(ends.before, ends.after)

    def commands(self, ends: Ends, scratch: Path) -> list[list[str]]:
        """Two processes."""
        plan, out = str(scratch / "plan.json"), str(scratch / "out.sql")
        ask = ["--source", ends.before, "--desired", ends.after, "--profile", "raw", "--renames", "off"]
        render = [self._program, "render", "--plan", plan, "--out", out, "--allow-drops"]
        return [[self._program, "plan", *ask, "--out", plan], render]


def installed(migra: str | None, pgdelta: str | None) -> list[Tool]:
    """policytool, and of the others those that are there."""
    found: list[Tool] = [Policytool(files=True), Policytool(files=False)]
    for name, given, kind in (("migra", migra, Migra), ("pgdelta", pgdelta, PgDelta)):
        program = shutil.which(given or name)
        if program is None:
            print(f"{given or name} is not installed: left out", file=sys.stderr)
        else:
            found.append(kind(program))
    return found
