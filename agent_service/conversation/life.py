"""The life of a conversation, from the opening of its provider session to its end on record."""

from datetime import datetime
from enum import Enum, auto

from agent_service.conversation.commands import EndConversation
from agent_service.conversation.disclosure import Disclosure
from agent_service.conversation.languages import base_language
from agent_service.conversation.moves import Moves, after
from agent_service.conversation.output import Output
from agent_service.conversation.records import Caller, ConversationRecord
from agent_service.conversation.spec import DialogueSettings

IDLE = "idle"
"""The reason of an end because nobody answered."""


class Life(Enum):
    CONNECTING = auto()
    OPEN = auto()
    LEAVING = auto()
    """The goodbye is being said."""
    CLOSING = auto()
    """Both sides are done; the last turns are on their way to the database."""
    ENDED = auto()


class LifeEvent(Enum):
    CONNECTED = auto()
    """The first provider session is open."""
    GOODBYE = auto()
    CALLER_STAYS = auto()
    """There is somebody, after all."""
    CLOSED = auto()
    RECORDED = auto()
    """The last turns are on record, or will not be any more."""


MOVES: Moves[LifeEvent, Life] = {
    LifeEvent.CONNECTED: {Life.CONNECTING: Life.OPEN, Life.LEAVING: Life.LEAVING},
    LifeEvent.GOODBYE: {Life.CONNECTING: Life.LEAVING, Life.OPEN: Life.LEAVING},
    LifeEvent.CALLER_STAYS: {Life.LEAVING: Life.OPEN},
    LifeEvent.CLOSED: {
        Life.CONNECTING: Life.CLOSING,
        Life.OPEN: Life.CLOSING,
        Life.LEAVING: Life.CLOSING,
    },
    LifeEvent.RECORDED: {Life.CLOSING: Life.ENDED, Life.ENDED: Life.ENDED},
}


class Lifetime:
    """How the conversation lives, and what is on record of it as a whole."""

    def __init__(
        self,
        output: Output,
        settings: DialogueSettings,
        disclosure: Disclosure,
        started_at: datetime,
    ) -> None:
        self._output = output
        self._settings = settings
        self._disclosure = disclosure
        self._started_at = started_at
        self._caller = settings.caller
        self._is_kept = False
        self.state = Life.CONNECTING
        self.end_reason = ""

    @property
    def is_open(self) -> bool:
        """Neither the end nor the goodbye has come."""
        return self.state in MOVES[LifeEvent.GOODBYE]

    @property
    def is_over(self) -> bool:
        return self.state in MOVES[LifeEvent.RECORDED]

    def begin(self) -> None:
        """It is a conversation from now on, however it may end."""
        if not self._is_kept:
            self.keep()

    def connected(self) -> None:
        self._move(LifeEvent.CONNECTED)

    def proven(self, caller: Caller) -> None:
        self._caller = caller
        self.keep()

    def say_goodbye(self, reason: str) -> None:
        self._move(LifeEvent.GOODBYE)
        self.end_reason = reason

    def stay(self) -> bool:
        """Take back a goodbye because nobody answered; False where none is being said."""
        if self.state is not Life.LEAVING or self.end_reason != IDLE:
            return False
        self._move(LifeEvent.CALLER_STAYS)
        return True

    def close(self, reason: str) -> None:
        self._move(LifeEvent.CLOSED)
        self.end_reason = reason

    def end(self) -> None:
        """The last turns are on record, or are not waited for any more."""
        self._move(LifeEvent.RECORDED)
        self._output.order(EndConversation(self.end_reason))

    def keep(self) -> None:
        """Put it on record as it stands."""
        self._is_kept = True
        settings = self._settings
        self._output.keep(
            ConversationRecord(
                conversation_id=settings.conversation_id,
                agent=settings.agent.name,
                channel=settings.channel,
                modality=settings.modality,
                caller=self._caller,
                provider=settings.provider,
                model=settings.model,
                started_at=self._started_at,
                ended_at=self._output.utc() if self.is_over else None,
                end_reason=self.end_reason if self.is_over else None,
                disclosure_heard_at=self._disclosure.heard_at,
                language=base_language(settings.agent.language),
            )
        )

    def _move(self, event: LifeEvent) -> None:
        self.state = after(MOVES, self.state, event, "conversation")
