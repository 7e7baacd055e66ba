"""The life of a conversation, from the opening of its provider session to its end on record."""

from enum import Enum, auto

from agent_service.conversation.moves import Moves, after


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
    LifeEvent.RECORDED: {Life.CLOSING: Life.ENDED},
}


def lived(life: Life, event: LifeEvent) -> Life:
    """Return how the conversation lives after the event."""
    return after(MOVES, life, event, "conversation")
