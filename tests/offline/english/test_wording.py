"""What callers say, written the way people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.offline.english.wording import as_written
from agent_service.offline.speech.verbalise import digit_by_digit

WORDS = "one two oh to for a at dot double and A b com - , . five ten hundred p m the of may"
DIGITS = st.text(alphabet="0123456789", min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("Where is my order one zero zero four?", "Where is my order 1004?"),
        ("One, zero, zero, four.", "1004."),
        ("One. Zero. Zero. Four.", "1004."),
        ("one-zero-zero-four", "1004"),
        ("Order double five zero one.", "Order 5501."),
        ("triple nine one", "9991"),
        ("ten forty two", "1042"),
        ("one zero oh four", "1004"),
        ("Oh one two three", "0123"),
        ("one thousand and four", "1004"),
        ("one thousand two hundred thirty four", "1234"),
        ("two million three thousand", "2003000"),
        ("one nought treble four", "10444"),
        ("no, one zero zero five", "no, 1005"),
        ("orders one zero zero four and one zero zero five", "orders 1004 and 1005"),
        ("order number five", "order number 5"),
        ("zip code nine zero two one zero", "zip code 90210"),
        ("it's five five five, zero one two, three four five six", "it's 5550123456"),
        ("one zero zero four. Two of them are broken.", "1004. Two of them are broken."),
    ],
)
def test_numbers_become_figures(spoken: str, written: str) -> None:
    assert as_written(spoken) == written


@pytest.mark.parametrize(
    "text",
    [
        "One of my orders is late.",
        "I've got two items and one of them is broken.",
        "Oh, one more thing.",
        "I want to return two of the three shirts.",
        "I bought two, three months ago.",
        "From nine to five.",
        "I ordered two for me and one for you.",
        "The first one is fine.",
        "I'll take one.",
        "It took two to three days.",
        "May I ask a question?",
        "Okay, in a minute.",
        "It is in a box.",
        "Are you at my place?",
        "Do one thing for me.",
        "I got one free.",
        "Is one of them free for me?",
        "Send all two of them to one address.",
        "Thanks a million.",
        "I gave it to one of the two.",
        "",
        "...",
    ],
)
def test_ordinary_words_stay_words(text: str) -> None:
    assert as_written(text) == text


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("A B one two three four", "AB1234"),
        ("reference A-B one-two-three-four", "reference AB1234"),
        ("A. B. one two three", "AB123"),
        ("AB dash one two three four", "AB-1234"),
        ("tk five one five.", "TK515."),
        ("It is case b k four two two seven.", "It is case BK4227."),
        ("Look at ticket Q and seven six six five.", "Look at ticket QN7665."),
        ("N double U zero six one", "NW061"),
        ("It's RMA seven seven one two.", "It's RMA7712."),
        ("J. A. N. E.", "JANE."),
        ("The voucher code is in X zero four nine.", "The voucher code is NX049."),
        ("The voucher code is okay seven five zero zero four.", "The voucher code is OK75004."),
        ("Can you look up our c six one seven for me?", "Can you look up RC617 for me?"),
        ("case number at g seven eight six", "case number AG786"),
        ("Customer number oh y zero seven nine.", "Customer number OY079."),
        ("It says m my six eight five on it.", "It says MMI685 on it."),
    ],
)
def test_letters_and_digits_become_one_identifier(spoken: str, written: str) -> None:
    assert as_written(spoken) == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Cancel three for one five please.", "Cancel 3415 please."),
        ("Refund order to seven eight free.", "Refund order 2783."),
        ("The number is a three six nine.", "The number is 8369."),
        ("It's free one five one.", "It's 3151."),
        ("six to five four eight", "62548"),
        ("Can you check to eight to eight eight please?", "Can you check 28288 please?"),
        ("My order is all seven two nine, it broke.", "My order is 0729, it broke."),
        ("Number seven oh all three please.", "Number 7003 please."),
        ("Do nine nine seven five.", "29975."),
        ("q s do one five nine", "QS2159"),
        ("jf a six two.", "JF862."),
        ("number dj at five three nine three", "number DJ85393"),
        ("number eight g seven eight six", "number AG786"),
        ("It is h of two eight four zero.", "It is HA2840."),
        ("Your letter has nb, two two three.", "Your letter has NB223."),
    ],
)
def test_words_that_sound_like_digits_are_digits_among_digits(heard: str, written: str) -> None:
    assert as_written(heard) == written


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("My email is jane dot doe at example dot com.", "My email is jane.doe@example.com."),
        ("it's sam underscore lee at mailbox dot net", "it's sam_lee@mailbox.net"),
        ("lucy dash white at example dot org", "lucy-white@example.org"),
        ("my email is bob nine nine at gmail dot com", "my email is bob99@gmail.com"),
        ("jane.doe at example.com", "jane.doe@example.com"),
        ("jane at example dot co dot uk", "jane@example.co.uk"),
        ("It's rachel dot young that example dot com.", "It's rachel.young@example.com."),
        ("It's hello at sunrise dot com dot u k.", "It's hello@sunrise.co.uk."),
        ("Use george for zero at example dot com", "Use george40@example.com"),
        ("sam underscore lee nine at example dot org", "sam_lee9@example.org"),
        ("look at example dot com", "look at example.com"),
    ],
)
def test_addresses_are_typed(spoken: str, written: str) -> None:
    assert as_written(spoken) == written


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("forty-nine dollars and ninety-nine cents", "$49.99"),
        ("forty nine dollars ninety nine", "$49.99"),
        ("a hundred dollars", "$100"),
        ("twenty euros", "€20"),
        ("give me one for two dollars", "give me one for $2"),
        ("ten percent", "10%"),
        ("three point five", "3.5"),
        ("November twenty-third", "November 23"),
        ("the third of May", "the 3rd of May"),
        ("on the fifteenth", "on the 15th"),
        ("twenty twenty six", "2026"),
        ("at five thirty p.m. today", "at 5:30 p.m. today"),
        ("at ten thirty", "at 10:30"),
        ("five o'clock", "5 o'clock"),
    ],
)
def test_amounts_dates_and_times_are_written(spoken: str, written: str) -> None:
    assert as_written(spoken) == written


@given(DIGITS)
def test_any_digits_said_one_by_one_come_back(digits: str) -> None:
    assert as_written(f"It is {digit_by_digit(digits)}.") == f"It is {digits}."


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(as_written(text), str)


@given(
    st.lists(
        st.sampled_from(WORDS.split()),
        max_size=14,
    )
)
def test_no_sequence_of_number_words_breaks_it(words: list[str]) -> None:
    assert isinstance(as_written(" ".join(words)), str)
