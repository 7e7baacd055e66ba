"""The forms in which a caller says the verb of a read-back again, to have it done.

Forms are made by rule from the infinitive; one too many does no harm, since no form is shared by
two verbs that a company's tools are likely to have.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from agent_service.conversation.answering.grammars import rows_of
from agent_service.conversation.answering.numerals import value
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import readable_part
from agent_service.conversation.read_back.inflection import PARTICLES
from agent_service.conversation.read_back.language import Form
from agent_service.conversation.read_back.languages import LANGUAGES
from agent_service.conversation.read_back.tokens import plain


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one verb."""

    commands: frozenset[str]
    infinitives: frozenset[str]
    split_commands: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    """What a German command splits off its verb: the "um" of "tauschen Sie um"."""
    nouns: frozenset[str] = frozenset()
    """``cancellation``"""


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
_PARTICLES: Final = tuple(sorted(map(plain, PARTICLES), key=len, reverse=True))
_LONGEST: Final = 3
"""So many words a verb may have: ``dar de baja``."""
_FAR: Final = 5
"""Among so many words at the beginning of a sentence is its verb."""
# What of the forms for others is no order: that they will, would or might do it.
_NO_ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "es": ("ra", "ran"),
        "it": ("ra", "ranno", "rebbe", "rebbero", "sse", "ssi", "ino", "ano"),
        "pt": ("ra", "rao", "sse"),
    }
)
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
    return _forms(frozenset(same or {verb}), language)


