"""Identifiers in speech and text ("one zero zero four", "A B dash 12", "B as in bravo"), and
matching them to known ones."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent_service.offline.english.letters import LETTER_NAMES, SPELLING
from agent_service.offline.responder.spoken_numbers import NumberRun, number_runs
from agent_service.offline.responder.words import Word, words_of

_CODE = re.compile(r"\b(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z\d]+(?:[_-]+[A-Za-z\d]+)*\b")
POINTS_TO_ONE = re.compile(
    r"\b(?:the|this|that|which|other|first|second|third|last|next|\w+est|\w+er"
    r"|can|could|does|do|may|might|must|should|will|would|if|how|when)\s+one$",
    re.I,
)
"""What "one" ends here is no number: "the second one", "can one"."""
_DASHES = {"-", "dash", "hyphen", "minus"}
_ORDINAL_CODE = re.compile(r"\d+(?:st|nd|rd|th|am|pm|x|k|p)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeardIdentifier:
    text: str
    """Letters in upper case and digits, a hyphen where one was said; as it is with "_" in it."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    start: int
    end: int
    is_sure: bool
    """False for a word that is a letter only beside other letters or digits ("a")."""


def heard_identifiers(text: str) -> list[HeardIdentifier]:
    """Return everything in the text that may be an identifier, in order."""
    found: list[HeardIdentifier] = []
    group: list[_Glyph] = []
    for glyph in [*_glyphs(text), None]:
        if glyph is not None and (not group or _touches(text, group[-1], glyph)):
            group.append(glyph)
            continue
        found += _joined(group)
        group = [glyph] if glyph is not None else []
    return found


def heard_codes(text: str) -> list[str]:
    """Return the identifiers that have letters and figures: no amount is one of them."""
    return [one.text for one in heard_identifiers(text) if not one.text.isdigit()]


def _joined(group: list[_Glyph]) -> list[HeardIdentifier]:
    while group and (group[0].text == "-" or (not group[0].is_sure and not _before_letters(group))):
        group = group[1:]
    while group and (group[-1].text == "-" or (not group[-1].is_sure and len(group) == 1)):
        group = group[:-1]
    # "LB12 a bit": an article after digits.
    if len(group) > 1 and group[-1].text in {"A", "I"} and not group[-1].is_sure:
        group = group[:-1]
    # "3 kilo": a unit, where nothing is spelled.
    if len(group) == 2 and group[0].text.isdigit() and not group[-1].is_sure:
        group = group[:-1]
    joined = "".join(glyph.text for glyph in group)
    is_letter_alone = len(joined) == 1 and joined.isalpha()
    if not joined or is_letter_alone or not any(glyph.is_sure for glyph in group):
        return []
    return [HeardIdentifier(joined, group[0].start, group[-1].end)]


def _before_letters(group: list[_Glyph]) -> bool:
    """Return whether a leading "a" or "I" is spelled: another letter follows it."""
    return len(group) > 1 and group[1].text.isalpha() and len(group) > 2


def _touches(text: str, left: _Glyph, right: _Glyph) -> bool:
    between = text[left.end : right.start].strip()
    if left.text[-1].isdigit() and right.text[0].isdigit():
        return between == ""  # number_runs has already joined what belongs together
    if between in {"", "-"}:
        return True
    # Letters spelled with commas: "A, B, one two".
    return (
        between in {",", "."}
        and len(left.text) == 1
        and (len(right.text) == 1 or right.text.isdigit())
    )


def _glyphs(text: str) -> list[_Glyph]:
    glyphs = [
        _Glyph(m.group() if "_" in m.group() else m.group().upper(), m.start(), m.end(), True)
        for m in _codes(text)
    ]
    taken = [(glyph.start, glyph.end) for glyph in glyphs]
    for run in number_runs(text):
        if "." not in run.digits and _is_free(run.start, run.end, taken):
            glyphs.append(_Glyph(run.digits, run.start, run.end, True))
            taken.append((run.start, run.end))
    words = [word for word in words_of(text) if _is_free(word.start, word.end, taken)]
    numbers = number_runs(text)
    skip_until = -1
    for index, word in enumerate(words):
        if word.start < skip_until:
            continue
        is_spelled = (
            word.raw == "A"
            and word.start > 0
            and any(0 <= run.start - word.end <= 1 for run in numbers)
        )
        letter = _letter(word, numbers, is_spelled=is_spelled)
        if letter is None:
            continue
        end = _explained_until(words, index, letter.text)
        skip_until = end
        glyphs.append(_Glyph(letter.text, letter.start, max(letter.end, end), letter.is_sure))
    return sorted(glyphs, key=lambda glyph: glyph.start)


