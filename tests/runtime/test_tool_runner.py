"""Slow tools, tools that hang or break, and tools that work outside the database."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import BeforeValidator, Field
from sqlalchemy import select, text
from tool_desk import CALLER, ToolDesk

from agent_service.clock import uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import (
    ToolDelayed,
    ToolFinished,
    ToolPrepared,
    ToolProgressed,
)
from agent_service.conversation.records import CallerLevel, ToolCallStatus
from agent_service.errors import ToolError
from agent_service.runtime.contained import ToolEnded
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.outbox import OutboxRow
from agent_service.store.tables import ToolCall
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Answer, Confirmation, Effect, Tool, ToolContext, tool

Make = Callable[[Iterable[Tool]], ToolDesk]
GATE = threading.Event()


@tool(
    title="Wait",
    effect="read",
    audience=CallerLevel.ANONYMOUS,
    time_limit_s=0.2,
    progress_after_s=0.05,
)
def wait_for_gate(context: ToolContext) -> str:
    """Wait until the test opens the gate."""
    context.progress("The archive is being searched.")
    GATE.wait(60)
    return "through the gate"


@tool(title="Break", effect="read", audience=CallerLevel.ANONYMOUS)
def break_down(secret: Annotated[str, Field(description="A word.", max_length=50)]) -> str:
    """Break with a message that nobody should hear."""
    raise RuntimeError(f"password {secret}")


@tool(title="Talk", effect="read", audience=CallerLevel.ANONYMOUS)
def talk_on() -> str:
    """Answer at great length."""
    return "x" * 5_000_000


@tool(title="Odd", effect="read", audience=CallerLevel.ANONYMOUS)
def answer_oddly() -> object:
    """Answer with something that is not JSON."""
    return threading.Lock()


async def call_outside(context: ToolContext) -> str:
    """Do something elsewhere."""
    return context.idempotency_key


CALL_OUTSIDE = tool(
    title="Call", effect="write", audience=CallerLevel.ANONYMOUS, confirmation="never"
)(call_outside)


async def never_answer() -> None:
    """Do something elsewhere, of which nothing is ever heard."""
    await asyncio.Event().wait()


NEVER_ANSWER = tool(
    title="Never",
    effect="write",
    audience=CallerLevel.ANONYMOUS,
    confirmation="never",
    time_limit_s=0.1,
)(never_answer)


async def refuse_outside() -> None:
    """Be refused elsewhere."""
    raise ToolError("retry_later", "The other system is busy.")


REFUSE_OUTSIDE = tool(title="Refuse", effect="read", audience=CallerLevel.ANONYMOUS)(refuse_outside)


@pytest.fixture(autouse=True)
def _closed_gate() -> None:
    GATE.clear()


def test_slow_tool_is_spoken_of_and_its_result_comes_later(make_tool_desk: Make) -> None:
    desk = make_tool_desk([wait_for_gate])
    reports: list[ToolProgressed | ToolDelayed] = []

    async def scenario() -> ToolFinished:
        conversation = desk.conversation()
        delayed = asyncio.Event()

        def report(event: ToolProgressed | ToolDelayed) -> None:
            reports.append(event)
            if isinstance(event, ToolDelayed):
                delayed.set()

        command = RunTool(uuid7(), "call_1", "wait_for_gate", "{}")
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            running = group.create_task(desk.runner.run(command, CALLER, conversation, report))
            await delayed.wait()
            GATE.set()
        return running.result()

    finished = asyncio.run(scenario())
    assert [type(event) for event in reports] == [ToolProgressed, ToolProgressed, ToolDelayed]
    assert "archive" in str(reports[0])
    assert json.loads(finished.output)["result"] == "through the gate"


def test_hanging_read_ends_at_its_limit_where_nobody_can_hear_of_it(make_tool_desk: Make) -> None:
    desk = make_tool_desk([wait_for_gate])
    finished = desk.call("wait_for_gate", {})
    GATE.set()
    assert finished.status == ToolCallStatus.TIMED_OUT


def test_broken_tool_tells_nothing_of_its_inside(make_tool_desk: Make) -> None:
    finished = make_tool_desk([break_down]).call("break_down", {"secret": "swordfish"})
    assert finished.status == ToolCallStatus.FAILED
    assert "swordfish" not in finished.output


def test_answer_is_as_long_as_the_settings_allow(make_tool_desk: Make) -> None:
    desk = make_tool_desk([])
    desk.registry = Registry([talk_on], most_characters=5_000)
    desk.runner = ToolRunner(desk.registry, desk.database, desk.clock)
    finished = desk.call("talk_on", {})
    assert finished.is_shortened
    assert 4_000 < len(finished.output) <= 5_000


def test_endless_answer_is_cut(make_tool_desk: Make) -> None:
    finished = make_tool_desk([talk_on]).call("talk_on", {})
    assert json.loads(finished.output)["is_shortened"] is True
    assert len(finished.output) <= 20_000
    assert json.loads(finished.output)["result"].startswith("xxx")


def test_answer_that_is_not_json_is_a_failure(make_tool_desk: Make) -> None:
    finished = make_tool_desk([answer_oddly]).call("answer_oddly", {})
    assert finished.status == ToolCallStatus.FAILED


def test_work_outside_gets_its_idempotency_key_once(make_tool_desk: Make) -> None:
    desk = make_tool_desk([CALL_OUTSIDE])
    conversation = desk.conversation()
    first = desk.call("call_outside", {}, conversation_id=conversation, tool_call_id="c")
    again = desk.call("call_outside", {}, conversation_id=conversation, tool_call_id="c")
    assert len(json.loads(first.output)["result"]) == 32
    assert again == first


def test_work_outside_without_an_answer_is_not_called_a_failure(make_tool_desk: Make) -> None:
    finished = make_tool_desk([NEVER_ANSWER]).call("never_answer", {})
    assert json.loads(finished.output)["status"] == "unknown"


def test_work_outside_that_cannot_be_written_down_is_told_as_it_was(make_tool_desk: Make) -> None:
    async def do(context: ToolContext) -> str:
        with desk.database.write() as session:
            session.execute(text("ALTER TABLE audit_log RENAME TO audit_log_elsewhere"))
        return "done"

    desk = make_tool_desk([replace(CALL_OUTSIDE, function=do)])
    finished = desk.call("call_outside", {})
    assert (finished.status, json.loads(finished.output)["result"]) == ("succeeded", "done")


def test_refusal_from_outside_is_told_as_such(make_tool_desk: Make) -> None:
    finished = make_tool_desk([REFUSE_OUTSIDE]).call("refuse_outside", {})
    assert finished.status == ToolCallStatus.RETRY_LATER
    assert json.loads(finished.output)["say"] == "The other system is busy."


def test_work_outside_that_a_killed_process_began_is_unknown(make_tool_desk: Make) -> None:
    hanging = replace(NEVER_ANSWER, time_limit_s=30)
    desk = make_tool_desk([hanging])
    conversation = desk.conversation()
    command = RunTool(uuid7(), "call_1", "never_answer", "{}")

    async def hang_up() -> None:
        async with asyncio.timeout(1):
            await desk.runner.run(command, CALLER, conversation)

    with pytest.raises(TimeoutError):
        asyncio.run(hang_up())
    again = desk.call("never_answer", {}, conversation_id=conversation, tool_call_id="call_1")
    assert json.loads(again.output)["status"] == "unknown"
    with desk.database.write() as session:
        resolve_open_calls(session, desk.clock.utc(), conversation)
        assert session.scalars(select(ToolCall.error_kind)).all() == ["unknown"]


def test_other_calls_go_on_while_tools_hang(make_tool_desk: Make) -> None:
    patient = replace(wait_for_gate, time_limit_s=20)
    desk = make_tool_desk([patient, talk_on])

    async def scenario() -> ToolFinished:
        conversation = desk.conversation()

        def command(nth: int, name: str) -> RunTool:
            return RunTool(uuid7(), f"call_{nth}", name, "{}")

        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for nth in range(8):
                group.create_task(
                    desk.runner.run(command(nth, "wait_for_gate"), CALLER, conversation)
                )
            finished = await desk.runner.run(command(9, "talk_on"), CALLER, conversation)
            GATE.set()
        return finished

    assert asyncio.run(scenario()).status == ToolCallStatus.SUCCEEDED


def _ends(kind: type[BaseException]) -> Tool:
    def give_up() -> str:
        """Give up."""
        raise kind("no license")

    return tool(title="End", effect="write", audience=CallerLevel.ANONYMOUS, confirmation="never")(
        give_up
    )


def _ends_outside(kind: type[BaseException], effect: Effect) -> Tool:
    async def give_up() -> str:
        """Give up elsewhere."""
        raise kind("no license")

    confirmation: Confirmation = "never"
    return tool(
        title="End", effect=effect, audience=CallerLevel.ANONYMOUS, confirmation=confirmation
    )(give_up)


ENDINGS = (SystemExit, KeyboardInterrupt, asyncio.CancelledError, GeneratorExit, RecursionError)


@pytest.mark.parametrize("kind", ENDINGS)
def test_what_would_end_the_process_ends_the_call(
    make_tool_desk: Make, kind: type[BaseException]
) -> None:
    desk = make_tool_desk([_ends(kind)])
    finished = desk.call("give_up", {})
    assert finished.status == ToolCallStatus.FAILED
    assert json.loads(finished.output)["say"].endswith("Nothing was changed.")
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.FAILED]


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize(("effect", "status"), [("read", "failed"), ("write", "unknown")])
def test_what_would_end_the_process_ends_the_call_outside_too(
    make_tool_desk: Make, kind: type[BaseException], effect: Effect, status: str
) -> None:
    desk = make_tool_desk([_ends_outside(kind, effect)])
    assert json.loads(desk.call("give_up", {}).output)["status"] == status


def test_read_back_that_would_end_the_process_ends_the_call(make_tool_desk: Make) -> None:
    def preview() -> str:
        raise SystemExit

    desk = make_tool_desk([replace(_ends(ValueError), preview=preview, confirmation="always")])
    finished = desk.call("give_up", {})
    assert json.loads(finished.output)["status"] == "failed"


def test_argument_check_that_would_end_the_process_ends_the_call(make_tool_desk: Make) -> None:
    def leave(_: object) -> object:
        raise SystemExit

    @tool(title="Look", effect="read", audience=CallerLevel.ANONYMOUS)
    def look(
        word: Annotated[str, BeforeValidator(leave), Field(description="A.", max_length=5)],
    ) -> str:
        """Look."""
        return word

    desk = make_tool_desk([look])
    with pytest.raises(ToolEnded, match="SystemExit"):
        desk.call("look", {"word": "x"})


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, ValueError])
def test_helper_task_that_would_end_the_process_ends_the_call(
    make_tool_desk: Make, kind: type[BaseException]
) -> None:
    async def helper() -> None:
        raise kind("no license")

    async def ask_helpers() -> None:
        """Ask helpers."""
        await asyncio.gather(helper(), asyncio.sleep(0))

    desk = make_tool_desk(
        [tool(title="Ask", effect="read", audience=CallerLevel.ANONYMOUS)(ask_helpers)]
    )
    assert desk.call("ask_helpers", {}).status == ToolCallStatus.FAILED


@tool(title="Send", effect="write", audience=CallerLevel.ANONYMOUS, confirmation="never")
def send_two(context: ToolContext) -> str:
    """Send two letters."""
    for nth in (1, 2):
        context.queue("message", {"on": date(2026, 3, nth), "text": "half \ud83d"})
    return "sent"


def test_call_may_queue_several_messages_of_one_kind(make_tool_desk: Make) -> None:
    desk = make_tool_desk([send_two])
    conversation = desk.conversation()
    for _ in range(2):
        desk.call("send_two", {}, conversation_id=conversation, tool_call_id="call_1")
    with desk.database.read() as session:
        rows = session.execute(
            select(OutboxRow.idempotency_key, OutboxRow.payload).order_by(OutboxRow.payload)
        ).all()
    assert [json.loads(payload)["on"] for _, payload in rows] == ["2026-03-01", "2026-03-02"]
    assert len({key for key, _ in rows}) == 2


def test_half_a_character_in_a_read_back_is_replaced(make_tool_desk: Make) -> None:
    def preview() -> str:
        return "Send \ud83d"

    def act() -> str:
        """Act."""
        return "done"

    desk = make_tool_desk(
        [tool(title="Act", effect="write", audience=CallerLevel.ANONYMOUS, preview=preview)(act)]
    )

    async def scenario() -> ToolPrepared | ToolFinished:
        command = PrepareTool(uuid7(), "call_1", "act", "{}")
        return await desk.runner.prepare(command, CALLER, desk.conversation())

    prepared = asyncio.run(scenario())
    assert isinstance(prepared, ToolPrepared)
    assert prepared.summary == "Send \ufffd"


@tool(title="Talk", effect="read", audience=CallerLevel.ANONYMOUS)
def talk_in_halves(context: ToolContext) -> Answer:
    """Answer with what is no text."""
    context.progress("half \ud83d way " * 100)
    return Answer("Broken \ud83d text.", {"on": date(2026, 3, 5), "price": Decimal("1.50")})


def test_halves_of_characters_reach_nobody(make_tool_desk: Make) -> None:
    desk = make_tool_desk([talk_in_halves])
    reports: list[ToolProgressed | ToolDelayed] = []

    async def scenario() -> ToolFinished:
        command = RunTool(uuid7(), "call_1", "talk_in_halves", "{}")
        return await desk.runner.run(command, CALLER, desk.conversation(), reports.append)

    finished = asyncio.run(scenario())
    assert json.loads(finished.output)["say"] == "Broken \ufffd text."
    assert json.loads(finished.output)["price"] == "1.50"
    (said,) = reports
    assert isinstance(said, ToolProgressed)
    assert said.say.startswith("half \ufffd way")
    assert len(said.say) <= 500


def test_work_outside_that_is_done_is_told_also_without_its_details(make_tool_desk: Make) -> None:
    async def send() -> Answer:
        """Send it."""
        return Answer("It is sent.", {"row": object()})

    desk = make_tool_desk(
        [
            tool(
                title="Send", effect="write", audience=CallerLevel.ANONYMOUS, confirmation="never"
            )(send)
        ]
    )
    finished = desk.call("send", {})
    assert finished.status == ToolCallStatus.SUCCEEDED
    assert json.loads(finished.output)["say"] == "It is sent."
