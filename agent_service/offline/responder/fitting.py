"""How well a heard identifier suits a slot, and how it is spelled there."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from agent_service.offline.responder.identifiers import HeardIdentifier, normal, within_one_edit
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.words import content_stems, words_of

_LONGEST_PARTED = 16
_NUMBERED = re.compile(r"(?:\b(?:number|no\.?|id|is)|#)\s*$", re.I)


def fit(
    slot: Slot, heard: HeardIdentifier, text: str, asked: str | None, known: list[str]
) -> tuple[float, str | None]:
    """Return how well a heard identifier suits a slot, and its form there; None when it cannot
    be."""
    forms = _forms(slot, heard.text)
    if slot.json_type in {"integer", "number"}:
        forms = [form for form in forms if form.isdigit() and _is_within(slot, int(form))]
    if slot.pattern:
        forms = [form for form in forms if _matches(slot.pattern, form)]
        same = [k for k in known if within_one_edit(normal(heard.text), normal(k))]
        forms = forms or ([heard.text] if same else [])
    if not forms:
        return 0, None
    form = forms[0]
    score = 0.0
    if any(_shape(form) == _shape(example) for example in slot.examples):
        score += 2
    if slot.pattern:
        score += 2
    if any(normal(form) == normal(k) for k in known):
        score += 3
    before = content_stems(" ".join(w.text for w in words_of(text[: heard.start])[-5:]))
    if before & content_stems(slot.label):
        score += 1.5
    if slot.name == asked:
        score += 1
    # "Permit 6", but not "my permit by six months".
    is_short = len(heard.text) < 3 and heard.text.isdigit() and slot.name != asked
    is_telling = len(heard.text) >= 3 or score > (1 if heard.text.isdigit() else 0)
    if is_short and form not in known and not _NUMBERED.search(text[: heard.start]):
        nearest = content_stems(" ".join(w.text for w in words_of(text[: heard.start])[-1:]))
        is_telling = is_telling and bool(nearest & content_stems(slot.label))
    return (score, form) if is_telling else (0, None)


def _is_within(slot: Slot, value: int) -> bool:
    is_enough = slot.minimum is None or value >= slot.minimum
    return is_enough and (slot.maximum is None or value <= slot.maximum)


def _forms(slot: Slot, heard: str) -> list[str]:
    """Return spellings of the identifier, those shaped like the slot's examples first."""
    plain = normal(heard)
    forms = [heard, plain, plain.lower(), heard.lower()]
    split = re.fullmatch(r"([A-Z]+)(\d+)", plain)
    if split:
        forms += [f"{split[1]}-{split[2]}", f"{split[1].lower()}-{split[2]}"]
    for example in slot.examples:
        forms += [f for f in _like(example, plain) if f]
    if slot.pattern and not any(_matches(slot.pattern, form) for form in forms):
        # "LS1 4DY", "12-345-6": what was said is written with what the pattern has between.
        between = re.sub(r"\[[^\]]*\]|\\[^s-]|\{[^}]*\}", "", slot.pattern).replace("\\s", " ")
        marks = [mark for mark in " -/" if mark in between]
        forms += [form for mark in marks for form in _parted(plain, mark)]
    ranked = [f for f in forms if any(_shape(f) == _shape(e) for e in slot.examples)]
    return list(dict.fromkeys([*ranked, *forms]))


def _parted(plain: str, mark: str) -> Iterator[str]:
    """Yield an identifier with up to three marks between its characters, at all places."""
    for count in (1, 2, 3) if len(plain) <= _LONGEST_PARTED else ():
        for places in combinations(range(1, len(plain)), count):
            pieces = [plain[a:b] for a, b in pairwise((0, *places, len(plain)))]
            yield mark.join(pieces)


def _like(example: str, plain: str) -> list[str]:
    """Put the separators of an example of the same length into an identifier."""
    if len(normal(example)) != len(plain):
        return []
    characters = iter(plain)
    return ["".join(next(characters) if c.isalnum() else c for c in example)]


def _shape(identifier: str) -> str:
    return re.sub(r"\d", "0", re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", identifier)))


def _is_parted(example: str) -> bool:
    """Return whether an identifier like it is written in parts, of letters and digits."""
    return " " in example and any(map(str.isdigit, example)) and any(map(str.isalpha, example))


def _like_example(example: str) -> str:
    """Return the pattern of what is written like an example."""
    kinds = ((str.isdigit, r"\d"), (str.isalpha, "[A-Za-z]"))
    return "".join(next((p for is_kind, p in kinds if is_kind(c)), re.escape(c)) for c in example)


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True  # a pattern of another dialect excludes nothing


def written(slot: Slot, text: str) -> list[HeardIdentifier]:
    """Return what is written in the text just as the slot's pattern demands it, or its examples
    show it."""
    pattern = slot.pattern or "|".join(map(_like_example, filter(_is_parted, slot.examples)))
    body = pattern.removeprefix("^").removesuffix("$")
    try:
        is_telling = bool(body) and not re.search(pattern, "any words")
        found = re.finditer(rf"(?<![\w-])(?:{body})(?![\w-])", text) if is_telling else ()
        return [HeardIdentifier(m.group(), m.start(), m.end()) for m in found if m.group()]
    except re.error:
        return []  # a pattern of another dialect


def typed(slot: Slot, value: str) -> Any:
    """Return the value in the type that the slot takes."""
    if slot.json_type in {"integer", "number"} and value.isdigit():
        return int(value)
    return value