def _codes(text: str) -> list[re.Match[str]]:
    return [m for m in _CODE.finditer(text) if not _ORDINAL_CODE.match(m.group())]


def _letter(word: Word, numbers: list[NumberRun], *, is_spelled: bool) -> _Glyph | None:
    if len(word.raw) == 1 and word.raw.isalpha():
        is_sure = is_spelled or (
            word.text not in {"a", "i"} and (word.text != "o" or word.raw == "O")
        )
        return _Glyph(word.raw.upper(), word.start, word.end, is_sure)
    if word.text in _DASHES:
        return _Glyph("-", word.start, word.end, False)
    if word.text in SPELLING:
        return _Glyph(SPELLING[word.text], word.start, word.end, False)
    if word.text in LETTER_NAMES:
        return _Glyph(LETTER_NAMES[word.text], word.start, word.end, False)
    if word.raw.isupper() and 2 <= len(word.raw) <= 5:
        beside = any(0 <= run.start - word.end <= 1 for run in numbers)
        return _Glyph(word.raw, word.start, word.end, True) if beside else None
    return None


def _explained_until(words: list[Word], index: int, letter: str) -> int:
    """Return where "as in bravo" or "for bravo" after a letter ends, else the letter's own end."""
    for explanation in (["as", "in"], ["like", "in"], ["for"], ["like"]):
        tail = words[index + 1 : index + 2 + len(explanation)]
        says = [word.text for word in tail[:-1]] == explanation
        if len(tail) == len(explanation) + 1 and says and tail[-1].raw[0].upper() == letter[0]:
            return tail[-1].end
    return words[index].end


def _is_free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return not any(start < used_end and used_start < end for used_start, used_end in taken)


def normal(identifier: str) -> str:
    """Return letters and digits only, in upper case: what two spellings of one identifier share."""
    return re.sub(r"[^A-Z0-9]", "", identifier.upper())


@dataclass(frozen=True, slots=True)
class Match:
    """How a heard identifier relates to the known ones."""

    value: str | None
    """The one that is meant; None when several are as likely."""
    rivals: tuple[str, ...] = ()


def match_known(heard: str, known: Iterable[str], *, is_complete: bool) -> Match:
    """Match against known identifiers: the same, else a unique one within one edit, else as heard.

    ``is_complete``: the known ones are a list the caller chooses from, so a wrong digit counts as
    misheard; otherwise only a dropped or doubled character does, since another identifier of the
    same form may exist.
    """
    own = normal(heard)
    known = list(dict.fromkeys(known))
    same = [k for k in known if normal(k) == own]
    same = same or [k for k in known if re.sub(r"\D", "", k) == own and len(own) >= 2]
    if same:
        return Match(same[0]) if len(same) == 1 else Match(None, tuple(same))
    near = [
        k
        for k in known
        if len(own) >= 3
        and within_one_edit(own, normal(k))
        and (is_complete or len(own) != len(normal(k)))
    ]
    if len(near) == 1:
        return Match(near[0])
    return Match(None, tuple(near)) if near else Match(heard)


def within_one_edit(left: str, right: str) -> bool:
    """Return whether one inserted, dropped, changed or two swapped neighbouring characters make
    them equal."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    rest_left, rest_right = left[start:], right[start:]
    return (
        rest_left[1:] == rest_right[1:]
        or rest_left[1:] == rest_right
        or rest_left == rest_right[1:]
        or (rest_left[:2] == rest_right[:2][::-1] and rest_left[2:] == rest_right[2:])
    )
