"""One question to the caller: read back, heard to its end, answered.

It is bound to the hash of the exact arguments. A yes counts only when it began after the read-back
had been heard, or, where the read-back could not be spoken rightly, as a tap on what is shown.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from agent_service.conversation.moves import Moves, after
from agent_service.conversation.persons_reading import PersonsReading
from agent_service.conversation.playback import AgentItem
from agent_service.conversation.records import ConfirmationRecord, ConfirmationStatus, DecidedBy
from agent_service.conversation.reply import Reply


class ConfirmationState(Enum):
    ASKED = auto()
    """The read-back is asked for, for the first time or again."""
    READING = auto()
    """A response reads it back."""
    READ = auto()
    """That response is complete: only the playing may still go on."""
    HEARD = auto()
    """The caller may answer."""
    SHOWN = auto()
    """It could not be spoken rightly: it is shown, and only a tap or a key may accept it. One of a
    representative's is shown at once, and heard when they have read it aloud."""
    DECIDED = auto()


class ConfirmationEvent(Enum):
    BEGUN = auto()
    FAILED = auto()
    """The response said nothing and is asked for once more."""
    COMPLETED = auto()
    HEARD = auto()
    ASKED_AGAIN = auto()
    MISREAD = auto()
    """For the last time."""
    DECIDED = auto()


_BEING_ASKED = (ConfirmationState.ASKED, ConfirmationState.READING, ConfirmationState.READ)

MOVES: Moves[ConfirmationEvent, ConfirmationState] = {
    ConfirmationEvent.BEGUN: {ConfirmationState.ASKED: ConfirmationState.READING},
    ConfirmationEvent.FAILED: {ConfirmationState.READING: ConfirmationState.ASKED},
    ConfirmationEvent.COMPLETED: {ConfirmationState.READING: ConfirmationState.READ},
    ConfirmationEvent.HEARD: {
        ConfirmationState.READ: ConfirmationState.HEARD,
        ConfirmationState.SHOWN: ConfirmationState.HEARD,  # a representative has read it aloud
    },
    ConfirmationEvent.ASKED_AGAIN: dict.fromkeys(
        (*_BEING_ASKED, ConfirmationState.HEARD), ConfirmationState.ASKED
    ),
    ConfirmationEvent.MISREAD: dict.fromkeys(_BEING_ASKED, ConfirmationState.SHOWN),
    ConfirmationEvent.DECIDED: dict.fromkeys(
        (*_BEING_ASKED, ConfirmationState.HEARD, ConfirmationState.SHOWN),
        ConfirmationState.DECIDED,
    ),
}


@dataclass(slots=True)
class Confirmation:
    confirmation_id: str
    tool_call_id: str
    title: str
    """What the tool does, for the caller."""
    arguments: str
    """As the caller may see them."""
    read_back: str
    """What will be done, and the question."""
    arguments_hash: str
    offered_at: datetime
    expires_at: datetime
    due_at: float
    """Monotonic seconds of ``expires_at``."""
    state: ConfirmationState = ConfirmationState.ASKED
    status: ConfirmationStatus = ConfirmationStatus.OFFERED
    asks: int = 1
    """How many times the caller has been asked, counting what was asked for and not yet said."""
    noises: int = 0
    """How many times a sound without words has cut it off."""
    misreadings: int = 0
    """How many times something else was said in its place."""
    response_id: str | None = None
    """The response that reads it back, once it has begun."""
    is_begun: bool = False
    """The caller may have heard something of it, now or at an earlier time."""
    items: dict[str, AgentItem] = field(default_factory=dict)
    """What that response said."""
    is_shown: bool = False
    """The caller's client shows it."""
    persons: PersonsReading | None = None
    """What is said by the representative who asks, and speaks with the caller meanwhile."""
    is_overtaken: bool = False
    """Something else was said to the caller since: a yes may be to that."""
    reply: Reply = field(default_factory=Reply)
    accepts_at: float | None = None
    """The caller said yes; it takes effect then, unless there is a "but"."""
    heard_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: DecidedBy | None = None
    answer: str | None = None

    @property
    def is_heard(self) -> bool:
        return self.state is ConfirmationState.HEARD

    @property
    def is_persons(self) -> bool:
        """A representative asks."""
        return self.persons is not None

    @property
    def is_being_asked(self) -> bool:
        """It is to be read back, or that goes on."""
        return self.state in _BEING_ASKED

    @property
    def is_being_read(self) -> bool:
        """The read-back is being said, or still plays."""
        return self.state in (ConfirmationState.READING, ConfirmationState.READ)

    @property
    def is_read(self) -> bool:
        return self.state is ConfirmationState.READ

    def begin(self, response_id: str) -> None:
        """The response begins to read it back."""
        self._move(ConfirmationEvent.BEGUN)
        self.response_id = response_id
        self.is_begun = True

    def fail(self) -> None:
        """The response failed; what was asked for is tried once more."""
        self._move(ConfirmationEvent.FAILED)
        self.response_id = None

    def complete(self) -> None:
        self._move(ConfirmationEvent.COMPLETED)

    def hear(self, at: datetime) -> None:
        self._move(ConfirmationEvent.HEARD)
        self.heard_at = at

    def show(self) -> None:
        """Let only a tap accept it."""
        self._move(ConfirmationEvent.MISREAD)

    def read_again(self) -> None:
        """Go back to before the read-back; what was said to it is forgotten."""
        self._move(ConfirmationEvent.ASKED_AGAIN)
        self.heard_at = self.response_id = self.accepts_at = None
        self.is_overtaken = False
        self.items = {}
        self.reply = Reply()

    def decide(
        self,
        status: ConfirmationStatus,
        at: datetime,
        *,
        by: DecidedBy | None = None,
        answer: str | None = None,
    ) -> None:
        is_known = self.is_heard or (self.is_shown and by is DecidedBy.TAP)
        if status is ConfirmationStatus.ACCEPTED and not is_known:
            raise ValueError(
                f"confirmation {self.confirmation_id} was not heard, so it cannot be accepted"
            )
        self._move(ConfirmationEvent.DECIDED)
        self.status, self.decided_at, self.decided_by, self.answer = status, at, by, answer

    def record(self, conversation_id: str) -> ConfirmationRecord:
        return ConfirmationRecord(
            confirmation_id=self.confirmation_id,
            conversation_id=conversation_id,
            tool_call_id=self.tool_call_id,
            summary=self.read_back,
            arguments_hash=self.arguments_hash,
            status=self.status,
            offered_at=self.offered_at,
            expires_at=self.expires_at,
            heard_at=self.heard_at,
            decided_at=self.decided_at,
            decided_by=self.decided_by,
            answer=self.answer,
        )

    def _move(self, event: ConfirmationEvent) -> None:
        self.state = after(MOVES, self.state, event, f"confirmation {self.confirmation_id}")
