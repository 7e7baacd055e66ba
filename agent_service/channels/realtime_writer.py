"""What a Realtime client is told: the conversation as events of its protocol, in their order.

Pure: it knows what it has told and nothing of time. Each of the agent's turns is a response with
one item, which begins with its first words or sound and is done when it was heard, or cut.
"""

import base64
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

import msgspec

from agent_service.channels import widget
from agent_service.channels.realtime import EXTRA
from agent_service.channels.realtime_dialects import Dialect
from agent_service.channels.realtime_session import (
    Refused,
    Session,
    flat_name,
    format_of,
    shown,
)
from agent_service.conversation.commands import (
    CallerCommand,
    ShowError,
    ShowTool,
    ShowTranscript,
)
from agent_service.conversation.records import Modality, Role
from agent_service.errors import AgentServiceError, CallerError

MAX_ITEMS: Final = 200
"""Of a conversation, those that a client may still ask for."""


@dataclass(slots=True)
class _Answer:
    """A turn of the agent's, on its way to the client."""

    item_id: str
    response_id: str
    is_spoken: bool
    text: str = ""
    told: int = 0
    """How many characters of it were told."""
    is_open: bool = False
    before: str | None = None
    """The item before it, once it is open."""
    is_final: bool = False
    is_cut: bool = False


