"""All conversations of this process: where they begin, are found again, and end."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import structlog

from agent_service.agent import AgentSettings
from agent_service.channels.traits import Answer
from agent_service.clock import Clock, uuid7
from agent_service.conversation.commands import CallerCommand, EndConversation
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.events import ToolFinished
from agent_service.conversation.phrases import returned
from agent_service.conversation.records import Caller, Role
from agent_service.conversation.spec import (
    DialogueSettings,
    HistoryToolRound,
    HistoryTurn,
    Limits,
    Notice,
    NoticeClip,
    Recording,
    SessionSpec,
    ToolPolicy,
    ToolSpec,
)
from agent_service.errors import CallerError, StoreError, TryLater
from agent_service.recording.tape import Tape
from agent_service.runtime.ports import (
    CallerChannel,
    Engine,
    Identity,
    Pictures,
    Recordings,
    Records,
    Reports,
    StartRequest,
    Team,
    Tools,
)
from agent_service.runtime.retelling import shown_before
from agent_service.runtime.session import Session
from agent_service.store.claims import Claim
from agent_service.store.ended import Ended
from agent_service.store.interrupted import Interrupted
from agent_service.store.provider_events import ProviderEvent

STOP_S: Final = 10.0
"""How long conversations may take to end when the service stops, and then their tools."""

FIND_S: Final = 10.0
"""How long the database may take to find a conversation for a caller who returns."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """An agent with what its conversations need beside its settings."""

    settings: AgentSettings
    disclosure: str | None
    transcription_model: str | None
    tools: tuple[ToolSpec, ...]
    policies: Mapping[str, ToolPolicy]
    notices: Mapping[Notice, NoticeClip]


class Phase(Enum):
    OPEN = auto()
    DRAINING = auto()
    """No new conversations; those that go on end at their next turn boundary."""
    STOPPED = auto()


class Host:
    """Begins and keeps conversations; runs inside ``async with host:``."""

    def __init__(
        self,
        agents: Iterable[AgentProfile],
        *,
        process_id: str,
        new_engine: Callable[[], Engine],
        tools: Tools,
        identity: Identity,
        records: Records,
        find_interrupted: Callable[[str, Collection[str]], Awaitable[Interrupted | None]],
        clock: Clock,
        limits: Limits,
        can_record: Callable[[], bool],
        reports: Reports | None = None,
        pictures: Pictures | None = None,
        recordings: Recordings | None = None,
        team: Team | None = None,
        keep_event: Callable[[ProviderEvent], None] | None = None,
        earlier: Callable[[str], Awaitable[str | None]] | None = None,
    ) -> None:
        """``earlier`` says of a customer what of theirs the team still works on."""
        self._agents = {agent.settings.name: agent for agent in agents}
        self._process_id = process_id
        self._new_engine = new_engine
        self._tools = tools
        self._identity = identity
        self._records = records
        self._reports = reports
        self._pictures = pictures
        self._find_interrupted = find_interrupted
        self._clock = clock
        self._limits = limits
        self._can_record = can_record
        self._recordings = recordings
        self._team = team
        self._keep_event = keep_event
        self._earlier = earlier
        self._sessions: dict[str, Session] = {}
        self._runs: set[asyncio.Task[None]] = set()
        self._returning: set[str] = set()
        """Tokens with which callers are coming back at this moment."""
        self._tasks = asyncio.TaskGroup()
        self._phase = Phase.OPEN

    @property
    def live(self) -> int:
        """Conversations that are going on."""
        return len(self._sessions)

    @property
    def is_stopping(self) -> bool:
        """The service takes no new conversations any more."""
        return self._phase is not Phase.OPEN

    def obstacle(self) -> TryLater | None:
        """Return why no conversation can begin now, if so."""
        if self.is_stopping:
            return TryLater("The service is about to stop: try again.", code="service_stopping")
        if not self._can_record():
            return TryLater(
                "The service cannot keep its record at the moment: try again.", code="storage"
            )
        return None

    async def __aenter__(self) -> "Host":
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.stop()
        if self._runs:
            _, running = await asyncio.wait(self._runs, timeout=STOP_S)
            for run in running:
                _log.error("conversation_given_up", conversation_id=run.get_name())
                run.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def begin(self, start: StartRequest, channel: CallerChannel) -> Session:
        """Begin a conversation; raise CallerError or EngineError when that cannot be."""
        return await self._open(start, channel)

    async def resume(self, token: str, channel: CallerChannel) -> Session:
        """Return to a conversation; raise CallerError when it is not there any more.

        One whose process is gone is taken over from the record; TryLater while it is not gone.
        """
        for session in self._sessions.values():
            if session.admits(token) and session.takes(channel):
                session.attach(channel)
                return session
        # Two returns at once with one token must not become two sessions.
        if token in self._returning:
            raise _no_return()
        self._returning.add(token)
        try:
            return await self._take_over(token, channel)
        finally:
            self._returning.discard(token)

    def conversation_with(self, token: str) -> str | None:
        """Return the conversation here to which a caller may come back with the token."""
        for session in self._sessions.values():
            if session.resume_token == token and not session.has_ended:
                return session.conversation_id
        return None

    def busy(self) -> frozenset[str]:
        """Return who of the team speaks with a caller here."""
        who = (session.representatives.who for session in self._sessions.values())
        return frozenset(name for name in who if name is not None)

    def find(self, conversation_id: str) -> Session | None:
        """Return a conversation that is going on here."""
        session = self._sessions.get(conversation_id)
        return None if session is None or session.has_ended else session

    def retell(self, past: Ended) -> list[CallerCommand]:
        """Return what shows a conversation that is over, to its end."""
        agent = self._agents.get(past.agent)
        policies = agent.policies if agent else {}
        language = agent.settings.language if agent else None
        return [*shown_before(past, policies, language), EndConversation(past.end_reason)]

    async def _take_over(self, token: str, channel: CallerChannel) -> Session:
        if any(session.admits(token) for session in self._sessions.values()):
            raise _no_return()
        try:
            async with asyncio.timeout(FIND_S):
                past = await self._find_interrupted(token, frozenset(self._sessions))
        except TimeoutError:
            raise StoreError("The database does not find a conversation.") from None
        if past is None:
            raise _no_return()
        start = StartRequest(past.agent, past.caller, past.modality, past.shows_detail)
        session = await self._open(start, channel, past)
        agent = self._agents[past.agent]
        for command in shown_before(past, agent.policies, agent.settings.language):
            channel.send(command)
        return session

    async def _open(
        self, start: StartRequest, channel: CallerChannel, past: Interrupted | None = None
    ) -> Session:
        agent = self._agents.get(start.agent)
        if agent is None:
            raise CallerError(f"There is no agent {start.agent!r}.", code="unknown_agent")
        obstacle = self.obstacle()
        if obstacle is not None:
            raise obstacle
        session = self._make(agent, start, channel, past, await self._told(agent, start.caller))
        await session.open()
        id = session.conversation_id
        self._sessions[id] = session
        run = self._tasks.create_task(self._keep(session), name=id)
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)
        # The service may have been told to stop while the provider took its time.
        if self._phase is Phase.DRAINING:
            session.drain()
        elif self._phase is Phase.STOPPED:
            session.stop()
        return session

    async def _told(self, agent: AgentProfile, caller: Caller) -> tuple[HistoryTurn, ...]:
        """Return what the agent is told before the caller says anything."""
        if self._earlier is None or not agent.settings.knows_open_work or not caller.customer_id:
            return ()
        words = await self._earlier(caller.customer_id)
        return (HistoryTurn(Role.SYSTEM, words),) if words else ()

    async def _keep(self, session: Session) -> None:
        try:
            await session.run()
        finally:
            if self._sessions.get(session.conversation_id) is session:
                del self._sessions[session.conversation_id]

    def settle(self, conversation_id: str, event: ToolFinished) -> bool:
        """Give a late outcome to its conversation; False when none here waits for it."""
        session = self._sessions.get(conversation_id)
        return session is not None and session.settle(event)

    # --- what concerns all conversations ---

    def claims(self) -> list[Claim]:
        """Return the claims under which this process serves."""
        return [session.claim for session in self._sessions.values()]

    def lose(self, claim: Claim) -> None:
        """Let go of a conversation that another process has taken over."""
        session = self._sessions.get(claim.conversation_id)
        if session is not None and session.claim == claim:
            _log.error("conversation_overtaken", conversation_id=claim.conversation_id)
            session.lose()

    def storage_changed(self, is_well: bool) -> None:
        """Tell every caller, once, that the record cannot be kept, or can be again."""
        for session in list(self._sessions.values()):
            if is_well:
                session.show("storage_restored", "What was said is on record again.")
            else:
                session.show("storage", "What is said waits to be put on record.")

    async def drain(self, time_limit_s: float) -> None:
        """Take no new conversations; have those that go on end at their next turn boundary."""
        self._phase = Phase.DRAINING
        for session in list(self._sessions.values()):
            session.drain()
        await self._all_ended(time_limit_s, "drain_time_over")

    async def stop(self) -> None:
        """End all conversations, with their last turns on record."""
        self._phase = Phase.STOPPED
        for session in list(self._sessions.values()):
            session.stop()
        await self._all_ended(STOP_S, "conversations_not_ended")
        for session in list(self._sessions.values()):
            session.give_up()

    async def _all_ended(self, time_limit_s: float, otherwise: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(time_limit_s):
                while going := [each for each in self._sessions.values() if not each.has_ended]:
                    await going[0].wait_ended()
                return
        _log.error(otherwise, conversations=self.live)

    def _make(
        self,
        agent: AgentProfile,
        start: StartRequest,
        channel: CallerChannel,
        past: Interrupted | None,
        told: tuple[HistoryTurn, ...],
    ) -> Session:
        own = agent.settings.on(channel.traits.kind, channel.traits.told)
        claim = past.claim if past else Claim(uuid7(), self._process_id)
        history = (*told, *(past.history if past else ()))
        engine = self._new_engine()
        now = self._clock.utc()
        began_at = past.started_at if past else now
        settings = DialogueSettings(
            conversation_id=claim.conversation_id,
            agent=own,
            channel=past.channel if past else channel.traits.name,
            modality=start.modality,
            can_tap=Answer.TAP in channel.traits.answers,
            caller=start.caller,
            provider=engine.provider,
            model=engine.model,
            disclosure=None if _has_spoken(history) else agent.disclosure,
            recording=_recording(own, past),
            greeting=_returned(past, own.language) if past else own.greeting,
            history=history,
            recorded_turns=len(past.turns) if past else 0,
            earlier_s=(max(now, past.last_seen_at) - began_at).total_seconds() if past else 0.0,
            pending=past.pending if past else (),
            unanswered=past.unanswered if past else "",
            limits=self._limits,
            notices=agent.notices,
        )
        dialogue = Dialogue(
            settings,
            agent.policies,
            new_id=uuid7,
            started_at=began_at,
            now=self._clock.now(),
        )
        spec = SessionSpec(
            agent=own,
            modality=start.modality,
            transcription_model=agent.transcription_model,
            tools=agent.tools,
            history=history,
        )
        return Session(
            dialogue,
            claim=claim,
            began_at=began_at,
            agent=own.name,
            caller=start.caller,
            source=start.origin or f"agent {own.name}",
            shows_detail=start.detail,
            spec=spec,
            new_engine=self._new_engine,
            engine=engine,
            tools=self._tools,
            identity=self._identity,
            records=self._records,
            reports=self._reports,
            pictures=self._pictures,
            clock=self._clock,
            channel=channel,
            tape=self._tape(settings),
            team=self._team,
            keep_event=self._keep_event,
        )

    def _tape(self, settings: DialogueSettings) -> Tape | None:
        """Return where the conversation's sound is put; None where it is not recorded."""
        if self._recordings is None or settings.recording is Recording.OFF:
            return None
        return self._recordings.tape(
            settings.conversation_id,
            earlier_s=settings.earlier_s,
            is_on=settings.recording is Recording.ON,
        )


def _recording(agent: AgentSettings, past: Interrupted | None) -> Recording:
    """Return whether a conversation that begins, or goes on here, is recorded."""
    match agent.recording.mode:
        case "off":
            return Recording.OFF
        case "on":
            return Recording.ON
        case "consent":
            pass
    if past is None or not past.was_asked_to_record:
        return Recording.ASK
    return Recording.ON if past.agreed_to_recording else Recording.OFF


def _has_spoken(history: tuple[HistoryTurn | HistoryToolRound, ...]) -> bool:
    """The agent was heard before this process took over: the caller knows who speaks."""
    return any(isinstance(entry, HistoryTurn) and entry.role is Role.AGENT for entry in history)


def _returned(past: Interrupted, language: str | None) -> str:
    return returned(
        past.unheard,
        language,
        is_undecided=past.has_open_question,
        owes_answer=bool(past.unanswered),
    )


def _no_return() -> CallerError:
    return CallerError(
        "There is no such conversation any more: start a new one.", code="resume_failed"
    )
