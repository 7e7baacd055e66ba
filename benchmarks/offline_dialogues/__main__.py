"""Holds dialogues of other trades with the offline provider; see the README beside it."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from websockets.asyncio.client import connect

from agent_service.offline.options import Limits
from agent_service.offline.ports import (
    Recognition,
    Speech,
    SpokenPiece,
    VoiceActivity,
    VoiceDetector,
)
from agent_service.offline.responder.engine import LocalResponder
from agent_service.offline.server import build, running
from agent_service.offline.speech.engine import LocalSpeech
from benchmarks.offline_accuracy.voices import program
from benchmarks.offline_dialogues.caller import Caller, Course, Voice
from benchmarks.offline_dialogues.dialogues import Dialogue, Grade, dialogues, graded, table

VOICES = ("flite rms", "espeak us", "flite slt", "espeak gb")
_UNSPEAKABLE = {"language"}


class FixedClock:
    """Monday, 30 November 2026, noon: what "tomorrow" is in the dialogues."""

    def now(self) -> float:
        return 0.0

    def utc(self) -> datetime:
        return datetime(2026, 11, 30, 12, tzinfo=UTC)


class Deaf:
    """Hears no voice."""

    def feed(self, pcm: bytes) -> list[VoiceActivity]:
        return []


class NoSpeech:
    """For typed dialogues, in which nothing is heard or said aloud."""

    def detector(
        self, *, threshold: float, prefix_padding_ms: int, silence_duration_ms: int
    ) -> VoiceDetector:
        return Deaf()

    async def recognise(self, pcm: bytes, *, prompt: str | None = None) -> Recognition:
        return Recognition("", "", 0.0)

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[SpokenPiece]:
        yield SpokenPiece(text, b"")


async def held(
    chosen: Sequence[Dialogue], voices: Sequence[Voice | None], speech: Speech
) -> list[Course]:
    """Hold the dialogues one after the other, each on a connection of its own."""
    responder = LocalResponder.load(clock=FixedClock())
    courses: list[Course] = []
    async with running(build(speech, responder, limits=Limits(connections=2))) as url:
        address = url.replace("http", "ws", 1) + "/v1/realtime?model=any"
        for number, dialogue in enumerate(chosen):
            async with (
                asyncio.timeout(120),
                connect(address, additional_headers={"api-key": "any"}, max_size=None) as socket,
            ):
                voice = voices[number % len(voices)]
                courses.append(await Caller(socket, dialogue, voice).run())
    await responder.aclose()
    return courses


def spoken_ones(every: Sequence[Dialogue]) -> list[Dialogue]:
    """Return every second dialogue that an English voice can say."""
    return [dialogue for dialogue in every if dialogue.kind not in _UNSPEAKABLE][::2]


def shown(dialogue: Dialogue, course: Course, grade: Grade) -> str:
    """Return a dialogue in words, with what was wanted."""
    broke = f"\n  broke: {grade.broke}" if grade.broke else ""
    wanted = f"\n  wanted: {json.dumps(dialogue.calls)} told {list(dialogue.told)}"
    lines = "".join(f"\n  {line}" for line in course.written)
    return f"{dialogue.name} ({dialogue.kind}){lines}{wanted}{broke}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.offline_dialogues")
    parts = "development, evaluation, tempting, unseen or all"
    parser.add_argument("--part", default="evaluation", help=parts)
    parser.add_argument("--trade", action="append", help="of this trade alone, may be repeated")
    parser.add_argument("--spoken", action="store_true", help="have voices say every second one")
    parser.add_argument("--misses", action="store_true", help="show what went wrong")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write each grade as JSON")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    chosen = [d for d in dialogues(options.part) if d.is_of(options.trade)]
    voices: list[Voice | None] = [None]
    speech: Speech = NoSpeech()
    if options.spoken:
        chosen, voices = spoken_ones(chosen), [program(name) for name in VOICES]
        speech = LocalSpeech(workers=1)
    courses = asyncio.run(held(chosen, voices, speech))
    results = [
        (dialogue, course, graded(dialogue, course.calls, course.answers, course.broke))
        for dialogue, course in zip(chosen, courses, strict=True)
    ]
    if options.misses:
        print("\n\n".join(shown(*result) for result in results if not result[2].passes), "\n")
    print(table([(dialogue, grade) for dialogue, _, grade in results]))
    if options.write is not None:
        told = [
            {"dialogue": d.name, "part": d.part, "kind": d.kind, "passes": g.passes}
            | {"wrong_write": g.has_wrong_write, "right_calls": g.is_called, "words": g.is_told}
            for d, _, g in results
        ]
        options.write.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
