"""The loop around the dialogue: order of commands, tools, records, losses, returns and ends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal, TypeVar

import pytest
from an_agent import AGENT, LIMITS
from desk_line import DeskLine
from hand_clock import HandClock

from agent_service.agent import AgentRecordingSettings
from agent_service.channels.widget import TRAITS
from agent_service.clock import Clock, SystemClock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationRecord,
    ConversationRecord,
    IncidentRecord,
    Modality,
    Record,
    ResumptionRecord,
    Role,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
    ms_between,
)
from agent_service.conversation.spec import (
    HistoryTurn,
    PendingCall,
    SessionSpec,
    ToolPolicy,
)
from agent_service.engines.scripted import ScriptedEngine
from agent_service.errors import CallerError, EngineError, StoreError, TryLater
from agent_service.recording.tape import Tape
from agent_service.runtime.host import AgentProfile, Host
from agent_service.runtime.ports import StartRequest
from agent_service.runtime.session import Session
from agent_service.store.claims import Claim
from agent_service.store.identity import Claimant, ProofError
from agent_service.store.interrupted import Interrupted, RecordedTurn, token_hash

MS = bytes(48)
R = TypeVar("R")


class MemoryChannel:
    """A caller's client that keeps what it is sent."""

    traits = TRAITS

    def __init__(self) -> None:
        self.sent: list[cmd.CallerCommand] = []
        self.closed: str | None = None
        self.report: Callable[[bool], None] | None = None

    def send(self, command: cmd.CallerCommand) -> None:
        self.sent.append(command)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        self.report = report

    def close(self, reason: str) -> None:
        self.closed = reason


@dataclass
class MemoryRecords:
    """Commits at the next turn of the loop, or when the test says so."""

    kept: list[Record] = field(default_factory=list)
    is_holding: bool = False
    is_well: bool = True
    held: list[Callable[[], None]] = field(default_factory=list)

    def record(
        self,
        record: Record,
        on_committed: Callable[[], None] | None = None,
        *,
        claim: Claim | None = None,
    ) -> None:
        self.kept.append(record)
        if on_committed is None:
            return
        if self.is_holding:
            self.held.append(on_committed)
        else:
            asyncio.get_running_loop().call_soon(on_committed)

    def of(self, kind: type[R]) -> list[R]:
        return [record for record in self.kept if isinstance(record, kind)]


