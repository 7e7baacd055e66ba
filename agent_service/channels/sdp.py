"""What a caller's client offers for a WebRTC call (SDP, RFC 8866): one way of sound each way, and
at most a way for messages.

Pure: what is offered is looked at before anything is set up for it.
"""

import re
from dataclasses import dataclass
from typing import Final

from agent_service.errors import CallerError

MAX_OFFER_BYTES: Final = 64 * 1024
MAX_CANDIDATES: Final = 40
"""Addresses under which a client may say it can be reached; each is tried."""

_SECURED_BY: Final = ("ice-ufrag", "ice-pwd", "fingerprint")
"""Without which nobody could tell whose packets these are."""
_OPUS: Final = re.compile(r"^a=rtpmap:\d+ opus/48000/2$", re.IGNORECASE | re.MULTILINE)
_DIRECTION: Final = re.compile(r"^a=(sendrecv|sendonly|recvonly|inactive)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Offer:
    sdp: str
    has_messages: bool
    """There is a data channel."""


class BadOffer(CallerError):
    """The SDP offer is not one for a call."""

    code = "bad_offer"


def read_offer(body: bytes) -> Offer:
    """Return the offer; raise BadOffer naming what is wrong with it."""
    try:
        lines = [line.rstrip() for line in body.decode("ascii").splitlines()]
    except UnicodeDecodeError:
        raise BadOffer("An SDP offer is plain ASCII text.") from None
    if not lines or lines[0] != "v=0":
        raise BadOffer("Send an SDP offer, which begins with v=0.")
    text = "\r\n".join(line for line in lines if line and not _is_masked(line)) + "\r\n"
    kinds = [line[2:].partition(" ")[0] for line in lines if line.startswith("m=")]
    if kinds.count("audio") != 1:
        raise BadOffer(f"A call has one audio section; this offer has {kinds.count('audio')}.")
    others = [kind for kind in kinds if kind not in ("audio", "application")]
    if others or kinds.count("application") > 1:
        found = ", ".join(kinds)[:100]
        raise BadOffer(f"A call has sound and at most one data channel, not {found}.")
    for name in _SECURED_BY:
        if f"\r\na={name}:" not in text:
            raise BadOffer(f"The offer has no {name}.")
    _check_sound(text.partition("\r\nm=audio")[2].partition("\r\nm=")[0].replace("\r", ""))
    if len(re.findall(r"^a=candidate:", text, re.MULTILINE)) > MAX_CANDIDATES:
        raise BadOffer(f"The offer has more than {MAX_CANDIDATES} candidates.")
    return Offer(text, "application" in kinds)


def _check_sound(section: str) -> None:
    if not _OPUS.search(section):
        raise BadOffer("The audio section does not offer Opus (opus/48000/2).")
    direction = _DIRECTION.search(section)
    if direction is not None and direction[1] not in ("sendrecv", "recvonly"):
        raise BadOffer(f"The audio is {direction[1]}: a caller has to hear the agent.")


def _is_masked(line: str) -> bool:
    """Tell whether the line is an address that nobody outside the client's network can read.

    The client is found all the same, once it has sent the first packet.
    """
    return line.startswith("a=candidate:") and ".local " in line
