"""``users`` as an operator sees it."""

import json
from pathlib import Path

import pytest

from agent_service.__main__ import main
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.passwords import is_password
from agent_service.store.users import has_users, known


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty data folder."""
    upgrade(f"sqlite:///{tmp_path / 'agent_service.db'}")
    return tmp_path


def test_users_are_added_listed_changed_and_shut_out(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def users(*arguments: str) -> str:
        action, *more = arguments
        assert main(["users", action, "--data-dir", str(place), *more]) == 0
        return capsys.readouterr().out.strip()

    assert users("list") == "There are no users."
    password = users("add", "Ann", "--role", "supervisor")
    assert len(password) == 20
    users("add", "bob", "--role", "admin")
    another = users("reset", "ann")
    database = Database(f"sqlite:///{place / 'agent_service.db'}")
    with database.read() as session:
        ann = known(session, "ann")
        assert not is_password(password, ann.password_hash)
        assert is_password(another, ann.password_hash)
        assert ann.must_change
        assert has_users(session)
    database.close()
    assert users("role", "ann", "viewer") == "ann is viewer now."
    assert users("disable", "ann") == "ann is shut out."
    assert "disabled" in users("list")
    assert users("enable", "ann") == "ann is let in again."
    listed = [json.loads(line) for line in users("list", "--json").splitlines()]
    assert [(each["name"], each["role"]) for each in listed] == [
        ("ann", "viewer"),
        ("bob", "admin"),
    ]
    assert another not in str(listed)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "bob", "--role", "viewer"], "There is a user 'bob'"),
        (["add", "two words", "--role", "viewer"], "A name has 1 to 64"),
        (["add", "x" * 65, "--role", "viewer"], "A name has 1 to 64"),
        (["role", "bob", "viewer"], "is the only admin"),
        (["disable", "bob"], "is the only admin"),
        (["reset", "nobody"], "There is no user 'nobody'"),
    ],
)
def test_what_cannot_be_says_why(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["users", "add", "--data-dir", str(place), "bob", "--role", "admin"]) == 0
    action, *more = arguments
    assert main(["users", action, "--data-dir", str(place), *more]) == 1
    assert words in capsys.readouterr().err
