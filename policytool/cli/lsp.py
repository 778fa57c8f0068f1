"""`policytool lsp`: the server for editors."""

from __future__ import annotations

import gc
from typing import Any

import click

from policytool.cli.options import option
from policytool.config import PLATFORMS
from policytool.errors import UsageError


@click.command("lsp")
@click.argument("source", required=False)
@option("--platform", type=click.Choice(PLATFORMS), help="Whose database; found out by itself.")
@click.option("--stdio", is_flag=True, help="What many editors pass; there is no other way.")
def command(source: str | None, **options: Any) -> int:
    """Tell an editor what is wrong while one types, over the Language Server Protocol on standard input and output.

    Findings of the buffer as it is with the rest of the project; who may do what over the name of a table, a policy in
    plain words; fixes to choose from. Needs `pip install 'policytool[lsp]'`.

    \b
    policytool lsp
    """
    try:
        from policytool.integrations.lsp_server import serve
    except ModuleNotFoundError as error:
        raise UsageError(f"the server for editors needs {error.name}", hint="pip install 'policytool[lsp]'") from None

    gc.enable()  # it lives longer than one command
    serve(source, platform=options["platform"])
    return 0