@dataclass
class MemoryTools:
    """Tools that wait for the test's permission."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    prepared: list[cmd.PrepareTool] = field(default_factory=list)
    run_calls: list[cmd.RunTool] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    failure: Exception | None = None
    is_shortening: bool = False

    async def prepare(
        self, call: cmd.PrepareTool, caller: Caller, conversation_id: str
    ) -> ev.ToolPrepared | ev.ToolFinished:
        self.prepared.append(call)
        return ev.ToolPrepared(call.tool_call_id, "hash", "Cancel", "Cancel it?", True)

    async def run(
        self,
        call: cmd.RunTool,
        caller: Caller,
        conversation_id: str,
        report: Callable[[ev.ToolProgressed | ev.ToolDelayed], None] | None = None,
    ) -> ev.ToolFinished:
        self.run_calls.append(call)
        self.callers.append(caller)
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        status = ToolCallStatus.SUCCEEDED
        return ev.ToolFinished(call.tool_call_id, status, '{"say":"ok"}', self.is_shortening)


@dataclass
class MemoryReports:
    """Keeps what who watches would be told."""

    seen: list[tuple[str, cmd.CallerCommand]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def shown(self, conversation_id: str, command: cmd.CallerCommand) -> None:
        self.seen.append((conversation_id, command))

    def left(self, conversation_id: str) -> None:
        self.gone.append(conversation_id)


@dataclass
class MemoryRecordings:
    """Keeps the tapes of conversations."""

    tapes: list[Tape] = field(default_factory=list)
    beginnings: list[tuple[float, bool]] = field(default_factory=list)

    def tape(self, conversation_id: str, *, earlier_s: float, is_on: bool) -> Tape:
        self.tapes.append(Tape(SystemClock().now() - earlier_s))
        self.beginnings.append((earlier_s, is_on))
        return self.tapes[-1]

    def things(self) -> list[Any]:
        return [thing for _, thing in self.tapes[-1].take()]


class HastyEngine(ScriptedEngine):
    """A provider that hangs up as soon as it has accepted the session."""

    async def open(self, spec: SessionSpec, deliver: Callable[[ev.EngineEvent], None]) -> None:
        await super().open(spec, deliver)
        asyncio.get_running_loop().call_soon(self.push, ev.EngineDropped("dropped", "gone"))


@dataclass
class MemoryPictures:
    """Has one picture, unless it cannot be asked."""

    failure: Exception | None = None

    async def find(self, conversation_id: str, number: int) -> bytes | None:
        if self.failure is not None:
            raise self.failure
        return b"jpeg" if number == 1 else None


class MemoryIdentity:
    """Knows one code and one answer."""

    async def enter_code(self, caller: Caller, claimant: Claimant, code: str) -> Caller:
        if code == "0000":
            raise ProofError
        is_right = code == "1234"
        return replace(caller, level=CallerLevel.STEPPED_UP) if is_right else caller

    async def answer_check(
        self, caller: Caller, claimant: Claimant, proof: str, answers: Mapping[str, str]
    ) -> Caller:
        return Caller("C0001", "Jane Doe", CallerLevel.IDENTIFIED)


@dataclass
class Scene:
    host: Host
    engines: list[ScriptedEngine]
    tools: MemoryTools
    records: MemoryRecords
    channel: MemoryChannel = field(default_factory=MemoryChannel)
    past: Interrupted | None = None
    """What the record knows of a conversation without a process."""
    reports: MemoryReports = field(default_factory=MemoryReports)

    async def begin(self, agent: str = "support", caller: Caller | None = None) -> Session:
        start = StartRequest(agent, caller or Caller(), Modality.AUDIO)
        session = await self.host.begin(start, self.channel)
        await settle()
        return session

    @property
    def engine(self) -> ScriptedEngine:
        return self.engines[-1]

    def call_tool(self, name: str = "look") -> None:
        self.engine.push(
            ev.ResponseStarted("resp-1"),
            ev.ToolCallRequested("resp-1", "call-1", name, "{}"),
            ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
        )


def interrupted(**changes: Any) -> Interrupted:
    """Return what is on record of a conversation whose process is gone, as it is to be."""
    now = SystemClock().utc()
    past = Interrupted(
        claim=Claim("c-1", "me", 2),
        agent="support",
        channel="widget",
        modality=Modality.AUDIO,
        caller=Caller("C0001"),
        started_at=now,
        last_seen_at=now,
        turns=(),
        history=(),
        has_open_question=False,
    )
    return replace(past, **changes)


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(20):
        await asyncio.sleep(0)


async def open_work(customer_id: str) -> str | None:
    return "The team has it." if customer_id == "C-1" else None


@asynccontextmanager
async def scene(
    refusal: EngineError | None = None,
    *,
    first: ScriptedEngine | None = None,
    clock: Clock | None = None,
    pictures: MemoryPictures | None = None,
    recordings: "MemoryRecordings | None" = None,
    mode: Literal["off", "on", "consent"] = "off",
    knows_open_work: bool = False,
) -> AsyncIterator[Scene]:
    engines: list[ScriptedEngine] = []

    def new_engine() -> ScriptedEngine:
        engines.append(ScriptedEngine(refusal=refusal) if engines or first is None else first)
        return engines[-1]

    profile = AgentProfile(
        settings=AGENT.model_copy(
            update={
                "recording": AgentRecordingSettings(mode=mode),
                "knows_open_work": knows_open_work,
            }
        ),
        disclosure=None,
        transcription_model="whisper-1",
        tools=(),
        policies={
            "look": ToolPolicy("look", "Look", is_write=False),
            "cancel": ToolPolicy("cancel", "Cancel", is_write=True),
        },
        notices={},
    )
    tools, records, reports = MemoryTools(), MemoryRecords(), MemoryReports()
    made: list[Scene] = []

    async def find_interrupted(token: str, live: Collection[str]) -> Interrupted | None:
        past = made[0].past
        return None if past is None or past.claim.conversation_id in live else past

    async with asyncio.timeout(60):
        async with Host(
            [profile],
            process_id="me",
            new_engine=new_engine,
            tools=tools,
            identity=MemoryIdentity(),
            records=records,
            find_interrupted=find_interrupted,
            clock=clock or SystemClock(),
            limits=LIMITS,
            can_record=lambda: records.is_well,
            reports=reports,
            pictures=pictures,
            recordings=recordings,
            earlier=open_work,
        ) as host:
            made.append(Scene(host, engines, tools, records, reports=reports))
            yield made[0]
            tools.gate.set()


def test_audio_goes_straight_to_the_provider() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            session.receive(ev.CallerAudio(MS * 20))
            assert s.engine.audio == [MS * 20]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("customer_id", "knows", "told"),
    [("C-1", True, 1), ("C-2", True, 0), (None, True, 0), ("C-1", False, 0)],
)
def test_only_an_agent_that_may_is_told_what_the_team_works_on(
    customer_id: str | None, knows: bool, told: int
) -> None:
    async def run() -> None:
        async with scene(knows_open_work=knows) as s:
            await s.begin(caller=Caller(customer_id))
            assert s.engine.spec is not None
            expected = (HistoryTurn(Role.SYSTEM, "The team has it."),)
            assert s.engine.spec.history == expected[:told]

    asyncio.run(run())


def test_who_watches_is_told_what_the_caller_is_shown_but_not_the_sound() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.engine.push(ev.ResponseStarted("r"))
            s.engine.push(ev.AgentAudio("r", "item", MS * 20, 20))
            s.engine.push(ev.AgentText("r", "item", "Hello.", is_spoken=True))
            await settle()
            shown = [command for _, command in s.reports.seen]
            assert any(isinstance(command, cmd.ShowTranscript) for command in shown)
            assert not any(isinstance(command, cmd.PlayAudio) for command in shown)
            assert {id for id, _ in s.reports.seen} == {session.conversation_id}
            s.host.lose(session.claim)
            assert s.reports.gone == [session.conversation_id]

    asyncio.run(run())


def test_a_tool_round_ends_in_a_request_for_words() -> None:
    async def run() -> None:
        async with scene() as s:
            await s.begin()
            s.call_tool()
            s.tools.gate.set()
            await settle()
            assert s.engine.commands == [
                cmd.SubmitToolResult("call-1", '{"say":"ok"}'),
                cmd.RequestResponse(),
            ]
            assert len(s.records.of(ToolCallRecord)) == 1

    asyncio.run(run())


def test_no_tool_runs_before_the_conversation_is_on_record() -> None:
    async def run() -> None:
        async with scene() as s:
            s.records.is_holding = True
            await s.begin()
            s.call_tool()
            await settle()
            assert s.tools.run_calls == []
            for commit in s.records.held:
                commit()
            await settle()
            assert len(s.tools.run_calls) == 1

    asyncio.run(run())


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_end_is_told_once_it_is_on_record_or_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    monkeypatch.setattr("agent_service.runtime.session.ON_RECORD_S", 60.0 if is_kept else 0.01)

    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.records.is_holding = True
            session.receive(ev.CallerEnded())
            session.receive(ev.CallerTyped("Wait!"))
            await settle()
            assert s.records.of(ConversationRecord)[-1].ended_at is not None
            assert cmd.EndConversation("caller_ended") not in s.channel.sent
            assert not session.has_ended
            if is_kept:
                for commit in list(s.records.held):
                    commit()
            assert await session.wait_ended() == "caller_ended"
            assert s.channel.sent.count(cmd.EndConversation("caller_ended")) == 1

    asyncio.run(run())


def test_no_write_runs_before_the_yes_is_on_record() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.call_tool("cancel")
            await settle()
            s.engine.push(
                ev.ResponseStarted("resp-2"),
                ev.AgentText("resp-2", "out-2", "Cancel it? Shall I go ahead?", is_spoken=True),
                ev.AgentAudio("resp-2", "out-2", MS * 900, 900),
                ev.ResponseFinished("resp-2", ev.ResponseStatus.COMPLETED),
            )
            session.receive(ev.CallerPlayed("out-2", 900))
            s.records.is_holding = True
            session.receive(ev.CallerTyped("yes"))
            await settle()
            assert s.tools.run_calls == []
            for commit in list(s.records.held):
                commit()
            await settle()
            assert s.tools.run_calls[0].confirmation_id is not None
            assert len(s.records.of(ConfirmationRecord)) == 3  # offered, heard, accepted

    asyncio.run(run())


def test_result_that_was_cut_is_on_record() -> None:
    async def run() -> None:
        async with scene() as s:
            await s.begin()
            s.tools.is_shortening = True
            s.tools.gate.set()
            s.call_tool()
            await settle()
            [incident] = s.records.of(IncidentRecord)
            assert incident.code == "tool_output_shortened"
            assert s.tools.run_calls[0].name in incident.message

    asyncio.run(run())


def test_a_tool_that_breaks_is_a_result_and_the_call_goes_on() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.tools.failure = RuntimeError("boom")
            s.tools.gate.set()
            s.call_tool()
            await settle()
            result = next(c for c in s.engine.commands if isinstance(c, cmd.SubmitToolResult))
            assert '"status":"failed"' in result.output
            session.receive(ev.CallerTyped("hello?"))
            assert cmd.SendText("hello?") in s.engine.commands

    asyncio.run(run())


def test_the_end_waits_for_a_running_tool_and_closes_the_provider() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.call_tool()
            await settle()
            session.receive(ev.CallerEnded())
            assert await session.wait_ended() == "caller_ended"
            assert s.host.live == 1
            s.tools.gate.set()
            await settle()
            assert s.host.live == 0
            assert s.engine.is_closed

    asyncio.run(run())


def test_a_lost_provider_session_is_replaced() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            session.receive(ev.CallerTyped("where is order 1004?"))
            await settle()
            s.engine.push(ev.EngineDropped("dropped", "gone"))
            await settle()
            assert len(s.engines) == 2
            assert s.engines[0].is_closed
            assert s.engine.spec is not None
            assert [getattr(entry, "text", "") for entry in s.engine.spec.history] == [
                "where is order 1004?"
            ]
            assert s.engine.commands == [cmd.RequestResponse()]

    asyncio.run(run())


def test_a_provider_that_hangs_up_at_once_is_replaced_like_any_other() -> None:
    async def run() -> None:
        async with scene(first=HastyEngine()) as s:
            session = await s.begin()
            assert len(s.engines) == 2
            session.receive(ev.CallerTyped("are you there?"))
            assert cmd.SendText("are you there?") in s.engine.commands

    asyncio.run(run())


def test_a_refused_beginning_is_raised_and_on_record() -> None:
    async def run() -> None:
        refusal = EngineError("The provider refused the key.", code="provider_refused_key")
        async with scene(refusal) as s:
            with pytest.raises(EngineError, match="refused the key"):
                await s.begin()
            assert [r.code for r in s.records.of(IncidentRecord)] == ["provider_refused_key"]
            assert len(s.records.of(ConversationRecord)) == 2
            assert s.host.live == 0

    asyncio.run(run())


class Listening:
    """Rules that note what happens, and want the provider back when the caller types."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self.is_refused_again = asyncio.Event()

    def handle(self, event: ev.Event, now: float) -> tuple[cmd.Command, ...]:
        self.events.append(event)
        if len(self.events) == 3:
            self.is_refused_again.set()
        return (cmd.ReopenEngine((), 0.0),) if isinstance(event, ev.CallerTyped) else ()

    def deadline(self) -> float | None:
        return None


