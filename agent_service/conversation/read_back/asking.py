"""Finds the question that ends a read-back, and whether it asks for agreement and nothing else."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent_service.conversation.read_back.language import Form, Language
from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import Token
from agent_service.conversation.read_back.units import Verbs

_ENDS = frozenset(".!?…")
_FAR = 100
"""So many words into a sentence it may begin to ask."""
_LONGEST = 30
"""How many words a question that holds nothing else may have."""
_AND = frozenset(("and", "or", "und", "oder", "et", "ou", "y", "o", "e", "ed", "u", "plus"))
_SOON = 4
"""So many words after ``and`` it may be asked what: ``and under which name``."""
_WHICH = frozenset(
    (
        *("which", "who", "whom", "whose", "when", "where", "why", "what", "how"),
        *("welche", "welchem", "welchen", "welcher", "welches", "wer", "wem", "wen", "wessen"),
        *("wann", "wo", "wohin", "woher", "warum", "wie", "was"),
        *("quel", "quelle", "quels", "quelles", "lequel", "laquelle", "qui", "quand", "où"),
        *("combien", "pourquoi", "comment", "quoi"),
        *("qué", "cuál", "cuáles", "quién", "quiénes", "cuándo", "dónde", "adónde", "cómo"),
        *("cuánto", "cuánta", "cuántos", "cuántas"),
        *("quale", "quali", "chi", "quando", "dove", "come", "cosa", "quanto", "quanti"),
        *("qual", "quais", "quem", "onde", "aonde", "quantos", "quantas", "quanta", "quante"),
    )
)
_AHEAD = frozenset(("a", "à", "con", "com", "da", "de", "di", "em", "en", "in", "per", "para"))
"""Behind these "que" and "che" ask, too: ``em que nome``."""
_WHAT = frozenset(("que", "qu", "qué", "che", "o", "por", "was", "what", "how", "wie", "come"))


class Question:
    """What a text asks, in the language that it was to ask in."""

    def __init__(
        self,
        tokens: Sequence[Token],
        end: str,
        language: Language,
        verbs: Verbs,
        own: Sequence[str],
    ) -> None:
        """``end`` is the punctuation at the end of the text.

        ``verbs`` are what may be asked for, ``own`` the words of the question that was to be asked.
        """
        self._text = Text(tokens, language)
        self._tokens = tokens
        self._end = end
        self._language = language
        self._verbs = verbs
        self._own = list(own)
        is_wished = any(token.text in language.wishing for token in tokens[-_LONGEST:])
        self._own_verbs = {
            form for word in own for form in language.ways_to_say(word, is_wished=is_wished)
        }
        """``Shall I reserve it?``"""

    def is_for_agreement(self) -> bool:
        """Tell whether the text asks for agreement at its end, and nothing else."""
        tokens = self._tokens
        start = self._last_sentence()
        if any("?" in token.gap for token in tokens[1 : start + 1]) or self._asks_more(start):
            return False
        is_unmarked = not self._end and not any(_ENDS & set(token.gap) for token in tokens)
        own = self._own_start()
        if own is not None:
            return "?" in self._end or is_unmarked or self._is_inverted(own)
        if "?" in self._end:
            return self.closing() is not None or self._begins(start)
        if is_unmarked and not self._language.first_person:
            return self.closing() is not None or self._begins(0)
        return self._is_request()

    def _asks_more(self, start: int) -> bool:
        """Tell whether something is asked besides: ``shall I, and under which name?``"""
        said = [token.text for token in self._tokens]
        return any(
            said[at] in _AND and self._is_asked_soon(said[at + 1 : at + 1 + _SOON])
            for at in range(start + 1, len(said))
        )

    def _is_asked_soon(self, words: Sequence[str]) -> bool:
        behind = (word for ahead, word in pairwise(words) if ahead in _AHEAD)
        return not _WHICH.isdisjoint(words) or any(word in ("que", "che") for word in behind)

    def _is_request(self) -> bool:
        """Tell whether the last sentence asks the caller to agree: ``please confirm``."""
        requests = self._language.requests
        return self._text.after(requests, self._last_sentence()) == len(self._tokens)

    def closing(self) -> int | None:
        """Return where the words begin that ask for agreement at the end and say nothing else."""
        end = len(self._tokens)
        own = self._own_start()
        if own is not None:
            return own
        if "?" not in self._end and self._is_request():
            return self._last_sentence()
        first = max(self._last_sentence(), end - _LONGEST)
        starts = [at for at in range(first, end) if at == first or self._tokens[at].gap]
        loose = [at for at in range(first, end) if at not in starts and self._is_loose(at)]
        for at in (*starts, *loose):
            if self._is_pure(at, end) and not self._is_open(at):
                return at
        return None

    def is_to_do(self, start: int) -> bool:
        """Tell whether the question that begins there asks whether to do it: ``shall I?``"""
        return self._is_inverted(start) or start == self._own_start()

    def _own_start(self) -> int | None:
        """Return where the question begins that was to be asked, if it was asked."""
        at = len(self._tokens) - len(self._own)
        is_own = bool(self._own) and [token.text for token in self._tokens[at:]] == self._own
        return at if is_own and not self._is_open(at) else None

    def _last_sentence(self) -> int:
        ends = (at for at, token in enumerate(self._tokens) if at and _ENDS & set(token.gap))
        return max(ends, default=0)

    def _is_pure(self, start: int, end: int) -> bool:
        """Tell whether the words there do nothing but ask for agreement."""
        at, does_ask = start, False
        while at < end:
            agreed = self._text.after(self._language.agrees, at)
            if agreed is not None and agreed <= end:
                at, does_ask = agreed, True
                continue
            known = self._verbs.get(self._tokens[at].text)
            is_verb = known is not None and known[1] is not Form.DONE
            word = self._tokens[at].text
            is_verb = is_verb or word in self._own_verbs or self._is_doing(word)
            agrees = word in self._language.small_talk.agreement
            if not is_verb and not agrees and word not in self._language.asks:
                return False
            does_ask = does_ask or agrees or (is_verb and bool(self._language.first_person))
            at += 1
        return does_ask

    def _is_doing(self, word: str) -> bool:
        """Tell whether a word is for doing it, whatever it is: ``shall I process it?``"""
        return self._language.small_talk.doing.get(word, Form.DONE) is not Form.DONE

    def _is_loose(self, at: int) -> bool:
        """Tell whether a question may begin there, in the middle of a sentence."""
        language, before = self._language, self._tokens[at - 1].text
        if before in language.plain or before in language.asks:
            return False
        return self._is_inverted(at) or self._text.after(language.agrees, at) is not None

    def _is_inverted(self, at: int) -> bool:
        """Tell whether the words there ask by their order: ``shall I``."""
        return self._text.after(self._language.openers, at) is not None

    def _begins(self, start: int) -> bool:
        """Tell whether the sentence that begins there is itself the question."""
        tokens = self._tokens
        for at in range(start, min(len(tokens), start + _FAR)):
            end = self._text.after(self._language.openers, at)
            if end is not None and not self._is_open(at) and self._is_named(end):
                return True
            if at > start and tokens[at].gap and self._is_pure(start, at):
                return not self._is_open(start)
        return bool(self._language.first_person) and any(self._asked_verbs(start))

    def _is_named(self, start: int) -> bool:
        """Tell whether what is to be done is said from there on."""
        return not self._verbs or any(token.text in self._verbs for token in self._tokens[start:])

    def _asked_verbs(self, start: int) -> Iterator[str]:
        """Yield the verbs that ask by themselves: ``¿Cancelo el pedido?``"""
        for at in range(start, len(self._tokens)):
            word = self._tokens[at].text
            is_first = word in self._verbs and word.endswith(self._language.first_person)
            if is_first and not self._is_open(at):
                yield word

    def _is_open(self, at: int) -> bool:
        """Tell whether the question that begins there asks what, not whether."""
        is_after = at > 0 and not self._tokens[at].gap and self._is_what(at - 1)
        return is_after or self._is_what(at)

    def _is_what(self, at: int) -> bool:
        """Tell whether a word asks what; the Portuguese "o" only does ahead of "que"."""
        word = self._tokens[at].text
        if word == "que":  # "est-ce que" asks for a yes, "qu'est-ce que" does not
            words = [token.text for token in self._tokens[max(at - 3, 0) : at]]
            return words[-2:] != ["est", "ce"] or words[:-2] == ["qu"]
        return word in _WHAT and (word != "o" or self._text.word(at + 1) == "que")
