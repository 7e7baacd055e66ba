"""The small machines: what may not happen raises, with state and event in the message."""

import itertools
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest

from agent_service.conversation import (
    attendance,
    life,
    playback,
    provider_session,
    response,
    tool_calls,
)
from agent_service.conversation import confirmation as confirmation_
from agent_service.conversation.answers import Answer, read_answer
from agent_service.conversation.confirmation import Confirmation
from agent_service.conversation.moves import Moves, after
from agent_service.conversation.playback import BYTES_PER_MS, AgentItem, ItemEvent, Playback
from agent_service.conversation.playback import whole_words as cut_at_word
from agent_service.conversation.records import CallerLevel, ConfirmationStatus
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.spec import ToolPolicy
from agent_service.conversation.tool_calls import (
    ToolCall,
    ToolCallEvent,
    ToolCallState,
    activity_of,
    without_secrets,
)
from agent_service.conversation.wishes import Wish

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def confirmation() -> Confirmation:
    return Confirmation("c-1", "call-1", "Cancel", "{}", "Cancel it?", "hash", NOW, NOW, 10.0)


TABLES: dict[str, tuple[Moves[Any, Any], type[Enum]]] = {
    "life": (life.MOVES, life.Life),
    "caller": (attendance.MOVES, attendance.Presence),
    "provider session": (provider_session.MOVES, provider_session.SessionState),
    "response": (response.MOVES, response.ResponseState),
    "item": (playback.MOVES, playback.ItemState),
    "tool call": (tool_calls.MOVES, tool_calls.ToolCallState),
    "confirmation": (confirmation_.MOVES, confirmation_.ConfirmationState),
}


@pytest.mark.parametrize("name", TABLES)
def test_an_event_in_a_wrong_state_names_both(name: str) -> None:
    moves, states = TABLES[name]
    for event, state in itertools.product(moves, states):
        if state not in moves[event]:
            with pytest.raises(ValueError, match=f"{name}: {event.name} .* {state.name}"):
                after(moves, state, event, name)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_names_every_event_and_leads_to_every_state_and_out_of_it(name: str) -> None:
    moves, states = TABLES[name]
    events: type[Enum] = type(next(iter(moves)))
    assert set(moves) == set(events)
    begun = next(iter(states))
    leads = {(old, new) for ways in moves.values() for old, new in ways.items() if old != new}
    assert {new for _, new in leads} | {begun} == set(states)
    ends = set(states) - {old for old, _ in leads}
    assert len(ends) <= 1, "more than one state is the last"
    assert not ends or _leads_to(ends.pop(), leads) == set(states), "a state has no end"


def _leads_to(end: Enum, leads: set[tuple[Enum, Enum]]) -> set[Enum]:
    found = {end}
    while more := {old for old, new in leads if new in found} - found:
        found |= more
    return found


def test_a_confirmation_that_was_not_heard_cannot_be_accepted() -> None:
    with pytest.raises(ValueError, match="not heard"):
        confirmation().decide(ConfirmationStatus.ACCEPTED, NOW)


def test_a_confirmation_is_decided_once() -> None:
    made = confirmation()
    made.decide(ConfirmationStatus.VOIDED, NOW)
    with pytest.raises(ValueError, match=r"c-1.*DECIDED"):
        made.decide(ConfirmationStatus.VOIDED, NOW)


def test_a_finished_item_does_not_move() -> None:
    item = AgentItem("out-1", "resp-1", is_spoken=True)
    item.move(ItemEvent.OVER)
    with pytest.raises(ValueError, match=r"out-1.*GENERATED.*FINISHED"):
        item.move(ItemEvent.GENERATED)


def test_an_ended_tool_call_does_not_move() -> None:
    call = ToolCall(
        id="id",
        tool_call_id="call-1",
        response_id="resp-1",
        name="look",
        title="Look",
        activity="Look",
        arguments="{}",
        shown_arguments="{}",
        requested_at=NOW,
        state=ToolCallState.ENDED,
    )
    with pytest.raises(ValueError, match=r"call-1.*CLEARED.*ENDED"):
        call.move(ToolCallEvent.CLEARED)


