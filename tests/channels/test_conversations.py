"""One small suite of conversations, the same over each channel: the rules know none of them."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from websockets.exceptions import InvalidStatus

from agent_service.channels.traits import Answer
from agent_service.conversation.commands import RequestResponse, SubmitToolResult, TruncateItem
from agent_service.conversation.phrases import Phrase, phrase
from agent_service.store.requests import Ticket
from agent_service.store.tables import Confirmation, Conversation
from agent_service.web.server import run

GREETED = ("agent", "Hello there.", 480, False)
TICKET = json.dumps({"subject": "late delivery", "details": "It should have come on Monday."})


def conversation(lines: Any) -> Conversation:
    with lines.database.read() as session:
        row: Conversation = session.scalars(select(Conversation)).one()
    return row


def tickets(lines: Any) -> list[str]:
    with lines.database.read() as session:
        return [row.subject for row in session.scalars(select(Ticket))]


async def ask_for_ticket(call: Any) -> None:
    """Have the caller want a ticket, up to the point where the service reads it back."""
    await call.caller_says("please open a ticket, my delivery is late")
    call.provider.calls("call-1", "open_ticket", TICKET)
    await call.provider.until(RequestResponse, 2)


def test_a_caller_hears_the_greeting_and_hangs_up(open_lines: Any, kind: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            await call.line.hang_up()
            await lines.all_ended()
        return lines

    lines = run(scenario())
    row = conversation(lines)
    assert (row.channel, row.end_reason) == (kind.traits.name, "caller_ended")
    assert lines.turns() == [GREETED]


def test_a_question_is_answered_with_a_tool(open_lines: Any, kind: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            await call.caller_says("how do I send something back?")
            call.provider.calls("call-1", "search_help", '{"question": "send back"}')
            await call.provider.until(SubmitToolResult)
            await call.agent_says("I have found nothing about that.")
            await call.line.hang_up()
        return lines, call

    lines, call = run(scenario())
    assert lines.turns() == [
        GREETED,
        ("caller", "how do I send something back?", 900, False),
        ("agent", "I have found nothing about that.", 1280, False),
    ]
    assert bool(call.line.shown) is kind.traits.shows_captions


def test_the_agent_is_told_how_its_caller_comes(open_lines: Any, kind: Any) -> None:
    async def scenario() -> str:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            await call.line.hang_up()
            return str(call.provider.engine.spec.agent.instructions)

    by_telephone = "Be kind.\n\nThe caller is on the telephone"
    instructions = run(scenario())
    if kind.traits.kind == "telephone":
        assert instructions.startswith(by_telephone)
        assert instructions.endswith("\n\nOffer to call back.")
    else:
        assert instructions == "Be kind."


def test_a_barge_in_cuts_line_record_and_provider_at_the_same_millisecond(
    open_lines: Any, kind: Any
) -> None:
    said = "Your parcel left the warehouse on Monday and is on its way to you since then."

    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            before_ms = call.line.heard_ms
            item_id, _ = call.provider.generates(said)
            await call.line.hear(700)
            await call.caller_says("wait a moment please")
            await call.line.fall_silent()
            await call.provider.until(TruncateItem)
            await lines.service.host.stop()
            code = await call.line.closed()
        return lines, call, item_id, call.line.heard_ms - before_ms, code

    lines, call, item_id, heard_ms, code = run(scenario())
    cut = [each for each in call.provider.engine.commands if isinstance(each, TruncateItem)]
    assert cut == [TruncateItem(item_id, heard_ms)]
    assert 700 <= heard_ms < 2000
    (role, heard_text, recorded_ms, is_interrupted) = lines.turns()[1]
    assert (role, recorded_ms, is_interrupted) == ("agent", heard_ms, True)
    assert heard_text
    assert said.startswith(heard_text)
    assert heard_text != said
    assert code == 1012


def test_a_change_is_made_after_a_spoken_yes(open_lines: Any, kind: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            await ask_for_ticket(call)
            await call.agent_says(call.provider.asked_to_say)
            await call.caller_says("yes")
            await call.provider.until(SubmitToolResult)
            await call.line.hang_up()
        return lines, call

    lines, call = run(scenario())
    assert tickets(lines) == ["late delivery"]
    asked = [each for each in call.line.shown if "confirm" in each["type"]]
    assert bool(asked) is (Answer.TAP in kind.traits.answers)


def test_a_change_is_made_after_a_key_where_there_are_keys(open_lines: Any, kind: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            await ask_for_ticket(call)
            await call.line.press("1")  # before the question was heard
            await call.agent_says(call.provider.asked_to_say)
            await call.line.press("1")
            await call.provider.until(SubmitToolResult)
            await call.line.hang_up()
        return lines

    if Answer.KEY not in kind.traits.answers:
        pytest.skip("there are no keys")
    lines = run(scenario())
    assert tickets(lines) == ["late delivery"]
    with lines.database.read() as session:
        assert session.scalars(select(Confirmation.decided_by)).all() == ["tap"]


def test_only_where_there_is_something_to_tap_is_a_caller_told_to_tap(
    open_lines: Any, kind: Any
) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            await ask_for_ticket(call)
            for answers in (3, 4):
                await call.agent_says("I shall do something else, is that fine?")
                await call.provider.until(RequestResponse, answers)
            last_words = call.provider.asked_to_say
            await call.caller_says("yes")
            await call.line.hang_up()
        return lines, last_words

    lines, last_words = run(scenario())
    can_tap = Answer.TAP in kind.traits.answers
    assert last_words == phrase(Phrase.TAP if can_tap else Phrase.DROPPED, "en")
    assert tickets(lines) == []
    with lines.database.read() as session:
        assert session.scalars(select(Confirmation.decided_by)).all() != ["voice"]


def test_a_caller_whose_line_breaks_comes_back_where_the_channel_lets_them(
    open_lines: Any, kind: Any
) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(kind)
            await lines.drop(call.line)
            if kind.traits.can_return:
                earlier, call.line = call.line, await lines.line(kind)
                await call.line.come_back(earlier)
                await call.caller_says("are you still there?")
                await call.agent_says("Yes, I am.")
                await call.line.hang_up()
            await lines.all_ended()
        return lines

    lines = run(scenario())
    assert conversation(lines).end_reason == "caller_ended"
    heard = [text for _, text, _, _ in lines.turns()]
    later = ["are you still there?", "Yes, I am."] if kind.traits.can_return else []
    assert heard == [GREETED[1], *later]


def test_a_caller_without_a_ticket_is_turned_away(open_lines: Any, kind: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            try:
                line = await lines.line(kind, "no.ticket.atall")
            except InvalidStatus as refused:  # where the handshake needs it
                return 4000 + refused.response.status_code, len(lines.engines)
            await line.ask("no.ticket.atall")
            return await line.closed(), len(lines.engines)

    assert run(scenario()) == (4401, 0)
