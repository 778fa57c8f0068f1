"""policytool: who may touch which rows of your Postgres database."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policytool import api as api
    from policytool.config import Config as Config
    from policytool.errors import PolicytoolError as PolicytoolError
    from policytool.finding import Finding as Finding

__version__ = "0.1.0"
__all__ = ["Config", "Finding", "PolicytoolError", "__version__", "api"]

_WHERE = {"Config": "policytool.config", "Finding": "policytool.finding", "PolicytoolError": "policytool.errors"}


def __getattr__(name: str) -> Any:
    """The public names, each imported when it is first asked for: `import policytool` alone costs nothing."""
    if name == "api":
        return import_module("policytool.api")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'policytool' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
