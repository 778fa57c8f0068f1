"""What the server for editors knows of a project and of the buffers that are open, in the editor's own terms."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lsprotocol import types
from msgspec import Struct
from pygls import uris
from pygls.lsp.server import LanguageServer

from policytool import __version__, api
from policytool.audit.outcome import Audit
from policytool.config import PlatformName
from policytool.errors import PolicytoolError
from policytool.finding import Finding, Severity
from policytool.integrations.editing import Offer, offers
from policytool.integrations.hovers import hover
from policytool.integrations.workspace import Draft, Workspace
from policytool.source.tree import shown
from policytool.syntax.location import Location

PAUSE = 0.25  # seconds without a key before the project is looked at
LEVEL: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


class Seen(Struct, frozen=True, kw_only=True):
    """One look at the project, open buffers as they were."""

    loaded: api.Loaded
    audit: Audit


class Server(LanguageServer):
    """A language server for one project: the folder that the editor has opened."""

    def __init__(self, source: str | None = None, *, platform: PlatformName | None = None) -> None:
        super().__init__("policytool", __version__)
        self.project = Workspace(source, platform=platform)
        self.seen: Seen | None = None
        self._told: set[str] = set()
        self._waiting: asyncio.Task[None] | None = None
        self._looks = asyncio.Lock()
        self._asked = 0
        self._said = ""

    def open_in(self, folder: str | None) -> None:
        """Begin with the folder that the editor has opened: paths and configuration are found from there."""
        if folder is not None and Path(folder).is_dir():
            os.chdir(folder)

    def soon(self, pause: float = PAUSE) -> None:
        """Look at the project once nobody has typed for a moment."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.ensure_future(self._later(pause))

    async def _later(self, pause: float) -> None:
        await asyncio.sleep(pause)
        await asyncio.shield(self.look())

    async def look(self) -> None:
        """Look now, and publish what is found in every file; of several that wait for one that is slow, the last."""
        self._asked += 1
        mine = self._asked
        async with self._looks:
            if mine < self._asked:
                return
            drafts = tuple(self._drafts())
            try:
                self.seen = await asyncio.to_thread(self._look, drafts)
            except PolicytoolError as error:
                self.seen = None
                self._complain(f"{error.message} ({error.hint})" if error.hint else error.message)
            except Exception as error:  # the editor must not lose the server over one text
                logging.getLogger(__name__).exception("the project could not be looked at")
                self._complain(f"internal error: {type(error).__name__}: {error}")
            else:
                self._said = ""
            self._publish()

    def _look(self, drafts: tuple[Draft, ...]) -> Seen:
        loaded = self.project.load(*drafts)
        return Seen(loaded=loaded, audit=self.project.audit(loaded))

    def _drafts(self) -> Iterable[Draft]:
        for uri, document in self.workspace.text_documents.items():
            path = self.path(uri)
            if path is not None and path.endswith(".sql"):
                yield Draft(path=path, text=document.source)

    def _complain(self, message: str) -> None:
        """Say it once in the editor's log, not at every key."""
        if message != self._said:
            self._said = message
            self.window_log_message(types.LogMessageParams(type=types.MessageType.Warning, message=message))

    def _publish(self) -> None:
        found: dict[str, list[types.Diagnostic]] = defaultdict(list)
        if self.seen is not None:
            for finding in self.seen.audit.result.findings:
                if finding.location is not None:
                    found[self.uri(finding.location.path)].append(self._diagnostic(finding, finding.location))
            for missed in self.seen.audit.result.coverage.unmodelled:
                if missed.security:
                    found[self.uri(missed.location.path)].append(
                        self._missed(missed.kind, missed.message, missed.location)
                    )
        for uri in self._told | found.keys():
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=uri, diagnostics=found.get(uri, []))
            )
        self._told = set(found)

    def _diagnostic(self, finding: Finding, place: Location) -> types.Diagnostic:
        related = [
            types.DiagnosticRelatedInformation(
                location=types.Location(uri=self.uri(item.location.path), range=self.range(item.location)),
                message=item.message,
            )
            for item in finding.related[:10]
            if item.location is not None
        ]
        return types.Diagnostic(
            range=self.range(place),
            message=finding.message,
            severity=LEVEL[finding.severity],
            source="policytool",
            code=finding.rule,
            code_description=self._page(finding.rule),
            related_information=related or None,
            data=finding.fingerprint,
        )

    def _missed(self, kind: str, message: str, place: Location) -> types.Diagnostic:
        syntax = kind == "syntax"
        return types.Diagnostic(
            range=self.range(place),
            message=message if syntax else f"could not be analysed: {message}",
            severity=types.DiagnosticSeverity.Error if syntax else types.DiagnosticSeverity.Information,
            source="policytool",
            code=kind,
        )

    def _page(self, rule: str) -> types.CodeDescription | None:
        assert self.seen is not None
        kind = next((type(r) for r in self.seen.audit.result.rules if r.name == rule), None)
        path = Path(inspect.getfile(kind)).with_suffix(".md") if kind else None
        return types.CodeDescription(href=path.as_uri()) if path and path.is_file() else None

    def path(self, uri: str) -> str | None:
        """The path of a document as findings have it; None for what is no file."""
        path = uris.to_fs_path(uri) if uri.startswith("file:") else None
        return None if path is None else shown(Path(path), Path.cwd())

    def uri(self, path: str) -> str:
        """The document of a path; that of the editor, where it has it open."""
        opened = self._opened(path)
        if opened is not None:
            return opened
        return Path(path).absolute().as_uri()

    def range(self, place: Location) -> types.Range:
        """A location in the editor's units; of one that spans lines the first, which is enough to see."""
        line = self._line(place.path, place.line)
        end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
        count = self.workspace.position_codec.client_num_units
        start = types.Position(line=place.line - 1, character=count(line[: place.column - 1]))
        return types.Range(
            start=start, end=types.Position(line=place.line - 1, character=max(count(line[:end]), start.character))
        )

    def column(self, path: str, position: types.Position) -> int:
        """The column, from 1, of an editor's position."""
        line = self._line(path, position.line + 1)
        count = self.workspace.position_codec.client_num_units
        return next((n for n in range(len(line)) if count(line[: n + 1]) > position.character), len(line)) + 1

    def _opened(self, path: str) -> str | None:
        return next((uri for uri in self.workspace.text_documents if self.path(uri) == path), None)

    def _line(self, path: str, number: int) -> str:
        text = self.seen.audit.texts.get(path) if self.seen is not None else None
        opened = self._opened(path) if text is None else None
        if opened is not None:  # it is no migration
            text = self.workspace.get_text_document(opened).source
        lines = (text if text is not None else "").split("\n")
        return lines[number - 1] if number <= len(lines) else ""

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        """Who may do what, over a name."""
        path = self.path(params.text_document.uri)
        if path is None:
            return None
        if self.seen is None:
            await self.look()
        if self.seen is None:
            return None
        column = self.column(path, params.position)
        text = self._line(path, params.position.line + 1)
        said = await asyncio.to_thread(hover, self.seen.loaded, path, params.position.line + 1, column, text)
        if said is None:
            return None
        return types.Hover(
            contents=types.MarkupContent(kind=types.MarkupKind.Markdown, value=said[0]), range=self.range(said[1])
        )

    def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """What can be done about the findings in a range."""
        path = self.path(params.text_document.uri)
        if self.seen is None or path is None:
            return []
        wanted = {item.data: item for item in params.context.diagnostics if item.source == "policytool"}
        text = self.workspace.get_text_document(params.text_document.uri).source
        return [
            self._action(offer, wanted[finding.fingerprint])
            for finding in self.seen.audit.result.findings
            if finding.fingerprint in wanted and finding.location is not None and finding.location.path == path
            for offer in offers(finding, self.seen.loaded, path, text)
            if not offer.new or self._may_create
        ]

    @property
    def _may_create(self) -> bool:
        workspace = self.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        return types.ResourceOperationKind.Create in ((edit.resource_operations if edit else None) or ())

    def _action(self, offer: Offer, diagnostic: types.Diagnostic) -> types.CodeAction:
        uri = self.uri(offer.path)
        count = self.workspace.position_codec.client_num_units
        line = "" if offer.new else self._line(offer.path, offer.line)
        at = types.Position(line=offer.line - 1, character=count(line[: offer.column - 1]))
        document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None)
        edit = types.TextDocumentEdit(
            text_document=document, edits=[types.TextEdit(range=types.Range(start=at, end=at), new_text=offer.text)]
        )
        made: list[Any] = [types.CreateFile(uri=uri)] if offer.new else []
        return types.CodeAction(
            title=offer.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            edit=types.WorkspaceEdit(document_changes=[*made, edit]),
            is_preferred=(offer.kind == "fix" and offer.safe) or None,
        )
