"""The widget's channel (``support.v1``): commands become numbered frames on a lane."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, assert_never
from weakref import WeakKeyDictionary

from agent_service.audio import bytes_to_ms, ms_to_bytes
from agent_service.channels import widget
from agent_service.channels.replay import ReplayLog
from agent_service.channels.scene import Scene
from agent_service.channels.start import Start
from agent_service.channels.traits import ChannelTraits, PlayoutClock
from agent_service.channels.widget import ClientRequest, Repeatable
from agent_service.channels.widget_messages import SUBPROTOCOL, ClearNotice
from agent_service.conversation.commands import CallerCommand, ClearPlayback, PlayAudio
from agent_service.conversation.events import CallerEvent, CallerPlayed, CallerProof
from agent_service.errors import AgentServiceError, CallerError
from agent_service.web.sockets.attachment import LiveSession
from agent_service.web.sockets.close_codes import close_code, end_code
from agent_service.web.sockets.endpoint import SocketKind, by_first_message
from agent_service.web.sockets.lane import Frame, Lane, ignore_congestion

PATH: Final = "/ws/conversation"

MAX_WAITING: Final = 10_000
"""Commands before ``ready``; a session that gives more has lost its head."""


@dataclass(slots=True)
class Past:
    """What a conversation keeps from one of its sockets to the next."""

    replay: ReplayLog
    scene: Scene = field(default_factory=Scene)
    played: tuple[str, int] = ("", 0)
    """How far the caller's player is: the item and its milliseconds."""
    taken: int = 0
    """The largest serial number of a client that was taken."""


Pasts = WeakKeyDictionary[LiveSession, Past]


