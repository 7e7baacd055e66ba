"""Saved views: questions to the record that somebody asks again, under a name."""

from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.errors import CallerError, QueryError, QueryProblem
from agent_service.store.auditing import audit
from agent_service.store.exporting import LISTS
from agent_service.store.pages import List
from agent_service.store.schema import Said, SaidText, Table

MOST_VIEWS: Final = 200
MAX_NAME_CHARACTERS: Final = 80
MAX_QUESTION_CHARACTERS: Final = 2_000
_OF_PAGES: Final = ("cursor", "limit", "count")


class SavedView(Table):
    """A question with a name; a later one of the same name replaces it."""

    __tablename__ = "saved_views"

    name: Mapped[str] = mapped_column(Said(MAX_NAME_CHARACTERS), primary_key=True)
    list: Mapped[str]
    question: Mapped[SaidText]
    """As it stands in an address, behind the question mark."""
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


def save_view(
    session: Session,
    name: str,
    list_name: str,
    question: str,
    *,
    saved_by: str,
    now: datetime,
    is_own: bool = False,
) -> SavedView:
    """Keep a question; raise QueryError with all that is wrong with it.

    If it has to be their ``is_own``, raise CallerError where the name is somebody else's view.
    """
    _refuse_others(session, name, saved_by if is_own else None)
    problems = list(_problems(session, name, list_name))
    given: list[tuple[str, str]] = []
    if len(question) > MAX_QUESTION_CHARACTERS:
        limit = f"is longer than {MAX_QUESTION_CHARACTERS} characters"
        problems.append(QueryProblem("question", limit))
    else:
        given = parse_qsl(question.removeprefix("?"), keep_blank_values=True)
        asked = LISTS.get(list_name)
        problems += [] if asked is None else _wrong_with(asked, given)
    if problems:
        raise QueryError(problems)
    view = SavedView(
        name=name, list=list_name, question=urlencode(given), saved_by=saved_by, saved_at=now
    )
    session.merge(view)
    audit(session, saved_by, "view.saved", now, subject=name)
    return view


def saved_views(session: Session) -> list[SavedView]:
    """Return all of them by name."""
    return [*session.scalars(select(SavedView).order_by(SavedView.name))]


def find_view(session: Session, name: str) -> SavedView:
    """Return the view of that name; raise CallerError if there is none."""
    view = session.get(SavedView, name[:MAX_NAME_CHARACTERS])
    if view is None or view.name != name:
        raise unknown_view()
    return view


def delete_view(
    session: Session, name: str, now: datetime, *, by: str, is_own: bool = False
) -> None:
    """Forget a view; raise CallerError where there is none of that name.

    So it does where it has to be their ``is_own`` and is somebody else's.
    """
    _refuse_others(session, name, by if is_own else None)
    gone = session.execute(
        delete(SavedView).where(SavedView.name == name).returning(SavedView.name)
    )
    if gone.first() is None:
        raise unknown_view()
    audit(session, by, "view.deleted", now, subject=name)


def _refuse_others(session: Session, name: str, owner: str | None) -> None:
    view = session.get(SavedView, name[:MAX_NAME_CHARACTERS])
    if owner is not None and view is not None and view.saved_by != owner:
        raise CallerError(
            "Somebody else has saved this view: only they or an administrator may change it.",
            code="not_permitted",
        )


def unknown_view() -> CallerError:
    return CallerError("There is no view of that name.", code="unknown_view")


def parameters_of(view: SavedView) -> list[tuple[str, str]]:
    """Return what the view asks."""
    return parse_qsl(view.question, keep_blank_values=True)


def _problems(session: Session, name: str, list_name: str) -> list[QueryProblem]:
    found = []
    # An address leaves out what stands between two slashes, or before the first, where it is a dot.
    is_lost = not {"", ".", ".."}.isdisjoint(name.split("/"))
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME_CHARACTERS:
        limit = f"should be 1 to {MAX_NAME_CHARACTERS} characters that print"
        found.append(QueryProblem("name", limit))
    elif is_lost:
        found.append(QueryProblem("name", "should have something before and after each slash"))
    elif session.get(SavedView, name) is None and len(saved_views(session)) >= MOST_VIEWS:
        found.append(QueryProblem("name", f"there are {MOST_VIEWS} views: delete one first"))
    if list_name not in LISTS:
        found.append(QueryProblem("list", f"should be one of {', '.join(LISTS)}"))
    return found


def _wrong_with(asked: List[object], given: list[tuple[str, str]]) -> list[QueryProblem]:
    of_pages = [
        QueryProblem(name, "belongs to a page, not to a view")
        for name, _ in given
        if name in _OF_PAGES
    ]
    try:
        asked.parse((name, value) for name, value in given if name not in _OF_PAGES)
    except QueryError as error:
        return [*of_pages, *error.problems]
    return of_pages


def of_conversations(session: Session, name: str) -> list[tuple[str, str]]:
    """Return what the view of that name asks of conversations."""
    view = find_view(session, name)
    if view.list != "conversations":
        problem = QueryProblem("view", f"is about {view.list}, not about conversations")
        raise QueryError([problem])
    return parameters_of(view)
