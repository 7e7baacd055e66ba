"""Pictures in the proof: their hashes stand in their conversation's own row, which is chained; here
they are compared with the rows of the pictures, and those with the pictures themselves."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from agent_service.store.database import Database
from agent_service.store.pictures import SentPicture, hashes_by_number
from agent_service.store.proof.findings import Finding, Tally, Wrong

KIND: Final = "picture"
"""What findings call it."""
AT_ONCE: Final = 20
"""Pictures that are read together."""
_ROW: Final = SentPicture.metadata.tables[SentPicture.__tablename__].c
_AS_IT_IS: Final = NullType()
_KEY: Final = (_ROW.conversation_id, _ROW.number)


def live_pictures(session: Session, ids: Sequence[str]) -> dict[str, dict[str, object]]:
    """Return the hashes of the pictures of each conversation that has any, by their numbers."""
    number, sha256 = (type_coerce(one, _AS_IT_IS) for one in (_ROW.number, _ROW.sha256))
    rows = session.connection().execute(
        select(_ROW.conversation_id, number, sha256)
        .where(_ROW.conversation_id.in_(ids))
        .order_by(*_KEY)
    )
    found: dict[str, dict[str, object]] = {}
    for id, which, hash in rows:
        found.setdefault(id, {})[str(which)] = hash
    return found


def wrong_pictures(
    conversation_id: str, proved: Any, live: Mapping[str, object]
) -> Iterator[Finding]:
    """Yield what is wrong with the rows of pictures, whose hashes the conversation's row has."""
    known = hashes_by_number(proved if isinstance(proved, str) else None)
    for number in sorted(known.keys() - live.keys()):
        yield _finding(Wrong.MISSING, conversation_id, number, "was removed")
    for number in sorted(live.keys() - known.keys()):
        yield _finding(Wrong.INSERTED, conversation_id, number, "was put in")
    for number in sorted(known.keys() & live.keys()):
        if known[number] != live[number]:
            what = "has not the hash of the one that was sent"
            yield _finding(Wrong.EDITED, conversation_id, number, what)


def check_pictures(
    database: Database, tally: Tally, conversation_id: str | None = None
) -> Iterator[list[Finding]]:
    """Read all pictures, or those of one conversation; yield after some what is wrong."""
    after: tuple[str, int] = ("", 0)
    content, sha256 = (type_coerce(one, _AS_IT_IS) for one in (_ROW.content, _ROW.sha256))
    chosen = select(*_KEY, content, sha256)
    if conversation_id is not None:
        chosen = chosen.where(_ROW.conversation_id == conversation_id)
    while True:
        later = (_ROW.conversation_id > after[0]) | (
            (_ROW.conversation_id == after[0]) & (_ROW.number > after[1])
        )
        with database.read() as session:
            some = chosen.where(later).order_by(*_KEY).limit(AT_ONCE)
            rows = session.connection().execute(some).all()
        tally.pictures += len(rows)
        yield list(tally.count(_edited(rows)))
        if len(rows) < AT_ONCE:
            return
        after = (rows[-1][0], rows[-1][1])


def _edited(rows: Sequence[Any]) -> Iterator[Finding]:
    for id, number, content, sha256 in rows:
        is_whole = isinstance(content, bytes | memoryview)
        if not is_whole or hashlib.sha256(content).hexdigest() != sha256:
            yield _finding(Wrong.EDITED, id, str(number), "is not the one that was sent")


def _finding(wrong: Wrong, conversation_id: str, number: str, what: str) -> Finding:
    return Finding(
        wrong=wrong,
        message=f"picture {number} {what}",
        conversation_id=conversation_id,
        kind=KIND,
        row_id=number,
    )
