"""Who asks: an anonymous or a signed-in visitor, with the claims that are known of them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from policytool.access.values import NULL, Const, Opaque, Value


class Visitor(Struct, frozen=True, kw_only=True):
    """Who asks: the claims that are known, by their dotted path ("" is the whole token), and the role."""

    name: Literal["anon", "authenticated"]
    claims: dict[str, Value]
    role: Value
    claims_known: bool  # whether a claim that is not listed is NULL


SIGNED_IN = Visitor(
    name="authenticated",
    claims={
        "sub": Opaque("claim sub", nullable=False),
        "role": Const("authenticated"),
        "aud": Const("authenticated"),
        "": Opaque("jwt", nullable=False),
    },
    role=Const("authenticated"),
    claims_known=False,
)
# The anonymous key is a token of its own with the role anon; a request without any key has no claims at all.
_OF_THE_KEY = {claim: Opaque(f"claim {claim}") for claim in ("iss", "ref", "iat", "exp", "aud")}
ANONYMOUS = (
    Visitor(
        name="anon",
        claims={"role": Const("anon"), "": Opaque("jwt", nullable=False), **_OF_THE_KEY},
        role=Const("anon"),
        claims_known=True,
    ),
    Visitor(name="anon", claims={"": NULL}, role=Const("anon"), claims_known=True),
)
