"""When each place of an item was played, by what its player reports, however late that comes.

A report never comes before what it tells of. So no place was played later than any report of it,
or of a later place, says, and the earliest of them counts. A player that stood still is later from
there on, in all that it reports; what only one report says was its way.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

STALL_MS: Final = 120.0
"""A player that is so far behind has stood still; less is the way of its report."""
CERTAIN_MS: Final = 100.0
"""So long a player has to go on being behind before it has stood still."""
SETTLED_MS: Final = 5_000.0
"""What a report told is not known better after this time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an item, from one place in it to another, that was played without a break."""

    from_ms: float
    until_ms: float
    began_ms: float
    """When the item would have begun, had all of it been played like this."""


@dataclass(frozen=True, slots=True)
class _Report:
    until_ms: float
    at_ms: float
    is_certain: bool
    """The player has stood still before it, if it is behind."""

    @property
    def began_ms(self) -> float:
        return self.at_ms - self.until_ms


class Played:
    """Of one item. Times are in milliseconds, on whichever axis."""

    def __init__(self) -> None:
        self.not_before_ms = float("-inf")
        """When it was sent, and all before it was heard. A player that was behind with its own
        clock may catch up in an instant, and seem to have begun earlier."""
        self._settled: list[Stretch] = []
        self._reports: deque[_Report] = deque()
        """What may be known better yet."""
        self._stood_still = False
        self._told_ms = float("-inf")
        """When the last report came: what it tells of was over, however fast it was played."""

    @property
    def settled_ms(self) -> float:
        """Up to which place nothing will be known better."""
        return self._settled[-1].until_ms if self._settled else 0.0

    @property
    def until_ms(self) -> float:
        """Up to which place it was played."""
        return self._reports[-1].until_ms if self._reports else self.settled_ms

    def report(self, until_ms: float, now_ms: float, cut_ms: float | None = None) -> None:
        """Take the player's word that it came so far, also from behind its cut."""
        if until_ms <= self.until_ms:
            if until_ms == self.until_ms:
                self.stand_still()
            return
        self._settle(now_ms - SETTLED_MS)
        self._told_ms = now_ms
        at_ms, is_certain, self._stood_still = now_ms, self._stood_still, False
        if cut_ms is not None and cut_ms < now_ms:
            before = self.stretches()
            # It was no further when it was told, which was not before the cut.
            if not before or cut_ms - until_ms > before[-1].began_ms + STALL_MS:
                at_ms, is_certain = cut_ms, True
        self._reports.append(_Report(until_ms, at_ms, is_certain))

    def stand_still(self) -> None:
        """It goes no further than it came for a while: its line is gone, or it said so twice."""
        self._stood_still = bool(self._reports or self._settled)

    def stretches(self) -> list[Stretch]:
        """Return what was played, in order."""
        found = self._settled.copy()
        self._lay_out(found, len(self._reports))
        return found

    def start_of(self, place_ms: float) -> float:
        """Return when the sound behind that place began to be heard."""
        found = self.stretches()
        last = found.pop()
        on = next((one for one in found if place_ms < one.until_ms), last)
        return min(on.began_ms + place_ms, self._told_ms)

    def end_of(self, place_ms: float) -> float:
        """Return when the sound before that place was heard."""
        found = self.stretches()
        last = found.pop()
        on = next((one for one in found if place_ms <= one.until_ms), last)
        return min(on.began_ms + place_ms, self._told_ms)

    def _settle(self, before_ms: float) -> None:
        count = sum(report.at_ms < before_ms for report in self._reports)
        if count:
            self._lay_out(self._settled, count)
            for _ in range(count):
                self._reports.popleft()

    def _lay_out(self, found: list[Stretch], count: int) -> None:
        """Add what the first reports tell."""
        reports = list(self._reports)
        began = [max(report.began_ms, self.not_before_ms) for report in reports]
        for index in range(len(began) - 2, -1, -1):
            began[index] = min(began[index], began[index + 1])
        for index in range(count):
            until_ms = reports[index].until_ms
            last = found[-1] if found else None
            if last is None:
                found.append(Stretch(0.0, until_ms, began[index]))
            elif self._goes_on(last, reports[index:], began[index]):
                found[-1] = Stretch(last.from_ms, until_ms, last.began_ms)
            else:
                found.append(Stretch(last.until_ms, until_ms, began[index]))

    @staticmethod
    def _goes_on(last: Stretch, reports: list[_Report], began_ms: float) -> bool:
        if abs(began_ms - last.began_ms) <= STALL_MS:
            return True
        if began_ms < last.began_ms:  # it was settled by reports that were all late
            return False
        agreeing = [one for one in reports if one.began_ms <= began_ms + STALL_MS]
        if any(one.is_certain for one in agreeing):
            return False
        return agreeing[-1].at_ms - agreeing[0].at_ms < CERTAIN_MS