class WidgetChannel:
    """One socket of a conversation. What is sent before ``open`` waits until ``ready`` is out."""

    def __init__(
        self,
        pasts: Pasts,
        linked: Collection[str],
        lane: Lane,
        traits: ChannelTraits = widget.TRAITS,
    ) -> None:
        """A lane that plays the sound itself has ``traits`` that say so, and calls ``played``."""
        self.traits = traits
        self._pasts = pasts
        self._linked = linked
        self._lane = lane
        lane.on_congestion = self._congested
        self._session: LiveSession | None = None
        self._past: Past | None = None
        self._shows_detail = False
        self._is_short = False
        """The line is slow: sound goes in half as many bytes, both ways."""
        self._waiting: list[CallerCommand] = []
        self._behind: deque[Frame] = deque()
        """What a returning caller missed, sent as fast as they read, and what is new after it."""
        self._is_over = False
        """Another socket may have the conversation: what still comes by this one is not for it."""
        self._is_congested = False
        self._report: Callable[[bool], None] = ignore_congestion

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        try:
            await self._lane.run(deliver)
        finally:
            self._behind.clear()  # it is kept for the next socket

    def receive(self, frame: Frame) -> CallerEvent | CallerProof | Start | None:
        if self._is_over:
            return None
        event = widget.decode(frame, is_short=self._is_short)
        if isinstance(event, ClientRequest):
            self._answer(event)
            return None
        if isinstance(event, Repeatable):
            return self._once(event)
        if type(event) is CallerPlayed:
            if self.traits.playout is not PlayoutClock.CALLER:
                return None  # it is known here
            self._note(event)
        return event

    def _once(self, told: Repeatable) -> CallerEvent | CallerProof | None:
        """Return the event, unless it came before, by a line that has died since; say so."""
        past = self._past
        if past is None:
            return told.event  # nothing is taken yet
        is_new = told.serial > past.taken
        past.taken = max(told.serial, past.taken)
        self._send(widget.encode_notice(widget.taken(past.replay.last_seq, past.taken)))
        return told.event if is_new else None

    def played(self, item_id: str, played_ms: int) -> None:
        """Report how far the item was played, where the lane is the clock."""
        if self._session is not None:
            event = CallerPlayed(item_id, played_ms)
            self._note(event)
            self._session.receive(event)

    def _note(self, event: CallerPlayed) -> None:
        if self._past is not None:
            # What the caller has played has certainly arrived.
            self._past.replay.played(event.item_id, event.played_ms)
            self._past.played = (event.item_id, event.played_ms)

    def _answer(self, request: ClientRequest) -> None:
        # No answer is repeated to a caller who comes back, so none takes a number.
        seq = 0 if self._past is None else self._past.replay.last_seq
        match request:
            case ClientRequest.PING:
                self._send(widget.encode_notice(widget.pong(seq)))
            case ClientRequest.TRANSFER:
                if self._session is None:
                    raise CallerError("Wait for the ready message.", code="not_ready")
                self._send(widget.encode_notice(widget.transfer(seq, *self._session.offer())))
            case ClientRequest.SHORT_SOUND | ClientRequest.FULL_SOUND:
                # Elsewhere than in frames of the socket's own, sound has a form of its own.
                is_framed = self.traits.audio == widget.TRAITS.audio
                self._is_short = is_framed and request is ClientRequest.SHORT_SOUND
            case _:
                assert_never(request)

    def open(self, session: LiveSession, start: Start) -> None:
        """Say ready, repeat what a returning caller missed, then send all that waits."""
        past, self._shows_detail = self._past_of(session, start), session.shows_detail
        if start.last_seq is None:
            seq, missed = past.replay.skip(), self._as_it_stands(past)
        else:
            # The number is the caller's own last one, and the missed go on from it.
            seq, missed = start.last_seq, past.replay.since(start.last_seq)
        ready = widget.ready(
            seq,
            conversation_id=session.conversation_id,
            resume_token=session.resume_token,
            agent=session.agent,
            is_resumed=start.is_return,
            modality=session.modality,
            time=session.utc(),
            takes_pictures=session.takes_pictures,
            taken=past.taken,
            greets=session.is_agent_due and not start.is_return,
        )
        self._lane.send(widget.encode_notice(ready))
        self._behind.extend(missed)
        self._catch_up()
        self._session, self._past = session, past
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.send(command)

    def send(self, command: CallerCommand) -> None:
        """Send a command; once the socket is gone it is only kept for the caller's return."""
        if self._past is None:
            self._wait(command)
        else:
            self._send(self._kept(command, self._past))

    def refuse(self, error: AgentServiceError) -> None:
        seq = 0 if self._past is None else self._past.replay.skip()
        self._send(widget.encode_notice(widget.refusal(seq, error)))

    def turn_away(self, error: AgentServiceError) -> None:
        self.refuse(error)
        self._lane.close(close_code(error), error.code)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        self._report = report

    def close(self, reason: str) -> None:
        self._is_over = True
        self._lane.close(end_code(reason), reason)

    def _send(self, frame: Frame) -> None:
        if self._behind:
            self._behind.append(frame)
        else:
            self._lane.send(frame)

    def _congested(self, is_congested: bool) -> None:
        self._is_congested = is_congested
        self._catch_up()  # which may congest the lane again, and says so itself
        if self._is_congested == is_congested:
            self._report(is_congested)

    def _catch_up(self) -> None:
        while self._behind and not self._is_congested:
            self._lane.send(self._behind.popleft())

    def _kept(self, command: CallerCommand, past: Past) -> Frame:
        """Return the command's frame, kept for a caller who comes back."""
        frame = widget.encode(
            command,
            past.replay.next_seq,
            shows_detail=self._shows_detail,
            is_short=self._is_short,
            linked=self._linked,
        )
        if isinstance(command, PlayAudio):
            end_ms = command.offset_ms + bytes_to_ms(len(command.audio))
            past.replay.keep(frame, command.item_id, end_ms)
        else:
            if isinstance(command, ClearPlayback):
                past.replay.cleared(command.item_id)
            past.replay.keep(frame)
            past.scene.take(command)
        return frame

    def _as_it_stands(self, past: Past) -> list[Frame]:
        """Return what shows all of the conversation, and then what was not played to the end."""
        unplayed = _unplayed(past.replay.restart(), *past.played)
        return [self._kept(command, past) for command in (*past.scene.commands(), *unplayed)]

    def _past_of(self, session: LiveSession, start: Start) -> Past:
        # Of a conversation that is new, or new to this process because it was taken over from the
        # record, nothing is kept here yet: the numbers go on from the caller's last one.
        past = self._pasts.get(session)
        if past is None:
            past = self._pasts[session] = Past(ReplayLog(last_seq=start.last_seq or 0))
        return past

    def _wait(self, command: CallerCommand) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.close("internal_error")
            return
        self._waiting.append(command)


def _unplayed(frames: list[Frame], played_item_id: str, played_ms: int) -> Iterator[PlayAudio]:
    """Return the sound among them that still has to be played, from where the player was."""
    notices = [widget.decode_notice(frame) for frame in frames if isinstance(frame, str)]
    cleared = {notice.item_id for notice in notices if isinstance(notice, ClearNotice)}
    for frame in frames:
        if isinstance(frame, str):
            continue
        sound = widget.decode_audio(frame)
        if sound.item_id in cleared:
            continue
        known_ms = played_ms - sound.offset_ms if sound.item_id == played_item_id else 0
        audio = sound.audio[ms_to_bytes(max(known_ms, 0)) :]
        if audio:
            yield PlayAudio(sound.item_id, sound.offset_ms + max(known_ms, 0), audio)


def widget_sockets(linked: Collection[str] = ()) -> SocketKind:
    """Return the sockets of the widget; they share what callers may have missed.

    ``linked`` are the web sites (origins) to which sources of an answer may lead.
    """
    return by_first_message(PATH, SUBPROTOCOL, partial(WidgetChannel, Pasts(), linked))
