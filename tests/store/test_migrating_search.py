"""What was recorded before the service itself said what a word is, is found like the rest."""

import pytest
from alembic import command
from sqlalchemy import text

from agent_service.store import migrating
from agent_service.store.database import Database
from agent_service.store.queries import TURNS

COUNT = 4_500
"""More than the migration takes at once."""
CONVERSATION = """
INSERT INTO conversations
  (id, agent, channel, modality, caller_level, provider, model, started_at)
VALUES ('one', 'support', 'widget', 'text', 'anonymous', 'offline', 'offline', :now)
"""
TURN = """
INSERT INTO turns
  (id, conversation_id, seq, role, modality, text, heard_text, heard_ms, is_interrupted, started_at,
   ended_at, flags)
VALUES (:id, 'one', :seq, 'caller', 'text', :text, '', 0, false, :now, :now, '[]')
"""
NOW = "2026-03-01 12:00:00.000000"


def migrate(database: Database, to: str) -> None:
    with migrating.migrating(database.url) as connection:
        config = migrating.configuration(connection)
        (command.downgrade if to == "0004" else command.upgrade)(config, to)


@pytest.fixture
def older(database: Database) -> Database:
    """A database of the release before, with turns."""
    migrate(database, "0004")
    texts = [
        "我的订单1004在哪里",
        "Café, please",
        *(f"turn{n} said" for n in range(COUNT, 2 * COUNT)),
    ]
    turns = [
        {"id": f"t{seq}", "seq": seq, "text": each, "now": NOW} for seq, each in enumerate(texts)
    ]
    with database.write() as session:
        session.execute(text(CONVERSATION), {"now": NOW})
        session.execute(text(TURN), turns)
    return database


def found(database: Database, query: str) -> list[str]:
    with database.read() as session:
        return [row.text for row in TURNS.page(session, TURNS.parse([("q", query)])).items]


def test_earlier_turns_are_found_by_their_words(older: Database) -> None:
    migrate(older, "head")
    for query in ("1004", "订单", "在哪里"):
        assert found(older, query) == ["我的订单1004在哪里"]
    assert found(older, "cafe") == ["Café, please"]
    assert found(older, f"turn{2 * COUNT - 1}") == [f"turn{2 * COUNT - 1} said"]
    assert len(found(older, "said")) == 50


def test_there_is_a_way_back(older: Database) -> None:
    migrate(older, "head")
    migrate(older, "0004")
    statement = {
        "sqlite": "SELECT rowid FROM turns_search WHERE turns_search MATCH 'please'",
        "postgresql": "SELECT number FROM turns WHERE search_words @@ CAST('please' AS tsquery)",
    }
    with older.read() as session:
        assert len(session.execute(text(statement[older.dialect])).all()) == 1
    with older.write() as session:
        session.execute(text("UPDATE turns SET text = 'thanks' WHERE text = 'Café, please'"))
    with older.read() as session:
        assert session.execute(text(statement[older.dialect])).all() == []
    migrate(older, "head")
    assert found(older, "thanks") == ["thanks"]
