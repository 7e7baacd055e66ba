"""The measured tables of docs/record.md; a test compares them.

PYTHONPATH=. .venv/bin/python tests/plugins/card_table.py
"""

import random
from collections.abc import Iterator

from card_corpus import NETWORKS, SPELLINGS, STAYS, WITH_A_WORD, groups, spelled_cards, valid
from card_turns import PIECES, STAY, conversations, digits_left, keep

from agent_service.redaction import redact

COUNT = 200
LAST = 3
"""Digits at the end of a number of 18 or 19 that may be left when the first 16 are valid too."""
HALVES = ("made with", "held apart")


def table() -> str:
    """Return what share of cards goes and of other numbers stays, as Markdown."""
    rows = [
        "| Cards removed | made with | held apart |",
        "|---|---|---|",
        *(f"| {name} | {_share(name, 0)} | {_share(name, 1)} |" for name in SPELLINGS[HALVES[0]]),
        *(
            f"| {network} | {_removed(network, 0)} | {_removed(network, 1)} |"
            for network in NETWORKS
        ),
        "",
        "| Cards over two to four turns | rows without | log without | log with half at most |",
        "|---|---|---|---|",
        *_over_turns(),
        "",
        "| Numbers kept as they are | |",
        "|---|---|",
        *_kept(),
    ]
    return "\n".join(rows) + "\n"


def _percent(good: int, count: int) -> str:
    return f"{100 * good / count:.4g} %"


def _share(kind: str, half: int) -> str:
    texts = spelled_cards(HALVES[half], kind, COUNT, seed=half)
    return _percent(sum(redact(text) == left for text, left in texts), COUNT)


def _removed(network: str, half: int) -> str:
    """Return the share of a network's numbers, unbroken and in printed groups."""
    chance = random.Random(f"{network}{half}")
    kinds = NETWORKS[network] + WITH_A_WORD.get(network, ())
    good = 0
    for index in range(COUNT):
        beginning, length = kinds[index % len(kinds)]
        digits = valid(beginning, length, chance)
        text = f"card {digits}" if index % 2 else f"my card: {' '.join(groups(digits))}."
        good += not any(character.isdigit() for character in redact(text))
    return _percent(good, COUNT)


def _over_turns() -> Iterator[str]:
    for name, make in PIECES.items():
        for half in HALVES:
            told = list(conversations(make, half, COUNT))
            kept = [keep(turns) for turns in told]
            rows = sum(digits_left(t, k.rows) <= LAST for t, k in zip(told, kept, strict=True))
            left = [digits_left(t, k.lines) for t, k in zip(told, kept, strict=True)]
            none = sum(count <= LAST for count in left)
            half_of_it = sum(count <= 8 for count in left)
            shares = " | ".join(_percent(good, COUNT) for good in (rows, none, half_of_it))
            yield f"| {name} ({half}) | {shares} |"


def _kept() -> Iterator[str]:
    for half in HALVES:
        for name, write in STAYS[half].items():
            chance = random.Random(name)
            texts = [write(chance) for _ in range(COUNT)]
            yield f"| {name} ({half}) | {_percent(sum(redact(t) == t for t in texts), COUNT)} |"
    for name, make in STAY.items():
        for half in HALVES:
            told = [[turn.text for turn in turns] for turns in conversations(make, half, COUNT)]
            kept = [keep(turns).lines for turns in conversations(make, half, COUNT)]
            same = sum(one == other for one, other in zip(told, kept, strict=True))
            yield f"| {name}, in a conversation ({half}) | {_percent(same, COUNT)} |"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201
