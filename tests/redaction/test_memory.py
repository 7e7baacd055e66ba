"""A card that comes in pieces is removed as it comes, and other numbers stay."""

import pytest
from card_turns import PIECES, STAY, conversations, digits_left, keep

from agent_service.redaction import REDACTED_CARD, CardMemory, without_digits_of


def kept(*turns: str) -> list[str]:
    """Return what the record keeps of turns; those of the agent begin with a sign."""
    memory = CardMemory()
    return [
        memory.agent_turn(turn[2:]) if turn.startswith("> ") else memory.caller_turn(turn)
        for turn in turns
    ]


def test_pieces_after_a_card_word_are_removed_at_once() -> None:
    assert kept("My card number is 4111 1111", "> Go on.", "1111", "> Yes?", "1111.") == [
        f"My card number is {REDACTED_CARD}",
        "Go on.",
        REDACTED_CARD,
        "Yes?",
        f"{REDACTED_CARD}.",
    ]


def test_digits_that_the_agent_reads_back_are_removed() -> None:
    assert kept("my card is 4111 1111", "> So 4111 1111, and then?")[1] == (
        f"So {REDACTED_CARD}, and then?"
    )


def test_digits_that_the_agent_asked_for_are_removed() -> None:
    said = kept("> Please read me your card number.", "5500", "0055 and my order is 4003")
    assert said[1:] == [REDACTED_CARD, f"{REDACTED_CARD} and my order is 4003"]


def test_digits_after_an_announcement_are_removed() -> None:
    assert kept("It's a Visa, the card number is", "4111")[1] == REDACTED_CARD


def test_date_and_code_after_a_card_are_removed() -> None:
    assert kept("My card is 4111 1111 1111 1111", "737")[1] == REDACTED_CARD


def test_half_a_card_without_a_word_is_removed() -> None:
    assert kept("4111 1111")[0] == REDACTED_CARD
    assert kept("4111", "1111") == ["4111", REDACTED_CARD]
    assert kept("3782 822463")[0] == REDACTED_CARD


@pytest.mark.parametrize(
    "turns",
    [
        ("> What is the order number?", "4003", "> And the other?", "4127", "5920", "6001"),
        ("My card was charged twice.", "> Which order do you mean?", "4003"),
        ("My card is gone.", "> Wie lautet die Bestellnummer?", "eins null null vier"),
        ("> ¿Cuál es el número de pedido?", "4003 4004"),
        ("> What is your customer number?", "4111222233"),
        ("I was charged 4003 euros", "on 4111"),
        ("the amount was 4999", "it was on 22 November 2026"),
        ("4003", "4004", "4005", "4006"),
        ("+4915112345009", "call me on 0151 4111 1111"),
        ("my card is on credit_card_4196779", "my order is 4003"),
    ],
)
def test_other_numbers_stay(turns: tuple[str, ...]) -> None:
    assert kept(*turns) == [turn.removeprefix("> ") for turn in turns]


def test_an_order_number_that_is_asked_for_amid_a_card_stays() -> None:
    said = kept("My card is 4111 1111", "> What is the order number?", "4003")
    assert said[2] == "4003"


def test_the_rest_of_a_card_is_removed_whatever_was_asked_in_between() -> None:
    said = kept("My card is 4111 1111", "> What is the order number?", "1111 1111")
    assert said[2] == REDACTED_CARD
    assert kept("My card is 41111111", "> What is the order number?", "11111111")[2] == (
        REDACTED_CARD
    )


def test_who_announces_a_card_gives_no_order_number() -> None:
    said = kept("> What is the order number?", "Never mind, here is my card", "41112222")
    assert said[2] == REDACTED_CARD


def test_an_answer_may_take_a_moment() -> None:
    said = kept("My card is 4111 1111", "> What is the order number?", "one moment", "4003")
    assert said[3] == "4003"


def test_after_a_card_the_next_question_counts() -> None:
    said = kept("My card is 4111 1111 1111 1111", "> And the order number?", "4003")
    assert said[2] == "4003"


def test_a_card_that_does_not_go_on_is_given_up() -> None:
    said = kept("My card is 4111", "hello", "are you there", "listen", "it is 4003")
    assert said[-1] == "it is 4003"


def test_so_many_digits_are_no_rest_of_a_card() -> None:
    said = kept("my card is 41112222", *["5556 5556 5559"] * 3, "4003")
    assert said[-1] == "4003"


def test_digits_of_a_found_card_are_given_once_for_earlier_records() -> None:
    memory = CardMemory()
    memory.caller_turn("4111")
    assert memory.take_digits() == ()
    for piece in ("1111", "1111", "1111"):
        memory.caller_turn(piece)
    assert memory.take_digits() == ("4111111111111111",)
    assert memory.take_digits() == ()


def test_two_halves_without_groups_are_found_afterwards() -> None:
    memory = CardMemory()
    assert memory.caller_turn("378282") == "378282"
    assert memory.caller_turn("246310005") == REDACTED_CARD
    assert memory.take_digits() == ("378282246310005",)


def test_numbers_in_sentences_are_a_card_only_in_its_groups() -> None:
    assert kept("the first is 4111 okay", "now 1111 okay", "then 1111 okay", "last 1111 okay")[
        -1
    ] == (f"last {REDACTED_CARD} okay")
    assert kept("take 411 okay", "now 1111111 okay", "so 111111 okay")[-1] == "so 111111 okay"


def test_what_repeats_pieces_is_redacted_and_told() -> None:
    memory = CardMemory()
    memory.caller_turn("my card is 4111 2222")
    assert memory.passage("4111 2222") == REDACTED_CARD
    assert memory.take_digits() == ("41112222",)
    assert memory.passage("1004", "order_number") == "1004"


def test_an_answer_is_redacted_like_the_turn_that_follows() -> None:
    memory = CardMemory()
    memory.caller_turn("my card is 4111 2222")
    assert memory.answer("3333") == REDACTED_CARD
    assert memory.passage("you said 3333") == f"you said {REDACTED_CARD}"
    assert memory.answer("yes") == "yes"
    assert memory.caller_turn("3333") == REDACTED_CARD


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("4111, 2222", REDACTED_CARD),
        ("4111 and then 9999", f"{REDACTED_CARD} and then 9999"),
        ("2222 3333 and 5555", f"{REDACTED_CARD} and 5555"),
        ("1004 2222", f"1004 {REDACTED_CARD}"),
        ("€222", "€222"),
        ("card ending in 4444", "card ending in 4444"),
        ("order 4444", f"order {REDACTED_CARD}"),
        ("order 333", "order 333"),
        ("order 22223333", f"order {REDACTED_CARD}"),
        ("no number", "no number"),
    ],
)
def test_only_digits_of_the_card_are_taken_out_afterwards(text: str, left: str) -> None:
    assert without_digits_of(text, "4111222233334444") == left


@pytest.mark.parametrize("half", ["made with", "held apart"])
@pytest.mark.parametrize("name", PIECES)
def test_no_row_keeps_more_than_the_end_of_a_card(name: str, half: str) -> None:
    for turns in conversations(PIECES[name], half, 100):
        assert digits_left(turns, keep(turns).rows) <= 3, turns


@pytest.mark.parametrize("half", ["made with", "held apart"])
@pytest.mark.parametrize("name", STAY)
def test_conversations_about_other_numbers_are_kept_whole(name: str, half: str) -> None:
    for turns in conversations(STAY[name], half, 100):
        assert keep(turns).lines == [turn.text for turn in turns]
