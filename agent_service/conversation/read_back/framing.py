"""Knows what people put around a read-back, and what says that nothing was done yet."""

from collections.abc import Sequence

from agent_service.conversation.read_back.language import Form, Language
from agent_service.conversation.read_back.text import Text

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
        is_several: bool = False,
    ) -> None:
        """``summary`` are the words and numbers that count; ``is_several``: more than one deed.

        ``asking`` is the language of the question, which begins at ``asked_from``.
        """
        self._text = text
        self._language = text.language
        self._summary = summary
        self._asked_from = asked_from
        self._is_several = is_several
        self._languages = {language.tag: language for language in (text.language, asking)}.values()
        self._texts = [Text(text.tokens, language) for language in self._languages]
        self._is_lead = True
        self._is_passive = False

    def begin(self, at: int) -> None:
        """Notice the punctuation in front of a token."""
        if any(mark in self._text.tokens[at].gap for mark in _STOPS):
            self._is_lead, self._is_passive = True, False

    def go_on(self) -> None:
        """Notice that something was said: what only leads over to it is no longer expected."""
        self._is_lead = False

    def allows(self, form: Form, at: int) -> bool:
        """Tell whether a form of a verb says what is to come, not what is done."""
        if form is Form.OTHERS:
            return self._is_wished(at)
        return form is not Form.DONE or self._is_passive

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
            if (end := each.after(each.language.asides, at)) is not None:
                return end
        return self._light(at)

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

    def is_asking(self, at: int) -> bool:
        """Tell whether the question stands there, which holds nothing else."""
        return at >= self._asked_from

    def passes(self, at: int) -> bool:
        """Tell whether a word says nothing of the matter."""
        token = self._text.tokens[at]
        if any(token.text in language.plain for language in self._languages):
            return True
        if token.text in self._language.also:
            return self._is_several
        return token.text in self._language.classes and self._is_beside(at)

    def _is_beside(self, at: int) -> bool:
        """Tell whether a word of the summary stands right before that one, or after it."""
        text, after = self._text, at + 1
        if text.follows(at) and self.is_known(text.word(at - 1)):
            return True
        while text.follows(after) and text.tokens[after].text in self._language.beside:
            after += 1
        return text.follows(after) and self.is_known(text.word(after))
