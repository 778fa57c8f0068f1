"""Whether a decision rests on user_metadata, which every user changes with one call of updateUser()."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policytool.access.claims import claim_path
from policytool.access.helpers import Helpers
from policytool.access.rowmark import marked_column
from policytool.syntax.node import names, walk

Node = Mapping[str, Any]
MAX_HELPERS = 20


def trusted_metadata(node: Node, text: str, helpers: Helpers) -> str | None:
    """The key or column that is read, in the marked expression or in what its helpers stand for; None if neither is."""
    if "meta" not in text and not helpers.mention("meta"):
        return None
    todo: list[Node | None] = [node]
    looked_into = 0
    while todo:
        for kind, body in walk(todo.pop()):
            whole = {kind: body}
            path = claim_path(whole) if kind in ("A_Expr", "FuncCall") else None
            if path and path[0] == "user_metadata":
                return "user_metadata"
            if kind == "ColumnRef" and names(body.get("fields"))[-1:] == ("raw_user_meta_data",):
                if marked_column(whole) is None:
                    return "auth.users.raw_user_meta_data"
            elif kind == "FuncCall" and looked_into < MAX_HELPERS:
                inner = helpers.inline(whole)
                looked_into += inner is not None
                todo.append(inner)
    return None
