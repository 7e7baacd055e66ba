"""Numbers are what a look at every row gives, however they are put together."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, insert, select

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    RatingRecord,
    Record,
    ToolCallStatus,
    Usage,
)
from agent_service.errors import QueryError
from agent_service.store import stats
from agent_service.store.database import Database
from agent_service.store.latencies import (
    LONGEST_MS,
    as_letters,
    counts_of,
    letter_of,
    percentiles,
    wait_of,
)
from agent_service.store.requests import Handoff
from agent_service.store.stats import BY, Stats, find_stats, parse_stats
from agent_service.store.sums import FAILED, TOKENS, FirstAudio
from agent_service.store.tables import Confirmation, Conversation, Rating, ToolCall, Turn
from agent_service.store.writer import write_records

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham")


def records(sample: Any, chance: random.Random, began: datetime) -> Iterator[Record]:
    """Make a conversation of every kind that there is."""
    one = replace(sample, conversation_id=uuid7(), started_at=began)
    is_over = chance.random() < 0.8
    caller = Caller(chance.choice((None, "C-1", "C-2")), None, chance.choice(list(CallerLevel)))
    yield one.conversation(
        agent=chance.choice(("support", "sales")),
        channel=chance.choice(("widget", "phone")),
        language=chance.choice((None, "en", "zh")),
        caller=caller,
        ended_at=began + timedelta(seconds=chance.randrange(600)) if is_over else None,
        end_reason=chance.choice(("caller_ended", "idle")) if is_over else None,
    )
    for seq in range(1, chance.randrange(2, 9)):
        is_agent = seq % 2 == 0
        tokens: dict[str, Any] = {name: chance.randrange(500) for name in TOKENS}
        usage = Usage(**tokens, cost_usd=chance.choice((None, 0.25)))
        yield one.turn(
            seq,
            first_audio_ms=chance.randrange(4_000) if is_agent else None,
            is_interrupted=is_agent and chance.random() < 0.3,
            usage=usage if is_agent else None,
        )
    for number in range(chance.randrange(3)):
        yield one.tool_call(
            tool_call_id=f"call_{number}",
            name=chance.choice(("find_order", "refund_order")),
            status=chance.choice(list(ToolCallStatus)),
        )
        yield one.confirmation(status=chance.choice(list(ConfirmationStatus)))
    if chance.random() < 0.5:
        yield RatingRecord(one.conversation_id, chance.randrange(1, 6), None, began)


@pytest.fixture
def filled(database: Database, sample: Any) -> Database:
    """Sixty conversations within nine days, around a change to summer time."""
    chance = random.Random(7)
    first = datetime(2026, 3, 25, tzinfo=UTC)
    with database.write() as session:
        for _ in range(60):
            began = first + timedelta(seconds=chance.randrange(9 * 86_400))
            all_of_it = list(records(sample, chance, began))
            write_records(session, all_of_it)
            if chance.random() < 0.3:
                session.execute(
                    insert(Handoff).values(
                        conversation_id=all_of_it[0].conversation_id,
                        reason="x",
                        status=chance.choice(("requested", "done", "cancelled")),
                        requested_at=began,
                    )
                )
    return database


def asked(database: Database, **parameters: str) -> Stats:
    with database.read() as session:
        return find_stats(session, parse_stats(parameters.items()))


def look(database: Database, key_of: Callable[[Any], Any]) -> dict[Any, dict[str, Any]]:
    """Return what the rows themselves say, by what is made of each conversation's row."""
    groups: dict[Any, list[Any]] = {}
    with database.read() as session:
        for head in session.scalars(select(Conversation)):
            groups.setdefault(key_of(head), []).append(head)

        def of(table: Any, heads: list[Any]) -> list[Any]:
            ids = [head.id for head in heads]
            return list(session.scalars(select(table).where(table.conversation_id.in_(ids))))

        return {key: counted(heads, of) for key, heads in groups.items()}


