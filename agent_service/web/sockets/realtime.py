"""Realtime clients' channel: any SDK of the Realtime protocol talks to an agent of ours.

The playout clock is ours: sound leaves at the pace at which it is heard, so that what left was
played. A client that says where its player was stopped (``conversation.item.truncate``) knows
better, and is waited for.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from starlette.requests import HTTPConnection

from agent_service.agent import AgentSettings
from agent_service.audio import BYTES_PER_SAMPLE, bytes_to_ms, ms_to_bytes
from agent_service.channels import realtime
from agent_service.channels.playout import DueSound, Playout
from agent_service.channels.realtime_dialects import (
    BETA_SUBPROTOCOL,
    FORMATS,
    PATHS,
    SUBPROTOCOL,
    Dialect,
    dialect_of,
)
from agent_service.channels.realtime_session import Refused, Session
from agent_service.channels.realtime_writer import Writer, refusal
from agent_service.channels.sound import Ear, Voice
from agent_service.channels.start import Start
from agent_service.channels.traits import PCM16_24K, ChannelTraits
from agent_service.channels.widget import BadMessage
from agent_service.channels.widget_messages import MAX_TEXT
from agent_service.conversation.commands import (
    CallerCommand,
    ClearPlayback,
    Floor,
    PlayAudio,
    ShowFloor,
    ShowTranscript,
)
from agent_service.conversation.events import (
    CallerAudio,
    CallerCommitted,
    CallerEvent,
    CallerInterrupted,
    CallerPlayed,
    CallerProof,
    CallerSwitched,
    CallerTyped,
)
from agent_service.conversation.records import Modality
from agent_service.errors import AgentServiceError, CallerError
from agent_service.web.any_site import bearer
from agent_service.web.sockets.attachment import LiveSession
from agent_service.web.sockets.close_codes import close_code, end_code
from agent_service.web.sockets.endpoint import Knock, SocketKind
from agent_service.web.sockets.lane import Frame, Lane

KEY_SUBPROTOCOL: Final = "openai-insecure-api-key."
SECRET_PREFIX: Final = "ek_"  # noqa: S105 - how every ephemeral secret begins

MAX_HELD_BYTES: Final = 2 * 1024 * 1024
"""What a client may send before the agent hears: half a minute of sound."""
MAX_WAITING: Final = 10_000
"""Commands before that; a session that gives more has lost its head."""
REPORT_AFTER_S: Final = 0.2
"""How long sound has left before it counts as played, so that a client may say otherwise."""
TRUNCATE_S: Final = 0.15
"""How long a client has to say where its player was, when the agent was cut off."""
PAUSE_MS: Final = 400
"""How much longer than the pause that ends a turn is the one that stands for a commit."""


class RealtimeChannel:
    """One socket, with the playout clock of its sound. What comes too early on either way waits."""

    def __init__(
        self,
        agents: Mapping[str, AgentSettings],
        dialect: Dialect,
        lane: Lane,
        *,
        tells_extras: bool,
    ) -> None:
        self.traits: ChannelTraits = realtime.TRAITS
        if not tells_extras:  # there is nothing on which a question could be tapped
            self.traits = replace(realtime.TRAITS, answers=frozenset())
        self._agents = agents
        self._dialect = dialect
        self._tells_extras = tells_extras
        self._lane = lane
        self._loop = asyncio.get_running_loop()
        self._deliver: Callable[[Frame], None] | None = None
        self._held: list[Frame] | None = []
        """What the client sent before the agent hears; None afterwards."""
        self._held_bytes = 0
        self._waiting: list[CallerCommand] = []
        self._session: LiveSession | None = None
        self._writer: Writer | None = None
        self._playout = Playout()
        self._timer: asyncio.TimerHandle | None = None
        self._sent_ms: dict[str, int] = {}
        """How much left of the items whose end is not reported yet."""
        self._stopped_ms: dict[str, int] = {}
        """Where the client's player was stopped, of what was not cut off yet."""
        self._cut: set[str] = set()
        """What was cut off, until it is on record."""
        self._ear, self._voice = Ear(PCM16_24K), Voice(PCM16_24K)
        self._heard_bytes = 0
        self._typed: list[str] = []
        """What is answered once that is asked for."""
        self._is_answer_due = False
        """The agent answers by itself, in a moment."""
        self._event_id: str | None = None
        """How the client names the event that is being read."""

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        self._deliver = deliver
        try:
            await self._lane.run(deliver)
        finally:
            for item_id in [*self._sent_ms]:
                self._report_cut(item_id)  # it arrived before they went
            self._session = None
            if self._timer is not None:
                self._timer.cancel()

    # --- from the client ---

    def receive(self, frame: Frame) -> CallerEvent | CallerProof | None:
        if self._held is not None:
            self._held_bytes += len(frame)
            if self._held_bytes > MAX_HELD_BYTES:
                raise CallerError("Wait for session.created before sending.", code="not_ready")
            self._held.append(frame)
            return None
        self._event_id = None
        writer, session = self._writer, self._session
        assert writer is not None
        assert session is not None
        try:
            event = realtime.parsed(frame)
            self._event_id = realtime.event_id(event)
            asked = realtime.decode(event, writer.session, self._dialect)
            return self._done(asked, writer, session)
        except Refused as error:
            self.refuse(error)
            return None
        finally:
            self._flush()

    def _done(
        self, asked: realtime.ClientEvent, writer: Writer, session: LiveSession
    ) -> CallerEvent | CallerProof | None:
        """Do what a client asks of its socket; return what it asks of the conversation."""
        match asked:
            case realtime.Sound(data):
                return self._heard(data)
            case realtime.Commit():
                return self._committed(writer)
            case realtime.Typed(item_id, text):
                self._type(writer, item_id, text)
                return None
            case realtime.AskForAnswer(modalities):
                return self._answer(writer, modalities)
            case realtime.Stop(needs_answer):
                return self._stop(writer, needs_answer=needs_answer)
            case realtime.Truncate(item_id, played_ms):
                return self._truncate(writer, session, item_id, played_ms)
            case realtime.Retrieve(item_id):
                writer.retrieved(item_id)
                return None
            case Session():
                return self._update(writer, asked)
            case _:
                return asked

    def _heard(self, data: bytes) -> CallerAudio | None:
        sound = self._ear.hear(data)
        if not sound:
            return None  # too little to make a sample of
        if len(sound) % BYTES_PER_SAMPLE:
            message = f"PCM16 has two bytes a sample; these are {len(sound)}."
            raise BadMessage(message, code="bad_audio", field="audio")
        self._heard_bytes += len(sound)
        return CallerAudio(sound)

    @property
    def _heard_ms(self) -> int:
        return bytes_to_ms(self._heard_bytes)

    def _committed(self, writer: Writer) -> CallerEvent:
        self._is_answer_due = True
        detection = writer.session.detection
        if detection.kind == "push_to_talk":
            writer.committed()
            return CallerCommitted()
        # Whoever finds the ends of turns finds this one by the pause that follows.
        return CallerAudio(bytes(ms_to_bytes(detection.silence_duration_ms + PAUSE_MS)))

    def _type(self, writer: Writer, item_id: str | None, text: str) -> None:
        if sum(map(len, self._typed)) + len(text) > MAX_TEXT:
            raise Refused(
                f"More than {MAX_TEXT} characters wait for response.create.",
                code="too_much_text",
                field="item.content",
            )
        writer.typed(item_id, text)
        self._typed.append(text)

    def _answer(self, writer: Writer, modalities: list[str] | None) -> CallerEvent | None:
        kind = writer.session.modality.value
        if modalities not in (None, [kind], ["audio", "text"] if kind == "audio" else None):
            raise Refused(
                f"Answers are {kind} now: session.update changes that.",
                code="not_allowed",
                field="response.output_modalities",
            )
        if self._typed:
            text, self._typed = "\n".join(self._typed), []
            self._is_answer_due = True
            return CallerTyped(text)
        if self._is_answer_due:
            return None
        if writer.is_answering:
            raise Refused(
                "The agent is answering: wait for response.done.",
                code="conversation_already_has_active_response",
            )
        raise Refused(
            "There is nothing to answer: the agent answers what is said by itself, and what is "
            "typed when asked.",
            code="nothing_to_answer",
        )

    def _stop(self, writer: Writer, *, needs_answer: bool) -> CallerEvent | None:
        if writer.is_answering or self._is_answer_due:
            self._is_answer_due = False
            writer.cancel()
            return CallerInterrupted()
        if needs_answer:
            raise Refused("The agent says nothing.", code="response_cancel_not_active")
        return None

    def _truncate(
        self, writer: Writer, session: LiveSession, item_id: str, played_ms: int
    ) -> CallerEvent | None:
        sent_ms = self._sent_ms.get(item_id)
        if sent_ms is not None and played_ms > sent_ms:
            raise Refused(
                f"Audio content of {sent_ms} ms is already shorter than {played_ms} ms.",
                code="invalid_value",
                field="audio_end_ms",
            )
        writer.truncated(item_id, played_ms)
        if sent_ms is None:
            return None  # it was played to its end
        if item_id in self._cut:
            self._sent_ms[item_id] = played_ms
            self._report_cut(item_id)
            return None
        self._stopped_ms[item_id] = played_ms
        writer.cancel()
        return CallerInterrupted()

    def _update(self, writer: Writer, session: Session) -> CallerEvent | None:
        before = writer.session
        if session.input_format != before.input_format:
            self._ear = Ear(FORMATS[session.input_format])
        if session.output_format != before.output_format:
            self._voice = Voice(FORMATS[session.output_format])
        writer.updated(session)
        if session.modality is not before.modality:
            return CallerSwitched(session.modality)
        return None

    # --- to the client ---

    def open(self, session: LiveSession, start: Start) -> None:
        agent = self._agents[session.agent]
        expires_at = session.utc().timestamp() + agent.limits.max_duration_s
        self._session = session
        self._writer = Writer(
            self._dialect,
            Session(
                id=_new_id("sess"),
                agent=agent.name,
                voice=agent.voice,
                language=agent.language,
                detection=agent.turn_detection,
                expires_at=round(expires_at),
                modality=session.modality,
            ),
            session.conversation_id,
            _new_id,
            tells_extras=self._tells_extras,
            shows_detail=session.shows_detail,
        )
        self._is_answer_due = bool(agent.greeting) or agent.discloses_ai
        self._writer.created()
        self._flush()
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.send(command)
        self._loop.call_soon(self._release)

    def _release(self) -> None:
        """Read what the client sent too early, now that the agent hears."""
        held, self._held = self._held, None
        assert self._deliver is not None
        for frame in held or ():
            if self._session is not None:
                self._deliver(frame)

    def send(self, command: CallerCommand) -> None:
        writer = self._writer
        if writer is None:
            if len(self._waiting) >= MAX_WAITING:
                self.close("internal_error")
                return
            self._waiting.append(command)
            return
        match command:
            case PlayAudio():
                self._playout.add(command)
                self._play()
            case ClearPlayback(item_id):
                self._clear(writer, item_id)
            case ShowFloor(holder):
                self._show_floor(writer, holder)
                writer.show(command)
            case ShowTranscript(item_id=str(item_id), is_final=True):
                writer.show(command)
                self._forget(item_id)
            case _:
                writer.show(command)
        self._flush()

    def _forget(self, item_id: str) -> None:
        """The item is on record: what is known of it changes nothing any more."""
        self._sent_ms.pop(item_id, None)
        self._stopped_ms.pop(item_id, None)
        self._cut.discard(item_id)

    def _show_floor(self, writer: Writer, holder: Floor) -> None:
        if holder is Floor.CALLER:
            writer.speech_started(self._heard_ms)
        elif writer.hears_speech:
            writer.speech_stopped(self._heard_ms)
            self._is_answer_due = True

    def refuse(self, error: AgentServiceError) -> None:
        self._tell_refused(error)
        if error.code == "only_text" and self._writer is not None:  # it had said that it listens
            self._writer.updated(replace(self._writer.session, modality=Modality.TEXT))
            self._flush()

    def turn_away(self, error: AgentServiceError) -> None:
        self._tell_refused(error)
        self._lane.close(close_code(error), error.code)

    def _tell_refused(self, error: AgentServiceError) -> None:
        if self._writer is not None:
            self._writer.refused(error, self._event_id)
            self._flush()
            return
        self._lane.send(refusal(error, _new_id("event")))

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        self._lane.on_congestion = report

    def close(self, reason: str) -> None:
        self._lane.close(end_code(reason), reason)

    def _flush(self) -> None:
        assert self._writer is not None
        if self._writer.is_answering:
            self._is_answer_due = False
        for event in self._writer.take():
            self._lane.send(event)

    # --- the playout clock ---

    def _play(self) -> None:
        """Send what is due, and see to the next."""
        if self._timer is None:
            self._go_on()

    def _go_on(self) -> None:
        sounds = self._playout.take(self._loop.time())
        for sound in sounds:
            self._send_sound(sound)
        due = self._playout.due
        self._timer = None if due is None else self._loop.call_at(due, self._go_on)
        if due is None and sounds:  # whoever answers a question has heard its end
            self._loop.call_soon(self._report, sounds[-1].item_id, sounds[-1].end_ms)

    def _send_sound(self, sound: DueSound) -> None:
        assert self._writer is not None
        if not self._writer.sounds(sound.item_id, self._voice.say(sound.audio)):
            return
        self._flush()
        self._sent_ms[sound.item_id] = sound.end_ms
        self._loop.call_later(REPORT_AFTER_S, self._report, sound.item_id, sound.end_ms)

    def _report(self, item_id: str, played_ms: int) -> None:
        if self._session is not None and item_id not in self._cut:
            self._session.receive(CallerPlayed(item_id, played_ms))

    def _clear(self, writer: Writer, item_id: str) -> None:
        self._playout.clear(item_id)
        writer.cut(item_id)
        self._cut.add(item_id)
        stopped_ms = self._stopped_ms.pop(item_id, None)
        if stopped_ms is None:
            self._loop.call_later(TRUNCATE_S, self._report_cut, item_id)
        else:
            self._sent_ms[item_id] = stopped_ms
            self._loop.call_soon(self._report_cut, item_id)

    def _report_cut(self, item_id: str) -> None:
        played_ms = self._sent_ms.pop(item_id, None)
        if self._session is not None and played_ms is not None:
            self._session.receive(CallerPlayed(item_id, played_ms))


