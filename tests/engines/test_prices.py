"""What a response cost."""

import pytest

from agent_service.conversation.records import Usage
from agent_service.engines.dialects import BETA, GA
from agent_service.engines.prices import LIST_PRICES, priced
from agent_service.settings import ProviderSettings


def test_cached_tokens_are_part_of_the_input_and_have_their_own_price() -> None:
    usage = Usage(
        input_text_tokens=1000,
        input_audio_tokens=600,
        cached_text_tokens=400,
        cached_audio_tokens=100,
        output_text_tokens=200,
        output_audio_tokens=1200,
    )
    cost = priced(usage, LIST_PRICES["gpt-realtime"]).cost_usd
    assert cost == pytest.approx(
        (600 * 4 + 400 * 0.4 + 500 * 32 + 100 * 0.4 + 200 * 16 + 1200 * 64) / 1e6
    )


def test_a_minute_of_each_side_with_the_first_preview_costs_thirty_cents() -> None:
    usage = Usage(input_audio_tokens=600, output_audio_tokens=1200)
    price = LIST_PRICES["gpt-4o-realtime-preview-2024-10-01"]
    assert priced(usage, price).cost_usd == pytest.approx(0.06 + 0.24)


def test_no_price_means_no_cost() -> None:
    assert priced(Usage(input_text_tokens=5), None).cost_usd is None


def test_nothing_used_costs_nothing() -> None:
    assert priced(Usage(), LIST_PRICES["gpt-realtime"]).cost_usd == 0


@pytest.mark.parametrize(("model", "price"), [("whisper-1", 0.006), ("gpt-transcribe", 0.0045)])
def test_what_is_paid_by_the_minute_is_so_by_its_tokens(model: str, price: float) -> None:
    cost = priced(Usage(input_audio_tokens=600, output_text_tokens=9), LIST_PRICES[model]).cost_usd
    assert cost == pytest.approx(price)


def test_the_default_models_have_a_price() -> None:
    assert ProviderSettings().chosen_model in LIST_PRICES
    assert ProviderSettings(dialect="openai-beta").chosen_model in LIST_PRICES
    assert all(names.transcription_model in LIST_PRICES for names in (BETA, GA))
