"""Realtime clients' sockets over a real server: the handshake, the clock, what is refused."""

import asyncio
import base64
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import websockets.asyncio.client as client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from agent_service.agent import AgentSettings
from agent_service.audio import encode_mulaw, ms_to_bytes
from agent_service.channels.realtime_dialects import PATHS
from agent_service.conversation.commands import (
    ClearPlayback,
    Floor,
    PlayAudio,
    ShowFloor,
    ShowTranscript,
)
from agent_service.conversation.events import (
    CallerAudio,
    CallerCommitted,
    CallerConfirmed,
    CallerInterrupted,
    CallerPlayed,
    CallerSwitched,
    CallerTyped,
)
from agent_service.conversation.records import Modality, Role
from agent_service.errors import CallerError
from agent_service.web.origins import Origins
from agent_service.web.server import run
from agent_service.web.sockets import realtime
from agent_service.web.sockets.endpoint import ConversationSocket, routes

AGENT = {"name": "support", "title": "Support", "instructions": "Keep it secret."}
AGENTS = {
    "support": AgentSettings.model_validate(AGENT | {"discloses_ai": False}),
    "button": AgentSettings.model_validate(
        AGENT | {"name": "button", "turn_detection": {"kind": "push_to_talk"}}
    ),
}


class Caller:
    """A Realtime client, and the conversation at its other end."""

    def __init__(self, service: Any, socket: client.ClientConnection) -> None:
        self.service = service
        self.socket = socket

    @property
    def session(self) -> Any:
        return self.service.host.sessions[-1]

    async def send(self, kind: str, **members: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, "event_id": "mine"} | members))

    async def type(self, text: str) -> None:
        part = {"type": "input_text", "text": text}
        item = {"type": "message", "role": "user", "content": [part]}
        await self.send("conversation.item.create", item=item)

    async def read(self, kind: str) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = json.loads(await self.socket.recv())
            if event["type"] == kind:
                return event

    async def error(self) -> tuple[str, str | None]:
        error = (await self.read("error"))["error"]
        return error["code"], error["event_id"]

    async def event(self) -> Any:
        return await self.session.events.get()

    def plays(self, ms: int, item_id: str = "item") -> None:
        self.session.channel.send(PlayAudio(item_id, 0, bytes(ms_to_bytes(ms))))


@pytest.fixture
def call(serve: Any) -> Callable[..., Any]:
    """Run a scenario with a caller whose session has begun."""

    def run_with(scenario: Callable[[Caller], Any], query: str = "", **grant: Any) -> None:
        async def whole() -> None:
            async with serve(extra_routes=doors) as service:
                caller = Caller(service, await knock(service, query, service.ticket(**grant)))
                await caller.read("session.created")
                await scenario(caller)

        run(whole())

    return run_with


def doors(service: Any) -> Any:
    kind = realtime.realtime_sockets(AGENTS)
    origins = Origins()
    return routes(
        ConversationSocket(
            kind,
            service.host,
            service.tickets,
            service.uses,
            origins,
            service.admission,
            service.clock,
        )
    )


async def knock(
    service: Any,
    query: str = "",
    ticket: str | None = None,
    *,
    path: str = PATHS[0],
    offers: list[str] | None = None,
    **headers: str,
) -> client.ClientConnection:
    if ticket is not None:
        headers["Authorization"] = f"Bearer {ticket}"
    socket = await client.connect(
        f"ws://127.0.0.1:{service.port}{path}{query}",
        additional_headers=headers,
        subprotocols=[Subprotocol(each) for each in offers] if offers else None,
    )
    service.sockets.append(socket)
    return socket


async def close_of(socket: client.ClientConnection) -> tuple[str, int]:
    """Return the last error, and how the socket was closed."""
    code = ""
    try:
        while True:
            event = json.loads(await socket.recv())
            code = event.get("error", {}).get("code", code)
    except ConnectionClosed:
        return code, socket.close_code or 0


# --- the handshake -----------------------------------------------------------


