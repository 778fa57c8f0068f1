"""What the caller and the keeper of a server say to each other, in terms of the standard library alone."""

from typing import NamedTuple


class Specification(NamedTuple):
    """The server to start: programs, identity, arguments, and the folders to choose from, best first.

    `cluster` names what initdb makes in the cache, `seeded` the same with something already in it, and `base` with a
    part of that; both may be nothing: "".
    """

    bin: str
    identity: str
    initdb: list[str]
    settings: list[str]
    cluster: str
    seeded: str
    base: str
    cache: list[str]
    folders: list[str]
    socket_folders: list[str]
    minimum_free: int
    caller: int
    seconds: float


class Running(NamedTuple):
    """A server that takes connections, and what of its cluster the cache had: "", "cluster", "base" or "seeded"."""

    folder: str
    sockets: str
    pid: int
    cached: str


class Failure(Exception):
    """Why no server can be started; `kind` lets the caller choose another way."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
