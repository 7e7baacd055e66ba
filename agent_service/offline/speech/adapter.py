"""What the recogniser learnt on top of its published network: spelled letters and digits.

The adapter is a low-rank addition to the weights of every linear layer (LoRA, arXiv 2106.09685),
trained by ``benchmarks/recogniser_training``. It is added to the model file in memory.
"""

import struct
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HALF_FLOAT: Final = 4
"""How CTranslate2's file format numbers this type."""


def adapted(model: bytes, adapter: Path) -> bytes:
    """Return a CTranslate2 model file with the adapter's matrices added to its weights.

    The adapter holds two thin matrices a weight, ``NAME:up`` [out, rank] and ``NAME:down``
    [rank, in]; KeyError names a weight that the model does not have.
    """
    changed = bytearray(model)
    weights = weights_of(changed)
    with np.load(adapter) as thin:
        for name in {name.rpartition(":")[0] for name in thin.files}:
            up, down = (thin[f"{name}:{part}"].astype(np.float32) for part in ("up", "down"))
            weights[name] += (up @ down).astype(np.float16)
    return bytes(changed)


def weights_of(model: bytearray) -> dict[str, NDArray[np.float16]]:
    """Return the half-float variables of a model file by name, as views of its bytes.

    Version, name and revision of the specification, and the number of variables, come first; then
    each variable's name, rank, dimensions, type, and its bytes with their number.
    """
    reader = _Reader(model)
    reader.number("I")
    reader.text()
    reader.number("I")
    weights = {}
    for _ in range(reader.number("I")):
        name = reader.text()
        shape = [reader.number("I") for _ in range(reader.number("B"))]
        kind, size = reader.number("B"), reader.number("I")
        if kind == _HALF_FLOAT:
            half_floats = np.frombuffer(model, np.float16, size // 2, reader.at)
            weights[name] = half_floats.reshape(shape)
        reader.at += size
    return weights


class _Reader:
    """Reads numbers and names, one after the other."""

    def __init__(self, content: bytearray) -> None:
        self._content = content
        self.at = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(f"<{form}", self._content, self.at)
        self.at += struct.calcsize(form)
        return int(value)

    def text(self) -> str:
        length = self.number("H")
        found = self._content[self.at : self.at + length - 1].decode()
        self.at += length
        return found
