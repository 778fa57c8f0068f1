"""BEGIN and COMMIT of a file do not match, so part of it takes effect otherwise than it looks, or none."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.migrations import file_ref
from policytool.catalog.transactions import BEGIN, END, refuses_transaction
from policytool.finding import Confidence, Finding, Related, Severity
from policytool.rule import Context, StatementRule, Step


class TransactionBalance(StatementRule):
    """BEGIN and COMMIT of a file do not match, so part of it takes effect otherwise than it looks, or none."""

    name = "transaction-balance"
    severity = "error"
    concern = "availability"

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Once for each file: BEGIN twice, BEGIN without an end, an end without BEGIN, and a ROLLBACK of all."""
        steps = context.history.same_file(step)
        if step.ordinal != steps[0].ordinal:
            return
        controls = [s for s in steps if s.statement.kind == "TransactionStmt"]
        opened: Step | None = None
        for control in controls:
            kind = control.statement.node.get("kind")
            if kind in BEGIN:
                if opened is not None:
                    message = "a transaction is open already: this BEGIN opens none, and the next COMMIT ends all"
                    yield self._fault(control, "nested", message, opened)
                opened = opened or control
            elif kind in END:
                if opened is None:
                    yield from self._unopened(control, steps)
                elif kind == "TRANS_STMT_ROLLBACK":
                    yield from self._undone(control, opened, steps)
                opened = control if control.statement.node.get("chain") else None
        if opened is not None:
            yield from self._unclosed(opened)

    def _fault(
        self, step: Step, key: str, message: str, opened: Step | None = None, severity: Severity | None = None
    ) -> Finding:
        confidence: Confidence = "medium" if step.root.layout == "plain" else "high"  # who runs it is not known
        because = (Related(message="it was opened here", location=opened.statement.location),) if opened else ()
        at = step.statement.location
        return self.finding(
            file_ref(step), message, at=at, because=because, key=key, severity=severity, confidence=confidence
        )

    def _unclosed(self, opened: Step) -> Iterator[Finding]:
        if not opened.root.transaction:
            yield self._fault(opened, "unclosed", "this transaction is never committed: all that follows is undone")
        elif opened.root.layout == "supabase":
            message = "this transaction is never committed: the files that follow run in it, and may be undone with it"
            yield self._fault(opened, "unclosed", message)

    def _unopened(self, control: Step, steps: tuple[Step, ...]) -> Iterator[Finding]:
        """An end without a beginning ends the transaction of the tool, if there is one."""
        word = "COMMIT" if control.statement.node.get("kind") != "TRANS_STMT_ROLLBACK" else "ROLLBACK"
        if control.root.transaction:
            if word == "ROLLBACK":
                yield self._fault(control, "unopened", "this ROLLBACK undoes what the file has done so far")
            elif (following := steps[control.ordinal - steps[0].ordinal + 1 :]) and not _meant(following[0]):
                message = "this COMMIT ends the transaction of the migration tool: what follows is not undone with it"
                yield self._fault(control, "unopened", message, severity="warning")
        else:
            message = f"there is no transaction for this {word} to end: what came before took effect one by one"
            yield self._fault(control, "unopened", message, severity="warning")

    def _undone(self, control: Step, opened: Step, steps: tuple[Step, ...]) -> Iterator[Finding]:
        """A ROLLBACK at the end of all that a file does."""
        if control.ordinal == steps[-1].ordinal:
            message = "the file rolls back what it does: it has no effect"
            yield self._fault(control, "undone", message, opened, severity="warning")


def _meant(step: Step) -> bool:
    """Whether somebody ends a transaction on purpose: to begin another, or for what must be outside of one."""
    statement = step.statement
    begins = statement.kind == "TransactionStmt" and statement.node.get("kind") in BEGIN
    return begins or refuses_transaction(statement.kind, statement.node)
