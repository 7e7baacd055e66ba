"""From words as spoken to text as written: numbers, identifiers, e-mail addresses, money, dates.

"order one zero zero four" becomes "order 1004", while "one of my orders" stays what it is.
"""

import re
from dataclasses import dataclass
from typing import Final

from agent_service.offline.speech.addresses import with_addresses
from agent_service.offline.speech.number_words import (
    UNITS,
    Group,
    ordinal_figures,
    read_group,
    read_ordinal,
)

_WORD: Final = re.compile(r"[A-Za-z0-9]+(?:['\u2019][A-Za-z]+)*")
_MONTH_WORDS: Final = (
    "january february march april may june july august september october november december"
)
_MONTHS: Final = frozenset(_MONTH_WORDS.split())
_MONEY: Final = {"dollar": "$", "dollars": "$", "pounds": "£", "euro": "€", "euros": "€"}
_BEFORE_TIME: Final = frozenset(["at", "by", "around", "before", "after", "until", "till"])
_SOUNDS_LIKE: Final = {"to": "2", "too": "2", "for": "4", "oh": "0", "o": "0"}
_NOT_ALONE: Final = frozenset("aeio")
"""Letters that are words, or sounds, by themselves."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    gap: str
    """What stands between this word and the next."""

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def flows(self) -> bool:
        """Nothing but a space or a hyphen before the next word."""
        return self.gap.strip() in ("", "-")


def as_written(spoken: str) -> str:
    """Return the text as one would write it."""
    begin = _WORD.search(spoken)
    if begin is None:
        return spoken
    lead, words = spoken[: begin.start()], split(spoken)
    made: list[Word] = []
    at = 0
    while at < len(words):
        text, used = _written_at(words, at, made[-1].lower if made else "")
        made.append(Word(text, words[at + used - 1].gap))
        at += used
    return with_addresses(lead + "".join(word.text + word.gap for word in made))


def split(text: str) -> list[Word]:
    """Cut text into words and the gaps after them."""
    found = list(_WORD.finditer(text))
    ends = [word.start() for word in found[1:]] + [len(text)]
    return [
        Word(word.group(), text[word.end() : end]) for word, end in zip(found, ends, strict=True)
    ]


def _written_at(words: list[Word], at: int, before: str) -> tuple[str, int]:
    """Return how the words from here on are written and how many of them that covers."""
    rest = words[at:]
    for attempt in (_identifier, _date, _amount, _figures):
        found = attempt(rest, before)
        if found:
            return found
    return rest[0].text, 1


def _flowing(words: list[Word]) -> list[str]:
    """Return the lower-case words up to the first punctuation."""
    found = []
    for word in words:
        found.append(word.lower)
        if not word.flows:
            break
    return found


def _digits(words: list[Word]) -> tuple[str, int]:
    """Return a string of digits said one by one or in pairs, and how many words it takes.

    Commas may stand between single digits, and full stops where every digit is its own sentence.
    """
    figures, used, singles = "", 0, 0
    groups = 0
    while used < len(words):
        group = _digit_group(words, used, figures)
        if group is None or len(group.figures) > 2 + group.is_digit:
            break
        figures += group.figures
        used += group.length
        groups += 1
        singles += group.is_digit
        if not words[used - 1].flows and not _continues(words, used):
            break
    return (figures, used) if groups > 1 else ("", 0)


def _continues(words: list[Word], used: int) -> bool:
    """Whether a dictated number goes on after the punctuation behind its last word."""
    gap = words[used - 1].gap.strip()
    if gap not in (",", ".", "...", "…") or used >= len(words):
        return False
    following = words[used]
    if following.lower not in UNITS:
        return False
    if gap == ",":
        return words[used - 1].lower in UNITS and (used > 1 or _is_digit_pair(words, used))
    # "One. Zero. Zero. Four." is one number; "... four. Two of them" is not.
    is_alone = used == 1 or not words[used - 2].flows
    return is_alone and not following.flows


def _is_digit_pair(words: list[Word], used: int) -> bool:
    """Whether at least two more digits follow, so that this is no list like "two, three"."""
    return used + 1 < len(words) and words[used + 1].lower in UNITS


def _digit_group(words: list[Word], at: int, figures: str) -> Group | None:
    lower = words[at].lower
    if lower in _SOUNDS_LIKE:
        following = words[at + 1].lower if at + 1 < len(words) and words[at].flows else ""
        is_zero = _SOUNDS_LIKE[lower] == "0"
        enough = bool(figures) if is_zero else len(figures) > 1 and following in UNITS
        starts_number = is_zero and following in UNITS and at + 2 < len(words)
        if enough or (starts_number and words[at + 2].lower in UNITS):
            return Group(_SOUNDS_LIKE[lower], 1, is_digit=True)
        return None
    if re.fullmatch(r"\d", lower):
        return Group(lower, 1, is_digit=True)
    return read_group(_flowing(words[at:]))


def _letters(words: list[Word]) -> tuple[str, int]:
    """Return letters said one by one ("A B", "A. B.", "AB") and how many words they take."""
    letters, used = "", 0
    for word in words:
        is_spelled = word.text.isalpha() and (len(word.text) == 1 or word.text.isupper())
        if not is_spelled or len(word.text) > 4 or len(letters) > 7:
            break
        letters += word.text.upper()
        used += 1
        if word.gap.strip() not in ("", "-", ".", ".-", ",", ".,"):
            break
    return letters, used


def _identifier(words: list[Word], before: str) -> tuple[str, int] | None:
    """Letters and digits that make one identifier: "A B one two three four"."""
    letters, used = _letters(words)
    if not letters:
        return None
    dash = ""
    if used < len(words) and words[used].lower in ("dash", "hyphen") and words[used].flows:
        dash, used = "-", used + 1
    figures, length = _digits(words[used:])
    if not figures and letters.lower() not in _NOT_ALONE and used < len(words):
        group = read_group(_flowing(words[used:]))
        if group and (len(group.figures) > 1 or (len(letters) > 1 and dash)):
            figures, length = group.figures, group.length
    if figures:
        text = letters + dash + figures
        used += length
        if words[used - 1].flows and used < len(words):
            more, length = _letters(words[used:])
            if len(more) == 1 and more not in ("A", "I"):
                text, used = text + more, used + length
        return text, used
    if len(letters) > 2 and not dash and used == len(letters):
        return letters, used
    return None


def _date(words: list[Word], before: str) -> tuple[str, int] | None:
    """Days and ordinals: "November twenty third", "the twenty third of November"."""
    lower = _flowing(words)
    if lower[0] in _MONTHS and len(lower) > 1:
        the = lower[1] == "the"
        day = read_ordinal(lower[1 + the :])
        if day is None and (group := read_group(lower[1:])) and 0 < group.value <= 31:
            day = group.value, group.length
        if day:
            return f"{words[0].text} {day[0]}", 1 + the + day[1]
    ordinal = read_ordinal(lower)
    if ordinal:
        value, used = ordinal
        of_month = lower[used : used + 1] == ["of"] and lower[used + 1 : used + 2]
        if value >= 10 or (of_month and of_month[0] in _MONTHS):
            return ordinal_figures(value), used
    return None


def _amount(words: list[Word], before: str) -> tuple[str, int] | None:
    """Money, percentages, decimals and times of day."""
    lower = _flowing(words)
    group = read_group(lower)
    if group is None:
        return None
    figures, used = group.figures, group.length
    if lower[used : used + 1] == ["point"]:
        decimals = 0
        while (
            lower[used + 1 + decimals : used + 2 + decimals] and lower[used + 1 + decimals] in UNITS
        ):
            decimals += 1
        fraction = "".join(str(UNITS[word]) for word in lower[used + 1 : used + 1 + decimals])
        if fraction:
            figures, used = f"{figures}.{fraction}", used + 1 + decimals
    following = lower[used] if used < len(lower) else ""
    if following in _MONEY:
        return _money(lower, figures, used)
    if following == "percent":
        return f"{figures}%", used + 1
    if "." in figures:
        return figures, used
    return _time(words, lower, group, before)


def _money(lower: list[str], figures: str, used: int) -> tuple[str, int]:
    sign = _MONEY[lower[used]]
    used += 1
    joined = used + (lower[used : used + 1] == ["and"])
    cents = read_group(lower[joined:])
    if cents and cents.value < 100:
        end = joined + cents.length
        if lower[end : end + 1] in (["cents"], ["cent"], ["pence"]):
            return f"{sign}{figures}.{cents.value:02}", end + 1
        if joined == used and end == len(lower) and cents.value >= 10:
            return f"{sign}{figures}.{cents.value:02}", end
    return f"{sign}{figures}", used


def _time(words: list[Word], lower: list[str], hour: Group, before: str) -> tuple[str, int] | None:
    if not 1 <= hour.value <= 12:
        return None
    used, text = hour.length, hour.figures
    minutes = read_group(lower[used:])
    has_minutes = minutes is not None and 10 <= minutes.value <= 59
    if minutes and has_minutes:
        used, text = used + minutes.length, f"{text}:{minutes.figures}"
    half = _half_of_day(words[used:])
    if half:
        return f"{text} {half[0]}", used + half[1]
    following = lower[used] if used < len(lower) else ""
    if following in ("o'clock", "oclock"):
        return f"{text} o'clock", used + 1
    if has_minutes and before in _BEFORE_TIME and not (following and read_group([following])):
        return text, used
    return None


def _half_of_day(words: list[Word]) -> tuple[str, int] | None:
    lower = [word.lower for word in words[:2]]
    if lower[:1] in (["am"], ["pm"]):
        return f"{lower[0][0]}.m.", 1
    if lower in (["a", "m"], ["p", "m"]) and words[0].gap.strip() in ("", "."):
        # The full stop of "p.m." stands in the gap after it.
        return f"{lower[0]}.m" + ("" if words[1].gap.startswith(".") else "."), 2
    return None


def _figures(words: list[Word], before: str) -> tuple[str, int] | None:
    """Digits and plain numbers; small numbers stay words."""
    figures, used = _digits(words)
    if figures:
        return figures, used
    group = read_group(_flowing(words))
    if group is None:
        return None
    if group.value >= 10 or len(group.figures) > 1 or before == "number":
        return group.figures, group.length
    return None
