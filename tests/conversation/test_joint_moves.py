"""What two machines do together: every cell of the table in docs/conversation.md, brought about."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from a_world import ANSWER, MS, World

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import (
    ConfirmationRecord,
    ConfirmationStatus,
    Modality,
    Role,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.conversation.spec import Notice, NoticeClip, PendingCall

PAGE = Path(__file__).parents[2] / "docs" / "conversation.md"
SUMMARY = "Cancel order 1007, one wireless mouse"
READ_BACK = f"{SUMMARY}. Shall I go ahead?"
AGAIN = f"Nothing has been done yet. {READ_BACK}"
DECLINED = "All right. Nothing was changed."
DROPPED = "I have left it as it is. Nothing was changed."
OUTCOME = "It is cancelled."
EARLIER = PendingCall(
    "id-0", "call-0", "cancel_order", "{}", "{}", datetime(2026, 1, 1, tzinfo=UTC)
)
"""A call that the team was asked about, and has not decided yet."""
LONG = "It is on its way. It comes tomorrow morning between eight and ten."

# --- what goes on ---


def caller_speaks(world: World) -> None:
    world.speaks()
    world.goes_on(0.5)


def agent_thinks(world: World) -> None:
    caller_speaks(world)
    world.falls_silent("where is it")


def agent_answers(world: World) -> None:
    agent_thinks(world)
    world.begins_to_say(LONG)
    world.plays(0.9)


def is_asked(world: World) -> None:
    agent_thinks(world)
    world.calls("call-1", "cancel_order")
    world.tell(
        ev.ToolPrepared("call-1", "hash-1", "Cancel an order", SUMMARY, needs_confirmation=True)
    )
    world.begins_to_say(READ_BACK)


def read_back_plays(world: World) -> None:
    is_asked(world)
    world.has_said_all()
    world.plays(0.9)


def question_is_open(world: World) -> None:
    read_back_plays(world)
    world.goes_on(5.0)


def yes_waits(world: World) -> None:
    question_is_open(world)
    world.says("yes")
    world.goes_on(0.3)


def tool_runs(world: World) -> None:
    yes_waits(world)
    world.goes_on(1.0)


def team_is_asked(world: World) -> None:
    tool_runs(world)
    waits = ToolCallStatus.AWAITING_APPROVAL
    world.tell(ev.ToolFinished("call-1", waits, '{"say": "A colleague looks at it."}'))
    world.goes_on(5.0)


def owed_is_said(world: World) -> None:
    question_is_open(world)
    world.says("no")
    world.goes_on(0.2)
    world.begins_to_say(DECLINED)
    world.has_said_all()
    world.plays(0.9)


def notice_plays(world: World) -> None:
    caller_speaks(world)
    world.loses_session()
    shown = world.driver.ordered(cmd.ShowTranscript)[-1]
    world.words, world.item_id = shown.delta, shown.item_id
    world.goes_on(0.9)


def caller_is_away(world: World) -> None:
    world.is_line_up = world.was_line_up = False
    world.tell(ev.CallerDropped())


def somebody_else_speaks(world: World) -> None:
    world.tell(ev.RepresentativeJoined("Ana"))
    world.is_agent_paused = True


def goodbye_plays(world: World) -> None:
    world.tell(ev.ServiceDraining())
    world.plays(0.9)


def goodbye_of_silence_plays(world: World) -> None:
    world.goes_on(315.9)


SITUATIONS: dict[str, Callable[[World], None]] = {
    "the caller speaks": caller_speaks,
    "the agent thinks": agent_thinks,
    "the agent answers": agent_answers,
    "a read-back plays": read_back_plays,
    "a question is open": question_is_open,
    "a yes waits its second": yes_waits,
    "a tool runs": tool_runs,
    "the team is asked": team_is_asked,
    "something owed is said": owed_is_said,
    "a notice plays": notice_plays,
    "the caller is away": caller_is_away,
    "somebody else speaks": somebody_else_speaks,
    "the goodbye plays": goodbye_plays,
    "the goodbye of silence plays": goodbye_of_silence_plays,
}

# --- what comes meanwhile ---


def line_drops_and_is_back(world: World) -> None:
    world.is_line_up = world.was_line_up = False
    world.tell(ev.CallerDropped())
    world.goes_on(20.0)
    world.is_line_up = True
    world.tell(ev.CallerReturned())


def somebody_else_speaks_a_while(world: World) -> None:
    world.tell(ev.RepresentativeJoined("Ana"))
    if world.is_caller_speaking:
        world.falls_silent("where is it")
    world.goes_on(20.0)
    assert not world.asked()
    world.tell(ev.RepresentativeLeft())


def is_on_hold_a_while(world: World) -> None:
    world.is_line_up = world.was_line_up = False
    world.tell(ev.CallerHeld(True))
    if world.is_caller_speaking:
        world.falls_silent("where is it")
    world.goes_on(20.0)
    world.is_line_up = True
    world.tell(ev.CallerHeld(False))


def earlier_call_ends(world: World) -> None:
    succeeded = ToolCallStatus.SUCCEEDED
    world.tell(ev.ToolFinished(EARLIER.tool_call_id, succeeded, f'{{"say": "{OUTCOME}"}}'))


EVENTS: dict[str, Callable[[World], None]] = {
    "the caller speaks": lambda world: world.says("hang on"),
    "stop is pressed": lambda world: world.tell(ev.CallerInterrupted()),
    "the line drops and is back": line_drops_and_is_back,
    "a hold of a while": is_on_hold_a_while,
    "the sound is switched off": lambda world: world.tell(ev.CallerSwitched(Modality.TEXT)),
    "the provider is lost": World.loses_session,
    "somebody else speaks a while": somebody_else_speaks_a_while,
    "an earlier call ends": earlier_call_ends,
    "the service ends": lambda world: world.tell(ev.ServiceDraining()),
    "the caller hangs up": lambda world: world.tell(ev.CallerEnded()),
}

# --- what comes of it ---


def confirmation(world: World) -> ConfirmationRecord:
    record: ConfirmationRecord = world.driver.kept(ConfirmationRecord)[-1]
    return record


def turn(world: World) -> TurnRecord:
    """Return the turn that was going on."""
    turns: list[TurnRecord] = world.driver.kept(TurnRecord)
    return next(turn for turn in turns if turn.item_id == world.item_id)


def heard(world: World, text: str) -> int:
    """Return how often the caller has heard that since, to its end."""
    kept = [c.record for c in world.ordered(cmd.KeepRecord)]
    turns = [record for record in kept if isinstance(record, TurnRecord)]
    return sum(turn.heard_text == text and turn.item_id != world.item_id for turn in turns)


def ended(world: World) -> str | None:
    ends = world.driver.ordered(cmd.EndConversation)
    return ends[0].reason if ends else None


def after_it(world: World) -> None:
    world.goes_on(0.2)
    assert ended(world) is None
    if world.caller_item_id and world.is_caller_speaking:
        world.falls_silent("where is it")
    world.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, "{}"))
    world.goes_on(300)
    assert ended(world) == "service_stopping"
    assert world.said_since(Notice.STOPPING)


def answered(world: World) -> None:
    if world.is_caller_speaking:
        world.falls_silent("where is it")
    world.goes_on(10)
    assert heard(world, ANSWER) == 1


def answered_anew(world: World) -> None:
    world.goes_on(10)
    assert not turn(world).is_interrupted
    assert heard(world, ANSWER) == 1


def asked_to_repeat(world: World) -> None:
    world.goes_on(5)
    assert world.said_since(Notice.REPEAT)


def at_once(world: World) -> None:
    world.goes_on(0.1)
    assert turn_of_goodbye(world).is_interrupted
    world.goes_on(3)
    assert ended(world) is not None


def turn_of_goodbye(world: World) -> TurnRecord:
    goodbyes = (Notice.STOPPING.value, Notice.GOODBYE.value)
    turns: list[TurnRecord] = world.driver.kept(TurnRecord)
    return next(turn for turn in turns if turn.text in goodbyes)


def cut(world: World) -> None:
    world.goes_on(10)
    assert turn(world).is_interrupted
    assert turn(world).heard_text != world.words
    assert world.words not in world.asked()
    assert not heard(world, world.words)


def dropped(world: World) -> None:
    world.goes_on(10)
    assert confirmation(world).status is ConfirmationStatus.VOIDED
    assert world.ordered(cmd.RunTool) == []
    assert heard(world, DROPPED) == 1


def goodbye(world: World) -> None:
    world.goes_on(10)
    assert ended(world) is not None
    assert not turn_of_goodbye(world).is_interrupted or not world.was_line_up


def plays_on(world: World) -> None:
    world.goes_on(10)
    assert not turn(world).is_interrupted
    assert turn(world).heard_text == world.words
    assert world.words not in world.asked()


def read_again(world: World) -> None:
    world.goes_on(10)
    assert confirmation(world).status is ConfirmationStatus.OFFERED
    assert world.ordered(cmd.RunTool) == []
    assert world.asked() == [AGAIN]
    assert heard(world, AGAIN) == 1


def read_on(world: World) -> None:
    world.goes_on(10)
    assert world.ordered(cmd.PlayAudio) == []
    assert not turn(world).is_interrupted
    assert turn(world).modality is Modality.TEXT
    assert turn(world).heard_text == world.words
    assert world.words not in world.asked()


def recorded(world: World) -> None:
    world.goes_on(5)
    assert ended(world) == "caller_ended"
    said = [turn.item_id for turn in world.driver.kept(TurnRecord) if turn.role is Role.CALLER]
    assert said == ([world.caller_item_id] if world.caller_item_id else [])


def reopened(world: World) -> None:
    world.goes_on(5)
    assert len(world.ordered(cmd.ReopenEngine)) == 1
    assert world.ordered(cmd.PlayAudio) == []


def runs_on(world: World) -> None:
    world.goes_on(5)
    assert world.driver.ended_calls() == []
    assert not world.ordered(cmd.SubmitToolResult)
    world.tell(ev.ToolFinished("call-1", ToolCallStatus.SUCCEEDED, f'{{"say": "{OUTCOME}"}}'))
    world.goes_on(10)
    assert [call.status for call in world.driver.ended_calls()] == [ToolCallStatus.SUCCEEDED]
    told = [c.output for c in world.driver.ordered(cmd.SubmitToolResult)]
    noted = [c.text for c in world.driver.ordered(cmd.AddNote)]
    assert sum(OUTCOME in text for text in (*told, *noted)) == 1
    assert heard(world, OUTCOME) or heard(world, ANSWER)


def said_again(world: World) -> None:
    world.goes_on(15)
    assert turn(world).is_interrupted
    assert heard(world, world.words) == 1


def silent(world: World) -> None:
    world.goes_on(20)
    assert world.ordered(cmd.PlayAudio) == []


def stays(world: World) -> None:
    world.goes_on(60)
    assert ended(world) is None


def stays_open(world: World) -> None:
    world.goes_on(10)
    assert confirmation(world).status is ConfirmationStatus.OFFERED
    assert world.asked() == []
    world.says("yes")
    takes_effect(world)


def taken_back(world: World) -> None:
    world.goes_on(10)
    assert confirmation(world).status is ConfirmationStatus.VOIDED
    assert world.ordered(cmd.RunTool) == []
    assert [call.status for call in world.driver.ended_calls()] == [ToolCallStatus.VOIDED]
    assert not heard(world, DROPPED)


def takes_effect(world: World) -> None:
    world.goes_on(5)
    assert confirmation(world).status is ConfirmationStatus.ACCEPTED
    assert len(world.ordered(cmd.RunTool)) == 1


def told(world: World) -> None:
    if not world.is_line_up:
        world.is_line_up = True
        world.tell(ev.CallerReturned())
    if world.is_caller_speaking or world.is_agent_paused:
        world.goes_on(5)
        assert not world.ordered(cmd.RequestResponse)
    if world.is_caller_speaking:
        world.falls_silent("where is it")
    world.tell(ev.RepresentativeLeft())
    world.goes_on(25)
    assert heard(world, OUTCOME) == 1
    assert not world.item_id or not turn(world).is_interrupted


def told_elsewhere(world: World) -> None:
    assert not world.driver.dialogue.awaits("call-0")
    assert not world.driver.dialogue.awaits("call-1")
    world.goes_on(5)
    assert ended(world) is not None
    ends = [call for call in world.driver.ended_calls() if call.tool_call_id == "call-1"]
    assert [call.status for call in ends] in ([], [ToolCallStatus.ENDED])


def withdrawn(world: World) -> None:
    world.goes_on(5)
    assert confirmation(world).status is ConfirmationStatus.VOIDED
    assert world.ordered(cmd.RunTool) == []
    ends = [call for call in world.driver.ended_calls() if call.tool_call_id == "call-1"]
    assert [call.status for call in ends] == [ToolCallStatus.ENDED]


OUTCOMES: dict[str, Callable[[World], None]] = {
    "after it": after_it,
    "answered": answered,
    "answered anew": answered_anew,
    "asked to repeat": asked_to_repeat,
    "at once": at_once,
    "cut": cut,
    "dropped": dropped,
    "goodbye": goodbye,
    "plays on": plays_on,
    "read again": read_again,
    "read on": read_on,
    "recorded": recorded,
    "reopened": reopened,
    "runs on": runs_on,
    "said again": said_again,
    "silent": silent,
    "stays": stays,
    "stays open": stays_open,
    "taken back": taken_back,
    "takes effect": takes_effect,
    "told": told,
    "told elsewhere": told_elsewhere,
    "withdrawn": withdrawn,
}


def tables() -> list[list[list[str]]]:
    """Return the rows of the tables on the page that says what comes when two things meet."""
    section = PAGE.read_text().partition("## When two things meet")[2].partition("\n## ")[0]
    found = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        for table in found
    ]


def cells() -> Iterator[tuple[str, str, str]]:
    (_, *events), _, *rows = tables()[0]
    for situation, *outcomes in rows:
        for event, outcome in zip(events, outcomes, strict=True):
            yield situation, event, outcome


def test_the_page_has_every_situation_every_event_and_every_word() -> None:
    (_, *events), _, *rows = tables()[0]
    assert events == list(EVENTS)
    assert [row[0] for row in rows] == list(SITUATIONS)
    assert [word for word, _ in tables()[1][2:]] == list(OUTCOMES)
    assert {outcome for _, _, outcome in cells()} == {*OUTCOMES, "-"}


@pytest.mark.parametrize(("situation", "event", "outcome"), [c for c in cells() if c[2] != "-"])
def test_what_comes_when_two_things_meet(
    new_driver: Callable[..., Any], situation: str, event: str, outcome: str
) -> None:
    notices = {notice: NoticeClip(notice.value, MS * 1500) for notice in Notice}
    world = World(new_driver(notices=notices, pending=(EARLIER,)))
    world.tell(ev.EngineReady())
    SITUATIONS[situation](world)
    world.since = len(world.driver.log)
    EVENTS[event](world)
    OUTCOMES[outcome](world)
    everything_comes_to_its_end(world)


def everything_comes_to_its_end(world: World) -> None:
    """Nothing hangs: once the caller has gone, all that was begun has ended, once, on record."""
    world.goes_on(300)
    world.tell(ev.CallerEnded())
    world.goes_on(5)
    driver = world.driver
    assert len(driver.ordered(cmd.EndConversation)) == 1
    assert driver.dialogue.deadline() is None
    decided = {r.confirmation_id: r.decided_at for r in driver.kept(ConfirmationRecord)}
    assert None not in decided.values()
    begun = {record.tool_call_id for record in driver.kept(ToolCallRecord)} | {"call-0"}
    assert sorted(call.tool_call_id for call in driver.ended_calls()) == sorted(begun)
    assert [turn.seq for turn in driver.kept(TurnRecord)] == list(
        range(1, len(driver.kept(TurnRecord)) + 1)
    )
