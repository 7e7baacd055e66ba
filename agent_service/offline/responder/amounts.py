"""Amounts and quantities in speech: "nineteen ninety nine", "$49.99", "twenty dollars and fifty
cents"."""

import re
from dataclasses import dataclass
from decimal import Decimal

from agent_service.offline.english.money_words import HUNDREDTHS, SIGNS
from agent_service.offline.responder.spoken_numbers import NumberRun, number_runs

_CURRENCY = re.compile(
    rf"\s*(?:{'|'.join(SIGNS)}|pound|bucks?|quid|francs?|usd|eur|gbp|chf)\b|\s*[$€£]", re.I
)
_CENTS = re.compile(rf"\s*(?:{'|'.join(HUNDREDTHS)})\b|p\b", re.I)
_COUNT_WORDS = {
    "both": 2,
    "a couple of": 2,
    "a couple": 2,
    "a pair of": 2,
    "a dozen": 12,
    "half a dozen": 6,
    "once": 1,
    "twice": 2,
    "a single": 1,
}


@dataclass(frozen=True, slots=True)
class HeardAmount:
    value: Decimal
    start: int
    end: int
    is_money: bool


def heard_amounts(text: str) -> list[HeardAmount]:
    """Return the numbers in the text read as amounts; money when a currency stands beside them."""
    found: list[HeardAmount] = []
    for run in number_runs(text):
        after = _CURRENCY.match(text, run.end)
        before = text[: run.start].rstrip()[-1:] in {"$", "€", "£"}
        value = Decimal(str(run.value)).normalize()
        if (
            found
            and found[-1].is_money
            and _CENTS.match(text, run.end)
            and _is_and(text, found[-1], run)
        ) or (found and found[-1].is_money and _is_bare_cents(text, found[-1], run)):
            last = found.pop()
            found.append(HeardAmount(last.value + value / 100, last.start, run.end, True))
        elif _CENTS.match(text, run.end) and not after:
            found.append(HeardAmount(value / 100, run.start, run.end, True))
        elif after or before:
            end = after.end() if after else run.end
            found.append(HeardAmount(_spoken_price(run, value), run.start, end, True))
        else:
            found.append(HeardAmount(value, run.start, run.end, False))
    return found or _counted(text)


def price(run_text: str) -> Decimal | None:
    """Return the price that a bare answer names: "nineteen ninety nine" is 19.99."""
    amounts = heard_amounts(run_text)
    runs = number_runs(run_text)
    if len(amounts) != 1 or len(runs) != 1:
        return amounts[0].value if amounts else None
    return _spoken_price(runs[0], amounts[0].value)


def _spoken_price(run: NumberRun, value: Decimal) -> Decimal:
    """Two groups said one after the other are whole and hundredths."""
    if not run.is_single and len(run.digits) in {3, 4} and not run.digits.startswith("0"):
        return (value / 100).normalize()
    return value


def _is_and(text: str, last: HeardAmount, run: NumberRun) -> bool:
    return text[last.end : run.start].strip().lower() in {"", "and"}


def _is_bare_cents(text: str, last: HeardAmount, run: NumberRun) -> bool:
    is_whole = last.value == last.value.to_integral_value()
    return is_whole and len(run.digits) == 2 and _is_and(text, last, run)


def _counted(text: str) -> list[HeardAmount]:
    for words in sorted(_COUNT_WORDS, key=len, reverse=True):
        m = re.search(rf"\b{words}\b", text, re.I)
        if m:
            return [HeardAmount(Decimal(_COUNT_WORDS[words]), m.start(), m.end(), False)]
    return []
