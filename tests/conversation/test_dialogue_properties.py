"""Invariants of the dialogue under random orders of events.

A provider, a player and a runtime, each free to be late, to repeat itself and to reorder what the
protocol lets it reorder, drive two dialogues in step; both must order the same and break no rule.
Any of
them may lose, double or empty an event, or fall silent: once all are silent, every turn comes on
record within a minute, every question is answered, asked again or withdrawn, every call ends, and
what the caller is owed in words was heard, given up on record, or stopped by the caller. Whoever
waits for the provider hears something within seconds, and once all has gone well nobody waits.
"""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from an_agent import agent
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from random_conversations import PROFILE

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.arrivals import Place
from agent_service.conversation.caller_speech import STALLED_S
from agent_service.conversation.dialogue import Dialogue
from agent_service.conversation.owed import TRIES as OWED_TRIES
from agent_service.conversation.phrases import Phrase, phrase
from agent_service.conversation.playback import END_TOLERANCE_MS, SPOKEN_PER_S
from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    DecidedBy,
    IncidentRecord,
    Modality,
    Role,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.conversation.response import ATTEMPTS, STALL_S, START_S
from agent_service.conversation.spec import (
    DialogueSettings,
    HistoryToolRound,
    Limits,
    Notice,
    NoticeClip,
    ToolPolicy,
)

MS = b"\x00" * 48
LOUD = b"\x00\x40\x00\xc0" * 12
POLICIES = {
    "look": ToolPolicy("look", "Look", is_write=False),
    "change": ToolPolicy("change", "Change", is_write=True),
    "ring": ToolPolicy("ring", "Ask for a person", is_write=False, rings_team=True),
}
AGENT = agent(limits={"max_duration_s": 3600, "idle_timeout_s": 300, "tool_rounds": 8})
SETTINGS = DialogueSettings(
    conversation_id="c",
    agent=AGENT,
    channel="widget",
    modality=Modality.AUDIO,
    caller=Caller(),
    provider="p",
    model="m",
    disclosure="This is an AI assistant.",
    greeting="Hello.",
    limits=Limits(
        confirmation_s=20.0,
        yes_grace_s=1.0,
        yes_confidence=0.5,
        transcript_s=5.0,
        grace_s=30.0,
        ring_s=30.0,
    ),
    notices={notice: NoticeClip(notice.value, MS * 700) for notice in Notice},
)
READ_BACK = "Change it? Shall I go ahead?"
PERSONS_WORDS = ("Hello, this is Ana.", READ_BACK, "Change it?", "Shall I go ahead?")
WORDS = ("Hello there.", " It is on its way.", READ_BACK, f"Nothing has been done yet. {READ_BACK}")
NOT_DONE = "Nothing was changed."
TAP = phrase(Phrase.TAP, "en")
SILENCE_S = 60
"""How long after the last event every turn has to be on record."""

ACKNOWLEDGED_S = 3.0
"""How long a player may say nothing before what it plays does not count as sound."""

UNHEARD_S = 8.0
"""How long whoever waits for the provider may hear nothing."""

GOODBYES = {Notice.GOODBYE.value, Notice.GIVING_UP.value, Notice.STOPPING.value}

QUESTIONS_S = 180
"""How long after it no question may be open."""


def new_dialogue(*, can_tap: bool) -> Dialogue:
    counter = itertools.count()
    return Dialogue(
        replace(SETTINGS, can_tap=can_tap),
        POLICIES,
        new_id=lambda: f"id-{next(counter)}",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        now=0.0,
    )


@dataclass
class Item:
    response_id: str
    sent_ms: int = 0
    sounding_ms: int = 0
    played_ms: int = 0
    is_cut: bool = False
    is_spared: bool = False
    is_notice: bool = False
    is_persons: bool = False
    is_complete: bool = False
    is_read: bool = False
    """The caller reads it, or the rest of it."""
    is_unread: bool = False
    """Some of what is read was written while the caller's line was gone."""
    is_shown_only: bool = False
    """It is to be read, and the caller listens."""
    is_written: bool = False
    """The words of what a representative says are known."""
    loud_ms: int = 0
    """Where the last of a representative's sound ends."""
    text: str = ""
    sounds_until: float = 0.0
    """When a player that says nothing has had its time for it."""
    is_given_up: bool = False


def has_sound(item: Item) -> bool:
    """Its words can be spoken in so much sound."""
    return sum(map(str.isalnum, item.text)) <= item.sounding_ms * SPOKEN_PER_S / 1000


def is_heard(item: Item) -> bool:
    """All of it was said, and played to its end."""
    if item.is_read:
        return item.is_complete
    is_played = item.is_complete and not item.is_cut and item.played_ms == item.sent_ms > 0
    return is_played and has_sound(item)


@dataclass
class Call:
    is_write: bool
    is_prepared: bool = False
    is_running: bool = False
    has_yes: bool = False
    results: int = 0
    is_persons: bool = False
    """A representative asked for it: the model is told in a note."""
    is_in_history: bool = False
    """A later session was opened with its result."""
    records: list[ToolCallStatus] = field(default_factory=list)


