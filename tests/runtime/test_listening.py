"""People of the team hear both sides as they were heard, and what was held they do not hear."""

import asyncio

import numpy as np
from desk_line import DeskLine

from agent_service.clock import SystemClock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.service_voice import UNSAID
from agent_service.runtime.listening import LAG_MS, STEP_MS, Ear

LOUD = b"\x00\x40\x00\xc0" * 12


class Listener(DeskLine):
    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    def hear(self, at_ms: int, sound: bytes) -> None:
        super().hear(at_ms, sound)
        self.came.set()

    async def until(self, ms: int) -> np.ndarray:
        """Wait until so much was heard; return both channels."""
        async with asyncio.timeout(60):
            while sum(len(sound) for _, sound in self.sound) < ms * 96:
                self.came.clear()
                await self.came.wait()
        both = b"".join(sound for _, sound in self.sound)
        return np.frombuffer(both, "<i2").reshape(-1, 2)


def test_both_sides_are_heard_within_half_a_second() -> None:
    async def run() -> None:
        clock = SystemClock()
        ear = Ear(clock, clock.now() - 5)
        listener = Listener()
        ear.take(ev.CallerAudio(LOUD * 20))  # before anybody listened
        ear.open(listener)
        ear.take(cmd.PlayAudio("i", 0, LOUD * 40))
        ear.take(cmd.PlayAudio("i", 40, LOUD * 40))
        ear.take(ev.CallerAudio(LOUD * 60))
        ear.take(ev.CallerPlayed("i", 80))
        both = await listener.until(200)
        caller, agent = both[:, 0] != 0, both[:, 1] != 0
        assert 50 * 24 < caller.sum() <= 60 * 24
        assert 70 * 24 < agent.sum() <= 80 * 24
        assert 4_900 <= listener.sound[0][0] <= 5_100
        ear.close(listener)
        ear.close(listener)

    asyncio.run(run())
    assert LAG_MS + 2 * STEP_MS < 500


def test_what_was_said_before_somebody_listened_is_not_heard_in_the_wrong_place() -> None:
    async def run() -> None:
        clock = SystemClock()
        ear = Ear(clock, clock.now())
        listener = Listener()
        ear.open(listener)
        ear.take(cmd.PlayAudio("i", 1000, LOUD * 40))
        ear.take(ev.CallerPlayed("i", 900))  # of what this listener never got
        ear.take(ev.CallerPlayed("i", 1020))
        ear.take(cmd.ClearPlayback("i"))
        both = await listener.until(200)
        assert (both[:, 1] != 0).sum() <= 20 * 24
        ear.stop()

    asyncio.run(run())


def test_who_was_not_told_of_a_recording_is_heard_all_the_same() -> None:
    async def run() -> None:
        clock = SystemClock()
        ear = Ear(clock, clock.now())
        listener = Listener()
        ear.open(listener)
        ear.take(cmd.HoldRecording(UNSAID, True))
        ear.take(ev.CallerAudio(LOUD * 60))
        assert (await listener.until(200)).any()
        ear.stop()

    asyncio.run(run())


def test_what_the_caller_did_not_want_recorded_is_not_heard() -> None:
    async def run() -> None:
        clock = SystemClock()
        ear = Ear(clock, clock.now())
        listener = Listener()
        ear.take(cmd.HoldRecording("caller", True))
        ear.take(cmd.HoldRecording(UNSAID, True))
        ear.take(cmd.HoldRecording("tool", True))
        ear.take(cmd.HoldRecording("tool", False))
        ear.open(listener)
        ear.take(ev.CallerAudio(LOUD * 60))
        both = await listener.until(300)
        assert not both.any()
        ear.take(cmd.HoldRecording("caller", False))
        ear.take(cmd.StartRecording())
        ear.stop()
        assert listener.sound

    asyncio.run(run())
