"""Runs pgTAP suites as pg_prove would: one database, the files in order, a connection for each."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from policytool.postgres.platform import copy_database, project_rights
from policytool.postgres.replay import replay
from policytool.postgres.script import console
from policytool.postgres.standins import standins_in
from policytool.source.model import SqlFile
from policytool.testing.pgtap.result import SuiteResult
from policytool.testing.pgtap.script import Player
from policytool.testing.pgtap.suites import Suite, load_for, with_includes
from policytool.testing.pgtap.tap import Tap

if TYPE_CHECKING:
    from policytool.postgres.perform import Rights
    from policytool.postgres.server import Server

_OWN_PGTAP: Final = re.compile(r"create\s+extension\s+\"?pgtap\b", re.IGNORECASE)
_HELPERS: Final = re.compile(
    r"\btests\s*\.\s*(?:create_supabase_user|get_supabase_u\w+|authenticate_as\w*|clear_authentication|rls_enabled|"
    r"freeze_time|unfreeze_time)\s*\(",
    re.IGNORECASE,
)
_HELPERS_MADE: Final = re.compile(
    r"create\s+schema\s+(?:if\s+not\s+exists\s+)?\"?tests\b|create\s+extension[^;]*test_helpers|dbdev\s*\.\s*install",
    re.IGNORECASE,
)
_EXTENSIONS: Final = b"select 1 from pg_catalog.pg_namespace where nspname = 'extensions'"


def run_suites(
    server: Server,
    template: str,
    suites: Sequence[Suite],
    *,
    seeds: Sequence[SqlFile] = (),
    fresh: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[SuiteResult]:
    """Run the suites in a copy of a migrated database, as `postgres`, who is no superuser; the copy goes afterwards.

    What one suite commits the next one finds, as with pg_prove: files that only prepare others count on it. With
    `fresh` each has a copy of its own. `seeds` are run before; where one fails, `progress` is told.
    """
    base = copy_database(server, template)
    try:
        with project_rights(server, base) as (rights, settings):
            _prepare(server, base, suites, seeds, rights, settings, progress)
            for suite in suites:
                with _database(server, base, fresh=fresh) as database:
                    yield _run(server, database, suite, rights, settings)
    finally:
        server.drop_database(base)


@contextmanager
def _database(server: Server, base: str, *, fresh: bool) -> Iterator[str]:
    if not fresh:
        yield base
        return
    database = copy_database(server, base)
    try:
        yield database
    finally:
        server.drop_database(database)


def _prepare(
    server: Server,
    base: str,
    suites: Sequence[Suite],
    seeds: Sequence[SqlFile],
    rights: Rights,
    settings: Mapping[str, str],
    progress: Callable[[str], None],
) -> None:
    """Run the seeds, and make pgTAP where the tools around pg_prove have it made before; say what is a stand-in."""
    run = partial(
        replay,
        server,
        base,
        user="postgres",
        keep_going=True,
        settings=settings,
        administrator=rights.administrator,
        extensions=rights.extensions,
    )
    for result in run([*seeds]):
        if error := result.error:
            progress(f"{error.path}:{error.line}: the seed fails: {error.message}")
    with server.administer(base) as connection:
        supabase = connection.execute(_EXTENSIONS).fetchone() is not None
    if supabase or not any(_OWN_PGTAP.search(suite.file.text) for suite in suites):
        (made,) = run([f"create extension if not exists pgtap{' with schema extensions' if supabase else ''}"])
        if made.error:
            progress(f"pgTAP cannot be made: {made.error.message}")
    if supabase and _lacks_helpers(suites):
        (made,) = run(['create extension if not exists "basejump-supabase_test_helpers"'])
        if made.error is None:
            progress("suites call helpers in schema tests that no file makes: they get policytool's own")
    with server.administer(base) as connection:
        if "pgtap" in standins_in(connection):
            progress("pgTAP is policytool's own here: the server has none")


def _lacks_helpers(suites: Sequence[Suite]) -> bool:
    """Whether suites call the common helpers, and none of them says where these come from."""
    texts = [file.text for suite in suites for file in with_includes(suite)]
    return any(map(_HELPERS.search, texts)) and not any(map(_HELPERS_MADE.search, texts))


def _run(server: Server, database: str, suite: Suite, rights: Rights, settings: Mapping[str, str]) -> SuiteResult:
    began = time.perf_counter()
    tap = Tap()
    with console(server, database, rights, settings) as session:

        def load(file: SqlFile, name: str, relative: bool) -> SqlFile | None:
            return load_for(suite, file, name, relative=relative)

        player = Player(session, tap, load)
        player.play(suite.file)
    preparation = not (tap.assertions or tap.plans or suite.plans)
    faults = [] if preparation else list(tap.faults())
    return SuiteResult(
        path=suite.path,
        plan=tap.plans[0] if tap.plans else None,
        skipped=tap.skipped,
        preparation=preparation,
        assertions=tuple(tap.assertions),
        errors=(*player.faults, *faults),
        bail_out=tap.bail_out,
        comments=tuple(tap.comments),
        notes=tuple(player.notes),
        seconds=time.perf_counter() - began,
    )
