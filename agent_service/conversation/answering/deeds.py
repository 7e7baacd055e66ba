"""What a read-back says will be done: the verb that names it, and whether it is all.

"Cancel order 1007", "Ich storniere Auftrag 7", "Vou cancelar o pedido": an infinitive, or what the
agent says of itself. Its verb need not be in the tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import Final

from agent_service.conversation.answering import verbs
from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.grammars import lines_of
from agent_service.conversation.answering.numerals import value
from agent_service.conversation.answering.verbs import PARTED
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import readable_part
from agent_service.conversation.read_back.language import Role
from agent_service.conversation.read_back.languages import LANGUAGES
from agent_service.conversation.read_back.tokens import plain

_CURRENCIES: Final = frozenset(lines_of("currencies"))
_OF: Final = frozenset(("of", "de", "d", "des", "du", "di", "del", "della", "do", "da", "von"))
_SUBJECTS: Final = frozenset(("je", "j", "nous", "on", "yo", "io", "eu"))
# How verbs end when the agent, or "we", says what is done; others are Spanish and Portuguese.
_SAID_OF_SELF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"fr": ("e", "s"), "it": ("o", "iamo")}
)
_OWN: Final = MappingProxyType(
    {"es": ("o", "oy", "mos", "e"), "it": ("o",), "pt": ("o", "ou", "mos")}
)
_GOALS: Final = (Role.TO, Role.TOWARDS)
_SHORT: Final = 4
"""A word of no more letters is no infinitive to go by: ``per``, ``mar``."""
_NEAR: Final = 4
"""Among so many words behind a verb is the noun, or the sum, that goes with it."""
_MOST: Final = 4
"""So many verbs of a read-back may be refused."""

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done."""

    verbs: frozenset[str]
    """The verb; several where it is not known of which the form is; none if there is none."""
    others: frozenset[str]
    """Verbs that are named elsewhere in the read-back."""
    is_known: bool
    is_sentence: bool
    """It is told in a sentence of the agent's, and is no infinitive."""
    is_several: bool
    """Something more is done."""
    is_pair: bool
    """Two things are done, of which one may come of the other."""
    splits: tuple[tuple[int, int], ...]
    """Where one deed ends, and the next begins."""
    led: int
    """How many words stand ahead of the verb in a sentence of the agent's."""
    at: int
    """Where the verb stands."""
    particles: frozenset[str]
    """What may be parted from it: send ... *out*."""
    words: frozenset[str]
    """All words of the sentence up to the verb, and what is parted from it."""

    @property
    def parts(self) -> frozenset[str]:
        """Return the words that stand for nothing beside the verb: ``melde``, send *out*."""
        return self.words | self.particles


def deed_of(read_back: Asked, spoken: Wording) -> Deed:
    """Return what a read-back says will be done, in the language that it is spoken in."""
    return _Reading(read_back, spoken).deed()


