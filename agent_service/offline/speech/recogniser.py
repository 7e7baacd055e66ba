"""Speech to words: Whisper tiny.en, taught to take down short requests full of order numbers.

What comes out has every number spelled in words; ``wording`` turns those into figures.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ, resample, samples
from agent_service.offline.speech.adapter import adapted
from agent_service.offline.speech.mel import RATE_HZ, MelSpectrogram
from agent_service.offline.speech.weights import optional_module

_DESCRIPTIONS: Final = ("config.json", "vocabulary.txt")
"""What the network reads beside its weights."""
_SHORTEST_WINDOW_S: Final = 8.0
"""Whisper was made for 30 s. Less is quicker; as taught, it takes no harm."""
_LONGEST_PIECE_S: Final = 25.0
_PROMPT_TOKENS: Final = 200
_TOKENS_PER_SECOND: Final = 7
_SPARE_TOKENS: Final = 10
"""Where the network repeats itself it goes on to this limit, and the caller waits for it."""
_NO_SPEECH: Final = 0.5
_DOUBTFUL_LOG_PROBABILITY: Final = -1.0
_WORST_LOG_PROBABILITY: Final = -2.0
_READINGS: Final = 4
_NEARLY_AS_LIKELY: Final = 0.15
"""How much less, as a mean logarithm of a token, a better known reading may be."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a recording as the recogniser wrote them."""

    words: str
    log_probability: float
    """Mean of a token; 0 is best."""


class Recogniser:
    """The recognition network; may be used from several threads at once."""

    def __init__(
        self,
        folder: Path,
        adapter: Path,
        *,
        workers: int,
        familiarity: Callable[[str], int] = lambda words: 0,
    ) -> None:
        """Load the network; ``familiarity`` rates words that hold an address, others are 0."""
        ctranslate2 = optional_module("ctranslate2")
        tokenizers = optional_module("tokenizers")
        self._familiarity = familiarity
        self._storage = ctranslate2.StorageView
        self._network = ctranslate2.models.Whisper(
            str(folder),
            device="cpu",
            compute_type="int8",
            intra_threads=1,
            inter_threads=workers,
            files={
                "model.bin": adapted((folder / "model.bin").read_bytes(), adapter),
                **{name: (folder / name).read_bytes() for name in _DESCRIPTIONS},
            },
        )
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        token = self._tokenizer.token_to_id
        self._start = [token("<|startoftranscript|>"), token("<|notimestamps|>")]
        self._previous = token("<|startofprev|>")
        # Left to itself Whisper drops or doubles figures: "33901" becomes "3301". Without them it
        # has to spell the digits, and does so faithfully. -1 stands for its own list.
        self._suppressed = [-1] + [
            number
            for text, number in self._tokenizer.get_vocab().items()
            if re.search(r"\d", text) and not text.startswith("<|")
        ]
        self._mel = MelSpectrogram()

    def hear(self, pcm: bytes, *, prompt: str | None = None) -> Heard:
        """Return the words in 24 kHz speech; ``prompt`` holds names and forms to expect."""
        sound = samples(resample(pcm, SAMPLE_RATE_HZ, RATE_HZ)).astype(np.float32) / np.float32(
            32_768
        )
        before = self._prompted(prompt) if prompt else self._start
        pieces = [self._hear_piece(piece, before) for piece in cut_at_pauses(sound)]
        kept = [piece for piece in pieces if piece.words]
        if not kept:
            return Heard("", 0.0)
        words = sum(len(piece.words) for piece in kept)
        weighted = sum(piece.log_probability * len(piece.words) for piece in kept)
        return Heard(" ".join(piece.words for piece in kept), weighted / words)

    def _prompted(self, prompt: str) -> list[int]:
        tokens: list[int] = self._tokenizer.encode(f" {prompt}", add_special_tokens=False).ids
        return [self._previous, *tokens[-_PROMPT_TOKENS:], *self._start]

    def _hear_piece(self, sound: NDArray[np.float32], before: Sequence[int]) -> Heard:
        """Return the likeliest words; of readings with addresses in them the best known one."""
        seconds = len(sound) / RATE_HZ
        window_s = max(_SHORTEST_WINDOW_S, math.ceil(seconds + 1))
        picture = self._storage.from_array(self._mel.of(sound, window_s))
        longest = _SPARE_TOKENS + int(_TOKENS_PER_SECOND * seconds)
        result = self._network.generate(
            self._network.encode(picture),
            [list(before)],
            beam_size=_READINGS,
            num_hypotheses=_READINGS,
            max_length=len(before) + longest,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        score = float(result.scores[0])
        is_doubtful = result.no_speech_prob > _NO_SPEECH and score < _DOUBTFUL_LOG_PROBABILITY
        readings = [
            self._tokenizer.decode(ids, skip_special_tokens=True).strip()
            for ids, each in zip(result.sequences_ids, result.scores, strict=True)
            if each >= score - _NEARLY_AS_LIKELY
        ]
        if is_doubtful or score < _WORST_LOG_PROBABILITY or _HUMMING.fullmatch(readings[0]):
            return Heard("", 0.0)
        return Heard(without_repetition(max(readings, key=self._familiarity)), score)


def cut_at_pauses(sound: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Cut sound that is too long for one window, each time at the quietest moment."""
    pieces = []
    longest, step = int(_LONGEST_PIECE_S * RATE_HZ), RATE_HZ // 5
    while len(sound) > longest:
        later_half = sound[longest // 2 : longest]
        blocks = later_half[: len(later_half) // step * step].reshape(-1, step)
        quietest = int(np.argmin((blocks**2).sum(axis=1)))
        at = longest // 2 + quietest * step + step // 2
        pieces.append(sound[:at])
        sound = sound[at:]
    return [*pieces, sound]


_HUMMING: Final = re.compile(r"([A-Za-z])(?:[\s,.-]+\1){2,}\W*", re.I)
"""What a tune or a hum is read as: "M M M M"."""
_REPEATED: Final = re.compile(r"\b((?:[\w'-]+[,.!?;]*\s+){3,}?[\w'-]+[,.!?;]*)(?:\s+\1)+", re.I)
_LAST_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+([^.!?]+ [^.!?]+)$")


def without_repetition(text: str) -> str:
    """Take back a slip of the network: words that begin all over again.

    Four or more words that directly follow themselves are said once, and an unfinished sentence at
    the end that begins like one before it goes.
    """
    text = _REPEATED.sub(r"\1", text)
    last = _LAST_SENTENCE.search(text)
    if last and f" {text[: last.start()]}".lower().find(f" {last[1]}".lower()) >= 0:
        return text[: last.start()]
    return text
