"""Which noun a verb is of that no table holds: ``accordé`` of ``accordage``."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_SHARED: Final = 4
"""So many letters a noun and its verb share at the least."""


@dataclass(frozen=True, slots=True)
class _Endings:
    nouns: frozenset[str]
    done: frozenset[str]
    """Of what is done to it."""
    infinitives: frozenset[str]


def _endings(nouns: str, done: str, infinitives: str) -> _Endings:
    return _Endings(*(frozenset(text.split()) for text in (nouns, done, infinitives)))


_ENDINGS: Final[Mapping[str, _Endings]] = MappingProxyType(
    {
        "en": _endings("ing ation ion ment e", "ed", "e"),
        "fr": _endings("age ation tion ement ment ure e", "e ee es ees", "er"),
        "es": _endings(
            "acion cion amiento imiento ura a o e",
            "ado ada ados adas ido ida",
            "ar er ir arle arlo",
        ),
        "it": _endings(
            "azione zione amento imento atura a o", "ato ata ati ate uto uta ito ita", "are ere ire"
        ),
        "pt": _endings("acao cao amento imento ura a o", "ado ada ados adas ido ida", "ar er ir"),
    }
)


def is_of_noun(form: str, noun: str, language: str, *, is_done: bool) -> bool:
    """Tell whether a form is of the verb of a noun.

    ``is_done``: also one that says what is done, where "will be" stands ahead of it.
    """
    endings = _ENDINGS.get(language)
    if endings is None or form == noun:
        return False
    forms = endings.infinitives | (endings.done if is_done else frozenset())
    shared = 0
    while shared < min(len(form), len(noun)) and form[shared] == noun[shared]:
        shared += 1
    cuts = range(_SHARED - (language == "en"), shared + 1)
    return any(form[cut:] in forms and noun[cut:] in endings.nouns for cut in cuts)
