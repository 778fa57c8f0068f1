"""Which branch a pull request is for: as the service that runs us says, else what git knows of its remote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from policytool.errors import SourceError
from policytool.source.git import Repository

# GitHub and Forgejo, GitLab, Bitbucket, Azure, Jenkins, Buildkite, Drone and Woodpecker.
BRANCHES: Final = (
    "GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH", "CHANGE_TARGET", "BUILDKITE_PULL_REQUEST_BASE_BRANCH", "CI_COMMIT_TARGET_BRANCH",
)  # fmt: skip


def base_of(environment: Mapping[str, str], folder: Path) -> str | None:
    """A ref to compare with; None where this is no branch of another one, as on a push to the main branch."""
    repository = Repository(folder, "find the base")
    for name in BRANCHES:
        branch = environment.get(name, "").removeprefix("refs/heads/")
        if branch:
            return f"origin/{branch}" if _is_there(repository, f"origin/{branch}") else branch
    if any(environment.get(name) for name in ("CI", "GITHUB_ACTIONS")):
        return None  # the service says that it is no pull request
    try:
        here = repository.commit("HEAD")
    except SourceError:
        return None
    for ref in ("origin/HEAD", "origin/main", "origin/master", "main", "master"):
        if _is_there(repository, ref):
            return None if repository.commit(ref) == here and not _edited(repository) else ref
    return None


def _is_there(repository: Repository, ref: str) -> bool:
    found = repository.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return found.returncode == 0


def _edited(repository: Repository) -> bool:
    return bool(repository.run("status", "--porcelain").stdout.strip())
