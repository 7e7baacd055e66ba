"""Sound through both worklets comes out as it went in: level, noise, aliases, offsets.

Measured in Chromium, faster than real time, at the rates that devices have.
"""

import asyncio
from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page
from widget_page import Samples, page_routes, tone

RATE = 24_000
DEVICE_RATES = [16_000, 24_000, 44_100, 48_000, 96_000]

SHARED = """
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
const text = (array) => {
  const view = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let letters = "";
  for (let at = 0; at < view.length; at += 8192) {
    letters += String.fromCharCode(...view.subarray(at, at + 8192));
  }
  return btoa(letters);
};
const moment = () => new Promise((done) => setTimeout(done, 30));
"""

CAPTURE = (
    "async ([given, rate]) => {"
    + SHARED
    + """
  const samples = new Float32Array(bytes(given));
  const context = new OfflineAudioContext(1, samples.length, rate);
  await context.audioWorklet.addModule("/widget/client/sound-worklet.js");
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const node = new AudioWorkletNode(context, "support-capture", { numberOfOutputs: 0 });
  const frames = [];
  node.port.onmessage = ({ data }) => frames.push(data);
  source.connect(node);
  source.start();
  await context.startRendering();
  const wanted = Math.floor(samples.length / rate * 50) - 2;
  while (frames.length < wanted) await moment();
  return frames.map(({ buffer, level }) => ({ pcm: text(new Int16Array(buffer)), level }));
}"""
)

PLAYBACK = (
    "async ([pieces, rate, seconds, orders]) => {"
    + SHARED
    + """
  const context = new OfflineAudioContext(1, rate * seconds, rate);
  await context.audioWorklet.addModule("/widget/client/sound-worklet.js");
  const options = { numberOfInputs: 0, outputChannelCount: [1] };
  const node = new AudioWorkletNode(context, "support-playback", options);
  const said = [];
  node.port.onmessage = ({ data }) => said.push(data);
  node.connect(context.destination);
  for (const [itemId, offsetMs, samples] of pieces) {
    const frame = { itemId, offsetMs, samples: new Int16Array(bytes(samples)) };
    node.port.postMessage({ type: "play", ...frame });
  }
  for (const [at, order] of orders) {
    if (order.samples) order.samples = new Int16Array(bytes(order.samples));
    context.suspend(at).then(async () => {
      node.port.postMessage(order);
      await moment(); // until it is on the audio thread
      void context.resume();
    });
  }
  await moment();
  const rendered = await context.startRendering();
  await moment();
  return { samples: text(rendered.getChannelData(0)), said };
}"""
)


