"""Users of the desk: names, roles, the last admin, and the hash of a password."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from agent_service.store.admin_tokens import Scope
from agent_service.store.database import Database
from agent_service.store.members import RIGHT_OF_SCOPES, Member, Right, UserRole, rights_of
from agent_service.store.passwords import hash_password, is_password
from agent_service.store.sign_ins import (
    SEEN_IS_NOTED_EVERY,
    close_sign_in,
    note_seen,
    open_sign_in,
    open_sign_ins,
    who_has,
)
from agent_service.store.team_tables import SignIn
from agent_service.store.users import (
    UserError,
    add_user,
    known,
    list_users,
    set_disabled,
    set_role,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def add(database: Database, *names: str, role: UserRole = UserRole.ADMIN) -> None:
    with database.write() as session:
        for name in names:
            add_user(session, name, role, None, NOW, by="operator")


def test_names_are_alike_whatever_their_capitals(database: Database) -> None:
    add(database, "Ann")
    with pytest.raises(UserError, match="There is a user 'ann'"):
        add(database, " ANN ")
    with database.read() as session:
        assert known(session, "aNN").name == "ann"


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "<b>", "ü", "a\x00"])
def test_what_is_no_name_is_refused(sqlite_database: Database, name: str) -> None:
    with pytest.raises(UserError, match="A name has 1 to 64"):
        add(sqlite_database, name)


def test_there_is_always_an_admin_who_is_let_in(database: Database) -> None:
    add(database, "ann", "bob")
    with database.write() as session:
        set_disabled(session, "bob", NOW, is_disabled=True, by="operator")
    with database.write() as session, pytest.raises(UserError, match="the only admin"):
        set_role(session, "ann", UserRole.VIEWER, NOW, by="operator")
    with database.write() as session, pytest.raises(UserError, match="the only admin"):
        set_disabled(session, "ann", NOW, is_disabled=True, by="operator")
    with database.write() as session:
        set_role(session, "bob", UserRole.VIEWER, NOW, by="operator")  # was shut out anyway


def test_a_key_is_known_until_its_sign_in_ends(database: Database) -> None:
    add(database, "ann")
    with database.write() as session:
        key = open_sign_in(session, known(session, "ann").id, "user:ann", "Firefox", NOW)
    with database.read() as session:
        seen = who_has(session, key, NOW)
        assert seen is not None
        assert seen.is_noted
        assert seen.member.actor == "user:ann"
        assert [one.browser for one in open_sign_ins(session, "ann", NOW)] == ["Firefox"]
        assert list_users(session, NOW)[0].open_sign_ins == 1
        for wrong in ("", key + "x", key[:-1], "\ud800", "x" * 200):
            assert who_has(session, wrong, NOW) is None
        later = who_has(session, key, NOW + SEEN_IS_NOTED_EVERY)
        assert later is not None
        assert not later.is_noted
    member = seen.member
    assert member.sign_in_id is not None
    with database.write() as session:
        note_seen(session, member.sign_in_id, NOW + timedelta(hours=1))
        assert session.scalars(select(SignIn.seen_at)).one() == NOW + timedelta(hours=1)
        close_sign_in(session, member.sign_in_id, member, NOW)
    with database.read() as session:
        assert who_has(session, key, NOW) is None


def test_every_scope_opens_one_right_and_admin_all_of_them() -> None:
    assert set(RIGHT_OF_SCOPES) == set(Scope)
    assert set(RIGHT_OF_SCOPES.values()) == set(Right)
    assert rights_of(frozenset((Scope.READ, Scope.SPEAK))) == {Right.SEE, Right.SPEAK}
    assert rights_of(frozenset((Scope.ADMIN,))) == set(Right)
    token = Member(name="page", actor="admin:page", rights=frozenset())
    assert token.title == "admin token page"


def test_without_a_hash_nothing_is_the_password() -> None:
    kept = hash_password("correct horse", LIGHT)
    assert is_password("correct horse", kept, LIGHT)
    assert not is_password("wrong", kept, LIGHT)
    assert not is_password("", None, LIGHT)
    assert not is_password("x", "no hash at all", LIGHT)
    assert is_password("\ud800", hash_password("\ud800", LIGHT), LIGHT)
