"""The servers that callers are told of, and each ticket's password for a relay."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hand_clock import HandClock
from pydantic import ValidationError

from agent_service.settings.webrtc import WebRtcSettings
from agent_service.web.webrtc.ice import VALID_S, IceServer, IceServers, links

RELAYS = ("turn:turn.example", "turns:turn.example?transport=tcp")


def servers(**section: Any) -> list[IceServer]:
    settings = WebRtcSettings.model_validate(section)
    return IceServers(settings, HandClock()).for_ticket("ticket-1")


def test_without_settings_nobody_is_asked() -> None:
    assert servers() == []


def test_a_relay_is_opened_with_a_password_that_it_can_check() -> None:
    address, relay = servers(stun_urls=["stun:a.example"], turn_urls=RELAYS, turn_secret="north")
    assert address == IceServer(("stun:a.example",))
    assert relay.username is not None
    until, _, name = relay.username.partition(":")
    assert (int(until), name) == (round(HandClock().utc().timestamp()) + VALID_S, "ticket-1")
    digest = hmac.new(b"north", relay.username.encode(), hashlib.sha1).digest()
    assert relay.credential == base64.b64encode(digest).decode()


def test_the_answer_to_an_offer_names_them_as_whip_does() -> None:
    named = links([IceServer(("stun:a.example",)), IceServer(("turn:b.example",), "7:t", "secret")])
    assert named == [
        '<stun:a.example>; rel="ice-server"',
        (
            '<turn:b.example>; rel="ice-server"; username="7:t"; credential="secret"; '
            'credential-type="password"'
        ),
    ]


@pytest.mark.parametrize(
    "section",
    [
        {"turn_urls": RELAYS},
        {"turn_secret": "north"},
        {"turn_urls": ["https://turn.example"], "turn_secret": "north"},
        {"stun_urls": ["turn:turn.example"]},
        {"max_calls": 0},
    ],
)
def test_what_could_not_work_is_refused(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WebRtcSettings.model_validate(section)
