"""The conversation socket over a real server: handshake, start, messages, errors, closing."""

import asyncio
import contextlib
import json
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_service.audio import encode_mulaw, samples
from agent_service.channels import widget
from agent_service.conversation.commands import (
    ClearPlayback,
    EndConversation,
    Floor,
    PlayAudio,
    ShowFloor,
    ShowTool,
    ShowTranscript,
)
from agent_service.conversation.events import (
    CallerAudio,
    CallerAudioRefused,
    CallerEnded,
    CallerHeld,
    CallerPausedRecording,
    CallerPlayed,
    CallerSwitched,
    CallerTyped,
)
from agent_service.conversation.records import Modality, Role
from agent_service.errors import CallerError, EngineError, StoreError, TryLater
from agent_service.web.origins import Origins
from agent_service.web.server import run
from agent_service.web.sockets import attachment


@pytest.fixture
def serve(serve_both: Any) -> Any:
    """Every test here holds over both lanes."""
    return serve_both


async def started(service: Any, **start: Any) -> Any:
    """Connect, start, and return the socket after its ready message."""
    socket = await service.connect()
    await socket.send(json.dumps({"type": "start", "ticket": service.ticket()} | start))
    ready = json.loads(await socket.recv())
    assert ready["type"] == "ready"
    return socket


async def close_of(socket: Any) -> tuple[int, str]:
    """Read to the end and return how the service closed."""
    with contextlib.suppress(ConnectionClosed):
        async for _ in socket:
            pass
    return socket.close_code, socket.close_reason


