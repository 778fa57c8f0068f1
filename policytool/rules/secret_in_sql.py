"""A key or password stands in a migration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from policytool.finding import Finding, ObjectRef, function_ref
from policytool.rule import CatalogRule, Context
from policytool.source.model import SqlFile
from policytool.syntax.location import line_index
from policytool.syntax.secrets import find_secrets


class SecretInSql(CatalogRule):
    """A key or password stands in a migration."""

    name = "secret-in-sql"
    severity = "error"
    cwe = 798

    def check(self, context: Context) -> Iterator[Finding]:
        """Secrets in the files, comments included; where there are none, in the functions. None is ever repeated."""
        files = {step.statement.file.path: step.statement.file for step in context.steps}
        for file in files.values():
            yield from self._in_file(file)
        if not files:
            yield from self._in_functions(context)

    def _in_file(self, file: SqlFile) -> Iterator[Finding]:
        seen: Counter[str] = Counter()
        name = file.path.rpartition("/")[2]
        for secret in find_secrets(file.text):
            seen[secret.kind] += 1
            yield self.finding(
                ObjectRef(kind="file", name=name),
                f"{secret.kind} stands in {name}: whoever can read the repository has it",
                at=line_index(file.text).location(file.path, secret.start, secret.end),
                key=f"{secret.kind} {seen[secret.kind]}",
            )

    def _in_functions(self, context: Context) -> Iterator[Finding]:
        for function in context.catalog.functions.values():
            for kind in dict.fromkeys(s.kind for s in find_secrets(function.body) if function.origin is None):
                ref = function_ref(function)
                message = f"{kind} stands in the body of {function.schema}.{ref.name}, which every role can read"
                yield self.finding(ref, message, at=function.body_at, key=kind)
