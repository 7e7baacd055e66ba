"""What was spoken as a read-back tells just what it was to tell, or it is not one."""

import re
import time
from pathlib import Path

import pytest

from agent_service.conversation.read_back import says_the_same

CORPUS = Path(__file__).parents[1] / "data" / "read_backs"
CANCEL = (
    "Cancel order 1007, one wireless mouse and two desk lamps, 24 dollars 99. Shall I go ahead?"
)


def pairs(name: str) -> list[tuple[str, str, str, str]]:
    """Return language, read-back, what was spoken, and whether that is the same."""
    lines = (CORPUS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith(("#", "language\t"))]
    return [(language, summary, spoken, right) for language, summary, spoken, right, _ in rows]


@pytest.mark.parametrize("name", ["development", "held_apart"])
def test_nothing_else_is_taken_for_the_read_back_and_honest_wordings_are(name: str) -> None:
    taken = {"same": 0, "different": 0}
    lines = pairs(name)
    for language, summary, spoken, right in lines:
        taken[right] += says_the_same(summary, spoken, language=language or None)
    honest = sum(right == "same" for *_, right in lines)
    assert taken["different"] == 0
    assert taken["same"] >= 0.95 * honest


@pytest.mark.parametrize(
    "spoken",
    [
        "Cancel order 1007, one wireless mouse and 2 desk lamps, $24.99. Shall I go ahead?",
        (
            "Just to confirm: I'll cancel order one zero zero seven, one wireless mouse and two"
            " desk lamps, twenty-four dollars and ninety-nine cents. Would you like me to go ahead?"
        ),
        "cancel order 1007 one wireless mouse and two desk lamps 24 dollars 99 shall i go ahead",
        f"Nothing has been done yet. {CANCEL}",
    ],
)
def test_the_same_in_other_words_is_the_same(spoken: str) -> None:
    assert says_the_same(CANCEL, spoken, language="en")


@pytest.mark.parametrize(
    "spoken",
    [
        "",
        "...",
        "Is there anything else I can do for you?",
        CANCEL.replace("1007", "1070"),
        CANCEL.replace("one wireless mouse and two", "two wireless mice and one"),
        CANCEL.replace("Cancel", "Refund"),
        CANCEL.replace("Cancel", "Do not cancel"),
        CANCEL.replace("24 dollars 99", "24 euros 99"),
        CANCEL.replace("one wireless mouse and ", ""),
        CANCEL.replace(" Shall I go ahead?", ""),
        CANCEL.replace("Shall I go ahead?", "Is there anything else?"),
        f"{CANCEL} And shall I close your account?",
        "I have cancelled order 1007, one wireless mouse and two desk lamps, 24 dollars 99. Okay?",
        CANCEL.replace("Shall", "Unless you tell me otherwise, your account is closed. Shall"),
        (
            "Bestellung 1007 stornieren, eine Funkmaus und zwei Schreibtischlampen, 24 Dollar 99."
            " Soll ich das tun?"
        ),
        f"{CANCEL} 👍",
        f"{CANCEL} да",
    ],
)
def test_anything_else_is_different(spoken: str) -> None:
    assert not says_the_same(CANCEL, spoken, language="en")


@pytest.mark.parametrize("name", ["development", "held_apart"])
def test_another_digit_makes_it_different(name: str) -> None:
    for language, summary, spoken, right in pairs(name):
        digits = list(re.finditer(r"\d", spoken))
        if right == "same" and digits:
            at = digits[len(digits) // 2].start()
            other = spoken[:at] + str((int(spoken[at]) + 3) % 10) + spoken[at + 1 :]
            assert not says_the_same(summary, other, language=language or None), other


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", None, "nl"])
def test_a_text_is_the_same_as_itself_and_another_is_not(language: str | None) -> None:
    assert says_the_same(CANCEL, CANCEL, language=language)
    assert not says_the_same(CANCEL, "Refund order 7. Shall I go ahead?", language=language)


def test_what_ends_as_a_question_can_be_read_back_too() -> None:
    assert says_the_same(
        "Cancel it? Shall I go ahead?", "Cancel it? Shall I go ahead?", language="en"
    )


def test_a_long_text_takes_no_long_time() -> None:
    began = time.process_time()
    assert not says_the_same(CANCEL, "cancel order 1007 " * 450, language="en")
    assert time.process_time() - began < 1.0
