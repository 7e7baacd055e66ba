"""What the filters of the lists are called, and how their values stand on a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from agent_service.store.filters import FLAG
from agent_service.store.queries import CONVERSATIONS
from agent_service.web.desk.audit_words import action_words, actor_words
from agent_service.web.desk.writing import code, milliseconds

Unit: TypeAlias = Literal["", "s", "ms", "%", "$"]
"""In which values are typed and shown; the record has milliseconds, and shares of 1."""
ToolTitle: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Words:
    """One field."""

    title: str
    unit: Unit = ""


GROUPS: Final[Mapping[str, Mapping[str, Words]]] = {
    "The conversation": {
        "since": Words("Started"),
        "is_open": Words("Going on"),
        "duration_ms": Words("Duration", "s"),
        "turn_count": Words("Turns"),
        "end_reason": Words("End"),
        "needed_person": Words("Needed a person"),
        "rating": Words("Rating"),
        "cost_usd": Words("Cost", "$"),
        "is_recorded": Words("Recorded"),
    },
    "Who and where": {
        "customer": Words("Customer"),
        "level": Words("Level"),
        "agent": Words("Agent"),
        "channel": Words("Channel"),
        "language": Words("Language"),
        "modality": Words("Spoken or typed"),
        "provider": Words("Provider"),
    },
    "Speech": {
        "slowest_first_audio_ms": Words("Slowest answer", "ms"),
        "mean_first_audio_ms": Words("Mean answer", "ms"),
        "is_interrupted": Words("Interrupted"),
        "interruption_count": Words("Interruptions"),
        "heard_share": Words("Heard", "%"),
        "has_incident": Words("Had an incident"),
        "incident_count": Words("Incidents"),
        "incident": Words("Incident"),
        "flag": Words("Mark of a turn"),
    },
    "Tools": {
        "tool": Words("Tool"),
        "tool_status": Words("Outcome of the tool"),
        "tool_effect": Words("Effect of the tool"),
        "tool_error": Words("Why the tool failed"),
        "has_failed_tool": Words("A tool failed"),
        "confirmation": Words("Question to the caller"),
        "approval": Words("Approval"),
    },
    "The team": {
        "work_state": Words("Work"),
        "assignee": Words("Assigned to"),
        "is_assigned": Words("Assigned"),
        "has_work": Words("Begun with"),
        "label": Words("Label"),
        "is_reviewed": Words("Reviewed"),
        "reviewer": Words("Reviewed by"),
        "review_total": Words("Review", "%"),
        "is_review_failed": Words("Failed its review"),
        "criterion": Words("Criterion"),
        "criterion_score": Words("Score of the criterion", "%"),
    },
}
"""What conversations can be asked for by, as people look for it."""
_OTHERS: Final = {
    "caller": Words("Customer"),
    "until": Words("Started"),
    "q": Words("Words"),
    "failed_tool": Words("Failed tool"),
    "actor": Words("Who"),
    "action": Words("What"),
    "by": Words("Put together by"),
    "tz": Words("Zone"),
}
_KNOWN: Final[Mapping[str, Words]] = {
    name: words for group in GROUPS.values() for name, words in group.items()
} | _OTHERS
OPERATORS: Final[Mapping[str, str]] = {
    "gte": "at least",
    "lte": "at most",
    "gt": "over",
    "lt": "under",
    "is": "is",
    "not": "is not",
    "since": "on or after",
    "until": "on or before",
}
_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "modality": {"audio": "spoken", "text": "typed"},
    "tool_effect": {"read": "looks something up", "write": "changes something"},
}
_NAMES: Final = frozenset(
    ("agent", "customer", "caller", "label", "assignee", "conversation", "subject")
)
"""Whose values stand as they are: names that the company has given, not codes of ours."""
_YES: Final[Mapping[str, str]] = {"true": "yes", "1": "yes", "false": "no", "0": "no"}


def title(name: str) -> str:
    """Return the name of a field as people read it."""
    known = _KNOWN.get(name)
    return known.title if known else code(name).capitalize()


def unit_of(name: str) -> Unit:
    """Return in which unit people read and type the values of a field."""
    known = _KNOWN.get(name)
    return known.unit if known else ""


def value_words(name: str, value: str, tool_title: ToolTitle) -> str:
    """Return a value of a field as people read it; one that is mistyped as it is."""
    unit, field = unit_of(name), CONVERSATIONS.fields.get(name)
    if unit:
        return _measured(value, unit)
    if field is not None and field.kind is FLAG:
        return _YES.get(value.lower(), value)
    if name in ("tool", "failed_tool"):
        return tool_title(value)
    if name in ("reviewer", "actor"):
        return actor_words(value)
    if name == "action":
        return action_words(value)
    if name in _NAMES:
        return value
    return _VALUES.get(name, {}).get(value) or code(value)


def filter_words(name: str, value: str, tool_title: ToolTitle) -> str:
    """Return a filter of an address in words; of one with a time, all but that."""
    base, _, operator = name.partition("__")
    if base == "q":
        return f"“{value}”"
    if base in ("since", "until"):
        is_instant = "T" in value  # one until which something lasts is not within it any more
        return "Since" if base == "since" else "Before" if is_instant else "Until"
    if operator == "in":
        some = [value_words(base, one, tool_title) for one in value.split(",")]
        return f"{title(base)}: {' or '.join(some)}"
    written = value_words(base, value, tool_title)
    if not operator or operator == "is":
        return f"{title(base)}: {written}"
    return f"{title(base)} {OPERATORS.get(operator, operator)} {written}"


def _measured(value: str, unit: Unit) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    match unit:
        case "s":
            return f"{number / 1000:g} s"
        case "%":
            return f"{round(number * 100, 4):g}%"
        case "$":
            return f"${number:g}"
        case _:
            return milliseconds(number)
