"""Who may do what, told: a policy as a sentence, a table as one line. Never more than is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from policytool.access.phrases import code, shown
from policytool.access.plain import Words
from policytool.access.predicate import Predicate
from policytool.access.row_filter import Side
from policytool.access.truth import truth
from policytool.access.values import UNKNOWN
from policytool.access.visitor import ANONYMOUS, SIGNED_IN, Visitor
from policytool.access.wording import and_list
from policytool.catalog.expression.references import references
from policytool.catalog.model import Policy, Table
from policytool.syntax.node import bool_of, is_null

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
VERBS: Final = {"SELECT": "read", "INSERT": "add", "UPDATE": "change", "DELETE": "delete"}
MAX_WAYS: Final = 6
MAX_LENGTH: Final = 420  # of one way: longer ones are easier to read as SQL


class Audience(Struct, frozen=True, kw_only=True):
    """Whom a policy is for; `visitors` are what is known of them, none where nothing is."""

    who: str
    visitors: tuple[Visitor, ...] = ()


class Rows(Struct, frozen=True, kw_only=True):
    """Which rows: `every`, none at all (neither), or those of one of the `ways`. `told`: no SQL had to be quoted."""

    every: bool = False
    ways: tuple[str, ...] = ()
    told: bool = True

    @property
    def text(self) -> str:
        """`every row`, `rows where … ; or where …`, `no row`."""
        if self.every:
            return "every row"
        if not self.ways:
            return "no row"
        return "; or ".join([*(f"rows {w}" for w in self.ways[:1]), *self.ways[1:]]).replace(
            "rows if ", "every row if "
        )


class Plain(Struct, frozen=True, kw_only=True):
    """A policy in words: sentences, and what a reader must know besides. `told`: no condition had to be left as SQL."""

    sentences: tuple[str, ...]
    notes: tuple[str, ...] = ()
    told: bool = True

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join((*self.sentences, *self.notes))


def policy_words(policy: Policy, table: Table, access: Access) -> Plain:
    """What a policy lets whom do, as far as it decides: grants and other policies decide as well."""
    said: dict[str, list[str]] = {}
    told = True
    for audience in audiences(policy.roles, access):
        text, known = _sentence(policy, table, audience, access)
        said.setdefault(text, []).append(audience.who)
        told = told and known
    sentences = tuple(_spoken(_together(who, access), text, policy) for text, who in said.items())
    return Plain(sentences=sentences, notes=tuple(_notes(policy, access)), told=told)


def audiences(roles: Iterable[str], access: Access) -> tuple[Audience, ...]:
    """The kinds of people that a list of roles means."""
    named = list(roles)
    clients = [r for r in access.clients if r != "public"]
    if "public" in named:
        named = clients or ["public"]
    return tuple(_audience(role, access) for role in named)


def _audience(role: str, access: Access) -> Audience:
    if role == "public":
        return Audience(who="every role")
    if role in access.clients and access.anonymous(role):
        return Audience(who="visitors who are not signed in", visitors=ANONYMOUS)
    if role == access.profile.authenticated:
        return Audience(who="signed-in users", visitors=(SIGNED_IN,))
    return Audience(who=f"the role {code(role)}")


def _together(who: list[str], access: Access) -> str:
    both = {"visitors who are not signed in", "signed-in users"}
    if both <= set(who):
        who = ["everyone, signed in or not,", *(w for w in who if w not in both)]
    return and_list(who)


def _spoken(who: str, text: str, policy: Policy) -> str:
    start = f"{who[0].upper()}{who[1:]}"
    if policy.permissive:
        return f"{start} may {text}."
    return f"Whatever other policies allow, {who} may go no further than this: {text}."


def _sentence(policy: Policy, table: Table, audience: Audience, access: Access) -> tuple[str, bool]:
    """(`read rows where …`, whether all of it has words)."""
    old, new = (rows(policy, side, table, audience, access) for side in ("using", "check"))
    told = all(part.told for part in (old, new) if part is not None)
    match policy.command:
        case "INSERT":
            return f"add {_new_rows(new)}", told
        case "SELECT" | "DELETE":
            return f"{VERBS[policy.command]} {old.text if old else 'no row'}", told
        case "UPDATE":
            return f"change {old.text if old else 'no row'}{_after(policy, old, new)}", told
    if policy.with_check is None or old == new:
        return f"read, add, change and delete {old.text if old else 'no row'}", told
    if old is None:  # FOR ALL with only a WITH CHECK shows no row
        return f"add {_new_rows(new)}", told
    return f"read and delete {old.text}, change them{_after(policy, old, new)}, and add {_new_rows(new)}", told


def _new_rows(found: Rows | None) -> str:
    return "rows of any content" if found is None or found.every else found.text


def _after(policy: Policy, old: Rows | None, new: Rows | None) -> str:
    """What a changed row must be like; the manual: without WITH CHECK the USING is asked again."""
    if policy.with_check is None or new is None or new == old or (old is not None and not (old.ways or old.every)):
        return ""
    if new.every:
        return " into anything"
    return f" into {new.text}" if new.ways else ", but into nothing"


def _notes(policy: Policy, access: Access) -> Iterable[str]:
    """A sub-query of a policy sees of other tables only what the caller may read."""
    texts = [t for t in (policy.using, policy.with_check) if t]
    read = sorted({name for text in texts for name in references(text).tables})
    hidden = [t for name in read if (t := access.catalog.tables.get(name)) is not None and t.rls_enabled]
    if hidden:
        listed = and_list(code(t.name if t.schema == "public" else f"{t.schema}.{t.name}") for t in hidden)
        yield f"Of {listed} only those rows count that they may read themselves."


def rows(policy: Policy, side: Side, table: Table, audience: Audience, access: Access) -> Rows | None:
    """The rows that one side of a policy lets through; None where it has no such side."""
    says = access.predicate(policy, side, table)
    return None if says is None else predicate_rows(says, table, audience, access)


def predicate_rows(says: Predicate, table: Table, audience: Audience, access: Access) -> Rows:
    """The rows that a predicate is true of, for these people."""
    whole = Rows(ways=(f"that fulfil {code(says.text)}",), told=False)
    if says.node is None or says.branches is None:
        return whole
    found = alive(says, table, audience, access)
    if not all(found):
        return Rows(every=True)
    words = Words(access.helpers, table.name)
    ways = tuple(dict.fromkeys(_way(atoms, words, table) for atoms in found))
    if len(ways) > MAX_WAYS:
        return whole
    told = all(words.told(a) for atoms in found for a in atoms) and all(len(w) <= MAX_LENGTH for w in ways)
    return Rows(ways=ways, told=told)


def alive(says: Predicate, table: Table, audience: Audience, access: Access) -> list[tuple[Node, ...]]:
    """The alternatives that can be true for these people, without the conditions that are true of them anyway."""
    return access.analyst.kept(says, f"alive for {audience.who}", lambda: _alive(says, table, audience, access))


def _alive(says: Predicate, table: Table, audience: Audience, access: Access) -> list[tuple[Node, ...]]:
    not_null = frozenset(c.name for c in table.columns if c.not_null)

    def folded(atom: Node) -> list[object]:
        if not audience.visitors:  # nothing is known of them: only constants are
            return [None if is_null(atom) else bool_of(atom) if "A_Const" in atom else UNKNOWN]
        return [truth(atom, v, not_null=not_null, inline=access.helpers.inline) for v in audience.visitors]

    kept: list[tuple[Node, ...]] = []
    for alternative in says.alternatives:
        values = [(atom, folded(atom)) for atom in alternative]
        if any(all(v is False or v is None for v in vs) for _, vs in values):
            continue
        kept.append(tuple(a for a, vs in values if not all(v is True for v in vs)))
    return kept if all(kept) else [()]


def _way(atoms: tuple[Node, ...], words: Words, table: Table) -> str:
    """`where A and B, if C holds for them`: what is asked of the row, then what is asked of the person alone."""
    of_row = [words.clause(a) for a in atoms if not words.about_person(a)]
    of_person = [words.clause(a) for a in atoms if words.about_person(a)]
    parts = [f"where {and_list(of_row)}"] if of_row else []
    parts += [f"if {and_list(of_person)}"] if of_person else []
    text = ", ".join(parts)
    if len(text) <= MAX_LENGTH:
        return text
    return "that fulfil " + code(" AND ".join(f"({shown(a, table.name)})" for a in atoms))
