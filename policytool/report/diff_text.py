"""A diff as text: one line for each change, then what it may do to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from policytool.diff.changes import Change
from policytool.diff.run import Diff
from policytool.report.diff_access import sentences
from policytool.report.words import printable

_SIGNS = {"create": "+", "grant": "+", "drop": "-", "revoke": "-"}


def render(diff: Diff, *, access: bool = False, verbosity: int = 0) -> str:
    """Nothing where nothing differs."""
    if access:
        return "".join(f"{printable(line)}\n" for line in _access(diff, verbosity))
    lines = [f"this plan is not good: {problem}" for problem in diff.problems]
    proof = diff.verification
    lines += [f"NOT VERIFIED: {problem}" for problem in proof.problems] if proof is not None else []
    lines += [line for change in diff.changes for line in _change(change, verbosity)]
    lines += ["", *told] if (told := list(_access(diff, -1))) and verbosity >= 0 else []
    if verbosity >= 0:
        lines += [f"note: {note}" for note in diff.notes]
        lines += [f"note: {u.location.path}:{u.location.line}: {u.message}" for u in diff.unmodelled]
        lines += [f"note: {note}" for note in proof.notes] if proof is not None else []
    if diff.changes:
        lines.append(_summary(diff))
    if proof is not None and proof.passed:
        lines.append(proof.sentence)
    return "".join(f"{printable(line)}\n" for line in lines)


def _change(change: Change, verbosity: int) -> Iterator[str]:
    sign = _SIGNS.get(change.action, "~")
    aside = " (not run without --allow-drops)" if change.withheld else ""
    yield f"{sign} {change.action} {change.kind} {change.identity}{aside}"
    if verbosity > 0:
        yield from (f"    {line}" for line in change.sql.splitlines())
    if verbosity >= 0:
        yield from (f"    {hazard.name}: {hazard.message}" for hazard in change.hazards)


def _access(diff: Diff, verbosity: int) -> Iterator[str]:
    """What changes for whom; with `verbosity` what stays, too."""
    cells = [cell for cell in diff.access if cell.verdict != "unchanged" or verbosity > 0]
    for sentence, below in sentences(cells):
        yield sentence
        yield from (f"    {line}" for line in below)
    if verbosity >= 0 and not any(cell.verdict != "unchanged" for cell in cells):
        yield "nobody gains or loses access"


def _summary(diff: Diff) -> str:
    counts = Counter(hazard.name for change in diff.changes for hazard in change.hazards)
    hazards = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "no hazards"
    count = len(diff.changes)
    return f"{count} statement{'' if count == 1 else 's'} from {diff.before} to {diff.after}; {hazards}"
