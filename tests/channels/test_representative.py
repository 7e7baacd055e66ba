"""The codec of the desk's socket."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from agent_service.channels import representative as codec
from agent_service.channels.widget import BadMessage
from agent_service.conversation.commands import (
    DeskStatus,
    HandoffStatus,
    PlayAudio,
    ShowHandoff,
    ShowTool,
    ShowTranscript,
)
from agent_service.conversation.records import Modality, Role
from agent_service.errors import CallerError


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ('{"type":"listen","is_on":true}', codec.ListenMessage(True)),
        ('{"type":"whisper","text":"Be kind."}', codec.WhisperMessage("Be kind.")),
        ('{"type":"take_over"}', codec.TakeOverMessage("now")),
        ('{"type":"take_over","when":"after_sentence"}', codec.TakeOverMessage("after_sentence")),
        ('{"type":"text","text":"Hello"}', codec.DeskTextMessage("Hello")),
        ('{"type":"commit"}', codec.DeskCommitMessage()),
        ('{"type":"run_tool","name":"look"}', codec.RunToolMessage("look")),
        ('{"type":"hand_back"}', codec.HandBackMessage()),
        ('{"type":"decline"}', codec.DeclineMessage()),
        ('{"type":"ping"}', codec.DeskPingMessage()),
        (b"\x01\x00", codec.Microphone(b"\x01\x00")),
    ],
)
def test_each_message_is_read(frame: str | bytes, message: object) -> None:
    assert codec.decode(frame) == message


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ("no", "bad_json", None),
        ('{"type":"fly"}', "unknown_type", "type"),
        ('{"type":"take_over","when":"later"}', "bad_message", "when"),
        ('{"type":"whisper","text":" "}', "bad_message", "text"),
        ('{"type":"text","text":" "}', "bad_message", "text"),
        ('{"type":"listen"}', "bad_message", "is_on"),
        ('{"type":"hand_back","to":"Ben"}', "bad_message", "to"),
        (b"\x01", "bad_audio", None),
    ],
)
def test_what_cannot_be_read_is_refused(frame: Any, code: str, field: str | None) -> None:
    with pytest.raises(BadMessage) as refused:
        codec.decode(frame)
    assert (refused.value.code, refused.value.field) == (code, field)
    said = json.loads(codec.refusal(refused.value))
    assert (said["type"], said["code"], said.get("field")) == ("error", code, field)


def test_a_refusal_of_the_service_names_no_field() -> None:
    said = json.loads(codec.refusal(CallerError("Ben is on this call.", code="taken_over")))
    assert said == {"type": "error", "code": "taken_over", "message": "Ben is on this call."}


def test_arguments_are_written_as_the_model_writes_them() -> None:
    message = codec.decode('{"type":"run_tool","name":"look","arguments":{"order":7}}')
    assert isinstance(message, codec.RunToolMessage)
    assert codec.arguments_of(message) == '{"order":7}'


def test_how_it_stands_is_said() -> None:
    told = {"type": "status", "status": "speaking", "modality": "text"}
    assert json.loads(codec.status(DeskStatus.SPEAKING, Modality.TEXT)) == told


def test_tools_and_who_came_are_shown_and_captions_and_sound_are_not() -> None:
    shown = codec.shown(ShowTool("t", "look", "Look", "succeeded", "{}", '{"say":"ok"}'))
    assert json.loads(shown or "")["output"] == '{"say":"ok"}'
    joined = codec.shown(ShowHandoff(HandoffStatus.JOINED, "Ana"))
    assert json.loads(joined or "")["name"] == "Ana"
    assert codec.shown(ShowTranscript("1", Role.CALLER, text="4111")) is None
    assert codec.shown(PlayAudio("i", 0, b"")) is None


def test_sound_is_written_and_read_back() -> None:
    assert codec.decode_sound(codec.sound(1234, b"\x01\x02\x03\x04")) == (1234, b"\x01\x02\x03\x04")
    with pytest.raises(ValueError, match="version 9"):
        codec.decode_sound(b"\x09" + bytes(4))


def test_the_page_has_every_message() -> None:
    page = (Path(__file__).parents[2] / "docs" / "people.md").read_text()
    socket = page.partition("## The socket")[2]
    for message in (*get_args(codec.DeskMessage), *get_args(codec.DeskNotice)):
        tag, fields = message.__struct_config__.tag, message.__struct_fields__
        written = f"`{tag} {{{', '.join(fields)}}}`" if fields else f"`{tag}`"
        assert written in socket, written
