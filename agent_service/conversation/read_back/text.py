"""A text of a known language, to be read from word to word: phrases and numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent_service.conversation.read_back.language import Language
from agent_service.conversation.read_back.tokens import Kind, Token

_THOUSANDS = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+(?:['\u2019][0-9]{3})+"
)
_DECIMAL = re.compile(r"(.*?)[.,]([0-9]{1,2})")
_FIGURES = 30
"""A longer number is none that is reckoned with."""
_HALVES = frozenset(("am", "pm"))


@dataclass(frozen=True, slots=True)
class Number:
    digits: str
    """As they are written: ``07`` is not ``7``."""
    end: int
    is_written: bool

    @property
    def value(self) -> int:
        return int(self.digits[:_FIGURES])


class Text:
    """``verbs`` are the words that are known as verbs."""

    def __init__(
        self, tokens: Sequence[Token], language: Language, verbs: Iterable[str] = ()
    ) -> None:
        self.tokens = tokens
        self._verbs = frozenset(form.partition(" ")[0] for form in verbs)
        self.language = language
        self._words = [token.plain for token in tokens]
        self._line = " ".join(token.text for token in tokens)
        self._numbers: dict[int, Number | None] = {}
        self._starts: list[int] = []
        self._indices: dict[int, int] = {}
        offset = 0
        for at, token in enumerate(tokens):
            self._starts.append(offset)
            offset += len(token.text) + 1
            self._indices[offset] = at + 1

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, at: int) -> str:
        """Return the word there without accents; nothing outside the text."""
        return self._words[at] if 0 <= at < len(self._words) else ""

    def follows(self, at: int) -> bool:
        """Tell whether there is a token that no punctuation parts from the one before."""
        return 0 < at < len(self.tokens) and not self.tokens[at].gap

    def is_verb(self, at: int) -> bool:
        """Tell whether a verb that is known begins there."""
        return 0 <= at < len(self.tokens) and self.tokens[at].text in self._verbs

    def is_thing(self, at: int) -> bool:
        """Tell whether the word there names a thing that a number before it counts."""
        token = self.tokens[at] if self.follows(at) else None
        return (
            token is not None
            and token.kind in (Kind.WORD, Kind.MIXED)
            and token.plain not in self.language.common | _HALVES
            and token.text not in self._verbs
            and token.text not in self.language.small_talk.small
            and self.after(self.language.silent, at) is None
            and self.rate(at) is None
        )

    def rate(self, at: int) -> tuple[str, int] | None:
        """Return what a price is for that stands ahead, and where that ends."""
        for name, phrase in self.language.rates.items():
            if (end := self.after(phrase, at)) is not None:
                return name, end
        return None

    def is_word(self, at: int) -> bool:
        """Tell whether a word of more than a letter goes on there."""
        is_word = self.follows(at) and self.tokens[at].kind is Kind.WORD
        return is_word and len(self._words[at]) > 1 and self.number(at) is None

    def after(self, phrase: re.Pattern[str] | None, at: int) -> int | None:
        """Return where a phrase that begins there ends."""
        if phrase is None or not 0 <= at < len(self.tokens):
            return None
        found = phrase.match(self._line, self._starts[at])
        return self._indices[found.end() + 1] if found else None

    def number(self, at: int, before: int | None = None) -> Number | None:
        """Return the whole number that begins there, and ends before the token that is given."""
        if before is not None:
            return self._number(at, before)
        if at not in self._numbers:  # each reader of quantities asks
            self._numbers[at] = self._number(at)
        return self._numbers[at]

    def _number(self, at: int, before: int | None = None) -> Number | None:
        if not 0 <= at < len(self.tokens):
            return None
        if self.tokens[at].kind is Kind.NUMBER:
            digits = whole(self.tokens[at].text)
            if (
                digits
                and self.follows(at + 1)
                and self.word(at + 1) in self.language.numerals.thousand
            ):
                return Number(f"{digits}000", at + 2, is_written=True)  # 3 mil
            return Number(digits, at + 1, is_written=True) if digits else None
        if (doubled := self._doubled(at)) is not None:
            return doubled
        if (digit := self._beside_digits(at)) is not None:
            return digit
        run = self._run(at)
        read = self.language.numerals.read(run if before is None else run[: before - at], 0)
        return Number(str(read[0]), at + read[1], is_written=False) if read else None

    def _doubled(self, at: int) -> Number | None:
        """Return the digits of "double six"."""
        times = self.language.doubles.get(self._words[at])
        if times is None or not self.follows(at + 1):
            return None
        digit = self.number(at + 1)
        is_one = digit is not None and len(digit.digits) == 1
        return (
            Number(digit.digits * times, digit.end, digit.is_written) if digit and is_one else None
        )

    def _beside_digits(self, at: int) -> Number | None:
        """Return a digit that has another name beside others: ``meia meia um``."""
        digits = self.language.digits
        digit = digits.get(self._words[at])
        beside = [each for each in (at, at + 1) if self.follows(each)]
        words = [self._words[each if each > at else at - 1] for each in beside]
        values = self.language.numerals.values
        is_spelt = any(word in digits or values.get(word, 10) < 10 for word in words)
        return Number(str(digit), at + 1, is_written=False) if digit and is_spelt else None

    def _run(self, at: int) -> Sequence[str]:
        """Return the words from there to the next punctuation."""
        end = at + 1
        while end < min(len(self.tokens), at + 10) and not self.tokens[end].gap:
            end += 1
        return self._words[at:end]


def whole(text: str) -> str | None:
    """Return the digits of a whole number, or None of any other."""
    if text.isdigit():
        return text
    return re.sub(r"\D", "", text) if _THOUSANDS.fullmatch(text) else None


def decimal(text: str) -> tuple[str, str] | None:
    """Return the whole part and the two digits after the point, or None without such."""
    parts = _DECIMAL.fullmatch(text)
    if parts is None or (major := whole(parts[1])) is None:
        return None
    return major, parts[2].ljust(2, "0")
