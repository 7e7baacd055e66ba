"""Card numbers in every spelling, and numbers that are none, to measure redaction on.

Everything comes in two halves: rules were made looking at the first alone.
"""

import random
from collections.abc import Callable, Iterator
from typing import Final

NETWORKS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "Visa": (("4", 16),),
    "Mastercard": (*((str(two), 16) for two in range(51, 56)), ("2221", 16), ("2720", 16)),
    "American Express": (("34", 15), ("37", 15)),
    "Discover": (("6011", 16), ("644", 16), ("65", 16)),
    "Diners Club": (("300", 14), ("305", 14), ("36", 14), ("38", 14)),
    "JCB": (("3528", 16), ("3589", 16)),
    "UnionPay": (("62", 16), ("62", 19)),
    "Maestro": (("5018", 16), ("5020", 18), ("6304", 19), ("6759", 16), ("6762", 18)),
}
WITH_A_WORD: Final = {"UnionPay": (("62", 17), ("62", 18), ("8171", 16))}
"""Lengths that only a word such as "card" tells from other numbers."""

Chance = random.Random


def card(network: str, chance: Chance) -> str:
    """Return a valid number of the network."""
    beginning, length = chance.choice(NETWORKS[network])
    return valid(beginning, length, chance)


def valid(beginning: str, length: int, chance: Chance) -> str:
    """Return a number of this length with the right check digit."""
    body = beginning + "".join(chance.choices("0123456789", k=length - 1 - len(beginning)))
    total = sum(
        sum(divmod(int(digit) * 2, 10)) if index % 2 == 0 else int(digit)
        for index, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


def groups(digits: str) -> list[str]:
    """Return the groups that are printed on the card."""
    if len(digits) == 15:
        return [digits[:4], digits[4:10], digits[10:]]
    if len(digits) == 14:
        return [digits[:4], digits[4:10], digits[10:]]
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


# --- spellings ---

Spelling = Callable[[str, Chance], str]


def joined(separator: str) -> Spelling:
    return lambda digits, chance: separator.join(groups(digits))


def singly(separator: str) -> Spelling:
    return lambda digits, chance: separator.join(digits)


def other_digits(zero: str, separator: str) -> Spelling:
    table = {ord("0") + value: chr(ord(zero) + value) for value in range(10)}
    return lambda digits, chance: separator.join(groups(digits)).translate(table)


_UNITS: Final = {
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
}
_DOUBLE: Final = {
    "en": "double",
    "de": "doppel",
    "fr": "double",
    "es": "doble",
    "it": "doppio",
    "pt": "duplo",
}
_PAIRS: Final = {
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "es": "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "it": "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "pt": "dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove",
}
_TENS: Final = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante soixante-dix quatre-vingt quatre-vingt-dix",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
}


def in_words(language: str, separator: str = " ") -> Spelling:
    units = _UNITS[language].split()
    return lambda digits, chance: separator.join(units[int(digit)] for digit in digits)


def with_doubles(language: str) -> Spelling:
    units = _UNITS[language].split()

    def spell(digits: str, chance: Chance) -> str:
        words, at = [], 0
        while at < len(digits):
            is_double = digits[at : at + 2] == 2 * digits[at]
            unit = units[int(digits[at])]
            words.append(f"{_DOUBLE[language]} {unit}" if is_double else unit)
            at += 2 if is_double else 1
        return " ".join(words)

    return spell


def pair(language: str, two: str) -> str:
    """Return a number of two digits as it is said."""
    units, teens, tens = (row[language].split() for row in (_UNITS, _PAIRS, _TENS))
    ten, unit = int(two[0]), int(two[1])
    if ten == 0:
        return f"{units[0]} {units[unit]}"
    if ten == 1:
        return teens[unit]
    word = tens[ten - 2]
    match language:
        case "de":
            return f"{'ein' if unit == 1 else units[unit]}und{word}" if unit else word
        case "fr":
            if word.endswith("-dix"):
                return f"{word[:-4]}-{teens[unit]}"
            return f"{word}{' et ' if unit == 1 else '-'}{units[unit]}" if unit else word
        case "es" if ten == 2 and unit:
            return f"veinti{units[unit]}"
        case "it" if unit:
            return f"{word[:-1] if unit in (1, 8) else word}{units[unit]}"
        case "es" | "pt" if unit:
            return f"{word} {'y' if language == 'es' else 'e'} {units[unit]}"
    return f"{word}-{units[unit]}" if unit else word