class Writer:
    """Collects events; ``take`` returns them as they go on the wire."""

    def __init__(
        self,
        dialect: Dialect,
        session: Session,
        conversation_id: str,
        new_id: Callable[[str], str],
        *,
        tells_extras: bool,
        shows_detail: bool,
    ) -> None:
        self.session = session
        self._dialect = dialect
        self._conversation_id = conversation_id
        self._new_id = new_id
        self._tells_extras = tells_extras
        self._shows_detail = shows_detail
        self._events: list[str] = []
        self._items: dict[str, dict[str, Any]] = {}
        """What was announced, in order; the oldest go first."""
        self._answers: dict[str, _Answer] = {}
        """Those that are not done, in the order in which they are heard."""
        self._done: dict[str, None] = {}
        """The agent's items of which nothing more is told."""
        self._speech: str | None = None
        """The item that the caller's speech will be."""
        self._unnamed: deque[str] = deque(maxlen=MAX_ITEMS)
        """The caller's spoken items whose turn is not known yet."""
        self._spoken: dict[str, str | None] = {}
        """The caller's spoken items by turn; None once the words are known."""
        self._is_cancelled = False
        """The client asked for silence."""

    def take(self) -> list[str]:
        events, self._events = self._events, []
        return events

    # --- the session ---

    def created(self) -> None:
        self._tell("session.created", session=shown(self.session, self._dialect))
        if self._dialect.announces_conversation:
            conversation = {"id": self._conversation_id, "object": "realtime.conversation"}
            self._tell("conversation.created", conversation=conversation)

    def updated(self, session: Session) -> None:
        self.session = session
        self._tell("session.updated", session=shown(session, self._dialect))

    def refused(self, error: AgentServiceError, event_id: str | None) -> None:
        self._tell("error", error=_error(error, event_id))

    # --- the caller ---

    def committed(self) -> None:
        """The caller's speech has become an item."""
        item_id, self._speech = self._speech or self._new_id("item"), None
        self._unnamed.append(item_id)
        self._tell(
            "input_audio_buffer.committed", previous_item_id=self._last_item, item_id=item_id
        )
        self._add(_message(item_id, "user", {"type": "input_audio", "transcript": None}))

    def typed(self, item_id: str | None, text: str) -> None:
        """Acknowledge what the caller has typed; raise Refused where the item is known."""
        if item_id in self._items:
            raise Refused(
                f"There is an item {item_id!r} already.",
                code="item_create_invalid_item_id",
                field="item.id",
            )
        part = {"type": "input_text", "text": text}
        self._add(_message(item_id or self._new_id("item"), "user", part))

    def retrieved(self, item_id: str) -> None:
        if item_id not in self._items:
            raise _no_item(item_id, "item_retrieve_invalid_item_id")
        self._tell("conversation.item.retrieved", item=self._items[item_id])

    def truncated(self, item_id: str, played_ms: int) -> None:
        """Acknowledge where the client's player was stopped."""
        if item_id not in self._items or self._items[item_id]["role"] != "assistant":
            raise _no_item(item_id, "item_truncate_invalid_item_id")
        self._tell(
            "conversation.item.truncated",
            item_id=item_id,
            content_index=0,
            audio_end_ms=played_ms,
        )

    def speech_started(self, at_ms: int) -> None:
        """Say that the caller speaks, from there on in the sound that they have sent."""
        self._is_cancelled = False
        self._speech = self._new_id("item")
        self._tell("input_audio_buffer.speech_started", audio_start_ms=at_ms, item_id=self._speech)

    def speech_stopped(self, at_ms: int) -> None:
        self._tell("input_audio_buffer.speech_stopped", audio_end_ms=at_ms, item_id=self._speech)
        self.committed()

    @property
    def hears_speech(self) -> bool:
        return self._speech is not None

    # --- the agent ---

    @property
    def is_answering(self) -> bool:
        """A response was begun and is not done."""
        return any(answer.is_open for answer in self._answers.values())

    def cancel(self) -> None:
        """What is cut now is cut because the client wanted it."""
        self._is_cancelled = True

    def sounds(self, item_id: str, sound: bytes) -> bool:
        """Tell of sound; False where nothing more of the item may be told."""
        answer = self._answer(item_id)
        if answer is None:
            return False
        for earlier in takewhile(lambda each: each is not answer, [*self._answers.values()]):
            self._close(earlier)
        self._open(answer)
        delta = base64.b64encode(sound).decode()
        self._tell(f"{self._dialect.audio}.delta", **self._place(answer), delta=delta)
        return True

    def cut(self, item_id: str) -> None:
        """Nothing more of it is heard."""
        answer = self._answers.get(item_id)
        if answer is not None:
            answer.is_cut = True
            self._close(answer)
            self._advance()

    def show(self, command: CallerCommand) -> None:
        """Tell what concerns neither sound nor speech."""
        if isinstance(command, ShowTranscript):
            self._caption(command)
        elif isinstance(command, ShowError):
            self.refused(CallerError(command.message, code=command.code), None)
            return
        self._extra(command)

    def _caption(self, caption: ShowTranscript) -> None:
        if caption.role is Role.CALLER:
            self._caller_caption(caption)
        elif caption.role is not Role.SYSTEM:
            self._agent_caption(caption)

    def _caller_caption(self, caption: ShowTranscript) -> None:
        if caption.is_typed or (caption.is_final and caption.item_id is None):
            return  # it was typed, or its words came late
        turn_id = caption.turn_id
        if turn_id not in self._spoken:
            if not (self._unnamed or self._speech):
                return
            self._spoken[turn_id] = self._unnamed.popleft() if self._unnamed else self._speech
        item_id = self._spoken[turn_id]
        place = {"item_id": item_id, "content_index": 0}
        event = "conversation.item.input_audio_transcription"
        if caption.text is not None and item_id is not None:
            self._tell(f"{event}.completed", **place, transcript=caption.text)
            self._spoken[turn_id] = None
        elif item_id is not None and self._dialect.tells_words_as_they_come:
            self._tell(f"{event}.delta", **place, delta=caption.delta)
        if caption.is_final:
            del self._spoken[turn_id]

    def _agent_caption(self, caption: ShowTranscript) -> None:
        answer = self._answer(caption.item_id or caption.turn_id)
        if answer is None:
            return
        answer.text = answer.text + (caption.delta or "") if caption.text is None else caption.text
        answer.is_final = caption.is_final
        answer.is_cut = caption.is_interrupted
        self._advance()

    def _answer(self, item_id: str) -> _Answer | None:
        """Return the answer that is not done yet."""
        if item_id not in self._answers and item_id not in self._done:
            is_spoken = self.session.modality is Modality.AUDIO
            self._answers[item_id] = _Answer(item_id, self._new_id("resp"), is_spoken)
        return self._answers.get(item_id)

    def _advance(self) -> None:
        """Tell of the first answer what is known by now, and of the next once it is done."""
        while self._answers:
            answer = next(iter(self._answers.values()))
            if answer.text or answer.is_open:
                self._open(answer)
            if not answer.is_final:
                return
            self._close(answer)

    def _open(self, answer: _Answer) -> None:
        """Begin the response, if it has not begun, and tell the words that were not told."""
        if not answer.is_open:
            answer.is_open, self._is_cancelled = True, False
            answer.before = self._last_item
            self._tell("response.created", response=self._response(answer, "in_progress"))
            item = _message(answer.item_id, "assistant", None, status="in_progress")
            where = {"response_id": answer.response_id, "output_index": 0}
            self._tell("response.output_item.added", **where, item=item)
            self._add(item, is_whole=False)
            part = {"type": "audio", "transcript": ""}
            if not answer.is_spoken:
                part = {"type": "text", "text": ""}
            self._tell("response.content_part.added", **self._place(answer), part=part)
        if answer.told < len(answer.text):
            event = self._dialect.transcript if answer.is_spoken else self._dialect.text
            delta = answer.text[answer.told :]
            self._tell(f"{event}.delta", **self._place(answer), delta=delta)
            answer.told = len(answer.text)

    def _close(self, answer: _Answer) -> None:
        del self._answers[answer.item_id]
        self._done[answer.item_id] = None
        _forget_oldest(self._done)
        if not answer.is_open:
            return
        place, text = self._place(answer), answer.text
        if answer.is_spoken:
            part = {"type": "audio", "transcript": text}
            self._tell(f"{self._dialect.audio}.done", **place)
            self._tell(f"{self._dialect.transcript}.done", **place, transcript=text)
        else:
            part = {"type": "text", "text": text}
            self._tell(f"{self._dialect.text}.done", **place, text=text)
        self._tell("response.content_part.done", **place, part=part)
        item = self._item(answer)
        if answer.item_id in self._items:
            self._items[answer.item_id] = item
        for event in self._dialect.item_events[1:]:
            self._tell(event, previous_item_id=answer.before, item=item)
        where = {"response_id": answer.response_id, "output_index": 0}
        self._tell("response.output_item.done", **where, item=item)
        status = "cancelled" if answer.is_cut else "completed"
        self._tell("response.done", response=self._response(answer, status, item))

    def _place(self, answer: _Answer) -> dict[str, Any]:
        return {
            "response_id": answer.response_id,
            "item_id": answer.item_id,
            "output_index": 0,
            "content_index": 0,
        }

    def _item(self, answer: _Answer) -> dict[str, Any]:
        part = {"type": self._dialect.audio_part, "transcript": answer.text}
        if not answer.is_spoken:
            part = {"type": self._dialect.text_part, "text": answer.text}
        status = "incomplete" if answer.is_cut else "completed"
        return _message(answer.item_id, "assistant", part, status=status)

    def _response(self, answer: _Answer, status: str, *output: dict[str, Any]) -> dict[str, Any]:
        details = None
        if status == "cancelled":
            reason = "client_cancelled" if self._is_cancelled else "turn_detected"
            details = {"type": "cancelled", "reason": reason}
        response = {
            "object": "realtime.response",
            "id": answer.response_id,
            "status": status,
            "status_details": details,
            "output": [*output],
            "conversation_id": self._conversation_id,
            "usage": None,
            "metadata": None,
        }
        modalities = ["audio" if answer.is_spoken else "text"]
        session = self.session
        if self._dialect.is_nested:
            output_format = format_of(session.output_format)
            said = {"format": output_format, "voice": session.voice}
            return {
                **response,
                "output_modalities": modalities,
                "max_output_tokens": "inf",
                "audio": {"output": said},
            }
        return {
            **response,
            "modalities": ["audio", "text"] if answer.is_spoken else modalities,
            "voice": session.voice,
            "output_audio_format": flat_name(session.output_format),
            "max_output_tokens": "inf",
        }

    # --- events ---

    def _extra(self, command: CallerCommand) -> None:
        """Tell what the protocol has no event for, to a client that knows ours."""
        if not self._tells_extras:
            return
        if isinstance(command, ShowTool) and not self._shows_detail:
            return
        frame = widget.encode(command, 0, shows_detail=self._shows_detail)
        assert isinstance(frame, str)  # sound goes its own way
        notice: dict[str, Any] = msgspec.json.decode(frame)
        kind = notice.pop("type")
        del notice["seq"]
        self._tell(f"{EXTRA}{kind}", **notice)

    @property
    def _last_item(self) -> str | None:
        return next(reversed(self._items), None)

    def _add(self, item: dict[str, Any], *, is_whole: bool = True) -> None:
        before = self._last_item
        self._items[item["id"]] = item
        _forget_oldest(self._items)
        events = self._dialect.item_events
        for event in events if is_whole else events[:1]:
            self._tell(event, previous_item_id=before, item=item)

    def _tell(self, kind: str, **members: Any) -> None:
        self._events.append(_event(kind, self._new_id("event"), **members))


def refusal(error: AgentServiceError, event_id: str) -> str:
    """Return the event for a client whose session has not begun."""
    return _event("error", event_id, error=_error(error, None))


def _event(kind: str, event_id: str, **members: Any) -> str:
    return msgspec.json.encode({"type": kind, "event_id": event_id, **members}).decode()


def _error(error: AgentServiceError, event_id: str | None) -> dict[str, Any]:
    is_ours = error.code == "internal_error"
    return {
        "type": "server_error" if is_ours else "invalid_request_error",
        "code": error.code,
        "message": error.message,
        "param": getattr(error, "field", None),
        "event_id": event_id,
    }


def _forget_oldest(known: dict[str, Any]) -> None:
    if len(known) > MAX_ITEMS:
        del known[next(iter(known))]


def _message(
    item_id: str, role: str, part: dict[str, Any] | None, *, status: str = "completed"
) -> dict[str, Any]:
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": status,
        "role": role,
        "content": [] if part is None else [part],
    }


def _no_item(item_id: str, code: str) -> Refused:
    return Refused(f"There is no item {item_id[:64]!r}.", code=code, field="item_id")
