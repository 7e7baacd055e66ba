"""A telephone call on a carrier's media socket: one life, whoever carries it.

What was heard is what the carrier says was played: a mark follows each piece of sound, and comes
back. Where a carrier has no marks, sound leaves when it is due, so that what left was played. In
either case no more than a moment of it waits at the carrier, so that a cut leaves little behind.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Final, NamedTuple

from starlette.requests import HTTPConnection

from agent_service.channels.carrier import (
    CallBegan,
    CallEnded,
    CallerSound,
    Carrier,
    KeyPressed,
    MarkPassed,
)
from agent_service.channels.packets import Packets
from agent_service.channels.playout import DueSound, Playout
from agent_service.channels.sound import Ear, FramedVoice
from agent_service.channels.start import Start
from agent_service.channels.traits import ChannelTraits
from agent_service.channels.widget import BadMessage
from agent_service.conversation.commands import (
    CallerCommand,
    ClearPlayback,
    Floor,
    PlayAudio,
    ShowConfirmation,
    ShowFloor,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.events import (
    CallerAudio,
    CallerConfirmed,
    CallerEnteredCode,
    CallerEvent,
    CallerPlayed,
    CallerProof,
    CallerTyped,
)
from agent_service.conversation.records import Modality
from agent_service.errors import AgentServiceError, CallerError
from agent_service.web.sockets.attachment import LiveSession
from agent_service.web.sockets.close_codes import ENDED, close_code, end_code
from agent_service.web.sockets.endpoint import Knock, SocketKind
from agent_service.web.sockets.lane import Frame, Lane

FRAME_MS: Final = 20
"""Telephones speak in frames of this length: what is sent are whole ones."""
MARK_MS: Final = 100
"""How much sound has one mark behind it, and so how exactly it is known what was heard."""
MARKED_LEAD_S: Final = 0.4
"""How much waits at a carrier that says what it has played."""
UNMARKED_MS: Final = 40
SILENCE_MS: Final = 40
"""How much silence is sent at a time: the agent's next word waits behind no more than that."""
MOST_MARKS: Final = 100
"""Marks that are waited for: ten seconds of sound. A carrier that returns none keeps no more."""

GAP_S: Final = 0.75
"""After which a caller who was speaking, and of whom nothing comes, has stopped."""
GAP_MS: Final = 1_000
"""Of silence that is then heard, since without it nobody finds the end of the turn."""
KEYS_S: Final = 2.0
"""After which no key follows any more that belongs to those before."""
YES, NO, PERSON, ENTER = "1", "2", "0", "#"
CODE_DIGITS: Final = range(4, 13)
"""How many keys may be a code; of one that was sent there are six."""
FOR_A_PERSON: Final = "0: I would like to speak to a person."
"""What whoever presses that key has said, for the agent and for the record."""


class _Marked(NamedTuple):
    mark: str
    sound: DueSound
    end_ms: int
    """How far its item was played when the mark comes back."""


