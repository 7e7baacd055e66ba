"""The caller asks for a person: the team is rung, and somebody comes, or nobody does.

Until it is known whether anybody can be rung, the agent says nothing of it. That nobody comes is a
sentence of the service, owed until it was heard.
"""

from collections.abc import Callable

from agent_service.conversation.briefing import Briefing
from agent_service.conversation.commands import HandoffStatus, RingTeam, ShowHandoff
from agent_service.conversation.output import Output
from agent_service.conversation.owed import Owed
from agent_service.conversation.phrases import RINGING, Phrase, phrase

HANDOFF = "handoff"
"""What the sentence is about."""


class Ringing:
    def __init__(
        self, output: Output, owed: Owed, briefing: Briefing, *, ring_s: float, language: str | None
    ) -> None:
        self._output = output
        self._owed = owed
        self._briefing = briefing
        self._ring_s = ring_s
        self._language = language
        self._until: float | None = None
        self._go_on: Callable[[], None] | None = None
        """What the agent does once the team was rung."""

    @property
    def is_on(self) -> bool:
        """The team is being asked."""
        return self._until is not None

    def ring(self, reason: str, go_on: Callable[[], None]) -> None:
        """Ask the team; a caller who asks again while it rings is not asked for twice.

        ``go_on`` has the agent speak of it, unless there is nobody to ask.
        """
        if self._until is not None:
            go_on()
            return
        self._until = self._output.now + self._ring_s
        self._go_on = go_on
        self._owed.settle(HANDOFF)
        self._output.order(ShowHandoff(HandoffStatus.REQUESTED, after=self._output.turn_id))
        self._output.order(RingTeam(reason))

    def rung(self) -> None:
        """The team knows of it."""
        go_on, self._go_on = self._go_on, None
        if go_on is not None:
            self._briefing.tell(RINGING)
            go_on()

    def answered(self) -> None:
        """Somebody has joined, so that nobody need be told anything."""
        self._until = self._go_on = None
        self._owed.settle(HANDOFF)

    def declined(self, *, is_unreachable: bool) -> None:
        """The team says no, if it was asked, or there is nobody to say so."""
        if self._until is not None:
            self._nobody(HandoffStatus.NOBODY if is_unreachable else HandoffStatus.DECLINED)

    def deadline(self) -> float | None:
        return self._until

    def expire(self, now: float) -> None:
        if self._until is not None and now >= self._until:
            self._nobody(HandoffStatus.NOBODY)

    def _nobody(self, status: HandoffStatus) -> None:
        self._until = self._go_on = None
        self._output.order(ShowHandoff(status, after=self._output.turn_id))
        self._owed.say(HANDOFF, phrase(Phrase.NOBODY, self._language))