@pytest.mark.parametrize(
    ("activity", "arguments", "read"),
    [
        ("Looking up order {order}", '{"order": 1004}', "Looking up order 1004"),
        ("Looking for {item}", '{"item": " lamp "}', "Looking for lamp"),
        ("Looking around", "not JSON", "Look"),
        ("Looking around", "{}", "Looking around"),
        (None, "{}", "Look"),
        ("Looking up order {order}", "{}", "Look"),
        ("Looking up order {order}", "[1]", "Look"),
        ("Looking up order {order}", '{"order": null}', "Look"),
        ("Looking up order {order}", '{"order": " "}', "Look"),
        ("Looking for {item}", f'{{"item": "{"x" * 41}"}}', "Look"),
    ],
)
def test_caller_reads_of_a_call_what_it_says_at_a_glance(
    activity: str | None, arguments: str, read: str
) -> None:
    policy = ToolPolicy("look", "Look", is_write=False, activity=activity)
    assert activity_of(policy, arguments) == read


def test_a_response_is_requested_only_when_one_is_wanted() -> None:
    machine = ResponseMachine()
    with pytest.raises(ValueError, match="no response is wanted"):
        machine.request(0.0)


def test_a_second_response_is_not_requested_over_the_first() -> None:
    machine = ResponseMachine()
    machine.want(Wish())
    machine.request(0.0)
    machine.want(Wish())
    assert not machine.may_request(0.0)
    with pytest.raises(ValueError, match=r"REQUESTED.*REQUESTED"):
        machine.request(0.0)


def test_a_read_back_is_not_displaced_by_a_plain_wish() -> None:
    machine = ResponseMachine()
    machine.want(Wish("read", confirmation_id="c-1"))
    machine.want(Wish())
    assert [*machine.wishes] == [Wish("read", confirmation_id="c-1")]
    machine.withdraw("c-2")
    assert machine.wishes
    machine.withdraw("c-1")
    assert [*machine.wishes] == []


def test_what_the_service_has_to_say_comes_before_what_the_model_wants_to() -> None:
    machine = ResponseMachine()
    told, asked, disclosed = (
        Wish("told"),
        Wish("read", confirmation_id="c"),
        Wish("ai", is_disclosure=True),
    )
    for wish in (Wish(), told, Wish("still looking", is_passing=True), disclosed, Wish()):
        machine.want(wish)
    assert [*machine.wishes] == [disclosed, told, Wish()]
    machine.want(asked)
    assert [*machine.wishes] == [disclosed, told, asked]


def test_what_is_worth_saying_only_meanwhile_gives_way() -> None:
    machine = ResponseMachine()
    machine.want(Wish("looking", is_passing=True))
    machine.want(Wish("still looking", is_passing=True))
    assert [*machine.wishes] == [Wish("still looking", is_passing=True)]
    machine.want(Wish())
    assert [*machine.wishes] == [Wish()]


def test_the_providers_own_response_does_not_fulfil_a_read_back() -> None:
    machine = ResponseMachine()
    machine.want(Wish("read", confirmation_id="c-1"))
    assert machine.start("resp-1", 0.0)
    assert machine.wishes
    assert not machine.start("resp-2", 0.0)
    assert not machine.finish("resp-2")


def test_a_refusal_while_nothing_is_requested_only_delays_the_next() -> None:
    machine = ResponseMachine()
    machine.want(Wish())
    machine.refuse(5.0)
    assert not machine.may_request(5.5)
    assert machine.may_request(6.0)
    machine.start("resp-1", 6.0)
    machine.refuse(6.0)
    assert machine.response_id == "resp-1"


def test_audio_after_generation_has_ended_is_not_sent() -> None:
    playback = Playback()
    item = playback.open("out-1", "resp-1", 0.0, is_spoken=True)
    assert playback.send(item, bytes(BYTES_PER_MS * 100), 0.0, sounding_ms=100) == 0
    playback.finish_generation(item, is_complete=True)
    playback.finish_generation(item, is_complete=False)
    assert item.is_complete
    assert playback.send(item, bytes(BYTES_PER_MS), 0.0, sounding_ms=1) is None


def test_an_item_of_which_nothing_was_sent_is_cut_at_once() -> None:
    playback = Playback()
    item = playback.open("out-1", "resp-1", 0.0, is_spoken=True)
    assert playback.cut(0.0) == []
    assert item.is_finished
    playback.acknowledge("out-1", 50, 0.0)
    playback.acknowledge("unknown", 50, 0.0)
    assert (item.heard_ms, item.heard_text()) == (0, "")


def test_what_was_never_generated_counts_when_heard_words_are_estimated() -> None:
    item = AgentItem("out-1", "resp-1", is_spoken=True, text="one two three four five six")
    item.sent_bytes = 500 * BYTES_PER_MS
    item.sounding_ms = 500
    item.heard_ms = 500
    assert item.heard_text() == "one two"  # 27 characters would take about 1.7 s to say


