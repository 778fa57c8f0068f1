"""Finds secrets in text: keys and passwords that are real, not placeholders; and hides them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.(eyJ[A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]{16,}")
# What it is, words that tell where to look, and how it is written; a group is the secret part of the match.
_SHAPES = (
    ("a Supabase secret key", "sb_secret_", r"\bsb_secret_[A-Za-z0-9_-]{20,}"),
    ("a Stripe live key", "_live_", r"\b[sr]k_live_[A-Za-z0-9]{16,}"),
    ("an AWS access key", "AKIA", r"\bAKIA[0-9A-Z]{16}\b"),
    ("a GitHub token", "ghp_ gho_ ghs_ ghr_", r"\bgh[posr]_[A-Za-z0-9]{36}\b"),
    ("a GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{40,}"),
    ("an OpenAI key", "sk-", r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}"),
    ("a Resend key", "re_", r"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"),
    ("a SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{30,}"),
    ("a Slack token", "xox", r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    ("a Google API key", "AIza", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("a private key", "PRIVATE", r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/=\s]{40,}"),
    ("a password in a connection string", "://", r"\bpostgres(?:ql)?://[^\s:/@'\"]+:([^\s@'\"/]{4,})@[^\s'\"]+"),
)
_PATTERNS = tuple((kind, tuple(telltales.split()), re.compile(shape)) for kind, telltales, shape in _SHAPES)
_PLACEHOLDER = re.compile(
    r"(?i)your|example|placeholder|changeme|xxxx|\*\*\*|<|\$\{|\{\{|dummy|redacted|password|postgres"
)
TRUSTED_JWT_ROLES = ("service_role", "supabase_admin")


class Secret(Struct, frozen=True):
    """Where a secret stands in a text, in characters, and what it is."""

    kind: str
    start: int
    end: int


def find_secrets(text: str) -> Iterator[Secret]:
    """The secrets in a text. Keys made for browsers (anon, publishable) and obvious placeholders are none."""
    if "eyJ" in text:
        for match in _JWT.finditer(text):
            if _role(match[1]) in TRUSTED_JWT_ROLES:
                yield Secret("a service role key", match.start(), match.end())
    for kind, telltales, pattern in _PATTERNS:
        if any(telltale in text for telltale in telltales):
            for match in pattern.finditer(text):
                group = 1 if pattern.groups else 0
                if not _PLACEHOLDER.search(match[group]) or kind == "a private key":
                    yield Secret(kind, match.start(group), match.end(group))


def masked(text: str) -> str:
    """The text with its secrets hidden, as long as it was, so that columns stay true."""
    for secret in find_secrets(text):
        shown = text[secret.start : secret.start + 4]
        text = text[: secret.start] + shown + "*" * (secret.end - secret.start - len(shown)) + text[secret.end :]
    return text


def _role(payload: str) -> str | None:
    """The role in a JWT's payload; None where it is no JWT, or the well-known one of a local demo."""
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
    if not isinstance(claims, dict) or claims.get("iss") == "supabase-demo":
        return None
    role = claims.get("role")
    return role if isinstance(role, str) else None
