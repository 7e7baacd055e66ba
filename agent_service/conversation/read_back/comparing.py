"""Tells whether a caller who hears the one text is told what the other says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent_service.conversation.languages import base_language
from agent_service.conversation.phrases import QUESTIONS, Phrase, phrase
from agent_service.conversation.read_back.asking import Asked, asked
from agent_service.conversation.read_back.blocks import blocks_of
from agent_service.conversation.read_back.framing import Framing
from agent_service.conversation.read_back.language import Language
from agent_service.conversation.read_back.languages import LANGUAGES
from agent_service.conversation.read_back.matching import Match
from agent_service.conversation.read_back.ordering import is_ordered
from agent_service.conversation.read_back.text import Text
from agent_service.conversation.read_back.tokens import Token, tokens_of
from agent_service.conversation.read_back.units import Reader, Sort, Unit, Verbs
from agent_service.conversation.read_back.verbs import verbs_of

_LONGER, _FRAMING = 4, 80
"""By how much what was spoken may be longer than what was to be said."""
_MOST_WORDS = 200
"""A longer summary has to be said word for word: nobody could follow it otherwise."""
_EARLY = 12
_QUOTING = 8

Tokens = Sequence[Token]


def says_the_same(read_back: str, spoken: str, *, language: str | None) -> bool:
    """Tell whether what was spoken tells a caller just what the read-back says, and asks for a yes.

    ``language`` is an ISO 639-1 code; in one that is not known the words have to be the same.
    """
    if spoken.split() == read_back.split() != []:
        return True  # word for word, whatever it holds
    known = LANGUAGES.get(base_language(language) or "")
    given, _ = tokens_of(read_back)
    heard, end = tokens_of(spoken)
    if not heard or len(heard) > _LONGER * len(given) + _FRAMING:
        return False
    content = _language_of(given, known)
    if known is None:
        is_short = len(given) <= _MOST_WORDS
        return _texts(given) == _texts(heard) or (
            is_short and _in_digits(given, content) == _in_digits(heard, content)
        )
    pair = _Pair.of(_without_notice(content.joined(given), known), known, content)
    return pair.is_said(_without_notice(content.joined(heard), known), end)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A read-back in its parts, to be found again in what was spoken."""

    summary: Tokens
    own_words: Tokens
    """The caller's, which have to be said word for word."""
    question: Tokens
    asking: Language
    content: Language

    @classmethod
    def of(cls, given: Tokens, language: Language, content: Language) -> "_Pair":
        size, asking = _question(given, language)
        start = len(given) - size
        summary, own_words = _parted(given[:start], content)
        return cls(summary, own_words, given[start:], asking, content)

    def is_said(self, heard: Tokens, end: str) -> bool:
        """Tell whether that was said, with a question that asks for agreement and no other."""
        verbs = verbs_of(self.summary[:_MOST_WORDS], self.content)
        found = asked(heard, end, self.asking, _texts(self.question), verbs)
        if found is None:
            return False
        body = self._without_own_words(found, verbs)
        if not body or any("?" in token.gap for token in body[1:]):
            return False
        return self._is_repeated(body, found) or self._is_told(body, found, verbs)

    def _without_own_words(self, found: Asked, verbs: Verbs) -> Tokens:
        """Return what is said ahead of the caller's own words; nothing if they are not said."""
        start = len(found.body) - len(self.own_words)
        if not self.own_words:
            return () if "?" in found.gap else found.body
        is_said = start > 0 and _texts(found.body[start:]) == _texts(self.own_words)
        if not is_said or not self._is_bounded(found.body, start, verbs):
            return ()
        return self._without_quoting(found.body[:start])

    def _is_bounded(self, body: Tokens, start: int, verbs: Verbs) -> bool:
        """Tell whether nothing is added ahead of the caller's own words, behind a colon."""
        colon = max((at for at in range(start + 1) if ":" in body[at].gap), default=0)
        return colon in (0, start) or any(token.text in verbs for token in body[colon:start])

    def _without_quoting(self, head: Tokens) -> Tokens:
        """Leave out what leads over to the caller's own words: ``that says``."""
        text = Text(head, self.content)
        for at in range(max(1, len(head) - _QUOTING), len(head)):
            if text.after(self.content.quoting, at) == len(head):
                return head[:at]
        return head

    def _is_repeated(self, body: Tokens, found: Asked) -> bool:
        """Tell whether the very words were said, after a few to begin with."""
        if found.asked_from < len(found.body):
            return False
        at = len(body) - len(self.summary)
        if at < 0 or _texts(body[at:]) != _texts(self.summary):
            return False
        return at in _leads(Text(body, self.asking))

    def _is_told(self, body: Tokens, found: Asked, verbs: Verbs) -> bool:
        if len(self.summary) > _MOST_WORDS:
            return False
        given = Reader(Text(self.summary, self.content, verbs), verbs).read()
        text = Text(body, self.content, verbs)
        framing = Framing(text, self.asking)
        spoken = Reader(text, verbs, framing, found.asked_from).read()
        if not given or not spoken or not self._is_to_the_caller(body, spoken):
            return False
        said = Match(blocks_of(given, self.content), spoken, self.content).found()
        is_trade = not self.content.trades.isdisjoint(verbs)
        return said is not None and is_ordered(said, is_trade=is_trade)

    def _is_to_the_caller(self, body: Tokens, spoken: Sequence[Unit]) -> bool:
        """Tell whether what is to be done to the caller is not to be done to others."""
        words = self.content.addressed
        if words.isdisjoint(_texts(self.summary)) or not words.isdisjoint(_texts(body)):
            return True
        return any(unit.is_noun or unit.has_determiner for unit in spoken if unit.sort is Sort.VERB)


