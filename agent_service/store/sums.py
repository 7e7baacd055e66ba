"""Adding up conversations, one row for each group, from the rows that the database keeps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from re import compile as compiled
from typing import Any, Final
from urllib.parse import quote, unquote

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, text

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.facts import FactsOfConversation
from agent_service.store.latencies import percentiles

GROUPS: Final[Mapping[str, Any]] = {
    "agent": FactsOfConversation.agent,
    "channel": FactsOfConversation.channel,
    "modality": FactsOfConversation.modality,
    "language": FactsOfConversation.language,
    "provider": FactsOfConversation.provider,
    "level": FactsOfConversation.caller_level,
    "end_reason": FactsOfConversation.end_reason,
    "rating": FactsOfConversation.rating,
}
"""By what conversations are put together, beside time."""
TOKENS: Final = tuple(
    f"{kind}_tokens"
    for kind in (
        *("input_text", "input_audio", "cached_text", "cached_audio"),
        *("output_text", "output_audio"),
    )
)
SUMS: Final = (
    *("conversations", "over", "contained", "ratings", "rating", "turns", "interruptions"),
    *("interrupted", "duration_ms", "tool_calls", "tool_failures", "confirmations"),
    *("confirmations_declined", *TOKENS),
)
"""What is added up, in this order everywhere."""

TOOL: Final = "tool"
"""Groups of tool calls: of their sums there are those that a call has, and how calls stand."""
FAILED: Final = (ToolCallStatus.FAILED, ToolCallStatus.TIMED_OUT, ToolCallStatus.RETRY_LATER)
"""Of tool calls: what the tool could not do."""

_Facts: Final = FactsOfConversation
_AT_ONCE: Final = 50_000
"""Letters that are counted before another thread has its turn."""
_RUN: Final = compiled(r"(\D)(\d+)")


@dataclass(frozen=True, slots=True)
class FirstAudio:
    """How long answers took to begin: off by 1.6 % at most."""

    count: int
    p50: int | None
    p95: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Of the conversations of one group."""

    key: str | int | None
    conversations: int
    open: int
    """Those that are not over."""
    contained: int
    """Those that are over, and for which nobody of the team was needed."""
    containment: float | None
    """Their share of those that are over."""
    end_reasons: Mapping[str, int]
    ratings: int
    rating: float | None
    """The mean."""
    turns: int
    interruptions: int
    interrupted: int
    """Conversations with an interruption."""
    mean_duration_ms: int | None
    first_audio_ms: FirstAudio
    tool_calls: int
    tool_failures: int
    confirmations: int
    confirmations_declined: int
    tokens: Mapping[str, int]
    cost_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolNumbers:
    """Of the calls of one tool."""

    key: str
    conversations: int
    tool_calls: int
    tool_failures: int
    confirmations_declined: int
    statuses: Mapping[str, int]


def summed(key: Any, conditions: Sequence[ColumnElement[bool]], dialect: str) -> Select[Any]:
    """Return what adds conversations up, by a key and by how they ended: both in one reading."""
    together = func.group_concat if dialect == "sqlite" else func.string_agg
    is_over = _Facts.duration_ms.is_not(None)
    statement = select(
        key.label("key"),
        _Facts.end_reason,
        func.count(),
        func.count(_Facts.duration_ms),
        func.count().filter(and_(is_over, ~_Facts.needed_person)),
        func.count(_Facts.rating),
        func.coalesce(func.sum(_Facts.rating), 0),
        func.sum(_Facts.turn_count),
        func.sum(_Facts.interruption_count),
        func.count().filter(_Facts.interruption_count > 0),
        func.coalesce(func.sum(_Facts.duration_ms), 0),
        func.sum(_Facts.call_count),
        func.sum(_Facts.call_failure_count),
        func.sum(_Facts.confirmation_count),
        func.sum(_Facts.confirmation_declined_count),
        *(func.sum(getattr(_Facts, name)) for name in TOKENS),
        func.sum(_Facts.cost_usd),
        together(_Facts.first_audio, literal("")),
    )
    return statement.where(*conditions).group_by(text("1"), text("2"))


@dataclass(slots=True)
class Sums:
    """What is added up of one group."""

    sums: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    cost_usd: float | None = None
    waits: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def conversations(self) -> int:
        return self.sums[0]

    def add(self, reason: str | None, row: Sequence[Any]) -> None:
        """Add a row of ``summed``, without its key."""
        *sums, cost_usd, letters = row
        self._add(sums, cost_usd)
        if reason is not None:
            self.reasons[reason] += sums[0]
        self._add_waits(letters)

    def _add_waits(self, letters: str) -> None:
        for start in range(0, len(letters), _AT_ONCE):
            self.waits.update(letters[start : start + _AT_ONCE])

    def merge(self, other: "Sums") -> None:
        self._add(other.sums, other.cost_usd)
        self.reasons.update(other.reasons)
        self.waits.update(other.waits)

    def _add(self, sums: Sequence[Any], cost_usd: float | None) -> None:
        self.sums = [mine + int(its) for mine, its in zip(self.sums, sums, strict=True)]
        if cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + cost_usd

    def add_rolled_up(self, row: Sequence[Any]) -> None:
        """Add a row of sums with the texts of ``written``, or several behind each other."""
        *sums, cost_usd, waits, reasons = row
        self._add(sums, cost_usd)
        if waits[1:2].isdigit():
            for letter, count in _RUN.findall(waits):
                self.waits[letter] += int(count)
        else:
            self._add_waits(waits)
        for part in reasons.split():
            name, _, count = part.partition(":")
            self.reasons[unquote(name)] += int(count)

    def written(self, *, is_short: bool) -> tuple[str, str]:
        """Return the waits and the ways to end as texts: of several groups, one behind the other.

        Of a short stretch letters are repeated; else how often each occurs stands behind it.
        """
        waits = sorted(self.waits.items())
        parts = (one * count if is_short else f"{one}{count}" for one, count in waits)
        reasons = (f"{quote(name, '')}:{count} " for name, count in self.reasons.items())
        return "".join(parts), "".join(reasons)

    def of_tool(self, name: str) -> ToolNumbers:
        """Return the numbers of a tool, of whose calls ``reasons`` says how they stand."""
        return ToolNumbers(
            key=name,
            conversations=self.conversations,
            tool_calls=self.reasons.total(),
            tool_failures=sum(self.reasons[status.value] for status in FAILED),
            confirmations_declined=self.reasons[ToolCallStatus.DECLINED.value],
            statuses=dict(self.reasons.most_common()),
        )

    def numbers(self, key: str | int | None) -> Numbers:
        conversations, over, contained, ratings, rating, turns, interruptions = self.sums[:7]
        interrupted, duration_ms, calls, failures, confirmations, declined = self.sums[7:13]
        tokens = self.sums[13:]
        p50, p95 = percentiles(self.waits, (0.5, 0.95))
        return Numbers(
            key=key,
            conversations=conversations,
            open=conversations - over,
            contained=contained,
            containment=contained / over if over else None,
            end_reasons=dict(self.reasons.most_common()),
            ratings=ratings,
            rating=rating / ratings if ratings else None,
            turns=turns,
            interruptions=interruptions,
            interrupted=interrupted,
            mean_duration_ms=round(duration_ms / over) if over else None,
            first_audio_ms=FirstAudio(self.waits.total(), p50, p95),
            tool_calls=calls,
            tool_failures=failures,
            confirmations=confirmations,
            confirmations_declined=declined,
            tokens=dict(zip(TOKENS, tokens, strict=True)),
            cost_usd=self.cost_usd,
        )
