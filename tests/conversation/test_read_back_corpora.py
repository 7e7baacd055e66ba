"""How read-backs in other words are taken: pairs written for it, and the table of the page."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent_service.conversation.read_back import says_the_same

PROJECT = Path(__file__).parents[2]
DATA = PROJECT / "tests" / "data" / "read_backs"
LANGUAGES = ("de", "en", "es", "fr", "it", "pt")
CORPORA = {
    "development": 0.95,
    "held_apart": 0.95,
    "neighbours": 0.94,
    "realistic": 0.85,
    "retellings": 0.60,
    "unseen": 0.80,
    "unseen_later": 0.90,
    "unseen_third": 0.85,
    "unseen_last": 0.80,
    "blind": 0.8,
    "unseen_fourth": 0.35,
    "unseen_fifth": 0.15,
}
"""How many of the honest ones have to be taken, in each language. Of the others: none."""


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
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Pair(*row) for row in rows[1:]]


@pytest.mark.parametrize("name", CORPORA)
def test_what_differs_is_never_the_same(name: str) -> None:
    assert [pair for pair in corpus(name) if pair.right == "different" and not pair.is_right] == []


@pytest.mark.parametrize(("name", "share"), CORPORA.items())
@pytest.mark.parametrize("language", LANGUAGES)
def test_honest_paraphrases_are_the_same(name: str, share: float, language: str) -> None:
    honest = [pair for pair in corpus(name) if pair.right == "same" and pair.language == language]
    assert sum(pair.is_right for pair in honest) >= share * len(honest)


@pytest.mark.parametrize("name", ["unseen", "unseen_later", "unseen_third"])
def test_another_figure_makes_it_another(name: str) -> None:
    for pair in corpus(name):
        for figure in re.finditer(r"[0-9]", pair.spoken if pair.right == "same" else ""):
            other = str((int(figure[0]) + 1) % 10)
            spoken = pair.spoken[: figure.start()] + other + pair.spoken[figure.end() :]
            assert not says_the_same(pair.read_back, spoken, language=pair.language), spoken


def table() -> Iterator[str]:
    """Yield the table of the page: how many lines of the last lot are read rightly."""
    pairs = corpus("unseen_last")
    yield f"| Right | Kind | {' | '.join(LANGUAGES)} |"
    yield f"| --- | --- |{' --- |' * len(LANGUAGES)}"
    for right in ("same", "different"):
        told = [pair for pair in pairs if pair.right == right]
        yield row(right, "**all**", told)
        for kind in sorted({pair.kind for pair in told}):
            yield row(right, kind, [pair for pair in told if pair.kind == kind])


def row(right: str, kind: str, pairs: Sequence[Pair]) -> str:
    of = Counter(pair.language for pair in pairs)
    well = Counter(pair.language for pair in pairs if pair.is_right)
    cells = (f"{well[code]} of {of[code]}" if of[code] else "" for code in LANGUAGES)
    return f"| {right} | {kind} | {' | '.join(cells)} |"


def test_the_page_shows_what_is_taken() -> None:
    page = (PROJECT / "docs" / "tools.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- read-backs -->\n(.*?)\n<!-- end -->", page, re.DOTALL)
    assert shown is not None
    assert shown[1].splitlines() == list(table())
