"""Two processes on one database: one serves a conversation, and the other cannot disturb it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from an_agent import AGENT, LIMITS
from sqlalchemy import delete, select

from agent_service.channels.widget import TRAITS
from agent_service.clock import SystemClock, uuid7
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Caller, Modality, ToolCallStatus
from agent_service.engines.scripted import ScriptedEngine
from agent_service.errors import CallerError, TryLater
from agent_service.runtime.host import AgentProfile, Host
from agent_service.runtime.identity_desk import IdentityDesk
from agent_service.runtime.ports import StartRequest
from agent_service.runtime.presence import Presence
from agent_service.runtime.recorder import Recorder
from agent_service.runtime.session import Session
from agent_service.runtime.storage_watch import StorageWatch
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.store.database import Database
from agent_service.store.interrupted import find_interrupted
from agent_service.store.ledger import LedgerCall, open_call
from agent_service.store.processes import LEASE, Process
from agent_service.store.tables import Conversation, ToolCall, ToolEffect, Turn
from agent_service.tools.registry import Registry

PROFILE = AgentProfile(
    settings=AGENT,
    disclosure=None,
    transcription_model="whisper-1",
    tools=(),
    policies={},
    notices={},
)


class Channel:
    """A caller's client that keeps what it is sent and how it was closed."""

    traits = TRAITS

    def __init__(self) -> None:
        self.sent: list[cmd.CallerCommand] = []
        self.closed = asyncio.Event()
        self._changed = asyncio.Event()

    def send(self, command: cmd.CallerCommand) -> None:
        self.sent.append(command)
        self._changed.set()

    async def until_final(self, text: str) -> None:
        """Wait until the caller is told that a turn is on record."""
        async with asyncio.timeout(60):
            while not any(
                isinstance(c, cmd.ShowTranscript) and c.is_final and c.text == text
                for c in self.sent
            ):
                self._changed.clear()
                await self._changed.wait()

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        pass

    def close(self, reason: str) -> None:
        assert reason == "replaced"
        self.closed.set()


@dataclass
class ServiceProcess:
    """A process of the service."""

    host: Host
    presence: Presence
    channel: Channel = field(default_factory=Channel)

    async def begin(self) -> Session:
        start = StartRequest("support", Caller(), Modality.TEXT)
        return await self.host.begin(start, self.channel)


@asynccontextmanager
async def process(database: Database) -> AsyncIterator[ServiceProcess]:
    clock = SystemClock()
    presence = Presence(database, clock)
    presence.begin()
    recorder = Recorder(database, clock=clock)
    recorder.open()
    tools = ToolRunner(Registry([]), database, clock)

    async def find(token: str, live: Any) -> Any:
        work = partial(
            find_interrupted,
            token=token,
            now=clock.utc(),
            process_id=presence.process_id,
            live=live,
        )
        return await database.run(work, is_write=True)

    async with Host(
        [PROFILE],
        process_id=presence.process_id,
        new_engine=ScriptedEngine,
        tools=tools,
        identity=IdentityDesk(database, clock, recorder, source_limit=30),
        records=recorder,
        find_interrupted=find,
        clock=clock,
        limits=LIMITS,
        can_record=lambda: recorder.healthy,
    ) as host:
        recorder.on_overtaken = host.lose
        yield ServiceProcess(host, presence)
    await recorder.close()
    tools.close()
    presence.end()


async def say(session: Session, channel: Channel, text: str) -> None:
    """Type a turn and wait until it is on record."""
    session.receive(ev.CallerTyped(text))
    await channel.until_final(text)


def texts(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Turn.text).order_by(Turn.seq)))


def fall_silent(database: Database, one: ServiceProcess) -> None:
    """Let the process's lease run out, as if it had been stopped for that long."""
    with database.write() as session:
        row = session.get_one(Process, one.presence.process_id)
        row.expires_at -= LEASE + timedelta(seconds=2)


