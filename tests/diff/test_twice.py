"""Two states of one history: what they share is folded once, and each is what it would be alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from policytool import api
from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.catalog.build.twice import BuiltTwice
from policytool.source.model import SqlFile
from policytool.syntax.parse import Parsed, parse_file

PLATFORM = Platform(name="supabase-explicit", exposed_schemas=("public",))
COMMON = (
    SqlFile(path="1.sql", text="create table t (id integer primary key); set search_path = other;"),
    SqlFile(path="2.sql", text="alter table t enable row level security; create index on t (id);"),
)
ONE = (*COMMON, SqlFile(path="3.sql", text="create policy p on t using (true); drop index t_id_idx;"))
OTHER = (*COMMON, SqlFile(path="4.sql", text="alter table t add column name text; grant select on t to anon;"))


@pytest.mark.parametrize("order", [(ONE, OTHER), (OTHER, ONE), (COMMON, ONE), (ONE, ())])
def test_each_is_what_it_would_be_alone(order: tuple[tuple[SqlFile, ...], ...]) -> None:
    """Catalog, statements and journal, in either order, and again."""
    fold = BuiltTwice(*order)
    for files in (*order, *order):
        assert fold(files, PLATFORM) == build(files, PLATFORM)


def test_another_platform_is_another_build() -> None:
    """What a platform grants by default is not the other's."""
    fold = BuiltTwice(ONE, OTHER)
    legacy = Platform(name="supabase-legacy", exposed_schemas=("public",))
    for platform in (PLATFORM, legacy):
        assert fold(ONE, platform) == build(ONE, platform)


def test_a_diff_reads_what_is_shared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder held against itself makes each table once."""
    for file in ONE:
        (tmp_path / f"00{file.path}").write_text(file.text)
    folded: list[str] = []

    def counted(file: SqlFile) -> Parsed:
        folded.append(file.path)
        return parse_file(file)

    monkeypatch.setattr("policytool.catalog.build.parse_file", counted)
    assert api.diff(str(tmp_path), f"{tmp_path}/.").changes == ()
    assert len(folded) == len(ONE)
