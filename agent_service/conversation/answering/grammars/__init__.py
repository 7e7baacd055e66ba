"""The texts that say how people answer: one for each language, and what they have in common."""

import re
from importlib.resources import files
from typing import Final

LANGUAGE_CODES: Final = ("en", "de", "fr", "es", "it", "pt")


def lines_of(name: str) -> list[str]:
    """Return the lines of a text; one that begins with spaces goes on with the line before."""
    text = (files(__package__) / f"{name}.txt").read_text(encoding="utf-8")
    joined = re.sub(r"\n +", " ", text)
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def rows_of(name: str) -> list[dict[str, list[str]]]:
    """Return the rows of a table with a column of words for each language."""
    cells = (map(str.split, line.split("|")) for line in lines_of(name))
    return [dict(zip(LANGUAGE_CODES, row, strict=True)) for row in cells]
