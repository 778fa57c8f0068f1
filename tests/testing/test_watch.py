"""Changed files are noticed, and others are not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from policytool.testing.running.keyword import keyword
from policytool.testing.running.watch import changes


def test_changes_are_noticed(tmp_path: Path) -> None:
    """Written, made and removed files of SQL and YAML."""
    (tmp_path / "a.sql").write_text("select 1")
    (tmp_path / "b.policy.yaml").write_text("policytool: 1")
    (tmp_path / "c.txt").write_text("")
    edits: list[Callable[[], object]] = [
        partial((tmp_path / "c.txt").write_text, "more"),
        partial((tmp_path / "a.sql").write_text, "select 12"),
        partial(int),
        (tmp_path / "b.policy.yaml").unlink,
        partial(int),
    ]

    def sleep(_: float) -> None:
        edits.pop(0)()

    found = changes(tmp_path, sleep=sleep)
    assert next(found) == [str(tmp_path / "a.sql")]
    assert next(found) == [str(tmp_path / "b.policy.yaml")]


def test_keywords() -> None:
    """`and` binds before `or`; no words fit everything."""
    assert keyword(None)("x")
    assert keyword("sue and not read")("orders.o1: SUE update")
    assert not keyword("sue and not read")("orders.o1: sue read")
    assert keyword("ben or sue and read")("ben update")
