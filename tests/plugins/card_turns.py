"""Conversations in which a card number comes in pieces, and such in which other numbers do."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from card_corpus import (
    NETWORKS,
    Chance,
    Spelling,
    card,
    consecutive,
    digits_of,
    groups,
    in_pairs,
    in_words,
    joined,
    orders,
    pair,
    singly,
    with_doubles,
)

from agent_service.redaction import CardMemory, without_digits_of


@dataclass(frozen=True)
class Said:
    """A turn: by the caller or the agent, and what of it belongs to a card."""

    is_caller: bool
    text: str
    piece: str = ""
    count: int = 0
    """Digits of the piece."""


Conversation = list[Said]

_OPENINGS: Final = {
    "made with": ("My card number is {}", "my card is {}", "Meine Kartennummer ist {}"),
    "held apart": (
        "It's a Mastercard, {}",
        "I want to pay by card, the number is {}",
        "mon numéro de carte est {}",
        "El número de mi tarjeta es {}",
        "La mia carta: {}",
        "o meu cartão é o {}",
    ),
}
_BETWEEN: Final = {
    "made with": ("Go on.", "So {}, and then?", "What is the order number, please?", ""),
    "held apart": (
        "Okay, {}. Next?",
        "Sorry, I did not hear that.",
        "Wie lautet Ihre Bestellnummer?",
        "Call you back on Monday at 9 AM at the number ending in 11. Shall I go ahead?",
        "",
    ),
}
_ASKED: Final = {
    "made with": ("Please read me your card number.", "Bitte nennen Sie Ihre Kartennummer."),
    "held apart": ("What is the long number on the card?", "Quel est le numéro de votre carte ?"),
}
_SPELLINGS: Final[dict[str, tuple[Spelling, ...]]] = {
    "made with": (joined(" "), joined(""), singly(" "), in_words("en"), in_words("de")),
    "held apart": (
        *map(joined, ("-", ", ")),
        *map(in_words, ("fr", "es", "it", "pt")),
        *map(with_doubles, ("en", "es")),
        *map(in_pairs, ("en", "fr", "de")),
    ),
}


def _pieces(digits: str, count: int) -> list[str]:
    """Cut a number between the groups that are printed on the card."""
    parts = groups(digits)
    per = -(-len(parts) // count)
    return ["".join(parts[at : at + per]) for at in range(0, len(parts), per)]


def announced(half: str, chance: Chance) -> Conversation:
    """The caller says that it is a card, and gives it in two to four turns."""
    return _told(half, chance, chance.choice(_OPENINGS[half]), ())


def asked_for(half: str, chance: Chance) -> Conversation:
    """The agent asks for the card; the caller gives only digits."""
    return _told(half, chance, "{}", (Said(False, chance.choice(_ASKED[half])),))


def unannounced(half: str, chance: Chance) -> Conversation:
    """Nobody says what the digits are."""
    return _told(half, chance, "{}", (), between=("Go on.", "Yes?", ""))


def _told(
    half: str,
    chance: Chance,
    opening: str,
    before: Sequence[Said],
    between: Sequence[str] | None = None,
) -> Conversation:
    digits = card(chance.choice(list(NETWORKS)), chance)
    spell = chance.choice(_SPELLINGS[half])
    turns = list(before)
    for index, piece in enumerate(_pieces(digits, chance.randrange(2, 5))):
        spelled = spell(piece, chance)
        turns.append(
            Said(True, (opening if index == 0 else "{}").format(spelled), spelled, len(piece))
        )
        answer = chance.choice(between or _BETWEEN[half])
        if answer:
            repeated = (spelled, len(piece)) if "{}" in answer else ("", 0)
            turns.append(Said(False, answer.format(spelled), *repeated))
    return turns


# --- conversations whose numbers stay ---


def order_asked_for(half: str, chance: Chance) -> Conversation:
    questions = {
        "made with": ("What is the order number?", "Wie lautet die Bestellnummer?"),
        "held apart": ("Which order do you mean?", "¿Cuál es el número de pedido?"),
    }
    said = chance.choice(orders(1, chance)) if half == "made with" else consecutive(1, chance)[0]
    answer = chance.choice(
        (said, f"it is {said}", f"{pair('en', said[:2])} {pair('en', said[2:])}")
    )
    return [
        Said(True, "My card was charged twice."),
        Said(False, chance.choice(questions[half])),
        Said(True, answer),
        Said(False, "Thank you. And the other one?"),
        Said(True, str(chance.randrange(1000, 7000))),
    ]


def order_told(half: str, chance: Chance) -> Conversation:
    number = orders(1, chance)[0]
    told = {"made with": "my order is {}", "held apart": "c'est la commande {}"}[half]
    return [Said(True, told.format(number)), Said(False, "Thanks."), Said(True, f"order {number}")]


def telephone(half: str, chance: Chance) -> Conversation:
    number = {
        "made with": f"+4915{digits_of(9, chance)}",
        "held apart": f"0151 {digits_of(4, chance)} {digits_of(4, chance)}",
    }[half]
    return [
        Said(True, "Please call me back."),
        Said(False, "What is your phone number?"),
        Said(True, number),
        Said(False, f"I have {number}. Is that right?"),
    ]


def long_number(half: str, chance: Chance) -> Conversation:
    number = digits_of(chance.randrange(4, 11), chance)
    question = {
        "made with": "What is your customer number?",
        "held apart": "Qual é o número da encomenda?",
    }[half]
    return [Said(False, question), Said(True, number)]


PIECES: Final = {
    "announced as a card": announced,
    "asked for by the agent": asked_for,
    "not announced": unannounced,
}
STAY: Final[dict[str, Callable[[str, Chance], Conversation]]] = {
    "order number that the agent asked for": order_asked_for,
    "order number that the caller names": order_told,
    "telephone number": telephone,
    "4 to 10 digits that the agent asked for": long_number,
}


@dataclass(frozen=True)
class Kept:
    """What the record holds of a conversation."""

    lines: list[str]
    """As they were logged."""
    rows: list[str]
    """As they are in the end."""


def keep(turns: Conversation) -> Kept:
    """Record a conversation as the service does."""
    memory = CardMemory()
    lines: list[str] = []
    rows: list[str] = []
    for turn in turns:
        row = memory.caller_turn(turn.text) if turn.is_caller else memory.agent_turn(turn.text)
        rows.append(row)
        lines.append(memory.for_log(row))
        for digits in memory.take_digits():
            rows = [without_digits_of(row, digits, memory.others) for row in rows]
    return Kept(lines, rows)


def digits_left(turns: Conversation, texts: list[str]) -> int:
    """Return how many of the card's digits still stand in the texts; the agent's repeat them."""
    left = {
        turn.piece: turn.count
        for turn, text in zip(turns, texts, strict=True)
        if turn.piece and turn.piece in text
    }
    return sum(left.values())


def conversations(
    make: Callable[[str, Chance], Conversation], half: str, count: int
) -> Iterator[Conversation]:
    chance = random.Random(f"{make.__name__}{half}")
    for _ in range(count):
        yield make(half, chance)
