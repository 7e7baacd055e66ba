"""One confirmation: read back, heard to its end, then answered.

It is bound to the hash of the exact arguments. A yes counts only after the read-back was heard.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from agent_service.conversation.records import ConfirmationRecord, ConfirmationStatus, DecidedBy


class ConfirmationState(Enum):
    OFFERED = auto()
    """The read-back is asked for or playing."""
    HEARD = auto()
    """The caller may answer."""
    DECIDED = auto()


MOVES: dict[ConfirmationState, frozenset[ConfirmationState]] = {
    ConfirmationState.OFFERED: frozenset({ConfirmationState.HEARD, ConfirmationState.DECIDED}),
    ConfirmationState.HEARD: frozenset({ConfirmationState.DECIDED}),
    ConfirmationState.DECIDED: frozenset(),
}


@dataclass(slots=True)
class Confirmation:
    confirmation_id: str
    tool_call_id: str
    summary: str
    arguments_hash: str
    offered_at: datetime
    expires_at: datetime
    due_at: float
    """Monotonic seconds of ``expires_at``."""
    state: ConfirmationState = ConfirmationState.OFFERED
    status: ConfirmationStatus = ConfirmationStatus.OFFERED
    response_id: str | None = None
    """The response that reads it back."""
    answering_item_id: str | None = None
    """The caller's item that began after the read-back was heard."""
    heard_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: DecidedBy | None = None
    answer: str | None = None

    @property
    def is_heard(self) -> bool:
        return self.state is ConfirmationState.HEARD

    def hear(self, at: datetime) -> None:
        self._move(ConfirmationState.HEARD)
        self.heard_at = at

    def decide(
        self,
        status: ConfirmationStatus,
        at: datetime,
        *,
        by: DecidedBy | None = None,
        answer: str | None = None,
    ) -> None:
        if status is ConfirmationStatus.ACCEPTED and not self.is_heard:
            raise ValueError(
                f"confirmation {self.confirmation_id} was not heard, so it cannot be accepted"
            )
        self._move(ConfirmationState.DECIDED)
        self.status, self.decided_at, self.decided_by, self.answer = status, at, by, answer

    def record(self, conversation_id: str) -> ConfirmationRecord:
        return ConfirmationRecord(
            confirmation_id=self.confirmation_id,
            conversation_id=conversation_id,
            tool_call_id=self.tool_call_id,
            summary=self.summary,
            arguments_hash=self.arguments_hash,
            status=self.status,
            offered_at=self.offered_at,
            expires_at=self.expires_at,
            heard_at=self.heard_at,
            decided_at=self.decided_at,
            decided_by=self.decided_by,
            answer=self.answer,
        )

    def _move(self, state: ConfirmationState) -> None:
        if state not in MOVES[self.state]:
            raise ValueError(
                f"confirmation {self.confirmation_id} cannot go from {self.state} to {state}"
            )
        self.state = state
