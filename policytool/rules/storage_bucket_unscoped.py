"""A policy on storage.objects does not ask for the bucket, so it opens every bucket there is."""

from __future__ import annotations

from collections.abc import Iterator

from policytool.access import COMMANDS, WRITES, Command, side_of
from policytool.access.storage import doors, is_objects
from policytool.access.wording import verbs, who, widest
from policytool.catalog.model import Policy, Table
from policytool.finding import Finding, member_ref
from policytool.rule import Context, PolicyRule


class StorageBucketUnscoped(PolicyRule):
    """A policy on storage.objects does not ask for the bucket, so it opens every bucket there is."""

    name = "storage-bucket-unscoped"
    severity = "error"
    cwe = 863

    def check(self, table: Table, policy: Policy, context: Context) -> Iterator[Finding]:
        """Permissive policies with an alternative for anybody that names no bucket; a warning where they only read."""
        if not policy.permissive or not is_objects(table):
            return
        opened = {c: roles for c in COMMANDS if (roles := _opened(table, policy, c, context))}
        if not opened:
            return
        role = widest({r for roles in opened.values() for r in roles})
        what = "any file into" if tuple(opened) == ("INSERT",) else "the files of"
        yield self.finding(
            member_ref("policy", table, policy.name),
            f'{who(role)} can {verbs(opened)} {what} every bucket: policy "{policy.name}" on storage.objects does not '
            "ask for bucket_id",
            at=(policy.with_check_at if tuple(opened) == ("INSERT",) else policy.using_at) or policy.made,
            severity="error" if any(c in WRITES for c in opened) else "warning",
            because=context.access.because(role, tuple(opened), table),
        )


def _opened(table: Table, policy: Policy, command: Command, context: Context) -> tuple[str, ...]:
    """The clients that meet an alternative of the policy which asks for no bucket."""
    access = context.access
    if policy.command not in ("ALL", command):
        return ()
    return tuple(
        role
        for role in access.clients
        if access.reach(role, command, table)
        and policy in access.applying(role, table, command)[0]
        and access.row_filter(role, table, command).reach != "none"
        and any(
            not door.asks for door in doors(policy, side_of(command), table, access, anonymous=access.anonymous(role))
        )
    )
