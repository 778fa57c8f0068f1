"""What counts as a secret, and that it is hidden. The keys are made up, and in parts so that no scanner sees one."""

import base64
import json

import pytest

from policytool.syntax.secrets import find_secrets, masked


def jwt(**claims: str) -> str:
    """A JWT with these claims and a made-up signature."""
    parts = [json.dumps({"alg": "HS256", "typ": "JWT"}), json.dumps(claims)]
    head = ".".join(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts)
    return f"{head}.{'s' * 43}"


SECRETS = [
    jwt(iss="supabase", ref="abc", role="service_role"),
    "sb_secret_" + "Ab3" * 10,
    "sk_" + "live_" + "a1B2" * 6,
    "AKIA" + "ABCDEFGH12345678",
    "-----BEGIN RSA " + "PRIVATE KEY-----\n" + "MIIE" * 20,
    "ghp_" + "a1" * 18,
]
HARMLESS = [
    jwt(iss="supabase", ref="abc", role="anon"),
    jwt(iss="supabase-demo", role="service_role"),
    "sb_publishable_" + "Ab3" * 10,
    "sk_test_" + "a1B2" * 6,
    "postgres://user:password@localhost/db",
    "postgres://user:your-password@localhost/db",
    "postgresql://localhost/db",
    "eyJhbGciOi.is.not.a.jwt",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_real_key_is_found_and_hidden(secret: str) -> None:
    """It is found where it stands, and no more than four characters of it are shown."""
    text = f"select net.http_post('{secret}');"
    (found,) = find_secrets(text)
    assert text[found.start : found.end].startswith(secret[:20])
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert secret[4:12] not in hidden


@pytest.mark.parametrize("text", HARMLESS)
def test_public_keys_and_placeholders_are_no_secrets(text: str) -> None:
    """What a browser holds anyway, a demo's key and a placeholder are left alone."""
    assert list(find_secrets(text)) == []
    assert masked(text) == text


def test_only_the_password_of_a_connection_string_is_hidden() -> None:
    """Host and user may be read."""
    text = "select dblink('postgres://app:" + "h7Gk2pQ9@db.internal:5432/shop');"
    assert masked(text) == "select dblink('postgres://app:h7Gk****@db.internal:5432/shop');"
