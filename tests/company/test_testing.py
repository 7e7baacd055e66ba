"""What a company's tests find out about its tools, and how."""

import json
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

import pytest
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.company import (
    Answer,
    Approval,
    Caller,
    CallerLevel,
    Company,
    Money,
    Preview,
    ToolContext,
    ToolError,
    tool,
)
from agent_service.store.database import Database
from agent_service.store.tables import ToolCall
from agent_service.testing import HandClock, Kept, Queued, ToolTester

JANE = Caller("P-17", "Jane Doe", CallerLevel.VERIFIED)


def _paying(context: ToolContext, francs: int, card: str = "none") -> Preview:
    return Preview(f"Pay out {francs} francs", Money.of(francs, "CHF"))


@tool(
    title="Pay",
    effect="write",
    audience=CallerLevel.VERIFIED,
    preview=_paying,
    approval=Approval(above=Money(100_00, "CHF"), second_above=Money(500_00, "CHF")),
    redacted=("card",),
)
def pay(
    context: ToolContext,
    francs: Annotated[int, Field(ge=1, le=900, description="How many.")],
    card: Annotated[str, Field(max_length=9, description="Onto which.")] = "none",
) -> Answer:
    """Pay out."""
    context.queue("payment", {"francs": francs, "on": date(2026, 3, 5)})
    return Answer("It is on its way.", {"francs": francs, "status": "queued"})


@tool(title="Break", effect="read", audience=CallerLevel.ANONYMOUS)
def break_down(context: ToolContext) -> str:
    """Break."""
    raise LookupError("it broke here")


async def break_outside(context: ToolContext) -> str:
    """Break elsewhere."""
    raise LookupError("it broke there")


@tool(title="Leave", effect="read", audience=CallerLevel.ANONYMOUS)
def leave(context: ToolContext) -> str:
    """End the process."""
    raise SystemExit(3)


@tool(title="Refuse", effect="read", audience=CallerLevel.ANONYMOUS)
def refuse(on: Annotated[date, Field(description="On which day.")]) -> str:
    """Refuse."""
    raise ToolError("not_allowed", f"Not on {on:%A}.")


outside = tool(title="Break", effect="read", audience=CallerLevel.ANONYMOUS)(break_outside)


async def greet() -> Answer:
    """Greet from elsewhere."""
    return Answer("Hello.")


GREET = tool(title="Greet", effect="read", audience=CallerLevel.ANONYMOUS)(greet)


async def tell_badly() -> Answer:
    """Tell what nobody can write down."""
    return Answer("Done.", {"row": object()})


TELL_BADLY = tool(title="Tell", effect="read", audience=CallerLevel.ANONYMOUS)(tell_badly)
COMPANY = Company(tools=(pay, break_down, outside, leave, refuse, GREET, TELL_BADLY))


@pytest.fixture
def tester(sqlite_database: Database, hand_clock: HandClock) -> Iterator[ToolTester]:
    with ToolTester.opened(COMPANY, sqlite_database.url, hand_clock) as opened:
        yield opened


def test_empty_database_is_brought_to_the_companys_tables(database_url: str) -> None:
    seeded = []

    def seed(session: Session, now: datetime) -> bool:
        seeded.append(now)
        return True

    company = replace(COMPANY, seed=seed)
    with ToolTester.opened(company, database_url) as tester:
        assert tester.run("pay", {"francs": 50}, caller=JANE).status == "succeeded"
    assert len(seeded) == 1


def test_call_shows_all_that_came_of_it(tester: ToolTester) -> None:
    told = tester.run("pay", {"francs": 50, "card": "abc"}, caller=JANE)
    assert (told.status, told.say, told.read_back) == (
        "succeeded",
        "It is on its way.",
        "Pay out 50 francs",
    )
    assert told.facts == {"francs": 50, "status": "queued"}
    assert told.queued == (Queued("payment", {"francs": 50, "on": "2026-03-05"}),)
    assert told.kept == Kept(told.status, {"francs": 50, "card": "[redacted]"}, ("tool.succeeded",))


def test_rehearsal_shows_the_same_and_keeps_nothing(tester: ToolTester) -> None:
    told = tester.rehearse("pay", '{"francs": 50}', caller=JANE)
    assert (told.read_back, told.say, told.kept) == ("Pay out 50 francs", "It is on its way.", None)
    assert told.queued == (Queued("payment", {"francs": 50, "on": "2026-03-05"}),)
    with tester.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ToolCall)) == 0


