"""What an assistant may ask of a project. Everything is only read; SQL that is passed in is judged and not saved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from policytool import api
from policytool.access.matrix import matrix
from policytool.audit.registry import all_rules, page, rule_named
from policytool.audit.selection import Selection
from policytool.catalog import snapshot
from policytool.catalog.model import Function, Table, View
from policytool.catalog.objects import Catalog
from policytool.diff.hints import hints
from policytool.diff.run import Diff, compare
from policytool.errors import PolicytoolError, UsageError
from policytool.finding import Finding, Severity, ref_of
from policytool.integrations import pages
from policytool.integrations.workspace import Draft, Workspace
from policytool.report.diff_access import sentences
from policytool.report.diff_json import document as diff_document
from policytool.report.document import finding as finding_document
from policytool.report.words import tally
from policytool.source.new_file import new_file

Item = Table | View | Function
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
        selection = Selection(
            select=names or loaded.config.select, min_severity=min_severity, persona=loaded.config.persona
        )
        audit = self._workspace.audit(loaded, selection)
        found = [f for f in audit.result.findings if table is None or _is_about(f, table)]
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
            answer["mended"] = self._mended(loaded, selection)
        return answer

    def _mended(self, now: api.Loaded, selection: Selection) -> list[Answer]:
        """What was found before and is not any more."""
        before = self._workspace.saved()
        if before is None:
            return []
        left = self._workspace.audit(msgspec.structs.replace(now, base=None), selection).result
        there = {f.fingerprint for f in (*left.findings, *(i.finding for i in left.ignored), *left.baselined)}
        old = self._workspace.audit(before, selection).result.findings
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
        items = [item for item in _own(catalog) if schema is None or item.schema == schema]
        if name is None:
            return pages.page(map(_line, items), offset=offset, limit=limit)
        found = _named(name, items) or _named(name, _all(catalog))
        if not found:
            raise UsageError(f"there is no {name!r} in the catalog", hint=_near(name, items))
        return pages.page((_whole(item, catalog) for item in found), offset=offset, limit=limit)

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
        items = _named(name, _own(context.catalog)) or _named(name, _all(context.catalog))
        if not items:
            raise UsageError(
                f"there is no table, view or function {name!r}", hint=_near(name, list(_own(context.catalog)))
            )
        if role is not None and role not in (*context.catalog.roles, "public"):
            raise UsageError(f"there is no role {role!r}", hint=f"there are {', '.join(sorted(context.catalog.roles))}")
        cells = matrix(context.access, (role,) if role else api.roles_met(context), items)
        wanted = (cell for cell in cells if command is None or cell.command == command.upper())
        return pages.page(wanted, offset=offset, limit=limit)

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
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise UsageError(f"{path!r} is not inside the project", hint="give a path from the project's root")
        return (Draft(path=path, text=sql, anyway=True),)


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


# --- names ------------------------------------------------------------------------------------------------------------


def _all(catalog: Catalog) -> list[Item]:
    items: list[Item] = [*catalog.tables.values(), *catalog.views.values(), *catalog.functions.values()]
    return sorted(items, key=lambda item: (item.schema, item.name))


def _own(catalog: Catalog) -> list[Item]:
    return [item for item in _all(catalog) if item.origin is None]


def _named(name: str, items: Iterable[Item]) -> list[Item]:
    """Those of this name, with or without schema, quotes and argument types."""
    plain = name.strip().replace('"', "").partition("(")[0]
    return [item for item in items if plain in (item.name, f"{item.schema}.{item.name}")]


def _near(name: str, items: list[Item]) -> str:
    import difflib

    known = [f"{item.schema}.{item.name}" for item in items]
    near = difflib.get_close_matches(name, [*known, *(n.partition(".")[2] for n in known)], n=3)
    return f"did you mean {', '.join(near)}?" if near else "`catalog` without a name lists what there is"


def _is_about(finding: Finding, table: str) -> bool:
    ref = finding.object
    plain = table.replace('"', "")
    name = ref.table or ref.name
    return plain in (name, f"{ref.schema}.{name}", f"{ref.schema}.{name.partition('(')[0]}")


def _line(item: Item) -> Answer:
    answer: Answer = {"identity": ref_of(item).identity}
    if isinstance(item, Table):
        state = "forced" if item.rls_enabled and item.rls_forced else "on" if item.rls_enabled else "off"
        answer |= {"rls": state, "policies": len(item.policies), "columns": [c.name for c in item.columns]}
    elif isinstance(item, View):
        answer |= {"security_invoker": item.security_invoker}
    else:
        answer |= {"security_definer": item.security_definer}
    return answer


def _whole(item: Item, catalog: Catalog) -> Answer:
    """The object as a snapshot has it."""
    key = (item.schema, item.name)
    match item:
        case Table():
            kind, part = "tables", Catalog(platform=catalog.platform, tables={key: item})
        case View():
            kind, part = "views", Catalog(platform=catalog.platform, views={key: item})
        case Function():
            kind, part = "functions", Catalog(platform=catalog.platform, functions={item.signature: item})
    found: Answer = json.loads(snapshot.encode(part))[kind][0]
    for column in found.get("columns", []):  # where each column was written takes more room than all the rest
        column.pop("made", None)
        column.pop("changed", None)
    return {"kind": kind.removesuffix("s"), **found}
