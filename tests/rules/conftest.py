"""The server that a piece of SQL is run on, by its platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest

from policytool.config import PlatformName

if TYPE_CHECKING:
    from policytool.postgres.server import Server

TEMPLATES = {"postgres": "postgres_plain", "supabase-explicit": "supabase_explicit"}


@pytest.fixture
def server_of(request: pytest.FixtureRequest) -> Callable[[PlatformName], tuple[Server, str]]:
    """The worker's server for a platform, and the template that a new database of it is cloned from."""

    def serve(platform: PlatformName) -> tuple[Server, str]:
        fixture = "postgres_server" if platform == "postgres" else "supabase_server"
        return cast("Server", request.getfixturevalue(fixture)), TEMPLATES.get(platform, "supabase_legacy")

    return serve
