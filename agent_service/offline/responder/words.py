"""Words with their places in a text, and the small word lists that several parsers read by."""

import re
from dataclasses import dataclass

_WORD = re.compile(
    r"[A-Za-z]+(?:['\u2019][A-Za-z]+)?|\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\w\s]|_"
)

STOP_WORDS = frozenset(
    word
    for line in (
        "a an the and or of to in on at for from with by is are was were be been am i me my mine",
        "you your it its this that these those we our us they them their he she his her do does",
        "did have has had can could would will should may might please just so as if then than",
        "there here what which who when where why how not no yes about into out up down get got",
        "want need like know tell let's let i'm i'd i've i'll it's don't one some any oh um uh",
        "well okay ok sorry",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    """In lower case, with straight apostrophes."""
    start: int
    end: int
    raw: str


def words_of(text: str) -> list[Word]:
    """Return words, numbers and punctuation marks in order."""
    return [
        Word(m.group().lower().replace("\u2019", "'"), m.start(), m.end(), m.group())
        for m in _WORD.finditer(text)
    ]


_IRREGULAR = {
    "children": "child", "people": "person", "men": "man", "women": "woman", "feet": "foot",
    "teeth": "tooth", "mice": "mouse", "broke": "broken", "lost": "lose", "sold": "sell",
    "sent": "send", "paid": "pay", "left": "leave", "bought": "buy",
}  # fmt: skip


def stem(word: str) -> str:
    """Return a crude stem, good enough to match plural, tense and comparison of the same word."""
    word = _IRREGULAR.get(word.lower(), word.lower())
    for ending, keep in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + keep
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def content_stems(text: str) -> set[str]:
    """Return the stems of the words that carry meaning."""
    return {
        stem(word.text)
        for word in words_of(text)
        if word.text[0].isalnum() and word.text not in STOP_WORDS
    }


def split_name(name: str) -> list[str]:
    """Return the words of an identifier: ``orderNumber`` and ``order_number`` give order,
    number."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.split(r"[\s_\-.]+", spaced) if word]


def human(name: str) -> str:
    """Return an identifier as words."""
    return " ".join(split_name(name))
