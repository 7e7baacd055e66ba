"""The forms in which a caller says the verb of a read-back again, to have it done.

Forms are made by rule from the infinitive; one too many does no harm, since no form is shared by
two verbs that a company's tools are likely to have.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from types import MappingProxyType
from typing import Final

from agent_service.conversation.answering.grammars import lines_of, rows_of
from agent_service.conversation.answering.words import readable_part
from agent_service.conversation.read_back.inflection import PARTICLES
from agent_service.conversation.read_back.language import Form
from agent_service.conversation.read_back.languages import LANGUAGES
from agent_service.conversation.read_back.tokens import plain


@dataclass(frozen=True)
class Forms:
    """The forms of one verb, and of those that say the same."""

    commands: frozenset[str] = frozenset()
    infinitives: frozenset[str] = frozenset()
    parted: frozenset[tuple[str, str]] = frozenset()
    """Commands in two parts: ``tauschen`` and ``um``, ``call`` and ``off``."""
    nouns: frozenset[str] = frozenset()
    """``cancellation``"""
    done: frozenset[str] = frozenset()
    """``cancelled``"""
    plurals: frozenset[str] = frozenset()
    """Commands that are infinitives as well, but for the "Sie" behind them."""
    singular: frozenset[str] = frozenset()
    """Forms with one thing in them: ``resérvelo``."""

    def __or__(self, other: "Forms") -> "Forms":
        """Return the forms of both."""
        return Forms(
            *(getattr(self, each.name) | getattr(other, each.name) for each in fields(self))
        )

    @cached_property
    def heads(self) -> frozenset[str]:
        """The first parts of commands in two."""
        return frozenset(head for head, _ in self.parted)

    @cached_property
    def particles(self) -> frozenset[str]:
        """Their second parts."""
        return frozenset(tail for _, tail in self.parted)

    @cached_property
    def tails(self) -> Mapping[str, frozenset[str]]:
        """The second parts of commands, by their first."""
        found: dict[str, set[str]] = {}
        for head, tail in self.parted:
            found.setdefault(head, set()).add(tail)
        return {head: frozenset(tails) for head, tails in found.items()}


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
PARTED: Final = tuple(sorted(map(plain, PARTICLES), key=len, reverse=True))
_LONGEST: Final = 3
"""So many words a verb may have: ``dar de baja``."""
# What of the forms for others is no order: that they will, would or might do it.
_NO_ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "es": ("ra", "ran"),
        "it": ("ra", "ranno", "rebbe", "rebbero", "sse", "ssi", "ino", "ano"),
        "pt": ("ra", "rao", "sse"),
    }
)
_FIRST_PERSON: Final[Mapping[str, Sequence[tuple[str, str]]]] = MappingProxyType(
    {
        "de": (("e", "en"), ("le", "eln"), ("re", "ern"), ("n", "n")),
        "fr": (
            ("e", "er"),
            ("oie", "oyer"),
            ("lle", "ler"),
            ("tte", "ter"),
            ("is", "ir ire"),
            ("ois", "evoir oire"),
            ("iens", "enir"),
            ("eins", "eindre"),
            ("oins", "oindre"),
            ("uis", "uire"),
            ("ais", "aire"),
            ("ds", "dre"),
            ("ts", "ttre tir"),
            ("ons", "er ir re"),
            ("r", "r"),
        ),
        "es": (
            ("o", "ar er ir"),
            ("go", "ar er ir"),
            ("igo", "ecir eguir"),
            ("ijo", "egir"),
            ("jo", "ger gir"),
            ("uyo", "uir"),
            ("zco", "cer cir"),
            ("amos", "ar"),
            ("emos", "er"),
            ("imos", "ir"),
            ("r", "r"),
        ),
        "it": (
            ("o", "are ere ire"),
            ("isco", "ire"),
            ("ngo", "nere gnere"),
            ("ongo", "orre"),
            ("lgo", "gliere"),
            ("dico", "dire"),
            ("duco", "durre"),
            ("faccio", "fare"),
            ("raggo", "rarre"),
            ("iamo", "are ere ire"),
            ("re", "re"),
        ),
        "pt": (
            ("o", "ar er ir"),
            ("co", "zer cer"),
            ("go", "guir zer"),
            ("jo", "ger gir"),
            ("onho", "or"),
            ("enho", "er"),
            ("amos", "ar"),
            ("emos", "er"),
            ("imos", "ir"),
            ("r", "r"),
        ),
    }
)
"""How verbs end when the agent says what it does, and as infinitives."""
# What the last vowel of a verb becomes where it is stressed, and what it is of: ``apruebo``.
_STRESSED: Final[Mapping[str, Sequence[tuple[str, str]]]] = MappingProxyType(
    {
        "es": (("ue", "o"), ("ie", "e"), ("i", "e"), ("u", "o")),
        "pt": (("i", "e"), ("u", "o")),
    }
)
CLITICS: Final = MappingProxyType(
    {
        "es": (
            *("lo", "la", "los", "las", "le", "les", "me", "nos"),
            *(
                f"{whom}{what}"
                for whom in ("me", "se", "nos")
                for what in ("lo", "la", "los", "las")
            ),
        ),
        "it": (
            *("lo", "la", "li", "le", "mi", "ci", "gli"),
            *(
                f"{whom}{what}"
                for whom in ("me", "ce", "glie")
                for what in ("lo", "la", "li", "le")
            ),
        ),
    }
)


def is_action(word: str, language: str) -> bool:
    """Tell whether the word is the infinitive of something that tools are known to do."""
    return any(word in action[language] for action in _ACTIONS)


def is_infinitive(word: str, language: str) -> bool:
    """Tell whether the word looks like what a read-back calls an action by."""
    return len(word) > len("ar") and word.endswith(_ENDINGS[language])


def forms(verbs: frozenset[str], language: str) -> Forms:
    """Return the forms of a read-back's verb, which may be an English one, in a language."""
    same = {
        other
        for action in _ACTIONS
        if not verbs.isdisjoint((*action[language], *action["en"]))
        for other in action[language]
    }
    return _forms(frozenset(same or verbs), language)


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
    verbs |= {other for verb in verbs for other in _synonyms(language).get(verb, ())}
    found = Forms()
    for other in sorted(verbs):
        found |= _made(other, language)
    for group in alike:
        found |= Forms(commands=group.commands, nouns=group.nouns, done=group.done)
    return found


