"""Asterisk's sockets: a PBX asks nothing beforehand, and its handshake says whose call it is."""

from base64 import b64decode
from functools import partial
from typing import Final

import structlog
from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection

from agent_service.channels.asterisk import CARRIER, SUBPROTOCOL
from agent_service.channels.start import Start
from agent_service.errors import CallerError
from agent_service.web.phone.line import IncomingCall, is_same
from agent_service.web.phone.webhooks import Switchboard
from agent_service.web.sockets.endpoint import Knock, SocketKind
from agent_service.web.sockets.phone import PhoneChannel
from agent_service.web.tickets import Grant

PATH: Final = "/phone/asterisk"

_log = structlog.get_logger()


def asterisk_sockets(secret: str, switchboard: Switchboard) -> SocketKind:
    """Return the sockets of PBXs that show the secret as their password."""

    def knock(connection: HTTPConnection) -> Knock:
        try:
            _check_password(connection.headers.get("authorization", ""), secret)
            call = _call(connection.query_params)
        except CallerError as error:  # of which a PBX says no more than that there was one
            _log.warning("call_refused", carrier=CARRIER.traits.name, reason=error.message)
            raise

        async def grant(start: Start) -> Grant:
            return await switchboard.put_through(CARRIER.traits, call)

        offered = SUBPROTOCOL in connection.scope["subprotocols"]
        return Knock(
            SUBPROTOCOL if offered else None,
            partial(PhoneChannel, CARRIER, "", call.carrier_call_id),
            redeem=grant,
        )

    return SocketKind((PATH,), knock)


def _check_password(authorization: str, secret: str) -> None:
    kind, _, encoded = authorization.partition(" ")
    try:
        _, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        password = ""
    if kind.lower() != "basic" or not is_same(password, secret):
        raise CallerError("The password is not phone.asterisk_secret.", code="wrong_password")


def _call(asked: QueryParams) -> IncomingCall:
    return IncomingCall(_only(asked, "call"), _only(asked, "to"), _only(asked, "from"))


def _only(asked: QueryParams, name: str) -> str:
    """Return what the dial plan says of the call, which has to say it: Asterisk keeps what an
    earlier call said for one that says nothing.
    """
    said = asked.getlist(name)
    if len(said) != 1 or len(said[0]) > 200 or (name == "call" and not said[0]):
        message = f"The address should say {name}, once: dial with v(call=...,from=...,to=...)."
        raise CallerError(message, code="bad_request")
    return said[0]
