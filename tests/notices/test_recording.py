"""What the provider says is kept only if it is the sentence, and is there to be heard."""

import asyncio
from collections.abc import Callable

import pytest

from agent_service.audio import bytes_to_ms
from agent_service.conversation.commands import RequestResponse
from agent_service.conversation.events import (
    AgentAudio,
    AgentText,
    EngineDropped,
    EngineEvent,
    EngineRefused,
    ResponseFinished,
    ResponseStarted,
    ResponseStatus,
)
from agent_service.engines.scripted import ScriptedEngine, Step
from agent_service.errors import AudioError, EngineError
from agent_service.notices.recording import TRIES, studio

TEXT = "Einen Moment bitte, ich bin gleich für Sie da."
FAILED = ResponseFinished("r", ResponseStatus.FAILED, code="server_error", message="Sorry.")


def saying(text: str, sound: bytes) -> tuple[EngineEvent, ...]:
    middle = len(sound) // 4 * 2
    return (
        ResponseStarted("r"),
        AgentText("r", "i", text[:7], is_spoken=True),
        AgentAudio("r", "i", sound[:middle], 0),
        AgentText("r", "i", text[7:], is_spoken=True),
        AgentAudio("r", "i", sound[middle:], 0),
        ResponseFinished("r", ResponseStatus.COMPLETED),
    )


def record(*answers: tuple[EngineEvent, ...]) -> tuple[bytes, list[str], ScriptedEngine]:
    """Return the sound, why it was said again, and the engine; each try gets one answer."""
    engine = ScriptedEngine([Step(RequestResponse, answer) for answer in answers])
    whys: list[str] = []

    async def scenario() -> bytes:
        async with (
            asyncio.timeout(60),
            studio(engine, voice="marin", language="de", transcription_model="t") as recording,
        ):
            return await recording.record(TEXT, whys.append)

    sound = asyncio.run(scenario())
    assert engine.is_closed
    return sound, whys, engine


def test_what_was_said_is_kept_without_the_silence_around_it(tone: Callable[..., bytes]) -> None:
    sound, whys, engine = record(saying(TEXT, tone(2_000, before_ms=900, after_ms=1_400)))
    assert 2_000 <= bytes_to_ms(len(sound)) <= 2_200
    assert not whys
    assert engine.spec is not None
    agent = engine.spec.agent
    assert (agent.voice, agent.language, engine.spec.tools) == ("marin", "de", ())
    (request,) = engine.commands
    assert isinstance(request, RequestResponse)
    assert request.instructions is not None
    assert request.instructions.endswith(TEXT)
    assert not request.uses_tools


@pytest.mark.parametrize(
    "said",
    [
        "einen moment bitte ich bin gleich für sie da",
        "Einen Moment, bitte: Ich bin gleich für Sie da!",
        "Einen Moment bitte, ich bin gleich fu\u0308r Sie da.\n",
    ],
)
def test_punctuation_and_case_are_not_heard(said: str, tone: Callable[..., bytes]) -> None:
    _, whys, _ = record(saying(said, tone(2_000)))
    assert not whys


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Einen Moment bitte, ich bin nicht für Sie da.", "the provider said"),
        ("Einen Moment bitte.", "the provider said"),
        (f"Gerne! {TEXT}", "the provider said"),
        (f"{TEXT} {TEXT}", "the provider said"),
        ("", "the provider said"),
    ],
)
def test_other_words_are_said_again(said: str, why: str, tone: Callable[..., bytes]) -> None:
    _, whys, _ = record(saying(said, tone(2_000)), saying(TEXT, tone(2_000)))
    assert [each[: len(why)] for each in whys] == [why]


def test_sound_without_a_voice_or_cut_off_is_said_again(tone: Callable[..., bytes]) -> None:
    _, whys, _ = record(
        saying(TEXT, bytes(96_000)),
        saying(TEXT, b""),
        saying(TEXT, tone(600)),
        saying(TEXT, tone(2_000)),
    )
    assert whys == [
        "what the provider sent holds no voice.",
        "what the provider sent holds no voice.",
        "it lasts only 600 ms",
    ]


def test_a_failed_answer_is_asked_for_again(tone: Callable[..., bytes]) -> None:
    _, whys, _ = record((FAILED,), saying(TEXT, tone(2_000)))
    assert whys == ["the provider stopped it as failed: Sorry."]


def test_a_provider_that_is_busy_is_asked_again_when_it_says(tone: Callable[..., bytes]) -> None:
    busy = ResponseFinished(
        "r", ResponseStatus.FAILED, code="rate_limit_exceeded", retry_after_s=0.01
    )
    _, whys, _ = record((busy,), saying(TEXT, tone(2_000)))
    assert whys == ["the provider stopped it as failed: rate_limit_exceeded"]


def test_a_provider_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_service.notices.recording.SAYING_S", 0.01)
    with pytest.raises(EngineError, match=r"did not say a sentence within 0\.01 s"):
        record((ResponseStarted("r"),))


def test_what_never_comes_out_right_is_not_kept(tone: Callable[..., bytes]) -> None:
    with pytest.raises(AudioError, match=f"did not come out right in {TRIES} tries"):
        record(*[saying("Hallo!", tone(2_000))] * TRIES)


@pytest.mark.parametrize("loss", [EngineDropped("dropped", "Gone."), EngineRefused("no", "Gone.")])
def test_a_provider_that_goes_away_is_told(loss: EngineEvent) -> None:
    with pytest.raises(EngineError, match="Gone"):
        record((ResponseStarted("r"), loss))


def test_a_provider_that_went_away_between_two_sentences_is_told() -> None:
    engine = ScriptedEngine()

    async def scenario() -> None:
        async with (
            asyncio.timeout(60),
            studio(engine, voice="marin", language="de", transcription_model="t") as recording,
        ):
            engine.push(EngineDropped("dropped", "Gone."))
            await recording.record(TEXT, print)

    with pytest.raises(EngineError, match="Gone"):
        asyncio.run(scenario())
    assert engine.is_closed


def test_a_provider_that_refuses_the_session_is_closed() -> None:
    engine = ScriptedEngine(refusal=EngineError("Wrong key.", code="provider_refused"))

    async def scenario() -> None:
        async with studio(engine, voice="marin", language="de", transcription_model="t"):
            raise AssertionError("there is no session")

    with pytest.raises(EngineError, match="Wrong key"):
        asyncio.run(scenario())
    assert engine.is_closed
