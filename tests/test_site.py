"""The documentation site: built as mkdocs builds it, every page in it, every link leading somewhere."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What leads somewhere, and what can be led to."""
        for name, value in attrs:
            if value is not None and name in ("href", "src"):
                self.links.append(value)
            if value is not None and name == "id":
                self.anchors.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; a warning of mkdocs is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Every page, read."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}


def test_every_page_is_in_it(site: Path) -> None:
    """Those of docs/, and one for each rule."""
    for path in (*(ROOT / "docs").rglob("*.md"), *(ROOT / "policytool" / "rules").glob("*.md")):
        folder = "rules" if "policytool" in path.relative_to(ROOT).parts else path.parent.relative_to(ROOT / "docs")
        assert (site / folder / path.stem / "index.html").is_file(), path


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    """To a page of the site and an anchor that is there, or to a file of the repository."""
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.netloc == "github.com" and "/main/" in parts.path:
                target = ROOT / unquote(parts.path.partition("/main/")[2])
                broken += [] if target.exists() else [(path, link)]
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            anchored = target not in pages or unquote(parts.fragment) in pages[target].anchors
            broken += [] if target.is_relative_to(site) and target.exists() and anchored else [(path, link)]
    assert broken == []


def test_nothing_is_fetched_from_elsewhere(pages: dict[Path, Page]) -> None:
    """No page loads a script, a style or a picture from another host."""
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for mark in ('<script src="http', "<script src='http", '<link href="http', '<img src="http'):
            assert mark not in text, path
