"""What each event of the provider means to a conversation. Functions without a memory."""

import math
from collections.abc import Callable
from typing import TypeAlias, TypeVar

import msgspec

from agent_service.audio import sounding
from agent_service.conversation.events import (
    AgentAudio,
    AgentText,
    EngineDropped,
    EngineEvent,
    EngineRefused,
    ResponseFinished,
    ResponseStarted,
    ResponseStatus,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    TranscriptArrived,
    TranscriptFailed,
)
from agent_service.conversation.records import Usage
from agent_service.engines import incoming
from agent_service.engines.dialects import Names
from agent_service.engines.mending import cut
from agent_service.engines.refusals import busy_code
from agent_service.engines.waiting import asked_in_words

TOKENS_A_SECOND = 10
"""Of audio that a model hears, whether it is paid by them or by the time."""

Translation: TypeAlias = Callable[[bytes], EngineEvent]
Shape = TypeVar("Shape", bound=incoming.Incoming)

# Known, and of no interest to a conversation.
IGNORED = frozenset(
    {
        "conversation.created",
        "conversation.item.created",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.deleted",
        "conversation.item.retrieved",
        "conversation.item.truncated",
        "conversation.item.input_audio_transcription.segment",
        "input_audio_buffer.cleared",
        "input_audio_buffer.dtmf_event_received",
        "input_audio_buffer.timeout_triggered",
        "output_audio_buffer.cleared",
        "output_audio_buffer.started",
        "output_audio_buffer.stopped",
        "response.audio.done",
        "response.audio_transcript.done",
        "response.content_part.added",
        "response.content_part.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.output_item.added",
        "response.output_text.done",
        "response.text.done",
    }
)


def translations(names: Names) -> dict[str, Translation]:
    """Return the translation of every event that concerns a conversation, by its type."""
    text = reader(incoming.TextDelta)
    return {
        names.audio_delta: _through(reader(incoming.AudioDelta), _agent_audio),
        names.transcript_delta: _through(text, _spoken_words),
        names.text_delta: _through(text, _written_words),
        "error": _through(reader(incoming.Error), _error),
        "input_audio_buffer.speech_started": _through(
            reader(incoming.SpeechStart), _speech_started
        ),
        "input_audio_buffer.speech_stopped": _through(reader(incoming.SpeechStop), _speech_stopped),
        "input_audio_buffer.committed": _through(reader(incoming.Committed), _speech_committed),
        "conversation.item.input_audio_transcription.delta": _through(
            reader(incoming.InputTranscriptDelta), _input_transcript_delta
        ),
        "conversation.item.input_audio_transcription.completed": _through(
            reader(incoming.InputTranscript), _input_transcript
        ),
        "conversation.item.input_audio_transcription.failed": _through(
            reader(incoming.InputTranscriptFailure), _input_transcript_failure
        ),
        "response.created": _through(reader(incoming.Response), _response_created),
    }


def reader(shape: type[Shape]) -> Callable[[bytes], Shape]:
    """Return the parser of messages of one shape."""
    return msgspec.json.Decoder(shape).decode


def response_done(event: incoming.Response) -> ResponseFinished:
    """Translate the end of a response; its usage has no price yet."""
    response = event.response
    details = incoming.part(response.status_details, incoming.MaybeDetails, None)
    details = details or incoming.StatusDetails()
    error = details.error or incoming.ErrorDetails()
    code = details.reason or error.code or error.type
    try:
        status = ResponseStatus(incoming.part(response.status, str, ""))
    except ValueError:
        # An end is an end: a response that never finished would block the conversation.
        status, code = ResponseStatus.FAILED, code or "unknown_status"
    usage = _usage(incoming.part(response.usage, incoming.MaybeUsage, None))
    message = error.message and cut(error.message)
    wait_s = asked_in_words(message) if status is ResponseStatus.FAILED else None
    return ResponseFinished(response.id, status, usage, busy_code(code), message, wait_s)


def answers_by_itself(session: incoming.SessionDetails) -> bool | None:
    """Return whether the session says that it answers the caller's turns by itself."""
    detection = incoming.part(session.turn_detection, incoming.MaybeTurnDetection, None)
    audio = incoming.part(session.audio, incoming.MaybeAudio, None)
    if detection is None and audio is not None and audio.input is not None:
        detection = audio.input.turn_detection
    return None if detection is None else detection.create_response


