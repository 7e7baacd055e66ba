"""Of two readings of an address the better known one stands."""

import pytest

from agent_service.offline.english.names import NameBook
from agent_service.offline.speech.familiarity import familiarity
from agent_service.offline.speech.synthesiser import Synthesiser
from agent_service.offline.speech.weights import SYNTHESIS, verified_folder


@pytest.fixture(scope="module")
def names() -> NameBook:
    return NameBook(Synthesiser(verified_folder(SYNTHESIS)).phonemes)


@pytest.mark.parametrize("words", ["", "Where is my order?", "Jane dot", "example dot com"])
def test_what_is_no_address_is_not_rated(names: NameBook, words: str) -> None:
    assert familiarity(words, names) == 0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("jane dot doe at gmail dot com", "jane dot doe at email dot com"),
        ("susan dot clark at example dot com", "susan dot clerk at example dot com"),
        ("emma dot stone at acme dot com", "ember dot store at acme dot com"),
        ("bob nine nine at northwind dot org", "bop nine nine at northwind dot org"),
    ],
)
def test_known_names_and_providers_count(names: NameBook, better: str, worse: str) -> None:
    assert familiarity(better, names) > familiarity(worse, names) > 0
