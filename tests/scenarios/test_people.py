"""A person of the team in a caller's conversation: heard, whispered, taken over and handed back."""

import asyncio
import itertools
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import websockets.asyncio.client as client
from typist import begin, dial
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from agent_service.audio import ms_to_bytes, read_wav
from agent_service.channels import representative as codec
from agent_service.channels import widget
from agent_service.channels.widget_messages import SUBPROTOCOL
from agent_service.cli.call import demo_ticket
from agent_service.conversation.spec import Notice
from agent_service.notices.texts import texts_in
from agent_service.offline.speech.engine import LocalSpeech
from agent_service.web.sockets.close_codes import NOT_PERMITTED

FRAME = ms_to_bytes(20)


async def ticks() -> AsyncIterator[int]:
    """Count every 20 ms, also those in which the machine was busy."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in itertools.count():
        await asyncio.sleep(max(began + number * 0.02 - loop.time(), 0))
        yield number


@dataclass
class Phone:
    """A caller's client that speaks and plays in real time, and keeps what it played."""

    socket: client.ClientConnection
    notices: list[dict[str, Any]] = field(default_factory=list)
    played: dict[str, bytearray] = field(default_factory=dict)
    to_say: bytes = b""
    conversation_id: str = ""
    _queue: list[tuple[str, bytes]] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                if isinstance(frame, bytes):
                    sound = widget.decode_audio(frame)
                    self._queue.append((sound.item_id, sound.audio))
                    continue
                notice = json.loads(frame)
                if notice["type"] == "clear":
                    item_id = notice["item_id"]
                    self._queue = [piece for piece in self._queue if piece[0] != item_id]
                    await self.report(item_id)
                self.notices.append(notice)
                self._came.set()

    async def run(self) -> None:
        """Say and play 20 ms at a time."""
        with suppress(ConnectionClosed):
            async for _ in ticks():
                said, self.to_say = self.to_say[:FRAME], self.to_say[FRAME:]
                await self.socket.send(said.ljust(FRAME, b"\0"))
                room = FRAME
                while room and self._queue:
                    item_id, audio = self._queue.pop(0)
                    self.played.setdefault(item_id, bytearray()).extend(audio[:room])
                    if audio[room:]:
                        self._queue.insert(0, (item_id, audio[room:]))
                    room -= len(audio[:room])
                    await self.report(item_id)

    async def report(self, item_id: str) -> None:
        ms = len(self.played.get(item_id, b"")) // 48
        await self.socket.send(json.dumps({"type": "played", "item_id": item_id, "played_ms": ms}))

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Return the first such notice, once it has come; it is not found again."""
        while True:
            for notice in self.notices:
                if notice["type"] == kind and wanted.items() <= notice.items():
                    self.notices.remove(notice)
                    return notice
            self._came.clear()
            await self._came.wait()


@dataclass
class Desk:
    """A client of somebody of the team."""

    socket: client.ClientConnection
    heard: list[bytes] = field(default_factory=list)
    notices: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                if isinstance(frame, bytes):
                    self.heard.append(codec.decode_sound(frame)[1])
                else:
                    self.notices.put_nowait(json.loads(frame))

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind} | fields))

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        while True:
            notice = await self.notices.get()
            if notice["type"] == kind and wanted.items() <= notice.items():
                return notice

    async def says(self, sound: bytes) -> None:
        async for number in ticks():
            if not (frame := sound[number * FRAME :][:FRAME]):
                break
            await self.socket.send(frame.ljust(FRAME, b"\0"))
        await self.send("commit")


def desk_url(up: Any, conversation_id: str) -> str:
    return f"{up.url.replace('http', 'ws', 1)}/ws/desk?conversation={conversation_id}"


@asynccontextmanager
async def desk(up: Any, conversation_id: str, token: str = "") -> AsyncIterator[Desk]:
    async with asyncio.TaskGroup() as tasks:
        socket = await client.connect(
            desk_url(up, conversation_id),
            subprotocols=[Subprotocol(codec.SUBPROTOCOL)],
            additional_headers={"Authorization": f"Bearer {token or up.token}"},
        )
        opened = Desk(socket)
        tasks.create_task(opened.read())
        await opened.until("ready")
        yield opened
        await socket.close()


@asynccontextmanager
async def phone(up: Any) -> AsyncIterator[Phone]:
    url = up.url.replace("http", "ws", 1) + "/ws/conversation"
    async with asyncio.TaskGroup() as tasks:
        socket = await client.connect(url, subprotocols=[Subprotocol(SUBPROTOCOL)])
        caller = Phone(socket)
        tasks.create_task(caller.read())
        ticket = await demo_ticket(up.url)
        await socket.send(json.dumps({"type": "start", "ticket": ticket}))
        caller.conversation_id = (await caller.until("ready"))["conversation_id"]
        tasks.create_task(caller.run())
        yield caller
        await socket.close()


def sounding(both: np.ndarray, channel: int) -> bytes:
    """Return one channel from its first sound to its last."""
    sound = both[:, channel]
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 300)
    return np.ascontiguousarray(sound[loud[0] : loud[-1]]).tobytes()


async def words(speech: LocalSpeech, sound: bytes) -> str:
    return (await speech.recognise(sound)).text.lower()


def test_a_person_listens_whispers_takes_over_and_hands_back(
    up: Any, speak: Callable[[str], str]
) -> None:
    question = read_wav(Path(speak("Where is order one zero zero four?")))
    hello = read_wav(Path(speak("Hello, I look at your parcel myself.")))
    yes = read_wav(Path(speak("Yes, please.")))

    async def scenario() -> tuple[str, bytes, bytes]:
        async with phone(up) as caller:
            conversation_id = caller.conversation_id
            async with desk(up, conversation_id) as ana:
                await ana.send("listen", is_on=True)
                await caller.until("transcript", role="agent", is_final=False)
                caller.to_say = question
                await caller.until("tool", status="succeeded")
                answer = ""
                while "Courier" not in answer:
                    final = await caller.until("transcript", role="agent", is_final=True)
                    answer = final["heard_text"]

                await ana.send("whisper", text="Tell the caller: We waive the fee.")
                said = await caller.until("transcript", role="agent", text="We waive the fee.")
                assert said["heard_text"] == "We waive the fee."

                await ana.send("take_over", when="now")
                joined = await caller.until("handoff", status="joined")
                assert joined["name"]
                await ana.until("status", status="speaking")
                await ana.says(hello)
                spoken = await caller.until("transcript", role="representative", is_final=True)

                await ana.send(
                    "run_tool",
                    name="open_ticket",
                    arguments={"subject": "Parcel", "details": "Ana looks at it."},
                )
                asked = await ana.until("confirm")
                shown = await caller.until("confirm")
                assert shown["confirmation_id"] == asked["confirmation_id"]
                read_back = f"{asked['summary']} {asked['question']}"
                await ana.says(read_wav(Path(await asyncio.to_thread(speak, read_back))))
                await caller.until("transcript", role="representative", is_final=True)
                caller.to_say = yes
                await ana.until("tool", name="open_ticket", status="succeeded")

                ana.socket.transport.abort()
                await caller.until("transcript", notice="cut_off")
                heard = ana.heard
            async with desk(up, conversation_id) as ana:
                await ana.send("take_over", when="now")
                await ana.until("status", status="speaking")
                await ana.send("text", text="The depot in Dublin has it.")
                await caller.until("transcript", role="representative", is_final=True)
                await ana.send("hand_back")
                await caller.until("handoff", status="left")
                await caller.until("transcript", notice="left")
            await caller.socket.send(json.dumps({"type": "end"}))
            await caller.until("ended")
            both = np.frombuffer(b"".join(heard), "<i2").reshape(-1, 2)
            told = bytes(caller.played[spoken["item_id"]])
        return conversation_id, both.tobytes(), told

    async def guarded() -> tuple[str, bytes, bytes]:
        async with asyncio.timeout(180):
            return await scenario()

    conversation_id, heard, told = asyncio.run(guarded())

    async def recognise() -> None:
        speech = LocalSpeech()
        both = np.frombuffer(heard, "<i2").reshape(-1, 2)
        assert "1004" in await words(speech, sounding(both, 0))
        assert "courier" in await words(speech, sounding(both, 1)[: ms_to_bytes(25_000)])
        assert "look at your parcel myself" in await words(speech, told)
        await speech.aclose()

    asyncio.run(recognise())
    record = up.ask(f"/api/conversations/{conversation_id}")
    kinds = [(turn["role"], *turn["flags"]) for turn in record["turns"]]
    assert [kind for kind in kinds if kind[0] != "agent"] == [
        ("caller",),
        ("system", "whisper"),
        ("system", "joined"),
        ("representative",),
        ("representative",),
        ("caller",),
        ("representative",),
        ("system", "left"),
    ]
    texts = texts_in("en")
    told_of = [texts[notice] for notice in (Notice.JOINED, Notice.CUT_OFF, Notice.LEFT)]
    said = [turn["text"] for turn in record["turns"] if turn["text"] in told_of]
    assert said == told_of
    spoken, read = [
        turn
        for turn in record["turns"]
        if turn["role"] == "representative" and turn["modality"] == "audio"
    ]
    (agreed,) = record["confirmations"]
    assert (agreed["status"], agreed["decided_by"]) == ("accepted", "voice")
    assert read["ended_at"] <= agreed["decided_at"]
    assert spoken["input_audio_tokens"] > 0
    assert "parcel" in spoken["heard_text"]
    assert spoken["audio_end_ms"] > spoken["audio_start_ms"]
    assert {call["name"] for call in record["tool_calls"]} >= {"get_order_status", "open_ticket"}


def test_a_caller_whose_service_is_killed_under_a_person_goes_on_with_the_agent(
    start_up: Callable[..., Any],
) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(100):
            first = start_up()
            caller = await begin(first.url)
            await caller.send(type="text", text="I want to speak to a human")
            assert await caller.until("handoff", status="requested")
            (conversation,) = first.ask("/api/conversations")["items"]
            async with desk(first, conversation["id"]) as ana:
                await ana.send("take_over", when="now")
                await caller.until("handoff", status="joined")
                await ana.until("status", status="speaking")
                await ana.send("text", text="I am here now.")
                await caller.until("transcript", role="representative", is_final=True)
                assert first.ask("/api/queue", kind="handoff")["items"] == []
                await caller.send(type="text", text="Where is order 1004?")
                await caller.until(
                    "transcript", role="caller", is_final=True, text="Where is order 1004?"
                )
                first.process.kill()
                first.process.wait()
            await caller.socket.close()

            second = start_up(first.data_dir)
            again = await dial(second.url)
            resume = {"token": caller.token, "last_seq": caller.last_seq}
            await again.send(type="start", resume=resume)
            await again.until("transcript", role="representative", text="I am here now.")
            await again.until("handoff", status="left")
            (incident,) = second.ask("/api/incidents", code="service_interrupted")["items"]
            assert "was cut off" in incident["message"]
            # What was asked of a person is answered by the agent, which comes back for it.
            said: list[str] = []
            while "1004" not in "".join(said):
                said.append((await again.until("transcript", role="agent", is_final=True))["text"])
            assert any("cut off" in one for one in said)
            await again.send(type="end")
            await again.until("ended", reason="caller_ended")
            await again.socket.close()

    asyncio.run(scenario())


def tokens(up: Any, *arguments: str) -> str:
    """Make or revoke a token on the service's machine; return the one that is printed."""
    command = [sys.executable, "-m", "agent_service", "tokens", *arguments]
    done = subprocess.run(
        [*command, "--data-dir", str(up.data_dir)], capture_output=True, text=True, check=True
    )
    made = re.search(r"asa_\S+", done.stdout)
    return made[0] if made else ""


