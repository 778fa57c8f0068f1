"""`policytool lsp`, used by a real client over standard input and output."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from policytool.integrations.lsp_editor import Server

T = TypeVar("T")
PEOPLE = "supabase/migrations/20260601090000_people.sql"
REPORTS = "supabase/migrations/20260604090000_reports.sql"
OPEN = "\ncreate table public.notes (id bigint primary key);\ngrant select on public.notes to anon;\n"


class Editor:
    """A client with a project open, which keeps the diagnostics that it is sent."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.found: dict[str, list[types.Diagnostic]] = {}
        self.watched: list[str] = []
        self.news = asyncio.Event()
        self.version = 1

        def published(params: types.PublishDiagnosticsParams) -> None:
            self.found[params.uri] = list(params.diagnostics)
            self.news.set()

        def registered(params: types.RegistrationParams) -> None:
            self.watched += [item.method for item in params.registrations]
            self.news.set()

        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
        client.feature(types.CLIENT_REGISTER_CAPABILITY)(registered)

    def uri(self, path: str) -> str:
        return (self.folder / path).as_uri()

    async def begin(self) -> types.InitializeResult:
        """Shake hands, as an editor that can make files."""
        editing = types.WorkspaceEditClientCapabilities(
            document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
        )
        result = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    workspace=types.WorkspaceClientCapabilities(
                        workspace_edit=editing,
                        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
                            dynamic_registration=True
                        ),
                    )
                ),
                root_uri=self.folder.as_uri(),
            )
        )
        self.client.initialized(types.InitializedParams())
        return result

    async def open(self, path: str) -> str:
        text = (self.folder / path).read_text()
        item = types.TextDocumentItem(uri=self.uri(path), language_id="sql", version=self.version, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return text

    def type(self, path: str, text: str) -> None:
        """The whole buffer anew; nothing is saved."""
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(uri=self.uri(path), version=self.version)
        change = types.TextDocumentContentChangeWholeDocument(text=text)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
        )

    async def until(self, path: str, wanted: Callable[[list[types.Diagnostic]], Any]) -> list[types.Diagnostic]:
        """The diagnostics of a file, once they are as wanted."""
        async with asyncio.timeout(120):
            while not (self.uri(path) in self.found and wanted(self.found[self.uri(path)])):
                self.news.clear()
                await self.news.wait()
        return self.found[self.uri(path)]

    async def actions(self, path: str, *diagnostics: types.Diagnostic) -> list[types.CodeAction]:
        """What is offered for these."""
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri=self.uri(path)),
                range=diagnostics[0].range,
                context=types.CodeActionContext(diagnostics=list(diagnostics)),
            )
        )
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    async def hover(self, path: str, text: str, word: str) -> str:
        """What is shown over the first place of a word."""
        line = next(n for n, line in enumerate(text.split("\n")) if word in line)
        before = text.split("\n")[line].partition(word)[0]
        found = await self.client.text_document_hover_async(
            types.HoverParams(
                text_document=types.TextDocumentIdentifier(uri=self.uri(path)),
                position=types.Position(line=line, character=len(before.encode("utf-16-le")) // 2 + 1),
            )
        )
        assert found is not None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    def apply(self, text: str, action: types.CodeAction) -> str:
        """The text of the open file after an action that edits it alone."""
        assert action.edit is not None
        assert action.edit.document_changes is not None
        (change,) = action.edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        (edit,) = change.edits
        assert isinstance(edit, types.TextEdit)
        lines = text.split("\n")
        at = edit.range.start
        lines[at.line] = lines[at.line][: at.character] + edit.new_text + lines[at.line][at.character :]
        return "\n".join(lines)


def use(folder: Path, work: Callable[[Editor], Awaitable[T]]) -> T:
    """Start the server, open the project, and work."""

    async def session() -> T:
        client = LanguageClient("tests", "1")
        editor = Editor(client, folder)
        await client.start_io(sys.executable, "-m", "policytool", "lsp", "--stdio")
        try:
            await editor.begin()
            return await work(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()  # type: ignore[no-untyped-call]

    return asyncio.run(session())


def named(found: list[types.Diagnostic], rule: str) -> types.Diagnostic:
    return next(item for item in found if item.code == rule)


def test_findings_stand_in_their_files(project: Path) -> None:
    """Every finding of the project is published at its line, with its reasons and its rule's page."""

    async def work(editor: Editor) -> types.Diagnostic:
        return named(await editor.until(PEOPLE, len), "policy-true-for-anon")

    found = use(project, work)
    assert found.range.start.line == 46
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.related_information
    assert found.code_description is not None
    assert found.code_description.href.endswith("policy_true_for_anon.md")


def test_what_is_typed_is_judged_before_it_is_saved(project: Path) -> None:
    """A table that is opened in the buffer is found, and gone when it is taken out; the file stays as it was."""

    async def work(editor: Editor) -> None:
        text = await editor.open(REPORTS)
        await editor.until(REPORTS, len)
        editor.type(REPORTS, text + OPEN)
        found = await editor.until(REPORTS, lambda items: any("public.notes" in i.message for i in items))
        last = next(item for item in found if "public.notes" in item.message)
        assert last.range.start.line == text.count("\n") + 1
        editor.type(REPORTS, text)
        await editor.until(REPORTS, lambda items: not any("public.notes" in i.message for i in items))

    before = (project / REPORTS).read_text()
    use(project, work)
    assert (project / REPORTS).read_text() == before


def test_a_buffer_counts_in_other_files(project: Path) -> None:
    """What the last migration repairs is not found in the first one any more."""

    async def work(editor: Editor) -> None:
        text = await editor.open(REPORTS)
        await editor.until(PEOPLE, lambda items: any(i.code == "policy-true-for-anon" for i in items))
        editor.type(REPORTS, text + '\ndrop policy "Users read their own profile" on public.profiles;\n')
        await editor.until(PEOPLE, lambda items: not any(i.code == "policy-true-for-anon" for i in items))

    use(project, work)


def test_a_mistake_in_the_syntax_is_an_error(project: Path) -> None:
    """Text that does not parse, as text that is being typed does, is told at its line and stops nothing."""

    async def work(editor: Editor) -> list[types.Diagnostic]:
        text = await editor.open(REPORTS)
        await editor.until(REPORTS, len)
        editor.type(REPORTS, text + "\ncreate tabel x (id int);\n")
        found = await editor.until(REPORTS, lambda items: any(i.code == "syntax" for i in items))
        assert named(found, "syntax").range.start.line == text.count("\n") + 1
        return found

    assert len(use(project, work)) > 1


def test_hover_says_who_may_do_what(project: Path) -> None:
    """Over a table the roles and commands; over a policy its words and its SQL."""

    async def work(editor: Editor) -> tuple[str, str]:
        text = await editor.open(PEOPLE)
        table = await editor.hover(PEOPLE, text, "public.memberships")
        return table, await editor.hover(PEOPLE, text, '"Users read their own profile"')

    table, policy = use(project, work)
    assert "row level security on" in table
    assert "| anon | – | – | – | – | – |" in table
    assert "Visitors who are not signed in may read every row" in policy
    assert "```sql\nusing (" in policy


def test_hover_works_in_a_file_that_is_no_migration(project: Path) -> None:
    """Names of tables are known in any SQL of the project."""
    (project / "query.sql").write_text("select * from coupons;\n")

    async def work(editor: Editor) -> str:
        text = await editor.open("query.sql")
        return await editor.hover("query.sql", text, "coupons")

    assert "table public.coupons" in use(project, work)


def test_a_fix_can_be_put_at_the_end_of_the_last_file(project: Path) -> None:
    """Applied to the buffer it takes the finding away."""

    async def work(editor: Editor) -> None:
        text = await editor.open(REPORTS) + OPEN
        editor.type(REPORTS, text)
        found = await editor.until(REPORTS, lambda items: any("public.notes" in i.message for i in items))
        wanted = next(item for item in found if item.code == "rls-disabled-exposed")
        offered = await editor.actions(REPORTS, wanted)
        here = next(action for action in offered if action.title.endswith("at the end of this file"))
        editor.type(REPORTS, editor.apply(text, here))
        await editor.until(REPORTS, lambda items: not any(i.code == "rls-disabled-exposed" for i in items))

    use(project, work)


def test_a_fix_can_be_a_new_migration(project: Path) -> None:
    """A finding in an old file is mended by a new one, which the editor makes."""

    async def work(editor: Editor) -> list[Any]:
        await editor.open(PEOPLE)
        found = await editor.until(PEOPLE, len)
        offered = await editor.actions(PEOPLE, named(found, "policy-true-for-anon"))
        assert not any(action.title.endswith("at the end of this file") for action in offered)
        new = next(action for action in offered if action.title.endswith("in a new migration"))
        assert new.edit is not None
        return list(new.edit.document_changes or ())

    made, edit = use(project, work)
    assert isinstance(made, types.CreateFile)
    assert made.uri.startswith((project / "supabase/migrations").as_uri())
    assert made.uri.endswith("_policy_true_for_anon.sql")
    assert "to authenticated;" in edit.edits[0].new_text


def test_a_finding_can_be_accepted(project: Path) -> None:
    """The comment above the statement takes it out of the list."""

    async def work(editor: Editor) -> None:
        text = await editor.open(PEOPLE)
        found = await editor.until(PEOPLE, len)
        offered = await editor.actions(PEOPLE, named(found, "policy-true-for-anon"))
        accept = next(action for action in offered if action.title.startswith("Accept"))
        editor.type(PEOPLE, editor.apply(text, accept))
        await editor.until(PEOPLE, lambda items: not any(i.code == "policy-true-for-anon" for i in items))

    use(project, work)


def test_files_that_change_beside_the_editor_count(project: Path) -> None:
    """The server asks to be told of them, and looks again."""
    new = project / "supabase" / "migrations" / "20260701000000_new.sql"

    async def work(editor: Editor) -> None:
        await editor.until(REPORTS, len)
        assert editor.watched == ["workspace/didChangeWatchedFiles"]
        new.write_text(OPEN)
        event = types.FileEvent(uri=new.as_uri(), type=types.FileChangeType.Created)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[event]))
        await editor.until(str(new.relative_to(project)), len)

    use(project, work)