@pytest.mark.parametrize("retry_after_s", [5.0, None])
def test_how_long_a_provider_wants_to_be_left_alone_reaches_the_rules(
    retry_after_s: float | None,
) -> None:
    async def run() -> None:
        busy = EngineError("Busy.", code="provider_busy", retry_after_s=retry_after_s)
        dropped = ev.EngineDropped("provider_busy", "Busy.", retry_after_s)
        rules = Listening()
        session = Session(
            rules,  # type: ignore[arg-type]  # what a session uses of the rules
            claim=Claim("c", "me"),
            began_at=SystemClock().utc(),
            agent="support",
            caller=Caller("customer", level=CallerLevel.VERIFIED),
            source="here",
            spec=SessionSpec(AGENT, Modality.TEXT),
            new_engine=lambda: ScriptedEngine(refusal=busy),
            engine=ScriptedEngine(refusal=busy),
            tools=MemoryTools(),
            identity=MemoryIdentity(),
            records=MemoryRecords(),
            clock=SystemClock(),
            channel=MemoryChannel(),
        )
        with pytest.raises(EngineError):
            await session.open()
        assert rules.events == [dropped]
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(session.run())
            await settle()
            session.receive(ev.CallerTyped("hello?"))
            await rules.is_refused_again.wait()
            running.cancel()
        assert rules.events == [dropped, ev.CallerTyped("hello?"), dropped]

    asyncio.run(run())


