"""A call over SIP, as made by a person with a telephone: sound and keys, and nothing to read."""

import asyncio
from typing import Final

from baresip import (
    Account,
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Call,
    CallState,
    Config,
    Runtime,
    UserAgent,
)

from agent_service.audio import SAMPLE_RATE_HZ, resample, sounding_ms
from agent_service.channels.sound import Ear
from agent_service.channels.traits import AudioFormat
from agent_service.cli.call_line import CallFailed, CallPlan, Pressed, Spoken, Typed
from agent_service.cli.call_player import Player
from agent_service.cli.call_report import Report

TICK_S: Final = 0.02
WITHHELD: Final = "anonymous"
_LONGEST_BYTES: Final = 16_000


async def place_by_sip(
    uri: str, number: str, plan: CallPlan, report: Report, player: Player
) -> None:
    """Call an address, and show a number; what is heard goes to ``player``. Raises CallFailed."""
    stack = Runtime()
    is_here = "@127." in uri or "@localhost" in uri
    listen = "sip_listen 127.0.0.1:0\n" if is_here else ""
    await stack.start(
        Config(net_interface="127.0.0.1" if is_here else None, extra_config_text=listen)
    )
    try:
        account = Account(number or WITHHELD, "localhost", "", reg_interval=0)
        call = await (await UserAgent.create(stack, account)).dial(uri)
        await call.wait_established(plan.answer_limit_s)
        await _Telephone(call, plan, report, player).follow()
    except BaresipError as error:
        raise CallFailed(f"The call to {uri} did not go through: {error}.") from error
    finally:
        await stack.close()


class _Telephone:
    def __init__(self, call: Call, plan: CallPlan, report: Report, player: Player) -> None:
        self._call = call
        self._plan = plan
        self._report = report
        self._player = player
        self._loop = asyncio.get_running_loop()
        self._began_at = self._due = self._loop.time()
        self._ear: Ear | None = None
        self._rate_hz = 0
        self._sounded_at = 0.0
        """When the agent's sound was heard last."""

    async def follow(self) -> None:
        self._note("call", "connected")
        await self._hear_out("The greeting did not come")
        for number, turn in enumerate(self._plan.turns, 1):
            asked_at = await self._take(turn)
            is_last = number == len(self._plan.turns)
            cut_s = None if is_last else self._plan.barge_in_after_s
            await self._hear_out("No answer came", asked_at, cut_s)
        await self._call.hangup()

    async def _take(self, turn: Spoken | Typed | Pressed) -> float:
        """Take the caller's turn; return when it ended."""
        assert not isinstance(turn, Typed), "a telephone takes no text"
        match turn:
            case Pressed(keys):
                self._note("pressed", keys)
                await self._call.send_dtmf(keys)
                return self._loop.time()
            case Spoken():
                self._note("playing", str(turn.path), file=str(turn.path))
                sound = resample(turn.pcm, SAMPLE_RATE_HZ, self._rate_hz)
                step = int(TICK_S * self._rate_hz) * 2
                ended_at = self._loop.time() + turn.speech_ms / 1000
                for at in range(0, len(sound), step):
                    self._say(sound[at : at + step])
                    await self._listen()
                return ended_at

    async def _hear_out(
        self, failure: str, asked_at: float | None = None, cut_s: float | None = None
    ) -> None:
        """Listen until the agent has spoken and is silent, or for so much of what it says."""
        since = asked_at or self._loop.time()
        while self._sounded_at <= since:
            if self._loop.time() > since + self._plan.answer_limit_s:
                raise CallFailed(f"{failure} within {self._plan.answer_limit_s:g} seconds.")
            await self._listen()
        began_at = self._loop.time()
        if asked_at is not None:
            ms = round((began_at - asked_at) * 1000)
            self._note("timing", f"first answer {ms} ms after the turn's end", measured_ms=ms)
        while self._loop.time() < self._sounded_at + self._plan.pause_s:
            if cut_s is not None and self._loop.time() > began_at + cut_s:
                return
            await self._listen()

    async def _listen(self) -> None:
        """Let a frame's time pass, and hear what came."""
        self._due = max(self._due + TICK_S, self._loop.time())
        await asyncio.sleep(self._due - self._loop.time())
        if self._call.state is CallState.CLOSED:
            raise CallFailed("The service hung up.")
        try:
            heard = self._call.audio.read(_LONGEST_BYTES)
            if self._ear is None:
                self._rate_hz = self._call.audio.info().rx_sample_rate
                self._ear = Ear(AudioFormat("pcm16", self._rate_hz))
        except (AudioNotActive, AudioRestarted):
            self._ear = None
            return
        pcm = self._ear.hear(heard)
        self._player.heard += pcm
        if sounding_ms(pcm) > 0:
            self._sounded_at = self._loop.time()

    def _say(self, sound: bytes) -> None:
        try:
            self._call.audio.write(sound)
        except (AudioNotActive, AudioRestarted):
            """What is said while the sound is set up anew is not heard."""

    def _note(self, kind: str, text: str, **facts: object) -> None:
        self._report.note(kind, text, round((self._loop.time() - self._began_at) * 1000), **facts)
