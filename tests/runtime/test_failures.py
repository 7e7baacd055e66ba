"""Whatever fails, a conversation ends in words and on record, and nothing waits for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from an_agent import AGENT, LIMITS

from agent_service.channels.widget import TRAITS
from agent_service.clock import SystemClock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    IncidentRecord,
    Modality,
    Record,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.conversation.spec import ToolPolicy
from agent_service.engines.scripted import ScriptedEngine
from agent_service.errors import CallerError, StoreError
from agent_service.runtime import errands, host
from agent_service.runtime.host import AgentProfile, Host
from agent_service.runtime.ports import StartRequest
from agent_service.runtime.session import Session
from agent_service.store.claims import Claim
from agent_service.store.identity import Claimant
from agent_service.store.interrupted import Interrupted

BROKEN = "broken"


class Channel:
    """A caller's client; ``failure`` is raised by what it is sent."""

    traits = TRAITS

    def __init__(self) -> None:
        self.sent: list[cmd.CallerCommand] = []
        self.closed: str | None = None
        self.failure: Exception | None = None

    def send(self, command: cmd.CallerCommand) -> None:
        if self.failure is not None and not isinstance(command, cmd.EndConversation):
            raise self.failure
        self.sent.append(command)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        pass

    def close(self, reason: str) -> None:
        self.closed = reason

    @property
    def last_words(self) -> list[str]:
        """Error code and end reason, as far as they were told."""
        errors = [c.code for c in self.sent if isinstance(c, cmd.ShowError)]
        return [*errors, *(c.reason for c in self.sent if isinstance(c, cmd.EndConversation))]


@dataclass
class Book:
    """The record; ``is_writable`` False holds all back."""

    kept: list[Record] = field(default_factory=list)
    is_writable: bool = True

    def record(
        self,
        record: Record,
        on_committed: Callable[[], None] | None = None,
        *,
        claim: Claim | None = None,
    ) -> None:
        assert claim is not None, "every record of a conversation comes under its claim"
        self.kept.append(record)
        if on_committed is not None and self.is_writable:
            asyncio.get_running_loop().call_soon(on_committed)

    def of(self, kind: type[Any]) -> list[Any]:
        return [record for record in self.kept if isinstance(record, kind)]


class Tools:
    """Tools that never end before the test is over."""

    async def prepare(
        self, call: cmd.PrepareTool, caller: Caller, conversation_id: str
    ) -> ev.ToolPrepared | ev.ToolFinished:
        return ev.ToolPrepared(call.tool_call_id, "hash", "Cancel", "Cancel it?", True)

    async def run(
        self,
        call: cmd.RunTool,
        caller: Caller,
        conversation_id: str,
        report: Callable[[ev.ToolProgressed | ev.ToolDelayed], None] | None = None,
    ) -> ev.ToolFinished:
        await asyncio.Event().wait()
        raise AssertionError


class Identity:
    """Does with a proof what the test says."""

    def __init__(self) -> None:
        self.failure: Exception | None = None

    async def enter_code(self, caller: Caller, claimant: Claimant, code: str) -> Caller:
        if self.failure is not None:
            raise self.failure
        await asyncio.Event().wait()
        raise AssertionError

    async def answer_check(
        self, caller: Caller, claimant: Claimant, proof: str, answers: Mapping[str, str]
    ) -> Caller:
        raise AssertionError


class BrokenEngine(ScriptedEngine):
    """A codec with a defect: some command cannot be written."""

    broken: type[cmd.EngineCommand] | None = None

    def send(self, command: cmd.EngineCommand) -> None:
        if self.broken is not None and isinstance(command, self.broken):
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        super().send(command)


class Policies(dict[str, ToolPolicy]):
    """Makes the rules fail when a tool of a certain name is asked for."""

    def get(self, name: str, default: Any = None) -> Any:
        if name == BROKEN:
            raise RuntimeError("a defect in the rules")
        return super().get(name, default)


