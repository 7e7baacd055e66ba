"""The socket that a server listens on, and in words why there is none. Knows no server."""

import errno
import socket

from agent_service.errors import AgentServiceError


class CannotListen(AgentServiceError):
    """The service cannot listen on this address."""

    code = "cannot_listen"


def listen(host: str, port: int) -> socket.socket:
    """Return a bound, listening socket; port 0 lets the system choose one."""
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Named in full: for an unnamed protocol asyncio leaves TCP_NODELAY out, and small writes
        # stall for 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise _cannot_listen(host, port, error) from error
    listener.setblocking(False)
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> CannotListen:
    match error.errno:
        case errno.EADDRINUSE:
            problem = "another program is using the port; stop it or choose another --port"
        case errno.EACCES:
            problem = "ports below 1024 need special rights; choose a higher --port"
        case _:
            problem = f"{error.strerror}; check --host"
    return CannotListen(f"Cannot listen on {host} port {port}: {problem}.")
