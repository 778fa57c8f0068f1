"""`policytool init`: files for the layout that is found, and none that is overwritten."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from policytool import __version__
from policytool.config import Config
from policytool.config import load as load_config
from tests.cli.support import CLEAN_TABLE, OPEN_TABLE, Cli
from tests.cli.test_since import git

LAYOUTS = {
    "supabase": ("supabase/migrations/20240101000000_one.sql", "supabase/migrations"),
    "flyway": ("db/migration/V1__one.sql", "db/migration"),
    "golang-migrate": ("db/000001_one.up.sql", "db"),
    "prisma": ("prisma/migrations/20240101000000_one/migration.sql", "prisma/migrations"),
    "plain": ("migrations/001.sql", "migrations"),
}


@pytest.fixture
def repository(cli: Cli) -> Cli:
    """An empty repository."""
    git(cli.folder, "init")
    return cli


def put(cli: Cli, path: str, text: str = CLEAN_TABLE) -> Path:
    """A file of the repository."""
    file = cli.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_is_found(repository: Cli, layout: str) -> None:
    """The configuration names the folder, and an audit with it reads that folder."""
    path, folder = LAYOUTS[layout]
    put(repository, path)
    ran = repository("init", "--no-test")
    assert ran.code == 0, ran.err
    config = load_config(repository.folder / "policytool.toml")
    assert config.source == folder
    audit = repository("audit", "-f", "json", "--fail-on", "never").json
    assert audit["source"]["layout"] == layout
    assert audit["source"]["files"] == 1


def test_the_workflow_uses_the_action_of_this_version(repository: Cli) -> None:
    """It is YAML that GitHub takes, runs for pull requests, and may comment."""
    put(repository, LAYOUTS["supabase"][0])
    repository("init", "--no-test")
    workflow: dict[Any, Any] = yaml.safe_load((repository.folder / ".github/workflows/policytool.yml").read_text())
    assert "pull_request" in workflow[True]  # YAML 1.1 reads `on` as true
    assert workflow[True]["push"]["branches"] == ["main"]
    assert workflow["permissions"]["pull-requests"] == "write"
    *_, step = workflow["jobs"]["policytool"]["steps"]
    assert step["uses"].endswith(f"/policytool@v{__version__}")


def test_the_hook_is_that_of_this_repository(repository: Cli) -> None:
    """The configuration of pre-commit names a hook that is there."""
    put(repository, LAYOUTS["supabase"][0])
    repository("init", "--no-test")
    (repo,) = yaml.safe_load((repository.folder / ".pre-commit-config.yaml").read_text())["repos"]
    hooks = yaml.safe_load((Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in repo["hooks"]] == [hook["id"] for hook in hooks]


def test_gitlab_gets_a_job(repository: Cli) -> None:
    """Where the remote is GitLab's there is a job that is included, and no workflow."""
    put(repository, LAYOUTS["supabase"][0])
    git(repository.folder, "remote", "add", "origin", "https://gitlab.example.com/shop/shop.git")
    repository("init", "--no-test")
    assert yaml.safe_load((repository.folder / ".gitlab-ci.yml").read_text()) == {
        "include": [{"local": ".gitlab/policytool.yml"}]
    }
    job = yaml.safe_load((repository.folder / ".gitlab/policytool.yml").read_text())["policytool"]
    assert job["variables"]["POLICYTOOL_PACKAGE"].endswith(f"@v{__version__}")
    assert not (repository.folder / ".github").exists()


def test_nothing_is_overwritten(repository: Cli) -> None:
    """Files that are there stay byte by byte; what to add to them is said."""
    put(repository, LAYOUTS["supabase"][0], OPEN_TABLE)
    mine = {
        "policytool.toml": 'fail_on = "never"\n',
        ".pre-commit-config.yaml": "repos: []\n",
        ".github/workflows/policytool.yml": "name: mine\n",
        "AGENTS.md": "# Mine\n",
    }
    for path, text in mine.items():
        put(repository, path, text)
    ran = repository("init", "--no-test")
    assert {path: (repository.folder / path).read_text() for path in mine} == mine
    assert "add to .pre-commit-config.yaml:\nrepos:" in ran.out


def test_a_second_run_writes_nothing(repository: Cli) -> None:
    """What the first one wrote is there."""
    put(repository, LAYOUTS["supabase"][0])
    repository("init", "--agents", "--skill", "--no-test")
    before = {p: p.read_bytes() for p in repository.folder.rglob("*") if p.is_file() and ".git/" not in str(p)}
    ran = repository("init", "--agents", "--skill", "--no-test", "-f", "json")
    assert ran.json["files"] == []
    assert {p: p.read_bytes() for p in before} == before


def test_a_dry_run_writes_nothing(repository: Cli) -> None:
    """It says what it would write."""
    put(repository, LAYOUTS["supabase"][0])
    ran = repository("init", "--dry-run")
    assert "policytool.toml: would be written" in ran.out
    assert not (repository.folder / "policytool.toml").exists()


def test_agents_are_told_how(repository: Cli) -> None:
    """A part of AGENTS.md after what its owner wrote, and a skill with a name and a description."""
    put(repository, LAYOUTS["supabase"][0])
    put(repository, "AGENTS.md", "# Mine\n\nBe kind.\n")
    repository("init", "--agents", "--skill", "--no-test")
    agents = (repository.folder / "AGENTS.md").read_text()
    assert agents.startswith("# Mine\n\nBe kind.\n\n<!-- policytool -->\n")
    skill = (repository.folder / ".claude/skills/policytool/SKILL.md").read_text()
    head = yaml.safe_load(skill.split("---")[1])
    assert head["name"] == "policytool"
    assert head["description"]


def test_the_configuration_is_valid(repository: Cli) -> None:
    """Also where the comments are taken away."""
    put(repository, LAYOUTS["supabase"][0])
    repository("init", "--no-test")
    text = (repository.folder / "policytool.toml").read_text()
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines()[3:] if "=" in line or "[[" in line)
    assert msgspec.convert(tomllib.loads(uncommented), Config).public_tables


def test_from_a_folder_below_the_root_is_meant(repository: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files go where git and CI look for them."""
    put(repository, LAYOUTS["supabase"][0])
    monkeypatch.chdir(repository.folder / "supabase")
    assert repository("init", "--no-test").code == 0
    assert load_config(repository.folder / "policytool.toml").source == "supabase/migrations"


def test_without_sql_there_is_nothing_to_set_up(repository: Cli) -> None:
    """The exit code is 3, and nothing is written."""
    assert repository("init", "--no-test").code == 3
    assert [path.name for path in repository.folder.iterdir()] == [".git"]


def test_a_first_policy_test_is_written_and_passes(repository: Cli) -> None:
    """What is measured on a throwaway Postgres is what the test says; a second run leaves it alone."""
    put(repository, LAYOUTS["supabase"][0])
    ran = repository("init")
    path = repository.folder / "supabase" / "tests" / "policies.policy.yaml"
    assert "supabase/tests/policies.policy.yaml: written" in ran.out, ran.out
    assert repository("test", "-q").code == 0
    before = path.read_text()
    assert repository("init", "-f", "json").json["files"] == []
    assert path.read_text() == before


def test_migrations_that_fail_bring_no_test(repository: Cli) -> None:
    """All else is written, and it is said why there is none."""
    put(repository, LAYOUTS["supabase"][0], CLEAN_TABLE + "create table public.x (y nowhere.z);\n")
    ran = repository("init")
    assert ran.code == 0
    assert "there is no first policy test" in ran.out
    assert "policytool.toml: written" in ran.out
