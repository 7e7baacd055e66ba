"""What the forms of the team's work send: which change a button stands for."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from agent_service.errors import CallerError
from agent_service.store.members import Member
from agent_service.store.work.standing import Change
from agent_service.store.work.tables import WorkState
from agent_service.web.desk.forms import Form

WAITS: Final = (
    ("", "the customer is in contact"),
    ("1", "an hour has passed"),
    ("4", "four hours have passed"),
    ("24", "tomorrow at this time"),
    ("72", "three days have passed"),
    ("168", "a week has passed"),
)
"""Hours after which what waits comes back, in words."""


def read_change(form: Form, member: Member, now: datetime) -> Change:
    """Return what a form's button asks for; raise CallerError for what is none."""
    match form.text("act"):
        case "mine":
            return Change(assignee=member.name)
        case "assign":
            return Change(assignee=form.text("assignee", most=200))
        case "open" | "solved" as state:
            return Change(state=WorkState(state))
        case "waiting":
            return Change(state=WorkState.WAITING, waits_until=_waits_until(form, now))
    raise CallerError("act: is none that is known.", code="bad_request")


def number(form: Form, name: str) -> int:
    """Return a field as a small number; raise CallerError for anything else."""
    value = form.text(name, most=20)
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise CallerError(f"{name}: is no number.", code="bad_request")
    return int(value)


def _waits_until(form: Form, now: datetime) -> datetime | None:
    day, hours = form.text("day", most=20), form.text("hours", most=20)
    if day:
        try:
            chosen = date.fromisoformat(day)
            return datetime(chosen.year, chosen.month, chosen.day, tzinfo=UTC)
        except ValueError:
            raise CallerError("day: is no date such as 2026-03-01.", code="bad_request") from None
    if hours not in dict(WAITS):
        raise CallerError("hours: is none that can be chosen.", code="bad_request")
    return now + timedelta(hours=int(hours)) if hours else None
