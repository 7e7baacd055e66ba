"""Numbers in digits, and the words that people say for them in the six languages."""

from typing import Final

from agent_service.conversation.answering.phrases import Choice, Phrase, Row, Word, optional
from agent_service.number_words import SMALL, VARIANTS, cardinal

MOST_DIGITS: Final = 6


def number(digits: str, language: str) -> Phrase:
    """Return the ways to say a number."""
    ways: list[Phrase] = [Word(digits), _digit_by_digit(digits, language)]
    if not digits.startswith("0") and len(digits) <= MOST_DIGITS:
        ways.append(_said(cardinal(int(digits), language)))
    if len(digits) in (4, 6):
        pairs = (digits[at : at + 2] for at in range(0, len(digits), 2))
        ways.append(Row(tuple(_pair(pair, language) for pair in pairs)))
    return Choice(tuple(ways))


def value(word: str, language: str) -> str | None:
    """Return the digits of a number: of digits, or of a word that things are counted with."""
    if word.isdigit():
        return word
    for number, name in enumerate(SMALL[language].split()):
        if word in (name, *VARIANTS[language].get(name, ())):
            return str(number)
    return None


def _digit_by_digit(digits: str, language: str) -> Phrase:
    small, variants = SMALL[language].split(), VARIANTS[language]
    return Row(
        tuple(
            Choice((Word(digit), *map(Word, (name, *variants.get(name, ())))))
            for digit in digits
            for name in (small[int(digit)],)
        )
    )


def _pair(digits: str, language: str) -> Phrase:
    if digits.startswith("0"):
        return _digit_by_digit(digits, language)
    return Choice((Word(digits), _said(cardinal(int(digits), language))))


def _said(text: str) -> Phrase:
    """Return the words of a cardinal; an "and" in it may be left out."""
    words = text.replace("-", " ").split()
    return Row(tuple(optional(Word(word)) if word == "and" else Word(word) for word in words))
