"""Numbers over conversations: a period beside the one before, by day, and in groups.

The address is the question, and each number leads to the conversations that it counts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import QueryError
from agent_service.store.database import Database
from agent_service.store.exporting import MEDIA_TYPES, Format, new_export
from agent_service.store.failures import TOO_SLOW
from agent_service.store.members import Member, Right
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.stats import StatsQuestion, find_groups, find_stats, parse_stats
from agent_service.store.sums import FAILED, GROUPS, TOOL, Numbers, ToolNumbers
from agent_service.web.desk import asking, charts
from agent_service.web.desk.adding import OWN as ADDING
from agent_service.web.desk.adding import Menu, menu, read_added
from agent_service.web.desk.asking import Parameters
from agent_service.web.desk.filter_words import ToolTitle, title, value_words
from agent_service.web.desk.page import Desk, redirect
from agent_service.web.desk.writing import NOTHING, dollars, duration, milliseconds, share

PATH: Final = "/admin/numbers"
RANGES: Final = (1, 7, 30, 90, 365)
"""Days up to now that are one click away."""
MOST_BARS: Final = 400
_USUAL_DAYS: Final = 30
_HOURLY_DAYS: Final = 3
"""Up to so many days are drawn by hour."""
_LIST: Final = "/admin/conversations"
_OWN: Final = ("by", "tz", "days", "compare")
_TIMES: Final = ("since", "until")
_BREAKDOWNS: Final = (TOOL, *GROUPS)
_ANY_FAILURE: Final = ("tool_status__in", ",".join(FAILED))
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Figure:
    """One number of a period, where it leads, and how it is written."""

    title: str
    read: Callable[[Numbers], float | None]
    write: Callable[[float | None], str]
    behind: Parameters = ()
    """What narrows the list to what is counted, or puts it in an order that shows it."""
    better: Literal["more", "less", ""] = ""


def _count(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def _cost(value: float | None) -> str:
    return dollars(value) if value is None or value < 1 else f"${value:,.2f}"


def _score(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


_SLOWEST: Final = (("sort", "-slowest_first_audio_ms"),)
FIGURES: Final = (
    _Figure("Conversations", lambda of: of.conversations, _count),
    _Figure(
        *("Ended without a person", lambda of: of.containment, share),
        behind=(("is_open", "false"), ("needed_person", "false")),
        better="more",
    ),
    _Figure(
        "First sound, median", lambda of: of.first_audio_ms.p50, milliseconds, _SLOWEST, "less"
    ),
    _Figure("First sound, p95", lambda of: of.first_audio_ms.p95, milliseconds, _SLOWEST, "less"),
    _Figure(
        *("With an interruption", lambda of: of.interrupted, _count),
        behind=(("is_interrupted", "true"),),
    ),
    _Figure("Tool calls that failed", lambda of: of.tool_failures, _count, (_ANY_FAILURE,), "less"),
    _Figure(
        *("Questions answered no", lambda of: of.confirmations_declined, _count),
        behind=(("confirmation", "declined"),),
    ),
    _Figure("Rating", lambda of: of.rating, _score, (("rating__gte", "1"),), "more"),
    _Figure("Mean duration", lambda of: of.mean_duration_ms, duration, (("sort", "-duration_ms"),)),
    _Figure("Cost", lambda of: of.cost_usd, _cost, (("sort", "-cost_usd"),), "less"),
)
_DRAWN: Final = (FIGURES[0], FIGURES[1], FIGURES[3], FIGURES[5])
"""Also as a chart."""


@dataclass(frozen=True, slots=True)
class _Period:
    """What is counted: the question, and from when to when."""

    asked: StatsQuestion
    since: datetime
    until: datetime
    filters: Parameters
    """Without times."""

    @property
    def zone(self) -> ZoneInfo:
        return self.asked.zone

    def before(self) -> StatsQuestion:
        """Return the same of the period that ends where this one begins."""
        start = self.since - (self.until - self.since)
        return parse_stats(
            (*self.filters, ("since", start.isoformat()), ("until", self.since.isoformat()))
        )

    def within(self, since: datetime | None = None, until: datetime | None = None) -> str:
        """Return as a part of an address the times of it, or of a part of it."""
        times = (
            ("since", _written(max(since or self.since, self.since))),
            ("until", _written(min(until or self.until, self.until))),
        )
        return urlencode(times)

    def behind(self, more: Parameters = (), within: str = "") -> str:
        """Return the address of the conversations, of a part of it where that is given."""
        named = {name for name, _ in more}
        others = tuple(one for one in self.filters if one[0] not in named)
        parts = (urlencode(others), within or self.within(), urlencode(more))
        return f"{_LIST}?{'&'.join(filter(None, parts))}"


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure as the page has it."""

    title: str
    value: str
    to: str
    before: str = ""
    change: str = ""
    is_good: bool | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    total: Numbers
    over_time: Sequence[Numbers]
    before: Numbers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group, as it is downloaded."""

    key: str
    conversations: int
    tool_calls: int
    tool_failures: int
    confirmations_declined: int
    containment: float | None = None
    first_audio_p50_ms: int | None = None
    first_audio_p95_ms: int | None = None
    interrupted: int | None = None
    rating: float | None = None
    mean_duration_ms: int | None = None
    cost_usd: float | None = None


def routes(
    desk: Desk,
    database: Database,
    clock: Clock,
    *,
    time_limit_s: float,
) -> list[Route]:
    """Return the page, and its groups as a file."""

    async def show(request: Request, member: Member) -> Response:
        given = request.query_params.multi_items()
        added = read_added(CONVERSATIONS, given)
        if added is not None and added.parameters is not None:
            return redirect(asking.address(PATH, added.parameters))
        own, others = _parted(asking.without(given, *ADDING))
        fields = await menu(
            PATH,
            CONVERSATIONS,
            (*own.items(), *others),
            added,
            database,
            desk.tool_titles,
            without=_TIMES,
            time_limit_s=time_limit_s,
        )
        by = own.get("by", TOOL)
        try:
            period = _period(own, others, clock.utc())
            work = partial(find_period, period=period, is_compared="compare" in own)
            found = await asking.found_in_time(database, work, time_limit_s)
            groups: Sequence[Numbers | ToolNumbers] | None = None
            if found is not None:
                put_together = partial(find_groups, asked=replace(period.asked, by=by))
                groups = await asking.found_in_time(database, put_together, time_limit_s)
        except QueryError as error:
            asked = (*own.items(), *others)
            wrong = asking.in_sentences(CONVERSATIONS, asked, error.problems, desk.title_of)
            return _shown(request, member, own, others, by, fields, {}, None, None, None, wrong)
        problems = {} if found else {"": TOO_SLOW}
        gone: asking.Gone = {}
        if found is not None:
            gone = await asking.gone_in_time(
                database,
                CONVERSATIONS,
                period.filters,
                is_empty=not found.total.conversations,
                time_limit_s=time_limit_s,
            )
        of_page = (request, member, own, others, by, fields, gone)
        return _shown(*of_page, period, found, groups, problems)

    def _shown(
        request: Request,
        member: Member,
        own: dict[str, str],
        others: Parameters,
        by: str,
        fields: Menu,
        gone: asking.Gone,
        period: _Period | None,
        found: _Found | None,
        groups: Sequence[Numbers | ToolNumbers] | None,
        problems: Mapping[str, str],
    ) -> Response:
        times = tuple(one for one in others if one[0] in _TIMES)
        filters = asking.without(others, *_TIMES)
        how = (*own.items(), *times)
        kept = (*how, *filters)
        here = dict(kept)

        def changed(**changes: str) -> str:
            lasting = asking.without(kept, *changes)
            return asking.address(
                PATH, (*lasting, *((name, value) for name, value in changes.items() if value))
            )

        return desk.show(
            request,
            member,
            "numbers.html",
            status=200 if found else 422 if period else 400,
            problems=[*problems.values()],
            ranges=[
                (days, changed(days=str(days), since="", until=""), own.get("days") == str(days))
                for days in RANGES
            ],
            since=here.get("since", ""),
            until=here.get("until", ""),
            tz=own.get("tz", "UTC"),
            kept=asking.without(kept, "since", "until", "days", "tz"),
            menu=fields,
            chips=asking.chips(
                PATH, asking.Asked(None, problems, filters), how, desk.title_of, gone
            ),
            is_compared="compare" in own,
            comparing=changed(compare="" if "compare" in own else "1"),
            by=by,
            by_title=title(by),
            breakdowns=[(one, title(one), changed(by=one)) for one in _BREAKDOWNS],
            figures=_figures(period, found) if period and found else (),
            drawn=_charts(period, found) if period and found else (),
            period=period if found else None,
            groups=None
            if period is None or groups is None
            else _groups(period, groups, by, desk.title_of),
            is_of_tools=by == TOOL,
            file=asking.address(f"{PATH}.csv", kept),
        )

    async def download(request: Request, member: Member) -> Response:
        own, others = _parted(request.query_params.multi_items())
        period = _period(own, others, clock.utc())
        by = own.get("by", TOOL)
        asked = replace(period.asked, by=by)
        groups = await database.run(partial(find_groups, asked=asked), time_limit_s=time_limit_s)
        export = new_export(Format.CSV, GroupRow)
        rows = [_row(group) for group in groups]
        body = export.begin() + export.add(rows) + export.end()
        headers = {
            "Content-Disposition": f'attachment; filename="numbers-by-{by}.csv"',
            "Cache-Control": "no-store",
        }
        return Response(body, media_type=MEDIA_TYPES[Format.CSV], headers=headers)

    return [
        desk.page(PATH, Right.SEE, show),
        desk.page(f"{PATH}.csv", Right.SEE, download),
    ]


def _parted(given: Iterable[tuple[str, str]]) -> tuple[dict[str, str], Parameters]:
    """Return what is the page's own, and what asks for conversations; the empty is left out."""
    kept = tuple(one for one in given if one[1].strip())
    own = {name: value for name, value in kept if name in _OWN}
    others = tuple(one for one in kept if one[0] not in _OWN)
    if not any(name in _TIMES for name, _ in others):
        own.setdefault("days", str(_USUAL_DAYS))
    else:
        own.pop("days", None)
    return own, others


