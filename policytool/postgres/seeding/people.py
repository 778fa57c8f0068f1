"""People: rows of auth.users as a sign-up leaves them."""

from __future__ import annotations

import json
import re
from typing import Final

from policytool.catalog.objects import Catalog
from policytool.postgres.seeding.constants import Constants
from policytool.postgres.seeding.facts import Shape
from policytool.postgres.seeding.texts import texts
from policytool.postgres.seeding.values import key_of

_KEY: Final = re.compile(r"raw_user_meta_data\s*->>?\s*'([^']+)'", re.IGNORECASE)
_SINCE: Final = "2024-01-01 00:00:00+00"


def signed_up(shape: Shape, handle: str, seed: str) -> dict[str, str | None]:
    """What the platform puts into the row of somebody who signs up with an address, as far as there are columns."""
    name = re.sub(r"[^a-z0-9]+", "-", handle.lower()).strip("-") or "somebody"
    row: dict[str, str | None] = {
        "instance_id": "00000000-0000-0000-0000-000000000000",
        "id": key_of(f"{seed}.id"),
        "aud": "authenticated",
        "role": "authenticated",
        "email": f"{name}@example.com",
        "email_confirmed_at": _SINCE,
        "raw_app_meta_data": '{"provider": "email", "providers": ["email"]}',
        "raw_user_meta_data": "{}",
        "created_at": _SINCE,
        "updated_at": _SINCE,
    }
    return {column: text for column, text in row.items() if column in shape.columns}


def enriched(catalog: Catalog, shape: Shape, n: int) -> str:
    """What users may say about themselves, with the keys that the functions of the table's triggers read."""
    functions = {trigger.function for trigger in shape.table.triggers}
    bodies = [f.body for f in catalog.functions.values() if (f.schema, f.name) in functions]
    keys = dict.fromkeys(key for body in bodies for key in _KEY.findall(body))
    return json.dumps({key: next(texts(key, Constants(), n, None)) for key in keys})
