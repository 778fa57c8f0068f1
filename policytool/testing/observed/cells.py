"""Cells of the matrix as observed: what each role reaches, told from what each person does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from policytool.access.row_filter import Reach
from policytool.testing.observed.measure import Tried, Who
from policytool.testing.observed.stage import Held, Item

Kind = Literal["table", "view", "function"]


class Observed(Struct, frozen=True, kw_only=True):
    """What a role was seen to reach by a command; None where it could not be measured, and `why` says why not.

    For `none`, `why` is how it was refused. `shapes` are outcomes that differ by the shape of the statement; `people`
    who reached how many rows.
    """

    role: str
    table: str
    kind: Kind
    command: str
    access: Reach | None
    why: str = ""
    rows: int = 0  # that somebody of the role reached
    of: int = 0
    shapes: Mapping[str, str] = {}
    people: Mapping[str, int] = {}
    special: bool = False  # only holders of special rights reached anything
    lacking: str = ""  # why some row of the worlds could not be made
    otherwise: Reach | None = None  # what it would be if triggers and errors had let pass all that they stopped


def observed(
    role: str, name: str, command: str, tried: Iterable[tuple[Who, Tuple]], held: Held, *, kind: Kind = "table"
) -> Observed:
    """The cell of one role, table and command, of all that its people tried."""
    found = [(who, [t for t in every if t.command == command]) for who, every in tried]
    reached = {who.name: frozenset[str]().union(*(t.reached for t in mine)) for who, mine in found}
    whos = [who for who, _ in found]
    every = frozenset[str]().union(*reached.values())
    tries = [t for _, mine in found for t in mine]
    access, why = _access(whos, reached, tries, held)
    return Observed(
        role=role,
        table=name,
        kind=kind,
        command=command,
        access=access,
        why=why,
        rows=len(every),
        of=len(held.items),
        shapes=_shapes(tries),
        people={name: len(rows) for name, rows in reached.items() if rows},
        special=bool(every) and all(who.person and who.person.kind == "holder" for who in whos if reached[who.name]),
        lacking=held.why,
        otherwise=_otherwise(found, reached, held),
    )


Tuple = tuple[Tried, ...]


def _otherwise(found: list[tuple[Who, list[Tried]]], reached: Mapping[str, frozenset[str]], held: Held) -> Reach | None:
    stopped = {who.name: frozenset[str]().union(*(t.stopped for t in mine)) for who, mine in found}
    if not any(stopped.values()):
        return None
    more = {name: rows | stopped.get(name, frozenset()) for name, rows in reached.items()}
    return reach_of([who for who, _ in found], more, _tried(held, [t for _, mine in found for t in mine]))


def _tried(held: Held, tries: list[Tried]) -> list[Item]:
    """The rows that were tried."""
    among = [t.among for t in tries if t.among is not None]
    return [i for i in held.items if i.id in frozenset[str]().union(*among)] if among else list(held.items)


def _access(
    whos: list[Who], reached: Mapping[str, frozenset[str]], tries: list[Tried], held: Held
) -> tuple[Reach | None, str]:
    refused = _refusal(tries)
    if not any(reached.values()):
        if refused.startswith("denied by grant") or (tries and all(t.outcome.by == "grant" for t in tries)):
            return "none", "denied by grant"
        allowed = [t for t in tries if t.outcome.kind == "allowed"]
        if allowed and allowed[0].command == "TRUNCATE":
            return "all", ""
        if not held.items:
            return None, held.why or "there is no row to try it on"
        if allowed or not all(t.sure for t in tries):
            return None, f"the rows that were touched are not known: {_message(tries)}"
        if held.why and not any(item.world for item in held.items):
            return None, held.why
        return "none", refused
    return reach_of(whos, reached, _tried(held, tries)), ""


def reach_of(whos: Iterable[Who], reached: Mapping[str, frozenset[str]], items: Iterable[Item]) -> Reach:
    """What rows say of a role: of which people they are, and who reached them."""
    by_id = {item.id: item for item in items}
    everybody = list(whos)
    ordinary = [who for who in everybody if who.person is None or who.person.kind not in ("holder", "boaster")]
    # A rank that reaches other tenants, too, is one of the whole, like an administrator's.
    wide = {
        who.name for who in ordinary if who.person and who.person.kind == "colleague"
        and any(not who.mine(by_id[i]) and not by_id[i].shared for i in reached.get(who.name, ()) if i in by_id)
    }  # fmt: skip
    if any(who.name not in wide and who.person for who in ordinary) and not _open(ordinary, wide, reached, by_id):
        ordinary = [who for who in ordinary if who.name not in wide]
    if not any(reached.get(who.name) for who in ordinary):
        # Holders of special rights alone: all that they reach may be their own for all that.
        reaching = [who for who in everybody if reached.get(who.name)]
        ordinary = [who for who in reaching if all(who.mine(by_id[i]) for i in reached[who.name])]
        if not ordinary:
            return "conditional"
    got = {who.name: reached.get(who.name, frozenset()) for who in ordinary}
    if len(ordinary) and all(rows >= by_id.keys() for rows in got.values()):
        return "all"
    if any(who.person is None for who in ordinary):
        return "conditional"
    if any(not who.mine(by_id[i]) and not by_id[i].shared for who in ordinary for i in got[who.name]):
        return "conditional"
    shared = any(who.name not in by_id[i].people | by_id[i].above for who in ordinary for i in got[who.name])
    return "tenant" if shared else "own"


def _open(
    ordinary: list[Who], wide: set[str], reached: Mapping[str, frozenset[str]], by_id: Mapping[str, Item]
) -> bool:
    """Whether somebody without a rank reaches rows of other tenants as well."""
    others = [who for who in ordinary if who.name not in wide and who.person is not None]
    return any(not who.mine(by_id[i]) for who in others for i in reached.get(who.name, ()) if i in by_id)


def _refusal(tries: list[Tried]) -> str:
    """How it was refused; what stopped nearest to the rows tells most."""
    said = [t for t in tries if t.outcome.kind != "allowed"]
    if not said:
        return ""
    order = ("denied by trigger", "error", "denied by check", "denied by read policy", "filtered")
    told = sorted({str(t.outcome) for t in said}, key=lambda s: next((n for n, o in enumerate(order) if o in s), 9))
    if all(s == "denied by grant" for s in told):
        return "denied by grant"
    best = next((s for s in told if s != "denied by grant"), told[0])
    message = next((t.message for t in said if str(t.outcome) == best and best.startswith("error")), "")
    return f"{best}: {message}" if message else best


def _message(tries: list[Tried]) -> str:
    return next((t.message for t in tries if t.message), "no column tells them apart")


def _shapes(tries: list[Tried]) -> dict[str, str]:
    """Outcomes by shape, where they are not all alike."""
    best: dict[str, tuple[int, str]] = {}
    for t in (t for t in tries if t.shape != "self-stamped"):
        score = len(t.reached)
        if t.shape not in best or score > best[t.shape][0]:
            best[t.shape] = (score, str(t.outcome) if not t.reached else f"{score} row{'' if score == 1 else 's'}")
    return {s: text for s, (_, text) in best.items()} if len({n for n, _ in best.values()}) > 1 else {}


def cells(
    key: str, held: Held, tried: Mapping[Who, Tuple], commands: Iterable[str], *, kind: Kind = "table"
) -> Iterator[Observed]:
    """All cells of one table or view: by role, then by command."""
    roles: dict[str, list[tuple[Who, Tuple]]] = {}
    for who, every in tried.items():
        roles.setdefault(who.role, []).append((who, every))
    for role, of_role in roles.items():
        for command in commands:
            yield observed(role, key, command, of_role, held, kind=kind)
