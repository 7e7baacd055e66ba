"""The widget's client on somebody else's page, in a real browser against a scripted service."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from widget_page import page_routes, tone

from agent_service.audio import decode_mulaw, encode_mulaw, samples
from agent_service.conversation.commands import (
    ClearPlayback,
    EndConversation,
    Floor,
    PlayAudio,
    ShowConfirmation,
    ShowFloor,
    ShowIncident,
    ShowLevel,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.events import (
    CallerAnsweredCheck,
    CallerAudio,
    CallerCommitted,
    CallerConfirmed,
    CallerEnded,
    CallerEnteredCode,
    CallerHeld,
    CallerInterrupted,
    CallerPausedRecording,
    CallerPlayed,
    CallerRated,
    CallerSwitched,
    CallerTyped,
)
from agent_service.conversation.records import CallerLevel, Modality, Role
from agent_service.errors import CallerError, EngineError, TryLater
from agent_service.web.qr_codes import drawing

CONNECT = """async (options) => {
  window.client ??= await import("/widget/client/client.js");
  const ticket = async () => (await fetch("/ticket", { method: "POST" })).text();
  window.said ??= [];
  try {
    window.c = await client.connect({ ticket, storage: sessionStorage, ...options });
  } catch (error) {
    return { name: error.name, code: error.code, isRetryable: error.isRetryable };
  }
  const types = ["state", "caption", "tool", "confirm", "confirm_closed", "level", "incident",
    "error", "ended", "conversation", "levels"];
  for (const type of types) c.on(type, (detail) => said.push([type, detail]));
  return null;
}"""
TRY = """async (work) => {
  try { await eval(work); return null; } catch (error) { return [error.name, error.code]; }
}"""

# Keeps what leaves the page for the loudspeaker, with the time at which it left.
RECORDER = """
window.sounded = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    const source = `registerProcessor("recorder", class extends AudioWorkletProcessor {
      process([[block]]) {
        if (block) this.port.postMessage([block.length * 1000 / sampleRate, block.slice()]);
        return true;
      }
    })`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const context = this.context;
    context.audioWorklet.addModule(url).then(() => {
      const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data: [lasts, block] }) => {
        let loudest = 0;
        for (const sample of block) loudest = Math.max(loudest, Math.abs(sample));
        sounded.push([performance.now(), lasts, loudest]);
      };
      connect.call(this, node);
      window.isRecording = true;
    });
  }
  return connect.call(this, target, ...rest);
};
null;
"""
SOON_S = 60


@asynccontextmanager
async def opened(serve: Any, browse: Any, *flags: str, **options: Any) -> AsyncIterator[Any]:
    """Open the page and a conversation on it; yield the service, the page and the session."""
    expected = options.pop("expected", None)
    async with (
        serve(extra_routes=page_routes) as service,
        browse(f"http://127.0.0.1:{service.port}/", *flags, expected=expected) as page,
    ):
        assert await page.evaluate(CONNECT, {"mode": "text"} | options) is None
        yield service, page, service.host.sessions[-1]


async def next_of(session: Any, kind: type) -> Any:
    """Return the next event of that kind; others pass by."""
    async with asyncio.timeout(SOON_S):
        while not isinstance(event := await session.events.get(), kind):
            pass
        return event


async def next_played(session: Any, item_id: str, *, at_least_ms: int) -> CallerPlayed:
    """Return the first report that the item was played so far; those of other items pass by."""
    played: CallerPlayed
    played = CallerPlayed(item_id, -1)
    while played.item_id != item_id or played.played_ms < at_least_ms:
        played = await next_of(session, CallerPlayed)
    return played


async def until(page: Page, condition: str) -> Any:
    """Wait until it is so on the page."""
    return await page.wait_for_function(condition, timeout=SOON_S * 1000)


async def said(page: Page, kind: str) -> list[Any]:
    """Return the details of all events of that kind."""
    all_of_them: list[Any] = await page.evaluate("said")
    return [detail for each, detail in all_of_them if each == kind]


async def state(page: Page) -> dict[str, Any]:
    shown: dict[str, Any] = await page.evaluate("c.state")
    return shown


def test_a_typed_conversation_tells_the_page_all_that_happens(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (_, page, session):
            assert session.request.modality is Modality.TEXT
            assert await page.evaluate("c.conversationId") == "conversation-1"
            await page.evaluate("c.say(' where is <b>1004</b>? ')")
            assert (await next_of(session, CallerTyped)).text == "where is <b>1004</b>?"
            assert (await state(page))["activity"] == "thinking"
            send = session.channel.send
            send(ShowFloor(Floor.AGENT))
            send(ShowTranscript("2", Role.AGENT, delta="One ", item_id="i"))
            send(ShowTranscript("2", Role.AGENT, delta="moment.", item_id="i"))
            await until(page, "c.captions[0]?.text === 'One moment.'")
            assert (await state(page))["activity"] == "speaking"
            send(ShowTranscript("1", Role.CALLER, text="where", is_final=True))
            send(
                ShowTranscript(
                    "2",
                    Role.AGENT,
                    text="One moment.",
                    heard_text="One",
                    is_final=True,
                    is_interrupted=True,
                    item_id="i",
                )
            )
            send(ShowFloor(Floor.OPEN))
            send(ShowTool("t", "look", "Looking up order 1004", "running"))
            await until(page, "c.state.activity === 'working'")
            send(ShowTool("t", "look", "Looking up order 1004", "succeeded"))
            await until(page, "c.state.activity === 'listening'")
            assert await page.evaluate("c.captions") == [
                {"turnId": "1", "role": "caller", "text": "where", "isFinal": True},
                {
                    "turnId": "2",
                    "role": "agent",
                    "text": "One moment.",
                    "isFinal": True,
                    "heardText": "One",
                    "isInterrupted": True,
                    "itemId": "i",
                },
            ]
            texts = [caption["text"] for caption in await said(page, "caption")]
            assert texts == ["One ", "One moment.", "where", "One moment."]
            tools = await said(page, "tool")
            assert [tool["status"] for tool in tools] == ["running", "succeeded"]

            send(ShowLevel(CallerLevel.VERIFIED))
            send(ShowIncident("provider_late", "It takes long."))
            await until(page, "said.some(([type]) => type === 'incident')")
            assert await said(page, "level") == [{"level": "verified"}]
            await page.evaluate("c.code('123 456'); c.check('order', { postcode: '1' })")
            assert await next_of(session, CallerEnteredCode) == CallerEnteredCode("123456")
            answered = await next_of(session, CallerAnsweredCheck)
            assert answered == CallerAnsweredCheck("order", {"postcode": "1"})
            await page.evaluate("c.interrupt(); c.commit(); c.rate(5, 'fine'); c.end()")
            await next_of(session, CallerInterrupted)
            await next_of(session, CallerCommitted)
            assert await next_of(session, CallerRated) == CallerRated(5, "fine")
            await next_of(session, CallerEnded)
            send(EndConversation("caller_ended"))
            session.end("caller_ended")
            await until(page, "c.state.connection === 'ended'")
            assert await said(page, "ended") == [{"reason": "caller_ended", "error": None}]
            kept = "JSON.parse(sessionStorage.getItem('support-conversation'))"
            assert (await page.evaluate(kept))["isOver"] is True

    asyncio.run(scenario())


def test_a_question_is_answered_by_a_tap_in_time_by_the_pages_clock(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (_, page, session):
            # The scripted service says that it is the first of January 2026.
            expires_at = datetime(2026, 1, 1, 0, 2, tzinfo=UTC)
            send = session.channel.send
            send(ShowConfirmation("q", "Cancel", "Mug 7.", "{}", expires_at, True, "Cancel it?"))
            await until(page, "c.confirmations.length === 1")
            left_ms = await page.evaluate("c.confirmations[0].expiresAt - Date.now()")
            assert 110_000 < left_ms <= 120_000
            (told,) = await said(page, "confirm")
            assert (told["summary"], told["question"]) == ("Mug 7.", "Cancel it?")
            assert told["isTapOnly"]
            await page.evaluate("c.confirm('q', true)")
            assert await next_of(session, CallerConfirmed) == CallerConfirmed("q", True)
            send(WithdrawConfirmation("q", "accepted"))
            await until(page, "c.confirmations.length === 0")
            closed = await said(page, "confirm_closed")
            assert closed == [{"confirmationId": "q", "status": "accepted"}]

    asyncio.run(scenario())


def test_voice_and_text_are_one_conversation(
    serve: Any, browse: Any, microphone: Callable[..., list[str]]
) -> None:
    async def scenario() -> None:
        flags = microphone(tone(440, 48_000, level=0.4))
        async with opened(serve, browse, *flags) as (_, page, session):
            assert await page.evaluate(TRY, "c.speak()") is None
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.AUDIO)
            loudest = 0
            while loudest < 3_000:
                audio = (await next_of(session, CallerAudio)).audio
                assert len(audio) == 20 * 48
                loudest = int(np.abs(samples(audio)).max())
            await until(
                page, "said.some(([type, { caller }]) => type === 'levels' && caller > 0.05)"
            )
            assert (await state(page))["microphone"] == "on"
            await page.evaluate("c.say('and in writing')")
            assert (await next_of(session, CallerTyped)).text == "and in writing"

            await page.evaluate("c.mute(true)")
            silent = 0
            while silent < 5:
                audio = (await next_of(session, CallerAudio)).audio
                silent = 0 if np.any(samples(audio)) else silent + 1
            assert (await state(page))["microphone"] == "muted"
            await page.evaluate("c.mute(false)")
            while np.abs(samples((await next_of(session, CallerAudio)).audio)).max() < 1_000:
                pass

            await page.evaluate("c.stopSpeaking()")
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.TEXT)
            shown = await state(page)
            assert (shown["microphone"], shown["isAloud"]) == ("off", False)
            for _ in range(75):  # so that the end of what was said is found
                assert not np.any(samples((await next_of(session, CallerAudio)).audio))
            assert not (await state(page))["isSlow"]
            microphones = (await page.evaluate("c.devices()"))["microphones"]
            assert microphones
            await page.evaluate("c.speak()")
            await page.evaluate("(id) => c.useMicrophone(id)", microphones[-1]["id"])
            assert (await state(page))["microphone"] == "on"

    asyncio.run(scenario())


def test_a_barge_in_silences_the_page_at_once_and_says_how_far_it_was(
    serve: Any, browse: Any, figure: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, mode=None) as (_, page, first):
            first.end("caller_ended")
            await page.evaluate(RECORDER)
            assert await page.evaluate(CONNECT, {"mode": "audio", "storage": None}) is None
            session = _.host.sessions[-1]
            assert session.request.modality is Modality.AUDIO
            await until(page, "window.isRecording")
            sound = (tone(440, 24_000, 5.0) * 32_767).astype("<i2").tobytes()
            for at in range(0, 5_000, 200):
                session.channel.send(PlayAudio("i", at, sound[at * 48 : (at + 200) * 48]))
            reports = [(await next_of(session, CallerPlayed)).played_ms for _ in range(5)]
            assert max(np.diff(reports)) <= 250
            assert (await state(page))["activity"] == "speaking"
            await until(page, "sounded.some(([, , loudest]) => loudest > 0.4)")
            await page.evaluate("window.cutAt = performance.now()")
            session.channel.send(ClearPlayback("i"))
            cut = await next_of(session, CallerPlayed)
            while True:
                try:
                    async with asyncio.timeout(0.5):
                        cut = await next_of(session, CallerPlayed)
                except TimeoutError:
                    break
            sounded = await page.evaluate("sounded")
            cut_at = await page.evaluate("cutAt")
            loud = [(when, lasts) for when, lasts, loudest in sounded if loudest > 0.01]
            silent_after_ms = loud[-1][0] - cut_at
            sounded_ms = sum(lasts for _, lasts in loud)
            figure(
                f"silent {silent_after_ms:.0f} ms after the service's word; "
                f"{sounded_ms:.0f} ms sounded, {cut.played_ms} reported"
            )
            assert silent_after_ms < 200
            assert abs(cut.played_ms - sounded_ms) < 100
            await until(page, "c.state.activity === 'listening'")

    asyncio.run(scenario())


def test_what_the_device_has_not_put_out_yet_is_not_said_to_be_played(
    serve: Any, browse: Any, figure: Any
) -> None:
    late = """() => {
      Object.defineProperty(AudioContext.prototype, "outputLatency", { get: () => 0.5 });
    }"""
    left_ms = (
        "sounded.filter(([, , loudest]) => loudest > 0.01).reduce((ms, [, more]) => ms + more, 0)"
    )

    async def scenario() -> None:
        async with opened(serve, browse, mode=None) as (service, page, first):
            first.end("caller_ended")
            await page.evaluate(RECORDER)
            await page.evaluate(late)
            await page.evaluate(CONNECT, {"mode": "audio", "storage": None})
            session = service.host.sessions[-1]
            await until(page, "window.isRecording")
            sound = (tone(440, 24_000, 2.0) * 32_767).astype("<i2").tobytes()
            session.channel.send(PlayAudio("i", 0, sound))
            while (played_ms := (await next_of(session, CallerPlayed)).played_ms) < 400:
                pass
            behind_ms = await page.evaluate(left_ms) - played_ms
            figure(f"{played_ms} ms reported, {behind_ms:.0f} ms more have left the page")
            assert (
                behind_ms > 250
            )  # the half second, less what the page of a busy machine tells late
            while (await next_of(session, CallerPlayed)).played_ms < 2_000:
                pass

    asyncio.run(scenario())


def test_a_line_that_is_too_slow_gets_shorter_sound_rather_than_gaps_and_then_text(
    serve: Any, browse: Any, microphone: Callable[..., list[str]]
) -> None:
    async def scenario() -> None:
        flags = microphone(tone(440, 48_000, level=0.4))
        async with opened(serve, browse, *flags, mode="audio") as (_, page, session):
            await page.evaluate("c.speak()")
            sound = (tone(440, 24_000) * 32_767).astype("<i2").tobytes()
            for at in range(0, 800, 200):  # each comes when the one before has been played
                session.channel.send(PlayAudio("i", at, sound[at * 48 : (at + 200) * 48]))
                await next_played(session, "i", at_least_ms=at + 200)
            await until(page, "c.state.isSlow")
            session.channel.send(PlayAudio("j", 0, sound))
            await next_played(session, "j", at_least_ms=1_000)
            loudest = 0  # the tone is taken for noise, and is not loud for long
            while loudest < 500:
                audio = (await next_of(session, CallerAudio)).audio
                assert len(audio) == 20 * 48
                loudest = int(np.abs(samples(audio)).max())
            assert loudest in mulaw_levels()
            for at in range(0, 360, 60):
                session.channel.send(PlayAudio("k", at, sound[at * 48 : (at + 60) * 48]))
                await next_played(session, "k", at_least_ms=at + 60)
            session.channel.send(PlayAudio("k", 360, sound[: 60 * 48]))  # the sixth gap
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.TEXT)
            (trouble,) = await said(page, "error")
            assert trouble["code"] == "line_too_slow"
            await until(page, "said.some(([type, { isResumed }]) => isResumed)")
            assert not any(shown["connection"] == "lost" for shown in await said(page, "state"))
            assert (await state(page))["microphone"] == "off"

    asyncio.run(scenario())


def mulaw_levels() -> set[int]:
    return set(np.abs(samples(decode_mulaw(bytes(range(256))))).tolist())


def test_short_sound_is_written_as_the_service_writes_it(serve: Any, browse: Any) -> None:
    script = """async () => {
      const { fromMulaw, toMulaw } = await import("/widget/client/mulaw.js");
      const all = Int16Array.from({ length: 65536 }, (_, at) => at - 32768);
      const codes = Uint8Array.from({ length: 256 }, (_, at) => at);
      return [[...toMulaw(all)], [...fromMulaw(codes)]];
    }"""

    async def scenario() -> None:
        async with opened(serve, browse) as (_, page, _session):
            codes, levels = await page.evaluate(script)
            every = np.arange(-32_768, 32_768).astype("<i2").tobytes()
            assert bytes(codes) == encode_mulaw(every)
            assert levels == samples(decode_mulaw(bytes(range(256)))).tolist()

    asyncio.run(scenario())


def test_silence_and_hold_say_what_is_heard(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, mode="audio") as (_, page, session):
            for at in range(0, 3_000, 200):
                session.channel.send(PlayAudio("i", at, b"\x00\x10" * 24 * 200))
            await next_of(session, CallerPlayed)
            await page.evaluate("c.hold(true)")
            assert await next_of(session, CallerHeld) == CallerHeld(True)
            assert (await state(page))["activity"] == "held"
            await page.evaluate("c.hold(false)")
            assert await next_of(session, CallerHeld) == CallerHeld(False)
            before = (await next_of(session, CallerPlayed)).played_ms
            await page.evaluate("c.silence(true)")
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.TEXT)
            shown = await state(page)
            assert (shown["isSilenced"], shown["isAloud"]) == (True, False)
            last = await next_of(session, CallerPlayed)
            assert before <= last.played_ms < 3_000
            await page.evaluate("c.silence(false)")
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.AUDIO)

    asyncio.run(scenario())


def test_a_reloaded_page_has_the_conversation_as_it_was_and_hears_nothing_twice(
    serve: Any, browse: Any
) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, mode="audio") as (service, page, session):
            send = session.channel.send
            send(ShowTranscript("1", Role.CALLER, text="Where is it?", is_final=True))
            send(ShowTranscript("2", Role.AGENT, delta="It is ", item_id="i"))
            send(ShowTool("t", "look", "Looking up", "running"))
            for at in range(0, 2_000, 200):
                send(PlayAudio("i", at, b"\x00\x10" * 24 * 200))
            while (before := await next_of(session, CallerPlayed)).played_ms < 400:
                pass
            await page.reload()
            await asyncio.wait_for(session.detached.wait(), SOON_S)
            while not session.events.empty():
                event = session.events.get_nowait()
                before = event if isinstance(event, CallerPlayed) else before
            send(ShowTranscript("2", Role.AGENT, delta="on its way.", item_id="i"))
            await page.evaluate("import('/widget/client/client.js').then((m) => (window.m = m))")
            assert await page.evaluate("m.hasStored(sessionStorage)")
            assert await page.evaluate(CONNECT, {"mode": "audio", "ticket": None}) is None
            await until(page, "c.captions.length === 2 && c.tools.length === 1")
            texts = await page.evaluate("c.captions.map(({ text }) => text)")
            assert texts == ["Where is it?", "It is on its way."]
            assert (await state(page))["connection"] == "open"
            after = await next_of(session, CallerPlayed)
            assert before.played_ms < after.played_ms <= before.played_ms + 300
            while (after := await next_of(session, CallerPlayed)).played_ms < 2_000:
                pass
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_a_lost_network_is_told_and_what_was_missed_comes_once(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        noise = "ERR_INTERNET_DISCONNECTED"
        async with opened(serve, browse, expected=noise) as (_, page, session):
            send = session.channel.send
            send(ShowTranscript("1", Role.AGENT, delta="Hello", item_id="i"))
            await until(page, "c.captions.length === 1")
            await page.context.set_offline(True)
            await until(page, "c.state.connection === 'lost'")
            await asyncio.wait_for(session.detached.wait(), SOON_S)
            send(ShowTranscript("1", Role.AGENT, delta=" there.", item_id="i"))
            await page.context.set_offline(False)
            await until(page, "c.state.connection === 'open'")
            await until(page, "c.captions[0].text === 'Hello there.'")
            assert [each["isResumed"] for each in await said(page, "conversation")] == [True]

    asyncio.run(scenario())


def test_a_dead_line_is_noticed_and_replaced(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=page_routes) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.clock.install()
            reached = asyncio.Event()
            is_dead = False

            async def pass_on(line: Any) -> None:
                service_side = line.connect_to_server()
                line.on_message(lambda message: None if is_dead else service_side.send(message))
                service_side.on_message(lambda message: None if is_dead else line.send(message))
                reached.set()

            await page.route_web_socket("**/ws/conversation?mode=text", pass_on)
            assert await page.evaluate(CONNECT, {"mode": "text"}) is None
            await page.clock.run_for(8_000)
            assert (await state(page))["connection"] == "open"
            reached.clear()
            is_dead = True
            await page.clock.run_for(8_000)
            ran_ms = 8_000
            while (await state(page))["connection"] == "open":  # it ends before the first retry
                assert ran_ms < 13_000, "the dead line was not noticed"
                await page.clock.run_for(100)
                ran_ms += 100
            assert (await state(page))["connection"] == "lost"
            is_dead = False
            async with asyncio.timeout(SOON_S):
                while (await state(page))["connection"] != "open":
                    await page.clock.run_for(100)
            assert reached.is_set()

    asyncio.run(scenario())


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("is_reloaded", [True, False])
def test_what_is_said_into_a_dead_line_is_taken_once(
    serve: Any, browse: Any, arrives: bool, is_reloaded: bool
) -> None:
    """Only the answer is lost where it arrives."""

    async def scenario() -> None:
        async with (
            serve(extra_routes=page_routes) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.clock.install()
            is_dead = False

            async def pass_on(line: Any) -> None:
                service_side = line.connect_to_server()

                def up(message: Any) -> None:
                    if arrives or not is_dead:
                        service_side.send(message)

                line.on_message(up)
                service_side.on_message(lambda message: None if is_dead else line.send(message))

            await page.route_web_socket("**/ws/conversation?mode=text", pass_on)
            assert await page.evaluate(CONNECT, {"mode": "text"}) is None
            session = service.host.sessions[0]
            await page.evaluate("c.say('Hello'); c.pauseRecording(true)")
            await next_of(session, CallerPausedRecording)
            await until(page, "c.state.waiting.length === 0")
            is_dead = True
            await page.evaluate("c.say('Is it here?'); c.code('1234')")
            assert (await state(page))["waiting"] == ["Is it here?"]
            if arrives:
                await next_of(session, CallerEnteredCode)
            if is_reloaded:
                is_dead = False
                await page.reload()
                assert await page.evaluate(CONNECT, {"mode": "text"}) is None
            else:
                await page.evaluate("dispatchEvent(new Event('offline'))")
                await page.evaluate("c.say('Still lost.')")
                assert (await state(page))["waiting"] == ["Is it here?", "Still lost."]
                is_dead = False
                await page.evaluate("dispatchEvent(new Event('online'))")
            await until(page, "c.state.connection === 'open' && c.state.waiting.length === 0")
            await page.evaluate("c.say('Thanks')")
            heard: list[Any] = []
            while (event := await session.events.get()) != CallerTyped("Thanks"):
                heard.append(event)
            again = [CallerTyped("Is it here?", shown=()), CallerEnteredCode("1234")]
            late = [] if is_reloaded else [CallerTyped("Still lost.", shown=())]
            assert heard == ([] if arrives else again) + late
            await until(page, "c.state.waiting.length === 0")
            kept = "JSON.parse(sessionStorage.getItem('support-conversation')).sent"
            assert await page.evaluate(kept) == []

    asyncio.run(scenario())


def test_who_closes_the_laptop_finds_the_conversation_again(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=page_routes) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.clock.install()
            assert await page.evaluate(CONNECT, {"mode": "text"}) is None
            session = service.host.sessions[0]
            first = session.channel
            await page.clock.fast_forward(180_000)  # all at once, as for who has slept
            session.channel.send(ShowTranscript("1", Role.AGENT, text="Still here.", is_final=True))
            async with asyncio.timeout(SOON_S):
                while (await said(page, "conversation"))[-1:] == []:
                    await page.clock.run_for(100)
                while await page.evaluate("c.captions.length") == 0:
                    await page.clock.run_for(10)
            assert session.channel is not first
            assert (await said(page, "conversation"))[-1]["isResumed"]
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_where_no_echo_is_taken_out_the_agent_does_not_hear_itself(serve: Any, browse: Any) -> None:
    script = """async () => {
      const { EchoGuard } = await import("/widget/client/echo-guard.js");
      const guard = new EchoGuard();
      const passed = (level, frames) =>
        Array.from({ length: frames }, () => (guard.sounds(agent), guard.passes(level)));
      let agent = 0.2;
      const trusted = passed(0.1, 3);
      guard.isNeeded = true;
      const echo = passed(0.12, 50);
      const caller = passed(0.3, 10);
      const pause = passed(0.01, 30);
      agent = 0;
      const alone = passed(0.02, 40);
      passed(0.3, 10);
      passed(0.01, 40);
      agent = 0.2;
      const answer = passed(0.12, 20);
      return [trusted, echo, caller, pause, alone, answer].map((each) => each.map(Number));
    }"""

    async def scenario() -> None:
        async with opened(serve, browse) as (_, page, _session):
            trusted, echo, caller, pause, alone, answer = await page.evaluate(script)
            assert trusted == [1] * 3
            assert echo == [0] * 50
            assert caller == [0, 0] + [1] * 8, "who speaks up is heard after two frames"
            assert pause == [1] * 24 + [0] * 6
            assert alone[-20:] == [1] * 20, "a while after the agent, everything is the caller"
            assert answer == [0] * 20, "who has spoken before an answer does not speak into it"

    asyncio.run(scenario())


def test_a_second_tab_takes_over_and_the_first_may_take_it_back(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page, session):
            async with page.expect_popup() as opening:  # with a copy of the session's storage
                await page.evaluate("window.open('/')")
            other = await opening.value
            assert await other.evaluate(CONNECT, {"mode": "text"}) is None
            await until(page, "c.state.connection === 'ended'")
            assert await said(page, "ended") == [{"reason": "replaced", "error": None}]
            await other.evaluate("c.say('from the other one')")
            assert (await next_of(session, CallerTyped)).text == "from the other one"
            assert await page.evaluate(CONNECT, {"mode": "text", "ticket": None}) is None
            await until(other, "c.state.connection === 'ended'")
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_another_device_goes_on_with_the_address_it_was_given(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page, session):
            session.channel.send(ShowTranscript("1", Role.AGENT, text="Hello.", is_final=True))
            moved = await page.evaluate("c.transfer()")
            qr = drawing(moved["url"])
            assert moved["qr"] == {"size": qr.size, "path": qr.path}
            device = await (await page.context.browser.new_context()).new_page()
            await device.goto(moved["url"])
            token = "import('/widget/client/client.js').then((m) => m.takeTransfer())"
            transfer = await device.evaluate(token)
            assert device.url == page.url
            options = {"mode": "text", "ticket": None, "transfer": transfer}
            assert await device.evaluate(CONNECT, options) is None
            await until(device, "c.captions[0]?.text === 'Hello.'")
            await until(page, "c.state.connection === 'ended'")
            assert len(service.host.sessions) == 1

    asyncio.run(scenario())


def test_what_cannot_be_returned_to_is_forgotten(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page, _):
            stored = json.dumps({"conversationId": "x", "token": "old"})
            keep = "(text) => sessionStorage.setItem('support-conversation', text)"
            await page.evaluate(keep, stored)
            refused = await page.evaluate(CONNECT, {"mode": "text", "ticket": None})
            assert refused["code"] == "resume_failed"
            assert await page.evaluate("sessionStorage.length") == 0
            await page.evaluate(keep, stored)
            assert await page.evaluate(CONNECT, {"mode": "text"}) is None
            assert len(service.host.sessions) == 2

    asyncio.run(scenario())


def test_without_a_microphone_the_text_goes_on(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (_, page, session):
            refused = await page.evaluate(TRY, "c.speak()")
            assert refused in (["MicrophoneError", "missing"], ["MicrophoneError", "refused"])
            assert (await state(page))["microphone"] == refused[1]
            await page.evaluate("c.say('then like this')")
            assert (await next_of(session, CallerTyped)).text == "then like this"
            assert (await state(page))["isAloud"] is False

    asyncio.run(scenario())


def test_a_refused_microphone_is_told_from_a_missing_one(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        flags = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
        async with opened(serve, browse, *flags) as (_, page, _session):
            assert await page.evaluate(TRY, "c.speak()") == ["MicrophoneError", "refused"]

    asyncio.run(scenario())


def test_without_sound_of_its_own_the_browser_reads(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with (
            serve(extra_routes=page_routes) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.evaluate("delete window.AudioContext")
            assert await page.evaluate(CONNECT, {"mode": "audio"}) is None
            assert service.host.sessions[-1].request.modality is Modality.TEXT
            assert await page.evaluate(TRY, "c.speak()") == ["MicrophoneError", "unsupported"]

    asyncio.run(scenario())


def page_routes_without_worklet(service: Any) -> list[BaseRoute]:
    async def nothing(request: Request) -> Response:
        return Response(status_code=404)

    return [Route("/widget/client/sound-worklet.js", nothing), *page_routes(service)]


def test_a_worklet_that_may_not_be_loaded_leaves_the_text(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        blocked = page_routes_without_worklet
        async with (
            serve(extra_routes=blocked) as service,
            browse(f"http://127.0.0.1:{service.port}/", expected="Failed to load") as page,
        ):
            assert await page.evaluate(CONNECT, {"mode": "audio"}) is None
            session = service.host.sessions[-1]
            assert await next_of(session, CallerSwitched) == CallerSwitched(Modality.TEXT)
            await until(page, "said.some(([type]) => type === 'error')")
            assert (await said(page, "error"))[-1]["code"] == "worklet_blocked"

    asyncio.run(scenario())


async def refusal(page: Page, **options: Any) -> str:
    """Return the code with which the page does not get in, and whether it may try again."""
    answer = await page.evaluate(CONNECT, {"mode": "text", "storage": None} | options)
    assert answer["name"] == "ClientError"
    return f"{answer['code']} {answer['isRetryable']}"


def test_every_refusal_has_its_code(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page, _):
            origin = f"http://127.0.0.1:{service.port}"
            used = service.ticket(origin=origin)
            options = {"mode": "text", "storage": None, "ticket": used}
            assert await page.evaluate(CONNECT, options) is None
            assert await refusal(page, ticket=used) == "ticket_used False"
            assert await refusal(page, ticket="nonsense") == "bad_ticket False"
            assert await refusal(page, ticket=None) == "no_ticket False"
            elsewhere = service.ticket(origin="https://else.example")
            assert await refusal(page, ticket=elsewhere) == "origin_not_allowed False"
            old = service.ticket(origin=origin)
            service.clock.seconds += 1_000
            assert await refusal(page, ticket=old) == "ticket_expired False"
            service.host.refusal = CallerError("No such agent.", code="unknown_agent")
            assert await refusal(page) == "unknown_agent False"
            service.host.refusal = EngineError("It is away.", code="provider_unavailable")
            assert await refusal(page) == "provider_unavailable False"
            await page.evaluate("delete window.WebSocket")
            assert await refusal(page) == "no_websocket False"

    asyncio.run(scenario())


def test_a_full_service_is_told_although_browsers_hide_it(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, expected="503") as (service, page, _):
            service.host.hindrance = TryLater("All lines are busy.", code="overloaded")
            assert await refusal(page) == "overloaded True"

    asyncio.run(scenario())


def test_a_device_without_a_network_is_told_so(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        noise = "ERR_INTERNET_DISCONNECTED"
        async with opened(serve, browse, expected=noise) as (_, page, _session):
            await page.context.set_offline(True)
            assert await refusal(page, ticket="any") == "offline True"

    asyncio.run(scenario())


def test_a_service_that_is_gone_is_told_from_one_that_refuses(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        noise = "ERR_CONNECTION_RE"  # refused, or reset by what is just about to stop
        async with opened(serve, browse, expected=noise) as (service, page, session):
            await page.evaluate("c.leave()")
            await asyncio.wait_for(session.detached.wait(), SOON_S)
            service.server.stop()
            answer = "unreachable True"
            async with asyncio.timeout(SOON_S):
                while (got := await refusal(page, ticket="any")) != answer:
                    assert got.startswith("bad_ticket")  # it was still about to stop

    asyncio.run(scenario())


def test_a_ticket_function_is_asked_once_more(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse) as (service, page, _):
            origin = f"http://127.0.0.1:{service.port}"
            tickets = ["nonsense", service.ticket(origin=origin)]
            answer = await page.evaluate(
                """async (tickets) => {
                  const c = await client.connect({ ticket: () => tickets.shift() });
                  return [c.state.connection, tickets.length];
                }""",
                tickets,
            )
            assert answer == ["open", 0]
            failing = "client.connect({ ticket: () => Promise.reject(new Error('down')) })"
            assert await page.evaluate(TRY, failing) == ["ClientError", "no_ticket"]

    asyncio.run(scenario())


def test_a_defect_of_the_page_is_not_the_conversations(serve: Any, browse: Any) -> None:
    async def scenario() -> None:
        async with opened(serve, browse, expected="the page's") as (_, page, session):
            await page.evaluate("c.on('level', () => { throw new Error(\"the page's\"); })")
            await page.evaluate("window.off = c.on('level', (one) => (window.level = one)); null")
            session.channel.send(ShowLevel(CallerLevel.IDENTIFIED))
            await until(page, "window.level?.level === 'identified'")
            await page.evaluate("off()")
            session.channel.send(ShowLevel(CallerLevel.VERIFIED))
            await until(page, "c.state.level === 'verified'")
            assert await page.evaluate("level.level") == "identified"

    asyncio.run(scenario())
