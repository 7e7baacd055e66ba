"""What comes in pieces, over turns, or is read back is neither in rows nor in log lines."""

import pytest
from personal_table import keep

from agent_service.redaction import (
    STRICT,
    Action,
    ConversationMemory,
    Identifier,
    Policy,
    without_removed,
)

CALLER, AGENT = True, False


def test_pieces_of_what_was_asked_for_go_at_once() -> None:
    rows, lines = keep(
        [
            (AGENT, "What is your phone number?"),
            (CALLER, "0171"),
            (CALLER, "123"),
            (AGENT, "0171 123?"),
            (CALLER, "yes, 45 67"),
            (AGENT, "So 0171 1234567."),
        ]
    )
    said = ["What is your phone number?", *["[redacted phone]"] * 2, "[redacted phone]?"]
    assert rows == [*said, "yes, [redacted phone]", "So [redacted phone]."]
    assert lines == rows


@pytest.mark.parametrize(
    "pieces",
    [
        ("my number is 0171", "123 45 67"),
        ("zero one seven one", "one two three", "four five six seven"),
        ("DE89 3704", "0044 0532 0130 00"),
        ("+49 171", "1234567"),
        ("my social security number is 219", "09", "8888"),
    ],
)
def test_what_turns_out_later_is_taken_out_of_earlier_rows(pieces: tuple[str, ...]) -> None:
    rows, lines = keep([(CALLER, piece) for piece in pieces])
    for texts in (rows, lines):
        assert not any(character.isdigit() for character in " ".join(texts).replace("DE89", ""))
        assert "one two" not in " ".join(texts)


@pytest.mark.parametrize(
    "turns",
    [
        [(AGENT, "Which order do you mean?"), (CALLER, "1004"), (CALLER, "and 1007")],
        [(CALLER, "where is my order 1004"), (AGENT, "Order 1004 is on its way.")],
        [(CALLER, "My phone broke."), (CALLER, "It is order 1234567.")],
        [
            (AGENT, "What is your phone number?"),
            (CALLER, "0171 1234567"),
            (AGENT, "Thank you. And what is the order number?"),
            (CALLER, "1004"),
        ],
    ],
)
def test_orders_stay_in_rows_and_lines(turns: list[tuple[bool, str]]) -> None:
    rows, lines = keep(turns)
    said = [text for _, text in turns if "0171" not in text]
    assert [row for row in rows if row != "[redacted phone]"] == said
    assert [line for line in lines if line != "[redacted phone]"] == said


def test_a_lone_number_is_in_its_row_and_in_no_line() -> None:
    memory = ConversationMemory(STRICT)
    assert memory.caller_turn("0171") == "0171"
    assert memory.is_doubtful
    assert memory.for_log("0171") == "[redacted]"
    assert memory.for_log("order 0171") == "order 0171"


def test_a_tools_rows_hold_no_more_than_turns() -> None:
    memory = ConversationMemory(STRICT)
    memory.caller_turn("my number is 0171 1234567")
    assert memory.passage("01711234567", "note") == "[redacted phone]"
    assert memory.passage("the last digits are 4567") == "the last digits are 4567"


def test_an_address_that_was_asked_for_goes_in_pieces() -> None:
    rows, lines = keep(
        [
            (AGENT, "What is your email address?"),
            (CALLER, "jane dot doe"),
            (CALLER, "at example dot com"),
            (CALLER, "yes, thank you"),
        ]
    )
    assert rows[1:] == ["[redacted email]", "[redacted email]", "yes, thank you"]
    assert lines == rows


def test_a_policy_that_keeps_remembers_nothing() -> None:
    keeping = ConversationMemory(Policy(dict.fromkeys(Identifier, Action.KEEP)))
    for said in ("my number is 0171", "1234567", "jane@example.com"):
        assert keeping.caller_turn(said) == said
    assert keeping.passage("0171 1234567") == "0171 1234567"
    assert keeping.take_removals() == ()


