"""Measures how long each stage of the offline provider's speech takes; see the README beside it."""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from agent_service.offline.speech.threads import keep_native_threads_single

keep_native_threads_single()

import numpy as np  # noqa: E402

from agent_service.audio import samples  # noqa: E402
from agent_service.offline.speech.engine import LocalSpeech  # noqa: E402  # numpy comes with it
from benchmarks.offline_latency.wire import measure_calls, provider  # noqa: E402

QUESTIONS = (
    "Where is my order one zero zero four?",
    "I would like to return the headphones, they do not work.",
    "My email is jane dot parker at example dot com.",
    "Yes please.",
)
REPLY = (
    "I found your order. It left our warehouse on Monday and it should be with you tomorrow. "
    "The carrier will send you a message before it arrives. Is there anything else?"
)
FRAME_BYTES = 960
AUDIBLE = 300
"""Of 32,767: about -41 dB of full scale."""


def shown(stage: str, took_ms: Sequence[float]) -> str:
    """Return a table row with the median, the ninetieth percentile and the number of runs."""
    if len(took_ms) < 2:
        return f"| {stage} | {', '.join(f'{ms:.2f}' for ms in took_ms)} | | {len(took_ms)} |"
    ninetieth = statistics.quantiles(took_ms, n=10, method="inclusive")[-1]
    return f"| {stage} | {statistics.median(took_ms):.2f} | {ninetieth:.2f} | {len(took_ms)} |"


async def timed(job: Callable[[], object]) -> float:
    began = time.perf_counter()
    result = job()
    if asyncio.iscoroutine(result):
        await result
    return (time.perf_counter() - began) * 1000


async def first_sound(speech: LocalSpeech, text: str) -> None:
    async for _ in speech.speak(text):
        return


async def whole(speech: LocalSpeech, text: str) -> bytes:
    return b"".join([piece.pcm async for piece in speech.speak(text)])


def audible(pcm: bytes) -> bytes:
    """Return a recording without the quiet around it."""
    loud = np.flatnonzero(np.abs(samples(pcm)) > AUDIBLE)
    return pcm[2 * int(loud[0]) : 2 * int(loud[-1]) + 2]


async def measure(options: argparse.Namespace) -> None:
    began = time.perf_counter()
    speech = LocalSpeech()
    print(f"Loading everything took {time.perf_counter() - began:.1f} s.\n")
    print("| stage | median ms | 90th percentile ms | runs |\n|---|---|---|---|")
    sounds = [bytes(12_000) + await whole(speech, text) + bytes(12_000) for text in QUESTIONS]
    runs = options.runs
    detector = speech.detector(threshold=0.5, prefix_padding_ms=300, silence_duration_ms=500)
    frames = [sounds[1][at : at + FRAME_BYTES] for at in range(0, len(sounds[1]), FRAME_BYTES)]
    took = [await timed(partial(detector.feed, frame)) for frame in frames]
    print(shown("voice activity, 20 ms frame", took))
    for text, sound in zip(QUESTIONS, sounds, strict=True):
        took = [await timed(partial(speech.recognise, sound)) for _ in range(runs)]
        print(shown(f"recognition, {len(sound) / 48_000:.1f} s of sound ({text})", took))
    took = [await timed(partial(first_sound, speech, REPLY)) for _ in range(runs)]
    print(shown("first sentence of a reply", took))
    took = [await timed(partial(whole, speech, REPLY)) for _ in range(runs)]
    print(shown("whole reply of four sentences", took))
    await speech.aclose()
    spoken = [audible(sound) for sound in sounds]
    for calls in options.calls:
        async with provider(max(options.calls)) as (url, started_s):
            rounds = options.rounds if calls > 1 else options.rounds * 5
            waits = await measure_calls(url, calls, rounds, spoken, options.silence_ms)
        name = f"{calls} call" if calls == 1 else f"{calls} calls at once"
        print(shown(f"{name}: end of turn to first sound", waits.after_decision))
        print(shown(f"{name}: the same with a tool call between", waits.with_tool))
        print(shown(f"{name}: last sound to first sound, less the silence asked for", waits.felt))
        print(shown(f"{name}: typed line to first sound", waits.typed))
        print(f"| {name}: start of the provider, s | {started_s:.1f} | | 1 |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.offline_latency")
    parser.add_argument("--runs", type=int, default=40, help="of each stage")
    parser.add_argument("--calls", type=int, nargs="*", default=[1, 10, 25])
    parser.add_argument(
        "--rounds", type=int, default=4, help="turns of each call, five times for one"
    )
    parser.add_argument("--silence-ms", type=int, default=500, help="that ends a turn")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
