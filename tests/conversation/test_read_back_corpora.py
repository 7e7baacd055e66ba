"""What counts as the read-back having been said: the corpora, its rules, and what the page says."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent_service.conversation.read_back import says_the_same

PROJECT = Path(__file__).parents[2]
DATA = PROJECT / "tests" / "data" / "read_backs"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt")
KINDS = (
    "polite-prefix", "case", "number-words", "date-words", "wording", "order", "question",
    "own-words", "address", "amount", "currency", "number", "quantity", "digits-swapped", "date",
    "weekday", "time", "phone-ending", "postcode", "name", "verb", "negated", "condition",
    "promise", "done-already", "added-action", "goods-added", "goods-missing", "goods-swapped",
    "other-goods", "half-missing", "no-question", "other-question", "extra-question",
    "other-language", "empty", "punctuation",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    language: str
    read_back: str
    spoken: str
    right: str
    kind: str

    @property
    def is_right(self) -> bool:
        is_same = says_the_same(self.read_back, self.spoken, language=self.language)
        return is_same is (self.right == "same")


def corpus(name: str) -> list[Pair]:
    lines = (DATA / f"{name}.tsv").read_text().split("\n")
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Pair(*row) for row in rows[1:]]


@pytest.mark.parametrize("name", ["development", "held_apart", "neighbours"])
def test_what_differs_is_never_the_same(name: str) -> None:
    assert [pair for pair in corpus(name) if pair.right == "different" and not pair.is_right] == []


@pytest.mark.parametrize("name", ["development", "held_apart", "neighbours"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_honest_paraphrases_are_the_same(name: str, language: str) -> None:
    honest = [pair for pair in corpus(name) if pair.right == "same" and pair.language == language]
    assert sum(pair.is_right for pair in honest) >= 0.95 * len(honest)


def table() -> Iterator[str]:
    """Yield the table of docs/tools.md: how many of the lines held apart are read rightly."""
    pairs = corpus("held_apart")
    yield f"| Right | Kind | {' | '.join(LANGUAGES)} | All |"
    yield f"| --- | --- |{' --- |' * (len(LANGUAGES) + 1)}"
    for right in ("same", "different"):
        told = [pair for pair in pairs if pair.right == right]
        for kind in KINDS:
            yield from row(right, kind, [pair for pair in told if pair.kind == kind])
        yield from row(right, "all", told)


def row(right: str, kind: str, pairs: Sequence[Pair]) -> Iterator[str]:
    of = Counter(pair.language for pair in pairs)
    well = Counter(pair.language for pair in pairs if pair.is_right)
    cells = [f"{well[code]}/{of[code]}" if of[code] else "" for code in LANGUAGES]
    if pairs:
        yield f"| {right} | {kind} | {' | '.join(cells)} | {well.total()}/{of.total()} |"


def test_the_page_shows_what_is_taken() -> None:
    page = (PROJECT / "docs" / "tools.md").read_text()
    shown = re.search(r"<!-- read-backs -->\n(.*?)\n<!-- end -->", page, re.DOTALL)
    assert shown is not None
    assert shown[1].splitlines() == list(table())
    assert {pair.kind for pair in corpus("held_apart")} <= set(KINDS)
