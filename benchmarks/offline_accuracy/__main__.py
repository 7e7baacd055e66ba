"""Measures how well the offline provider understands speech; see the README beside it."""

import argparse
import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agent_service.audio import SAMPLE_RATE_HZ, read_wav, resample
from agent_service.offline.speech.engine import LocalSpeech
from benchmarks.offline_accuracy.scoring import Score, score
from benchmarks.offline_accuracy.voices import (
    PROGRAMS,
    Render,
    over_telephone,
    program,
    remembering,
)

HERE = Path(__file__).parent
HIBARI = "hibari heart"
NATURAL = (HIBARI, "flite slt", "flite rms", "festival slt")
ROBOTIC = ("espeak us", "espeak gb", "festival kal")
TUNING = ("flite awb",)
KINDS = ("order", "code", "email", "phone", "zip")
SILENCE = bytes(SAMPLE_RATE_HZ // 2)
"""A quarter of a second around each recording, as turn detection leaves it."""


@dataclass(frozen=True, slots=True)
class Utterance:
    kind: str
    say: str
    identifier: str | None


def read_set(name: str) -> list[Utterance]:
    """Return the utterances of a set: evaluation or tuning."""
    lines = (HERE / f"{name}.jsonl").read_text().splitlines()
    return [Utterance(**json.loads(line)) for line in lines]


def hibari(speech: LocalSpeech) -> Render:
    """Return the product's own voice."""

    async def say(text: str) -> bytes:
        return b"".join([piece.pcm async for piece in speech.speak(text)])

    return lambda text: asyncio.run(say(text))


def of_folder(folder: Path, utterances: list[Utterance]) -> Render:
    """Return a voice whose recordings lie in a folder as 000.wav, 001.wav ..."""
    places = {utterance.say: place for place, utterance in enumerate(utterances)}
    return lambda text: read_wav(folder / f"{places[text]:03}.wav")


def measure(
    speech: LocalSpeech,
    render: Render,
    utterances: list[Utterance],
    *,
    telephone: bool,
    shown: bool,
) -> list[Score]:
    """Let one voice say the utterances and score what is understood."""
    scores = []
    for utterance in utterances:
        pcm = render(utterance.say)
        sound = SILENCE + (over_telephone(pcm) if telephone else pcm) + SILENCE
        heard = asyncio.run(speech.recognise(sound))
        result = score(utterance.kind, utterance.say, utterance.identifier, heard.text)
        if shown and (result.is_exact is False or (result.is_exact is None and result.errors)):
            print(
                f"    {utterance.say!r} -> {heard.spoken!r} = {heard.text!r} {heard.confidence:.2f}"
            )
        scores.append(result)
    return scores


def exact(scores: Iterable[Score], *kinds: str) -> str:
    """Return "58/60 96.7 %"."""
    found = [each.is_exact for each in scores if each.is_exact is not None and each.kind in kinds]
    return f"{sum(found)}/{len(found)} {100 * sum(found) / len(found):.1f} %"


def row(name: str, scores: list[Score]) -> str:
    errors, words = sum(each.errors for each in scores), sum(each.words for each in scores)
    orders, every = exact(scores, "order"), exact(scores, *KINDS)
    return f"| {name} | {100 * errors / words:.1f} % | {orders} | {every} |"


def recordings(speech: LocalSpeech, folder: Path) -> str:
    """Score recordings of real people."""
    errors = words = 0
    for line in (HERE / "recordings.jsonl").read_text().splitlines():
        entry = json.loads(line)
        data = (folder / entry["file"]).read_bytes()
        if entry["file"].endswith(".wav"):
            pcm = read_wav(folder / entry["file"])
        else:
            pcm = resample(data, entry["rate_hz"], SAMPLE_RATE_HZ)
        heard = asyncio.run(speech.recognise(SILENCE + pcm + SILENCE))
        result = score("words", entry["say"], None, heard.text)
        print(f"    {entry['file']}: {result.errors} of {result.words}: {heard.text!r}")
        errors, words = errors + result.errors, words + result.words
    return f"| real recordings | {errors} errors in {words} words, {100 * errors / words:.1f} % |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.offline_accuracy")
    parser.add_argument("--set", choices=("evaluation", "tuning"), default="evaluation")
    parser.add_argument("--voices", nargs="*", help="only these", metavar="VOICE")
    parser.add_argument("--folder", nargs=2, action="append", default=[], metavar=("VOICE", "PATH"))
    parser.add_argument("--cache", type=Path, default=Path("data/offline_accuracy"))
    parser.add_argument("--recordings", type=Path, help="pocketsphinx-testdata's test/data folder")
    parser.add_argument("--misses", action="store_true", help="show what was misunderstood")
    options = parser.parse_args()
    utterances = read_set(options.set)
    speech = LocalSpeech(workers=1)
    known: dict[str, Render] = {
        HIBARI: hibari(speech),
        **{name: program(name) for name in PROGRAMS},
    }
    own = {name: of_folder(Path(path), utterances) for name, path in options.folder}
    standard = NATURAL + ROBOTIC if options.set == "evaluation" else TUNING
    names = [*(standard if options.voices is None else options.voices), *own]
    for telephone in (False, True):
        print(f"\n{'Telephone, 8 kHz mu-law' if telephone else '24 kHz'}\n")
        print("| voice | word errors | order numbers exact | all identifiers exact |")
        print("|---|---|---|---|")
        natural: list[Score] = []
        for name in names:
            render = own.get(name) or remembering(known[name], options.cache / name)
            scores = measure(speech, render, utterances, telephone=telephone, shown=options.misses)
            natural += scores if name not in ROBOTIC else []
            print(row(name, scores), flush=True)
        print(row("**all but the robotic ones**", natural))
        print("\n" + ", ".join(f"{kind} {exact(natural, kind)}" for kind in KINDS))
    if options.recordings:
        print("\n" + recordings(speech, options.recordings))


if __name__ == "__main__":
    main()
