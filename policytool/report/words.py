"""Words that all reports say alike."""

from __future__ import annotations

from policytool.audit.outcome import Audit
from policytool.finding import SEVERITIES


def count(number: int, noun: str) -> str:
    """`1 policy`, `2 policies`, `1,200 indexes`, `3 foreign keys`."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """The plural of a noun as the field uses it."""
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("x", "s")) else "s")


def tally(audit: Audit) -> str:
    """`2 errors, 1 warning, 3 info; 4 ignored; 5 in the baseline`, and how many were there before under --since."""
    result = audit.result
    counts = [f"{result.count(s):,} info" if s == "info" else count(result.count(s), s) for s in SEVERITIES]
    hidden = {
        "ignored": len(result.ignored),
        "in the baseline": len(result.baselined),
        f"from before {audit.since.ref if audit.since else ''}": len(result.before),
    }
    return "; ".join([", ".join(counts), *(f"{number:,} {where}" for where, number in hidden.items() if number)])


def printable(text: str) -> str:
    """Text without control characters: a name in somebody's SQL must not drive the terminal that shows it."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