def listed_items(response: incoming.ResponseDetails) -> list[incoming.Item]:
    """Return those items of a response that can be read."""
    raws: list[msgspec.Raw] = incoming.part(response.output, list[msgspec.Raw], [])
    items: list[incoming.Item | None] = [incoming.part(raw, incoming.Item, None) for raw in raws]
    return [item for item in items if item is not None]


def _through(
    read: Callable[[bytes], Shape], translate: Callable[[Shape], EngineEvent]
) -> Translation:
    return lambda raw: translate(read(raw))


def _agent_audio(event: incoming.AudioDelta) -> EngineEvent:
    sound = event.delta
    return AgentAudio(event.response_id, event.item_id, sound, *sounding(sound))


def _spoken_words(event: incoming.TextDelta) -> EngineEvent:
    return AgentText(event.response_id, event.item_id, event.delta, is_spoken=True)


def _written_words(event: incoming.TextDelta) -> EngineEvent:
    return AgentText(event.response_id, event.item_id, event.delta, is_spoken=False)


def _error(event: incoming.Error) -> EngineEvent:
    error = event.error
    code = busy_code(error.code or error.type) or "server_error"
    message = cut(error.message or "The provider gave no reason.")
    wait_s = asked_in_words(message)
    if error.param and error.param not in message:
        message = f"{message} ({error.param})"
    if code == "session_expired":
        return EngineDropped(code, message, wait_s)
    return EngineRefused(code, message, wait_s)


def _speech_started(event: incoming.SpeechStart) -> EngineEvent:
    return SpeechStarted(event.item_id, event.audio_start_ms)


def _speech_stopped(event: incoming.SpeechStop) -> EngineEvent:
    return SpeechStopped(event.item_id, event.audio_end_ms)


def _speech_committed(event: incoming.Committed) -> EngineEvent:
    return SpeechCommitted(event.item_id)


def _input_transcript_delta(event: incoming.InputTranscriptDelta) -> EngineEvent:
    return TranscriptArrived(event.item_id, cut(event.delta), is_final=False)


def _input_transcript(event: incoming.InputTranscript) -> EngineEvent:
    # Some transcription models end with a line break.
    text = cut((event.transcript or "").strip())
    tokens: list[incoming.LogProbability] | None = incoming.part(
        event.logprobs, incoming.MaybeLogProbabilities, None
    )
    usage = incoming.part(event.usage, incoming.MaybeTranscriptionUsage, None)
    return TranscriptArrived(
        event.item_id,
        text,
        is_final=True,
        confidence=_confidence(tokens or []),
        usage=_transcription_usage(usage),
    )


def _confidence(tokens: list[incoming.LogProbability]) -> float | None:
    """Return the geometric mean of the tokens' probabilities."""
    if not tokens:
        return None
    mean = sum(token.logprob for token in tokens) / len(tokens)
    return math.exp(min(mean, 0.0)) if not math.isnan(mean) else None


def _input_transcript_failure(event: incoming.InputTranscriptFailure) -> EngineEvent:
    error = event.error
    message = error.message or error.code or "The audio could not be transcribed."
    return TranscriptFailed(event.item_id, cut(message))


def _response_created(event: incoming.Response) -> EngineEvent:
    return ResponseStarted(event.response.id)


def _transcription_usage(details: incoming.TranscriptionUsage | None) -> Usage | None:
    if details is None:
        return None
    given = details.input_token_details or incoming.InputTokens(audio_tokens=details.input_tokens)
    return Usage(
        input_text_tokens=given.text_tokens,
        input_audio_tokens=given.audio_tokens + math.ceil(details.seconds * TOKENS_A_SECOND),
        output_text_tokens=details.output_tokens,
    )


def _usage(details: incoming.UsageDetails | None) -> Usage | None:
    if details is None:
        return None
    given = details.input_token_details or incoming.InputTokens()
    made = details.output_token_details or incoming.OutputTokens()
    # The first preview says only how many tokens were cached: they count as text first.
    cached = given.cached_tokens_details or incoming.CachedTokens(
        text_tokens=min(given.cached_tokens, given.text_tokens),
        audio_tokens=max(0, given.cached_tokens - given.text_tokens),
    )
    return Usage(
        input_text_tokens=given.text_tokens,
        input_audio_tokens=given.audio_tokens,
        cached_text_tokens=cached.text_tokens,
        cached_audio_tokens=cached.audio_tokens,
        output_text_tokens=made.text_tokens,
        output_audio_tokens=made.audio_tokens,
    )