def test_a_ticket_comes_by_header_or_by_subprotocol(serve: Any) -> None:
    async def scenario() -> None:
        async with serve(extra_routes=doors) as service:
            first = f"openai-insecure-api-key.{service.ticket()}"
            secret = {"api-key": "ek_" + service.ticket()}
            for path in PATHS:
                offered = await knock(service, offers=["realtime", first], path=path)
                assert offered.subprotocol == "realtime"
                keyed = await knock(service, path=path, **secret)
                assert keyed.subprotocol is None
                for socket in (offered, keyed):
                    assert json.loads(await socket.recv())["type"] == "session.created"
                first = f"openai-insecure-api-key.{service.ticket()}"
                secret = {"api-key": service.ticket()}

    run(scenario())


def test_nobody_gets_in_without_a_ticket(serve: Any) -> None:
    async def scenario() -> int:
        async with serve(extra_routes=doors) as service:
            with pytest.raises(InvalidStatus) as refused:
                await knock(service)
            return refused.value.response.status_code

    assert run(scenario()) == 401


@pytest.mark.parametrize(
    ("query", "grant", "expected"),
    [
        ("?model=sales", {}, ("unknown_agent", 4404)),
        ("?model=support&mode=text", {"agent": "support"}, None),
        ("?deployment=support", {"agent": "support"}, None),
        ("", {"origin": "https://shop.example"}, ("origin_not_allowed", 4403)),
    ],
)
def test_a_ticket_opens_its_own_agent(
    serve: Any, query: str, grant: dict[str, Any], expected: tuple[str, int] | None
) -> None:
    async def scenario() -> None:
        async with serve(extra_routes=doors) as service:
            socket = await knock(service, query, service.ticket(**grant))
            if expected is not None:
                assert await close_of(socket) == expected
                return
            created = json.loads(await socket.recv())["session"]
            is_text = "mode=text" in query
            assert created["output_modalities"] == ["text" if is_text else "audio"]
            assert "secret" not in json.dumps(created)

    run(scenario())


def test_two_sessions_with_one_ticket_are_one_too_many(serve: Any) -> None:
    async def scenario() -> tuple[str, int]:
        async with serve(extra_routes=doors) as service:
            ticket = service.ticket()
            await (await knock(service, ticket=ticket)).recv()
            return await close_of(await knock(service, ticket=ticket))

    assert run(scenario()) == ("ticket_used", 4401)


def test_a_provider_that_refuses_is_told_in_words(serve: Any) -> None:
    async def scenario() -> tuple[str, int]:
        async with serve(extra_routes=doors) as service:
            service.host.refusal = CallerError("There is no agent.", code="unknown_agent")
            return await close_of(await knock(service, ticket=service.ticket()))

    assert run(scenario()) == ("unknown_agent", 4404)


def test_what_comes_before_the_agent_hears_is_heard_then(serve: Any) -> None:
    async def scenario() -> Any:
        async with serve(extra_routes=doors) as service:
            service.host.gate.clear()
            caller = Caller(service, await knock(service, ticket=service.ticket()))
            await caller.type("Hello")
            await caller.send("response.create")
            await service.host.begun.wait()
            service.host.gate.set()
            assert json.loads(await caller.socket.recv())["type"] == "session.created"
            return await caller.event()

    assert run(scenario()) == CallerTyped("Hello")


# --- what a client asks ------------------------------------------------------


