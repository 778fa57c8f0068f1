"""The report as one HTML file: no network, hashes for its own script and style, every text escaped."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

import jinja2
import msgspec
from markupsafe import Markup, escape

from policytool.report import html
from policytool.report.overview.compact import compact
from policytool.report.overview.glossary import GLOSSARY
from policytool.report.overview.layout import BOX, Picture, layout
from policytool.report.overview.model import EXPOSURES, Report
from policytool.report.overview.trend import trend
from policytool.report.words import printable

SCRIPTS: Final = ("base", "tables", "matrix", "findings", "picture", "start")
_CODE: Final = re.compile(r"`([^`]*)`")
# What would end the script element that holds the data, or begin a comment in it.
_UNSAFE: Final = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))
_ESCAPED: Final = re.compile(r"\\(?:[bftr]|u00)")


def render(report: Report) -> str:
    """The whole file."""
    found = environment()
    style = source_text("report.css")
    script = "\n".join(source_text(f"report_{name}.js") for name in SCRIPTS)
    return found.get_template("report.html").render(
        report=report,
        style=Markup(style),
        script=Markup(script),
        style_hash=content_hash(style),
        script_hash=content_hash(script),
        data=Markup(_embedded(compact(report))),
        exposures=EXPOSURES,
        glossary=GLOSSARY,
        tables=_tables(report),
        roles=_roles(report),
        box=BOX,
        exposure_of={t.full_name: t.exposure for t in report.tables},
        role_of={r.name: r for r in report.roles},
        trend=trend(report.history),
    )


def _tables(report: Report) -> Picture:
    """The picture of tables and foreign keys; partitions are with their parent."""
    nodes = [t.full_name for t in report.tables if t.partition_of is None]
    return layout(nodes, ((k.table, k.references) for k in report.keys))


def _roles(report: Report) -> Picture:
    return layout([r.name for r in report.roles], ((r.name, up) for r in report.roles for up in r.member_of))


def _embedded(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    if not text.isprintable() or _ESCAPED.search(text):  # seldom, and slow
        text = msgspec.json.encode(_shown_all(value)).decode()
    for character, escaped in _UNSAFE:
        text = text.replace(character, escaped)
    return text


def _shown_all(value: Any) -> Any:
    """Every text without control characters and marks that turn the direction of a line."""
    match value:
        case str():
            return value if value.isprintable() else printable(value.replace("\t", "    "))
        case dict():
            return {_shown_all(key): _shown_all(item) for key, item in value.items()}
        case list() | tuple():
            return [_shown_all(item) for item in value]
    return value


def content_hash(text: str) -> str:
    """The hash by which the policy of a page names a script or style."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@functools.cache
def source_text(name: str) -> str:
    """A template as it stands."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


@functools.cache
def environment() -> jinja2.Environment:
    """What templates of reports are rendered with."""
    made = html.environment()
    made.filters |= {"rich": rich, "page": _page(), "short": short}
    return made


def rich(text: str) -> Markup:
    """A sentence whose `code` is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(printable(text)))))


def short(name: str, width: int = 24) -> str:
    """A name as it fits into a box of a picture."""
    bare = name.removeprefix("public.")
    return bare if len(bare) <= width else f"{bare[: width - 1]}…"


def _page() -> Callable[[str], Markup]:
    """Markdown of a rule's page as HTML; HTML in it stays text, and nothing is fetched."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")

    def render(text: str) -> Markup:
        body = text.partition("\n")[2] if text.startswith("# ") else text
        found = reader.render(printable(body.replace("\t", "    ")))
        # Headings of a page are below those of the report.
        for level in (4, 3, 2, 1):
            found = found.replace(f"<h{level}>", f"<h{level + 3}>").replace(f"</h{level}>", f"</h{level + 3}>")
        return Markup(found.replace("<a href=", '<a rel="noreferrer noopener" href='))

    return render
