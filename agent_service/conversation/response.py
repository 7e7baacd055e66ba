"""The response machine: at most one response is requested or active; a wish for another waits.

With voice activity detection the provider starts a response by itself after each turn of the
caller; until it does, that response is *expected* and nothing else is asked for.
"""

from dataclasses import dataclass
from enum import Enum, auto

START_S = 10.0
"""How long a response may take to start, asked for or expected."""

STALL_S = 15.0
"""How long an active response may give no sign of life."""

CANCEL_S = 0.5
"""How long the provider has to cancel by itself when the caller starts to speak."""

RETRY_S = 1.0
ATTEMPTS = 2


class ResponseState(Enum):
    IDLE = auto()
    REQUESTED = auto()
    ACTIVE = auto()
    CANCELLING = auto()


MOVES: dict[ResponseState, frozenset[ResponseState]] = {
    ResponseState.IDLE: frozenset({ResponseState.REQUESTED, ResponseState.ACTIVE}),
    ResponseState.REQUESTED: frozenset({ResponseState.ACTIVE, ResponseState.IDLE}),
    ResponseState.ACTIVE: frozenset({ResponseState.CANCELLING, ResponseState.IDLE}),
    ResponseState.CANCELLING: frozenset({ResponseState.IDLE}),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A response that the dialogue wants."""

    instructions: str | None = None
    uses_tools: bool = True
    confirmation_id: str | None = None
    """Set when the response is the read-back of this confirmation."""


class Overdue(Enum):
    """What did not happen in time."""

    NOT_STARTED = auto()
    NOT_EXPECTED_STARTED = auto()
    STALLED = auto()
    NOT_CANCELLED = auto()


class ResponseMachine:
    def __init__(self) -> None:
        self.state = ResponseState.IDLE
        self.response_id: str | None = None
        self.asked: Wish | None = None
        """What the requested or active response was asked for; None if the provider began it."""
        self.wish: Wish | None = None
        self._expected_at: float | None = None
        self.is_unwanted = False
        """The requested response was overtaken by the caller: cancel it as soon as it starts."""
        self._is_cancel_sent = False
        self._heard_from_at = 0.0
        self._not_before = 0.0
        self._failures = 0

    # --- wishes ---

    def want(self, wish: Wish) -> None:
        """Ask for a response when the time comes; a read-back outranks a plain one."""
        if self.wish is None or self.wish.confirmation_id is None:
            self.wish = wish

    def withdraw(self, confirmation_id: str) -> None:
        """The read-back is not wanted any more."""
        if self.wish is not None and self.wish.confirmation_id == confirmation_id:
            self.wish = None

    def may_request(self, now: float) -> bool:
        return (
            self.wish is not None
            and self.state is ResponseState.IDLE
            and self._expected_at is None
            and now >= self._not_before
        )

    def request(self, now: float) -> Wish:
        wish = self.wish
        if wish is None:
            raise ValueError("no response is wanted")
        self._move(ResponseState.REQUESTED)
        self.asked, self.wish = wish, None
        self.is_unwanted = False
        self._heard_from_at = now
        return wish

    def expect(self, now: float) -> None:
        """The provider will start a response by itself."""
        self._expected_at = now

    @property
    def is_expected(self) -> bool:
        return self._expected_at is not None

    # --- what the provider says ---

    def start(self, response_id: str, now: float) -> bool:
        """Take over a response that began; False if another one is active."""
        if self.state in (ResponseState.ACTIVE, ResponseState.CANCELLING):
            return False
        if self.state is ResponseState.IDLE:
            self.asked, self.is_unwanted = None, False
            if self.wish is not None and self.wish.confirmation_id is None:
                self.wish = None  # the provider's own response sees all that the wish was for
        self._expected_at = None
        self._move(ResponseState.ACTIVE)
        self.response_id = response_id
        self._heard_from_at = now
        self._is_cancel_sent = False
        return True

    def keep_alive(self, now: float) -> None:
        self._heard_from_at = now

    def finish(self, response_id: str) -> bool:
        """End the response; False if it is not the one that is active."""
        if response_id != self.response_id:
            return False
        self._move(ResponseState.IDLE)
        self.response_id = None
        return True

    def succeed(self) -> None:
        self._failures = 0

    def fail(self, now: float) -> bool:
        """Count a failure; True if what was asked for will be tried once more."""
        self._failures += 1
        self._not_before = now + RETRY_S
        if self._failures >= ATTEMPTS:
            self._failures = 0
            return False
        self.want(self.asked or Wish())
        return True

    def refuse(self, now: float) -> None:
        """The provider would not start what was asked because another response is active."""
        if self.state is ResponseState.REQUESTED:
            self._move(ResponseState.IDLE)
            self._expected_at = now
            self.want(self.asked or Wish())
        elif self.state is ResponseState.IDLE:
            self._not_before = now + RETRY_S

    # --- cancelling ---

    def supersede(self, now: float) -> None:
        """The caller speaks: the provider cancels by itself, or is told to after a moment."""
        if self.state is ResponseState.ACTIVE:
            self._move(ResponseState.CANCELLING)
            self._heard_from_at = now
            self._is_cancel_sent = False

    def cancel(self, now: float) -> str | None:
        """Mark the active response cancelled; return its id if the provider must be told.

        One that is only requested has no id yet, so that it cannot be cancelled before it starts.
        """
        if self.state is ResponseState.REQUESTED:
            self.asked, self.is_unwanted = None, True
        self.supersede(now)
        if self.state is not ResponseState.CANCELLING or self._is_cancel_sent:
            return None
        self._is_cancel_sent = True
        return self.response_id

    @property
    def is_cancelling(self) -> bool:
        return self.state is ResponseState.CANCELLING

    # --- time ---

    def reset(self) -> None:
        """The provider session is gone; a wish survives it."""
        self.state = ResponseState.IDLE
        self.response_id = None
        self._expected_at = None

    def deadline(self) -> float | None:
        dues = []
        if self._expected_at is not None:
            dues.append(self._expected_at + START_S)
        match self.state:
            case ResponseState.IDLE if self.wish is not None and self._not_before:
                dues.append(self._not_before)
            case ResponseState.REQUESTED:
                dues.append(self._heard_from_at + START_S)
            case ResponseState.ACTIVE:
                dues.append(self._heard_from_at + STALL_S)
            case ResponseState.CANCELLING:
                wait_s = STALL_S if self._is_cancel_sent else CANCEL_S
                dues.append(self._heard_from_at + wait_s)
            case _:
                pass
        return min(dues, default=None)

    def overdue(self, now: float) -> Overdue | None:
        """Return what is late, having moved on from it."""
        if now >= self._not_before:
            self._not_before = 0.0
        if self._expected_at is not None and now >= self._expected_at + START_S:
            self._expected_at = None
            return Overdue.NOT_EXPECTED_STARTED
        if self.state is ResponseState.REQUESTED and now >= self._heard_from_at + START_S:
            self._move(ResponseState.IDLE)
            return Overdue.NOT_STARTED
        if self.state is ResponseState.ACTIVE and now >= self._heard_from_at + STALL_S:
            self._heard_from_at = now
            return Overdue.STALLED
        if self.state is ResponseState.CANCELLING:
            if not self._is_cancel_sent and now >= self._heard_from_at + CANCEL_S:
                self._heard_from_at = now
                return Overdue.NOT_CANCELLED
            if self._is_cancel_sent and now >= self._heard_from_at + STALL_S:
                self._move(ResponseState.IDLE)
                self.response_id = None
                return Overdue.STALLED
        return None

    def _move(self, state: ResponseState) -> None:
        if state not in MOVES[self.state]:
            raise ValueError(f"a response cannot go from {self.state} to {state}")
        self.state = state
