"""Who hears of what broke in a tool, once its transaction is over: a traceback takes long."""

from collections.abc import Callable
from typing import TypeAlias

import structlog

NoteFailure: TypeAlias = Callable[[str, BaseException], None]
"""Takes the tool's name and what it raised."""

_log = structlog.get_logger()


def log_failure(tool: str, error: BaseException) -> None:
    """Write it down for the operator: the caller is told that something went wrong, no more."""
    _log.error("tool_failed", tool=tool, exc_info=error)
