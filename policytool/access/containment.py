"""Whether the rows of one filter are among those of another, as far as the conditions themselves can show it.

A filter is a list of alternatives, each a set of conditions in one spelling: casts, the order of operands, a scalar
sub-query around a call, the aliases of a sub-query and the choice between IN and EXISTS make no difference.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from policytool.access.binding import Binder, Facts
from policytool.access.branches import TooManyBranches, branches, operator_of
from policytool.access.claims import claim_path, plain_select
from policytool.access.row_filter import Command, Side, expression, side_of
from policytool.access.rowmark import ROW, join_conditions, mark, relations
from policytool.access.truth import truth
from policytool.access.visitor import ANONYMOUS, SIGNED_IN, Visitor
from policytool.catalog.model import Policy, Table
from policytool.syntax.fragments import parse_expression
from policytool.syntax.node import kind_of, names, unwrapped

if TYPE_CHECKING:
    from policytool.access import Access

Node = Mapping[str, Any]
Atom = Any  # hashable
Atoms = frozenset[Atom]
Spelled = tuple[tuple[Node, Atom], ...]
MAX_ALTERNATIVES = 64
_IDLE = frozenset({"location", "inline_depth", "funcformat", "rexpr_list_start", "rexpr_list_end"})
_SIMPLE = frozenset({"targetList", "fromClause", "whereClause", "limitOption", "limitCount", "op", "distinctClause"})


class Alternative(Struct, frozen=True, kw_only=True):
    """Conditions that must hold together for a row to pass, and what they ask of the visitor."""

    atoms: Atoms
    facts: Facts

    @property
    def open(self) -> bool:
        """Whether it asks nothing of the person."""
        return not self.facts.closed

    @property
    def own(self) -> bool:
        """Whether it ties rows to the person themselves."""
        return any(b.kind == "own" for b in self.facts.bindings)

    @property
    def personal(self) -> bool:
        """Whether a column of the row itself must be the person: `user_id = auth.uid()`."""
        return any(
            isinstance(a, tuple)
            and a[0] == "equal"
            and {p[0] for p in a[1] if isinstance(p, tuple)} == {"claim", "row"}
            for a in self.atoms
        )


Alternatives = tuple[Alternative, ...]
EVERYTHING: Alternatives = (Alternative(atoms=frozenset(), facts=Facts()),)


def beyond(new: Iterable[Alternative], old: Alternatives) -> Alternatives:
    """The alternatives whose rows are not shown to be among those of `old`."""
    return tuple(n for n in new if not any(_all_implied(o.atoms, n.atoms) for o in old))


def _all_implied(wanted: Atoms, given: Atoms) -> bool:
    return all(w in given or any(_implies(g, w) for g in given) for w in wanted)


def _implies(given: Atom, wanted: Atom) -> bool:
    """Whether one condition follows from one other."""
    match given, wanted:
        case ("in", left, fewer), ("in", same, more):
            return bool(left == same and fewer <= more)
        case ("exists", left, narrow), ("exists", same, wide):
            return bool(left == same and all(any(_all_implied(w, n) for w in wide) for n in narrow))
        case ("in" | "equal", *_), ("not null", column):
            return column in (given[1] if given[0] == "equal" else (given[1],))
    return False


class Containment:
    """The filters of one catalog's clients as alternatives; each expression is worked out once."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._known: dict[tuple[str, str, frozenset[str], str], Alternatives | None] = {}
        self._facts: dict[tuple[Atom, frozenset[str], str], Facts | None] = {}
        self._spelled: dict[tuple[str, str], tuple[Spelled, ...] | None] = {}

    def rows(self, role: str, table: Table, command: Command, side: Side | None = None) -> Alternatives | None:
        """The rows that a role reaches, its privileges taken as given; () is none. None when nothing can be said."""
        access = self._access
        if not table.rls_enabled or access.exempt(role, table):
            return EVERYTHING
        wanted = side or side_of(command)
        permissive, restrictive = access.applying(role, table, command)
        found: list[Alternative] = []
        for visitor in ANONYMOUS if access.anonymous(role) else (SIGNED_IN,):
            either = [self._of(policy, wanted, table, visitor) for policy in permissive]
            closing = [self._of(p, wanted, table, visitor) for p in restrictive if expression(p, wanted) is not None]
            one = _product([tuple(a for e in either for a in e or ()), *(c for c in closing if c is not None)])
            if None in either or None in closing or one is None:
                return None
            found.extend(one)
        return tuple(dict.fromkeys(a for found_ in found if (a := self._seen_by(role, found_)) is not None))

    def of(self, policy: Policy, side: Side, table: Table, *, anonymous: bool) -> Alternatives | None:
        """The rows that one policy's expression is true of."""
        visitors = ANONYMOUS if anonymous else (SIGNED_IN,)
        each = [self._of(policy, side, table, visitor) for visitor in visitors]
        return None if None in each else tuple(dict.fromkeys(a for e in each for a in e or ()))

    def _seen_by(self, role: str, found: Alternative) -> Alternative | None:
        """The alternative as its sub-queries meet the role: they read other tables under the policies of those."""
        if found.facts.closed:
            return found
        for atom in found.atoms:
            if isinstance(atom, tuple) and atom[0] == "exists":
                reach = [self._reads(role, name) for name in atom[1]]
                if "none" in reach:
                    return None
                if any(r not in ("all", "open") for r in reach):
                    return Alternative(atoms=found.atoms, facts=msgspec.structs.replace(found.facts, gated=True))
        return found

    def _reads(self, role: str, name: str) -> str:
        """How a role reads a table that a sub-query names."""
        schema, _, rest = name.partition(".")
        table = self._access.catalog.tables.get((schema, rest.partition(" ")[0]))
        if table is None:
            return "all"
        rows = self._access.row_filter(role, table, "SELECT")
        return "open" if rows.reach == "conditional" and rows.open else rows.reach

    def _of(self, policy: Policy, side: Side, table: Table, visitor: Visitor) -> Alternatives | None:
        text = expression(policy, side)
        if text is None:
            return ()
        not_null = frozenset(c.name for c in table.columns if c.not_null)
        key = (text, table.name, not_null, _key(visitor))
        if key not in self._known:
            self._known[key] = self._alternatives(text, table.name, not_null, visitor)
        return self._known[key]

    def _alternatives(self, text: str, table: str, not_null: frozenset[str], visitor: Visitor) -> Alternatives | None:
        found = self._branches(text, table)
        return None if found is None else self._judged(found, not_null, visitor)

    def of_expression(self, node: Node, *, anonymous: bool) -> Alternatives | None:
        """What a condition on its own asks of a visitor: the body of a helper. None when nothing can be said."""
        found = Binder(self._access.helpers).branches(node)
        if found is None:
            return None
        speller = _Speller(self._access)
        spelled = tuple(tuple((atom, speller.atom(atom, {})) for atom in branch) for branch in found)
        visitors = ANONYMOUS if anonymous else (SIGNED_IN,)
        return tuple(dict.fromkeys(a for v in visitors for a in self._judged(spelled, frozenset(), v)))

    def _judged(self, found: tuple[Spelled, ...], not_null: frozenset[str], visitor: Visitor) -> Alternatives:
        kept = []
        for branch in found:
            asked = [(atom, self._asks(node, atom, not_null, visitor)) for node, atom in branch]
            if not any(facts is not None and facts.dead for _, facts in asked):
                kept.append(_joined((atom, facts) for atom, facts in asked if facts is not None))
        return tuple(dict.fromkeys(kept))

    def _asks(self, node: Node, atom: Atom, not_null: frozenset[str], visitor: Visitor) -> Facts | None:
        """What one condition asks of the visitor; None where it is true of them anyway."""
        key = atom, not_null, _key(visitor)
        if key not in self._facts:
            helpers = self._access.helpers
            says = truth(node, visitor, not_null=not_null, inline=helpers.inline)
            facts = Facts(dead=says is False or says is None)
            if not facts.dead and says is not True:
                facts = Binder(helpers, not_null).facts((node,), visitor)
            self._facts[key] = None if says is True else facts
        return self._facts[key]

    def _branches(self, text: str, table: str) -> tuple[Spelled, ...] | None:
        """The branches of an expression, each condition with its spelling; the same for whoever asks."""
        key = text, table
        if key not in self._spelled:
            parsed, binder, speller = parse_expression(text), Binder(self._access.helpers), _Speller(self._access)
            found = None if parsed is None else binder.branches(mark(parsed, table))
            spelled = tuple(tuple((a, speller.atom(a, {})) for a in b) for b in found or ())
            self._spelled[key] = None if found is None else spelled
        return self._spelled[key]


