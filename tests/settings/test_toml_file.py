from pathlib import Path

import pytest

from agent_service.settings.toml_file import KeyPath, read

TEXT = """\
# comment
top = 1

[server]          # another
host = '''
port = 5
'''

"odd key" = 3
list = [
  1,
  2,
]
[a.b]
c.d = 1
inline = { x = 1, y = 2 }
[[rows]]
z = 1
[[rows]]
z = 2
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("top",), 2),
        (("server",), 4),
        (("server", "host"), 5),
        (("server", "port"), 4),  # not written: the section's line
        (("server", "odd key"), 9),
        (("server", "list", 1), 10),
        (("a", "b", "c", "d"), 15),
        (("a", "b", "inline", "y"), 16),
        (("rows", 1, "z"), 20),
        (("rows", 7, "z"), 17),
    ],
)
def test_line_of_a_key(tmp_path: Path, keys: KeyPath, line: int) -> None:
    path = tmp_path / "x.toml"
    path.write_text(TEXT)
    assert read(path).place(keys) == f"{path}:{line}"


def test_key_that_is_not_written_has_no_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(TEXT)
    assert read(path).place(("nowhere",)) == str(path)


def test_unfinished_file_is_reported_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("a = 1\nb = [\n1,")
    assert str(read(path).problem).startswith(f"{path}:3: is not TOML: ")


def test_line_of_a_key_is_found_at_once_in_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    instructions = "'''\n" + "word\n" * 2_000 + "'''"
    path.write_text(f"i = {instructions}\n" + "".join(f"key{n} = {n}\n" for n in range(10_000)))
    assert read(path).place(("key9000",)) == f"{path}:{2_002 + 9_001}"


def test_line_ends_within_a_text_are_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("a = 'one\u2028two\x85three'\r\nb = 1\r\n", newline="")
    assert read(path).place(("b",)) == f"{path}:2"
