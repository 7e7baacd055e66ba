"""What each event of the provider means to a conversation. Functions without a memory."""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import msgspec

from agent_service.conversation.events import (
    AgentAudio,
    AgentItemFinished,
    AgentText,
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
from agent_service.conversation.records import Usage
from agent_service.engines import incoming
from agent_service.engines.dialects import Names

Events: TypeAlias = tuple[EngineEvent, ...]
Translation: TypeAlias = Callable[[bytes], Events]
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
        "rate_limits.updated",
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
        "session.updated": _through(reader(incoming.Session), _session_updated),
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
        "response.output_item.done": _through(reader(incoming.ItemDone), _item_done),
    }


def reader(shape: type[Shape]) -> Callable[[bytes], Shape]:
    """Return the parser of messages of one shape."""
    return msgspec.json.Decoder(shape).decode


def response_done(event: incoming.Response) -> ResponseFinished:
    """Translate the end of a response; its usage has no price yet."""
    response = event.response
    details = response.status_details or incoming.StatusDetails()
    error = details.error or incoming.ErrorDetails()
    code = details.reason or error.code or error.type
    try:
        status = ResponseStatus(response.status)
    except ValueError:
        # An end is an end: a response that never finished would block the conversation.
        status, code = ResponseStatus.FAILED, code or "unknown_status"
    return ResponseFinished(response.id, status, _usage(response.usage), code, error.message)


def _storable(text: str) -> str:
    # No database stores NUL.
    return text.replace("\0", "\ufffd")


def _through(read: Callable[[bytes], Shape], translate: Callable[[Shape], Events]) -> Translation:
    return lambda raw: translate(read(raw))


def _agent_audio(event: incoming.AudioDelta) -> Events:
    return (AgentAudio(event.response_id, event.item_id, event.delta),)


def _spoken_words(event: incoming.TextDelta) -> Events:
    return (AgentText(event.response_id, event.item_id, _storable(event.delta), is_spoken=True),)


def _written_words(event: incoming.TextDelta) -> Events:
    return (AgentText(event.response_id, event.item_id, _storable(event.delta), is_spoken=False),)


def _session_updated(_event: incoming.Session) -> Events:
    return (EngineReady(),)


def _error(event: incoming.Error) -> Events:
    error = event.error
    code = error.code or error.type or "server_error"
    message = error.message or "The provider gave no reason."
    if error.param and error.param not in message:
        message = f"{message} ({error.param})"
    if code == "session_expired":
        return (EngineDropped(code, message),)
    return (EngineRefused(code, message),)


def _speech_started(event: incoming.SpeechStart) -> Events:
    return (SpeechStarted(event.item_id, event.audio_start_ms),)


def _speech_stopped(event: incoming.SpeechStop) -> Events:
    return (SpeechStopped(event.item_id, event.audio_end_ms),)


def _speech_committed(event: incoming.Committed) -> Events:
    return (SpeechCommitted(event.item_id),)


def _input_transcript_delta(event: incoming.InputTranscriptDelta) -> Events:
    return (TranscriptArrived(event.item_id, _storable(event.delta), is_final=False),)


def _input_transcript(event: incoming.InputTranscript) -> Events:
    # Some transcription models end with a line break.
    text = _storable(event.transcript or "").strip()
    return (TranscriptArrived(event.item_id, text, is_final=True),)


def _input_transcript_failure(event: incoming.InputTranscriptFailure) -> Events:
    error = event.error
    message = error.message or error.code or "The audio could not be transcribed."
    return (TranscriptFailed(event.item_id, message),)


def _response_created(event: incoming.Response) -> Events:
    return (ResponseStarted(event.response.id),)


def _item_done(event: incoming.ItemDone) -> Events:
    item = event.item
    is_complete = item.status == "completed"
    match item.type:
        case "message":
            return (AgentItemFinished(event.response_id, item.id, is_complete),)
        case "function_call" if is_complete:
            if not (item.call_id and item.name):
                raise msgspec.ValidationError("a function call without call_id or name")
            arguments = _storable(item.arguments)
            return (ToolCallRequested(event.response_id, item.call_id, item.name, arguments),)
        case _:
            # A call that was cut off must not run: its arguments are not whole.
            return ()


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
