"""The errors of the service, as one tree.

    AgentServiceError
    ├── SettingsError        settings that cannot work (every problem at once)
    ├── CallerError          what a caller's client sent or may not do
    │   └── TryLater         what cannot be now, and may be in a moment
    ├── EngineError          the provider refused, failed or went away
    ├── ToolError            a support tool could not do what was asked
    ├── StoreError           the database is missing, newer, locked or full
    ├── QueryError           a question to the record that cannot be understood
    ├── AudioError           sound that is not what it should be
    ├── FileError            a file given to a command that is not what it should be
    └── OfflineError         the offline provider cannot run here

Every error has a stable ``code`` and a ``message`` that is safe to show to a caller.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args


class AgentServiceError(Exception):
    """Something went wrong in the service."""

    code: ClassVar[str] = "internal_error"
    is_retryable: ClassVar[bool] = False

    def __init__(self, message: str | None = None, *, code: str | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        if code is not None:
            self.code = code  # type: ignore[misc]  # an instance may narrow its class's code
        super().__init__(self.message)


class SettingsError(AgentServiceError):
    """The settings cannot work."""

    code = "bad_settings"

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class CallerError(AgentServiceError):
    """The caller's client sent something that cannot be accepted."""

    code = "bad_message"


class TryLater(CallerError):
    """The service cannot do this now: try again in a moment."""

    code = "overloaded"
    is_retryable = True


class EngineError(AgentServiceError):
    """The provider did not do what was asked."""

    code = "provider_failed"

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s
        """How long the provider asks us to wait, where it says so."""


class StoreError(AgentServiceError):
    """The database cannot be used."""

    code = "storage_unavailable"
    is_retryable = True
    is_in_doubt = False
    """It was a commit whose answer was lost: nobody knows whether it went through."""

    def __init__(self, message: str, *, code: str | None = None, is_retryable: bool = True) -> None:
        self.is_retryable = is_retryable  # type: ignore[misc]  # as with the code
        super().__init__(message, code=code)


class AudioError(AgentServiceError):
    """The sound is not what it should be."""

    code = "bad_audio"


class FileError(AgentServiceError):
    """The file is not what it should be."""

    code = "bad_file"


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """One mistake in a question to the record."""

    field: str
    message: str
    contradicts: str = ""
    """The other field, where the two exclude each other."""


class QueryError(AgentServiceError):
    """The question to the record cannot be understood."""

    code = "bad_query"

    def __init__(self, problems: list[QueryProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in problems))


class OfflineError(AgentServiceError):
    """The offline provider cannot run here."""

    code = "offline_unavailable"


ToolErrorKind = Literal["fix_arguments", "retry_later", "not_allowed", "failed"]


class ToolError(AgentServiceError):
    """The tool could not do what was asked.

    ``kind`` tells the model what to do next; ``message`` is a sentence that may be spoken, and
    ``note`` is for the model alone: names of arguments, what a value should look like. ``needs`` is
    the level that the caller has to prove first, where that is what is missing.
    """

    code = "tool_failed"

    def __init__(
        self,
        kind: ToolErrorKind,
        message: str,
        *,
        note: str | None = None,
        needs: str | None = None,
    ) -> None:
        if kind not in get_args(ToolErrorKind):
            kinds = ", ".join(get_args(ToolErrorKind))
            raise ValueError(f"ToolError: kind {kind!r} is none of {kinds}")
        self.kind = kind
        self.note = note
        self.needs = needs
        super().__init__(message)
