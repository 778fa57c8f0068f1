"""Clients can list all files of a public bucket, whose addresses alone are meant to be known."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access.storage import doors, is_objects
from policytool.access.wording import and_list, who, widest
from policytool.catalog.model import Policy, Table
from policytool.catalog.spelling import identifier
from policytool.finding import Finding, Fix, Related, member_ref
from policytool.rule import Context, PolicyRule


class PublicBucketListing(PolicyRule):
    """Clients can list all files of a public bucket, whose addresses alone are meant to be known."""

    name = "public-bucket-listing"
    severity = "warning"
    splinter = "0025_public_bucket_allows_listing"
    cwe = 200

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """SELECT policies that open a public bucket to anybody: a public bucket serves its files without one."""
        if not policy.permissive or policy.command not in ("ALL", "SELECT") or not is_objects(table):
            return
        listed = {role: names for role in context.access.clients if (names := _listed(table, policy, role, context))}
        if not listed:
            return
        role = widest(listed)
        public = [context.catalog.buckets[name] for name in sorted(listed[role])]
        yield self.finding(
            member_ref("policy", table, policy.name),
            f"{who(role)} can list every file of public bucket {and_list(b.id for b in public)} by policy "
            f'"{policy.name}"; a public bucket serves its files without any policy',
            at=policy.using_at or policy.made,
            because=tuple(Related(message=f"bucket {b.id} is public", location=b.made) for b in public),
            fix=_fix(policy) if policy.command == "SELECT" else None,
        )


def _fix(policy: Policy) -> Fix:
    note = "files stay readable by their addresses; clients that list the bucket no longer can"
    return Fix(sql=f"drop policy {identifier(policy.name)} on storage.objects;", note=note)


def _listed(table: Table, policy: Policy, role: str, context: Context) -> frozenset[str]:
    access = context.access
    if not access.reach(role, "SELECT", table) or policy not in access.applying(role, table, "SELECT")[0]:
        return frozenset()
    if access.row_filter(role, table, "SELECT").reach == "none":
        return frozenset()
    found = doors(policy, "using", table, access, anonymous=access.anonymous(role))
    buckets = context.catalog.buckets
    return frozenset(name for door in found for name in door.buckets if name in buckets and buckets[name].public)