def test_caller_may_say_no(tester: ToolTester) -> None:
    asked = []

    def agrees(read_back: str) -> bool:
        asked.append(read_back)
        return False

    told = tester.run("pay", {"francs": 50}, caller=JANE, agrees=agrees)
    assert (told.status, told.queued, asked) == ("declined", (), ["Pay out 50 francs"])


@pytest.mark.parametrize(
    ("francs", "approved_by", "status", "messages"),
    [
        (100, [], "succeeded", 1),
        (200, [], "awaiting_approval", 0),
        (200, ["ann"], "succeeded", 1),
        (600, ["ann"], "awaiting_approval", 0),
        (600, ["ann", "ben"], "succeeded", 1),
    ],
)
def test_team_approves_where_it_has_to(
    tester: ToolTester, francs: int, approved_by: list[str], status: str, messages: int
) -> None:
    told = tester.run("pay", {"francs": francs}, caller=JANE, approved_by=approved_by)
    assert told.status == status
    assert [message.kind for message in told.queued if message.kind == "payment"] == [
        "payment"
    ] * messages


def test_level_of_a_caller_may_be_changed(tester: ToolTester) -> None:
    told = tester.run("pay", {"francs": 50}, caller=JANE, level=CallerLevel.IDENTIFIED)
    assert (told.status, told.read_back) == ("not_allowed", None)


def test_calls_of_one_conversation_know_of_each_other(tester: ToolTester) -> None:
    conversation_id = tester.conversation(JANE)
    first, again = (
        tester.run("pay", {"francs": 5}, caller=JANE, conversation_id=conversation_id)
        for _ in range(2)
    )
    assert (first.status, len(first.queued)) == ("succeeded", 1)
    assert again.output == {**first.output, "is_repeated": True}
    assert again.queued == ()


def test_values_that_are_no_json_are_written_as_a_model_does(tester: ToolTester) -> None:
    told = tester.rehearse("refuse", {"on": date(2026, 3, 5)})
    assert (told.status, told.say) == ("not_allowed", "Not on Thursday.")


def test_wrong_arguments_are_told_as_to_the_model(tester: ToolTester) -> None:
    told = tester.run("refuse", {"on": "tomorrow"})
    assert told.status == "fix_arguments"
    assert "on (On which day) must be a date" in told.output["note"]


@pytest.mark.parametrize("way", ["run", "rehearse"])
def test_what_breaks_in_a_tool_is_raised_as_it_is(tester: ToolTester, way: str) -> None:
    with pytest.raises(LookupError, match="it broke here") as caught:
        getattr(tester, way)("break_down")
    assert "in break_down" in "".join(traceback.format_tb(caught.value.__traceback__))
    assert tester.run("greet").say == "Hello."


def test_what_breaks_in_an_async_tool_is_raised_too(tester: ToolTester) -> None:
    with pytest.raises(LookupError, match="it broke there"):
        tester.run("break_outside")


def test_result_that_cannot_be_told_is_raised_also_where_a_caller_hears_that_it_is_done(
    tester: ToolTester,
) -> None:
    with pytest.raises(ValueError, match="a object cannot be told to the model"):
        tester.run("tell_badly")


def test_what_would_end_the_process_ends_one_test(tester: ToolTester) -> None:
    with pytest.raises(RuntimeError, match=r"leave raised SystemExit\(3\)"):
        tester.run("leave")


def test_async_tool_is_run_and_never_rehearsed(tester: ToolTester) -> None:
    assert tester.run("greet").say == "Hello."
    assert "cannot be rehearsed" in tester.rehearse("greet").say


def test_time_passes_by_hand(tester: ToolTester, hand_clock: HandClock) -> None:
    ends = [tester.run("pay", {"francs": 1 + n}, caller=JANE).status for n in range(11)]
    assert ends[-2:] == ["succeeded", "awaiting_approval"]  # ten a day, unless a person agrees
    hand_clock.advance(24 * 3600)
    assert tester.run("pay", {"francs": 50}, caller=JANE).status == "succeeded"


def test_output_is_what_the_model_gets(tester: ToolTester) -> None:
    told = tester.run("greet")
    assert json.loads(json.dumps(told.output)) == {"status": "succeeded", "say": "Hello."}
