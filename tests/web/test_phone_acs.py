"""Azure Communication Services: events by Event Grid, and requests that answer and end calls."""

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any, Final

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.directory import KnownCustomer
from agent_service.web.application import application
from agent_service.web.phone.acs import CallAutomation, acs_line
from agent_service.web.phone.webhooks import Switchboard, agents_of_numbers, routes
from agent_service.web.server import run
from agent_service.web.tickets import Grant, Tickets

KEY: Final = b"a key"
CONNECTION: Final = f"endpoint=https://acs.example/;accesskey={b64encode(KEY).decode()}"
CALL: Final = "11111111-aaaa-bbbb-cccc-000000000000"
INCOMING: Final = {
    "to": {"kind": "phoneNumber", "rawId": "4:+49302", "phoneNumber": {"value": "+49302"}},
    "from": {"kind": "phoneNumber", "rawId": "4:+15550100"},
    "incomingCallContext": "a long context",
    "correlationId": CALL,
}


class Azure:
    """Azure's side of call automation, which checks what is signed."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.status = 200

    @property
    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(
            Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])
        )

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        target = f"{request.url.path}?{request.url.query}"
        digest = b64encode(hashlib.sha256(body).digest()).decode()
        assert request.headers["x-ms-content-sha256"] == digest
        text = f"POST\n{target}\n{request.headers['x-ms-date']};acs.example;{digest}"
        signed = b64encode(hmac.digest(KEY, text.encode(), "sha256")).decode()
        assert request.headers["authorization"] == (
            f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signed}"
        )
        self.asked.append((request.url.path, json.loads(body or "null")))
        return Response(status_code=self.status)


class Uses:
    def __init__(self) -> None:
        self.used: set[str] = set()

    async def use(self, id: str) -> bool:
        is_new = id not in self.used
        self.used.add(id)
        return is_new


class Known:
    """The customer of one number."""

    def find(self, by: str, value: str | None) -> KnownCustomer | None:
        return KnownCustomer("C0001") if (by, value) == ("phone", "+15550177") else None


class Board:
    def __init__(self, clock: Any) -> None:
        self.azure = Azure()
        self.tickets = Tickets("a secret that is long enough for a signature", clock)
        self.is_busy = False
        url = "https://voice.example"
        line = acs_line(CONNECTION, "event secret", url, clock, self.azure.transport)
        known: Any = Known()
        numbers = agents_of_numbers({"+49 30 2": "sales"}, ())
        busy = lambda: self.is_busy  # noqa: E731
        board = Switchboard(url, numbers, "support", self.tickets, Uses(), busy, known, clock)
        self.app = application(routes(board, [line]))
        self.token = CallAutomation("https://acs.example", KEY, clock).token(CALL)

    def post(self, body: Any, path: str = "", secret: str = "event secret") -> httpx.Response:
        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
                headers = {"Authorization": f"Bearer {secret}"}
                return await http.post(f"/phone/acs{path}", json=body, headers=headers)

        return run(scenario())

    def call(self, **changes: Any) -> httpx.Response:
        event = {"eventType": "Microsoft.Communication.IncomingCall", "data": INCOMING | changes}
        return self.post([event])

    def report(self, kind: str, token: str | None = None, **changes: Any) -> httpx.Response:
        data = {"correlationId": CALL, "callConnectionId": "connection-1"} | changes
        event = {"type": f"Microsoft.Communication.{kind}", "data": data}
        return self.post([event], f"/events/{token or self.token}")


@pytest.fixture
def board(clock: Any) -> Board:
    return Board(clock)


def test_a_call_is_answered_with_media_at_a_socket_of_its_own(board: Board) -> None:
    assert board.call().status_code == 200
    ((path, asked),) = board.azure.asked
    assert path == "/calling/callConnections:answer"
    assert asked["incomingCallContext"] == "a long context"
    assert asked["callbackUri"] == f"https://voice.example/phone/acs/events/{board.token}"
    media = asked["mediaStreamingOptions"]
    before, _, ticket = media.pop("transportUrl").rpartition("/")
    assert before == "wss://voice.example/phone/acs/media"
    assert board.tickets.check(ticket).grant == Grant("sales", Caller(), call=f"acs {CALL}")
    assert media == {
        "transportType": "websocket",
        "contentType": "audio",
        "audioChannelType": "mixed",
        "startMediaStreaming": True,
        "enableBidirectional": True,
        "audioFormat": "pcm24KMono",
        "enableDtmfTones": True,
    }


@pytest.mark.parametrize(
    "shown",
    [
        {"kind": "phoneNumber", "rawId": "4:x", "phoneNumber": {"value": "+15550177"}},
        {"kind": "unknown", "rawId": "4:+15550177"},
    ],
)
def test_whose_number_a_call_shows_is_only_claimed(board: Board, shown: Any) -> None:
    board.call(**{"from": shown})
    ((_, asked),) = board.azure.asked
    ticket = asked["mediaStreamingOptions"]["transportUrl"].rpartition("/")[2]
    claimed = Caller(level=CallerLevel.CLAIMED, claimed_id="C0001")
    assert board.tickets.check(ticket).grant.caller == claimed


def test_an_event_counts_once(board: Board) -> None:
    assert [board.call().status_code for _ in range(2)] == [200, 409]
    assert len(board.azure.asked) == 1


def test_an_event_needs_the_secret(board: Board) -> None:
    event = {"eventType": "Microsoft.Communication.IncomingCall", "data": INCOMING}
    refused = board.post([event], secret="another")
    assert (refused.status_code, refused.json()["code"]) == (403, "bad_signature")
    assert board.azure.asked == []


def test_event_grid_is_told_that_its_events_are_wanted(board: Board) -> None:
    kind = "Microsoft.EventGrid.SubscriptionValidationEvent"
    answer = board.post([{"eventType": kind, "data": {"validationCode": "a code"}}], secret="")
    assert answer.json() == {"validationResponse": "a code"}


def test_other_events_are_taken_and_change_nothing(board: Board) -> None:
    answer = board.post(
        {"eventType": "Microsoft.Communication.RecordingFileStatusUpdated", "data": {}}
    )
    assert (answer.status_code, board.azure.asked) == (200, [])


def test_where_all_lines_are_busy_the_call_is_rejected(board: Board) -> None:
    board.is_busy = True
    assert board.call().status_code == 200
    assert board.azure.asked == [
        (
            "/calling/callConnections:reject",
            {"incomingCallContext": "a long context", "callRejectReason": "busy"},
        )
    ]


def test_a_call_that_azure_does_not_let_us_answer_is_in_the_log(board: Board) -> None:
    board.azure.status = 401
    with capture_logs() as logs:
        assert board.call().status_code == 503
    assert [line["event"] for line in logs] == ["call_answered", "carrier_refused"]
    assert "a long context" not in str(logs)


@pytest.mark.parametrize("kind", ["MediaStreamingStopped", "MediaStreamingFailed"])
def test_a_call_whose_media_has_ended_is_hung_up(board: Board, kind: str) -> None:
    assert board.report(kind).status_code == 200
    assert board.azure.asked == [("/calling/callConnections/connection-1:terminate", None)]


def test_other_reports_change_nothing(board: Board) -> None:
    assert board.report("CallConnected").status_code == 200
    assert board.azure.asked == []


def test_a_report_counts_at_the_address_of_its_call_alone(board: Board) -> None:
    assert board.report("MediaStreamingStopped", token="0" * 64).status_code == 403
    assert board.report("MediaStreamingStopped", correlationId="another").status_code == 403
    assert board.azure.asked == []


def test_a_report_names_a_connection_and_no_other_address(board: Board) -> None:
    refused = board.report("MediaStreamingStopped", callConnectionId="../x")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
    assert board.azure.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"incomingCallContext": None},
        {"incomingCallContext": ""},
        {"to": None},
        {"to": {"phoneNumber": {}}},
        {"correlationId": 7},
    ],
    ids=str,
)
def test_an_event_that_lacks_something_is_refused(board: Board, changes: dict[str, Any]) -> None:
    refused = board.call(**changes)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("body", [[7], {"data": []}], ids=str)
def test_what_is_no_event_is_refused(board: Board, body: Any) -> None:
    assert board.post(body).status_code == 400


def test_who_is_called_otherwise_than_by_number_is_known_by_name(board: Board) -> None:
    assert board.call(to={"rawId": "8:acs:somebody"}).status_code == 200
