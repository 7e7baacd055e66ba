"""The first conversations of an answer in which words occur that may be common, for PostgreSQL.

Its index gives hits in no order, and to look all of a common word up costs more than the rest of a
question. Rare words are all found. Of a common one it stops after some, and the first conversations
of the order are looked through until the page is full; only where that finds too few are all hits
looked up.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, not_, or_, select, union_all

from agent_service.store.facts import FactsOfConversation, number_at
from agent_service.store.filters import Question
from agent_service.store.search import is_said_in, numbers_with, some_places
from agent_service.store.sorts import Sort

RARE: Final = 5_000
"""Hits that are found and looked up in a few milliseconds."""
LOOKED_THROUGH: Final = 25
"""Conversations, for each that is wanted: of a word that one in 25 has, the page is full."""


def first_with_words(
    question: Question, conditions: Sequence[ColumnElement[bool]], between: tuple[int, int] | None
) -> tuple[Select[Any], Sort]:
    """Return the rows of a page, ``number`` and ``id``, and their order; there may be more.

    ``conditions`` are all that is asked but the words; ``between`` are the first and the last place
    to look at.
    """
    facts, sort, cursor = FactsOfConversation, question.sort, question.cursor
    wanted = question.limit + 1
    most = LOOKED_THROUGH * wanted
    is_backward = cursor is not None and cursor.is_backward
    names = [f"sort_{n}" for n in range(len(sort.columns))]
    placed = [column.label(name) for column, name in zip(sort.columns, names, strict=True)]
    asked = select(facts.number, facts.conversation_id.label("id"), *placed).where(*conditions)
    if cursor is not None:
        asked = asked.where(sort.beyond(cursor.place, is_backward=is_backward))

    some = some_places(question.terms, between, RARE + 1).cte("some_places")
    is_common = _count(some) > RARE
    candidates = (
        asked.where(is_common)
        .order_by(*sort.order(is_backward=is_backward))
        .limit(most)
        .subquery("candidates")
    )
    found = replace(sort, columns=tuple(candidates.c[name] for name in names))
    first = (
        select(candidates)
        .where(is_said_in(question.terms, candidates.c.id))
        .order_by(*found.order(is_backward=is_backward))
        .limit(wanted)
        .cte("first")
    )
    is_enough = or_(_count(first) == wanted, _count(asked.limit(most).subquery()) < most)
    everywhere = numbers_with(question.terms, "postgresql", between)
    rows = union_all(
        select(first).where(is_enough),
        asked.where(not_(is_common), facts.number.in_(select(number_at(some.c.place)))),
        asked.where(is_common, not_(is_enough), facts.number.in_(everywhere)),
    ).subquery("with_words")
    columns = tuple(rows.c[name] for name in names)
    return select(rows.c.number, rows.c.id), replace(sort, columns=columns)


def _count(rows: Any) -> Any:
    return select(func.count()).select_from(rows).scalar_subquery()
