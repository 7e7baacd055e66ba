"""The widget's files as a foreign page's browser gets them, over a real server."""

import asyncio
import gzip
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
from hatchling.builders.wheel import WheelBuilder

from agent_service.web import widget_files
from agent_service.web.widget_files import WidgetFiles

LOADER = 'button.onclick=()=>import("./element/element.js")'
ELEMENT = "\n".join(40 * ['import"../client/client.js"'])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("widget.js", LOADER),
        ("element/element.js", ELEMENT),
        ("element/element.css", ":host {}"),
        ("package.json", "{}"),
        ("node_modules/other/index.js", "other"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def ask(
    serve: Any,
    folder: Path,
    path: str,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
) -> httpx.Response:
    async def scenario() -> httpx.Response:
        routes = widget_files.routes(WidgetFiles(folder))
        async with serve(extra_routes=lambda _: routes) as service, httpx.AsyncClient() as http:
            http.headers["accept-encoding"] = "identity"
            url = f"http://127.0.0.1:{service.port}{path}"
            return await http.request(method, url, headers=headers)

    return asyncio.run(scenario())


def test_scripts_go_without_what_only_people_read(serve: Any, folder: Path) -> None:
    script = """// What it holds.

/**
 * @param {string} url
 */
export function open(url) {
  // Why.
  return /** @type {any} */ (url + "//not a comment"); // kept;
}
"""
    (folder / "element/element.js").write_text(script)
    assert ask(serve, folder, "/widget/element/element.js").text == (
        'export function open(url){return(url+"//not a comment")}'
    )


def test_private_members_have_short_names_and_the_client_comes_in_one_piece(
    serve: Any, folder: Path
) -> None:
    (folder / "client").mkdir(exist_ok=True)
    (folder / "client/client.js").write_text(
        """import { Line } from "./line.js";
import { LATE } from "./late.js";

export class Client {
  #opened = new Line();
  async #close() { this.#opened.close("#opened", LATE, ); }
}
"""
    )
    (folder / "client/line.js").write_text(
        """import { LATE } from "./late.js";
export class Line { late = LATE; }
"""
    )
    (folder / "client/late.js").write_text("export const LATE = 3;")
    (folder / "element/panel.js").write_text(
        """import { Client } from "../client/client.js";
import { LATE } from "../client/late.js";
export class Panel { client = new Client(LATE); }
"""
    )
    assert ask(serve, folder, "/widget/client/client.js").text == (
        "const LATE=3;class Line{late=LATE}export class Client{#a=new Line();"
        'async#b(){this.#a.close("#opened",LATE)}}'
    )
    assert ask(serve, folder, "/widget/element/panel.js").text == (
        "const LATE=3;class Line{late=LATE}class Client{#a=new Line();"
        'async#b(){this.#a.close("#opened",LATE)}}export class Panel{client=new Client(LATE)}'
    )


def test_loader_leads_into_the_folder_of_its_version(serve: Any, folder: Path) -> None:
    loader = ask(serve, folder, "/widget.js")
    version = WidgetFiles(folder).version
    assert loader.text == LOADER.replace("./", f"./widget/{version}/")
    assert "immutable" not in loader.headers["cache-control"]
    element = ask(serve, folder, f"/widget/{version}/element/element.js")
    assert element.text == ELEMENT
    assert "immutable" in element.headers["cache-control"]


@pytest.mark.parametrize("version", ["", "v-0123456789ab/"])
def test_other_versions_get_the_files_of_now_and_ask_again(
    serve: Any, folder: Path, version: str
) -> None:
    element = ask(serve, folder, f"/widget/{version}element/element.js")
    assert element.text == ELEMENT
    assert element.headers["cache-control"] == "no-cache"


def test_version_changes_with_any_file(folder: Path) -> None:
    before = WidgetFiles(folder).version
    assert WidgetFiles(folder).version == before
    (folder / "element" / "element.css").write_text(":host{}")
    assert WidgetFiles(folder).version != before


@pytest.mark.parametrize("path", ["/widget.js", "/widget/element/element.css"])
def test_pages_of_any_web_site_may_load_it(serve: Any, folder: Path, path: str) -> None:
    headers = ask(serve, folder, path, {"origin": "https://shop.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    kind = "text/javascript" if path.endswith(".js") else "text/css"
    assert headers["content-type"] == f"{kind}; charset=utf-8"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("deflate", None),
        ("", None),
    ],
)
def test_files_come_in_the_smallest_coding_that_is_taken(
    serve: Any, folder: Path, accepted: str, coding: str | None
) -> None:
    answer = ask(serve, folder, "/widget/element/element.js", {"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.text == ELEMENT
    size = int(answer.headers["content-length"])
    sizes = {
        "br": len(brotli.compress(ELEMENT.encode(), mode=brotli.MODE_TEXT)),
        "gzip": len(gzip.compress(ELEMENT.encode(), mtime=0)),
        None: len(ELEMENT),
    }
    assert size == sizes[coding]
    assert (size < len(ELEMENT)) == (coding is not None)


def test_what_is_known_already_is_not_sent_again(serve: Any, folder: Path) -> None:
    path = "/widget/element/element.js"
    tag = ask(serve, folder, path).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = ask(serve, folder, path, {"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    (folder / "element" / "element.js").write_text("changed")
    assert ask(serve, folder, path, {"if-none-match": tag}).text == "changed"
    compressed = ask(serve, folder, path, {"if-none-match": tag, "accept-encoding": "br"})
    assert compressed.status_code == 200  # a tag names one coding


def test_head_tells_the_size(serve: Any, folder: Path) -> None:
    head = ask(serve, folder, "/widget/element/element.js", method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(ELEMENT))


@pytest.mark.parametrize(
    "path",
    [
        "/widget/nothing.js",
        "/widget/package.json",
        "/widget/node_modules/other/index.js",
        "/widget/..%2fpages.py",
        "/widget/%2e%2e/pages.py",
        "/widget",
    ],
)
def test_nothing_else_is_there(serve: Any, folder: Path, path: str) -> None:
    answer = ask(serve, folder, path)
    assert answer.status_code == 404
    assert re.fullmatch(r"There is (no such file|nothing at this address)\.\n", answer.text)


def test_without_a_loader_there_is_none(serve: Any, folder: Path) -> None:
    (folder / "widget.js").unlink()
    assert ask(serve, folder, "/widget.js").status_code == 404


def test_the_packed_service_has_all_of_the_widget() -> None:
    project = Path(widget_files.__file__).parents[2]
    files = WheelBuilder(str(project)).recurse_included_files()
    packed = {Path(file.distribution_path) for file in files}
    folder = widget_files.WIDGET_FOLDER
    own = {path for path in folder.rglob("*.js") if "node_modules" not in path.parts}
    assert {folder / "widget.js", folder / "client" / "client.js"} <= own
    assert {path.relative_to(project) for path in own} <= packed
