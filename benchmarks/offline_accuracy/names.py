"""How many names that were heard well are written as other ones, of names drawn by frequency.

    python -m benchmarks.offline_accuracy.names FOLDER

The folder holds the name files of the 1990 census of the United States (the package ``names``).
"""

import argparse
import random
from pathlib import Path

from agent_service.offline.english.names import NameBook
from agent_service.offline.english.wording import as_written
from agent_service.offline.speech.synthesiser import Synthesiser
from agent_service.offline.speech.weights import SYNTHESIS, verified_folder

_DRAWN = 1_000
_SEED = 7


def drawn(folder: Path, chance: random.Random, *lists: str) -> list[str]:
    """Return names of the lists, each as often as people bear it."""
    rows = [line.split() for name in lists for line in (folder / name).read_text().splitlines()]
    names, shares = [row[0].lower() for row in rows], [float(row[1]) for row in rows]
    return chance.choices(names, shares, k=_DRAWN)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.offline_accuracy.names")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    chance = random.Random(_SEED)
    first = drawn(folder, chance, "dist.female.first", "dist.male.first")
    last = drawn(folder, chance, "dist.all.last")
    book = NameBook(Synthesiser(verified_folder(SYNTHESIS)).phonemes)
    changed = [0, 0]
    for names in zip(first, last, strict=True):
        written = as_written(f"my email is {' dot '.join(names)} at acme dot com", book)
        local = written.removeprefix("my email is ").partition("@")[0].split(".")
        for place, name in enumerate(names):
            changed[place] += local[place : place + 1] != [name]
    print(f"first names changed: {changed[0]} of {_DRAWN}, last names: {changed[1]} of {_DRAWN}")


if __name__ == "__main__":
    main()
