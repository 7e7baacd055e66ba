"""A tool's arguments, from the model's JSON to checked values and a hash that names them."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from agent_service import strict_json
from agent_service.errors import ToolError
from agent_service.redaction import REDACTED, redact_for_record, redact_value
from agent_service.strict_json import BadJson
from agent_service.tools.tool import Tool

_MAX_BYTES: Final = 16_384
_MAX_PROBLEMS: Final = 5


@dataclass(frozen=True, slots=True)
class Arguments:
    """Checked arguments."""

    values: dict[str, Any]
    """By name, as the tool's function takes them."""
    hash: str
    """Of the tool's name and the canonical arguments."""


def parse(tool: Tool, text: str) -> Arguments:
    """Return the checked arguments, or raise ToolError ``fix_arguments`` written for the model."""
    try:
        # What surely is a card or a password never reaches a tool, or what it writes.
        decoded = without_secrets(
            strict_json.loads(text or "{}", max_bytes=_MAX_BYTES, max_depth=8)
        )
    except BadJson as error:
        raise ToolError("fix_arguments", f"The arguments cannot be read. {error.message}") from None
    try:
        model = tool.arguments.model_validate_json(json.dumps(decoded), strict=True)
    except ValidationError as error:
        raise ToolError("fix_arguments", _sentence(tool, error)) from None
    canonical = json.dumps(model.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    values = {name: getattr(model, name) for name in type(model).model_fields}
    return Arguments(values, digest(tool.name, canonical))


def digest(*parts: str) -> str:
    """Return the hash of the parts, told apart from any other way to cut the same text."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def without_secrets(value: Any) -> Any:
    """Return JSON with the secrets in its texts taken out."""
    return redact_value(value)


def redacted(tool: Tool, text: str) -> str:
    """Return the arguments as they may be kept: without secrets, and without what is declared."""
    try:
        decoded = strict_json.loads(text, max_bytes=_MAX_BYTES, max_depth=8)
    except BadJson:
        return "{}"
    if not isinstance(decoded, dict):
        return "{}"
    return json.dumps(
        {
            key: REDACTED if key in tool.redacted else redact_value(value, redact_for_record, key)
            for key, value in decoded.items()
        }
    )


def _sentence(tool: Tool, error: ValidationError) -> str:
    """Say what is missing in words that may be spoken, and what is wrong by its name."""
    problems = error.errors(include_input=False, include_url=False)[:_MAX_PROBLEMS]
    missing = [
        _named(tool, str(problem["loc"][0])) for problem in problems if problem["type"] == "missing"
    ]
    wrong = [
        f"{'.'.join(str(part) for part in problem['loc']) or 'arguments'}: {problem['msg']}"
        for problem in problems
        if problem["type"] != "missing"
    ]
    sentences = [f"I still need {' and '.join(missing)}."] if missing else []
    if wrong:
        sentences.append(f"Some details are not right. {'; '.join(wrong)}.")
    return " ".join(sentences)


def _named(tool: Tool, name: str) -> str:
    """Return what an argument is called in a sentence: the beginning of its description."""
    description: str = tool.schema()["properties"][name]["description"]
    words = description.partition(",")[0].rstrip(".")
    return words[:1].lower() + words[1:]
