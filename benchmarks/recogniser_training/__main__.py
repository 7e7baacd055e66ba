"""Makes the recogniser's adapter; see the README beside it."""

import argparse
import csv
import json
import re
from collections import deque
from itertools import islice
from pathlib import Path
from random import Random
from statistics import fmean

import numpy as np
import torch

from agent_service.audio import encode_wav, samples
from agent_service.offline.speech.adapter import weights_of
from agent_service.offline.speech.mel import RATE_HZ
from agent_service.offline.speech.weights import RECOGNITION, verified_folder
from benchmarks.recogniser_training.learning import RANK, Batches, Example, learn
from benchmarks.recogniser_training.network import Whisper
from benchmarks.recogniser_training.texts import LineMaker, census_names, kept_apart
from benchmarks.recogniser_training.voices import Kokoro, Machines, Voice

ACCURACY = Path(__file__).parent.parent / "offline_accuracy"
_SAVED_EVERY = 100
_QUESTION = re.compile(
    r"(what|where|when|who|how|why|which|can|could|do|does|did|is|are|will|would|should|has|have|"
    r"was|am)\b",
    re.I,
)


def plain_sentences(banking: Path, clinc: Path) -> list[str]:
    """Return crowd-written requests without figures, written as the recogniser would."""
    with banking.open(newline="") as file:
        texts = [row["text"].strip() for row in csv.DictReader(file)]
    data = json.loads(clinc.read_text())
    for text, _ in data["train"] + data["oos_train"]:
        end = "?" if _QUESTION.match(text) else "."
        texts.append(re.sub(r"\bi\b", "I", text) + end)
    ended = (text if text[-1:] in ".?!" else f"{text}." for text in texts)
    sentences = [text[0].upper() + text[1:] for text in ended if 3 <= len(text.split()) <= 16]
    return [text for text in sentences if re.fullmatch(r"[A-Za-z ',.?!;:-]+", text)]


def say(voice: Voice, lines: LineMaker, count: int, folder: Path) -> None:
    """Let voices say lines, and write each as a WAV file with its words beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lines.jsonl").open("w") as index:
        for number, line in enumerate(islice(lines.lines(), count)):
            file = folder / f"{number:05}.wav"
            file.write_bytes(encode_wav(voice(line.say).astype("<i2").tobytes(), RATE_HZ))
            entry = {"sound": file.name, "kind": line.kind, "words": line.words}
            index.write(json.dumps(entry) + "\n")
            index.flush()


def read(folders: list[Path]) -> list[Example]:
    """Return what was said, from the folders that ``say`` has written."""
    examples = []
    for folder in folders:
        for line in (folder / "lines.jsonl").read_text().splitlines():
            entry = json.loads(line)
            # The file holds 16 kHz already; reading it as a WAV would resample it.
            pcm = (folder / entry["sound"]).read_bytes()[44:]
            examples.append(Example(samples(pcm), entry["words"]))
    return examples


def write(network: Whisper, file: Path, share: float) -> None:
    """Write a share of what was learnt as the product reads it: two matrices a weight."""
    thin = {}
    for weight, (up, down) in network.adapters().items():
        thin[f"{weight}:up"] = (share * up.detach()).numpy().astype(np.float16)
        thin[f"{weight}:down"] = down.detach().numpy().astype(np.float16)
    np.savez(file, allow_pickle=False, **thin)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recogniser_training")
    commands = parser.add_subparsers(dest="command", required=True)
    saying = commands.add_parser("say", help="let voices say made-up lines")
    saying.add_argument("folder", type=Path)
    saying.add_argument("--seed", type=int, required=True)
    saying.add_argument("--count", type=int, required=True)
    saying.add_argument("--banking", type=Path, required=True, help="BANKING77's train.csv")
    saying.add_argument("--clinc", type=Path, required=True, help="CLINC150's data_full.json")
    saying.add_argument("--names", type=Path, required=True, help="folder of census name files")
    saying.add_argument("--kokoro", type=Path, help="folder of model.onnx, vocab.json, voices/")
    learning = commands.add_parser("learn", help="teach the adapter what was said")
    learning.add_argument("folders", type=Path, nargs="+")
    learning.add_argument("--steps", type=int, default=2000)
    learning.add_argument("--batch", type=int, default=16)
    learning.add_argument("--rate", type=float, default=1e-3)
    learning.add_argument("--share", type=float, default=0.3, help="of what was learnt is kept")
    learning.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.command == "say":
        random = Random(options.seed + 1)
        voice: Voice = Machines(random)
        if options.kokoro:
            home = options.kokoro
            voice = Kokoro(home / "model.onnx", home / "vocab.json", home / "voices", random)
        apart = kept_apart(ACCURACY / "evaluation.jsonl", ACCURACY / "tuning.jsonl")
        sentences = plain_sentences(options.banking, options.clinc)
        lines = LineMaker(options.seed, sentences, census_names(options.names), apart)
        say(voice, lines, options.count, options.folder)
        return
    torch.manual_seed(0)
    folder = verified_folder(RECOGNITION)
    network = Whisper(weights_of(bytearray((folder / "model.bin").read_bytes())), RANK)
    batches = Batches(read(options.folders), folder / "tokenizer.json", seed=5)
    losses = learn(network, batches, steps=options.steps, size=options.batch, rate=options.rate)
    recent: deque[float] = deque(maxlen=_SAVED_EVERY)
    for step, loss in enumerate(losses, 1):
        recent.append(loss)
        if step % _SAVED_EVERY == 0 or step == options.steps:
            print(f"step {step} of {options.steps}: loss {fmean(recent):.4f}", flush=True)
            write(network, options.out, options.share)


if __name__ == "__main__":
    main()
