"""Guesses made in a silence: kept when nothing more was said, else done again."""

import asyncio

import pytest

from agent_service.offline.hearing import Hearing
from agent_service.offline.ports import Recognition
from agent_service.offline.protocol.items import Part, PartKind


@pytest.mark.parametrize(
    ("item_id", "quiet_from_ms", "text"),
    [
        ("item_1", 400, "guess"),
        ("item_1", 500, "guess"),
        ("item_1", 501, "whole"),
        ("item_2", 400, "whole"),
        ("item_1", None, "whole"),
    ],
)
def test_a_guess_stands_only_for_its_turn_and_when_made_in_the_last_silence(
    item_id: str, quiet_from_ms: int | None, text: str
) -> None:
    async def recognise(item_id: str, pcm: bytes, prompt: str | None) -> Recognition:
        return Recognition(pcm.decode(), pcm.decode(), 0.0)

    async def scenario() -> None:
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            hearing = Hearing(recognise, tasks)
            told: list[tuple[str, str]] = []
            hearing.guess("item_1", b"guess", 500, None, lambda *words: told.append(words))
            await asyncio.sleep(0)
            part = Part(PartKind.INPUT_AUDIO, pcm=bytearray(b"whole"))
            hearing.settle(item_id, part, None, quiet_from_ms=quiet_from_ms)
            await hearing.wait_for([item_id])
            assert part.text == text
            assert told == [("item_1", "guess")]

    asyncio.run(scenario())