def in_pairs(language: str) -> Spelling:
    def spell(digits: str, chance: Chance) -> str:
        pairs = [digits[at : at + 2] for at in range(0, len(digits) - 1, 2)]
        said = [pair(language, two) for two in pairs]
        if len(digits) % 2:
            said.append(_UNITS[language].split()[int(digits[-1])])
        return ", ".join(said)

    return spell


def mixed(language: str) -> Spelling:
    """Some groups in words, as recognisers write them."""
    units = _UNITS[language].split()

    def spell(digits: str, chance: Chance) -> str:
        parts = groups(digits)
        spoken = chance.randrange(len(parts))
        parts[spoken] = " ".join(units[int(digit)] for digit in parts[spoken])
        return " ".join(parts)

    return spell


LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt")

SPELLINGS: Final[dict[str, dict[str, tuple[Spelling, ...]]]] = {
    "made with": {
        "unbroken": (joined(""),),
        "printed groups": (joined(" "), joined("-"), joined("."), joined("\u00a0")),
        "other separators": (
            *map(joined, (", ", "  ", " - ", "\n", "\t", "/", "_", "\u2013", "\u2011", "\u202f")),
        ),
        "digit by digit": (singly(" "), singly(", "), singly("-")),
        "digits of other scripts": (other_digits("\uff10", " "), other_digits("\u0660", "")),
        "digits as words": (*map(in_words, ("en", "de", "fr")), in_words("en", ", ")),
        "doubles": (*map(with_doubles, ("en", "de", "fr")),),
        "pairs": (*map(in_pairs, ("en", "de", "fr")),),
        "words and digits": (*map(mixed, ("en", "de", "fr")),),
    },
    "held apart": {
        "unbroken": (joined(""), joined("\u200b")),
        "printed groups": (joined(" "), joined("-"), joined("\u2009"), joined(". ")),
        "other separators": (
            *map(joined, (";", " / ", ",\n", " | ", "\u2014", "\u2012", " \u2013 ", "...", "*")),
            *map(joined, ("\u2003", "\r\n", "%20", "\\n", "\\u00a0", "'", "+", '","')),
        ),
        "digit by digit": (singly("\n"), singly(". "), singly("\u00a0"), singly(" - ")),
        "digits of other scripts": (
            *(other_digits(zero, "") for zero in "\u0966\u09e6\u0e50\u06f0\U0001d7ce"),
            *(other_digits(zero, "-") for zero in "\u0966\uff10"),
            other_digits("\uff10", "\u3000"),
        ),
        "digits as words": (*map(in_words, ("es", "it", "pt")), in_words("fr", "-")),
        "doubles": (*map(with_doubles, ("es", "it", "pt")),),
        "pairs": (*map(in_pairs, ("es", "it", "pt")),),
        "words and digits": (*map(mixed, ("es", "it", "pt")),),
    },
}

SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    "made with": (
        "{}",
        "my card is {}, thanks",
        "It is {}.",
        "I paid order 1004 with my credit card {} last week",
        "Meine Kartennummer ist {}",
        "mon numéro de carte est {} et la commande 1004",
        '{{"note": "card {}", "order_number": 1004}}',
        "{} is the number",
        "card{}exp",
        "charge it to {} please",
    ),
    "held apart": (
        "Yes. {}",
        "so that would be {}, and the name is Jane Doe",
        "the visa ending soon, {}, was charged 25 euros for order 1007",
        "Kreditkarte: {}; gültig bis 04/28",
        "la mia carta è {} grazie",
        "mi tarjeta de crédito es {}",
        "o número do meu cartão é {}, obrigado",
        "ma carte bancaire, c'est {}",
        "please open a ticket: my card {} was charged twice",
        "order 1004 is wrong, refund it to {}",
        "我的卡号是{}谢谢",
        "pan={}&amount=25",
    ),
}


