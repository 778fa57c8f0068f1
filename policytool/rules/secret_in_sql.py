"""A key or password stands in a migration."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.finding import Finding, ObjectRef
from policytool.rule import Context, StatementRule, Step
from policytool.syntax.location import line_index
from policytool.syntax.secrets import find_secrets


class SecretInSql(StatementRule):
    """A key or password stands in a migration."""

    name = "secret-in-sql"
    severity = "error"
    cwe = 798

    def check(self, step: Step, context: Context) -> Iterator[Finding]:
        """Secrets in the text of a statement. The finding never repeats the secret."""
        statement = step.statement
        for number, secret in enumerate(find_secrets(statement.sql)):
            file = statement.file
            start = file.text.find(statement.sql[secret.start : secret.end])
            place = line_index(file.text).location(file.path, start, start + secret.end - secret.start)
            yield self.finding(
                ObjectRef(kind="file", name=file.path.rpartition("/")[2]),
                f"{secret.kind} stands in {file.path}: whoever can read the repository, or pg_proc, has it",
                at=place if start >= 0 else statement.location,
                key=f"{statement.kind} {secret.kind} {number}",
            )
