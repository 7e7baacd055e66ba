"""Takes pictures of the widget in every state, to look at: ``pictures.py FOLDER [STATE ...]``.

Light and dark, on a telephone and beside a page, from left to right and from right to left.
``pictures.py --docs`` takes those that ``docs/widget.md`` shows. Letters are those of the machine:
install Inter, and Noto for Arabic and Japanese.
"""

import asyncio
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs" / "pictures"
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "plugins")]

import widget_states  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.async_api import Browser, async_playwright  # noqa: E402


@dataclass(frozen=True)
class Look:
    name: str
    width: int
    height: int
    theme: Any = "light"
    language: str = "en"


LOOKS = (
    Look("desktop", 1000, 760),
    Look("desktop-dark", 1000, 760, "dark"),
    Look("phone", 390, 780),
    Look("phone-dark", 390, 780, "dark"),
    Look("phone-arabic", 390, 780, "light", "ar"),
    Look("desktop-japanese", 1000, 760, "light", "ja"),
    Look("zoomed", 320, 256),
)


IN_DOCS = {
    "welcome": Look("page", 760, 720),
    "hearing": Look("page", 760, 720),
    "question": Look("phone", 390, 720),
    "typed": Look("phone", 390, 720, "dark"),
    "working": Look("phone", 390, 720, "light", "ar"),
    "ended": Look("phone", 390, 720, "light", "ja"),
}


def scripted_service() -> ModuleType:
    """Return the module with the service that tests script."""
    spec = importlib.util.spec_from_file_location("scripted", ROOT / "tests/web/conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def take(browser: Browser, serve: Any, look: Look, state: str, folder: Path) -> None:
    def routes(service: Any) -> Any:
        return widget_states.routes(service, language=look.language)

    async with serve(extra_routes=routes) as service:
        context = await browser.new_context(
            viewport={"width": look.width, "height": look.height},
            device_scale_factor=2 if look.width > 320 else 1,
            color_scheme=look.theme,
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{service.port}/")
        await widget_states.STATES[state](page, service)
        await page.wait_for_timeout(150)  # fonts and meters settle
        file = folder / f"{state}-{look.name}.png"
        await page.screenshot(path=file)
        if folder == DOCS:
            Image.open(file).quantize(128).save(folder / f"widget-{state}.png", optimize=True)
            file.unlink()
        await context.close()


async def main(pictures: list[tuple[str, Look]], folder: Path) -> None:
    serve = scripted_service()._serve
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", *widget_states.MICROPHONE],
        )
        for state, look in pictures:
            await take(browser, serve, look, state, folder)
        await browser.close()


if __name__ == "__main__":
    named = sys.argv[2:] or list(widget_states.STATES)
    out = DOCS if sys.argv[1] == "--docs" else Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    all_of_them = [(state, look) for state in named for look in LOOKS]
    asyncio.run(main(list(IN_DOCS.items()) if out == DOCS else all_of_them, out))
