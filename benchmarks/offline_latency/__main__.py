"""Measures how long each stage of the offline provider's speech takes; see the README beside it."""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from agent_service.offline.speech.threads import keep_native_threads_single

keep_native_threads_single()

from agent_service.offline.speech.engine import LocalSpeech  # noqa: E402  # numpy comes with it

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


def shown(stage: str, took_ms: Sequence[float]) -> str:
    """Return a table row with the median, the ninetieth percentile and the number of runs."""
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


async def turns(
    speech: LocalSpeech, calls: int, rounds: int, sounds: Sequence[bytes]
) -> list[float]:
    """Let calls listen and answer, each at its own pace; return milliseconds to first sound."""
    took: list[float] = []

    async def call(number: int) -> None:
        for round_number in range(rounds):
            # Some ten seconds lie between two turns of a conversation.
            await asyncio.sleep(10.0 * ((number * 0.618 + round_number * 0.381) % 1.0))
            began = time.perf_counter()
            await speech.recognise(sounds[(number + round_number) % len(sounds)])
            answer = speech.speak(REPLY)
            await anext(answer)
            took.append((time.perf_counter() - began) * 1000)
            async for _ in answer:
                pass
            await asyncio.sleep(max(0.0, 10.0 - (time.perf_counter() - began)))

    async with asyncio.TaskGroup() as tasks:
        for number in range(calls):
            tasks.create_task(call(number))
    return took


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
    for calls in options.calls:
        took = await turns(speech, calls, options.rounds, sounds)
        print(shown(f"recognition and first sound, {calls} calls at once", took), flush=True)
    await speech.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.offline_latency")
    parser.add_argument("--runs", type=int, default=40, help="of each stage")
    parser.add_argument("--calls", type=int, nargs="*", default=[1, 10, 25])
    parser.add_argument("--rounds", type=int, default=4, help="turns of each call")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
