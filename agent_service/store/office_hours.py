"""When a promise "within one working day" is due, by the hours in which the team is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.store.requests import OpeningHours

_WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The team's hours on its working days: those of the week, or if it has none, the others."""

    zone: ZoneInfo
    minutes: Mapping[int, tuple[int, int]]
    """By weekday: when the team comes and goes, in minutes since midnight."""

    def in_one_working_day(self, moment: datetime) -> datetime:
        """Return when a working day has passed: at the same time of the next one, or when the team
        goes. What comes in while nobody is there waits until somebody is."""
        local = moment.astimezone(self.zone)
        is_working_day = local.weekday() in self.minutes
        if is_working_day and local < self._at(local.date(), 0):
            due = self._at(local.date(), 1)
        else:
            following = self._working_day_after(local.date())
            due = self._at(following, 1)
            if is_working_day and local < self._at(local.date(), 1):
                due = min(due, datetime.combine(following, local.time(), self.zone))
        return due.astimezone(UTC)

    def _working_day_after(self, day: date) -> date:
        ahead = (day + timedelta(days=days) for days in range(1, 8))
        return next(each for each in ahead if each.weekday() in self.minutes)

    def _at(self, day: date, end: int) -> datetime:
        """Return when the team comes (0) or goes (1) on one of its working days."""
        minutes = self.minutes[day.weekday()][end]
        return datetime.combine(day, time(), self.zone) + timedelta(minutes=minutes)


UNKNOWN_HOURS = OfficeHours(ZoneInfo("UTC"), dict.fromkeys(range(5), (0, 24 * 60)))
"""Of a team that has not said when it is there: working days as such."""


def office_hours(session: Session) -> OfficeHours:
    """Return the hours of the team, from its opening hours."""
    return _working(session.scalars(select(OpeningHours)))


def is_team_there(session: Session, moment: datetime) -> bool:
    """Tell whether the team answers now; of one that has not said when it does, that is not known,
    and it may."""
    rows = list(session.scalars(select(OpeningHours)))
    return not rows or any(_is_open(row, moment) for row in rows)


def _is_open(row: OpeningHours, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(row.time_zone))
    minute = local.hour * 60 + local.minute
    return local.weekday() == row.weekday and row.opens_minute <= minute < row.closes_minute


def _working(rows: Iterable[OpeningHours]) -> OfficeHours:
    found = {row.weekday: row for row in rows}
    days = [day for day in found if day not in _WEEKEND] or list(found)
    if not days:
        return UNKNOWN_HOURS
    minutes = {day: (found[day].opens_minute, found[day].closes_minute) for day in days}
    return OfficeHours(ZoneInfo(found[days[0]].time_zone), minutes)
