"""Values for made-up columns, as the text that a type's input takes: the likeliest first, then some to choose from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Final
from uuid import UUID, uuid5

from msgspec import Struct

from policytool.catalog.model import Name
from policytool.catalog.objects import Catalog
from policytool.catalog.spelling import qualified
from policytool.postgres.seeding.constants import Constants, constants, joined
from policytool.postgres.seeding.texts import clock, fits, numbers, texts, times

_SPACE: Final = UUID("8b1f6f5e-3c0d-5e0e-9a51-6f1d2c1b7a90")
_TYPE: Final = re.compile(r"(?P<name>[^(\[]+?)\s*(?:\((?P<sizes>[^)]*)\))?(?P<rest>(?: with(?:out)? time zone)?)\Z")
_RANGES: Final = {
    "int4range": "[{low},{low}]", "int8range": "[{low},{low}]", "numrange": "[{low},{low}]",
    "daterange": "[{day:%Y-%m-%d},{day:%Y-%m-%d}]", "tsrange": "[{day:%Y-%m-%d %H:%M},{end:%Y-%m-%d %H:%M})",
    "tstzrange": "[{day:%Y-%m-%d %H:%M}+00,{end:%Y-%m-%d %H:%M}+00)",
}  # fmt: skip
_PLAIN: Final = {
    "bytea": "\\x{n:08x}", "inet": "10.{b}.{c}.{d}", "cidr": "10.{b}.{c}.0/24", "money": "{n}", "xml": "<a>{n}</a>",
    "macaddr": "08:00:2b:{b:02x}:{c:02x}:{d:02x}", "macaddr8": "08:00:2b:01:02:{b:02x}:{c:02x}:{d:02x}",
    "tsvector": "a{n}", "tsquery": "a{n}", "point": "({n},{n})", "line": "{{1,{n},0}}", "lseg": "[(0,0),({n},{n})]",
    "box": "(0,0),({n},{n})", "path": "[(0,0),({n},1)]", "polygon": "(0,0),(1,{n}),(1,0)", "circle": "<(0,0),{n}>",
    "pg_lsn": "0/{n:X}", "oid": "{n}", "jsonpath": "$.a{n}", "regclass": "pg_class", "regtype": "integer",
    "regproc": "pg_client_encoding", "regrole": "postgres", "name": "name{n}", '"char"': "{d}", "xid": "{n}",
    "xid8": "{n}", "cid": "{n}", "tid": "(0,{d})", "ltree": "a{n}", "lquery": "a{n}", "hstore": "a=>{n}",
    "cube": "({n})", "geometry": "POINT({d} {c})", "geography": "POINT({d} {c})", "semver": "1.0.{n}",
    "pg_snapshot": "{n}:{n}:", "txid_snapshot": "{n}:{n}:",
}  # fmt: skip
_NUMBERS: Final = frozenset(("smallint", "integer", "bigint", "real", "double precision", "numeric"))
_STRINGS: Final = frozenset(("text", "character varying", "character", "bpchar", "citext"))
_INTERVALS: Final = ("1 hour", "1 day", "30 days", "1 month", "1 year", "15 minutes", "0")
_MOST: Final = 80  # candidates of one column


class Spot(Struct, frozen=True, kw_only=True):
    """The column that a value is for: `n` is the row's own number, `seed` the text that its keys are made of."""

    name: str
    place: int
    n: int
    seed: str
    told: Constants = Constants()
    full: bool = False


def key_of(seed: str) -> str:
    """The uuid of a text."""
    return str(uuid5(_SPACE, seed))


