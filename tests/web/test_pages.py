"""The pages' files and the headers that keep strangers' code out of them."""

import asyncio
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from agent_service.store.proofs import Proof, ProofField
from agent_service.web import pages

BORN = Proof(
    name="born",
    title='Number & "birth date"',
    fields=(ProofField("number", "Number", ".+"), ProofField("born", "Birth date", ".+")),
    look_up=lambda session, claim: None,
)
STATIC = Path(pages.__file__).parent / "static"


def get(path: str, **options: Any) -> httpx.Response:
    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=pages.routes(**options)))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            return await http.get(path)

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    "path",
    [
        "/static/desk.js",
        "/static/vendor/tinykeys.js",
        "/static/page.css",
        "/static/frame.js",
    ],
)
def test_every_file_is_served_under_a_strict_policy(path: str) -> None:
    response = get(path)
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["nothing.js", "..%2fpages.py", "%2e%2e/pages.py", ".htaccess"])
def test_only_the_pages_own_files_are_served(name: str) -> None:
    assert get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    "path", sorted(path for path in STATIC.iterdir() if path.is_file()), ids=lambda path: path.name
)
def test_no_page_needs_anything_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|//\w+\.\w+/", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", text)


def test_what_others_wrote_is_as_they_published_it() -> None:
    folder = STATIC / "vendor"
    listed = json.loads((folder / "vendor.json").read_text())
    for each in listed:
        assert hashlib.sha256((folder / each["file"]).read_bytes()).hexdigest() == each["sha256"]
        assert (folder / f"{Path(each['file']).stem}.LICENSE").exists()
        assert each["version"]
    scripts = {path.name for path in folder.glob("*.js")}
    assert scripts == {each["file"] for each in listed}


def test_frame_is_shown_around_by_listed_sites_and_our_own_alone() -> None:
    policy = get("/widget/frame", framed_by=["https://shop.example"]).headers[
        "content-security-policy"
    ]
    assert "frame-ancestors 'self' https://shop.example;" in policy
    assert "frame-ancestors 'self';" in get("/widget/frame").headers["content-security-policy"]
    assert "frame-ancestors 'none';" in get("/static/page.css").headers["content-security-policy"]


def test_frame_knows_what_callers_can_be_asked_to_prove() -> None:
    page = get("/widget/frame", proofs=[BORN]).text
    (told,) = re.findall(r'data-proofs="([^"]*)"', page)
    assert json.loads(html.unescape(told)) == [
        {
            "name": "born",
            "title": 'Number & "birth date"',
            "fields": [
                {"name": "number", "title": "Number"},
                {"name": "born", "title": "Birth date"},
            ],
        }
    ]
