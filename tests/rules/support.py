"""Audits of SQL given as text, and the parts of a rule's page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from policytool.api import Loaded, audit, choose_platform
from policytool.audit.run import Selection
from policytool.catalog.build import build
from policytool.config import Config, PlatformName
from policytool.finding import Finding
from policytool.source.model import Project, SqlFile
from policytool.source.sending import AUTOCOMMIT

RULES = Path(__file__).parents[2] / "policytool" / "rules"
HEADINGS = ("Why it matters", "Bad", "Fix", "Good", "Limits", "References")
_BLOCK = re.compile(r"```sql([^\n]*)\n(.*?)```", re.DOTALL)
LIVE = "```sql live\n"
_MARK = re.compile(r"-- finding: (.+)$")
_FILE = re.compile(r"^-- file: .*$", re.MULTILINE)


def files_of(sql: str) -> tuple[str, ...]:
    """The files of a piece of SQL: each line `-- file: name` begins one. Every line keeps its number."""
    starts = [*(m.start() for m in _FILE.finditer(sql)), len(sql)]
    if sql[: starts[0]].strip():
        starts.insert(0, 0)
    return tuple("\n" * sql.count("\n", 0, a) + sql[a:b] for a, b in itertools.pairwise(starts))


def loaded(*texts: str, platform: PlatformName = "supabase", layout: str = "", **config: Any) -> Loaded:
    """Some files of SQL, with their catalog; as the platform's own tool would run them unless a layout is named."""
    layout = layout or ("supabase" if platform.startswith("supabase") else "")
    autocommit = layout in AUTOCOMMIT
    files = tuple(
        SqlFile(path=f"{i}.sql", text=text, order=i, version=str(i), layout=layout, transaction=not autocommit)
        for i, text in enumerate(texts)
    )
    project = Project(label="test", layout="folder", files=files)
    settings = Config(platform=platform, **config)
    built = build(files, choose_platform(project, settings, platform))
    return Loaded(project=project, built=built, config=settings)


def audited(
    *texts: str, platform: PlatformName = "supabase", layout: str = "", rules: Iterable[str] = (), **config: Any
) -> tuple[Finding, ...]:
    """The findings on some files of SQL, by all rules or by those named."""
    source = loaded(*texts, platform=platform, layout=layout, **config)
    return audit(source, selection=Selection(select=tuple(rules))).result.findings


def dotted(finding: Finding) -> str:
    """The object of a finding as its page names it: schema.table.name, without its kind."""
    ref = finding.object
    return ".".join(part for part in (ref.schema, ref.table, ref.name) if part is not None)


def said(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """(rule, severity, object) of each finding, sorted."""
    return sorted((f.rule, f.severity, dotted(f)) for f in findings)


def alarms(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """Those above info."""
    return [item for item in said(findings) if item[1] != "info"]


class Block(Struct, frozen=True):
    """One piece of SQL of a page, in one or more files.

    `instead`: a fix in the place of the bad SQL, not after it. `fails`: bad SQL that a server refuses to run.
    """

    sql: str
    platform: PlatformName = "supabase"
    layout: str = ""
    instead: bool = False
    fails: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        return files_of(self.sql)

    @property
    def marked(self) -> list[tuple[str, int]]:
        """(object, line) of each `-- finding:` mark."""
        return sorted(
            (name.strip(), number)
            for number, line in enumerate(self.sql.splitlines(), 1)
            if (mark := _MARK.search(line))
            for name in mark[1].split(" and ")
        )


class Page(Struct, frozen=True):
    """A rule's page."""

    rule: str
    text: str

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(re.findall(r"^## (.+)$", self.text, re.MULTILINE))

    def block(self, heading: str) -> Block:
        """The one piece of SQL under a heading."""
        section = self.text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        found = _BLOCK.findall(section)
        assert len(found) == 1, f"{self.rule}: one block of SQL under {heading}, not {len(found)}"
        options = dict(o.partition("=")[::2] for o in found[0][0].split())
        return Block(
            found[0][1],
            options.get("platform", "supabase"),
            options.get("layout", ""),
            "instead" in options,
            "fails" in options,
        )

    @property
    def mended(self) -> tuple[str, ...]:
        """The files after the fix."""
        bad, fix = self.block("Bad"), self.block("Fix")
        return fix.files if fix.instead else (*bad.files, *fix.files)


def pages() -> list[Page]:
    """The pages of all rules but those that need a live database."""
    return [page for page in _pages() if LIVE not in page.text]


def live_pages() -> list[Page]:
    """The pages of rules that need a live database: their blocks are ```sql live."""
    return [page for page in _pages() if LIVE in page.text]


def _pages() -> list[Page]:
    return [Page(path.stem.replace("_", "-"), path.read_text(encoding="utf-8")) for path in sorted(RULES.glob("*.md"))]
