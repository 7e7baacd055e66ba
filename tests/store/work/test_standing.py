"""Who sees to a conversation and how far it is: nothing that somebody did is lost to another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from agent_service.store.briefings import briefing_of
from agent_service.store.database import Database
from agent_service.store.forgetting import delete_conversation
from agent_service.store.members import UserRole
from agent_service.store.tables import AuditEntry
from agent_service.store.users import set_disabled, set_role
from agent_service.store.work.errors import WorkChanged, WorkError
from agent_service.store.work.standing import (
    Change,
    Standing,
    change_many,
    change_work,
    come_back,
    is_any_due,
    related_work,
    standing_of,
    told_of_work,
)
from agent_service.store.work.tables import ConversationWork, WorkState

Begin = Callable[..., str]
OPEN, WAITING, SOLVED = WorkState.OPEN, WorkState.WAITING, WorkState.SOLVED


class Team:
    """Changes how conversations stand, each time in a transaction of its own."""

    def __init__(self, database: Database, clock: Any) -> None:
        self.database, self.clock = database, clock

    def change(self, id: str, version: int, *, by: str = "user:sam", **said: Any) -> Standing:
        with self.database.write() as session:
            return change_work(session, id, Change(**said), version, self.clock.utc(), by=by)

    def standing(self, id: str) -> Standing:
        with self.database.read() as session:
            return standing_of(session, id)

    def look(self) -> int:
        with self.database.write() as session:
            is_any = is_any_due(session, self.clock.utc())
            count = come_back(session, self.clock.utc())
        assert is_any is (count > 0)
        return count

    def audited(self, id: str) -> list[tuple[str, str]]:
        of_it = select(AuditEntry.actor, AuditEntry.action).where(AuditEntry.conversation_id == id)
        with self.database.read() as session:
            return [
                (actor, action)
                for actor, action in session.execute(of_it.order_by(AuditEntry.number))
                if action.startswith("work.")
            ]


@pytest.fixture
def team(database: Database, clock: Any) -> Team:
    return Team(database, clock)


def test_work_begins_open_and_is_audited(team: Team, begin: Begin) -> None:
    id = begin()
    assert team.standing(id) == Standing(state=None)
    made = team.change(id, 0, assignee="sam")
    assert (made.state, made.assignee, made.version) == (OPEN, "sam", 1)
    assert team.standing(id) == made
    assert team.change(id, 1, assignee="sam") == made, "what changes nothing is no change"
    solved = team.change(id, 1, state=SOLVED)
    assert (solved.state, solved.assignee, solved.version) == (SOLVED, "sam", 2)
    assert team.audited(id) == [("user:sam", "work.changed")] * 2


def test_who_saw_an_older_one_is_told_who_was_faster(team: Team, begin: Begin) -> None:
    id = begin()
    team.change(id, 0, assignee="sam")
    team.change(id, 1, state=SOLVED, by="user:sue")
    with pytest.raises(WorkChanged, match=r"sue was faster.*solved, assigned to sam"):
        team.change(id, 1, assignee="")
    with pytest.raises(WorkChanged):
        team.change(begin(), 3, state=OPEN)
    assert team.standing(id).assignee == "sam"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"assignee": "nobody"}, "is nobody who works on"),
        ({"assignee": "vera"}, "is nobody who works on"),
        ({"state": SOLVED, "waits_until": 5}, "belongs to the state waiting"),
        ({"state": WAITING, "waits_until": 0}, "should lie ahead"),
        ({"state": WAITING, "waits_until": 400 * 24 * 60}, "within a year"),
    ],
)
def test_what_cannot_be_is_refused(
    team: Team, begin: Begin, said: dict[str, Any], words: str
) -> None:
    if "waits_until" in said:
        said = said | {"waits_until": team.clock.utc() + timedelta(minutes=said["waits_until"])}
    with pytest.raises(WorkError, match=words):
        team.change(begin(), 0, **said)


def test_there_is_no_work_on_what_is_not_there(team: Team) -> None:
    with pytest.raises(WorkError, match="no such conversation"):
        team.change("nothing", 0, state=OPEN)


def test_what_waits_comes_back_when_its_time_has_come(team: Team, begin: Begin) -> None:
    id, until = begin(), team.clock.utc() + timedelta(hours=2)
    team.change(id, 0, state=WAITING, waits_until=until, assignee="sam")
    team.clock.advance(2 * 3_600 - 1)
    assert team.look() == 0
    team.clock.advance(1)
    assert team.look() == 1
    back = team.standing(id)
    assert (back.state, back.waits_until, back.assignee) == (OPEN, None, "sam")
    assert back.version == 2, "who saw it waiting is told"
    assert team.audited(id)[-1] == ("service", "work.came_back")
    assert team.look() == 0


def test_what_waits_comes_back_with_the_customers_next_contact(team: Team, begin: Begin) -> None:
    first, solved = begin(), begin()
    team.change(first, 0, state=WAITING)
    team.change(solved, 0, state=SOLVED)
    team.clock.advance(60)
    begin("C-2")
    begin(None)
    assert team.look() == 0
    begin()
    assert team.look() == 1
    assert team.standing(first).state is OPEN
    assert team.standing(solved).state is SOLVED, "another matter may be on their mind"


def test_the_next_contact_shows_what_is_open_and_what_was_lately_solved(
    team: Team, begin: Begin, database: Database
) -> None:
    open_one, waits, solved, other = begin(), begin(), begin(), begin("C-2")
    begin()  # nobody has begun with
    team.change(open_one, 0, assignee="sue")
    team.change(waits, 0, state=WAITING)
    team.change(solved, 0, state=SOLVED)
    team.change(other, 0, state=OPEN)
    here = begin()
    team.change(here, 0, state=OPEN)
    with database.read() as session:
        found = related_work(session, "C-1", team.clock.utc(), without=here)
        assert {one.conversation_id for one in found[:2]} == {open_one, waits}
        assert [one.state for one in found[2:]] == [SOLVED]
        assert related_work(session, None, team.clock.utc(), without=here) == []
        later = team.clock.utc() + timedelta(days=31)
        assert len(related_work(session, "C-1", later, without=here)) == 2
        words = told_of_work(session, "C-1", team.clock.utc())
        assert words is not None
        assert (words.count("(open)"), words.count("(waiting)"), "solved" in words) == (2, 1, False)
        assert told_of_work(session, "C-3", team.clock.utc()) is None
        briefing = briefing_of(session, here, team.clock.utc(), title_of=str)["earlier"]
    assert {(one["work_state"], one["assignee"]) for one in briefing} == {
        ("open", "sue"),
        ("waiting", None),
        ("solved", None),
    }


def test_who_is_shut_out_or_may_only_read_sees_to_nothing_any_more(
    team: Team, begin: Begin, database: Database
) -> None:
    open_one, solved, others = begin(), begin(), begin()
    for id, name, state in (
        (open_one, "sam", OPEN),
        (solved, "sam", SOLVED),
        (others, "sue", OPEN),
    ):
        team.change(id, 0, assignee=name, state=state)
    with database.write() as session:
        now = team.clock.utc()
        set_disabled(session, "sam", now, is_disabled=True, by="operator")
        set_role(session, "sue", UserRole.VIEWER, now, by="operator")
    assert [team.standing(id).assignee for id in (open_one, solved, others)] == [None, "sam", None]
    with pytest.raises(WorkError):
        team.change(open_one, 2, assignee="sam")


def test_of_several_only_those_are_changed_that_nobody_else_has(
    team: Team, begin: Begin, database: Database
) -> None:
    ids = [begin() for _ in range(3)]
    team.change(ids[1], 0, state=SOLVED, by="user:sue")
    with database.write() as session:
        change = Change(assignee="sam")
        found = change_many(session, dict.fromkeys(ids, 0), change, team.clock.utc(), by="user:sam")
    assert found.done == 2
    assert list(found.refused) == [ids[1]]
    assert "sue was faster" in found.refused[ids[1]]
    assert [team.standing(id).assignee for id in ids] == ["sam", None, "sam"]


def test_it_goes_with_its_conversation(team: Team, begin: Begin, database: Database) -> None:
    id = begin()
    team.change(id, 0, state=OPEN)
    with database.write() as session:
        assert delete_conversation(session, id)["conversation_work"] == 1
        assert session.scalars(select(ConversationWork)).all() == []
