"""The sentences the responder asks and answers with when no tool output speaks."""

import re
from collections.abc import Sequence

from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.wording import label, listed
from agent_service.offline.responder.words import human

_FEW = 3
"""Tools that are named where something was not understood."""
_PERSON = re.compile(r"\b(?:human|person|representative|operator|live agent|colleague)\b", re.I)
_QUESTION_WORDS = frozenset(("what", "where", "why", "when", "who", "how"))
DID_YOU_MEAN = "Did you mean"
JUST_TELL_ME = "just tell me"
GREETING = "Hello! How can I help you?"
ANYTHING_ELSE = "Is there anything else I can do for you?"
NO_CLEAR_ANSWER = "I found no clear answer to that."
ALL_RIGHT = "All right."
NOT_HEARD = "I didn't catch that. Could you say it again?"
SMALL = "I am a small offline engine, so I can only do simple things."
WORKING = "I'm working on it. One moment, please."
TAKE_YOUR_TIME = "Take your time, I'm listening."
GO_AHEAD = "Thank you. What can I do for you?"
DROPPED = "All right, I'll leave that. What else can I do for you?"
DONE = "That is done."
NOT_DONE = "All right, I won't do that. Is there anything else?"
IN_ENGLISH = "Please tell me in English what I can do for you."
ENGLISH_ONLY = "I can only speak English here."
CANNOT_SEE = "I have your picture, but I cannot see what is on it."
OTHERWISE = "Please tell me in words what it shows."
ATTACH = "If you want our team to look at it, ask me to open a ticket and say what is wrong."


def question(slot: Slot, rivals: Sequence[str] = (), *, is_repeated: bool = False) -> str:
    """Return one short question that names what is missing."""
    if len(rivals) == 1:
        return f"I only find this {_noun(slot).removesuffix(' ID')}: {rivals[0]}. Do you mean that?"
    if rivals:
        ask = f"Which {_noun(slot).removesuffix(' ID')} do you mean: {_either(rivals)}?"
        return ask if len(rivals) <= 4 else f"Which {_noun(slot)} do you mean?"
    asked = _question(slot)
    return again(asked) if is_repeated else asked


def again(said: str) -> str:
    """Return what was said once more, to somebody who did not answer it."""
    return f"Sorry, I didn't get that. {said}".strip()


def _question(slot: Slot) -> str:
    name = label(slot.leaf)
    if name in _QUESTION_WORDS:
        return "What is it?" if name == "what" else f"{name.capitalize()}?"
    match slot.kind:
        case SlotKind.CHOICE:
            return f"Which {name}: {_either(slot.names[:5])}?"
        case SlotKind.FLAG:
            return f"{name.capitalize()}: yes or no?"
        case SlotKind.COUNT:
            is_plural = name.endswith("s") or name in {"people", "children", "persons"}
            return f"How many {name}?" if is_plural else f"What is the {name}, as a number?"
        case SlotKind.DATE:
            return "Which date?" if name in {"date", "day", "when"} else f"What is the {name}?"
        case SlotKind.TIME | SlotKind.HOUR:
            return "At what time?" if name in {"time", "hour"} else f"What is the {name}?"
        case SlotKind.DATE_TIME:
            return f"What is the {name}? I need the date and the time of day."
        case SlotKind.QUESTION:
            return f"What would you like to know? Please tell me the {name}."
        case SlotKind.REASON:
            return f"What is the {name}?"
        case SlotKind.SUBJECT:
            return f"{_what_is(name)}, in a few words?"
        case SlotKind.TEXT:
            return f"{_what_is(name)}? Please tell me in a sentence or two."
        case SlotKind.LIST:
            return f"Which {name}?"
        case SlotKind.PHONE if "number" not in name:
            return f"{_what_is(f'{name} number')}, please?"
        case SlotKind.EMAIL | SlotKind.PHONE | SlotKind.NAME:
            return f"{_what_is(name)}, please?"
        case _:
            return f"{_what_is(name)}?"


def _what_is(name: str) -> str:
    if name.endswith("ed"):
        return f"What is {name}"
    is_plural = name.endswith("s") and not name.endswith(("ss", "us", "is"))
    return f"What are the {name}" if is_plural else f"What is the {name}"


def sorry(tools: Sequence[Tool]) -> str:
    """Answer anger, and offer a person where a tool reaches one."""
    said = "I'm sorry about that."
    person = _person(tools)
    return f"{said} {offer(person)}" if person else f"{said} Please tell me what I can do for you."


def way_out(tools: Sequence[Tool]) -> str:
    """Say what somebody may do who is asked the same once more."""
    person = ", or ask for a person" if _person(tools) else ""
    return f"You can also tell me to leave it{person}."


def _person(tools: Sequence[Tool]) -> Tool | None:
    """Return the tool that reaches a person."""
    named = (tool for tool in tools if _PERSON.search(f"{human(tool.name)} {tool.action}"))
    return next(named, None)


def offer(tool: Tool) -> str:
    """Say that something is done when it is asked for."""
    return f"If you want me to {tool.action}, {JUST_TELL_ME}."


def did_you_mean(first: Tool, second: Tool | None) -> str:
    if second is None:
        return f"{DID_YOU_MEAN} to {first.action}?"
    return f"{DID_YOU_MEAN} to {first.action} or to {second.action}?"


def abilities(tools: Sequence[Tool], *, most: int = 8) -> str:
    """Say what can be done here."""
    if not tools:
        return "I have no tools here, but I can answer from what I was given."
    actions = list(dict.fromkeys(tool.action for tool in tools))
    noun = "more thing" if len(actions) == most + 1 else "more things"
    return f"I can {listed(actions, most=most, noun=noun)}."


def identity(instructions: str) -> str:
    """Say what the instructions make of the agent, and honestly what runs it."""
    m = re.search(r"\byou are (?P<who>[^.\n]{3,120})[.\n]", instructions, re.IGNORECASE)
    who = re.split(r"\s+(?:and|who|that|which)\s+", m["who"], maxsplit=1)[0].strip() if m else ""
    return f"I'm {who or 'an automated agent'}, a program run by a small offline engine."


def not_understood(tools: Sequence[Tool]) -> str:
    if not tools:
        return out_of_scope(())
    if len(tools) > _FEW:
        return "I'm sorry, I didn't understand that."
    return f"I'm sorry, I didn't understand that. {abilities(tools)}"


def out_of_scope(tools: Sequence[Tool]) -> str:
    if len(tools) > _FEW:
        return f"I don't know that. {SMALL}"
    return f"I don't know that. {SMALL} {abilities(tools)}"


def small_reply(intent: Intent) -> str:
    """Answer what needs no tool and no knowledge."""
    match intent:
        case Intent.GREETING:
            return GREETING
        case Intent.THANKS:
            return "You're welcome. Is there anything else?"
        case Intent.GOODBYE:
            return "Goodbye, and thank you."
        case Intent.YES:
            return "All right. What can I do for you?"
        case Intent.NO:
            return "All right. Is there anything else?"
        case Intent.SMALLTALK:
            return "I'm here to help. What can I do for you?"
        case _:
            return "How can I help you?"


def _noun(slot: Slot) -> str:
    return label(slot.leaf)


def _either(options: Sequence[str]) -> str:
    if len(options) < 2:
        return "".join(options)
    return f"{', '.join(options[:-1])} or {options[-1]}"
