"""axe finds no barrier in any state of the widget, light and dark, wide and small."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import widget_states as states
from playwright.async_api import Page

AXE = Path(__file__).parents[3] / "build/clients/node/node_modules/axe-core/axe.min.js"
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const brief = ({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
    [id, html.slice(0, 200), [...any, ...all, ...none].map(({ message }) => message)]);
  return found.violations.flatMap(brief);
}"""

INTO_BODY = "document.body.append(document.querySelector('support-conversation'))"
"""Behind the body, where the widget's script puts it, axe cannot tell the contrast of anything."""

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]


async def barriers(page: Page) -> Any:
    await page.evaluate(AXE.read_text())
    return await page.evaluate(RUN)


@pytest.mark.parametrize(
    ("theme", "language", "width"), [("light", "en", 1000), ("dark", "ar", 390)]
)
def test_no_barrier_is_found_in_any_state(
    serve: Any, browse: Any, theme: Any, language: str, width: int
) -> None:
    async def look(browser: Any, state: str) -> Any:
        async with serve(extra_routes=partial(states.routes, language=language)) as service:
            page = await browser.new_page(
                viewport={"width": width, "height": 780},
                color_scheme=theme,
                reduced_motion="reduce",
            )
            await page.goto(f"http://127.0.0.1:{service.port}/")
            await page.evaluate(INTO_BODY)
            await states.STATES[state](page, service)
            found = await barriers(page)
            await page.context.close()
            return found

    async def scenario() -> dict[str, Any]:
        async with browse("data:text/html,", *states.MICROPHONE) as page:
            browser = page.context.browser
            return {state: await look(browser, state) for state in states.STATES}

    assert asyncio.run(scenario()) == {state: [] for state in states.STATES}


def test_a_barrier_inside_would_be_found(serve: Any, browse: Any) -> None:
    style = "support-conversation { --support-soft: #ccc; }"

    async def scenario() -> Any:
        async with (
            serve(extra_routes=partial(states.routes, style=style)) as service,
            browse(f"http://127.0.0.1:{service.port}/") as page,
        ):
            await page.emulate_media(reduced_motion="reduce")  # of what fades in nothing is judged
            await page.evaluate(INTO_BODY)
            await states.open_panel(page)
            return await barriers(page)

    assert {rule for rule, *_ in asyncio.run(scenario())} == {"color-contrast"}
