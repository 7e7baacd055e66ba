"""docs/record.md names every table and every filter."""

import re
from pathlib import Path

import pytest

from agent_service.store import (
    contacts,
    erasure,
    facts,
    pictures,
    promises,
    provider_events,
    retention,
    tables,
    views,
)
from agent_service.store.pages import List
from agent_service.store.queries import CONVERSATIONS, INCIDENTS, TOOL_CALLS, TURNS
from agent_service.store.schema import Table
from agent_service.store.work import tables as work_tables

MODULES = (
    *(tables, contacts, erasure, facts, pictures, promises, provider_events, retention, views),
    work_tables,
)
RECORD = {each.__name__ for each in MODULES}
PAGE = (Path(__file__).parents[2] / "docs" / "record.md").read_text()


def test_every_table_of_the_record_is_described() -> None:
    described = set(re.findall(r"^\| `(\w+)` \| \S", PAGE, re.MULTILINE))
    ours = {
        mapper.local_table.description
        for mapper in Table.registry.mappers
        if mapper.class_.__module__ in RECORD
    }
    assert described == ours


@pytest.mark.parametrize(
    ("path", "questions"),
    [
        ("/api/conversations", CONVERSATIONS),
        ("/api/turns", TURNS),
        ("/api/tool-calls", TOOL_CALLS),
        ("/api/incidents", INCIDENTS),
    ],
)
def test_every_filter_is_described(path: str, questions: List[object]) -> None:
    row = re.search(rf"^\| `GET {path}` \|.*$", PAGE, re.MULTILINE)
    assert row is not None
    filters = re.findall(r"`(\w+)`", row[0].split("|")[3])
    assert filters == [*(("q",) if questions.has_text else ()), *questions.fields]
