"""What becomes of parts: one file for each conversation, put where recordings are kept.

What cannot be done now, because the storage or the database is away or the disk is full, stays as
it is and is tried again; another process may do it after this one.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import soundfile
import structlog
from sqlalchemy import ColumnElement, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from agent_service.clock import Clock, uuid7
from agent_service.errors import AgentServiceError, AudioError, SettingsError, StoreError
from agent_service.private_files import make_folder
from agent_service.recording.encoding import MEDIA_TYPE, Made, Source, mix_down, read_sound
from agent_service.recording.parts import (
    FOLDER,
    WORK,
    Part,
    claimed,
    left_parts,
    read_part,
    silence_parts,
)
from agent_service.recording.reading import another_file, pieces_of
from agent_service.recording.storage import Storage, key_of
from agent_service.recording.tape import Report
from agent_service.store.database import Database
from agent_service.store.proof.recordings import note_recording
from agent_service.store.tables import Conversation, Recording, RecordingSide, RecordingSilence

UNKNOWN_FOR: Final = timedelta(hours=1)
"""After this time a part goes whose conversation is not on record: it was erased, perhaps."""
SILENCE_FOR: Final = timedelta(days=1)
"""After this time a silence is forgotten that no recording needs."""

log = structlog.get_logger()


class _ErasedMeanwhile(Exception):
    """Somebody deleted the conversation's recording while it was finished."""


class _NotYetOnRecord(Exception):
    """The conversation's own row is on its way, or will never come."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database knows of a conversation's recording."""

    began_at: datetime | None
    """None where the conversation is not on record."""
    rows: Sequence[Any]
    silences: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Finished:
    """A file that was made, and under which key it is to be kept."""

    key: str
    file: Path
    made: Made


