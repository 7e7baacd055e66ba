"""Reading all that there is of conversations for a check, also where somebody put in what no
program of ours would: SQLite keeps anything."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, select, type_coerce, union
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from agent_service.store.proof.chain import RowKey
from agent_service.store.proof.form import FORMS, KEYS, TABLES, conversation_column
from agent_service.store.proof.pictures import live_pictures
from agent_service.store.proof.recordings import live_recordings
from agent_service.store.proof.tables import AnchoredHead, ProofHead, ProofLink, RowKind
from agent_service.store.schema import UtcDateTime

AT_ONCE: Final = 100
"""Conversations that are read together."""

_UNREADABLE: Final = (ValueError, LookupError, TypeError, OperationalError)
"""What reading a time, or one of an enum's values, raises where there is something else; and the
driver where a text is none. Where the database is away, so is it for what is asked then."""
_LINK: Final = ProofLink.metadata.tables[ProofLink.__tablename__].c
_AS_IT_IS: Final = NullType()
_NOTHING: Final[Mapping[type, Any]] = {
    int: -1,
    str: "",
    datetime: datetime.min.replace(tzinfo=UTC),
}
_HEAD: Final = ProofHead.metadata.tables[ProofHead.__tablename__].c
_ANCHORED: Final = AnchoredHead.metadata.tables[AnchoredHead.__tablename__].c


@dataclass(slots=True)
class Chained:
    """A conversation with its chain."""

    id: str
    links: list[Any] = field(default_factory=list)
    head: Any = None
    rows: dict[RowKey, Mapping[str, Any] | None] = field(default_factory=dict)
    """None: it is there and cannot be read."""
    anchored: list[Any] = field(default_factory=list)
    recording: tuple[str, object] | None = None
    """Id and hash of the one that is served."""
    pictures: Mapping[str, object] = field(default_factory=dict)
    """Their hashes, by their numbers."""

    @property
    def is_known(self) -> bool:
        return bool(self.links or self.head or self.rows or self.anchored)


def hold_still(session: Session) -> None:
    """Have all questions of the transaction answered from one moment; call it first."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def readable(columns: Any) -> Select[Any]:
    """Return a question for all of a table of the proof, in which no value is looked at."""
    chosen: Any = select(*(type_coerce(one, _AS_IT_IS).label(one.name) for one in columns))
    return chosen  # type: ignore[no-any-return]  # of as many columns as there are


def read_readable(session: Session, columns: Any, question: Select[Any]) -> Iterator[Any]:
    """Yield rows of the proof; what is no value of its column is one that no hash was made of."""
    kinds = {one.name: _kind(one) for one in columns}
    with _any_text(session):
        rows = session.connection().execute(question).mappings().all()
    for row in rows:
        values = {name: _value(kinds[name], value) for name, value in row.items()}
        yield SimpleNamespace(**values)


def _kind(column: Any) -> type:
    if isinstance(column.type, Integer):
        return int
    return datetime if isinstance(column.type, UtcDateTime) else str


def _value(kind: type, value: Any) -> Any:
    if kind is datetime and isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = _NOTHING[datetime]
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return value if value is None or isinstance(value, kind) else _NOTHING[kind]


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    """Have SQLite's driver read also what is no UTF-8."""
    driver: Any = session.connection().connection.driver_connection
    if not hasattr(driver, "text_factory"):
        yield
        return
    before = driver.text_factory
    driver.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        yield
    finally:
        driver.text_factory = before


def read_chained(session: Session, ids: Sequence[str]) -> dict[str, Chained]:
    """Return what there is of the conversations, in the order of the ids."""
    found = {id: Chained(id) for id in ids}
    links = readable(_LINK).where(_LINK.conversation_id.in_(ids))
    for link in read_readable(
        session, _LINK, links.order_by(_LINK.conversation_id, _LINK.position)
    ):
        found[link.conversation_id].links.append(link)
    heads = readable(_HEAD).where(_HEAD.conversation_id.in_(ids))
    for head in read_readable(session, _HEAD, heads):
        found[head.conversation_id].head = head
    anchored = readable(_ANCHORED).where(_ANCHORED.conversation_id.in_(ids))
    for one in read_readable(
        session, _ANCHORED, anchored.order_by(_ANCHORED.conversation_id, _ANCHORED.anchor)
    ):
        found[one.conversation_id].anchored.append(one)
    for kind in RowKind:
        of = TABLES[kind].c[conversation_column(kind)]
        for key, row in _rows(session, kind, of.in_(ids)):
            found[key.conversation_id].rows[key] = row
    for id, recording in _recordings(session, ids).items():
        found[id].recording = recording
    for id, pictures in live_pictures(session, ids).items():
        found[id].pictures = pictures
    return found


def _recordings(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, object]]:
    try:
        return live_recordings(session, ids)
    except _UNREADABLE:
        if len(ids) == 1:
            return {ids[0]: ("", None)}  # which is the hash of none
        return {id: one for each in ids for id, one in _recordings(session, [each]).items()}


def next_ids(session: Session, after: str) -> list[str]:
    """Return the next conversations that any table speaks of."""
    columns = (
        *(_HEAD.conversation_id, _LINK.conversation_id, _ANCHORED.conversation_id),
        *(TABLES[kind].c[conversation_column(kind)] for kind in RowKind),
    )
    ids = union(*(_distinct(column, after) for column in columns)).subquery().c.id
    with _any_text(session):
        found = session.scalars(select(ids).order_by(ids).limit(AT_ONCE)).all()
    # What is no text comes last, and is missed where it was.
    return [id for id in found if isinstance(id, str)]


def _distinct(column: ColumnElement[str], after: str) -> Select[str]:
    some = select(column.label("id")).where(column > after).distinct().order_by(column)
    return select(some.limit(AT_ONCE).subquery().c.id)


def _rows(
    session: Session, kind: RowKind, *where: ColumnElement[bool]
) -> Iterator[tuple[RowKey, Mapping[str, Any] | None]]:
    columns = TABLES[kind].c
    of, name = columns[conversation_column(kind)], columns[KEYS[kind]]
    names = dict.fromkeys(name for form in FORMS.values() for name in form[kind])
    chosen = select(*(columns[name] for name in names)).where(*where)
    try:
        rows = [dict(row) for row in session.connection().execute(chosen).mappings()]
    except _UNREADABLE:
        with _any_text(session):
            keys = session.connection().execute(select(of, name).where(*where)).all()
        if len(keys) == 1:
            yield RowKey(kind, *keys[0]), None
            return
        for conversation_id, row_id in keys:
            yield from _rows(session, kind, of == conversation_id, name == row_id)
        return
    for row in rows:
        yield RowKey(kind, row[of.name], row[name.name]), row
