"""The response machine: at most one response is requested or active; a wish for another waits.

With voice activity detection the provider starts a response by itself after each turn of the
caller; until it does, that response is *expected* and nothing else is asked for.
"""

from collections.abc import Callable
from enum import Enum, auto

from agent_service.conversation.moves import Moves, after
from agent_service.conversation.wishes import Wish, Wishes

START_S = 10.0
"""How long a response may take to start, asked for or expected."""

STALL_S = 15.0
"""How long an active response may give no sign of life."""

CANCEL_S = 0.5
"""How long the provider has to cancel by itself when the caller starts to speak."""

RETRY_S = 1.0
ATTEMPTS = 2

BUSY_S = 120.0
"""How long a provider may go on saying that it is busy before that counts as a failure."""


class ResponseState(Enum):
    IDLE = auto()
    REQUESTED = auto()
    ACTIVE = auto()
    SUPERSEDED = auto()
    """The caller speaks: the provider cancels it by itself, or is told to after a moment."""
    CANCELLING = auto()
    """The provider was told to cancel it."""


class ResponseEvent(Enum):
    REQUESTED = auto()
    NOT_BEGUN = auto()
    """The provider is busy, has another one, or says nothing."""
    STARTED = auto()
    OVERTAKEN = auto()
    CANCELLED = auto()
    ENDED = auto()
    GONE = auto()
    """The provider knows of none, or never says how it ended."""
    SESSION_LOST = auto()


MOVES: Moves[ResponseEvent, ResponseState] = {
    ResponseEvent.REQUESTED: {ResponseState.IDLE: ResponseState.REQUESTED},
    ResponseEvent.NOT_BEGUN: {ResponseState.REQUESTED: ResponseState.IDLE},
    ResponseEvent.STARTED: {
        ResponseState.IDLE: ResponseState.ACTIVE,
        ResponseState.REQUESTED: ResponseState.ACTIVE,
    },
    ResponseEvent.OVERTAKEN: {ResponseState.ACTIVE: ResponseState.SUPERSEDED},
    ResponseEvent.CANCELLED: {
        ResponseState.ACTIVE: ResponseState.CANCELLING,
        ResponseState.SUPERSEDED: ResponseState.CANCELLING,
    },
    ResponseEvent.ENDED: {
        ResponseState.ACTIVE: ResponseState.IDLE,
        ResponseState.SUPERSEDED: ResponseState.IDLE,
        ResponseState.CANCELLING: ResponseState.IDLE,
    },
    ResponseEvent.GONE: {
        ResponseState.SUPERSEDED: ResponseState.IDLE,
        ResponseState.CANCELLING: ResponseState.IDLE,
    },
    ResponseEvent.SESSION_LOST: dict.fromkeys(ResponseState, ResponseState.IDLE),
}


class Overdue(Enum):
    """What did not happen in time."""

    NOT_STARTED = auto()
    NOT_EXPECTED_STARTED = auto()
    STALLED = auto()
    NOT_CANCELLED = auto()
    NEVER_ENDED = auto()
    """It was cancelled and the provider does not say that it is over."""


WAITS: dict[ResponseState, tuple[float, Overdue]] = {
    ResponseState.REQUESTED: (START_S, Overdue.NOT_STARTED),
    ResponseState.ACTIVE: (STALL_S, Overdue.STALLED),
    ResponseState.SUPERSEDED: (CANCEL_S, Overdue.NOT_CANCELLED),
    ResponseState.CANCELLING: (STALL_S, Overdue.NEVER_ENDED),
}
"""How long the provider may give no sign in each state, and what is late then."""


