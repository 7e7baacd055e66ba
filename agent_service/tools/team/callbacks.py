"""When the team is there, and promises to call back then."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select

from agent_service.conversation.records import CallerLevel
from agent_service.errors import ToolError
from agent_service.store.requests import Callback, OpeningHours, RequestStatus
from agent_service.tools.team.on_file import on_file
from agent_service.tools.tool import Answer, Preview, ToolContext, tool
from agent_service.tools.wording import day

Phone = Annotated[
    str,
    Field(
        pattern=r"^\+?[0-9][0-9 ()/-]{5,24}$",
        max_length=26,
        description="The phone number to call; left out for the one on file.",
    ),
]
Topic = Annotated[
    str, Field(min_length=3, max_length=500, description="What the call shall be about.")
]
Day = Annotated[date, Field(description="The day that suits, for example 2026-03-05.")]
AskedDay = Annotated[
    date, Field(description="The day asked for, for example 2026-03-05; left out for now.")
]
Time = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        max_length=5,
        description="The earliest time that suits, for example 14:30.",
    ),
]

_SLOT: Final = timedelta(minutes=30)
_AHEAD_DAYS: Final = 14


def _calling(
    context: ToolContext,
    topic: str,
    phone: str | None = None,
    on: date | None = None,
    after: str | None = None,
) -> Preview:
    due, number = _slot(context, on, after), _phone(context, phone)
    return Preview(f"Call you back on {_said(due)} at the number ending in {number[-2:]}")


@tool(
    title="Book a callback",
    activity="Booking a callback",
    effect="write",
    audience=CallerLevel.ANONYMOUS,
    preview=_calling,
    redacted=("phone",),
    examples=(
        "Call me back",
        "Can someone phone me tomorrow?",
        "I'd like a callback this afternoon",
        "Please have a colleague ring me",
        "Give me a call on Monday at ten",
        "I don't have time now, call me later",
        "Can you arrange a phone call?",
        "Schedule a call with support",
        "Ring me back on this number",
        "I want to be called back",
    ),
)
def book_callback(
    context: ToolContext,
    topic: Topic,
    phone: Phone | None = None,
    on: Day | None = None,
    after: Time | None = None,
) -> Answer:
    """Promise that the team calls back, at the next free time within the opening hours that suits
    the caller."""
    due, number = _slot(context, on, after), _phone(context, phone)
    booked = context.session.scalars(
        select(Callback).where(
            Callback.phone == number,
            Callback.due_at == due,
            Callback.status == RequestStatus.REQUESTED,
        )
    ).first()
    if booked is not None:
        raise ToolError("not_allowed", f"You already have a call booked on {_said(due)}.")
    context.session.add(
        Callback(
            conversation_id=context.conversation_id,
            phone=number,
            topic=topic,
            due_at=due,
            status=RequestStatus.REQUESTED,
            created_at=context.now,
        )
    )
    return Answer(
        f"A colleague calls you on {_said(due)}.",
        {"due_at": due.isoformat(), "phone_ending": number[-2:]},
    )


@tool(
    title="Opening hours",
    activity="Looking up opening hours",
    effect="read",
    audience=CallerLevel.ANONYMOUS,
    examples=(
        "Are you open now?",
        "When do you open tomorrow?",
        "Until when can I reach someone today?",
        "Are you open on Saturday?",
        "Is anybody there on Sundays?",
        "What time does your team start?",
        "When do you close?",
        "Is there somebody at the office right now?",
        "At what time can I call your people?",
        "When is your team available?",
    ),
)
def get_business_hours(context: ToolContext, on: AskedDay | None = None) -> Answer:
    """Tell whether the team is there at this moment, and when it is there on each weekday; or,
    when the caller asks for a certain day, tomorrow for example, when it is there on that day."""
    hours = _hours(context)
    local = context.now.astimezone(_zone(hours))
    if on is not None:
        return _hours_of_day(hours, local, on)
    today = hours.get(local.weekday())
    minute = local.hour * 60 + local.minute
    is_open = today is not None and today.opens_minute <= minute < today.closes_minute
    if is_open and today is not None:
        say = f"Our team is there until {_clock(today.closes_minute)} today."
    else:
        say = f"Our team is there again on {_said(next(_openings(hours, local)))}."
    week = {_WEEKDAYS[weekday]: _span(row) for weekday, row in sorted(hours.items())}
    return Answer(say, {"is_open": is_open, "hours": week, "time_zone": str(_zone(hours))})


def _hours_of_day(hours: dict[int, OpeningHours], local: datetime, on: date) -> Answer:
    if on < local.date():
        raise ToolError("fix_arguments", "That day has passed. Which day do you mean?")
    row = hours.get(on.weekday())
    facts = {"on": on, "weekday": _WEEKDAYS[on.weekday()], "time_zone": str(_zone(hours))}
    if row is not None:
        say = f"On {day(on)} our team is there from {_span(row)}."
        return Answer(say, facts | {"is_open_that_day": True, "opening_hours": _span(row)})
    reopening = next(_openings(hours, datetime.combine(on, time(), local.tzinfo)))
    say = f"On {day(on)} nobody is there. Our team is there again on {_said(reopening)}."
    return Answer(say, facts | {"is_open_that_day": False})


def _span(row: OpeningHours) -> str:
    return f"{_clock(row.opens_minute)} to {_clock(row.closes_minute)}"


_WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


def _slot(context: ToolContext, on: date | None, after: str | None) -> datetime:
    """Return the first half hour within the opening hours that suits."""
    hours = _hours(context)
    zone = _zone(hours)
    earliest = context.now.astimezone(zone) + _SLOT
    not_before = time.fromisoformat(after) if after is not None else time()
    if on is not None:
        if not earliest.date() <= on <= earliest.date() + timedelta(days=_AHEAD_DAYS):
            raise ToolError("fix_arguments", "I can book a call for the next two weeks. When?")
        earliest = max(earliest, datetime.combine(on, time(), zone))
    slots = (slot for slot in _openings(hours, earliest) if slot.time() >= not_before)
    slot = next(slots, None)
    if slot is None:
        raise ToolError("fix_arguments", "We close earlier than that. Which time suits you?")
    if on is not None and slot.date() != on:
        raise ToolError("fix_arguments", f"We are closed then. The next time is {_said(slot)}.")
    return slot


def _openings(hours: dict[int, OpeningHours], earliest: datetime) -> Iterator[datetime]:
    """Yield the half hours of the opening times, from the first that is not before."""
    for ahead in range(_AHEAD_DAYS + 8):
        row = hours.get((earliest + timedelta(days=ahead)).weekday())
        if row is None:
            continue
        midnight = datetime.combine(
            earliest.date() + timedelta(days=ahead), time(), earliest.tzinfo
        )
        slot = midnight + timedelta(minutes=row.opens_minute)
        while slot + _SLOT <= midnight + timedelta(minutes=row.closes_minute):
            if slot >= earliest:
                yield slot
            slot += _SLOT


def _hours(context: ToolContext) -> dict[int, OpeningHours]:
    rows = context.session.scalars(select(OpeningHours))
    hours = {row.weekday: row for row in rows}
    if not hours:
        raise ToolError("failed", "Our opening hours are not known to me.")
    return hours


def _zone(hours: dict[int, OpeningHours]) -> ZoneInfo:
    return ZoneInfo(next(iter(hours.values())).time_zone)


def _phone(context: ToolContext, phone: str | None) -> str:
    if phone is not None:
        return phone
    known = on_file(context).phone
    if known is None:
        raise ToolError("fix_arguments", "Which phone number may we call?")
    return known


def _clock(minute: int) -> str:
    return _time(time(minute // 60, minute % 60))


def _said(moment: datetime) -> str:
    return f"{day(moment)} at {_time(moment.time())}"


def _time(moment: time) -> str:
    """Say a time of day: ``9 AM``, ``2:30 PM``."""
    half = "AM" if moment.hour < 12 else "PM"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {half}"


TOOLS: Final = (book_callback, get_business_hours)
