"""Files of rows: what is in them, and that they are safe to open."""

import csv
import io
import json
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from agent_service.conversation.records import Role
from agent_service.store.answers import ConversationRow, TurnRow
from agent_service.store.database import Database
from agent_service.store.exporting import (
    GROUP,
    LISTS,
    Csv,
    ExportError,
    Format,
    Parquet,
    new_export,
)
from agent_service.store.queries import TURNS
from agent_service.store.work.notes import write_note
from agent_service.store.writer import write_records


def written(chosen: Format, kind: type[Any], rows: list[Any]) -> bytes:
    export = new_export(chosen, kind)
    return export.begin() + export.add(rows) + export.end()


@pytest.fixture
def turns(sqlite_database: Database, sample: Any) -> list[TurnRow]:
    records = [
        sample.conversation(),
        sample.turn(1, text="Grüße, 退款 😀", first_audio_ms=640),
        sample.turn(2, text='He said "no",\nthen left', flags=("notice", "cut_off")),
        sample.turn(3, text='=HYPERLINK("http://evil","x")'),
    ]
    with sqlite_database.write() as session:
        write_records(session, records)
    return list(TURNS.every_row(sqlite_database, TURNS.parse([])))[::-1]


def test_json_lines_are_what_the_api_answers_with(turns: list[TurnRow]) -> None:
    lines = written(Format.JSONL, TurnRow, turns).decode().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
    assert json.loads(lines[0])["text"] == "Grüße, 退款 😀"


def test_csv_is_read_back_as_it_was(turns: list[TurnRow]) -> None:
    content = written(Format.CSV, TurnRow, turns)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row["text"] for row in rows[:2]] == [turn.text for turn in turns[:2]]
    assert rows[0]["first_audio_ms"] == "640"
    assert (rows[1]["first_audio_ms"], rows[1]["is_interrupted"]) == ("", "false")
    assert rows[1]["flags"] == "notice cut_off"
    assert rows[0]["started_at"] == "2026-03-01T12:00:02Z"
    assert "snippet" not in rows[0]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠x"],  # noqa: RUF001
)
def test_no_text_is_a_formula_in_a_spreadsheet(turns: list[TurnRow], text: str) -> None:
    hostile = replace(turns[0], text=text, heard_text=f"fine {text}")
    content = Csv(TurnRow).add([hostile]).decode()
    [row] = csv.reader(io.StringIO(content, newline=""))
    names = [name for name in TurnRow.__dataclass_fields__ if name != "snippet"]
    assert row[names.index("text")] == f"'{text}"
    assert row[names.index("heard_text")] == f"fine {text}"


def test_numbers_stay_numbers_in_a_spreadsheet() -> None:
    @dataclass
    class Row:
        amount: float
        count: int

    assert Csv(Row).add([Row(-0.5, -3)]) == b"-0.5,-3\r\n"


def test_parquet_has_types(turns: list[TurnRow]) -> None:
    table = pq.read_table(io.BytesIO(written(Format.PARQUET, TurnRow, turns)))
    assert table.schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("is_interrupted").type == pa.bool_()
    assert table.schema.field("cost_usd").type == pa.float64()
    assert table.schema.field("flags").type == pa.list_(pa.string())
    rows = table.to_pylist()
    assert [row["text"] for row in rows] == [turn.text for turn in turns]
    assert rows[0]["started_at"] == datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC)
    assert (rows[0]["role"], rows[1]["flags"]) == (Role.CALLER.value, ["notice", "cut_off"])


def test_parquet_without_rows_can_be_read() -> None:
    table = pq.read_table(io.BytesIO(written(Format.PARQUET, ConversationRow, [])))
    assert table.num_rows == 0
    assert "caller_name" in table.schema.names


def test_parquet_gives_away_each_group(turns: list[TurnRow]) -> None:
    export = Parquet(TurnRow)
    pieces = [export.begin(), *(export.add(turns[:1] * 500) for _ in range(2 * GROUP // 500))]
    assert sum(len(piece) > 1000 for piece in pieces) == 2
    content = b"".join([*pieces, export.end()])
    assert pq.ParquetFile(io.BytesIO(content)).metadata.num_rows == 2 * GROUP


def test_without_pyarrow_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match="install the service with its extra parquet"):
        new_export(Format.PARQUET, TurnRow)


@pytest.mark.parametrize("name", list(LISTS))
@pytest.mark.parametrize("chosen", list(Format))
def test_every_list_has_every_format(
    database: Database, sample: Any, name: str, chosen: Format
) -> None:
    with database.write() as session:
        rows = [sample.conversation(), sample.turn(1), sample.tool_call(), sample.incident()]
        write_records(session, rows)
        write_note(session, sample.conversation_id, "Call back.", sample.started_at, by="user:ann")
    rows = list(LISTS[name].every_row(database, LISTS[name].parse([])))
    assert len(rows) == 1
    assert len(written(chosen, LISTS[name].row, rows)) > 100
