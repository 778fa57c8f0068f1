"""Runs the steps of a composite action as GitHub does, as far as shells go."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Job(Struct, kw_only=True):
    """What came of a run: exit code, all that was printed, and the outputs of the steps."""

    code: int = 0
    said: str = ""
    outputs: dict[str, str] = {}


def run_action(
    path: Path,
    inputs: Mapping[str, str],
    github: Mapping[str, str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    skipped: Collection[str] = (),
) -> Job:
    """Run every `run` step with bash, but for those that use another action; a step that fails ends the job."""
    action: dict[str, Any] = yaml.safe_load(path.read_text())
    known = {f"inputs.{name}": str(entry.get("default", "")) for name, entry in action["inputs"].items()}
    known |= {f"inputs.{name}": value for name, value in inputs.items()}
    known |= {f"github.{name}": value for name, value in github.items()}
    job = Job()
    for step in action["runs"]["steps"]:
        if "run" not in step or step["name"] in skipped or not _wanted(step.get("if", "true"), known):
            continue
        _step(step, known, job, folder, environment)
        if job.code:
            break
    return job


def _step(step: dict[str, Any], known: dict[str, str], job: Job, folder: Path, environment: Mapping[str, str]) -> None:
    output = Path(environment["RUNNER_TEMP"]) / "output"
    output.write_text("")
    env = {name: _filled(str(value), known) for name, value in step.get("env", {}).items()}
    where = folder / _filled(step.get("working-directory", "."), known)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=where,
        env={**os.environ, **environment, **env, "GITHUB_OUTPUT": str(output)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    job.said += done.stdout
    job.code = done.returncode
    for line in output.read_text().splitlines():
        name, _, value = line.partition("=")
        job.outputs[name] = known[f"steps.{step['id']}.outputs.{name}"] = value


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: known[match[1]], text)


def _wanted(condition: str, known: Mapping[str, str]) -> bool:
    """Conditions of the form `a == 'x' && b == 'y'`."""
    for part in condition.split("&&"):
        left, equals, right = part.strip().partition(" == ")
        if equals and known[left] != right.strip("'"):
            return False
    return True
