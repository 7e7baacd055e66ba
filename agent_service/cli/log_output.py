"""What ``logs`` prints: columns for people, or one JSON object a line for programs."""

import io
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

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
        if not rows:
            self._console.print("No conversations.")
            return
        if any(row.snippet for row in rows):
            for row in rows:
                self._found(row)
            return
        columns = columns_for(self._console.width)
        table = Table(box=None)
        for column in columns:
            table.add_column(column.name, justify=column.justify, no_wrap=True)
        for row in rows:
            table.add_row(*(column.show(row) for column in columns))
        self._console.print(table)

    def _found(self, row: ConversationRow) -> None:
        """Show a conversation in which words were found, and where."""
        head = Text(f"{row.id}  {row.started_at:%Y-%m-%d %H:%M:%S}  ", "dim")
        head.append_text(_caller(row))
        self._console.print(head, soft_wrap=True)
        if row.snippet is not None:
            found = Text(f"  {_clock(row.snippet.started_ms):>8}  ", "dim")
            found.append_text(
                Text("said  ", "cyan") if row.snippet.turn_id else Text("tool  ", "blue")
            )
            found.append_text(_with_marks(row.snippet.text, row.snippet.marks))
            self._console.print(found, soft_wrap=True)

    def turns(self, rows: Sequence[TurnRow]) -> None:
        for row in rows:
            place = f"{row.started_at:%Y-%m-%d %H:%M:%S}  {row.conversation_id}  {row.seq:>3}"
            self._console.print(Text(place, "dim"), _said(row), soft_wrap=True)
        if not rows:
            self._console.print("No turns.")

    def _said(self, turn: TurnRow) -> Text:
        return _said(turn, is_coloured=self._console.is_terminal)

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
            *((turn, turn.started_at, self._said(turn)) for turn in whole.turns),
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
            if not self._console.is_terminal:
                self._console.print(Text(place, "dim"), line, soft_wrap=True)
                continue
            beside = Table.grid(padding=(0, 1))
            beside.add_row(Text(place, "dim"), line)  # so that lines go on under their words
            self._console.print(beside)
        if whole.rating is not None:
            comment = f": {whole.rating.comment}" if whole.rating.comment else ""
            self._console.print(plain(f"rated {whole.rating.score}{comment}"))
        for note in whole.notes:
            words = f"note by {note.written_by}, {note.written_at:%Y-%m-%d %H:%M}: {note.text}"
            self._console.print(plain(words), soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Column:
    """What a list of conversations shows of each."""

    name: str
    width: int
    """As a rule."""
    show: Callable[[ConversationRow], Text]
    rank: int = 0
    """Where there is no room, those with the highest go first; 0 stays."""
    justify: Literal["left", "right"] = "left"


def columns_for(width: int) -> list[Column]:
    """Return the columns that a terminal so wide has room for."""
    columns = list(_COLUMNS)
    while sum(column.width + 2 for column in columns) > width:
        least = max(columns, key=lambda column: column.rank)
        if least.rank == 0:
            break
        columns.remove(least)
    return columns


def _caller(row: ConversationRow) -> Text:
    return plain(row.caller_name or row.customer_id or row.caller_level)


def _number(count: int, style: str) -> Text:
    return Text(str(count or ""), style)


def _heard(row: ConversationRow) -> Text:
    if row.heard_share is None:
        return Text()
    return Text(f"{row.heard_share:.0%}", "" if row.heard_share >= 1 else "yellow")


def _length(row: ConversationRow) -> Text:
    lasted = _lasted(row.started_at, row.ended_at)
    return Text(lasted, "green" if row.ended_at is None else "")


_COLUMNS: Final = (
    Column("conversation", 36, lambda row: Text(row.id)),
    Column("started", 19, lambda row: Text(f"{row.started_at:%Y-%m-%d %H:%M:%S}", "dim")),
    Column("lasted", 6, _length, 1, "right"),
    Column("agent", 9, lambda row: plain(row.agent), 3),
    Column("caller", 12, _caller),
    Column("channel", 8, lambda row: plain(row.channel), 5),
    Column("turns", 5, lambda row: Text(str(row.turn_count)), 2, "right"),
    Column("cut", 3, lambda row: _number(row.interruption_count, "yellow"), 6, "right"),
    Column("heard", 5, _heard, 7, "right"),
    Column("incidents", 9, lambda row: _number(row.incident_count, "red"), 4, "right"),
    Column("rated", 5, lambda row: Text("" if row.rating is None else str(row.rating)), 8, "right"),
    Column("ended by", 13, lambda row: plain(row.end_reason or ""), 5),
)


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


def _said(turn: TurnRow, *, is_coloured: bool = False) -> Text:
    line = Text().append(f"{turn.role:<8}", _COLOURS[turn.role])
    heard = _CONTROL.sub(" ", turn.heard_text)
    if turn.snippet is not None:
        line.append_text(_with_marks(turn.snippet.text, turn.snippet.marks))
    elif is_coloured and turn.is_interrupted and turn.text.startswith(turn.heard_text):
        line.append(heard)
        line.append(_CONTROL.sub(" ", turn.text[len(turn.heard_text) :]), "dim strike")
    else:
        line.append_text(plain(turn.text or "(no words)"))
    if turn.is_interrupted and not is_coloured:
        line.append(f"  [heard: {heard!r}]", "yellow")
    if turn.first_audio_ms is not None:
        line.append(f"  {turn.first_audio_ms} ms", "dim")
    return line


def _with_marks(text: str, marks: Iterable[tuple[int, int]]) -> Text:
    shown = plain(text)
    for start, end in marks:
        shown.stylize("bold reverse", start, end)
    return shown


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
