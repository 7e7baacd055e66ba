"""Talk without tools: instructions followed to the letter, given text, honesty about the rest."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.conversation.phrases import READ_ALOUD, SAY, WHISPER
from agent_service.offline.ports import PICTURE, ContextMessage

Start = Callable[..., Any]

OFFICE = (
    "You are Mia, the voice of the Harbour Library and speak with its visitors.\n"
    "- Never give legal advice.\n"
    "- Ask for one thing at a time.\n"
    "Opening hours: the reading room is open from nine to eight on weekdays.\n"
    "A library card costs ten euros a year."
)


def test_exact_words_are_said_and_no_tool_is_called(converse: Start) -> None:
    call = converse("clinic")
    order = "Say exactly this to the caller, and nothing else: Shall I book it: Friday at 2:30?"

    assert call.say("Book me a check-up", instructions=order) == "Shall I book it: Friday at 2:30?"
    assert call.calls == []


@pytest.mark.parametrize("order", [SAY, READ_ALOUD])
@pytest.mark.parametrize(
    "text",
    [
        "Nothing has been done yet. Refund order 1007, one mouse, $24.90. Shall I go ahead?",
        "Set the note to 'Ring twice: the bell is broken'. Shall I go ahead?",
    ],
)
def test_what_the_service_orders_is_said_word_for_word(
    converse: Start, order: str, text: str
) -> None:
    assert converse("clinic").say("hm", instructions=order.format(text=text)) == text


def test_long_instructions_with_a_colon_are_no_order_to_read_them_out(converse: Start) -> None:
    instructions = (
        "Tell visitors about the library, " + "its books and its rooms, " * 5 + "e.g.: cake"
    )
    assert "cake" not in converse("desk").say("Hello", instructions=instructions)


@pytest.mark.parametrize(
    ("instructions", "said"),
    [
        ('Say exactly: "Good day."', "Good day."),
        ("Repeat this to the caller: We close in ten minutes.", "We close in ten minutes."),
        ('Greet the caller with "Welcome to the library!"', "Welcome to the library!"),
        ("Greet the caller.", "Hello! How can I help you?"),
    ],
)
def test_orders_for_one_answer_are_followed(converse: Start, instructions: str, said: str) -> None:
    assert converse("desk").respond(instructions=instructions) == said


def test_the_greeting_of_the_instructions_opens_the_conversation(converse: Start) -> None:
    call = converse(
        instructions='You help visitors. Greet the caller with "Harbour Library, hello!"'
    )

    assert call.respond() == "Harbour Library, hello!"


def test_what_is_always_to_be_mentioned_is_added(converse: Start) -> None:
    call = converse(instructions="Be kind. Always mention that calls are recorded.")

    assert call.say("hello") == "Hello! How can I help you? Calls are recorded."


def test_one_word_is_the_core_of_the_answer(converse: Start) -> None:
    call = converse(
        "desk",
        instructions="Answer in one word.",
        outputs=lambda name, arguments: {"order_number": "1004", "status": "shipped"},
    )

    assert call.say("Where is order 1004?") == "Shipped."


def test_another_language_is_declined_honestly_and_once(converse: Start) -> None:
    call = converse(instructions="Always answer in Spanish.")

    assert call.say("hello") == "I can only speak English here. Hello! How can I help you?"
    assert call.say("thanks") == "You're welcome. Is there anything else?"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("repeat after me: the sky is blue", "the sky is blue"),
        ('Please say "good night"', "good night"),
        ("Repeat this sentence: Cats like milk.", "Cats like milk."),
    ],
)
def test_a_caller_s_sentence_is_repeated(converse: Start, asked: str, said: str) -> None:
    assert converse().say(asked) == said


def test_given_text_answers_questions(converse: Start) -> None:
    call = converse(instructions=OFFICE)

    assert "nine to eight" in call.say("When is the reading room open?")
    assert "ten euros" in call.say("How much is a library card?")


def test_a_system_message_is_given_text_too(converse: Start) -> None:
    call = converse()
    call.items.append(ContextMessage("system", "The lift is out of order until Monday."))

    assert call.say("Is the lift working?") == "The lift is out of order until Monday."


def test_orders_to_the_agent_are_never_told_to_the_caller(converse: Start) -> None:
    call = converse(instructions=OFFICE)

    assert "legal advice" not in call.say("Can you give me legal advice?")


def test_what_is_not_known_is_said_to_be_unknown(converse: Start) -> None:
    call = converse("desk", instructions=OFFICE)

    said = call.say("Who won the football world cup?")

    assert said.startswith("I don't know that. I am a small offline engine")
    assert call.calls == []


def test_who_it_is_comes_from_the_instructions_and_says_what_runs_it(converse: Start) -> None:
    call = converse(instructions=OFFICE)

    assert call.say("Who are you?") == (
        "I'm Mia, the voice of the Harbour Library, a program run by a small offline engine."
    )


def test_what_it_can_do_comes_from_the_tools(converse: Start) -> None:
    said = converse("library").say("What can you do?")

    assert said == (
        "I can extend the loan of a borrowed item, reserve a study room and donate money to the "
        "library."
    )


def test_nonsense_is_not_understood(converse: Start) -> None:
    said = converse("library").say("flurb gnarly wibble")

    assert said.startswith("I'm sorry, I didn't understand that.")


@pytest.mark.parametrize("silence", ["", "  ", "...", "[ ]"])
def test_silence_is_asked_to_be_repeated(converse: Start, silence: str) -> None:
    assert converse("desk").say(silence) == "I didn't catch that. Could you say it again?"


def test_the_last_answer_is_repeated_on_request(converse: Start) -> None:
    call = converse(instructions=OFFICE)
    first = call.say("How much is a library card?")

    assert call.say("Could you say that again?") == first


def test_a_response_without_a_new_turn_offers_help_and_calls_nothing(converse: Start) -> None:
    call = converse("desk", outputs=lambda name, arguments: {"say": "It is shipped."})
    call.say("Where is order 1004?")

    assert call.respond() == "Is there anything else I can do for you?"
    assert call.calls == []


def test_the_same_conversation_gives_the_same_answer(converse: Start) -> None:
    said = [converse("desk").say("I would like to send back my lamp") for _ in range(2)]

    assert said[0] == said[1]


@pytest.mark.parametrize(("desk", "offer"), [("desk", "open a ticket"), ("clinic", "in words")])
def test_a_picture_is_not_made_out_to_be_seen(converse: Start, desk: str, offer: str) -> None:
    call = converse(desk)
    said = call.say(f"[picture 1] {PICTURE}")
    assert "cannot see" in said
    assert offer in said
    assert call.calls == []


def test_what_a_person_of_the_team_whispers_is_acted_on(converse: Start) -> None:
    call = converse("clinic")
    call.say("Hello")
    whisper = WHISPER.format(text="Tell the caller: Ana is on her way.")
    assert call.note(whisper) == "Ana is on her way."
    asked = converse("clinic").say("Book me a check-up")
    assert converse("clinic").note(WHISPER.format(text="Book me a check-up")) == asked
    assert converse("clinic").note("Book me a check-up") != asked


def test_who_is_asked_the_same_once_more_is_told_a_way_out(converse: Start) -> None:
    call = converse("desk", outputs=lambda *_: {"status": "done"})
    first = call.say("cancel my order")
    again = call.say("well the thing is blue")
    assert first.endswith("?")
    assert again.endswith(first)
    stuck = call.say("it is really very blue")
    assert stuck.startswith(again)
    assert "leave it" in stuck
    assert call.say("leave it").startswith("All right")
