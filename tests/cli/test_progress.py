"""A bar appears when something takes longer than two seconds, and only where somebody looks."""

import pytest

from agent_service.cli.progress import bar


class HandClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_quick_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    clock = HandClock()
    with bar("rows", 100, clock) as shown:
        for _ in range(10):
            clock.now += 0.1
            shown.advance(10)
    assert capsys.readouterr().err == ""


def test_what_takes_longer_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    clock = HandClock()
    with bar("rows", 100, clock) as shown:
        for _ in range(3):
            clock.now += 1.0
            shown.advance(25)
    assert "75/100" in capsys.readouterr().err


def test_a_file_gets_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    clock = HandClock()
    with bar("rows", None, clock) as shown:
        clock.now = 5.0
        shown.advance(1)
    assert capsys.readouterr().err == ""
