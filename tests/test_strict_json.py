"""strict_json: what is refused, what is cleaned, and that all else is plain JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_service.strict_json import BadJson, loads

LIMIT = 1 << 20

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans())
def test_valid_json_is_read_as_the_standard_library_reads_it(value: Any, escapes: bool) -> None:
    text = json.dumps(value, ensure_ascii=escapes)
    assert loads(text, max_bytes=LIMIT, max_depth=64) == value
    assert loads(text.encode(), max_bytes=LIMIT, max_depth=64) == value


@given(st.text() | st.text(alphabet='{}[]",:\\u0dfnNaIity1e-. ') | st.binary())
def test_anything_gives_bad_json_or_a_value_that_is_safe_to_store(text: str | bytes) -> None:
    try:
        value = loads(text, max_bytes=LIMIT)
    except BadJson:
        return
    stored = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    assert b"\\u0000" not in stored
    assert loads(stored, max_bytes=LIMIT * 6) == value


@given(texts, values, values)
def test_a_key_that_occurs_twice_is_refused_wherever_it_stands(
    key: str, first: Any, second: Any
) -> None:
    name = json.dumps(key)
    pair = f"{name}:{json.dumps(first)},{name}:{json.dumps(second)}"
    for text in (f"{{{pair}}}", f'[{{"a":1}},{{"b":{{{pair}}}}}]'):
        with pytest.raises(BadJson):
            loads(text, max_bytes=LIMIT, max_depth=64)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a":1,"a":2}', "'a' occurs twice"),
        (r'{"a":1,"\u0061":2}', "'a' occurs twice"),
        (r'{"\ud800":1,"\udfff":2}', "occurs twice"),
        ("NaN", "NaN is not JSON"),
        ("[-Infinity]", "-Infinity is not JSON"),
        ("9007199254740993", "2^53"),
        ("-9007199254740993", "2^53"),
        ("1" * 5000, "2^53"),
        ("1e400", "too large"),
        ("", "Expecting value"),
        ("{", "line 1 column 2"),
        ('"\t"', "control character"),
        ('"\0"', "control character"),
        ("{} {}", "Extra data"),
        ("'a'", "Expecting value"),
        ("01", "Extra data"),
        ("\ufeff{}", "Expecting value"),
    ],
)
def test_the_reason_is_named(text: str, reason: str) -> None:
    with pytest.raises(BadJson, match=reason.replace("^", r"\^").replace("'", ".")):
        loads(text, max_bytes=LIMIT)


def test_nesting_is_counted_outside_strings_only() -> None:
    brackets_in_a_string = json.dumps(['[{"\\' * 100])
    assert loads(brackets_in_a_string, max_bytes=LIMIT, max_depth=1) == ['[{"\\' * 100]
    assert loads("[" * 32 + "]" * 32, max_bytes=LIMIT)
    assert loads(json.dumps([[]] * 100), max_bytes=LIMIT, max_depth=2)
    for opening in ("[", '{"a":'):
        with pytest.raises(BadJson, match="32 deep"):
            loads(opening * 33, max_bytes=LIMIT)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["[", '{"a":', '["', '[\\"', '"\\', "[]", '"['])
def test_a_full_size_text_of_brackets_and_quotes_takes_no_long_time(piece: str) -> None:
    text = piece * (LIMIT // len(piece))
    with pytest.raises(BadJson):
        loads(text, max_bytes=LIMIT)


def test_size_is_counted_in_bytes() -> None:
    assert loads('"éé"', max_bytes=6) == "éé"
    for text in ('"éé"', '"éé"'.encode()):
        with pytest.raises(BadJson, match="6 bytes; at most 5"):
            loads(text, max_bytes=5)


def test_invalid_utf8_is_refused() -> None:
    for raw in (b'"\xff"', b'"\xed\xa0\x80"', b"\xff\xfe"):
        with pytest.raises(BadJson, match="UTF-8"):
            loads(raw, max_bytes=LIMIT)


def test_lone_surrogates_and_nul_become_replacement_characters() -> None:
    text = r'{"\u0000":["a\ud800b", {"c":"\udc00"}], "ok":"\ud83d\ude00"}'
    cleaned = {"\ufffd": ["a\ufffdb", {"c": "\ufffd"}], "ok": "😀"}
    assert loads(text, max_bytes=LIMIT) == cleaned
    assert loads(text.encode(), max_bytes=LIMIT) == cleaned
    assert loads('"\ud800"', max_bytes=LIMIT) == "\ufffd"