def counted(heads: list[Any], of: Callable[[Any, list[Any]], list[Any]]) -> dict[str, Any]:
    turns, calls, questions = of(Turn, heads), of(ToolCall, heads), of(Confirmation, heads)
    ratings = [rating.score for rating in of(Rating, heads)]
    with_person = {one.conversation_id for one in of(Handoff, heads) if one.status != "cancelled"}
    over = [head for head in heads if head.ended_at is not None]
    contained = sum(head.id not in with_person for head in over)
    lasted = sum((head.ended_at - head.started_at).total_seconds() for head in over)
    costs = [turn.cost_usd for turn in turns if turn.cost_usd is not None]
    waits = sorted(turn.first_audio_ms for turn in turns if turn.first_audio_ms is not None)
    return {
        "conversations": len(heads),
        "open": len(heads) - len(over),
        "contained": contained,
        "containment": contained / len(over) if over else None,
        "end_reasons": Counter(head.end_reason for head in over),
        "ratings": len(ratings),
        "rating": sum(ratings) / len(ratings) if ratings else None,
        "turns": len(turns),
        "interruptions": sum(turn.is_interrupted for turn in turns),
        "interrupted": len({turn.conversation_id for turn in turns if turn.is_interrupted}),
        "mean_duration_ms": round(lasted * 1000 / len(over)) if over else None,
        "waits": waits,
        "tool_calls": len(calls),
        "tool_failures": sum(call.status in FAILED for call in calls),
        "confirmations": len(questions),
        "confirmations_declined": sum(one.status == "declined" for one in questions),
        "tokens": {name: sum(getattr(turn, name) or 0 for turn in turns) for name in TOKENS},
        "cost_usd": sum(costs) if costs else None,
    }


