"""Has a provider say the notices, once each, in the voice in which its agent answers."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from agent_service.agent import AgentSettings
from agent_service.audio import BYTES_PER_MS
from agent_service.conversation.commands import EngineCommand, RequestResponse
from agent_service.conversation.events import (
    AgentAudio,
    AgentText,
    EngineDropped,
    EngineEvent,
    EngineRefused,
    ResponseFinished,
    ResponseStatus,
)
from agent_service.conversation.phrases import READ_ALOUD, SAY
from agent_service.conversation.records import Modality
from agent_service.conversation.spec import SessionSpec
from agent_service.errors import AudioError, EngineError
from agent_service.notices.levelling import levelled

INSTRUCTIONS: Final = (
    "You are the voice of a support line and record its announcements. Say each sentence that you "
    "are given word for word, calmly and kindly, and nothing else."
)
TRIES: Final = 4
SAYING_S: Final = 30.0
"""How long the provider may take for one notice."""
_WAIT_MOST_S: Final = 60.0
"""How long a provider that is busy may ask us to wait."""
_MS_A_CHARACTER: Final = 30
"""Nobody speaks so fast: what is shorter was not said to its end."""


class Engine(Protocol):
    """One provider session, as far as it is needed here."""

    async def open(self, spec: SessionSpec, deliver: Callable[[EngineEvent], None]) -> None: ...

    def send(self, command: EngineCommand) -> None: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class _Take:
    """One answer of the provider, as it comes in."""

    finished: asyncio.Future[ResponseFinished]
    text: str = ""
    audio: list[bytes] = field(default_factory=list)

    def event(self, event: EngineEvent) -> None:
        if self.finished.done():
            return
        match event:
            case AgentAudio(audio=audio):
                self.audio.append(audio)
            case AgentText(delta=delta):
                self.text += delta
            case ResponseFinished():
                self.finished.set_result(event)
            case EngineDropped(code, message) | EngineRefused(code, message):
                self.finished.set_exception(EngineError(message, code=code))
            case _:
                pass  # of the rest of an answer nothing is kept


class Studio:
    """A provider session in which notices are recorded."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._take: _Take | None = None
        self._lost: EngineDropped | None = None

    async def record(self, text: str, on_retry: Callable[[str], None]) -> bytes:
        """Return the text as it was said, levelled; ``on_retry`` is told why it is said again.

        Raises AudioError if it never comes out right, EngineError if the provider is lost.
        """
        for attempt in range(TRIES):
            request = (READ_ALOUD if attempt else SAY).format(text=text)
            try:
                return await self._try(request, text)
            except AudioError as error:
                on_retry(error.message)
        raise AudioError(f"It did not come out right in {TRIES} tries.")

    async def _try(self, request: str, text: str) -> bytes:
        if self._lost is not None:
            raise EngineError(self._lost.message, code=self._lost.code)
        self._take = take = _Take(asyncio.get_running_loop().create_future())
        self._engine.send(RequestResponse(request, uses_tools=False))
        try:
            async with asyncio.timeout(SAYING_S):
                finished = await take.finished
        except TimeoutError:
            raise EngineError(
                f"The provider did not say a sentence within {SAYING_S:g} s.",
                code="provider_unavailable",
            ) from None
        if finished.status is not ResponseStatus.COMPLETED:
            await asyncio.sleep(min(finished.retry_after_s or 0, _WAIT_MOST_S))
            why = finished.message or finished.code or "no reason given"
            raise AudioError(f"the provider stopped it as {finished.status}: {why}")
        return _checked(text, take)

    def deliver(self, event: EngineEvent) -> None:
        if isinstance(event, EngineDropped):
            self._lost = event
        if self._take is not None:
            self._take.event(event)


@asynccontextmanager
async def studio(
    engine: Engine, *, voice: str, language: str, transcription_model: str | None
) -> AsyncIterator[Studio]:
    """Open a provider session for the block; raise EngineError when it cannot be had."""
    made = Studio(engine)
    agent = AgentSettings(
        name="notices",
        title="Notices",
        instructions=INSTRUCTIONS,
        voice=voice,
        language=language,
    )
    spec = SessionSpec(agent, Modality.AUDIO, transcription_model)
    try:
        await engine.open(spec, made.deliver)
        yield made
    finally:
        await engine.close()


def _checked(text: str, take: _Take) -> bytes:
    """Return the sound if it is the text, as far as can be told; else AudioError says why not."""
    if _bare(take.text) != _bare(text):
        raise AudioError(f'the provider said "{take.text.strip()}"')
    sound = levelled(b"".join(take.audio), "what the provider sent")
    if len(sound) < len(text) * _MS_A_CHARACTER * BYTES_PER_MS:
        raise AudioError(f"it lasts only {len(sound) // BYTES_PER_MS} ms")
    return sound


def _bare(text: str) -> str:
    """Return letters and digits alone: punctuation, and where words are joined, is not heard."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())
