"""The audit as one HTML file: no script, no network, every text escaped."""

from __future__ import annotations

import functools
from typing import Any

import jinja2

from policytool import __version__
from policytool.audit.outcome import Audit
from policytool.finding import SEVERITIES, Finding
from policytool.report.groups import groups
from policytool.report.words import count, plural, printable, tally
from policytool.syntax.location import ExcerptLine, excerpt

MAX_LINES = 12  # of an excerpt


def render(audit: Audit) -> str:
    """The whole file; the same audit gives the same bytes."""
    result = audit.result
    return (
        _environment()
        .get_template("audit.html")
        .render(
            version=__version__,
            audit=audit,
            tally=tally(audit),
            worst=next((s for s in SEVERITIES if result.count(s)), "none"),
            counts=[(s, result.count(s)) for s in SEVERITIES],
            groups=groups(result.findings),
            excerpt=functools.partial(_excerpt, audit),
            open=[u for u in result.coverage.unmodelled if u.kind != "assumed" and u.security],
            assumed=[u for u in result.coverage.unmodelled if u.kind == "assumed"],
        )
    )


@functools.cache
def _environment() -> jinja2.Environment:
    return environment()


def environment() -> jinja2.Environment:
    """What templates are rendered with: every text escaped, and shown as it is."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("policytool", "report/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.globals |= {"count": count, "plural": plural}
    return made


def _shown(value: Any) -> Any:
    """Control characters and marks that turn the direction of a line are made visible; markup stays markup."""
    return printable(value) if type(value) is str else value


def _excerpt(audit: Audit, finding: Finding) -> tuple[ExcerptLine, ...]:
    place = finding.location
    text = audit.shown(place.path) if place else None
    return () if place is None or text is None else excerpt(text, place)[:MAX_LINES]
