"""What a statement's answer says of access: allowed, filtered, denied and by what, or an error."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from policytool.postgres.session import Answer

Kind = Literal["allowed", "filtered", "denied", "error"]
By = Literal["", "grant", "check", "read", "trigger", "constraint", "recursion"]

_PRIVILEGE: Final = "42501"
_RECURSION: Final = ("42P17", "54001")
_POLICY: Final = "ExecWithCheckOptions"
_RAISED: Final = "exec_stmt_raise"
_WRITES: Final = frozenset(("INSERT", "UPDATE", "DELETE", "MERGE"))


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of an attempt.

    `allowed`: it touched or returned `rows`. `filtered`: it ran and reached no row. `denied`: a missing privilege
    (`grant`), a policy's WITH CHECK (`check`), a SELECT policy that RETURNING or ON CONFLICT brought in (`read`), a
    trigger or a constraint refused it. `error`: it failed for another reason, `sqlstate` says which.
    """

    kind: Kind
    by: By = ""
    rows: int = 0
    sqlstate: str = ""

    @property
    def passed_policies(self) -> bool:
        """Whether grants and policies let it through: constraints and triggers come after them, or say nothing."""
        return self.kind == "allowed" or self.by == "constraint"

    def __str__(self) -> str:
        if self.kind == "allowed":
            return "allowed"
        if self.kind == "error":
            return f"error {self.sqlstate}" + (f" ({self.by})" if self.by else "")
        return f"{self.kind} by {_PROSE[self.by]}" if self.by else self.kind


_PROSE: Final[dict[str, str]] = {
    "grant": "grant",
    "check": "check",
    "read": "read policy",
    "trigger": "trigger",
    "constraint": "constraint",
    "recursion": "recursion",
}


def outcome(answer: Answer, command: str = "SELECT") -> Outcome:
    """Read an answer. `command` is what was attempted, in upper case; a call is `EXECUTE`.

    A call that ran is allowed however many rows it gave.
    """
    if answer.ran:
        reached = answer.rows > 0 or command in ("EXECUTE", "TRUNCATE")
        return Outcome(kind="allowed" if reached else "filtered", rows=answer.rows)
    state = answer.sqlstate
    kind, by = _refusal(answer, command)
    return Outcome(kind=kind, by=by, sqlstate=state)


def _refusal(answer: Answer, command: str) -> tuple[Kind, By]:
    state = answer.sqlstate
    if state == _PRIVILEGE and answer.function == _POLICY:
        return "denied", "check"
    if state == _PRIVILEGE and answer.function != _RAISED:
        return "denied", "grant"
    if answer.function == _RAISED and command in _WRITES:
        return "denied", "trigger"
    if state.startswith("23") and answer.function != _RAISED:
        return "denied", "constraint"
    return "error", "recursion" if state in _RECURSION else ""