def test_looks_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types on while a large project is looked at is answered once more, not once for every key."""
    looks: list[int] = []

    def slow(*_: Any) -> None:
        looks.append(1)
        time.sleep(0.2)

    monkeypatch.setattr(Server, "_look", slow)
    monkeypatch.setattr(Server, "_drafts", lambda _: ())
    monkeypatch.setattr(Server, "_publish", lambda _: None)

    async def type_on() -> None:
        server = Server()
        await asyncio.gather(*(server.look() for _ in range(20)))

    asyncio.run(type_on())
    assert len(looks) <= 2


def test_columns_are_counted_as_the_editor_counts(project: Path) -> None:
    """A character outside of the basic plane is two of an editor's units."""
    sql = "/* 😀😀 */ create table public.notes (id bigint primary key); grant select on public.notes to anon;\n"

    async def work(editor: Editor) -> types.Diagnostic:
        text = await editor.open(REPORTS)
        await editor.until(REPORTS, len)
        editor.type(REPORTS, text + sql)
        found = await editor.until(REPORTS, lambda items: any("public.notes" in i.message for i in items))
        return next(item for item in found if "public.notes" in item.message)

    found = use(project, work)
    assert found.range.start.character == len("/* 😀😀 */ ".encode("utf-16-le")) // 2
