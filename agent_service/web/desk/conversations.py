"""The list of conversations: found by words and filters, page by page, as views, as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.conversation.records import ToolCallStatus
from agent_service.errors import QueryError
from agent_service.store.answers import ConversationRow, Page
from agent_service.store.database import Database
from agent_service.store.facets import FAILED_TOOL, LOOKED_AT, Facets, find_facets
from agent_service.store.first_words import first_words
from agent_service.store.members import Member, Right
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.sums import WRONG
from agent_service.store.views import (
    MAX_NAME_CHARACTERS,
    SavedView,
    delete_view,
    parameters_of,
    save_view,
    saved_views,
)
from agent_service.web.desk import asking, work_list
from agent_service.web.desk.adding import OWN as ADDING
from agent_service.web.desk.adding import Added, Menu, menu, read_added
from agent_service.web.desk.filter_words import ToolTitle, title, value_words
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.writing import FILTERS, pieces

PATH: Final = "/admin/conversations"
_VIEWS: Final = f"{PATH}/views"
_FACETS_S: Final = 0.5
"""How long the list is held up at most for how its conversations part."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be shown, and with which of the filters of ``writing`` it is written."""

    name: str
    title: str
    written: str = "plain"


COLUMNS: Final = (
    Column("caller_name", "Caller"),
    Column("customer_id", "Customer"),
    Column("caller_level", "Level", "code"),
    Column("work_state", "Work"),
    Column("assignee", "Assigned to"),
    Column("waits_until", "Waits until", "moment"),
    Column("labels", "Labels"),
    Column("agent", "Agent"),
    Column("channel", "Channel"),
    Column("language", "Language"),
    Column("duration_ms", "Duration", "duration"),
    Column("turn_count", "Turns"),
    Column("interruption_count", "Interruptions"),
    Column("heard_share", "Heard", "share"),
    Column("slowest_first_audio_ms", "Slowest answer", "milliseconds"),
    Column("mean_first_audio_ms", "Mean answer", "milliseconds"),
    Column("confirmations", "Questions", "code"),
    Column("incidents", "Incidents", "code"),
    Column("cost_usd", "Cost", "dollars"),
    Column("rating", "Rating"),
    Column("end_reason", "End", "code"),
    Column("provider", "Provider"),
    Column("model", "Model"),
)
USUAL: Final = (
    *("caller_name", "work_state", "assignee", "labels", "agent", "channel", "duration_ms"),
    *("slowest_first_audio_ms", "incidents", "rating", "end_reason"),
)
_OFTEN_EMPTY: Final = ("work_state", "assignee", "labels", "incidents", "rating")
_DAYS: Final = (("Today", 0, 0), ("Yesterday", 1, 1), ("7 days", 6, 0))
READY: Final = (
    ("Going on", (("is_open", "true"),)),
    ("Refused or failed tools", (("tool_status__in", ",".join(WRONG)),)),
    ("Interrupted", (("is_interrupted", "true"),)),
    ("Said, not heard", (("heard_share__lt", "0.8"),)),
    ("Slow answers", (("slowest_first_audio_ms__gt", "1500"),)),
    ("Incidents", (("has_incident", "true"),)),
    ("Unhappy", (("rating__lte", "2"),)),
    ("Needed a person, not begun", (("needed_person", "true"), ("has_work", "false"))),
)
"""Views that are there from the beginning."""


@dataclass(frozen=True, slots=True)
class Saving:
    """How far the saving of a view is: nothing, refused, or to be asked about."""

    name: str = ""
    problem: str = ""
    taken: SavedView | None = None
    """The view that has the name."""
    may_replace: bool = False