def _product(factors: list[Alternatives]) -> Alternatives | None:
    result: Alternatives = factors[0]
    for factor in factors[1:]:
        if len(result) * len(factor) > MAX_ALTERNATIVES:
            return None
        result = tuple(_both(one, other) for one, other in itertools.product(result, factor))
    return result


def _key(visitor: Visitor) -> str:
    return f"{visitor.name} {len(visitor.claims)}"


def _joined(asked: Iterable[tuple[Atom, Facts]]) -> Alternative:
    found = list(asked)
    facts = Facts(
        bindings=frozenset(b for _, f in found for b in f.bindings),
        gated=any(f.gated for _, f in found),
        empty=frozenset(c for _, f in found for c in f.empty),
    )
    return Alternative(atoms=frozenset(atom for atom, _ in found), facts=facts)


def _both(one: Alternative, other: Alternative) -> Alternative:
    facts = Facts(
        bindings=one.facts.bindings | other.facts.bindings,
        gated=one.facts.gated or other.facts.gated,
        empty=one.facts.empty | other.facts.empty,
    )
    return Alternative(atoms=one.atoms | other.atoms, facts=facts)


class _Speller:
    """Spells a condition so that those that mean the same are equal. `scope` says which table an alias stands for."""

    def __init__(self, access: Access) -> None:
        self._helpers = access.helpers

    def atom(self, node: Node, scope: Mapping[str, str]) -> Atom:
        """A condition."""
        node = unwrapped(node)
        kind, body = kind_of(node)
        match kind:
            case "A_Expr" if operator_of(body) == "=":
                return self._equal(node, body, scope)
            case "NullTest" if body.get("nulltesttype") == "IS_NOT_NULL":
                return ("not null", self.value(body.get("arg", {}), scope))
            case "SubLink":
                return self._exists(body, scope) or self.value(node, scope)
        return self.value(node, scope)

    def _equal(self, node: Node, body: Node, scope: Mapping[str, str]) -> Atom:
        left, right = body.get("lexpr", {}), body.get("rexpr", {})
        items = _items(body)
        if items:
            return ("in", self.value(left, scope), frozenset(self.value(i, scope) for i in items))
        if body.get("kind", "AEXPR_OP") != "AEXPR_OP":
            return self.value(node, scope)
        for one, other in ((left, right), (right, left)):
            if "A_Const" in unwrapped(other):
                return ("in", self.value(one, scope), frozenset((self.value(other, scope),)))
        return ("equal", frozenset((self.value(left, scope), self.value(right, scope))))

    def _exists(self, body: Node, scope: Mapping[str, str]) -> Atom | None:
        """EXISTS and `= ANY (SELECT …)` as the tables they read and the alternatives that a row of them meets."""
        select = body.get("subselect", {}).get("SelectStmt", {})
        link, read = body.get("subLinkType"), list(relations(select))
        is_any = link == "ANY_SUBLINK" and (names(body.get("operName")) or ("=",))[-1] == "="
        if not (is_any or link == "EXISTS_SUBLINK") or not read or select.keys() - _SIMPLE or _outer(select):
            return None
        inner = {**scope, **dict(self._scope(read))}
        also: Atoms = frozenset()
        if is_any:
            value = select.get("targetList", [{}])[0].get("ResTarget", {}).get("val", {})
            both = self.value(body.get("testexpr", {}), scope), self.value(value, inner)
            also = frozenset({("equal", frozenset(both))})
        parts = [*join_conditions(select), *([select["whereClause"]] if "whereClause" in select else [])]
        try:
            found = branches({"BoolExpr": {"boolop": "AND_EXPR", "args": parts}}, self._helpers.inline)
        except (TooManyBranches, RecursionError):
            return None
        alternatives = frozenset(frozenset(self.atom(a, inner) for a in branch) | also for branch in found)
        return ("exists", tuple(sorted(inner[alias] for alias, _, _ in read)), alternatives)

    def _scope(self, read: list[tuple[str, str | None, str]]) -> Iterator[tuple[str, str]]:
        seen: dict[str, int] = {}
        for alias, schema, name in read:
            found = self._helpers.relation(schema, name)
            full = f"{found.schema}.{found.name}" if found is not None else f"{schema or ''}.{name}"
            seen[full] = seen.get(full, 0) + 1
            yield alias, full if seen[full] == 1 else f"{full} {seen[full]}"
        if len(read) == 1:
            yield "", f"{full}"

    def value(self, node: Any, scope: Mapping[str, str]) -> Hashable:
        """Any other expression."""
        if isinstance(node, list):
            return tuple(self.value(item, scope) for item in node)
        if not isinstance(node, dict):
            return str(node)
        node = unwrapped(node)
        kind, body = kind_of(node)
        if kind in ("FuncCall", "A_Expr", "SubLink", "CoalesceExpr"):
            path = claim_path(node)
            if path is not None:
                return ("claim", *path)
        match kind:
            case "ColumnRef":
                return self._column(names(body.get("fields")), scope)
            case "SubLink" if body.get("subLinkType") == "EXPR_SUBLINK":
                plain = plain_select(body.get("subselect", {}).get("SelectStmt", {}))
                if plain is not None:
                    return self.value(plain, scope)
            case "BoolExpr":
                args = [self.atom(a, scope) for a in body.get("args", ())]
                return (body.get("boolop", ""), frozenset(args))
            case "FuncCall":
                arguments = tuple(self.value(a, scope) for a in body.get("args", ()))
                return ("call", names(body.get("funcname"))[-2:], arguments)
        return tuple(sorted((k, self.value(v, scope)) for k, v in node.items() if k not in _IDLE))

    def _column(self, name: tuple[str, ...], scope: Mapping[str, str]) -> Hashable:
        if name[0] == ROW:
            return ("row", name[-1])
        if len(name) == 1:
            return ("column", scope.get("", ""), name[0])
        return ("column", scope.get(name[-2], name[-2]), name[-1])


def _items(body: Node) -> list[Node]:
    """The constants of `IN (…)` and `= ANY (ARRAY[…])`."""
    match body:
        case {"kind": "AEXPR_IN", "rexpr": {"List": {"items": items}}}:
            found = list(items)
        case {"kind": "AEXPR_OP_ANY", "rexpr": right}:
            found = list(unwrapped(right).get("A_ArrayExpr", {}).get("elements", ()))
        case _:
            found = []
    return found if all("A_Const" in unwrapped(i) for i in found) else []


def _outer(select: Node) -> bool:
    return any(_has_outer(item) for item in select.get("fromClause", ()))


def _has_outer(item: Node) -> bool:
    match item:
        case {"JoinExpr": body}:
            outer = body.get("jointype", "JOIN_INNER") != "JOIN_INNER" or "usingClause" in body or "isNatural" in body
            return outer or _has_outer(body.get("larg", {})) or _has_outer(body.get("rarg", {}))
    return "RangeVar" not in item
