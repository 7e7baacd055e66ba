"""Carriers' webhooks: signed, answered once, with the agent of the number and the call's ticket."""

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import CallerError
from agent_service.settings import PhoneSettings
from agent_service.store.directory import DirectoryAway, KnownCustomer
from agent_service.web.application import application
from agent_service.web.phone import plivo, twilio
from agent_service.web.phone.lines import phone_lines
from agent_service.web.phone.webhooks import (
    Switchboard,
    agents_of_numbers,
    claimed_caller,
    routes,
)
from agent_service.web.server import run
from agent_service.web.tickets import Grant, Tickets

PUBLIC_URL: Final = "https://voice.example"


NOW: Final = 1_700_001_000
"""By the clock of the tests."""


class TwilioCaller:
    """Asks as Twilio does."""

    name: ClassVar[str] = "twilio"
    settings: ClassVar[Mapping[str, str]] = {"twilio_auth_token": "12345"}
    call: ClassVar[str] = "twilio CA1"
    media: ClassVar[str] = r'<Response><Connect><Stream url="(wss://[^"]+)"></Stream></Connect>'
    busy: ClassVar[str] = '<Reject reason="busy"></Reject>'
    signs_time: ClassVar[bool] = False
    signs_address: ClassVar[bool] = True

    @staticmethod
    def asks(url: str, number: str = "+49301", *, forged: bool = False) -> httpx.Request:
        form = {"CallSid": "CA1", "From": "+15550100", "To": number}
        signed = twilio.signature("54321" if forged else "12345", url, [*form.items()])
        return httpx.Request("POST", url, data=form, headers={"X-Twilio-Signature": signed})


class TelnyxCaller:
    """Asks as Telnyx does, by TeXML."""

    _keys: ClassVar[list[Ed25519PrivateKey]] = [
        Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)
    ]
    name: ClassVar[str] = "telnyx"
    settings: ClassVar[Mapping[str, str]] = {
        "telnyx_public_key": b64encode(_keys[0].public_key().public_bytes_raw()).decode()
    }
    call: ClassVar[str] = "telnyx v3:call"
    media: ClassVar[str] = (
        r'<Connect><Stream url="(wss://[^"]+)" codec="PCMU" bidirectionalMode="rtp" '
        r'bidirectionalCodec="PCMU"></Stream></Connect>'
    )
    busy: ClassVar[str] = '<Reject reason="busy"></Reject>'
    signs_time: ClassVar[bool] = True
    signs_address: ClassVar[bool] = False

    @classmethod
    def asks(cls, url: str, number: str = "+49301", *, forged: bool = False) -> httpx.Request:
        body = urlencode({"CallSid": "v3:call", "From": "+15550100", "To": number}).encode()
        signed = cls._keys[forged].sign(f"{NOW}|".encode() + body)
        headers = {
            "Telnyx-Signature-Ed25519": b64encode(signed).decode(),
            "Telnyx-Timestamp": str(NOW),
        }
        return httpx.Request("POST", url, content=body, headers=headers)


class PlivoCaller:
    """Asks as Plivo does."""

    name: ClassVar[str] = "plivo"
    settings: ClassVar[Mapping[str, str]] = {"plivo_auth_token": "12345"}
    call: ClassVar[str] = "plivo call-1"
    media: ClassVar[str] = (
        r'<Response><Stream bidirectional="true" keepCallAlive="true" '
        r'contentType="audio/x-mulaw;rate=8000">(wss://[^<]+)</Stream></Response>'
    )
    busy: ClassVar[str] = '<Hangup reason="busy"></Hangup>'
    signs_time: ClassVar[bool] = False
    signs_address: ClassVar[bool] = True

    @staticmethod
    def asks(url: str, number: str = "49301", *, forged: bool = False) -> httpx.Request:
        form = {"CallUUID": "call-1", "From": "15550100", "To": number}
        key = "54321" if forged else "12345"
        headers = {
            "X-Plivo-Signature-V3": plivo.signature(key, url, form.items(), "nonce") + ",other",
            "X-Plivo-Signature-V3-Nonce": "nonce",
        }
        return httpx.Request("POST", url, data=form, headers=headers)


