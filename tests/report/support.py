"""Audits to report on."""

from __future__ import annotations

from policytool.api import audit
from policytool.audit.outcome import Audit
from policytool.audit.run import Selection
from tests.rules.support import loaded

OPEN = "create table public.notes (\n  id bigint primary key\n);\n"
HOSTILE = (
    'create table public."<script>alert(1)</script>" (id bigint primary key);\n'
    'create table public."a\u202eb | `c` ::error::d" (id bigint primary key);\n'
    'create table public."x%0A::set-output name=a::b" (id bigint primary key);\n'
    "create table public.\"@everyone &amp; ]]> ![x](http://x) 'q'\" (id bigint primary key);\n"
)


def audit_of(*texts: str, rules: tuple[str, ...] = (), ignored: bool = False) -> Audit:
    """The audit of some files, its working folder being nobody's repository."""
    text = [f"-- policytool: ignore[rls-disabled-exposed] a public list\n{t}" for t in texts] if ignored else texts
    return audit(loaded(*text), selection=Selection(select=rules))
