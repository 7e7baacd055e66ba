"""What was learnt is added to the right weights, and to nothing else."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agent_service.offline.speech.adapter import adapted, weights_of

MATRIX: NDArray[np.float16] = np.arange(12, dtype=np.float16).reshape(3, 4)
OTHER: NDArray[np.float16] = np.ones((2, 2), np.float16)
HEADS: NDArray[np.int16] = np.array([6], np.int16)


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def variable(name: str, kind: int, value: NDArray[np.float16] | NDArray[np.int16]) -> bytes:
    shape = struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
    return text(name) + shape + struct.pack("<BI", kind, value.nbytes) + value.tobytes()


def model_file() -> bytes:
    """Return a CTranslate2 model file of three variables and no aliases."""
    variables = [
        variable("encoder/linear_0/weight", 4, MATRIX),
        variable("decoder/num_heads", 2, HEADS),
        variable("decoder/linear_1/weight", 4, OTHER),
    ]
    head = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(variables))
    return head + b"".join(variables) + struct.pack("<I", 0)


def test_the_product_of_the_thin_matrices_is_added_to_its_weight_alone(tmp_path: Path) -> None:
    up, down = np.full((3, 1), 2, np.float16), np.array([[1, 0, 0, -1]], np.float16)
    name = "encoder/linear_0/weight"
    np.savez(tmp_path / "thin.npz", allow_pickle=False, **{f"{name}:up": up, f"{name}:down": down})
    changed = weights_of(bytearray(adapted(model_file(), tmp_path / "thin.npz")))
    assert np.array_equal(changed[name], MATRIX + np.array([2, 0, 0, -2], np.float16))
    assert np.array_equal(changed["decoder/linear_1/weight"], OTHER)


def test_nothing_learnt_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    np.savez(tmp_path / "nothing.npz")
    assert adapted(model_file(), tmp_path / "nothing.npz") == model_file()


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    thin = np.ones((1, 1), np.float16)
    np.savez(
        tmp_path / "other.npz",
        allow_pickle=False,
        **{"encoder/none:up": thin, "encoder/none:down": thin},
    )
    with pytest.raises(KeyError, match="encoder/none"):
        adapted(model_file(), tmp_path / "other.npz")