class ResponseMachine:
    def __init__(self) -> None:
        self.state = ResponseState.IDLE
        self.response_id: str | None = None
        self.asked: Wish | None = None
        """What the requested or active response was asked for; None if the provider began it."""
        self.wishes = Wishes()
        self.has_output = False
        """The active response has given words, sound or a tool call."""
        self.unanswered_since: float | None = None
        """Since when the provider has given no sign of what it was asked for."""
        self._expected_at: float | None = None
        self._is_disowned = False
        self._asked_in_vain = 0
        """Requests that nothing came of in time: their responses may come yet."""
        self.is_unwanted = False
        """The requested response was overtaken by the caller: cancel it as soon as it starts."""
        self._heard_from_at = 0.0
        self._not_before = 0.0
        self._failures = 0
        self._busy_since: float | None = None

    # --- wishes ---

    def want(self, wish: Wish) -> None:
        """Ask for a response when the time comes."""
        self.wishes.add(wish)

    def withdraw(self, confirmation_id: str) -> None:
        """The read-back is not wanted any more."""
        self._withdraw(lambda wish: wish.confirmation_id == confirmation_id)

    def forgo(self, owed: str) -> None:
        """What was owed is not to be said any more."""
        self._withdraw(lambda wish: wish.owed == owed)

    def is_wanted(self, owed: str) -> bool:
        """What is owed waits to be said, or is being said."""
        waiting = (*self.wishes, self.under_way)
        return any(wish is not None and wish.owed == owed for wish in waiting)

    def _withdraw(self, is_meant: Callable[[Wish], bool]) -> None:
        self.wishes.drop(is_meant)
        is_asked = self.asked is not None and is_meant(self.asked)
        if is_asked and self.state is not ResponseState.IDLE:
            self.asked, self.is_unwanted = None, True

    @property
    def under_way(self) -> Wish | None:
        """What is being answered and still wanted; the provider's own response is a plain one."""
        match self.state:
            case ResponseState.IDLE:
                return None if self._expected_at is None else Wish()
            case ResponseState.SUPERSEDED | ResponseState.CANCELLING:
                return None
            case _:
                return None if self.is_unwanted else self.asked or Wish()

    @property
    def is_disclosure_due(self) -> bool:
        """What the caller has to hear is still to be said, or being said."""
        waiting = (*self.wishes, self.under_way)
        return any(wish is not None and wish.is_disclosure for wish in waiting)

    @property
    def is_due(self) -> bool:
        """Something is asked for, expected or still to be asked for."""
        is_idle = self.state is ResponseState.IDLE and self._expected_at is None
        return not is_idle or bool(self.wishes)

    def may_request(self, now: float) -> bool:
        return (
            bool(self.wishes)
            and self.state is ResponseState.IDLE
            and self._expected_at is None
            and now >= self._not_before
        )

    def request(self, now: float) -> Wish:
        if not self.wishes:
            raise ValueError("no response is wanted")
        self._move(ResponseEvent.REQUESTED)
        wish = self.asked = self.wishes.take()
        self.is_unwanted = False
        self._heard_from_at = now
        if self.unanswered_since is None:
            self.unanswered_since = now
        return wish

    def expect(self, now: float) -> None:
        """The provider will start a response by itself."""
        self._expected_at = now
        self._is_disowned = False

    def disown(self) -> bool:
        """What the provider starts by itself answers words that are not for the model; return
        whether it was about to, and they were until now."""
        was_disowned, self._is_disowned = self._is_disowned, self._expected_at is not None
        return self._is_disowned and not was_disowned

    # --- what the provider says ---

    def start(self, response_id: str, now: float) -> bool:
        """Take over a response that began; False if another one is active."""
        if self.state not in MOVES[ResponseEvent.STARTED]:
            return False
        if self.state is ResponseState.IDLE:
            self.asked, self.is_unwanted = None, self._is_disowned
            if self._expected_at is None and self._asked_in_vain:
                self._asked_in_vain -= 1
                self.is_unwanted = True  # it was asked for again, and answered
            if not self.is_unwanted:
                # The provider's own response sees all that a plain one was wanted for.
                self.asked = self.wishes.take_plain()
        self._expected_at, self._is_disowned = None, False
        self.has_output = False
        self._move(ResponseEvent.STARTED)
        self.response_id = response_id
        self._heard_from_at = now
        return True

    def put_out(self, now: float, *, is_silent: bool = False) -> None:
        """The response has said or asked for something; silence is no sign of life."""
        self.has_output = True
        if is_silent:
            return
        self.unanswered_since = None
        self._heard_from_at = now

    def finish(self, response_id: str) -> bool:
        """End the response; False if it is not the one that is active."""
        if response_id != self.response_id:
            return False
        self._give_up(ResponseEvent.ENDED)
        return True

    def succeed(self) -> None:
        self._failures = 0
        self._busy_since = None

    def fail(self, now: float, *, retry_after_s: float | None = None) -> bool:
        """Count a failure; True if what was asked for is to be tried once more.

        A provider that says when it has time again is asked then, and has not failed by that.
        """
        self._not_before = now + max(RETRY_S, retry_after_s or 0.0)
        if retry_after_s is None:
            return self.count_failure()
        if self._busy_since is None:
            self._busy_since = now
        if self._not_before <= self._busy_since + BUSY_S:
            return True
        self.succeed()
        self._not_before = now + RETRY_S
        return False

    def count_failure(self) -> bool:
        """Return whether it is worth another try."""
        self._failures += 1
        if self._failures < ATTEMPTS:
            return True
        self.succeed()
        return False

    def want_again(self) -> None:
        """Ask for the same once more, if it is wanted yet."""
        if not self.is_unwanted:
            self.want(self.asked or Wish())

    def refuse(self, now: float) -> None:
        """The provider would not start what was asked because another response is active."""
        self._asked_in_vain = max(0, self._asked_in_vain - 1)
        if self.state in MOVES[ResponseEvent.NOT_BEGUN]:
            self._move(ResponseEvent.NOT_BEGUN)
            self._expected_at = now
            self.want(self.asked or Wish())
        elif self.state is ResponseState.IDLE:
            self._not_before = now + RETRY_S

    def turn_down(self) -> bool:
        """The provider does not begin what it was asked for; False if nothing was."""
        if self.state not in MOVES[ResponseEvent.NOT_BEGUN]:
            return False
        self._move(ResponseEvent.NOT_BEGUN)
        self.unanswered_since = None
        return True

    def is_gone(self) -> str | None:
        """The provider knows of no active response: one that is being cancelled is over."""
        if self.state not in MOVES[ResponseEvent.GONE]:
            return None
        return self._give_up(ResponseEvent.GONE)

    # --- cancelling ---

    def supersede(self, now: float) -> None:
        """The caller speaks: the provider cancels by itself, or is told to after a moment."""
        if self.state in MOVES[ResponseEvent.OVERTAKEN] and not self.is_disclosure:
            self._move(ResponseEvent.OVERTAKEN)
            self._heard_from_at = now

    def cancel(self, now: float) -> str | None:
        """Mark the active response cancelled; return its id if the provider must be told.

        One that is only requested has no id yet, so that it cannot be cancelled before it starts.
        """
        if self.is_disclosure:
            return None
        if self.state is ResponseState.REQUESTED:
            self.asked, self.is_unwanted = None, True
        return self.abandon(now)

    def abandon(self, now: float) -> str | None:
        """As ``cancel``, whatever it says: the provider does not get on with it."""
        if self.state not in MOVES[ResponseEvent.CANCELLED]:
            return None
        self._move(ResponseEvent.CANCELLED)
        self._heard_from_at = now
        return self.response_id

    @property
    def is_cancelling(self) -> bool:
        return self.state in (ResponseState.SUPERSEDED, ResponseState.CANCELLING)

    @property
    def is_disclosure(self) -> bool:
        """What was asked for is what the caller has to hear."""
        return self.asked is not None and self.asked.is_disclosure

    # --- time ---

    def reset(self) -> None:
        """The provider session is gone; a wish survives it."""
        self._move(ResponseEvent.SESSION_LOST)
        self.response_id = None
        self._expected_at = None
        self._asked_in_vain = 0
        self._not_before = 0.0

    def deadline(self) -> float | None:
        dues = []
        if self._expected_at is not None:
            dues.append(self._expected_at + START_S)
        if self.state in WAITS:
            dues.append(self._heard_from_at + WAITS[self.state][0])
        elif self.wishes and self._not_before:
            dues.append(self._not_before)
        return min(dues, default=None)

    def overdue(self, now: float) -> Overdue | None:
        """Return what is late, having moved on from it."""
        if now >= self._not_before:
            self._not_before = 0.0
        if self._expected_at is not None and now >= self._expected_at + START_S:
            is_disowned, self._expected_at, self._is_disowned = self._is_disowned, None, False
            return None if is_disowned else Overdue.NOT_EXPECTED_STARTED
        if self.state not in WAITS or now < self._heard_from_at + WAITS[self.state][0]:
            return None
        late = WAITS[self.state][1]
        self._heard_from_at = now
        if late is Overdue.NOT_STARTED:
            self._asked_in_vain += 1
            self._move(ResponseEvent.NOT_BEGUN)
        return late

    def _give_up(self, event: ResponseEvent) -> str | None:
        self._move(event)
        self.unanswered_since = None
        response_id, self.response_id = self.response_id, None
        return response_id

    def _move(self, event: ResponseEvent) -> None:
        self.state = after(MOVES, self.state, event, "response")
