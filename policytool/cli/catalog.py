"""`policytool catalog`: the catalog itself, as an outline, a snapshot or SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from policytool.cli.options import common, configuration, option, progress, targets, write
from policytool.errors import UsageError

if TYPE_CHECKING:
    from policytool.api import Loaded
    from policytool.catalog.objects import Catalog

FORMATS = ("text", "json", "sql")


@click.command("catalog")
@click.argument("source", required=False)
@option("--schema", "schemas", multiple=True, metavar="NAME", help="Only what is in this schema; repeatable.")
@common(FORMATS)
def command(source: str | None, schemas: tuple[str, ...], **options: Any) -> int:
    """Print the catalog that the migrations in SOURCE build: what the database holds after them.

    SOURCE is a folder, a file, `-`, git:REF[:PATH], a snapshot or a live database, which is only read. The formats are
    an outline to read (text), a snapshot that every command takes as a source (json), and the statements that make it
    all on an empty database (sql).

    \b
    policytool catalog --schema public
    policytool catalog -f json -o snapshot.json
    policytool catalog git:main -f sql
    policytool catalog postgresql://auditor@db.example.com/shop
    """
    from policytool import api

    config = configuration(options["config_path"])
    say = progress(quiet=options["quiet"], disabled=options["no_progress"])
    try:
        loaded = api.load(source, config=config, platform=options["platform"], as_tool=options["as_tool"], progress=say)
    finally:
        say("")
    _check(loaded.built.catalog, schemas)
    for form, path in targets(options["form"], options["outputs"], FORMATS):
        write(path, render(loaded, form, schemas, verbosity=options["verbose"] - options["quiet"]))
    return 0


def _check(catalog: Catalog, schemas: tuple[str, ...]) -> None:
    for name in schemas:
        if name not in catalog.schemas:
            known = ", ".join(sorted(catalog.schemas)) or "none"
            raise UsageError(f"there is no schema {name!r} in the catalog", hint=f"it has {known}")


def render(loaded: Loaded, form: str, schemas: tuple[str, ...] = (), *, verbosity: int = 0) -> str:
    """The catalog, or the part of it in some schemas, in one format."""
    from policytool.catalog.select import of_schemas

    platform = loaded.built.platform
    catalog = of_schemas(loaded.built.catalog, schemas) if schemas else loaded.built.catalog
    match form:
        case "json":
            from policytool.catalog.snapshot import encode

            return encode(
                catalog, exposed_schemas=platform.exposed_schemas or None, major_version=platform.major_version
            )
        case "sql":
            from policytool.catalog.ddl import script

            return script(loaded.built.catalog, platform, label=loaded.project.label, schemas=schemas)
        case _:
            from policytool.report.catalog_text import outline

            return outline(catalog, label=loaded.project.label, verbosity=verbosity)
