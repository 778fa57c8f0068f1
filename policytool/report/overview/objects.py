"""Policies, roles, definer functions and views, as the report tells of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from policytool.access import Access
from policytool.access.story import policy_words
from policytool.access.views import protected_below, readers
from policytool.catalog.model import Function, Role, Table, View
from policytool.catalog.objects import Catalog
from policytool.finding import function_ref, member_ref, view_ref
from policytool.report.overview.model import FunctionReport, PolicyReport, RoleReport, ViewReport

By = Mapping[str, list[int]]


def policies(access: Access, found: By) -> Iterator[PolicyReport]:
    """The policies that the user made, in the order of their tables."""
    for table in sorted(access.catalog.tables.values(), key=lambda t: (t.schema, t.name)):
        for policy in table.policies:
            if policy.origin is None:
                words = policy_words(policy, table, access)
                yield PolicyReport(
                    table=f"{table.schema}.{table.name}",
                    name=policy.name,
                    command=policy.command,
                    permissive=policy.permissive,
                    roles=policy.roles,
                    using=policy.using,
                    with_check=policy.with_check,
                    sentences=words.sentences,
                    notes=words.notes,
                    told=words.told,
                    findings=tuple(found.get(member_ref("policy", table, policy.name).identity, ())),
                    location=policy.made,
                )


def functions(items: Iterable[Function], access: Access, found: By) -> Iterator[FunctionReport]:
    """The SECURITY DEFINER functions among some."""
    for function in sorted(items, key=lambda f: f.signature):
        if not function.security_definer:
            continue
        callers = access.definers.callers(function)
        reached = [access.definers.past(function, role) for role in callers]
        yield FunctionReport(
            name=f"{function.schema}.{function_ref(function).name}",
            owner=function.owner,
            language=function.language,
            search_path=next((s.partition("=")[2] for s in function.settings if s.startswith("search_path=")), None),
            trigger=function.returns in ("trigger", "event_trigger"),
            callers=callers,
            writes=tuple(sorted({name for written, _ in reached for name in written})),
            reads=tuple(sorted({name for _, read in reached for name in read})),
            opaque=access.definers.opaque(function),
            findings=tuple(found.get(function_ref(function).identity, ())),
            comment=function.comment,
            location=function.made,
        )


def views(items: Iterable[View], access: Access, found: By) -> Iterator[ViewReport]:
    """All views; those that read as their owner are definer views."""
    for view in sorted(items, key=lambda v: (v.schema, v.name)):
        yield ViewReport(
            name=f"{view.schema}.{view.name}",
            kind="materialized view" if view.materialized else "view",
            owner=view.owner,
            definer=not view.security_invoker,
            readers=tuple(readers(view, access)) if access.profile.exposes(view.schema) else (),
            past=tuple(f"{t.schema}.{t.name}" for t in protected_below(view, access)),
            findings=tuple(found.get(view_ref(view).identity, ())),
            definition=" ".join(view.definition.split()),
            location=view.made,
        )


def roles(access: Access) -> Iterator[RoleReport]:
    """Clients first, then the roles made here, then owners and whatever these are members of."""
    catalog = access.catalog
    owns = _owns(catalog)
    wanted = [
        *(c for c in access.clients if c in catalog.roles),
        *sorted(n for n, r in catalog.roles.items() if r.origin is None),
        *(n for n in ("authenticator", "service_role") if n in catalog.roles),
        *sorted(n for n in owns if n in catalog.roles),
    ]
    made = {n for n in wanted if n in access.clients or catalog.roles[n].origin is None}
    parents = {m.role for m in catalog.memberships if m.member in made}
    children = {m.member for m in catalog.memberships if m.role in made}
    shown = dict.fromkeys((*wanted, *sorted((parents | children) & catalog.roles.keys())))
    for name in shown:
        role = catalog.roles[name]
        yield RoleReport(
            name=name,
            kind=_kind(role, access),
            client=name in access.clients,
            anonymous=name in access.clients and access.anonymous(name),
            superuser=role.superuser,
            bypassrls=role.bypassrls,
            login=role.login,
            member_of=tuple(sorted({m.role for m in catalog.memberships if m.member == name} & shown.keys())),
            owns=owns[name],
            made_here=role.origin is None,
        )


def _owns(catalog: Catalog) -> Counter[str]:
    items: tuple[Table | View | Function, ...] = (
        *catalog.tables.values(),
        *catalog.views.values(),
        *catalog.functions.values(),
    )
    return Counter(item.owner for item in items if item.origin is None)


def _kind(role: Role, access: Access) -> str:
    if role.name in access.clients:
        return "anyone, without an account" if access.anonymous(role.name) else "any signed-in user"
    if role.superuser:
        return "a superuser: nothing is ever denied to it"
    if role.bypassrls:
        return "row level security does not bind it"
    return "may log in" if role.login else "a group"