def test_a_policy_that_drops_keeps_nothing_of_the_turn() -> None:
    dropping = ConversationMemory(Policy({**STRICT.actions, Identifier.NATIONAL_ID: Action.DROP}))
    said = "I was born in Ulm, my ssn is 078-05-1120"
    assert dropping.caller_turn(said) == "[dropped national id]"
    assert dropping.caller_turn("my card is 4111 1111 1111 1111") == "my card is [redacted card]"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (("my PIN is 8366",), "8366"),
        (("My one-time code is", "583920"), "583920"),
        (("my phone is", "oh one seven two"), "172"),
        (("my ssn is 523",), "523"),
    ],
)
def test_what_a_model_takes_for_an_orders_number_is_not_kept_as_one(
    said: tuple[str, ...], number: str
) -> None:
    memory = ConversationMemory(STRICT)
    for text in said:
        memory.caller_turn(text)
    assert number not in memory.passage(number, "order_number")
    assert number not in memory.passage(f"I cannot find order {number}.", "say")
    rows = [number, f"I cannot find order {number}."]  # as the ledger has written them
    for removal in memory.take_removals():
        rows = [without_removed(row, removal) for row in rows]
    assert number not in " ".join(rows)
    assert number not in memory.agent_turn(f"I cannot find order {number}.")


def test_an_order_that_was_named_before_stays_beside_the_same_digits() -> None:
    memory = ConversationMemory(STRICT)
    memory.caller_turn("where is order 1004")
    assert memory.passage("1004", "order_number") == "1004"
    assert memory.caller_turn("my pin is 1004") == "my pin is [redacted security code]"
    assert memory.agent_turn("Order 1004 is here.") == "Order 1004 is here."


def test_what_a_tool_was_given_before_the_callers_words_were_there_is_taken_out_then() -> None:
    memory = ConversationMemory(STRICT)
    assert memory.passage("8366", "order_number") == "8366"
    memory.caller_turn("my PIN is 8366")
    (removal,) = memory.take_removals()
    assert without_removed("8366", removal) == "[redacted security code]"
    assert without_removed("no order 8366", removal) == "no order [redacted security code]"
    assert memory.agent_turn("Order 8366?") == "Order [redacted security code]?"


@pytest.mark.parametrize(
    "pieces",
    [
        ("my ssn is 523", "45", "6789"),
        ("my mail is jane", "dot doe at", "example dot com"),
        ("marie", "tiret dubois 46 arobase", "orange point fr"),
        ("marie.dubois", "arobase", "free.fr"),
        ("JC", "55 50", "07 D"),
        ("LNT", "VGC 88R12 C026A"),
        ("seven seven", "two one one one three six", "three"),
        ("196", "763", "711"),
    ],
)
def test_what_nobody_asked_for_is_not_kept_in_pieces_either(pieces: tuple[str, ...]) -> None:
    rows, _ = keep([(CALLER, piece) for piece in pieces])
    assert [row.partition("[redacted")[0] for row in rows] == [
        "my ssn is " if "ssn" in pieces[0] else "my mail is " if "mail" in pieces[0] else "",
        *[""] * (len(pieces) - 1),
    ]


def test_pieces_of_an_address_are_in_no_line_where_they_look_like_one() -> None:
    _, lines = keep([(CALLER, "my mail is jane"), (CALLER, "dot doe klammeraffe")])
    assert lines == ["my mail is [redacted email]", "dot [redacted email]"]


@pytest.mark.parametrize(
    "said",
    [
        ("my email does not work", "I am at home", "thanks"),
        ("yes", "at home dot com is where I bought it"),
        ("OK", "0172"),
        ("call me at 10",),
        ("My order number is", "120416000"),
        ("the invoice is RG 12",),
        ("120416", "what else"),
        ("1004", "1007"),
    ],
)
def test_what_only_looks_like_the_beginning_of_something_stays(said: tuple[str, ...]) -> None:
    rows, _ = keep([(CALLER, text) for text in said])
    assert rows == list(said)


def test_a_password_is_known_again_and_goes_where_it_was_announced() -> None:
    rows, _ = keep(
        [
            (CALLER, "I forgot my password."),
            (CALLER, "no idea, my password is hunter2x"),
            (AGENT, "I will note hunter2x."),
            (CALLER, "mein Passwort ist"),
            (CALLER, "sonnenschein"),
            (CALLER, "my password for the shop is:"),
            (CALLER, "well, it is Blue99sky, thanks"),
            (CALLER, "thanks"),
        ]
    )
    assert rows == [
        "I forgot my password.",
        "no idea, my password is [redacted]",
        "I will note [redacted].",
        "mein Passwort ist",
        "[redacted]",
        "my password for the shop is:",
        "well, it is [redacted], thanks",
        "thanks",
    ]
