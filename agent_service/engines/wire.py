"""The codec of the Realtime protocol: provider events in, ours out; our commands in, messages out.

No socket and no clock. A message is dispatched once, on its type; audio is decoded while its
message is parsed. What cannot be understood becomes an event or a count, never an exception.
"""

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import msgspec

from agent_service.conversation.commands import (
    EngineCommand,
    SwitchAnswering,
    SwitchModality,
)
from agent_service.conversation.events import (
    AgentAudio,
    AgentText,
    AnsweringSwitched,
    EngineEvent,
    EngineReady,
    EngineRefused,
    ResponseFinished,
    ResponseStarted,
    TranscriptArrived,
)
from agent_service.conversation.records import Usage
from agent_service.conversation.spec import SessionSpec
from agent_service.engines import incoming
from agent_service.engines.dialects import BETA, GA, Dialect
from agent_service.engines.doubles import Doubles
from agent_service.engines.extras import Extra, extras, refused_extra, transcriber
from agent_service.engines.mending import mended_json
from agent_service.engines.messages import command_message, written
from agent_service.engines.prices import ModelPrice, Prices, priced
from agent_service.engines.refusals import BUSY
from agent_service.engines.seen import SeenResponses
from agent_service.engines.session_shape import history_items, session_update
from agent_service.engines.transcribing import SessionTranscripts
from agent_service.engines.translations import (
    IGNORED,
    answers_by_itself,
    listed_items,
    reader,
    response_done,
    translations,
)
from agent_service.engines.waiting import until_reset


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The provider has a session for us, not yet configured. For the engine alone."""


WireEvent: TypeAlias = EngineEvent | SessionOpened
WireEvents: TypeAlias = tuple[WireEvent, ...]

# Providers put the type first; where it is not, the message is parsed for it.
_LEADING_TYPE = re.compile(rb'\s*\{\s*"type"\s*:\s*"([a-z_.]+)"')
_RESPONSE_ID = re.compile(rb'"response"\s*:\s*\{[^{}\[\]]{0,400}?"id"\s*:\s*"([^"\\]{1,128})"')
_MOST_NAMES_COUNTED = 32
_MOST_UPDATES = 16
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Typed(msgspec.Struct):
    type: str


_TRANSLATIONS = {names: translations(names) for names in (BETA, GA)}
_read_type = msgspec.json.Decoder(_Typed).decode
_read_session = reader(incoming.Session)
_read_response = reader(incoming.Response)
_read_item = reader(incoming.ItemDone)
_read_limits = reader(incoming.RateLimits)


class Wire:
    """Both directions of one provider session."""

    def __init__(self, dialect: Dialect, model: str, prices: Prices) -> None:
        self._dialect = dialect
        self._model = model
        self.reported_model = model
        """On Azure only the provider knows which model a deployment runs, and so its price."""
        self.expires_at: float | None = None
        """When the session ends, in unix seconds, where the provider says so."""
        self.unknown_types: Counter[str] = Counter()
        self.left_out: dict[Extra, str] = {}
        """The fields that the provider refused, with its words."""
        self._prices = prices
        self._transcription_price: ModelPrice | None = None
        self._doubles = Doubles()
        self._seen = SeenResponses()
        self._transcripts = SessionTranscripts()
        self._limits_reset_s: float | None = None
        self._is_set_up = False
        self._updates: deque[bool | None] = deque(maxlen=_MOST_UPDATES)
        """What each update that is not accepted yet told of answering by itself, if it did."""
        self._translations = _TRANSLATIONS[dialect.names]
        self._with_memory: dict[str, Callable[[bytes], WireEvents]] = {
            "session.created": self._session_created,
            "session.updated": self._session_updated,
            "rate_limits.updated": self._rate_limits_updated,
            "response.output_item.done": self._item_done,
            "response.done": self._response_done,
        }

    def decode(self, raw: bytes) -> WireEvents:
        """Return what a message of the provider says; nothing for what does not concern us."""
        if self._doubles.has(raw):
            return ()
        try:
            return self._read(raw)
        except _UNREADABLE:
            mended = mended_json(raw)
        try:
            return self._read(mended)
        except _UNREADABLE as error:
            return self._salvaged(mended, error)

    def encode(self, command: EngineCommand) -> bytes:
        """Return the message that carries out a command."""
        if isinstance(command, SwitchAnswering):
            self._updates.append(command.by_itself)
        elif isinstance(command, SwitchModality):
            self._updates.append(None)
        return command_message(command, self._dialect)

    def history(self, spec: SessionSpec) -> tuple[bytes, ...]:
        """Return the messages that tell a new provider session what was before.

        They go before the configuration: messages are answered in order, so the answer to that
        one says that all of it was accepted.
        """
        return tuple(written(message) for message in history_items(spec, self._dialect))

    def configuration(self, spec: SessionSpec) -> bytes:
        """Return the message that sets the session up, without what the provider refused."""
        sent = self._extras(spec)
        self._transcripts.is_on = Extra.TRANSCRIPTION in sent
        self._transcription_price = self._prices.get(transcriber(spec, self._dialect))
        return written(session_update(spec, self._dialect, sent))

    def leave_out(self, spec: SessionSpec, refusal: EngineRefused) -> bool:
        """Take a refusal of the configuration; tell whether it may do without what is refused."""
        sent = self._extras(spec)
        extra = refused_extra(refusal.message, sent, self.reported_model)
        if extra is None:
            return False
        self.left_out[extra] = refusal.message
        return True

    def _extras(self, spec: SessionSpec) -> dict[Extra, Any]:
        known = extras(spec, self._dialect, self.reported_model)
        return {extra: value for extra, value in known.items() if extra not in self.left_out}

    # --- one message ---

    def _read(self, raw: bytes) -> WireEvents:
        head = _LEADING_TYPE.match(raw)
        kind = head[1].decode() if head else _read_type(raw).type
        # A decoder takes an escaped NUL; sound is not looked through, being long and no text.
        if kind != self._dialect.names.audio_delta and b"\\u0000" in raw:
            raw = mended_json(raw)
        translate = self._translations.get(kind)
        if translate is not None:
            return self._remembered(translate(raw))
        read = self._with_memory.get(kind)
        if read is not None:
            return read(raw)
        if kind not in IGNORED:
            self._count_unknown(kind)
        return ()

    def _remembered(self, event: EngineEvent) -> WireEvents:
        match event:
            case AgentAudio():
                return self._seen.audio(event)
            case AgentText():
                return self._seen.text(event)
            case ResponseStarted(response_id):
                return self._seen.begun(response_id)
            case TranscriptArrived(usage=Usage() as usage):
                event = replace(event, usage=priced(usage, self._transcription_price))
                return self._transcripts.take(event)
            case _:
                return self._transcripts.take(event)

    def _session_created(self, raw: bytes) -> WireEvents:
        session = _read_session(raw).session
        self.reported_model = session.model or self._model
        self._note_expiry(session)
        return (SessionOpened(),)

    def _session_updated(self, raw: bytes) -> WireEvents:
        session = _read_session(raw).session
        self._note_expiry(session)
        if not self._is_set_up:
            self._is_set_up = True
            return (EngineReady(),)
        shown = answers_by_itself(session)
        told = self._updates.popleft() if self._updates else None
        by_itself = told if shown is None else shown
        return () if by_itself is None else (AnsweringSwitched(by_itself),)

    def _note_expiry(self, session: incoming.SessionDetails) -> None:
        said = incoming.part(session.expires_at, incoming.MaybeNumber, None)
        self.expires_at = self.expires_at if said is None else said

    def _rate_limits_updated(self, raw: bytes) -> WireEvents:
        self._limits_reset_s = until_reset(_read_limits(raw).rate_limits)
        return ()

    def _item_done(self, raw: bytes) -> WireEvents:
        event = _read_item(raw)
        item = event.item
        is_call = item.type == "function_call" and item.status == "completed"
        if is_call and not (item.call_id and item.name):
            raise msgspec.ValidationError("a function call without call_id or name")
        return self._seen.item_done(event.response_id, item)

    def _response_done(self, raw: bytes) -> WireEvents:
        event = _read_response(raw)
        finished = self._priced(response_done(event))
        if finished.code == BUSY and finished.retry_after_s is None:
            finished = replace(finished, retry_after_s=self._limits_reset_s)
        return self._seen.ended(finished, listed_items(event.response))

    def _salvaged(self, raw: bytes, error: Exception) -> WireEvents:
        """Tell that an event cannot be read; the end of a response is one all the same."""
        incident = EngineRefused("malformed_event", f"The provider sent a bad event: {error}.")
        head = _LEADING_TYPE.match(raw)
        if head is None or head[1] != b"response.done":
            return (incident,)
        found = _RESPONSE_ID.search(raw)
        return (incident, *self._seen.ended_unreadably(found[1].decode() if found else None))

    def _priced(self, finished: ResponseFinished) -> ResponseFinished:
        if finished.usage is None:
            return finished
        price = self._prices.get(self.reported_model) or self._prices.get(self._model)
        return replace(finished, usage=priced(finished.usage, price))

    def _count_unknown(self, kind: str) -> None:
        is_new = kind not in self.unknown_types
        if is_new and len(self.unknown_types) >= _MOST_NAMES_COUNTED:
            kind = "others"
        self.unknown_types[kind] += 1