class Finisher:
    """Finishes recordings, one after the other; for one thread alone."""

    def __init__(
        self, folder: Path, storage: Storage, database: Database, clock: Clock, report: Report
    ) -> None:
        self._folder = folder
        self._storage = storage
        self._database = database
        self._clock = clock
        self._report = report
        self._told: set[str] = set()
        self._made: dict[str, _Finished] = {}
        """What waits to be put where it is kept, by conversations."""
        self._work: Path | None = None
        self._lock: int | None = None

    def close(self) -> None:
        """Leave nothing behind but parts."""
        if self._work is not None and self._lock is not None:
            shutil.rmtree(self._work, ignore_errors=True)
            os.close(self._lock)
            self._work = self._lock = None

    def finish_all(self, live: Collection[str] = ()) -> int:
        """Finish what is left over, also by processes that are gone; return how much is left.

        Of conversations that are ``live`` here, taken over perhaps, it is only silenced.
        """
        try:
            _clear_after_killed(self._folder / FOLDER)
            ids = {part.conversation_id for part in left_parts(self._folder)}
            ids |= set(self._with_new_silences())
            self._delete_replaced()
        except (OSError, StoreError) as error:
            log.warning("recordings_not_looked_at", reason=_words(error))
            return 1
        return sum(not self.finish(id, is_live=id in live) for id in sorted(ids))

    def finish(self, conversation_id: str, *, is_live: bool = False) -> bool:
        """Make the conversation's file of what there is of it; False where that has to wait."""
        try:
            with ExitStack() as claims:
                left = left_parts(self._folder, conversation_id)
                parts = [part for part in left if claims.enter_context(claimed(part))]
                self._finish(conversation_id, parts, is_live=is_live)
        except _NotYetOnRecord:
            return False
        except (OSError, StoreError, AudioError, SettingsError, soundfile.SoundFileError) as error:
            log.warning("recording_waits", conversation_id=conversation_id, reason=_words(error))
            if conversation_id not in self._told:
                self._told.add(conversation_id)
                message = "The recording could not be put where it is kept: it waits here."
                self._report(conversation_id, "recording_not_kept", message, None, None)
            return False
        self._told.discard(conversation_id)
        return True

    def _finish(self, conversation_id: str, parts: list[Part], *, is_live: bool) -> None:
        with self._database.read() as session:
            known = _look_up(session, conversation_id)
        if known.began_at is None:
            self._drop_unknown(parts)
            return
        stretches = [(one.started_ms, one.ended_ms) for one in known.silences]
        if parts and stretches:  # whatever comes of the rest
            silence_parts(self._folder, conversation_id, stretches)
        if parts and is_live:
            return
        is_new = any(silence.applied_at is None for silence in known.silences)
        if not parts and not (known.rows and is_new):
            return
        key = key_of(_name(conversation_id, known, parts), known.began_at, ".ogg")
        finished = self._made_of(conversation_id, key, known, parts)
        made = finished.made
        location = self._storage.put(key, finished.file) if made.duration_ms else None
        replace = partial(_replace, conversation_id, location, made, known, self._clock.utc())
        try:
            with self._database.write() as session:
                replace(session)
                if not all(part.path.exists() for part in parts):
                    raise _ErasedMeanwhile
        except _ErasedMeanwhile:
            if location is not None:
                self._storage.delete(location)
        except StoreError:
            self._take_back(conversation_id, location, parts)
            raise
        for part in parts:
            part.path.unlink(missing_ok=True)
        self._discard(conversation_id)
        self._delete_replaced(conversation_id)

    def _take_back(self, conversation_id: str, location: str | None, parts: list[Part]) -> None:
        """Delete a file that no row will lead to: it may be made anew, and then without more."""
        with suppress(StoreError):
            if location is not None and not parts:  # another process may have put it there as well
                with self._database.read() as session:
                    is_erased = _look_up(session, conversation_id).began_at is None
                location = location if is_erased else None
            if location is not None:
                self._storage.delete(location)

    def _delete_replaced(self, conversation_id: str | None = None) -> None:
        """Delete files whose place another one took, and then their rows."""
        is_replaced: list[ColumnElement[bool]] = [Recording.replaced_at.is_not(None)]
        if conversation_id is not None:
            is_replaced.append(Recording.conversation_id == conversation_id)
        with self._database.read() as session:
            rows = session.execute(select(Recording.id, Recording.location).where(*is_replaced))
            replaced = rows.all()
        for id, location in replaced:
            self._storage.delete(location)
            with self._database.write() as session:
                session.execute(delete(Recording).where(Recording.id == id))

    def _made_of(
        self, conversation_id: str, key: str, known: _Known, parts: list[Part]
    ) -> _Finished:
        """Return the file under the key, made now unless it is there."""
        finished = self._made.get(conversation_id)
        if finished is None or finished.key != key:
            self._discard(conversation_id)
            finished = self._make(conversation_id, key, known, parts)
            self._made[conversation_id] = finished
        return finished

    def _discard(self, conversation_id: str) -> None:
        finished = self._made.pop(conversation_id, None)
        if finished is not None:
            finished.file.unlink(missing_ok=True)

    def _make(self, conversation_id: str, key: str, known: _Known, parts: list[Part]) -> _Finished:
        work = self._work_folder()
        before = [work / f"{conversation_id}-{row.id}.ogg" for row in known.rows]
        try:
            for row, one in zip(known.rows, before, strict=True):
                self._fetch(row, one)
            sources = [Source(part.started_ms, read_part(part.path)) for part in parts]
            sources += [Source(0, read_sound(file)) for file in before]
            silences = [(one.started_ms, one.ended_ms) for one in known.silences]
            file = work / Path(key).name
            try:
                return _Finished(key, file, mix_down(sources, silences, file))
            except BaseException:
                file.unlink(missing_ok=True)  # the disk may be full of it
                raise
        finally:
            for one in before:
                one.unlink(missing_ok=True)

    def _work_folder(self) -> Path:
        """Return a folder of this process's own; whoever finds it knows whether that still runs."""
        if self._work is None:
            make_folder(self._folder / FOLDER)
            self._work = Path(mkdtemp(prefix=WORK, dir=self._folder / FOLDER))
            self._lock = os.open(self._work, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self._work

    def _fetch(self, row: Any, file: Path) -> None:
        digest = sha256()
        with open(file, "wb") as written:
            for piece in pieces_of(self._storage, row.location, row.size_bytes):
                digest.update(piece)
                written.write(piece)
        if digest.hexdigest() != row.sha256:  # it must not become part of one that is on record
            raise another_file()

    def _drop_unknown(self, parts: list[Part]) -> None:
        for part in parts:
            age_s = self._clock.utc().timestamp() - part.path.stat().st_mtime
            if age_s < UNKNOWN_FOR.total_seconds():
                raise _NotYetOnRecord
            log.warning("recording_dropped", conversation_id=part.conversation_id)
            part.path.unlink()

    def _with_new_silences(self) -> list[str]:
        """Return whose recordings hold what they may not; forget silences that none needs."""
        is_recorded = exists().where(
            Recording.conversation_id == RecordingSilence.conversation_id,
            Recording.replaced_at.is_(None),
        )
        is_new = RecordingSilence.applied_at.is_(None)
        with self._database.read() as session:
            ids = session.scalars(
                select(RecordingSilence.conversation_id).where(is_new, is_recorded).distinct()
            ).all()
            before = self._clock.utc() - SILENCE_FOR
            is_idle = (is_new, ~is_recorded, RecordingSilence.created_at < before)
            has_idle = session.scalar(select(exists().where(*is_idle)))
        if has_idle:
            with self._database.write() as session:
                session.execute(delete(RecordingSilence).where(*is_idle))
        return list(ids)


def _look_up(session: Session, conversation_id: str) -> _Known:
    return _Known(
        session.scalar(select(Conversation.started_at).where(Conversation.id == conversation_id)),
        session.execute(
            select(Recording.id, Recording.location, Recording.size_bytes, Recording.sha256)
            .where(Recording.conversation_id == conversation_id, Recording.replaced_at.is_(None))
            .order_by(Recording.created_at)
        ).all(),
        session.execute(
            select(
                RecordingSilence.id,
                RecordingSilence.started_ms,
                RecordingSilence.ended_ms,
                RecordingSilence.applied_at,
            ).where(RecordingSilence.conversation_id == conversation_id)
        ).all(),
    )


def _replace(
    conversation_id: str,
    location: str | None,
    made: Made,
    known: _Known,
    now: Any,
    session: Session,
) -> None:
    """Put the new file on record in place of those that are in it."""
    for row in known.rows:
        gone = session.execute(
            update(Recording)
            .where(Recording.id == row.id, Recording.replaced_at.is_(None))
            .values(replaced_at=now)
        )
        if gone.rowcount != 1:  # type: ignore[attr-defined]  # of a CursorResult
            raise StoreError("Another process has just finished this recording.")
    if location is not None:
        session.execute(
            insert(Recording).values(
                id=uuid7(),
                conversation_id=conversation_id,
                side=RecordingSide.BOTH,
                location=location,
                media_type=MEDIA_TYPE,
                duration_ms=made.duration_ms,
                size_bytes=made.size_bytes,
                sha256=made.sha256,
                peaks=made.peaks.tobytes(),
                created_at=now,
            )
        )
    note_recording(session, conversation_id, made.sha256 if location is not None else None)
    ids = [silence.id for silence in known.silences]
    session.execute(
        update(RecordingSilence).where(RecordingSilence.id.in_(ids)).values(applied_at=now)
    )


def _name(conversation_id: str, known: _Known, parts: Sequence[Part]) -> str:
    """Return a name for a file of just this: doing it again replaces it."""
    held = [*(row.id for row in known.rows), *(part.path.name for part in parts)]
    held += [silence.id for silence in known.silences]
    return f"{conversation_id}-{sha256(' '.join(held).encode()).hexdigest()[:12]}"


def _clear_after_killed(folder: Path) -> None:
    """Remove what processes left in the midst of finishing that were killed."""
    for left in folder.glob(f"{WORK}*"):
        with suppress(OSError):  # it is being worked in, or somebody else removes it
            descriptor = os.open(left, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(descriptor)


def _words(error: Exception) -> str:
    return error.message if isinstance(error, AgentServiceError) else str(error)
