"""Krippendorff's alpha gives what its author worked out by hand."""

import pytest

from agent_service.store.reviews.agreement import Distance, alpha, interval, nominal, ordinal

# "Computing Krippendorff's Alpha-Reliability" (2011): A, any two observers and two values; B, two
# observers and five values; C, four observers, missing values and values in an order.
MEG = "0100000010"
OWEN = "1110010000"
BEN = "aabbdcccedda"
GERRY = "babbbccceddd"
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
FOUR = [
    [float(value) for value in unit if value != "."]
    for unit in zip(*(line.split() for line in OBSERVERS), strict=True)
]


def test_two_observers_two_values() -> None:
    units = [[float(one), float(other)] for one, other in zip(MEG, OWEN, strict=True)]
    assert alpha(units, nominal) == pytest.approx(0.095, abs=5e-4)


def test_two_observers_five_values() -> None:
    units = [[float(ord(one)), float(ord(other))] for one, other in zip(BEN, GERRY, strict=True)]
    assert alpha(units, nominal) == pytest.approx(0.692, abs=5e-4)


@pytest.mark.parametrize(
    ("distance", "published"), [(nominal, 0.743), (ordinal, 0.815), (interval, 0.849)]
)
def test_four_observers_who_have_not_seen_all(distance: Distance, published: float) -> None:
    assert alpha(FOUR, distance) == pytest.approx(published, abs=5e-4)


def test_whole_agreement_is_one_and_nothing_to_compare_is_nothing() -> None:
    assert alpha([[1, 1], [2, 2], [3, 3, 3]], ordinal) == 1
    assert alpha([[1, 1], [1, 1]], ordinal) is None
    assert alpha([[1], [2], []], interval) is None
    assert alpha([], interval) is None


def test_agreeing_less_than_by_chance_is_below_nothing() -> None:
    found = alpha([[0, 1], [1, 0]], interval)
    assert found is not None
    assert found < 0