def routes(
    desk: Desk,
    database: Database,
    clock: Clock,
    *,
    time_limit_s: float,
) -> list[Route]:
    """Return the list, and its saved views."""

    async def show(request: Request, member: Member) -> Response:
        given = request.query_params.multi_items()
        added = read_added(CONVERSATIONS, given)
        if added is not None and added.parameters is not None:
            return redirect(asking.address(PATH, added.parameters))
        return await _listed(request, member, given, added)

    async def _listed(
        request: Request,
        member: Member,
        given: asking.Parameters,
        added: Added | None = None,
        saving: Saving | None = None,
        refused: int = 0,
    ) -> Response:
        mine = asking.without(given, "column", *ADDING)
        asked = asking.read_question(CONVERSATIONS, mine, desk.title_of)
        page: Page[ConversationRow] | None = None
        views = await database.run(_views)
        if asked.question is not None:
            work = partial(CONVERSATIONS.page, question=asked.question)
            page = await asking.found_in_time(database, work, time_limit_s)
        ids = [one.id for one in page.items] if page else []
        filters = asking.filters_alone(asked.parameters)
        facets = await _parted(asked)
        seen = partial(work_list.look, member=member, ids=ids, filters=filters)
        team = await database.run(seen, time_limit_s=time_limit_s)
        about = await database.run(partial(first_words, ids=ids), time_limit_s=time_limit_s)
        own = tuple(one for one in given if one[0] == "column" and one[1] in _COLUMN_NAMES)
        gone: asking.Gone = {}
        if page is not None:
            gone = await asking.gone_in_time(
                database,
                CONVERSATIONS,
                filters,
                is_empty=not page.items,
                time_limit_s=time_limit_s,
            )
        fields = await menu(
            PATH,
            CONVERSATIONS,
            (*asking.without(asked.parameters, "cursor", "count"), *own),
            added,
            database,
            desk.tool_titles,
            time_limit_s=time_limit_s,
        )
        chips = asking.chips(PATH, asked, own, desk.title_of, gone)
        shown = partial(_shown, request, member, asked, page, facets, views, team, about)
        return shown(own, chips, fields, saving or Saving(), refused)

    async def _parted(asked: asking.Asked) -> Facets | None:
        """Return how the found ones part; nothing where that takes longer than it is worth."""
        if asked.question is None:
            return None
        work = partial(find_facets, question=asked.question)
        return await asking.found_in_time(database, work, min(_FACETS_S, time_limit_s))

    def _shown(
        request: Request,
        member: Member,
        asked: asking.Asked,
        page: Page[ConversationRow] | None,
        facets: Facets | None,
        views: list[SavedView],
        team: work_list.ListWork,
        about: Mapping[str, str],
        own: asking.Parameters,
        chips: Sequence[asking.Chip],
        fields: Menu,
        saving: Saving,
        refused: int,
    ) -> Response:
        chosen = tuple(value for _, value in own)
        filters = asking.filters_alone(asked.parameters)
        unplaced = asking.without(asked.parameters, "cursor", "count")
        status, problems = asking.outcome(asked, page)
        return desk.show(
            request,
            member,
            "conversations.html",
            status=refused or status,
            page=page,
            work=team,
            about=about,
            list_question=urlencode((*asked.parameters, *own)),
            chips=chips,
            problems=problems,
            left_out=asked.left_out,
            menu=fields,
            columns=_columns(chosen, page),
            facets=_links(facets, unplaced, own, desk.title_of) if facets else (),
            facets_of=LOOKED_AT if facets and facets.is_capped else None,
            days=_days(clock.utc(), unplaced, own),
            all_columns=COLUMNS,
            chosen=chosen or USUAL,
            words=dict(asked.parameters).get("q", ""),
            sort=dict(asked.parameters).get("sort", ""),
            sorts=_SORTS,
            others=asking.without(unplaced, "q", "sort"),
            own=own,
            unplaced=unplaced,
            around=asking.around(PATH, (*unplaced, *own), page),
            counting=asking.address(PATH, (*unplaced, *own, ("count", "true"))),
            question=asking.address("", filters).removeprefix("?"),
            exports={
                kind: asking.address(
                    "/api/export/conversations",
                    (*asking.without(unplaced, "limit"), ("format", kind)),
                )
                for kind in ("csv", "jsonl")
            },
            ready=[
                (words, asking.address(PATH, parameters), set(parameters) == set(filters))
                for words, parameters in READY
            ],
            views=[
                (
                    view,
                    asking.address(PATH, parameters_of(view)),
                    set(parameters_of(view)) == set(filters),
                    _may_change(view, member),
                )
                for view in views
            ],
            saving=saving,
            longest_name=MAX_NAME_CHARACTERS,
            within=asking.address("", [("in", urlencode(unplaced))] if unplaced else ()),
            pieces=pieces,
            written=_written,
        )

    async def save(request: Request, member: Member, form: Form) -> Response:
        question, name = form.text("question"), " ".join(form.text("name").split())
        work = partial(
            _save,
            name=name,
            question=question,
            replaces=form.text("replaces"),
            member=member,
            now=clock.utc(),
        )
        try:
            taken = await database.run(work, is_write=True)
            if taken is None:
                return redirect(f"{PATH}?{question}")
            saving, refused = Saving(name, taken=taken, may_replace=_may_change(taken, member)), 409
        except QueryError as error:
            wrong = [one.message for one in error.problems if one.field == "name"]
            if len(wrong) < len(error.problems):
                raise
            saving, refused = Saving(name, problem=f"A name {wrong[0]}."), 400
        given = parse_qsl(question, keep_blank_values=True)
        return await _listed(request, member, given, saving=saving, refused=refused)

    async def forget(request: Request, member: Member, form: Form) -> Response:
        work = partial(
            delete_view,
            name=form.text("name"),
            now=clock.utc(),
            by=member.actor,
            is_own=not member.may(Right.ADMINISTER),
        )
        await database.run(work, is_write=True)
        return redirect(PATH)

    return [
        desk.page(PATH, Right.SEE, show),
        desk.form(_VIEWS, Right.SEE, save),
        desk.form(f"{_VIEWS}/forget", Right.SEE, forget),
    ]


