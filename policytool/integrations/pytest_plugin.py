"""The pytest plugin: collects policy tests, gives tests in Python a database to act in, and imports nothing unused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from policytool.integrations.pytest_async import AsyncPolicyDb
    from policytool.integrations.pytest_cases import PolicyFile
    from policytool.integrations.pytest_db import PolicyDb
    from policytool.integrations.pytest_grounds import Grounds

SUFFIXES = (".policy.yaml", ".policy.yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--policytool, and where migrations and a server come from."""
    group = parser.getgroup("policytool")
    group.addoption("--policytool", action="store_true", help="Collect policy tests (*.policy.yaml), too.")
    parser.addini("policytool_source", "Where the migrations are, from the root; by default found out.", default="")
    parser.addini("policytool_platform", "supabase, supabase-explicit, supabase-legacy or postgres.", default="")
    parser.addini("policytool_postgres", "auto, embedded, local, docker, or the URL of a throwaway server.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """With --policytool and no arguments, the project's folders of tests are looked into besides `testpaths`."""
    config.addinivalue_line("markers", "policytool: a case of a policy test file (*.policy.yaml)")
    if config.getoption("--policytool") and config.args_source is config.ArgsSource.TESTPATHS:
        from policytool.integrations.pytest_grounds import folders_of_tests

        already = [Path(argument).absolute() for argument in config.args]
        for place in folders_of_tests(config):
            if not any(place.is_relative_to(known) for known in already):
                config.args.append(str(place))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PolicyFile | None:
    """A policy test file, if such are asked for or it is named itself."""
    if not file_path.name.endswith(SUFFIXES):
        return None
    if not (parent.config.getoption("--policytool") or parent.session.isinitpath(file_path)):
        return None
    from policytool.integrations.pytest_cases import PolicyFile

    return PolicyFile.from_parent(parent, path=file_path)


@pytest.fixture(scope="session")
def policytool_server() -> Any:
    """The server to use, None for one by `policytool_postgres`. Override it to return pytest-postgresql's executor.

    It is taken for throwaway: databases and roles come and go on it.
    """
    return None


@pytest.fixture(scope="session")
def policytool_grounds(request: pytest.FixtureRequest, policytool_server: Any) -> Iterator[Grounds]:
    """The session's migrated servers; each worker of pytest-xdist has its own."""
    from policytool.integrations.pytest_grounds import Grounds

    with ExitStack() as stack:
        yield Grounds(request.config, policytool_server, stack)


@pytest.fixture
def policydb(policytool_grounds: Grounds) -> Iterator[PolicyDb]:
    """The migrated database, to act in as anybody; all that the test does is undone."""
    from policytool.integrations.pytest_db import in_transaction

    with in_transaction(policytool_grounds) as database:
        yield database


@pytest.fixture
def policydb_copy(policytool_grounds: Grounds) -> Iterator[PolicyDb]:
    """A copy of the migrated database of the test's own: what it does stays, other connections see it."""
    from policytool.integrations.pytest_db import in_copy

    with in_copy(policytool_grounds) as database:
        yield database


@pytest.fixture
def policydb_async(policytool_grounds: Grounds) -> Iterator[AsyncPolicyDb]:
    """The same, with actors whose statements are awaited."""
    from policytool.integrations.pytest_async import in_copy

    with in_copy(policytool_grounds) as database:
        yield database
