"""Pictures that callers sent: kept in the record itself, so that they go where it goes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.errors import CallerError
from agent_service.pictures import Picture
from agent_service.store.interrupted import token_hash
from agent_service.store.proof.chain import RowKey, note_redacted, note_written
from agent_service.store.proof.tables import RowKind
from agent_service.store.schema import CleanText, Table
from agent_service.store.tables import Conversation, Resumption


class SentPicture(Table):
    """A picture of the caller's, as it was drawn anew."""

    __tablename__ = "pictures"

    conversation_id: Mapped[str] = mapped_column(
        CleanText(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1 within the conversation; a turn's text has it: ``[picture 1]``."""
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(CleanText(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """A JPEG."""
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is told of a picture beside the picture."""

    number: int
    width: int
    height: int
    size_bytes: int
    sha256: str
    created_at: datetime


def conversation_of(session: Session, token: str) -> str | None:
    """Return the conversation that goes on and that the resume token leads to."""
    return session.scalar(
        select(Conversation.id)
        .join(Resumption, Resumption.conversation_id == Conversation.id)
        .where(Resumption.token_hash == token_hash(token), Conversation.ended_at.is_(None))
    )


def keep_picture(
    session: Session, conversation_id: str, picture: Picture, now: datetime, most: int
) -> PictureFacts:
    """Keep a picture; raise CallerError where the conversation has as many as it may."""
    # Two pictures at once must not get one number.
    session.get_one(Conversation, conversation_id, with_for_update=True)
    number = next_number(session, conversation_id, most)
    row = SentPicture(
        conversation_id=conversation_id,
        number=number,
        width=picture.width,
        height=picture.height,
        size_bytes=len(picture.content),
        sha256=hashlib.sha256(picture.content).hexdigest(),
        content=picture.content,
        created_at=now,
    )
    session.add(row)
    session.flush()
    note_pictures(session, conversation_id)
    return _facts(row)


def note_pictures(session: Session, conversation_id: str) -> None:
    """Put the hashes of the conversation's pictures into its chain."""
    _set_hashes(session, conversation_id, _hashes(session, conversation_id))
    note_written(session, [_key(conversation_id)])


def note_no_pictures(session: Session, conversation_id: str) -> None:
    """Have the chain say that the conversation's pictures were erased by right."""
    _set_hashes(session, conversation_id, None)
    note_redacted(session, [_key(conversation_id)])


def hashes_by_number(noted: str | None) -> dict[str, str]:
    """Return the hashes that a conversation's row holds, by the numbers of the pictures."""
    parts = (each.partition(":") for each in (noted or "").split())
    return {number: sha256 for number, _, sha256 in parts}


def _hashes(session: Session, conversation_id: str) -> str:
    found = session.connection().execute(
        select(SentPicture.number, SentPicture.sha256)
        .where(SentPicture.conversation_id == conversation_id)
        .order_by(SentPicture.number)
    )
    return " ".join(f"{number}:{sha256}" for number, sha256 in found)


def _set_hashes(session: Session, conversation_id: str, hashes: str | None) -> None:
    of = Conversation.metadata.tables[Conversation.__tablename__]
    new = update(of).where(of.c.id == conversation_id).values(pictures_sha256=hashes)
    session.connection().execute(new)


def _key(conversation_id: str) -> RowKey:
    return RowKey(RowKind.CONVERSATION, conversation_id, conversation_id)


def next_number(session: Session, conversation_id: str, most: int) -> int:
    """Return the number of the next picture; raise CallerError where there may be none."""
    last = select(func.max(SentPicture.number)).where(
        SentPicture.conversation_id == conversation_id
    )
    number = (session.scalar(last) or 0) + 1
    if number > most:
        raise CallerError(
            f"A conversation takes {most} pictures at most.", code="too_many_pictures"
        )
    return number


def picture_content(session: Session, conversation_id: str, number: int) -> bytes | None:
    """Return the JPEG of one picture."""
    return session.scalar(
        select(SentPicture.content).where(
            SentPicture.conversation_id == conversation_id, SentPicture.number == number
        )
    )


def pictures_of(session: Session, conversation_id: str) -> list[PictureFacts]:
    """Return what is known of a conversation's pictures, in their order."""
    of_it = select(SentPicture).where(SentPicture.conversation_id == conversation_id)
    return [_facts(row) for row in session.scalars(of_it.order_by(SentPicture.number))]


def _facts(row: SentPicture) -> PictureFacts:
    return PictureFacts(
        row.number, row.width, row.height, row.size_bytes, row.sha256, row.created_at
    )
