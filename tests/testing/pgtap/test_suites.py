"""Suites are found where projects keep them, in the order in which pg_prove runs them; seeds as config.toml says."""

from __future__ import annotations

from pathlib import Path

from policytool.testing.pgtap import find_suites, seed_files
from policytool.testing.pgtap.suites import with_includes

TEST = "select plan(1); select ok(true); select * from finish();"


def write(root: Path, *names: str, text: str = TEST) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def paths(root: Path, *places: str) -> list[str]:
    return [suite.path for suite in find_suites(root, places)]


def test_all_of_supabase_tests(tmp_path: Path) -> None:
    """Whatever the depth, helpers too, sorted by path; files elsewhere are none of them."""
    write(tmp_path, "supabase/tests/b.sql", "supabase/tests/a/z.sql", "supabase/tests/000-setup.sql", "test/other.sql")
    write(tmp_path, "supabase/tests/helpers.inc", "supabase/tests/c.pg", "node_modules/x/supabase/tests/d.sql")
    assert paths(tmp_path) == [f"supabase/tests/{name}" for name in ("000-setup.sql", "a/z.sql", "b.sql", "c.pg")]


def test_of_a_project_in_a_larger_repository(tmp_path: Path) -> None:
    """The folder is found below, and from within."""
    write(tmp_path, "apps/db/supabase/tests/a.sql")
    assert paths(tmp_path) == ["apps/db/supabase/tests/a.sql"]
    assert paths(tmp_path / "apps/db/supabase") == ["tests/a.sql"]


def test_elsewhere_only_what_plans(tmp_path: Path) -> None:
    """Without supabase/tests: the files in folders of tests that say they have any."""
    write(tmp_path, "schema/test/unit/a.sql", "schema/deploy/b.sql")
    write(tmp_path, "schema/test/fixtures.sql", text="insert into t values (1);")
    assert paths(tmp_path) == ["schema/test/unit/a.sql"]


def test_places_of_ones_own(tmp_path: Path) -> None:
    """Folders, files and patterns, each file once."""
    write(tmp_path, "db/x/a.sql", "db/x/b.sql", "db/y.sql", "supabase/tests/c.sql")
    assert paths(tmp_path, "db/x") == ["db/x/a.sql", "db/x/b.sql"]
    assert paths(tmp_path, "db/y.sql", "db/**/a.sql", "db/x/a.sql") == ["db/x/a.sql", "db/y.sql"]


def test_a_link_out_of_the_project_is_no_suite(tmp_path: Path) -> None:
    """What lies elsewhere is not read."""
    inside = tmp_path / "inside"
    write(tmp_path, "outside.sql", "inside/supabase/tests/a.sql")
    (inside / "supabase/tests/b.sql").symlink_to(tmp_path / "outside.sql")
    assert paths(inside) == ["supabase/tests/a.sql"]


def test_includes_are_followed_once(tmp_path: Path) -> None:
    r"""\ir beside the file, \i from the folders above it as well; a circle ends."""
    write(tmp_path, "supabase/tests/a.sql", text="\\ir lib/one.inc\n\\i supabase/tests/lib/two.inc\n\\i lib/none.inc\n")
    write(tmp_path, "supabase/tests/lib/one.inc", "supabase/tests/lib/two.inc", text="\\ir one.inc\nselect 1;")
    (suite,) = find_suites(tmp_path)
    assert sorted(file.path for file in with_includes(suite)) == [
        "supabase/tests/a.sql", "supabase/tests/lib/one.inc", "supabase/tests/lib/two.inc",
    ]  # fmt: skip


def test_seeds_as_the_configuration_says(tmp_path: Path) -> None:
    """supabase/seed.sql unless config.toml names others, in its order, or says that there are none."""
    write(tmp_path, "supabase/seed.sql", "supabase/seeds/b.sql", "supabase/seeds/a.sql", "supabase/first.sql")
    config = tmp_path / "supabase/config.toml"

    def seeds() -> list[str]:
        return [file.path.removeprefix("supabase/") for file in seed_files(tmp_path)]

    assert seeds() == ["seed.sql"]
    config.write_text('[db.seed]\nenabled = true\nsql_paths = ["./first.sql", "./seeds/*.sql"]\n')
    assert seeds() == ["first.sql", "seeds/a.sql", "seeds/b.sql"]
    config.write_text("[db.seed]\nsql_paths = []\n")
    assert seeds() == []
    config.write_text("[db.seed]\nenabled = false\n")
    assert seeds() == []


def test_seeds_of_a_project_in_a_larger_repository(tmp_path: Path) -> None:
    """They are found where its tests are."""
    write(tmp_path, "apps/db/supabase/tests/a.sql", "apps/db/supabase/seed.sql")
    assert [file.path for file in seed_files(tmp_path)] == ["apps/db/supabase/seed.sql"]
    assert [file.path for file in seed_files(tmp_path / "apps/db/supabase")] == ["seed.sql"]
