"""The codec of the Realtime protocol: provider events in, ours out; our commands in, messages out.

No socket and no clock. A message is dispatched once, on its type; audio is decoded while its
message is parsed. What cannot be understood becomes an event or a count, never an exception.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, assert_never

import msgspec

from agent_service.conversation.commands import (
    AddNote,
    CancelResponse,
    CommitAudio,
    EngineCommand,
    RequestResponse,
    SendAudio,
    SendText,
    SubmitToolResult,
    TruncateItem,
)
from agent_service.conversation.events import EngineEvent, EngineRefused, ResponseFinished
from agent_service.conversation.spec import SessionSpec
from agent_service.engines import incoming
from agent_service.engines.dialects import BETA, GA, Dialect
from agent_service.engines.prices import Prices, priced
from agent_service.engines.session_shape import (
    caller_message,
    history_items,
    item_create,
    note,
    session_update,
    tool_output,
)
from agent_service.engines.translations import IGNORED, reader, response_done, translations


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The provider has a session for us, not yet configured. For the engine alone."""


WireEvent: TypeAlias = EngineEvent | SessionOpened

# Providers put the type first; where it is not, the message is parsed for it.
_LEADING_TYPE = re.compile(rb'\s*\{\s*"type"\s*:\s*"([a-z_.]+)"')
_MOST_NAMES_COUNTED = 32


class _Typed(msgspec.Struct):
    type: str


class _Append(msgspec.Struct, tag_field="type", tag="input_audio_buffer.append"):
    audio: bytes


_TRANSLATIONS = {names: translations(names) for names in (BETA, GA)}
_read_type = msgspec.json.Decoder(_Typed).decode
_read_session = reader(incoming.Session)
_read_response = reader(incoming.Response)
_write = msgspec.json.Encoder().encode


class Wire:
    """Both directions of one provider session."""

    def __init__(self, dialect: Dialect, model: str, prices: Prices) -> None:
        self._dialect = dialect
        self._model = model
        self._reported_model = model
        """On Azure only the provider knows which model a deployment runs, and so its price."""
        self._prices = prices
        self._translations = _TRANSLATIONS[dialect.names]
        self.unknown_types: Counter[str] = Counter()

    def decode(self, raw: bytes) -> tuple[WireEvent, ...]:
        """Return what a message of the provider says; nothing for what does not concern us."""
        try:
            head = _LEADING_TYPE.match(raw)
            kind = head[1].decode() if head else _read_type(raw).type
            translate = self._translations.get(kind)
            if translate is not None:
                return translate(raw)
            if kind == "response.done":
                return (self._priced(response_done(_read_response(raw))),)
            if kind == "session.created":
                return (self._session_opened(_read_session(raw)),)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return (EngineRefused("malformed_event", f"The provider sent a bad event: {error}."),)
        if kind not in IGNORED:
            self._count_unknown(kind)
        return ()

    def encode(self, command: EngineCommand) -> bytes:
        """Return the message that carries out a command."""
        if isinstance(command, SendAudio):
            return _write(_Append(command.audio))
        return _write(self._message(command))

    def opening(self, spec: SessionSpec) -> tuple[bytes, ...]:
        """Return the messages that set a new provider session up.

        The history goes first: messages are answered in order, so the answer to the last one, the
        configuration, says that all of it was accepted.
        """
        messages = [*history_items(spec, self._dialect), session_update(spec, self._dialect)]
        return tuple(_write(message) for message in messages)

    def _message(
        self,
        command: CommitAudio
        | SendText
        | RequestResponse
        | CancelResponse
        | TruncateItem
        | AddNote
        | SubmitToolResult,
    ) -> dict[str, Any]:
        match command:
            case CommitAudio():
                return {"type": "input_audio_buffer.commit"}
            case SendText(text):
                return item_create(caller_message(text))
            case AddNote(text):
                return item_create(note(text))
            case SubmitToolResult(tool_call_id, output):
                return item_create(tool_output(tool_call_id, output))
            case RequestResponse():
                return _response_create(command)
            case CancelResponse(response_id):
                if self._dialect.knows_cancel_by_id:
                    return {"type": "response.cancel", "response_id": response_id}
                return {"type": "response.cancel"}
            case TruncateItem(item_id, audio_end_ms):
                return {
                    "type": "conversation.item.truncate",
                    "item_id": item_id,
                    "content_index": 0,
                    "audio_end_ms": audio_end_ms,
                }
            case _:
                assert_never(command)

    def _session_opened(self, event: incoming.Session) -> SessionOpened:
        self._reported_model = event.session.model or self._model
        return SessionOpened()

    def _priced(self, finished: ResponseFinished) -> ResponseFinished:
        if finished.usage is None:
            return finished
        price = self._prices.get(self._reported_model) or self._prices.get(self._model)
        return replace(finished, usage=priced(finished.usage, price))

    def _count_unknown(self, kind: str) -> None:
        is_new = kind not in self.unknown_types
        if is_new and len(self.unknown_types) >= _MOST_NAMES_COUNTED:
            kind = "others"
        self.unknown_types[kind] += 1


def _response_create(command: RequestResponse) -> dict[str, Any]:
    response: dict[str, Any] = {}
    if command.instructions is not None:
        response["instructions"] = command.instructions
    if not command.uses_tools:
        response["tool_choice"] = "none"
    message: dict[str, Any] = {"type": "response.create"}
    return message | {"response": response} if response else message
