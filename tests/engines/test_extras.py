"""Fields that a session can do without: who is sent which, and what refusals are about."""

from dataclasses import replace
from typing import Any

import pytest
from an_agent import with_agent

from agent_service.conversation.spec import SessionSpec
from agent_service.engines.dialects import DIALECTS
from agent_service.engines.extras import Extra, extras, incident_code, refused_extra
from agent_service.engines.session_shape import session_update

FIRST, SECOND, LAST = "azure-2024-10-01-preview", "azure-2024-12-17", "azure-2025-04-01-preview"
HEARING = {
    "languages": ("fr",),
    "prompt": "A support call.",
    "keywords": ("AC-42", "Premium Plus"),
    "noise_reduction": "near_field",
}
MODEL = {"reasoning_effort": "low", "parallel_tool_calls": False, "retention_ratio": 0.8}
LOGPROBS = ["item.input_audio_transcription.logprobs"]


@pytest.fixture
def full(spec: SessionSpec) -> SessionSpec:
    spec = replace(spec, transcription_model="gpt-transcribe")
    return with_agent(spec, language="en", hearing=HEARING, model=MODEL)


def session(spec: SessionSpec, dialect: str, model: str = "gpt-realtime-2.1") -> dict[str, Any]:
    known = extras(spec, DIALECTS[dialect], model)
    update: dict[str, Any] = session_update(spec, DIALECTS[dialect], known)["session"]
    return update


@pytest.mark.parametrize("dialect", ["azure-ga", "openai-ga"])
def test_the_current_protocol_is_told_everything(full: SessionSpec, dialect: str) -> None:
    told = session(full, dialect)
    heard = told["audio"]["input"]
    assert heard["transcription"] == {
        "model": "gpt-transcribe",
        "languages": ["en", "fr"],
        "keywords": ["AC-42", "Premium Plus"],
        "prompt": "A support call.",
    }
    assert heard["noise_reduction"] == {"type": "near_field"}
    assert told["include"] == LOGPROBS
    assert told["truncation"] == {"type": "retention_ratio", "retention_ratio": 0.8}
    assert told["reasoning"] == {"effort": "low"}
    assert told["parallel_tool_calls"] is False


def test_languages_are_told_without_their_regions(full: SessionSpec) -> None:
    regional = with_agent(full, language="de-AT", hearing={"languages": ("de-CH", "fr")})
    heard = session(regional, "openai-ga")["audio"]["input"]
    assert heard["transcription"]["languages"] == ["de", "fr"]


@pytest.mark.parametrize("dialect", ["azure-ga", "openai-ga"])
@pytest.mark.parametrize("model", ["gpt-realtime", "gpt-realtime-1.5", "gpt-realtime-mini", "mine"])
def test_a_model_that_does_not_reason_is_not_told_how(
    full: SessionSpec, dialect: str, model: str
) -> None:
    assert not session(full, dialect, model).keys() & {"reasoning", "parallel_tool_calls"}


@pytest.mark.parametrize(
    ("dialect", "transcription", "more"),
    [
        (FIRST, {}, set()),
        (SECOND, {}, set()),
        (LAST, {"prompt": "A support call. AC-42, Premium Plus"}, {"noise", "include"}),
        ("openai-beta", {"prompt": "A support call. AC-42, Premium Plus"}, {"noise", "include"}),
    ],
)
def test_older_protocols_are_told_what_they_know(
    full: SessionSpec, dialect: str, transcription: dict[str, str], more: set[str]
) -> None:
    told = session(replace(full, transcription_model="whisper-1"), dialect)
    assert told["input_audio_transcription"] == {"model": "whisper-1", **transcription}
    assert told.get("include") == (LOGPROBS if more else None)
    noise = {"type": "near_field"} if more else None
    assert told.get("input_audio_noise_reduction") == noise
    assert not told.keys() & {"truncation", "reasoning", "parallel_tool_calls"}


@pytest.mark.parametrize(
    ("model", "hints"),
    [
        ("gpt-live-transcribe", {"languages": ["en"], "keywords": ["AC-42"]}),
        ("gpt-4o-transcribe", {"language": "en", "prompt": "AC-42"}),
        ("gpt-4o-transcribe-diarize", {"language": "en"}),
        ("gpt-realtime-whisper", {"language": "en"}),
        ("my-deployment", {"language": "en", "prompt": "AC-42"}),
    ],
)
def test_each_transcription_model_gets_the_hints_that_it_takes(
    spec: SessionSpec, model: str, hints: dict[str, Any]
) -> None:
    spec = replace(spec, transcription_model=model)
    spec = with_agent(spec, language="en", hearing={"keywords": ("AC-42",)})
    told = session(spec, "openai-ga")["audio"]["input"]["transcription"]
    assert told == {"model": model, **hints}


