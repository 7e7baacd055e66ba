"""Adding up conversations, one row for each group, from the rows that the database keeps."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from urllib.parse import quote, unquote

import msgspec
import numpy as np
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
)

from agent_service.conversation.records import ToolCallStatus
from agent_service.store.facts import FactsOfConversation, earliest_number, latest_number
from agent_service.store.latencies import LETTERS, Counts, as_letters, counts_of, percentiles

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
WRONG: Final = (*FAILED, ToolCallStatus.NOT_ALLOWED)
"""Those, and what was refused: nothing came of them, whoever is at fault."""

_Facts: Final = FactsOfConversation
_EACH: Final = ("key", "low", "high", "since", "until")


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


Stretch: TypeAlias = tuple[int | None, datetime, datetime]
"""A key, and from when to when conversations began that are added up under it."""


def summed(
    key: ColumnElement[Any], conditions: Sequence[ColumnElement[bool]], dialect: str
) -> Select[Any]:
    """Return what adds conversations up by a key, in one reading: rows for ``Sums.add``.

    Of PostgreSQL there is one for each way to end.
    """
    added = select(key.label("key"), *_added_up(dialect)).where(*conditions)
    if dialect == "sqlite":
        return added.group_by(text("1"))
    return added.group_by(text("1"), _Facts.end_reason)


def summed_in_stretches(
    stretches: Sequence[Stretch], conditions: Sequence[ColumnElement[bool]]
) -> Select[Any]:
    """Return what adds up, on SQLite, those that began in each of some stretches of time: rows of
    its key, and in JSON what ``Sums.add`` is given.

    To group them by a key has SQLite sort all rows with everything that is added up.
    """
    written = [
        (key, earliest_number(start), latest_number(end), _as_kept(start), _as_kept(end))
        for key, start, end in stretches
    ]
    each = func.json_each(msgspec.json.encode(written).decode()).table_valued("value")
    parts = (func.json_extract(each.c.value, f"$[{n}]").label(name) for n, name in enumerate(_EACH))
    # Or each row would have them read out of the JSON.
    one = select(*parts).cte("stretch").prefix_with("MATERIALIZED")
    began = literal_column("conversation_facts.started_at", String())
    found = (
        select(func.json_array(*_added_up("sqlite")))
        .where(
            _Facts.number.between(one.c.low, one.c.high), began >= one.c.since, began < one.c.until
        )
        .where(*conditions)
        .correlate(one)
        .scalar_subquery()
    )
    return select(one.c.key, found)


def _as_kept(moment: datetime) -> str:
    """Return a time as SQLite keeps it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _added_up(dialect: str) -> Iterator[Any]:
    is_over = _Facts.duration_ms.is_not(None)
    yield func.count()
    yield func.count(_Facts.duration_ms)
    yield func.count().filter(and_(is_over, ~_Facts.needed_person))
    yield func.count(_Facts.rating)
    yield func.coalesce(func.sum(_Facts.rating), 0)
    yield func.sum(_Facts.turn_count)
    yield func.sum(_Facts.interruption_count)
    yield func.count().filter(_Facts.interruption_count > 0)
    yield func.coalesce(func.sum(_Facts.duration_ms), 0)
    yield func.sum(_Facts.call_count)
    yield func.sum(_Facts.call_failure_count)
    yield func.sum(_Facts.confirmation_count)
    yield func.sum(_Facts.confirmation_declined_count)
    for name in TOKENS:
        yield func.sum(getattr(_Facts, name))
    yield func.sum(_Facts.cost_usd)
    reason = _Facts.end_reason
    if dialect == "sqlite":
        yield func.group_concat(_Facts.first_audio, literal(""))
        yield func.json_group_array(reason).filter(reason.is_not(None))
    else:
        yield func.string_agg(_Facts.first_audio, literal(""))
        yield case((reason.is_not(None), func.json_build_object(reason, func.count())))


@dataclass(slots=True)
class Sums:
    """What is added up of one group."""

    sums: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    cost_usd: float | None = None
    waits: Counts = field(default_factory=lambda: np.zeros(LETTERS, np.int64))
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def conversations(self) -> int:
        return self.sums[0]

    def add(self, row: Sequence[Any]) -> None:
        """Add what was added up of some conversations, without its key."""
        *sums, cost_usd, letters, reasons = row
        self._add(sums, cost_usd)
        self.waits += counts_of(letters)
        # How often each occurs, or all of them.
        self.reasons.update(msgspec.json.decode(reasons) if isinstance(reasons, str) else reasons)

    def merge(self, other: "Sums") -> None:
        self._add(other.sums, other.cost_usd)
        self.reasons.update(other.reasons)
        self.waits += other.waits

    def _add(self, sums: Sequence[Any], cost_usd: float | None) -> None:
        self.sums = [mine + int(its) for mine, its in zip(self.sums, sums, strict=True)]
        if cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + cost_usd

    def add_rolled_up(self, row: Sequence[Any]) -> None:
        """Add a row of sums with the texts of ``written``, or several behind each other."""
        *sums, cost_usd, waits, reasons = row
        self._add(sums, cost_usd)
        self.waits += counts_of(waits)
        for part, times in Counter(reasons.split()).items():
            name, _, count = part.partition(":")
            self.reasons[unquote(name)] += int(count) * times

    def written(self, *, is_short: bool) -> tuple[str, str]:
        """Return the waits and the ways to end as texts: of several groups, one behind the other.

        Of a short stretch letters are repeated; else how often each occurs stands behind it.
        """
        reasons = (f"{quote(name, '')}:{count} " for name, count in self.reasons.items())
        return as_letters(self.waits, is_short=is_short), "".join(reasons)

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
            first_audio_ms=FirstAudio(int(self.waits.sum()), p50, p95),
            tool_calls=calls,
            tool_failures=failures,
            confirmations=confirmations,
            confirmations_declined=declined,
            tokens=dict(zip(TOKENS, tokens, strict=True)),
            cost_usd=self.cost_usd,
        )
