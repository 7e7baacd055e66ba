"""The command that shows how answers are understood says one word for each line."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from agent_service.__main__ import main

CANCEL = "Cancel order 1007, one mouse. Shall I go ahead?"


def told(path: Path, *options: str) -> int:
    return main(["answers", str(path), *options])


def test_each_line_is_answered_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.tsv"
    path.write_text(
        "# how callers answer\nlanguage\tread-back\tanswer\tright\n"
        f"en\t{CANCEL}\tYes, please.\tyes\n\n\t{CANCEL}\tNein, danke.\n# more\n"
        f"pt-BR\t{CANCEL}\tTalvez\u2028sim\r\nen\t{CANCEL}\t\n"
    )
    assert told(path) == 0
    assert capsys.readouterr() == ("yes\nno\nunclear\nunclear\n", "")


def test_read_backs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "read_backs.tsv"
    path.write_text(f"en\t{CANCEL}\t{CANCEL}\nen\t{CANCEL}\tThe weather is nice.\n")
    assert told(path, "--read-backs") == 0
    assert capsys.readouterr().out == "same\ndifferent\n"


def test_lines_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbflanguage\tread-back\tanswer\nde\tx\tJa."))
    monkeypatch.setattr("sys.stdin", lines)
    assert main(["answers", "-"]) == 0
    assert capsys.readouterr().out == "yes\n"


def test_every_bad_line_is_named_and_nothing_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.tsv"
    path.write_bytes(b"en\tx\tyes\nen\tyes\nenglish please\tx\tyes\nen\tx\t\xff\n")
    assert told(path) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "agent-service: 3 to correct:",
        "  line 2: 2 of 3 columns: write language, read-back and answer with a tab between",
        "  line 3: 'english please' is no language: write a code such as en or pt-BR, or none",
        "  line 4: this is not UTF-8: save the file as UTF-8",
    ]


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(tmp_path / "none.tsv") == 2
    assert "none.tsv cannot be read: No such file" in capsys.readouterr().err


def test_neither_models_nor_the_database_are_loaded() -> None:
    heavy = (
        "sqlalchemy",
        "starlette",
        "numpy",
        "onnxruntime",
        "ctranslate2",
        "agent_service.store",
    )
    script = (
        "import sys; from agent_service.__main__ import main; main(['answers', '-']);"
        f"sys.exit(' '.join(name for name in {heavy} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"", capture_output=True, check=False
    )
    assert done.stderr == b"\n"
