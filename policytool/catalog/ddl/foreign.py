"""Foreign-data wrappers and foreign servers."""

from __future__ import annotations

from policytool.catalog.ddl import words
from policytool.catalog.ddl.names import References
from policytool.catalog.ddl.step import Phase, Step, step
from policytool.catalog.objects import ForeignDataWrapper, ForeignServer
from policytool.catalog.spelling import identifier, literal, qualified


def wrapper(item: ForeignDataWrapper) -> str:
    """CREATE FOREIGN DATA WRAPPER."""
    handler = f" handler {qualified(*item.handler)}" if item.handler is not None else ""
    validator = f" validator {qualified(*item.validator)}" if item.validator is not None else ""
    return f"create foreign data wrapper {identifier(item.name)}{handler}{validator}{words.generic(item.options)}"


def server(item: ForeignServer) -> str:
    """CREATE SERVER. Options that look like secrets are in the catalog as ***, and are written so."""
    kind = f" type {literal(item.type)}" if item.type is not None else ""
    version = f" version {literal(item.version)}" if item.version is not None else ""
    wrapped = f" foreign data wrapper {identifier(item.wrapper)}"
    return f"create server {identifier(item.name)}{kind}{version}{wrapped}{words.generic(item.options)}"


def wrapper_step(item: ForeignDataWrapper, references: References) -> Step:
    """A wrapper, after its functions."""
    needs = references.of(qualified(*name) for name in (item.handler, item.validator) if name is not None)
    return step(Phase.SERVERS, ("wrapper", item.name), wrapper(item), needs=needs)


def server_step(item: ForeignServer) -> Step:
    """A server, after its wrapper."""
    return step(Phase.SERVERS, ("server", item.name), server(item), needs=frozenset({("wrapper", item.wrapper)}))