def test_an_unknown_agent_is_refused() -> None:
    async def run() -> None:
        async with scene() as s:
            with pytest.raises(CallerError) as caught:
                await s.begin("nobody")
            assert caught.value.code == "unknown_agent"

    asyncio.run(run())


def test_a_returning_caller_finds_the_conversation_once() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            token = session.resume_token
            session.detach(s.channel)
            other = MemoryChannel()
            assert await s.host.resume(token, other) is session
            assert s.channel.closed == "replaced"
            session.receive(ev.CallerTyped("hi"))
            await settle()
            assert any(isinstance(c, cmd.ShowTranscript) for c in other.sent)
            with pytest.raises(CallerError):
                await s.host.resume(token, MemoryChannel())

    asyncio.run(run())


def test_another_device_continues_with_what_was_offered_last_and_once() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            (earlier, _), (token, until) = session.offer(), session.offer()
            assert 299 < (until - session.utc()).total_seconds() <= 300
            with pytest.raises(CallerError):
                await s.host.resume(earlier, MemoryChannel())
            on_record = s.records.of(ResumptionRecord)[-1]
            assert on_record.token_hash == token_hash(session.resume_token)
            assert (on_record.offer_hash, on_record.offered_until) == (token_hash(token), until)
            other = MemoryChannel()
            assert await s.host.resume(token, other) is session
            assert s.channel.closed == "replaced"
            assert s.records.of(ResumptionRecord)[-1].offer_hash is None
            with pytest.raises(CallerError):
                await s.host.resume(token, MemoryChannel())
            assert await s.host.resume(session.resume_token, MemoryChannel()) is session

    asyncio.run(run())


