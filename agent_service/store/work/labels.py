"""The team's labels: a set of its own, and which conversations have them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store.auditing import audit
from agent_service.store.tables import Conversation
from agent_service.store.views import SavedView
from agent_service.store.work.errors import UnknownWork, WorkError, unknown_conversation
from agent_service.store.work.tables import (
    LONGEST_LABEL,
    ConversationLabel,
    Label,
    LabelColour,
    folded_label,
)

MOST_LABELS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    """A label, and how many conversations have it."""

    name: str
    colour: LabelColour
    made_at: datetime
    made_by: str
    conversations: int


@dataclass(frozen=True, slots=True)
class Worn:
    """A label of a conversation."""

    name: str
    colour: LabelColour


def list_labels(session: Session) -> list[LabelFacts]:
    """Return all labels by name."""
    rows = session.execute(
        select(Label, func.count(ConversationLabel.label_id))
        .outerjoin(ConversationLabel)
        .group_by(Label.id)
        .order_by(Label.name)
    )
    return [
        LabelFacts(
            name=label.name,
            colour=label.colour,
            made_at=label.made_at,
            made_by=label.made_by,
            conversations=number,
        )
        for label, number in rows
    ]


def label_names(session: Session) -> list[str]:
    """Return the names of the set in their order."""
    return [*session.scalars(select(Label.name).order_by(Label.name))]


def labels_of(session: Session, ids: Iterable[str]) -> defaultdict[str, list[Worn]]:
    """Return the labels of each conversation by name."""
    rows = session.execute(
        select(ConversationLabel.conversation_id, Label.name, Label.colour)
        .join(Label, Label.id == ConversationLabel.label_id)
        .where(ConversationLabel.conversation_id.in_([*ids]))
        .order_by(Label.name)
    )
    found: defaultdict[str, list[Worn]] = defaultdict(list)
    for id, name, colour in rows:
        found[id].append(Worn(name, colour))
    return found


def make_label(session: Session, name: str, colour: LabelColour, now: datetime, *, by: str) -> None:
    """Add a label to the set; raise WorkError where there is one of that name."""
    name = read_label(name)
    if len(label_names(session)) >= MOST_LABELS:
        raise WorkError(f"There are {MOST_LABELS} labels: merge or remove some first.")
    try:
        with session.begin_nested():
            session.add(Label(id=uuid7(), name=name, colour=colour, made_at=now, made_by=by))
    except IntegrityError:
        raise WorkError(f"There is a label {name!r}.") from None
    audit(session, by, "label.made", now, subject=name)


def change_label(
    session: Session,
    name: str,
    now: datetime,
    *,
    by: str,
    new_name: str,
    colour: LabelColour,
) -> None:
    """Give a label another name or colour; saved views follow."""
    label, wanted = known_label(session, name), read_label(new_name)
    before = {"name": label.name, "colour": label.colour.value}
    label.colour = colour
    if wanted != label.name:
        try:
            with session.begin_nested():
                label.name = wanted
        except IntegrityError:
            raise WorkError(f"There is a label {wanted!r}: merge the two.") from None
        _rename_in_views(session, before["name"], wanted)
    detail = {"before": before, "colour": colour.value}
    audit(session, by, "label.changed", now, subject=wanted, detail=detail)


def merge_labels(session: Session, name: str, into: str, now: datetime, *, by: str) -> None:
    """Give all that have a label another one in its place; the first is no more, views follow."""
    gone, kept = known_label(session, name), known_label(session, into)
    if gone.id == kept.id:
        raise WorkError("A label is not merged with itself.")
    row = ConversationLabel
    has_kept = select(row.conversation_id).where(row.label_id == kept.id)
    moved = select(row.conversation_id, literal(kept.id), row.added_at, row.added_by).where(
        row.label_id == gone.id, row.conversation_id.not_in(has_kept)
    )
    names = ("conversation_id", "label_id", "added_at", "added_by")
    session.execute(insert(row).from_select(names, moved))
    _rename_in_views(session, gone.name, kept.name)
    session.delete(gone)
    audit(session, by, "label.merged", now, subject=kept.name, detail={"gone": gone.name})


def remove_label(session: Session, name: str, now: datetime, *, by: str) -> None:
    """Take a label out of the set, and off all conversations."""
    session.delete(known_label(session, name))
    audit(session, by, "label.removed", now, subject=name)


def put_label(session: Session, conversation_id: str, name: str, now: datetime, *, by: str) -> None:
    """Give a conversation a label; one that it has already stays as it is."""
    label = known_label(session, name)
    if session.get(Conversation, conversation_id) is None:
        raise unknown_conversation()
    row = ConversationLabel(
        conversation_id=conversation_id, label_id=label.id, added_at=now, added_by=by
    )
    if session.get(ConversationLabel, (conversation_id, label.id)) is not None:
        return
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # somebody else did in this very moment
        return
    audit(session, by, "label.put", now, subject=label.name, conversation_id=conversation_id)


def take_label(
    session: Session, conversation_id: str, name: str, now: datetime, *, by: str
) -> None:
    """Take a label off a conversation, if it has it."""
    label = known_label(session, name)
    row = session.get(ConversationLabel, (conversation_id, label.id))
    if row is None:
        return
    session.delete(row)
    audit(session, by, "label.taken", now, subject=label.name, conversation_id=conversation_id)


def known_label(session: Session, name: str) -> Label:
    """Return the label of that name; raise UnknownWork if there is none."""
    wanted = folded_label(name)
    label = None
    if len(wanted) <= LONGEST_LABEL:
        label = session.scalar(select(Label).where(Label.name == wanted))
    if label is None:
        raise UnknownWork(f"There is no label {name[:LONGEST_LABEL]!r}.")
    return label


def read_label(text: str) -> str:
    """Return a name as it is kept; raise WorkError for what cannot be one."""
    name = folded_label(text)
    # Commas part several values of one filter; a slash would part an address.
    is_path = name in (".", "..") or "/" in name
    if not name or len(name) > LONGEST_LABEL or not name.isprintable() or "," in name or is_path:
        raise WorkError(f"A label has 1 to {LONGEST_LABEL} characters, without comma or slash.")
    return name


def _rename_in_views(session: Session, name: str, new_name: str) -> None:
    for view in session.scalars(select(SavedView)):
        given = parse_qsl(view.question, keep_blank_values=True)
        changed = [(key, _in_value(key, value, name, new_name)) for key, value in given]
        if changed != given:
            view.question = urlencode(changed)


def _in_value(key: str, value: str, name: str, new_name: str) -> str:
    base, _, operator = key.partition("__")
    if base != "label":
        return value
    names = value.split(",") if operator == "in" else [value]
    return ",".join(new_name if folded_label(one) == name else one for one in names)
