"""A small, deterministic reading of yes and no. Whatever is not plainly a yes is not a yes."""

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType


class Answer(Enum):
    YES = auto()
    NO = auto()
    UNCLEAR = auto()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": _words(
            "yes yeah yep yup yea aye sure ok okay correct right absolutely definitely certainly "
            "indeed agreed confirm confirmed affirmative proceed fine perfect"
        ),
        "de": _words(
            "ja jawohl genau richtig korrekt gerne einverstanden stimmt klar natuerlich ok okay "
            "bestaetige"
        ),
        "fr": _words(
            "oui ouais exact exactement correct parfait absolument certainement accord "
            "ok okay confirme"
        ),
        "es": _words(
            "si claro correcto exacto exactamente vale perfecto adelante ok okay "
            "confirmo confirmado"
        ),
        "it": _words(
            "si certo esatto esattamente corretto perfetto va bene ok okay confermo confermato"
        ),
        "pt": _words(
            "sim claro certo correto exato exatamente perfeito ok okay confirmo confirmado"
        ),
    }
)

_YES_PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("go ahead", "do it", "do that", "please do", "go for it", "sounds good",
               "that s right", "that is right", "that s correct", "that is correct", "you may",
               "of course", "i agree", "i confirm"),
        "de": ("mach das", "machen sie das", "in ordnung", "tun sie das", "auf jeden fall"),
        "fr": ("d accord", "allez y", "vas y", "bien sur", "tout a fait", "c est bon", "faites le"),
        "es": ("de acuerdo", "por supuesto", "hazlo", "hagalo", "esta bien", "eso es"),
        "it": ("d accordo", "va bene", "proceda pure", "lo faccia", "fallo"),
        "pt": ("de acordo", "com certeza", "pode ser", "pode fazer", "esta bem", "isso mesmo"),
    }
)  # fmt: skip

_NO: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": _words("no nope nah not never don dont stop wait cancelled wrong negative decline"),
        "de": _words("nein ne nicht niemals stopp halt warten falsch keinesfalls"),
        "fr": _words("non pas jamais stop arretez attendez faux"),
        "es": _words("no nunca jamas para pare espera espere alto incorrecto"),
        "it": _words("no non mai ferma fermi aspetta aspetti sbagliato"),
        "pt": _words("nao nunca jamais para pare espera espere errado"),
    }
)

_NEUTRAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": _words(
            "please thanks thank you it that this is s the a my i we to for of now and so well oh "
            "um uh hm would like want can could with just me all good great go ahead do then"
        ),
        "de": _words("bitte danke das ist es die den der so und ich sie nun aeh doch mal"),
        "fr": _words("s il vous plait merci c est ca le la les je et euh alors bien"),
        "es": _words("por favor gracias es eso lo la el y yo bueno pues asi"),
        "it": _words("per favore grazie e questo lo la il io allora pure bene"),
        "pt": _words("por favor obrigado obrigada e isso o a eu entao bem pode"),
    }
)

_HEDGES = _words(
    "but except instead maybe perhaps unless if only first although however "
    "aber vielleicht sondern erst wenn mais peut etre sauf si pero quizas salvo primero ma "
    "forse mas talvez"
) - {"si"}


def _normalise(text: str) -> list[str]:
    plain = text.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return re.findall(r"[a-z0-9]+", plain)


def read_answer(text: str, *, language: str | None, summary: str) -> Answer:
    """Read the caller's answer to a read-back.

    ``language`` is an ISO 639-1 code; None reads all languages known. ``summary`` is what the
    caller was asked: its own words may be repeated ("yes, cancel order 1007"), any other word
    makes a yes unclear.
    """
    known = [language] if language is not None and language in _YES else list(_YES)
    words = _normalise(text)
    if not words:
        return Answer.UNCLEAR
    negative = any(word in _NO[code] for code in known for word in words)
    if negative:
        said_yes = any(word in _YES[code] for code in known for word in words)
        return Answer.UNCLEAR if said_yes else Answer.NO
    if any(word in _HEDGES for word in words):
        return Answer.UNCLEAR
    joined = f" {' '.join(words)} "
    allowed = frozenset(_normalise(summary))
    for code in known:
        rest = joined
        has_phrase = False
        for phrase in _YES_PHRASES[code]:
            if f" {phrase} " in rest:
                has_phrase = True
                rest = rest.replace(f" {phrase} ", " ")
        left = rest.split()
        agrees = has_phrase or any(word in _YES[code] for word in left)
        harmless = _YES[code] | _NEUTRAL[code] | allowed
        if agrees and all(word in harmless for word in left):
            return Answer.YES
    return Answer.UNCLEAR
