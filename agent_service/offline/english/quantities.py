"""Amounts, counted numbers and ranges as people say them, whatever notation they are written in."""

import re
from typing import Final

from agent_service.number_words import cardinal

_UNITS: Final = {
    "$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny"), "¥": ("yen", ""),
    "CHF": ("franc", "centime"),
}  # fmt: skip
_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "d": "$", "e": "€", "p": "£"}
"""By code, and by the first letter of a name that is written out."""
_PLURALS: Final = {"yen": "yen", "penny": "pence"}
_SIGN: Final = r"(?:[$€£¥]|\b(?:USD|EUR|GBP|JPY|CHF)\b)"
_NUMBER: Final = (
    r"(?P<number>\d{1,3}(?:(?P<mark>[ ,.'\u00a0\u202f])\d{3})(?:(?P=mark)\d{3})*(?:[.,]\d{1,2})?"
    r"|\d+(?:[.,]\d{1,2})?)(?!\d|[.,]\d)"
)
_MINUS: Final = r"(?P<minus>(?<![\w.])[-\u2212])?"
_MONEY: Final = (
    re.compile(rf"{_MINUS}(?P<sign>{_SIGN}) ?{_NUMBER}"),
    re.compile(rf"{_MINUS}(?<![\w.,$€£¥]){_NUMBER}\s?(?P<sign>{_SIGN}|(?:dollar|euro|pound)s?\b)"),
)
_COUNTED: Final = re.compile(
    r"(?<![\w$€£.,:/#-])(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{4,6})(?=,? [a-z]{2,}s\b)"
    r"|(?<![\w.,])\d{1,3}(?:[ \u00a0\u202f]000)+\b"
)
_END: Final = r"(?:\d{1,3}|\d+[.,]\d\d)(?: ?[ap]\.?m\.?)?"
_RANGE: Final = re.compile(
    rf"(?<![\w.,/-])({_SIGN}?{_END})\s?[-\u2013]\s?"
    rf"(?={_SIGN}?{_END}(?:\s?{_SIGN}|(?=\W* [a-z])|[.,!?]?$))"
)
_YEARS: Final = re.compile(r"\b((?:19|20)\d\d)(?: to |[-\u2013])((?:19|20)\d\d)\b")
_BELOW_ZERO: Final = re.compile(r"(?<![\w.-])[-\u2212](?=\d)")
_DOTTED: Final = re.compile(r"\bv?(?!\d{1,2}\.\d{1,2}\.\d{4}\b)\d+(?:\.\d+){2,}\b")
_FRACTION: Final = re.compile(r"(\d?)([½¼¾])")
_FRACTIONS: Final = {"½": "a half", "¼": "a quarter", "¾": "three quarters"}


def with_quantities(text: str) -> str:
    """Write amounts of money, counted thousands, ranges, fractions and versions in words."""
    text = _FRACTION.sub(lambda m: f"{m[1]} and {_FRACTIONS[m[2]]}".removeprefix(" and "), text)
    text = _YEARS.sub(lambda m: f"{_year(m[1])} to {_year(m[2])}", text)
    text = _RANGE.sub(r"\1 to ", text)
    for money in _MONEY:
        text = money.sub(_amount, text)
    text = _BELOW_ZERO.sub("minus ", text)
    text = _DOTTED.sub(lambda m: re.sub(r"\.", " dot ", m.group()).replace("v", "V "), text)
    return _COUNTED.sub(lambda m: in_words(int(re.sub(r"\D", "", m.group()))), text)


def in_words(value: int) -> str:
    """Return a whole number as it is counted."""
    for size, name in ((1_000_000, "million"), (1_000, "thousand")):
        if value >= size:
            count, rest = divmod(value, size)
            said = f"{in_words(count)} {name}"
            return f"{said}{' and' * (rest < 100)} {in_words(rest)}" if rest else said
    return cardinal(value, "en")


def _amount(found: re.Match[str]) -> str:
    sign = found["sign"].strip()
    unit, hundredth = _UNITS[sign if sign in _UNITS else _SIGNS.get(sign, _SIGNS.get(sign[0], ""))]
    decimal = re.search(r"[.,](\d{1,2})$", found["number"])
    whole = found["number"][: decimal.start()] if decimal else found["number"]
    units = int(re.sub(r"\D", "", whole))
    hundredths = int(decimal[1].ljust(2, "0")) if decimal else 0
    said = [_counted(units, unit)] if units or not hundredths else []
    said += [_counted(hundredths, hundredth)] if hundredths and hundredth else []
    return f"{'minus ' if found['minus'] else ''}{' and '.join(said)}"


def _counted(value: int, unit: str) -> str:
    return f"{in_words(value)} {unit if value == 1 else _PLURALS.get(unit, unit + 's')}"


def _year(digits: str) -> str:
    """Return a year, so that the voice takes it for nothing else."""
    century, rest = divmod(int(digits), 100)
    if rest == 0 or (century == 20 and rest < 10):
        return in_words(int(digits))
    return f"{in_words(century)} {'oh ' * (rest < 10)}{in_words(rest)}"