class VonageCaller:
    """Asks as Vonage does."""

    _secret: ClassVar[str] = "a signature secret of some length"
    name: ClassVar[str] = "vonage"
    settings: ClassVar[Mapping[str, str]] = {"vonage_signature_secret": _secret}
    call: ClassVar[str] = "vonage call-1"
    media: ClassVar[str] = (
        r'\[\{"action":"connect","endpoint":\[\{"type":"websocket","uri":"(wss://[^"]+)",'
        r'"content-type":"audio/l16;rate=16000","headers":\{"call":"call-1"\}\}\]\}\]'
    )
    busy: ClassVar[str] = "[]"
    signs_time: ClassVar[bool] = True
    signs_address: ClassVar[bool] = False

    @classmethod
    def asks(
        cls, url: str, number: str = "49301", *, forged: bool = False, **claims: Any
    ) -> httpx.Request:
        body = json.dumps({"from": "15550100", "to": number, "uuid": "call-1"}).encode()
        told = {"iss": "Vonage", "iat": NOW, "jti": "1", "exp": NOW + 60, "nbf": NOW} | claims
        told.setdefault("payload_hash", sha256(body).hexdigest())
        token = jwt.encode(told, cls._secret * (2 if forged else 1), "HS256")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return httpx.Request("POST", url, content=body, headers=headers)


CALLERS = (TwilioCaller, TelnyxCaller, PlivoCaller, VonageCaller)


class Uses:
    def __init__(self) -> None:
        self.used: set[str] = set()

    async def use(self, id: str) -> bool:
        is_new = id not in self.used
        self.used.add(id)
        return is_new


class Known:
    """Customers by their numbers."""

    def __init__(self) -> None:
        self.customers: dict[str, str] = {}

    def find(self, by: str, value: str | None) -> KnownCustomer | None:
        assert by == "phone"
        if value not in self.customers:
            return None
        if self.customers[value] == "away":
            raise DirectoryAway
        return KnownCustomer(self.customers[value], name="Jane Doe")


class Board:
    """The webhooks of a carrier that is set up."""

    def __init__(self, caller: Any, clock: Any) -> None:
        self.caller = caller
        self.tickets = Tickets("a secret that is long enough for a signature", clock)
        self.is_busy = False
        self.known = Known()
        known: Any = self.known
        phone = PhoneSettings.model_validate(
            {"public_url": PUBLIC_URL, "numbers": {"+49 30 2": "sales"}} | caller.settings
        )
        switchboard = Switchboard(
            PUBLIC_URL,
            agents_of_numbers(phone.numbers, ()),
            "support",
            self.tickets,
            Uses(),
            lambda: self.is_busy,
            known,
            clock,
        )
        self.app = application(routes(switchboard, phone_lines(phone, clock)))
        self.url = f"{PUBLIC_URL}/phone/{caller.name}"

    def ask(self, **more: Any) -> httpx.Response:
        return self.send(self.caller.asks(self.url, **more))

    def send(self, request: httpx.Request) -> httpx.Response:
        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport) as http:
                return await http.send(request)

        return run(scenario())

    def grant(self, answer: httpx.Response) -> Grant:
        """Return what the ticket grants with which the carrier opens its media socket."""
        assert answer.status_code == 200
        (media,) = re.findall(self.caller.media, answer.text)
        before, _, ticket = media.rpartition("/")
        assert before == f"wss://voice.example/phone/{self.caller.name}/media"
        return self.tickets.check(ticket).grant


@pytest.fixture(params=CALLERS, ids=[each.name for each in CALLERS])
def board(request: pytest.FixtureRequest, clock: Any) -> Board:
    return Board(request.param, clock)


def test_whose_number_a_call_shows_is_only_claimed(board: Board) -> None:
    board.known.customers = {"+15550100": "C0001"}
    claimed = Caller(level=CallerLevel.CLAIMED, claimed_id="C0001")
    assert board.grant(board.ask()) == Grant("support", claimed, call=board.caller.call)


def test_who_calls_while_the_directory_is_away_is_a_stranger(board: Board) -> None:
    board.known.customers = {"+15550100": "away"}
    assert board.grant(board.ask()).caller == Caller()


@pytest.mark.parametrize("number", ["", "anonymous", "Restricted", "911", "+" + "1" * 16])
def test_a_withheld_number_is_nobodys(number: str) -> None:
    known: Any = Known()
    known.customers = {"+": "C0001", "+911": "C0002", "+" + "1" * 16: "C0003"}
    assert claimed_caller(number, known) == Caller()


