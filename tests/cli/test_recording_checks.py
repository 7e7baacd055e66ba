"""``doctor`` says who is recorded, and whether their storage answers."""

from pathlib import Path
from typing import Any

import pytest

from agent_service.cli.checks import Verdict
from agent_service.cli.recording_checks import check_recordings
from agent_service.settings import Settings


def settings(tmp_path: Path, **recording: Any) -> Settings:
    return Settings.model_validate({"data_dir": tmp_path, "recording": recording})


def test_recordings_in_the_data_folder_are_fine(tmp_path: Path) -> None:
    finding = check_recordings(settings(tmp_path))
    assert (finding.verdict, finding.text) == (
        Verdict.GOOD,
        f"of no agent, kept in {tmp_path / 'recordings'}",
    )
    assert not (tmp_path / "recordings").exists()


def test_an_object_store_that_answers_is_fine_and_is_left_as_it_is(tmp_path: Path, s3: Any) -> None:
    finding = check_recordings(settings(tmp_path, storage_url=s3.url, storage_options=s3.options))
    assert (finding.verdict, finding.text) == (Verdict.GOOD, f"of no agent, kept in {s3.url}")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"endpoint": "http://127.0.0.1:9", "skip_signature": "true"}, "recordings_away"),
        ({"no_such_option": "secret"}, "bad_settings"),
    ],
)
def test_one_that_does_not_or_cannot_is_bad_and_its_secrets_are_not_shown(
    tmp_path: Path, options: dict[str, str], code: str
) -> None:
    finding = check_recordings(
        settings(tmp_path, storage_url="s3://calls", storage_options=options)
    )
    assert (finding.verdict, finding.code) == (Verdict.BAD, code)
    assert "recording.storage_url" in finding.line
    assert "secret" not in finding.line
