"""Audit the same migrations with policytool and squawk in the same run, in turn, and print both.

usage: python benchmarks/audit_speed.py [--squawk PATH] [--runs N] [FOLDER]

Without a folder, a project of about 2 MB is made from the example product. squawk is the `squawk-cli` of PyPI, found on
PATH or given; without it only policytool is timed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def generated(folder: Path, megabytes: float) -> Path:
    """The example product again and again, each time in schemas of its own names, until there is enough of it."""
    target = folder / "supabase" / "migrations"
    target.mkdir(parents=True)
    sources = sorted((ROOT / "supabase" / "migrations").glob("*.sql"))
    size = number = 0
    while size < megabytes * 1e6:
        for source in sources:
            text = source.read_text(encoding="utf-8").replace("public.", f"public.t{number}_")
            (target / f"{20260601000000 + number * 1000 + size % 1000}_{number}_{source.name[15:]}").write_text(text)
            size += len(text)
        number += 1
    return folder


def seconds(command: list[str]) -> float:
    """The wall-clock time of a whole process, its output thrown away."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main() -> int:
    """Time both, in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--squawk", default=shutil.which("squawk"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or generated(Path(temporary), 2.0)
        files = sorted(str(p) for p in folder.rglob("*.sql"))
        megabytes = sum(Path(f).stat().st_size for f in files) / 1e6
        print(f"{len(files)} files, {megabytes:.2f} MB, {options.runs} runs each, in turn; seconds as whole processes")
        commands = {"policytool": [sys.executable, "-m", "policytool", "audit", str(folder), "--no-progress"]}
        if options.squawk:
            commands["squawk"] = [options.squawk, *files]
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, command in commands.items():
                times[name].append(seconds(command))
        for name, found in times.items():
            print(f"{name:<12} min {min(found):.2f}  median {statistics.median(found):.2f}  max {max(found):.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
