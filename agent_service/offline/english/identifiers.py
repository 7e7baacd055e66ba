"""Order numbers and other identifiers among recognised words: "A B one two three four".

Where only digits or letters make sense, words that sound like them are taken for them.
"""

import re
from collections.abc import Sequence
from typing import Final

from agent_service.offline.english.letters import LETTER_NAMES, SOUND_LIKE_LETTERS
from agent_service.offline.english.numbers import (
    SOUND_LIKE_DIGITS,
    UNITS,
    ZERO_LETTERS,
    Group,
    read_group,
)
from agent_service.offline.english.words import Word, clause

_SOUNDS_LIKE: Final = SOUND_LIKE_DIGITS | {
    "free": "3",
    "tree": "3",
    "fore": "4",
    "a": "8",
    "all": "0",
    "at": "8",
    "do": "2",
}
_NEVER_BESIDE_DIGITS: Final = frozenset(("free", "tree", "ate"))
"""Words that stand beside digits in no ordinary sentence, unlike "to" and "for"."""
_BEFORE_NUMBERS: Final = {
    "to": frozenset(("order", "cancel", "check", "find", "refund", "track")),
    "too": frozenset(("order", "is", "cancel", "check", "find", "refund", "track")),
    "all": frozenset(("order", "is")),
    "do": frozenset(("order", "is", "")),
}
"""After which words, besides "number", a number may begin with what sounds like a digit."""
_SHORT_WORDS: Final = (
    "am an as at be by do dr go he hi id if in is it me mr ms my no of oh ok on or pm so st to tv "
    "up us vs we"
)
_TWO_LETTER_WORDS: Final = frozenset(_SHORT_WORDS.split())
_HARDLY_BEFORE_A_LETTER: Final = (
    "age am an are each eight end eye hey in key oh our pea sea tea why"
)
_NEVER_BEFORE_A_LETTER: Final = frozenset((*LETTER_NAMES, *_HARDLY_BEFORE_A_LETTER.split()))
"""Those that stand before "X zero four nine" in no ordinary sentence."""
_CODE_WORDS: Final = (
    "booking case claim code coupon id invoice model number reference serial ticket voucher"
)
_NAMES_OF_CODES: Final = frozenset(_CODE_WORDS.split())
_BEFORE_A_CODE: Final = frozenset(("is", "was", "says"))
_LETTER_GAPS: Final = ("", "-", ".", ".-", ",", ".,")
_MOST_LETTERS: Final = 8


def digit_string(words: Sequence[Word], before: str = "") -> tuple[str, int]:
    """Return a string of digits said one by one or in pairs, and how many words it takes.

    Commas may stand between single digits, and full stops where every digit is its own sentence.
    """
    figures, used, groups = "", 0, 0
    while used < len(words):
        group = _group(words[used:], figures, before)
        # A pair of digits, or "double six"; hundreds and thousands are numbers, not digits.
        if group is None or len(group.figures) > (3 if group.is_digit else 2):
            break
        figures, used, groups = figures + group.figures, used + group.length, groups + 1
        if not words[used - 1].flows and not _goes_on(words, used):
            break
    return (figures, used) if groups > 1 else ("", 0)


def _group(words: Sequence[Word], figures: str, before: str) -> Group | None:
    first = words[0].lower
    if re.fullmatch(r"\d", first):
        return Group(first, 1, is_digit=True)
    if first in ZERO_LETTERS:
        is_digit = bool(figures) or _digits_after(words) >= 2
        return Group("0", 1, is_digit=True) if is_digit else None
    if first in _SOUNDS_LIKE:
        is_digit = _is_meant_as_digit(words, figures, before)
        return Group(_SOUNDS_LIKE[first], 1, is_digit=True) if is_digit else None
    return read_group(clause(words))


def _is_meant_as_digit(words: Sequence[Word], figures: str, before: str) -> bool:
    first, after = words[0].lower, _digits_after(words)
    if not figures and first == "a":
        return after >= 2 and words[0].text == "a" and words[1].lower != "eight"
    if not figures and first in _NEVER_BESIDE_DIGITS:
        return after >= 2
    if not figures:
        # "order two one ...", but "an order for one ..."
        return after >= 2 and (before == "number" or before in _BEFORE_NUMBERS.get(first, ()))
    if len(figures) + after >= 3 and after:
        return True
    return (
        first in _NEVER_BESIDE_DIGITS
        and len(figures) >= 2
        and (len(words) == 1 or not words[0].flows)
    )


