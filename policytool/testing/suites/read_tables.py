"""Reads what a policy test file states of tables, who may and sees what, and how tenants are kept apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from policytool.catalog.model import Name
from policytool.testing.actors import Actor
from policytool.testing.suites.form import Form
from policytool.testing.suites.lookup import Lookup
from policytool.testing.suites.suite import (
    ALLOW,
    LETTERS,
    Command,
    Create,
    Frozen,
    Handle,
    Isolation,
    Right,
    Sees,
    Stated,
    Value,
    Who,
)
from policytool.testing.suites.values import Values
from policytool.testing.suites.yamlfile import Node, Scalar, nearest

_CREATE: Final = ("as", "with", "expect", "returning")
_ISOLATION: Final = ("tenant", "members", "shared", "deny_escalation")
COMMANDS: Final[dict[str, Command]] = {"select": "SELECT", "update": "UPDATE", "delete": "DELETE"}


class Tables:
    """Everything but `cases`."""

    def __init__(self, form: Form, lookup: Lookup, values: Values, actors: Mapping[str, Actor]) -> None:
        self._form = form
        self._lookup = lookup
        self._values = values
        self._actors = actors

    def actor(self, word: Scalar) -> str | None:
        """An actor by name."""
        if word.text in self._actors:
            return word.text
        self._form.problems.add(word.at, f"there is no actor {word.text}", nearest(word.text, self._actors))
        return None

    # --- tables -----------------------------------------------------------------------------------------------------

    def stated(self, node: Node) -> Iterator[Stated]:
        for key, body in self._form.entries(node, "tables"):
            if table := self._lookup.table(key.text, key.at):
                yield self._table(table, key, body)

    def _table(self, table: Name, key: Scalar, body: Node) -> Stated:
        rights: list[Right] = []
        handles: list[Handle] = []
        creates: list[Create] = []
        frozen: list[Frozen] = []
        closed = False
        for word, node in self._form.entries(body, f"tables.{key.text}"):
            if word.text == "create":
                closed = True
                creates += self._creates(table, node)
            elif word.text == "frozen":
                frozen += self._frozen(table, node)
            elif handle := self._lookup.handle(table, word.text, word.at):
                handles.append(handle)
                rights += self._rights(handle, node)
        return Stated(
            table=table,
            rights=tuple(rights),
            handles=tuple(handles),
            creates=tuple(creates),
            closed_insert=closed,
            frozen=tuple(frozen),
            at=key.at,
        )

    def _rights(self, handle: Handle, node: Node) -> Iterator[Right]:
        for word, value in self._form.entries(node, f"what {handle} allows"):
            letters = self._form.word(value, f"what {word.text} may do")
            name = self.actor(word)
            if letters is None or name is None:
                continue
            if set(letters.text) - LETTERS.keys() and letters.text != "-":
                hint = "r reads, u updates, d deletes, - is nothing; inserts go under `create`"
                self._form.problems.add(letters.at, f"{letters.text} is not what one may do to a row", hint)
                continue
            commands = frozenset(LETTERS[letter] for letter in letters.text if letter in LETTERS)
            yield Right(handle=handle, actor=name, commands=commands, at=word.at)

    def _creates(self, table: Name, node: Node) -> Iterator[Create]:
        for item in self._form.items(node, "create"):
            found = {key: value for key, (_, value) in self._form.keys(item, _CREATE, "an item of create").items()}
            if "as" not in found:
                self._form.problems.add(item.at, "an item of create must say who inserts", "write `as: ACTOR`")
                continue
            names = [self.actor(word) for word in self._form.words(found["as"], "as")]
            expect = self._form.expect(found["expect"]) if "expect" in found else ALLOW
            given = self.given(table, found["with"]) if "with" in found else {}
            returning = "returning" in found and self._form.boolean(found["returning"], "returning")
            if expect is not None:
                actors = tuple(name for name in names if name)
                yield Create(actors=actors, given=given, expect=expect, returning=returning, at=item.at)

    def _frozen(self, table: Name, node: Node) -> Iterator[Frozen]:
        for word, value in self._form.entries(node, "frozen"):
            columns = [
                column.text
                for column in self._form.words(value, "frozen columns")
                if self._lookup.column(table, column.text, column.at)
            ]
            if (name := self.actor(word)) and columns:
                yield Frozen(actor=name, columns=tuple(columns), at=word.at)

    def given(self, table: Name, node: Node) -> dict[str, Value]:
        """Columns and their values."""
        found: dict[str, Value] = {}
        for word, value in self._form.entries(node, f"a row of {table[1]}"):
            if self._lookup.column(table, word.text, word.at):
                found[word.text] = self._values.of_column(table, word.text, value)
        return found

    # --- sets -------------------------------------------------------------------------------------------------------

    def who(self, node: Node) -> Iterator[Who]:
        for item in self._form.items(node, "who"):
            found = self._form.keys(item, (*COMMANDS, "exactly"), "an item of who")
            commands = [key for key in found if key in COMMANDS]
            if len(commands) != 1 or "exactly" not in found:
                hint = "as {select: orders.first, exactly: [ben, sam]}"
                self._form.problems.add(item.at, "an item of who names a row and exactly who may", hint)
                continue
            word = self._form.word(found[commands[0]][1], commands[0])
            handle = self._lookup.row(word.text, word.at) if word else None
            names = [self.actor(w) for w in self._form.words(found["exactly"][1], "exactly")]
            if handle:
                exactly = frozenset(name for name in names if name)
                yield Who(command=COMMANDS[commands[0]], handle=handle, exactly=exactly, at=item.at)

    def sees(self, node: Node) -> Iterator[Sees]:
        for word, tables in self._form.entries(node, "sees"):
            name = self.actor(word)
            for key, rows in self._form.entries(tables, f"what {word.text} sees"):
                if not (table := self._lookup.table(key.text, key.at)):
                    continue
                if not self._lookup.in_table(table):
                    hint = "whoever sees nothing of it proves nothing: name a row under `seed`"
                    self._form.problems.add(key.at, f"no row of {key.text} is seeded", hint)
                found = [self._lookup.handle(table, w.text, w.at) for w in self._form.words(rows, "sees")]
                if name:
                    handles = frozenset(handle for handle in found if handle)
                    yield Sees(actor=name, table=table, handles=handles, at=key.at)

    # --- tenants ----------------------------------------------------------------------------------------------------

    def isolation(self, node: Node) -> Isolation | None:
        found = {key: value for key, (_, value) in self._form.keys(node, _ISOLATION, "isolation").items()}
        tenant = self._named(found, "tenant", node)
        members = {}
        if "members" in found:
            members = {
                key: value
                for key, (_, value) in self._form.keys(found["members"], ("table", "tenant", "user"), "members").items()
            }
        table = self._named(members, "table", found.get("members", node))
        columns = [self._column(table, members, key, found.get("members", node)) for key in ("tenant", "user")]
        words = self._form.words(found["shared"], "shared") if "shared" in found else ()
        shared = frozenset(name for word in words if (name := self._lookup.table(word.text, word.at)))
        escalation = "deny_escalation" in found and self._form.boolean(found["deny_escalation"], "deny_escalation")
        if tenant and len(self._lookup.in_table(tenant)) < 2:
            hint = f"seed rows of {tenant[1]} under two names"
            self._form.problems.add(node.at, "one tenant has nobody to be kept apart from", hint)
        if tenant is None or table is None or not columns[0] or not columns[1]:
            return None
        return Isolation(
            tenant=tenant,
            members=table,
            tenant_column=columns[0],
            user_column=columns[1],
            shared=shared,
            deny_escalation=escalation,
            at=node.at,
        )

    def _named(self, found: Mapping[str, Node], key: str, node: Node) -> Name | None:
        word = self._required(found, key, node)
        return self._lookup.table(word.text, word.at) if word else None

    def _column(self, table: Name | None, found: Mapping[str, Node], key: str, node: Node) -> str | None:
        word = self._required(found, key, node)
        if word is None or table is None:
            return None
        return word.text if self._lookup.column(table, word.text, word.at) else None

    def _required(self, found: Mapping[str, Node], key: str, node: Node) -> Scalar | None:
        if key in found:
            return self._form.word(found[key], key)
        hint = "isolation has tenant, and members with table, tenant and user"
        self._form.problems.add(node.at, f"isolation does not say its {key}", hint)
        return None


def spelled(names: Collection[str]) -> str:
    """Names in a sentence."""
    return ", ".join(sorted(names)) or "nobody"
