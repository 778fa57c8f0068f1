"""`policytool doctor`: which Postgres servers can be had here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from policytool.cli.options import common, targets, write
from policytool.cli.servers import server_options

if TYPE_CHECKING:
    from policytool.postgres.doctor import Offer

FORMATS = ("text", "json")


@click.command("doctor")
@server_options
@common(FORMATS)
def command(**options: Any) -> int:
    """Say which Postgres servers can be had here, with which extensions, and what is missing.

    Nothing is started; a server that --postgres names by URL is asked for its version. The exit code is 4 if there is
    none to be had.

    \b
    policytool doctor
    policytool doctor --postgres local --pg 17
    """
    from policytool.postgres.doctor import offers
    from policytool.postgres.providers import Address, choose

    named = options["postgres"]
    address = None
    if named not in ("auto", "local", "embedded", "docker"):
        address = choose(named, declared=options["yes_throwaway"])
        assert isinstance(address, Address)
    found = offers(options["major"], address)
    if named in ("local", "embedded", "docker"):
        found = tuple(offer for offer in found if offer.provider == named)
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        write(path, _json(found) if form == "json" else _text(found))
    return 0 if any(offer.version for offer in found) else 4


def _text(found: tuple[Offer, ...]) -> str:
    lines = []
    for offer in found:
        if offer.version is None:
            lines.append(f"{offer.provider:9} none: {offer.problem}")
            lines += [f"{'':9} hint: {offer.hint}"] if offer.hint else []
            continue
        lines.append(f"{offer.provider:9} PostgreSQL {offer.version}{f'  {offer.path}' if offer.path else ''}")
        for label, names in (
            ("extensions", offer.extensions),
            ("stand-ins of SQL", offer.stand_ins),
            ("missing", offer.lacking),
        ):
            if names:
                lines.append(f"{'':9} {label}: {', '.join(names)}")
    first = next((offer.provider for offer in found if offer.version), None)
    lines.append(f"--postgres auto takes {first}" if first else "no Postgres can be had")
    return "".join(f"{line}\n" for line in lines)


def _json(found: tuple[Offer, ...]) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode({"providers": found}), indent=2).decode() + "\n"
