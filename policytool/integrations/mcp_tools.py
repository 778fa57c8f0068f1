"""What an assistant may ask of a project. Everything is only read; SQL that is passed in is judged and not saved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from policytool import api
from policytool.access.matrix import matrix
from policytool.audit.outcome import Audit
from policytool.audit.registry import all_rules, page, rule_named
from policytool.audit.selection import Selection
from policytool.catalog.model import Table
from policytool.diff.hints import hints
from policytool.diff.run import Diff, compare
from policytool.errors import PolicytoolError, UsageError
from policytool.finding import SEVERITIES, Severity
from policytool.integrations import objects, pages
from policytool.integrations.workspace import Draft, Workspace
from policytool.report.diff_access import sentences
from policytool.report.diff_json import document as diff_document
from policytool.report.document import finding as finding_document
from policytool.report.words import tally
from policytool.source.new_file import new_file

Answer = dict[str, Any]
_REF = re.compile(r"[\w@{}~^./+#-]+")


class Assistant:
    """The answers, about one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    # --- audit --------------------------------------------------------------------------------------------------------

    def audit(
        self,
        sql: str | None = None,
        path: str | None = None,
        *,
        table: str | None = None,
        rules: Iterable[str] = (),
        min_severity: Severity = "info",
        offset: int = 0,
        limit: int = 20,
    ) -> Answer:
        """Findings of the project; with `sql`, those that this SQL brings, and what it mends."""
        drafts = self._drafts(sql, path)
        loaded = self._workspace.judged(*drafts) if drafts else self._workspace.load()
        names = tuple(rule_named(name).name for name in rules)
        selection = Selection(select=names or loaded.config.select, persona=loaded.config.persona)
        audit = self._workspace.audit(loaded, selection)
        shown = SEVERITIES[: SEVERITIES.index(min_severity) + 1]
        found = [
            f for f in audit.result.findings if f.severity in shown and (table is None or objects.is_about(f, table))
        ]
        coverage = audit.result.coverage
        answer: Answer = {
            "source": loaded.project.label,
            "platform": audit.platform.name,
            "summary": tally(audit),
            "tables": len(coverage.tables),
            "clean_tables": coverage.clean,
            "not_analysed": [pages.bounded(msgspec.to_builtins(u)) for u in coverage.unmodelled[:5]],
            "findings": pages.page(map(finding_document, found), offset=offset, limit=limit),
        }
        if drafts:
            answer["judged"] = drafts[0].path
            answer["mended"] = self._mended(audit, selection)
        return answer

    def _mended(self, now: Audit, selection: Selection) -> list[Answer]:
        """What was found before and is not any more."""
        before, result = self._workspace.saved_audit(selection), now.result
        if before is None:
            return []
        left = (*result.findings, *result.before, *result.baselined, *(item.finding for item in result.ignored))
        there = {f.fingerprint for f in left}
        old = before.result.findings
        gone = [{"rule": f.rule, "identity": f.identity} for f in old if f.fingerprint not in there]
        return [pages.bounded(item) for item in gone[: pages.LIMIT]]

    # --- catalog ------------------------------------------------------------------------------------------------------

    def catalog(
        self,
        name: str | None = None,
        sql: str | None = None,
        path: str | None = None,
        *,
        schema: str | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Answer:
        """Tables, views and functions in a line each; with a name all that is known of those so called."""
        catalog = self._workspace.load(*self._drafts(sql, path)).built.catalog
        items = [item for item in objects.own(catalog) if schema is None or item.schema == schema]
        if name is None:
            return pages.page(map(objects.line, items), offset=offset, limit=limit)
        found = objects.named(name, items) or objects.named(name, objects.all_(catalog))
        if not found:
            raise UsageError(f"there is no {name!r} in the catalog", hint=objects.near(name, items))
        return pages.page((objects.whole(item, catalog) for item in found), offset=offset, limit=limit)

    # --- access -------------------------------------------------------------------------------------------------------

    def access(
        self,
        name: str,
        sql: str | None = None,
        path: str | None = None,
        *,
        role: str | None = None,
        command: str | None = None,
        offset: int = 0,
        limit: int = 40,
    ) -> Answer:
        """Who may do what to a table, view or function, by which filter, and why."""
        loaded = self._workspace.load(*self._drafts(sql, path))
        context = api.context(loaded)
        items = objects.named(name, objects.own(context.catalog)) or objects.named(name, objects.all_(context.catalog))
        if not items:
            raise UsageError(
                f"there is no table, view or function {name!r}",
                hint=objects.near(name, list(objects.own(context.catalog))),
            )
        if role is not None and role not in (*context.catalog.roles, "public"):
            raise UsageError(f"there is no role {role!r}", hint=f"there are {', '.join(sorted(context.catalog.roles))}")
        cells = matrix(context.access, (role,) if role else api.roles_met(context), items)
        wanted = (cell for cell in cells if command is None or cell.command == command.upper())
        answer = pages.page(wanted, offset=offset, limit=limit)
        tables = [item for item in items if isinstance(item, Table)]
        words = [line for table in tables for line in objects.words(table, context.access)]
        return {**answer, "in_words": pages.bounded(words[: pages.LIMIT])}

    # --- diff ---------------------------------------------------------------------------------------------------------

    def diff(
        self,
        sql: str | None = None,
        path: str | None = None,
        *,
        since: str | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Answer:
        """What SQL that is not saved, or the time since a git ref, changes: statements, hazards, who gains what."""
        drafts = self._drafts(sql, path)
        if since is None and not drafts:
            raise UsageError("there is nothing to compare", hint="pass `sql`, or `since` with a git ref")
        after = self._workspace.load(*drafts)
        before = self._workspace.saved() if since is None else self._commit(since)
        found = _compared(before, after, (since or "saved", drafts[0].path if drafts else "now"))
        document = diff_document(found)
        told = [line for who, below in sentences(_changed(found)) for line in (who, *(f"  {item}" for item in below))]
        return {
            "before": document.before,
            "after": document.after,
            "problems": pages.bounded(list(document.problems)),
            "access": pages.bounded(told[: pages.LIMIT]),
            "access_left_out": max(0, len(told) - pages.LIMIT),
            "changes": pages.page(document.changes, offset=offset, limit=limit),
        }

    def _commit(self, ref: str) -> api.Loaded:
        if not _REF.fullmatch(ref) or ref.startswith("-"):
            raise UsageError(f"{ref!r} is no git ref", hint="name a branch, a tag or a commit")
        source = self._workspace.source
        place = "" if source == "." else f":{source}"
        return api.load(f"git:{ref}{place}", config=self._workspace.config)

    # --- fixes and rules ----------------------------------------------------------------------------------------------

    def propose_fix(
        self,
        sql: str | None = None,
        path: str | None = None,
        *,
        rules: Iterable[str] = (),
        table: str | None = None,
        unsafe: bool = False,
    ) -> Answer:
        """A migration that mends what is found, each fix proved on the catalog; it is given and not written."""
        from policytool.audit.fixes import plan
        from policytool.integrations.wanted import Asked

        loaded = self._workspace.load(*self._drafts(sql, path))
        if not self._workspace.has_files:
            raise UsageError("fixes are proved on migrations", hint="begin with the folder that made the database")
        wanted = Asked(rules=tuple(rule_named(name).name for name in rules), unsafe=unsafe, table=table)
        found = plan(
            self._workspace.builder(loaded),
            _next(loaded, "policytool_fixes"),
            loaded.config,
            wanted,
            Selection(persona=loaded.config.persona),
            self._workspace.rules(loaded.config),
        )
        return {
            "path": found.file.path.as_posix(),
            "sql": pages.text(found.text, pages.ROOM),
            "fixed": [pages.bounded({"rule": f.rule, "identity": f.identity}) for f in found.fixed[: pages.LIMIT]],
            "refused": [
                pages.bounded({"rule": r.finding.rule, "identity": r.finding.identity, "why": r.why})
                for r in found.refused[: pages.LIMIT]
            ],
            "unsafe_left_out": len(found.unsafe),
            "notes": pages.bounded(list(found.notes[: pages.LIMIT])),
        }

    # --- tests --------------------------------------------------------------------------------------------------------

    def test(
        self, paths: Iterable[str] = (), keyword: str | None = None, *, passed: bool, offset: int, limit: int
    ) -> Answer:
        """What policy tests come to, those that fail first."""
        from policytool.testing.running.conduct import Options

        places = [_inside(path) for path in paths]
        run = api.test(places, config=self._workspace.config, options=Options(keyword=keyword))
        shown = [*run.failed, *(r for r in run.results if r.passed and (passed or r.skipped))]
        return {
            "passed": run.passed,
            "failed": len(run.failed),
            "skipped": len(run.skipped),
            "servers": pages.bounded(list(run.servers)),
            "notes": pages.bounded(list(run.notes)),
            "cases": pages.page(shown, offset=offset, limit=limit),
        }

    def explain_rule(self, rule: str) -> str:
        """The page of a rule."""
        return page(rule_named(rule, all_rules()))

    def _drafts(self, sql: str | None, path: str | None) -> tuple[Draft, ...]:
        if sql is None:
            if path is not None:
                raise UsageError("`path` says where `sql` would be saved", hint="pass `sql` as well")
            return ()
        if path is None:
            saved = self._workspace.saved()
            path = _next(saved, "draft").path.as_posix() if saved else "draft.sql"
        return (Draft(path=_inside(path), text=sql, anyway=True),)


def _inside(path: str) -> str:
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise UsageError(f"{path!r} is not inside the project", hint="give a path from the project's root")
    return path


def _next(loaded: api.Loaded, slug: str) -> Any:
    """The next migration; a file with a plain name where the layout keeps a list of its files."""
    try:
        return new_file(loaded.project, slug)
    except PolicytoolError:
        return new_file(loaded.project, slug, output=Path(f"{slug}.sql"))


def _compared(before: api.Loaded | None, after: api.Loaded, labels: tuple[str, str]) -> Diff:
    from policytool.catalog.build.platform import start

    platform, now = after.built.platform, after.built
    was = before.built.catalog if before else start(platform).catalog(platform.name)
    return compare(was, now.catalog, platform, labels=labels, hints=hints(now.statements, now.catalog))


def _changed(diff: Diff) -> Iterator[Any]:
    return (cell for cell in diff.access if cell.verdict != "unchanged")