def test_a_call_is_answered_with_a_ticket_for_it_alone(board: Board, clock: Any) -> None:
    grant = board.grant(answer := board.ask())
    assert grant == Grant("support", Caller(), call=board.caller.call)
    assert answer.headers["cache-control"] == "no-store"
    clock.seconds += 100
    with pytest.raises(CallerError):
        board.grant(answer)


def test_the_number_that_was_called_says_who_answers(board: Board) -> None:
    assert board.grant(board.ask(number="+49302")).agent == "sales"


def test_a_wrong_signature_is_refused(board: Board) -> None:
    refused = board.ask(forged=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "bad_signature")


def test_what_was_changed_on_the_way_is_refused(board: Board) -> None:
    request = board.caller.asks(board.url)
    headers = {k: v for k, v in request.headers.items() if k != "content-length"}
    changed = httpx.Request("POST", request.url, content=request.content + b" ", headers=headers)
    assert board.send(changed).status_code == 403


def test_what_was_signed_for_another_address_is_refused(board: Board) -> None:
    request = board.caller.asks("https://elsewhere.example/phone/here")
    moved = httpx.Request("POST", board.url, content=request.content, headers=request.headers)
    assert board.send(moved).status_code == (403 if board.caller.signs_address else 200)


@pytest.mark.parametrize("later_s", [-400, 400])
def test_what_was_not_signed_just_now_is_refused(board: Board, clock: Any, later_s: int) -> None:
    clock.seconds += later_s
    assert board.ask().status_code == (403 if board.caller.signs_time else 200)


def test_no_signature_is_refused(board: Board) -> None:
    assert board.send(httpx.Request("POST", board.url, content=b"CallSid=CA1")).status_code == 403


def test_a_webhook_that_is_replayed_is_refused(board: Board) -> None:
    assert board.ask().status_code == 200
    again = board.ask()
    assert (again.status_code, again.json()["code"]) == (409, "call_answered")


def test_the_caller_hears_that_all_lines_are_busy_and_may_be_put_through_later(
    board: Board,
) -> None:
    board.is_busy = True
    assert board.caller.busy in board.ask().text
    board.is_busy = False
    board.grant(board.ask())


def test_the_log_says_which_call_and_no_secret(board: Board) -> None:
    with capture_logs() as logs:
        answer = board.ask()
    (line,) = logs
    assert (line["event"], line["call"], line["agent"]) == (
        "call_answered",
        board.caller.call,
        "support",
    )
    ticket = re.findall(board.caller.media, answer.text)[0].rpartition("/")[2]
    assert ticket not in str(logs)
    assert "15550100" not in str(logs)


def test_a_body_that_is_too_large_is_not_read(board: Board) -> None:
    large = httpx.Request("POST", board.url, content=b"a" * 20_000)
    assert board.send(large).status_code == 413


# --- Twilio ---

FORM = [("From", "+15550100"), ("CallSid", "CA1")]


def test_twilio_signs_as_it_documents() -> None:
    url = "https://example.test/voice?x=1"
    assert twilio.signature("12345", url, FORM) == "xQWIT6+GK2j+ArNBpSMkb593a+A="
    assert twilio.signature("12345", "wss://example.test/twilio", []) == (
        "sjmTvyAKupGbUHPGf3hvczuWfEs="
    )


def test_of_a_repeated_field_twilio_signs_each_value_once() -> None:
    url = "https://example.test/voice"
    twice = [("a", "2"), ("a", "1"), ("a", "2")]
    assert twilio.signature("12345", url, twice) == twilio.signature(
        "12345", url, [("a", "1"), ("a", "2")]
    )


def signed_as(url: str) -> Callable[[str], httpx.Request]:
    def asks(sent_to: str) -> httpx.Request:
        request = TwilioCaller.asks(url)
        return httpx.Request("POST", sent_to, content=request.content, headers=request.headers)

    return asks


def test_twilio_may_sign_the_port_that_goes_without_saying(clock: Any) -> None:
    board = Board(TwilioCaller, clock)
    request = signed_as("https://voice.example:443/phone/twilio")(board.url)
    assert board.send(request).status_code == 200


