"""A table in one line: who may read it, who may change it, by grants and policies together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, structs

from policytool.access.binding import Binder, Binding
from policytool.access.claims import claim_path, current_role, setting_name
from policytool.access.phrases import code
from policytool.access.plain import Words
from policytool.access.row_filter import COMMANDS, Command, side_of
from policytool.access.story import VERBS, Audience, alive, audiences
from policytool.access.wording import and_list
from policytool.catalog.model import Policy, Table
from policytool.syntax.node import walk

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
MAX_SUBJECTS: Final = 4
ANYONE: Final = "anyone, signed in or not,"
VISITORS: Final = "visitors who are not signed in"
_PERSONS: Final = {
    "created_by": "creator", "user": "user", "uid": "user", "owner": "owner", "author": "author", "creator": "creator",
}  # fmt: skip


class Subject(Struct, frozen=True, kw_only=True):
    """Some people: `its author`; `rows` where what they reach is told by a condition; `alone`: by who they are."""

    who: str
    rows: str = ""
    alone: bool = False


class Part(Struct, frozen=True, kw_only=True):
    """Some people and what they may do: `its author` may `change` and `delete`."""

    who: tuple[Subject, ...]
    commands: tuple[Command, ...]
    limited: bool = False  # restrictive policies take something away


def headline(table: Table, access: Access) -> str:
    """`People of its tenant may read; only its author may change`; what no client may do is not mentioned."""
    if table.assumed:
        return "No migration here makes this table: what is known of it is only what is said of it."
    if not access.profile.exposes(table.schema):
        return "Its schema is not exposed: no client reaches it by the API."
    told = [_said(part) for part in _parts(table, access)]
    if not told:
        return "No client role reaches a row of it."
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _said(part: Part) -> str:
    who = [subject.who for subject in part.who]
    if len(who) > MAX_SUBJECTS:
        who = [*who[: MAX_SUBJECTS - 1], "others by further rules"]
    limits = ", as far as restrictive policies let them" if part.limited else ""
    only = "only " if len(part.who) == 1 and part.who[0].alone else ""
    rows = f" rows {part.who[0].rows}" if part.who[0].rows else ""
    rows = rows.replace(" rows if ", " any row if ")
    return f"{only}{and_list(who)} may {and_list(VERBS[c] for c in part.commands)}{rows}{limits}"


def _parts(table: Table, access: Access) -> list[Part]:
    """Who may do what, commands with the same people together."""
    found: dict[tuple[tuple[Subject, ...], bool], list[Command]] = {}
    for command in COMMANDS:
        who: list[Subject] = []
        limited = False
        for role in _people(access):
            subjects, narrowed = _subjects(table, role, command, access)
            who += subjects
            limited = limited or (bool(subjects) and narrowed)
        people = _merged(who)
        named = tuple(s for s in people if not s.rows)
        for group in (*((s,) for s in people if s.rows), *([named] if named else [])):
            # One among several is not the only one.
            alone = len(people) == 1
            shown = group if alone else tuple(structs.replace(s, alone=False) for s in group)
            found.setdefault((shown, limited), []).append(command)
    return [Part(who=who, commands=tuple(commands), limited=limited) for (who, limited), commands in found.items()]


def _people(access: Access) -> tuple[str, ...]:
    return tuple(r for r in access.clients if r != "public") or ("public",)


def _merged(who: list[Subject]) -> tuple[Subject, ...]:
    """What visitors and users may alike is said once; whoever may anything at all needs no other name."""
    found = list(dict.fromkeys(who))
    whole = {s.who for s in found if not s.rows}
    for every in (ANYONE, "any signed-in user"):
        if every in whole:
            rest = [s for s in found if every == "any signed-in user" and s.who in (ANYONE, VISITORS)]
            return (*rest, Subject(who=every))
    twice = {s.rows for s in found if s.who == VISITORS} & {s.rows for s in found if s.who == "any signed-in user"}
    merged = (Subject(who="anyone", rows=s.rows) if s.rows and s.rows in twice else s for s in found)
    return tuple(dict.fromkeys(merged))


def _subjects(table: Table, role: str, command: Command, access: Access) -> tuple[list[Subject], bool]:
    """(the people, whether restrictive policies narrow what they reach) for a command as one role."""
    reach = access.row_filter(role, table, command)
    (audience,) = audiences((role,), access) if role != "public" else (Audience(who="every role"),)
    if reach.reach == "none":
        return [], False
    if reach.reach == "all":
        return [Subject(who=_everyone(audience))], False
    subjects = [s for policy in reach.permissive for s in _of_policy(policy, table, command, audience, access)]
    return list(dict.fromkeys(subjects)), bool(reach.restrictive)


def _everyone(audience: Audience) -> str:
    match audience.who:
        case "visitors who are not signed in":
            return ANYONE
        case "signed-in users":
            return "any signed-in user"
    return audience.who


def _of_policy(policy: Policy, table: Table, command: Command, audience: Audience, access: Access) -> Iterator[Subject]:
    says = access.predicate(policy, side_of(command), table)
    if says is None:
        return
    if says.node is None or says.branches is None:
        yield Subject(who=f"{audience.who} under the conditions of a policy")
        return

    def people() -> list[Subject]:
        return [_subject(atoms, table, audience, access) for atoms in alive(says, table, audience, access)]

    yield from access.analyst.kept(says, f"people of {table.name} for {audience.who}", people)


def _subject(atoms: tuple[Node, ...], table: Table, audience: Audience, access: Access) -> Subject:
    """Whom one alternative lets through: ties name them; whatever else is asked is said to be asked."""
    binder = Binder(access.helpers, frozenset(c.name for c in table.columns if c.not_null))
    words = Words(access.helpers, table.name)
    ties = [(atom, b) for atom in atoms for b in _first(binder, atom)]
    if not ties:
        start = VISITORS if audience.who == VISITORS and atoms else _everyone(audience)
        told = and_list(words.clause(a) for a in atoms)
        rows = f"{'if' if all(map(words.about_person, atoms)) else 'where'} {told}" if atoms else ""
        return Subject(who=start, rows=rows)
    further = " (under further conditions)" if len(ties) < len(atoms) else ""
    own = list(dict.fromkeys(_named(a, b, table) for a, b in ties if b.kind == "own" and _direct(a)))
    others = _tied([(a, b) for a, b in ties if not (b.kind == "own" and _direct(a))], table)
    if own:
        also = f" who is also of {others.removeprefix('people of ')}" if others else ""
        return Subject(who=" and ".join(own) + also + further, alone=not also and not further)
    return Subject(who=others + further)


def _tied(ties: list[tuple[Node, Binding]], table: Table) -> str:
    """`people of its tenant (by a() and b())`."""
    by: dict[str, list[str]] = {}
    for atom, binding in ties:
        noun = _noun(binding.column)
        by.setdefault(f"its {noun}" if noun else f"the {_single(table.name)}", []).append(_by(atom))
    return and_list(f"people of {of} (by {and_list(dict.fromkeys(ways))})" for of, ways in by.items())


def _first(binder: Binder, atom: Node) -> list[Binding]:
    found = sorted(binder.atom(atom), key=lambda b: (b.kind, b.column))
    return found[:1]


def _named(atom: Node, binding: Binding, table: Table) -> str:
    noun = _noun(binding.column)
    if noun in ("email", "phone"):
        return f"the user with its {noun}"
    if noun:
        return f"its {noun}"
    return "the user whose id it bears" if binding.column == "id" else f"the user in {code(binding.column)}"


def _single(name: str) -> str:
    """One of what a table is named for."""
    bare = name.replace("_", " ").replace("`", "ˋ")
    return f"{bare[:-3]}y" if bare.endswith("ies") else bare.removesuffix("s") if not bare.endswith("ss") else bare


def _direct(atom: Node) -> bool:
    """Whether the person is named in the comparison itself, not found by a helper or in another table."""
    if any(kind == "RangeVar" for kind, _ in walk(atom)):
        return False
    return not any(kind == "FuncCall" and not _identity({kind: body}) for kind, body in walk(atom)) and any(
        _identity({kind: body}) for kind, body in walk(atom)
    )


def _identity(node: Node) -> bool:
    return claim_path(node) is not None or setting_name(node) is not None or current_role(node)


def _by(atom: Node) -> str:
    """The tables and functions that say so."""
    tables = [code(body.get("relname", "")) for kind, body in walk(atom) if kind == "RangeVar"]
    calls = (body for kind, body in walk(atom) if kind == "FuncCall" and not _identity({kind: body}))
    functions = [code(f"{part[-1]['String'].get('sval', '')}()") for c in calls if (part := c.get("funcname"))]
    return and_list(dict.fromkeys((*tables, *functions))) or "their token or session"


def _noun(column: str) -> str:
    """What a column names: `author` of author_id; nothing for the key of the row itself."""
    bare = column.lower()
    for end in ("_uuid", "_id", "_uid"):
        bare = bare.removesuffix(end)
    if bare in ("id", "name", "key", "path"):
        return ""
    return _PERSONS.get(bare, bare.replace("_", " ").replace("`", "ˋ"))
