"""Texts are turned into the words that the voice has to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.offline.speech.verbalise import digit_by_digit, verbalise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Order 1004 has shipped.", "Order one zero zero four has shipped."),
        ("Order #1002", "Order one zero zero two"),
        ("Your number is 10042.", "Your number is one zero zero four two."),
        ("Return RMA-77 is open.", "Return R M eh seven seven is open."),
        ("Tracking 1Z99", "Tracking one Z nine nine"),
        ("jane.doe@example.com", "jane dot doe at example dot com"),
        ("sam_lee9@example.org", "sam underscore lee nine at example dot org"),
        ("https://www.example.com/help", "example dot com slash help"),
        ("(555) 012-3456", "five five five, zero one two, three four five six"),
        ("on 2026-11-23", "on November 23, 2026"),
    ],
)
def test_identifiers_are_spelled(text: str, words: str) -> None:
    assert verbalise(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "In November 2026 we sent 1,250 parcels.",
        "Since 2024.",
        "November 23, 2026",
        "The 23rd at 5 p.m.",
        "You have 3 items.",
        "Save 100% today.",
    ],
)
def test_what_the_voice_reads_well_stays(text: str) -> None:
    assert verbalise(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It costs $49.99.", "It costs forty nine dollars and ninety nine cents."),
        (
            "Refund 1,234.56 euros?",
            "Refund one thousand two hundred and thirty four euros and fifty six cents?",
        ),
        ("24,99 €", "twenty four euros and ninety nine cents"),
        ("1.299,00 EUR", "one thousand two hundred and ninety nine euros"),
        ("10 000 €", "ten thousand euros"),
        ("$1,000,000", "one million dollars"),
        ("$0.05", "five cents"),
        ("-$5", "minus five dollars"),
        ("£3.01", "three pounds and one penny"),
        ("¥1200", "one thousand two hundred yen"),
        ("$5-$10", "five dollars to ten dollars"),
        ("1500 points", "one thousand five hundred points"),
        ("1½ hours", "1 and a half hours"),
        ("9am-5pm", "9am to 5pm"),
        ("5-7 business days", "5 to 7 business days"),
        ("2024 to 2026", "twenty twenty four to twenty twenty six"),
        ("-5 degrees", "minus 5 degrees"),
        ("v2.1.3", "V 2 dot 1 dot 3"),
    ],
)
def test_amounts_and_ranges_are_said_as_people_say_them(text: str, words: str) -> None:
    assert verbalise(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**Shipped** and `paid`", "Shipped and paid"),
        ("[your order](https://example.com)", "your order"),
        ("- one\n- two", "one\ntwo"),
        ("# Status\nGood", "Status\nGood"),
        ("<b>Hello</b>", "Hello"),
        ("Done \U0001f600", "Done"),
        ("salt & pepper", "salt and pepper"),
    ],
)
def test_markup_is_not_spoken(text: str, words: str) -> None:
    assert verbalise(text) == words


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_every_digit_is_said_once(digits: str) -> None:
    assert len(digit_by_digit(digits).replace(",", "").split()) == len(digits)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(verbalise(text), str)
