"""A live database as a source: which arguments name one, and texts that do not tell its password."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from policytool.errors import UsageError

_URL = re.compile(r"^postgres(?:ql)?://", re.IGNORECASE)
_WORD = re.compile(r"^\s*(?P<keyword>[a-z_]+)\s*=")
# The keywords of libpq that a connection string may begin with.
_KEYWORDS = frozenset(
    """
    service host hostaddr port dbname user password passfile options application_name fallback_application_name
    connect_timeout client_encoding sslmode sslrootcert sslcert sslkey sslpassword sslcrl gssencmode krbsrvname
    channel_binding require_auth target_session_attrs load_balance_hosts keepalives tcp_user_timeout servicefile
    """.split()  # noqa: SIM905 - one name a line would be thirty lines
)
HINT = "write @ : / ? # in a user or password as %40 %3A %2F %3F %23, or keep the password in ~/.pgpass"
_USERINFO = re.compile(r"(?i)(postgres(?:ql)?:/{1,2}[^:/@\s]*):.*@")  # a path has lost one of the slashes
_PASSWORD = re.compile(r"""(?i)\b(password|sslpassword)(\s*=\s*|["']?\s*:\s*["'])('(?:[^'\\]|\\.)*'|[^\s&"']+)""")


def is_database(source: str) -> bool:
    """Whether a source argument is a connection string: a URL, or `keyword=value …` that is no file's name."""
    if _URL.match(source):
        return True
    word = _WORD.match(source)
    return word is not None and word["keyword"] in _KEYWORDS and not Path(source).exists()


def check_url(source: str) -> None:
    """Refuse a URL in which libpq would take a part of the password for a host or a database, and then print it."""
    if not _URL.match(source):
        return
    authority, _, path = source.partition("://")[2].partition("?")[0].partition("/")
    if authority.count("@") > 1 or ("@" not in authority and "@" in path):
        raise UsageError("the URL of the database has an @ too many", hint=HINT)


def without_passwords(text: str, passwords: Iterable[str | None] = ()) -> str:
    """The text without these passwords, and without whatever looks like one of a connection string."""
    # A short one would be found in every other word; nothing that we or libpq print repeats it.
    for password in sorted({p for p in passwords if p and len(p) > 3}, key=len, reverse=True):
        text = text.replace(password, "***")
    return _PASSWORD.sub(r"\1\2***", _USERINFO.sub(r"\1:***@", text))
