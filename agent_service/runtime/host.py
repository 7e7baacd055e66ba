"""All conversations of this process: where they begin, are found again, and end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from agent_service.clock import Clock, uuid7
from agent_service.conversation.commands import ShowTranscript
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.events import ToolFinished
from agent_service.conversation.spec import (
    DialogueSettings,
    SessionSpec,
    SessionTuning,
    ToolPolicy,
    ToolSpec,
    TurnDetection,
)
from agent_service.errors import CallerError
from agent_service.runtime.ports import (
    CallerChannel,
    Engine,
    Identity,
    Records,
    StartRequest,
    Tools,
)
from agent_service.runtime.session import Session
from agent_service.store.interrupted import Interrupted

RETURNED: Final = "We were cut off for a moment. I am back: please go on."

STOP_S: Final = 10.0
"""How long conversations may take to end when the service stops."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """A configured agent, as a conversation needs it."""

    name: str
    instructions: str
    voice: str
    greeting: str | None
    language: str | None
    turn_detection: TurnDetection
    transcription_model: str | None
    tools: tuple[ToolSpec, ...]
    policies: Mapping[str, ToolPolicy]
    max_duration_s: float
    idle_s: float
    tuning: SessionTuning = field(default_factory=SessionTuning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Time limits of every conversation."""

    grace_s: float
    confirmation_s: float
    transcript_s: float


class Host:
    """Begins and keeps conversations; runs inside ``async with host:``."""

    def __init__(
        self,
        agents: Iterable[AgentProfile],
        *,
        new_engine: Callable[[], Engine],
        tools: Tools,
        identity: Identity,
        records: Records,
        find_interrupted: Callable[[str], Awaitable[Interrupted | None]],
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._agents = {agent.name: agent for agent in agents}
        self._new_engine = new_engine
        self._tools = tools
        self._identity = identity
        self._records = records
        self._find_interrupted = find_interrupted
        self._clock = clock
        self._limits = limits
        self._sessions: dict[str, Session] = {}
        self._returning: set[str] = set()
        self._tasks = asyncio.TaskGroup()
        self._is_stopping = False

    @property
    def live(self) -> int:
        """Conversations that are going on."""
        return len(self._sessions)

    async def __aenter__(self) -> "Host":
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *details: object) -> None:
        await self.stop()
        await self._tasks.__aexit__(None, None, None)

    async def begin(self, start: StartRequest, channel: CallerChannel) -> Session:
        """Begin a conversation; raise CallerError or EngineError when that cannot be."""
        return await self._open(start, channel)

    async def resume(self, token: str, channel: CallerChannel) -> Session:
        """Return to a conversation; raise CallerError when it is not there any more.

        One whose process is gone is taken over from the record.
        """
        for session in self._sessions.values():
            if session.resume_token == token:
                session.attach(channel)
                return session
        past = await self._find_interrupted(token)
        if past is None or past.conversation_id in self._sessions.keys() | self._returning:
            raise CallerError(
                "There is no such conversation any more: start a new one.", code="resume_failed"
            )
        start = StartRequest(past.agent, past.caller, past.modality, past.channel)
        # Two returns at once with one token must not become two sessions.
        self._returning.add(past.conversation_id)
        try:
            session = await self._open(start, channel, past)
        finally:
            self._returning.discard(past.conversation_id)
        for turn in past.turns:
            channel.send(
                ShowTranscript(
                    turn.turn_id,
                    turn.role,
                    text=turn.text,
                    is_final=True,
                    heard_text=turn.heard_text,
                    is_interrupted=turn.is_interrupted,
                )
            )
        return session

    async def _open(
        self, start: StartRequest, channel: CallerChannel, past: Interrupted | None = None
    ) -> Session:
        agent = self._agents.get(start.agent)
        if agent is None:
            raise CallerError(f"There is no agent {start.agent!r}.", code="unknown_agent")
        if self._is_stopping:
            raise CallerError("The service is about to stop: try again.", code="service_stopping")
        session = self._make(agent, start, channel, past)
        await session.open()
        self._sessions[session.conversation_id] = session
        self._tasks.create_task(self._keep(session))
        return session

    def settle(self, conversation_id: str, event: ToolFinished) -> bool:
        """Give a late outcome to its conversation; False when it is not open any more."""
        session = self._sessions.get(conversation_id)
        if session is None:
            return False
        session.settle(event)
        return True

    async def drain(self, time_limit_s: float) -> None:
        """Take no new conversations and wait for those that go on to end."""
        self._is_stopping = True
        try:
            async with asyncio.timeout(time_limit_s):
                for session in list(self._sessions.values()):
                    await session.wait_ended()
        except TimeoutError:
            _log.info("drain_time_over", conversations=self.live)

    async def stop(self) -> None:
        """End all conversations, with their last turns on record."""
        self._is_stopping = True
        sessions = list(self._sessions.values())
        for session in sessions:
            session.stop()
        try:
            async with asyncio.timeout(STOP_S):
                for session in sessions:
                    await session.wait_ended()
        except TimeoutError:
            _log.error("conversations_not_ended", conversations=self.live)

    async def _keep(self, session: Session) -> None:
        try:
            await session.run()
        finally:
            del self._sessions[session.conversation_id]

    def _make(
        self,
        agent: AgentProfile,
        start: StartRequest,
        channel: CallerChannel,
        past: Interrupted | None,
    ) -> Session:
        conversation_id = past.conversation_id if past else uuid7()
        history = past.history if past else ()
        engine = self._new_engine()
        settings = DialogueSettings(
            conversation_id=conversation_id,
            agent=agent.name,
            channel=start.channel,
            modality=start.modality,
            caller=start.caller,
            provider=engine.provider,
            model=engine.model,
            greeting=RETURNED if past else agent.greeting,
            history=history,
            recorded_turns=len(past.turns) if past else 0,
            language=agent.language,
            turn_detection=agent.turn_detection,
            confirmation_s=self._limits.confirmation_s,
            transcript_s=self._limits.transcript_s,
            grace_s=self._limits.grace_s,
            max_duration_s=agent.max_duration_s,
            idle_s=agent.idle_s,
        )
        dialogue = Dialogue(
            settings,
            agent.policies,
            new_id=uuid7,
            started_at=self._clock.utc(),
            now=self._clock.now(),
        )
        spec = SessionSpec(
            instructions=agent.instructions,
            voice=agent.voice,
            modality=start.modality,
            language=agent.language,
            transcription_model=agent.transcription_model,
            turn_detection=agent.turn_detection,
            tuning=agent.tuning,
            tools=agent.tools,
            history=history,
        )
        return Session(
            dialogue,
            conversation_id=conversation_id,
            agent=agent.name,
            caller=start.caller,
            spec=spec,
            new_engine=self._new_engine,
            engine=engine,
            tools=self._tools,
            identity=self._identity,
            records=self._records,
            clock=self._clock,
            channel=channel,
        )