class StuckEngine(ScriptedEngine):
    """A provider whose socket never closes."""

    async def close(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Scene:
    host: Host
    engines: list[BrokenEngine]
    book: Book
    identity: Identity
    is_lost: list[bool]
    """The database, which does not answer a search for a conversation any more."""
    channel: Channel = field(default_factory=Channel)

    async def begin(self) -> Session:
        start = StartRequest("support", Caller(), Modality.TEXT)
        session = await self.host.begin(start, self.channel)
        await settle()
        return session

    def ask_for_tool(self, name: str, call: str = "call-1", response: str = "resp-1") -> None:
        self.engines[-1].push(
            ev.ResponseStarted(response),
            ev.ToolCallRequested(response, call, name, "{}"),
            ev.ResponseFinished(response, ev.ResponseStatus.COMPLETED),
        )

    @property
    def end_reasons(self) -> list[str | None]:
        """Of all that the record says of the conversation, those that end it."""
        return [r.end_reason for r in self.book.of(ConversationRecord) if r.ended_at is not None]


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def scene(make_engine: Callable[[], Any] = BrokenEngine) -> AsyncIterator[Scene]:
    engines: list[Any] = []

    def new_engine() -> Any:
        engines.append(make_engine())
        return engines[-1]

    is_lost = [False]

    async def nothing(token: str, live: Collection[str]) -> Interrupted | None:
        if is_lost[0]:
            await asyncio.Event().wait()
        return None

    profile = AgentProfile(
        settings=AGENT,
        disclosure=None,
        transcription_model="whisper-1",
        tools=(),
        policies=Policies(
            look=ToolPolicy("look", "Look", is_write=False),
            cancel=ToolPolicy("cancel", "Cancel", is_write=True),
        ),
        notices={},
    )
    book, identity = Book(), Identity()
    async with asyncio.timeout(60):
        async with Host(
            [profile],
            process_id="me",
            new_engine=new_engine,
            tools=Tools(),
            identity=identity,
            records=book,
            find_interrupted=nothing,
            clock=SystemClock(),
            limits=LIMITS,
            can_record=lambda: True,
        ) as opened:
            yield Scene(opened, engines, book, identity, is_lost)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the limits that these tests run into."""
    monkeypatch.setattr(host, "STOP_S", 0.05)
    monkeypatch.setattr(host, "FIND_S", 0.05)
    monkeypatch.setattr(errands, "RECORD_WAIT_S", 0.05)
    monkeypatch.setattr(errands, "PROOF_S", 0.05)
    monkeypatch.setattr("agent_service.runtime.session.ENGINE_CLOSE_S", 0.05)


def break_at(s: Scene, command: type[cmd.EngineCommand]) -> None:
    s.engines[-1].broken = command


def test_a_command_that_cannot_be_performed_ends_the_conversation_in_words_and_on_record() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            break_at(s, cmd.RequestResponse)
            session.receive(ev.CallerTyped("where is order 1004?"))
            assert await session.wait_ended() == "internal_error"
            assert s.channel.last_words == ["internal_error", "internal_error"]
            assert s.end_reasons == ["internal_error"]
            assert [r.code for r in s.book.of(IncidentRecord)] == ["internal_error"]
            assert [turn.text for turn in s.book.of(TurnRecord)] == ["where is order 1004?"]
            with pytest.raises(CallerError) as refused:
                await s.host.resume(session.resume_token, Channel())
            assert refused.value.code == "resume_failed"
            await settle()
            assert s.host.live == 0

    asyncio.run(run())


def test_a_defect_in_the_rules_ends_the_conversation_with_what_is_open_on_record() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.ask_for_tool("cancel")
            await settle()
            assert s.book.of(ConfirmationRecord)
            s.ask_for_tool(BROKEN, call="call-2", response="resp-2")
            assert await session.wait_ended() == "internal_error"
            assert s.end_reasons == ["internal_error"]
            statuses = [record.status for record in s.book.of(ConfirmationRecord)]
            assert statuses[-1] is ConfirmationStatus.VOIDED
            calls = [record.status for record in s.book.of(ToolCallRecord)]
            assert calls == [ToolCallStatus.AWAITING_CONFIRMATION, ToolCallStatus.ENDED]

    asyncio.run(run())


def test_a_client_that_cannot_be_written_to_ends_its_conversation_alone() -> None:
    async def run() -> None:
        async with scene() as s:
            session, other = await s.begin(), await s.begin()
            s.channel.failure = RuntimeError("a defect in the codec")
            s.engines[0].push(ev.ResponseStarted("r"), ev.AgentText("r", "i", "hi", False))
            assert await session.wait_ended() == "internal_error"
            assert s.end_reasons == ["internal_error"]
            assert not other.has_ended

    asyncio.run(run())


def test_a_defect_while_a_proof_is_checked_leaves_the_other_conversations_alone() -> None:
    async def run() -> None:
        async with scene() as s:
            session, other = await s.begin(), await s.begin()
            s.identity.failure = RuntimeError("a defect in the check")
            session.receive(ev.CallerEnteredCode("1234"))
            assert await session.wait_ended() == "internal_error"
            await settle()
            assert (s.host.live, other.has_ended) == (1, False)

    asyncio.run(run())


@pytest.mark.parametrize("is_writable", [False, True], ids=["no record", "no answer"])
def test_a_proof_ends_in_time_and_does_not_keep_the_service_from_stopping(
    is_writable: bool,
) -> None:
    async def run() -> None:
        async with scene() as s:
            s.book.is_writable = is_writable
            session = await s.begin()
            session.receive(ev.CallerEnteredCode("1234"))
            await asyncio.sleep(0.1)  # twice the limit
            assert s.channel.last_words == ["storage"]
            assert not session.has_ended
            session.receive(ev.CallerEnteredCode("1234"))
            await s.host.stop()

    asyncio.run(run())


def test_a_database_that_fails_under_a_proof_is_not_described_to_the_caller() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.identity.failure = StoreError("no route to host db.internal:5432")
            session.receive(ev.CallerEnteredCode("1234"))
            await settle()
            (told,) = [c for c in s.channel.sent if isinstance(c, cmd.ShowError)]
            assert (told.code, told.is_retryable) == ("storage", True)
            assert "db.internal" not in told.message

    asyncio.run(run())


def test_the_service_gives_up_on_rules_that_do_not_end_and_ends_the_record_itself() -> None:
    async def run() -> None:
        async with scene() as s:
            s.book.is_writable = False  # the rules wait three seconds for the last turns
            session = await s.begin()
            session.receive(ev.CallerTyped("hello"))
            await s.host.stop()
            assert await session.wait_ended() == "service_stopping"
            assert s.end_reasons == ["service_stopping"]
            assert s.channel.last_words == ["service_stopping"]

    asyncio.run(run())


def test_neither_a_tool_nor_a_provider_that_hangs_keeps_the_service_from_stopping() -> None:
    async def run() -> None:
        async with scene(StuckEngine) as s:
            await s.begin()
            s.ask_for_tool("look")
            await settle()
        assert s.end_reasons == ["service_stopping"]

    asyncio.run(run())


def test_a_conversation_that_opens_while_the_service_stops_is_ended_too() -> None:
    class SlowEngine(ScriptedEngine):
        async def open(self, spec: Any, deliver: Any) -> None:
            await may_open.wait()
            await super().open(spec, deliver)

    may_open = asyncio.Event()

    async def run() -> None:
        async with scene(SlowEngine) as s, asyncio.TaskGroup() as tasks:
            opening = tasks.create_task(s.begin())
            await settle()
            await s.host.stop()
            may_open.set()
            session = await opening
            assert await session.wait_ended() == "service_stopping"

    asyncio.run(run())


@pytest.mark.parametrize("wait", range(3))
def test_a_caller_who_hangs_up_as_the_conversation_begins_leaves_nothing_open(wait: int) -> None:
    async def run() -> None:
        async with scene() as s, asyncio.TaskGroup() as tasks:
            start = StartRequest("support", Caller(), Modality.TEXT)
            beginning = tasks.create_task(s.host.begin(start, s.channel))
            for _ in range(wait):
                await asyncio.sleep(0)
            beginning.cancel()
            await settle()
            assert s.host.live == 0
            assert all(engine.is_closed for engine in s.engines)
            assert len(s.book.of(ConversationRecord)) == 2 * len(s.end_reasons)
            assert s.end_reasons in ([], ["caller_ended"])

    asyncio.run(run())


def test_the_agent_hears_when_a_conversation_has_begun() -> None:
    async def run() -> None:
        async with scene() as s:
            start = StartRequest("support", Caller(), Modality.TEXT)
            session = await s.host.begin(start, s.channel)
            session.receive(ev.CallerAudio(bytes(960)))
            session.receive(ev.CallerTyped("hi"))
            assert s.engines[0].audio == [bytes(960)]
            assert cmd.SendText("hi") in s.engines[0].commands

    asyncio.run(run())


def test_a_conversation_to_return_to_is_not_looked_for_for_ever() -> None:
    async def run() -> None:
        async with scene() as s:
            s.is_lost[0] = True
            for _ in range(2):
                with pytest.raises(StoreError):
                    await s.host.resume("token", Channel())
            s.is_lost[0] = False
            with pytest.raises(CallerError) as refused:
                await s.host.resume("token", Channel())
            assert refused.value.code == "resume_failed"

    asyncio.run(run())


def test_a_process_that_was_overtaken_lets_go_and_touches_nothing() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.ask_for_tool("look")
            await settle()
            s.host.lose(Claim(session.conversation_id, "me", 2))  # an older run's
            assert not session.has_ended
            kept = len(s.book.kept)
            s.host.lose(session.claim)
            assert await session.wait_ended() == "taken_over"
            assert s.channel.closed == "replaced"
            session.receive(ev.CallerTyped("still here"))
            session.receive(ev.CallerEnteredCode("1234"))
            session.detach(s.channel)
            session.stop()
            assert len(s.book.kept) == kept
            assert s.channel.last_words == []

    asyncio.run(run())


def test_callers_are_told_once_that_the_record_fails_and_once_that_it_is_well() -> None:
    async def run() -> None:
        async with scene() as s:
            await s.begin()
            s.host.storage_changed(False)
            s.host.storage_changed(True)
            told = [c.code for c in s.channel.sent if isinstance(c, cmd.ShowIncident)]
            assert told == ["storage", "storage_restored"]

    asyncio.run(run())
