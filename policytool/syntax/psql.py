"""psql's own commands: which say nothing about the schema, and which policytool cannot carry out."""

import re
from typing import Literal

import msgspec

from policytool.source.includes import include_name

Verdict = Literal["silent", "include", "unknown"]

_COMMAND = re.compile(r"\\(?P<name>[A-Za-z_]+|.)[ \t]*(?P<rest>[^\n]*)")
_WITHOUT_EFFECT = (
    r"restrict|unrestrict|q?echo|warn|pset|timing|encoding|copy|d\w*|[lxtafoprswhCHT.?]|conninfo|endif|elif|else|unset|"
    r"prompt|errverbose|gx?|set\s+(?:ON_ERROR_\w+|AUTOCOMMIT|QUIET|ECHO|VERBOSITY|SHOW_CONTEXT|PAGER|FETCH_COUNT)"
)
_SILENT = re.compile(rf"\\(?:{_WITHOUT_EFFECT})(?!\w)")
_MEANING = {
    "connect": "switches to another database or role, which is not followed",
    "c": "switches to another database or role, which is not followed",
    "if": "makes the next lines conditional; all branches are read as if each one ran",
    "set": "sets a psql variable, whose value is not put in place",
    "gexec": "runs the result of the query as SQL, which is not known without running it",
    "gset": "stores the result of the query in psql variables, which are not put in place",
    "q": "ends the script; what follows is read as if it ran",
    "!": "runs a shell command",
    "i": "includes a file that was not found beside this one, inside the source",
    "ir": "includes a file that was not found beside this one, inside the source",
}


class MetaCommand(msgspec.Struct, frozen=True, kw_only=True):
    """One psql command; `argument` is the file name of an include."""

    name: str
    verdict: Verdict
    argument: str
    meaning: str


def meta_command(line: str) -> MetaCommand:
    """What a line that starts with a backslash asks of psql."""
    match = _COMMAND.match(line)
    name, rest = (match["name"], match["rest"].strip()) if match else (line[:2], "")
    verdict: Verdict = "unknown"
    if name in ("i", "ir", "include", "include_relative"):
        verdict = "include"
    elif _SILENT.match(line):
        verdict = "silent"
    meaning = _MEANING.get(name.replace("include_relative", "ir").replace("include", "i"), "is not carried out")
    return MetaCommand(name=name, verdict=verdict, argument=include_name(rest), meaning=meaning)
