"""The page in a headless Chromium: what it does, how it looks to those who cannot see it, and how it prints."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policytool.report.overview.html import render
from policytool.report.overview.model import Report
from tests.report.overview.support import HOSTILE_NAMES, example, hostile, many, report_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.browser
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of the system, else the one that playwright installed; without one these tests are left out."""
    needed = os.environ.get("POLICYTOOL_TEST_BROWSER") == "required"
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        if needed:
            raise
        pytest.skip("playwright is not installed: make test-browser")
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
        except Error:
            if needed or path is not None:
                raise
            pytest.skip("no Chromium was found: make test-browser")
        yield running
        running.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages that are looked at."""
    reports: dict[str, Report] = {
        "leaky": example("examples/leaky"),
        "product": example("supabase/migrations"),
        "hostile": report_of(hostile()),
        "many": report_of(many(1000)),
        "nothing": report_of("select 1;"),
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(render(report), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in reports}


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Open]:
    """Opens a page in a context of its own; whatever it complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def refuse(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    def open_page(name: str, width: int = 1280, **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith("file:") else None)
        page.on("dialog", refuse)
        page.goto(files[name].as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def until(page: Page, condition: str) -> None:
    """Wait for a condition; the page's own policy forbids playwright to do so."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


@pytest.mark.parametrize("name", ["leaky", "product", "hostile", "nothing"])
@pytest.mark.parametrize("width", [1280, 400])
def test_a_page_opens_without_a_complaint(opened: Open, name: str, width: int) -> None:
    """Nothing on the console, no request, and nothing wider than the window."""
    page = opened(name, width)
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_row_opens_and_closes(opened: Open) -> None:
    """With the policies in words, the SQL beside them, the grants and the filters."""
    page = opened("leaky")
    row = page.locator("#tables-list .row", has_text="public.orders").first
    button, inner = row.locator("> button"), row.locator(".inner")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    said = inner.inner_text()
    assert "Signed-in users may read rows where buyer_id is their own user id." in said
    assert "authenticated SELECT" in said
    inner.locator("summary", has_text="SQL").first.click()
    assert "using (buyer_id" in inner.inner_text()
    button.click()
    assert inner.is_hidden()


def test_tables_are_searched_sorted_and_filtered(opened: Open) -> None:
    """What remains fits, in the order asked for, and is counted."""
    page = opened("leaky")
    names = page.locator("#tables-list .t-name")
    page.fill("#tables-search", "order")
    until(page, "document.querySelector('#tables-count').value.startsWith('2 of')")
    assert all("order" in row.lower() for row in page.locator("#tables-list .row").all_inner_texts())
    page.fill("#tables-search", "")
    page.select_option("#tables-sort", "name")
    until(page, "document.querySelector('#tables-count').value === '13 tables'")
    assert names.all_inner_texts() == sorted(names.all_inner_texts())
    page.select_option("#tables-show", "off")
    until(page, "document.querySelector('#tables-count').value.startsWith('3 of')")
    page.fill("#tables-search", "no such table")
    page.get_by_text("Nothing fits.").first.wait_for()


def test_the_legend_shows_the_tables_it_speaks_of(opened: Open) -> None:
    """A click on how far tables are open leads to these."""
    page = opened("leaky")
    page.locator('[data-exposure="public"]').click()
    assert page.locator("#tables-list .t-name").all_inner_texts() == ["public.profiles"]


def test_a_cell_says_what_decides_it(opened: Open) -> None:
    """Grants, policies in words, and the filter; Escape leads back to the cell."""
    page = opened("leaky")
    cell = page.get_by_role("gridcell", name="authenticated select public.reviews: own rows")
    cell.click()
    drawer = page.locator("#drawer")
    assert page.locator("#drawer-h").inner_text() == "authenticated select public.reviews"
    said = drawer.inner_text()
    assert "authenticated has SELECT" in said
    assert "author_id = " in drawer.locator("pre.filter").inner_text()
    assert "Signed-in users may" in said
    page.keyboard.press("Escape")
    assert drawer.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("authenticated select")


def test_a_cell_of_nothing_says_why(opened: Open) -> None:
    """There is no grant."""
    page = opened("leaky")
    page.get_by_role("gridcell", name="anon select public.orders: nothing").click()
    assert "no such grant" in page.locator("#drawer").inner_text()


def test_arrow_keys_move_in_the_matrix(opened: Open) -> None:
    """One cell is in the order of the tab key; arrows, Home and End lead to all others, Enter opens one."""
    page = opened("product")
    cells = page.locator('#matrix-grid button.cell[tabindex="0"]')
    assert cells.count() == 1
    cells.focus()
    label = "document.activeElement.getAttribute('aria-label')"
    first = page.evaluate(label)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(label) == first.replace("select", "insert")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(label).startswith("anon insert public.")
    page.keyboard.press("End")
    assert page.evaluate(label).startswith("service_role truncate")
    page.keyboard.press("Home")
    assert page.evaluate(label).startswith("anon select")
    page.keyboard.press("Enter")
    assert page.locator("#drawer").is_visible()


def test_roles_and_functions_of_the_matrix(opened: Open) -> None:
    """A role is hidden by its chip; functions have a matrix of their own."""
    page = opened("product")
    assert page.locator(".m-head .m-role", has_text="service_role").count() == 1
    page.locator("#matrix-roles button", has_text="service_role").click()
    assert page.locator(".m-head .m-role", has_text="service_role").count() == 0
    page.select_option("#matrix-kind", "function")
    page.get_by_role("gridcell", name="execute private.my_tenant_ids()").first.wait_for()


def test_findings_are_filtered_and_told(opened: Open) -> None:
    """By severity and by words; the page of the rule is there."""
    page = opened("leaky")
    page.locator('[data-severity="error"]').click()
    assert page.locator("#findings-list .badge.s-error").count() == 0
    page.locator('[data-severity="error"]').click()
    page.fill("#findings-search", "policy-true-for-anon")
    until(page, "document.querySelector('#findings-count').value.startsWith('1 of')")
    assert page.locator(".finding mark").count() >= 1
    page.get_by_text("Why it matters, and how to mend it").click()
    until(page, "document.querySelectorAll('.page pre').length >= 2")
    assert page.locator(".page").get_by_text("References").count() == 1


def test_a_badge_leads_to_its_finding(opened: Open) -> None:
    """Also where a filter hides it."""
    page = opened("leaky")
    page.locator('[data-severity="error"]').click()
    row = page.locator("#tables-list .row", has_text="public.coupons")
    row.locator("> button").click()
    row.locator("a[data-finding]").first.click()
    assert page.evaluate("document.activeElement.className") == "finding"
    assert "coupons" in page.evaluate("document.activeElement.innerText")


def test_the_picture_is_searched_and_zoomed(opened: Open) -> None:
    """A table is found and lit with its neighbours; a click tells all of it."""
    page = opened("product")
    page.fill("#picture-search", "bookings")
    until(page, "document.querySelectorAll('#tables-drawing .node.lit').length > 1")
    lit = page.evaluate("[...document.querySelectorAll('#tables-drawing .node.lit')].map(n => n.dataset.name)")
    assert {"public.bookings", "public.payments", "public.class_sessions"} <= set(lit)
    before = page.locator("#tables-drawing").get_attribute("viewBox")
    page.locator("#zoom-in").click()
    assert page.locator("#tables-drawing").get_attribute("viewBox") != before
    page.locator('#tables-drawing .node[data-name="public.bookings"]').click()
    assert "Its learner and people of its tenant" in page.locator("#drawer").inner_text()


def test_the_keyboard_reaches_the_picture(opened: Open) -> None:
    """One table is in the order of the tab key, arrows lead on, Enter opens."""
    page = opened("product")
    page.locator('#tables-drawing .node[tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")
    name = page.evaluate("document.activeElement.dataset.name")
    page.keyboard.press("Enter")
    assert page.locator("#drawer-h").inner_text() == name


def test_the_slash_key_searches(opened: Open) -> None:
    """From anywhere that is no field."""
    page = opened("leaky")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "tables-search"
    page.keyboard.type("a/b")
    assert page.input_value("#tables-search") == "a/b"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(opened: Open, scheme: Any) -> None:
    """As the system has it, until somebody chooses."""
    page = opened("leaky", color_scheme=scheme)
    ground = "getComputedStyle(document.body).backgroundColor"
    colours = {"light": "rgb(250, 250, 248)", "dark": "rgb(18, 21, 26)"}
    assert page.evaluate(ground) == colours.pop(scheme)
    page.locator("#theme").click()
    assert page.evaluate(ground) == next(iter(colours.values()))


CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const ground = (node) => { for (; node; node = node.parentElement) {
    const found = rgb(getComputedStyle(node).backgroundColor); if (found.length === 3 || found[3] === 1) return found; }
    return [255, 255, 255]; };
  const bad = new Set();
  for (const node of document.querySelectorAll('main *, nav *, .source')) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
    if (!own || node.closest('svg') || !node.getClientRects().length) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)} ${node.textContent.slice(0, 30)}`);
  }
  return [...bad];
}"""
NAMELESS = """() => [...document.querySelectorAll('button, input, select, a, summary, [role=button], [role=region]')]
  .filter((n) => !(n.getAttribute('aria-label') || n.textContent.trim() || n.closest('label') || n.title))
  .map((n) => n.outerHTML)"""
TWICE = """() => { const ids = [...document.querySelectorAll('[id]')].map((n) => n.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i); }"""
LOST = """() => [...document.querySelectorAll('[aria-labelledby]')]
  .filter((n) => !document.getElementById(n.getAttribute('aria-labelledby'))).map((n) => n.outerHTML)"""
JUMPS = """() => { let last = 0; const bad = []; for (const h of document.querySelectorAll('h1,h2,h3,h4,h5')) {
  const level = Number(h.tagName[1]); if (h.closest('dialog')) continue;
  if (level > last + 1 && !h.closest('.finding, .page')) bad.push(h.outerHTML); last = level; } return bad; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["leaky", "product"])
def test_it_can_be_read_by_all(opened: Open, name: str, scheme: Any) -> None:
    """Contrast of text, names of what can be used, ids that are there once, headings in order."""
    page = opened(name, color_scheme=scheme)
    page.locator("#tables-list .row > button").first.click()
    page.wait_for_timeout(200)
    for check in (CONTRAST, NAMELESS, TWICE, LOST, JUMPS):
        assert page.evaluate(check) == []
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.querySelectorAll('h1').length") == 1


def test_hostile_names_are_shown_as_text(opened: Open) -> None:
    """Everything is opened; no script of a name runs, none becomes an element (dialogs fail the test)."""
    page = opened("hostile")
    page.evaluate("forPaper()")
    for number in range(len(HOSTILE_NAMES)):
        page.evaluate(f"openTable(data.tables[{number}].full)")
        assert data_name(page, number) in page.locator("#drawer-h").inner_text()
        page.keyboard.press("Escape")
    page.evaluate("m.objects.forEach((o) => explain(o, o.cells[0]))")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("a[href^='javascript']").count() == 0


def data_name(page: Page, number: int) -> str:
    """A table's name as browsers collapse its blanks."""
    return " ".join(str(page.evaluate(f"data.tables[{number}].name")).split())


def test_paper_holds_everything(opened: Open) -> None:
    """Before it prints the page makes every row and opens every fold; after it all is as before."""
    page = opened("leaky")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    said = page.evaluate("document.querySelector('main').innerText")
    facts = page.evaluate(
        """[...data.tables.map(t => t.full), ...data.policies.flatMap(p => [p.name, p.using || '', p.with_check || '']),
        ...data.findings.flatMap(f => [f.message, f.fix ? f.fix.sql.split('\\n')[0] : '']),
        ...data.tables.flatMap(t => Object.values(t.grants).map(g => g.join(', ')))]"""
    )
    flat = " ".join(said.split())
    assert [fact for fact in facts if " ".join(fact.split()) not in flat] == []
    assert page.locator(".rule:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#tables-list .inner:visible").count() == 0


def test_a_pdf_is_made(opened: Open) -> None:
    """The real thing, of several pages."""
    page = opened("leaky")
    pdf = page.pdf(format="A4", print_background=True)
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") > 8


def test_a_thousand_tables_open_and_scroll(opened: Open) -> None:
    """Rows are made near what is seen; a search is answered; far rows appear when one gets there."""
    page = opened("many")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") < 15_000
    page.fill("#tables-search", "t0999")
    until(page, "document.querySelector('#tables-count').value.startsWith('1 of')")
    page.fill("#tables-search", "")
    until(page, "document.querySelector('#tables-count').value === '1,001 tables'")
    page.evaluate("document.querySelector('#tables-list').lastElementChild.scrollIntoView({block: 'end'})")
    until(page, "document.querySelector('#tables-list').lastElementChild.childElementCount > 0")
    page.evaluate("document.getElementById('matrix').scrollIntoView()")
    page.locator('#matrix-grid button.cell[tabindex="0"]').focus()
    for _ in range(12):
        page.keyboard.press("PageDown")
    assert "t01" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert page.evaluate("getComputedStyle(document.querySelector('.chunk')).contentVisibility") == "auto"
