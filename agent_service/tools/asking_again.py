"""What is wrong with arguments: said to the caller in plain words, and to the model by name.

The caller never hears the name of an argument, a pattern or what a validator says of them.
"""

import re
from collections.abc import Sequence
from typing import Final

from pydantic_core import ErrorDetails

from agent_service.tools.expected import problem_in_words
from agent_service.tools.tool import Tool

MISHEARD: Final = "I got something wrong there. Could you tell me once more, please?"
_MISTAKEN: Final = "I got something wrong there. Let me try that again."

_LONGEST: Final = 80
_THINGS: Final = re.compile(r"(?:the|an?|your|their|its)\b")
_PLAIN: Final = re.compile(r"[\w'\u2019 -]+")
_WHO: Final = r"\bthe (?:caller|customer|user)"
_TO_THE_CALLER: Final = (
    (re.compile(rf"{_WHO}['\u2019]s\b"), "your"),
    (re.compile(rf"{_WHO} (?:is|was)\b"), "you are"),
    (re.compile(rf"{_WHO} has\b"), "you have"),
    (re.compile(rf"{_WHO} (want|need|say|ask|give|mean|choose)s\b"), r"you \1"),
    (re.compile(rf"{_WHO}\b"), "you"),
)


def to_caller(tool: Tool, problems: Sequence[ErrorDetails]) -> str:
    """Ask for what is missing or wrong, by what the arguments' descriptions call it."""
    known = tool.schema()["properties"]
    asked = {
        str(problem["loc"][0]): problem["type"] == "missing" and len(problem["loc"]) == 1
        for problem in reversed(problems)
        if problem["loc"] and problem["loc"][0] in known
    }
    missing = [_called(known[name]["description"]) for name in known if asked.get(name) is True]
    wrong = [_called(known[name]["description"]) for name in known if asked.get(name) is False]
    sentences = []
    if missing:
        sentences.append(f"I still need {_joined(missing)}.")
    if wrong:
        sentences.append(_not_right(wrong))
    return " ".join(sentences) or _MISTAKEN


def to_model(tool: Tool, problems: Sequence[ErrorDetails]) -> str:
    """Say by its name what is wrong with each argument, and what it must be."""
    schema = tool.schema()
    return "; ".join(dict.fromkeys(problem_in_words(schema, problem) for problem in problems))


def _not_right(wrong: list[str | None]) -> str:
    named = [name for name in wrong if name is not None]
    if len(named) < len(wrong):
        return MISHEARD
    if all(_THINGS.match(name) for name in named):
        is_one = "What is it" if len(named) == 1 else "What are they"
        return f"I did not get {_joined(wrong)} right. {is_one}, please?"
    return f"I did not get everything right: {_joined(wrong)}. Could you tell me again, please?"


def _joined(names: list[str | None]) -> str:
    """Join names; what has no name that can be spoken is a detail."""
    spoken = list(dict.fromkeys(name or "one more detail" for name in names))
    return f"{', '.join(spoken[:-1])} and {spoken[-1]}" if len(spoken) > 1 else spoken[0]


def _called(description: str) -> str | None:
    """Return what an argument is called in a sentence: the beginning of its description."""
    words = re.split(r"[,;:.(]", description, maxsplit=1)[0].strip()
    if not words[1:2].isupper():  # as in USB-C
        words = words[:1].lower() + words[1:]
    for pattern, plainly in _TO_THE_CALLER:
        words = pattern.sub(plainly, words)
    is_plain = _PLAIN.fullmatch(words) and "_" not in words and len(words) <= _LONGEST
    return words if is_plain else None
