"""A read, and the preview of a write, change nothing: not in a rehearsal, not in a real call."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tool_desk import CALLER, ToolDesk
from workshop import Client, Job

from agent_service.conversation.records import CallerLevel, ToolCallStatus
from agent_service.errors import ToolError
from agent_service.store.allowed_sql import OwnershipError
from agent_service.store.outbox import OutboxRow
from agent_service.store.tables import ToolCall
from agent_service.testing import ToolTester
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Preview, Tool, ToolContext, tool

Make = Callable[[Iterable[Tool]], ToolDesk]
Change = Callable[[ToolContext], object]

BROKEN = "Something went wrong on our side. Nothing was changed."


def sets_a_value(context: ToolContext) -> None:
    client = context.session.one(select(Client))
    assert client is not None
    client.name = "Somebody Else"


def sets_a_value_and_asks_on(context: ToolContext) -> None:
    sets_a_value(context)
    context.session.scalars(select(Job)).all()


def adds_a_row(context: ToolContext) -> None:
    context.session.add(Client(name="New", email="new@example.com", phone="1", postcode="1"))


def queues(context: ToolContext) -> None:
    context.queue("letter", {"to": "Jane"})


CHANGES = [sets_a_value, sets_a_value_and_asks_on, adds_a_row, queues]


def reading(change: Change) -> Tool:
    def look(context: ToolContext) -> str:
        """Look."""
        change(context)
        return "looked"

    return tool(title="Look", effect="read", audience=CallerLevel.VERIFIED)(look)


def previewing(change: Change) -> Tool:
    def preview(context: ToolContext) -> Preview:
        change(context)
        return Preview("Do it")

    def act(context: ToolContext) -> str:
        """Act."""
        return "done"

    return tool(title="Act", effect="write", audience=CallerLevel.VERIFIED, preview=preview)(act)


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest) -> Change:
    found: Change = request.param
    return found


@pytest.fixture(params=[reading, previewing])
def wrong(request: pytest.FixtureRequest, change: Change) -> Tool:
    made: Tool = request.param(change)
    return made


@pytest.fixture
def tester(make_desk: Make, wrong: Tool) -> Iterator[ToolTester]:
    desk = make_desk([wrong])
    opened = ToolTester(Registry([wrong]), desk.database, desk.customers, desk.clock)
    yield opened
    opened.close()


def is_unchanged(session: Session) -> bool:
    names = session.scalars(select(Client.name)).all()
    queued = session.scalar(select(func.count()).select_from(OutboxRow))
    return "Somebody Else" not in names and "New" not in names and not queued


@pytest.mark.parametrize("way", ["rehearse", "run"])
def test_author_is_told_what_may_change_something(
    tester: ToolTester, wrong: Tool, way: str
) -> None:
    with pytest.raises((TypeError, OwnershipError), match=r"Only a write tool|change no rows"):
        getattr(tester, way)(wrong.name, caller=CALLER)
    with tester.database.read() as session:
        assert is_unchanged(session)


def test_caller_hears_of_a_fault_and_not_that_the_system_is_away(
    make_desk: Make, wrong: Tool
) -> None:
    desk = make_desk([wrong])
    finished = desk.call(wrong.name, {})
    assert (finished.status, BROKEN in finished.output) == (ToolCallStatus.FAILED, True)
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.FAILED]
        assert is_unchanged(session)


def test_refusal_of_a_read_that_had_changed_something_is_heard(make_desk: Make) -> None:
    def changes_and_refuses(context: ToolContext) -> None:
        sets_a_value(context)
        raise ToolError("not_allowed", "Not today.")

    desk = make_desk([reading(changes_and_refuses)])
    finished = desk.call("look", {})
    assert (finished.status, "Not today." in finished.output) == (ToolCallStatus.NOT_ALLOWED, True)


def test_write_changes_rows_and_queues_after_its_preview(make_desk: Make) -> None:
    def act(context: ToolContext) -> str:
        """Act."""
        sets_a_value(context)
        queues(context)
        return "done"

    def preview(context: ToolContext) -> str:
        return f"Rename {context.session.scalars(select(Client.name)).one()}"

    desk = make_desk(
        [tool(title="Act", effect="write", audience=CallerLevel.VERIFIED, preview=preview)(act)]
    )
    assert desk.call("act", {}).status == ToolCallStatus.SUCCEEDED
    with desk.database.read() as session:
        assert not is_unchanged(session)


@pytest.mark.parametrize(
    ("summary", "error"),
    [("", ValueError), (" ?\n", ValueError), ("\x07", ValueError), (None, TypeError)],
)
def test_caller_is_asked_to_agree_to_nothing_without_words(
    make_desk: Make, summary: Any, error: type[Exception]
) -> None:
    def act() -> str:
        """Act."""
        return "done"

    for preview in (lambda: summary, lambda: Preview(summary)):
        wordless = tool(
            title="Act", effect="write", audience=CallerLevel.VERIFIED, preview=preview
        )(act)
        desk = make_desk([wordless])
        assert desk.call("act", {}).status == ToolCallStatus.FAILED
        tester = ToolTester(Registry([wordless]), desk.database, desk.customers, desk.clock)
        with pytest.raises(error, match="Preview: the summary"):
            tester.rehearse("act", caller=CALLER)
        tester.close()
