"""The page: one file, no network, nothing of the SQL ever markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from policytool.report.overview.html import render
from tests.report.overview.support import HOSTILE_NAMES, example, hostile, many, report_of


class Page(HTMLParser):
    """The elements of a page, with what is in scripts, styles and templates."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.within: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.within.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.within[-1] if self.within else "", []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


def data_of(text: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.fixture(scope="module")
def leaky() -> str:
    return render(example("examples/leaky"))


def test_the_page_needs_nothing_from_elsewhere(leaky: str) -> None:
    """No element loads anything, and the policy forbids what is not hashed."""
    page = Page(leaky)
    assert not {"link", "img", "iframe", "object", "embed", "video", "audio", "base", "form"} & {
        name for name, attributes in page.elements if name != "form" or attributes.get("method") != "dialog"
    }
    assert all("src" not in attributes for _, attributes in page.elements)
    assert not [a for _, a in page.elements if any(key.startswith("on") or key == "style" for key in a)]
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    links = [a["href"] or "" for a in page.all("a")]
    assert all(link.startswith(("#", "https://")) for link in links)


def test_the_hashes_are_those_of_script_and_style(leaky: str) -> None:
    """A browser runs and shows just these."""
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", leaky, re.DOTALL)
        expected = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{expected}'" in leaky


def test_hostile_names_stay_text() -> None:
    """No name begins an element, ends the data, or turns the direction of a line."""
    text = render(report_of(hostile()))
    page, harmless = Page(text), Page(render(report_of("create table public.notes (id int primary key);")))
    for tag in ("script", "img", "style"):
        assert len(page.all(tag)) == len(harmless.all(tag))
    assert "\u202e" not in text
    assert "\u2066" not in text
    assert "{{" not in text.replace("{{ 7 * 7 }}", "")
    assert "49 ${x}" not in text


def test_the_data_holds_the_names_as_they_are() -> None:
    """Escaped for the page, a name is read back as it was, marks of direction aside."""
    names = {t["name"] for t in data_of(render(report_of(hostile())))["tables"]}
    assert names == {name.replace("\u202e", "\ufffd").replace("\u2066", "\ufffd") for name in HOSTILE_NAMES}


def test_everything_is_in_the_page(leaky: str) -> None:
    """Each table, policy, finding and cell of the report is in its data or its markup."""
    report, data = example("examples/leaky"), data_of(leaky)
    assert [t["full"] for t in data["tables"]] == [t.full_name for t in report.tables]
    assert [p["name"] for p in data["policies"]] == [p.name for p in report.policies]
    assert [f["message"] for f in data["findings"]] == [f.message for f in report.findings]
    assert sum(len(o["cells"]) for o in data["matrix"]["objects"]) == len(report.cells)
    page = Page(leaky)
    assert {t["data-page"] for t in page.all("template")} == {r.name for r in report.rules}
    drawn = {g["data-name"] for g in page.all("g") if g.get("data-name")}
    assert drawn >= {t.full_name for t in report.tables if t.partition_of is None} | {r.name for r in report.roles}


def test_a_cell_is_the_cell_of_the_matrix(leaky: str) -> None:
    """Role, command, reach, filter and reasons, unpacked again."""
    report, matrix = example("examples/leaky"), data_of(leaky)["matrix"]
    unpacked = {
        (matrix["roles"][c[0]]["name"], o["name"], matrix["commands"][c[1]]): (
            matrix["access"][c[2]],
            matrix["filters"][c[3]],
            [matrix["reasons"][r][0] for r in c[4]],
        )
        for o in matrix["objects"]
        for c in o["cells"]
    }
    for cell in report.cells:
        found = unpacked[cell.role, cell.table, cell.command]
        assert found == (cell.access, cell.filter, [r.message for r in cell.because])


def test_the_page_of_a_rule_is_text_where_it_is_html() -> None:
    """Markup in Markdown is shown, not obeyed; pictures are not fetched."""
    from policytool.report.overview.html import _page

    found = str(_page()("# rule\n\n<b>x</b> ![p](http://x/y.png) [l](javascript:alert(1)) [ok](https://x.y)\n"))
    assert "<b>" not in found
    assert "<img" not in found
    assert 'href="javascript' not in found
    assert '<a rel="noreferrer noopener" href="https://x.y">' in found


def test_the_same_report_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its date fixed."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    first, second = (render(report_of("create table public.notes (id int primary key);")) for _ in range(2))
    assert first == second
    assert "2025-06-15" in first


def test_a_thousand_tables_are_a_page() -> None:
    """All in the data, few in the markup: rows are made when they are looked at."""
    text = render(report_of(many(1000)))
    data = data_of(text)
    assert len(data["tables"]) == 1001
    assert len(text) < 8_000_000
    assert text.count('class="row"') == 0
