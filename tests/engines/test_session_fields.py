"""What a provider says of its session and of waiting, and what it refuses, on a real socket."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from agent_service.conversation.events import (
    EngineDropped,
    EngineReady,
    EngineRefused,
    ResponseFinished,
    SpeechCommitted,
    TranscriptArrived,
    TranscriptFailed,
)
from agent_service.conversation.records import Role
from agent_service.conversation.spec import HistoryTurn, SessionSpec
from agent_service.engines.extras import Extra
from agent_service.engines.realtime import RealtimeEngine
from agent_service.errors import EngineError

Run = Callable[[Awaitable[Any]], Any]
Serve = Callable[..., Any]
EngineTo = Callable[..., RealtimeEngine]
TRANSCRIPTION = "conversation.item.input_audio_transcription"


@pytest.fixture
def answered(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> Callable[..., list[Any]]:
    """Opens an engine to a provider that sends some events; returns what was delivered."""

    def play_and_listen(*sent: dict[str, Any], count: int) -> list[Any]:
        async def play(provider: Any) -> None:
            await provider.accept()
            await provider.set_up()
            provider.send(*sent)
            await provider.until_gone()

        async def scenario() -> list[Any]:
            async with serve(play) as port:
                engine = engine_to(port)
                await engine.open(spec, listener)
                assert await listener.next() == EngineReady()
                events = [await listener.next() for _ in range(count)]
                await engine.close()
                return events

        events: list[Any] = run(scenario())
        return events

    return play_and_listen


def refusing(*refusals: dict[str, str], received: list[dict[str, Any]]) -> Any:
    """Return a provider that refuses that many configurations and takes the next."""

    async def play(provider: Any) -> None:
        await provider.accept()
        provider.send({"type": "session.created", "session": {"model": "gpt-realtime-2.1"}})
        for refusal in (*refusals, None):
            message = await provider.receive()
            while message["type"] != "session.update":
                received.append(message)
                message = await provider.receive()
            received.append(message)
            if refusal is not None:
                provider.send({"type": "error", "error": refusal})
        provider.send({"type": "session.updated", "session": message["session"]})
        provider.send({"type": "input_audio_buffer.committed", "item_id": "u"})
        await provider.until_gone()

    return play


@pytest.mark.parametrize(
    "refusal",
    [
        {
            "code": "invalid_value",
            "message": "Invalid value: 'gpt-transcribe'.",
            "param": "session.audio.input.transcription.model",
        },
        {"code": "model_not_found", "message": "The model `gpt-transcribe` does not exist."},
        {"code": "invalid_value", "message": "'session.audio.input.transcription' is not there."},
    ],
)
def test_a_transcription_model_that_is_gone_costs_captions_and_not_the_call(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    refusal: dict[str, str],
) -> None:
    received: list[dict[str, Any]] = []
    spec = replace(
        spec,
        transcription_model="gpt-transcribe",
        history=(HistoryTurn(Role.CALLER, "Where is it?"),),
    )

    async def scenario() -> None:
        async with serve(refusing(refusal, received=received)) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            events = [await listener.next() for _ in range(4)]
            await engine.close()
            ready, incident, committed, failed = events
            assert (ready, committed) == (EngineReady(), SpeechCommitted("u"))
            assert incident.code == "transcription_unavailable"
            assert incident.message.startswith(refusal["message"])
            assert (failed.item_id, failed.is_expected) == ("u", True)
            assert engine.left_out.keys() == {Extra.TRANSCRIPTION}

    run(scenario())
    kinds = [message["type"] for message in received]
    assert kinds == ["conversation.item.create", "session.update", "session.update"]
    assert received[1]["session"]["audio"]["input"]["transcription"] is not None
    assert received[2]["session"]["audio"]["input"]["transcription"] is None


def test_several_fields_may_be_refused_one_after_the_other(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    received: list[dict[str, Any]] = []
    names = ["include", "truncation", "reasoning", "parallel_tool_calls"]
    refusals = [
        {"code": "unknown_parameter", "message": "No sesame-4711.", "param": f"session.{name}"}
        for name in names
    ]

    async def scenario() -> None:
        async with serve(refusing(*refusals, received=received)) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            events = [await listener.next() for _ in range(6)]
            await engine.close()
        codes = [event.code for event in events if isinstance(event, EngineRefused)]
        assert codes == ["session_field_refused"] * 4
        assert "sesame" not in str(events)
        assert events[-1] == SpeechCommitted("u")

    run(scenario())
    left = [set(names) & message["session"].keys() for message in received]
    assert left == [set(names[n:]) for n in range(5)]


def test_a_field_that_is_refused_again_ends_the_attempt(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    refusal = {"code": "invalid_value", "message": "Bad.", "param": "session.include"}

    async def play(provider: Any) -> None:
        await provider.accept()
        provider.send({"type": "session.created", "session": {}})
        for _ in range(2):
            await provider.receive()
            provider.send({"type": "error", "error": refusal})
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            with pytest.raises(EngineError, match="refused the session: Bad"):
                await engine_to(port).open(spec, listener)

    run(scenario())


def test_the_model_that_answers_decides_what_it_is_told(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    received: list[dict[str, Any]] = []

    async def scenario() -> None:
        async with serve(refusing(received=received)) as port:
            engine = engine_to(port, "azure-ga", model="my-deployment")
            await engine.open(spec, listener)
            assert engine.reported_model == "gpt-realtime-2.1"
            await engine.close()

    run(scenario())
    assert received[0]["session"]["reasoning"] == {"effort": "low"}


@pytest.mark.parametrize(
    ("ahead_s", "is_known"), [(1800, True), (3600, True), (-60, False), (864_000, False)]
)
def test_it_is_known_how_long_the_session_lasts(
    run: Run,
    serve: Serve,
    engine_to: EngineTo,
    spec: SessionSpec,
    listener: Any,
    ahead_s: int,
    is_known: bool,
) -> None:
    async def play(provider: Any) -> None:
        await provider.accept()
        provider.send({"type": "session.created", "session": {"expires_at": "never"}})
        assert (await provider.receive())["type"] == "session.update"
        expires_at = int(time.time()) + ahead_s
        provider.send({"type": "session.updated", "session": {"expires_at": expires_at}})
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            ready = await listener.next()
            await engine.close()
            if is_known:
                assert ready.expires_in_s == pytest.approx(ahead_s, abs=5)
            else:
                assert ready.expires_in_s is None

    run(scenario())


def completed(logprobs: Any) -> dict[str, Any]:
    event = {"type": f"{TRANSCRIPTION}.completed", "item_id": "u", "transcript": "Yes.\n"}
    return event | {"logprobs": logprobs}


@pytest.mark.parametrize(
    ("logprobs", "confidence"),
    [
        ([{"token": "Yes", "logprob": -0.1}, {"token": ".", "logprob": -0.3}], 0.8187),
        ([{"logprob": 0.0}], 1.0),
        ([{"logprob": 0.2}], 1.0),
        ([{"logprob": -1e300}], 0.0),
        ([], None),
        (None, None),
        ("none", None),
        ([{"token": "Yes"}], None),
    ],
)
def test_a_transcript_says_how_sure_it_is_where_the_provider_does(
    answered: Callable[..., list[Any]], logprobs: Any, confidence: float | None
) -> None:
    (transcript,) = answered(completed(logprobs), count=1)
    assert isinstance(transcript, TranscriptArrived)
    assert transcript.text == "Yes."
    assert transcript.confidence == pytest.approx(confidence, abs=1e-4)


def failed(n: int) -> dict[str, Any]:
    error = {"type": "server_error", "code": None, "message": "Input transcription failed."}
    return {"type": f"{TRANSCRIPTION}.failed", "item_id": f"u{n}", "error": error}


def test_transcripts_that_always_fail_are_one_incident(
    answered: Callable[..., list[Any]],
) -> None:
    events = answered(*map(failed, range(5)), count=6)
    (incident,) = [event for event in events if isinstance(event, EngineRefused)]
    assert incident.code == "transcription_unavailable"
    assert incident.message.endswith("Input transcription failed.")
    failures = [event for event in events if isinstance(event, TranscriptFailed)]
    assert [event.item_id for event in failures] == [f"u{n}" for n in range(5)]
    assert [event.is_expected for event in failures] == [False, False, True, True, True]


def test_transcripts_that_fail_now_and_then_are_no_loss_of_all(
    answered: Callable[..., list[Any]],
) -> None:
    events = answered(failed(0), completed(None), *map(failed, range(1, 6)), count=7)
    assert not any(isinstance(event, EngineRefused) for event in events)
    assert not any(getattr(event, "is_expected", False) for event in events)


def limits(*pairs: tuple[int, float]) -> dict[str, Any]:
    told = [{"name": "tokens", "remaining": left, "reset_seconds": s} for left, s in pairs]
    return {"type": "rate_limits.updated", "rate_limits": told}


def busy(message: str, code: str | None = "rate_limit_exceeded") -> list[dict[str, Any]]:
    error = {"type": "tokens", "code": code, "message": message}
    details = {"type": "failed", "error": error}
    response = {"id": "r", "status": "failed", "status_details": details}
    return [
        {"type": "response.created", "response": {"id": "r"}},
        {"type": "response.done", "response": response},
    ]


@pytest.mark.parametrize(
    ("told", "message", "seconds"),
    [
        ([], "Please try again in 1m30s.", 90),
        ([limits((0, 12.5))], "Please try again in 20s.", 20),
        ([limits((0, 12.5), (7, 60))], "Try later.", 12.5),
        ([limits((0, 12.5)), limits((9, 1.0))], "Try later.", None),
        ([{"type": "rate_limits.updated", "rate_limits": []}], "Try later.", None),
        ([], "Try later.", None),
    ],
)
def test_a_busy_provider_says_when_to_come_back(
    answered: Callable[..., list[Any]], told: list[Any], message: str, seconds: float | None
) -> None:
    _, finished = answered(*told, *busy(message), count=2)
    assert isinstance(finished, ResponseFinished)
    assert (finished.code, finished.retry_after_s) == ("rate_limit_exceeded", seconds)


BUSY_CODES = [None, "RateLimitReached", "429", "too_many_requests"]


@pytest.mark.parametrize("code", BUSY_CODES)
def test_a_busy_provider_has_one_code_however_a_response_says_so(
    answered: Callable[..., list[Any]], code: str | None
) -> None:
    _, finished = answered(*busy("Try again in 2s", code), count=2)
    assert (finished.code, finished.retry_after_s) == ("rate_limit_exceeded", 2)


@pytest.mark.parametrize("code", BUSY_CODES)
def test_a_busy_provider_has_one_code_however_an_error_says_so(
    answered: Callable[..., list[Any]], code: str | None
) -> None:
    error = {"type": "requests", "code": code, "message": "Try again in 2s"}
    assert answered({"type": "error", "error": error}, count=1) == [
        EngineRefused("rate_limit_exceeded", "Try again in 2s", 2)
    ]


def test_a_used_up_quota_is_not_waited_for(answered: Callable[..., list[Any]]) -> None:
    _, finished = answered(*busy("You exceeded your quota.", "insufficient_quota"), count=2)
    assert (finished.code, finished.retry_after_s) == ("insufficient_quota", None)


def test_no_live_event_repeats_the_key(answered: Callable[..., list[Any]]) -> None:
    error = {"type": "error", "error": {"code": "x", "message": "Bad key sesame-4711."}}
    assert answered(error, count=1) == [EngineRefused("x", "Bad key [secret].")]


def test_a_goodbye_may_say_when_to_come_back(
    run: Run, serve: Serve, engine_to: EngineTo, spec: SessionSpec, listener: Any
) -> None:
    async def play(provider: Any) -> None:
        await provider.accept()
        await provider.set_up()
        provider.close(1013, "overloaded, try again in 5s")
        await provider.until_gone()

    async def scenario() -> None:
        async with serve(play) as port:
            engine = engine_to(port)
            await engine.open(spec, listener)
            assert await listener.next() == EngineReady()
            dropped = await listener.next()
            await engine.close()
            assert isinstance(dropped, EngineDropped)
            assert (dropped.code, dropped.retry_after_s) == ("dropped", 5)

    run(scenario())
