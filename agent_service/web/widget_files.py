"""The widget's files, for pages of any web site: compressed, cached, and one version together.

``/widget.js`` is the folder's file ``widget.js``; its ``./`` leads into ``/widget/VERSION/``. What
is there never changes and is kept for good. Any other version gets the files of now, so that a page
which was opened before an update still finds them.
"""

import asyncio
import gzip
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from string import ascii_lowercase
from typing import Final, Literal, TypeAlias

import brotli
import rcssmin
import rjsmin
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from agent_service.web.tags import entity_tag, is_known

WIDGET_FOLDER: Final = Path(__file__).parent / "widget"
LOADER: Final = "widget.js"

Coding: TypeAlias = Literal["br", "gzip", "identity"]

_MEDIA_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_FOR_NOW: Final = "no-cache"
_FOR_MINUTES: Final = "public, max-age=300, stale-while-revalidate=86400"
_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",  # modules and worklets are fetched so
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}
_VERSION: Final = re.compile(r"v-[0-9a-f]{12}")
_HERE: Final = re.compile(rb"""(?<=["'`])\./""")
"""What begins a path relative to the loader."""
_PRIVATE: Final = re.compile(r"""(?<!["'`])#([A-Za-z]\w*)""")
"""A private member, whose name nobody outside of its class can say; colours look like it."""
_JOINED: Final = {"client/client.js": "", "element/panel.js": "element/element.js"}
"""Each comes with all that it imports, together they are smaller, but for what another one has
brought before."""
_IMPORT: Final = re.compile(r'import\{([^}]*)\}from"(\.\.?/[\w/-]+\.js)";')
_EXPORT: Final = re.compile(
    r"\bexport (?=(?:async )?(?:class|const|function)\b)|\bexport\{[^}]*\};"
)
_NEEDLESS: Final = re.compile(r"[;,](?=[)}\]])|(?<=})\n")
"""Also what ends a line behind a block: every other statement of ours ends with a semicolon."""
_STYLES: Final = re.compile(r"`[^`]*`")
"""In a script that holds nothing else."""


class WidgetFiles:
    """The files below a folder, by their paths in it; they are read once."""

    def __init__(self, folder: Path = WIDGET_FOLDER) -> None:
        self._files: dict[str, bytes] = {
            path.relative_to(folder).as_posix(): _served(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _MEDIA_TYPES and "node_modules" not in path.parts
        }
        names = self._files.keys() & _JOINED.keys()
        self._files |= {name: _joined(name, self._files) for name in names}
        told = b"".join(_digest(name.encode() + b"\0" + self._files[name]) for name in self._files)
        self.version: Final = f"v-{_digest(told).hex()[:12]}"

    @property
    def loader(self) -> bytes | None:
        """The file behind ``/widget.js``; None where there is none."""
        content = self._files.get(LOADER)
        return content and _HERE.sub(b"./widget/%s/" % self.version.encode(), content)

    def find(self, path: str) -> tuple[bytes, str] | None:
        """Return the file below ``/widget/``, and how long it may be kept."""
        first, _, rest = path.partition("/")
        name = rest if _VERSION.fullmatch(first) else path
        content = self._files.get(name)
        if content is None:
            return None
        return content, _FOR_GOOD if first == self.version else _FOR_NOW


def routes(files: WidgetFiles) -> list[Route]:
    """Return the routes of the loader and of all that it loads."""
    loader = files.loader

    async def load(request: Request) -> Response:
        if loader is None:
            return _nothing()
        return await _answer(request, loader, LOADER, _FOR_MINUTES)

    async def file(request: Request) -> Response:
        path: str = request.path_params["path"]
        found = files.find(path)
        return _nothing() if found is None else await _answer(request, found[0], path, found[1])

    return [Route("/widget.js", load), Route("/widget/{path:path}", file)]


def _served(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".js":
        return content
    # Comments and spaces are for people: a customer's browser has nothing of them.
    script: str = rjsmin.jsmin(content.decode())
    if path.stem.endswith("_style"):
        script = _STYLES.sub(lambda styles: rcssmin.cssmin(styles[0]), script)
    else:
        script = _with_short_names(_NEEDLESS.sub("", script))
    return script.encode()


def _joined(name: str, files: Mapping[str, bytes]) -> bytes:
    """Return a script behind those that it imports, each once; all names in them differ."""
    known: set[str] = set()
    before = files.get(_JOINED[name], b"").decode()
    from_before: dict[str, dict[str, None]] = {
        normpath(join(dirname(name), path)): {} for _, path in _IMPORT.findall(before)
    }

    def whole(name: str) -> str:
        def imported(found: re.Match[str]) -> str:
            path = normpath(join(dirname(name), found[2]))
            if path in from_before:
                from_before[path] |= dict.fromkeys(found[1].split(","))
            elif path not in known:
                known.add(path)
                return _EXPORT.sub("", whole(path))
            return ""

        return _IMPORT.sub(imported, files[name].decode())

    script = whole(name)
    imports = (
        f'import{{{",".join(names)}}}from"./{relpath(path, dirname(name))}";'
        for path, names in from_before.items()
        if names
    )
    return "".join((*imports, script)).encode()


def _with_short_names(script: str) -> str:
    """Give private members short names, in the order in which they are first named."""
    names = dict.fromkeys(_PRIVATE.findall(script))
    short = {name: f"#{_letters(index)}" for index, name in enumerate(names)}
    return _PRIVATE.sub(lambda found: short[found[1]], script)


def _letters(index: int) -> str:
    rest, last = divmod(index, len(ascii_lowercase))
    return (_letters(rest - 1) if rest else "") + ascii_lowercase[last]


def _nothing() -> Response:
    return PlainTextResponse("There is no such file.\n", 404, {"Cache-Control": "no-store"})


async def _answer(request: Request, content: bytes, name: str, kept: str) -> Response:
    coding = _coding(request.headers.get("accept-encoding", ""))
    tag = entity_tag(content, coding)
    headers = {**_HEADERS, "Cache-Control": kept, "ETag": tag}
    if is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    body = await asyncio.to_thread(_encoded, content, coding)
    return Response(body, headers=headers, media_type=_MEDIA_TYPES[Path(name).suffix])


@cache  # as many as there are files: the first to ask waits for a few milliseconds
def _encoded(content: bytes, coding: Coding) -> bytes:
    match coding:
        case "br":
            compressed: bytes = brotli.compress(content, mode=brotli.MODE_TEXT)
            return compressed
        case "gzip":
            return gzip.compress(content, mtime=0)
        case "identity":
            return content


def _coding(accepted: str) -> Coding:
    """Return the smallest coding that the client takes."""
    taken = set()
    for each in accepted.lower().split(","):
        name, _, quality = each.partition(";")
        if not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality):
            taken.add(name.strip())
    if "br" in taken:
        return "br"
    return "gzip" if "gzip" in taken else "identity"


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
