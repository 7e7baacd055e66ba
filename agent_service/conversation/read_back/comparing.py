"""Tells whether a caller who hears the one text is told what the other says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent_service.conversation.languages import base_language
from agent_service.conversation.phrases import QUESTIONS, Phrase, phrase
from agent_service.conversation.read_back.asking import Question
from agent_service.conversation.read_back.blocks import blocks_of, codes_of, heads_of
from agent_service.conversation.read_back.costless import with_costs_named
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
_LEAD = 24
"""How many words at most lead over to the read-back."""
_WORDS = frozenset({Sort.WORD, Sort.NUMBER, Sort.CODE})

Tokens = Sequence[Token]


def says_the_same(read_back: str, spoken: str, *, language: str | None) -> bool:
    """Tell whether what was spoken tells a caller just what the read-back says, and asks for a yes.

    ``language`` is an ISO 639-1 code; in one that is not known the words have to be the same.
    """
    if spoken.split() == read_back.split() != []:
        return True  # word for word, whatever it holds
    known = LANGUAGES.get(base_language(language) or "")
    given, given_end = tokens_of(read_back)
    heard, end = tokens_of(spoken)
    if not heard or len(heard) > _LONGER * len(given) + _FRAMING:
        return False
    content = _language_of(given, known)
    if known is None:
        is_short = len(given) <= _MOST_WORDS
        return _texts(given) == _texts(heard) or (
            is_short and _in_digits(given, content) == _in_digits(heard, content)
        )
    given, heard = (
        with_costs_named(_without_notice(content.joined(tokens), known), content.tag)
        for tokens in (given, heard)
    )
    return _Pair.of(given, given_end, known, content).is_said(heard, end)


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
    def of(cls, given: Tokens, end: str, language: Language, content: Language) -> "_Pair":
        start, asking = _question(given, end, language)
        summary, own_words = _parted(given[:start], content)
        return cls(summary, own_words, given[start:], asking, content)

    def is_said(self, heard: Tokens, end: str) -> bool:
        """Tell whether that was said, with a question that asks for agreement and no other."""
        verbs = verbs_of(self.summary[:_MOST_WORDS], self.content)
        question = Question(heard, end, self.asking, verbs, _texts(self.question))
        if not question.is_for_agreement():
            return False
        if self._is_repeated(heard, question.closing()):
            return True
        if len(self.summary) > _MOST_WORDS:
            return False
        return any(
            self._is_told(body, end, verbs) for body in self._without_own_words(heard, verbs)
        )

    def _is_repeated(self, heard: Tokens, closing: int | None) -> bool:
        """Tell whether the very words were said, after a few that only lead over to them.

        ``closing`` is where the question begins, where it holds nothing else.
        """
        body = heard[:closing] if closing else heard
        own = [*self.summary, *self.own_words, *(() if closing else self.question)]
        words = _in_digits(own, self.content)
        starts = (at for at in range(min(len(body), _LEAD)) if at == 0 or body[at].gap)
        return any(
            _in_digits(body[at:], self.content) == words and self._leads_over(body[:at])
            for at in starts
        )

    def _leads_over(self, tokens: Tokens) -> bool:
        lead = Text(tokens, self.content)
        return Reader(lead, {}, Framing(lead, self.asking, (), len(tokens))).read() == []

    def _without_own_words(self, heard: Tokens, verbs: Verbs) -> Iterator[Tokens]:
        """Yield what is said besides the caller's own words, for each place where they are said."""
        size = len(self.own_words)
        if size == 0:
            yield heard
            return
        own = _texts(self.own_words)
        for at in range(len(heard) - size + 1):
            end = at + size
            is_bounded = end == len(heard) or heard[end].gap or self._asks_from(heard, end)
            if _texts(heard[at:end]) == own and is_bounded and self._is_quoted(heard, at, verbs):
                rest = [replace(token, gap=token.gap or ",") for token in heard[end : end + 1]]
                yield [*heard[:at], *rest, *heard[end + 1 :]]

    def _asks_from(self, heard: Tokens, at: int) -> bool:
        return _texts(heard[at:]) == _texts(self.question)

    def _is_quoted(self, heard: Tokens, at: int, verbs: Verbs) -> bool:
        """Tell whether it is plain where the caller's own words begin, and nothing is put ahead."""
        colon = max((each for each in range(1, at) if ":" in heard[each].gap), default=at)
        if colon < at and not any(token.text in verbs for token in heard[colon:at]):
            return False
        return at == 0 or bool(heard[at].gap) or heard[at - 1].text in self.content.quoting

    def _is_told(self, body: Tokens, end: str, verbs: Verbs) -> bool:
        given = Reader(Text(self.summary, self.content, verbs), verbs).read()
        if not given:
            return False
        deeds = {unit.verb for unit in given if unit.sort is Sort.VERB and not unit.is_thing}
        text = Text(body, self.content, verbs)
        blocks = blocks_of(given, self.content)
        words = [unit.value for block in blocks for unit in block.units if unit.sort in _WORDS]
        question = Question(body, end, self.asking, verbs, _texts(self.question))
        closing = question.closing()
        asked_from = len(body) if closing is None else closing
        framing = Framing(
            text,
            self.asking,
            words,
            asked_from,
            codes=codes_of(given),
            bare=frozenset(block.units[0].value for block in blocks if len(block.units) == 1),
            heads=heads_of(blocks),
            is_to_do=closing is not None and question.is_to_do(closing),
            is_several=len(deeds) > 1,
        )
        spoken = Reader(text, verbs, framing).read()
        if not spoken or not self._is_to_the_caller(body, spoken):
            return False
        said = Match(blocks, spoken, self.content).found()
        is_trade = not self.content.trades.isdisjoint(verbs)
        return said is not None and is_ordered(said, is_trade=is_trade)

    def _is_to_the_caller(self, body: Tokens, spoken: Sequence[Unit]) -> bool:
        """Tell whether what is to be done to the caller is not to be done to others."""
        words = self.content.addressed
        if words.isdisjoint(_texts(self.summary)) or not words.isdisjoint(_texts(body)):
            return True
        return any(unit.is_noun or unit.has_determiner for unit in spoken if unit.sort is Sort.VERB)


def _language_of(tokens: Tokens, language: Language | None) -> Language:
    """Return the language of a text: the tools of a team may speak another than the caller."""
    first = [language] if language is not None else []
    scores = {
        each.tag: sum(token.text in each.vocabulary for token in tokens[:_MOST_WORDS])
        for each in (*first, *LANGUAGES.values())
    }
    return LANGUAGES[max(scores, key=lambda code: scores[code])]


def _question(tokens: Tokens, end: str, language: Language) -> tuple[int, Language]:
    """Return where the closing question of a read-back begins, and its language."""
    texts = _texts(tokens)
    is_own = Question(tokens, end, language, {}, ()).closing() is not None
    for code in (language.tag,) if is_own else sorted(QUESTIONS, key=lambda c: c != language.tag):
        own = _texts(tokens_of(QUESTIONS[code])[0])
        if texts[-len(own) :] == own:
            return len(tokens) - len(own), LANGUAGES[code]
    if "?" not in end:
        return len(tokens), language
    ends = (at for at, token in enumerate(tokens) if at and set(token.gap) & set(".!?…"))
    start = Question(tokens, end, language, {}, ()).closing()
    return (max(ends, default=len(tokens)) if start is None else start), language


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
