"""Numbers are read as they are said in six languages."""

import pytest

from agent_service.redaction.number_words import digits_at, folded


def said(text: str) -> list[str]:
    words = [folded(word) for word in text.replace("-", " ").split()]
    digits: list[str] = []
    at = 0
    while at < len(words):
        number = digits_at(words, at, is_among=bool(digits))
        if number is None:
            digits.append(words[at])
            at += 1
        else:
            digits.append(number[0])
            at = number[1]
    return digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four one oh nought", "4 1 0 0"),
        ("double four triple one", "44 111"),
        ("double glazing", "double glazing"),
        ("forty-one eleven twenty", "41 11 20"),
        ("four thousand one hundred and eleven", "4111"),
        ("seven hundred", "700"),
        ("four to one for one", "4 2 1 4 1"),
        ("one to many", "1 to many"),
        ("eins zwo drei", "1 2 3"),
        ("einundvierzig fünfzehn dreißig", "41 15 30"),
        ("zweimal die vier", "44"),
        ("quatre un zéro", "4 1 0"),
        ("quarante et un onze", "41 11"),
        ("soixante-dix-sept soixante et onze", "77 71"),
        ("quatre-vingts quatre-vingt-onze quatre-vingt-dix-neuf", "80 91 99"),
        ("dix-sept septante-deux nonante", "17 72 90"),
        ("quatre mille cent onze", "4111"),
        ("mille cent onze", "1111"),
        ("quatre cents un", "401"),
        ("cuarenta y uno veintidós dieciséis", "41 22 16"),
        ("cuatro mil ciento once", "4111"),
        ("doscientos cinco", "205"),
        ("quarantuno ventotto trentatré sessantasei", "41 28 33 66"),
        ("quarenta e um dezasseis três", "41 16 3"),
        ("4 double 4", "4 44"),
    ],
)
def test_number_words_are_digits(text: str, digits: str) -> None:
    assert " ".join(said(text)) == digits