def test_what_was_offered_holds_for_five_minutes() -> None:
    async def run() -> None:
        clock = HandClock()
        async with scene(clock=clock) as s:
            session = await s.begin()
            token, _ = session.offer()
            clock.seconds += 299
            assert session.admits(token)
            clock.seconds += 1
            assert not session.admits(token)
            assert session.admits(session.resume_token)

    asyncio.run(run())


def test_whether_the_agent_is_heard_is_known_to_who_comes_back() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            known = [session.modality]
            session.receive(ev.CallerSwitched(Modality.TEXT))
            assert [*known, session.modality] == [Modality.AUDIO, Modality.TEXT]
            assert s.engine.commands[-1] == cmd.SwitchModality(Modality.TEXT)

    asyncio.run(run())


def test_a_line_that_cannot_be_taken_up_again_is_hung_up_when_it_breaks() -> None:
    async def run() -> None:
        async with scene() as s:
            s.channel.traits = replace(TRAITS, can_return=False)
            session = await s.begin()
            session.detach(s.channel)
            assert await session.wait_ended() == "caller_ended"

    asyncio.run(run())


def test_a_caller_comes_back_by_the_kind_of_channel_that_they_left() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            other = MemoryChannel()
            other.traits = replace(TRAITS, name="phone")
            with pytest.raises(CallerError):
                await s.host.resume(session.resume_token, other)
            await s.host.resume(session.resume_token, MemoryChannel())
            assert s.channel.closed == "replaced"

    asyncio.run(run())


def test_the_record_says_by_which_channel_a_caller_came() -> None:
    async def run() -> None:
        async with scene() as s:
            s.channel.traits = replace(TRAITS, name="phone")
            await s.begin()
            assert [r.channel for r in s.records.of(ConversationRecord)] == ["phone"]

    asyncio.run(run())


def test_a_caller_who_cannot_keep_up_stops_the_reading_of_the_provider() -> None:
    async def run() -> None:
        async with scene() as s:
            await s.begin()
            assert s.channel.report is not None
            s.channel.report(True)
            assert not s.engine.is_reading
            s.channel.report(False)
            assert s.engine.is_reading

    asyncio.run(run())


def test_audio_that_the_provider_does_not_take_is_dropped_with_one_mark_a_stretch() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            for _ in range(2):
                s.engine.on_congestion(True)
                for _ in range(3):
                    session.receive(ev.CallerAudio(MS * 20))
                assert s.engine.audio == []
                s.engine.on_congestion(False)
            s.engine.on_congestion(True)
            s.engine.on_congestion(False)
            session.receive(ev.CallerAudio(MS))
            assert s.engine.audio == [MS]
            marks = s.records.of(IncidentRecord)
            assert [mark.code for mark in marks] == ["caller_audio_dropped"] * 2
            assert "60 ms" in marks[0].message
            assert all((m.ended_ms or 0) > (m.started_ms or 0) for m in marks)

    asyncio.run(run())