def test_a_ticket_opens_a_conversation_for_the_caller_it_names(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            ready = json.loads(await socket.recv())
            assert ready == {
                "type": "ready",
                "seq": 1,
                "conversation_id": "conversation-1",
                "resume_token": "token-1",
                "agent": "support",
                "audio": {"format": "pcm16", "rate": 24000},
                "is_resumed": False,
                "mode": "audio",
                "time": "2026-01-01T00:00:00+00:00",
            }
            request = service.host.sessions[0].request
            assert request.caller.customer_id == "customer-1"
            assert request.modality is Modality.AUDIO
            assert service.host.sessions[0].channel.traits.name == "widget"

    run(scenario())


def test_frames_of_the_caller_reach_the_session_in_order(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service, mode="text")
            await socket.send(b"\x01\x00" * 480)
            await socket.send('{"type": "text", "text": "hello"}')
            await socket.send('{"type": "played", "item_id": "i", "played_ms": 20}')
            await socket.send('{"type": "end"}')
            events = service.host.sessions[0].events
            assert [await events.get() for _ in range(4)] == [
                CallerAudio(b"\x01\x00" * 480),
                CallerTyped("hello"),
                CallerPlayed("i", 20),
                CallerEnded(),
            ]

    run(scenario())


def test_commands_reach_the_caller_in_order_and_numbered(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            channel = service.host.sessions[0].channel
            channel.send(ShowFloor(Floor.AGENT))
            channel.send(PlayAudio("item", 40, b"\x02\x00" * 10))
            channel.send(EndConversation("caller_ended"))
            service.host.sessions[0].end("caller_ended")
            assert json.loads(await socket.recv()) == {"type": "floor", "seq": 2, "holder": "agent"}
            audio = widget.decode_audio(await socket.recv())
            assert audio == widget.AudioFrame(3, "item", 40, b"\x02\x00" * 10)
            ended = json.loads(await socket.recv())
            assert ended == {"type": "ended", "seq": 4, "reason": "caller_ended"}
            assert await close_of(socket) == (1000, "caller_ended")

    run(scenario())


def test_commands_given_before_the_conversation_is_open_follow_ready(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            begin = service.host.begin

            async def begin_talking(start: Any, channel: Any) -> Any:
                session = await begin(start, channel)
                channel.send(ShowFloor(Floor.AGENT))
                return session

            service.host.begin = begin_talking
            socket = await started(service)
            assert json.loads(await socket.recv())["seq"] == 2

    run(scenario())


@pytest.mark.parametrize(("granted", "shown"), [(True, '{"order": 1}'), (False, None)])
def test_tools_arguments_are_shown_only_where_the_ticket_grants_detail(
    serve: Any, granted: bool, shown: str | None
) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service, ticket=service.ticket(detail=granted))
            service.host.sessions[0].channel.send(
                ShowTool("call_1", "order_status", "Order status", "running", '{"order": 1}')
            )
            assert json.loads(await socket.recv()).get("arguments") == shown

    run(scenario())


@pytest.mark.parametrize(
    ("first", "code", "reason"),
    [
        (b"\x00\x00", 4400, "start_expected"),
        ('{"type": "text", "text": "hi"}', 4400, "start_expected"),
        ("not json", 4400, "bad_json"),
        ('{"type": "start"}', 4400, "bad_message"),
        ('{"type": "start", "ticket": "x.y.z"}', 4401, "bad_ticket"),
        ('{"type": "start", "resume": {"token": "no", "last_seq": 1}}', 4410, "resume_failed"),
    ],
)
def test_a_wrong_first_message_is_explained_and_closes(
    serve: Any, first: str | bytes, code: int, reason: str
) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await service.connect()
            await socket.send(first)
            error = json.loads(await socket.recv())
            assert error["type"] == "error"
            assert error["code"] == reason
            assert error["message"]
            assert await close_of(socket) == (code, reason)
            assert service.host.sessions == []

    run(scenario())


def test_a_ticket_opens_one_conversation_only(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            ticket = service.ticket()
            await started(service, ticket=ticket)
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": ticket}))
            assert await close_of(socket) == (4401, "ticket_used")

    run(scenario())


def test_an_expired_ticket_is_told_apart(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            ticket = service.ticket()
            service.clock.seconds += 400
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": ticket}))
            assert await close_of(socket) == (4401, "ticket_expired")

    run(scenario())


@pytest.mark.parametrize(
    ("refusal", "code", "reason"),
    [
        (CallerError("There is no agent x.", code="unknown_agent"), 4404, "unknown_agent"),
        (EngineError("The key was refused.", code="provider_refused"), 4502, "provider_refused"),
        (TryLater("Full."), 4503, "overloaded"),
        (TryLater("Not here.", code="served_elsewhere"), 4503, "served_elsewhere"),
        (TryLater("Not now.", code="storage"), 4503, "storage"),
        (StoreError("a defect of db.internal"), 4503, "storage"),
        (RuntimeError("a defect"), 1011, "internal_error"),
    ],
)
def test_a_refused_conversation_says_why(
    serve: Any, refusal: Exception, code: int, reason: str
) -> None:
    async def scenario() -> None:
        async with serve() as service:
            service.host.refusal = refusal
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            error = json.loads(await socket.recv())
            assert error["code"] == reason
            assert error["retryable"] is (code == 4503)
            assert "defect" not in error["message"]
            assert await close_of(socket) == (code, reason)

    run(scenario())


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        ("{", "bad_json", None),
        ('{"type": "text", "text": NaN}', "bad_json", None),
        ('{"type": "text", "type": "end"}', "bad_json", None),
        ("[" * 1000, "bad_json", None),
        ('{"type": "dance"}', "unknown_type", "type"),
        ('{"text": "hi"}', "unknown_type", "type"),
        ('{"type": "text", "text": 5}', "bad_message", "text"),
        ('{"type": "text"}', "bad_message", "text"),
        ('{"type": "text", "text": "hi", "level": "verified"}', "bad_message", "level"),
        ('{"type": "played", "item_id": "i", "played_ms": -1}', "bad_message", "played_ms"),
        (b"\x00", "bad_audio", None),
        (b"", "bad_audio", None),
        ('{"type": "start", "ticket": "t"}', "already_started", None),
    ],
)
def test_a_bad_message_is_explained_and_the_conversation_goes_on(
    serve: Any, message: str | bytes, code: str, field: str | None
) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            await socket.send(message)
            error = json.loads(await socket.recv())
            assert (error["type"], error["code"], error.get("field")) == ("error", code, field)
            await socket.send('{"type": "text", "text": "still here"}')
            assert await service.host.sessions[0].events.get() == CallerTyped("still here")

    run(scenario())


def test_a_lone_surrogate_and_nul_are_replaced_before_anyone_stores_them(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            await socket.send('{"type": "text", "text": "a\\ud800b\\u0000c"}')
            assert await service.host.sessions[0].events.get() == CallerTyped("a\ufffdb\ufffdc")

    run(scenario())


def test_twenty_bad_messages_close_the_socket(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            for _ in range(20):
                await socket.send("{}")
            assert await close_of(socket) == (4400, "too_many_bad_messages")

    run(scenario())


def test_audio_far_faster_than_real_time_is_dropped_and_said_so(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            for _ in range(16):
                await socket.send(bytes(60_000))
            await socket.send(bytes(60_000))
            assert json.loads(await socket.recv())["code"] == "too_fast"
            service.clock.seconds += 1
            await socket.send(bytes(60_000))
            await socket.send('{"type": "end"}')
            events = service.host.sessions[0].events
            received = [await events.get() for _ in range(19)]
            assert sum(isinstance(event, CallerAudio) for event in received) == 17
            assert received[16] == CallerAudioRefused(bytes(60_000))

    run(scenario())


def test_a_frame_over_the_limit_closes_with_message_too_big(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            await socket.send(bytes(64 * 1024 + 2))
            assert (await close_of(socket))[0] == 1009

    run(scenario())


def test_messages_before_ready_are_refused_and_the_socket_is_still_read(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            service.host.gate.clear()
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            await socket.send(b"\x00\x00")
            assert json.loads(await socket.recv())["code"] == "not_ready"
            service.host.gate.set()
            assert json.loads(await socket.recv())["type"] == "ready"

    run(scenario())


def test_a_caller_who_leaves_while_the_conversation_opens_cancels_it(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            service.host.gate.clear()
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            await service.host.begun.wait()
            await socket.close()
            await service.host.abandoned.wait()
            assert service.host.sessions == []

    run(scenario())


def test_a_defect_behind_one_message_ends_that_conversation_only(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            other = await started(service)

            def fail(event: Any) -> None:
                raise RuntimeError("secret detail")

            service.host.sessions[0].receive = fail
            await socket.send('{"type": "text", "text": "hi"}')
            error = json.loads(await socket.recv())
            assert (error["code"], "secret" in error["message"]) == ("internal_error", False)
            assert await close_of(socket) == (1011, "internal_error")
            await other.send('{"type": "text", "text": "hi"}')
            assert await service.host.sessions[1].events.get() == CallerTyped("hi")

    run(scenario())


def test_no_start_in_time_closes_the_socket(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment, "START_TIMEOUT_S", 0.05)

    async def scenario() -> None:
        async with serve() as service:
            assert await close_of(await service.connect()) == (4400, "start_timeout")

    run(scenario())


def test_commands_for_a_caller_who_vanished_are_kept_and_break_nothing(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            session = service.host.sessions[0]
            socket.transport.abort()
            await session.detached.wait()
            session.channel.send(ShowFloor(Floor.AGENT))
            session.channel.close("caller_ended")

    run(scenario())


def test_a_lost_socket_detaches_the_session(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            socket.transport.abort()
            await service.host.sessions[0].detached.wait()

    run(scenario())


def test_a_returning_caller_gets_what_was_missed_and_then_the_rest(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            session = service.host.sessions[0]
            session.channel.send(ShowFloor(Floor.AGENT))
            await socket.recv()
            socket.transport.abort()
            await session.detached.wait()
            session.channel.send(PlayAudio("item", 0, b"\x01\x00"))
            session.channel.send(ShowFloor(Floor.OPEN))

            again = await service.connect()
            resume = {"token": session.resume_token, "last_seq": 2}
            await again.send(json.dumps({"type": "start", "resume": resume}))
            ready = json.loads(await again.recv())
            assert (ready["is_resumed"], ready["seq"]) == (True, 2)
            assert widget.decode_audio(await again.recv()).seq == 3
            assert json.loads(await again.recv()) == {"type": "floor", "seq": 4, "holder": "open"}
            session.channel.send(ShowFloor(Floor.CALLER))
            assert json.loads(await again.recv())["seq"] == 5

    run(scenario())


def test_a_long_answer_that_was_missed_follows_as_fast_as_it_is_read(serve_both: Any) -> None:
    second = bytes(48_000)
    reports: list[bool] = []

    async def scenario() -> None:
        async with serve_both() as service:
            socket = await started(service)
            session = service.host.sessions[0]
            socket.transport.abort()
            await session.detached.wait()
            for number in range(150):
                session.channel.send(PlayAudio("item", number * 1000, second))

            again = await service.connect()
            resume = {"token": session.resume_token, "last_seq": 1}
            await again.send(json.dumps({"type": "start", "resume": resume}))
            assert json.loads(await again.recv())["is_resumed"]
            assert widget.decode_audio(await again.recv()).seq == 2
            session.channel.on_congestion(reports.append)
            session.channel.send(ShowFloor(Floor.CALLER))
            for seq in range(3, 152):
                assert widget.decode_audio(await again.recv()).seq == seq
            assert json.loads(await again.recv())["seq"] == 152
            await again.send('{"type": "end"}')
            assert await session.events.get() == CallerEnded()
            assert reports[-1] is False
            assert reports.count(False) == 1

    run(scenario())


def test_a_second_attachment_replaces_the_first(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            first = await started(service)
            second = await service.connect()
            resume = {"token": "token-1", "last_seq": 1}
            await second.send(json.dumps({"type": "start", "resume": resume}))
            assert json.loads(await second.recv())["type"] == "ready"
            assert await close_of(first) == (4409, "replaced")
            await second.send('{"type": "end"}')
            assert await service.host.sessions[0].events.get() == CallerEnded()
            assert service.host.sessions[0].is_attached

    run(scenario())


async def frames_until_floor(socket: Any) -> list[Any]:
    """Return what comes up to the floor: messages, and of sound the item, offset and length."""
    frames: list[Any] = []
    while not frames or frames[-1]["type"] != "floor":
        frame = await socket.recv()
        if isinstance(frame, str):
            frames.append(json.loads(frame))
            continue
        audio = widget.decode_audio(frame)
        sound = [audio.item_id, audio.offset_ms, len(audio.audio) // 48]
        frames.append({"type": "audio", "seq": audio.seq, "sound": sound})
    return frames


def test_who_has_nothing_any_more_is_shown_the_conversation_as_it_stands(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            first = await started(service)
            session = service.host.sessions[0]
            send = session.channel.send
            send(ShowTranscript("1", Role.AGENT, delta="Hello ", item_id="i"))
            send(ShowTranscript("1", Role.AGENT, delta="there.", item_id="i"))
            send(PlayAudio("i", 0, bytes(48 * 100)))
            send(PlayAudio("i", 100, bytes(48 * 100)))
            send(ShowTool("t", "look", "Look", "running", after="1"))
            await first.send('{"type": "played", "item_id": "i", "played_ms": 130}')
            assert await session.events.get() == CallerPlayed("i", 130)
            first.transport.abort()
            await session.detached.wait()
            send(PlayAudio("i", 200, bytes(48 * 100)))
            send(PlayAudio("cleared", 0, bytes(48 * 100)))
            send(ClearPlayback("cleared"))
            send(ShowFloor(Floor.AGENT))

            again = await service.connect()
            resume = {"token": session.resume_token}
            await again.send(json.dumps({"type": "start", "resume": resume}))
            ready = json.loads(await again.recv())
            assert (ready["is_resumed"], ready["seq"]) == (True, 11)
            caption, tool, floor = await frames_until_floor(again)
            assert (caption["text"], caption["is_final"]) == ("Hello there.", False)
            assert tool["status"] == "running"
            assert [each["seq"] for each in (caption, tool, floor)] == [12, 13, 14]
            session.channel.send(ShowFloor(Floor.OPEN))
            *sounds, _ = await frames_until_floor(again)
            assert [each["sound"] for each in sounds] == [["i", 130, 70], ["i", 200, 100]]
            assert [each["seq"] for each in sounds] == [15, 16]

            third = await service.connect()
            resume = {"token": session.resume_token, "last_seq": 14}
            await third.send(json.dumps({"type": "start", "resume": resume}))
            assert json.loads(await third.recv())["seq"] == 14
            *sounds, _ = await frames_until_floor(third)
            assert [each["seq"] for each in sounds] == [15, 16]

    run(scenario())


def test_another_device_takes_the_conversation_with_what_was_offered(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            first = await started(service)
            await first.send('{"type": "transfer"}')
            offer = json.loads(await first.recv())
            assert offer == {
                "type": "transfer",
                "seq": 1,
                "token": "offered-conversation-1",
                "expires_at": "2026-01-01T00:05:00+00:00",
            }
            second = await service.connect()
            resume = {"token": offer["token"]}
            await second.send(json.dumps({"type": "start", "resume": resume}))
            assert json.loads(await second.recv())["type"] == "ready"
            assert await close_of(first) == (4409, "replaced")

    run(scenario())


def test_a_line_that_is_alive_says_so_also_before_it_is_ready(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await service.connect()
            await socket.send('{"type": "ping"}')
            assert json.loads(await socket.recv()) == {"type": "pong", "seq": 0}
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            await socket.recv()
            await socket.send('{"type": "ping"}')
            assert json.loads(await socket.recv()) == {"type": "pong", "seq": 1}

    run(scenario())


def test_a_slow_line_gets_short_sound_until_it_asks_for_full_sound_again(serve: Any) -> None:
    loud = b"\x00\x10" * 24

    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            session = service.host.sessions[0]
            lengths = []
            for format in ("mulaw", "pcm16"):
                await socket.send(json.dumps({"type": "format", "format": format}))
                await socket.send(encode_mulaw(loud) if format == "mulaw" else loud)
                heard = await session.events.get()
                assert abs(int(samples(heard.audio)[0]) - 0x1000) < 100
                session.channel.send(PlayAudio("item", 0, loud))
                lengths.append(len(await socket.recv()))
            assert lengths == [14 + 24, 14 + 48]

    run(scenario())


def test_nothing_is_offered_before_there_is_a_conversation(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await service.connect()
            await socket.send('{"type": "transfer"}')
            assert await close_of(socket) == (4400, "not_ready")

    run(scenario())


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ('{"type": "mode", "mode": "text"}', CallerSwitched(Modality.TEXT)),
        ('{"type": "hold", "is_held": true}', CallerHeld(True)),
        ('{"type": "pause_recording"}', CallerPausedRecording(True)),
        ('{"type": "pause_recording", "is_paused": false}', CallerPausedRecording(False)),
    ],
)
def test_how_the_caller_wants_it_reaches_the_session(serve: Any, message: str, event: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            await socket.send(message)
            assert await service.host.sessions[0].events.get() == event

    run(scenario())


def test_a_page_may_ask_why_the_handshake_failed(serve: Any) -> None:
    async def scenario() -> None:
        async with serve(max_sockets=1, origins=Origins(["https://shop.example"])) as service:
            url = f"http://127.0.0.1:{service.port}/ws/conversation"
            async with httpx.AsyncClient() as http:

                async def answer(origin: str) -> tuple[int, Any]:
                    got = await http.get(url, headers={"Origin": origin})
                    assert got.headers["Access-Control-Allow-Origin"] == "*"
                    assert got.headers["Cache-Control"] == "no-store"
                    return got.status_code, got.json().get("error", got.json()).get("code")

                assert await answer("https://shop.example") == (200, None)
                assert await answer("https://else.example") == (403, "origin_not_allowed")
                await started(service)
                assert await answer("https://shop.example") == (503, "overloaded")
                service.host.hindrance = TryLater("It stops.", code="service_stopping")
                assert await answer("https://shop.example") == (503, "service_stopping")
                assert service.admission.open_sockets == 1

    run(scenario())


def test_a_return_to_messages_never_sent_is_refused(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            await started(service)
            socket = await service.connect()
            resume = {"token": "token-1", "last_seq": 99}
            await socket.send(json.dumps({"type": "start", "resume": resume}))
            assert await close_of(socket) == (4410, "resume_failed")

    run(scenario())


def test_over_the_limit_the_handshake_is_refused_with_a_time_to_retry(serve: Any) -> None:
    async def scenario() -> None:
        async with serve(max_sockets=1) as service:
            await started(service)
            with pytest.raises(InvalidStatus) as refused:
                await service.connect()
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["Retry-After"] == "5"
            assert service.admission.refused == 1

    run(scenario())


def test_over_the_limit_a_conversation_by_text_has_room(serve: Any) -> None:
    async def scenario() -> None:
        async with serve(max_sockets=1, max_texts=1) as service:
            voice = await started(service)
            url = f"http://127.0.0.1:{service.port}/ws/conversation"
            with pytest.raises(InvalidStatus) as refused:
                await service.connect()
            assert json.loads(refused.value.response.body)["code"] == "only_text"

            text = await service.connect(query="?mode=text")
            start = {"type": "start", "ticket": service.ticket(), "mode": "text"}
            await text.send(json.dumps(start))
            assert json.loads(await text.recv())["type"] == "ready"
            session = service.host.sessions[1]
            await text.send(bytes(960))  # nothing is heard of it
            await text.send('{"type": "mode", "mode": "audio"}')
            error = json.loads(await text.recv())
            assert (error["code"], error["retryable"]) == ("only_text", True)
            await text.send('{"type": "text", "text": "Hello"}')
            assert await session.events.get() == CallerTyped("Hello")

            async with httpx.AsyncClient() as http:
                answers = [await http.get(url), await http.get(f"{url}?mode=text")]
            assert [each.json()["code"] for each in answers] == ["overloaded", "overloaded"]

            await voice.close()
            await service.host.sessions[0].detached.wait()
            await text.send('{"type": "mode", "mode": "audio"}')
            assert await session.events.get() == CallerSwitched(Modality.AUDIO)

    run(scenario())


def test_who_says_text_and_starts_by_voice_is_turned_away_where_there_is_no_room(
    serve: Any,
) -> None:
    async def scenario() -> None:
        async with serve(max_sockets=1, max_texts=1) as service:
            await started(service)
            socket = await service.connect(query="?mode=text")
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            assert await close_of(socket) == (4503, "only_text")
            assert len(service.host.sessions) == 1

    run(scenario())


def test_who_returns_where_only_text_has_room_is_read_to(serve: Any) -> None:
    async def scenario() -> None:
        async with serve(max_sockets=1, max_texts=1) as service:
            first = await started(service)
            session = service.host.sessions[0]
            assert session.modality is Modality.AUDIO
            await first.close()
            await session.detached.wait()
            await started(service)
            back = await service.connect(query="?mode=text")
            await back.send('{"type": "start", "resume": {"token": "token-1"}}')
            assert json.loads(await back.recv())["type"] == "ready"
            assert await session.events.get() == CallerSwitched(Modality.TEXT)

    run(scenario())


@pytest.mark.parametrize("code", ["service_stopping", "storage"])
def test_what_stands_in_the_way_of_conversations_refuses_the_handshake(
    serve: Any, code: str
) -> None:
    async def scenario() -> None:
        async with serve() as service:
            service.host.hindrance = TryLater("Not now.", code=code)
            with pytest.raises(InvalidStatus) as refused:
                await service.connect()
            response = refused.value.response
            assert response.status_code == 503
            assert response.headers["Retry-After"] == "5"
            assert json.loads(response.body)["code"] == code
            service.host.hindrance = None
            await started(service)

    run(scenario())


def test_a_ticket_that_cannot_be_looked_up_opens_nothing(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            ticket = service.ticket()
            service.uses.failure = StoreError("no route to db.internal")
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": ticket}))
            error = json.loads(await socket.recv())
            assert (error["code"], error["retryable"]) == ("storage", True)
            assert "db.internal" not in error["message"]
            assert await close_of(socket) == (4503, "storage")
            assert service.host.sessions == []
            service.uses.failure = None
            await started(service, ticket=ticket)

    run(scenario())


def test_a_ticket_is_not_looked_up_for_ever(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment, "REDEEM_TIMEOUT_S", 0.05)

    async def never(ticket_id: str) -> bool:
        return await asyncio.Event().wait()

    async def scenario() -> None:
        async with serve() as service:
            service.uses.use = never
            socket = await service.connect()
            await socket.send(json.dumps({"type": "start", "ticket": service.ticket()}))
            assert await close_of(socket) == (4503, "storage")

    run(scenario())


def test_a_page_that_may_not_use_a_ticket_does_not_use_it_up(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            ticket = service.ticket(origin="https://shop.example")
            socket = await service.connect(origin="https://evil.example")
            await socket.send(json.dumps({"type": "start", "ticket": ticket}))
            assert await close_of(socket) == (4403, "origin_not_allowed")
            socket = await service.connect(origin="https://shop.example")
            await socket.send(json.dumps({"type": "start", "ticket": ticket}))
            assert json.loads(await socket.recv())["type"] == "ready"

    run(scenario())


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("caller_ended", 1000),
        ("caller_lost", 1000),
        ("time_limit", 1000),
        ("idle", 1000),
        ("internal_error", 1011),
        ("service_stopping", 1012),
        ("provider_lost", 4502),
        ("provider_refused_key", 4502),
        ("insufficient_quota", 4502),
    ],
)
def test_the_close_code_says_how_a_conversation_ended(serve: Any, reason: str, code: int) -> None:
    async def scenario() -> None:
        async with serve() as service:
            socket = await started(service)
            service.host.sessions[0].end(reason)
            assert await close_of(socket) == (code, reason)

    run(scenario())


def test_without_the_subprotocol_the_handshake_is_refused(serve: Any) -> None:
    async def scenario() -> None:
        async with serve() as service:
            with pytest.raises(InvalidStatus) as refused:
                await service.connect(subprotocols=None)
            assert refused.value.response.status_code == 400

    run(scenario())


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
        "https://SHOP.example",
        "https://shop.example.",
        "http://shop.example",
    ],
)
def test_a_foreign_origin_is_refused_before_the_socket_opens(
    serve: Any, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with serve(origins=Origins(["https://shop.example"])) as service:
            await service.connect(origin="https://shop.example")
            with pytest.raises(InvalidStatus) as refused:
                await service.connect(origin=origin)
            assert refused.value.response.status_code == 403

    run(scenario())
    assert not [line for line in caplog.records if line.levelname == "ERROR"]


@pytest.mark.parametrize(
    ("bound_to", "origin", "is_accepted"),
    [
        ("https://shop.example", "https://shop.example", True),
        ("https://shop.example", "https://evil.example", False),
        ("https://shop.example", None, False),
        (None, "https://evil.example", False),
        (None, None, True),
        (None, "own", True),
    ],
)
def test_a_ticket_is_good_for_its_own_origin_only(
    serve: Any, bound_to: str | None, origin: str | None, is_accepted: bool
) -> None:
    async def scenario() -> None:
        async with serve() as service:
            sent = f"http://127.0.0.1:{service.port}" if origin == "own" else origin
            socket = await service.connect(origin=sent)
            ticket = service.ticket(origin=bound_to)
            await socket.send(json.dumps({"type": "start", "ticket": ticket}))
            answer = json.loads(await socket.recv())
            assert answer.get("code", "accepted") == (
                "accepted" if is_accepted else "origin_not_allowed"
            )

    run(scenario())
