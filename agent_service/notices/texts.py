"""The words of the notices, in every language that the service has them in."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from agent_service.conversation.languages import base_language
from agent_service.conversation.spec import Notice

SHIPPED: Final = Path(__file__).parent / "data"
"""Holds the words, and a folder of sounds for each language."""
FALLBACK: Final = "en"
"""For agents of no language, and of one that the notices are not in."""

_TEXTS: Final[Mapping[str, Mapping[Notice, str]]] = {
    language: {Notice(name): text for name, text in table.items()}
    for language, table in tomllib.loads(
        (SHIPPED / "texts.toml").read_text(encoding="utf-8")
    ).items()
}
LANGUAGES: Final = tuple(_TEXTS)


def language_of(language: str | None) -> str:
    """Return the language in which an agent's notices are said."""
    base = base_language(language)
    return base if base in LANGUAGES else FALLBACK


def texts_in(language: str) -> Mapping[Notice, str]:
    """Return what is said, in a language that ``language_of`` gave."""
    return _TEXTS[language]
