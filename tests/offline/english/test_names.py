"""In front of the @ a word that sounds like a name is the name."""

import pytest

from agent_service.offline.english.names import NameBook
from agent_service.offline.english.wording import as_written
from agent_service.offline.speech.synthesiser import Synthesiser
from agent_service.offline.speech.weights import SYNTHESIS, verified_folder


@pytest.fixture(scope="module")
def names() -> NameBook:
    return NameBook(Synthesiser(verified_folder(SYNTHESIS)).phonemes)


@pytest.mark.parametrize(
    ("heard", "name"), [("merry", "mary"), ("susan", "susan"), ("nine a", "nina")]
)
def test_first_names_are_heard(names: NameBook, heard: str, name: str) -> None:
    assert names.first_name(heard) == name


@pytest.mark.parametrize(
    ("heard", "name"),
    [("clerk", "clark"), ("more", "moore"), ("joins", "jones"), ("jones", "jones")],
)
def test_last_names_are_heard(names: NameBook, heard: str, name: str) -> None:
    assert names.last_name(heard) == name


@pytest.mark.parametrize("heard", ["jon", "erica", "carla", "todd", "dawn"])
def test_first_names_that_were_heard_are_left_alone(names: NameBook, heard: str) -> None:
    assert names.first_name(heard) == heard


@pytest.mark.parametrize("heard", ["jensen", "norris", "peters", "reid", "shah", "yang", "doe"])
def test_last_names_that_were_heard_are_left_alone(names: NameBook, heard: str) -> None:
    assert names.last_name(heard) == heard


@pytest.mark.parametrize("word", ["newsletter", "billing", "x", "qz", "my"])
def test_what_sounds_like_no_name_is_none(names: NameBook, word: str) -> None:
    assert names.first_name(word) is None
    assert names.last_name(word) is None


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("It's susan dot clerk at example dot com.", "It's susan.clark@example.com."),
        ("Use nine a dot joins at example dot org", "Use nina.jones@example.org"),
        ("merry underscore more at example dot net", "mary_moore@example.net"),
        ("My email is brine dot turn red gmail dot com.", "My email is brian.turner@gmail.com."),
        ("It's Victor dot bellet example dot org.", "It's victor.bell@example.org."),
        ("Use lore seven two at example dot com.", "Use laura72@example.com."),
        ("Reach me at m dot owens at example dot net.", "Reach me at m.owens@example.net."),
        ("It's web dot shop at example dot com.", "It's web.shop@example.com."),
    ],
)
def test_addresses_hold_names(names: NameBook, heard: str, written: str) -> None:
    assert as_written(heard, names) == written


def test_names_change_nothing_outside_addresses(names: NameBook) -> None:
    assert as_written("The clerk was merry.", names) == "The clerk was merry."
