"""How values stand on a page."""

import pytest

from agent_service.web.desk.writing import browser, timed

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/1 Safari/1 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Gecko/1 Firefox/140.0", "Firefox on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("<b>curl</b>/8.1", "<b>curl</b>/8.1"),
        ("", "–"),  # noqa: RUF001 - a dash, as it is written
    ],
)
def test_a_browser_has_the_name_that_people_know(said: str, shown: str) -> None:
    assert browser(said) == shown


def test_a_moment_in_a_sentence_stands_as_all_others_do() -> None:
    shown = timed("<b> was faster, at 2026-12-01 02:48 UTC: it is solved.")
    assert shown == (
        '&lt;b&gt; was faster, at <time datetime="2026-12-01T02:48:00+00:00"'
        ' title="2026-12-01 02:48:00 UTC">2026-12-01 02:48 UTC</time>: it is solved.'
    )
    assert timed("no moment") == "no moment"
