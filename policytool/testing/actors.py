"""Who acts in a test: a role, and the claims of the token that it comes with."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from policytool.postgres.session import Identity

ANON: Final = "anon"
AUTHENTICATED: Final = "authenticated"
SERVICE: Final = "service_role"
CLAIMS: Final = "request.jwt.claims"
_LEGACY: Final = ("sub", "role", "email")  # functions of older projects read each as a setting of its own
_PEOPLE: Final = uuid.UUID("6f1d8f0e-5f0a-4b1c-9a51-7a0f1c2e9b11")
LEGACY_SETTINGS: Final = tuple(f"request.jwt.claim.{name}" for name in _LEGACY)


class Actor(Struct, frozen=True, kw_only=True):
    """Somebody who acts: the role that a request runs as, the token's claims, and settings of the project's own.

    Without claims there is no token at all, as with a plain database user.
    """

    name: str
    role: str
    claims: Mapping[str, Any] | None = None
    settings: Mapping[str, str] = {}

    @property
    def user(self) -> str | None:
        """The person's number in `auth.users`: the claim `sub`."""
        return None if self.claims is None else self.claims.get("sub")

    def identity(self, *, legacy: bool = True) -> Identity:
        """The role and the settings of a request, those of PostgREST before 9 included if `legacy`."""
        settings = dict(self.settings)
        if self.claims is not None:
            settings[CLAIMS] = json.dumps(self.claims, separators=(",", ":"), sort_keys=True)
            if legacy:
                named = zip(LEGACY_SETTINGS, _LEGACY, strict=True)
                settings |= {setting: str(self.claims[name]) for setting, name in named if name in self.claims}
        return Identity(role=self.role, settings=settings)


def person(name: str, *, claims: Mapping[str, Any] | None = None) -> Actor:
    """Somebody signed in, with the claims that Supabase sends; those given replace or join them.

    The same name is the same person everywhere.
    """
    user = str(uuid.uuid5(_PEOPLE, name))
    sent: dict[str, Any] = {
        "sub": user,
        "role": AUTHENTICATED,
        "aud": AUTHENTICATED,
        "email": f"{name.lower()}@example.com",
        "phone": "",
        "aal": "aal1",
        "session_id": str(uuid.uuid5(_PEOPLE, f"{name}'s session")),
        "is_anonymous": False,
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {},
    }
    sent |= claims or {}
    return Actor(name=name, role=str(sent["role"]), claims=sent)


def key(role: str, name: str | None = None) -> Actor:
    """Who comes with a project's own key: `anon` or `service_role`."""
    return Actor(name=name or role, role=role, claims={"role": role, "iss": "supabase"})


def plain(role: str, name: str | None = None, settings: Mapping[str, str] | None = None) -> Actor:
    """A database user without a token, with settings such as `app.tenant_id`."""
    return Actor(name=name or role, role=role, settings=settings or {})
