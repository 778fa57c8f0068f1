"""An extension is older than the one that the server has ready."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, ObjectRef
from policytool.rule import CatalogRule, Context


class ExtensionOutdated(CatalogRule):
    """An extension is older than the one that the server has ready."""

    name = "extension-outdated"
    severity = "info"
    splinter = "0022_extension_versions_outdated"
    live = True

    def check(self, context: Context) -> Iterator[Finding]:
        """Extensions of the project's whose version is not the one that CREATE EXTENSION would install today."""
        live = context.catalog.live
        for extension in context.catalog.extensions.values():
            ready = live.available.get(extension.name) if live is not None else None
            if ready is None or extension.version in (None, ready) or extension.origin is not None:
                continue
            yield self.finding(
                ObjectRef(kind="extension", name=extension.name),
                f"{extension.name} is installed as {extension.version}; the server has {ready} ready",
                at=extension.made,
                fix=Fix(
                    sql=f"alter extension {identifier(extension.name)} update;",
                    safety="unsafe",
                    note="its release notes say what changes",
                ),
            )
