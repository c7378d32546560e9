"""Errors answer one question: who must act? Every room raises these and nothing else across its door."""


class CadencedError(Exception):
    """The root: its text is for a person, says what is wrong, and where possible what to do."""


class ConfigError(CadencedError):
    """The user must change the configuration."""


class TemporaryError(CadencedError):
    """A retry will do: the server was down, busy or slow. `retry_after`, in seconds, is what the server asked for."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class PermanentError(CadencedError):
    """Nobody can mend it by trying again: report it."""


class BugError(PermanentError):
    """Something that nobody foresaw: who wrote cadenced must act, and it is tried again now and then."""


class AccessError(PermanentError):
    """The server refuses these credentials: whoever keeps them must act, and trying again may lock the account."""


class UntrustedError(AccessError):
    """The server shows a certificate that can't be trusted: nothing was said to it."""


class InClearError(AccessError, ConfigError):
    """The password would travel unencrypted: nothing was said that a listener could use."""


class MissingError(PermanentError):
    """The collection is not there (404 or 410 on the calendar itself)."""


class ConflictError(CadencedError):
    """Somebody else wrote first (412, RFC 9110 §13): read again and decide again."""


class StoreError(CadencedError):
    """The store cannot be used: locked, full, corrupt. The text says what to do."""


class LockedError(StoreError):
    """Another process keeps the store, and works with it."""
