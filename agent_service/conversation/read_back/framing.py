"""Knows what people put around a read-back, and what says that nothing was done yet."""

from collections.abc import Container, Sequence

from agent_service.conversation.read_back.dates import date
from agent_service.conversation.read_back.derivation import is_of_noun
from agent_service.conversation.read_back.language import Form, Language, SmallTalk
from agent_service.conversation.read_back.text import Text

_CLAUSE = 24
"""So many words at most such a clause has."""
_NEAR = 2
_COUNT = 2
"""Figures that a count may have."""
_STOPS = ".!?;:\u2013\u2014"
_AUXILIARIES = frozenset(
    ("will", "ll", "can", "could", "would", "d", "should", "must", "may", "shall", "might", "to")
)


class Framing:
    """Follows what was spoken from word to word, and tells what may be passed over."""

    def __init__(
        self,
        text: Text,
        asking: Language,
        summary: Sequence[str],
        asked_from: int,
        *,
        codes: frozenset[str] = frozenset(),
        bare: frozenset[str] = frozenset(),
        heads: frozenset[str] = frozenset(),
        is_to_do: bool = False,
        is_several: bool = False,
    ) -> None:
        """``summary`` are the words and numbers that count; ``is_several``: more than one deed.

        ``bare`` are the numbers of which the summary does not say what they are, ``heads`` the
        words that say it of the others.
        ``is_to_do``: the question asks whether to do it.
        ``codes`` are what of them stands for one thing together, letters and digits.

        ``asking`` is the language of the question, which begins at ``asked_from``.
        """
        self._text = text
        self._language = text.language
        self._summary = summary
        self._codes = codes
        self._asked_from = asked_from
        self._is_several = is_several
        self._bare = bare
        self._heads = heads
        self._is_to_do = is_to_do
        self._languages = {language.tag: language for language in (text.language, asking)}.values()
        self._texts = [Text(text.tokens, language) for language in self._languages]
        self._is_lead = True
        self._has_said = False
        self._is_passive = False

    def spelt(self, at: int) -> tuple[str, int] | None:
        """Return a code of the summary that is said there in whatever parts: ``K A, T M, 512``."""
        text, letters, end, found = self._text, "", at, None
        while end < len(text) and (end == at or text.tokens[end].gap in ("", ",")):
            number = text.number(end)
            letters += number.digits if number else self._letter(text.word(end))
            end = number.end if number else end + 1
            if not any(code.startswith(letters) for code in self._codes):
                break
            if letters in self._codes:
                found = letters, end
        return found

    def _letter(self, word: str) -> str:
        """Return a letter for its name: ``effe``; nothing for a dash that is said."""
        return "" if word in self._language.dashes else self._language.letters.get(word, word)

    def begin(self, at: int) -> None:
        """Notice the punctuation in front of a token."""
        if any(mark in self._text.tokens[at].gap for mark in _STOPS):
            self._is_lead, self._is_passive = True, False

    def go_on(self) -> None:
        """Notice that something was said: what only leads over to it is no longer expected."""
        self._is_lead, self._has_said = False, True

    def allows(self, form: Form, at: int) -> bool:
        """Tell whether a form of a verb says what is to come, not what is done."""
        if form is Form.OTHERS:
            return self._is_wished(at)
        return form is not Form.DONE or self._is_passive or self._is_attribute(at)

    def _is_attribute(self, at: int) -> bool:
        """Tell whether it only describes a thing, ahead of "shall I?": a car ``rented`` there."""
        text, before = self._text, self._text.word(at - 1)
        is_thing = text.follows(at) and text.number(at - 1) is None and self.is_known(before)
        return self._is_to_do and is_thing

    def _is_wished(self, at: int) -> bool:
        while at > 0 and not any(mark in self._text.tokens[at].gap for mark in _STOPS):
            at -= 1
            if self._text.tokens[at].text in self._language.wishing:
                return True
        return False

    def is_left_to_caller(self, at: int) -> bool:
        """Tell whether it is the caller who is to do it: ``you can cancel``."""
        text, language = self._text, self._language
        if text.tokens[at].text not in language.callers or self._is_passive:
            return False
        after = at + 1
        while text.follows(after) and text.word(after) in _AUXILIARIES:
            after += 1
        return text.is_verb(after) and (self._is_lead or not language.is_verb_last)

    def is_barred(self, at: int) -> bool:
        """Tell whether words stand there that say something together: ``for now``."""
        return self._text.after(self._language.small_talk.barred, at) is not None

    def is_others(self, form: Form, at: int, end: int) -> bool:
        """Tell whether somebody who is named does it: ``Carla Reyes will pause the order``."""
        text, first = self._text, at
        while text.follows(first) and text.word(first - 1) in _AUXILIARIES:
            first -= 1
        is_active = form is Form.OPEN or (form is Form.NOUN and first < at)
        is_told = is_active and self._language.has_one_form
        is_name = is_told and text.follows(first) and text.number(first - 1) is None
        if not is_name or not self.is_known(text.word(first - 1)) or not text.follows(end):
            return False
        is_object = text.tokens[end].text in self._language.determiners
        return is_object or text.number(end) is not None or self.is_known(text.word(end))

    def is_past(self, at: int) -> bool:
        """Tell whether what is asked for was done, or was to be done: ``I have set``."""
        text = self._text
        if text.tokens[at].text not in self._language.past:
            return False
        after = at + 1
        while text.follows(after) and not text.is_verb(after):
            after += 1
        return text.follows(after)

    def end(self, at: int) -> int | None:
        """Return where words end that only frame what is said; None if there are none."""
        if (end := self._text.after(self._language.passive, at)) is not None:
            self._is_passive = True
            return end
        for each in self._texts:
            if self._is_lead and (end := each.after(each.language.openers, at)) is not None:
                return end
            end = each.after(each.language.asides, at)
            if end is not None and not self._is_of_summary(at, end):
                return end
        for language in self._languages:
            if (end := self._aside(at, language.small_talk)) is not None:
                return end
        return self._light(at)

    def _is_of_summary(self, at: int, end: int) -> bool:
        """Tell whether the summary holds it: a card ``Merci pour tout``, ``con una cuota``."""
        talk = self._language.small_talk
        return any(
            self.is_known(self._text.word(each))
            and (token.text in talk.courtesy or not self._is_small(token.text, self._language))
            for each, token in enumerate(self._text.tokens[at:end], start=at)
        )

    def _aside(self, at: int, talk: SmallTalk) -> int | None:
        """Return where words end that only tell how it is talked about."""
        word = self._text.tokens[at].text
        if self._opens(at) and (end := self._courtesy(at, talk)) is not None:
            return end
        if word in talk.negations:
            return self._up_to(at, talk, talk.troubles)
        if word in talk.conditions:
            end = self._up_to(at, talk, talk.consents)
            return None if end and self._is_denied(at, end, talk) else end
        if word in talk.earlier:
            end = self._up_to(at, talk, talk.doing.keys())
            said = {token.text for token in self._text.tokens[at:end]} if end else set()
            return end if said.isdisjoint(self._language.callers) else None
        if word in talk.again and (self._is_said_before(at, talk) or self._leads_over(at, talk)):
            return at + 1
        if word in talk.limits or word in talk.again:
            return self._up_to(at, talk, talk.saying.keys())
        is_means = word in talk.means and self._text.follows(at + 1) and self._text.is_verb(at + 1)
        return at + 1 if is_means else None

    def _is_said_before(self, at: int, talk: SmallTalk) -> bool:
        """Tell whether words of talking alone stand ahead: ``let me say that once again``."""
        first, after = at, at + 1
        while self._text.follows(after) and self._is_leading(after, talk):
            after += 1
        if self._text.follows(after) and self._text.is_verb(after):
            return False
        while self._text.follows(first) and self._is_leading(first - 1, talk):
            first -= 1
        return any(token.text in talk.saying for token in self._text.tokens[first:at])

    def _leads_over(self, at: int, talk: SmallTalk) -> bool:
        """Tell whether no more than talk stands there ahead of a colon: ``once again: ...``."""
        first, last = at, at + _CLAUSE
        while self._text.follows(first) and self._is_leading(first - 1, talk):
            first -= 1
        if self._text.follows(first):
            return False
        while at < last and self._text.follows(at + 1) and self._is_leading(at + 1, talk):
            at += 1
        return at + 1 < len(self._text) and ":" in self._text.tokens[at + 1].gap

    def _is_leading(self, at: int, talk: SmallTalk) -> bool:
        return self._is_talk(at, talk) or self._text.tokens[at].text in talk.again | talk.around

    def _opens(self, at: int) -> bool:
        return at == 0 or bool(self._text.tokens[at].gap)

    def _courtesy(self, at: int, talk: SmallTalk) -> int | None:
        """Return where the next pause is, if nothing but courtesies are said up to it."""
        tokens, end = self._text.tokens, at
        while end == at or self._text.follows(end):
            end += 1
        said = [token.text for token in tokens[at:end]]
        is_polite = not talk.courtesy.isdisjoint(said) and not self._is_denied(at, end, talk)
        is_all = all(
            self._is_talk(each, talk) or tokens[each].text in talk.courtesy | talk.around
            for each in range(at, end)
        )
        return end if is_polite and is_all else None

    def _is_denied(self, at: int, end: int, talk: SmallTalk) -> bool:
        """Tell whether something is denied there that is no trouble."""
        said = {token.text for token in self._text.tokens[at:end]}
        return not talk.negations.isdisjoint(said) and talk.troubles.isdisjoint(said)

    def _up_to(self, at: int, talk: SmallTalk, heads: Container[str]) -> int | None:
        """Return where a clause ends that speaks of the talking alone, and has one of the heads."""
        end, found = at + 1, None
        while end < at + _CLAUSE and self._text.follows(end) and self._is_talk(end, talk):
            end += 1
            if self._text.tokens[end - 1].text in heads:
                found = end
        return found

    def _is_talk(self, at: int, talk: SmallTalk) -> bool:
        """Tell whether a word may stand in a clause that says nothing of the matter."""
        word = self._text.tokens[at].text
        if self._text.is_verb(at) or self.is_known(self._text.word(at)):
            return False
        return (
            word in talk.words
            or word in talk.doing
            or word in talk.saying
            or word in talk.consents
            or word in talk.troubles
            or word in talk.negations
        )

    def _light(self, at: int) -> int | None:
        """Return where a verb ends that says no more than the noun after it: ``make a refund``."""
        text, language = self._text, self._language
        if text.tokens[at].text not in language.light or text.is_verb(at):
            return None
        after = at + 1
        while text.follows(after) and text.tokens[after].text in language.idle | language.articles:
            after += 1
        return at + 1 if text.follows(after) and text.is_verb(after) else None

    def is_known(self, word: str) -> bool:
        """Tell whether the summary holds the word or number."""
        return any(self._language.is_same(known, word) for known in self._summary)

    def noun_of(self, form: str) -> str | None:
        """Return the noun of the summary of whose verb it is a form: ``accordage``, accordé."""
        tag, is_done = self._language.tag, self._is_passive
        found = (noun for noun in self._summary if is_of_noun(form, noun, tag, is_done=is_done))
        return next(found, None)

    def is_asking(self, at: int) -> bool:
        """Tell whether the question stands there, which holds nothing else."""
        return at >= self._asked_from

    def passes(self, at: int) -> bool:
        """Tell whether a word says nothing of the matter."""
        token = self._text.tokens[at]
        if token.text in self._language.titles:
            return self._is_titled(at)
        if any(self._is_small(token.text, language) for language in self._languages):
            return True
        if token.text in self._language.also:
            return self._is_several and self._has_said and self._is_by_verb(at)
        if token.text in self._language.classes and self._is_beside(at):
            return True
        return token.text in self._language.small_talk.kinds and self._is_kind(at)

    def _is_by_verb(self, at: int) -> bool:
        """Tell whether one more deed is named there, or was right ahead: ``and also cancel``."""
        text = self._text
        ahead = [at - size for size in range(1, _NEAR + 1) if text.follows(at - size + 1)]
        behind = at + 1
        while text.follows(behind) and self._is_talk(behind, self._language.small_talk):
            behind += 1
        is_next = text.follows(behind) and text.is_verb(behind)
        is_end = behind >= len(text) or bool(text.tokens[behind].gap)
        return is_next or (is_end and any(text.is_verb(each) for each in ahead))

    def _is_kind(self, at: int) -> bool:
        """Tell whether a name, a moment or a number stands behind that is no count."""
        text, after = self._text, at + 1
        while text.follows(after) and text.tokens[after].text in self._language.beside:
            after += 1
        if not text.follows(after):
            return False
        number = text.number(after)
        if number is not None:
            if not self._may_name(at, number.digits):
                return False
            is_long = len(number.digits) > _COUNT or text.number(number.end) is not None
            return is_long or date(text, after) is not None
        is_name = text.tokens[after].is_capital and self.is_known(text.word(after))
        return is_name or text.word(after) in self._language.weekdays

    def _is_titled(self, at: int) -> bool:
        """Tell whether a title stands ahead of a name that the summary has without one."""
        has_title = any(word in self._language.titles for word in self._summary)
        return (
            self._text.follows(at + 1) and self.is_known(self._text.word(at + 1)) and not has_title
        )

    def _is_small(self, word: str, language: Language) -> bool:
        """Tell whether a word says nothing wherever it stands."""
        talk = language.small_talk
        if word in language.plain or word in talk.words or word in talk.saying:
            return True
        return word in talk.doing and (talk.doing[word] is not Form.DONE or self._is_passive)

    def _is_beside(self, at: int) -> bool:
        """Tell whether a word of the summary stands right before that one, or after it."""
        text, after = self._text, at + 1
        while text.follows(after) and text.tokens[after].text in self._language.beside:
            after += 1
        number = text.number(after) if text.follows(after) else None
        if number is not None and not self._may_name(at, number.digits):
            return False
        if text.follows(at) and self.is_known(text.word(at - 1)):
            return True
        return text.follows(after) and self.is_known(text.word(after))

    def _may_name(self, at: int, digits: str) -> bool:
        """Tell whether the summary has no other word for a number, or it was said ahead."""
        return digits in self._bare or self._text.word(at - 1) in self._heads
