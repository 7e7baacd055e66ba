"""The forms in which a caller says the verb of a read-back again, to have it done.

Forms are made by rule from the infinitive; one too many does no harm, since no form is shared by
two verbs that a company's tools are likely to have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent_service.conversation.answering.grammars import rows_of


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one verb."""

    commands: frozenset[str]
    infinitives: frozenset[str]
    split_commands: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    """What a German command splits off its verb: the "um" of "tauschen Sie um"."""


# What tools do: a read-back may be in another language than its answer.
_ACTIONS: Final = rows_of("actions")
_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": ("",),
        "de": ("n",),
        "fr": ("er", "ir", "re"),
        "es": ("ar", "er", "ir"),
        "it": ("are", "ere", "ire"),
        "pt": ("ar", "er", "ir"),
    }
)
_PARTICLES: Final = ("zuruck", "frei", "weiter", "aus", "auf", "ab", "an", "ein", "um")
_CLITICS: Final = MappingProxyType(
    {
        "es": ("lo", "la", "los", "las", "le", "me", "melo", "mela", "selo", "sela"),
        "it": ("lo", "la", "li", "le", "mi", "melo", "mela"),
    }
)


def is_action(word: str, language: str) -> bool:
    """Tell whether the word is the infinitive of something that tools are known to do."""
    return any(word in action[language] for action in _ACTIONS)


def is_infinitive(word: str, language: str) -> bool:
    """Tell whether the word looks like what a read-back calls an action by."""
    return len(word) > len("ar") and word.endswith(_ENDINGS[language])


def forms(verb: str, language: str) -> Forms:
    """Return the forms of a read-back's verb, which may be an English one, in a language."""
    same = {
        other
        for action in _ACTIONS
        if verb in (*action[language], *action["en"])
        for other in action[language]
    }
    made = [_MAKERS[language](other) for other in sorted(same or {verb})]
    return Forms(
        commands=frozenset().union(*(one.commands for one in made)),
        infinitives=frozenset().union(*(one.infinitives for one in made)),
        split_commands=frozenset().union(*(one.split_commands for one in made)),
        particles=frozenset().union(*(one.particles for one in made)),
    )


def _english(verb: str) -> Forms:
    return Forms(frozenset((verb,)), frozenset((verb,)))


def _german(verb: str) -> Forms:
    infinitives = frozenset((verb,))
    particle = next((part for part in _PARTICLES if verb.startswith(part)), None)
    if particle is None:
        return Forms(_german_commands(verb), infinitives)
    split = _german_commands(verb.removeprefix(particle))
    return Forms(_german_commands(verb), infinitives, split, frozenset((particle,)))


def _german_commands(verb: str) -> frozenset[str]:
    short = verb.removesuffix("n").removesuffix("e")
    return frozenset((verb, short, f"{short}e"))


def _french(verb: str) -> Forms:
    stem, ending = verb[:-2], verb[-2:]
    match ending:
        case "er":
            found = {f"{stem}ez", f"{stem}e", f"{stem}{stem[-1:]}e"}
            found |= {f"{stem[:-1]}ie"} if stem.endswith("y") else set()
        case "ir":
            found = {f"{stem}ez", f"{stem}e", f"{stem}issez", f"{stem}is"}
        case _:
            found = {f"{stem}ez", f"{stem}s"}
    return Forms(frozenset(found), frozenset((verb,)))


def _spanish(verb: str) -> Forms:
    stem, ending = verb[:-2], verb[-2:]
    found: set[str] = set()
    for root in (stem, _last_vowel(stem, "o", "ue"), _last_vowel(stem, "e", "ie")):
        if ending == "ar":
            found |= {f"{root}a", f"{_before_e(root)}e", f"{_before_e(root)}en"}
        else:
            found |= {f"{root}a", f"{root}e", f"{root}an"}
    return Forms(_with_clitics(found, "es"), _with_clitics({verb}, "es"))


def _italian(verb: str) -> Forms:
    stem, ending = verb[:-3], verb[-3:]
    match ending:
        case "are":
            hard = f"{stem}h" if stem.endswith(("c", "g")) else stem
            found = {f"{stem}a", f"{hard.removesuffix('i')}i", f"{stem}ate"}
        case _:
            found = {f"{stem}a", f"{stem}i", f"{stem}isca", f"{stem}isci", f"{stem}{ending[0]}te"}
    shortened = verb.removesuffix("e")
    return Forms(_with_clitics(found, "it"), _with_clitics({shortened}, "it") | {verb})


def _portuguese(verb: str) -> Forms:
    stem, ending = verb[:-2], verb[-2:]
    found = {f"{stem}a", f"{stem}e"}
    if ending == "ar":
        found |= {f"{_before_e(stem)}e", f"{_before_e(stem)}em"}
    return Forms(frozenset(found), frozenset((verb,)))


def _last_vowel(stem: str, vowel: str, replacement: str) -> str:
    before, found, after = stem.rpartition(vowel)
    return f"{before}{replacement}{after}" if found else stem


def _before_e(stem: str) -> str:
    """Return the stem as it is written before an e, with the same sound."""
    for ending, written in (("c", "qu"), ("g", "gu"), ("z", "c")):
        if stem.endswith(ending):
            return f"{stem[:-1]}{written}"
    return stem


def _with_clitics(found: set[str], language: str) -> frozenset[str]:
    return frozenset(f"{form}{clitic}" for form in found for clitic in ("", *_CLITICS[language]))


_MAKERS: Final[Mapping[str, Callable[[str], Forms]]] = MappingProxyType(
    {
        "en": _english,
        "de": _german,
        "fr": _french,
        "es": _spanish,
        "it": _italian,
        "pt": _portuguese,
    }
)
