"""Whisper as a differentiable network, with low-rank adapters on every linear layer."""

import math
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

HEADS: Final = 6
LAYERS: Final = 4


class Adapted(nn.Module):
    """A linear layer that stays as it is, plus a product of two thin matrices that learns."""

    def __init__(self, weight: Tensor, bias: Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)
        width_out, width_in = weight.shape
        self.down = nn.Parameter(torch.randn(rank, width_in) / math.sqrt(width_in))
        self.up = nn.Parameter(torch.zeros(width_out, rank))

    def forward(self, x: Tensor) -> Tensor:
        fixed = functional.linear(x, self.weight.to(x.dtype), self.bias.to(x.dtype))
        learnt = functional.linear(functional.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype))
        return fixed + learnt


class Whisper(nn.Module):
    """Whisper with the weights of a CTranslate2 model file; only the adapters learn."""

    def __init__(self, weights: dict[str, NDArray[np.float16]], rank: int) -> None:
        super().__init__()
        self._fixed = nn.Module()
        self._names: dict[str, str] = {}
        self._adapted = nn.ModuleDict()
        self._layers: dict[str, str] = {}
        self.vocabulary = weights["decoder/embeddings/weight"].shape[0]
        for name, value in weights.items():
            tensor = torch.from_numpy(value.astype(np.float32))
            part, _, last = name.rpartition("/")
            if "/linear_" not in name:
                self._names[name] = name.replace("/", "_")
                self._fixed.register_buffer(self._names[name], tensor)
            elif last == "weight":
                bias = torch.from_numpy(weights[f"{part}/bias"].astype(np.float32))
                self._layers[part] = part.replace("/", "_")
                self._adapted[self._layers[part]] = Adapted(tensor, bias, rank)

    def adapters(self) -> dict[str, tuple[Tensor, Tensor]]:
        """Return the thin matrices by the name of the weight that their product is added to."""
        found = {}
        for layer, name in self._layers.items():
            each = self._adapted[name]
            found[f"{layer}/weight"] = (each.up, each.down)
        return found

    def _of(self, name: str) -> Tensor:
        return getattr(self._fixed, self._names[name])

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return self._adapted[self._layers[name]](x)

    def _norm(self, name: str, x: Tensor) -> Tensor:
        gamma, beta = self._of(f"{name}/gamma"), self._of(f"{name}/beta")
        return functional.layer_norm(x.float(), gamma.shape, gamma, beta).to(x.dtype)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (HEADS, -1)).transpose(1, 2)

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, is_causal: bool) -> Tensor:
        seen = functional.scaled_dot_product_attention(
            self._split(query), self._split(key), self._split(value), is_causal=is_causal
        )
        return seen.transpose(1, 2).flatten(2)

    def _self_attention(self, name: str, x: Tensor, is_causal: bool) -> Tensor:
        query, key, value = self._linear(
            f"{name}/linear_0", self._norm(f"{name}/layer_norm", x)
        ).chunk(3, -1)
        return x + self._linear(f"{name}/linear_1", self._attend(query, key, value, is_causal))

    def _cross_attention(self, name: str, x: Tensor, sound: Tensor) -> Tensor:
        query = self._linear(f"{name}/linear_0", self._norm(f"{name}/layer_norm", x))
        key, value = self._linear(f"{name}/linear_1", sound).chunk(2, -1)
        return x + self._linear(f"{name}/linear_2", self._attend(query, key, value, False))

    def _feed_forward(self, name: str, x: Tensor) -> Tensor:
        inner = self._linear(f"{name}/linear_0", self._norm(f"{name}/layer_norm", x))
        return x + self._linear(f"{name}/linear_1", functional.gelu(inner))

    def encode(self, pictures: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return the encoder's states of [batch, 80, frames] spectrograms."""
        x = pictures.to(dtype)
        for name, stride in (("encoder/conv1", 1), ("encoder/conv2", 2)):
            weight, bias = self._of(f"{name}/weight").to(dtype), self._of(f"{name}/bias").to(dtype)
            x = functional.gelu(functional.conv1d(x, weight, bias, stride=stride, padding=1))
        x = x.transpose(1, 2)
        x = x + self._of("encoder/position_encodings/encodings")[: x.shape[1]].to(dtype)
        for layer in range(LAYERS):
            x = self._self_attention(f"encoder/layer_{layer}/self_attention", x, False)
            x = self._feed_forward(f"encoder/layer_{layer}/ffn", x)
        return self._norm("encoder/layer_norm", x)

    def decode(self, sound: Tensor, tokens: Tensor, start: int) -> Tensor:
        """Return the scores of the next token for every token from ``start`` on."""
        embeddings = self._of("decoder/embeddings/weight")
        x = functional.embedding(tokens, embeddings).to(sound.dtype)
        x = x + self._of("decoder/position_encodings/encodings")[: x.shape[1]].to(sound.dtype)
        for layer in range(LAYERS):
            x = self._self_attention(f"decoder/layer_{layer}/self_attention", x, True)
            x = self._cross_attention(f"decoder/layer_{layer}/attention", x, sound)
            x = self._feed_forward(f"decoder/layer_{layer}/ffn", x)
        x = self._norm("decoder/layer_norm", x[:, start:])
        return functional.linear(x, embeddings.to(x.dtype)).float()
