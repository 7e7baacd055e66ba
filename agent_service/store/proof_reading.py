"""Reading all that there is of conversations for a check, also where somebody put in what no
program of ours would: SQLite keeps anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, select, type_coerce, union
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from agent_service.store.proof import RowKey
from agent_service.store.proof_form import FORMS, KEYS, TABLES, conversation_column
from agent_service.store.proof_recordings import live_recordings
from agent_service.store.proof_tables import AnchoredHead, ProofHead, ProofLink, RowKind

AT_ONCE: Final = 100
"""Conversations that are read together."""

_UNREADABLE: Final = (ValueError, LookupError, TypeError, OperationalError)
"""What reading a time, or one of an enum's values, raises where there is something else; and the
driver where a text is none. Where the database is away, so is it for what is asked then."""
_LINK: Final = ProofLink.metadata.tables[ProofLink.__tablename__].c
_LINKS: Final = select(
    *(
        type_coerce(one, String).label(one.name) if one.name in ("kind", "change") else one
        for one in _LINK
    )
)
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

    @property
    def is_known(self) -> bool:
        return bool(self.links or self.head or self.rows or self.anchored)


def hold_still(session: Session) -> None:
    """Have all questions of the transaction answered from one moment; call it first."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def read_chained(session: Session, ids: Sequence[str]) -> dict[str, Chained]:
    """Return what there is of the conversations, in the order of the ids."""
    found = {id: Chained(id) for id in ids}
    connection = session.connection()
    links = _LINKS.where(_LINK.conversation_id.in_(ids))
    for link in connection.execute(links.order_by(_LINK.conversation_id, _LINK.position)):
        found[link.conversation_id].links.append(link)
    for head in connection.execute(select(*_HEAD).where(_HEAD.conversation_id.in_(ids))):
        found[head.conversation_id].head = head
    anchored = select(*_ANCHORED).where(_ANCHORED.conversation_id.in_(ids))
    for one in connection.execute(anchored.order_by(_ANCHORED.conversation_id, _ANCHORED.anchor)):
        found[one.conversation_id].anchored.append(one)
    for kind in RowKind:
        of = TABLES[kind].c[conversation_column(kind)]
        for key, row in _rows(session, kind, of.in_(ids)):
            found[key.conversation_id].rows[key] = row
    for id, recording in _recordings(session, ids).items():
        found[id].recording = recording
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
    return list(session.scalars(select(ids).order_by(ids).limit(AT_ONCE)))


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
        keys = session.connection().execute(select(of, name).where(*where)).all()
        if len(keys) == 1:
            yield RowKey(kind, *keys[0]), None
            return
        for conversation_id, row_id in keys:
            yield from _rows(session, kind, of == conversation_id, name == row_id)
        return
    for row in rows:
        yield RowKey(kind, row[of.name], row[name.name]), row
