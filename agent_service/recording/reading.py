"""Finding a conversation's recording, fetching it, and cutting a turn out of it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, undefer

from agent_service.errors import AudioError, CallerError, TryLater
from agent_service.recording.encoding import PEAK_MS, Peaks, Stretch, cut
from agent_service.recording.parts import is_recording
from agent_service.recording.storage import Storage
from agent_service.recording.tape import FAILED
from agent_service.store.tables import Conversation, Incident, Recording, RecordingSilence, Turn

Form = Literal["ogg", "wav"]

FETCH_BYTES: Final = 256 * 1024
"""Read from the storage at once."""
MARGIN_MS: Final = 200
"""Given to a turn's stretch on both sides: words fade in and out."""


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation's recording."""

    conversation_id: str
    location: str
    size_bytes: int
    duration_ms: int
    sha256: str


def find_recording(session: Session, conversation_id: str, folder: Path) -> Found:
    """Return the conversation's recording; raise CallerError where there is none, or none yet."""
    row = session.scalars(
        select(Recording)
        .where(Recording.conversation_id == conversation_id, Recording.replaced_at.is_(None))
        .order_by(Recording.created_at.desc())
        .limit(1)
    ).one_or_none()
    if row is not None:
        return Found(conversation_id, row.location, row.size_bytes, row.duration_ms, row.sha256)
    if session.get(Conversation, conversation_id) is None:
        raise CallerError("There is no such conversation.", code="unknown_conversation")
    if is_recording(folder, conversation_id):
        raise TryLater(
            "The recording is not finished: its conversation goes on, or it waits to be kept.",
            code="recording_unfinished",
        )
    raise CallerError("The conversation was not recorded.", code="no_recording")


def stretch_of(session: Session, found: Found, turn_id: str) -> Stretch:
    """Return where the turn's words lie in the recording; raise CallerError where they do not."""
    row = session.execute(
        select(Turn.audio_start_ms, Turn.audio_end_ms).where(
            Turn.id == turn_id, Turn.conversation_id == found.conversation_id
        )
    ).one_or_none()
    if row is None:
        raise CallerError("The conversation has no such turn.", code="unknown_turn")
    if row.audio_start_ms is None or row.audio_end_ms is None:
        raise CallerError(
            "Nothing of this turn was heard: it was written, or never played.",
            code="turn_without_sound",
        )
    if row.audio_start_ms >= found.duration_ms:
        raise CallerError(
            "The recording ends before this turn: the incidents of its conversation say why.",
            code="turn_without_sound",
        )
    return max(row.audio_start_ms - MARGIN_MS, 0), row.audio_end_ms + MARGIN_MS


def fetch(
    storage: Storage, found: Found, file: Path, progress: Callable[[int], None] | None = None
) -> None:
    """Copy the recording to a file; ``progress`` is told of each piece's bytes.

    Raises AudioError where that is not what was recorded.
    """
    digest = hashlib.sha256()
    with open(file, "wb") as written:
        for piece in pieces_of(storage, found.location, found.size_bytes):
            digest.update(piece)
            written.write(piece)
            if progress is not None:
                progress(len(piece))
    if digest.hexdigest() != found.sha256:
        raise another_file()


def pieces_of(storage: Storage, location: str, size_bytes: int) -> Iterator[bytes]:
    """Yield a file in pieces, and of a longer one a byte more than it should have."""
    for start in range(0, size_bytes, FETCH_BYTES):
        is_last = start + FETCH_BYTES >= size_bytes
        end = size_bytes + 1 if is_last else start + FETCH_BYTES
        piece = storage.read(location, start, end)
        yield piece
        if len(piece) < end - start:
            return


def another_file() -> AudioError:
    """Return the error for a file that is not the one on record."""
    return AudioError("This is not what was recorded.", code="recording_damaged")


def export(
    storage: Storage,
    found: Found,
    file: Path,
    *,
    form: Form,
    stretch: Stretch | None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write the recording, or a stretch of it, in the wanted form; raise AudioError."""
    if form == "ogg" and stretch is None:
        fetch(storage, found, file, progress)
        return
    whole = file.with_name(f".{file.name}.whole")
    try:
        fetch(storage, found, whole, progress)
        cut(whole, file, stretch, form)
    finally:
        whole.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Picture:
    """How loud both sides are, from the beginning of the recording to its end."""

    duration_ms: int
    interval_ms: float
    """What one value stands for."""
    caller: list[int]
    """The loudest of each interval, 0 to 255."""
    agent: list[int]
    silences: list[tuple[int, int]]
    """From where to where the sound was taken out."""
    gaps: list[tuple[int, int]]
    """From where to where nothing could be written."""


def picture(session: Session, found: Found, points: int | None) -> Picture:
    """Return the picture of a recording, in so many points at most."""
    row = session.scalars(
        select(Recording)
        .options(undefer(Recording.peaks))
        .where(Recording.location == found.location)
    ).one_or_none()
    raw = b"" if row is None or row.peaks is None else row.peaks
    peaks: Peaks = np.frombuffer(raw, np.uint8).reshape(-1, 2)
    each = 1 if points is None else max(-(-len(peaks) // points), 1)
    whole = -(-len(peaks) // each)
    padded = np.zeros((whole * each, 2), np.uint8)
    padded[: len(peaks)] = peaks
    loudest = padded.reshape(whole, each, 2).max(axis=1) if whole else padded
    return Picture(
        found.duration_ms,
        PEAK_MS * each,
        loudest[:, 0].tolist(),
        loudest[:, 1].tolist(),
        _stretches(session, found, RecordingSilence),
        _stretches(session, found, Incident, Incident.code == FAILED),
    )


def _stretches(
    session: Session, found: Found, table: Any, *conditions: ColumnElement[bool]
) -> list[tuple[int, int]]:
    """Return from where to where rows lie within the recording that have both ends."""
    rows = session.execute(
        select(table.started_ms, table.ended_ms)
        .where(
            table.conversation_id == found.conversation_id,
            table.started_ms < found.duration_ms,
            table.ended_ms.is_not(None),
            *conditions,
        )
        .order_by(table.started_ms)
    )
    return [(start, min(end, found.duration_ms)) for start, end in rows]
