"""Any client may write into the folders of others in a storage bucket."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import WRITES, Command, side_of
from policytool.access.storage import doors, is_objects
from policytool.access.wording import and_list, verbs, who, widest
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, PolicyRule


class StoragePathUnowned(PolicyRule):
    """Any client may write into the folders of others in a storage bucket."""

    name = "storage-path-unowned"
    severity = "warning"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies that let a client write, name a bucket, and ask neither for a path nor for an owner."""
        if not policy.permissive or not is_objects(table):
            return
        opened: dict[Command, tuple[str, ...]] = {}
        buckets: set[str] = set()
        for command in WRITES:
            for role in context.access.clients:
                named = _named(table, policy, command, role, context)
                if named is not None:
                    opened[command] = (*opened.get(command, ()), role)
                    buckets |= named
        if not opened:
            return
        role = widest({r for roles in opened.values() for r in roles})
        where = f"bucket {and_list(sorted(buckets))}" if buckets else "the bucket"
        what = "files anywhere into" if tuple(opened) == ("INSERT",) else "the files of everybody in"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'{who(role)} can {verbs(opened)} {what} {where}: policy "{policy.name}" on storage.objects asks neither '
            "for the path nor for the owner",
            at=(policy.with_check_at if tuple(opened) == ("INSERT",) else policy.using_at) or policy.made,
            because=context.access.because(role, tuple(opened), table),
        )


def _named(table: Table, policy: Policy, command: Command, role: str, context: Context) -> frozenset[str] | None:
    """The buckets whose files the policy lets a client write, whoever they are; None where it lets nobody."""
    access = context.access
    if policy.command not in ("ALL", command) or not access.reach(role, command, table):
        return None
    if policy not in access.applying(role, table, command)[0]:
        return None
    found = doors(policy, side_of(command), table, access, anonymous=access.anonymous(role))
    if not found or any(not door.asks for door in found):  # storage-bucket-unscoped says more of these
        return None
    if access.row_filter(role, table, command).reach == "none":
        return None
    return frozenset(name for door in found for name in door.buckets)
