"""Whatever lies between the pieces of an announced card, no row and no log line keeps them."""

from itertools import pairwise
from random import Random

import pytest
from card_corpus import LANGUAGES, Spelling, in_pairs, in_words, joined, singly, with_doubles
from card_turns import Said, digits_left, keep
from hypothesis import given
from hypothesis import strategies as st

from agent_service.number_words import cardinal
from agent_service.redaction import REDACTED, REDACTED_CARD, CardMemory, redact_json
from agent_service.redaction.number_words import digits_at

CARDS = st.sampled_from(
    [
        "4012888888881881",
        "5555555555554444",
        "378282246310005",
        "30569309025904",
        "6011111111111117",
    ]
)
OPENINGS = st.sampled_from(
    [
        "My card number is {}",
        "Meine Kartennummer lautet {}",
        "mon numéro de carte est {}",
        "el número de mi tarjeta es {}",
        "il numero della carta è {}",
        "o número do meu cartão é {}",
    ]
)
BETWEEN = st.sampled_from(
    [
        "",
        "Go on.",
        "Is this about your parcel 1007?",
        "I have your order here. Please go on.",
        "I cannot find order 4312.",
        "Geht es um Ihr Paket?",
        "Je ne trouve pas la commande 4312.",
        "Was that the invoice from Monday?",
    ]
)
SPELLINGS: list[Spelling] = [
    *(joined(" "), joined("-"), singly(" "), singly(", ")),
    *map(in_words, LANGUAGES),
    *map(in_pairs, LANGUAGES),
    *map(with_doubles, LANGUAGES),
]


@st.composite
def told(draw: st.DrawFn) -> list[Said]:
    """Return a card that is told in up to eight turns, of one digit or more each."""
    digits, spell = draw(CARDS), draw(st.sampled_from(SPELLINGS))
    cuts = draw(st.sets(st.integers(1, len(digits) - 1), max_size=7))
    pieces = [digits[a:b] for a, b in pairwise([0, *sorted(cuts), len(digits)])]
    turns: list[Said] = []
    for index, piece in enumerate(pieces):
        spelled = spell(piece, Random(0))
        text = draw(OPENINGS).format(spelled) if index == 0 else spelled
        turns.append(Said(True, text, spelled, len(piece)))
        if between := draw(BETWEEN):
            turns.append(Said(False, between))
    return turns


@given(told())
def test_an_announced_card_is_neither_in_a_row_nor_in_a_line(turns: list[Said]) -> None:
    kept = keep(turns)
    assert digits_left(turns, kept.rows) == 0
    assert digits_left(turns, kept.lines) == 0


@given(st.integers(1000, 9999), BETWEEN, st.booleans())
def test_an_order_number_stays_in_its_row(number: int, before: str, is_asked: bool) -> None:
    memory = CardMemory()
    memory.agent_turn(before)
    if is_asked:
        memory.agent_turn("What is the order number?")
    said = f"it is {number}" if is_asked else f"my order is {number}"
    assert memory.caller_turn(said) == said
    assert memory.for_log(said) == said
    assert memory.take_digits() == ()


@given(st.sampled_from(LANGUAGES), st.integers(0, 9999))
def test_every_cardinal_is_read(language: str, value: int) -> None:
    words = cardinal(value, language).replace("-", " ").split()
    assert digits_at(words, 0, is_among=False) == (str(value), len(words))


def test_a_tool_gives_no_piece_back() -> None:
    memory = CardMemory()
    memory.caller_turn("my card is 4012 8888")
    assert memory.passage("I cannot find order 4012") == f"I cannot find order {REDACTED_CARD}"


def test_zeros_go_on_with_a_card_and_begin_a_telephone_number_when_one_is_asked_for() -> None:
    memory = CardMemory()
    memory.caller_turn("my card number is 36")
    assert memory.caller_turn("0035 0257 2041") == REDACTED_CARD
    memory = CardMemory()
    memory.caller_turn("my card number is 36")
    memory.agent_turn("What is your phone number?")
    assert memory.caller_turn("0049 151 1234") == "0049 151 1234"


