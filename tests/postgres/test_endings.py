"""However a run ends, its server ends with it and its folders go."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from policytool.postgres.server import throwaway

pytestmark = [pytest.mark.server, pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at /proc")]

# A session is busy in the server, and looks at nothing else, while the end comes; a fork may hold the caller's pipe.
SCRIPT = """
import json, os, sys, time
from pathlib import Path
from policytool.postgres.server import throwaway

how = sys.argv[1]
with throwaway() as server:
    busy = server.connect()
    busy.pgconn.send_query(b"do $$ begin loop end loop; end $$")
    fork = os.fork() if how == "fork" else 0
    if how == "fork" and fork == 0:
        time.sleep(20)
        os._exit(0)
    postmaster = server.running.pid
    keeper = int(Path(f"/proc/{postmaster}/stat").read_text().rsplit(")", 1)[1].split()[1])
    fields = {"folder": server.running.folder, "postmaster": postmaster, "keeper": keeper, "fork": fork}
    print(json.dumps(fields), flush=True)
    if how == "exception":
        raise ValueError("on purpose")
    if how == "exit":
        sys.exit(3)
    if how == "_exit":
        os._exit(4)
    if how != "return":
        time.sleep(60)
"""


def started(how: str) -> tuple[subprocess.Popen[str], dict[str, int], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, how], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        fields = json.loads(process.stdout.readline())
    return process, fields, Path(fields["folder"])


def inhabitants(folder: Path) -> Iterator[int]:
    """The processes that work in a folder, even if it has been removed: Postgres works in its data folder."""
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and str((process / "cwd").readlink()).startswith(str(folder)):
                yield int(process.name)
        except OSError:
            continue


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def assert_all_gone(fields: dict[str, int], folder: Path, *, folder_too: bool = True) -> None:
    deadline = time.monotonic() + 10
    left: list[object] = ["not looked"]
    while left and time.monotonic() < deadline:
        left = [*inhabitants(folder), *(pid for pid in (fields["keeper"], fields["postmaster"]) if alive(pid))]
        if folder_too and folder.exists():
            left.append(folder)
        time.sleep(0.02)
    assert not left


@pytest.mark.parametrize(("how", "code"), [("return", 0), ("exception", 1), ("exit", 3)])
def test_leaving_the_block_waits_until_all_is_gone(how: str, code: int) -> None:
    """A return, an exception and sys.exit leave nothing by the time the process has ended."""
    process, fields, folder = started(how)
    assert process.wait(20) == code
    assert not folder.exists()
    assert not list(inhabitants(folder))
    assert not alive(fields["keeper"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_to_the_caller_ends_the_server(number: signal.Signals) -> None:
    """Ctrl-C, SIGTERM, SIGHUP and kill -9 leave no process and no folder."""
    process, fields, folder = started("wait")
    assert folder.is_dir()
    process.send_signal(number)
    assert process.wait(20) != 0
    assert_all_gone(fields, folder)


def test_an_abrupt_exit_ends_the_server() -> None:
    """os._exit runs no cleanup of Python's and leaves nothing either."""
    process, fields, folder = started("_exit")
    assert process.wait(20) == 4
    assert_all_gone(fields, folder)


def test_a_fork_of_the_caller_does_not_keep_the_server() -> None:
    """The caller's death counts, even while a child that it forked holds the pipe open."""
    process, fields, folder = started("fork")
    process.kill()
    process.wait(20)
    try:
        assert alive(fields["fork"])
        assert_all_gone(fields, folder)
    finally:
        os.kill(fields["fork"], signal.SIGKILL)


@pytest.mark.parametrize("victim", ["keeper", "postmaster"])
def test_a_killed_part_takes_the_rest_with_it(victim: str) -> None:
    """Kill -9 of the keeper or of the postmaster ends the other; the folder goes at the caller's end at the latest."""
    process, fields, folder = started("wait")
    os.kill(fields[victim], signal.SIGKILL)
    assert_all_gone(fields, folder, folder_too=False)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert_all_gone(fields, folder)


def test_what_a_double_kill_leaves_is_swept_by_the_next_start() -> None:
    """With caller and keeper both killed, the server ends at once and the next server removes its folder."""
    bystander, bystander_fields, bystander_folder = started("wait")
    process, fields, folder = started("wait")
    os.kill(fields["keeper"], signal.SIGKILL)
    process.kill()
    process.wait(20)
    assert_all_gone(fields, folder, folder_too=False)
    with throwaway():
        assert not folder.exists()
    assert bystander_folder.is_dir()
    assert alive(bystander_fields["postmaster"])
    bystander.send_signal(signal.SIGTERM)
    bystander.wait(20)
    assert_all_gone(bystander_fields, bystander_folder)


def test_no_shared_memory_is_left_after_a_killed_postmaster() -> None:
    """The System V segment that Postgres takes goes even if the postmaster could not remove it."""
    process, fields, folder = started("wait")
    lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    identifier = lines[6].split()[1]
    segments = Path("/proc/sysvipc/shm")
    assert identifier in [line.split()[1] for line in segments.read_text().splitlines()]
    os.kill(fields["postmaster"], signal.SIGKILL)
    assert_all_gone(fields, folder)
    assert identifier not in [line.split()[1] for line in segments.read_text().splitlines()]
    process.kill()
    process.wait(20)
