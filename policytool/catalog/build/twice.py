"""Two histories that begin alike, as two states of a repository do: what they have in common is folded once."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from policytool.catalog.build import Builder, Built
from policytool.catalog.build.platform import Platform
from policytool.source.model import SqlFile
from policytool.source.since import shared


class BuiltTwice:
    """Builds either of two histories, in any order; each build is what `build` makes of the files alone."""

    def __init__(self, one: Sequence[SqlFile], other: Sequence[SqlFile]) -> None:
        self._count = shared(tuple(one), tuple(other))
        self._bases: dict[Platform, Builder] = {}

    def __call__(self, files: Sequence[SqlFile], platform: Platform) -> Built:
        # How the platform was found out, and what the API exposes, is no matter for what the files make.
        alike = replace(platform, why="", exposed_schemas=())
        builder = self._bases.pop(alike, None)
        if builder is None:
            builder = Builder(platform)
            builder.add(files[: self._count])
            self._bases[alike] = builder.fork()
        builder.platform = platform
        builder.add(files[self._count :])
        return builder.built()
