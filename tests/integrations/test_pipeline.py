"""The Action, the hook, the GitLab job and the image, each used as its user would."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from policytool.report.pull_request import MARKER
from tests.cli.support import CLEAN_TABLE, OPEN_TABLE
from tests.cli.test_since import git
from tests.integrations.github import Job, run_action

ROOT = Path(__file__).resolve().parents[2]
NEW = "supabase/migrations/20250101000000_two.sql"
DOOR = OPEN_TABLE.replace("notes", "doors") + "grant select on public.doors to anon;\n"
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_LOG"
case "$*" in *--paginate*) cat "$GH_COMMENTS";; esac
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """policytool as a checkout of it has it, in a git repository of its own."""
    folder = tmp_path_factory.mktemp("checkout") / "policytool"
    folder.mkdir()
    for name in ("policytool", "sql"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "action.yml", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "policytool")
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone, shallow as CI makes it, of a repository whose branch opens a table."""
    origin = tmp_path / "origin"
    (origin / NEW).parent.mkdir(parents=True)
    git(tmp_path, "init", "origin")
    (origin / "supabase/migrations/20240101000000_one.sql").write_text(CLEAN_TABLE)
    git(origin, "add", ".")
    git(origin, "commit", "-m", "one")
    git(origin, "checkout", "-b", "branch")
    (origin / NEW).write_text(DOOR)
    git(origin, "add", ".")
    git(origin, "commit", "-m", "two")
    git(tmp_path, "clone", "--depth", "1", "--branch", "branch", origin.as_uri(), "clone")
    return tmp_path / "clone"


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """What a runner sets, with a `gh` that writes down what it is asked."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "temp").mkdir()
    gh = tmp_path / "bin" / "gh"
    gh.write_text(GH)
    gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "comments").write_text("")
    return {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "shop/shop",
        "GITHUB_BASE_REF": "main",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GH_LOG": str(tmp_path / "gh.log"),
        "GH_COMMENTS": str(tmp_path / "comments"),
    }


def act(clone: Path, runner: dict[str, str], package: Path, **inputs: str) -> Job:
    """The action on a pull request."""
    github = {"token": "t", "action_path": str(package), "base_ref": "main", "event_name": "pull_request"}
    given = {"python": sys.executable, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    skipped = ("Install policytool",) if (Path(runner["RUNNER_TEMP"]) / "policytool").exists() else ()
    github |= {"event.number": "7"}
    return run_action(package / "action.yml", given, github, folder=clone, environment=runner, skipped=skipped)


def test_the_action_fails_a_pull_request_that_opens_a_table(
    clone: Path, runner: dict[str, str], package: Path, tmp_path: Path
) -> None:
    """It installs itself, fetches the base, annotates, comments once, writes SARIF, and ends with 1."""
    job = act(clone, runner, package)
    assert job.code == 1, job.said
    assert "::error file=supabase/migrations/20250101000000_two.sql" in job.said
    assert "Compared with `origin/main`" in (tmp_path / "temp" / "policytool-comment.md").read_text()
    assert (tmp_path / "summary.md").read_text().startswith(MARKER)
    assert json.loads((Path(job.outputs["reports"]) / "policytool.sarif").read_text())["runs"]
    *_, asked = (tmp_path / "gh.log").read_text().splitlines()
    assert asked.startswith("api --silent --method POST repos/shop/shop/issues/7/comments")

    (tmp_path / "comments").write_text("99\n")  # the second time there is a comment already
    job = act(clone, runner, package, fail_on="never", arguments="--min-severity\nerror")
    assert job.code == 0, job.said
    *_, asked = (tmp_path / "gh.log").read_text().splitlines()
    assert asked.startswith("api --silent --method PATCH repos/shop/shop/issues/comments/99")


def test_no_input_of_the_action_is_run_by_a_shell() -> None:
    """Inputs reach the steps as environment variables, never as a part of their scripts."""
    for step in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_hook_stops_a_commit(package: Path, tmp_path: Path) -> None:
    """pre-commit installs policytool from its repository and looks at the whole catalog, whatever file is committed."""
    project = tmp_path / "shop"
    (project / NEW).parent.mkdir(parents=True)
    git(tmp_path, "init", "shop")
    hooks = {
        "repos": [{"repo": str(package), "rev": git(package, "rev-parse", "HEAD"), "hooks": [{"id": "policytool"}]}]
    }
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(hooks))
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose"]

    def commit(text: str) -> subprocess.CompletedProcess[str]:
        (project / NEW).write_text(text)
        git(project, "add", ".")
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    stopped = commit(DOOR)
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "rls-disabled-exposed" in stopped.stdout
    passed = commit(CLEAN_TABLE)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_the_gitlab_job_runs(clone: Path, tmp_path: Path) -> None:
    """Its script, run by a shell, ends with 1 and leaves the reports that it names."""
    template = ROOT / "policytool" / "integrations" / "templates" / "gitlab.yml"
    job: dict[str, Any] = yaml.safe_load(template.read_text())["policytool"]
    environment = {
        **os.environ, "CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "POLICYTOOL_PACKAGE": str(ROOT),
    }  # fmt: skip
    git(clone, "fetch", "--unshallow")  # GIT_DEPTH: "0"
    python = tmp_path / "python"
    python.mkdir()
    (python / "python").symlink_to(sys.executable)
    environment["PATH"] = f"{python}{os.pathsep}{environment['PATH']}"
    # What it depends on is here already; the test of the Action installs that, too.
    environment |= {"PYTHONPATH": sysconfig.get_path("purelib"), "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    script = "\n".join(job["script"])
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "rls-disabled-exposed" in done.stdout
    named = (*job["artifacts"]["paths"], *job["artifacts"]["reports"].values())
    assert all((clone / path).exists() for path in named)


def test_the_image_has_what_it_copies_and_is_nobody() -> None:
    """Every COPY names what is there and is sent to the builder; the last user is not root."""
    text = (ROOT / "Dockerfile").read_text()
    sent = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for name in shlex.split(line)[:-1]
    ]
    assert set(copied) == sent
    assert all((ROOT / name).exists() for name in copied)
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE)[-1] not in ("root", "0")


def _docker() -> bool:
    command = shutil.which("docker")
    return command is not None and subprocess.run([command, "info"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _docker(), reason="no Docker is running here")
def test_the_image_audits(project: Path) -> None:
    """Built, it audits a folder that it may only read."""
    subprocess.run(
        ["docker", "build", "--quiet", "--tag", "policytool-test", str(ROOT)], check=True, capture_output=True
    )
    command = ["docker", "run", "--rm", "--volume", f"{project}:/work:ro", "policytool-test", "audit", "-f", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["coverage"]["tables"] == 13
