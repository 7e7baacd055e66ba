"""Knows what people put around a read-back: ``just to confirm``, ``I'm going to``, ``would be``."""

from agent_service.conversation.read_back.language import Form, Language
from agent_service.conversation.read_back.text import Text

_STOPS = ".!?;:\u2013\u2014"
_AUXILIARIES = frozenset(("will", "ll", "can", "could", "would", "d", "should", "must", "may"))


class Framing:
    """Follows what was spoken from word to word, and tells what may be passed over."""

    def __init__(self, text: Text, asking: Language) -> None:
        """``asking`` is the language that the question was to be in."""
        self._text = text
        self._language = text.language
        self._leads = [text]
        if asking is not text.language:
            self._leads.append(Text(text.tokens, asking))
        self._is_lead = True
        self._is_passive = False

    def begin(self, at: int) -> bool:
        """Notice the punctuation in front of a token; tell whether a sentence or the like ends."""
        is_stop = any(mark in self._text.tokens[at].gap for mark in _STOPS)
        if is_stop:
            self._is_lead, self._is_passive = True, False
        return is_stop

    def go_on(self) -> None:
        """Notice that something was said: what only leads over to it is no longer expected."""
        self._is_lead = False

    def allows(self, form: Form) -> bool:
        """Tell whether a form of a verb says what is to come, not what is done."""
        return form is not Form.DONE or self._is_passive

    def is_left_to_caller(self, at: int) -> bool:
        """Tell whether it is the caller who is to do it: ``you can cancel``."""
        text, language = self._text, self._language
        if text.tokens[at].text not in language.callers or self._is_passive:
            return False
        after = at + 1
        while text.follows(after) and text.word(after) in _AUXILIARIES:
            after += 1
        return text.is_verb(after) and (self._is_lead or not language.is_verb_last)

    def end(self, at: int) -> int | None:
        """Return where words end that only frame what is said; None if there are none."""
        text, language = self._text, self._language
        if (end := text.after(language.passive, at)) is not None:
            self._is_passive = True
            return end
        end = text.after(language.light, at)
        if end is not None and not text.is_verb(at) and text.is_verb(end):
            return end
        return self._lead(at) or text.after(language.frames, at)

    def _lead(self, at: int) -> int | None:
        for text in self._leads if self._is_lead else ():
            if (end := text.after(text.language.leads, at)) is not None:
                return end
        return None
