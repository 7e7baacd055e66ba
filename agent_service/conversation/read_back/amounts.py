"""Reads amounts of money: ``$24.99``, ``24 dollars 99``, ``vierundzwanzig Euro neunundneunzig``."""

from agent_service.conversation.read_back.language import Language
from agent_service.conversation.read_back.text import Number, Text, decimal

_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_BEFORE_SIGN = {"r": "real", "us": "dollar"}
_MOST_WORDS = 3
_WHOLE = 100
CENT = "cent"
"""Stands for the currency where only its hundredths are named."""


def amount(text: Text, at: int) -> tuple[str, int] | None:
    """Return the amount that begins there, and where it ends."""
    return _sign_first(text, at) or _number_first(text, at)


def _sign_first(text: Text, at: int) -> tuple[str, int] | None:
    sign = _sign(text, at)
    if sign is None:
        return None
    currency, start = sign
    if (parts := _decimal(text, start)) is not None:
        return _said(currency, parts), start + 1
    number = text.number(start)
    return (_said(currency, (number.digits, "00")), number.end) if number else None


def _number_first(text: Text, at: int) -> tuple[str, int] | None:
    if (parts := _decimal(text, at)) is not None:
        sign = _currency(text, at + 1)
        return (_said(sign[0], parts), sign[1]) if sign else None
    number = text.number(at)
    if number is None:
        return None
    if (pointed := _pointed(text, number)) is not None:
        return pointed
    if (sign := _currency(text, number.end)) is None:
        return _in_cents(text, number)
    currency, end = sign
    minor = _minor(text, end)
    if minor is not None:
        return _said(currency, (number.digits, minor[0])), minor[1]
    return _said(currency, (number.digits, "00")), end


def _in_cents(text: Text, number: Number) -> tuple[str, int] | None:
    """Return an amount of hundredths alone, of whatever currency: ``19 cents``."""
    word = text.word(number.end) if text.follows(number.end) else ""
    is_cents = word in text.language.cents and len(word) > 1
    if not is_cents or not 0 < number.value < _WHOLE:
        return None
    return _said(CENT, ("0", f"{number.value:02d}")), number.end + 1


def _pointed(text: Text, whole: Number) -> tuple[str, int] | None:
    """Return an amount whose point is said: ``cincuenta y dos con treinta euros``."""
    if text.word(whole.end) not in text.language.points or not text.follows(whole.end):
        return None
    part = text.number(whole.end + 1)
    sign = _currency(text, part.end) if part is not None and 9 < part.value < 100 else None
    return (_said(sign[0], (whole.digits, part.digits)), sign[1]) if part and sign else None


def _decimal(text: Text, at: int) -> tuple[str, str] | None:
    return decimal(text.tokens[at].text) if at < len(text) else None


def _sign(text: Text, at: int) -> tuple[str, int] | None:
    """Return the currency that stands ahead of a number."""
    before = _BEFORE_SIGN.get(text.word(at))
    if before and text.follows(at + 1) and text.word(at + 1) == "$":
        return before, at + 2
    return _named(text, at, text.language)


def _currency(text: Text, at: int) -> tuple[str, int] | None:
    """Return the currency that stands after a number."""
    return _named(text, at, text.language) if text.follows(at) else None


def _named(text: Text, at: int, language: Language) -> tuple[str, int] | None:
    for size in range(_MOST_WORDS, 0, -1):
        name = " ".join(text.word(at + step) for step in range(size))
        currency = _SIGNS.get(name) or language.currencies.get(name)
        if currency:
            return currency, at + size
    return None


def _minor(text: Text, at: int) -> tuple[str, int] | None:
    """Return the hundredths after a currency: ``99``, ``and 99 cents``."""
    if not text.follows(at):
        return None
    language = text.language
    start = at + 1 if text.word(at) in language.joints | {"con", "com"} else at
    has_zero = text.word(start) in ("oh", "zero", "null", "cero") and text.follows(start + 1)
    number = text.number(start + 1 if has_zero else start)
    if number is None or number.value > 99 or (has_zero and number.value > 9):
        return None
    if text.follows(number.end) and text.word(number.end) in language.cents:
        return f"{number.value:02d}", number.end + 1
    is_two = number.value > 9 or len(number.digits) == 2 or has_zero
    if not is_two or (start > at and text.is_thing(number.end)):  # "24 dollars and 12 lamps"
        return None
    return f"{number.value:02d}", number.end


def _said(currency: str, parts: tuple[str, str]) -> str:
    return f"{currency} {int(parts[0])}.{parts[1]}"
