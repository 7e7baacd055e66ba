"""Sets up logging: one road for structlog and the standard library, secrets removed last.

JSON, one object a line, for machines; a readable form for terminals. A log call never waits for
whoever reads the lines, and never fails: a LineWriter has them.
"""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from agent_service.foreign_streams import streams_taken
from agent_service.line_writer import EXIT_LIMIT_S, LineWriter
from agent_service.redaction import (
    REDACTED,
    SHORTEST_CARD,
    STRICT,
    is_secret_key,
    kept_under,
    redact,
)

Format = Literal["auto", "json", "terminal"]
Level = Literal["debug", "info", "warning", "error"]

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_MAX_DEPTH = 8
_MAX_JSON_INTEGER = 2**63

# Characters that a terminal obeys or that a reader of lines takes for the end of one.
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]
_AS_JSON = {code: f"\\u{code:04x}" for code in _CONTROLS}
_AS_TEXT = _AS_JSON | {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x1B: "\\x1b"}
_AS_TRACEBACK = {code: text for code, text in _AS_TEXT.items() if code != 0x0A}


def configure(
    *, level: Level = "info", output_format: Format = "auto", stream: TextIO | None = None
) -> None:
    """Send all log lines to the stream (standard output), from this module's processors alone."""
    stream = sys.stdout if stream is None else stream
    is_terminal = stream is not None and stream.isatty()  # it is None when it was closed before
    rendering: list[Processor] = (
        [_render_json]
        if output_format == "json" or (output_format == "auto" and not is_terminal)
        else [_escape_for_terminal, structlog.dev.ConsoleRenderer(colors=is_terminal)]
    )
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _remove_secrets,
        *rendering,
    ]
    for handler in logging.root.handlers:
        if isinstance(handler, _StandardLibraryRoad):
            handler.close()
    writer = LineWriter(stream, describe=_DroppedLines(processors))
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=_QueueingLogger(writer),
        cache_logger_on_first_use=False,  # so that a later configure() reaches every logger
    )
    logging.root.handlers = [_StandardLibraryRoad(writer)]
    # What other libraries find worth mentioning is noise beside the turns, unless one looks for it.
    logging.root.setLevel(_LEVELS[level] if level == "debug" else max(_LEVELS[level], 30))
    logging.captureWarnings(True)


def flush() -> None:
    """Have the lines written that wait; give up after a while. Logging does so at exit too."""
    for handler in logging.root.handlers:
        handler.flush()


@contextlib.contextmanager
def prints_as_lines() -> Iterator[None]:
    """For the block, make log lines of what anybody prints: print() too can wait, or fail."""

    def log_at(level: str) -> Callable[[str], None]:
        return lambda line: structlog.get_logger().log(_LEVELS[level], "printed", text=line)

    with streams_taken(log_at("info"), log_at("warning")):
        yield


@contextlib.contextmanager
def prints_on_standard_error() -> Iterator[None]:
    """For the block, have what anybody prints written to standard error, line by line and clean."""
    stream = sys.stderr

    def write(line: str) -> None:
        stream.write(f"{redact(_clean(line)).translate(_AS_TEXT)}\n")

    with streams_taken(write, write):
        yield


class _QueueingLogger:
    """What structlog calls last, with the rendered line; as a factory, it makes itself."""

    def __init__(self, writer: LineWriter) -> None:
        self.msg = self.debug = self.info = self.warning = self.error = writer.write
        self.critical = self.fatal = self.exception = writer.write

    def __call__(self, *_: object) -> WrappedLogger:
        return self


class _DroppedLines:
    """Words the line that stands where others were dropped."""

    def __init__(self, processors: list[Processor]) -> None:
        self._processors = processors

    def __call__(self, count: int) -> str:
        event: Any = {"event": "log_lines_dropped", "count": count}
        for processor in self._processors:
            event = processor(None, "warning", event)
        return str(event)


class _StandardLibraryRoad(logging.Handler):
    """Hands the records of other libraries to structlog; logging flushes it at exit."""

    def __init__(self, writer: LineWriter) -> None:
        super().__init__()
        self._writer = writer

    def flush(self) -> None:
        self._writer.flush(EXIT_LIMIT_S)

    def close(self) -> None:
        self._writer.close(EXIT_LIMIT_S)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        details = {"exc_info": record.exc_info, "stack": record.stack_info}
        try:
            structlog.get_logger().log(
                max(level for level in (0, *_LEVELS.values()) if level <= record.levelno) or 10,
                record.getMessage(),
                logger=record.name,
                **{key: value for key, value in details.items() if value},
            )
        except Exception:
            self.handleError(record)  # as the standard library does: logging never stops the work


def _remove_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {_clean(key): _shown_safely(key, value) for key, value in event.items()}


def _shown_safely(key: str, value: object) -> Any:
    try:
        return _shown(key, value, 0)
    except Exception:
        # Whatever a value does when it is looked at, logging never stops the work.
        return f"<{type(value).__name__} that cannot be shown>"


def _shown(key: object, value: object, depth: int) -> Any:
    """Return the value as plain data without secrets."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(key, str) and is_secret_key(key):
        return REDACTED
    match value:
        case str():
            return _without_secrets(_clean(value))
        case int():
            if abs(value) < 10 ** (SHORTEST_CARD - 1):
                return int(value)
            text = str(value)
            is_plain = abs(value) < _MAX_JSON_INTEGER and redact(text) == text
            return int(value) if is_plain else redact(text)
        case datetime():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case _ if depth == _MAX_DEPTH:
            return "…"
        case Mapping():
            return {redact(_clean(str(k))): _shown(k, v, depth + 1) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_shown(None, item, depth + 1) for item in value]
        case _:
            return _without_secrets(_clean(str(value)))


def _without_secrets(text: str) -> str:
    """Redact what a line may hold: of what is personal nothing, whatever an agent's policy."""
    return redact(kept_under(STRICT, text))


def _clean(text: str) -> str:
    """Replace what cannot be written as UTF-8 or stored by databases: lone surrogates and NUL."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "\ufffd")


def _render_json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    first = {key: event[key] for key in ("timestamp", "level", "event") if key in event}
    # msgspec escapes what JSON demands; the other controls can only stand inside strings
    return msgspec.json.encode({**first, **event}).decode().translate(_AS_JSON)


def _escape_for_terminal(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {
        _escaped(key): _escaped(value, _AS_TRACEBACK if key in ("exception", "stack") else _AS_TEXT)
        for key, value in event.items()
    }


def _escaped(value: Any, table: Mapping[int, str] = _AS_TEXT) -> Any:
    match value:
        case str():
            return value.translate(table)
        case dict():
            return {_escaped(k): _escaped(v) for k, v in value.items()}
        case list():
            return [_escaped(item) for item in value]
        case _:
            return value