def test_a_card_of_a_rare_length_may_go_on() -> None:
    memory = CardMemory()
    memory.caller_turn("my card number is 63041943")
    memory.caller_turn("1617794")
    assert memory.caller_turn("48") == REDACTED_CARD


def test_an_order_that_was_named_before_stays() -> None:
    memory = CardMemory()
    memory.caller_turn("it is about order 4012")
    memory.caller_turn("my card is 4012 8888 8888 1881")
    assert memory.passage("order 4012 was paid") == "order 4012 was paid"


def test_a_number_that_may_become_a_card_is_in_its_row_and_in_no_line() -> None:
    memory = CardMemory()
    assert memory.caller_turn("4111") == "4111"
    assert memory.for_log("4111") == REDACTED_CARD
    assert memory.for_log("order 4111") == "order 4111"


@pytest.mark.parametrize(
    "said",
    [
        "it was 449.95",
        "44,95",
        "the total is 449",
        "I paid 4499 for it",
        "der Preis ist 449",
        "j'ai payé 449",
        "el importe es 4490",
        "ho pagato 449",
        "o custo é 449",
    ],
)
def test_a_price_is_no_piece_of_a_card(said: str) -> None:
    memory = CardMemory()
    assert memory.caller_turn(said) == said
    assert memory.for_log(said) == said
    assert not memory.is_doubtful


def test_prices_stay_in_lines_whatever_the_caller_said() -> None:
    memory = CardMemory()
    memory.caller_turn("449")
    result = '{"total": 449.95, "cost_usd": 449, "amount_minor": 449, "order_id": "449"}'
    assert redact_json(result, memory.for_log) == result
    assert redact_json('{"number": 449}', memory.for_log) == f'{{"number": "{REDACTED_CARD}"}}'


def test_what_looks_like_a_price_is_the_cards_that_was_asked_for() -> None:
    memory = CardMemory()
    memory.agent_turn("What is your card number?")
    assert memory.caller_turn("41.11") == REDACTED_CARD
    assert memory.caller_turn("my total is 1111") == f"my total is {REDACTED_CARD}"


def test_a_code_is_a_cards_once_a_card_follows() -> None:
    memory = CardMemory()
    assert memory.caller_turn("the code is 456") == "the code is 456"
    memory.caller_turn("my card is 4111 1111 1111 1111")
    assert "456" in memory.take_digits()
    later = CardMemory()
    later.caller_turn("the code is 456")
    for _ in range(4):
        later.caller_turn("are you there? it is 1")
    later.caller_turn("my card is 4111 1111 1111 1111")
    assert later.take_digits() == ()


def test_a_short_piece_is_removed_where_it_is_repeated_alone() -> None:
    memory = CardMemory()
    memory.caller_turn("my card number is 41")
    assert memory.agent_turn("41, and then?") == f"{REDACTED_CARD}, and then?"
    assert memory.agent_turn("There are 41 pieces in stock.") == "There are 41 pieces in stock."


def test_codes_and_dates_go_with_their_card_alone() -> None:
    card = "4111 1111 1111 1111"
    for text, left in (
        (f"{card}, 12/27, 456", f"{REDACTED_CARD}, {REDACTED}, {REDACTED}"),
        (f"{card} 0428 321", f"{REDACTED_CARD} {REDACTED} {REDACTED}"),
        (f"{card}, code au dos 321", f"{REDACTED_CARD}, code au {REDACTED}"),
        (f"order code 456, {card}", f"order code 456, {REDACTED_CARD}"),
        ("code 456", "code 456"),
        ("the voucher expires 12/27", "the voucher expires 12/27"),
        ("the PIN of my card is 4561", f"the PIN of my card is {REDACTED}"),
    ):
        memory = CardMemory()
        assert memory.caller_turn(text) == left
        assert memory.take_digits() == ()
