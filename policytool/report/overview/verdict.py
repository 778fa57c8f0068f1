"""The verdict: the few sentences that somebody reads who reads nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from policytool.access.wording import and_list
from policytool.audit.outcome import Audit
from policytool.finding import SEVERITIES
from policytool.report.overview.model import EXPOSURES, Summary, TableReport, Verdict
from policytool.report.words import count

SHOWN = 4


def summary(audit: Audit, tables: tuple[TableReport, ...], policies: int) -> Summary:
    """The numbers."""
    exposures = Counter(t.exposure for t in tables)
    result = audit.result
    return Summary(
        tables=len(tables),
        clean=result.coverage.clean,
        rls_on=sum(t.rls != "off" for t in tables),
        policies=policies,
        exposure={e: exposures[e] for e in EXPOSURES},
        severity={s: result.count(s) for s in SEVERITIES},
        ignored=len(result.ignored),
        baselined=len(result.baselined),
        unmodelled=sum(u.security for u in result.coverage.unmodelled if u.kind != "assumed"),
    )


def verdict(audit: Audit, numbers: Summary, tables: tuple[TableReport, ...]) -> Verdict:
    """What to think of it."""
    errors, warnings = numbers.severity["error"], numbers.severity["warning"]
    limits = tuple(_limits(audit, numbers))
    if errors:
        grade, head = "at risk", f"{count(errors, 'error')} to mend before anything else"
    elif warnings:
        grade, head = "needs attention", f"No error, {count(warnings, 'warning')} to look at"
    else:
        grade, head = "sound", "Nothing found that needs mending"
    return Verdict(
        grade=grade,  # type: ignore[arg-type]
        headline=head + (", as far as the SQL could be analysed" if numbers.unmodelled else ""),
        sentences=tuple(_sentences(numbers, tables)),
        limits=limits,
    )


def _sentences(numbers: Summary, tables: tuple[TableReport, ...]) -> Iterator[str]:
    if not tables:
        yield "There is no table of your own."
        return
    known = [t for t in tables if not t.assumed]
    off = [t for t in known if t.rls == "off"]
    guarded = "is on for every one" if not off else f"is off for {_named(off)}"
    some = "" if len(known) == len(tables) else " that is made here"
    yield f"{count(len(tables), 'table')} audited, {numbers.clean:,} of them clean. Row level security {guarded}{some}."
    for exposure, words in (
        ("writable", "let clients write any row"),
        ("public", "can be read in full without signing in"),
        ("shared", "can be read in full by any signed-in user"),
    ):
        found = [t for t in tables if t.exposure == exposure]
        if found:
            subject = count(len(found), "table")
            verb = words if len(found) > 1 else words.replace("let ", "lets ")
            yield f"{subject} {verb}: {_named(found)}."
    if not any(t.exposure in ("writable", "public", "shared") for t in tables):
        yield "No client reaches every row of any table: all see only what policies select for them."


def _limits(audit: Audit, numbers: Summary) -> Iterator[str]:
    if numbers.unmodelled:
        some = "1 statement" if numbers.unmodelled == 1 else f"{numbers.unmodelled:,} statements"
        yield f"{some} could not be analysed: what they do is not in this report."
    if audit.rules_left_out:
        yield "Rules of the project's own were not run."
    if numbers.ignored:
        yield f"{count(numbers.ignored, 'finding')} ignored by a comment or the configuration, with reasons."
    if numbers.baselined:
        yield f"{count(numbers.baselined, 'finding')} hidden by the baseline."


def _named(tables: Iterable[TableReport]) -> str:
    names = [t.full_name for t in tables]
    if len(names) > SHOWN + 1:
        names = [*names[:SHOWN], f"{len(names) - SHOWN:,} more"]
    return and_list(names)
