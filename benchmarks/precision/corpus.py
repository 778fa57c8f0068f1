"""Judge the findings on real repositories: collect them, sample each rule, and make the table of the verdicts.

usage: python -m benchmarks.precision.corpus collect -o FINDINGS FOLDER [FOLDER …]
       python -m benchmarks.precision.corpus sample FINDINGS RULE [RULE …]
       python -m benchmarks.precision.corpus table FINDINGS

Repositories are numbered in the order given and never named. Verdicts are lines of `judged.tsv`: rule, number of the
repository, fingerprint, and `true`, `arguable` (right, but not what its owner would change) or `false`. FINDINGS is a
file of JSON lines that stays on the machine, since it quotes from the repositories.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

import msgspec
from msgspec import Struct

from policytool import api
from policytool.audit.outcome import Audit
from policytool.audit.registry import all_rules
from policytool.errors import PolicytoolError
from policytool.finding import Finding
from policytool.syntax.location import excerpt

JUDGED = Path(__file__).with_name("judged.tsv")
VERDICTS = ("true", "arguable", "false")
SAMPLE = 12  # findings of a rule that are judged, if there are so many
LINES = 14  # of an excerpt
Key = tuple[str, int, str]  # rule, repository, fingerprint


class Collected(Struct, frozen=True, kw_only=True):
    """A finding with what a judge has to see."""

    repository: int
    rule: str
    severity: str
    fingerprint: str
    message: str
    because: tuple[str, ...]
    place: str
    sql: str

    @property
    def key(self) -> Key:
        """What a verdict is about."""
        return (self.rule, self.repository, self.fingerprint)


def collect(folders: Iterable[str]) -> Iterator[Collected]:
    """The findings of all folders."""
    for number, folder in enumerate(folders, 1):
        try:
            audit = api.audit(api.load(folder))
        except PolicytoolError as error:
            print(f"{number}: {error.message}", file=sys.stderr)
            continue
        yield from (_collected(number, audit, finding) for finding in audit.result.findings)
        gc.collect()


def _collected(number: int, audit: Audit, finding: Finding) -> Collected:
    place = finding.location
    text = audit.shown(place.path) if place else None
    lines = excerpt(text, place)[:LINES] if place and text is not None else ()
    return Collected(
        repository=number,
        rule=finding.rule,
        severity=finding.severity,
        fingerprint=finding.fingerprint,
        message=finding.message,
        because=tuple(r.message for r in finding.related),
        place=f"{place.path}:{place.line}" if place else "",
        sql="\n".join(line.text for line in lines),
    )


def read(path: Path) -> list[Collected]:
    """Collected findings."""
    return [msgspec.json.decode(line, type=Collected) for line in path.read_bytes().splitlines()]


def verdicts() -> dict[Key, str]:
    """What has been judged."""
    rows = (line.split("\t") for line in JUDGED.read_text(encoding="utf-8").splitlines()) if JUDGED.exists() else ()
    return {(rule, int(number), fingerprint): verdict for rule, number, fingerprint, verdict in rows}


def sample(findings: Iterable[Collected], judged: dict[Key, str]) -> list[Collected]:
    """What is still to be judged of one rule: from each repository in turn, in an order that says nothing."""
    found = sorted(findings, key=lambda f: f.fingerprint)
    wanted = SAMPLE - sum(f.key in judged for f in found)
    by_repository: dict[int, list[Collected]] = {}
    for finding in found:
        if finding.key not in judged:
            by_repository.setdefault(finding.repository, []).append(finding)
    rounds = zip_longest(*(by_repository[n] for n in sorted(by_repository)))
    return [f for turn in rounds for f in turn if f is not None][: max(wanted, 0)]


def shown(finding: Collected) -> str:
    """A finding as its judge reads it."""
    because = "".join(f"\n  because {reason}" for reason in finding.because)
    head = "\t".join(map(str, finding.key))
    return f"{head}\n  {finding.severity}: {finding.message}{because}\n  {finding.place}\n{finding.sql}\n"


def table(findings: Iterable[Collected], judged: dict[Key, str]) -> Iterator[str]:
    """One row a rule."""
    by_rule: dict[str, list[Collected]] = {rule.name: [] for rule in all_rules()}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    yield "| rule | findings | repositories | judged | true | arguable | false | right |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for rule, found in sorted(by_rule.items()):
        counts = Counter(judged[f.key] for f in found if f.key in judged)
        total = counts.total()
        right = f"{100 * (total - counts['false']) / total:.0f} %" if total else "–"
        cells = [len(found), len({f.repository for f in found}), total, *(counts[v] for v in VERDICTS)]
        yield f"| {rule} | {' | '.join(f'{n:,}' for n in cells)} | {right} |"


def main() -> None:
    """Collect, sample or tabulate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    first = commands.add_parser("collect")
    first.add_argument("-o", "--output", type=Path, required=True)
    first.add_argument("folders", nargs="+")
    second = commands.add_parser("sample")
    second.add_argument("findings", type=Path)
    second.add_argument("rules", nargs="+")
    commands.add_parser("table").add_argument("findings", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "collect":
        encoded = [msgspec.json.encode(finding) + b"\n" for finding in collect(arguments.folders)]
        arguments.output.write_bytes(b"".join(encoded))
        return
    findings, judged = read(arguments.findings), verdicts()
    if arguments.command == "table":
        print("\n".join(table(findings, judged)))
    for rule in arguments.rules if arguments.command == "sample" else ():
        print("\n".join(shown(f) for f in sample((f for f in findings if f.rule == rule), judged)))


if __name__ == "__main__":
    main()
