"""The service's engine against the offline provider's server, in every dialect, over a socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from an_agent import agent, with_agent

from agent_service.clock import SystemClock
from agent_service.conversation.commands import (
    CancelResponse,
    CommitAudio,
    RequestResponse,
    SendAudio,
    SendText,
    SubmitToolResult,
    SwitchAnswering,
    SwitchModality,
    TruncateItem,
)
from agent_service.conversation.events import (
    AgentAudio,
    AgentItemFinished,
    AgentText,
    AnsweringSwitched,
    EngineDropped,
    EngineEvent,
    EngineReady,
    EngineRefused,
    ResponseFinished,
    ResponseStarted,
    ResponseStatus,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    ToolCallRequested,
    TranscriptArrived,
    TranscriptFailed,
)
from agent_service.conversation.records import Modality, Role
from agent_service.conversation.spec import (
    HistoryToolRound,
    HistoryTurn,
    SessionSpec,
    ToolSpec,
)
from agent_service.engines.choosing import engine_factory
from agent_service.engines.dialects import DIALECTS
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.realtime import RealtimeEngine
from agent_service.errors import EngineError
from agent_service.offline.options import Limits
from agent_service.offline.ports import (
    CallTool,
    ContextToolOutput,
    Recognition,
    ResponseContext,
    ResponsePart,
    Say,
    SpeechBegan,
    SpeechEnded,
    SpeechPaused,
    SpokenPiece,
    VoiceActivity,
)
from agent_service.offline.server import build, running

VOICE = b"\x00\x10" * 480
SILENCE = bytes(960)
KEY = "sesame-4711"
TOOL = ToolSpec(
    "lookup_order",
    "Find an order by its number.",
    {"type": "object", "properties": {"order_no": {"type": "string"}}},
)
SPEC = SessionSpec(agent(instructions="Be brief.", language=None), Modality.AUDIO, tools=(TOOL,))


class FrameDetector:
    """Takes every frame of 20 ms that is not silent as voice; two silent ones end the turn."""

    def __init__(self) -> None:
        self._now_ms = 0
        self._quiet: int | None = None

    def feed(self, pcm: bytes) -> list[VoiceActivity]:
        self._now_ms += 20
        is_voice = any(pcm)
        if self._quiet is None:
            if not is_voice:
                return []
            self._quiet = 0
            return [SpeechBegan(self._now_ms - 20)]
        self._quiet = 0 if is_voice else self._quiet + 1
        if self._quiet == 1:
            return [SpeechPaused(self._now_ms)]
        if self._quiet == 2:
            self._quiet = None
            return [SpeechEnded(self._now_ms)]
        return []


class PlainSpeech:
    """Hears one question whatever is said, and says 100 ms of voice for a sentence."""

    def detector(self, **_parameters: Any) -> FrameDetector:
        return FrameDetector()

    async def recognise(self, pcm: bytes, *, prompt: str | None = None) -> Recognition:
        return Recognition("Where is order 7741?", "where is order seven seven four one", -0.1)

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[SpokenPiece]:
        yield SpokenPiece(text, VOICE * 5)


@dataclass
class PlainResponder:
    """Calls the tool once per conversation, then says what it gave; can be held up."""

    contexts: list[ResponseContext] = field(default_factory=list)
    may_end: asyncio.Event | None = None

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        self.contexts.append(context)
        outputs = [i.output for i in context.items if isinstance(i, ContextToolOutput)]
        if context.instructions == "Greet.":
            yield Say("Hello.")
        elif outputs:
            yield Say(f"It is {outputs[-1]}.")
        elif context.tool_choice == "none":
            yield Say("I use no tools.")
        else:
            yield CallTool("lookup_order", '{"order_no":"7741"}')
        if self.may_end is not None:
            await self.may_end.wait()

    def expected_words(self, context: ResponseContext) -> str | None:
        return None


@dataclass
class Call:
    """An open engine and what it delivered."""

    engine: RealtimeEngine
    responder: PlainResponder
    events: list[EngineEvent] = field(default_factory=list)
    _arrived: asyncio.Queue[EngineEvent] = field(default_factory=asyncio.Queue)

    def deliver(self, event: EngineEvent) -> None:
        self.events.append(event)
        self._arrived.put_nowait(event)

    async def until(self, kind: type[EngineEvent]) -> Any:
        """Return the next event of the kind, passing over others."""
        while not isinstance(event := await self._arrived.get(), kind):
            assert not isinstance(event, EngineRefused | EngineDropped), event
        return event

    async def until_any(self, kind: Any) -> Any:
        """Return the next event of the kind, whatever else comes before."""
        while not isinstance(event := await self._arrived.get(), kind):
            pass
        return event

    def count(self, kind: type[EngineEvent]) -> int:
        return sum(isinstance(event, kind) for event in self.events)


@asynccontextmanager
async def called(
    dialect: str, spec: SessionSpec = SPEC, limits: Limits | None = None
) -> AsyncIterator[Call]:
    responder = PlainResponder()
    app = build(PlainSpeech(), responder, api_keys=[KEY], limits=limits)
    async with running(app) as url:
        call = Call(engine(url, dialect, KEY), responder)
        await call.engine.open(spec, call.deliver)
        assert await call.until(EngineReady) == EngineReady()
        yield call
        await call.engine.close()


def engine(url: str, dialect: str, key: str) -> RealtimeEngine:
    kind: Any = "azure" if dialect.startswith("azure") else "openai"
    return engine_factory(ProviderChoice(kind, url, "rt-demo", dialect, key), clock=SystemClock())()


async def refused(
    dialect: str, spec: SessionSpec = SPEC, *, key: str = KEY, limits: Limits | None = None
) -> EngineError:
    """Return the error with which the provider sends us away."""
    app = build(PlainSpeech(), PlainResponder(), api_keys=[KEY], limits=limits)
    async with running(app) as url:
        with pytest.raises(EngineError) as raised:
            await engine(url, dialect, key).open(spec, lambda _event: None)
    return raised.value


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def run(scenario: Awaitable[None]) -> None:
    async def guarded() -> None:
        async with asyncio.timeout(60):
            await scenario

    asyncio.run(guarded())


def test_the_session_has_every_field_that_the_dialect_knows(dialect: str) -> None:
    hearing = {
        "languages": ("fr",),
        "prompt": "A support call.",
        "keywords": ("AC-42",),
        "noise_reduction": "far_field",
    }
    model = {
        "reasoning_effort": "minimal",
        "parallel_tool_calls": False,
        "retention_ratio": 0.5,
    }

    async def scenario() -> None:
        spec = with_agent(SPEC, language="en", hearing=hearing, model=model)
        async with running(build(PlainSpeech(), PlainResponder())) as url:
            kind: Any = "azure" if dialect.startswith("azure") else "openai"
            choice = ProviderChoice(kind, url, "gpt-realtime-2.1", dialect, KEY)
            plain = engine_factory(choice, clock=SystemClock())()
            await plain.open(spec, lambda _event: None)
            assert plain.left_out == {}
            await plain.close()

    run(scenario())


def test_a_transcription_model_that_is_not_there_costs_only_the_words(dialect: str) -> None:
    async def scenario() -> None:
        async with running(build(PlainSpeech(), PlainResponder())) as url:
            call = Call(engine(url, dialect, KEY), PlainResponder())
            await call.engine.open(replace(SPEC, transcription_model="gone-1"), call.deliver)
            refused = await call.until_any(EngineRefused)
            assert refused.code == "transcription_unavailable"
            for frame in (VOICE, VOICE, SILENCE, SILENCE):
                call.engine.send(SendAudio(frame))
            committed = await call.until(SpeechCommitted)
            failed = await call.until(TranscriptFailed)
            assert (failed.item_id, failed.is_expected) == (committed.item_id, True)
            await call.until(ToolCallRequested)
            await call.engine.close()

    run(scenario())


async def answered(faults: str) -> list[EngineEvent]:
    """Return what comes of a request for a tool and of one for words, until both have ended."""
    app = build(PlainSpeech(), PlainResponder(), faults=faults)
    async with running(app) as url:
        call = Call(engine(url, "openai-ga", KEY), PlainResponder())
        await call.engine.open(replace(SPEC, modality=Modality.TEXT), call.deliver)
        for uses_tools in (True, False):
            call.engine.send(RequestResponse(uses_tools=uses_tools))
            while call.count(ResponseFinished) < (1 if uses_tools else 2):
                await call.until_any(EngineEvent)
        await call.engine.close()
    return call.events


LOSSES = [
    "response.created",
    "response.output_item.added",
    "response.output_item.done",
    "response.function_call_arguments.done",
    "response.text.delta",
    "response.text.done",
    "response.content_part.done",
    "conversation.item.created",
    "rate_limits.updated",
]


@pytest.mark.parametrize("lost", LOSSES)
def test_no_lost_event_costs_a_call_words_or_an_end(lost: str) -> None:
    async def scenario() -> None:
        events = await answered(f"event_missing:at={lost},times=0")
        calls = [event for event in events if isinstance(event, ToolCallRequested)]
        assert [call.arguments for call in calls] == ['{"order_no":"7741"}']
        words = "".join(event.delta for event in events if isinstance(event, AgentText))
        assert words == "I use no tools."
        kinds = [type(event) for event in events]
        assert kinds.count(ResponseStarted) == kinds.count(ResponseFinished) == 2

    run(scenario())


@pytest.mark.parametrize("doubled", ["*", *LOSSES, "response.done"])
def test_no_doubled_event_does_harm(doubled: str) -> None:
    async def scenario() -> None:
        events = await answered(f"event_duplicated:at={doubled},times=0")
        plain = await answered("")
        assert [type(event) for event in events] == [type(event) for event in plain]

    run(scenario())


def test_a_broken_frame_before_every_event_costs_nothing_else() -> None:
    async def scenario() -> None:
        events = await answered("malformed_json:at=*,times=0")
        incidents = [event for event in events if isinstance(event, EngineRefused)]
        assert {event.code for event in incidents} == {"malformed_event"}
        rest = [type(event) for event in events if not isinstance(event, EngineRefused)]
        assert rest == [type(event) for event in await answered("")]

    run(scenario())


def test_a_busy_provider_says_when_to_come_back() -> None:
    async def scenario() -> None:
        events = await answered("rate_limited:retry_after_s=90")
        ends = [event for event in events if isinstance(event, ResponseFinished)]
        assert [(end.code, end.retry_after_s) for end in ends] == [("rate_limit_exceeded", 90)] * 2

    run(scenario())


def test_a_busy_provider_says_at_its_door_when_to_come_back() -> None:
    async def scenario() -> None:
        app = build(PlainSpeech(), PlainResponder(), faults="refuse:status=429,retry_after_s=2.5")
        async with running(app) as url:
            with pytest.raises(EngineError) as raised:
                await engine(url, "openai-ga", KEY).open(SPEC, lambda _event: None)
        assert (raised.value.code, raised.value.retry_after_s) == ("provider_busy", 2.5)

    run(scenario())


def test_a_spoken_turn_leads_to_a_tool_and_a_spoken_answer(dialect: str) -> None:
    async def scenario() -> None:
        async with called(dialect) as call:
            for frame in (VOICE, VOICE, SILENCE, SILENCE):
                call.engine.send(SendAudio(frame))
            started = await call.until(SpeechStarted)
            stopped = await call.until(SpeechStopped)
            assert stopped.audio_end_ms > started.audio_start_ms
            assert await call.until(SpeechCommitted) == SpeechCommitted(started.item_id)
            tool = await call.until(ToolCallRequested)
            assert (tool.name, tool.arguments) == ("lookup_order", '{"order_no":"7741"}')
            finished = await call.until(ResponseFinished)
            assert finished.status is ResponseStatus.COMPLETED
            call.engine.send(SubmitToolResult(tool.tool_call_id, "shipped"))
            call.engine.send(RequestResponse())
            await call.until(ResponseFinished)
            words = [event for event in call.events if isinstance(event, AgentText)]
            assert "".join(event.delta for event in words) == "It is shipped."
            assert all(event.is_spoken for event in words)
            audio = b"".join(e.audio for e in call.events if isinstance(e, AgentAudio))
            assert audio == VOICE * 5
            (final,) = [e for e in call.events if isinstance(e, TranscriptArrived) and e.is_final]
            assert (final.item_id, final.text) == (started.item_id, "Where is order 7741?")
            assert (final.confidence is not None) is DIALECTS[dialect].knows_logprobs
            assert call.count(ResponseStarted) == call.count(ResponseFinished) == 2

    run(scenario())


def test_what_was_not_heard_is_cut_off_the_answer(dialect: str) -> None:
    async def scenario() -> None:
        async with called(dialect) as call:
            call.engine.send(RequestResponse("Greet.", uses_tools=False))
            item = await call.until(AgentItemFinished)
            assert item.is_complete
            await call.until(ResponseFinished)
            call.engine.send(TruncateItem(item.item_id, 40))
            call.engine.send(SendText("Go on."))
            call.engine.send(RequestResponse("Greet."))
            await call.until(ResponseFinished)
            assert call.count(EngineRefused) == 0
            call.engine.send(TruncateItem("item_unheard_of", 40))
            assert (await call.until(EngineRefused)).code == "item_truncate_invalid_item_id"

    run(scenario())


def test_a_barge_in_cancels_the_answer(dialect: str) -> None:
    async def scenario() -> None:
        async with called(dialect) as call:
            call.responder.may_end = asyncio.Event()
            call.engine.send(RequestResponse("Greet."))
            await call.until(ResponseStarted)
            for frame in (VOICE, VOICE):
                call.engine.send(SendAudio(frame))
            finished = await call.until(ResponseFinished)
            assert (finished.status, finished.code) == (ResponseStatus.CANCELLED, "turn_detected")

    run(scenario())


def test_our_own_cancelling_is_told_apart(dialect: str) -> None:
    async def scenario() -> None:
        async with called(dialect) as call:
            call.responder.may_end = asyncio.Event()
            call.engine.send(RequestResponse("Greet."))
            started = await call.until(ResponseStarted)
            call.engine.send(CancelResponse(started.response_id))
            finished = await call.until(ResponseFinished)
            assert finished.response_id == started.response_id
            assert (finished.status, finished.code) == (
                ResponseStatus.CANCELLED,
                "client_cancelled",
            )

    run(scenario())


def test_who_answers_is_switched_while_the_session_goes_on(dialect: str) -> None:
    async def scenario() -> None:
        async with called(dialect) as call:
            ready = next(event for event in call.events if isinstance(event, EngineReady))
            assert ready.can_switch_answering is DIALECTS[dialect].knows_create_response
            if not ready.can_switch_answering:
                return
            for by_itself in (False, True):
                call.engine.send(SwitchAnswering(by_itself, SPEC.agent.turn_detection))
                assert await call.until(AnsweringSwitched) == AnsweringSwitched(by_itself)
                for frame in (VOICE, VOICE, SILENCE, SILENCE):
                    call.engine.send(SendAudio(frame))
                committed = await call.until(SpeechCommitted)
                while (await call.until(TranscriptArrived)).item_id != committed.item_id:
                    pass
                if not by_itself:
                    assert call.count(ResponseStarted) == 0
            await call.until(ResponseFinished)
            assert call.count(ResponseStarted) == 1

    run(scenario())


def test_answers_are_written_and_spoken_again_while_the_session_goes_on(dialect: str) -> None:
    async def scenario() -> None:
        async with called(dialect) as call:
            for modality in (Modality.TEXT, Modality.AUDIO):
                call.engine.send(SwitchModality(modality))
                call.engine.send(SendText("where is order 1004"))
                call.engine.send(RequestResponse(uses_tools=False))
                sounded = call.count(AgentAudio)
                await call.until(ResponseFinished)
                assert (call.count(AgentAudio) > sounded) is (modality is Modality.AUDIO)

    run(scenario())


def test_push_to_talk_answers_when_asked(dialect: str) -> None:
    async def scenario() -> None:
        spec = with_agent(SPEC, turn_detection={"kind": "push_to_talk"})
        async with called(dialect, spec) as call:
            for frame in (VOICE, SILENCE, SILENCE, SILENCE, VOICE, VOICE):
                call.engine.send(SendAudio(frame))
            call.engine.send(CommitAudio())
            committed = await call.until(SpeechCommitted)
            call.engine.send(RequestResponse(uses_tools=False))
            await call.until(ResponseFinished)
            assert call.count(SpeechStarted) == 0
            assert any(
                isinstance(event, TranscriptArrived) and event.item_id == committed.item_id
                for event in call.events
            )

    run(scenario())


def test_history_is_replayed_as_it_was(dialect: str) -> None:
    async def scenario() -> None:
        history = (
            HistoryTurn(Role.CALLER, "Where is order 7741?"),
            HistoryToolRound("call_1", "lookup_order", '{"order_no":"7741"}', "shipped"),
            HistoryTurn(Role.AGENT, "It is shipped."),
            HistoryTurn(Role.REPRESENTATIVE, "I can help, too."),
            HistoryToolRound("call_2", "lookup_order", '{"order_no":"7742"}', None),
        )
        spec = replace(SPEC, history=history, modality=Modality.TEXT)
        async with called(dialect, spec) as call:
            call.engine.send(SubmitToolResult("call_2", "lost"))
            call.engine.send(SendText("And the other one?"))
            call.engine.send(RequestResponse())
            await call.until(ResponseFinished)
            words = [event for event in call.events if isinstance(event, AgentText)]
            assert "".join(event.delta for event in words) == "It is lost."
            assert not any(event.is_spoken for event in words)
            (context,) = call.responder.contexts
            assert context.instructions == "Be brief."
            texts = [item.text for item in context.items if hasattr(item, "text")]
            assert texts == [
                "Where is order 7741?",
                "It is shipped.",
                "A representative said to the caller: I can help, too.",
                "And the other one?",
            ]

    run(scenario())


def test_a_wrong_key_is_refused_in_words(dialect: str) -> None:
    async def scenario() -> None:
        error = await refused(dialect, key="wrong-key-1234")
        assert error.code == "provider_refused_key"
        assert error.message.startswith("The provider refused the key: Incorrect")
        assert "wrong-key-1234" not in error.message

    run(scenario())


def test_a_provider_without_room_is_busy_for_a_moment(dialect: str) -> None:
    async def scenario() -> None:
        error = await refused(dialect, limits=Limits(connections=0))
        assert error.is_retryable
        assert getattr(error, "retry_after_s", None) == 1

    run(scenario())


def test_what_the_provider_does_not_accept_is_said_with_its_place(dialect: str) -> None:
    async def scenario() -> None:
        error = await refused(dialect, with_agent(SPEC, voice="foghorn"))
        assert error.code == "provider_failed"
        assert "foghorn" in error.message
        assert "voice" in error.message

    run(scenario())


def test_a_session_that_expires_is_dropped_as_such(dialect: str) -> None:
    async def scenario() -> None:
        async with called(dialect, limits=Limits(session_s=0.1)) as call:
            assert (await call.until(EngineDropped)).code == "session_expired"

    run(scenario())


def test_semantic_turn_detection_works_where_the_dialect_has_it(dialect: str) -> None:
    async def scenario() -> None:
        spec = with_agent(SPEC, turn_detection={"kind": "semantic_vad"}, language="en")
        if not DIALECTS[dialect].knows_semantic_vad:
            assert "has no semantic_vad" in (await refused(dialect, spec)).message
            return
        async with called(dialect, spec) as call:
            call.engine.send(SendAudio(VOICE))
            await call.until(SpeechStarted)

    run(scenario())
