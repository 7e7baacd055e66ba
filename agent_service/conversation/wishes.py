"""The responses that are wanted and wait until one may be asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """A response that the dialogue wants."""

    instructions: str | None = None
    uses_tools: bool = True
    confirmation_id: str | None = None
    """Set when the response is the read-back of this confirmation."""
    owed: str | None = None
    """Set when the response says what the caller is owed: by what it is about."""
    is_disclosure: bool = False
    """The caller has to hear it: nothing that they say or press stops it."""
    is_passing: bool = False
    """Only worth saying as long as there is nothing else to say."""

    @property
    def is_plain(self) -> bool:
        """The model answers as it sees fit; the provider's own response fulfils it too."""
        return self.instructions is None

    @property
    def is_insisted_on(self) -> bool:
        """Rules of its own have it said again until it was heard."""
        return self.is_disclosure or self.confirmation_id is not None or self.owed is not None


class Wishes:
    """In the order in which they are asked for.

    What the service has the agent say comes first, in order; then read-backs, because what the
    caller hears last is what they answer. One plain response serves all that asked for one; where
    a question is to be read back, the model goes on after its answer.
    """

    def __init__(self) -> None:
        self._waiting: list[Wish] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __iter__(self) -> Iterator[Wish]:
        return iter(self._waiting)

    def add(self, wish: Wish) -> None:
        waiting = [
            other
            for other in self._waiting
            if not (other.is_passing or (other.is_plain and wish.is_plain))
        ]
        if not (wish.is_passing and waiting):
            waiting.append(wish)
        if any(other.confirmation_id is not None for other in waiting):
            waiting = [other for other in waiting if not other.is_plain]
        self._waiting = sorted(waiting, key=_rank)

    def drop(self, is_meant: Callable[[Wish], bool]) -> None:
        self._waiting = [wish for wish in self._waiting if not is_meant(wish)]

    def take(self) -> Wish:
        """Take out the one to ask for."""
        return self._waiting.pop(0)

    def take_plain(self) -> Wish | None:
        """Take out the plain one, if there is any."""
        found = next((wish for wish in self._waiting if wish.is_plain), None)
        self.drop(lambda wish: wish.is_plain)
        return found


def _rank(wish: Wish) -> int:
    """Return where a wish stands among those that wait."""
    if wish.is_disclosure:
        return 0
    if wish.is_plain:
        return 3
    return 2 if wish.confirmation_id is not None else 1
