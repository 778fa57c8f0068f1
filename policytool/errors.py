"""Each error says what happened, where, what to do next, and with which code the process ends."""


class PolicytoolError(Exception):
    """Base of every error a user can cause; shown as one message and a hint, never as a traceback."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PolicytoolError):
    """An option or argument cannot be used as given."""


class ConfigurationError(PolicytoolError):
    """The configuration file says something policytool does not know."""


class SourceError(PolicytoolError):
    """A source cannot be read: missing, no text, too large, or not a repository."""


class NothingToAudit(PolicytoolError):
    """The source was read and holds no SQL, so there is nothing to give a verdict on."""

    exit_code = 3


class NoPostgres(PolicytoolError):
    """No Postgres server could be had."""

    exit_code = 4