def test_audio_dropped_until_the_end_leaves_its_mark_and_none_is_dropped_while_reopening() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.engine.on_congestion(True)
            session.receive(ev.CallerAudio(MS * 20))
            s.engine.push(ev.EngineDropped("dropped", "gone"))
            session.receive(ev.CallerAudio(MS * 7))
            await settle()
            assert s.engine.audio == [MS * 7]
            s.engine.on_congestion(True)
            session.receive(ev.CallerAudio(MS * 9))
            session.receive(ev.CallerEnded())
            await session.wait_ended()
            marks = [r for r in s.records.of(IncidentRecord) if r.code == "caller_audio_dropped"]
            assert ["20 ms" in marks[0].message, "9 ms" in marks[1].message] == [True, True]

    asyncio.run(run())


def test_the_agent_is_paused_and_answers_afterwards() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            line = DeskLine()
            session.representatives.take_over(line, "Ana", is_patient=False)
            session.receive(ev.CallerTyped("hi"))
            assert cmd.RequestResponse() not in s.engine.commands
            session.representatives.hand_back(line)
            assert s.engine.commands[-1] == cmd.RequestResponse()

    asyncio.run(run())


def test_the_service_stops_with_the_last_turns_on_record() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            session.receive(ev.CallerTyped("hi"))
            await s.host.stop()
            assert await session.wait_ended() == "service_stopping"
            assert len(s.records.of(TurnRecord)) == 1
            with pytest.raises(CallerError):
                await s.begin()

    asyncio.run(run())


def test_draining_ends_each_conversation_at_its_turn_boundary() -> None:
    async def run() -> None:
        async with scene() as s:
            resting, speaking = await s.begin(), await s.begin()
            s.engine.push(ev.ResponseStarted("resp-1"))
            async with asyncio.TaskGroup() as tasks:
                draining = tasks.create_task(s.host.drain(5))
                await settle()
                assert await resting.wait_ended() == "service_stopping"
                assert not draining.done()
                assert not speaking.has_ended
                s.engine.push(
                    ev.AgentText("resp-1", "out-1", "On its way.", is_spoken=True),
                    ev.AgentAudio("resp-1", "out-1", MS * 600, 600),
                    ev.ResponseFinished("resp-1", ev.ResponseStatus.COMPLETED),
                )
                speaking.receive(ev.CallerPlayed("out-1", 600))
            assert await speaking.wait_ended() == "service_stopping"
            assert [turn.text for turn in s.records.of(TurnRecord)] == ["On its way."]
            told = [c.code for c in s.channel.sent if isinstance(c, cmd.ShowIncident)]
            assert told == ["service_stopping"] * 2

    asyncio.run(run())


def test_draining_waits_no_longer_than_its_limit() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            s.engine.push(ev.ResponseStarted("resp-1"))
            await s.host.drain(0.01)
            assert not session.has_ended
            await s.host.stop()
            assert await session.wait_ended() == "service_stopping"

    asyncio.run(run())


def test_a_service_that_drains_or_cannot_record_begins_nothing() -> None:
    async def run() -> None:
        async with scene() as s:
            s.records.is_well = False
            with pytest.raises(TryLater) as refused:
                await s.begin()
            assert refused.value.code == "storage"
            s.records.is_well = True
            assert s.host.obstacle() is None
            await s.host.drain(1)
            with pytest.raises(TryLater) as refused:
                await s.begin()
            assert refused.value.code == "service_stopping"

    asyncio.run(run())


def refused(s: Scene) -> list[str]:
    return [command.code for command in s.channel.sent if isinstance(command, cmd.ShowError)]


def test_a_picture_that_was_sent_is_shown_to_the_agent_once() -> None:
    async def run() -> None:
        async with scene(pictures=MemoryPictures()) as s:
            session = await s.begin()
            assert session.takes_pictures
            session.receive(ev.CallerShowed(1))
            session.receive(ev.CallerShowed(1))
            session.receive(ev.CallerShowed(2))
            await settle()
            shown = [c for c in s.engine.commands if isinstance(c, cmd.SendText)]
            assert shown == [cmd.SendText("[picture 1]", b"jpeg")]
            assert refused(s) == ["unknown_picture", "unknown_picture"]

    asyncio.run(run())


def test_a_picture_that_cannot_be_looked_for_is_told_and_may_be_shown_again() -> None:
    async def run() -> None:
        pictures = MemoryPictures(failure=StoreError("db7 is away"))
        async with scene(pictures=pictures) as s:
            session = await s.begin()
            session.receive(ev.CallerShowed(1))
            await settle()
            assert refused(s) == ["storage"]
            pictures.failure = None
            session.receive(ev.CallerShowed(1))
            await settle()
            assert cmd.SendText("[picture 1]", b"jpeg") in s.engine.commands

    asyncio.run(run())


