"""What a file found of an object and left of it, under whatever name, and what it is in the end."""

from __future__ import annotations

from policytool.access.lives import Life, changed, life
from policytool.catalog.build import build
from policytool.catalog.build.platform import Platform
from policytool.catalog.history import History, Step, steps_of
from policytool.source.model import SqlFile


def history(*texts: str, layout: str = "", versions: bool = True) -> History:
    files = [
        SqlFile(path=f"{i}.sql", text=text, order=i, layout=layout, version=str(i) if versions else None)
        for i, text in enumerate(texts)
    ]
    built = build(files, Platform(name="postgres", exposed_schemas=()))
    return History(steps_of(built), built.catalog)


def columns(found: Life) -> list[int | None]:
    return [None if t is None else len(t.columns) for t in (found.before, found.after, found.end)]


def of(found: History, step: Step) -> Life:
    ((change, _, _),) = changed(step, "tables")
    return life(found, "tables", change.key, step)


def test_before_the_file_after_it_and_in_the_end() -> None:
    """A rename in between is followed; a table that is dropped ends as None."""
    found = history(
        "create table t (a int);",
        "alter table t add b int; alter table t rename to u; alter table u add c int;",
        "alter table u add d int;",
        "drop table u;",
    )
    assert [columns(of(found, s)) for s in found.steps] == [
        [None, 1, None], [1, 3, None], [1, 3, None], [1, 3, None], [3, 4, None], [4, None, None],
    ]  # fmt: skip
    assert [len(of(found, s).later) for s in found.steps] == [5, 4, 3, 2, 1, 0]


def test_files_that_are_run_as_one() -> None:
    """Scripts without versions, and desired state, are one file."""
    texts = ("create table t (a int);", "alter table t add b int;")
    for layout, versions, before in (("plain", False, None), ("supabase-declarative", True, None), ("goose", True, 1)):
        found = history(*texts, layout=layout, versions=versions)
        assert columns(of(found, found.steps[1])) == [before, 2, 2], layout


def test_several_changes_of_one_statement() -> None:
    """What a statement found and what it left, once for each object."""
    found = history(
        "create table t (a int);", "do $$ begin alter table t add b int; alter table t rename to u; end $$;"
    )
    ((change, before, after),) = changed(found.steps[1], "tables")
    assert (change.key, len(before.columns), len(after.columns)) == (("public", "u"), 1, 2)