@cache
def _forms(same: frozenset[str], language: str) -> Forms:
    table = _table(language)
    alike = [
        group
        for verb in sorted(same)
        for group in table.verbs.get(verb) or table.nouns.get(verb, ())
    ]
    bases = {verb for verb in same if not alike or is_infinitive(verb, language)}
    verbs = bases.union(*(group.verbs for group in alike))
    made = [_made(other, language) for other in sorted(verbs)]
    return Forms(
        commands=frozenset().union(
            *(one.commands for one in made), *(group.commands for group in alike)
        ),
        infinitives=frozenset().union(*(one.infinitives for one in made)),
        split_commands=frozenset().union(*(one.split_commands for one in made)),
        particles=frozenset().union(*(one.particles for one in made)),
        nouns=frozenset().union(*(group.nouns for group in alike)),
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """Verbs that say the same, as read-backs are compared by."""

    verbs: frozenset[str]
    commands: frozenset[str]
    nouns: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Table:
    """The verbs that say the same, by each form in which a read-back may name one."""

    verbs: Mapping[str, tuple[_Group, ...]]
    nouns: Mapping[str, tuple[_Group, ...]]


@cache
def _table(language: str) -> _Table:
    found: dict[str, tuple[_Group, ...]] = {}
    named: dict[str, tuple[_Group, ...]] = {}
    for forms_of_group in LANGUAGES[language].verbs:
        open_forms = [form for form, says in forms_of_group.items() if says is Form.OPEN]
        verbs = frozenset(
            _folded(form) for form in open_forms if _is_base(form, open_forms, language)
        )
        others = (_folded(form) for form, says in forms_of_group.items() if says is Form.OTHERS)
        group = _Group(
            verbs=verbs,
            commands=frozenset(form for form in others if _is_order(form, verbs, language)),
            nouns=frozenset(
                _folded(form) for form, says in forms_of_group.items() if says is Form.NOUN
            ),
        )
        for form in set(map(_folded, open_forms)):
            found[form] = (*found.get(form, ()), group)
        for form in group.nouns:
            named[form] = (*named.get(form, ()), group)
    return _Table(found, named)


def _folded(form: str) -> str:
    return " … ".join(" ".join(readable_part(part).words) for part in form.split("…"))


def _is_base(form: str, forms_of_group: Sequence[str], language: str) -> bool:
    """Tell whether a form is the one that the others are made of."""
    head, _, tail = form.partition(" ")
    if "…" in tail:
        return False
    if language == "en":
        tail = f" {tail}" if tail else ""
        return any(
            f"{stem}ing{tail}" in forms_of_group for stem in (head, head[:-1], head + head[-1])
        )
    if language == "de":
        is_with_zu = any(head.startswith(f"{particle}zu") for particle in PARTICLES)
        return not tail and head.endswith("n") and not is_with_zu
    return head.endswith(_ENDINGS[language])


def _is_order(form: str, verbs: frozenset[str], language: str) -> bool:
    """Tell whether a form that others may do it in is also how somebody is told to."""
    return language in _NO_ORDERS and not form.split(maxsplit=1)[0].endswith(_NO_ORDERS[language])


def named_verb(words: Sequence[str], pauses: frozenset[int], language: str) -> str | None:
    """Return the form in which a sentence names what is done: ``Ich stelle … um``.

    A read-back is not always an infinitive: ``Doy de baja``, ``Faccio un bonifico``.
    """
    table = _table(language)
    for known in (table.verbs, table.nouns):
        for at in range(min(len(words), _FAR)):
            forms_there = [" ".join(words[at : at + size]) for size in range(_LONGEST, 0, -1)]
            if language == "de":
                last = {words[end - 1] for end in (*pauses, len(words)) if end > at + 1}
                split = (particle for particle in _PARTICLES if particle in last)
                forms_there[:0] = [f"{words[at]} … {particle}" for particle in split]
            for form in forms_there:
                if form in known:
                    return form
    return None


def has_second_verb(
    words: Sequence[str], pauses: frozenset[int], wording: Wording, *, first: int | None
) -> bool:
    """Tell whether more than one thing is done: where another clause begins or ends.

    ``first`` is where the infinitive stands that names it; without, a sentence tells it.
    """
    language = wording.language
    table = _table(language)
    joints = {at for at, word in enumerate(words) if word in wording.conjunctions}
    begins = {*pauses, *(at + 1 for at in joints)}
    if first is None:
        ends = {*pauses, *joints, len(words)} if wording.has_verb_last else set()
        places, known = {*begins, *(end - 1 for end in ends)}, table.verbs.keys() | table.nouns
        return any(words[at] in known for at in places if 0 < at < len(words))
    if wording.has_verb_last:
        later = words[first + 1 :]
        return any(is_action(word, language) or _is_deed(word, wording) for word in later)
    is_led = language != "en"  # a pronoun may stand ahead: "et *en* envoyer une autre"
    begins |= {at + 1 for at in begins if is_led and not _is_article(words[at : at + 1], wording)}
    behind = {*(at + 1 for at in joints), *(at + 2 for at in joints if is_led)}
    return any(
        is_action(words[at], language) or (at in behind and _is_deed(words[at], wording))
        for at in begins
        if first < at < len(words)
    )


def _is_article(words: Sequence[str], wording: Wording) -> bool:
    """Tell whether a thing is named behind a word: ``deux``, ``votre``."""
    return any(
        word in wording.determiners or value(word, wording.language) is not None for word in words
    )


def _is_deed(word: str, wording: Wording) -> bool:
    """Tell whether a word behind "and" is the verb of something more that is done."""
    language, known = wording.language, _table(wording.language).verbs
    if language == "en":
        return word in known or word.removeprefix("re") in known
    if language == "de":
        return word in known and is_infinitive(word, language)
    clitics = ("", *wording.enclitics, *_CLITICS.get(language, ()))
    bare = [word.removesuffix(clitic) for clitic in clitics]
    return any(is_infinitive(each, language) for form in bare for each in (form, f"{form}e"))


def _made(verb: str, language: str) -> Forms:
    """Return the forms of a verb, which may be a phrase: ``dar de baja``."""
    head, _, tail = verb.partition(" ")
    made = _MAKERS[language](head)
    if not tail:
        return made
    return Forms(
        frozenset(f"{form} {tail}" for form in made.commands),
        frozenset(f"{form} {tail}" for form in made.infinitives),
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
    if ending == "ir":
        found |= {f"{_last_vowel(stem, 'e', 'i')}a", f"{_last_vowel(stem, 'o', 'u')}a"}
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
