"""Runs the command line in this process and keeps what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from policytool.cli import run

OPEN_TABLE = "create table public.notes (\n  id bigint primary key\n);\n"
CLEAN_TABLE = (
    "create table public.notes (id bigint primary key, owner_id uuid not null);\n"
    "create index on public.notes (owner_id);\n"
    "alter table public.notes enable row level security;\n"
    "grant select on public.notes to authenticated;\n"
    'create policy "own notes" on public.notes for select to authenticated using (owner_id = (select auth.uid()));\n'
)


class Ran(Struct, frozen=True):
    """Exit code and both streams of one run."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What stdout holds, as JSON."""
        return json.loads(self.out)


class Cli:
    """A folder with migrations, and the program run in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def migration(self, text: str, name: str = "20240101000000_one.sql") -> Path:
        """Write a migration."""
        path = self.folder / "supabase" / "migrations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def __call__(self, *arguments: str) -> Ran:
        """Run `policytool` with these arguments."""
        self.capsys.readouterr()
        code = run(list(arguments))
        out, err = self.capsys.readouterr()
        return Ran(code, out, err)