# --- the handshake ---


def _knock(agents: Mapping[str, AgentSettings], connection: HTTPConnection) -> Knock:
    """Say what a client may open; raise CallerError where it brings nothing to open it with."""
    offered = connection.scope["subprotocols"]
    ticket = _ticket(connection, offered)
    if not ticket:
        raise CallerError(
            "Bring a ticket or an ephemeral secret: as bearer, as api-key, or as subprotocol "
            f"{KEY_SUBPROTOCOL}TICKET beside {SUBPROTOCOL}.",
            code="not_authorised",
        )
    query = connection.query_params
    is_beta = "realtime=v1" in connection.headers.get("openai-beta", "")
    dialect = dialect_of(
        connection.url.path.rstrip("/"),
        query.get("api-version"),
        asks_for_beta=is_beta or BETA_SUBPROTOCOL in offered,
    )
    is_text = query.get("mode") == "text"
    return Knock(
        subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None,
        new_channel=partial(
            RealtimeChannel, agents, dialect, tells_extras=query.get("extras") == "true"
        ),
        start=Start(Modality.TEXT if is_text else Modality.AUDIO, ticket),
        agent=query.get("model") or query.get("deployment"),
    )


def _ticket(connection: HTTPConnection, offered: Iterable[str]) -> str:
    keys = [name.removeprefix(KEY_SUBPROTOCOL) for name in offered if KEY_SUBPROTOCOL in name]
    shown = [bearer(connection), connection.headers.get("api-key", ""), *keys]
    return next(filter(None, shown), "").removeprefix(SECRET_PREFIX)


def realtime_sockets(agents: Mapping[str, AgentSettings]) -> SocketKind:
    """Return the sockets of Realtime clients."""
    return SocketKind(PATHS, partial(_knock, agents))


def _new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(10)}"