@cache
def _synonyms(language: str) -> Mapping[str, frozenset[str]]:
    """Return what callers also say for a verb: a table of their own words for it."""
    found: dict[str, frozenset[str]] = {}
    for line in lines_of("synonyms"):
        code, verbs, others = (part.strip() for part in line.split(":"))
        if code == language:
            for verb in map(_folded, verbs.split(",")):
                others_there = frozenset(map(_folded, others.split(",")))
                found[verb] = found.get(verb, frozenset()) | others_there
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """Verbs that say the same, as read-backs are compared by."""

    verbs: frozenset[str]
    commands: frozenset[str]
    nouns: frozenset[str]
    done: frozenset[str]


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
            done=frozenset(
                _folded(form) for form, says in forms_of_group.items() if says is Form.DONE
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


def known_at(words: Sequence[str], at: int, language: str) -> str | None:
    """Return the verb that is named there, if it is in the tables: ``dar de baja``."""
    table = _table(language)
    forms_there = [" ".join(words[at : at + size]) for size in range(_LONGEST, 0, -1)]
    known = (form for form in forms_there if form in table.verbs)
    return next(known, next((form for form in forms_there if form in table.nouns), None))


def is_known(form: str, language: str) -> bool:
    """Tell whether a verb, or the noun for it, is in the tables."""
    return form in _table(language).verbs or is_noun(form, language)


def is_noun(word: str, language: str) -> bool:
    """Tell whether a word is a noun for what is done: ``cancellation``."""
    return word in _table(language).nouns


def is_refund(word: str, language: str) -> bool:
    """Tell whether a word says that money is given back."""
    table = _table(language)
    refunds = next(action[language] for action in _ACTIONS if "refund" in action["en"])
    groups = (*table.verbs.get(word, ()), *table.nouns.get(word, ()))
    return any(not group.verbs.isdisjoint(refunds) for group in groups)


def bases_of(word: str, language: str) -> frozenset[str]:
    """Return the infinitives that what the agent says of itself may be of: ``añado``."""
    if language == "en":
        stem = word.removesuffix("ing")
        is_doubled = stem != word and stem[-1:] == stem[-2:-1]
        return frozenset((stem, f"{stem}e", *((stem[:-1],) if is_doubled else ())))
    changes = _STRESSED.get(language, ())
    stressed = (_last_vowel(word, vowel, base) for vowel, base in changes)
    return frozenset(
        f"{form.removesuffix(ending)}{base}"
        for form in {word, *stressed}
        for ending, bases in _FIRST_PERSON[language]
        if form.endswith(ending) and len(form) > len(ending) + 1
        for base in bases.split()
    )


def _made(verb: str, language: str) -> Forms:
    """Return the forms of a verb, which may be a phrase: ``dar de baja``."""
    head, _, tail = verb.partition(" ")
    made = _MAKERS[language](head) | _IRREGULAR.get((language, head), Forms())
    if not tail:
        return made
    return Forms(
        commands=frozenset(f"{form} {tail}" for form in made.commands),
        infinitives=frozenset(f"{form} {tail}" for form in made.infinitives),
        parted=frozenset((form, tail) for form in made.commands | made.infinitives),
        plurals=frozenset(f"{form} {tail}" for form in made.plurals) | made.plurals,
        singular=frozenset(f"{form} {tail}" for form in made.singular) | made.singular,
    )


def _english(verb: str) -> Forms:
    return Forms(frozenset((verb,)), frozenset((verb,)))


def _german(verb: str) -> Forms:
    infinitives = frozenset((verb,))
    particle = next((part for part in PARTED if verb.startswith(part)), None)
    found = Forms(_german_commands(verb), infinitives, plurals=infinitives)
    if particle is None:
        return found
    base = verb.removeprefix(particle)
    parted = frozenset((form, particle) for form in _german_commands(base))
    return found | Forms(parted=parted, plurals=frozenset((base,)))


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
    return _with_clitics(found, {verb}, "es")


def _italian(verb: str) -> Forms:
    stem, ending = verb[:-3], verb[-3:]
    match ending:
        case "are":
            hard = f"{stem}h" if stem.endswith(("c", "g")) else stem
            found = {f"{stem}a", f"{hard.removesuffix('i')}i", f"{stem}ate"}
        case _:
            found = {f"{stem}a", f"{stem}i", f"{stem}isca", f"{stem}isci", f"{stem}{ending[0]}te"}
    shortened = verb.removesuffix("e")
    return _with_clitics(found, {shortened}, "it") | Forms(infinitives=frozenset((verb,)))


def _portuguese(verb: str) -> Forms:
    stem, ending = verb[:-2], verb[-2:]
    found = {f"{stem}a", f"{stem}e"}
    if ending == "ir":
        found |= {f"{_last_vowel(stem, 'e', 'i')}a", f"{_last_vowel(stem, 'o', 'u')}a"}
        found |= {f"{stem}i"} if stem.endswith("u") else set()
    if ending == "ar":
        found |= {f"{_before_e(stem)}e", f"{_before_e(stem)}em"}
    joined = {f"{verb[:-1]} {clitic}" for clitic in ("lo", "la", "los", "las")}
    return Forms(frozenset(found), frozenset((verb, *joined)))


def _last_vowel(stem: str, vowel: str, replacement: str) -> str:
    before, found, after = stem.rpartition(vowel)
    return f"{before}{replacement}{after}" if found else stem


def _before_e(stem: str) -> str:
    """Return the stem as it is written before an e, with the same sound."""
    for ending, written in (("c", "qu"), ("g", "gu"), ("z", "c")):
        if stem.endswith(ending):
            return f"{stem[:-1]}{written}"
    return stem


def _with_clitics(commands: set[str], infinitives: set[str], language: str) -> Forms:
    clitics = ("", *CLITICS[language])
    return Forms(
        commands=frozenset(f"{form}{clitic}" for form in commands for clitic in clitics),
        infinitives=frozenset(f"{form}{clitic}" for form in infinitives for clitic in clitics),
        singular=frozenset(
            f"{form}{clitic}" for form in commands | infinitives for clitic in ("lo", "la")
        ),
    )


def _irregular(line: str) -> tuple[tuple[str, str], Forms]:
    language, verb, *commands = line.split()
    found = set(map(_folded, commands))
    forms = (
        _with_clitics(found, set(), language) if language in CLITICS else Forms(frozenset(found))
    )
    return (language, verb), forms


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
_IRREGULAR: Final[Mapping[tuple[str, str], Forms]] = MappingProxyType(
    dict(map(_irregular, lines_of("irregular")))
)
"""Commands that no rule makes."""