def test_a_person_keeps_the_caller_through_all_that_is_lost(start_up: Callable[..., Any]) -> None:
    up = start_up()
    keys = {name: tokens(up, "add", name, "--scopes", "listen,speak") for name in ("ana", "ben")}

    async def scenario() -> None:
        async with asyncio.timeout(200):
            caller = await begin(up.url)
            id = caller.conversation_id
            async with desk(up, id, keys["ana"]) as ana, desk(up, id, keys["ben"]) as ben:
                # Two at once: one has it, and the other is told who.
                await asyncio.gather(ana.send("take_over"), ben.send("take_over"))
                joined = await caller.until("handoff", status="joined")
                names = {"ana": ana, "ben": ben}
                name = joined["name"]
                has_it = names.pop(name)
                [late] = names.values()
                await has_it.until("status", status="speaking")
                refused = await late.until("error", code="taken_over")
                assert name in refused["message"]

                # The caller's page is loaded again.
                caller.socket.transport.abort()
                await has_it.until("status", status="caller_away")
                again = await dial(up.url)
                resume = {"token": caller.token, "last_seq": caller.last_seq}
                await again.send(type="start", resume=resume)
                await has_it.until("status", status="speaking")
                await has_it.send("text", text="I am still here.")
                await again.until("transcript", role="representative", text="I am still here.")

                # Their right is taken away while they speak.
                await asyncio.to_thread(tokens, up, "revoke", name)
                await again.until("handoff", status="left")
                await has_it.socket.wait_closed()
                assert has_it.socket.close_code == NOT_PERMITTED
                await again.send(type="text", text="Where is order 1004?")
                await again.until("tool", name="get_order_status", status="succeeded")

                # The provider is killed: two people need none.
                await late.send("take_over")
                await late.until("status", status="speaking")
                os.kill(up.provider_pid, signal.SIGKILL)
                await asyncio.to_thread(up.wait_until_said, "ended unexpectedly")
                await late.send("text", text="And now without a provider.")
                await again.until("transcript", text="And now without a provider.")
            await again.send(type="end")
            await again.until("ended", reason="caller_ended")
            await again.socket.close()

    asyncio.run(scenario())
    (conversation,) = up.ask("/api/conversations")["items"]
    turns = up.ask(f"/api/conversations/{conversation['id']}")["turns"]
    marks = [flag for turn in turns for flag in turn["flags"] if flag in ("joined", "left")]
    assert marks == ["joined", "left", "joined"]
