"""Who begins an answer: the provider by itself at the end of the caller's turn, or only when asked.

Where its dialect can tell it so (``create_response``), it is switched while its session goes on.
It says so in order with the turns that it finds: those that it told of before are under the old
rule.
"""

from agent_service.agent import TurnDetectionSettings
from agent_service.conversation.commands import SwitchAnswering
from agent_service.conversation.output import Output


class TurnTaking:
    def __init__(self, output: Output, detection: TurnDetectionSettings) -> None:
        self._output = output
        self._detection = detection
        self._can_switch = False
        self._is_told = False
        """What the provider session was told last."""
        self.answers_by_itself = False
        """The provider answers the turns that end now, as far as it has said so far."""

    @property
    def finds_turns(self) -> bool:
        """The provider finds the ends of turns; else the caller says where they are."""
        return self._detection.kind != "push_to_talk"

    def opened(self, *, can_switch: bool) -> None:
        """A provider session is there; each begins by answering turns that it finds itself."""
        self.answers_by_itself = self._is_told = self.finds_turns
        self._can_switch = can_switch and self.finds_turns

    def lost(self) -> None:
        """The provider session is gone."""
        self._can_switch = False

    def want(self, answers_by_itself: bool) -> None:
        """Have the provider answer by itself from now on, or not."""
        if self._can_switch and self._is_told is not answers_by_itself:
            self._is_told = answers_by_itself
            self._output.order(SwitchAnswering(answers_by_itself, self._detection))

    def switched(self, answers_by_itself: bool) -> None:
        """The provider says that it does so."""
        self.answers_by_itself = answers_by_itself
