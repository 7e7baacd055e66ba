"""Who of the team can come to callers: by their own word, for as long as they are at the desk."""

from datetime import timedelta
from typing import Any

import pytest
from hand_clock import HandClock

from agent_service.store.availability import STAYS, set_available, team
from agent_service.store.database import Database
from agent_service.store.members import Member, UserRole
from agent_service.store.sign_ins import (
    close_all_sign_ins,
    close_sign_in,
    note_seen,
    open_sign_in,
    who_has,
)
from agent_service.store.users import UserError, add_user, known, set_disabled


@pytest.fixture
def people(sqlite_database: Database, hand_clock: HandClock) -> Database:
    roles = {"ana": UserRole.SUPERVISOR, "ada": UserRole.ADMIN, "vera": UserRole.VIEWER}
    with sqlite_database.write() as session:
        for name, role in roles.items():
            add_user(session, name, role, None, hand_clock.utc(), by="operator")
    return sqlite_database


def available(database: Database, now: Any) -> list[str]:
    with database.read() as session:
        return [one.name for one in team(session, now).people if one.is_available]


def signed_in(database: Database, name: str, now: Any) -> Member:
    with database.write() as session:
        key = open_sign_in(session, known(session, name).id, f"user:{name}", "", now)
    with database.read() as session:
        seen = who_has(session, key, now)
    assert seen is not None
    return seen.member


def test_only_who_may_speak_is_available_and_not_who_is_shut_out(
    people: Database, hand_clock: HandClock
) -> None:
    now = hand_clock.utc()
    with people.write() as session:
        set_available(session, "Ana", now, is_available=True, by="user:ana")
        with pytest.raises(UserError):
            set_available(session, "vera", now, is_available=True, by="user:ada")
        assert [one.name for one in team(session, now).people] == ["ada", "ana"]
    assert available(people, now) == ["ana"]
    with people.write() as session:
        set_disabled(session, "ana", now, is_disabled=True, by="user:ada")
    assert available(people, now) == []


def test_it_holds_for_half_an_hour_after_they_were_seen(
    people: Database, hand_clock: HandClock
) -> None:
    now = hand_clock.utc()
    member = signed_in(people, "ana", now)
    later = now + STAYS - timedelta(minutes=1)
    with people.write() as session:
        set_available(session, "ana", now, is_available=True, by="user:ana")
        assert member.sign_in_id is not None
        note_seen(session, member.sign_in_id, later)
    assert available(people, now + STAYS) == ["ana"]
    assert available(people, later + STAYS) == []
    with people.write() as session:
        note_seen(session, member.sign_in_id, later + STAYS)  # who was away stays so
    assert available(people, later + STAYS) == []


def test_who_signs_out_of_the_last_browser_is_away(people: Database, hand_clock: HandClock) -> None:
    now = hand_clock.utc()
    first, second = (signed_in(people, "ana", now) for _ in range(2))
    with people.write() as session:
        set_available(session, "ana", now, is_available=True, by="user:ana")
        close_sign_in(session, str(first.sign_in_id), first, now)
    assert available(people, now) == ["ana"]
    with people.write() as session:
        close_sign_in(session, str(second.sign_in_id), second, now)
    assert available(people, now) == []
    signed_in(people, "ana", now)
    with people.write() as session:
        set_available(session, "ana", now, is_available=True, by="user:ana")
        close_all_sign_ins(session, "ana", now, by="user:ada")
    assert available(people, now) == []
