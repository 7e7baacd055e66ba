"""Full text search of turns: SQLite's FTS5 and PostgreSQL's text search, behind one query language.

A query is words (all must occur), "quoted phrases" and beginnings*. Both databases are made to see
the same words: case is ignored, punctuation separates, nothing is stemmed, so that every language
and every number can be found. The indexes themselves are made by the migrations.
"""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from agent_service.store.tables import Turn

SQLITE_INDEX = "turns_search"
"""The FTS5 table; its shadow tables' names begin with it."""
POSTGRESQL_COLUMN = "search_words"

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_SEPARATORS = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’‚“”„«»–—…¿¡", " "))  # noqa: RUF001
"""As in the migration that makes PostgreSQL's column."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow each other; with ``is_beginning`` the last one may go on."""

    words: tuple[str, ...]
    is_beginning: bool = False


def parse_terms(query: str) -> tuple[Term, ...]:
    """Read what an admin typed. Nothing in it is an error, and nothing in it is an operator."""
    terms = []
    for quoted, bare in _TERM.findall(query):
        words = (quoted or bare).translate(_SEPARATORS).split()
        if any(character.isalnum() for word in words for character in word):
            terms.append(Term(tuple(words), bare.endswith("*")))
    return tuple(terms)


def matches(terms: tuple[Term, ...], dialect: str) -> ColumnElement[bool]:
    """Return the condition that a turn contains all of the terms."""
    if dialect == "sqlite":
        found: Select[int] = select(literal_column("rowid")).select_from(text(SQLITE_INDEX))
        found = found.where(text(f"{SQLITE_INDEX} MATCH :terms"))
        return Turn.number.in_(found.params(terms=" AND ".join(map(_fts5_term, terms))))
    column: ColumnElement[str] = literal_column(f"turns.{POSTGRESQL_COLUMN}", TSVECTOR)
    return column.bool_op("@@")(func.to_tsquery("simple", " & ".join(map(_tsquery_term, terms))))


def _fts5_term(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.is_beginning else "")


def _tsquery_term(term: Term) -> str:
    phrase = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({phrase}:*)" if term.is_beginning else f"({phrase})"


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
