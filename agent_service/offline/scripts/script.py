"""A script as data: its steps, how it is read, and how a client's event is held against it."""

import difflib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

from agent_service.errors import OfflineError
from agent_service.offline.faults.plan import FaultPlan
from agent_service.offline.ports import CallTool, ResponsePart, Say


class ScriptError(OfflineError):
    """A script cannot be understood."""

    code = "invalid_script"


@dataclass(frozen=True, slots=True)
class Expect:
    """The client's next event holds at least these members; ``*`` in a text stands for anything."""

    pattern: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The next response says and calls this."""

    parts: tuple[ResponsePart, ...]


@dataclass(frozen=True, slots=True)
class Hear:
    """The caller's next spoken turn is understood like this."""

    text: str


@dataclass(frozen=True, slots=True)
class Send:
    """A server event, sent as it is."""

    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing more of the script happens for this time."""

    ms: float


@dataclass(frozen=True, slots=True)
class ArmFaults:
    """These faults are armed from here on."""

    wanted: str


@dataclass(frozen=True, slots=True)
class Close:
    """The socket is closed; code 1006 breaks it."""

    code: int
    reason: str


Step: TypeAlias = Expect | Answer | Hear | Send | Wait | ArmFaults | Close


@dataclass(frozen=True, slots=True)
class Script:
    """What the client should do, and what it gets for it."""

    name: str
    steps: tuple[Step, ...]
    ignore: frozenset[str] = frozenset({"input_audio_buffer.append"})
    """Client events that the script does not speak of."""


def read_script(path: Path) -> Script:
    """Read a TOML file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScriptError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path} is not TOML: {error}") from error
    return parse_script({"name": path.stem, **content})


def parse_script(content: Any) -> Script:
    """Read a script from plain data; every mistake names its step."""
    match content:
        case {"name": str(name), "steps": list(steps), **rest}:
            ignore = rest.pop("ignore", ["input_audio_buffer.append"])
        case _:
            raise ScriptError("A script has a 'name' and an array of 'steps'.")
    if rest:
        raise ScriptError(f"A script has no member '{next(iter(rest))}'.")
    if not isinstance(ignore, list) or not all(isinstance(kind, str) for kind in ignore):
        raise ScriptError("'ignore' is an array of client event types.")
    read = tuple(_step(step, number) for number, step in enumerate(steps, 1))
    return Script(name, read, frozenset(ignore))


def _step(step: Any, number: int) -> Step:
    match step:
        case {"expect": str(kind), **rest} if not rest:
            return Expect({"type": kind})
        case {"expect": {"type": str()} as pattern, **rest} if not rest:
            return Expect(pattern)
        case {"answer": list(parts), **rest} if not rest:
            return Answer(tuple(_part(part, number) for part in parts))
        case {"hear": str(text), **rest} if not rest:
            return Hear(text)
        case {"send": {"type": str()} as event, **rest} if not rest:
            return Send(event)
        case {"wait_ms": int() | float() as ms, **rest} if not rest and ms >= 0:
            return Wait(ms)
        case {"faults": str(wanted), **rest} if not rest:
            FaultPlan(wanted)
            return ArmFaults(wanted)
        case {"close": {"code": int(code), **more}, **rest} if not rest:
            return Close(code, str(more.get("reason", "")))
        case _:
            raise ScriptError(
                f"Step {number} is not one of: expect, answer, hear, send, wait_ms, faults, close."
            )


def _part(part: Any, number: int) -> ResponsePart:
    match part:
        case {"say": str(text), **rest} if not rest:
            return Say(text, is_whole=True)
        case {"call": str(name), "arguments": dict() | str() as arguments, **rest} if not rest:
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            return CallTool(name, text)
        case _:
            raise ScriptError(
                f"Step {number}: an answer is made of {{say}} and {{call, arguments}}."
            )


def matches(pattern: Any, value: Any) -> bool:
    """Say whether a value holds what a pattern asks for."""
    match pattern:
        case str() if "*" in pattern:
            return isinstance(value, str) and fnmatchcase(value, pattern)
        case Mapping():
            return isinstance(value, dict) and all(
                key in value and matches(inner, value[key]) for key, inner in pattern.items()
            )
        case list():
            return (
                isinstance(value, list)
                and len(value) == len(pattern)
                and all(map(matches, pattern, value))
            )
        case _:
            return type(pattern) is type(value) and bool(pattern == value)


def difference(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return what a client did otherwise than the script says, line by line."""
    told = json.dumps(pattern, indent=2, ensure_ascii=False, sort_keys=True)
    done = json.dumps(_named_in(pattern, event), indent=2, ensure_ascii=False, sort_keys=True)
    lines = difflib.unified_diff(
        told.splitlines(), done.splitlines(), "script", "client", lineterm="", n=30
    )
    return "\n".join(lines)


def _named_in(pattern: Any, value: Any) -> Any:
    """Return only what the pattern speaks of, and its text where that is met."""
    if isinstance(pattern, str) and matches(pattern, value):
        return pattern
    if isinstance(pattern, Mapping) and isinstance(value, dict):
        return {key: _named_in(inner, value[key]) for key, inner in pattern.items() if key in value}
    if isinstance(pattern, list) and isinstance(value, list) and len(pattern) == len(value):
        return list(map(_named_in, pattern, value))
    return value
