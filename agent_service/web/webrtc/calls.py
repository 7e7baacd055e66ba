"""Where calls over WebRTC begin and end: ``POST /v1/realtime/calls`` with an SDP offer, as WHIP
(RFC 9725) and the Realtime API have it.
"""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_service.channels.sdp import MAX_OFFER_BYTES, Offer, read_offer
from agent_service.channels.start import Start
from agent_service.conversation.records import Modality
from agent_service.errors import CallerError, QueryError, QueryProblem
from agent_service.strict_json import BadJson, loads
from agent_service.web.any_site import ConversationOf, any_site_route, bearer
from agent_service.web.body import read_body
from agent_service.web.json_body import HEADERS, json_answer
from agent_service.web.operations import ApiRoute, Operation, Schema, text_of
from agent_service.web.origins import Origins
from agent_service.web.query_string import refuse_others
from agent_service.web.sockets.gate import Gate
from agent_service.web.sockets.realtime import SECRET_PREFIX
from agent_service.web.webrtc.door import Door
from agent_service.web.webrtc.ice import IceServer, IceServers, links

PATH: Final = "/v1/realtime/calls"
SDP: Final = "application/sdp"
_MODEL_ONLY: Final = frozenset({"type", "model"})
_QUERY: Final[Mapping[str, Schema]] = {
    "mode": text_of("audio", "text"),
    "model": text_of(),
    "resume": text_of("true"),
    "last_seq": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
}


class IceAnswer(msgspec.Struct, frozen=True):
    """What helps to find a way here, as browsers take it (``RTCConfiguration``)."""

    iceServers: list[IceServer]


def routes(
    door: Door, gate: Gate, origins: Origins, conversation_of: ConversationOf, ice: IceServers
) -> list[ApiRoute]:
    """Return the endpoints, which pages of any web site may ask with a ticket."""

    async def help_connect(request: Request) -> Response:
        _check_origin(request, origins)
        ticket = gate.known(_token(request))
        return json_answer(IceAnswer(ice.for_ticket(ticket.id)))

    async def begin(request: Request) -> Response:
        _check_origin(request, origins)
        token, start = _token(request), _start(request)
        if (obstacle := door.obstacle()) is not None:
            raise obstacle
        grant, known_as = None, ""
        if start.is_return:
            known_as = await conversation_of(token) or ""
            if not known_as:
                raise CallerError("There is no conversation to return to.", code="resume_failed")
            offer, agent = await _read(request)
        else:
            ticket = gate.check(token, *_place_of(request), request.query_params.get("model"))
            offer, agent = await _read(request)
            if agent is not None:
                gate.check(token, *_place_of(request), agent)
            grant, known_as = await gate.use(ticket), ticket.id
        servers = ice.for_ticket(known_as)
        call_id, answer = await door.begin(offer, start, grant, token, servers)
        response = Response(answer, 201, HEADERS, SDP)
        response.headers["Location"] = f"{PATH}/{call_id}"
        response.headers["Access-Control-Expose-Headers"] = "Location, Link"
        for link in links(servers):
            response.headers.append("Link", link)
        return response

    async def end(request: Request) -> Response:
        door.end(request.path_params["call_id"], _token(request))
        return Response(status_code=204)

    asked_for_help = Operation(
        summary="Get the servers with which a browser finds a way here, with a ticket",
        answer=IceAnswer,
    )
    began = Operation(
        summary="Begin a call over WebRTC with an SDP offer and a ticket; the SDP answer comes",
        query=_QUERY,
        body=bytes,
        body_media_type=SDP,
        answer=bytes,
        media_types=(SDP,),
        statuses=(201,),
    )
    ended = Operation(
        summary="End a call, with the ticket that opened it", media_types=(), statuses=(204,)
    )
    return [
        any_site_route(PATH, GET=(help_connect, asked_for_help), POST=(begin, began)),
        any_site_route(f"{PATH}/{{call_id}}", DELETE=(end, ended)),
        any_site_route(f"{PATH}/{{call_id}}/hangup", POST=(end, ended)),
    ]


def _check_origin(request: Request, origins: Origins) -> None:
    if not origins.may_connect(*_place_of(request)):
        raise CallerError("This origin may not connect.", code="origin_not_allowed")


def _place_of(request: Request) -> tuple[str | None, str | None]:
    return request.headers.get("origin"), request.headers.get("host")


def _token(request: Request) -> str:
    token = bearer(request).removeprefix(SECRET_PREFIX)
    if not token:
        raise CallerError("Bring a ticket as bearer.", code="not_authorised")
    return token


def _start(request: Request) -> Start:
    """Return what a first message would say elsewhere."""
    refuse_others(request, _QUERY)
    query = request.query_params
    mode, last_seq = query.get("mode", "audio"), query.get("last_seq")
    problems = []
    if mode not in ("audio", "text"):
        problems.append(QueryProblem("mode", "is audio or text"))
    if query.get("resume", "true") != "true":
        problems.append(QueryProblem("resume", "is true, or not there"))
    if last_seq is not None and not (
        last_seq.isascii() and last_seq.isdecimal() and int(last_seq[:11]) < 2**32
    ):
        problems.append(QueryProblem("last_seq", "is the number of the last message that came"))
    if problems:
        raise QueryError(problems)
    token = _token(request)
    if "resume" not in query:
        return Start(Modality(mode), token)
    return Start(Modality(mode), None, token, None if last_seq is None else int(last_seq))


async def _read(request: Request) -> tuple[Offer, str | None]:
    """Return the offer, and the agent that a part beside it names."""
    kind = request.headers.get("content-type", "")
    body = await read_body(request, MAX_OFFER_BYTES, "offer")
    match kind.partition(";")[0].strip().lower():
        case "application/sdp":
            return read_offer(body), None
        case "multipart/form-data":
            parts = _parts(kind, body)
            return read_offer(parts.get("sdp", b"")), _agent(parts.get("session"))
        case _:
            raise CallerError(f"Send the offer as {SDP}, or in a form as sdp.", code="not_sdp")


def _parts(kind: str, body: bytes) -> dict[str, bytes]:
    head = f"Content-Type: {kind}\r\n\r\n".encode("ascii", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        found[str(name)] = part.get_payload(decode=True) or b""
    return {name: value for name, value in found.items() if isinstance(value, bytes)}


def _agent(session: bytes | None) -> str | None:
    """Return the agent that a client's session names, which may ask for nothing else."""
    if session is None:
        return None
    try:
        asked: Any = loads(session, max_bytes=MAX_OFFER_BYTES, max_depth=8)
    except BadJson as error:
        raise CallerError(error.message, code="bad_json") from error
    if not isinstance(asked, dict):
        raise CallerError("session is an object.", code="bad_request")
    others = sorted(asked.keys() - _MODEL_ONLY)
    if others:
        message = f"{others[0][:64]} is the agent's own: a session names its model alone."
        raise CallerError(message, code="not_allowed")
    model = asked.get("model")
    return model if isinstance(model, str) else None
