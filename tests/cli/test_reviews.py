"""``reviews`` as an operator sees it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_service.__main__ import main
from agent_service.settings.reviews import ReviewSettings
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.reviews.scoring import give_review
from agent_service.store.work.notes import write_note
from agent_service.store.writer import write_records

CRITERIA = ReviewSettings().criteria


@pytest.fixture
def place(tmp_path: Path, sample: Any) -> Path:
    """A data folder with a conversation that has ended, and a note on it."""
    url = f"sqlite:///{tmp_path / 'agent_service.db'}"
    upgrade(url)
    database = Database(url)
    ended = sample.started_at + timedelta(minutes=1)
    with database.write() as session:
        write_records(session, [sample.conversation(ended_at=ended, end_reason="idle")])
        write_note(session, sample.conversation_id, "call\x1b[2J back", ended, by="user:sam")
    database.close()
    return tmp_path


def test_a_sample_is_drawn_and_reviews_are_added_up(
    place: Path, capsys: pytest.CaptureFixture[str], sample: Any
) -> None:
    def run(*arguments: str) -> str:
        assert main([*arguments, "--data-dir", str(place)]) == 0
        return capsys.readouterr().out.strip()

    draw = ("reviews", "sample", "--share", "1", "--seed", "x", "--where", "agent=support")
    assert run("reviews", "numbers") == "No review is shown yet."
    assert run(*draw) == "1 of 1 conversations are new in the queue."
    assert run(*draw) == "0 of 1 conversations are new in the queue."
    database = Database(f"sqlite:///{place / 'agent_service.db'}")
    with database.write() as session:
        scores = dict.fromkeys((one.name for one in CRITERIA), 1)
        id, now = sample.conversation_id, sample.started_at
        give_review(session, id, scores, "", 0, now, by="user:sam", criteria=CRITERIA)
    database.close()
    assert "user:sam" in run("reviews", "numbers")
    assert json.loads(run("reviews", "numbers", "--json"))["reviews"] == 1
    shown = run("logs", "show", sample.conversation_id)
    assert "note by user:sam, 2026-03-01 12:01: call [2J back" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--count", "1", "--seed", "x", "--where", "gone=1"], "gone: is not known"),
        (["--count", "0", "--seed", "x"], "count: should be between"),
        (["--count", "1", "--seed", "x", "--where", "gone"], "'gone' is not NAME=VALUE"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["reviews", "sample", "--data-dir", str(place), *arguments]) != 0
    assert words in capsys.readouterr().err
