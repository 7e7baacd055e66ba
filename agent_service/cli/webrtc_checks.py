"""What ``doctor`` says of calls over WebRTC: whether they can be taken, and who gets through."""

from collections.abc import Iterator
from importlib.util import find_spec

from agent_service.cli.checks import Finding, Verdict
from agent_service.settings import Settings

LIBRARY = "aiortc"


def check_webrtc(settings: Settings, library: str = LIBRARY) -> Iterator[Finding]:
    """Look at what calls over WebRTC need, where there are to be any; nobody is asked."""
    section = settings.webrtc
    if not section.enabled:
        return
    if find_spec(library) is None:
        remedy = "pip install 'agent-service[webrtc]', or webrtc.enabled = false"
        yield Finding(Verdict.BAD, "webrtc", f"{library} is missing", remedy, "bad_settings")
        return
    if not section.turn_urls:
        words = "there is no relay: callers behind strict firewalls do not get through"
        remedy = "set webrtc.turn_urls and webrtc.turn_secret"
        yield Finding(Verdict.NOTE, "webrtc", words, remedy, "no_relay")
    found = [*section.stun_urls, *section.turn_urls]
    by_way_of = f", by way of {', '.join(found)}" if found else ""
    yield Finding(Verdict.GOOD, "webrtc", f"at most {section.max_calls} calls at once{by_way_of}")
