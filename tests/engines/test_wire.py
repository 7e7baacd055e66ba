"""The codec: recorded conversations in both directions, and what no provider should send."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from an_agent import AGENT
from hypothesis import given
from hypothesis import strategies as st

from agent_service.agent import TurnDetectionSettings
from agent_service.audio import sounding_ms
from agent_service.conversation.commands import (
    AddNote,
    CancelResponse,
    CommitAudio,
    EngineCommand,
    RequestResponse,
    SendAudio,
    SendText,
    SubmitToolResult,
    SwitchAnswering,
    SwitchModality,
    TruncateItem,
)
from agent_service.conversation.events import (
    AgentAudio,
    AgentItemFinished,
    AgentText,
    AnsweringSwitched,
    EngineDropped,
    EngineReady,
    EngineRefused,
    ResponseFinished,
    ResponseStarted,
    ResponseStatus,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    ToolCallRequested,
    TranscriptArrived,
    TranscriptFailed,
)
from agent_service.conversation.records import Modality, Role, Usage
from agent_service.conversation.spec import (
    HistoryToolRound,
    HistoryTurn,
    SessionSpec,
    ToolSpec,
)
from agent_service.engines.dialects import DIALECTS
from agent_service.engines.prices import LIST_PRICES, Prices
from agent_service.engines.wire import SessionOpened, Wire, WireEvent

FIRST = "azure-2024-10-01-preview"
AUDIO = bytes.fromhex("000000000100020003000400050006000700")
Recorded = Callable[[str], Any]


def wire(dialect: str = "openai-ga", prices: Prices = LIST_PRICES) -> Wire:
    return Wire(DIALECTS[dialect], "gpt-realtime", prices)


def answering(dialect: str = "openai-ga", prices: Prices = LIST_PRICES) -> Wire:
    """Return a codec whose provider has begun response ``r``."""
    codec = wire(dialect, prices)
    begun = codec.decode(raw({"type": "response.created", "response": {"id": "r"}}))
    assert begun == (ResponseStarted("r"),)
    return codec


def raw(event: dict[str, Any], *, compact: bool = True) -> bytes:
    return json.dumps(event, separators=(",", ":") if compact else None).encode()


def heard(codec: Wire, recording: Any, *, compact: bool = True) -> list[WireEvent]:
    """Decode all that the server of a recording said."""
    frames = [frame["event"] for frame in recording["frames"] if frame["from"] == "server"]
    return [event for frame in frames for event in codec.decode(raw(frame, compact=compact))]


def said(recording: Any) -> list[dict[str, Any]]:
    """Return what the client of a recording sent, without the identifiers it chose itself."""
    messages = [frame["event"] for frame in recording["frames"] if frame["from"] == "client"]
    for message in messages:
        message.pop("event_id", None)
        message.get("item", {}).pop("id", None)
    return messages


@pytest.mark.parametrize("compact", [True, False])
@pytest.mark.parametrize(
    ("dialect", "name", "deltas", "usage"),
    [
        (
            FIRST,
            "beta-spoken-turn",
            [],
            Usage(98, 18, 0, 0, 14, 36, (98 * 5 + 18 * 100 + 14 * 20 + 36 * 200) / 1e6),
        ),
        (
            "openai-ga",
            "ga-spoken-turn",
            ["Hello", " there."],
            Usage(112, 18, 64, 0, 14, 36, (48 * 4 + 64 * 0.4 + 18 * 32 + 14 * 16 + 36 * 64) / 1e6),
        ),
    ],
)
def test_a_spoken_turn_means_the_same_in_every_dialect(
    recorded: Recorded, dialect: str, name: str, deltas: list[str], usage: Usage, compact: bool
) -> None:
    events = heard(wire(dialect), recorded(name), compact=compact)
    transcripts = [event for event in events if isinstance(event, TranscriptArrived)]
    item = transcripts[-1].item_id
    written = Usage(0, 18, output_text_tokens=6) if deltas else None
    assert transcripts == [TranscriptArrived(item, delta, is_final=False) for delta in deltas] + [
        TranscriptArrived(item, "Hello there.", is_final=True, usage=written)
    ]
    words = "".join(event.delta for event in events if isinstance(event, AgentText))
    assert words == "Good morning!"
    kinds = [type(event) for event in events if not isinstance(event, TranscriptArrived)]
    assert [kind for kind in kinds if kind is not AgentText] == [
        SessionOpened,
        EngineReady,
        SpeechStarted,
        SpeechStopped,
        SpeechCommitted,
        ResponseStarted,
        AgentAudio,
        AgentAudio,
        AgentItemFinished,
        ResponseFinished,
    ]
    assert SpeechStarted(item, 420) in events
    assert SpeechStopped(item, 2180) in events
    assert SpeechCommitted(item) in events
    (finished,) = [event for event in events if isinstance(event, ResponseFinished)]
    assert finished.status is ResponseStatus.COMPLETED
    assert finished.usage == usage


@pytest.mark.parametrize(
    ("dialect", "name"), [(FIRST, "beta-tool-call"), ("azure-ga", "ga-tool-call")]
)
def test_a_tool_call_is_requested_once_and_whole(
    recorded: Recorded, dialect: str, name: str
) -> None:
    recording = recorded(name)
    events = heard(wire(dialect), recording)
    (call,) = [event for event in events if isinstance(event, ToolCallRequested)]
    assert (call.name, call.arguments) == ("lookup_order", '{"order_no":"7741"}')
    responses = [event for event in events if isinstance(event, ResponseStarted)]
    assert call.response_id == responses[0].response_id
    assert [type(event) for event in events[2:5]] == [
        ResponseStarted,
        ToolCallRequested,
        ResponseFinished,
    ]
    words = [event for event in events if isinstance(event, AgentText)]
    assert "".join(event.delta for event in words) == "It has shipped and arrives in two days."
    assert not any(event.is_spoken for event in words)

    output = SubmitToolResult(call.tool_call_id, '{"state":"shipped","eta_days":2}')
    sent = [SendText("Where is order 7741?"), RequestResponse(), output, RequestResponse()]
    assert encoded(dialect, sent) == said(recording)[1:]


def encoded(dialect: str, commands: list[Any]) -> list[dict[str, Any]]:
    return [json.loads(wire(dialect).encode(command)) for command in commands]


@pytest.mark.parametrize(
    ("dialect", "name"), [(FIRST, "beta-barge-in"), ("openai-ga", "ga-barge-in")]
)
def test_a_barge_in_cuts_the_item_and_truncates_it(
    recorded: Recorded, dialect: str, name: str
) -> None:
    recording = recorded(name)
    events = heard(wire(dialect), recording)
    first = next(event for event in events if isinstance(event, AgentAudio))
    cut = AgentItemFinished(first.response_id, first.item_id, is_complete=False)
    ended = next(event for event in events if isinstance(event, ResponseFinished))
    assert (ended.status, ended.code) == (ResponseStatus.CANCELLED, "turn_detected")
    started = next(event for event in events if isinstance(event, SpeechStarted))
    order = [events.index(event) for event in (first, started, cut, ended)]
    assert order == sorted(order)

    commands: list[EngineCommand] = [
        SendText("Tell me a long story."),
        SendAudio(AUDIO),
        TruncateItem(first.item_id, 1200),
        SendAudio(AUDIO),
    ]
    requests = ("response.create", "conversation.item.retrieve")
    assert encoded(dialect, commands) == [
        message for message in said(recording) if message["type"] not in requests
    ]


@pytest.mark.parametrize(
    ("dialect", "name", "last"),
    [
        (FIRST, "beta-text-turn", "The Danube."),
        ("openai-beta", "beta-text-turn", "The Danube."),
        ("openai-ga", "ga-text-turn", "The Danube."),
    ],
)
def test_a_typed_turn_is_answered_in_text(
    recorded: Recorded, dialect: str, name: str, last: str
) -> None:
    events = heard(wire(dialect), recorded(name))
    words = [event for event in events if isinstance(event, AgentText)]
    assert "".join(event.delta for event in words) == last
    assert isinstance(events[-1], ResponseFinished)


@pytest.mark.parametrize(("dialect", "name"), [(FIRST, "beta-error"), ("openai-ga", "ga-error")])
def test_errors_leave_the_session_open_until_it_expires(
    recorded: Recorded, dialect: str, name: str
) -> None:
    events = heard(wire(dialect), recorded(name))
    codes = [event.code for event in events if isinstance(event, EngineRefused)]
    assert codes[1:] == [
        "input_audio_buffer_commit_empty",
        "response_cancel_not_active",
        "conversation_already_has_active_response",
    ]
    (failed,) = [event for event in events if isinstance(event, ResponseFinished)]
    assert (failed.status, failed.code) == (ResponseStatus.FAILED, "server_error")
    assert failed.message == "The server had an error while processing your request."
    dropped = [event for event in events if isinstance(event, EngineDropped)]
    assert [event.code for event in dropped] == ["session_expired"] * (name == "ga-error")


@pytest.mark.parametrize(
    ("dialects", "name"),
    [
        ((FIRST, "azure-2024-12-17", "azure-2025-04-01-preview", "openai-beta"), "beta"),
        (("azure-ga", "openai-ga"), "ga"),
    ],
)
def test_every_known_server_event_is_translated_or_ignored(
    recorded: Recorded, dialects: tuple[str, ...], name: str
) -> None:
    for dialect in dialects:
        codec = wire(dialect)
        events = [
            e for frame in recorded(f"server-events-{name}") for e in codec.decode(raw(frame))
        ]
        assert not [event for event in events if getattr(event, "code", "") == "malformed_event"]
        others = ("mcp", "transcription_session")
        assert all(any(other in kind for other in others) for kind in codec.unknown_types)
        kinds = {type(event) for event in events}
        assert {TranscriptFailed, AgentAudio, AgentText, EngineRefused, SpeechStarted} <= kinds


@pytest.mark.parametrize(
    ("dialect", "name"), [(FIRST, "client-events-beta"), ("openai-ga", "client-events-ga")]
)
def test_commands_are_written_as_the_protocol_has_them(
    recorded: Recorded, dialect: str, name: str
) -> None:
    by_type: dict[str, list[dict[str, Any]]] = {}
    for message in recorded(name):
        del message["event_id"]
        by_type.setdefault(message["type"], []).append(message)
    commands: list[EngineCommand] = [
        SendAudio(AUDIO),
        CommitAudio(),
        SubmitToolResult("call_x1", '{"ok":true}'),
        TruncateItem("item_a1", 1200),
    ]
    for message in encoded(dialect, commands):
        assert message in by_type[message["type"]]


def test_a_note_is_a_message_of_the_system_as_recorded(recorded: Recorded) -> None:
    (sent,) = encoded("openai-beta", [AddNote("The caller is named Ada.")])
    items = [message["item"] for message in recorded("client-events-beta") if "item" in message]
    (item,) = [item for item in items if item.get("role") == "system"]
    del item["id"]
    assert sent == {"type": "conversation.item.create", "item": item}


def test_a_response_is_cancelled_by_name_where_the_dialect_knows_how() -> None:
    (named,) = encoded("azure-2024-12-17", [CancelResponse("resp_1")])
    assert named == {"type": "response.cancel", "response_id": "resp_1"}
    (unnamed,) = encoded(FIRST, [CancelResponse("resp_1")])
    assert unnamed == {"type": "response.cancel"}


def test_a_response_takes_its_own_instructions_and_no_tools_when_told() -> None:
    plain, special = encoded(
        "openai-ga", [RequestResponse(), RequestResponse("Greet.", uses_tools=False)]
    )
    assert plain == {"type": "response.create"}
    assert special["response"] == {"instructions": "Greet.", "tool_choice": "none"}


def test_a_cut_off_tool_call_does_not_run() -> None:
    item = {"type": "function_call", "id": "i", "call_id": "c", "name": "t", "arguments": "{"}
    done = {"type": "response.output_item.done", "response_id": "r", "output_index": 0}
    for status in ("incomplete", "in_progress", None):
        assert answering().decode(raw(done | {"item": item | {"status": status}})) == ()
    whole = answering().decode(raw(done | {"item": item | {"status": "completed"}}))
    assert whole == (ToolCallRequested("r", "c", "t", "{"),)


def test_a_completed_call_without_an_identifier_is_malformed() -> None:
    item = {"type": "function_call", "id": "i", "name": "t", "status": "completed"}
    event = {"type": "response.output_item.done", "response_id": "r", "item": item}
    (refused,) = wire().decode(raw(event))
    assert isinstance(refused, EngineRefused)
    assert refused.code == "malformed_event"


def test_the_end_of_a_response_counts_whatever_its_status() -> None:
    event = {"type": "response.done", "response": {"id": "r", "status": "on_holiday"}}
    assert answering().decode(raw(event)) == (
        ResponseFinished("r", ResponseStatus.FAILED, code="unknown_status"),
    )


def test_tokens_without_a_price_have_no_cost() -> None:
    usage = {"input_token_details": {"text_tokens": 3}, "output_token_details": None}
    event = {"type": "response.done", "response": {"id": "r", "status": "completed"}}
    event["response"]["usage"] = usage  # type: ignore[index]  # a dict of dicts
    (finished,) = answering(prices={}).decode(raw(event))
    assert isinstance(finished, ResponseFinished)
    assert finished.usage == Usage(input_text_tokens=3)


@pytest.mark.parametrize("reported", ["gpt-4o-realtime-preview-2024-10-01", None, "unheard-of"])
def test_the_price_is_that_of_the_reported_model_else_of_the_configured_one(
    reported: str | None,
) -> None:
    codec = answering()
    codec.decode(raw({"type": "session.created", "session": {"model": reported}}))
    usage = {"output_token_details": {"audio_tokens": 1_000_000}}
    response = {"id": "r", "status": "completed", "usage": usage}
    (finished,) = codec.decode(raw({"type": "response.done", "response": response}))
    assert isinstance(finished, ResponseFinished)
    assert finished.usage is not None
    assert finished.usage.cost_usd == (200 if reported and reported.startswith("gpt") else 64)


@pytest.mark.parametrize(
    ("transcriber", "usage", "expected"),
    [
        (
            "gpt-4o-transcribe",
            {
                "type": "tokens",
                "input_tokens": 30,
                "input_token_details": {"text_tokens": 10, "audio_tokens": 20},
                "output_tokens": 4,
            },
            Usage(10, 20, 0, 0, 4, 0, (10 * 2.5 + 20 * 6 + 4 * 10) / 1e6),
        ),
        (
            "gpt-4o-transcribe",
            {"type": "tokens", "input_tokens": 30, "output_tokens": 0},
            Usage(0, 30, cost_usd=30 * 6 / 1e6),
        ),
        ("whisper-1", {"type": "duration", "seconds": 2}, Usage(0, 20, cost_usd=0.0002)),
        ("whisper-1", {"type": "duration", "seconds": 1.25}, Usage(0, 13, cost_usd=0.00013)),
        ("our-own", {"type": "duration", "seconds": 2}, Usage(0, 20)),
        ("whisper-1", {"type": "duration", "seconds": -1}, None),
        ("whisper-1", {"type": "duration", "seconds": 1e300}, None),
        ("whisper-1", {"type": "tokens", "input_tokens": 10**30}, None),
        ("whisper-1", "much", None),
        ("whisper-1", None, None),
    ],
)
@pytest.mark.parametrize("dialect", ["openai-ga", "openai-beta"])
def test_writing_down_has_a_price_of_its_own(
    dialect: str, transcriber: str, usage: Any, expected: Usage | None
) -> None:
    codec = wire(dialect)
    codec.configuration(
        SessionSpec(agent=AGENT, modality=Modality.AUDIO, transcription_model=transcriber)
    )
    event = {
        "type": "conversation.item.input_audio_transcription.completed",
        "item_id": "i",
        "transcript": "Hello.",
        "usage": usage,
    }
    (arrived,) = codec.decode(raw(event))
    assert isinstance(arrived, TranscriptArrived)
    assert arrived.text == "Hello."
    assert arrived.usage == expected or (
        arrived.usage is not None
        and expected is not None
        and replace(arrived.usage, cost_usd=None) == replace(expected, cost_usd=None)
        and arrived.usage.cost_usd == pytest.approx(expected.cost_usd)
    )


def test_cached_tokens_without_details_count_as_text_first() -> None:
    details = {"text_tokens": 50, "audio_tokens": 40, "cached_tokens": 64}
    response = {"id": "r", "status": "completed", "usage": {"input_token_details": details}}
    (finished,) = answering().decode(raw({"type": "response.done", "response": response}))
    assert isinstance(finished, ResponseFinished)
    assert finished.usage is not None
    assert (finished.usage.cached_text_tokens, finished.usage.cached_audio_tokens) == (50, 14)


def test_unknown_events_are_counted_and_nothing_more() -> None:
    codec = wire()
    for number in range(100):
        assert codec.decode(raw({"type": f"response.novelty.{'x' * (number % 50)}"})) == ()
    assert codec.unknown_types.total() == 100
    assert len(codec.unknown_types) == 33
    assert codec.unknown_types["others"] == 36


def test_the_order_of_members_does_not_matter() -> None:
    event = {"event_id": "e", "item_id": "i", "type": "input_audio_buffer.committed"}
    assert wire().decode(raw(event)) == (SpeechCommitted("i"),)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"hello",
        b"[1,2]",
        b"null",
        b'{"no":"type"}',
        b'{"type":7}',
        b'{"type":"input_audio_buffer.committed"}',
        b'{"type":"input_audio_buffer.committed","item_id":null}',
        b'{"type":"input_audio_buffer.committed","item_id":"i"',
        b'{"type":"input_audio_buffer.speech_started","item_id":"i","audio_start_ms":"soon"}',
        b'{"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"A*A="}',
        b'{"type":"error"}',
        b'{"type":"error","error":' + b"[" * 100_000,
        b'{"type":"error","x":' + b"[" * 100_000 + b"]" * 100_000 + b',"error":{}}',
    ],
)
def test_what_is_no_event_becomes_a_refusal_in_words(message: bytes) -> None:
    (event,) = wire().decode(message)
    assert isinstance(event, EngineRefused)
    assert event.code == "malformed_event"
    assert event.message.startswith("The provider sent a bad event: ")


def updated(**session: Any) -> bytes:
    return raw({"type": "session.updated", "session": session})


DETECTION = {"type": "server_vad", "create_response": False}


@pytest.mark.parametrize(
    ("session", "told", "events"),
    [
        ({"turn_detection": DETECTION}, True, (AnsweringSwitched(False),)),
        ({"audio": {"input": {"turn_detection": DETECTION}}}, True, (AnsweringSwitched(False),)),
        ({"audio": {"input": {}}}, False, (AnsweringSwitched(False),)),
        ({"audio": {}, "turn_detection": 5}, True, (AnsweringSwitched(True),)),
        ({"turn_detection": {"type": "server_vad"}}, False, (AnsweringSwitched(False),)),
        ({}, None, ()),
    ],
    ids=["beta", "ga", "not shown", "not readable", "an older one", "of something else"],
)
def test_a_session_says_whether_it_answers_by_itself_from_now_on(
    session: dict[str, Any], told: bool | None, events: tuple[WireEvent, ...]
) -> None:
    codec = wire()
    assert codec.decode(updated(turn_detection=DETECTION)) == (EngineReady(),)
    if told is not None:
        codec.encode(SwitchAnswering(told, TurnDetectionSettings()))
    assert codec.decode(updated(**session)) == events


def test_updates_are_accepted_in_the_order_they_were_sent() -> None:
    codec = wire()
    assert codec.decode(updated(turn_detection=DETECTION)) == (EngineReady(),)
    codec.encode(SwitchModality(Modality.TEXT))
    codec.encode(SwitchAnswering(False, TurnDetectionSettings()))
    assert codec.decode(updated()) == ()
    assert codec.decode(updated()) == (AnsweringSwitched(False),)


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_raise(message: bytes) -> None:
    wire().decode(message)


events = st.sampled_from(
    ["error", "response.done", "response.output_audio.delta", "session.created", "session.updated"]
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
members = ["error", "response", "delta", "item", "item_id", "response_id", "session"]


@given(events, st.dictionaries(st.sampled_from(members), junk))
def test_no_members_raise(kind: str, content: dict[str, Any]) -> None:
    wire().decode(raw({"type": kind} | content))


@given(st.binary(max_size=5000))
def test_audio_survives_both_directions(audio: bytes) -> None:
    (sent,) = encoded("openai-ga", [SendAudio(audio)])
    delta = {
        "type": "response.output_audio.delta",
        "response_id": "r",
        "item_id": "i",
        "delta": sent["audio"],
    }
    assert answering().decode(raw(delta)) == (AgentAudio("r", "i", audio, sounding_ms(audio)),)


any_text = st.text(st.characters(exclude_categories=()), max_size=40)


@given(any_text)
def test_no_text_keeps_a_command_from_being_sent(text: str) -> None:
    commands: list[EngineCommand] = [
        SendText(text),
        AddNote(text),
        SubmitToolResult(text, text),
        RequestResponse(text),
        CancelResponse(text),
        TruncateItem(text, 1),
    ]
    whole = text.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for message in encoded("openai-ga", commands):
        # A surrogate is one character here and three bytes there: compare without them.
        said = json.dumps(message, ensure_ascii=False).replace("\ufffd", "")
        assert json.dumps(whole.replace("\ufffd", ""), ensure_ascii=False)[1:-1] in said


@given(any_text)
def test_no_text_keeps_a_session_from_being_set_up(text: str) -> None:
    history = (HistoryTurn(Role.CALLER, text), HistoryToolRound(text, "t", text, text))
    tool = ToolSpec("t", text, {"description": text, "enum": [text, 1, None]})
    told = AGENT.model_copy(update={"instructions": text, "voice": text})
    spec = SessionSpec(told, Modality.TEXT, tools=(tool,), history=history)
    for message in (*wire().history(spec), wire().configuration(spec)):
        assert json.loads(message)["type"]


def test_megabytes_go_out_cut() -> None:
    (message,) = encoded("openai-ga", [SubmitToolResult("c", "x" * 5_000_000)])
    assert len(message["item"]["output"]) == 100_000


def test_an_error_says_what_it_is_about() -> None:
    error = {"type": "invalid_request_error", "code": None, "message": "Bad.", "param": "a.b"}
    assert wire().decode(raw({"type": "error", "error": error})) == (
        EngineRefused("invalid_request_error", "Bad. (a.b)"),
    )
