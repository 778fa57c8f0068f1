"""What in an expression speaks of the person who asks: auth.uid(), JWT claims, settings, current_user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policytool.syntax.node import is_null, names, string_of, unwrapped

Node = Mapping[str, Any]
Path = tuple[str, ...]

# PostgREST puts the claims here; Supabase's auth functions read them (and the older one-setting-per-claim form).
CLAIMS_SETTING = "request.jwt.claims"
CLAIM_PREFIX = "request.jwt.claim."
_FUNCTIONS: dict[tuple[str, ...], Path] = {
    ("auth", "uid"): ("sub",),
    ("auth", "email"): ("email",),
    ("auth", "role"): ("role",),
    ("auth", "jwt"): (),
}
_ARROWS = frozenset({"->", "->>", "#>", "#>>"})
_EXTRACTORS = frozenset(
    {"jsonb_extract_path_text", "json_extract_path_text", "jsonb_extract_path", "json_extract_path"}
)


def claim_path(node: Node) -> Path | None:
    """The path into the JWT that an expression reads: ("sub",) for auth.uid(), () for the whole; None if none."""
    match unwrapped(node):
        case {"FuncCall": call}:
            return _of_call(call)
        case {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": arrow}}], "lexpr": left, "rexpr": right}} if (
            arrow in _ARROWS
        ):
            path, step = claim_path(left), _keys(right, arrow)
            return None if path is None or step is None else path + step
        case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
            inner = plain_select(select)
            return None if inner is None else claim_path(inner)
        case {"CoalesceExpr": {"args": [first, *rest]}} if all(_empty(r) for r in rest):
            return claim_path(first)
        case {"A_Expr": {"kind": "AEXPR_NULLIF", "lexpr": left, "rexpr": right}} if string_of(right) == "":
            return claim_path(left)
    return None


def setting_name(node: Node) -> str | None:
    """The name of the setting that `current_setting('name'[, …])` reads, through casts and NULLIF(…, '')."""
    match unwrapped(node):
        case {"FuncCall": {"args": [first, *_]} as call} if names(call.get("funcname"))[-1:] == ("current_setting",):
            return string_of(first)
        case {"A_Expr": {"kind": "AEXPR_NULLIF", "lexpr": left}}:
            return setting_name(left)
        case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
            inner = plain_select(select)
            return None if inner is None else setting_name(inner)
    return None


def plain_select(select: Node) -> Node | None:
    """The one expression of `SELECT expression` without FROM; None for any other query."""
    targets = select.get("targetList", ())
    if len(targets) != 1 or select.keys() & {"fromClause", "whereClause", "withClause", "larg", "groupClause"}:
        return None
    value: Node | None = targets[0].get("ResTarget", {}).get("val")
    return value


def current_role(node: Node) -> bool:
    """Whether an expression is the name of the role that asks: CURRENT_USER and its kin, not SESSION_USER."""
    match unwrapped(node):
        case {"SQLValueFunction": {"op": op}}:
            return op in ("SVFOP_CURRENT_USER", "SVFOP_CURRENT_ROLE", "SVFOP_USER")
        case {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": select}}}:
            inner = plain_select(select)
            return inner is not None and current_role(inner)
    return False


def _of_call(call: Node) -> Path | None:
    name, args = names(call.get("funcname")), call.get("args", ())
    if not args:
        return _FUNCTIONS.get(name)
    if name[-1] == "current_setting":
        setting = string_of(args[0]) or ""
        if setting == CLAIMS_SETTING:
            return ()
        return (setting.removeprefix(CLAIM_PREFIX),) if setting.startswith(CLAIM_PREFIX) else None
    if name[-1] in _EXTRACTORS:
        path, keys = claim_path(args[0]), tuple(string_of(a) for a in args[1:])
        return None if path is None or None in keys else path + tuple(k or "" for k in keys)
    return None


def _keys(node: Node, arrow: str) -> Path | None:
    if arrow.startswith("#"):
        match unwrapped(node):
            case {"A_ArrayExpr": {"elements": elements}}:
                keys = tuple(string_of(e) for e in elements)
                return None if None in keys else tuple(k or "" for k in keys)
        text = string_of(node)
        return None if text is None else tuple(part.strip(' "') for part in text.strip("{}").split(","))
    key = string_of(node)
    return None if key is None else (key,)


def _empty(node: Node) -> bool:
    """NULL, '' and '{}' stand for no claim."""
    return is_null(node) or string_of(node) in ("", "{}")
