"""List prices of Realtime models, and of those that write down what is said, in USD per million
tokens, and what a response or a transcript cost.

Prices change and differ by contract: the table is a default that settings may replace. It is from
OpenAI's pages of the models (developers.openai.com/api/docs/models) as of November 2026; those of
Azure are taken to be the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent_service.conversation.records import Usage


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """USD per million tokens."""

    text_in: float
    text_cached: float
    text_out: float
    audio_in: float
    audio_cached: float
    audio_out: float


Prices = Mapping[str, ModelPrice]

_GPT_4O_FIRST = ModelPrice(5, 2.50, 20, 100, 20, 200)
_GPT_4O = ModelPrice(5, 2.50, 20, 40, 2.50, 80)
_MINI_PREVIEW = ModelPrice(0.60, 0.30, 2.40, 10, 0.30, 20)
_REALTIME = ModelPrice(4, 0.40, 16, 32, 0.40, 64)
_REALTIME_2 = ModelPrice(4, 0.40, 24, 32, 0.40, 64)
_MINI = ModelPrice(0.60, 0.06, 2.40, 10, 0.30, 20)

MODEL_PRICES: Prices = {
    "gpt-4o-realtime-preview": _GPT_4O,
    "gpt-4o-realtime-preview-2024-10-01": _GPT_4O_FIRST,
    "gpt-4o-realtime-preview-2024-12-17": _GPT_4O,
    "gpt-4o-realtime-preview-2025-06-03": _GPT_4O,
    "gpt-4o-mini-realtime-preview": _MINI_PREVIEW,
    "gpt-4o-mini-realtime-preview-2024-12-17": _MINI_PREVIEW,
    "gpt-realtime": _REALTIME,
    "gpt-realtime-2025-08-28": _REALTIME,
    "gpt-realtime-1.5": _REALTIME,
    "gpt-realtime-mini": _MINI,
    "gpt-realtime-mini-2025-10-06": _MINI,
    "gpt-realtime-mini-2025-12-15": _MINI,
    "gpt-realtime-2": _REALTIME_2,
    "gpt-realtime-2.1": _REALTIME_2,
    "gpt-realtime-2.1-mini": _MINI,
}


def transcriber_price(*, text_in: float, text_out: float, audio_in: float) -> ModelPrice:
    """Return the price of a model that only writes down what it hears."""
    return ModelPrice(text_in, text_in, text_out, audio_in, audio_in, 0)


def _by_minute(price: float) -> ModelPrice:
    """A minute of audio is 600 tokens."""
    return transcriber_price(text_in=0, text_out=0, audio_in=price / 600 * 1_000_000)


TRANSCRIBER_PRICES: Prices = {
    "gpt-transcribe": _by_minute(0.0045),
    "gpt-live-transcribe": _by_minute(0.017),
    "gpt-realtime-whisper": _by_minute(0.017),
    "gpt-4o-transcribe": transcriber_price(text_in=2.50, text_out=10, audio_in=6),
    "gpt-4o-mini-transcribe": transcriber_price(text_in=1.25, text_out=5, audio_in=3),
    "whisper-1": _by_minute(0.006),
}
LIST_PRICES: Prices = {**MODEL_PRICES, **TRANSCRIBER_PRICES}


def priced(usage: Usage, price: ModelPrice | None) -> Usage:
    """Return the usage with its cost; unchanged where no price is known."""
    if price is None:
        return usage
    millionths = (
        (usage.input_text_tokens - usage.cached_text_tokens) * price.text_in
        + usage.cached_text_tokens * price.text_cached
        + (usage.input_audio_tokens - usage.cached_audio_tokens) * price.audio_in
        + usage.cached_audio_tokens * price.audio_cached
        + usage.output_text_tokens * price.text_out
        + usage.output_audio_tokens * price.audio_out
    )
    return replace(usage, cost_usd=millionths / 1_000_000)