def _period(own: dict[str, str], others: Parameters, now: datetime) -> _Period:
    """Return what is asked for; raise QueryError with all that is wrong with it."""
    by = own.get("by", TOOL)
    zone = own.get("tz", "UTC")
    first = parse_stats([*others, ("by", by), ("tz", zone)])
    since, until = first.question.since, first.question.until
    if since is None:
        days = own.get("days", str(_USUAL_DAYS))
        number = int(days) if days in map(str, RANGES) else _USUAL_DAYS
        last = (until or now).astimezone(first.zone).date()
        since = _midnight(last - timedelta(days=number - 1), first.zone)
    until = until or max(now, since + _HOUR)
    filters = asking.without(others, *_TIMES)
    times = (("since", since.isoformat()), ("until", until.isoformat()))
    return _Period(parse_stats((*filters, *times, ("tz", zone))), since, until, filters)


def find_period(session: Session, period: _Period, *, is_compared: bool) -> _Found:
    """Add up the period, bar by bar, and the one before."""
    length = period.until - period.since
    over_time = replace(period.asked, by="hour" if length <= _HOURLY_DAYS * 24 * _HOUR else "day")
    drawn: Sequence[Numbers] = ()
    total: Numbers
    if length <= timedelta(days=MOST_BARS):
        found = find_stats(session, over_time)
        drawn, total = found.items, found.total  # type: ignore[assignment]  # not by tool
    else:
        total = find_stats(session, period.asked).total
    before = find_stats(session, period.before()).total if is_compared else None
    return _Found(total, drawn, before)


