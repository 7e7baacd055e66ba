"""What one conversation has said of cards, keys and its caller, in one memory."""

from collections.abc import Sequence

from agent_service.redaction.cards import Found, What
from agent_service.redaction.emails import open_address
from agent_service.redaction.memory import CardMemory
from agent_service.redaction.personal import CARD, CODE, Hit, mark_of, masked
from agent_service.redaction.personal_memory import PersonalMemory, Removal
from agent_service.redaction.policy import Identifier, Policy
from agent_service.redaction.secrets import KeyMemory


class ConversationMemory:
    """Redacts a conversation's texts in the order they come. Holds digits: never to be shown."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._keys = KeyMemory()
        self._cards = CardMemory()
        self._personal = PersonalMemory(policy)

    def take_digits(self) -> tuple[str, ...]:
        """Return digits of cards of which earlier records may hold pieces, once."""
        return self._cards.take_digits()

    def take_removals(self) -> tuple[Removal, ...]:
        """Return what else earlier records may hold pieces of, once."""
        return self._personal.take_removals()

    @property
    def others(self) -> frozenset[str]:
        """Numbers that stay where they are called an order's or the like."""
        return self._cards.others

    def caller_turn(self, text: str) -> str:
        """Return what the record may hold of the caller's turn, and remember its numbers."""
        text = self._keys.caller_turn(text)
        # Both look at the same text: neither sees less for what the other removes.
        cards, hits = self._cards.found_in_turn(text), self._personal.hits_in_turn(text)
        return masked(text, _together(cards, hits), self._policy)

    def agent_turn(self, text: str) -> str:
        """Return what the record may hold of the agent's turn, and note what it asks for."""
        return self._cards.agent_turn(self._personal.agent_turn(self._keys.agent_turn(text)))

    def answer(self, text: str) -> str:
        """Return what the record may hold of words that come again as the caller's turn."""
        return self._personal.answer(self._cards.answer(self._keys.answer(text)))

    def passage(self, text: str, name: str = "") -> str:
        """Return what the record may hold of anything else: a summary, an argument, a result."""
        text = self._personal.passage(self._keys.passage(text), name)
        return self._cards.passage(text, name)

    @property
    def is_doubtful(self) -> bool:
        """Whether there are numbers that may yet turn out to be something else."""
        return self._cards.is_doubtful or self._personal.is_doubtful

    def without_open_address(self, text: str) -> str:
        """Return words that are still coming without an address that may not be whole yet."""
        start = open_address(text) if Identifier.EMAIL not in self._policy.kept else None
        return text if start is None else text[:start] + mark_of(Identifier.EMAIL)

    def for_log(self, text: str, name: str = "") -> str:
        """Return what a log line, which cannot be mended, may hold of what the record holds."""
        return self._personal.for_log(self._cards.for_log(text, name), name)


def _together(cards: Sequence[Found], hits: Sequence[Hit]) -> list[Hit]:
    """Return all that goes, in order, what overlaps as one: named after what is longest."""
    of_cards = [
        Hit(one.start, one.end, CODE if one.what is What.SECURITY_CODE else CARD) for one in cards
    ]
    together: list[Hit] = []
    for hit in sorted([*of_cards, *hits], key=lambda hit: (hit.start, -hit.end)):
        if together and hit.start < together[-1].end:
            last = together[-1]
            longest = max((last, hit), key=lambda one: one.end - one.start)
            together[-1] = Hit(last.start, max(last.end, hit.end), longest.kind)
        else:
            together.append(hit)
    return together