def test_what_is_not_set_is_not_sent(spec: SessionSpec) -> None:
    spec = with_agent(spec, language=None, hearing={"noise_reduction": "off"})
    heard = session(spec, "openai-ga")["audio"]["input"]
    assert heard.keys() == {"format", "transcription", "turn_detection"}
    assert heard["transcription"] == {"model": "whisper-1"}


def test_nobody_makes_the_provider_speak_by_itself_when_callers_are_silent(
    full: SessionSpec,
) -> None:
    for dialect in DIALECTS:
        assert "idle_timeout_ms" not in str(session(full, dialect))


@pytest.mark.parametrize(
    ("message", "extra"),
    [
        ("Bad. (session.audio.input.transcription.model)", Extra.TRANSCRIPTION),
        (
            "Invalid value: 'gpt-transcribe'. (session.audio.input.transcription)",
            Extra.TRANSCRIPTION,
        ),
        ("Bad. (session.input_audio_transcription.model)", Extra.TRANSCRIPTION),
        ("The model `gpt-transcribe` has been deprecated.", Extra.TRANSCRIPTION),
        ("Model gpt-transcribe does not exist.", Extra.TRANSCRIPTION),
        ("Unknown parameter: 'session.audio.input.transcription.keywords'.", Extra.HINTS),
        ("Bad. (session.audio.input.transcription.languages[1])", Extra.HINTS),
        ("Bad. (session.input_audio_transcription.prompt)", Extra.HINTS),
        ("Unknown parameter: 'session.include'.", Extra.LOGPROBS),
        ("Bad. (session.include[0])", Extra.LOGPROBS),
        ("Bad. (session.audio.input.noise_reduction.type)", Extra.NOISE_REDUCTION),
        ("Unknown parameter: 'session.input_audio_noise_reduction'.", Extra.NOISE_REDUCTION),
        ("Bad. (session.truncation.retention_ratio)", Extra.TRUNCATION),
        ("Unsupported parameter: 'reasoning.effort'.", Extra.REASONING),
        ("Unknown parameter: 'session.parallel_tool_calls'.", Extra.PARALLEL_TOOL_CALLS),
        ("Invalid value: 'loud'. (session.audio.output.voice)", None),
        ("The model gpt-transcribe-2 does not exist.", None),
        ("Your instructions include reasoning about truncation.", None),
        ("The model 'gpt-realtime-2.1' does not exist.", None),
        ("", None),
    ],
)
def test_a_refusal_is_about_the_field_that_it_names(
    full: SessionSpec, message: str, extra: Extra | None
) -> None:
    sent = extras(full, DIALECTS["openai-ga"], "gpt-realtime-2.1")
    assert refused_extra(message, sent, "gpt-realtime-2.1") is extra


def test_what_was_not_sent_cannot_be_left_out(full: SessionSpec) -> None:
    sent = extras(full, DIALECTS["openai-ga"], "gpt-realtime-2.1")
    # The voice model itself may bear the transcription model's name.
    assert refused_extra("No gpt-transcribe here.", sent, "gpt-transcribe") is None
    del sent[Extra.TRANSCRIPTION], sent[Extra.HINTS]
    message = "The model gpt-transcribe does not exist. (session.audio.input.transcription.model)"
    assert refused_extra(message, sent, "gpt-realtime-2.1") is None


def test_each_generation_of_the_protocol_has_its_own_transcription_model(
    spec: SessionSpec,
) -> None:
    spec = replace(spec, transcription_model=None)
    for dialect in DIALECTS.values():
        known = extras(spec, dialect, "m")
        is_current = dialect.name.endswith("ga")
        model = "gpt-transcribe" if is_current else "whisper-1"
        assert known[Extra.TRANSCRIPTION] == {"model": model}


def test_the_lost_transcription_has_an_incident_of_its_own() -> None:
    assert incident_code(Extra.TRANSCRIPTION) == "transcription_unavailable"
    assert incident_code(Extra.REASONING) == "session_field_refused"
