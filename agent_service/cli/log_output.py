"""What ``logs`` prints: columns for people, or one JSON object a line for programs."""

import io
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent_service.conversation.records import Placed, ms_between
from agent_service.store.answers import (
    ConfirmationRow,
    ConversationRow,
    IncidentRow,
    ToolCallRow,
    TurnRow,
    WholeConversation,
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What callers said must not steer the terminal, nor turn its text around."""
WIDTH_OF_FILES = 160
_COLOURS = {"caller": "cyan", "agent": "green", "representative": "magenta", "system": "yellow"}


class Output(Protocol):
    """Where answers go."""

    def conversations(self, rows: Sequence[ConversationRow]) -> None:
        """Show a list of conversations."""
        ...

    def turns(self, rows: Sequence[TurnRow]) -> None:
        """Show turns of any conversations."""
        ...

    def whole(self, whole: WholeConversation) -> None:
        """Show one conversation."""
        ...


class JsonOutput:
    """One JSON object a line, in UTF-8 whatever the locale: so programs read it."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")

    def conversations(self, rows: Sequence[ConversationRow]) -> None:
        _print_json(rows)

    def turns(self, rows: Sequence[TurnRow]) -> None:
        _print_json(rows)

    def whole(self, whole: WholeConversation) -> None:
        _print_json([whole])


def _print_json(objects: Sequence[object]) -> None:
    for item in objects:
        print(msgspec.json.encode(item).decode(), flush=True)


class TextOutput:
    """Columns for people; times in UTC; escapes where the locale lacks a letter."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        width = None if sys.stdout.isatty() else WIDTH_OF_FILES
        self._console = Console(width=width, highlight=False)

    def conversations(self, rows: Sequence[ConversationRow]) -> None:
        table = Table("conversation", "started", "lasted", "agent", "caller", "channel", box=None)
        table.add_column("turns", justify="right")
        table.add_column("incidents", justify="right")
        table.add_column("ended by")
        for row in rows:
            table.add_row(
                row.id,
                f"{row.started_at:%Y-%m-%d %H:%M:%S}",
                _lasted(row.started_at, row.ended_at),
                plain(row.agent),
                plain(row.caller_name or row.customer_id or row.caller_level),
                plain(row.channel),
                str(row.turn_count),
                str(row.incident_count or ""),
                plain(row.end_reason or ""),
            )
        self._console.print(table if rows else "No conversations.")

    def turns(self, rows: Sequence[TurnRow]) -> None:
        for row in rows:
            place = f"{row.started_at:%Y-%m-%d %H:%M:%S}  {row.conversation_id}  {row.seq:>3}"
            self._console.print(Text(place, "dim"), _said(row), soft_wrap=True)
        if not rows:
            self._console.print("No turns.")

    def whole(self, whole: WholeConversation) -> None:
        head = whole.conversation
        self._console.print(
            plain(f"{head.id}  {head.agent} on {head.channel}, {head.provider} {head.model}\n"),
            plain(
                f"{head.started_at:%Y-%m-%d %H:%M:%S} UTC, lasted"
                f" {_lasted(head.started_at, head.ended_at)}, caller"
                f" {head.caller_name or head.customer_id or 'unknown'} ({head.caller_level})"
            ),
            soft_wrap=True,
        )
        rows: list[tuple[Placed, datetime, Text]] = [
            *((turn, turn.started_at, _said(turn)) for turn in whole.turns),
            *((call, call.requested_at, _called(call)) for call in whole.tool_calls),
            *((row, row.offered_at, _asked(row)) for row in whole.confirmations),
            *((row, row.occurred_at, _went_wrong(row)) for row in whole.incidents),
        ]
        places = [_place(row, ms_between(head.started_at, at)) for row, at, _ in rows]
        lines = [line for _, _, line in rows]
        for (start_ms, end_ms), line in sorted(
            zip(places, lines, strict=True), key=lambda entry: entry[0][0]
        ):
            place = f"{_clock(start_ms)} {_clock(end_ms):>7}"
            self._console.print(Text(place, "dim"), line, soft_wrap=True)
        if whole.rating is not None:
            comment = f": {whole.rating.comment}" if whole.rating.comment else ""
            self._console.print(plain(f"rated {whole.rating.score}{comment}"))


def plain(text: str) -> Text:
    """Return the text without what would steer a terminal."""
    return Text(_CONTROL.sub(" ", text))


def _lasted(start: datetime, end: datetime | None) -> str:
    if end is None:
        return "open"
    minutes, seconds = divmod(int((end - start).total_seconds()), 60)
    return f"{minutes}:{seconds:02}"


def _place(row: Placed, began_ms: int) -> tuple[int, int | None]:
    """Return from when to when something lies; of a call that runs only its row's time is known."""
    return (began_ms if row.started_ms is None else row.started_ms), row.ended_ms


def _clock(ms: int | None) -> str:
    if ms is None:
        return ""
    minutes, rest_ms = divmod(ms, 60_000)
    return f"{minutes}:{rest_ms / 1000:04.1f}"


def _said(turn: TurnRow) -> Text:
    line = Text(f"{turn.role:<8}", _COLOURS[turn.role])
    line.append_text(_marked(turn))
    if turn.is_interrupted:
        line.append(f"  [heard: {_CONTROL.sub(' ', turn.heard_text)!r}]", "yellow")
    if turn.first_audio_ms is not None:
        line.append(f"  {turn.first_audio_ms} ms", "dim")
    return line


def _marked(turn: TurnRow) -> Text:
    if turn.snippet is None:
        return plain(turn.text or "(no words)")
    text = plain(turn.snippet.text)
    for start, end in turn.snippet.marks:
        text.stylize("bold reverse", start, end)
    return text


def _called(call: ToolCallRow) -> Text:
    line = Text("tool    ", "blue")
    line.append_text(plain(f"{call.name} {call.arguments} {call.status} {call.output}"))
    return line


def _asked(question: ConfirmationRow) -> Text:
    line = Text("question", "magenta")
    line.append_text(plain(f" {question.summary} {question.status}"))
    if question.answer:
        line.append_text(plain(f": {question.answer}"))
    return line


def _went_wrong(incident: IncidentRow) -> Text:
    line = Text("incident", "red")
    line.append_text(plain(f" {incident.code}: {incident.message}"))
    return line
