"""What is kept of the events to and from a provider: bounded, and without secrets."""

import asyncio
import json
from typing import Any

import pytest
from hand_clock import HandClock
from sqlalchemy import select

from agent_service.runtime.provider_events import LIMIT, LONGEST_TEXT, MOST, ProviderEvents
from agent_service.runtime.recorder import Recorder
from agent_service.store.database import Database
from agent_service.store.forgetting import delete_conversation, expire_text, expire_tools
from agent_service.store.provider_events import ProviderEvent, ProviderEventRow, write_events
from agent_service.store.tables import Turn
from agent_service.store.writer import write_records


@pytest.fixture
def kept() -> list[ProviderEvent]:
    return []


@pytest.fixture
def events(kept: list[ProviderEvent]) -> ProviderEvents:
    return ProviderEvents("c-1", now_ms=lambda: 7, keep=kept.append)


def said(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind} | fields)


def test_sound_and_pieces_of_words_are_counted_and_the_rest_is_kept_in_its_order(
    events: ProviderEvents, kept: list[ProviderEvent]
) -> None:
    for _ in range(3):
        events.take(True, said("input_audio_buffer.append", audio="AAAA"))
        events.take(False, said("response.audio_transcript.delta", delta="4111"))
    events.take(False, said("response.audio.done", item={"audio": "AAAA", "text": "Hello"}))
    events.take(True, said("input_audio_buffer.append", audio="AAAA"))
    events.flush()
    told = [(one.kind, one.count, one.is_ours) for one in kept]
    assert told == [
        ("input_audio_buffer.append", 3, True),
        ("response.audio_transcript.delta", 3, False),
        ("response.audio.done", 1, False),
        ("input_audio_buffer.append", 1, True),
    ]
    assert kept[0].size_bytes == 3 * len(said("input_audio_buffer.append", audio="AAAA"))
    assert [one.payload for one in kept if "4111" in one.payload or "AAAA" in one.payload] == []
    assert json.loads(kept[2].payload)["item"] == {"audio": "[4 characters]", "text": "Hello"}
    assert kept[2].at_ms == 7


def test_what_is_long_or_no_event_is_cut_short(
    events: ProviderEvents, kept: list[ProviderEvent]
) -> None:
    events.take(True, said("session.update", text="x" * (LONGEST_TEXT + 1), tools=[1] * 60))
    events.take(False, said("x", **{f"n{number}": "y" * 900 for number in range(20)}))
    for unreadable in ("{", "[]", '"x"', "{}", "[" * 100_000):
        events.take(False, unreadable)
    update, long, *unreadables = kept
    assert json.loads(update.payload)["text"] == f"[{LONGEST_TEXT + 1} characters]"
    assert json.loads(update.payload)["tools"][-1] == "[10 more]"
    assert "characters]" in json.loads(long.payload)
    assert {one.kind for one in unreadables} == {"unreadable"}


def test_no_more_is_kept_than_the_bound(events: ProviderEvents, kept: list[ProviderEvent]) -> None:
    for _ in range(MOST + 10):
        events.take(False, said("x"))
    assert len(kept) == MOST + 1
    assert kept[-1].kind == LIMIT


def test_no_card_stands_in_them_whether_whole_or_in_pieces(
    sqlite_database: Database, new_sample: Any
) -> None:
    sample = new_sample()
    texts = {1: "4111 1111 1111 1111", 3: "my card number is 4111 1111", 5: "1111 1111"}

    async def scenario() -> None:
        recorder = Recorder(sqlite_database, clock=HandClock())
        recorder.open()
        recorder.record(sample.conversation())
        for seq, text in texts.items():
            recorder.keep_event(
                ProviderEvent(
                    conversation_id=sample.conversation_id,
                    at_ms=seq,
                    is_ours=False,
                    kind="completed",
                    size_bytes=1,
                    payload=said("completed", transcript=text),
                )
            )
            recorder.record(sample.turn(seq, text=text, heard_text=text))
        await recorder.close()

    asyncio.run(scenario())
    with sqlite_database.read() as session:
        rows = [*session.scalars(select(ProviderEventRow.payload).order_by(ProviderEventRow.id))]
        turns = [*session.scalars(select(Turn.text))]
    assert [json.loads(row)["transcript"] for row in rows] == turns
    assert [text for text in turns if "1111" in text] == []


@pytest.mark.parametrize("forget", [expire_text, expire_tools, delete_conversation])
def test_they_go_with_the_words_the_tools_and_the_conversation(
    sqlite_database: Database, new_sample: Any, forget: Any
) -> None:
    sample = new_sample()
    event = ProviderEvent(
        conversation_id=sample.conversation_id,
        at_ms=1,
        is_ours=True,
        kind="x",
        size_bytes=1,
        payload="",
    )
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation()])
        write_events(session, [event, event])
    with sqlite_database.write() as session:
        assert forget(session, sample.conversation_id)["provider_events"] == 2
    with sqlite_database.read() as session:
        assert session.scalars(select(ProviderEventRow.id)).all() == []
