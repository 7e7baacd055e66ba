"""What is a sentence of its own is no number, no name and no password."""

import pytest

from agent_service.redaction import STRICT, ConversationMemory
from agent_service.redaction.empty_answers import names_nobody, tells_nothing


@pytest.mark.parametrize(
    "text", ["Não sei.", "Which one?", "Un instant.", "I'd rather not say.", "No, seven.", "Sé yo?"]
)
def test_a_sentence_tells_nothing(text: str) -> None:
    assert tells_nothing(text)


@pytest.mark.parametrize(
    "text", ["seven", "It's seven", "six four, wait", "twelve, wait", "don't know, 4", "plus trois"]
)
def test_what_has_numbers_or_is_only_one_may_tell_something(text: str) -> None:
    assert not tells_nothing(text)


@pytest.mark.parametrize("text", ["Anna Meier", "de la Cruz", "gmail.com", "anna at", "jean-sans"])
def test_a_name_or_a_part_of_an_address_is_no_sentence(text: str) -> None:
    assert not names_nobody(text)
    assert names_nobody("not Anna")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("senha?", "Não sei."),
        ("What is your card number?", "Which one?"),
        ("Wie lautet Ihr Passwort?", "Keine Ahnung."),
        ("Quelle est votre adresse e-mail ?", "Aucune idée."),
        ("What is your password?", "Good question."),
    ],
)
def test_an_answer_that_tells_nothing_stays(question: str, answer: str) -> None:
    memory = ConversationMemory(STRICT)
    memory.agent_turn(question)
    assert memory.caller_turn(answer) == answer