def spelled_cards(half: str, kind: str, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield sentences with a card in this kind of spelling, and what must be left of them."""
    chance = random.Random(f"{half}{kind}{seed}")
    for index in range(count):
        digits = card(list(NETWORKS)[index % len(NETWORKS)], chance)
        spelled = chance.choice(SPELLINGS[half][kind])(digits, chance)
        sentence = chance.choice(SENTENCES[half])
        if sentence == "card{}exp" and any(c.isalpha() for c in spelled):
            sentence = "my card is {}"  # words do not stick to others
        left = sentence.format("[redacted card]").replace("04/28", "[redacted]")
        yield sentence.format(spelled), left


# --- what stays ---


def digits_of(count: int, chance: Chance) -> str:
    return "".join(chance.choices("0123456789", k=count))


def orders(count: int, chance: Chance) -> list[str]:
    return [str(chance.randrange(1000, 7000)) for _ in range(count)]


def consecutive(count: int, chance: Chance) -> list[str]:
    first = chance.randrange(4000, 5000)
    return [str(first + index) for index in range(count)]


def ean(chance: Chance) -> str:
    body = chance.choice(("40", "41", "42", "43", "44", "50", "30", "37", "60")) + digits_of(
        10, chance
    )
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return body + str(-total % 10)


STAYS: Final[dict[str, dict[str, Callable[[Chance], str]]]] = {
    "made with": {
        "+4915x": lambda c: f"call me at +4915{digits_of(9, c)}",
        "+4917x": lambda c: f"+4917{digits_of(8, c)}",
        "+49 151 xxxxxxxx": lambda c: f"my mobile is +49 151 {digits_of(8, c)}",
        "+628x": lambda c: f"+628{digits_of(10, c)}",
        "+436x": lambda c: f"+436{digits_of(10, c)}",
        "+43664": lambda c: f"+43664{digits_of(8, c)}",
        "four consecutive order numbers": lambda c: "orders " + " ".join(consecutive(4, c)),
        "four order numbers": lambda c: "orders " + " ".join(orders(4, c)),
        "EAN-13": ean,
        "ISO dates": lambda c: f"2026-11-{c.randrange(10, 29)} 14:51:54 to 2026-11-23 09:00:00",
        "IMEI": lambda c: f"the IMEI is {valid('35', 15, c)}",
        "tracking number with its word": lambda c: f"tracking number {valid('4', 16, c)}",
    },
    "held apart": {
        "0049 15x": lambda c: f"rufen Sie mich unter 004915{digits_of(9, c)} an",
        "0062 8x": lambda c: f"0062 8{digits_of(2, c)} {digits_of(4, c)} {digits_of(4, c)}",
        "+49 (0)15x": lambda c: f"+49 (0)151 {digits_of(4, c)} {digits_of(4, c)}",
        "+55, +52, +36, +34, +37, +30": lambda c: (
            f"+{c.choice(('55', '52', '36', '34', '37', '30'))} {digits_of(3, c)} "
            f"{digits_of(3, c)} {digits_of(4, c)}"
        ),
        "two telephone numbers": lambda c: f"+4915{digits_of(9, c)} or +4917{digits_of(8, c)}",
        "consecutive, without a word": lambda c: ", ".join(consecutive(4, c)),
        "five order numbers": lambda c: "Bestellungen " + ", ".join(orders(5, c)),
        "four order numbers, asked for": lambda c: (
            "¿dónde están los pedidos " + " ".join(orders(4, c)) + "?"
        ),
        "four in words": lambda c: (
            "order numbers "
            + ", ".join(f"{pair('en', n[:2])} {pair('en', n[2:])}" for n in orders(4, c))
        ),
        "EAN list": lambda c: f"EAN {ean(c)} and {ean(c)}, {ean(c)}",
        "article numbers": lambda c: f'{{"sku": "{ean(c)}", "quantity": 2}}',
        "GTIN-14 with its word": lambda c: f"GTIN: {digits_of(14, c)}",
        "parcel number with its word": lambda c: f"Sendungsnummer {valid('5', 18, c)}",
        "time stamps": lambda c: f"202611{c.randrange(10, 28)}145154, 17{digits_of(14, c)}",
        "identifiers": lambda c: (
            f"019a7f4e-{digits_of(4, c)}-7{digits_of(3, c)}-8111-{digits_of(12, c)}"
        ),
        "hashes": lambda c: f"sha256 {''.join(c.choices('0123456789abcdef', k=64))}",
        "fractions": lambda c: f"0.{digits_of(16, c)} seconds",
    },
}
