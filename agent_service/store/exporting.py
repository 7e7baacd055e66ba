"""Rows as files: JSON Lines, CSV that is safe in spreadsheets, and Parquet, a piece at a time.

An export writes what it has been given and keeps nothing but its last unfinished part.
"""

import csv
import importlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Protocol, Union, get_args, get_origin, get_type_hints

import msgspec

from agent_service.errors import AgentServiceError
from agent_service.store.pages import List
from agent_service.store.queries import CONVERSATIONS, INCIDENTS, TOOL_CALLS, TURNS
from agent_service.store.work.notes import NOTES

_NOT_EXPORTED: Final = "snippet"
"""Belongs to a question, not to a row."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
"""What a spreadsheet may take for the beginning of a formula."""
_BOM: Final = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""
GROUP: Final = 5_000
"""Rows that Parquet keeps together: it packs them column by column."""


class ExportError(AgentServiceError):
    """The export cannot be made here."""

    code = "export_unavailable"


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Export(Protocol):
    """Writes rows of one kind, in pieces: what each call returns follows what the last one did."""

    def begin(self) -> bytes: ...

    def add(self, rows: Sequence[Any]) -> bytes: ...

    def end(self) -> bytes: ...


MEDIA_TYPES: Final[Mapping[Format, str]] = {
    Format.JSONL: "application/x-ndjson",
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.PARQUET: "application/vnd.apache.parquet",
}

LISTS: Final[Mapping[str, List[Any]]] = {
    "conversations": CONVERSATIONS,
    "turns": TURNS,
    "tool-calls": TOOL_CALLS,
    "incidents": INCIDENTS,
    "notes": NOTES,
}
"""What can be exported."""


def new_export(chosen: Format, row: type[Any]) -> Export:
    """Return what writes rows of a class; raise ExportError where a package is missing for it."""
    match chosen:
        case Format.JSONL:
            return JsonLines()
        case Format.CSV:
            return Csv(row)
        case Format.PARQUET:
            return Parquet(row)


class JsonLines:
    """An object a line, as the API answers with it."""

    def begin(self) -> bytes:
        return b""

    def add(self, rows: Sequence[Any]) -> bytes:
        return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)

    def end(self) -> bytes:
        return b""


class Csv:
    """A line of names, then a line for each row; texts that look like formulas begin with ``'``."""

    def __init__(self, row: type[Any]) -> None:
        self._names = _names(row)

    def begin(self) -> bytes:
        return (_BOM + _lines([self._names])).encode()

    def add(self, rows: Sequence[Any]) -> bytes:
        cells = ([_cell(getattr(row, name)) for name in self._names] for row in rows)
        return _lines(cells).encode()

    def end(self) -> bytes:
        return b""


def _lines(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(cells)
    return written.getvalue()


def _cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case str():
            text = str(value)
            return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
        case tuple() | list():
            return _cell(" ".join(value))
        case _:
            return value


class Parquet:
    """Columns with types, compressed; needs pyarrow."""

    def __init__(self, row: type[Any]) -> None:
        try:
            self._arrow: Any = importlib.import_module("pyarrow")
            parquet: Any = importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            raise ExportError(
                "Parquet needs pyarrow: install the service with its extra parquet, or ask for"
                " jsonl or csv."
            ) from error
        hints = get_type_hints(row)
        names = _names(row)
        self._schema = self._arrow.schema([(name, self._type(hints[name])) for name in names])
        self._sink = _Sink()
        self._writer = parquet.ParquetWriter(
            self._arrow.PythonFile(self._sink, mode="w"), self._schema, compression="zstd"
        )
        self._waiting: list[dict[str, Any]] = []

    def begin(self) -> bytes:
        return self._sink.taken()

    def add(self, rows: Sequence[Any]) -> bytes:
        for row in rows:
            self._waiting.append({name: getattr(row, name) for name in self._schema.names})
            if len(self._waiting) == GROUP:
                self._write_group()
        return self._sink.taken()

    def end(self) -> bytes:
        if self._waiting:
            self._write_group()
        self._writer.close()
        return self._sink.taken()

    def _write_group(self) -> None:
        group = self._arrow.Table.from_pylist(self._waiting, schema=self._schema)
        self._writer.write_table(group)
        self._waiting = []

    def _type(self, hint: Any) -> Any:
        arrow = self._arrow
        if get_origin(hint) in (Union, UnionType):
            [hint] = [one for one in get_args(hint) if one is not NoneType]
        if get_origin(hint) is not None:  # of several texts
            return arrow.list_(arrow.string())
        if hint is datetime:
            return arrow.timestamp("us", tz="UTC")
        return {bool: arrow.bool_(), int: arrow.int64(), float: arrow.float64()}.get(
            hint, arrow.string()
        )


class _Sink:
    """A file that gives away what is written to it."""

    def __init__(self) -> None:
        self.closed = False
        self._pieces: list[bytes] = []
        self._position = 0

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._position += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _names(row: type[Any]) -> list[str]:
    return [field.name for field in fields(row) if field.name != _NOT_EXPORTED]
