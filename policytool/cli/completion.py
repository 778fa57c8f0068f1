"""`policytool completion`: what a shell reads to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from policytool.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Print what makes SHELL complete commands, options and their values.

    \b
    policytool completion bash > ~/.local/share/bash-completion/completions/policytool
    policytool completion zsh > "${fpath[1]}/_policytool"
    policytool completion fish > ~/.config/fish/completions/policytool.fish
    """
    from policytool.cli import program

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"no completion for {shell}", hint=f"there is one for {', '.join(SHELLS)}")
    found = kind(program, {}, "policytool", "_POLICYTOOL_COMPLETE")
    click.echo(found.source_template % found.source_vars())
    return 0
