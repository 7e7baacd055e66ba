"""Events of the provider that are lost, doubled, broken or in another order: nothing hangs."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_service.conversation.events import (
    AgentAudio,
    AgentItemFinished,
    AgentText,
    EngineRefused,
    ResponseFinished,
    ResponseStarted,
    ResponseStatus,
    ToolCallRequested,
    TranscriptArrived,
)
from agent_service.engines.dialects import DIALECTS
from agent_service.engines.mending import LONGEST_TEXT
from agent_service.engines.wire import Wire, WireEvent

ARGUMENTS = '{"order_number":1007}'


def wire() -> Wire:
    return Wire(DIALECTS["openai-ga"], "gpt-realtime-2.1", {})


def raw(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def decoded(*messages: dict[str, Any] | bytes, codec: Wire | None = None) -> list[WireEvent]:
    codec = codec or wire()
    messages_raw = [m if isinstance(m, bytes) else raw(m) for m in messages]
    return [event for message in messages_raw for event in codec.decode(message)]


def created(response_id: str = "r") -> dict[str, Any]:
    return {"type": "response.created", "response": {"id": response_id, "status": "in_progress"}}


def words(delta: str, response_id: str = "r") -> dict[str, Any]:
    kind = "response.output_audio_transcript.delta"
    return {"type": kind, "response_id": response_id, "item_id": "i", "delta": delta}


def sound() -> dict[str, Any]:
    kind = "response.output_audio.delta"
    return {"type": kind, "response_id": "r", "item_id": "i", "delta": "AAAA"}


def said(transcript: str = "I am here.", status: str = "completed") -> dict[str, Any]:
    content = [{"type": "output_audio", "transcript": transcript}]
    return {"id": "i", "type": "message", "status": status, "content": content}


def call(call_id: str = "c", status: str = "completed") -> dict[str, Any]:
    names = {"name": "cancel_order", "call_id": call_id, "arguments": ARGUMENTS}
    return {"id": f"i_{call_id}", "type": "function_call", "status": status, **names}


def item_done(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.done", "response_id": "r", "item": item}


def done(*output: Any, status: str = "completed", **more: Any) -> dict[str, Any]:
    response = {"id": "r", "status": status, "output": list(output), **more}
    return {"type": "response.done", "response": response}


COMPLETED = ResponseFinished("r", ResponseStatus.COMPLETED)
REQUESTED = ToolCallRequested("r", "c", "cancel_order", ARGUMENTS)


def test_a_call_that_only_the_end_of_the_response_lists_is_delivered() -> None:
    assert decoded(created(), done(call())) == [ResponseStarted("r"), REQUESTED, COMPLETED]


def test_a_call_is_delivered_once_although_it_is_listed_again() -> None:
    events = decoded(created(), item_done(call()), done(call()))
    assert events == [ResponseStarted("r"), REQUESTED, COMPLETED]


def test_of_several_calls_the_lost_one_is_delivered() -> None:
    events = decoded(created(), item_done(call("c1")), done(call("c1"), call("c2")))
    assert [event.tool_call_id for event in events if isinstance(event, ToolCallRequested)] == [
        "c1",
        "c2",
    ]


@pytest.mark.parametrize("status", ["incomplete", "in_progress"])
def test_a_call_that_was_cut_off_is_not_delivered_by_the_end_either(status: str) -> None:
    assert decoded(created(), done(call(status=status))) == [ResponseStarted("r"), COMPLETED]


def test_a_listed_call_without_a_name_is_skipped_and_the_response_ends() -> None:
    broken = call() | {"name": ""}
    assert decoded(created(), done(broken, call("c2")))[1:] == [
        ToolCallRequested("r", "c2", "cancel_order", ARGUMENTS),
        COMPLETED,
    ]


@pytest.mark.parametrize(
    ("deltas", "rest"),
    [
        ([], "I am here."),
        (["I am"], " here."),
        (["I am", " here."], None),
        (["I", " here."], None),
        (["I am here. And more"], None),
    ],
)
@pytest.mark.parametrize("is_item_lost", [True, False])
def test_words_that_did_not_come_are_made_up_for(
    deltas: list[str], rest: str | None, is_item_lost: bool
) -> None:
    item = [] if is_item_lost else [item_done(said())]
    events = decoded(created(), *map(words, deltas), *item, done(said()))
    told = [event.delta for event in events if isinstance(event, AgentText)]
    assert told == deltas + ([rest] if rest else [])
    assert events[-2:] == [AgentItemFinished("r", "i", True), COMPLETED]
    assert all(event.is_spoken for event in events if isinstance(event, AgentText))


def test_written_words_are_made_up_for_too() -> None:
    written = said() | {"content": [{"type": "output_text", "text": "I am "}, {"text": "here."}]}
    (text,) = [e for e in decoded(created(), done(written)) if isinstance(e, AgentText)]
    assert text == AgentText("r", "i", "I am here.", is_spoken=False)


def test_of_an_answer_that_was_cut_off_no_words_are_added() -> None:
    events = decoded(created(), words("I"), done(said(status="incomplete"), status="cancelled"))
    assert [event for event in events if isinstance(event, AgentText)] == [
        AgentText("r", "i", "I", is_spoken=True)
    ]
    assert AgentItemFinished("r", "i", False) in events


def test_an_item_without_an_identifier_is_skipped() -> None:
    assert decoded(created(), done(said() | {"id": ""}, {"type": "mcp_call"}, {}, 7, None))[1:] == [
        COMPLETED
    ]


@pytest.mark.parametrize(
    ("first", "event"),
    [
        (words("Hi"), AgentText("r", "i", "Hi", is_spoken=True)),
        (sound(), AgentAudio("r", "i", b"\0\0\0", 0)),
        (item_done(call()), REQUESTED),
        (done(), COMPLETED),
    ],
)
def test_a_response_whose_beginning_got_lost_begins_with_its_first_sign(
    first: dict[str, Any], event: WireEvent
) -> None:
    assert decoded(first, created()) == [ResponseStarted("r"), event]


def test_what_comes_after_the_end_of_its_response_begins_nothing() -> None:
    codec = wire()
    assert decoded(created(), done(), codec=codec)[-1] == COMPLETED
    late = decoded(created(), words("Hi"), sound(), done(), item_done(said()), codec=codec)
    assert late == [AgentAudio("r", "i", b"\0\0\0", 0)]


def test_a_late_call_of_a_response_that_ended_is_still_heard_of() -> None:
    assert decoded(created(), done(), item_done(call()))[-1] == REQUESTED


# --- broken ones ---


BROKEN = [
    b'{"type":"response.done","response":{"id":"r","status":"completed","output":[{"ty',
    b'{"type":"response.done","response":{"object":"realtime.response","id":"r","outp',
    b'{"type":"response.done"',
    b'{"type":"response.done","response":{"id":7,"status":"completed"}}',
    b'{"type":"response.done","response":null}',
    b'{"type":"response.done","response":{"id":"r","x":' + b"[" * 100_000,
]


@pytest.mark.parametrize("broken", BROKEN)
def test_an_end_that_cannot_be_read_is_an_end_and_an_incident(broken: bytes) -> None:
    incident, end = decoded(created(), broken)[1:]
    assert isinstance(incident, EngineRefused)
    assert incident.code == "malformed_event"
    assert end == ResponseFinished("r", ResponseStatus.FAILED, code="malformed_event")


@pytest.mark.parametrize("broken", BROKEN)
def test_an_answer_that_came_whole_is_whole_although_its_end_cannot_be_read(broken: bytes) -> None:
    assert decoded(created(), words("Hi"), item_done(said("Hi")), broken)[-1] == COMPLETED
    assert decoded(created(), item_done(call()), broken)[-1] == COMPLETED
    unfinished = decoded(created(), item_done(call()), words("Hi"), broken)[-1]
    assert isinstance(unfinished, ResponseFinished)
    assert unfinished.status is ResponseStatus.FAILED


def test_an_end_that_names_nobody_ends_nothing_where_that_is_not_clear() -> None:
    assert len(decoded(BROKEN[2])) == 1
    events = decoded(created("r1"), created("r2"), BROKEN[2])
    assert not any(isinstance(event, ResponseFinished) for event in events)
    named = decoded(created("r"), created("r2"), BROKEN[0])
    assert ResponseFinished("r", ResponseStatus.FAILED, code="malformed_event") in named


@pytest.mark.parametrize(
    ("member", "junk"),
    [
        ("usage", {"input_token_details": {"text_tokens": "many"}}),
        ("usage", {"input_token_details": {"text_tokens": 10**30}}),
        ("usage", {"output_token_details": {"text_tokens": -1}}),
        ("usage", "free"),
        ("status_details", {"error": [1]}),
        ("status_details", 3),
        ("output", "none"),
        ("output", [{"type": 9}, "x", {"type": "message", "id": "i", "content": 4}]),
    ],
)
def test_broken_parts_of_an_end_cost_only_themselves(member: str, junk: Any) -> None:
    events = decoded(created(), done(**{member: junk}) if member != "output" else done())
    assert events[-1] == COMPLETED
    response = {"id": "r", "status": "completed", member: junk}
    assert decoded(created(), {"type": "response.done", "response": response})[-1] == COMPLETED


def test_a_status_that_is_no_text_is_a_failure() -> None:
    (end,) = decoded(created(), {"type": "response.done", "response": {"id": "r", "status": 4}})[1:]
    assert isinstance(end, ResponseFinished)
    assert (end.status, end.code) == (ResponseStatus.FAILED, "unknown_status")


def test_half_a_character_costs_neither_words_nor_the_end() -> None:
    surrogate = rb'{"type":"response.done","response":{"id":"r","status":"completed","output":'
    surrogate += rb'[{"type":"message","id":"i","status":"completed","content":'
    surrogate += rb'[{"type":"output_audio","transcript":"a \ud800 b"}]}]}}'
    delta = rb'{"type":"response.output_audio_transcript.delta","response_id":"r","item_id":"i",'
    delta += rb'"delta":"a \ud800"}'
    assert decoded(created(), delta, surrogate)[1:] == [
        AgentText("r", "i", "a \ufffd", is_spoken=True),
        AgentText("r", "i", " b", is_spoken=True),
        AgentItemFinished("r", "i", True),
        COMPLETED,
    ]


@pytest.mark.parametrize("bad", [rb"\ud800", rb"\u0000", b"\xff", b"\x00"])
def test_what_the_caller_said_is_kept_whatever_characters_it_has(bad: bytes) -> None:
    kind = b"conversation.item.input_audio_transcription.completed"
    message = b'{"type":"' + kind + b'","item_id":"u","transcript":"yes ' + bad + b' please"}'
    assert decoded(message) == [TranscriptArrived("u", "yes \ufffd please", is_final=True)]


def test_megabytes_of_words_are_cut_and_the_response_ends() -> None:
    events = decoded(created(), words("x" * 60_000), words("y" * 5_000_000), words("z"), done())
    told = "".join(event.delta for event in events if isinstance(event, AgentText))
    assert len(told) == LONGEST_TEXT
    assert told.endswith(" […]")
    assert events[-1] == COMPLETED


# --- doubled ones ---


SPOKEN = [created(), words("I am"), sound(), words(" here."), item_done(said()), done(said())]


def numbered(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give events their identifiers, second as providers do."""
    return [
        {"type": message["type"], "event_id": f"event_{n}", **message}
        for n, message in enumerate(messages)
    ]


