"""Options of the commands that take a server, and a process that goes on after its command."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

import click

from policytool.cli.options import option

F = TypeVar("F", bound=Callable[..., Any])


def server_options(function: F) -> F:
    """--postgres, --pg and --yes-throwaway."""
    for decorate in (
        option("--yes-throwaway", is_flag=True, help="A server that is on another machine may be used all the same."),
        option("--pg", "major", type=click.IntRange(13), metavar="MAJOR", help="The major version to use."),
        option(
            "--postgres", default="auto", metavar="auto|URL|local|embedded|docker", help="Where a server comes from."
        ),
    ):
        function = decorate(function)
    return function


class Chosen(TypedDict):
    """The server that the options ask for, as the library takes it."""

    postgres: str
    major: int | None
    declared: bool


def chosen(options: dict[str, Any]) -> Chosen:
    """What --postgres, --pg and --yes-throwaway say."""
    return Chosen(postgres=options["postgres"], major=options["major"], declared=options["yes_throwaway"])


def detached(work: Callable[[Callable[[int], None]], int]) -> int:
    """Do work in a process of its own session. Once it calls what it is given, we end with that code and it goes on."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(reading)
        return work(lambda code: _leave(writing, code))
    os.close(writing)
    try:
        told = os.read(reading, 1)
    except KeyboardInterrupt:
        os.kill(child, signal.SIGTERM)
        raise
    return told[0] if told else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _leave(writing: int, code: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.write(writing, bytes([code]))
    os.close(writing)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
