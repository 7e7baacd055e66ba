"""Chaining the rows of a conversation: each commit links the versions of the rows that it leaves.

Whoever writes, changes or removes a row of the record notes it here; at the end of the transaction
``seal`` reads the rows as they are then and links them. Rows are locked first and heads last, in
one order, so that nobody waits for who waits for them.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from agent_service.store.proof.form import (
    FORM,
    FORMS,
    KEYS,
    START,
    TABLES,
    canonical,
    conversation_column,
    digest_of,
    link_head,
)
from agent_service.store.proof.tables import Change, ProofHead, ProofLink, RowKind


class RowKey(NamedTuple):
    """Names a row of the record; a tool call by its ``tool_call_id``, a rating by its
    conversation."""

    kind: RowKind
    conversation_id: str
    row_id: str


class Head(NamedTuple):
    """Where a chain ends."""

    position: int
    head: str


_NOTED: Final = "rows to link"
_ORDER: Final = {kind: place for place, kind in enumerate(RowKind)}
_AT_ONCE: Final = 5_000
"""Rows of one statement: a database takes so many parameters."""
_HEADS: Final = ProofHead.metadata.tables[ProofHead.__tablename__]
_LINKS: Final = ProofLink.metadata.tables[ProofLink.__tablename__]
_NO_HEAD: Final = Head(0, START)

_FIND: Final = select(_HEADS.c.conversation_id, _HEADS.c.position, _HEADS.c.head).with_for_update()
_FIND_HEADS: Final = _FIND.where(
    _HEADS.c.conversation_id.in_(bindparam("ids", expanding=True))
).order_by(_HEADS.c.conversation_id)
_FIND_HEAD: Final = _FIND.where(_HEADS.c.conversation_id == bindparam("id"))
"""As the ledger asks, for one: a list of values costs more than what it finds."""
_ADD_LINKS: Final = insert(_LINKS)
_MOVE_HEADS: Final = (
    update(_HEADS)
    .where(_HEADS.c.conversation_id == bindparam("of"))
    .values(position=bindparam("to"), head=bindparam("new"))
)
_ROWS: Final = {
    kind: select(*(table.c[name] for name in FORMS[FORM][kind])).where(
        table.c[conversation_column(kind)].in_(bindparam("conversations", expanding=True)),
        table.c[KEYS[kind]].in_(bindparam("keys", expanding=True)),
    )
    for kind, table in TABLES.items()
}
_ROW: Final = {
    kind: select(*(table.c[name] for name in FORMS[FORM][kind])).where(
        table.c[conversation_column(kind)] == bindparam("conversation"),
        table.c[KEYS[kind]] == bindparam("key"),
    )
    for kind, table in TABLES.items()
}
_FORGET_NONCES: Final = (
    update(_LINKS)
    .where(
        _LINKS.c.conversation_id == bindparam("of"),
        _LINKS.c.kind == bindparam("of_kind"),
        _LINKS.c.row_id == bindparam("of_row"),
        _LINKS.c.position < bindparam("before"),
    )
    .values(nonce=None)
)


def note_written(session: Session, keys: Iterable[RowKey]) -> None:
    """Have rows linked that the transaction writes."""
    noted: dict[RowKey, Change] = session.info.setdefault(_NOTED, {})
    for key in keys:
        noted.setdefault(key, Change.WRITTEN)


def note_redacted(session: Session, keys: Iterable[RowKey]) -> None:
    """Have rows linked out of which something is taken for good: older digests say nothing more."""
    session.info.setdefault(_NOTED, {}).update((key, Change.REDACTED) for key in keys)


def note_erased(session: Session, keys: Iterable[RowKey]) -> None:
    """Have tombstones linked in place of rows that the transaction deletes."""
    session.info.setdefault(_NOTED, {}).update((key, Change.ERASED) for key in keys)


def note_adopted(session: Session, conversation_ids: Iterable[str]) -> None:
    """Have all rows of conversations linked that are older than the chains."""
    noted: dict[RowKey, Change] = session.info.setdefault(_NOTED, {})
    for id in conversation_ids:
        for key in keys_of_conversation(session, id):
            noted.setdefault(key, Change.ADOPTED)


def noted_so_far(session: Session) -> Mapping[RowKey, Change]:
    """Return what is noted and not linked yet, for ``note_again``."""
    return dict(session.info.get(_NOTED, {}))


def note_again(session: Session, noted: Mapping[RowKey, Change]) -> None:
    """Have rows linked after all whose links were taken back with a savepoint."""
    session.info[_NOTED] = {**noted, **session.info.get(_NOTED, {})}


def keys_of_conversation(session: Session, conversation_id: str) -> list[RowKey]:
    """Return the keys of all rows of a conversation: to be noted before they are deleted."""
    return [
        key
        for kind, table in TABLES.items()
        for key in keys_where(session, kind, table.c[conversation_column(kind)] == conversation_id)
    ]


def keys_where(session: Session, kind: RowKind, *where: ColumnElement[bool]) -> list[RowKey]:
    """Return the keys of the rows of a kind for which all conditions hold."""
    columns = TABLES[kind].c
    found = select(columns[conversation_column(kind)], columns[KEYS[kind]])
    rows = session.connection().execute(found.where(*where).order_by(columns[KEYS[kind]]))
    return [RowKey(kind, *row) for row in rows if row[0] is not None]


def seal(session: Session) -> None:
    """Link what was noted in the session's transaction, which now only has to be committed."""
    noted: dict[RowKey, Change] = session.info.pop(_NOTED, {})
    if not noted:
        return
    heads = _heads(session, {key.conversation_id for key in noted})
    older = [id for id, head in heads.items() if head == _NO_HEAD]
    if older:
        note_adopted(session, older)
        noted = {**session.info.pop(_NOTED), **noted}
    links = _links(session, noted, heads)
    if not links:
        return
    connection = session.connection()
    connection.execute(_ADD_LINKS, links)
    _move(session, links, heads)
    gone = [link for link in links if link["change"] in (Change.REDACTED, Change.ERASED)]
    if gone:
        connection.execute(_FORGET_NONCES, [_older_than(link) for link in gone])


