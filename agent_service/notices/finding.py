"""Where each notice's sound comes from: recorded in the agent's own voice, shipped, or nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import structlog

from agent_service.conversation.spec import Notice, NoticeClip
from agent_service.errors import AudioError
from agent_service.notices.shelf import Shelf, Speaker
from agent_service.notices.texts import SHIPPED, texts_in

_log = structlog.get_logger()


class Source(StrEnum):
    """Where a sound comes from."""

    RECORDED = "recorded"
    SHIPPED = "shipped"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FoundNotice:
    notice: Notice
    text: str
    source: Source
    audio: bytes = field(repr=False)
    """PCM16 mono at 24 kHz; empty where the source is MISSING."""
    problems: tuple[str, ...] = ()
    """Why sounds that are there are not used."""


def recordings(data_dir: Path, agent: str) -> Path:
    """Return the folder of an agent's recorded notices."""
    return data_dir / "notices" / agent


def find_notices(recorded: Path, speaker: Speaker, shipped: Path = SHIPPED) -> list[FoundNotice]:
    """Look for every notice's sound: recorded by just this speaker, else the shipped one."""
    shelves = {
        Source.RECORDED: Shelf(recorded),
        Source.SHIPPED: Shelf(shipped / speaker.language),
    }
    own = shelves[Source.RECORDED].speaker
    unfit = None
    if own is not None and own != speaker:
        del shelves[Source.RECORDED]
        unfit = f"{recorded} was recorded with {own}."
    return [
        _find(notice, text, shelves, unfit) for notice, text in texts_in(speaker.language).items()
    ]


def load_notices(
    agent: str, recorded: Path, speaker: Speaker, shipped: Path = SHIPPED
) -> Mapping[Notice, NoticeClip]:
    """Return what an agent's conversations are given; what cannot be used is one line in the log.

    A notice without sound keeps its words: they are shown.
    """
    found = find_notices(recorded, speaker, shipped)
    problems = sorted({problem for each in found for problem in each.problems})
    silent = [each.notice.value for each in found if each.source is Source.MISSING]
    if problems:
        _log.warning("notice_sounds_unusable", agent=agent, problems=problems, silent=silent)
    return {each.notice: NoticeClip(each.text, each.audio) for each in found}


def _find(
    notice: Notice, text: str, shelves: Mapping[Source, Shelf], unfit: str | None
) -> FoundNotice:
    """Take the sound of the first shelf that has a good one."""
    problems = [unfit] if unfit else []
    for source, shelf in shelves.items():
        try:
            audio = shelf.sound(notice, text)
        except AudioError as error:
            problems.append(error.message)
            continue
        if audio is not None:
            return FoundNotice(notice, text, source, audio, tuple(problems))
        if shelf.problem is not None:
            problems.append(shelf.problem)
        elif source is Source.SHIPPED:
            problems.append(f"{shelf.file(notice)} is not in its folder's index.")
    return FoundNotice(notice, text, Source.MISSING, b"", tuple(problems))
