"""How far reviewers agree: Krippendorff's alpha. Pure.

1 is whole agreement, 0 what chance would give, below 0 is less than that. It takes any number of
reviewers and units that not all have judged. After K. Krippendorff, "Computing Krippendorff's
Alpha-Reliability" (2011), https://repository.upenn.edu/asc_papers/43.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations_with_replacement, permutations
from typing import TypeAlias

Apart: TypeAlias = Callable[[int, int], float]
"""How far two values are apart, squared, by their places in the order of all."""
Distance: TypeAlias = Callable[[Sequence[float], Mapping[float, float]], Apart]
"""Of all values in their order, and how often each was given."""


def alpha(units: Iterable[Iterable[float]], distance: Distance) -> float | None:
    """Return the agreement on units, each with the values that reviewers gave it.

    None where there is nothing to compare: no unit with two values, or all values are the same.
    """
    pairs: defaultdict[tuple[float, float], float] = defaultdict(float)
    for unit in units:
        values = [*unit]
        for one, other in permutations(values, 2):
            pairs[one, other] += 1 / (len(values) - 1)
    counts: defaultdict[float, float] = defaultdict(float)
    for (one, _), weight in pairs.items():
        counts[one] += weight
    values, total = sorted(counts), sum(counts.values())
    apart = distance(values, counts)
    observed = expected = 0.0
    for a, b in combinations_with_replacement(range(len(values)), 2):
        far = apart(a, b)
        observed += pairs[values[a], values[b]] * far
        expected += counts[values[a]] * counts[values[b]] * far
    if not expected:
        return None
    return 1 - (total - 1) * observed / expected


def nominal(values: Sequence[float], counts: Mapping[float, float]) -> Apart:
    """Values are the same or not."""
    return lambda a, b: float(a != b)


def ordinal(values: Sequence[float], counts: Mapping[float, float]) -> Apart:
    """Values have an order: they are as far apart as many were given between them."""

    def apart(a: int, b: int) -> float:
        between = sum(counts[one] for one in values[a : b + 1])
        return float((between - (counts[values[a]] + counts[values[b]]) / 2) ** 2)

    return apart


def interval(values: Sequence[float], counts: Mapping[float, float]) -> Apart:
    """Values are numbers: they are as far apart as their difference."""
    return lambda a, b: (values[a] - values[b]) ** 2
