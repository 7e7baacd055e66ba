"""What a client may offer for a call over WebRTC."""

import pytest

from agent_service.channels.sdp import MAX_CANDIDATES, BadOffer, read_offer

AUDIO = "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\na=mid:0\na=sendrecv\na=rtpmap:111 opus/48000/2\n"
DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:1\na=sendonly\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:2\n"
HEAD = (
    "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"
    "a=ice-ufrag:abcd\na=ice-pwd:abcdefghijklmnopqrstuv\na=fingerprint:sha-256 00\n"
)
CANDIDATE = "a=candidate:1 1 udp 2122260223 {address} 50000 typ host\n"


@pytest.mark.parametrize(("sections", "has_messages"), [(AUDIO, False), (AUDIO + DATA, True)])
def test_sound_and_perhaps_messages_are_a_call(sections: str, has_messages: bool) -> None:
    offer = read_offer((HEAD + sections).encode())
    assert offer.has_messages is has_messages
    assert offer.sdp == (HEAD + sections).replace("\n", "\r\n")


@pytest.mark.parametrize("direction", ["a=recvonly\n", ""])
def test_a_caller_may_be_without_a_microphone(direction: str) -> None:
    assert read_offer((HEAD + AUDIO.replace("a=sendrecv\n", direction)).encode())


def test_addresses_that_nobody_else_can_read_are_left_out() -> None:
    masked = CANDIDATE.format(address="6c1e.local")
    plain = CANDIDATE.format(address="192.0.2.7")
    offer = read_offer((HEAD + AUDIO + masked + plain).encode())
    assert offer.sdp == (HEAD + AUDIO + plain).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "begins with v=0"),
        (b"{}", "begins with v=0"),
        (b"v=0\n\xff", "plain ASCII"),
        (HEAD.encode(), "has 0"),
        ((HEAD + DATA).encode(), "has 0"),
        ((HEAD + 10 * AUDIO).encode(), "has 10"),
        ((HEAD + AUDIO + VIDEO).encode(), "audio, video"),
        ((HEAD + AUDIO + DATA + DATA).encode(), "audio, application, application"),
        ((HEAD + AUDIO.replace("opus", "PCMU")).encode(), "Opus"),
        (
            (HEAD + AUDIO.replace("opus/48000/2", "x") + DATA + "a=rtpmap:1 opus/48000/2").encode(),
            "Opus",
        ),
        ((HEAD + AUDIO.replace("sendrecv", "sendonly")).encode(), "sendonly"),
        ((HEAD + AUDIO.replace("sendrecv", "inactive")).encode(), "inactive"),
        ((HEAD + AUDIO).replace("a=fingerprint", "a=x").encode(), "no fingerprint"),
        (
            (HEAD + AUDIO + (MAX_CANDIDATES + 1) * CANDIDATE.format(address="192.0.2.7")).encode(),
            "candidates",
        ),
    ],
)
def test_what_is_no_call_is_refused_in_words(body: bytes, reason: str) -> None:
    with pytest.raises(BadOffer, match=reason) as refused:
        read_offer(body)
    assert refused.value.code == "bad_offer"
