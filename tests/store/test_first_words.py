"""What a row of the list says of a conversation: its caller's first words."""

from collections.abc import Sequence
from typing import Any

import pytest

from agent_service.conversation.records import Role
from agent_service.store.database import Database
from agent_service.store.first_words import LOOKED_AT, MOST_CHARACTERS, first_words
from agent_service.store.writer import write_records


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            ["Hello", "Where is my order 1004", "Thank you very much indeed"],
            "Where is my order 1004",
        ),
        (["Hi", "Good morning", "Yes"], "Good morning"),
        (["", ""], None),
        (["x " * 200], ("x " * 200)[:MOST_CHARACTERS]),
        (["Hi", *[""] * (LOOKED_AT - 1), "It is too late for this"], "Hi"),
    ],
)
def test_a_greeting_says_nothing(
    sqlite_database: Database, new_sample: Any, said: Sequence[str], words: str | None
) -> None:
    sample, other = new_sample(), new_sample()
    spoken = [sample.turn(n, role=Role.CALLER, text=text) for n, text in enumerate(said, 1)]
    agents = other.turn(1, role=Role.AGENT, text="How can I help you today?")
    with sqlite_database.write() as session:
        write_records(session, [sample.conversation(), *spoken, other.conversation(), agents])
    ids = [sample.conversation_id, other.conversation_id]
    with sqlite_database.read() as session:
        assert first_words(session, ids).get(sample.conversation_id) == words
        assert other.conversation_id not in first_words(session, ids)