def test_a_service_that_takes_no_pictures_says_so() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            assert not session.takes_pictures
            session.receive(ev.CallerShowed(1))
            await settle()
            assert refused(s) == ["unknown_picture"]

    asyncio.run(run())


def test_a_right_code_raises_the_level_for_tools_record_and_model() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            session.receive(ev.CallerEnteredCode("9999"))
            session.receive(ev.CallerEnteredCode("0000"))
            await settle()
            codes = [c.code for c in s.channel.sent if isinstance(c, cmd.ShowError)]
            assert codes == ["proof_wrong", "too_many_tries"]
            session.receive(ev.CallerEnteredCode("1234"))
            await settle()
            levels = [c.level for c in s.channel.sent if isinstance(c, cmd.ShowLevel)]
            assert levels == [CallerLevel.STEPPED_UP]
            assert any(isinstance(c, cmd.AddNote) for c in s.engine.commands)
            assert s.records.of(ConversationRecord)[-1].caller.level is CallerLevel.STEPPED_UP

    asyncio.run(run())


def test_a_right_answer_tells_tools_whose_rows_they_may_see() -> None:
    async def run() -> None:
        async with scene() as s:
            session = await s.begin()
            session.receive(ev.CallerAnsweredCheck("order", {"postcode": "90210"}))
            await settle()
            s.tools.gate.set()
            s.call_tool()
            await settle()
            assert s.tools.callers == [Caller("C0001", "Jane Doe", CallerLevel.IDENTIFIED)]

    asyncio.run(run())


def test_a_conversation_of_another_process_is_taken_over_from_the_record() -> None:
    async def run() -> None:
        async with scene() as s:
            s.past = interrupted(
                turns=(RecordedTurn("t-1", Role.CALLER, "hi", "hi", False),),
                history=(HistoryTurn(Role.CALLER, "hi"),),
            )
            session = await s.host.resume("token", s.channel)
            await settle()
            assert session.conversation_id == "c-1"
            assert s.engine.spec is not None
            assert s.engine.spec.history == (HistoryTurn(Role.CALLER, "hi"),)
            request = s.engine.commands[0]
            assert isinstance(request, cmd.RequestResponse)
            assert "We were cut off" in str(request.instructions)
            finals = [c for c in s.channel.sent if isinstance(c, cmd.ShowTranscript)]
            assert [c.turn_id for c in finals] == ["t-1"]
            session.receive(ev.CallerTyped("hello?"))
            await settle()
            assert [turn.seq for turn in s.records.of(TurnRecord)] == [2]
            with pytest.raises(CallerError):
                await s.host.resume("token", MemoryChannel())

    asyncio.run(run())


@pytest.mark.parametrize("seen_s", [50, -20], ids=["clocks agree", "the other's was ahead"])
def test_who_takes_a_conversation_over_goes_on_with_its_time_axis(seen_s: float) -> None:
    async def run() -> None:
        async with scene() as s:
            now = SystemClock().utc()
            began_at = now - timedelta(seconds=60)
            last_seen_at = now - timedelta(seconds=seen_s)
            s.past = interrupted(started_at=began_at, last_seen_at=last_seen_at)
            session = await s.host.resume("token", s.channel)
            session.receive(ev.CallerTyped("hello?"))
            await settle()
            (turn,) = s.records.of(TurnRecord)
            earlier_ms = max(60_000, ms_between(began_at, last_seen_at))
            assert turn.started_ms is not None
            assert earlier_ms <= turn.started_ms < earlier_ms + 5000
            assert {record.started_at for record in s.records.of(ConversationRecord)} == {began_at}

    asyncio.run(run())


def test_two_returns_at_once_become_one_session() -> None:
    async def run() -> None:
        async with scene() as s:
            s.past = interrupted()
            returns = [s.host.resume("token", MemoryChannel()) for _ in range(3)]
            opened = await asyncio.gather(*returns, return_exceptions=True)
            assert [type(each) for each in opened] == [Session, CallerError, CallerError]
            assert s.host.live == 1

    asyncio.run(run())


