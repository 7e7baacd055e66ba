"""Speech to words: Whisper tiny.en, tuned for short requests full of order numbers.

What comes out has every number spelled in words; ``wording`` turns those into figures.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agent_service.audio import SAMPLE_RATE_HZ, resample, samples
from agent_service.offline.speech.mel import RATE_HZ, MelSpectrogram
from agent_service.offline.speech.weights import optional_module

SPELLING_PROMPT: Final = (
    "Hello, customer support. My order number is two oh oh five eight. Order two seven three "
    "double six. Ten forty two. Case H A four four one, ticket Q N nine two three. My email is "
    "sam underscore lee at gmail dot com, or jane dash wood at example dot org. I would like a "
    "refund, a return, a replacement."
)
"""Shows the recogniser how callers spell. With it, numbers come out one digit at a time."""
PLAIN_PROMPT: Final = "My number is five five five, zero one two, three four five six."
"""For another attempt where the network stopped after the first words, as it sometimes does."""

_SHORTEST_WINDOW_S: Final = 12.0
"""Whisper was made for 30 s. Less is quicker, but under some 10 s it begins to repeat itself."""
_LONGEST_PIECE_S: Final = 25.0
_PROMPT_TOKENS: Final = 200
_TOKENS_PER_SECOND: Final = 7
_SPARE_TOKENS: Final = 10
"""Where the network repeats itself it goes on to this limit, and the caller waits for it."""
_NO_SPEECH: Final = 0.5
_DOUBTFUL_LOG_PROBABILITY: Final = -1.0
_WORST_LOG_PROBABILITY: Final = -2.0
_SURE_LOG_PROBABILITY: Final = -0.3
"""From here up hearing again changed nothing; a third of short requests are below."""
_SLOWER: Final = 0.88
_LEAST_PROBABILITY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a recording as the recogniser wrote them."""

    words: str
    log_probability: float
    """Mean of a token; 0 is best."""


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Sound as the decoder reads it."""

    features: Any
    seconds: float
    frames: int
    """Of the spectrogram, with the silence that fills the window."""


class Recogniser:
    """The recognition network; may be used from several threads at once."""

    def __init__(
        self, folder: Path, *, workers: int, familiarity: Callable[[str], int] = lambda words: 0
    ) -> None:
        """Load the network; ``familiarity`` rates words that hold an address, others are 0."""
        ctranslate2 = optional_module("ctranslate2")
        tokenizers = optional_module("tokenizers")
        self._familiarity = familiarity
        self._storage = ctranslate2.StorageView
        self._network = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=1, inter_threads=workers
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

    def hear(
        self, pcm: bytes, *, prompt: str | None = None, spelling: str = SPELLING_PROMPT
    ) -> Heard:
        """Return the words in 24 kHz speech; ``prompt`` holds names and forms to expect."""
        sound = samples(resample(pcm, SAMPLE_RATE_HZ, RATE_HZ)).astype(np.float32) / np.float32(
            32_768
        )
        before = self._prompt_tokens(prompt, spelling)
        pieces = [self._hear_piece(piece, before) for piece in cut_at_pauses(sound)]
        kept = [piece for piece in pieces if piece.words]
        if not kept:
            return Heard("", 0.0)
        words = sum(len(piece.words) for piece in kept)
        weighted = sum(piece.log_probability * len(piece.words) for piece in kept)
        return Heard(" ".join(piece.words for piece in kept), weighted / words)

    def _prompt_tokens(self, prompt: str | None, spelling: str) -> list[int]:
        text = f" {spelling} {prompt}" if prompt else f" {spelling}"
        tokens: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [self._previous, *tokens[-_PROMPT_TOKENS:], *self._start]

    def _hear_piece(self, sound: NDArray[np.float32], before: Sequence[int]) -> Heard:
        """Hear once, and where that leaves doubt once more, slower.

        The better known address stands, else the likelier words.
        """
        encoded = self._encoded(sound)
        heard = self._read(encoded, before)
        if heard and heard.log_probability >= _SURE_LOG_PROBABILITY:
            return heard
        again = self._read(self._encoded(slowed(sound)), before)
        if heard is None or again is None or heard.words == again.words:
            return heard or again or Heard("", 0.0)
        known, known_again = self._familiarity(heard.words), self._familiarity(again.words)
        if known or known_again:
            return again if known_again > known else heard
        return max(heard, again, key=lambda each: self._likelihood(encoded, before, each.words))

    def _encoded(self, sound: NDArray[np.float32]) -> _Encoded:
        seconds = len(sound) / RATE_HZ
        window_s = max(_SHORTEST_WINDOW_S, math.ceil(seconds + 1))
        picture = self._storage.from_array(self._mel.of(sound, window_s))
        return _Encoded(self._network.encode(picture), seconds, picture.shape[-1])

    def _read(self, encoded: _Encoded, before: Sequence[int]) -> Heard | None:
        """Return the words, or None where there hardly were any."""
        longest = _SPARE_TOKENS + int(_TOKENS_PER_SECOND * encoded.seconds)
        result = self._network.generate(
            encoded.features,
            [list(before)],
            beam_size=1,
            max_length=len(before) + longest,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        score = float(result.scores[0])
        is_doubtful = result.no_speech_prob > _NO_SPEECH and score < _DOUBTFUL_LOG_PROBABILITY
        text = self._tokenizer.decode(result.sequences_ids[0], skip_special_tokens=True).strip()
        if is_doubtful or score < _WORST_LOG_PROBABILITY or _HUMMING.fullmatch(text):
            return None
        return Heard(without_repetition(text), score)

    def _likelihood(self, encoded: _Encoded, before: Sequence[int], words: str) -> float:
        """Return how likely the network finds the words in the sound, as a logarithm."""
        tokens = self._tokenizer.encode(f" {words}", add_special_tokens=False).ids
        aligned = self._network.align(encoded.features, list(before), [tokens], encoded.frames)[0]
        return sum(math.log(max(each, _LEAST_PROBABILITY)) for each in aligned.text_token_probs)


def slowed(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return sound as from a tape that runs slower, and so lower."""
    places = np.arange(int(len(sound) / _SLOWER)) * _SLOWER
    slow: NDArray[np.float32] = np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
    return slow


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
