"""How a session and its history are written in each dialect."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from an_agent import with_agent

from agent_service.agent import TurnDetectionSettings
from agent_service.conversation.commands import SendText, SwitchAnswering, SwitchModality
from agent_service.conversation.records import Modality, Role
from agent_service.conversation.spec import (
    HistoryToolRound,
    HistoryTurn,
    SessionSpec,
    ToolSpec,
)
from agent_service.engines.dialects import DIALECTS, GA
from agent_service.engines.extras import extras
from agent_service.engines.messages import command_message
from agent_service.engines.session_shape import (
    check_supported,
    history_items,
    picture_message,
    session_update,
)
from agent_service.errors import EngineError

FIRST = "azure-2024-10-01-preview"
LOOKUP = ToolSpec(
    "lookup_order",
    "Find an order by its number.",
    {
        "type": "object",
        "properties": {"order_no": {"type": "string"}},
        "required": ["order_no"],
    },
)


def session(spec: SessionSpec, dialect: str, model: str = "gpt-realtime-2.1") -> dict[str, Any]:
    known = extras(spec, DIALECTS[dialect], model)
    event = session_update(spec, DIALECTS[dialect], known)
    assert event["type"] == "session.update"
    update: dict[str, Any] = event["session"]
    return update


@pytest.mark.parametrize(
    ("dialect", "recording"),
    [(FIRST, "beta-spoken-turn"), ("openai-ga", "ga-spoken-turn")],
)
def test_what_a_recorded_client_sent_is_what_we_send(
    recorded: Callable[[str], Any], spec: SessionSpec, dialect: str, recording: str
) -> None:
    frames = recorded(recording)["frames"]
    sent = next(frame["event"]["session"] for frame in frames if frame["from"] == "client")
    if dialect == "openai-ga":
        spec = replace(spec, transcription_model="gpt-4o-mini-transcribe")
        spec = with_agent(spec, language="en")
    assert covers(session(spec, dialect), sent)


SERVER_VAD = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
}


@pytest.mark.parametrize(
    ("dialect", "session", "members"),
    [
        ("azure-2024-12-17", {}, ()),
        ("openai-beta", {}, ("interrupt_response",)),
        ("openai-ga", {"type": "realtime"}, ("interrupt_response",)),
    ],
)
def test_who_answers_is_switched_with_nothing_else_changed(
    dialect: str, session: dict[str, Any], members: tuple[str, ...]
) -> None:
    detection = SERVER_VAD | {"create_response": False} | dict.fromkeys(members, True)
    sent: dict[str, Any] = {"turn_detection": detection}
    if session:
        sent = {"audio": {"input": sent}}
    switch = SwitchAnswering(False, TurnDetectionSettings())
    assert json.loads(command_message(switch, DIALECTS[dialect])) == {
        "type": "session.update",
        "session": session | sent,
    }


@pytest.mark.parametrize(
    ("dialect", "modality", "session"),
    [
        ("openai-beta", Modality.TEXT, {"modalities": ["text"]}),
        ("openai-beta", Modality.AUDIO, {"modalities": ["audio", "text"]}),
        ("openai-ga", Modality.TEXT, {"type": "realtime", "output_modalities": ["text"]}),
        ("openai-ga", Modality.AUDIO, {"type": "realtime", "output_modalities": ["audio"]}),
    ],
)
def test_whether_answers_sound_is_switched_with_nothing_else_changed(
    dialect: str, modality: Modality, session: dict[str, Any]
) -> None:
    message = command_message(SwitchModality(modality), DIALECTS[dialect])
    assert json.loads(message) == {"type": "session.update", "session": session}


def covers(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return all(covers(whole.get(key), member) for key, member in part.items())
    return bool(whole == part)


@pytest.mark.parametrize(
    ("dialect", "members"),
    [
        (FIRST, set()),
        ("azure-2024-12-17", {"create_response"}),
        ("azure-2025-04-01-preview", {"create_response", "interrupt_response"}),
        ("openai-beta", {"create_response", "interrupt_response"}),
        ("azure-ga", {"create_response", "interrupt_response"}),
        ("openai-ga", {"create_response", "interrupt_response"}),
    ],
)
def test_turn_detection_has_the_members_that_the_dialect_knows(
    spec: SessionSpec, dialect: str, members: set[str]
) -> None:
    rendered = session(spec, dialect)
    detection = rendered.get("turn_detection") or rendered["audio"]["input"]["turn_detection"]
    assert set(detection) == {
        "type",
        "threshold",
        "prefix_padding_ms",
        "silence_duration_ms",
        *members,
    }
    assert detection["silence_duration_ms"] == 200


def test_the_first_preview_has_no_language(spec: SessionSpec) -> None:
    spec = with_agent(spec, language="de")
    assert session(spec, FIRST)["input_audio_transcription"] == {"model": "whisper-1"}
    later = session(spec, "azure-2024-12-17")["input_audio_transcription"]
    assert later == {"model": "whisper-1", "language": "de"}


def test_push_to_talk_switches_turn_detection_off(spec: SessionSpec) -> None:
    spec = with_agent(spec, turn_detection={"kind": "push_to_talk"})
    flat = session(spec, FIRST)
    assert "turn_detection" in flat
    assert flat["turn_detection"] is None
    assert session(spec, "openai-ga")["audio"]["input"]["turn_detection"] is None


def test_semantic_vad_is_used_where_it_exists_and_refused_in_words_elsewhere(
    spec: SessionSpec,
) -> None:
    spec = with_agent(spec, turn_detection={"kind": "semantic_vad", "eagerness": "low"})
    expected = {
        "type": "semantic_vad",
        "eagerness": "low",
        "create_response": True,
        "interrupt_response": True,
    }
    assert session(spec, "azure-2025-04-01-preview")["turn_detection"] == expected
    assert session(spec, "azure-ga")["audio"]["input"]["turn_detection"] == expected
    for dialect in (FIRST, "azure-2024-12-17"):
        with pytest.raises(EngineError, match="has no semantic_vad: set turn detection to"):
            check_supported(spec, DIALECTS[dialect])


def test_a_written_conversation_is_answered_in_text(spec: SessionSpec) -> None:
    spec = replace(spec, modality=Modality.TEXT)
    assert session(spec, FIRST)["modalities"] == ["text"]
    assert session(spec, "openai-ga")["output_modalities"] == ["text"]


def test_ga_asks_for_audio_alone_and_names_its_kind_of_session(spec: SessionSpec) -> None:
    assert session(spec, "openai-ga")["output_modalities"] == ["audio"]
    assert session(spec, "openai-ga")["type"] == "realtime"
    assert session(spec, FIRST)["modalities"] == ["audio", "text"]
    assert "type" not in session(spec, FIRST)


@pytest.mark.parametrize(
    ("dialect", "recording"), [(FIRST, "beta-tool-call"), ("openai-ga", "ga-tool-call")]
)
def test_tools_are_offered_as_recorded(
    recorded: Callable[[str], Any], spec: SessionSpec, dialect: str, recording: str
) -> None:
    frames = recorded(recording)["frames"]
    sent = next(frame["event"]["session"] for frame in frames if frame["from"] == "client")
    assert session(replace(spec, tools=(LOOKUP,)), dialect)["tools"] == sent["tools"]


@pytest.mark.parametrize(("dialect", "part"), [(FIRST, "text"), ("openai-ga", "output_text")])
def test_history_holds_turns_and_tool_rounds_in_order(
    spec: SessionSpec, dialect: str, part: str
) -> None:
    spec = replace(
        spec,
        history=(
            HistoryTurn(Role.CALLER, "Where is it?"),
            HistoryToolRound("call_1", "lookup_order", '{"order_no":"1"}', '{"state":"sent"}'),
            HistoryTurn(Role.AGENT, "On its way."),
            HistoryTurn(Role.REPRESENTATIVE, "I will look into it."),
            HistoryTurn(Role.SYSTEM, "The caller is named Ada."),
            HistoryToolRound("call_2", "lookup_order", "{}", None),
        ),
    )
    events = history_items(spec, DIALECTS[dialect])
    assert {event["type"] for event in events} == {"conversation.item.create"}
    items = [event["item"] for event in events]
    assert items == [
        message("user", "input_text", "Where is it?"),
        {
            "type": "function_call",
            "call_id": "call_1",
            "name": "lookup_order",
            "arguments": '{"order_no":"1"}',
        },
        {"type": "function_call_output", "call_id": "call_1", "output": '{"state":"sent"}'},
        message("assistant", part, "On its way."),
        message(
            "system",
            "input_text",
            "A representative said to the caller: I will look into it.",
        ),
        message("system", "input_text", "The caller is named Ada."),
        {"type": "function_call", "call_id": "call_2", "name": "lookup_order", "arguments": "{}"},
    ]


def message(role: str, kind: str, text: str) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


def test_picture_is_shown_where_the_dialect_has_pictures_and_told_elsewhere() -> None:
    seen = picture_message("[picture 1]", b"\xff\xd8jpeg", is_seen=True)
    assert seen["content"] == [
        {"type": "input_text", "text": "[picture 1]"},
        {"type": "input_image", "image_url": "data:image/jpeg;base64,/9hqcGVn"},
    ]
    (part,) = picture_message("[picture 1]", b"\xff\xd8jpeg", is_seen=False)["content"]
    assert part["type"] == "input_text"
    assert part["text"].startswith("[picture 1] ")
    assert "cannot see" in part["text"]


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_only_the_current_protocol_has_pictures(name: str) -> None:
    dialect = DIALECTS[name]
    message = command_message(SendText("[picture 1]", b"jpeg"), dialect)
    assert (b"input_image" in message) == (dialect.names is GA)
