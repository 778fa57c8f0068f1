"""An extension put its functions and types into a schema that the API serves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policytool.catalog.objects import Extension
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, ObjectRef
from policytool.rule import CatalogRule, Context
from policytool.source.bootstrap import extension_file

HOME = "extensions"  # where Supabase keeps them


class ExtensionInExposedSchema(CatalogRule):
    """An extension put its functions and types into a schema that the API serves."""

    name = "extension-in-exposed-schema"
    severity = "warning"
    splinter = "0014_extension_in_public"
    cwe = 668

    def check(self, context: Context) -> Iterator[Finding]:
        """Extensions in a schema that an API serves; info where it cannot be moved. Without an API nothing is said."""
        if context.access.profile.exposed_schemas is None:
            return
        for extension in context.catalog.extensions.values():
            mine = extension.origin is None and context.access.profile.exposes(extension.schema)
            if mine and not _lives_elsewhere(extension.name):
                yield self._found(extension, context)

    def _found(self, extension: Extension, context: Context) -> Finding:
        name, schema = extension.name, extension.schema
        movable = _relocatable(name)
        home = HOME in context.catalog.schemas
        sql = f"alter extension {identifier(name)} set schema {HOME};"
        return self.finding(
            ObjectRef(kind="extension", name=name),
            f"extension {name} is in schema {schema}, which the API serves: clients can call its functions"
            + ("" if movable else "; it cannot be moved, only dropped and made again elsewhere"),
            at=extension.changed or extension.made,
            severity=None if movable else "info",
            fix=Fix(sql=sql, note=f"SQL that names its objects in {schema} has to follow")
            if movable and home
            else None,
        )


def _relocatable(name: str) -> bool:
    """Whether ALTER EXTENSION … SET SCHEMA works, as the extension's own control file says; yes if it is not known."""
    file = extension_file(name)
    head = re.search(r"relocatable = (yes|no)", file.text.partition("\n")[0]) if file is not None else None
    return head is None or head[1] == "yes"


def _lives_elsewhere(name: str) -> bool:
    """Whether the extension makes a schema of its own for its objects, whatever schema it is said to be in."""
    file = extension_file(name)
    return file is not None and "\ncreate schema " in file.text
