"""What happens at this moment, for whoever watches: one seam between publishers and readers.

In this process, on its event loop. What is kept for readers who come back, or read slowly, has one
bound for the whole process: the oldest news goes first, and a reader who misses it is told how many
it was. No reader has a queue of its own, and no publisher waits for one.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Any, Final

from agent_service.errors import TryLater

CAPACITY: Final = 20_000
"""News that is kept, of all conversations together: each is well below a kilobyte."""
MOST_READERS: Final = 64
AT_ONCE: Final = 64
"""News that a reader is given at once, so that none keeps the event loop for long."""


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """One thing that happened in a conversation."""

    kind: str
    facts: Mapping[str, Any]
    """Plain values, without what the record does not hold."""
    is_overview: bool = False
    """Also for those who watch all conversations."""
    is_last: bool = False
    """Nothing comes after it."""


@dataclass(frozen=True, slots=True)
class Place:
    """After which news a reader goes on; another process's places are none of this one's."""

    epoch: str
    number: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What a reader is given at once. An empty one is the end: there will be no more."""

    news: tuple[tuple[Place, News], ...]
    lost: int | None = 0
    """How many were lost before it; None where nobody knows, for the place was not known here."""


class _Topic:
    """The news of one conversation, or of the list of all, numbered without gaps."""

    def __init__(self, *, can_end: bool = True) -> None:
        self.epoch = secrets.token_hex(4)
        self._can_end = can_end
        self.kept: deque[News] = deque()
        self.first = 1
        """Number of the oldest that is kept, or of the next."""
        self.readers: set[Reader] = set()
        self.is_over = False

    @property
    def last(self) -> int:
        return self.first + len(self.kept) - 1

    def add(self, news: News) -> None:
        self.kept.append(news)
        self.is_over = self._can_end and news.is_last
        self.wake()

    def drop_oldest(self) -> None:
        self.kept.popleft()
        self.first += 1

    def wake(self) -> None:
        for reader in self.readers:
            reader.wake()


class Reader:
    """Follows one topic, inside ``with reader:``."""

    def __init__(
        self, desk: "NewsDesk", topic: _Topic, name: str | None, after: int, *, is_place_known: bool
    ) -> None:
        self._desk = desk
        self._topic = topic
        self._name = name
        self._after = after
        self._is_place_known = is_place_known
        """Else nobody knows how much was lost, which is said before anything else."""
        self._woken = asyncio.Event()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._desk.leave(self._name, self)

    def wake(self) -> None:
        self._woken.set()

    @property
    def place(self) -> Place:
        """After which news it goes on."""
        return Place(self._topic.epoch, self._after)

    @property
    def is_at_end(self) -> bool:
        """The conversation is over and all of it was given."""
        return self._topic.is_over and self._after >= self._topic.last and self._is_place_known

    async def read(self) -> Batch:
        """Wait for news; an empty batch says that there will be none any more."""
        while not self._desk.is_closed:
            # Before looking: what is published from here on wakes again.
            self._woken.clear()
            batch = self._take()
            if batch.news or batch.lost != 0 or self._topic.is_over:
                return batch
            await self._woken.wait()
        return Batch(())

    def _take(self) -> Batch:
        topic = self._topic
        start = max(self._after + 1, topic.first)
        lost = start - self._after - 1 if self._is_place_known else None
        self._is_place_known = True
        skipped = start - topic.first
        found = enumerate(islice(topic.kept, skipped, skipped + AT_ONCE), start)
        news = tuple((Place(topic.epoch, number), one) for number, one in found)
        self._after = start + len(news) - 1
        return Batch(news, lost)


class NewsDesk:
    """Takes news from everybody and gives it to who reads."""

    def __init__(self, *, capacity: int = CAPACITY, most_readers: int = MOST_READERS) -> None:
        self._capacity = capacity
        self._most_readers = most_readers
        self._overview = _Topic(can_end=False)
        self._topics: dict[str | None, _Topic] = {None: self._overview}
        self._order: deque[tuple[str | None, _Topic]] = deque()
        """One entry for each that is kept, the oldest first: each topic's are in this order too."""
        self.readers = 0
        """How many read at this moment."""
        self.is_closed = False

    def publish(self, conversation_id: str | None, news: News) -> None:
        """Tell whoever watches the conversation; without one, who watches all of them."""
        if conversation_id is not None:
            self._add(conversation_id, self._topic(conversation_id), news)
        if news.is_overview:
            self._add(None, self._overview, news)

    def is_read(self, conversation_id: str) -> bool:
        """Tell whether somebody watches this conversation just now."""
        topic = self._topics.get(conversation_id)
        return topic is not None and bool(topic.readers)

    def knows(self, conversation_id: str) -> bool:
        """Tell whether news of the conversation was published here and is not all forgotten."""
        topic = self._topics.get(conversation_id)
        return topic is not None and topic.last > 0

    def subscribe(self, conversation_id: str | None, after: Place | None) -> Reader:
        """Return who reads on after a place: of one conversation, or what concerns all.

        Without a place, a conversation is read from the oldest that is kept, and the list of all
        from now on. Raises TryLater when there are too many readers.
        """
        if self.readers >= self._most_readers:
            raise TryLater(
                f"{self.readers} readers follow the live news already: try again later.",
                code="too_many_readers",
            )
        topic = self._topic(conversation_id)
        newest = topic.last if conversation_id is None else topic.first - 1
        is_known = after is not None and after.epoch == topic.epoch and after.number <= topic.last
        number = after.number if after is not None and is_known else newest
        is_place_known = after is None or is_known
        reader = Reader(self, topic, conversation_id, number, is_place_known=is_place_known)
        topic.readers.add(reader)
        self.readers += 1
        return reader

    def let_go(self, conversation_id: str) -> None:
        """The conversation goes on elsewhere: its readers have to look for it there."""
        topic = self._topics.get(conversation_id)
        if topic is not None:
            topic.is_over = True
            topic.wake()
            self._forget_if_empty(conversation_id, topic)

    def leave(self, name: str | None, reader: Reader) -> None:
        """A reader reads no more."""
        topic = self._topics[name]
        topic.readers.discard(reader)
        self.readers -= 1
        self._forget_if_empty(name, topic)

    def close(self) -> None:
        """End all reading, at once."""
        self.is_closed = True
        for topic in self._topics.values():
            topic.wake()

    def _topic(self, name: str | None) -> _Topic:
        topic = self._topics.get(name)
        if topic is None:
            topic = self._topics[name] = _Topic()
        return topic

    def _add(self, name: str | None, topic: _Topic, news: News) -> None:
        topic.add(news)
        self._order.append((name, topic))
        if len(self._order) > self._capacity:
            oldest, of = self._order.popleft()
            of.drop_oldest()
            self._forget_if_empty(oldest, of)

    def _forget_if_empty(self, name: str | None, topic: _Topic) -> None:
        """Forget a conversation that is over, or of which nothing was ever published."""
        is_done = topic.is_over or topic.first == 1
        if name is not None and is_done and not topic.kept and not topic.readers:
            self._topics.pop(name, None)