def _digits_after(words: Sequence[Word], *, over: str = "") -> int:
    """Return how many single digits directly follow the first word; ``over`` may stand between.

    Among them count words that sound like one, where a digit follows at once.
    """
    count = digits = 0
    while count + 1 < len(words) and (
        words[count].flows or (not count and words[0].gap.strip() == over)
    ):
        lower = words[count + 1].lower
        if lower in UNITS or lower in ZERO_LETTERS:
            digits = count + 1
        elif lower not in _SOUNDS_LIKE or digits < count:
            break
        count += 1
    return digits


def _goes_on(words: Sequence[Word], used: int) -> bool:
    """Whether a dictated number goes on after the punctuation behind its last word."""
    gap = words[used - 1].gap.strip()
    if used >= len(words) or words[used].lower not in UNITS:
        return False
    if gap == ",":
        # "two, three" may be a list; "five five, five" and "one, two, three" are dictated.
        follows_digits = used > 1 or _digits_after(words[used:]) > 0
        is_longer = used + 1 < len(words) and words[used + 1].lower in UNITS
        return words[used - 1].lower in UNITS and (follows_digits or is_longer)
    # "One. Zero. Zero. Four." is one number; "... four. Two of them" is not.
    is_alone = used == 1 or not words[used - 2].flows
    return gap in (".", "...", "\u2026") and is_alone and not words[used].flows


def identifier(words: Sequence[Word], before: str) -> tuple[str, int] | None:
    """Return letters and digits that make one identifier, and how many words it takes."""
    letters, used = _letters(words, before)
    if not letters:
        return None
    is_word = used == 1 and words[0].text in ("a", "I", "i", "o", "O")
    if is_word or (letters == "A" and used == 1 and not before):
        return None
    dash = ""
    if used < len(words) and words[used].lower in ("dash", "hyphen") and words[used].flows:
        dash, used = "-", used + 1
    figures, length = digit_string(words[used:], before="number")
    if not figures and used < len(words):
        group = read_group(clause(words[used:]))
        if group and (len(group.figures) > 1 or (len(letters) > 1 and dash)):
            figures, length = group.figures, group.length
    if figures:
        return letters + dash + figures, used + length
    is_spelled_out = len(letters) > 2 and used == len(letters)
    return (letters, used) if is_spelled_out else None


def _letters(words: Sequence[Word], before: str) -> tuple[str, int]:
    """Return letters said one by one ("A B", "A. B.", "AB", "ab") and how many words they take."""
    letters, used = "", 0
    while used < len(words) and len(letters) < _MOST_LETTERS:
        found, length = _letter(words[used:], bool(letters))
        if not found:
            found, length = _sounded_letters(words[used:], before, bool(letters))
        if not found:
            break
        letters, used = letters + found, used + length
        if words[used - 1].gap.strip() not in _LETTER_GAPS:
            break
    return letters, used


def _sounded_letters(words: Sequence[Word], before: str, has_letters: bool) -> tuple[str, int]:
    """Return the letters that the first word stands for where only letters make sense."""
    lower = words[0].lower
    sounded = SOUND_LIKE_LETTERS.get(lower, "")
    if not sounded or len(words) < 2 or not words[0].flows:
        return "", 0
    if has_letters and lower in ("at", "eight"):
        return "", 0  # a digit by now
    follows_name = before in _NAMES_OF_CODES and lower not in ("eight", "of")
    follows_code = has_letters or follows_name or (len(sounded) > 1 and before in _BEFORE_A_CODE)
    is_meant = follows_code and _digits_after(words) >= 3
    if not is_meant and not has_letters and (follows_name or lower in _NEVER_BEFORE_A_LETTER):
        letter, length = _letter(words[1:], has_letters=True)
        is_meant = bool(letter) and _digits_after(words[length:]) >= 2
    return (sounded, 1) if is_meant else ("", 0)


def _letter(words: Sequence[Word], has_letters: bool) -> tuple[str, int]:
    word = words[0]
    lower = word.lower
    if word.text == "a" and has_letters and _digits_after(words) == 2:
        return "", 0  # "j f a six two" is JF862
    if len(word.text) == 1 and word.text.isalpha():
        return word.text.upper(), 1
    if lower == "double" and len(words) > 1 and len(words[1].text) == 1 and words[1].text.isalpha():
        return ("W" if words[1].lower == "u" else words[1].text.upper() * 2), 2
    if not word.text.isalpha() or len(word.text) > 4:
        return "", 0
    is_spelled = word.text.isupper() and lower not in _TWO_LETTER_WORDS
    is_no_word = (len(lower) == 2 and lower not in _TWO_LETTER_WORDS) or not set(lower) & set(
        "aeiouy"
    )
    # Small letters that make no word are only taken for letters in front of digits.
    return (
        (word.text.upper(), 1)
        if is_spelled or (is_no_word and _digits_after(words, over=",") >= 2)
        else ("", 0)
    )
