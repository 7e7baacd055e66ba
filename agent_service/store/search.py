"""Full text search of turns: SQLite's FTS5 and PostgreSQL's text search, behind one query language.

A query is words (all must occur), "quoted phrases" and beginnings*. Both databases are made to see
the same words: case is ignored, punctuation separates, nothing is stemmed, so that every language
and every number can be found. The indexes themselves are made by the migrations.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, column, func, literal_column, table, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from agent_service.store.schema import clean_text
from agent_service.store.tables import Turn

SQLITE_INDEX = "turns_search"
"""The FTS5 table; its shadow tables' names begin with it."""
POSTGRESQL_COLUMN = "search_words"
SNIPPET_CHARACTERS = 160

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’‚“”„«»–—…¿¡\ufffd"  # noqa: RUF001
"""As in the migration that makes PostgreSQL's column."""
_SEPARATORS = str.maketrans(dict.fromkeys(_PUNCTUATION, " "))
_IN_ORDER_OF_RECORDING = table(SQLITE_INDEX, column("rowid"))


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow each other; with ``is_beginning`` the last one may go on."""

    words: tuple[str, ...]
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a turn around what was found."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Where in it the found words are: start and end."""


def parse_terms(query: str) -> tuple[Term, ...]:
    """Read what an admin typed. Nothing in it is an error, and nothing in it is an operator."""
    terms = []
    for quoted, bare in _TERM.findall(clean_text(query)):
        words = (quoted or bare).translate(_SEPARATORS).split()
        if any(character.isalnum() for word in words for character in word):
            terms.append(Term(tuple(words), bare.endswith("*")))
    return tuple(terms)


def search(
    statement: Select[Any], terms: tuple[Term, ...], dialect: str
) -> tuple[Select[Any], ColumnElement[int]]:
    """Narrow a SELECT of turns to those with all of the terms.

    Also returns the number to order and to page by: SQLite's index gives its rows in that order, so
    that the first page of a million hits costs no more than that of a hundred.
    """
    if dialect == "sqlite":
        number: ColumnElement[int] = _IN_ORDER_OF_RECORDING.c.rowid
        statement = statement.join(_IN_ORDER_OF_RECORDING, number == Turn.number)
        found = text(f"{SQLITE_INDEX} MATCH :terms")
        return statement.where(found.bindparams(terms=" AND ".join(map(_fts5, terms)))), number
    words: ColumnElement[Any] = literal_column(f"turns.{POSTGRESQL_COLUMN}", TSVECTOR)
    query = func.to_tsquery("simple", " & ".join(map(_tsquery, terms)))
    return statement.where(words.bool_op("@@")(query)), Turn.__table__.c.number


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.is_beginning else "")


def _tsquery(term: Term) -> str:
    phrase = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({phrase}:*)" if term.is_beginning else f"({phrase})"


def make_snippet(full_text: str, terms: tuple[Term, ...]) -> Snippet:
    """Return the part of the text around the first hit, with all hits in it marked."""
    pattern = re.compile("|".join(map(_pattern, terms)), re.IGNORECASE)
    first = pattern.search(full_text)
    start = max(0, (first.start() if first else 0) - SNIPPET_CHARACTERS // 3)
    end = min(len(full_text), start + SNIPPET_CHARACTERS)
    before, after = "… " if start else "", " …" if end < len(full_text) else ""
    marks = tuple(
        (hit.start() - start + len(before), min(hit.end(), end) - start + len(before))
        for hit in pattern.finditer(full_text)
        if start <= hit.start() < end
    )
    return Snippet(before + full_text[start:end] + after, marks)


def _pattern(term: Term) -> str:
    between = r"[\W_]+"
    phrase = between.join(re.escape(word) for word in term.words)
    return rf"(?<![^\W_]){phrase}" + (r"[^\W_]*" if term.is_beginning else r"(?![^\W_])")


def is_search_object(kind: str, name: str | None) -> bool:
    """Tell whether a table, column or index of the database belongs to the search alone."""
    match kind:
        case "table":
            return (name or "").startswith(SQLITE_INDEX)
        case "column":
            return name == POSTGRESQL_COLUMN
        case "index":
            return name == f"ix_turns_{POSTGRESQL_COLUMN}"
    return False
