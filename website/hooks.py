"""What mkdocs asks while it builds the site: the README, the rule pages, the menu, and links that lead out of docs/."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
RULES = "policytool/rules"
FIRST = (
    ("For", ("developer", "ci", "dba", "report", "adopting", "library")),
    ("Tests", ("policy-tests", "pytest", "pgtap", "seeding", "mutation", "why")),
    ("Commands and formats", ("cli", "configuration", "outputs", "json", "snapshot")),
)
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """A menu that has every page: those that one looks for first, the rest, the rules."""
    pages = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
    menu: list[Any] = [{"Start": "index.md"}]
    named = {name for _, names in FIRST for name in names} | {"rules"}
    for title, names in FIRST:
        menu.append({title: [f"{name}.md" for name in names if name in pages]})
    menu.append({"More": [f"{name}.md" for name in pages if name not in named]})
    menu.append({"Rules": ["rules.md", *(f"rules/{stem}.md" for stem in _rules())]})
    menu.append({"Decisions": [f"decisions/{path.name}" for path in sorted((ROOT / "docs/decisions").glob("*.md"))]})
    config.nav = menu
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages that lie elsewhere."""
    files.append(File.generated(config, "index.md", content=(ROOT / "README.md").read_text(encoding="utf-8")))
    for stem in _rules():
        text = (ROOT / RULES / f"{stem}.md").read_text(encoding="utf-8")
        files.append(File.generated(config, f"rules/{stem}.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Links as the site needs them: in the repository they lead from file to file."""
    path = page.file.src_uri
    here = {"index.md": "README.md"}.get(path, f"docs/{path}")
    if path.startswith("rules/"):
        here = f"{RULES}/{posixpath.basename(path)}"
    return _LINK.sub(lambda match: f"]({_target(match[1], here, path, str(config.repo_url))})", markdown)


def _target(link: str, here: str, page: str, repository: str) -> str:
    name, mark, anchor = link.partition("#")
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(here), name))
    if meant == "README.md":
        meant = "docs/index.md"
    if meant.startswith(f"{RULES}/") and meant.endswith(".md"):
        meant = f"docs/rules/{posixpath.basename(meant)}"
    if meant.startswith("docs/"):
        return posixpath.relpath(meant.removeprefix("docs/"), posixpath.dirname(page) or ".") + mark + anchor
    kind = "tree" if (ROOT / meant).is_dir() else "blob"
    return f"{repository}/{kind}/main/{meant}{mark}{anchor}"


def _rules() -> list[str]:
    return sorted(path.stem for path in (ROOT / RULES).glob("*.md"))