_COLUMN_NAMES: Final = frozenset(column.name for column in COLUMNS)
_SORTS: Final = (
    ("started_at", "Oldest first"),
    ("-duration_ms", "Longest first"),
    ("duration_ms", "Shortest first"),
    ("-turn_count", "Most turns first"),
    ("turn_count", "Fewest turns first"),
    ("-interruption_count", "Most interrupted first"),
    ("interruption_count", "Least interrupted first"),
    ("-slowest_first_audio_ms", "Slowest answer first"),
    ("slowest_first_audio_ms", "Quickest slowest answer first"),
    ("-mean_first_audio_ms", "Slowest on average first"),
    ("mean_first_audio_ms", "Quickest on average first"),
    ("-incident_count", "Most incidents first"),
    ("incident_count", "Fewest incidents first"),
    ("rating", "Worst rated first"),
    ("-rating", "Best rated first"),
    ("-cost_usd", "Dearest first"),
    ("cost_usd", "Cheapest first"),
    ("heard_share", "Least heard first"),
    ("-heard_share", "Most heard first"),
)
"""Beside the newest first, which is the order without a name."""


def _columns(chosen: Sequence[str], page: Page[ConversationRow] | None) -> list[Column]:
    """Return the columns that were chosen; or the usual ones, without those that say nothing."""
    if chosen:
        return [one for one in COLUMNS if one.name in chosen]
    rows = page.items if page else []
    idle = {name for name in _OFTEN_EMPTY if not any(getattr(one, name) for one in rows)}
    if len({one.agent for one in rows}) == 1:
        idle.add("agent")
    return [one for one in COLUMNS if one.name in USUAL and one.name not in idle]


def _links(
    facets: Facets, unplaced: asking.Parameters, own: asking.Parameters, tool_title: ToolTitle
) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """Return each facet that narrows the list further: its values, how many, and their list."""
    found = []
    for name, values in facets.values.items():
        also = (("tool_status", ToolCallStatus.FAILED),) if name == FAILED_TOOL else ()
        field = "tool" if name == FAILED_TOOL else name
        if any(given.partition("__")[0] == field for given, _ in unplaced):
            continue
        others = asking.without(unplaced, *(one for one, _ in also))
        links = [
            (
                value_words(name, value, tool_title),
                count,
                asking.address(PATH, (*others, *also, (field, value), *own)),
            )
            for value, count in values
        ]
        found.append((title(name), links))
    return found


def _days(
    now: datetime, unplaced: asking.Parameters, own: asking.Parameters
) -> list[tuple[str, int, int, str, bool]]:
    """Return the days that are often asked for: from and to how many days ago, and their list.

    They are days of UTC; the page's script makes them the reader's.
    """
    others = asking.without(unplaced, "since", "until")
    found = []
    for words, first, last in _DAYS:
        times = [
            (name, (now - timedelta(days=ago)).date().isoformat())
            for name, ago in (("since", first), ("until", last))
        ]
        to = asking.address(PATH, (*others, *times, *own))
        found.append((words, first, last, to, set(times) <= set(unplaced)))
    return found


def _views(session: Session) -> list[SavedView]:
    return [view for view in saved_views(session) if view.list == "conversations"]


def _may_change(view: SavedView, member: Member) -> bool:
    """Tell whether somebody may replace or forget a view: who has saved it, and an admin."""
    return view.saved_by == member.actor or member.may(Right.ADMINISTER)


def _save(
    session: Session, name: str, question: str, replaces: str, member: Member, now: datetime
) -> SavedView | None:
    """Save a view; return the one that has its name where nobody said that it is to be replaced.

    What is replaced is the one that was seen: it is named by when it was saved.
    """
    taken = next((one for one in saved_views(session) if one.name == name), None)
    if taken is not None:
        if parameters_of(taken) == parse_qsl(question, keep_blank_values=True):
            return None
        if taken.saved_at.isoformat() != replaces or not _may_change(taken, member):
            session.expunge(taken)
            return taken
    save_view(session, name, "conversations", question, saved_by=member.actor, now=now)
    return None


def _written(row: ConversationRow, column: Column) -> object:
    return FILTERS[column.written](getattr(row, column.name))
