"""Questions are checked as a whole: what fits becomes SQL, what does not is named, all of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer
from sqlalchemy.dialects import sqlite

from agent_service.errors import QueryError
from agent_service.store.cursors import OTHER_QUESTION, UNKNOWN_CURSOR, Cursor
from agent_service.store.filters import INTEGER, Question
from agent_service.store.queries import CONVERSATIONS, INCIDENTS, TOOL_CALLS, TURNS


def sql(question: Question) -> list[str]:
    return [
        str(
            condition.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        ).replace("\n", "")
        for condition in question.conditions
    ]


@pytest.mark.parametrize(
    ("name", "value", "condition"),
    [
        ("role", "agent", "turns.role = 'agent'"),
        ("role__not", "system", "turns.role IS NOT ?"),
        ("role__in", "agent,caller", "turns.role IN ('agent', 'caller')"),
        ("first_audio_ms", "800", "turns.first_audio_ms = 800"),
        ("first_audio_ms__gt", "800", "turns.first_audio_ms > 800"),
        ("first_audio_ms__gte", "800", "turns.first_audio_ms >= 800"),
        ("heard_ms__lt", "-1", "turns.heard_ms < -1"),
        ("cost_usd__lte", "0.5", "turns.cost_usd <= 0.5"),
        ("is_interrupted", "true", "turns.is_interrupted"),
        ("is_interrupted", "0", "NOT turns.is_interrupted"),
        ("conversation", "x' OR 1=1", "turns.conversation_id = 'x'' OR 1=1'"),
    ],
)
def test_a_filter_is_a_condition(name: str, value: str, condition: str) -> None:
    [found] = sql(TURNS.parse([(name, value)]))
    assert found.replace(" = 1", "").replace("turns.is_interrupted = 0", "NOT ...") in (
        condition,
        condition.replace("NOT turns.is_interrupted", "NOT ..."),
    )


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:30:00Z", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01T12:30:00+02:00", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2026-03-01T12:30:00 02:00", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2026-03-01 12:30:00 02:00", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2026-03-01 12:30:00+02:00", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2026-03-01 12:30:00.5 0200", datetime(2026, 3, 1, 10, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01 12:30 02", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2026-03-01 12:30", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01T12:30:00-02:00", datetime(2026, 3, 1, 14, 30, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_utc_unless_they_say_otherwise(value: str, moment: datetime) -> None:
    [condition] = TURNS.parse([("since", value)]).conditions
    assert condition.compile().params == {"started_at_1": moment}


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2024-02-29 ", datetime(2024, 3, 1, tzinfo=UTC)),
        ("20261231", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2199-12-31", datetime(2200, 1, 1, tzinfo=UTC)),
        ("2026-03-01T00:00", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01 12:00:00 02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_until_a_day_includes_the_day(value: str, moment: datetime) -> None:
    [condition] = TURNS.parse([("until", value)]).conditions
    assert condition.compile().params == {"started_at_1": moment}


def test_a_whole_number_has_the_room_of_its_column() -> None:
    for questions in (CONVERSATIONS, TURNS, TOOL_CALLS, INCIDENTS):
        for name, field in questions.fields.items():
            if field.kind is INTEGER:
                assert type(field.column.type) is Integer, name


def problems(parameters: list[tuple[str, str]]) -> dict[str, str]:
    with pytest.raises(QueryError) as caught:
        TURNS.parse(parameters)
    return {problem.field: problem.message for problem in caught.value.problems}


def test_every_mistake_is_reported_at_once() -> None:
    found = problems(
        [
            ("role", "robot"),
            ("since", "yesterday"),
            ("first_audio_ms__gt", "slow"),
            ("cost_usd", "nan"),
            ("cost_usd__lt", "cheap"),
            ("heard_ms", "9" * 20),
            ("is_interrupted", "maybe"),
            ("is_interrupted__gt", "1"),
            ("since__gt", "2026-03-01"),
            ("colour", "red"),
            ("until", "9999-12-31"),
            ("sort", "colour"),
            ("count", "maybe"),
            ("limit", "1000000"),
            ("cursor", "abc"),
            ("q", "..."),
        ]
    )
    assert found == {
        "role": "should be one of caller, agent, representative, system",
        "since": "should be a time such as 2026-03-01 or 2026-03-01T12:00:00Z",
        "first_audio_ms__gt": "should be a whole number",
        "cost_usd": "should be a number",
        "cost_usd__lt": "should be a number",
        "heard_ms": "is too large",
        "is_interrupted": "should be true or false",
        "is_interrupted__gt": "cannot be asked for with 'gt'; use one of is",
        "since__gt": "cannot be asked for with 'gt'",
        "colour": (
            "is not known; known are conversation, role, modality, since, until, is_interrupted,"
            " first_audio_ms, heard_ms, cost_usd, q, sort, limit, cursor, count"
        ),
        "until": "should lie in the years 1970 to 2199",
        "sort": "should be one of number, with a - before it for the reverse",
        "count": "should be true or false",
        "limit": "should be between 1 and 200",
        "cursor": "should be the next_cursor or previous_cursor of an earlier answer",
        "q": "has no word to look for",
    }


def test_a_name_given_twice_is_a_mistake() -> None:
    assert problems([("role", "agent"), ("role", "caller")]) == {"role": "is given twice"}


def test_words_are_only_looked_for_in_turns() -> None:
    with pytest.raises(QueryError, match="q: is not known"):
        INCIDENTS.parse([("q", "refund")])


def test_a_long_query_is_refused() -> None:
    assert problems([("q", "a" * 501)]) == {"q": "is longer than 500 characters"}


def test_a_cursor_of_another_list_is_refused() -> None:
    elsewhere = CONVERSATIONS.cursors.write(CONVERSATIONS.parse([]).key, Cursor((1,)))
    assert problems([("cursor", elsewhere)]) == {"cursor": OTHER_QUESTION}


@pytest.mark.parametrize("changed", [{"role": "caller"}, {"sort": "number"}, {"q": "refund"}, {}])
def test_a_cursor_of_another_question_is_refused(changed: dict[str, str]) -> None:
    asked = {"role": "agent"}
    cursor = TURNS.cursors.write(TURNS.parse(asked.items()).key, Cursor((1,)))
    assert TURNS.parse([*asked.items(), ("cursor", cursor), ("limit", "7")]).cursor is not None
    other = [*({**asked, **changed} if changed else {}).items()]
    assert problems([*other, ("cursor", cursor)]) == {"cursor": OTHER_QUESTION}


@pytest.mark.parametrize("place", [("1",), (1.5,), (True,), (2**63,), (), (1, 2), ("2026-01-01",)])
def test_a_cursor_whose_place_cannot_be_is_refused(place: tuple[object, ...]) -> None:
    cursor = TURNS.cursors.write(TURNS.parse([]).key, Cursor(place))
    assert problems([("cursor", cursor)]) == {"cursor": UNKNOWN_CURSOR}


@pytest.mark.parametrize("moment", ["0000-01-01", "0001-01-01", "1969-12-31", "2200-01-01", "9999"])
def test_times_that_nobody_means_are_refused(moment: str) -> None:
    assert list(problems([("since", moment)])) == ["since"]


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1000000", "9" * 30, "many"])
def test_limits_are_limited(limit: str) -> None:
    assert list(problems([("limit", limit)])) == ["limit"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["q", "limit", "cursor", "since", "role__in", "heard_ms__lt", "x__y"])
            | st.text(max_size=8),
            st.text(max_size=20),
        ),
        max_size=4,
    )
)
def test_nothing_that_is_asked_makes_it_stumble(parameters: list[tuple[str, str]]) -> None:
    for questions in (CONVERSATIONS, TURNS, TOOL_CALLS, INCIDENTS):
        try:
            question = questions.parse(parameters)
        except QueryError as error:
            assert error.problems  # noqa: PT017  either outcome is right
        else:
            assert 1 <= question.limit <= 200


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("heard_share", "1.01", "should be between 0 and 1"),
        ("heard_share__lt", "-0.1", "should be between 0 and 1"),
        ("rating", "6", "should be between 1 and 5"),
        ("rating__gte", "many", "should be a whole number"),
        ("confirmation", "maybe", "should be one of offered, accepted, declined, expired, voided"),
    ],
)
def test_what_no_conversation_can_have_is_a_mistake(name: str, value: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        CONVERSATIONS.parse([(name, value)])
    assert [(each.field, each.message) for each in caught.value.problems] == [(name, message)]
