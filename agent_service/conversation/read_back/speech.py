"""Reads what was spoken: a read-back, and what people put around one."""

from collections.abc import Sequence

from agent_service.conversation.read_back.language import Form, Language
from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import Token
from agent_service.conversation.read_back.units import Reader, Sort, Unit, Verbs

_STOPS = ".!?;:\u2013\u2014"
_AUXILIARIES = frozenset(("will", "ll", "can", "could", "would", "d", "should", "must", "may"))


class SpokenReader(Reader):
    """Skips what may frame a read-back, and takes no verb that says that it is done."""

    def __init__(
        self,
        tokens: Sequence[Token],
        language: Language,
        verbs: Verbs,
        *,
        asked_from: int = -1,
        asking: Language,
    ) -> None:
        super().__init__(tokens, language, verbs, asked_from=asked_from)
        self._leads = [self.text]
        if asking is not language:
            self._leads.append(Text(tokens, asking))
        self._is_lead = True
        self._is_passive = False

    def begin(self, at: int) -> None:
        super().begin(at)
        gap = self.text.tokens[at].gap
        if any(mark in gap for mark in _STOPS):
            self._is_lead, self._is_passive = True, False
            if self._is_announced(at):
                self.found.clear()

    def _is_announced(self, at: int) -> bool:
        """Tell whether only a noun was said yet, for what comes now: ``a transfer: I'd ...``."""
        is_noun = len(self.found) == 1 and self.found[0].is_noun and self.found[0].has_determiner
        return is_noun and any(token.text in self._verbs for token in self.text.tokens[at:])

    def step(self, at: int) -> int | None:
        if self._is_left_to_caller(at):
            return None
        if (end := self._framed(at)) is not None:
            return end
        known = len(self.found)
        end = super().step(at)
        if len(self.found) > known:
            self._is_lead = False
        return end

    def take_verb(self, form: Form, which: int, at: int, end: int) -> int | None:
        if form is Form.DONE and not self._is_passive:
            return None
        return super().take_verb(form, which, at, end)

    def _is_left_to_caller(self, at: int) -> bool:
        """Tell whether it is the caller who is to do it: ``you can cancel``."""
        if self.text.tokens[at].text not in self.language.callers:
            return False
        after = at + 1
        while self.text.follows(after) and self.text.word(after) in _AUXILIARIES:
            after += 1
        is_subject = self._is_lead or not self.language.is_verb_last
        return is_subject and self.is_verb(after) and not self._is_passive

    def _framed(self, at: int) -> int | None:
        """Return where words end that only frame what is said."""
        text, language = self.text, self.language
        if self._is_lead:
            for each in self._leads:
                if (end := each.after(each.language.leads, at)) is not None:
                    self.part()
                    return end
        if (end := text.after(language.passive, at)) is not None:
            self._is_passive = True
            self.part()
            return end
        end = text.after(language.light, at)
        if end is not None and text.tokens[at].text not in self._verbs and self.is_verb(end):
            return end
        if (end := text.after(language.frames, at)) is not None:
            self.part()
            return end
        if (end := text.after(language.whole, at)) is not None:
            return self._add(Unit(Sort.WHOLE, ""), at, end)
        return None
