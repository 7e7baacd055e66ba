"""The team's labels: one set, in lower case, and views that follow their names."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.store.database import Database
from agent_service.store.forgetting import delete_conversation
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.views import find_view, save_view
from agent_service.store.work.errors import UnknownWork, WorkError
from agent_service.store.work.labels import (
    change_label,
    labels_of,
    list_labels,
    make_label,
    merge_labels,
    put_label,
    remove_label,
    take_label,
)
from agent_service.store.work.tables import LabelColour

Begin = Callable[..., str]
BY = "user:sam"


class Labels:
    """The functions, each in a transaction of its own."""

    def __init__(self, database: Database, clock: Any) -> None:
        self.database, self.clock = database, clock

    def __call__(self, act: Callable[..., None], *said: Any, **more: Any) -> None:
        with self.database.write() as session:
            act(session, *said, self.clock.utc(), by=BY, **more)

    def names(self) -> list[tuple[str, int]]:
        with self.database.read() as session:
            return [(one.name, one.conversations) for one in list_labels(session)]

    def of(self, id: str) -> list[str]:
        with self.database.read() as session:
            return [one.name for one in labels_of(session, [id])[id]]

    def found(self, **asked: str) -> set[str]:
        with self.database.read() as session:
            page = CONVERSATIONS.page(session, CONVERSATIONS.parse(asked.items()))
            return {row.id for row in page.items}


@pytest.fixture
def labels(database: Database, clock: Any) -> Labels:
    made = Labels(database, clock)
    made(make_label, "Late  Parcel", LabelColour.RED)
    made(make_label, "refund", LabelColour.BLUE)
    return made


def test_a_conversation_is_found_by_its_labels(labels: Labels, begin: Begin) -> None:
    both, one, none = begin(), begin(), begin()
    for id, name in ((both, "refund"), (both, "LATE parcel"), (one, "refund"), (one, "refund")):
        labels(put_label, id, name)
    assert labels.of(both) == ["late-parcel", "refund"]
    assert labels.found(label="refund") == {both, one}
    assert labels.found(label="Late Parcel") == {both}
    assert labels.found(label__not="late-parcel") == {one, none}
    assert labels.found(label__in="late parcel,x") == {both}
    labels(take_label, both, "refund")
    labels(take_label, both, "refund")
    assert labels.names() == [("late-parcel", 1), ("refund", 1)]


def test_views_follow_when_labels_are_renamed_and_merged(
    labels: Labels, begin: Begin, database: Database
) -> None:
    id = begin()
    labels(put_label, id, "refund")
    labels(put_label, id, "late-parcel")
    with database.write() as session:
        question = "label__in=refund,Late parcel&agent=refund"
        save_view(session, "mine", "conversations", question, saved_by=BY, now=labels.clock.utc())
    labels(change_label, "refund", new_name="Money back", colour=LabelColour.GREEN)
    labels(merge_labels, "late-parcel", "money-back")
    assert labels.names() == [("money-back", 1)]
    assert labels.of(id) == ["money-back"]
    with database.read() as session:
        kept = find_view(session, "mine").question
    assert kept == "label__in=money-back%2Cmoney-back&agent=refund"


def test_what_cannot_be_is_refused(labels: Labels, begin: Begin) -> None:
    with pytest.raises(WorkError, match="There is a label 'refund'"):
        labels(make_label, " REFUND ", LabelColour.RED)
    with pytest.raises(WorkError, match="merge the two"):
        labels(change_label, "late-parcel", new_name="refund", colour=LabelColour.RED)
    with pytest.raises(WorkError, match="with itself"):
        labels(merge_labels, "refund", "Refund")
    for name in ("", "  ", "a,b", "a/b", "..", "x" * 41, "a\x00b"):
        with pytest.raises(WorkError, match="has 1 to 40 characters"):
            labels(make_label, name, LabelColour.RED)
    with pytest.raises(UnknownWork):
        labels(put_label, begin(), "x" * 500)
    with pytest.raises(WorkError, match="no such conversation"):
        labels(put_label, "nothing", "refund")


def test_a_label_goes_off_its_conversations_and_with_them(
    labels: Labels, begin: Begin, database: Database
) -> None:
    first, second = begin(), begin()
    for id in (first, second):
        labels(put_label, id, "refund")
    with database.write() as session:
        assert delete_conversation(session, first)["conversation_labels"] == 1
    labels(remove_label, "refund")
    assert labels.of(second) == []
    assert labels.names() == [("late-parcel", 0)]