# --- what the page shows ---


def _figures(period: _Period, found: _Found) -> list[_Told]:
    told = []
    for figure in FIGURES:
        value = figure.read(found.total)
        one = _Told(figure.title, figure.write(value), period.behind(figure.behind))
        if found.before is not None:
            earlier = figure.read(found.before)
            change, is_good = _change(figure, value, earlier)
            before = figure.write(earlier)
            one = replace(one, before=before, change=change, is_good=is_good)
        told.append(one)
    return told


def _change(figure: _Figure, value: float | None, earlier: float | None) -> tuple[str, bool | None]:
    """Return by how much it changed, and whether that is good where that can be said."""
    if value is None or not earlier:
        return "", None
    by = value / earlier - 1
    if abs(by) < 0.005:
        return "±0%", None
    return f"{by:+.0%}", (by > 0) == (figure.better == "more") if figure.better else None


def _charts(period: _Period, found: _Found) -> list[tuple[str, Markup]]:
    if not found.over_time:
        return []
    by_key = {one.key: one for one in found.over_time}
    is_hourly = "T" in str(found.over_time[0].key)
    found_places = _hours(period) if is_hourly else _days(period)
    places = [(*names, period.within(start, end)) for *names, start, end in found_places]
    drawn = []
    for figure in _DRAWN:
        bars = []
        for key, label, within in places:
            of = by_key.get(key)
            value = figure.read(of) if of else None
            behind = period.behind(figure.behind, within)
            bars.append(charts.Bar(label, value, figure.write(value), behind))
        most = 1.0 if figure.write is share else None
        drawn.append((figure.title, charts.chart(figure.title, bars, figure.write, most=most)))
    return drawn


