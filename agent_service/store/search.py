"""Full text search of turns and tool calls, with SQLite's FTS5 or PostgreSQL's text search, behind
one query language.

A query is words (all must occur), "quoted phrases" and beginnings*. What a word is says
``words.py`` for both databases, which are given nothing else. The migrations make the indexes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    TextClause,
    and_,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from agent_service.store.facts import CALLS, number_at
from agent_service.store.schema import clean_text
from agent_service.store.tables import ToolCall, Turn
from agent_service.store.words import Word, fold, split

SQLITE_INDEX = "record_search"
"""The FTS5 table; its shadow tables' names begin with it."""
SNIPPET_CHARACTERS = 160

_TERM = re.compile(r'"([^"]*)(?:"(\*?)|$)|(\S+)')
_AS_TYPED = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | {"＊": "*"})  # noqa: RUF001
"""What keyboards, editors and telephones make of quotes and stars."""
_PAGES_AT_ONCE = 500
_INDEX = table(SQLITE_INDEX, column("rowid", BigInteger))
"""Its rows are numbered by their places: see ``facts.py``."""
_COMMANDS = table(SQLITE_INDEX, column(SQLITE_INDEX), column("rank"))
"""FTS5 is told what to do by a row whose column of the table's own name holds a command."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow each other; with ``is_beginning`` the last one may go on."""

    words: tuple[str, ...]
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a text around what was found."""

    text: str
    marks: tuple[tuple[int, int], ...]
    """Where in it the found words are: start and end."""


def parse_terms(query: str) -> tuple[Term, ...]:
    """Read what an admin typed. Nothing in it is an error, and nothing in it is an operator."""
    terms: dict[Term, None] = {}
    for quoted, star, bare in _TERM.findall(clean_text(query).translate(_AS_TYPED)):
        typed = f"{quoted.rstrip()}{star}{bare}"
        if words := fold(typed):
            terms[Term(words, typed.endswith("*"))] = None
    return tuple(terms)


def search_turns(
    statement: Select[Any], terms: tuple[Term, ...], dialect: str
) -> tuple[Select[Any], ColumnElement[int]]:
    """Narrow a SELECT of turns to those with all of the terms.

    Also returns the place to order and to page by: SQLite's index gives its rows in that order, so
    that the first page of a million hits costs no more than that of a hundred.
    """
    return _search(statement, Turn, terms, dialect)


def search_calls(
    statement: Select[Any], terms: tuple[Term, ...], dialect: str
) -> tuple[Select[Any], ColumnElement[int]]:
    """Do the same with tool calls: arguments and outputs are looked through."""
    return _search(statement, ToolCall, terms, dialect)


def _search(
    statement: Select[Any], table: Any, terms: tuple[Term, ...], dialect: str
) -> tuple[Select[Any], ColumnElement[int]]:
    place = table.__table__.c.place
    if dialect != "sqlite":
        has_place = place.is_not(None)
        return statement.where(_has_words(table, terms), has_place), place
    statement = statement.join(_INDEX, _INDEX.c.rowid == place)
    is_of_table = _INDEX.c.rowid.bitwise_and(CALLS) == (CALLS if table is ToolCall else 0)
    return statement.where(_matches(terms), is_of_table), _INDEX.c.rowid


def numbers_with(
    terms: tuple[Term, ...], dialect: str, between: tuple[int, int] | None = None
) -> Any:
    """Return the SELECT of the numbers of conversations that have a turn or a tool call with all of
    the terms; ``between`` are the first and the last place to look at."""
    if dialect == "sqlite":
        found = [select(number_at(_INDEX.c.rowid)).where(_matches(terms))]
        places = [_INDEX.c.rowid]
    else:
        tables: tuple[Any, ...] = (Turn, ToolCall)
        places = [table.place for table in tables]
        found = [select(number_at(one.place)).where(_has_words(one, terms)) for one in tables]
    if between is not None:
        found = [
            one.where(place.between(*between)) for one, place in zip(found, places, strict=True)
        ]
    # Each once: of what an expression gives PostgreSQL would expect 200 different ones, however
    # many there are, and look up one by one what it should read in one go.
    return found[0] if len(found) == 1 else union(*found)


def some_places(
    terms: tuple[Term, ...], between: tuple[int, int] | None, most: int
) -> CompoundSelect[Any]:
    """Return places with the terms, in no order and no more than that, for PostgreSQL."""
    hits = [select(table.place).where(_has_words(table, terms)) for table in (Turn, ToolCall)]
    if between is not None:
        hits = [hit.where(hit.selected_columns.place.between(*between)) for hit in hits]
    return union_all(*hits).limit(most)


def is_said_in(terms: tuple[Term, ...], conversation_id: Any) -> ColumnElement[bool]:
    """Return that a conversation has the terms, for PostgreSQL: found by looking through it."""
    looked_at = (
        select(literal_column("1"))
        .where(table.conversation_id == conversation_id, _has_words(table, terms))
        .limit(1)
        .scalar_subquery()
        for table in (Turn, ToolCall)
    )
    return or_(*(hit.is_not(None) for hit in looked_at))


def first_hit(terms: tuple[Term, ...], dialect: str, conversation_id: Any) -> Any:
    """Return the place in a conversation where the terms are found first: in its turns, if there.

    Its few turns are looked through: to ask the index again, for each conversation, may cost as
    much as finding them all.
    """
    has_words = _says if dialect == "sqlite" else _has_words
    return func.coalesce(
        *(
            select(func.min(table.place))
            .where(table.conversation_id == conversation_id, has_words(table, terms))
            .scalar_subquery()
            for table in (Turn, ToolCall)
        )
    )


def _says(table: Any, terms: tuple[Term, ...]) -> ColumnElement[bool]:
    """Return the same as SQLite's index: words stand between spaces, and have no wildcards."""
    said = literal(" ") + func.coalesce(table.search_words, "", type_=String) + literal(" ")
    return and_(
        *(
            said.like(f"% {' '.join(term.words)}{'' if term.is_beginning else ' '}%")
            for term in terms
        )
    )