def in_page(serve: Any, browse: Any, work: Any) -> Any:
    async def scenario() -> Any:
        async with (
            serve(extra_routes=page_routes, within_s=90) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            return await work(page)

    return asyncio.run(scenario())


async def captured(page: Page, samples: Samples, rate_hz: int) -> Samples:
    frames = await page.evaluate(CAPTURE, [text(samples, "<f4"), rate_hz])
    sound = [np.frombuffer(b64decode(frame["pcm"]), "<i2") for frame in frames]
    assert {len(frame) for frame in sound} == {480}
    return np.concatenate(sound) / 32768


async def played(page: Page, pieces: list[Any], rate_hz: int, seconds: float, *orders: Any) -> Any:
    answer = await page.evaluate(PLAYBACK, [pieces, rate_hz, seconds, list(orders)])
    answer["samples"] = np.frombuffer(b64decode(answer["samples"]), "<f4").astype(np.float64)
    return answer


def text(samples: Samples, kind: str) -> str:
    return b64encode(samples.astype(kind).tobytes()).decode()


def pcm(samples: Samples) -> str:
    return text(np.round(samples * 32767), "<i2")


def middle(samples: Samples, rate_hz: int) -> Samples:
    """Return half a second, away from the ends."""
    start = rate_hz // 4
    return samples[start : start + rate_hz // 2]


def found(samples: Samples, hz: float, rate_hz: int) -> tuple[float, float]:
    """Return the level of a tone and, in dB, how far all else lies below it."""
    angle = 2 * np.pi * hz * np.arange(len(samples)) / rate_hz
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    amplitudes, *_ = np.linalg.lstsq(basis, samples, rcond=None)
    rest = samples - basis @ amplitudes
    level = float(np.hypot(*amplitudes))
    return level, float(20 * np.log10(level / np.sqrt(2) / np.sqrt(np.mean(rest**2))))


def check(results: list[tuple[float, float]], figure: Any) -> None:
    """Each tone came out as loud as it went in, and nothing with it."""
    figure(f"all else at least {min(below_db for _, below_db in results):.0f} dB below the tones")
    for level, below_db in results:
        assert abs(20 * np.log10(level / 0.5)) < 0.1
        assert below_db > 80


def test_tones_of_speech_are_captured_unharmed(serve: Any, browse: Any, figure: Any) -> None:
    async def work(page: Page) -> list[tuple[float, float]]:
        results = []
        for rate_hz in DEVICE_RATES:
            for hz in (100.0, 1_000.0, 3_400.0, min(9_500.0, 0.42 * rate_hz)):
                heard = await captured(page, tone(hz, rate_hz), rate_hz)
                results.append(found(middle(heard, RATE), hz, RATE))
        return results

    check(in_page(serve, browse, work), figure)


def test_what_is_too_high_for_24_khz_is_not_heard_as_something_else(
    serve: Any, browse: Any
) -> None:
    async def work(page: Page) -> list[float]:
        return [
            float(np.abs(middle(await captured(page, tone(hz, rate_hz), rate_hz), RATE)).max())
            for rate_hz in (44_100, 48_000, 96_000)
            for hz in (12_500.0, 15_000.0, 20_000.0)
        ]

    assert max(in_page(serve, browse, work)) <= 1 / 32768  # 84 dB below the tone


def test_tones_are_played_unharmed(serve: Any, browse: Any, figure: Any) -> None:
    async def work(page: Page) -> list[tuple[float, float]]:
        results = []
        for rate_hz in DEVICE_RATES:
            for hz in (440.0, 1_000.0, min(9_500.0, 0.42 * rate_hz)):
                wave = tone(hz, RATE)
                pieces = [
                    ["i", at, pcm(wave[at * 24 : (at + 20) * 24])] for at in range(0, 1000, 20)
                ]
                answer = await played(page, pieces, rate_hz, 1.3)
                first = int(np.argmax(np.abs(answer["samples"]) > 0.01))
                heard = middle(answer["samples"][first:], rate_hz)
                results.append(found(heard, hz, rate_hz))
        return results

    check(in_page(serve, browse, work), figure)


def test_the_level_of_the_microphone_is_told(serve: Any, browse: Any) -> None:
    async def work(page: Page) -> Any:
        return await page.evaluate(CAPTURE, [text(tone(440, 48_000), "<f4"), 48_000])

    frames = in_page(serve, browse, work)
    assert frames[20]["level"] == pytest.approx(0.5 / np.sqrt(2), abs=0.01)


def reports(answer: Any) -> list[tuple[str, int]]:
    return [
        (each["itemId"], each["playedMs"]) for each in answer["said"] if each["type"] == "played"
    ]


def test_each_item_is_reported_to_its_end_and_often_enough(serve: Any, browse: Any) -> None:
    async def work(page: Page) -> Any:
        pieces = [["a", 0, pcm(tone(440, RATE))], ["b", 0, pcm(tone(880, RATE, 0.5))]]
        return await played(page, pieces, 48_000, 2.0)

    told = reports(in_page(serve, browse, work))
    assert [ms for item, ms in told if item == "a"][-1] == 1_000
    assert told[-1] == ("b", 500)
    progress = [ms for item, ms in told if item == "a"]
    assert max(np.diff([0, *progress])) <= 250
    assert told == sorted(told)


def test_clear_is_silent_within_milliseconds_without_a_click_and_says_how_far_it_was(
    serve: Any, browse: Any, figure: Any
) -> None:
    async def work(page: Page) -> Any:
        pieces = [["a", 0, pcm(tone(440, RATE, 3.0))]]
        return await played(page, pieces, 48_000, 2.0, [1.0, {"type": "clear", "itemId": "a"}])

    answer = in_page(serve, browse, work)
    samples = answer["samples"]
    last = int(np.nonzero(np.abs(samples) > 1e-3)[0][-1])
    after_ms = (last / 48_000 - 1.0) * 1000
    first = int(np.argmax(np.abs(samples) > 1e-3))
    sounded_ms = (last - first) / 48
    item, told_ms = reports(answer)[-1]
    figure(f"silent {after_ms:.1f} ms after clear; {sounded_ms:.0f} ms sounded, {told_ms} reported")
    assert after_ms < 12
    steepest = np.abs(np.diff(samples[:47_000])).max()
    assert np.abs(np.diff(samples)).max() < 1.05 * steepest, "it clicks"
    assert item == "a"
    assert abs(told_ms - sounded_ms) < 10


def test_what_comes_a_second_time_is_not_said_a_second_time(serve: Any, browse: Any) -> None:
    async def work(page: Page) -> Any:
        wave = tone(440, RATE, 0.6)
        pieces = [
            ["a", 0, pcm(wave[: 300 * 24])],
            ["a", 0, pcm(wave[: 300 * 24])],
            ["a", 200, pcm(wave[200 * 24 :])],
        ]
        return await played(page, pieces, 48_000, 1.5)

    answer = in_page(serve, browse, work)
    samples = answer["samples"]
    heard = np.nonzero(np.abs(samples) > 1e-3)[0]
    assert (heard[-1] - heard[0]) / 48 == pytest.approx(600, abs=5)
    assert reports(answer)[-1] == ("a", 600)
    _, below_db = found(samples[heard[0] + 2_400 : heard[0] + 24_000], 440, 48_000)
    assert below_db > 80


def test_a_line_that_brings_less_than_is_played_is_told_before_the_first_gap(
    serve: Any, browse: Any
) -> None:
    wave = tone(440, RATE, 0.8)

    def heard_ms(every_s: float, frames: int) -> tuple[bool, float]:
        """Bring 40 ms of sound at a time; return whether that was slow, and how long it sounded."""
        orders = [
            [
                nth * every_s,
                {"type": "play", "itemId": "a", "offsetMs": nth * 40, "samples": pcm(piece)},
            ]
            for nth, piece in enumerate(np.split(wave, 20)[:frames])
        ]

        async def work(page: Page) -> Any:
            return await played(page, [], 48_000, 1.2, *orders)

        answer = in_page(serve, browse, work)
        heard = np.nonzero(np.abs(answer["samples"]) > 1e-3)[0]
        is_slow = any(each["type"] == "slow" for each in answer["said"])
        return is_slow, float(heard[-1] - heard[0]) / 48

    is_slow, sounded_ms = heard_ms(0.04, 20)
    assert not is_slow
    assert sounded_ms == pytest.approx(800, abs=10)
    # The fifth frame still comes in time, and the next would not.
    is_slow, sounded_ms = heard_ms(0.05, 5)
    assert is_slow
    assert sounded_ms == pytest.approx(200, abs=10)


def test_a_hold_pauses_and_goes_on_where_it_was(serve: Any, browse: Any) -> None:
    async def work(page: Page) -> Any:
        orders = [[0.5, {"type": "hold", "isOn": True}], [1.0, {"type": "hold", "isOn": False}]]
        return await played(page, [["a", 0, pcm(tone(440, RATE))]], 48_000, 2.0, *orders)

    answer = in_page(serve, browse, work)
    samples = answer["samples"]
    assert np.abs(samples[int(0.53 * 48_000) : int(0.99 * 48_000)]).max() < 1e-3
    heard = np.nonzero(np.abs(samples) > 1e-3)[0]
    assert (heard[-1] - heard[0]) / 48 == pytest.approx(1_500, abs=15)
    assert reports(answer)[-1] == ("a", 1_000)


def test_a_device_that_sounds_later_is_reported_later(serve: Any, browse: Any) -> None:
    async def work(page: Page) -> Any:
        orders = [[0.0, {"type": "latency", "seconds": 0.3}]]
        return await played(page, [["a", 0, pcm(tone(440, RATE))]], 48_000, 1.0, *orders)

    told = reports(in_page(serve, browse, work))
    assert 450 <= told[-1][1] <= 700