class PhoneChannel:
    """One call."""

    def __init__(self, carrier: Carrier, ticket: str, call: str | None, lane: Lane) -> None:
        """``call`` is the carrier's name for it, where the handshake says that."""
        self.traits: ChannelTraits = carrier.traits
        self._carrier = carrier
        self._ticket = ticket
        self._call = call
        self._lane = lane
        self._loop = asyncio.get_running_loop()
        self._session: LiveSession | None = None
        self._stream: str | None = None
        """None until the carrier has said which call this is."""
        self._packets = Packets(carrier.traits.audio)
        self._ear = Ear(carrier.traits.audio)
        self._voice = FramedVoice(carrier.traits.audio, FRAME_MS)
        self._playout = Playout(MARK_MS, MARKED_LEAD_S) if carrier.mark else Playout(UNMARKED_MS)
        self._timer: asyncio.TimerHandle | None = None
        self._sounds_until = 0.0
        """When what was sent has been played, by our clock."""
        self._silence: asyncio.TimerHandle | None = None
        """Runs until then, where the carrier needs silence."""
        self._marks = map(str, count(1))
        self._marked: deque[_Marked] = deque(maxlen=MOST_MARKS)
        """What waits at the carrier, in order. When full, the oldest is no longer waited for."""
        self._played_ms: dict[str, int] = {}
        """Of the items that are not on record yet."""
        self._question: str | None = None
        """What a key answers."""
        self._keys = ""
        """Pressed one after the other while there is no question."""
        self._keys_end: asyncio.TimerHandle | None = None
        self._is_speaking = False
        self._gap: asyncio.TimerHandle | None = None
        """Runs from packet to packet while the caller speaks."""

    async def run(self, deliver: Callable[[Frame], None]) -> None:
        try:
            await self._lane.run(deliver)
        finally:
            self._session = None
            self._watch_for_gap()
            self._forget_keys()
            for timer in (self._timer, self._silence):
                if timer is not None:
                    timer.cancel()

    # --- from the carrier ---

    def receive(self, frame: Frame) -> CallerEvent | CallerProof | Start | None:
        message = self._carrier.decode(frame)
        if isinstance(message, CallBegan):
            return self._begin(message)
        if message is None:
            return None
        if self._stream is None:
            raise CallerError("A call begins with the message start.", code="start_expected")
        match message:
            case CallerSound():
                return self._hear(message)
            case MarkPassed(mark):
                self._pass(mark)
            case KeyPressed(key):
                return self._press(key)
            case CallEnded():
                self._lane.close(ENDED, "caller_ended")
        return None

    def _begin(self, call: CallBegan) -> Start:
        if call.format != self.traits.audio:
            expected = f"{self.traits.audio.coding} at {self.traits.audio.rate_hz} Hz"
            raise CallerError(f"The sound is not {expected}: set the stream so.", code="bad_audio")
        if self._stream is None:
            self._stream = call.stream
        name = call_name(self.traits, self._call or call.carrier_call_id)
        return Start(Modality.AUDIO, self._ticket, call=name)

    def _hear(self, packet: CallerSound) -> CallerAudio | None:
        if len(packet.audio) % self.traits.audio.bytes_per_sample:
            raise BadMessage("Half a sample is missing.", code="bad_audio")
        if self._session is None:
            return None  # nobody listens yet
        self._watch_for_gap()
        sound = self._ear.hear(self._packets.take(packet))
        return CallerAudio(sound) if sound else None

    def _watch_for_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None
        if self._is_speaking and self._session is not None:
            self._gap = self._loop.call_later(GAP_S, self._fill_gap)

    def _fill_gap(self) -> None:
        self._gap = None
        assert self._session is not None
        self._session.receive(CallerAudio(self._ear.hear(self._packets.silence(GAP_MS))))

    def _press(self, key: str) -> CallerEvent | CallerProof | None:
        """Return what a key means by itself; others wait for what follows them."""
        before = self._forget_keys()
        if self._question is not None and not before and key != PERSON:
            is_answer = key in (YES, NO)
            return CallerConfirmed(self._question, key == YES) if is_answer else None
        if key == ENTER:
            return _meant_by(before)
        self._keys = (before + key)[: CODE_DIGITS.stop]
        self._keys_end = self._loop.call_later(KEYS_S, self._end_keys)
        return None

    def _end_keys(self) -> None:
        event = _meant_by(self._forget_keys())
        if event is not None and self._session is not None:
            self._session.receive(event)

    def _forget_keys(self) -> str:
        """Return what was pressed, to which no further key belongs."""
        keys, self._keys = self._keys, ""
        if self._keys_end is not None:
            self._keys_end.cancel()
            self._keys_end = None
        return keys

    def _pass(self, mark: str) -> None:
        """Take note of what was played; a mark that was forgotten says nothing."""
        if mark not in [each.mark for each in self._marked]:
            return
        while True:
            passed = self._marked.popleft()
            self._report(passed.sound.item_id, passed.end_ms)
            if passed.mark == mark:
                return

    # --- to the carrier ---

    def open(self, session: LiveSession, start: Start) -> None:
        self._session = session
        if self._carrier.answer is not None:
            assert self._stream is not None
            self._lane.send(self._carrier.answer(self._stream))
        self._follow_with_silence(0)
        self._play()

    def send(self, command: CallerCommand) -> None:
        match command:
            case PlayAudio():
                self._playout.add(command)
                self._play()
            case ClearPlayback(item_id):
                self._clear(item_id)
            case ShowFloor(holder):
                self._is_speaking = holder is Floor.CALLER
                self._watch_for_gap()
            case ShowConfirmation(confirmation_id=id):
                self._question = id
                self._forget_keys()
            case WithdrawConfirmation(confirmation_id=id):
                if self._question == id:
                    self._question = None
            case ShowTranscript(item_id=str(item_id), is_final=True):
                self._played_ms.pop(item_id, None)
            case _:
                """There is nothing to show it on."""

    def refuse(self, error: AgentServiceError) -> None:
        """No carrier is told of mistakes."""

    def turn_away(self, error: AgentServiceError) -> None:
        self._lane.close(close_code(error), error.code)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        self._lane.on_congestion = report

    def close(self, reason: str) -> None:
        self._lane.close(end_code(reason), reason)

    # --- the sound ---

    def _play(self) -> None:
        """Send what is due, and see to the next."""
        if self._timer is None and self._session is not None:
            self._go_on()

    def _go_on(self) -> None:
        sounds = self._playout.take(self._loop.time())
        due = self._playout.due
        for number, sound in enumerate(sounds, 1):
            self._send_sound(sound, is_last=due is None and number == len(sounds))
        self._timer = None if due is None else self._loop.call_at(due, self._go_on)

    def _send_sound(self, sound: DueSound, *, is_last: bool) -> None:
        assert self._stream is not None
        data = self._voice.say(sound.audio)
        end_ms = sound.end_ms - self._voice.held_ms
        if is_last:  # whatever follows, follows later
            data += self._voice.end()
            end_ms = sound.end_ms
        self._send_frames(data)
        if self._carrier.mark is None:
            self._loop.call_soon(self._report, sound.item_id, end_ms)
            return
        mark = next(self._marks)
        self._marked.append(_Marked(mark, sound, end_ms))
        self._lane.send(self._carrier.mark(self._stream, mark))

    def _send_frames(self, data: bytes) -> None:
        assert self._stream is not None
        frame = FRAME_MS * self.traits.audio.bytes_per_ms
        size = frame if self._carrier.plays_frames else len(data)
        for at in range(0, len(data), max(size, frame)):
            self._lane.send(self._carrier.play(self._stream, data[at : at + size]))
        self._follow_with_silence(len(data) // self.traits.audio.bytes_per_ms)

    def _follow_with_silence(self, ms: int) -> None:
        """See to silence behind the sound of so many ms that was sent."""
        if not self._carrier.needs_silence or self._session is None:
            return
        if self._silence is not None:
            self._silence.cancel()
        self._sounds_until = max(self._sounds_until, self._loop.time()) + ms / 1000
        self._silence = self._loop.call_at(self._sounds_until, self._send_silence)

    def _send_silence(self) -> None:
        format = self.traits.audio
        self._send_frames(format.silence(SILENCE_MS * format.bytes_per_ms))

    def _report(self, item_id: str, played_ms: int) -> None:
        self._played_ms[item_id] = max(played_ms, self._played_ms.get(item_id, 0))
        if self._session is not None:
            self._session.receive(CallerPlayed(item_id, self._played_ms[item_id]))

    def _clear(self, item_id: str) -> None:
        self._playout.clear(item_id)
        waiting = [each.sound for each in self._marked]
        if self._carrier.mark is None or item_id in [sound.item_id for sound in waiting]:
            self._drop_at_carrier([sound for sound in waiting if sound.item_id != item_id])
        self._loop.call_soon(self._report, item_id, 0)

    def _drop_at_carrier(self, others: Sequence[DueSound]) -> None:
        """Have the carrier drop all that waits there, and play the others once more."""
        if self._stream is None:
            return
        self._lane.send(self._carrier.clear(self._stream))
        self._marked.clear()
        self._voice.forget()
        self._sounds_until = 0.0
        self._follow_with_silence(0)
        self._playout.put_back(others)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._loop.call_soon(self._play)  # whatever else is to be cleared is known then


def _meant_by(keys: str) -> CallerTyped | CallerEnteredCode | None:
    """Return what keys mean that were pressed one after the other."""
    if keys == PERSON:
        return CallerTyped(FOR_A_PERSON)
    return CallerEnteredCode(keys) if keys.isdecimal() and len(keys) in CODE_DIGITS else None


def call_name(traits: ChannelTraits, carrier_call_id: str) -> str:
    """Return how tickets name a call."""
    return f"{traits.name} {carrier_call_id}"


def media_path(carrier: Carrier) -> str:
    """Return where the carrier's media sockets open; the ticket is the path's last part."""
    return f"/phone/{carrier.traits.name}/media"


def phone_sockets(carrier: Carrier) -> SocketKind:
    """Return the media sockets of one carrier."""

    def knock(connection: HTTPConnection) -> Knock:
        ticket = connection.path_params["ticket"]
        header = carrier.call_header
        call = connection.headers.get(header) if header else None
        return Knock(None, partial(PhoneChannel, carrier, ticket, call))

    return SocketKind((media_path(carrier) + "/{ticket}",), knock)