def assert_same(found: Any, expected: Mapping[str, Any]) -> None:
    waits = expected["waits"]
    assert found.first_audio_ms.count == len(waits)
    for share, told in ((0.5, found.first_audio_ms.p50), (0.95, found.first_audio_ms.p95)):
        exact = waits[-(-len(waits) * round(share * 100) // 100) - 1] if waits else None
        assert told == (exact if exact is None else pytest.approx(exact, rel=0.016))
    for name, value in expected.items():
        if name != "waits":
            assert getattr(found, name) == (
                value if value is None or isinstance(value, dict) else pytest.approx(value)
            ), name


KEYS: Mapping[str, Callable[[Any], Any]] = {
    "agent": lambda head: head.agent,
    "channel": lambda head: head.channel,
    "modality": lambda head: head.modality.value,
    "language": lambda head: head.language,
    "provider": lambda head: head.provider,
    "level": lambda head: head.caller_level.value,
    "end_reason": lambda head: head.end_reason,
}


@pytest.mark.parametrize("by", KEYS)
def test_groups_are_what_counting_gives(filled: Database, by: str) -> None:
    found = asked(filled, by=by)
    expected = look(filled, KEYS[by])
    assert {item.key for item in found.items} == expected.keys()
    for item in found.items:
        assert_same(item, expected[item.key])
    [everything] = look(filled, lambda head: "all").values()
    assert_same(found.total, everything)
    sizes = [item.conversations for item in found.items]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("zone", ZONES)
def test_days_and_hours_are_those_of_the_zone(filled: Database, zone: str) -> None:
    tz = ZoneInfo(zone)
    days = asked(filled, by="day", tz=zone)
    expected = look(filled, lambda head: head.started_at.astimezone(tz).date().isoformat())
    assert [item.key for item in days.items] == sorted(expected)
    for item in days.items:
        assert_same(item, expected[item.key])
    hours = asked(filled, by="hour", tz=zone)

    def hour(head: Any) -> str:
        local = head.started_at.astimezone(tz).replace(minute=0, second=0, microsecond=0)
        return str(local.isoformat(timespec="minutes"))

    assert {item.key: item.conversations for item in hours.items} == {
        key: values["conversations"] for key, values in look(filled, hour).items()
    }
    assert days.tz == zone


@pytest.mark.parametrize("zone", ZONES)
def test_days_that_are_asked_for_are_those_of_the_zone(filled: Database, zone: str) -> None:
    found = asked(filled, by="day", tz=zone, since="2026-03-28", until="2026-03-29")
    days = asked(filled, by="day", tz=zone).items
    assert [item for item in days if str(item.key) in ("2026-03-28", "2026-03-29")] == found.items


def test_ratings_are_a_group_too(filled: Database) -> None:
    items: list[Any] = [*asked(filled, by="rating").items]
    found = {item.key: item for item in items}
    assert {key for key in found if key is not None} <= set(range(1, 6))
    assert all(found[key].ratings == found[key].conversations for key in found if key is not None)


def test_tools_are_what_counting_gives(filled: Database) -> None:
    with filled.read() as session:
        calls = list(session.scalars(select(ToolCall)))
    items: list[Any] = [*asked(filled, by="tool").items]
    found = {item.key: item for item in items}
    assert found.keys() == {call.name for call in calls}
    for name, item in found.items():
        mine = [call for call in calls if call.name == name]
        assert item.conversations == len({call.conversation_id for call in mine})
        assert item.tool_calls == len(mine)
        assert item.tool_failures == sum(call.status in FAILED for call in mine)
        assert item.statuses == Counter(call.status.value for call in mine)


@pytest.mark.parametrize("by", BY)
def test_filters_hold_for_numbers_as_for_lists(filled: Database, by: str) -> None:
    narrow = {"tool": "refund_order", "is_interrupted": "true", "since": "2026-03-26"}
    found = asked(filled, by=by, **narrow)
    assert 0 < found.total.conversations < 60
    if by == "tool":
        refund = next(item for item in found.items if item.key == "refund_order")
        assert refund.conversations == found.total.conversations
    else:
        assert sum(item.conversations for item in found.items) == found.total.conversations
    assert asked(filled, agent="nobody", by=by).items == []


def test_nothing_is_the_answer_of_an_empty_record(database: Database) -> None:
    found = asked(database)
    assert found.items == []
    total = found.total
    assert (total.conversations, total.containment, total.rating) == (0, None, None)
    assert total.cost_usd is None
    assert total.first_audio_ms == FirstAudio(0, None, None)


def test_too_many_groups_are_refused(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats, "MOST_GROUPS", 3)
    with pytest.raises(QueryError, match="more than 3 groups"):
        asked(filled, by="day")
    monkeypatch.setattr(stats, "_MOST_ROWS", 3)
    with pytest.raises(QueryError, match="ask for a shorter time"):
        asked(filled, by="hour")


def test_all_mistakes_are_told_together() -> None:
    asked_for = [("by", "weather"), ("tz", "Mars/Base"), ("limit", "5"), ("agent__gt", "a")]
    asked_for.append(("by", "day"))
    with pytest.raises(QueryError) as refused:
        parse_stats(asked_for)
    assert [problem.field for problem in refused.value.problems] == [
        *("limit", "by", "by", "tz", "agent__gt")
    ]


@pytest.mark.parametrize("zone", ["", "/etc/passwd", "../UTC", "Europe", "x" * 300, "a\0b"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(QueryError, match="time zone"):
        parse_stats([("tz", zone)])


def test_letters_stand_for_waits_within_what_is_promised() -> None:
    for ms in range(0, LONGEST_MS + 1, 7):
        assert wait_of(letter_of(ms)) == pytest.approx(ms, rel=0.016, abs=0)
    assert letter_of(-5) == letter_of(0)
    assert letter_of(10**9) == letter_of(LONGEST_MS)
    assert sorted(map(letter_of, range(300))) == [letter_of(ms) for ms in range(300)]


def test_percentiles_are_the_nearest_rank() -> None:
    waits = counts_of("".join(map(letter_of, (40, 10, 30, 20))))
    assert percentiles(waits, (0.5, 0.95)) == (20, 40)
    assert percentiles(counts_of(letter_of(5)), (0.5, 0.95)) == (5, 5)
    assert percentiles(counts_of(""), (0.5, 0.95)) == (None, None)


def test_letters_are_counted_as_they_are_letters_of() -> None:
    letters = letter_of(0) * 1_234_567 + letter_of(LONGEST_MS) * 10 + letter_of(900)
    counts = counts_of(letters)
    assert [counts.sum(), counts[0], counts[-1]] == [1_234_578, 1_234_567, 10]
    for is_short in (True, False):
        assert (counts_of(as_letters(counts, is_short=is_short)) == counts).all()
    several = as_letters(counts, is_short=False) + f"{letter_of(900)}99"
    assert counts_of(several).sum() == counts.sum() + 99
    assert as_letters(counts_of(""), is_short=False) == ""


@pytest.mark.parametrize("asked", [{"q": "order"}, {"tool": "find_order"}])
def test_words_and_tools_are_looked_for_once(
    sqlite_database: Database, sample: Any, asked: dict[str, str]
) -> None:
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation(), sample.turn(1)])
    statements: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    with sqlite_database.read() as session:
        find_stats(session, parse_stats({"by": "day", **asked}.items()))
    event.remove(Engine, "before_cursor_execute", note)
    assert any("GROUP BY" in one for one in statements)
    assert not any("json_each" in one for one in statements)