_Place = tuple[str, str, datetime, datetime]
"""A group's key, its name, and from when to when it is."""


def _days(period: _Period) -> Iterable[_Place]:
    day = period.since.astimezone(period.zone).date()
    while (start := _midnight(day, period.zone)) < period.until:
        yield day.isoformat(), f"{day:%b} {day.day}", start, _midnight(_next(day), period.zone)
        day = _next(day)


def _hours(period: _Period) -> Iterable[_Place]:
    # A zone that is off by part of an hour has its own hours.
    offset = period.since.astimezone(period.zone).utcoffset() or timedelta()
    odd = timedelta(seconds=offset.total_seconds() % 3600)
    start = period.since.astimezone(UTC)
    start = (start + odd).replace(minute=0, second=0, microsecond=0) - odd
    while start < period.until:
        local = start.astimezone(period.zone)
        yield local.isoformat(timespec="minutes"), f"{local:%H:%M}", start, start + _HOUR
        start += _HOUR


def _groups(
    period: _Period, groups: Sequence[Numbers | ToolNumbers], by: str, tool_title: ToolTitle
) -> list[tuple[str, str, GroupRow, str]]:
    """Return for each group its name, where it leads, its numbers and where its failures lead."""
    told = []
    for group in groups:
        row = _row(group)
        narrowed = () if group.key is None else ((by, str(group.key)),)
        failed = period.behind((*narrowed, _ANY_FAILURE))
        told.append(
            (
                value_words(by, row.key, tool_title) if row.key else "unknown",
                period.behind(narrowed) if narrowed else "",
                row,
                failed,
            )
        )
    return told


def _row(group: Numbers | ToolNumbers) -> GroupRow:
    counted = GroupRow(
        key="" if group.key is None else str(group.key),
        conversations=group.conversations,
        tool_calls=group.tool_calls,
        tool_failures=group.tool_failures,
        confirmations_declined=group.confirmations_declined,
    )
    if isinstance(group, ToolNumbers):
        return counted
    return replace(
        counted,
        containment=group.containment,
        first_audio_p50_ms=group.first_audio_ms.p50,
        first_audio_p95_ms=group.first_audio_ms.p95,
        interrupted=group.interrupted,
        rating=group.rating,
        mean_duration_ms=group.mean_duration_ms,
        cost_usd=group.cost_usd,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
