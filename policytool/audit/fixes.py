"""One migration out of many fixes, each proved on the catalog before it is written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence

from msgspec import Struct

from policytool.audit.own_rules import OwnRules
from policytool.audit.pipeline import look
from policytool.audit.run import RANK
from policytool.audit.selection import Selection
from policytool.catalog.build import Builder
from policytool.catalog.objects import Unmodelled
from policytool.config import Config
from policytool.finding import Finding
from policytool.source.new_file import NewFile

ROUNDS = 12  # a fix may be possible only after another one on the same object
_WORD = re.compile(r"[^\W\d][\w$]*")
_TIMEOUT = "missing-lock-timeout"


class Refused(Struct, frozen=True, kw_only=True):
    """A fix that is not written, and why."""

    finding: Finding
    why: str


class Plan(Struct, frozen=True, kw_only=True):
    """The file to write, if there is any; the findings it mends, and what is left.

    `notes` are what the file itself will be found guilty of while it runs, such as locks that it takes.
    """

    file: NewFile
    text: str
    fixed: tuple[Finding, ...] = ()
    refused: tuple[Refused, ...] = ()
    unsafe: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()  # everything that an audit will find afterwards
    notes: tuple[str, ...] = ()


class Wanted(Struct, frozen=True, kw_only=True):
    """Which fixes are asked for."""

    rules: tuple[str, ...] = ()
    unsafe: bool = False

    def asks(self, finding: Finding) -> bool:
        """Whether this finding is to be mended, safely or not."""
        return finding.fix is not None and (not self.rules or finding.rule in self.rules)


class _Seen(Struct, frozen=True, kw_only=True):
    """What an audit of one state of the catalog says."""

    findings: tuple[Finding, ...]
    known: dict[str, int]  # fingerprint → rank of the severity, of ignored ones too
    unmodelled: tuple[Unmodelled, ...]


class _Section(Struct, frozen=True, kw_only=True):
    """The fix of one finding as it stands in the file."""

    finding: Finding
    text: str


def plan(
    builder: Builder, file: NewFile, config: Config, wanted: Wanted, selection: Selection, own: OwnRules | None = None
) -> Plan:
    """Prove the fixes that are asked for, on top of what `builder` has folded."""
    planner = _Planner(builder, file, config, selection, own)
    refused = planner.run(wanted)
    text, notes = planner.finish()
    left = planner.now.findings
    unsafe = tuple(f for f in left if wanted.asks(f) and f.fix and f.fix.safety == "unsafe" and not wanted.unsafe)
    fixed = tuple(section.finding for section in planner.done)
    return Plan(file=file, text=text, fixed=fixed, refused=refused, unsafe=unsafe, left=left, notes=notes)


class _Planner:
    def __init__(
        self, builder: Builder, file: NewFile, config: Config, selection: Selection, own: OwnRules | None
    ) -> None:
        self._builder = builder
        self._file = file
        self._order = len(builder.built().roots)
        self._see: Callable[[Builder], _Seen] = lambda forked: _seen(forked, config, selection, own)
        self.now = self._see(builder)
        self.done: list[_Section] = []
        self._last = ("", self.now)  # the text that was proved last, and what came of it

    def run(self, wanted: Wanted) -> tuple[Refused, ...]:
        """Accept what can be proved, one fix of an object at a time: the next may come out otherwise after it."""
        tried: set[str] = set()
        refused: dict[str, Refused] = {}  # by SQL: tried again only when something else has happened to the table
        for _ in range(ROUNDS):
            batch = _batch(self.now.findings, wanted, tried, refused)
            accepted, failed = self._prove(batch) if batch else ([], [])
            if not accepted:
                refused.update({_sql(item.finding): item for item in failed})
                break
            self.done += accepted
            tried |= {section.finding.fingerprint for section in accepted}
            touched = {_owner(section.finding) for section in accepted}
            refused.update({_sql(item.finding): item for item in failed})
            refused = {sql: item for sql, item in refused.items() if _owner(item.finding) not in touched}
            self.now = self._attempt(self.done)
        return _still(refused, self.now.findings, wanted)

    def _attempt(self, sections: Sequence[_Section]) -> _Seen:
        text = self._text(sections)
        if text != self._last[0]:
            self._last = text, self._see(self._forked(text))
        return self._last[1]

    def _forked(self, text: str) -> Builder:
        forked = self._builder.fork()
        forked.add([self._file.read(text, self._order)])
        return forked

    def _text(self, sections: Sequence[_Section]) -> str:
        return self._file.text("\n".join(section.text for section in sections))

    def _prove(self, batch: Sequence[Finding]) -> tuple[list[_Section], list[Refused]]:
        """All at once, without those at fault; those that may be are proved apart, half by half, and so is the rest."""
        sections = [self._section(finding) for finding in batch]
        refused: list[Refused] = []
        doubtful: list[_Section] = []
        while sections and (faults := self._faults([], sections)) is not None:
            if not faults:
                doubtful, sections = [*sections, *doubtful], []
            refused += [Refused(finding=s.finding, why=why) for n, s in enumerate(sections) if (why := faults.get(n))]
            doubtful += [s for n, s in enumerate(sections) if faults.get(n) == ""]
            sections = [s for n, s in enumerate(sections) if n not in faults]
        self._halve(doubtful, sections, refused)
        return sections, refused

    def _halve(self, group: list[_Section], accepted: list[_Section], refused: list[Refused]) -> None:
        if not group:
            return
        faults = self._faults(accepted, group)
        if faults is None:
            accepted += group
        elif len(group) == 1:
            why = faults.get(0) or self._blame(accepted, group)
            refused.append(Refused(finding=group[0].finding, why=why))
        else:
            self._halve(group[: len(group) // 2], accepted, refused)
            self._halve(group[len(group) // 2 :], accepted, refused)

    def _faults(self, accepted: Sequence[_Section], group: Sequence[_Section]) -> dict[int, str] | None:
        """None where every fix of the group holds; else those of them that are at fault, and why.

        "" stands for those that may be: what is new speaks of their table. An empty answer knows of none.
        """
        sections = [*self.done, *accepted, *group]
        seen = self._attempt(sections)
        offset = len(sections) - len(group)
        owner = self._owners(sections)
        faults: dict[int, str] = {}
        suspects: set[str] = set()
        clean = True
        for item in seen.unmodelled:
            if item.location.path == self._file.path.as_posix() and item not in self.now.unmodelled:
                clean = False
                faults.setdefault(owner[item.location.line] - offset, item.message)
        for finding in self._new(seen):
            clean = False
            place = finding.location
            if place is not None and place.path == self._file.path.as_posix():
                faults.setdefault(owner[place.line] - offset, _brings(finding))
            else:
                suspects |= _named(finding)
        for number, section in enumerate(group):
            rank = seen.known.get(section.finding.fingerprint)
            if rank is not None and rank <= RANK[section.finding.severity]:
                clean = False
                faults.setdefault(number, "the finding would still be there after it")
            elif _owner(section.finding)[1] in suspects:
                faults.setdefault(number, "")
        return None if clean else {number: why for number, why in faults.items() if number >= 0}

    def _blame(self, accepted: Sequence[_Section], group: Sequence[_Section]) -> str:
        seen = self._attempt([*self.done, *accepted, *group])
        return next((_brings(finding) for finding in self._new(seen)), "it could not be proved")

    def _new(self, seen: _Seen) -> list[Finding]:
        """What is found above info that was not there, but for what the migration does only while it runs."""
        return [
            finding
            for finding in seen.findings
            if finding.severity != "info"
            and RANK[finding.severity] < self.now.known.get(finding.fingerprint, RANK["info"])
            and not self._passing(finding)
        ]

    def _passing(self, finding: Finding) -> bool:
        place = finding.location
        return finding.concern == "availability" and place is not None and place.path == self._file.path.as_posix()

    def _owners(self, sections: Sequence[_Section]) -> list[int]:
        """For each line of the file, from 1, the section that it belongs to; -1 for none."""
        head = self._text([]).partition("\n")[0]
        lines = [-1, *([-1] if head.startswith("-- ") else [])]
        for number, section in enumerate(sections):
            lines += [number] * (section.text.count("\n") + 1)
        return [*lines, *[-1] * 8]

    def _section(self, finding: Finding) -> _Section:
        assert finding.fix is not None
        remarks = [f"{finding.rule}: {finding.identity}", finding.message]
        remarks += [finding.fix.note] if finding.fix.note else []
        remarks += ["unsafe: a client may lose what it can do today"] if finding.fix.safety == "unsafe" else []
        comment = "".join(f"-- {line}\n" for remark in remarks for line in _lines(remark))
        return _Section(finding=finding, text=comment + self._file.block(finding.fix.sql.strip()))

    def finish(self) -> tuple[str, tuple[str, ...]]:
        """The text of the file, and what running it means for those who use the database meanwhile."""
        if not self.done:
            return "", ()
        text = self._text(self.done)
        passing = [finding for finding in self._attempt(self.done).findings if self._passing(finding)]
        if any(finding.rule == _TIMEOUT for finding in passing):
            body = "\n".join(section.text for section in self.done)
            head = "set lock_timeout = '5s'; -- rather fail than make everybody wait"
            text = self._file.text(f"{head}\n\n{body}\nreset lock_timeout;\n")
            self.now = self._see(self._forked(text))
            passing = [finding for finding in self.now.findings if self._passing(finding)]
        return text, tuple(dict.fromkeys(finding.message for finding in passing))


def _seen(builder: Builder, config: Config, selection: Selection, own: OwnRules | None) -> _Seen:
    built = builder.built()
    examined, _ = look(built, config, selection, own)
    known: dict[str, int] = {}
    for finding in (*examined.findings, *(item.finding for item in examined.ignored)):
        rank = RANK[finding.severity]
        known[finding.fingerprint] = min(rank, known.get(finding.fingerprint, rank))
    return _Seen(findings=examined.findings, known=known, unmodelled=built.catalog.unmodelled)


def _batch(findings: Sequence[Finding], wanted: Wanted, tried: set[str], refused: dict[str, Refused]) -> list[Finding]:
    """At most one fix for each object, and no SQL twice; those of one table stand together."""
    chosen: dict[str, Finding] = {}
    said = set(refused)
    for finding in findings:
        fix = finding.fix
        if fix is None or not wanted.asks(finding) or finding.fingerprint in tried or finding.identity in chosen:
            continue
        if (wanted.unsafe or fix.safety == "safe") and _sql(finding) not in said:
            said.add(_sql(finding))
            chosen[finding.identity] = finding
    owners: dict[tuple[str | None, str], int] = {}
    for finding in chosen.values():
        owners.setdefault(_owner(finding), len(owners))
    return sorted(chosen.values(), key=lambda f: owners[_owner(f)])


def _still(refused: dict[str, Refused], findings: Sequence[Finding], wanted: Wanted) -> tuple[Refused, ...]:
    """What is still found and could not be mended; the same SQL may have been meant for several."""
    asked = [f for f in findings if wanted.asks(f) and _sql(f) in refused]
    return tuple(Refused(finding=f, why=refused[_sql(f)].why) for f in asked)


def _sql(finding: Finding) -> str:
    return finding.fix.sql.strip() if finding.fix else ""


def _owner(finding: Finding) -> tuple[str | None, str]:
    return finding.object.schema, finding.object.table or finding.object.name


def _named(finding: Finding) -> set[str]:
    """The tables and functions that a finding may be about: every word of it, and its object."""
    return {_owner(finding)[1], *_WORD.findall(finding.message)}


def _brings(finding: Finding) -> str:
    return f"it would bring {finding.severity}[{finding.rule}]: {finding.message}"


def _lines(text: str) -> list[str]:
    """Text for comments: no name in somebody's SQL may end one."""
    plain = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return textwrap.wrap(plain, 110, break_long_words=False, break_on_hyphens=False)
