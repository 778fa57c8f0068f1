"""`policytool mcp`: the server for assistants."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import click

from policytool.cli.options import option
from policytool.config import PLATFORMS
from policytool.errors import UsageError


@click.command("mcp")
@click.argument("source", required=False)
@option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
@option("--platform", type=click.Choice(PLATFORMS), help="Whose database; found out by itself.")
@option("--allow-rules", is_flag=True, help="Run the Python files that the configuration names as rules.")
def command(source: str | None, **options: Any) -> int:
    """Answer an assistant's questions about SOURCE over the Model Context Protocol, on standard input and output.

    It can audit, look at the catalog, say who can do what and why, diff, and propose fixes; also for SQL that it has
    written and not saved. Nothing is written; only policy tests are run, on a throwaway Postgres.

    Needs `pip install 'policytool[mcp]'`.

    \b
    policytool mcp
    claude mcp add policytool -- policytool mcp
    """
    if source == "-":
        raise UsageError("standard input is where the assistant speaks", hint="name a folder of migrations")
    try:
        from policytool.integrations.mcp_server import serve
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the server for assistants needs {error.name}", hint="pip install 'policytool[mcp]'"
        ) from None
    from policytool.integrations.workspace import Workspace

    gc.enable()  # it lives longer than one command
    serve(Workspace(source, **options))
    return 0
