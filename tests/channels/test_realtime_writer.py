"""The conversation as a Realtime client is told it: which events, in which order, and what not."""

import base64
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent_service.agent import TurnDetectionSettings
from agent_service.channels.realtime_dialects import BETA, FIRST, GA, Dialect
from agent_service.channels.realtime_session import Refused, Session
from agent_service.channels.realtime_writer import MAX_ITEMS, Writer, refusal
from agent_service.conversation.commands import (
    Floor,
    ShowError,
    ShowFloor,
    ShowIncident,
    ShowTool,
    ShowTranscript,
)
from agent_service.conversation.records import Modality, Role
from agent_service.errors import AgentServiceError, CallerError

SESSION = Session(
    id="sess_1",
    agent="support",
    voice="alloy",
    language="en",
    detection=TurnDetectionSettings(),
    expires_at=1_800_000_000,
)


class Told:
    """A writer, and all that it has told."""

    def __init__(self, dialect: Dialect = GA, **more: bool) -> None:
        numbers: Counter[str] = Counter()

        def new_id(kind: str) -> str:
            numbers[kind] += 1
            return f"{kind}_{numbers[kind]}"

        options = {"tells_extras": False, "shows_detail": False} | more
        self.writer = Writer(dialect, SESSION, "conv_1", new_id, **options)

    def take(self) -> list[dict[str, Any]]:
        return [json.loads(event) for event in self.writer.take()]

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.take()]

    def says(self, item_id: str, delta: str) -> None:
        self.writer.show(
            ShowTranscript(f"turn-{item_id}", Role.AGENT, delta=delta, item_id=item_id)
        )

    def said(self, item_id: str, text: str, **more: Any) -> None:
        turn_id = f"turn-{item_id}"
        self.writer.show(
            ShowTranscript(turn_id, Role.AGENT, text=text, item_id=item_id, is_final=True, **more)
        )

    def hears(self, turn_id: str, **more: Any) -> None:
        self.writer.show(ShowTranscript(turn_id, Role.CALLER, **more))


SPOKEN = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]


def test_a_spoken_answer_comes_in_the_order_of_the_protocol() -> None:
    told = Told()
    told.writer.created()
    assert told.kinds() == ["session.created"]
    told.says("a", "Hello")
    assert told.writer.is_answering
    assert told.writer.sounds("a", b"\1\0")
    told.said("a", "Hello")
    events = told.take()
    assert [event["type"] for event in events] == SPOKEN
    assert base64.b64decode(events[5]["delta"]) == b"\1\0"
    done = events[-1]["response"]
    assert (done["status"], done["status_details"], done["usage"]) == ("completed", None, None)
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "Hello"}]
    assert {event["response_id"] for event in events if "response_id" in event} == {done["id"]}
    assert not told.writer.is_answering


def test_the_beta_has_its_own_names() -> None:
    told = Told(BETA)
    told.writer.created()
    assert told.kinds() == ["session.created", "conversation.created"]
    told.says("a", "Hello")
    told.writer.sounds("a", b"\1\0")
    told.said("a", "Hello")
    events = told.take()
    known = {"response.audio.delta", "response.audio_transcript.done", "conversation.item.created"}
    assert known < {event["type"] for event in events}
    assert not any("output_audio" in event["type"] for event in events)
    done = events[-1]["response"]
    assert done["modalities"] == ["audio", "text"]
    assert done["output"][0]["content"][0]["type"] == "audio"


def test_a_written_answer_has_no_sound() -> None:
    told = Told()
    told.writer.updated(replace(SESSION, modality=Modality.TEXT))
    told.says("a", "Hello")
    told.said("a", "Hello there.")
    events = told.take()
    kinds = [event["type"] for event in events]
    assert "response.output_text.delta" in kinds
    assert not any("audio" in kind for kind in kinds)
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == "Hello there."


