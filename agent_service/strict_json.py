"""JSON from strangers: parsed strictly, so that every later reader sees one and the same thing.

Refused: invalid UTF-8, more bytes or nesting than allowed, duplicate keys, NaN and Infinity, and
numbers that other readers cannot hold. Lone surrogates and NUL, which no database stores, become
U+FFFD.
"""

import json
import math
import re
from collections import Counter
from typing import Any

from agent_service.errors import AgentServiceError

_BIGGEST_INT = 2**53
_NEEDS_REPLACING = re.compile("[\x00\ud800-\udfff]")
# A whole string, or one bracket. An unclosed string matches to the end, so the scan stays linear.
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|([\[{])|([\]}])', re.DOTALL)


class BadJson(AgentServiceError):
    """This is not JSON that can be accepted."""

    code = "bad_json"


def loads(text: str | bytes, *, max_bytes: int, max_depth: int = 32) -> Any:
    """Return the value of a JSON text, or raise BadJson saying what is wrong with it."""
    if isinstance(text, bytes):
        _check_size(len(text), max_bytes)
        try:
            text = text.decode()
        except UnicodeDecodeError as error:
            raise BadJson(f"The text is not valid UTF-8 (byte {error.start}).") from None
        is_clean = "\\u" not in text
    else:
        is_ascii = text.isascii()
        _check_size(len(text if is_ascii else text.encode(errors="surrogatepass")), max_bytes)
        is_clean = is_ascii and "\\u" not in text
    if text.count("[") + text.count("{") > max_depth:
        _check_depth(text, max_depth)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(f"This is not JSON: {error}.") from None
    return value if is_clean else _cleaned(value)


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise BadJson(f"The text has {size} bytes; at most {max_bytes} are accepted.")


def _check_depth(text: str, max_depth: int) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[1]:
            depth += 1
            if depth > max_depth:
                raise BadJson(f"Arrays and objects are nested more than {max_depth} deep.")
        elif match[2]:
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise BadJson(f"The key {twice[:64]!r} occurs twice in one object.")
    return members


def _integer(digits: str) -> int:
    # 17 characters hold 2**53 with its sign; longer ones are not worth converting.
    if len(digits) > 17 or abs(value := int(digits)) > _BIGGEST_INT:
        raise BadJson("An integer is outside -2^53 to 2^53.")
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise BadJson("A number is too large.")
    return value


def _constant(name: str) -> Any:
    raise BadJson(f"{name} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _NEEDS_REPLACING.sub("\ufffd", value)
    if isinstance(value, list):
        return [_cleaned(element) for element in value]
    if isinstance(value, dict):
        return _object([(_cleaned(key), _cleaned(member)) for key, member in value.items()])
    return value
