"""Teaches the adapters: batches of distorted sound, and the loop over them."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from agent_service.offline.speech.mel import RATE_HZ, MelSpectrogram
from benchmarks.recogniser_training.network import Whisper
from benchmarks.recogniser_training.sound import Sound, distorted, no_speech

RANK: Final = 16
_WINDOWS_S: Final = (6, 6, 6, 8, 12)
_LONGEST_S: Final = 20.0
_SENTENCES_IN_PAIRS: Final = 0.12
_NOT_PROMPTED: Final = 0.75
_NO_SPEECH: Final = 0.04
_PROMPT_TOKENS: Final = 200
_IGNORED: Final = -100
_IMPOSSIBLE: Final = -1e4
_WARM_UP_STEPS: Final = 50


@dataclass(frozen=True, slots=True)
class Example:
    sound: NDArray[np.int16]
    """At 16 kHz."""
    words: str


@dataclass(frozen=True, slots=True)
class Batch:
    pictures: Tensor
    tokens: Tensor
    """What the decoder reads: the prompt, the start, the words."""
    wanted: Tensor
    """What it shall write after each token from ``start`` on."""
    start: int


class Batches:
    """Draws batches of examples, each time distorted anew."""

    def __init__(self, examples: Sequence[Example], tokenizer: Path, seed: int) -> None:
        self._examples = examples
        self._random = Random(seed)
        self._mel = MelSpectrogram()
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        numbers: dict[str, int] = self._tokenizer.get_vocab()
        self._start = [numbers["<|startoftranscript|>"], numbers["<|notimestamps|>"]]
        self._previous, self._end = numbers["<|startofprev|>"], numbers["<|endoftext|>"]

    def never_written(self) -> list[int]:
        """Return the tokens with figures: the recogniser may not write them."""
        vocabulary = self._tokenizer.get_vocab().items()
        return [
            number
            for text, number in vocabulary
            if re.search(r"\d", text) and not text.startswith("<|")
        ]

    def draw(self, size: int) -> Batch:
        """Return a batch of likes: what is long costs all the others of its batch."""
        if self._random.random() < _SENTENCES_IN_PAIRS:
            taken = [self._pair() for _ in range(size // 2)]
        else:
            more = sorted((self._one() for _ in range(4 * size)), key=lambda each: len(each[0]))
            first = self._random.randrange(3 * size)
            taken = more[first : first + size]
        sounds, texts = zip(*map(self._as_heard, taken), strict=True)
        longest = max(map(len, sounds)) / RATE_HZ
        window = math.ceil(max(longest + 0.5, self._random.choice(_WINDOWS_S)))
        pictures = np.concatenate([self._mel.of(sound, window) for sound in sounds])
        before = self._prompt()
        words = [[*self._ids(text), self._end] if text else [self._end] for text in texts]
        most = max(map(len, words))
        tokens = np.full((len(words), len(before) + most - 1), self._end)
        wanted = np.full((len(words), most), _IGNORED)
        for row, ids in enumerate(words):
            tokens[row, : len(before)] = before
            tokens[row, len(before) : len(before) + len(ids) - 1] = ids[:-1]
            wanted[row, : len(ids)] = ids
        return Batch(
            torch.from_numpy(pictures),
            torch.from_numpy(tokens),
            torch.from_numpy(wanted),
            len(before) - 1,
        )

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(f" {text}", add_special_tokens=False).ids
        return ids

    def _prompt(self) -> list[int]:
        """Return what a batch is told to expect: mostly nothing, else words of other examples."""
        if self._random.random() < _NOT_PROMPTED:
            return self._start
        told = self._random.sample(self._examples, self._random.randint(1, 4))
        text = " ".join(example.words for example in told)
        return [self._previous, *self._ids(text)[-_PROMPT_TOKENS:], *self._start]

    def _as_heard(self, example: tuple[Sound, str]) -> tuple[Sound, str]:
        """Return an example as it reaches the recogniser; at times no speech in its place."""
        if self._random.random() < _NO_SPEECH:
            return no_speech(self._random), ""
        sound, words = example
        return distorted(sound, self._random)[: int(_LONGEST_S * RATE_HZ)], words

    def _pair(self) -> tuple[Sound, str]:
        (sound, words), (further, more) = self._one(), self._one()
        pause = np.zeros(int(self._random.uniform(0.2, 1.2) * RATE_HZ), np.float32)
        return np.concatenate([sound, pause, further]), f"{words} {more}"

    def _one(self) -> tuple[Sound, str]:
        example = self._random.choice(self._examples)
        return example.sound.astype(np.float32) / np.float32(32_768), example.words


def learn(
    network: Whisper, batches: Batches, *, steps: int, size: int, rate: float
) -> Iterator[float]:
    """Change the network's adapters so that the words get likelier; yield each step's loss."""
    thin = [(name, each) for name, each in network.named_parameters()]
    groups = [
        {"params": [each for name, each in thin if name.endswith("up")], "lr": 2 * rate},
        {"params": [each for name, each in thin if name.endswith("down")], "lr": rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: (
            min(1.0, (step + 1) / _WARM_UP_STEPS) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        ),
    )
    never = torch.zeros(network.vocabulary)
    never[batches.never_written()] = _IMPOSSIBLE
    for _ in range(steps):
        batch = batches.draw(size)
        sound = network.encode(batch.pictures, torch.bfloat16)
        scores = network.decode(sound, batch.tokens, batch.start) + never
        loss = functional.cross_entropy(
            scores.flatten(0, 1), batch.wanted.flatten(), ignore_index=_IGNORED
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        yield float(loss.detach())