def _heads(session: Session, ids: set[str]) -> dict[str, Head]:
    """Return the heads of the conversations, held until the transaction ends."""
    connection = session.connection()
    if len(ids) == 1:
        rows = connection.execute(_FIND_HEAD, {"id": next(iter(ids))})
    else:
        rows = connection.execute(_FIND_HEADS, {"ids": sorted(ids)})
    return {row[0]: Head(row[1], row[2]) for row in rows}


def _links(
    session: Session, noted: Mapping[RowKey, Change], heads: Mapping[str, Head]
) -> list[dict[str, Any]]:
    rows = read_rows(session, noted)
    last, links = dict(heads), []
    # What others refer to comes first; otherwise in the order of writing.
    for key, change in sorted(noted.items(), key=lambda one: _ORDER[one[0].kind]):
        row = rows.get(key)
        if (row is None) != (change is Change.ERASED):
            continue  # what was noted was taken back with its savepoint
        nonce = None if row is None else secrets.token_hex(16)
        position, previous = last.get(key.conversation_id, _NO_HEAD)
        link: dict[str, Any] = {
            "conversation_id": key.conversation_id,
            "position": position + 1,
            "kind": key.kind.value,
            "row_id": key.row_id,
            "change": change.value,
            "form": FORM,
            "digest": "" if row is None else digest_of(nonce or "", canonical(row)),
        }
        head = link_head(previous, **link)
        last[key.conversation_id] = Head(position + 1, head)
        links.append(link | {"nonce": nonce, "head": head})
    return links


def read_rows(session: Session, keys: Iterable[RowKey]) -> dict[RowKey, Mapping[str, Any]]:
    """Return the rows as they are now, those that exist."""
    by_kind: dict[RowKind, list[RowKey]] = {}
    for key in keys:
        by_kind.setdefault(key.kind, []).append(key)
    connection = session.connection()
    found: dict[RowKey, Mapping[str, Any]] = {}
    for kind, wanted in by_kind.items():
        names = FORMS[FORM][kind]
        of, name = names.index(conversation_column(kind)), names.index(KEYS[kind])
        for start in range(0, len(wanted), _AT_ONCE):
            for row in connection.execute(*_selected(kind, wanted[start : start + _AT_ONCE])):
                key = RowKey(kind, row[of], row[name])
                found[key] = dict(zip(names, row, strict=True))
    return found


def _selected(kind: RowKind, keys: list[RowKey]) -> tuple[Select[Any], dict[str, Any]]:
    """Return what finds the rows, among others of their conversations perhaps."""
    if len(keys) == 1:
        return _ROW[kind], {"conversation": keys[0].conversation_id, "key": keys[0].row_id}
    conversations = list({key.conversation_id for key in keys})
    return _ROWS[kind], {"conversations": conversations, "keys": [key.row_id for key in keys]}


def _move(session: Session, links: Sequence[Mapping[str, Any]], heads: Mapping[str, Head]) -> None:
    ends = {link["conversation_id"]: link for link in links}
    new = [
        {"conversation_id": id, "position": link["position"], "head": link["head"]}
        for id, link in ends.items()
        if id not in heads
    ]
    moved = [
        {"of": id, "to": link["position"], "new": link["head"]}
        for id, link in ends.items()
        if id in heads
    ]
    connection = session.connection()
    if new:
        connection.execute(insert(_HEADS), new)
    if moved:
        connection.execute(_MOVE_HEADS, moved)


def _older_than(link: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "of": link["conversation_id"],
        "of_kind": link["kind"],
        "of_row": link["row_id"],
        "before": link["position"],
    }
