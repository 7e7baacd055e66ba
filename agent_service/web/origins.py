"""Which web pages may open the conversation socket, judged by the handshake's Origin header."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from agent_service.errors import CallerError


class Origins:
    """The allow-list: exact origins, and pages that this service itself serves."""

    def __init__(self, allowed: Iterable[str] = (), own_hosts: Iterable[str] = ()) -> None:
        self._allowed = frozenset(allowed)
        self._own_hosts = frozenset(own_hosts) | {"localhost"}

    def may_connect(self, origin: str | None, host: str | None) -> bool:
        """Judge a handshake; without an allow-list a foreign origin is left to its ticket."""
        return not self._allowed or origin is None or self._is_trusted(origin, host)

    def check_ticket(self, bound_to: str | None, origin: str | None, host: str | None) -> None:
        """Raise CallerError unless a ticket bound to that origin may be used from this one."""
        if bound_to is not None:
            is_fitting = origin == bound_to
        else:
            # Only browsers send an origin, and a foreign page needs a ticket made out to it.
            is_fitting = origin is None or self._is_trusted(origin, host)
        if not is_fitting:
            raise CallerError(
                "This ticket may not be used from this page: mint it with the page's origin.",
                code="origin_not_allowed",
            )

    def check_grant(self, origin: str | None) -> None:
        """Raise CallerError for an origin to make a ticket out to that could never connect.

        Whoever asks for the ticket can mend it; the customer, whose handshake fails, cannot.
        """
        if self._allowed and origin is not None and origin not in self._allowed:
            name = parts_of(origin).hostname
            if name is None or not self._is_own_name(name):
                raise CallerError(
                    f"Pages of {origin} may not open a conversation: add it to server.origins.",
                    code="origin_not_allowed",
                )

    def check_host(self, host: str | None) -> None:
        """Raise CallerError unless the request was sent to a name of this service."""
        if not self._is_own(f"http://{host}", host):
            raise CallerError(
                "This may not be read under that host name: use localhost or an address.",
                code="origin_not_allowed",
            )

    def _is_trusted(self, origin: str, host: str | None) -> bool:
        return origin in self._allowed or self._is_own(origin, host)

    def _is_own(self, origin: str, host: str | None) -> bool:
        """Tell whether the page came from this service.

        Host and Origin agree also when a stranger's name was pointed at our address (DNS
        rebinding), so the name itself must be one of ours, or a bare address.
        """
        parts = parts_of(origin)
        if parts.scheme not in ("http", "https") or parts.netloc != host or parts.hostname is None:
            return False
        return self._is_own_name(parts.hostname)

    def _is_own_name(self, name: str) -> bool:
        return name in self._own_hosts or _is_address(name)


def parts_of(origin: str) -> SplitResult:
    """Take an origin apart that anybody may have written: what is none has no parts."""
    try:
        return urlsplit(origin)
    except ValueError:  # "http://[", for one
        return urlsplit("")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
