"""Finds the verbs of a summary, and all the forms and words in which they may be said."""

from collections.abc import Iterator, Sequence

from agent_service.conversation.read_back.language import Form, Forms, Language
from agent_service.conversation.read_back.tokens import Kind, Token
from agent_service.conversation.read_back.units import Verbs

_LONGEST = 3
_NEAR, _FAR = 6, 24
"""How near to a verb its particle stands: ``call you back``; at the end of a German clause."""


def verbs_of(tokens: Sequence[Token], language: Language) -> Verbs:
    """Return the forms of the verbs of a summary; each form with which verb it belongs to."""
    found: dict[str, tuple[int, Form]] = {}
    for which, forms in enumerate(_verbs(tokens, language)):
        for form, says in forms.items():
            found.setdefault(form, (which, says))
    return found


def _verbs(tokens: Sequence[Token], language: Language) -> Iterator[Forms]:
    places = list(_places(tokens, language))
    known = {at: forms for at in places if (forms := _known(tokens, at, language))}
    new = {at: _new(tokens, at, language) for at in places if at not in known}
    if known:
        for nth, at in enumerate(places):
            forms = known.get(at) or new[at]
            is_thing = nth > 0 and _is_noun(tokens[at].text, forms)
            if forms:
                yield dict.fromkeys(forms, Form.THING) if is_thing else forms
        return
    if places and (forms := language.inflect(tokens[places[0]].text)):
        yield forms
        return
    for at in range(len(tokens)):
        if forms := _known(tokens, at, language):
            yield forms
            return


def _new(tokens: Sequence[Token], at: int, language: Language) -> Forms:
    """Return the forms of a verb that is in no table, where none but a verb can stand."""
    after = tokens[at + 1 : at + 2]
    ahead = language.determiners | language.small_talk.words
    is_ahead = any(
        not token.gap and (token.text in ahead or token.kind is not Kind.WORD) for token in after
    )
    is_verb = language.is_verb_last or at == 0 or (language.tag != "en" and is_ahead)
    return language.inflect(tokens[at].text) if is_verb else {}


def _is_noun(word: str, forms: Forms) -> bool:
    """Tell whether a word is a noun and nothing else: ``delivery``, not ``refund``."""
    return forms.get(word) is Form.NOUN and forms.keys().isdisjoint((f"{word}s", f"{word}es"))


def _places(tokens: Sequence[Token], language: Language) -> Iterator[int]:
    """Yield where the verb of a clause stands: at its end in German, else at its beginning."""
    for at, token in enumerate(tokens):
        is_last = at + 1 == len(tokens)
        if language.is_verb_last:
            is_end = is_last or bool(tokens[at + 1].gap) or tokens[at + 1].text in language.joints
            if is_end and not token.is_capital:
                yield at
        elif at == 0 or _begins(tokens, at, language):
            yield at


def _begins(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """Tell whether a clause may begin there with a verb."""
    if _is_participle(tokens[at], language) or tokens[at].text in language.roles:
        return False
    return bool(tokens[at].gap) or tokens[at - 1].text in language.joints


def _is_participle(token: Token, language: Language) -> bool:
    """Tell whether a verb only goes on with what was said: ``, starting October 1``."""
    return bool(language.participle) and token.text.endswith(language.participle)


def _may_be_particle(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """Tell whether the word there may be parted from a verb: in German at the end of its clause."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    is_last = after is None or bool(after.gap) or after.text in language.joints
    return is_last or not language.is_verb_last


def _paid_back(
    alike: Sequence[Forms], tokens: Sequence[Token], at: int, language: Language
) -> dict[str, Form]:
    """Return more forms of verbs for giving back, where it is money: an amount follows."""
    is_amount = any(token.kind in (Kind.NUMBER, Kind.SIGN) for token in tokens[at + 1 : at + 2])
    if not is_amount or all(language.repaying.isdisjoint(forms) for forms in alike):
        return {}
    own = {token.text for token in tokens}
    verbs = (forms for forms in language.verbs if not language.repaying.isdisjoint(forms))
    return {
        form: says
        for forms in verbs
        for form, says in forms.items()
        if says is not Form.NOUN and form not in own
    }


def _known(tokens: Sequence[Token], at: int, language: Language) -> Forms:
    """Return the forms of all verbs that say the same as the one there, if it is in the tables."""
    if tokens[at].kind is not Kind.WORD:
        return {}
    first = tokens[at].text
    far = range(at + 1, min(at + (_FAR if language.is_verb_last else _NEAR), len(tokens)))
    later = {tokens[place].text for place in far if _may_be_particle(tokens, place, language)}
    keys = [f"{first} … {particle}" for particle in language.particles if particle in later]
    keys += [
        " ".join(token.text for token in tokens[at : at + size]) for size in range(_LONGEST, 0, -1)
    ]
    for key in keys:
        alike = [forms for forms in language.verbs if forms.get(key, Form.DONE) is not Form.DONE]
        if alike:
            more = _paid_back(alike, tokens, at, language)
            return more | {form: says for forms in reversed(alike) for form, says in forms.items()}
    return {}