def test_every_event_may_come_twice() -> None:
    messages = numbered([*SPOKEN[:-1], item_done(call()), SPOKEN[-1]])
    doubled = [message for message in messages for _ in range(2)]
    assert decoded(*doubled) == decoded(*messages)


def test_the_whole_of_a_response_may_come_twice() -> None:
    messages = numbered(SPOKEN)
    assert decoded(*messages, *messages) == decoded(*messages)


def test_only_the_latest_events_are_remembered() -> None:
    texts = [words("x") | {"event_id": f"event_{n}"} for n in range(200)]
    codec = wire()
    assert len(decoded(created(), *texts, codec=codec)) == 201
    assert decoded(texts[-1], codec=codec) == []
    assert len(decoded(texts[0], codec=codec)) == 1


def test_events_with_one_identifier_for_all_are_heard() -> None:
    constant = [{"type": message["type"], "event_id": "e", **message} for message in SPOKEN]
    assert decoded(*constant) == decoded(*SPOKEN)


def test_an_identifier_within_a_text_is_none() -> None:
    one = {"type": "response.output_text.delta", "response_id": "r", "item_id": "i"}
    text = '"event_id":"event_1"'
    events = decoded(created(), one | {"delta": text}, one | {"delta": text})
    assert [event.delta for event in events if isinstance(event, AgentText)] == [text, text]


