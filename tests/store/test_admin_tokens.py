"""Admin tokens: shown once, kept as hashes, known again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from agent_service.store.admin_tokens import (
    Scope,
    TokenError,
    create_token,
    has_tokens,
    list_tokens,
    note_use,
    revoke_token,
    verify_token,
)
from agent_service.store.database import Database
from agent_service.store.tables import AdminToken, AuditEntry

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_token_is_known_again(database: Database) -> None:
    with database.write() as session:
        assert not has_tokens(session)
        token = create_token(session, "console", NOW)
    with database.read() as session:
        assert has_tokens(session)
        admin = verify_token(session, token, NOW)
    assert admin is not None
    assert admin.name == "console"


def test_other_tokens_are_not(database: Database) -> None:
    with database.write() as session:
        token = create_token(session, "console", NOW)
    with database.read() as session:
        for wrong in ("", token[:-1], token + "x", token.upper(), "asa_\x00", "\ud800"):
            assert verify_token(session, wrong, NOW) is None


def test_the_token_itself_is_kept_nowhere(database: Database) -> None:
    with database.write() as session:
        token = create_token(session, "console", NOW)
    with database.read() as session:
        kept = session.execute(select(AdminToken.__table__)).one()
        noted = session.scalars(select(AuditEntry)).one()
    assert token not in str(kept)
    assert (noted.action, noted.subject) == ("admin_token.created", "console")
    assert noted.detail is None


def test_its_use_is_noted_once_a_minute(database: Database) -> None:
    with database.write() as session:
        token = create_token(session, "console", NOW)
        admin = verify_token(session, token, NOW)
        assert admin is not None
        assert not admin.is_use_noted
        note_use(session, admin, NOW)

    def is_noted(after: timedelta) -> bool:
        with database.read() as session:
            admin = verify_token(session, token, NOW + after)
        assert admin is not None
        return admin.is_use_noted

    assert is_noted(timedelta(seconds=59))
    assert not is_noted(timedelta(seconds=61))


def test_a_token_opens_what_its_scopes_say_until_its_time_is_over(database: Database) -> None:
    end = NOW + timedelta(days=1)
    with database.write() as session:
        token = create_token(
            session, "page", NOW, scopes=[Scope.LISTEN, Scope.READ], expires_at=end
        )
        admin = verify_token(session, token, NOW)
        assert admin is not None
        assert {scope for scope in Scope if admin.may(scope)} == {Scope.READ, Scope.LISTEN}
        assert verify_token(session, token, end - timedelta(seconds=1)) is not None
        assert verify_token(session, token, end) is None
        (listed,) = list_tokens(session)
        assert (listed.scopes, listed.expires_at) == ((Scope.READ, Scope.LISTEN), end)
        with pytest.raises(TokenError):
            create_token(session, "page", NOW)
        revoke_token(session, "page", NOW)
        assert list_tokens(session) == []
        with pytest.raises(TokenError):
            revoke_token(session, "page", NOW)
