"""A role that anybody can act as may create objects in a schema."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.client_grants import client_grants, named, roles_of
from policytool.access.profile import MANAGED_SCHEMAS
from policytool.access.spelled import grantees
from policytool.catalog.model import Schema
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, lowered, schema_ref
from policytool.rule import CatalogRule, Context


class SchemaCreateUntrusted(CatalogRule):
    """A role that anybody can act as may create objects in a schema."""

    name = "schema-create-untrusted"
    severity = "error"
    cwe = 426

    def check(self, context: Context) -> Iterator[Finding]:
        """Schemas with CREATE for a client; a warning where the schema is in nobody's search_path and in no API."""
        for schema in context.catalog.schemas.values():
            if schema.name in MANAGED_SCHEMAS:
                continue
            grants = client_grants(schema, context.access, ("CREATE",))
            if grants:
                roles = roles_of(grants)
                places = tuple(dict.fromkeys(g.made for g in grants if g.made is not None))
                yield self.finding(
                    schema_ref(schema.name),
                    f"{named(roles)} may create objects in schema {schema.name}: a function or table of theirs can "
                    f"stand in for one that other code means",
                    at=places[-1] if places else schema.made,
                    severity=None if _looked_in(schema, context) else lowered(self.severity),
                    because=tuple(Related(message="CREATE is granted", location=p) for p in places[:-1]),
                    fix=Fix(
                        sql=f"revoke create on schema {identifier(schema.name)} from {grantees(roles)};",
                        safety="safe",
                    ),
                )


def _looked_in(schema: Schema, context: Context) -> bool:
    """Whether names are looked up in the schema: as every session does in public, or some function, or the API."""
    if schema.name == "public" or context.access.profile.exposes(schema.name):
        return True
    paths = (s for f in context.catalog.functions.values() for s in f.settings if s.startswith("search_path="))
    return any(schema.name in path for path in paths)