class Values:
    """Values of the types of a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._types: dict[str, tuple[str, Name]] = {
            qualified(*key): (store, key)
            for store in ("enums", "domains", "composites", "ranges")
            for key in getattr(catalog, store)
        }

    def of(self, kind: str, spot: Spot) -> list[str]:
        """What a column of a type may hold, each once; nothing where the type is unknown."""
        return list(islice(dict.fromkeys(self._of(kind, spot)), _MOST))

    def domain(self, kind: str) -> tuple[str, tuple[str, ...]] | None:
        """The type below a domain, and the domain's checks, over `value`; None for other types."""
        store, key = self._types.get(kind, ("", ("", "")))
        if store != "domains":
            return None
        domain = self._catalog.domains[key]
        checks = tuple(c.expression for c in domain.constraints if c.expression)
        below, more = self.domain(domain.type) or (domain.type, ())
        return below, checks + more

    def labels(self, kind: str) -> tuple[str, ...] | None:
        """The labels of an enumerated type."""
        store, key = self._types.get(kind, ("", ("", "")))
        return self._catalog.enums[key].labels if store == "enums" else None

    def _of(self, kind: str, spot: Spot) -> Iterable[str]:
        if kind.endswith("[]"):
            return self._arrays(kind[:-2], spot)
        match = _TYPE.match(kind)
        if match is None:
            return ()
        base, sizes = match["name"].strip() + match["rest"], match["sizes"]
        if base in self._types:
            return self._own(base, spot)
        if base in _NUMBERS:
            return _numbers(base, sizes, spot)
        if base.rpartition(".")[2] in _STRINGS:
            return texts(spot.name, spot.told, spot.n, int(sizes) if sizes else 1 if base == "character" else None)
        return _builtin(base.rpartition(".")[2], sizes, spot)

    def _own(self, kind: str, spot: Spot) -> Iterable[str]:
        store, key = self._types[kind]
        match store:
            case "enums":
                return self._catalog.enums[key].labels
            case "domains":
                below, checks = self.domain(kind) or ("text", ())
                told = joined((*map(constants, checks), spot.told))
                return self._of(below, _with(spot, told))
            case "composites":
                return ("(" + "," * (len(self._catalog.composites[key].columns) - 1) + ")",)
        return ("empty",)

    def _arrays(self, kind: str, spot: Spot) -> Iterator[str]:
        inner = list(islice(self._of(kind, spot), 3))
        one = [_array([text]) for text in inner[:1]]
        yield from [*one, "{}"] if spot.full else ["{}", *one]
        yield from (_array([text]) for text in spot.told.texts)
        yield _array(spot.told.texts)
        for text in spot.told.numbers if inner else ():
            if text.isdigit() and 0 < int(text) <= 20:
                yield _array(inner[:1] * int(text))


def _with(spot: Spot, told: Constants) -> Spot:
    return Spot(name=spot.name, place=spot.place, n=spot.n, seed=spot.seed, told=told, full=spot.full)


def _array(items: Iterable[str]) -> str:
    quoted = (item.replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join(f'"{item}"' for item in quoted) + "}"


def _numbers(base: str, sizes: str | None, spot: Spot) -> Iterator[str]:
    for text in numbers(spot.name, spot.told, spot.n, spot.place):
        if base in ("smallint", "integer", "bigint"):
            if "." in text:
                continue
            most = 32767 if base == "smallint" else 2**31 - 1 if base == "integer" else 2**63 - 1
            yield text if abs(int(text)) <= most else str(int(text) % most)
        elif base == "numeric" and sizes:
            precision, _, scale = sizes.partition(",")
            yield fits(text, int(precision), int(scale or 0), spot.n)
        else:
            yield text


def _builtin(base: str, sizes: str | None, spot: Spot) -> Iterator[str]:
    n = spot.n
    match base:
        case "boolean":
            yield from ("false", "true")
        case "uuid":
            yield key_of(f"{spot.seed}.{spot.name}")
        case "json" | "jsonb":
            yield from _documents(spot)
        case "bit" | "bit varying":
            size = int(sizes or 1)
            yield f"{n % 2**size:0{size}b}"
        case "vector" | "halfvec":
            yield f"[{','.join([str(n)] * int(sizes or 3))}]"
        case "sparsevec":
            yield f"{{1:{n}}}/{sizes or 3}"
        case "date":
            yield from (f"{moment:%Y-%m-%d}" for moment in times(spot.name, spot.told, n, spot.place * 24))
        case "timestamp" | "timestamp without time zone":
            yield from (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in times(spot.name, spot.told, n, spot.place))
        case "timestamp with time zone":
            yield from (f"{moment:%Y-%m-%d %H:%M:%S}+00" for moment in times(spot.name, spot.told, n, spot.place))
        case "time" | "time without time zone" | "time with time zone":
            yield from clock(spot.told, n, spot.place)
        case "interval":
            yield from (f"{n} hours", *spot.told.texts, *_INTERVALS)
        case _:
            yield from _others(base, spot)


def _others(base: str, spot: Spot) -> Iterator[str]:
    n = spot.n
    if base.startswith("interval"):  # day to second, and so on
        yield from _builtin("interval", None, spot)
    elif base in _RANGES:
        day = next(iter(times("", Constants(), n, spot.place)))
        yield _RANGES[base].format(low=n * 10, day=day, end=day + timedelta(hours=12))
        yield "empty"
    elif base.endswith("multirange"):
        yield "{}"
    elif base in _PLAIN:
        b, c, d = n >> 16 & 255, n >> 8 & 255, n & 255
        yield _PLAIN[base].format(n=n, b=b, c=c, d=d, name=spot.name.replace("{", ""))


def _documents(spot: Spot) -> Iterator[str]:
    yield from ("{}", "[]")
    words = spot.told.texts[:20]
    samples: tuple[object, ...] = (f"{spot.name} {spot.n}", spot.n, {}, [], True)
    for value in samples:
        yield json.dumps(dict.fromkeys(words, value) or {"a": value})
    yield from ('"a"', "1", "null", "[1]", '["a"]', "[{}]")
    yield json.dumps(list(words))