def _leads(text: Text) -> Iterator[int]:
    """Yield where words may end that only lead over to what is said."""
    at: int | None = 0
    while at is not None:
        yield at
        at = text.after(text.language.leads, at)


def _language_of(tokens: Tokens, language: Language | None) -> Language:
    """Return the language of a text: the tools of a team may speak another than the caller."""
    first = [language] if language is not None else []
    scores = {
        each.tag: sum(token.text in each.vocabulary for token in tokens[:_MOST_WORDS])
        for each in (*first, *LANGUAGES.values())
    }
    return LANGUAGES[max(scores, key=lambda code: scores[code])]


def _question(tokens: Tokens, language: Language) -> tuple[int, Language]:
    """Return how many words the closing question of a read-back has, and its language."""
    texts = _texts(tokens)
    for code, question in QUESTIONS.items():
        own = _texts(tokens_of(question)[0])
        if texts[-len(own) :] == own:
            return len(own), LANGUAGES[code]
    start = Text(tokens, language).closing(language.questions)
    return 0 if start is None else len(tokens) - start, language


def _parted(summary: Tokens, language: Language) -> tuple[Tokens, Tokens]:
    """Part the summary from the caller's own words in it."""
    text = Text(summary, language)
    for at in range(1, min(len(summary), _MOST_WORDS)):
        if ":" in summary[at].gap:
            return summary[:at], summary[at:]
        end = text.after(language.own_words, at)
        if end is not None and end < len(summary):
            return summary[:at], summary[end:]
    return summary, ()


def _without_notice(tokens: Tokens, language: Language) -> Tokens:
    """Leave out the sentence that nothing has been done yet."""
    for code in {language.tag, "en"}:
        notice = _texts(tokens_of(phrase(Phrase.NOT_YET, code))[0])
        for at in range(min(_EARLY, len(tokens))):
            is_sentence = at == 0 or bool(tokens[at].gap)
            if is_sentence and _texts(tokens[at : at + len(notice)]) == notice:
                return [*tokens[:at], *tokens[at + len(notice) :]]
    return tokens


def _texts(tokens: Tokens) -> list[str]:
    return [token.text for token in tokens]


def _in_digits(tokens: Tokens, language: Language) -> list[str]:
    """Return the words of a text with its numbers in digits."""
    text, at = Text(tokens, language), 0
    found: list[str] = []
    while at < len(tokens):
        number = text.number(at)
        found.append(number.digits if number else tokens[at].text)
        at = number.end if number else at + 1
    return found