@pytest.mark.parametrize(
    ("sent_ms", "sounding_ms", "heard"),
    [
        (4000, 4000, "Order 1007 is cancelled today."),
        (4000, 834, "Order 1007 is cancelled today."),
        (4000, 800, "Order 1007 is cancelled"),
        (4000, 200, "Order"),
        (4000, 0, ""),
        (0, 0, ""),
    ],
    ids=["spoken", "at most", "too fast", "a stub", "silence", "no sound"],
)
def test_words_are_heard_as_far_as_there_is_sound_for_them(
    sent_ms: int, sounding_ms: int, heard: str
) -> None:
    item = AgentItem("out-1", "resp-1", is_spoken=True, text="Order 1007 is cancelled today.")
    item.sent_bytes, item.heard_ms = sent_ms * BYTES_PER_MS, sent_ms
    item.sounding_ms = sounding_ms
    item.is_complete = True
    assert item.heard_text() == heard
    assert item.is_heard_whole is (heard == item.text)


@pytest.mark.parametrize(
    ("end", "words"), [(0, ""), (-1, ""), (4, ""), (5, "hello"), (8, "hello"), (99, "hello world")]
)
def test_only_whole_words_count_as_heard(end: int, words: str) -> None:
    assert cut_at_word("hello world", end) == words


def test_levels_rise_from_anonymous() -> None:
    ranks = [level.rank for level in CallerLevel]
    assert ranks == sorted(ranks)
    assert CallerLevel.ANONYMOUS.rank == 0


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "Yes.", Answer.YES),
        ("en", "yeah, go ahead please", Answer.YES),
        ("en", "Sure, cancel order 1007", Answer.YES),
        ("en", "OK thank you", Answer.YES),
        ("en", "please", Answer.YES),
        ("en", "No", Answer.NO),
        ("en", "don't", Answer.NO),
        ("en", "wait", Answer.NO),
        ("en", "yes no", Answer.UNCLEAR),
        ("en", "yes, but only the mouse", Answer.UNCLEAR),
        ("en", "yes and refund order 1004", Answer.UNCLEAR),
        ("en", "I said yes to my wife", Answer.UNCLEAR),
        ("en", "", Answer.UNCLEAR),
        ("en", "?!", Answer.UNCLEAR),
        ("de", "Ja, bitte.", Answer.YES),
        ("de", "Nein danke", Answer.NO),
        ("de", "ja, aber", Answer.UNCLEAR),
        ("fr", "Oui, d'accord", Answer.YES),
        ("fr", "Non merci", Answer.NO),
        ("es", "Sí, por favor", Answer.YES),
        ("es", "No, gracias", Answer.NO),
        ("it", "Sì, va bene", Answer.YES),
        ("it", "No, grazie", Answer.NO),
        ("pt", "Sim, pode ser", Answer.YES),
        ("pt", "Não", Answer.NO),
        (None, "ja", Answer.YES),
        (None, "oui", Answer.YES),
        ("xx", "yes", Answer.YES),
    ],
)
def test_only_a_plain_yes_is_a_yes(language: str | None, text: str, answer: Answer) -> None:
    assert read_answer(text, language=language, summary="Cancel order 1007, one mouse") is answer


def test_what_is_not_due_is_not_given_up() -> None:
    machine = ResponseMachine()
    machine.want(Wish())
    machine.fail(10.0)
    assert machine.overdue(10.5) is None
    assert not machine.may_request(10.5)
    assert machine.overdue(11.0) is None
    assert machine.may_request(11.0)


def test_a_text_item_is_cut_without_waiting_for_a_player() -> None:
    playback = Playback()
    spoken = playback.open("out-1", "resp-1", 0.0, is_spoken=True)
    playback.send(spoken, bytes(BYTES_PER_MS * 100), 0.0, sounding_ms=100)
    written = playback.open("out-2", "resp-1", 0.0, is_spoken=False)
    playback.finish_generation(written, is_complete=True)
    assert playback.cut(0.0) == ["out-1"]
    assert playback.is_settling
    assert playback.cut(0.0) == []


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ('{"code":"1","n":2}', '{"code": "[removed]", "n": 2}'),
        ('{"n":2}', '{"n": 2}'),
        ("not json 1234", "[removed]"),
        ("[1]", "[removed]"),
    ],
)
def test_secret_arguments_are_not_shown(arguments: str, shown: str) -> None:
    assert without_secrets(arguments, {"code"}) == shown
    assert without_secrets(arguments, ()) == arguments