def run(scenario: Callable[[], Any]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(40):
            await scenario()

    asyncio.run(limited())


def test_a_conversation_is_not_taken_from_a_living_process(database: Database) -> None:
    async def scenario() -> None:
        async with process(database) as first, process(database) as second:
            session = await first.begin()
            await say(session, first.channel, "hello")
            session.detach(first.channel)
            with pytest.raises(TryLater) as refused:
                await second.host.resume(session.resume_token, second.channel)
            assert refused.value.code == "served_elsewhere"
            assert await first.host.resume(session.resume_token, Channel()) is session

    run(scenario)


def test_who_lost_a_conversation_neither_ends_nor_alters_it(database: Database) -> None:
    async def scenario() -> None:
        async with process(database) as first, process(database) as second:
            session = await first.begin()
            await say(session, first.channel, "one")
            session.detach(first.channel)
            fall_silent(database, first)
            resumed = await second.host.resume(session.resume_token, second.channel)
            await say(resumed, second.channel, "two")
            # The first is back, thinks that it serves, and learns otherwise from its first record.
            session.receive(ev.CallerTyped("not on record"))
            assert await session.wait_ended() == "taken_over"
            assert first.channel.closed.is_set()
            await say(resumed, second.channel, "three")
            assert texts(database) == ["one", "two", "three"]
            with database.read() as read:
                assert read.scalars(select(Conversation.ended_at)).one() is None
            assert second.host.live == 1

    run(scenario)


def test_who_lost_a_conversation_learns_it_from_the_next_heartbeat(database: Database) -> None:
    async def scenario() -> None:
        async with process(database) as first, process(database) as second:
            session = await first.begin()
            await say(session, first.channel, "one")
            await first.presence.beat(first.host)
            assert not session.has_ended
            fall_silent(database, first)
            await second.host.resume(session.resume_token, second.channel)
            await first.presence.beat(first.host)
            assert session.has_ended
            with pytest.raises(CallerError):
                await first.host.resume(session.resume_token, Channel())

    run(scenario)


def test_a_running_call_outside_is_left_alone_until_its_process_is_gone(
    database: Database,
) -> None:
    async def scenario() -> None:
        async with process(database) as first, process(database) as second:
            session = await first.begin()
            await say(session, first.channel, "one")
            call = LedgerCall(
                id=uuid7(),
                conversation_id=session.conversation_id,
                tool_call_id="call-1",
                name="book",
                arguments="{}",
                arguments_hash="h",
                effect=ToolEffect.WRITE,
                caller=Caller(),
                is_external=True,
            )
            with database.write() as write:
                open_call(write, call, SystemClock().utc())
            for _ in range(3):
                with pytest.raises(TryLater):
                    await second.host.resume(session.resume_token, second.channel)
            with database.read() as read:
                assert read.scalars(select(ToolCall.status)).one() is ToolCallStatus.RUNNING
            fall_silent(database, first)
            await second.host.resume(session.resume_token, second.channel)
            with database.read() as read:
                assert read.scalars(select(ToolCall.status)).one() is ToolCallStatus.FAILED

    run(scenario)


def test_two_who_return_one_after_the_other_with_one_token_are_one_session(
    database: Database,
) -> None:
    async def scenario() -> None:
        async with process(database) as first, process(database) as second:
            session = await first.begin()
            await say(session, first.channel, "one")
            fall_silent(database, first)
            token = session.resume_token
            resumed = await second.host.resume(token, second.channel)
            for _ in range(3):
                with pytest.raises(CallerError):
                    await second.host.resume(token, Channel())
            await say(resumed, second.channel, "two")
            assert not resumed.has_ended

    run(scenario)


def test_a_process_that_ended_in_order_holds_nothing(database: Database) -> None:
    async def scenario() -> None:
        async with process(database) as first:
            session = await first.begin()
            await say(session, first.channel, "one")
            await first.host.stop()
        with database.read() as read:
            assert read.scalars(select(Process)).all() == []
            assert read.scalars(select(Conversation.end_reason)).one() == "service_stopping"

    run(scenario)


def test_a_database_that_takes_no_heartbeat_makes_the_process_unwell(
    sqlite_database: Database,
) -> None:
    async def scenario() -> None:
        async with process(sqlite_database) as one:
            with sqlite_database.write() as other:
                other.execute(delete(Process))  # and so holds the lock
                await one.presence.beat(one.host)
            assert not one.presence.is_well
            await one.presence.beat(one.host)
            assert one.presence.is_well

    run(scenario)


def test_changes_of_the_storage_are_told_once_each() -> None:
    checks = [
        (True, True),
        (False, True),
        (True, False),
        (False, False),
        (True, True),
        (True, True),
    ]
    told: list[bool] = []

    async def scenario() -> None:
        looks = iter(checks)
        now = [(True, True)]

        def next_look() -> bool:
            now[0] = next(looks, None) or now[0]
            if now[0] is checks[-1] and len(told) == 2:
                watching.cancel()
            return now[0][0]

        watch = StorageWatch(next_look, lambda: now[0][1])
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch.run(told.append, pause_s=0))
        assert told == [False, True]

    run(scenario)