class _Reading:
    def __init__(self, read_back: Asked, spoken: Wording) -> None:
        self._words, self._pauses = read_back.clause, read_back.pauses
        self._sentence = read_back.sentence
        self._spoken, self._language = spoken, spoken.language
        self._small = frozenset(
            word
            for piece in read_back.sentence.split()
            if piece[:1].islower()
            for word in readable_part(piece).words
        )
        self._ends = {*self._pauses, len(self._words)}
        self._before = spoken.before_verb | spoken.speakers
        self._led = self._before | spoken.enclitics | spoken.objects
        self._is_sentence = self._tells()
        self._at = self._place()

    def deed(self) -> Deed:
        """Return what is done."""
        named, words = self._named()
        more = sorted(at for at in self._places() if self._is_deed(at))
        return Deed(
            verbs=named,
            others=self._others(),
            is_known=any(verbs.is_known(verb, self._language) for verb in named),
            is_sentence=self._is_sentence,
            is_several=any(not self._is_consequence(at) for at in more),
            is_pair=len(more) == 1,
            splits=self._splits(more),
            led=self._first(),
            at=self._at,
            particles=self._particles(named),
            words=frozenset(words),
        )

    def _splits(self, more: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """Return where one deed ends and the next begins: around the "and" between them."""
        if self._spoken.has_verb_last and not (self._is_sentence and not self._has_auxiliary):
            ends = [self._at + 1, *(at + 1 for at in more[:-1])]
            return tuple((end, self._behind(end)) for end in ends) if more else ()
        return tuple(self._around(at) for at in more)

    def _behind(self, at: int) -> int:
        """Return where the next deed begins, behind the "and"."""
        while at < len(self._words) - 1 and self._words[at] in self._spoken.conjunctions:
            at += 1
        return at

    def _around(self, at: int) -> tuple[int, int]:
        """Return where the deed begins whose verb stands there, and where the one before ends."""
        end = at
        while end > 1 and end not in self._pauses and self._is_ahead(end - 1):
            end -= 1
        return end, at

    def _is_ahead(self, at: int) -> bool:
        """Tell whether a word only leads to the verb behind it: ``et j'en``."""
        return self._words[at] in self._led | self._spoken.conjunctions

    def _tells(self) -> bool:
        """Tell whether the agent says what it does: ``ich storniere``, and not ``stornieren``."""
        if self._language in ("en", "de"):
            return self._words[0] in self._before
        if not self._has_auxiliary and not _SUBJECTS.isdisjoint(self._words[: self._first()]):
            return True
        first = self._first()
        is_caused = first > 0 and self._words[first - 1] in self._spoken.causing
        return is_caused or not verbs.is_infinitive(self._words[first], self._language)

    @property
    def _has_auxiliary(self) -> bool:
        return not self._spoken.auxiliaries.isdisjoint(self._words[: self._first()])

    def _first(self) -> int:
        """Return where the verb stands behind who does it: ``je vais``, ``so I'm``."""
        places = (at for at, word in enumerate(self._words) if word not in self._before)
        first = next(places, 0)
        if self._words[first] in self._spoken.causing and self._is_infinitive(first + 1):
            return first + 1
        is_detail = self._words[first] in self._spoken.prepositions | set(map(plain, self._roles))
        if is_detail and self._language not in ("en", "de"):
            # "Sur le contrat 12, remplacer le conducteur"
            behind = enumerate(self._words[first + 1 :], start=first + 1)
            named = (at for at, word in behind if word in self._small and len(word) > _SHORT)
            return next((at for at in named if self._is_infinitive(at)), first)
        return first

    def _is_infinitive(self, at: int) -> bool:
        return at < len(self._words) and verbs.is_infinitive(self._words[at], self._language)

    def _place(self) -> int:
        if not self._spoken.has_verb_last:
            return self._first()
        at = self._first()
        if self._is_sentence and not self._has_auxiliary:
            return at
        joints = {at for at, word in enumerate(self._words) if word in self._spoken.conjunctions}
        places = [end - 1 for end in sorted({*self._ends, *joints}) if end > at]
        small = (at for at in places if self._words[at] in self._small)
        likely = [at for at in small if self._words[at].endswith("n")]
        # What stands ahead of one that is known is the first of two: "abmelden und erstatten".
        known = (
            at
            for at in places
            if verbs.is_action(self._words[at], self._language)
            or (at in likely and verbs.is_known(self._words[at], self._language))
        )
        return next(known, next(iter(likely), len(self._words) - 1))

    def _named(self) -> tuple[frozenset[str], Words]:
        """Return the verb, or what it may be, and the words that it takes."""
        words, at = self._words, self._at
        form = verbs.known_at(words, at, self._language)
        taken = words[: at + len((form or "").split() or [""])]
        if self._spoken.has_verb_last:
            before = words[: self._first() + 1] if self._is_sentence else ()
            taken = (*before, words[at])
            if (parted := self._parted()) is not None:
                verb, particle = parted
                return verb, (*taken, particle)
        if form is None:
            bare = _without_enclitic(words[at], self._spoken)
            guessed = verbs.bases_of(bare, self._language) if self._is_sentence else {bare}
            return frozenset(guessed) | self._nouns(), taken
        # "I'm booking it": a booking would be a noun.
        is_ing = self._is_sentence and self._language == "en" and form.endswith("ing")
        bases = verbs.bases_of(form, "en") if is_ing else ()
        known = frozenset(base for base in bases if verbs.is_known(base, "en"))
        return known | {form} | self._nouns(), taken

    def _nouns(self) -> frozenset[str]:
        """Return the noun that tells what is done behind a verb that says little: make a refund."""
        word, near = self._words[self._at], self._words[self._at + 1 : self._at + 1 + _NEAR]
        is_light = word in _light(self._language) or verbs.is_noun(word, self._language)
        nouns = (each for each in (word, *near) if verbs.is_noun(each, self._language))
        return frozenset(islice(nouns, 1)) if is_light else frozenset()

    @property
    def _participle(self) -> str:
        return LANGUAGES[self._language].participle or "\0"

    def _parted(self) -> tuple[frozenset[str], str] | None:
        """Return a German verb and the part of it at the end: ``ich trage ... ein``."""
        if not self._is_sentence or self._has_auxiliary:
            return None
        word = self._words[self._at]
        ends = [self._words[end - 1] for end in sorted(self._ends) if end > self._at + 1]
        for particle in (end for end in ends if end in PARTED):
            if verbs.is_known(f"{word} … {particle}", self._language):
                return frozenset((f"{word} … {particle}",)), particle
            bases = verbs.bases_of(word, self._language)
            return frozenset(f"{particle}{base}" for base in bases), particle
        return None

    def _particles(self, named: frozenset[str]) -> frozenset[str]:
        """Return the particle that stands right behind an English verb."""
        known = verbs.forms(named, self._language).particles if self._language == "en" else ()
        return frozenset(self._words[self._at + 1 : self._at + 2]).intersection(known)

    def _others(self) -> frozenset[str]:
        found = (verbs.known_at(self._words, at, self._language) for at in range(len(self._words)))
        return frozenset(islice((form for form in found if form is not None), _MOST))

    def _places(self) -> set[int]:
        """Return where another verb may stand: where another clause begins or ends."""
        words, size = self._words, len(self._words)
        joints = {at for at, word in enumerate(words) if word in self._spoken.conjunctions}
        begins = {*self._pauses, *(at + 1 for at in joints)}
        # Pronouns and adverbs may stand ahead: "et *en* envoyer une autre", "et *j'en* envoie une".
        for at in sorted(begins):
            while at < size and (words[at] in self._led or at in joints):
                at += 1
                begins.add(at)
        if self._spoken.has_verb_last:
            begins |= {end - 1 for end in {*self._ends, *joints}}
        return {at for at in begins if self._at < at < size}

    def _is_deed(self, at: int) -> bool:
        """Tell whether a word is the verb of something more that is done."""
        word, language = self._words[at], self._language
        is_compound = language == "en" and f"{word}-" in self._sentence  # call-out charge
        if self._words[at - 1] in self._spoken.others or is_compound:
            return False
        if language == "en":
            word = word if verbs.is_known(word, language) else word.removeprefix("re")
        is_led_over = word.endswith(self._participle)  # ", starting May 1"
        if is_led_over and not self._words[self._at].endswith(self._participle):
            return False
        if verbs.is_action(word, language):
            return True
        if self._is_sentence and verbs.is_noun(word, language):
            # ", pick-up on Friday" is how it is done, and ", cancellation of the old one" more.
            return self._is_noun_of_deed(at)
        if verbs.is_known(word, language) and (language != "de" or word in self._small):
            return self._is_sentence_form(word) if self._is_sentence else self._has_its_form(word)
        is_joined = not self._spoken.conjunctions.isdisjoint(self._words[max(at - 3, 0) : at])
        may_be = is_joined and word in self._small  # and no name
        return may_be and self._has_its_form(word) and self._leads(at)

    def _is_sentence_form(self, word: str) -> bool:
        """Tell whether a verb may say what the agent does: ``envío``, and not ``matrícula``."""
        return word.endswith(_OWN.get(self._language, ""))

    def _has_its_form(self, word: str) -> bool:
        """Tell whether a word looks like the verb of the first: ``annuler``, ``annulo``."""
        if self._language == "en":
            return True
        if self._language == "de":
            return word in self._small and word.endswith("e" if self._is_sentence else "n")
        clitics = ("", *self._spoken.enclitics, *verbs.CLITICS.get(self._language, ()))
        bare = [word.removesuffix(clitic) for clitic in clitics]
        forms = [each for form in bare for each in (form, f"{form}e")]
        if any(verbs.is_infinitive(form, self._language) for form in forms):
            return True
        return self._is_sentence and word.endswith(_SAID_OF_SELF.get(self._language, ("o", "mos")))

    def _is_noun_of_deed(self, at: int) -> bool:
        """Tell whether a noun names a deed, by what it is done to, and not how the first is done.

        Many look like what the agent says that it does: ``cambio``, ``aviso a un fontanero``.
        """
        behind = [word for word in self._words[at + 1 : at + 3] if word not in _OF]
        is_of = len(behind) < len(self._words[at + 1 : at + 3])
        return is_of or (self._leads(at) and not any(map(self._is_day, behind)))

    def _is_day(self, word: str) -> bool:
        days = LANGUAGES[self._language].weekdays
        return word in days or word.removesuffix("s") in days

    def _leads(self, at: int) -> bool:
        """Tell whether a word that is in no table has something behind it, as a verb has."""
        spoken, after = self._spoken, self._words[at + 1 : at + 2]
        word = self._words[at]
        is_small = word in spoken.determiners | spoken.prepositions | spoken.conjunctions
        if is_small or self._is_day(word) or word in LANGUAGES[self._language].numerals.values:
            return False
        if self._language == "de" and not self._is_sentence:
            return at + 1 in self._ends
        goals = {plain(word) for word, role in self._roles.items() if role in _GOALS}
        things = spoken.determiners | spoken.objects | goals
        return any(each in things or value(each, self._language) is not None for each in after)

    @property
    def _roles(self) -> Mapping[str, Role]:
        return LANGUAGES[self._language].roles

    def _is_consequence(self, at: int) -> bool:
        """Tell whether it is what comes of the deed: ``refund 20 dollars``, ``devolução``."""
        word, rest = self._words[at], self._words[at + 1 :]
        if self._is_joined(at):
            return False
        end = min((end - at - 1 for end in self._ends if end > at + 1), default=0)
        sum_named = rest[:end]
        if verbs.is_refund(word, self._language):
            return any(map(self._is_of_sum, sum_named[:_NEAR]))
        is_noun = verbs.is_noun(word, self._language)
        is_sum = any(map(self._is_of_sum, sum_named)) and all(
            self._is_of_sum(each) or each in self._spoken.prepositions for each in sum_named
        )
        return is_noun and is_sum

    def _is_joined(self, at: int) -> bool:
        """Tell whether "and" makes it one more deed: ``annullo il corso e le rimborso``."""
        while at > 1 and at not in self._pauses and self._words[at - 1] in self._led:
            if self._words[at - 1] in self._spoken.conjunctions:
                return True
            at -= 1
        return at not in self._pauses and self._words[at - 1] in self._spoken.conjunctions

    def _is_of_sum(self, word: str) -> bool:
        is_number = value(word, self._language) is not None
        return is_number or word in _CURRENCIES


@cache
def _light(language: str) -> frozenset[str]:
    """Return the verbs that say no more than the noun after them."""
    return frozenset(map(plain, LANGUAGES[language].light))


def _without_enclitic(verb: str, spoken: Wording) -> str:
    for enclitic in spoken.enclitics:
        bare = verb.removesuffix(enclitic)
        if bare != verb and bare.endswith("r"):
            return f"{bare}e" if spoken.language == "it" else bare
    return verb
