"""``doctor`` says whether calls over WebRTC can be taken, and who gets through."""

from typing import Any

from agent_service.cli.checks import Finding, Verdict
from agent_service.cli.webrtc_checks import check_webrtc
from agent_service.settings import Settings

RELAY: dict[str, Any] = {"turn_urls": ["turn:turn.example"], "turn_secret": "north-wind"}


def found(library: str = "json", **section: Any) -> list[Finding]:
    return [*check_webrtc(Settings.model_validate({"webrtc": section}), library)]


def test_nothing_is_said_where_there_are_to_be_no_calls() -> None:
    assert found("no_such_library") == []


def test_without_the_library_no_call_can_be_taken() -> None:
    (finding,) = found("no_such_library", enabled=True)
    assert finding.verdict is Verdict.BAD
    assert "agent-service[webrtc]" in finding.line


def test_without_a_relay_some_callers_do_not_get_through() -> None:
    note, good = found(enabled=True, max_calls=7)
    assert (note.verdict, note.code) == (Verdict.NOTE, "no_relay")
    assert (good.verdict, good.text) == (Verdict.GOOD, "at most 7 calls at once")


def test_with_a_relay_all_is_well_and_its_secret_is_not_shown() -> None:
    (finding,) = found(enabled=True, stun_urls=["stun:stun.example"], **RELAY)
    assert finding.verdict is Verdict.GOOD
    assert finding.text.endswith("by way of stun:stun.example, turn:turn.example")
    assert "north-wind" not in finding.line
