"""The codec of the conversation socket: what is read, what is refused, what is written."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.audio import encode_mulaw, samples
from agent_service.channels import widget
from agent_service.channels.start import Start
from agent_service.channels.widget import AudioFrame, BadMessage, ClientRequest, decode, encode
from agent_service.conversation.commands import (
    CallerCommand,
    ClearPlayback,
    EndConversation,
    Floor,
    HandoffStatus,
    PlayAudio,
    RecordingStatus,
    ShowConfirmation,
    ShowError,
    ShowFloor,
    ShowHandoff,
    ShowIncident,
    ShowLevel,
    ShowRecording,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.events import (
    CallerAnsweredCheck,
    CallerAudio,
    CallerCommitted,
    CallerConfirmed,
    CallerEnded,
    CallerEnteredCode,
    CallerEvent,
    CallerInterrupted,
    CallerPausedRecording,
    CallerPlayed,
    CallerRated,
    CallerShowed,
    CallerTyped,
)
from agent_service.conversation.records import CallerLevel, Modality, Role
from agent_service.conversation.spec import Notice
from agent_service.errors import AgentServiceError


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ('{"type":"start","ticket":"t"}', Start(Modality.AUDIO, "t")),
        ('{"type":"start","ticket":"t","mode":"text"}', Start(Modality.TEXT, "t")),
        (
            '{"type":"start","ticket":"t","audio":{"format":"pcm16","rate":24000}}',
            Start(Modality.AUDIO, "t"),
        ),
        (
            '{"type":"start","resume":{"token":"r","last_seq":7}}',
            Start(Modality.AUDIO, None, "r", 7),
        ),
        ('{"type":"text","text":"hello"}', CallerTyped("hello")),
        ('{"type":"text","text":"yes","shown":["q"]}', CallerTyped("yes", shown=("q",))),
        ('{"type":"commit"}', CallerCommitted()),
        ('{"type":"played","item_id":"i","played_ms":120}', CallerPlayed("i", 120)),
        ('{"type":"interrupt"}', CallerInterrupted()),
        ('{"type":"confirm","confirmation_id":"c","accepted":false}', CallerConfirmed("c", False)),
        ('{"type":"rate","score":5}', CallerRated(5)),
        ('{"type":"code","code":"123 456"}', CallerEnteredCode("123456")),
        (
            '{"type":"check","proof":"order","fields":{"postcode":"90210"}}',
            CallerAnsweredCheck("order", {"postcode": "90210"}),
        ),
        ('{"type":"picture","number":3}', CallerShowed(3)),
        ('{"type":"rate","score":1,"comment":"slow"}', CallerRated(1, "slow")),
        ('{"type":"pause_recording","is_paused":false}', CallerPausedRecording(False)),
        ('{"type":"end"}', CallerEnded()),
        (b"\x01\x02", CallerAudio(b"\x01\x02")),
    ],
)
def test_each_message_of_the_caller_is_one_event(
    message: str | bytes, event: CallerEvent | Start
) -> None:
    assert decode(message) == event


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        ("", "bad_json", None),
        ("[]", "bad_message", None),
        ("5", "bad_message", None),
        ('{"type":"text","text":"a","text":"b"}', "bad_json", None),
        ('{"type":"rate","score":NaN}', "bad_json", None),
        ('{"type":"rate","score":1e999}', "bad_json", None),
        ('{"type":"rate","score":99999999999999999999}', "bad_json", None),
        ('{"type":"text","text":' + "[" * 50 + "]" * 50 + "}", "bad_json", None),
        ('{"type":"text","text":"' + "a" * 70_000 + '"}', "bad_json", None),
        ('{"type":5}', "unknown_type", "type"),
        ('{"type":"TEXT","text":"a"}', "unknown_type", "type"),
        ('{"type":"text","text":""}', "bad_message", "text"),
        ('{"type":"text","text":" \\n"}', "bad_message", "text"),
        ('{"type":"text","text":null}', "bad_message", "text"),
        ('{"type":"text","text":"' + "a" * 8001 + '"}', "bad_message", "text"),
        ('{"type":"end","why":"bored"}', "bad_message", "why"),
        ('{"type":"rate","score":true}', "bad_message", "score"),
        ('{"type":"rate","score":6}', "bad_message", "score"),
        ('{"type":"played","item_id":"i","played_ms":1.5}', "bad_message", "played_ms"),
        ('{"type":"played","item_id":"","played_ms":1}', "bad_message", "item_id"),
        ('{"type":"confirm","confirmation_id":"c","accepted":"yes"}', "bad_message", "accepted"),
        ('{"type":"start"}', "bad_message", "ticket"),
        (
            '{"type":"start","ticket":"t","resume":{"token":"r","last_seq":0}}',
            "bad_message",
            "ticket",
        ),
        ('{"type":"start","ticket":"t","mode":"video"}', "bad_message", "mode"),
        ('{"type":"start","ticket":"t","audio":{"rate":16000}}', "bad_message", "audio.rate"),
        ('{"type":"start","resume":{"token":"r","last_seq":-1}}', "bad_message", "resume.last_seq"),
        (b"", "bad_audio", None),
        (b"\x00\x01\x02", "bad_audio", None),
        (bytes(64 * 1024 + 2), "bad_audio", None),
    ],
)
def test_what_does_not_fit_is_refused_with_code_and_field(
    message: str | bytes, code: str, field: str | None
) -> None:
    with pytest.raises(BadMessage) as refused:
        decode(message)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert len(refused.value.message) < 500


@given(st.text() | st.binary())
def test_whatever_arrives_is_an_event_or_a_typed_refusal(message: str | bytes) -> None:
    try:
        decode(message)
    except AgentServiceError as error:
        assert isinstance(error, BadMessage)  # noqa: PT017  # the good case needs no assertion


@given(
    st.text(min_size=1, max_size=60).filter(lambda text: len(text.encode()) <= 255),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=2000),
)
def test_audio_survives_the_way_to_the_caller(
    item_id: str, seq: int, offset_ms: int, audio: bytes
) -> None:
    frame = encode(PlayAudio(item_id, offset_ms, audio), seq)
    assert isinstance(frame, bytes)
    assert widget.decode_audio(frame) == AudioFrame(seq, item_id, offset_ms, audio)


def test_on_a_slow_line_sound_has_half_as_many_bytes_both_ways() -> None:
    sound = np.round(9_000 * np.sin(np.arange(480) / 5)).astype("<i2")
    frame = encode(PlayAudio("ab", 258, sound.tobytes()), 3, is_short=True)
    assert frame[:12] == bytes([2, 2, 3, 0, 0, 0, 2, 1, 0, 0]) + b"ab"
    assert len(frame) == 12 + 480
    arrived = widget.decode_audio(frame)  # type: ignore[arg-type]  # sound is bytes
    assert np.abs(samples(arrived.audio) - sound).max() < 300
    assert arrived.offset_ms == 258
    assert decode(encode_mulaw(sound.tobytes()), is_short=True) == CallerAudio(arrived.audio)


@pytest.mark.parametrize("length", [0, 32 * 1024 + 1])
def test_short_sound_is_neither_nothing_nor_more_than_fits(length: int) -> None:
    with pytest.raises(BadMessage) as refused:
        decode(bytes(length), is_short=True)
    assert refused.value.code == "bad_audio"


def test_the_length_of_short_sound_may_be_odd() -> None:
    assert decode(b"\xff", is_short=True) == CallerAudio(bytes(2))


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ('{"type": "format", "format": "mulaw"}', ClientRequest.SHORT_SOUND),
        ('{"type": "format", "format": "pcm16"}', ClientRequest.FULL_SOUND),
        ('{"type": "ping"}', ClientRequest.PING),
        ('{"type": "transfer"}', ClientRequest.TRANSFER),
    ],
)
def test_what_a_client_asks_of_its_socket_is_no_event(message: str, asked: ClientRequest) -> None:
    assert decode(message) is asked


def test_an_audio_frame_is_laid_out_as_documented() -> None:
    frame = encode(PlayAudio("ab", 258, b"\x07\x08"), 3)
    assert frame == bytes([1, 2, 3, 0, 0, 0, 2, 1, 0, 0]) + b"ab\x07\x08"


EXPIRY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (ClearPlayback("i"), {"type": "clear", "item_id": "i"}),
        (
            ShowTranscript("t1", Role.CALLER, text="hello", is_final=True),
            {
                "type": "transcript",
                "turn_id": "t1",
                "role": "caller",
                "text": "hello",
                "is_final": True,
            },
        ),
        (
            ShowTranscript("t1", Role.REPRESENTATIVE, text="", is_final=True, is_noise=True),
            {
                "type": "transcript",
                "turn_id": "t1",
                "role": "representative",
                "text": "",
                "is_final": False,
            },
        ),
        (
            ShowTranscript("t2", Role.AGENT, delta="We", item_id="i"),
            {
                "type": "transcript",
                "turn_id": "t2",
                "role": "agent",
                "delta": "We",
                "is_final": False,
                "item_id": "i",
            },
        ),
        (
            ShowTranscript("t3", Role.AGENT, delta="One.", item_id="n", notice=Notice.WAIT),
            {
                "type": "transcript",
                "turn_id": "t3",
                "role": "agent",
                "delta": "One.",
                "is_final": False,
                "item_id": "n",
                "notice": "wait",
            },
        ),
        (
            ShowTranscript(
                "t2",
                Role.AGENT,
                text="We ship today",
                is_final=True,
                item_id="i",
                heard_text="We ship",
                is_interrupted=True,
                first_audio_ms=180,
            ),
            {
                "type": "transcript",
                "turn_id": "t2",
                "role": "agent",
                "text": "We ship today",
                "is_final": True,
                "item_id": "i",
                "heard_text": "We ship",
                "is_interrupted": True,
                "first_audio_ms": 180,
            },
        ),
        (ShowFloor(Floor.CALLER), {"type": "floor", "holder": "caller"}),
        (
            ShowTool("call", "order_status", "Order status", "running", after="turn"),
            {
                "type": "tool",
                "tool_call_id": "call",
                "name": "order_status",
                "title": "Order status",
                "status": "running",
                "after": "turn",
            },
        ),
        (
            ShowConfirmation("c", "Cancel an order", "Mug 7.", "{}", EXPIRY, question="Do it?"),
            {
                "type": "confirm",
                "confirmation_id": "c",
                "title": "Cancel an order",
                "summary": "Mug 7.",
                "question": "Do it?",
                "arguments": "{}",
                "expires_at": "2026-11-22T12:00:00+00:00",
            },
        ),
        (
            WithdrawConfirmation("c", "expired"),
            {"type": "confirm_closed", "confirmation_id": "c", "status": "expired"},
        ),
        (
            WithdrawConfirmation("c", "accepted", "Mug 7.", "turn"),
            {
                "type": "confirm_closed",
                "confirmation_id": "c",
                "status": "accepted",
                "summary": "Mug 7.",
                "after": "turn",
            },
        ),
        (
            ShowLevel(CallerLevel.VERIFIED, "turn"),
            {"type": "level", "level": "verified", "after": "turn"},
        ),
        (ShowRecording(RecordingStatus.ON), {"type": "recording", "status": "on"}),
        (
            ShowHandoff(HandoffStatus.JOINED, "Ana", "turn"),
            {"type": "handoff", "status": "joined", "name": "Ana", "after": "turn"},
        ),
        (ShowIncident("x", "y"), {"type": "incident", "code": "x", "message": "y"}),
        (
            ShowError("x", "y", True),
            {"type": "error", "code": "x", "message": "y", "retryable": True},
        ),
        (EndConversation("silence"), {"type": "ended", "reason": "silence"}),
    ],
)
def test_each_command_is_one_message(command: CallerCommand, message: dict[str, object]) -> None:
    frame = encode(command, 9)
    assert isinstance(frame, str)
    assert json.loads(frame) == message | {"seq": 9}
    assert json.loads(widget.encode_notice(widget.decode_notice(frame))) == message | {"seq": 9}


def test_detail_of_tools_is_written_only_where_it_was_granted() -> None:
    command = ShowTool("call", "find", "Find", "succeeded", '{"q": 1}', '{"n": 2}')
    assert "arguments" not in json.loads(encode(command, 1))
    shown = json.loads(encode(command, 1, shows_detail=True))
    assert (shown["arguments"], shown["output"]) == ('{"q": 1}', '{"n": 2}')


@pytest.mark.parametrize(
    ("status", "output", "told"),
    [
        (
            "succeeded",
            '{"say": "A month.", "sources": [{"title": "Returns", "url": "https://A.example/b?c#d"}]}',
            [{"title": "Returns", "url": "https://A.example/b?c#d"}],
        ),
        (
            "succeeded",
            json.dumps({"sources": [{"title": str(n), "page": n} for n in range(6)]}),
            [{"title": str(n)} for n in range(5)],
        ),
        ("succeeded", '{"sources": []}', None),
        ("succeeded", '{"sources": 7}', None),
        ("succeeded", '{"say": "Yes."}', None),
        ("succeeded", "not JSON", None),
        ("succeeded", None, None),
        ("failed", '{"sources": [{"title": "Returns"}]}', None),
    ],
)
def test_callers_are_told_what_an_answer_rests_on(
    status: str, output: str | None, told: object
) -> None:
    command = ShowTool("call", "find", "Find", status, "{}", output)
    frame = json.loads(encode(command, 1, linked={"https://a.example"}))
    assert frame.get("sources") == told
    assert "output" not in frame


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ('{"status": "not_allowed", "needs": "identified"}', {"needs": "identified"}),
        ('{"status": "unknown", "say": "I do not know."}', {"is_in_doubt": True}),
        ('{"status": "not_allowed", "say": "Too late."}', {}),
        ('{"status": "failed", "is_repeated": true}', {}),
        ("", {}),
    ],
)
def test_callers_are_told_what_a_refusal_needs_and_what_nobody_knows(
    output: str, told: dict[str, object]
) -> None:
    frame = json.loads(encode(ShowTool("call", "find", "Find", "failed", "{}", output), 1))
    assert {name: frame[name] for name in ("needs", "is_in_doubt") if name in frame} == told


def test_what_had_been_done_before_is_not_told_as_done_now() -> None:
    again = ShowTool("call", "cancel", "Cancel", "succeeded", "{}", '{"is_repeated": true}')
    assert json.loads(encode(again, 1))["is_repeated"] is True


@pytest.mark.parametrize(
    ("url", "is_linked"),
    [
        ("https://a.example", True),
        ("https://a.example/help?page=1#returns", True),
        ("/", True),
        ("/help/returns#top", True),
        ("http://a.example/", False),
        ("https://a.example:8443/", False),
        ("https://b.example/", False),
        ("https://a.example@b.example/", False),
        ("https://a.example\\@b.example/", False),
        ("https://a.example.b.example/", False),
        ("//b.example/", False),
        ("/\\b.example/", False),
        ("help", False),
        ("javascript:alert(1)//https://a.example", False),
        (" https://a.example", False),
        ("https://a.example/\n", False),
    ],
)
def test_sources_lead_to_the_pages_own_site_and_to_allowed_ones_alone(
    url: str, is_linked: bool
) -> None:
    output = json.dumps({"sources": [{"title": "Returns", "url": url}]})
    command = ShowTool("call", "find", "Find", "succeeded", "{}", output)
    frame = json.loads(encode(command, 1, linked={"https://a.example"}))
    assert frame["sources"] == [{"title": "Returns"} | ({"url": url} if is_linked else {})]


def test_a_refusal_names_the_field() -> None:
    error = BadMessage("Too long.", code="bad_message", field="text")
    assert json.loads(widget.encode_notice(widget.refusal(4, error))) == {
        "type": "error",
        "seq": 4,
        "code": "bad_message",
        "message": "Too long.",
        "retryable": False,
        "field": "text",
    }


def test_audio_of_another_version_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="version 3"):
        widget.decode_audio(bytes([3, 0]) + bytes(8))
