"""Count what policytool, squawk and pgrls say above info of schemas that are right, and which holes each sees.

usage: python -m benchmarks.precision [-o FILE]

A hole is the "Bad" SQL of a rule's page. A tool sees it if some rule of the tool, at whatever severity, speaks more
often of the bad SQL than of the good SQL of the same page. pgrls is given a server that ran the SQL.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import get_args

from benchmarks.precision.schemas import Schema, clean
from benchmarks.precision.tools import Said, above_info, pgrls, policytool, program, squawk
from policytool.audit.registry import all_rules, page
from policytool.config import PlatformName
from policytool.rule import Rule

Tool = Callable[[Schema], Said]
_BLOCK = re.compile(r"^## (Bad|Good)\n.*?```sql([^\n]*)\n(.*?)```", re.DOTALL | re.MULTILINE)

_FILE = re.compile(r"^-- file: .*$", re.MULTILINE)


def tools() -> dict[str, Tool]:
    """Those that are installed."""
    found: dict[str, Tool] = {"policytool": policytool}
    for name, run in (("squawk", squawk), ("pgrls", pgrls)):
        path = program(name)
        if path:
            found[name] = partial(run, path)
        else:
            print(f"{name} is not installed: left out", file=sys.stderr)
    return found


def versions(names: Iterable[str]) -> str:
    """`policytool 0.1.0, squawk 2.70.0, …`."""
    said = []
    for name in names:
        if name == "policytool":
            said.append(f"policytool {importlib.metadata.version('policytool')}")
        else:
            ran = subprocess.run([str(program(name)), "--version"], capture_output=True, text=True, check=True)
            said.append(f"{name} {ran.stdout.split()[-1]}")
    return ", ".join(said)


def clean_table(found: dict[str, Tool]) -> Iterator[str]:
    """How much each tool says above info of schemas that are right."""
    yield f"| schema | {' | '.join(found)} |"
    yield f"|---|{'---:|' * len(found)}"
    for schema in clean():
        counts = [above_info(tool(schema)) for tool in found.values()]
        yield f"| {schema.name} | {' | '.join(map(str, counts))} |"


def holes() -> Iterator[tuple[Rule, Schema, Schema]]:
    """(rule, bad, good) of each page."""
    for rule in all_rules():
        blocks = {heading: (options, sql) for heading, options, sql in _BLOCK.findall(page(rule))}
        if len(blocks) == 2 and "live" not in blocks["Bad"][0].split():
            bad, good = (_schema(rule.name, key, *blocks[key]) for key in ("Bad", "Good"))
            yield rule, bad, good


def _schema(rule: str, heading: str, options: str, sql: str) -> Schema:
    words = dict(o.partition("=")[::2] for o in options.split())
    known: tuple[PlatformName, ...] = get_args(PlatformName)
    platform = next((p for p in known if p == words.get("platform")), known[0])
    files = tuple(part for part in _FILE.split(sql) if part.strip())
    return Schema(
        name=f"{rule} {heading}", files=files, platform=platform, layout=words.get("layout", ""), rules=(rule,)
    )


def holes_table(found: dict[str, Tool]) -> Iterator[str]:
    """Which tool sees which hole, and how many of them."""
    seen = dict.fromkeys(found, 0)
    rows = []
    for rule, bad, good in holes():
        marks = []
        for name, tool in found.items():
            sees = sorted({rule for rule, _ in tool(bad) - tool(good)})
            seen[name] += bool(sees)
            marks.append(("yes" if name == "policytool" else ", ".join(sees[:3])) if sees else "–")
        rows.append(f"| {rule.name} | {rule.severity} | {' | '.join(marks)} |")
    yield f"| hole | severity | {' | '.join(found)} |"
    yield f"|---|---|{'---|' * len(found)}"
    yield from rows
    yield f"| **seen of {len(rows)}** | | {' | '.join(f'**{n}**' for n in seen.values())} |"


def main() -> None:
    """Print both tables, or write them to a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path)
    output: Path | None = parser.parse_args().output
    found = tools()
    lines = [
        f"{versions(found)}; errors and warnings of schemas that are right.",
        "",
        *clean_table(found),
        "",
        "Which holes each sees, at whatever severity:",
        "",
        *holes_table(found),
    ]
    text = "\n".join(lines) + "\n"
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
