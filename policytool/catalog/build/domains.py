"""Domains: CREATE DOMAIN and ALTER DOMAIN."""

from __future__ import annotations

from msgspec.structs import replace

from policytool.catalog.build import invent
from policytool.catalog.build.names import names_of
from policytool.catalog.build.new_types import collation, new_type, owned
from policytool.catalog.build.nodes import Node, split_name
from policytool.catalog.build.routines import assume_type
from policytool.catalog.build.state import NotModelled, Refused, State
from policytool.catalog.expression.canonical import canonical
from policytool.catalog.expression.names import Names, Relation
from policytool.catalog.expression.types import type_name
from policytool.catalog.model import Constraint, Name
from policytool.catalog.objects import Domain
from policytool.catalog.spelling import qualified


def create(state: State, node: Node) -> None:
    """CREATE DOMAIN."""
    key = new_type(state, node["domainname"])
    assume_type(state, node["typeName"])
    base = type_name(node["typeName"], names_of(state))
    domain = Domain(type=base, collation=collation(state, node), **owned(state, key))
    seen: set[str] = set()
    for constraint in (entry["Constraint"] for entry in node.get("constraints", [])):
        kind = constraint["contype"]
        if {kind, *seen} >= {"CONSTR_NULL", "CONSTR_NOTNULL"}:
            raise Refused("42601", "conflicting NULL/NOT NULL constraints")
        if kind == "CONSTR_DEFAULT" and kind in seen:
            raise Refused("42601", "multiple default expressions")
        seen.add(kind)
        domain = _constrained(state, domain, constraint)
    state.create("domains", key, domain)


def _constrained(state: State, domain: Domain, node: Node) -> Domain:
    match node["contype"]:
        case "CONSTR_DEFAULT":
            return replace(domain, default=_default(state, domain, node["raw_expr"]))
        case "CONSTR_NOTNULL":
            return replace(domain, not_null=True)
        case "CONSTR_NULL":
            return domain
        case "CONSTR_CHECK":
            return replace(domain, constraints=(*domain.constraints, _check(state, domain, node)))
        case "CONSTR_UNIQUE" | "CONSTR_PRIMARY" | "CONSTR_EXCLUSION" | "CONSTR_FOREIGN":
            raise Refused("42601", "constraints of this kind are not possible for domains")
    raise NotModelled(f"{node['contype']} of a domain is not modelled", security=False)


def _check(state: State, domain: Domain, node: Node) -> Constraint:
    names = [constraint.name for constraint in domain.constraints]
    name = node.get("conname")
    if name is None:
        name = invent.constraint_name(state, domain.schema, domain.name, None, "check", names)
    elif name in names:
        raise Refused("42710", f'constraint "{name}" for domain "{domain.name}" already exists')
    return Constraint(
        name=name,
        kind="CHECK",
        expression=check_text(node["raw_expr"], names_of(state), domain.type),
        validated=not node.get("skip_validation", False),
        made=state.at,
        changed=state.at,
    )


def check_text(node: Node, names: Names, kind: str) -> str:
    """The canonical text of a CHECK of a domain, in which VALUE is of the domain's type."""
    return canonical(node, names, extra=(Relation("", "", (("value", kind),)),), expected="boolean")


def _default(state: State, domain: Domain, node: Node | None) -> str | None:
    # DEFAULT NULL is no default, as in StoreAttrDefault's callers; cut to a length, or made a domain's, it is no plain
    # NULL any more.
    made = "(" in domain.type or any(qualified(*key) == domain.type for key in state.domains)
    if node is None or (node.get("A_Const", {}).get("isnull") and not made):
        return None
    return canonical(node, names_of(state), expected=domain.type)


def alter(state: State, node: Node) -> None:
    """ALTER DOMAIN, apart from its name, owner and schema."""
    key = _domain(state, node["typeName"])
    domain = state.domains[key]
    match node["subtype"]:
        case "T":
            domain = replace(domain, default=_default(state, domain, node.get("def")))
        case "N" | "O":
            domain = replace(domain, not_null=node["subtype"] == "O")
        case "C":
            domain = _constrained(state, domain, node["def"]["Constraint"])
        case "X":
            domain = _without(domain, node)
        case "V":
            domain = _validated(state, domain, node["name"])
        case other:
            raise NotModelled(f"ALTER DOMAIN of the form {other} is not modelled", security=False)
    changed = {field: getattr(domain, field) for field in ("default", "not_null", "constraints")}
    state.update("domains", key, **changed)


def _domain(state: State, parts: list[Node]) -> Name:
    schema, name = split_name(parts)
    found = state.find_type(schema, name)
    if found is None:
        raise Refused("42704", f'type "{name}" does not exist')
    if found[0] == "base_types":
        raise NotModelled(f'what domain "{name}" was before is not known', security=False)
    if found[0] != "domains":
        raise Refused("42809", f"{name} is not a domain")
    return found[1]


def _without(domain: Domain, node: Node) -> Domain:
    name = node["name"]
    kept = tuple(constraint for constraint in domain.constraints if constraint.name != name)
    if len(kept) < len(domain.constraints):
        return replace(domain, constraints=kept)
    if name == f"{domain.name}_not_null" and domain.not_null:
        return replace(domain, not_null=False)
    if node.get("missing_ok"):
        return domain
    raise Refused("42704", f'constraint "{name}" of domain "{domain.name}" does not exist')


def _validated(state: State, domain: Domain, name: str) -> Domain:
    if all(constraint.name != name for constraint in domain.constraints):
        raise Refused("42704", f'constraint "{name}" of domain "{domain.name}" does not exist')
    constraints = tuple(
        replace(constraint, validated=True, changed=state.at) if constraint.name == name else constraint
        for constraint in domain.constraints
    )
    return replace(domain, constraints=constraints)