def test_an_answer_that_is_cut_is_cancelled_once() -> None:
    told = Told()
    told.says("a", "Hello there")
    told.writer.sounds("a", b"\1\0")
    told.writer.cut("a")
    done = told.take()[-1]["response"]
    assert done["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert done["output"][0]["status"] == "incomplete"
    told.writer.cut("a")
    told.says("a", "and more")
    told.said("a", "Hello there", is_interrupted=True)
    assert not told.writer.sounds("a", b"\1\0")
    assert told.take() == []


def test_a_client_is_told_that_it_cut_the_answer_itself() -> None:
    told = Told()
    told.says("a", "Hello")
    told.writer.cancel()
    told.writer.cut("a")
    assert told.take()[-1]["response"]["status_details"]["reason"] == "client_cancelled"


def test_one_answer_is_told_at_a_time() -> None:
    told = Told()
    told.says("a", "Hello.")
    told.says("b", "And more.")
    told.writer.sounds("a", b"\1\0")
    assert told.kinds().count("response.created") == 1
    told.said("a", "Hello.")
    kinds = told.kinds()
    assert kinds.index("response.done") < kinds.index("response.created")
    told.says("c", "Last.")
    told.writer.sounds("c", b"\1\0")  # what is said in between is not known to be over
    kinds = told.kinds()
    assert kinds.index("response.done") < kinds.index("response.created")


def test_of_an_answer_that_nothing_was_heard_of_nothing_is_told() -> None:
    told = Told()
    told.says("a", "Hello.")
    told.says("b", "Never heard.")
    told.writer.cut("b")
    told.said("a", "Hello.")
    assert "Never heard." not in json.dumps(told.take())
    told.said("c", "")
    assert told.take() == []


def test_what_a_person_of_the_team_says_is_an_answer_too() -> None:
    told = Told()
    told.writer.show(ShowTranscript("t", Role.REPRESENTATIVE, text="Ann here.", is_final=True))
    assert told.kinds()[-1] == "response.done"
    told.writer.show(ShowTranscript("s", Role.SYSTEM, text="Ann joined.", is_final=True))
    assert told.take() == []


# --- the caller --------------------------------------------------------------


def test_the_callers_speech_is_an_item_with_words_that_come_later() -> None:
    told = Told()
    told.writer.speech_started(100)
    assert told.writer.hears_speech
    told.hears("t", delta="Where")
    told.writer.speech_stopped(900)
    told.hears("t", delta=" is it?")
    told.hears("t", text="Where is it?")
    told.hears("t", text="Where is it?", is_final=True, item_id="in-1")
    events = told.take()
    assert [event["type"].rpartition(".")[2] for event in events] == [
        "speech_started",
        "delta",
        "speech_stopped",
        "committed",
        "added",
        "done",
        "delta",
        "completed",
    ]
    named = {event.get("item_id") or event["item"]["id"] for event in events}
    assert len(named) == 1
    assert (events[0]["audio_start_ms"], events[2]["audio_end_ms"]) == (100, 900)


def test_two_turns_keep_their_own_words() -> None:
    told = Told(FIRST)
    told.writer.committed()
    told.writer.committed()
    told.hears("t0", text="typed meanwhile", is_typed=True)
    told.hears("t1", delta="not told to this client")
    told.hears("t2", text="second")
    told.hears("t1", text="first", is_final=True, item_id="in-1")
    events = [event for event in told.take() if "transcript" in event]
    assert [(event["item_id"], event["transcript"]) for event in events] == [
        ("item_2", "second"),
        ("item_1", "first"),
    ]


def test_words_without_a_speech_are_nobodys() -> None:
    told = Told()
    told.hears("t", text="late words", is_final=True, item_id="in-1")
    told.hears("t", text="typed", is_final=True)
    assert told.take() == []


def test_what_is_typed_is_an_item_at_once() -> None:
    told = Told()
    told.writer.typed("mine", "Hello")
    told.writer.typed(None, "Again")
    events = told.take()
    assert [event["previous_item_id"] for event in events] == [None, None, "mine", "mine"]
    with pytest.raises(Refused, match="already"):
        told.writer.typed("mine", "Hello")


def test_an_item_can_be_asked_for_and_an_agents_be_truncated() -> None:
    told = Told()
    told.writer.typed("mine", "Hello")
    told.says("a", "Yes")
    told.writer.truncated("a", 30)
    told.writer.retrieved("mine")
    events = told.take()
    assert (events[-2]["item_id"], events[-2]["audio_end_ms"]) == ("a", 30)
    assert events[-1]["item"]["content"] == [{"type": "input_text", "text": "Hello"}]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda writer: writer.truncated("mine", 1), "item_truncate_invalid_item_id"),
        (lambda writer: writer.truncated("x", 1), "item_truncate_invalid_item_id"),
        (lambda writer: writer.retrieved("x"), "item_retrieve_invalid_item_id"),
    ],
)
def test_an_item_that_is_not_there_is_no_item(act: Callable[[Writer], None], code: str) -> None:
    told = Told()
    told.writer.typed("mine", "Hello")
    with pytest.raises(Refused) as refused:
        act(told.writer)
    assert refused.value.code == code


def test_old_items_are_forgotten() -> None:
    told = Told()
    told.says("open", "Hello")
    for number in range(MAX_ITEMS):
        told.writer.typed(f"item-{number}", "Hello")
    with pytest.raises(Refused):
        told.writer.retrieved("open")
    told.take()
    told.said("open", "Hello")
    assert told.kinds()[-1] == "response.done"


# --- beside the protocol -----------------------------------------------------


def test_an_error_names_the_event_and_the_field() -> None:
    told = Told()
    told.writer.refused(Refused("No.", code="not_allowed", field="session.tools"), "mine")
    told.writer.show(ShowError("internal_error", "Sorry.", False))
    first, second = (event["error"] for event in told.take())
    assert first == {
        "type": "invalid_request_error",
        "code": "not_allowed",
        "message": "No.",
        "param": "session.tools",
        "event_id": "mine",
    }
    assert (second["type"], second["param"]) == ("server_error", None)
    early = json.loads(refusal(CallerError("No.", code="bad_ticket"), "event_1"))
    assert (early["event_id"], early["error"]["code"]) == ("event_1", "bad_ticket")
    assert json.loads(refusal(AgentServiceError("Ours."), "e"))["error"]["type"] == "server_error"


TOOL = ShowTool("call-1", "get_order", "Looking up order 1004", "running", '{"number": "1004"}')


def test_only_who_asks_is_told_what_the_protocol_does_not_know() -> None:
    shown = (ShowFloor(Floor.AGENT), ShowIncident("storage", "Wait."), TOOL)
    silent, plain, detailed = (
        Told(),
        Told(tells_extras=True),
        Told(tells_extras=True, shows_detail=True),
    )
    for told in (silent, plain, detailed):
        for command in shown:
            told.writer.show(command)
    assert silent.take() == []
    assert plain.kinds() == ["agent_service.floor", "agent_service.incident"]
    tool = detailed.take()[-1]
    assert (tool["type"], tool["arguments"]) == ("agent_service.tool", '{"number": "1004"}')
    assert "seq" not in tool
