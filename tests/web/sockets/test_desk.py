"""The desk's socket over a real server: who may what, and what each message does."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import pytest
import websockets.asyncio.client as client
from an_agent import AGENT
from pydantic import Field
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_service.channels import representative as codec
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Caller, CallerLevel, Modality
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.scripted import ScriptedEngine
from agent_service.runtime.listening import Ear, Listener
from agent_service.runtime.representatives import Representatives
from agent_service.store.admin_tokens import Scope, create_token
from agent_service.store.database import Database
from agent_service.store.switches import switch_tool
from agent_service.store.tables import AdminToken, AuditEntry
from agent_service.tools.registry import Registry
from agent_service.tools.tool import tool
from agent_service.web.admin_access import AdminAccess
from agent_service.web.sockets.close_codes import NOT_PERMITTED, REPLACED
from agent_service.web.sockets.desk import (
    BYTES_PER_MS_OF_BOTH,
    MAX_BAD_MESSAGES,
    PATH,
    DeskSocket,
    routes,
)

LOUD = b"\x00\x40\x00\xc0" * 12


@tool(title="Look", effect="read", audience=CallerLevel.ANONYMOUS)
def look(order: Annotated[int, Field(ge=1, le=99, description="Its number.")]) -> str:
    """Look at an order."""
    return f"{order}"


REGISTRY = Registry(
    (
        look,
        replace(look, name="look_at_all", title="Look at all", audience=CallerLevel.VERIFIED),
        replace(look, name="cancel_it", title="Cancel it"),
        replace(look, name="call_us", title="Call us", rings_team=True),
        replace(look, name="of_others", title="Of another agent"),
    )
)


class FakeSession:
    """A conversation whose rules are played by the test: whoever asks for it has the floor."""

    def __init__(self, clock: Any) -> None:
        self.conversation_id = "conversation-1"
        self.modality = Modality.AUDIO
        self.told: asyncio.Queue[ev.Event] = asyncio.Queue()
        self.who: str | None = None
        self.caller = Caller(level=CallerLevel.IDENTIFIED)
        self.is_ending = False
        self.is_ringing = True
        self.left = {"ana", "ben"}
        """Who of the team may still come."""
        self.works: set[asyncio.Task[None]] = set()
        self.representatives = Representatives(
            clock,
            clock.now(),
            ScriptedEngine,
            SessionSpec(
                agent=AGENT,
                modality=Modality.AUDIO,
                tools=REGISTRY.specs(["look_at_all", "cancel_it", "look", "call_us"]),
            ),
            tell=self._tell,
            who=lambda: self.who,
            caller=lambda: self.caller,
            is_ringing=lambda: self.is_ringing,
            is_anybody_left=self._is_anybody_left,
            start=lambda work: self.works.add(asyncio.get_running_loop().create_task(work)),
        )
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def _tell(self, event: ev.Event) -> None:
        match event:
            case ev.RepresentativeJoined(name) if not self.is_ending:
                self.who = name
                told = cmd.TellRepresentative(cmd.DeskStatus.SPEAKING)
                self.representatives.perform(told)
            case ev.RepresentativeLeft():
                self.who = None
                self.representatives.perform(cmd.TellRepresentative(cmd.DeskStatus.LEFT))
            case _:
                pass
        self.told.put_nowait(event)

    async def _is_anybody_left(self, declined: frozenset[str]) -> bool:
        return bool(self.left - declined)

    async def wait_ended(self) -> str:
        return await asyncio.shield(self._end)

    def end(self, reason: str) -> None:
        self._end.set_result(reason)


@dataclass
class Scene:
    service: Any
    database: Database
    session: FakeSession
    sockets: list[client.ClientConnection] = field(default_factory=list)

    def token(self, name: str, *scopes: Scope) -> str:
        with self.database.write() as session:
            return create_token(session, name, self.service.clock.utc(), scopes=scopes)

    async def connect(
        self, token: str, query: str = "?conversation=conversation-1", **options: Any
    ) -> "Desk":
        options.setdefault("subprotocols", [codec.SUBPROTOCOL])
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"ws://127.0.0.1:{self.service.port}{PATH}{query}"
        socket = await client.connect(url, additional_headers=headers, **options)
        self.sockets.append(socket)
        desk = Desk(socket)
        ready = await desk.next()
        assert (ready["type"], ready.get("is_ringing", False)) == ("ready", self.session.is_ringing)
        return desk

    async def event(self) -> ev.Event:
        return await self.session.told.get()

    async def acts(self, count: int) -> list[tuple[str, str]]:
        """Return what is in the audit log, once there is so much."""
        while True:
            rows = await self.database.run(_acts)
            if len(rows) >= count:
                return rows
            await asyncio.sleep(0.01)


def _acts(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(AuditEntry.actor, AuditEntry.action)
        .where(AuditEntry.conversation_id.is_not(None))
        .order_by(AuditEntry.id)
    )
    return [(actor, action) for actor, action in rows]


@dataclass
class Desk:
    socket: client.ClientConnection

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind} | fields))

    async def next(self) -> Any:
        frame = await self.socket.recv()
        return json.loads(frame) if isinstance(frame, str) else codec.decode_sound(frame)

    async def closed(self) -> tuple[int, str]:
        """Return with which code and reason the socket was closed."""
        with suppress(ConnectionClosed):
            async for _ in self.socket:
                pass
        return self.socket.close_code or 0, self.socket.close_reason or ""


Run = Callable[[Callable[[Scene], Awaitable[None]]], None]


@pytest.fixture
def run(serve_both: Any, sqlite_database: Database) -> Run:
    def run_it(scenario: Callable[[Scene], Awaitable[None]]) -> None:
        async def main() -> None:
            sessions: list[FakeSession] = []

            def find(id: str) -> FakeSession | None:
                return sessions[0] if id == "conversation-1" else None

            def desk_routes(service: Any) -> Any:
                access = AdminAccess(sqlite_database, service.clock)
                socket = DeskSocket(
                    find, access, REGISTRY, sqlite_database, service.clock, check_s=0.05
                )
                return routes(socket)

            async with serve_both(extra_routes=desk_routes) as service:
                sessions.append(FakeSession(service.clock))
                scene = Scene(service, sqlite_database, sessions[0])
                await scenario(scene)
                for socket in scene.sockets:
                    await socket.close()

        asyncio.run(main())

    return run_it


@pytest.mark.parametrize(
    ("scopes", "query", "options", "status"),
    [
        (None, "?conversation=conversation-1", {}, 401),
        ((Scope.READ, Scope.SPEAK), "?conversation=conversation-1", {}, 403),
        ((Scope.LISTEN,), "", {}, 400),
        ((Scope.LISTEN,), "?conversation=conversation-1&as=ben", {}, 400),
        ((Scope.LISTEN,), "?conversation=another", {}, 404),
        ((Scope.LISTEN,), "?conversation=conversation-1", {"subprotocols": ["other"]}, 400),
    ],
)
def test_who_may_not_is_refused_at_the_door(
    run: Run, scopes: Any, query: str, options: Any, status: int
) -> None:
    async def scenario(s: Scene) -> None:
        token = "" if scopes is None else s.token("ana", *scopes)
        with pytest.raises(InvalidStatus) as refused:
            await s.connect(token, query, **options)
        assert refused.value.response.status_code == status

    run(scenario)


def test_who_only_listens_hears_and_says_nothing(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        desk = await s.connect(s.token("ana", Scope.LISTEN))
        await desk.send("listen", is_on=True)
        assert await s.acts(1) == [("admin:ana", "conversation.listened")]
        s.service.clock.seconds += 1
        _, sound = await desk.next()
        assert sound
        await desk.send("listen", is_on=False)
        for kind in ("whisper", "text"):
            await desk.send(kind, text="hello")
            refused = await desk.next()
            while not isinstance(refused, dict):
                refused = await desk.next()
            assert refused["code"] == "not_permitted"
        for message in (
            {"type": "take_over"},
            {"type": "run_tool", "name": "x"},
            {"type": "list_tools"},
        ):
            await desk.socket.send(json.dumps(message))
            assert (await desk.next())["code"] == "not_permitted"
        await desk.send("decline")
        assert (await desk.next())["code"] == "not_permitted"
        assert s.session.told.empty()

    run(scenario)


def test_a_person_takes_over_speaks_and_hands_back(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        desk = await s.connect(s.token("ana", Scope.LISTEN, Scope.SPEAK))
        await desk.socket.send(LOUD * 20)  # nobody hears it yet
        await desk.send("whisper", text="Be kind.")
        assert await s.event() == ev.RepresentativeWhispered("ana", "Be kind.")
        await desk.send("text", text="Hello")
        assert (await desk.next())["code"] == "not_taken_over"
        await desk.send("take_over", when="after_sentence")
        assert await s.event() == ev.RepresentativeJoined("ana", True)
        assert (await desk.next())["status"] == "speaking"
        await desk.socket.send(LOUD * 20)
        assert await s.event() == ev.RepresentativeSpoke(LOUD * 20)
        await desk.send("commit")
        assert await s.event() == ev.RepresentativeFellSilent()
        await desk.send("text", text="Hello")
        assert await s.event() == ev.RepresentativeTyped("Hello")
        await desk.send("run_tool", name="look", arguments={"order": 7})
        asked = await s.event()
        told = await desk.next()
        assert asked == ev.RepresentativeAskedTool(told["tool_call_id"], "look", '{"order":7}')
        s.session.representatives.shown(cmd.ShowTool(told["tool_call_id"], "look", "Look", "x"))
        s.session.representatives.shown(cmd.PlayAudio("i", 0, LOUD))
        assert (await desk.next())["type"] == "tool"
        await desk.send("ping")
        assert (await desk.next())["type"] == "pong"
        await desk.send("hand_back")
        assert await s.event() == ev.RepresentativeLeft()
        assert (await desk.next())["status"] == "left"
        acts = [act.removeprefix("conversation.") for _, act in await s.acts(4)]
        assert sorted(acts) == ["handed_back", "taken_over", "tool_asked", "whispered"]

    run(scenario)


def test_the_agents_tools_are_offered_that_may_run_and_why_not_the_others(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        def switch(session: Session) -> None:
            now = s.service.clock.utc()
            switch_tool(session, "cancel_it", is_off=True, reason="x", changed_by="x", now=now)

        await s.database.run(switch, is_write=True)
        desk = await s.connect(s.token("ana", Scope.LISTEN, Scope.SPEAK))
        await desk.send("list_tools")
        told = await desk.next()
        assert told["type"] == "tools"
        assert [(one["name"], one.get("refusal")) for one in told["items"]] == [
            ("look", None),
            ("look_at_all", "The caller is identified, and has to be verified."),
            ("cancel_it", "It is switched off."),
            ("call_us", "A person is there already."),
        ]
        assert told["items"][0]["arguments"]["required"] == ["order"]
        s.session.caller = Caller("C-1", None, CallerLevel.VERIFIED)  # proven meanwhile
        await desk.send("list_tools")
        assert [one["name"] for one in (await desk.next())["items"]][:2] == ["look_at_all", "look"]

    run(scenario)


def test_the_caller_is_told_that_nobody_comes_once_all_have_declined(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        ana, ben = (s.token(name, Scope.LISTEN, Scope.SPEAK) for name in ("ana", "ben"))
        first, second = await s.connect(ana), await s.connect(ben)
        await first.send("decline")
        await s.acts(1)
        await first.send("decline")  # who says so twice is still one
        assert await s.acts(2) == [("admin:ana", "conversation.declined")] * 2
        assert s.session.told.empty()
        await second.send("decline")
        assert await s.event() == ev.HandoffDeclined()
        s.session.is_ringing = False
        await first.send("decline")
        assert (await first.next())["code"] == "not_ringing"

    run(scenario)


def test_one_has_it_at_a_time_and_on_one_line(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        ana, ben = (s.token(name, Scope.LISTEN, Scope.SPEAK) for name in ("ana", "ben"))
        first, second = await s.connect(ana), await s.connect(ben)
        await first.send("take_over")
        told = await first.next()
        assert (told["status"], told["modality"]) == ("speaking", "audio")
        assert s.session.representatives.since is not None
        await second.send("take_over")
        refused = await second.next()
        assert (refused["code"], refused["message"]) == ("taken_over", "ana is on this call.")
        await second.send("hand_back")
        assert (await second.next())["code"] == "not_taken_over"
        again = await s.connect(ana)
        await again.send("take_over")
        assert (await again.next())["status"] == "speaking"
        assert await first.closed() == (REPLACED, "replaced")
        assert s.session.who == "ana"
        assert not any(
            isinstance(s.session.told.get_nowait(), ev.RepresentativeDropped)
            for _ in range(s.session.told.qsize())
        )

    run(scenario)


def test_what_is_ending_is_not_taken_over(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        s.session.is_ending = True
        desk = await s.connect(s.token("ana", Scope.LISTEN, Scope.SPEAK))
        await desk.send("take_over")
        assert (await desk.next())["code"] == "conversation_over"
        s.session.end("caller_ended")
        assert await desk.next() == {"type": "ended", "reason": "caller_ended"}
        assert (await desk.closed())[0] == 1000

    run(scenario)


def test_a_lost_line_is_told_to_the_rules(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        desk = await s.connect(s.token("ana", Scope.LISTEN, Scope.SPEAK))
        await desk.send("take_over")
        await s.event()
        desk.socket.transport.abort()
        assert await s.event() == ev.RepresentativeDropped()

    run(scenario)


@pytest.mark.parametrize("is_gone", [True, False], ids=["token revoked", "right lost"])
def test_a_right_that_is_taken_away_gives_the_call_back(run: Run, is_gone: bool) -> None:
    async def scenario(s: Scene) -> None:
        desk = await s.connect(s.token("ana", Scope.LISTEN, Scope.SPEAK))
        await desk.send("take_over")
        await s.event()
        with s.database.write() as session:
            if is_gone:
                session.execute(delete(AdminToken))
            else:
                session.execute(update(AdminToken).values(scopes="listen"))
        assert await s.event() == ev.RepresentativeLeft(is_cut_off=True)
        if is_gone:
            assert await desk.closed() == (NOT_PERMITTED, "not_authorised")

    run(scenario)


class Held(Ear):
    """An ear that gives listeners what the test says."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock, clock.now())
        self.listeners: list[Listener] = []

    def open(self, listener: Listener) -> None:
        self.listeners.append(listener)


def test_who_listens_too_slowly_is_told_how_much_is_missing(run: Run) -> None:
    second = b"\0" * 1000 * BYTES_PER_MS_OF_BOTH

    async def scenario(s: Scene) -> None:
        s.session.representatives.ear = ear = Held(s.service.clock)
        desk = await s.connect(s.token("ana", Scope.LISTEN))
        await desk.send("listen", is_on=True)
        await s.acts(1)
        [listener] = ear.listeners
        for number in range(200):  # in one turn of the loop: nobody can read meanwhile
            listener.hear(1000 * number, second)
        heard = 0
        while not isinstance(told := await desk.next(), dict):
            heard += 1
        assert 0 < heard < 200
        assert told == {"type": "gap", "ms": 1000 * (200 - heard)}
        listener.hear(200_000, second)  # what comes now is heard again
        assert not isinstance(await desk.next(), dict)

    run(scenario)


def test_nonsense_ends_the_socket_and_nothing_else(run: Run) -> None:
    async def scenario(s: Scene) -> None:
        desk = await s.connect(s.token("ana", Scope.LISTEN))
        for _ in range(MAX_BAD_MESSAGES):
            await desk.socket.send("no")
        assert (await desk.closed())[1] == "too_many_bad_messages"

    run(scenario)
