"""Hearing and speaking for all calls of this process."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final

from agent_service.audio import bytes_to_ms
from agent_service.offline.english.names import NameBook
from agent_service.offline.english.wording import as_written
from agent_service.offline.ports import Recognition, SpokenPiece
from agent_service.offline.speech.familiarity import familiarity
from agent_service.offline.speech.pool import DuePool
from agent_service.offline.speech.recogniser import Recogniser
from agent_service.offline.speech.sentences import sentences
from agent_service.offline.speech.synthesiser import Synthesiser
from agent_service.offline.speech.vad import SileroDetector, VoiceNetwork, voiced_ms
from agent_service.offline.speech.weights import (
    RECOGNITION,
    SPELLING,
    SYNTHESIS,
    VOICE_ACTIVITY,
    PackageLocator,
    installed_folder,
    verified_folder,
)

_MOST_MS_PER_WORD: Final = 800
"""Whoever spells a long number slowly takes half a second for a digit."""
_LEAST_MS_PER_WORD: Final = 60
"""Nobody talks faster. A tune may hold moments that resemble speech, and yield a row of letters."""


class LocalSpeech:
    """Recognition and synthesis with models that came as packages; loads everything at once."""

    def __init__(
        self,
        *,
        workers: int = 2,
        progress: Callable[[str], None] = lambda step: None,
        locate: PackageLocator = installed_folder,
    ) -> None:
        progress("loading voice activity detection")
        self._network = VoiceNetwork(verified_folder(VOICE_ACTIVITY, locate))
        progress("loading the voice")
        self._synthesiser = Synthesiser(verified_folder(SYNTHESIS, locate))
        self._names = NameBook(self._synthesiser.phonemes)
        progress("loading speech recognition")
        self._recogniser = Recogniser(
            verified_folder(RECOGNITION, locate),
            verified_folder(SPELLING, locate) / SPELLING.files[0][0],
            workers=workers,
            familiarity=partial(familiarity, names=self._names),
        )
        progress("warming up")
        # The first run of each network is several times slower than the next: not on a caller.
        self._recogniser.hear(self._synthesiser.speak("All set."))
        self._pool = DuePool(workers)

    def detector(
        self, *, threshold: float, prefix_padding_ms: int, silence_duration_ms: int
    ) -> SileroDetector:
        """Return a voice activity detector for one caller."""
        return SileroDetector(
            self._network,
            threshold=threshold,
            prefix_padding_ms=prefix_padding_ms,
            silence_duration_ms=silence_duration_ms,
        )

    async def recognise(self, pcm: bytes, *, prompt: str | None = None) -> Recognition:
        """Return the words in the audio; ``prompt`` holds words to expect."""
        return await self._pool.run(partial(self._recognise, pcm, prompt), due=time.monotonic())

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[SpokenPiece]:
        """Yield the text sentence by sentence, each as soon as its audio is ready."""
        due = time.monotonic()
        for sentence in sentences(text):
            job = partial(self._synthesiser.speak, sentence, speed=speed)
            pcm = await self._pool.run(job, due=due)
            yield SpokenPiece(sentence, pcm)
            due = max(due, time.monotonic()) + bytes_to_ms(len(pcm)) / 1000

    async def aclose(self) -> None:
        """End the threads, once they have done what they are at; what still waits is cancelled."""
        await asyncio.to_thread(self._pool.close)

    def _recognise(self, pcm: bytes, prompt: str | None) -> Recognition:
        speech_ms = voiced_ms(self._network, pcm)
        if not speech_ms:
            return Recognition("", "", 0.0)
        heard = self._recogniser.hear(pcm, prompt=prompt)
        if prompt and speech_ms > _MOST_MS_PER_WORD * (len(heard.words.split()) + 1):
            # Told what to expect, the network at times stops after the first words.
            again = self._recogniser.hear(pcm)
            heard = max(heard, again, key=lambda each: len(each.words))
        if speech_ms < _LEAST_MS_PER_WORD * len(heard.words.split()):
            return Recognition("", "", 0.0)
        return Recognition(as_written(heard.words, self._names), heard.words, heard.log_probability)