def _matches(terms: tuple[Term, ...]) -> TextClause:
    query = " AND ".join(map(_fts5, terms))
    return text(f"{SQLITE_INDEX} MATCH :terms").bindparams(terms=query)


def _has_words(table: Any, terms: tuple[Term, ...]) -> ColumnElement[bool]:
    query = cast(" & ".join(map(_tsquery, terms)), TSQUERY)
    condition: ColumnElement[bool] = table.search_words.bool_op("@@")(query)
    return condition


def forget_removed_words(session: Session) -> None:
    """Have the index forget the words of texts that were changed, which it only marks as gone."""
    if session.get_bind().dialect.name == "sqlite":
        # FTS5's own "secure-delete" needs SQLite 3.42.
        session.execute(insert(_COMMANDS).values({SQLITE_INDEX: "optimize"}))


def merge_search_index(session: Session, *, is_first: bool) -> bool:
    """Have the index forget a part of the words that are gone; tell whether there is more to do.

    Begun with ``is_first`` and repeated to the end it is the same as ``forget_removed_words``, but
    each call holds up others for a moment only.
    """
    if session.get_bind().dialect.name != "sqlite":
        return False
    connection = session.connection()
    changes = select(func.total_changes())
    before = connection.execute(changes).scalar_one()
    pages = -_PAGES_AT_ONCE if is_first else _PAGES_AT_ONCE
    connection.execute(insert(_COMMANDS).values({SQLITE_INDEX: "merge", "rank": pages}))
    # FTS5 counts what it wrote: one change is the command's own row.
    return bool(connection.execute(changes).scalar_one() - before > 1)


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.is_beginning else "")


def _tsquery(term: Term) -> str:
    phrase = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({phrase}:*)" if term.is_beginning else f"({phrase})"


def make_snippet(full_text: str, terms: tuple[Term, ...]) -> Snippet:
    """Return the part of the text around the first hit, with all hits in it marked."""
    hits = _hits(split(full_text), terms)
    first = next(hits, None)
    start = max(0, (first[0] if first else 0) - SNIPPET_CHARACTERS // 3)
    end = min(len(full_text), start + SNIPPET_CHARACTERS)
    before, after = "… " if start else "", " …" if end < len(full_text) else ""
    shift = len(before) - start
    shown = takewhile(lambda hit: hit[0] < end, chain([first] if first else [], hits))
    marks = tuple((hit + shift, min(stop, end) + shift) for hit, stop in shown)
    return Snippet(before + full_text[start:end] + after, marks)


def _hits(words: tuple[Word, ...], terms: tuple[Term, ...]) -> Iterator[tuple[int, int]]:
    """Yield from where to where the terms stand; those that overlap as one."""
    folded = tuple(word.folded for word in words)
    beginnings = tuple(
        term.words[0] for term in terms if term.is_beginning and len(term.words) == 1
    )
    by_first_word: dict[str, list[Term]] = {}
    for term in terms:
        by_first_word.setdefault(term.words[0], []).append(term)
    start, end = 0, 0
    for place, word in enumerate(words):
        sizes = [
            len(term.words)
            for term in by_first_word.get(word.folded, ())
            if _stands(term, folded[place : place + len(term.words)])
        ]
        if not sizes and not word.folded.startswith(beginnings):
            continue
        if word.start >= end:
            if end:
                yield start, end
            start = word.start
        end = max(end, words[place + max(sizes, default=1) - 1].end)
    if end:
        yield start, end


def _stands(term: Term, words: tuple[str, ...]) -> bool:
    if not term.is_beginning:
        return words == term.words
    return (
        len(words) == len(term.words)
        and words[:-1] == term.words[:-1]
        and words[-1].startswith(term.words[-1])
    )


def is_search_object(kind: str, name: str | None) -> bool:
    """Tell whether a table or index of the database belongs to the search alone."""
    match kind:
        case "table":
            return (name or "").startswith(SQLITE_INDEX)
        case "index":
            return name in ("ix_turns_search_words", "ix_tool_calls_search_words")
    return False