class Conversation(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.dialogues: tuple[Dialogue, ...] = ()
        self.can_tap = True
        self.now = 0.0
        self.ids = itertools.count()
        self.requested = False
        self.requested_at = 0.0
        self.active: str | None = None
        self.active_at = 0.0
        self.cancelled: str | None = None
        self.expected = 0
        self.speaking: str | None = None
        self.speaking_at = 0.0
        self.is_discloser = False
        self.is_reader = False
        self.readers: set[str] = set()
        self.maybe_echoes: set[str] = set()
        self.questions: dict[str, bool] = {}
        self.shown: set[str] = set()
        self.times_told = 0
        self.is_teller = False
        self.teller: str | None = None
        self.is_owed = False
        self.is_telling_person = False
        self.sent_ms = 0
        self.places: list[Place] = []
        self.unheard_ms = 0
        """Of the caller's sound, what was neither sent nor recorded as lost so far."""
        self.is_congested = False
        self.by_itself = True
        self.can_switch = False
        self.switches: list[bool] = []
        self.is_paused = False
        """A person of the team has the conversation."""
        self.has_floor = False
        """They are heard."""
        self.was_away = False
        """They had the floor before, and nobody heard them."""
        self.is_rep_lost = False
        self.unwritten: list[str] = []
        self.said: list[str] = []
        """What our side says, in the order it began."""
        self.answered: list[list[str]] = []
        """What a representative had said, and was heard, each time that the caller began."""
        """Items of theirs whose words are to come."""
        self.spoken: list[str] = []
        self.is_held = False
        self.is_reading = False
        self.unanswered: str | None = None
        """What the caller said last, if nobody has begun to answer."""
        self.untranscribed: list[str] = []
        self.caller_items: list[str] = []
        self.items: dict[str, Item] = {}
        self.calls: dict[str, Call] = {}
        self.unrecorded: list[str] = []
        self.turns: list[TurnRecord] = []
        self.accepted: dict[str, str] = {}
        self.reopening = False
        self.away = False
        self.leaving = False
        self.sounds_until = 0.0
        self.waits_since: float | None = None
        self.closing = False
        self.ended = False

    # --- telling and checking ---

    def tell(self, event: ev.Event) -> None:
        self.check_silence()
        first, second = (dialogue.handle(event, self.now) for dialogue in self.dialogues)
        assert first == second, "the same events must give the same commands"
        if self.ended:
            assert first == (), "nothing happens after the end"
        for command in first:
            self.check(command)
        self.check_silence()

    def check_silence(self) -> None:
        """Whoever waits for the provider hears a word before long."""
        is_waiting = (self.requested or self.reopening) and self.speaking is None
        is_kept = self.away or self.is_held or self.is_paused or self.leaving or self.closing
        if not is_waiting or is_kept:
            self.waits_since = None
        elif self.waits_since is None:
            self.waits_since = self.now
        else:
            unheard_s = self.now - max(self.waits_since, self.sounds_until)
            assert unheard_s < UNHEARD_S + 0.1, "a caller waits in silence"

    def sounds(self, sent: Item | None = None) -> None:
        """What was sent and not cut plays on, as far as the dialogue can know.

        What is sent behind an item gives the player no more time for that one.
        """
        rest_ms = 0
        for item in self.items.values():
            if not (item.is_cut or item.is_read or item.is_given_up):
                rest_ms += item.sent_ms - item.played_ms
            if item is sent:
                item.sounds_until = self.now + rest_ms / 1000 + ACKNOWLEDGED_S
        self.sounds_until = self.now + rest_ms / 1000 + ACKNOWLEDGED_S

    def plays_on(self) -> None:
        """The caller is back: the player has its time for everything anew, and they wait anew."""
        self.sounds_until = max(self.sounds_until, self.now)
        for item in self.items.values():
            self.sounds(item)

    def check(self, command: cmd.Command) -> None:
        assert not self.ended
        match command:
            case cmd.RequestResponse(instructions):
                if self.active is not None and self.now >= self.active_at + STALL_S:
                    self.active = None  # the dialogue gives up on a response that never ends
                assert not self.requested, "a second response was requested"
                assert self.active is None, "a response was requested while one is active"
                assert self.speaking is None, "a response was requested over the caller"
                assert not self.is_paused, "the agent speaks while it is paused"
                assert self.can_tap or TAP not in (instructions or ""), "nobody there can tap"
                self.requested = True
                self.requested_at = self.now
                self.is_discloser = "an AI assistant" in (instructions or "")
                self.is_reader = READ_BACK in (instructions or "")
                self.is_teller = NOT_DONE in (instructions or "")
                if self.is_teller:
                    self.is_owed, self.teller = True, None
                    self.times_told += 1
                    refused = sum(not is_open for is_open in self.questions.values())
                    assert self.times_told <= OWED_TRIES * ATTEMPTS * refused, "told for ever"
            case cmd.SwitchAnswering(by_itself):
                assert self.can_switch, "this provider cannot be told so"
                self.switches.append(by_itself)
            case cmd.CancelResponse(response_id):
                self.cancelled = response_id
            case cmd.ShowTranscript(item_id=str(item_id), delta=str(text)):
                self.leaving |= text in GOODBYES
                if item_id not in self.items:
                    is_spared = text in (Notice.DISCLOSURE.value, Notice.JOINED.value)
                    self.items[item_id] = Item(
                        "", is_spared=is_spared, is_notice=True, is_read=self.is_reading
                    )
                if self.items[item_id].is_read:
                    self.sounds_until = self.now
                    self.items[item_id].is_unread |= self.away
            case cmd.TellRepresentative(status):
                assert self.is_paused or status is cmd.DeskStatus.LEFT
                self.has_floor = status is cmd.DeskStatus.SPEAKING
                if self.has_floor and not self.was_away:
                    assert not self.agent_sounds(), "two of our side speak"
                self.was_away = status is cmd.DeskStatus.CALLER_AWAY
                self.is_paused = status is not cmd.DeskStatus.LEFT
                self.is_rep_lost = status is cmd.DeskStatus.CUT_OFF
            case cmd.ShowTranscript(item_id=str() as item_id, role=role) if (
                item_id not in self.said
            ):
                self.said.append(item_id)
                if role is Role.REPRESENTATIVE:  # typed
                    is_shown_only = not self.is_reading
                    typed = Item("", is_persons=True, is_shown_only=is_shown_only, is_written=True)
                    typed.text, typed.is_read, typed.is_complete = command.text or "", True, True
                    self.items[item_id] = typed
            case cmd.FinishWriting(item_id):
                if item_id not in self.said:
                    self.said.append(item_id)
                self.unwritten.append(item_id)
                self.spoken.append(item_id)
                unheard = Item("", is_persons=True, is_read=True)
                self.items.setdefault(item_id, unheard).is_complete = True
            case cmd.PlayAudio(item_id, offset_ms, audio):
                if item_id not in self.items:
                    assert self.is_telling_person, "somebody else's sound went out"
                    self.items[item_id] = Item("", is_notice=True, is_persons=True)
                if item_id not in self.said:
                    self.said.append(item_id)
                item = self.items[item_id]
                is_agents = not (item.is_persons or item.is_notice)
                assert not (is_agents and self.has_floor), "two of our side speak"
                assert self.has_floor or not item.is_persons, "they are heard without the floor"
                assert not item.is_cut, "audio of a cut item went out"
                assert not item.is_read, "audio went out to who only reads"
                assert offset_ms == item.sent_ms
                item.sent_ms += len(audio) // 48
                if item.is_persons and any(audio):
                    item.loud_ms = item.sent_ms
                self.sounds(item)
            case cmd.ClearPlayback(item_id):
                self.items[item_id].is_cut = True
            case cmd.TruncateItem(item_id, audio_end_ms):
                item = self.items[item_id]
                assert item.is_cut
                assert not item.is_notice, "the provider knows nothing of it"
                assert audio_end_ms <= item.played_ms <= item.sent_ms
            case cmd.SubmitToolResult(tool_call_id, _):
                call = self.calls[tool_call_id]
                call.results += 1
                assert call.results == 1, "a second result for one call"
                assert not call.is_persons, "the model never asked for it"
            case cmd.RunTool(_, tool_call_id, _, _, confirmation_id):
                call = self.calls[tool_call_id]
                assert not call.is_running, "a tool ran twice"
                if call.is_write:
                    assert call.is_prepared
                    assert confirmation_id is not None
                    assert self.accepted[confirmation_id] == f"hash-{tool_call_id}"
                call.is_running = True
            case cmd.ShowConfirmation(confirmation_id):
                assert self.can_tap or not command.is_tap_only, "nobody there can tap"
                self.shown.add(confirmation_id)
            case cmd.ReopenEngine(history):
                for entry in history:
                    if isinstance(entry, HistoryToolRound) and entry.output is not None:
                        self.calls[entry.tool_call_id].is_in_history = True
                self.session_is_gone()
                self.reopening = True
            case cmd.KeepRecord(TurnRecord() as turn) if "late_transcript" in turn.flags:
                earlier = next(old for old in self.turns if old.turn_id == turn.turn_id)
                assert (turn.seq, earlier.text) == (earlier.seq, "")
            case cmd.KeepRecord(TurnRecord() as turn):
                self.turns.append(turn)
                self.unrecorded.append(turn.turn_id)
                assert turn.text.startswith(turn.heard_text)
                if turn.role is Role.SYSTEM:
                    assert turn.heard_text == "", "nobody hears a remark"
                    return
                assert turn.started_ms is not None
                assert turn.ended_ms is not None
                assert 0 <= turn.started_ms <= turn.ended_ms <= self.now_ms
                if turn.item_id in self.items:
                    item = self.items[turn.item_id]
                    is_at_end = item.sent_ms - item.played_ms <= END_TOLERANCE_MS
                    assert turn.heard_ms <= (item.sent_ms if is_at_end else item.played_ms)
                    is_known = turn.is_interrupted or "playback_unacknowledged" in turn.flags
                    assert (turn.role is Role.REPRESENTATIVE) == item.is_persons
                    if item.is_persons:
                        return  # whose words come when it may have been played long ago
                    # Of what was cut before any of it went out no player is told.
                    is_unsent = turn.is_interrupted and not item.sent_ms
                    is_read = turn.modality is Modality.TEXT
                    assert is_unsent or is_read == item.is_read
                    if is_read:
                        is_unread = item.is_unread and (self.away or turn.is_interrupted)
                        assert turn.heard_text == turn.text or is_unread
                        return
                    assert is_known or turn.heard_ms == item.sent_ms, "what was heard is not"
            case cmd.SendAudio(audio, place):
                self.places.append(place)
                self.unheard_ms -= len(audio) // 48
                self.sent_ms += len(audio) // 48
            case cmd.KeepRecord(IncidentRecord(code="caller_audio_dropped") as lost):
                assert lost.started_ms is not None
                assert lost.ended_ms is not None
                assert 0 <= lost.started_ms < lost.ended_ms <= self.now_ms
                self.unheard_ms -= int(lost.message.split()[0])
            case cmd.KeepRecord(ToolCallRecord() as record) if record.ended_at is not None:
                self.calls[record.tool_call_id].records.append(record.status)
            case cmd.KeepRecord(ConfirmationRecord() as record):
                self.questions[record.confirmation_id] = record.decided_at is None
                is_persons = self.calls[record.tool_call_id].is_persons  # who says it themselves
                if record.status is ConfirmationStatus.DECLINED and not is_persons:
                    self.is_owed, self.teller = True, None
                if record.status is ConfirmationStatus.ACCEPTED:
                    self.check_yes(record)
                    self.accepted[record.confirmation_id] = record.arguments_hash
            case cmd.KeepRecord(IncidentRecord(code="not_heard")):
                self.is_owed = False
            case cmd.KeepRecord(ConversationRecord(ended_at=ended_at)):
                self.closing = ended_at is not None
            case cmd.EndConversation():
                self.ended = True
            case _:
                pass

    def check_yes(self, record: ConfirmationRecord) -> None:
        """A yes was given to what was said and heard, or shown."""
        assert record.decided_at is not None
        if record.decided_by is DecidedBy.TAP:
            assert record.confirmation_id in self.shown
            return
        assert record.heard_at is not None, "a yes without having heard the question"
        assert record.decided_at >= record.heard_at
        if self.calls[record.tool_call_id].is_persons:
            texts = [[self.items[said].text for said in heard] for heard in self.answered]
            read = (" ".join(filter(None, words)).endswith(READ_BACK) for words in texts)
            assert any(read), "a yes to what a person did not read"
            return
        assert any(
            item.response_id in self.readers
            and item.text.endswith(READ_BACK)
            and (item.is_read or (item.played_ms == item.sent_ms > 0 and has_sound(item)))
            for item in self.items.values()
        ), "a yes to a question that was not said"

    def caller_begins(self) -> None:
        """Note what the caller answers: what was said last, as far as they have heard all of it."""
        heard: list[str] = []
        for item_id in reversed(self.said):
            item = self.items.get(item_id)
            if item is None or not item.is_persons or item.is_shown_only:
                break
            is_heard = item.is_written if item.is_read else item.played_ms >= item.loud_ms - 40
            if not is_heard:
                break
            heard.insert(0, item_id)
        self.answered.append(heard)

    @property
    def now_ms(self) -> float:
        return self.now * 1000 + 0.5  # places are rounded

    def session_is_gone(self) -> None:
        self.sent_ms = 0
        self.is_congested = False
        self.by_itself = True
        self.unanswered = None  # the caller is asked to say it again
        self.switches = []
        self.active = None
        self.requested = False
        self.expected = 0
        self.speaking = None

    @initialize(
        expires_in_s=st.sampled_from([None, 20.0]), can_switch=st.booleans(), can_tap=st.booleans()
    )
    def begin(self, expires_in_s: float | None, can_switch: bool, can_tap: bool) -> None:
        self.can_switch, self.can_tap = can_switch, can_tap
        self.dialogues = (new_dialogue(can_tap=can_tap), new_dialogue(can_tap=can_tap))
        self.tell(ev.EngineReady(expires_in_s, can_switch))

    # --- time ---

    @rule(seconds=st.sampled_from([0.01, 0.1, 0.3, 1.0, 4.0, 16.0]))
    def time_passes(self, seconds: float) -> None:
        end = self.now + seconds
        for _ in range(200):
            due = self.dialogues[0].deadline()
            if due is None or due > end:
                break
            self.goes_on_to(max(self.now, due))
            if self.requested and self.now >= self.requested_at + START_S:
                self.requested = False  # the dialogue gives up on it and may ask again
            if self.speaking is not None and self.now >= self.speaking_at + STALLED_S:
                self.speaking = None  # the dialogue gives up on it
            self.tell(ev.TimePassed())
        else:
            raise AssertionError("the deadline does not move")
        self.goes_on_to(end)

    def goes_on_to(self, now: float) -> None:
        self.now = now
        if not (self.away or self.is_held):
            for item in self.items.values():
                is_due = item.sounds_until and now >= item.sounds_until - 0.01
                item.is_given_up = item.is_given_up or bool(is_due)

    # --- the caller ---

    @precondition(lambda self: self.speaking is None and not (self.reopening or self.closing))
    @rule()
    def caller_starts(self) -> None:
        item_id = f"in-{next(self.ids)}"
        self.speaking = item_id
        self.speaking_at = self.now
        self.caller_items.append(item_id)
        audible = [
            key
            for key, item in self.items.items()
            if not (item.is_cut or item.is_spared or item.is_read or item.is_persons)
            and item.sent_ms > item.played_ms
        ]
        self.caller_begins()
        self.tell(ev.SpeechStarted(item_id, max(self.sent_ms - 300, 0)))
        if not self.closing:
            for key in audible:
                assert self.items[key].is_cut, "a barge-in left an item playing"

    @precondition(lambda self: not self.closing)
    @rule(ms=st.sampled_from([20, 60, 400]), times=st.integers(1, 4))
    def caller_is_heard(self, ms: int, times: int) -> None:
        self.time_passes(ms / 1000 * times)
        for _ in range(times):
            if self.closing:
                return
            self.unheard_ms += ms
            self.tell(ev.CallerAudio(MS * ms))

    @precondition(lambda self: not (self.reopening or self.closing))
    @rule()
    def provider_takes_nothing_or_all(self) -> None:
        self.is_congested = not self.is_congested
        self.tell(ev.EngineCongested(self.is_congested))

    def stop_speaking(self) -> str:
        item_id = self.speaking
        assert item_id is not None
        self.speaking = None
        self.untranscribed.append(item_id)
        return item_id

    @precondition(lambda self: self.speaking is not None)
    @rule(lost=st.sampled_from(["", "", "", "stopped", "committed", "both"]), twice=st.booleans())
    def caller_stops(self, lost: str, twice: bool) -> None:
        item_id = self.stop_speaking()
        for _ in range(1 + twice):
            if lost not in ("stopped", "both"):
                self.tell(ev.SpeechStopped(item_id, self.sent_ms))
            if lost not in ("committed", "both"):
                self.tell(ev.SpeechCommitted(item_id))
        if lost in ("committed", "both"):
            self.untranscribed.remove(item_id)
            if lost == "both":  # as far as the dialogue knows
                self.speaking = item_id
        else:
            self.unanswered = item_id
            if self.active is None and not self.requested and self.by_itself:
                self.expected += 1

    @precondition(lambda self: self.untranscribed)
    @rule(
        data=st.data(),
        text=st.sampled_from(["yes", "no", "where is it", "", "yes please", "but not that"]),
        confidence=st.sampled_from([None, 0.2, 0.9]),
        twice=st.booleans(),
    )
    def transcript_arrives(
        self, data: st.DataObject, text: str, confidence: float | None, twice: bool
    ) -> None:
        item_id = data.draw(st.sampled_from(self.untranscribed))
        self.untranscribed.remove(item_id)
        if not text:
            self.is_answered(item_id)
            self.maybe_echoes.add(item_id)  # again and again, it is one
        for _ in range(1 + twice):
            self.tell(ev.TranscriptArrived(item_id, text, True, confidence))

    def is_answered(self, item_id: str) -> None:
        if self.unanswered == item_id:
            self.unanswered = None

    @precondition(lambda self: self.untranscribed)
    @rule(words=st.sampled_from(WORDS))
    def echo_arrives(self, words: str) -> None:
        item_id = self.untranscribed.pop(0)
        self.maybe_echoes.add(item_id)
        self.is_answered(item_id)
        self.tell(ev.TranscriptArrived(item_id, words, is_final=True))

    @precondition(lambda self: self.untranscribed)
    @rule()
    def transcript_fails(self) -> None:
        item_id = self.untranscribed.pop(0)
        self.is_answered(item_id)
        self.tell(ev.TranscriptFailed(item_id, "unintelligible"))

    @rule(text=st.sampled_from(["yes", "no", "hello"]), shown=st.sampled_from([None, ()]))
    def caller_types(self, text: str, shown: tuple[str, ...] | None = None) -> None:
        self.caller_begins()
        self.tell(ev.CallerTyped(text, shown=shown))

    @rule(is_accepted=st.booleans(), number=st.integers(0, 40))
    def caller_taps(self, is_accepted: bool, number: int) -> None:
        self.tell(ev.CallerConfirmed(f"id-{number}", is_accepted))

    @rule()
    def caller_presses_stop(self) -> None:
        self.is_owed = False
        self.tell(ev.CallerInterrupted())

    @rule(is_back=st.booleans())
    def caller_drops(self, is_back: bool) -> None:
        self.away = not is_back
        self.is_held = False
        self.tell(ev.CallerReturned() if is_back else ev.CallerDropped())
        if is_back:
            self.plays_on()

    @rule(is_held=st.booleans())
    def caller_puts_on_hold(self, is_held: bool) -> None:
        was_held, self.is_held = self.is_held, is_held and not self.away
        self.tell(ev.CallerHeld(is_held))
        if was_held and not self.is_held:
            self.plays_on()

    @rule(modality=st.sampled_from(list(Modality)))
    def caller_switches(self, modality: Modality) -> None:
        is_over = self.closing
        playing = [i for i in self.items.values() if not (i.is_cut or self.has_played(i))]
        self.is_reading = modality is Modality.TEXT
        for item in playing:
            item.is_read = item.is_read or self.is_reading
        self.tell(ev.CallerSwitched(modality))
        if not is_over:
            self.sounds()

    def has_played(self, item: Item) -> bool:
        """All of it was played, or the player has gone silent about it."""
        is_over = item.is_given_up or item.played_ms == item.sent_ms
        return item.response_id != self.active and is_over

    @precondition(lambda self: any(i.sent_ms > i.played_ms for i in self.items.values()))
    @rule(data=st.data(), share=st.sampled_from([0.3, 1.0]))
    def player_plays(self, data: st.DataObject, share: float) -> None:
        keys = [key for key, item in self.items.items() if item.sent_ms > item.played_ms]
        key = data.draw(st.sampled_from(keys))
        item = self.items[key]
        item.played_ms += max(int((item.sent_ms - item.played_ms) * share), 1)
        rest_s = (item.sent_ms - item.played_ms) / 1000
        item.sounds_until = max(item.sounds_until, self.now + rest_s + ACKNOWLEDGED_S)
        self.sounds()
        self.tell(ev.CallerPlayed(key, item.played_ms))

    # --- the provider ---

    @precondition(lambda self: self.active is None and (self.requested or self.expected))
    @rule()
    def response_starts(self) -> None:
        self.unanswered = None
        self.active = f"resp-{next(self.ids)}"
        self.active_at = self.now
        if self.requested:
            self.requested = False
            if self.is_reader:
                self.readers.add(self.active)
            if self.is_teller:
                self.teller = self.active
        else:
            self.expected -= 1
            self.is_discloser = False
        self.tell(ev.ResponseStarted(self.active))

    @precondition(lambda self: self.active is not None and not self.closing)
    @rule(words=st.sampled_from(WORDS), loudness=st.sampled_from([1.0, 1.0, 0.1, 0.0, None]))
    def agent_speaks(self, words: str, loudness: float | None) -> None:
        assert self.active is not None
        key = f"out-{self.active}"
        item = self.items.setdefault(
            key, Item(self.active, is_spared=self.is_discloser, is_read=self.is_reading)
        )
        item.text += words
        self.tell(ev.AgentText(self.active, key, words, is_spoken=True))
        if loudness is not None and self.active is not None:
            ms = 60 * len(words)
            item.sounding_ms += round(ms * loudness)
            self.tell(ev.AgentAudio(self.active, key, MS * ms, round(ms * loudness)))

    @precondition(lambda self: self.active is not None and not self.closing)
    @rule(name=st.sampled_from(["look", "change", "ring", "unknown"]), repeats=st.booleans())
    def model_calls(self, name: str, repeats: bool) -> None:
        assert self.active is not None
        tool_call_id = f"call-{next(self.ids)}"
        self.calls[tool_call_id] = Call(is_write=name == "change")
        event = ev.ToolCallRequested(self.active, tool_call_id, name, "{}")
        self.tell(event)
        if repeats:
            self.tell(event)

    @precondition(lambda self: self.active is not None)
    @rule(status=st.sampled_from(list(ev.ResponseStatus)))
    def response_finishes(self, status: ev.ResponseStatus) -> None:
        assert self.active is not None
        response_id, self.active = self.active, None
        if status is ev.ResponseStatus.COMPLETED and f"out-{response_id}" in self.items:
            self.items[f"out-{response_id}"].is_complete = True
        self.tell(ev.ResponseFinished(response_id, status, code="x"))

    @rule(code=st.sampled_from(["response_cancel_not_active", "server_error"]))
    def provider_refuses(self, code: str) -> None:
        if code == "response_cancel_not_active":
            if self.active not in (None, self.cancelled):
                return  # it says so of what it was told to cancel
            self.active = None  # its end was lost
        self.tell(ev.EngineRefused(code, "no"))

    @precondition(lambda self: not (self.reopening or self.closing))
    @rule(retry_after_s=st.sampled_from([None, 7.0]))
    def provider_drops(self, retry_after_s: float | None) -> None:
        self.session_is_gone()
        self.tell(ev.EngineDropped("provider_dropped", "gone", retry_after_s))

    @precondition(lambda self: self.reopening and not self.closing)
    @rule()
    def provider_stays_away(self) -> None:
        self.reopening = False
        self.tell(ev.EngineDropped("provider_unavailable", "away"))

    @precondition(lambda self: self.reopening)
    @rule(expires_in_s=st.sampled_from([None, 20.0]))
    def provider_is_back(self, expires_in_s: float | None) -> None:
        self.reopening = False
        self.tell(ev.EngineReady(expires_in_s, self.can_switch))

    @precondition(lambda self: self.switches)
    @rule()
    def provider_switches(self) -> None:
        self.by_itself = self.switches.pop(0)
        self.tell(ev.AnsweringSwitched(self.by_itself))

    # --- the runtime ---

    @precondition(lambda self: not (self.reopening or self.closing or self.is_paused))
    @rule()
    def caller_speaks_to_somebody_else(self) -> None:
        self.somebody_else_speaks_or_has_spoken()
        while self.switches:
            self.provider_switches()
        if self.speaking is None and not (self.reopening or self.closing):
            self.caller_starts()
            self.caller_stops("", twice=False)

    @rule()
    def somebody_else_speaks_or_has_spoken(self) -> None:
        if self.is_paused:
            self.representative_leaves(is_cut_off=False)
        else:
            self.representative_joins(is_patient=False)

    def agent_sounds(self) -> bool:
        """Something of the agent's or the service's plays, as far as the dialogue can know."""
        return any(
            item.sent_ms > item.played_ms
            and not (item.is_cut or item.is_read or item.is_persons or item.is_given_up)
            for item in self.items.values()
        )

    @rule(is_patient=st.booleans())
    def representative_joins(self, is_patient: bool) -> None:
        was_on = self.is_paused
        if not (self.closing or self.leaving):
            self.is_paused = True
            self.is_rep_lost = False
            if is_patient and not was_on:
                for item in self.items.values():
                    item.is_spared |= item.sent_ms > item.played_ms and not item.is_cut
        self.tell(ev.RepresentativeJoined("Ana", is_patient))

    @precondition(lambda self: self.is_paused)
    @rule(is_cut_off=st.booleans())
    def representative_leaves(self, is_cut_off: bool) -> None:
        self.tell(ev.RepresentativeLeft(is_cut_off))
        assert self.closing or not self.is_paused

    @precondition(lambda self: self.is_paused)
    @rule()
    def representative_drops(self) -> None:
        self.tell(ev.RepresentativeDropped())

    @rule(ms=st.sampled_from([60, 400]), is_loud=st.booleans(), times=st.integers(1, 3))
    def representative_speaks(self, ms: int, is_loud: bool, times: int) -> None:
        for _ in range(times):
            if self.has_floor and is_loud:
                self.unanswered = None  # a person answers it
            self.is_telling_person = True
            self.tell(ev.RepresentativeSpoke((LOUD if is_loud else MS) * ms))
            self.is_telling_person = False

    @rule()
    def representative_falls_silent(self) -> None:
        self.tell(ev.RepresentativeFellSilent())

    @rule(text=st.sampled_from(["I look at it.", READ_BACK]))
    def representative_types(self, text: str) -> None:
        before = len(self.turns)
        if self.has_floor or self.was_away:
            self.unanswered = None
        self.tell(ev.RepresentativeTyped(text))
        assert self.is_paused or not any(
            turn.role is Role.REPRESENTATIVE and turn.text == text for turn in self.turns[before:]
        )

    @precondition(lambda self: self.unwritten)
    @rule(text=st.sampled_from([*PERSONS_WORDS, "", None]), twice=st.booleans())
    def representative_is_written_down(self, text: str | None, twice: bool) -> None:
        item_id = self.unwritten.pop(0)
        self.items[item_id].text = text or ""
        self.items[item_id].is_written = True
        for _ in range(1 + twice):
            self.tell(ev.RepresentativeTranscribed(item_id, text))

    @rule()
    def representative_whispers(self) -> None:
        self.tell(ev.RepresentativeWhispered("Ana", "Offer a voucher."))

    @precondition(lambda self: self.has_floor and not self.closing)
    @rule(name=st.sampled_from(["look", "change", "unknown"]), twice=st.booleans())
    def representative_asks_for_tool(self, name: str, twice: bool) -> None:
        tool_call_id = f"call-{next(self.ids)}"
        self.calls[tool_call_id] = Call(is_write=name == "change", is_persons=True)
        for _ in range(1 + twice):
            self.tell(ev.RepresentativeAskedTool(tool_call_id, name, "{}"))

    @precondition(lambda self: self.is_paused and not (self.reopening or self.closing))
    @rule(
        words=st.sampled_from([(READ_BACK,), ("Change it?", "Shall I go ahead?"), PERSONS_WORDS]),
        answer=st.sampled_from(["yes", "yes", "no", "which one"]),
        is_typed=st.booleans(),
    )
    def representative_asks(self, words: tuple[str, ...], answer: str, is_typed: bool) -> None:
        self.player_is_done()
        self.time_passes(1.0)
        if not self.has_floor:
            return
        self.representative_asks_for_tool("change", twice=False)
        while any(call.is_write and not call.is_prepared for call in self.calls.values()):
            self.tool_is_prepared(is_refused=False)
        for text in words:
            if is_typed:
                self.representative_types(text)
            else:
                self.representative_speaks(400, is_loud=True, times=3)
                self.representative_falls_silent()
                self.player_is_done()
                while self.unwritten:
                    self.representative_is_written_down(text, twice=False)
        self.caller_types(answer)
        self.time_passes(1.0)

    @rule()
    def team_is_rung(self) -> None:
        self.tell(ev.TeamRung())

    @rule()
    def team_declines(self) -> None:
        self.tell(ev.HandoffDeclined())

    @precondition(lambda self: any(c.is_write and not c.is_prepared for c in self.calls.values()))
    @rule(is_refused=st.booleans())
    def tool_is_prepared(self, is_refused: bool) -> None:
        key, call = next(
            (key, c) for key, c in self.calls.items() if c.is_write and not c.is_prepared
        )
        call.is_prepared = True
        if is_refused:
            self.tell(ev.ToolFinished(key, ToolCallStatus.FIX_ARGUMENTS, "{}"))
        else:
            self.tell(
                ev.ToolPrepared(key, f"hash-{key}", "Change", "Change it?", needs_confirmation=True)
            )

    @precondition(lambda self: any(c.is_running for c in self.calls.values()))
    @rule(
        data=st.data(),
        status=st.sampled_from([ToolCallStatus.SUCCEEDED, ToolCallStatus.AWAITING_APPROVAL]),
    )
    def tool_finishes(self, data: st.DataObject, status: ToolCallStatus) -> None:
        key = data.draw(st.sampled_from([k for k, c in self.calls.items() if c.is_running]))
        self.tell(ev.ToolFinished(key, status, "{}"))

    @precondition(lambda self: any(c.is_running for c in self.calls.values()))
    @rule(data=st.data())
    def tool_takes_long(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from([k for k, c in self.calls.items() if c.is_running]))
        self.tell(ev.ToolDelayed(key, "{}"))

    @precondition(lambda self: self.unrecorded)
    @rule()
    def turn_is_recorded(self) -> None:
        self.tell(ev.TurnRecorded(self.unrecorded.pop(0)))

    # --- a whole stretch, which single steps would seldom bring about ---

    @precondition(lambda self: not (self.reopening or self.closing or self.active))
    @rule(
        words=st.sampled_from([READ_BACK, READ_BACK, "Anything else?"]),
        how_far=st.sampled_from(["asked", "read", "heard", "answered", "done", "done"]),
        answer=st.sampled_from(["yes", "yes", "no", "which one"]),
    )
    def question_is_asked(self, words: str, how_far: str, answer: str) -> None:
        self.tell(ev.CallerTyped("change it"))
        self.player_is_done()
        self.time_passes(1.0)
        if not self.requested:
            return
        self.response_starts()
        self.model_calls("change", repeats=False)
        self.response_finishes(ev.ResponseStatus.COMPLETED)
        self.tool_is_prepared(is_refused=False)
        if how_far == "asked" or not self.is_reader or not self.requested:
            return
        self.response_starts()
        self.agent_speaks(words, loudness=1.0)
        if how_far == "read":
            return
        self.response_finishes(ev.ResponseStatus.COMPLETED)
        self.player_is_done()
        if how_far in ("answered", "done"):
            self.caller_types(answer)
        if how_far == "done":
            self.time_passes(1.0)

    @precondition(lambda self: not (self.reopening or self.closing or self.active))
    @rule(loudness=st.sampled_from([1.0, 0.0]), is_cut=st.booleans())
    def question_is_refused(self, loudness: float, is_cut: bool) -> None:
        self.question_is_asked(READ_BACK, how_far="done", answer="no")
        if not (self.requested and self.is_teller) or self.speaking is not None:
            return
        self.response_starts()
        self.agent_speaks(NOT_DONE, loudness=loudness)
        if self.active is not None:
            self.response_finishes(ev.ResponseStatus.COMPLETED)
        if not is_cut:
            self.player_is_done()
        elif not (self.reopening or self.closing):
            self.caller_starts()

    @rule()
    def all_goes_well(self) -> None:
        """Nobody speaks but the agent, who says whatever it is asked for, until nobody waits."""
        self.away = False
        self.agent_may_answer()
        self.tell(ev.CallerReturned())
        self.is_held = False
        for step in range(300):
            if self.closing:
                return
            if step >= 60 and not self.is_waited_for():
                break
            if self.reopening:
                self.provider_is_back(None)
            elif self.speaking is not None:
                self.caller_stops("", twice=False)
            elif self.untranscribed:
                self.tell(ev.TranscriptArrived(self.untranscribed.pop(0), "where is it", True))
            elif self.active is not None:
                self.agent_speaks(WORDS[0], loudness=1.0)
                if self.active is not None:
                    self.response_finishes(ev.ResponseStatus.COMPLETED)
            elif self.requested or self.expected:
                self.response_starts()
            for key, call in list(self.calls.items()):
                is_told = call.results or call.is_in_history or call.is_persons
                if call.is_running and not is_told:
                    self.tell(ev.ToolFinished(key, ToolCallStatus.SUCCEEDED, "{}"))
            self.player_is_done()
            self.time_passes(1.0)
        self.check_owed()
        assert not self.is_waited_for(), "somebody still waits"
        assert self.unanswered is None, "nobody answers what the caller said"

    def agent_may_answer(self) -> None:
        if self.is_paused:
            self.somebody_else_speaks_or_has_spoken()

    def is_waited_for(self) -> bool:
        return bool(self.requested or self.active or self.reopening or any(self.questions.values()))

    def check_owed(self) -> None:
        """What is owed was heard, unless it was given up on record or stopped by the caller."""
        if self.is_owed and not self.closing:
            told = self.items.get(f"out-{self.teller}")
            assert told is not None, "what is owed was never said"
            assert is_heard(told), "what is owed was not heard, and not given up"

    def player_is_done(self) -> None:
        for key, item in list(self.items.items()):
            if item.sent_ms > item.played_ms and not item.is_cut:
                item.played_ms = item.sent_ms
                self.sounds()
                self.tell(ev.CallerPlayed(key, item.played_ms))

    # --- always ---

    @invariant()
    def turns_are_recorded_once_and_in_order(self) -> None:
        assert [turn.seq for turn in self.turns] == list(range(1, len(self.turns) + 1))
        ids = [turn.turn_id for turn in self.turns]
        assert len(ids) == len(set(ids))
        recorded = self.recorded_items()
        assert recorded == self.spoken_items()[: len(recorded)]

    def recorded_items(self) -> list[str | None]:
        """The caller's items on record, but for what may have been an echo."""
        spoken = set(self.spoken_items())
        return [turn.item_id for turn in self.turns if turn.item_id in spoken]

    def spoken_items(self) -> list[str]:
        return [item for item in self.caller_items if item not in self.maybe_echoes]

    @invariant()
    def sound_lies_in_the_order_it_came(self) -> None:
        ends = [0.0, *(place.end_ms for place in self.places)]
        for end_ms, place in zip(ends, self.places, strict=False):
            assert place.start_ms >= end_ms - 0.001, "sound overlaps, or goes back"
        assert ends[-1] <= self.now_ms

    # --- the end ---

    def all_are_silent(self, seconds: int) -> None:
        """Nothing comes any more but what the runtime promises: a session that cannot be opened."""
        until = self.now + seconds
        while self.now < until and not self.ended:
            self.time_passes(min(1.0, until - self.now))
            if self.reopening and not self.closing:
                self.provider_stays_away()

    def teardown(self) -> None:
        self.agent_may_answer()
        if self.is_held:
            self.caller_puts_on_hold(is_held=False)
        playing_s = sum(i.sent_ms for i in self.items.values()) / 1000
        self.all_are_silent(SILENCE_S + int(playing_s))
        assert self.recorded_items() == self.spoken_items(), "a turn is not on record"
        self.all_are_silent(QUESTIONS_S)
        assert not any(self.questions.values()), "a question is still open"
        self.check_owed()
        for key, call in self.calls.items():
            is_answered = call.results == 1 or call.is_in_history or call.is_persons
            assert is_answered or call.records, f"{key} got neither result nor end"
        self.tell(ev.CallerEnded())
        self.now += 100
        self.tell(ev.TimePassed())
        assert self.ended
        assert self.unheard_ms == 0, "sound was neither sent nor recorded as lost"
        self.tell(ev.CallerTyped("hello?"))
        for key, call in self.calls.items():
            assert len(call.records) == 1, f"{key} ended {len(call.records)} times"
        assert self.recorded_items() == self.spoken_items(), "a turn is not on record"
        assert self.dialogues[0].deadline() is None


TestConversation = Conversation.TestCase
TestConversation.settings = settings(
    settings.get_profile(PROFILE),
    stateful_step_count=50,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
