"""Questions about whole conversations: what both databases answer is what a look at each gives."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from agent_service.clock import uuid7
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    RatingRecord,
    Record,
    Role,
    ToolCallStatus,
    Usage,
    ms_between,
)
from agent_service.errors import QueryError
from agent_service.store.answers import ConversationRow, Page, WholeConversation
from agent_service.store.approvals import Approval
from agent_service.store.call_text import call_text
from agent_service.store.database import Database
from agent_service.store.ledger import EndedCall, LedgerCall, Outcome
from agent_service.store.members import UserRole
from agent_service.store.pages import COUNTED
from agent_service.store.queries import CONVERSATIONS, TOOL_CALLS, whole_conversation
from agent_service.store.search import parse_terms
from agent_service.store.sums import FAILED
from agent_service.store.tables import Recording, ToolEffect
from agent_service.store.users import add_user
from agent_service.store.words import fold
from agent_service.store.work.labels import make_label, put_label
from agent_service.store.work.standing import Change, change_work
from agent_service.store.work.tables import LabelColour, WorkState
from agent_service.store.writer import write_records

WORDS = ("refund", "order", "1004", "退款", "café", "jane.doe@example.com", "RMA7001")
TOOLS = ("find_order", "refund_order")
STATUSES = (ToolCallStatus.SUCCEEDED, ToolCallStatus.FAILED, ToolCallStatus.DECLINED)
SEVERAL = 60


def made(sample: Any, chance: random.Random) -> Iterator[Record | EndedCall]:
    """Yield the records of a conversation, made at random."""
    began, id = sample.started_at, sample.conversation_id
    ended = chance.choice((None, began + timedelta(seconds=chance.randrange(100))))
    customer = chance.choice((None, "C-1", "C-2"))
    yield sample.conversation(
        agent=chance.choice(("support", "sales")),
        channel=chance.choice(("widget", "phone")),
        language=chance.choice((None, "en", "zh")),
        caller=Caller(customer, None, chance.choice(list(CallerLevel))),
        ended_at=ended,
        end_reason=None if ended is None else chance.choice(("idle", "caller_ended")),
    )
    for seq in range(1, chance.randrange(1, 6)):
        yield sample.turn(
            seq,
            role=chance.choice((Role.CALLER, Role.AGENT)),
            text=" ".join(chance.choices(WORDS, k=chance.randrange(4))),
            heard_text="",
            is_interrupted=chance.random() < 0.2,
            first_audio_ms=chance.choice((None, 300, 900)),
            usage=chance.choice((None, Usage(cost_usd=0.25), Usage(cost_usd=0.5))),
            flags=chance.choice(((), ("cut_off",), ("cut_off", "notice"))),
        )
    for n in range(chance.randrange(3)):
        call = LedgerCall(
            id=uuid7(),
            conversation_id=id,
            tool_call_id=f"call_{n}",
            name=chance.choice(TOOLS),
            arguments=f'{{"order": "{chance.choice(WORDS)}"}}',
            arguments_hash="hash",
            effect=chance.choice(list(ToolEffect)),
            caller=Caller(),
        )
        status = chance.choice(STATUSES)
        error = None if status is ToolCallStatus.SUCCEEDED else chance.choice(("limit", "gone"))
        output = f'{{"words": ["{chance.choice(WORDS)}", "{chance.choice(WORDS)}"]}}'
        yield EndedCall(call, Outcome(status, output, error), began, began)
    for _ in range(chance.randrange(2)):
        yield sample.confirmation(status=chance.choice(list(ConfirmationStatus)))
    for _ in range(chance.randrange(2)):
        yield sample.incident(code=chance.choice(("disk_full", "provider_failed")))
    if chance.random() < 0.4:
        yield RatingRecord(id, chance.randrange(1, 6), None, began)


@dataclass(frozen=True)
class Kept:
    """A conversation as it is on record, and what is beside."""

    whole: WholeConversation
    approval: str | None
    is_recorded: bool
    label: str | None

    @property
    def state(self) -> str | None:
        return self.whole.conversation.work_state

    @property
    def assignee(self) -> str | None:
        return self.whole.conversation.assignee


@pytest.fixture
def kept(database: Database, sample: Any) -> dict[str, Kept]:
    """Some conversations, newest last."""
    chance, of_the_team = random.Random(3), random.Random(5)
    besides: dict[str, tuple[str | None, bool, str | None]] = {}
    with database.write() as session:
        add_user(session, "sam", UserRole.SUPERVISOR, None, sample.started_at, by="operator")
        for name in ("refund", "v_p"):
            make_label(session, name, LabelColour.RED, sample.started_at, by="operator")
        for n in range(SEVERAL):
            began = sample.started_at + timedelta(hours=n // 3)  # three in each moment
            one = replace(sample, conversation_id=uuid7(), started_at=began)
            beside = chance.choice((None, "waiting", "approved")), chance.random() < 0.5
            write_records(session, made(one, chance))
            write_beside(session, one.conversation_id, began, *beside)
            label = write_work(session, one.conversation_id, began, of_the_team)
            besides[one.conversation_id] = (*beside, label)
    found = {}
    with database.read() as session:
        for id, beside_it in besides.items():
            whole = whole_conversation(session, id)
            assert whole is not None
            found[id] = Kept(whole, *beside_it)
    return found


def write_work(session: Any, id: str, at: datetime, chance: random.Random) -> str | None:
    session.flush()
    state = chance.choice((None, WorkState.OPEN, WorkState.SOLVED))
    if state is not None:
        change = Change(state=state, assignee=chance.choice(("", "sam")))
        change_work(session, id, change, 0, at, by="user:sam")
    label: str | None = chance.choice((None, "refund", "v_p"))
    if label is not None:
        put_label(session, id, label, at, by="user:sam")
    return label


def write_beside(
    session: Any, id: str, at: datetime, approval: str | None, is_recorded: bool
) -> None:
    if is_recorded:
        recording = {"id": uuid7(), "conversation_id": id, "side": "both", "location": "x"}
        sizes = {"media_type": "audio/ogg", "duration_ms": 1, "size_bytes": 1, "sha256": "0"}
        session.execute(insert(Recording).values(recording | sizes | {"created_at": at}))
    if approval is not None:
        asked = {"id": uuid7(), "conversation_id": id, "tool_call_id": "call_0", "tool": "x"}
        words = {"arguments": "{}", "binding_hash": "0", "summary": "", "reason": ""}
        standing = {"caller_level": "verified", "status": approval, "needs_second": False}
        times = {"requested_at": at, "expires_at": at}
        session.execute(insert(Approval).values(asked | words | standing | times))


def ask(database: Database, **asked: str) -> Page[ConversationRow]:
    with database.read() as session:
        return CONVERSATIONS.page(session, CONVERSATIONS.parse(asked.items()))


# --- what each filter means ---------------------------------------------------------

Test = Callable[[Kept, Any], bool]


def compared(value: Callable[[Kept], Any]) -> dict[str, Test]:
    return {
        "": lambda one, asked: value(one) == asked,
        "__not": lambda one, asked: value(one) != asked,
        "__gt": lambda one, asked: value(one) is not None and value(one) > asked,
        "__gte": lambda one, asked: value(one) is not None and value(one) >= asked,
        "__lt": lambda one, asked: value(one) is not None and value(one) < asked,
        "__lte": lambda one, asked: value(one) is not None and value(one) <= asked,
    }


def equal(value: Callable[[Kept], Any]) -> dict[str, Test]:
    return {key: compared(value)[key] for key in ("", "__not")}


def among(values: Callable[[Kept], set[str]]) -> dict[str, Test]:
    return {
        "": lambda one, asked: asked in values(one),
        "__not": lambda one, asked: asked not in values(one),
    }


def is_true(value: Callable[[Kept], bool]) -> dict[str, Test]:
    return {"": lambda one, asked: value(one) is (asked == "true")}


def maximum(one: Kept) -> int | None:
    waits = [turn.first_audio_ms for turn in one.whole.turns]
    return max((wait for wait in waits if wait is not None), default=None)


def cost(one: Kept) -> float | None:
    costs = [turn.cost_usd for turn in one.whole.turns if turn.cost_usd is not None]
    return sum(costs) if costs else None


def duration(one: Kept) -> int | None:
    head = one.whole.conversation
    return None if head.ended_at is None else ms_between(head.started_at, head.ended_at)


def cut(one: Kept) -> int:
    return sum(turn.is_interrupted for turn in one.whole.turns)


MEANINGS: Mapping[str, tuple[dict[str, Test], tuple[Any, ...]]] = {
    "agent": (equal(lambda one: one.whole.conversation.agent), ("support", "sales", "x")),
    "customer": (equal(lambda one: one.whole.conversation.customer_id), ("C-1", "C-2")),
    "caller": (equal(lambda one: one.whole.conversation.customer_id), ("C-1", "C-2")),
    "channel": (equal(lambda one: one.whole.conversation.channel), ("widget", "phone")),
    "level": (equal(lambda one: one.whole.conversation.caller_level), tuple(CallerLevel)),
    "language": (equal(lambda one: one.whole.conversation.language), ("en", "zh")),
    "end_reason": (equal(lambda one: one.whole.conversation.end_reason), ("idle", "x")),
    "is_open": (is_true(lambda one: one.whole.conversation.ended_at is None), ("true", "false")),
    "duration_ms": (compared(duration), (0, 20_000, 50_000)),
    "turn_count": (compared(lambda one: len(one.whole.turns)), (1, 2, 3)),
    "interruption_count": (compared(cut), (0, 1)),
    "is_interrupted": (is_true(lambda one: cut(one) > 0), ("true", "false")),
    "slowest_first_audio_ms": (compared(maximum), (300, 500, 900)),
    "cost_usd": (compared(cost), (0.25, 0.5, 1)),
    "confirmation": (
        among(lambda one: {row.status for row in one.whole.confirmations}),
        tuple(ConfirmationStatus),
    ),
    "incident": (
        among(lambda one: {row.code for row in one.whole.incidents}),
        ("disk_full", "provider_failed", "disk_%"),
    ),
    "has_failed_tool": (
        is_true(lambda one: any(call.status in FAILED for call in one.whole.tool_calls)),
        ("true", "false"),
    ),
    "has_incident": (is_true(lambda one: bool(one.whole.incidents)), ("true", "false")),
    "incident_count": (compared(lambda one: len(one.whole.incidents)), (0, 1)),
    "rating": (compared(lambda one: one.whole.rating and one.whole.rating.score), (1, 3, 5)),
    "flag": (
        among(lambda one: {flag for turn in one.whole.turns for flag in turn.flags}),
        ("cut_off", "notice", "off"),
    ),
    "is_recorded": (is_true(lambda one: one.is_recorded), ("true", "false")),
    "approval": ({"": lambda one, asked: one.approval == asked}, ("waiting", "declined")),
    "has_work": (is_true(lambda one: one.state is not None), ("true", "false")),
    "work_state": ({"": lambda one, asked: one.state == asked}, tuple(WorkState)),
    "assignee": ({"": lambda one, asked: one.assignee == asked}, ("sam", "sue")),
    "label": (among(lambda one: {one.label} if one.label else set()), ("refund", "v_p", "x")),
}
CALLS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "tool": ("name", (*TOOLS, "x")),
    "tool_status": ("status", tuple(map(str, STATUSES))),
    "tool_effect": ("effect", tuple(map(str, ToolEffect))),
    "tool_error": ("error_kind", ("limit", "gone")),
}
QUERIES = (
    "refund",
    "refund 1004",
    "退款",
    "caf*",
    '"order 1004"',
    "jane.doe@example.com",
    "nothing",
)


def says(one: Kept, query: str) -> bool:
    texts = [turn.text for turn in one.whole.turns]
    texts += [call_text(call.arguments, call.output) for call in one.whole.tool_calls]
    return any(has_terms(fold(text), query) for text in texts)


def has_terms(words: tuple[str, ...], query: str) -> bool:
    said = f" {' '.join(words)} "
    return all(
        f" {' '.join(term.words)}{'' if term.is_beginning else ' '}" in said
        for term in parse_terms(query)
    )


def expected(kept: Mapping[str, Kept], asked: Mapping[str, str]) -> list[str]:
    """Return which conversations there are, newest first."""
    of_call = {name: value for name, value in asked.items() if name.partition("__")[0] in CALLS}

    def holds(one: Kept) -> bool:
        for name, value in asked.items():
            base, _, operator = name.partition("__")
            if base == "q" and not says(one, value):
                return False
            if base in MEANINGS:
                tests, values = MEANINGS[base]
                meant = next(each for each in values if str(each) == value)
                if not tests[f"__{operator}" if operator else ""](one, meant):
                    return False
        return not of_call or any(is_meant(call) for call in one.whole.tool_calls)

    def is_meant(call: Any) -> bool:
        return all(
            (getattr(call, CALLS[name.partition("__")[0]][0]) == value) is not ("__not" in name)
            for name, value in of_call.items()
        )

    return [id for id, one in [*kept.items()][::-1] if holds(one)]


@st.composite
def questions(draw: Any) -> dict[str, str]:
    asked: dict[str, str] = {}
    for name in draw(st.lists(st.sampled_from([*MEANINGS, *CALLS, "q"]), max_size=3, unique=True)):
        if name == "q":
            asked["q"] = draw(st.sampled_from(QUERIES))
        elif name in CALLS:
            operator = draw(st.sampled_from(["", "__not"]))
            asked[name + operator] = draw(st.sampled_from(CALLS[name][1]))
        else:
            tests, values = MEANINGS[name]
            asked[name + draw(st.sampled_from(sorted(tests)))] = str(draw(st.sampled_from(values)))
    return asked


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=questions())
def test_the_answer_is_what_a_look_at_each_gives(
    database: Database, kept: dict[str, Kept], asked: dict[str, str]
) -> None:
    try:
        page = ask(database, limit="200", count="true", **asked)
    except QueryError as error:
        assert all("contradicts" in problem.message for problem in error.problems)  # noqa: PT017
        assert expected(kept, asked) == []
        return
    ids = [row.id for row in page.items]
    assert sorted(ids) == sorted(expected(kept, asked))
    assert page.count is not None
    assert (page.count.value, page.count.is_capped) == (len(ids), False)


def test_failed_refunds_where_the_caller_interrupted(
    database: Database, kept: dict[str, Kept]
) -> None:
    asked = {"tool": "refund_order", "tool_status": "failed", "is_interrupted": "true"}
    found = expected(kept, asked)
    assert 0 < len(found) < SEVERAL / 4
    assert sorted(row.id for row in ask(database, **asked).items) == sorted(found)
    # Another call that failed and another refund that did not are no failed refund.
    apart = set(expected(kept, {"tool": "refund_order"})) & set(
        expected(kept, {"tool_status": "failed"})
    )
    assert apart - set(expected(kept, {"tool": "refund_order", "tool_status": "failed"}))


def test_a_stretch_of_time_is_part_of_the_question(
    database: Database, kept: dict[str, Kept], sample: Any
) -> None:
    for since in (0, 7, 19):
        for asked in ({}, {"tool": "find_order"}, {"q": "refund"}):
            assert_stretch(database, kept, sample, since, asked)


def assert_stretch(
    database: Database, kept: dict[str, Kept], sample: Any, since: int, asked: dict[str, str]
) -> None:
    low = sample.started_at + timedelta(hours=since)
    high = low + timedelta(hours=5)
    page = ask(database, since=low.isoformat(), until=high.isoformat(), limit="200", **asked)
    starts = {id: one.whole.conversation.started_at for id, one in kept.items()}
    found = [id for id in expected(kept, asked) if low <= starts[id] < high]
    assert sorted(row.id for row in page.items) == sorted(found)


# --- orders and pages ------------------------------------------------------------------

KEYS: Mapping[str, Callable[[ConversationRow], Any]] = {
    "started_at": lambda row: row.started_at,
    "duration_ms": lambda row: -1 if row.duration_ms is None else row.duration_ms,
    "turn_count": lambda row: row.turn_count,
    "interruption_count": lambda row: row.interruption_count,
    "slowest_first_audio_ms": lambda row: row.slowest_first_audio_ms or -1,
    "mean_first_audio_ms": lambda row: row.mean_first_audio_ms or -1,
    "incident_count": lambda row: row.incident_count,
    "rating": lambda row: row.rating or -1,
    "cost_usd": lambda row: -1 if row.cost_usd is None else row.cost_usd,
    "heard_share": lambda row: -1 if row.heard_share is None else row.heard_share,
}


def test_every_order_is_tried() -> None:
    assert list(KEYS) == list(CONVERSATIONS.sorts(False))


@pytest.mark.parametrize("asked", [{}, {"q": "refund"}])
def test_pages_go_both_ways_in_every_order(
    database: Database, kept: dict[str, Kept], asked: dict[str, str]
) -> None:
    for name in KEYS:
        assert_both_ways(database, kept, name, asked)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("looked_through", [1, 4])
def test_pages_are_the_same_where_a_word_is_common(
    database: Database, kept: dict[str, Kept], monkeypatch: Any, looked_through: int
) -> None:
    monkeypatch.setattr("agent_service.store.common_words.RARE", 3)
    monkeypatch.setattr("agent_service.store.common_words.LOOKED_THROUGH", looked_through)
    for asked in (
        {"q": "refund"},
        {"q": "refund", "agent": "sales"},
        {"q": "退款", "channel": "phone"},
    ):
        for name in ("started_at", "duration_ms", "cost_usd"):
            assert_both_ways(database, kept, name, asked)


def assert_both_ways(
    database: Database, kept: dict[str, Kept], name: str, asked: dict[str, str]
) -> None:
    for sort in (name, f"-{name}"):
        question = {"sort": sort, "limit": "7", **asked}
        pages = [ask(database, **question)]
        assert pages[0].previous_cursor is None
        while (cursor := pages[-1].next_cursor) is not None:
            pages.append(ask(database, cursor=cursor, **question))
        rows = [row for page in pages for row in page.items]
        assert sorted(row.id for row in rows) == sorted(expected(kept, asked))
        values = [KEYS[name](row) for row in rows]
        assert values == sorted(values, reverse=sort.startswith("-"))
        for before, page in zip(reversed(pages[:-1]), reversed(pages[1:]), strict=True):
            assert page.previous_cursor is not None
            back = ask(database, cursor=page.previous_cursor, **question)
            assert back.items == before.items
            assert back.next_cursor is not None
            assert ask(database, cursor=back.next_cursor, **question).items == page.items
        assert back.previous_cursor is None


def test_a_page_begins_where_the_last_one_ended_whatever_comes(
    database: Database, kept: dict[str, Kept], sample: Any
) -> None:
    first = ask(database, limit="5")
    newer = replace(sample, conversation_id=uuid7(), started_at=sample.started_at + timedelta(9))
    with database.write() as session:
        write_records(session, [newer.conversation()])
    assert first.next_cursor is not None
    second = ask(database, limit="5", cursor=first.next_cursor)
    assert [row.id for row in second.items] == expected(kept, {})[5:10] or len(second.items) == 5
    assert not {row.id for row in first.items} & {row.id for row in second.items}
    assert second.previous_cursor is not None
    back = ask(database, limit="50", cursor=second.previous_cursor)
    assert [row.id for row in back.items] == [newer.conversation_id, *(r.id for r in first.items)]


@pytest.mark.parametrize("asked", [{}, {"q": "refund"}, {"sort": "cost_usd", "agent": "sales"}])
def test_every_row_comes_whatever_the_limit(
    database: Database, kept: dict[str, Kept], asked: dict[str, str], monkeypatch: Any
) -> None:
    monkeypatch.setattr("agent_service.store.pages.CHUNK", 7)
    question = CONVERSATIONS.parse([*asked.items(), ("limit", "1")])
    rows = list(CONVERSATIONS.every_row(database, question))
    assert rows == ask(database, limit="200", **asked).items
    assert len(rows) > 7


def test_a_count_has_an_end(database: Database, kept: dict[str, Kept], monkeypatch: Any) -> None:
    assert COUNTED == 10_000
    monkeypatch.setattr("agent_service.store.pages.COUNTED", SEVERAL - 1)
    count = ask(database, count="true", limit="1").count
    assert count is not None
    assert (count.value, count.is_capped) == (SEVERAL - 1, True)
    assert ask(database, limit="1").count is None


# --- where the words are ------------------------------------------------------------------


def test_a_hit_says_where_it_is(database: Database, sample: Any) -> None:
    turn = sample.turn(2, text="Your refund is on its way.")
    spoken = [sample.conversation(), sample.turn(1), turn, sample.turn(3, text="Which refund?")]
    called = replace(sample, conversation_id=uuid7(), started_at=sample.started_at + timedelta(1))
    call = called.tool_call(output='{"state": "refund", "note": "café"}')
    with database.write() as session:
        write_records(session, [*spoken, called.conversation(), called.turn(1), call])
    second, first = ask(database, q="refund").items
    assert first.snippet is not None
    assert (first.snippet.text, list(first.snippet.marks)) == (turn.text, [(5, 11)])
    assert (first.snippet.turn_id, first.snippet.call_id) == (turn.turn_id, None)
    assert first.snippet.started_ms == 4000
    assert second.snippet is not None
    assert second.snippet.text == "1004\nrefund, café"
    assert list(second.snippet.marks) == [(5, 11)]
    assert (second.snippet.turn_id, second.snippet.call_id) == (None, call.id)
    assert second.snippet.started_ms == 3000
    assert ask(database).items[0].snippet is None
    assert ask(database, q="state").items == []  # the name of a value, not one


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.sampled_from(QUERIES))
def test_every_hit_has_marks(database: Database, kept: dict[str, Kept], query: str) -> None:
    assume(query != "nothing")
    for row in ask(database, q=query, limit="200").items:
        assert row.snippet is not None
        assert row.snippet.marks


def test_tool_calls_are_searched_newest_conversation_first(database: Database, sample: Any) -> None:
    later = replace(sample, conversation_id=uuid7(), started_at=sample.started_at + timedelta(1))
    with database.write() as session:
        for one in (later, sample):
            calls = [
                one.tool_call(tool_call_id=f"call_{n}", output=f'{{"parcel": "RMA700{n}"}}')
                for n in range(3)
            ]
            write_records(session, [one.conversation(), one.turn(1, text="RMA7001"), *calls])
    asked = [("q", '"rma 7001"'), ("limit", "1")]
    with database.read() as session:
        first = TOOL_CALLS.page(session, TOOL_CALLS.parse(asked))
        cursor = ("cursor", str(first.next_cursor))
        second = TOOL_CALLS.page(session, TOOL_CALLS.parse([*asked, cursor]))
        oldest = TOOL_CALLS.page(session, TOOL_CALLS.parse([*asked, ("sort", "requested_at")]))
    assert [row.conversation_id for row in first.items] == [later.conversation_id]
    assert [row.conversation_id for row in second.items] == [sample.conversation_id]
    assert second.next_cursor is None
    assert oldest.items == second.items
    [call] = first.items
    assert call.snippet is not None
    assert call.snippet.text == "1004\nRMA7001"
    assert list(call.snippet.marks) == [(5, 12)]
