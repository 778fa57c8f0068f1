"""The servers of a pytest session, one for each source and platform, and what is read of them before."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest
from msgspec import Struct

from policytool import api
from policytool.config import Config, PlatformName, find
from policytool.config import load as load_config
from policytool.errors import PolicytoolError, UsageError
from policytool.postgres.entitled import Actors, actors, entitled
from policytool.postgres.providers import Address, choose
from policytool.postgres.session import Session, open_session
from policytool.testing.actors import CLAIMS, LEGACY_SETTINGS
from policytool.testing.ground import Ground, ground

if TYPE_CHECKING:
    from policytool.postgres.providers import Provider

Key = tuple[str, PlatformName | None]
_LOADED: Final = pytest.StashKey[dict[Key, api.Loaded]]()
_CONFIGURATION: Final = pytest.StashKey[Config]()
_EMPTIED: Final = (CLAIMS, *LEGACY_SETTINGS)
_SUPERUSER: Final = "supabase_admin"


def said(error: PolicytoolError) -> str:
    """An error and its hint."""
    return f"{error.message}\nhint: {error.hint}" if error.hint else error.message


def platform_named(name: str | None) -> PlatformName | None:
    """A platform as the ini file or a policy test names it."""
    if not name:
        return None
    found = next((known for known in get_args(PlatformName) if known == name), None)
    if found is None:
        raise UsageError(f"policytool_platform = {name}: no such platform", hint=f"use {', '.join(_platforms())}")
    return found  # type: ignore[no-any-return]


def _platforms() -> tuple[str, ...]:
    return get_args(PlatformName)


def loaded(config: pytest.Config, source: str | None = None, platform: PlatformName | None = None) -> api.Loaded:
    """A source with its catalog; by default what the ini file or policytool's own configuration names."""
    key = _key(config, source, platform)
    known = config.stash.setdefault(_LOADED, {})
    if key not in known:
        known[key] = api.load(key[0], config=configuration(config), platform=key[1])
    return known[key]


def configuration(config: pytest.Config) -> Config:
    """policytool's own configuration, which pytest's root is in."""
    if _CONFIGURATION not in config.stash:
        config.stash[_CONFIGURATION] = load_config(find(config.rootpath))
    return config.stash[_CONFIGURATION]


def folders_of_tests(config: pytest.Config) -> list[Path]:
    """Where policytool's own configuration says that tests are; else Supabase's folder, if there is one."""
    try:
        settings = configuration(config)
    except PolicytoolError as error:
        raise pytest.UsageError(said(error)) from None
    places = [settings.folder / place for place in settings.tests] or [config.rootpath / "supabase" / "tests"]
    return [place.absolute() for place in places if place.exists()]


def _key(config: pytest.Config, source: str | None, platform: PlatformName | None) -> Key:
    """What is meant by a source and a platform where they are left out; paths start from the root."""
    source = source or config.getini("policytool_source") or configuration(config).source or "."
    there = source if "://" in source or source.startswith("git:") else os.path.relpath(config.rootpath / source)
    return there, platform or platform_named(config.getini("policytool_platform"))


class Place(Struct, frozen=True, kw_only=True):
    """A ground, and whom one may become on its server."""

    ground: Ground
    user: str

    def actors(self, database: str) -> Actors:
        return actors(self.ground.server, database, self.user)


class Shared:
    """A copy of the database that many tests use, each in a transaction; another one where a test changed it."""

    def __init__(self, place: Place, stack: ExitStack) -> None:
        self.place = place
        self._stack = stack
        self._within: ExitStack | None = None
        self._session: Session | None = None
        self.actors: Actors | None = None

    def session(self) -> Session:
        """The session, in no transaction."""
        if self._session is None:
            self._within = self._stack.enter_context(ExitStack())
            self.actors = self.place.actors(self._within.enter_context(self.place.ground.clone()))
            # Settings that nobody set are '' here, whichever test is first: later ones could not unset them.
            self._session = self._within.enter_context(open_session(self.actors, emptied=_EMPTIED))
        return self._session

    def spoil(self) -> None:
        """Something was changed for good: the next test gets another copy."""
        self._session = None
        if self._within is not None:
            self._within.close()


class Grounds:
    """Starts a server where one is asked for, and stops them all at the end."""

    def __init__(self, config: pytest.Config, executor: Any, stack: ExitStack) -> None:
        self._config = config
        self._executor = executor
        self._stack = stack
        self._places: dict[Key, Place | PolicytoolError] = {}
        self._shared: dict[Key, Shared] = {}

    def loaded(self, source: str | None = None, platform: PlatformName | None = None) -> api.Loaded:
        """A source with its catalog."""
        return loaded(self._config, source, platform)

    def place(self, source: str | None = None, platform: PlatformName | None = None) -> Place:
        """The migrated database of a source, to clone from. Raises PolicytoolError where there is none."""
        key = _key(self._config, source, platform)
        if key not in self._places:
            try:
                self._places[key] = self._begun(source, platform)
            except PolicytoolError as error:
                self._places[key] = error  # it would fail again for every test
        found = self._places[key]
        if isinstance(found, PolicytoolError):
            raise found
        return found

    def _begun(self, source: str | None, platform: PlatformName | None) -> Place:
        found = self.loaded(source, platform)
        if not found.project.files:
            raise UsageError(f"{found.project.label} holds no migrations to test", hint="set policytool_source")
        running = self._stack.enter_context(ground(found.project, found.built, self._provider()))
        user = self._stack.enter_context(entitled(running.server))
        return Place(ground=running, user=user)

    def shared(self, source: str | None = None, platform: PlatformName | None = None) -> Shared:
        """A copy of it for tests that undo what they do."""
        key = _key(self._config, source, platform)
        if key not in self._shared:
            self._shared[key] = Shared(self.place(source, platform), self._stack)
        return self._shared[key]

    def _provider(self) -> Provider:
        if self._executor is not None:
            return Address(url=url_of(self._executor), declared=True)
        provider = choose(self._config.getini("policytool_postgres") or "auto")
        if isinstance(provider, Address) and hasattr(self._config, "workerinput"):
            raise UsageError(
                "workers of pytest-xdist cannot share the server that policytool_postgres names: its roles are for all",
                hint="leave policytool_postgres out, or give each worker its own by the fixture `policytool_server`",
            )
        return provider


def url_of(executor: Any) -> str:
    """The address of a server that another plugin runs: a text, or what has host, port, user and password."""
    if isinstance(executor, str):
        return executor
    if executor.user == "postgres":
        raise UsageError(
            "the server's superuser is postgres, as whom the migrations are to run without such rights",
            hint=f"set postgresql_user = {_SUPERUSER}, or postgresql_proc(user={_SUPERUSER!r}) in conftest.py",
        )
    values = {"host": executor.host, "port": executor.port, "user": executor.user, "dbname": "postgres"}
    if password := getattr(executor, "password", None):
        values["password"] = password
    return " ".join(f"{name}={_quoted(str(value))}" for name, value in values.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
