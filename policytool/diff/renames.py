"""What is the same thing under another name: as the SQL says, or as its contents show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from policytool.catalog.ddl import described
from policytool.catalog.objects import Catalog, Enum
from policytool.catalog.spelling import identifier, literal, qualified
from policytool.diff import likeness
from policytool.diff.likeness import PartOf
from policytool.diff.same import named
from policytool.diff.simulator import Simulator

Mode = Literal["off", "prompt", "auto"]
WHOLES: Final = (
    "schemas", "tables", "views", "enums", "domains", "composites", "ranges", "sequences", "functions",
)  # fmt: skip
PARTS: Final[dict[PartOf, str]] = {
    "column": "columns", "constraint": "constraints", "index": "indexes", "policy": "policies", "trigger": "triggers",
    "rule": "rules",
}  # fmt: skip


class Rename(Struct, frozen=True, kw_only=True):
    """An object, or with `column` a column or another part of it, under its old and its new name."""

    kind: str
    old: Any
    new: Any
    column: tuple[str, str] | None = None
    part: PartOf = "column"
    guessed: bool = False

    def reversed(self) -> Rename:
        """The way back."""
        column = (self.column[1], self.column[0]) if self.column is not None else None
        return Rename(kind=self.kind, old=self.new, new=self.old, column=column, part=self.part, guessed=self.guessed)

    def __str__(self) -> str:
        if self.column is not None:
            return f"{self.part} {self.column[0]} of {_spelled(self.new)} as {self.column[1]}"
        return f"{self.kind[:-1]} {_spelled(self.old)} as {_spelled(self.new)}"


def _spelled(key: Any) -> str:
    return identifier(key) if isinstance(key, str) else qualified(*key[:2])


Accept = Callable[[Rename], bool]


def apply(simulator: Simulator, after: Catalog, hints: Iterable[Rename], accept: Accept) -> None:
    """Rename what is said to be renamed, then what is accepted of what looks so, then what follows from that."""
    for level, guesses in enumerate((likeness.schemas, likeness.wholes, likeness.parts)):
        for hint in hints:
            if _level(hint) == level:
                _run(simulator, after, hint)
        for kind, old, new, part in list(guesses(simulator.state, after)):
            rename = Rename(kind=kind, old=old, new=new, guessed=True)
            if part is not None:
                rename = replace(rename, column=part[0], part=part[1])
            if accept(rename):
                start = len(simulator.done)
                _run(simulator, after, rename)
                simulator.guessed.update(done.sql for done in simulator.done[start:])
    for kind, old, new in list(likeness.sequences(simulator.state, after)):
        _run(simulator, after, Rename(kind=kind, old=old, new=new))
    for kind, key, both, noun in list(likeness.free(simulator.state, after)):
        _run(simulator, after, Rename(kind=kind, old=key, new=key, column=both, part=noun))


def _level(hint: Rename) -> int:
    return 2 if hint.column is not None else 0 if hint.kind == "schemas" else 1


def _run(simulator: Simulator, after: Catalog, rename: Rename) -> None:
    """The statements of one rename, where the old name is there and free afterwards and the new one is not."""
    store, wanted = simulator.state.store(rename.kind), getattr(after, rename.kind)  # type: ignore[arg-type]
    if rename.column is not None:
        item, now = store.get(rename.new), wanted.get(rename.new)
        if item is not None and now is not None:
            simulator.run(_of_part(item, now, rename.part, *rename.column))
        return
    item = store.get(rename.old)
    if item is None or rename.new in store or rename.new not in wanted or rename.old in wanted or item.origin:
        return
    if rename.kind == "schemas":
        simulator.run([f"alter schema {identifier(rename.old)} rename to {identifier(rename.new)}"])
        return
    if rename.old[1] != rename.new[1]:
        simulator.run([f"alter {described.full(item)} rename to {identifier(rename.new[1])}"])
    if rename.old[0] != rename.new[0] and rename.new[0] in simulator.state.schemas:
        moved = (rename.old[0], *rename.new[1:])
        if moved in store:
            simulator.run([f"alter {described.full(store[moved])} set schema {identifier(rename.new[0])}"])


def _of_part(item: Any, now: Any, part: PartOf, old: str, new: str) -> Iterator[str]:
    if part == "value":
        if isinstance(now, Enum) and old in item.labels and new not in item.labels and old not in now.labels:
            yield f"alter type {qualified(item.schema, item.name)} rename value {literal(old)} to {literal(new)}"
        return
    held, wanted = named(getattr(item, PARTS[part], ())), named(getattr(now, PARTS[part], ()))
    if old not in held or new in held or old in wanted or new not in wanted:
        return
    names = f"{identifier(old)} to {identifier(new)}"
    match part:
        case "column" | "constraint":
            noun = "attribute" if part == "column" and described.noun(item) == "type" else part
            yield f"alter {described.full(item)} rename {noun} {names}"
        case "index":
            yield f"alter index {qualified(item.schema, old)} rename to {identifier(new)}"
        case _:
            target = f"{identifier(old)} on {qualified(item.schema, item.name)}"
            yield f"alter {part} {target} rename to {identifier(new)}"