def test_a_late_outcome_is_taken_once_by_the_conversation_that_awaits_it() -> None:
    decided = ev.ToolFinished("call-1", ToolCallStatus.NOT_ALLOWED, '{"say":"no"}')

    async def run() -> None:
        async with scene() as s:
            waiting = '{"say":"A colleague decides."}'
            began = SystemClock().utc()
            s.past = interrupted(
                started_at=began,
                last_seen_at=began,
                pending=(PendingCall("id-1", "call-1", "cancel", "{}", waiting, began),),
            )
            session = await s.host.resume("token", s.channel)
            assert not s.host.settle("another conversation", decided)
            assert not s.host.settle(session.conversation_id, replace(decided, tool_call_id="x"))
            assert s.host.settle(session.conversation_id, decided)
            assert not s.host.settle(session.conversation_id, decided)
            session.receive(ev.CallerEnded())

    asyncio.run(run())


# --- recording ---


def test_what_is_captured_sent_played_and_cut_is_put_on_the_tape_until_the_end() -> None:
    async def run() -> None:
        recordings = MemoryRecordings()
        async with scene(recordings=recordings, mode="on") as s:
            session = await s.begin()
            session.receive(ev.CallerAudio(MS * 20))
            s.engine.push(
                ev.ResponseStarted("resp-1"),
                ev.AgentAudio("resp-1", "out-1", MS * 100, 100),
                ev.AgentText("resp-1", "out-1", "Hello there.", is_spoken=True),
            )
            session.receive(ev.CallerPlayed("out-1", 40))
            session.receive(ev.CallerInterrupted())
            session.receive(ev.CallerPlayed("out-1", 60))
            s.engine.push(ev.ResponseFinished("resp-1", ev.ResponseStatus.CANCELLED))
            session.receive(ev.CallerPausedRecording(True))
            assert recordings.tapes[0].ended_ms is None
            session.receive(ev.CallerEnded())
            await session.wait_ended()
            await settle()
            things = recordings.things()
            assert things[:5] == [
                ev.CallerAudio(MS * 20),
                cmd.PlayAudio("out-1", 0, MS * 100),
                ev.CallerPlayed("out-1", 40),
                cmd.ClearPlayback("out-1"),
                ev.CallerPlayed("out-1", 60),
            ]
            assert cmd.HoldRecording("caller", True) in things
            (turn,) = (thing for thing in things if isinstance(thing, TurnRecord))
            assert (turn.item_id, turn.heard_ms) == ("out-1", 60)
            assert recordings.tapes[0].ended_ms is not None

    asyncio.run(run())


def test_a_provider_that_refuses_ends_the_tape() -> None:
    async def run() -> None:
        recordings = MemoryRecordings()
        refusal = EngineError("No.", code="provider_refused")
        async with scene(refusal, recordings=recordings, mode="on") as s:
            with pytest.raises(EngineError):
                await s.begin()
            assert recordings.tapes[0].ended_ms is not None

    asyncio.run(run())


@pytest.mark.parametrize(
    ("mode", "modality", "beginnings"),
    [
        ("off", Modality.AUDIO, []),
        ("on", Modality.AUDIO, [(0.0, True)]),
        ("on", Modality.TEXT, [(0.0, True)]),
        ("consent", Modality.AUDIO, [(0.0, False)]),
        ("consent", Modality.TEXT, [(0.0, False)]),
    ],
)
def test_the_agent_says_whether_its_conversations_are_recorded(
    mode: Literal["off", "on", "consent"],
    modality: Modality,
    beginnings: list[tuple[float, bool]],
) -> None:
    async def run() -> None:
        recordings = MemoryRecordings()
        async with scene(recordings=recordings, mode=mode) as s:
            await s.host.begin(StartRequest("support", Caller(), modality), s.channel)
            assert recordings.beginnings == beginnings

    asyncio.run(run())


@pytest.mark.parametrize(
    ("was_asked", "has_agreed", "begins_on"),
    [(True, True, [True]), (True, False, []), (False, False, [False])],
)
def test_who_was_asked_before_the_process_was_lost_is_not_asked_again(
    was_asked: bool, has_agreed: bool, begins_on: list[bool]
) -> None:
    async def run() -> None:
        recordings = MemoryRecordings()
        async with scene(recordings=recordings, mode="consent") as s:
            began = SystemClock().utc() - timedelta(seconds=60)
            s.past = interrupted(
                started_at=began, was_asked_to_record=was_asked, agreed_to_recording=has_agreed
            )
            await s.host.resume("token", s.channel)
            assert [is_on for _, is_on in recordings.beginnings] == begins_on
            assert all(59 < earlier_s < 70 for earlier_s, _ in recordings.beginnings)

    asyncio.run(run())