@given(st.lists(st.sampled_from(range(len(SPOKEN))), max_size=20))
@settings(max_examples=200)
def test_whatever_is_lost_or_doubled_a_response_begins_and_ends_once_and_in_order(
    order: list[int],
) -> None:
    events = decoded(*(SPOKEN[n] for n in order))
    starts = [n for n, event in enumerate(events) if isinstance(event, ResponseStarted)]
    ends = [n for n, event in enumerate(events) if isinstance(event, ResponseFinished)]
    assert len(starts) == (1 if order else 0)
    assert len(ends) == (1 if SPOKEN.index(done(said())) in order else 0)
    assert [*starts, *ends] == sorted([*starts, *ends])
    if ends and order.index(len(SPOKEN) - 1) == len(order) - 1:
        assert isinstance(events[-1], ResponseFinished)


@pytest.mark.parametrize("lost", range(len(SPOKEN)))
def test_one_lost_event_costs_no_more_than_itself(lost: int) -> None:
    events = decoded(*(message for n, message in enumerate(SPOKEN) if n != lost))
    kinds = {type(event) for event in events}
    assert {ResponseStarted, AgentText, AgentItemFinished} <= kinds
    assert (ResponseFinished in kinds) is (lost != len(SPOKEN) - 1)
    told = "".join(event.delta for event in events if isinstance(event, AgentText))
    assert told == ("I am here." if lost != 1 else " here.")


Recorded = Callable[[str], Any]


@pytest.mark.parametrize("name", ["ga-spoken-turn", "ga-tool-call", "ga-barge-in"])
def test_a_recorded_conversation_in_which_everything_comes_twice_is_the_same(
    recorded: Recorded, name: str
) -> None:
    frames = [f["event"] for f in recorded(name)["frames"] if f["from"] == "server"]
    doubled = [frame for frame in frames for _ in range(2)]
    assert decoded(*doubled) == decoded(*frames)