def test_twilio_signs_the_query_of_the_address(clock: Any) -> None:
    board = Board(TwilioCaller, clock)
    assert board.send(TwilioCaller.asks(f"{board.url}?x=%20y")).status_code == 200


@pytest.mark.parametrize("body", [b"\xff=1", b"&".join([b"a=1"] * 200)], ids=["bytes", "fields"])
def test_what_is_no_form_is_refused(clock: Any, body: bytes) -> None:
    board = Board(TwilioCaller, clock)
    refused = board.send(httpx.Request("POST", board.url, content=body))
    assert (refused.status_code, refused.json()["code"]) == (415, "not_a_form")


def test_a_form_without_a_call_is_refused(clock: Any) -> None:
    board = Board(TwilioCaller, clock)
    signed = twilio.signature("12345", board.url, [("a", "1")])
    headers = {"X-Twilio-Signature": signed}
    refused = board.send(httpx.Request("POST", board.url, content=b"a=1", headers=headers))
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


# --- Telnyx ---


@pytest.mark.parametrize("header", ["Telnyx-Timestamp", "Telnyx-Signature-Ed25519"])
@pytest.mark.parametrize("value", ["", "soon", "9" * 20])
def test_telnyx_signs_in_a_form_that_can_be_read(clock: Any, header: str, value: str) -> None:
    board = Board(TelnyxCaller, clock)
    request = TelnyxCaller.asks(board.url)
    request.headers[header] = value
    assert board.send(request).status_code == 403


# --- Plivo ---


@pytest.mark.parametrize(
    ("url", "form", "signed"),
    [
        ("https://a.example/x", {"b": "2", "a": "1"}, "https://a.example/x?a1b2.n"),
        ("https://a.example/x?q=2&p=1", {"a": "1"}, "https://a.example/x?p=1&q=2.a1.n"),
        ("https://a.example/x?q=1", {}, "https://a.example/x?q=1.n"),
        ("https://a.example/x", {}, "https://a.example/x.n"),
    ],
)
def test_plivo_signs_address_fields_and_nonce(url: str, form: dict[str, str], signed: str) -> None:
    digest = hmac.digest(b"12345", signed.encode(), "sha256")
    assert plivo.signature("12345", url, form.items(), "n") == b64encode(digest).decode()


# --- Vonage ---


@pytest.mark.parametrize("claims", [{"payload_hash": "0"}, {"iat": "now"}, {"iat": None}], ids=str)
def test_vonage_says_what_was_signed_and_when(clock: Any, claims: dict[str, Any]) -> None:
    board = Board(VonageCaller, clock)
    assert board.send(VonageCaller.asks(board.url, **claims)).status_code == 403


def test_vonage_signs_as_a_bearer(clock: Any) -> None:
    board = Board(VonageCaller, clock)
    request = VonageCaller.asks(board.url)
    request.headers["authorization"] = request.headers["authorization"].replace("Bearer", "Basic")
    assert board.send(request).status_code == 403


@pytest.mark.parametrize(
    ("body", "code"), [("{", "bad_json"), ("[]", "bad_request"), ('{"uuid": 1}', "bad_request")]
)
def test_what_vonage_sends_is_read_strictly(clock: Any, body: str, code: str) -> None:
    board = Board(VonageCaller, clock)
    signed = VonageCaller.asks(board.url, payload_hash=sha256(body.encode()).hexdigest())
    headers = {"Authorization": signed.headers["authorization"]}
    refused = board.send(httpx.Request("POST", board.url, content=body, headers=headers))
    assert (refused.status_code, refused.json()["code"]) == (400, code)


# --- what is set up ---


def test_without_settings_there_is_no_line(clock: Any) -> None:
    assert phone_lines(PhoneSettings(), clock) == []


@pytest.mark.parametrize(
    ("numbers", "called", "agent"),
    [
        ({"+49 (30) 2": "sales"}, "+49302", "sales"),
        ({"+49302": "sales"}, "0049302", "sales"),
        ({"49302": "sales"}, "+49302", "sales"),
        ({"+49302": "sales"}, "+493022", None),
        ({"+49302": "sales"}, "support", "support"),
        ({}, "anonymous", None),
    ],
)
def test_numbers_are_the_same_however_they_are_written(
    numbers: dict[str, str], called: str, agent: str | None
) -> None:
    assert agents_of_numbers(numbers, ["support"])(called) == agent
