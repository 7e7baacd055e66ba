"""The npm package: its types are checked and true, and a bundler's empty project can use it."""

import asyncio
import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from widget_page import page_routes

from agent_service.conversation.events import CallerTyped
from agent_service.web.widget_files import WIDGET_FOLDER

ROOT = Path(__file__).parents[3]
TOOLS = ROOT / "build/clients/node/node_modules"
MAIN = """import { ClientError, connect, type Caption, type State } from "agent-service-widget";

const ticket = async (): Promise<string> => (await fetch("/ticket", { method: "POST" })).text();
try {
  const conversation = await connect({ service: location.origin, ticket, mode: "audio" });
  const captions: string[] = [];
  conversation.on("caption", (caption: Caption) => captions.push(caption.text));
  const off: () => void = conversation.on("state", ({ activity }: State) => activity);
  off();
  conversation.say("from a bundle");
  document.title = conversation.state.connection;
} catch (error) {
  document.title = error instanceof ClientError ? error.code : String(error);
}
"""
HTML = """<!doctype html><link rel="icon" href="data:,">
<script type="module" src="/main.ts"></script>"""
TSCONFIG = {
    "compilerOptions": {
        "strict": True,
        "noEmit": True,
        "target": "es2022",
        "module": "esnext",
        "moduleResolution": "bundler",
        "lib": ["es2022", "dom", "dom.iterable"],
        "types": [],
    },
    "files": ["main.ts"],
}


@pytest.fixture
def node_tool(program: Callable[[str], str]) -> Callable[..., None]:
    """Run what tests/offline/clients/install.py has installed."""
    node = program("node")

    def run(script: str, *arguments: str, folder: Path) -> None:
        done = subprocess.run(
            [node, str(TOOLS / script), *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def test_the_package_has_the_services_version() -> None:
    package = json.loads((WIDGET_FOLDER / "package.json").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert package["version"] == project["version"]


@pytest.mark.clients
def test_the_types_in_the_comments_are_right(node_tool: Callable[..., None]) -> None:
    node_tool("typescript/bin/tsc", "-p", ".", folder=WIDGET_FOLDER)


@pytest.mark.clients
def test_the_declarations_are_those_of_the_comments(
    node_tool: Callable[..., None], tmp_path: Path
) -> None:
    options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly"]
    node_tool(
        "typescript/bin/tsc", "-p", ".", *options, "--outDir", str(tmp_path), folder=WIDGET_FOLDER
    )
    assert files(WIDGET_FOLDER / "types") == files(tmp_path), "npm run types has not been run"


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.clients
@pytest.mark.timeout(300)
def test_an_empty_project_of_a_bundler_installs_checks_builds_and_connects(
    serve: Any,
    browse: Any,
    program: Callable[[str], str],
    node_tool: Callable[..., None],
    tmp_path: Path,
) -> None:
    npm, project = program("npm"), tmp_path / "project"
    project.mkdir()
    npm_run = [npm, "--offline", "--no-audit", "--no-fund", "--loglevel=error"]
    options: Any = {"check": True, "capture_output": True, "timeout": 90}
    subprocess.run([*npm_run, "pack", str(WIDGET_FOLDER)], cwd=tmp_path, **options)
    (packed,) = tmp_path.glob("agent-service-widget-*.tgz")
    (project / "package.json").write_text('{"private": true, "type": "module"}')
    subprocess.run([*npm_run, "install", str(packed)], cwd=project, **options)
    installed = project / "node_modules/agent-service-widget"
    assert not installed.is_symlink()
    assert {path.name for path in installed.iterdir()} >= {"client", "package.json", "types"}
    (project / "main.ts").write_text(MAIN)
    (project / "index.html").write_text(HTML)
    (project / "tsconfig.json").write_text(json.dumps(TSCONFIG))
    node_tool("typescript/bin/tsc", "-p", ".", folder=project)
    node_tool("vite/bin/vite.js", "build", "--logLevel", "error", folder=project)
    # The worklet has to stay a file of its own.
    assert [path for path in (project / "dist/assets").iterdir() if "worklet" in path.name]

    def built(service: Any) -> list[Any]:
        async def page(request: Request) -> Response:
            return Response((project / "dist/index.html").read_text(), media_type="text/html")

        assets = Mount("/assets", StaticFiles(directory=project / "dist/assets"))
        return [Route("/", page), assets, *page_routes(service)]

    async def scenario() -> None:
        async with (
            serve(extra_routes=built) as service,
            # Nobody has tapped yet: the sound waits for that.
            browse(f"http://127.0.0.1:{service.port}/", expected="AudioContext") as page,
        ):
            async with asyncio.timeout(60):
                await service.host.opened.wait()
                event = None
                while not isinstance(event, CallerTyped):
                    event = await service.host.sessions[0].events.get()
            assert event.text == "from a bundle"
            await page.wait_for_function("document.title === 'open'")

    asyncio.run(scenario())
    shutil.rmtree(project)