def test_sound_is_heard_in_the_format_that_was_agreed(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        pcm = b"\1\0" * 960
        await caller.send("input_audio_buffer.append", audio=base64.b64encode(pcm).decode())
        assert await caller.event() == CallerAudio(pcm)
        g711 = {"format": {"type": "audio/pcmu"}}
        session = {"type": "realtime", "audio": {"input": g711, "output": g711}}
        await caller.send("session.update", session=session)
        assert (await caller.read("session.updated"))["session"]["audio"]["input"]["format"] == {
            "type": "audio/pcmu"
        }
        mulaw = base64.b64encode(encode_mulaw(bytes(320 * 2))).decode()
        await caller.send("input_audio_buffer.append", audio=mulaw)
        heard = await caller.event()
        assert 30 < len(heard.audio) / 48 <= 40
        await caller.send("input_audio_buffer.append", audio=base64.b64encode(b"\xff").decode())
        assert len((await caller.event()).audio) == 6
        long = base64.b64encode(bytes(8 * 3_000)).decode()
        await caller.send("input_audio_buffer.append", audio=long)
        assert len((await caller.event()).audio) / 48 == pytest.approx(3_000, abs=1)
        caller.plays(40)
        delta = await caller.read("response.output_audio.delta")
        assert 270 <= len(base64.b64decode(delta["delta"])) <= 320

    call(scenario)


def test_what_is_typed_is_answered_when_that_is_asked_for(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        await caller.type("Where is")
        await caller.type("my order?")
        await caller.send("response.create")
        assert await caller.event() == CallerTyped("Where is\nmy order?")
        await caller.type("x" * 8000)
        await caller.type("y")
        assert await caller.error() == ("too_much_text", "mine")

    call(scenario)


def test_an_answer_is_asked_for_where_there_is_something_to_answer(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        await caller.send("response.create")
        assert await caller.error() == ("nothing_to_answer", "mine")
        await caller.send("response.create", response={"modalities": ["text"]})
        assert await caller.error() == ("not_allowed", "mine")
        caller.session.channel.send(ShowFloor(Floor.CALLER))
        caller.session.channel.send(ShowFloor(Floor.OPEN))
        await caller.read("input_audio_buffer.committed")
        await caller.send("response.create")  # the agent is about to
        caller.plays(40)
        await caller.read("response.output_audio.delta")
        await caller.send("response.create")
        assert await caller.error() == ("conversation_already_has_active_response", "mine")

    call(scenario)


def test_the_agent_is_stopped_while_it_speaks(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        await caller.send("output_audio_buffer.clear")
        await caller.send("response.cancel")
        assert await caller.error() == ("response_cancel_not_active", "mine")
        caller.plays(400)
        await caller.read("response.created")
        await caller.send("response.cancel")
        while await caller.event() != CallerInterrupted():
            """What was played."""
        caller.session.channel.send(ClearPlayback("item"))
        done = (await caller.read("response.done"))["response"]
        assert done["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}

    call(scenario)


def test_a_commit_is_a_pause_where_pauses_end_turns_and_a_button_elsewhere(call: Any) -> None:
    async def by_pause(caller: Caller) -> None:
        await caller.send("input_audio_buffer.commit")
        assert await caller.event() == CallerAudio(bytes(ms_to_bytes(900)))

    async def by_button(caller: Caller) -> None:
        await caller.send("input_audio_buffer.commit")
        await caller.read("input_audio_buffer.committed")
        assert await caller.event() == CallerCommitted()

    call(by_pause)
    call(by_button, agent="button")


def test_who_would_rather_read_says_so(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        reads = {"type": "realtime", "output_modalities": ["text"]}
        await caller.send("session.update", session=reads)
        assert await caller.event() == CallerSwitched(Modality.TEXT)
        await caller.send("session.update", session=reads | {"tools": [{"name": "refund"}]})
        assert await caller.error() == ("not_allowed", "mine")

    call(scenario)


def test_nobody_listens_where_all_lines_for_voice_are_busy(serve: Any) -> None:
    async def scenario() -> None:
        async with serve(extra_routes=doors, max_sockets=0, max_texts=1) as service:
            socket = await knock(service, "?mode=text", service.ticket())
            caller = Caller(service, socket)
            await caller.read("session.created")
            listens = {"type": "realtime", "output_modalities": ["audio"]}
            await caller.send("session.update", session=listens)
            assert await caller.error() == ("only_text", "mine")
            session = (await caller.read("session.updated"))["session"]
            assert session["output_modalities"] == ["text"]

    run(scenario())


def test_who_asks_for_more_is_told_more_and_may_answer_it(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        assert caller.session.channel.traits.answers
        caller.session.channel.send(ShowFloor(Floor.AGENT))
        assert (await caller.read("agent_service.floor"))["holder"] == "agent"
        await caller.send("agent_service.confirm", confirmation_id="c", accepted=False)
        assert await caller.event() == CallerConfirmed("c", False)

    async def without(caller: Caller) -> None:
        assert not caller.session.channel.traits.answers

    call(scenario, "?extras=true")
    call(without)


def test_a_client_that_sends_nonsense_is_told_and_in_the_end_let_go(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        await caller.socket.send(b"\1\0")
        assert await caller.error() == ("bad_message", None)
        await caller.send("input_audio_buffer.append", audio=base64.b64encode(b"odd").decode())
        assert await caller.error() == ("bad_audio", "mine")
        for _ in range(30):
            await caller.send("input_audio_buffer.clear")
            assert await caller.error() == ("not_allowed", "mine")
        for _ in range(18):
            await caller.send("fly")
        assert await close_of(caller.socket) == ("too_many_bad_messages", 4400)

    call(scenario)


def test_a_message_of_five_megabytes_ends_the_socket(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        with contextlib.suppress(ConnectionClosed):
            await caller.send("input_audio_buffer.append", audio="A" * 5_000_000)
        assert (await close_of(caller.socket))[1] == 1009

    call(scenario)


# --- what was heard ----------------------------------------------------------


async def played(caller: Caller) -> int:
    """Return how far the last report says that the item was played."""
    last = 0
    while not caller.session.events.empty():
        event = caller.session.events.get_nowait()
        if isinstance(event, CallerPlayed):
            last = event.played_ms
    return last


async def received(caller: Caller, ms: int) -> int:
    arrived = 0
    while arrived < ms:
        delta = await caller.read("response.output_audio.delta")
        arrived += len(base64.b64decode(delta["delta"])) // 48
    return arrived


def test_without_a_word_of_the_client_what_left_was_heard(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        caller.plays(5000)
        arrived = await received(caller, 200)
        caller.session.channel.send(ClearPlayback("item"))
        while (event := json.loads(await caller.socket.recv()))["type"] != "response.done":
            if event["type"] == "response.output_audio.delta":
                arrived += len(base64.b64decode(event["delta"])) // 48
        report = await caller.event()
        while report.played_ms < arrived:
            report = await caller.event()
        assert report == CallerPlayed("item", arrived)

    call(scenario)


def test_a_client_that_was_stopped_after_the_cut_says_where(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        caller.plays(5000)
        await received(caller, 200)
        caller.session.channel.send(ClearPlayback("item"))
        at = {"item_id": "item", "content_index": 0}
        await caller.send("conversation.item.truncate", **at, audio_end_ms=9000)
        assert await caller.error() == ("invalid_value", "mine")
        await caller.send("conversation.item.truncate", **at, audio_end_ms=90)
        assert (await caller.read("conversation.item.truncated"))["audio_end_ms"] == 90
        assert await caller.event() == CallerPlayed("item", 90)
        await caller.send("conversation.item.truncate", **at, audio_end_ms=50)
        await caller.read("conversation.item.truncated")
        assert await played(caller) == 0

    call(scenario)


def test_a_client_that_stops_its_player_interrupts(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        caller.plays(5000)
        await received(caller, 120)
        at = {"item_id": "item", "content_index": 0, "audio_end_ms": 70}
        await caller.send("conversation.item.truncate", **at)
        assert await caller.event() == CallerInterrupted()
        caller.session.channel.send(ClearPlayback("item"))
        assert await caller.event() == CallerPlayed("item", 70)

    call(scenario)


def test_sound_that_ends_was_heard_and_its_turn_is_done_once_on_record(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        caller.plays(200)
        while await caller.event() != CallerPlayed("item", 200):
            """Not all of it yet."""
        final = ShowTranscript("turn", Role.AGENT, text="Hi.", item_id="item", is_final=True)
        caller.session.channel.send(final)
        done = (await caller.read("response.done"))["response"]
        assert done["output"][0]["content"][0]["transcript"] == "Hi."
        await caller.send("conversation.item.retrieve", item_id="item")
        assert (await caller.read("conversation.item.retrieved"))["item"]["status"] == "completed"

    call(scenario)


def test_whoever_hangs_up_has_heard_what_arrived(call: Any) -> None:
    async def scenario(caller: Caller) -> None:
        caller.plays(5000)
        arrived = await received(caller, 120)
        await caller.socket.close()
        async with asyncio.timeout(5):
            await caller.session.detached.wait()
        assert arrived <= await played(caller) <= arrived + 100

    call(scenario)
