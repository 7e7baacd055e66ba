"""Carriers' webhooks: signed, answered once, with the agent of the number and the call's ticket."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import httpx
import pytest
from structlog.testing import capture_logs

from agent_service.conversation.records import Caller
from agent_service.errors import CallerError
from agent_service.settings import PhoneSettings
from agent_service.web.application import application
from agent_service.web.phone import twilio
from agent_service.web.phone.lines import phone_lines
from agent_service.web.phone.webhooks import Switchboard, agents_of_numbers, routes
from agent_service.web.server import run
from agent_service.web.tickets import Grant, Tickets

PUBLIC_URL: Final = "https://voice.example"


class TwilioCaller:
    """Asks as Twilio does."""

    name: ClassVar[str] = "twilio"
    settings: ClassVar[Mapping[str, str]] = {"twilio_auth_token": "12345"}
    call: ClassVar[str] = "twilio CA1"
    media: ClassVar[str] = r'<Response><Connect><Stream url="(wss://[^"]+)"></Stream></Connect>'
    busy: ClassVar[str] = '<Reject reason="busy"></Reject>'

    @staticmethod
    def asks(url: str, number: str = "+49301", key: str = "12345") -> httpx.Request:
        form = {"CallSid": "CA1", "From": "+15550100", "To": number}
        signed = twilio.signature(key, url, [*form.items()])
        return httpx.Request(
            "POST",
            url,
            content=urlencode(form),
            headers={
                "X-Twilio-Signature": signed,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )


CALLERS = (TwilioCaller,)


class Uses:
    def __init__(self) -> None:
        self.used: set[str] = set()

    async def use(self, id: str) -> bool:
        is_new = id not in self.used
        self.used.add(id)
        return is_new


class Board:
    """The webhooks of a carrier that is set up."""

    def __init__(self, caller: Any, clock: Any) -> None:
        self.caller = caller
        self.tickets = Tickets("a secret that is long enough for a signature", clock)
        self.is_busy = False
        phone = PhoneSettings.model_validate(
            {"public_url": PUBLIC_URL, "numbers": {"+49 30 2": "sales"}} | caller.settings
        )
        switchboard = Switchboard(
            PUBLIC_URL,
            agents_of_numbers(phone.numbers, "support"),
            self.tickets,
            Uses(),
            lambda: self.is_busy,
            clock,
        )
        self.app = application(routes(switchboard, phone_lines(phone)))
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
    refused = board.ask(key="54321")
    assert (refused.status_code, refused.json()["code"]) == (403, "bad_signature")


def test_what_was_changed_on_the_way_is_refused(board: Board) -> None:
    request = board.caller.asks(board.url)
    changed = httpx.Request(
        "POST", request.url, content=request.content + b"&x=1", headers=request.headers
    )
    changed.headers["content-length"] = str(len(request.content) + 4)
    assert board.send(changed).status_code == 403


def test_another_address_than_the_signed_one_is_refused(board: Board) -> None:
    request = board.caller.asks("https://elsewhere.example/phone/twilio")
    moved = httpx.Request("POST", board.url, content=request.content, headers=request.headers)
    assert board.send(moved).status_code == 403


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


# --- what is set up ---


def test_without_settings_there_is_no_line() -> None:
    assert phone_lines(PhoneSettings()) == []


@pytest.mark.parametrize(
    ("numbers", "called", "agent"),
    [
        ({"+49 (30) 2": "sales"}, "+49302", "sales"),
        ({"+49302": "sales"}, "0049302", "sales"),
        ({"49302": "sales"}, "+49302", "sales"),
        ({"+49302": "sales"}, "+493022", "support"),
        ({}, "anonymous", "support"),
    ],
)
def test_numbers_are_the_same_however_they_are_written(
    numbers: dict[str, str], called: str, agent: str
) -> None:
    assert agents_of_numbers(numbers, "support")(called) == agent
