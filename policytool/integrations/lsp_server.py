"""The server for editors: findings as one types, who may do what over a name, fixes to choose from."""

from __future__ import annotations

from typing import Any, Final

from lsprotocol import types
from pygls import uris

from policytool.config import PlatformName
from policytool.integrations.lsp_editor import Server

WATCHED: Final = ("**/*.sql", "**/policytool.toml", "**/pyproject.toml", "**/supabase/config.toml")


def server(source: str | None = None, *, platform: PlatformName | None = None) -> Server:
    """A server with its features."""
    found = Server(source, platform=platform)

    @found.feature(types.INITIALIZE)
    def begin(ls: Server, params: types.InitializeParams) -> None:
        folders = params.workspace_folders or []
        uri = folders[0].uri if folders else params.root_uri
        ls.open_in(uris.to_fs_path(uri) if uri else params.root_path)

    @found.feature(types.INITIALIZED)
    async def started(ls: Server, _: types.InitializedParams) -> None:
        ls.soon(0)
        await _watch(ls)

    @found.feature(types.TEXT_DOCUMENT_DID_OPEN)
    @found.feature(types.TEXT_DOCUMENT_DID_SAVE)
    @found.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    @found.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed(ls: Server, _: Any) -> None:
        ls.soon(0)

    @found.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def typed(ls: Server, _: types.DidChangeTextDocumentParams) -> None:
        ls.soon()

    @found.feature(types.TEXT_DOCUMENT_HOVER)
    async def over(ls: Server, params: types.HoverParams) -> types.Hover | None:
        return await ls.hover(params)

    @found.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def act(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        return ls.actions(params)

    return found


async def _watch(ls: Server) -> None:
    """Ask to be told of files that change beside the editor, as when another branch is checked out."""
    workspace = ls.client_capabilities.workspace
    files = workspace.did_change_watched_files if workspace else None
    if files is None or not files.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
    wanted = types.Registration(
        id="policytool-files", method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES, register_options=options
    )
    await ls.client_register_capability_async(types.RegistrationParams(registrations=[wanted]))


def serve(source: str | None = None, *, platform: PlatformName | None = None) -> None:
    """Serve one editor until it says so."""
    server(source, platform=platform).start_io()
