"""Carriers' media sockets over a real server: one call each, what was heard, keys, both ends."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any, TypeAlias

import pytest
import websockets.asyncio.client as client
from carrier_line import CARRIER_LINES, LINES, AsteriskLine, PlainAsteriskLine, TwilioLine
from websockets.exceptions import InvalidStatus

from agent_service.audio import SAMPLE_RATE_HZ, bytes_to_ms, ms_to_bytes
from agent_service.conversation.commands import (
    ClearPlayback,
    Floor,
    PlayAudio,
    ShowConfirmation,
    ShowFloor,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.events import (
    CallerAudio,
    CallerConfirmed,
    CallerEnteredCode,
    CallerPlayed,
    CallerTyped,
)
from agent_service.conversation.records import Caller, Role
from agent_service.errors import TryLater
from agent_service.web.origins import Origins
from agent_service.web.phone.asterisk import asterisk_sockets
from agent_service.web.phone.webhooks import Switchboard, agents_of_numbers
from agent_service.web.server import run
from agent_service.web.sockets import phone
from agent_service.web.sockets.endpoint import ConversationSocket, SocketKind, routes
from agent_service.web.sockets.phone import FOR_A_PERSON, phone_sockets
from agent_service.web.tickets import Grant


class Call:
    """A carrier's line, and the conversation at its other end."""

    def __init__(self, service: Any, line: Any) -> None:
        self.service = service
        self.line = line

    @property
    def session(self) -> Any:
        return self.service.host.sessions[-1]

    @property
    def channel(self) -> Any:
        return self.session.channel

    async def open(self) -> None:
        await self.line.ask("")
        await self.service.host.opened.wait()

    def agent_says(self, item_id: str, ms: int, offset_ms: int = 0) -> None:
        self.channel.send(PlayAudio(item_id, offset_ms, AsteriskLine.tone * ms))

    async def event(self, kind: type) -> Any:
        """Return the next event of this kind."""
        while not isinstance(event := await self.session.events.get(), kind):
            """Something else."""
        return event

    async def next_event(self) -> Any:
        """Return what the line was the first to say, if it is not the sound that follows."""
        await self.line.say(bytes(ms_to_bytes(20)))
        return await self.session.events.get()

    async def played(self, item_id: str, ms: int) -> list[int]:
        """Wait until the item was played as far; return all that was told on the way."""
        told = [0]
        while told[-1] < ms:
            event = await self.event(CallerPlayed)
            assert event.item_id == item_id
            told.append(event.played_ms)
        assert told[-1] == ms
        return told


class NobodyKnown:
    """A directory without customers."""

    def find(self, by: str, value: str | None) -> None:
        """Find nobody."""


def pbx_sockets(service: Any) -> SocketKind:
    known: Any = NobodyKnown()
    busy = service.admission
    numbers = agents_of_numbers({"49302": "sales"}, ())
    parts = (service.tickets, service.uses, lambda: busy.is_full, known, service.clock)
    switchboard = Switchboard("", numbers, "support", *parts)
    return asterisk_sockets(AsteriskLine.password, switchboard)


Scenario: TypeAlias = Callable[[Call], Awaitable[Any]]
Place: TypeAlias = Callable[..., Any]


@pytest.fixture
def place(serve: Any) -> Place:
    """Run a scenario with a call over one kind of line, whose ticket is its own."""

    def placed(kind: Any, scenario: Scenario, *, used: bool = False, **grant: Any) -> Any:
        is_pbx = issubclass(kind, AsteriskLine)

        def extra(service: Any) -> Any:
            parts = (service.host, service.tickets, service.uses, Origins(), service.admission)
            sockets = pbx_sockets(service) if is_pbx else phone_sockets(kind.carrier)
            return routes(ConversationSocket(sockets, *parts, service.clock))

        async def whole() -> Any:
            async with serve(extra_routes=extra) as service:
                given = {"agent": "support", "caller": Caller(), "call": kind.call} | grant
                ticket = service.tickets.mint(Grant(**given))
                if used:
                    await service.uses.use(service.tickets.check(ticket).id)
                path = kind.path.format(ticket=ticket)
                headers = kind.headers(kind.password if is_pbx else ticket)
                socket = await client.connect(
                    f"ws://127.0.0.1:{service.port}{path}", additional_headers=headers
                )
                service.sockets.append(socket)
                return await scenario(Call(service, kind(socket)))

        return run(whole())

    return placed


@pytest.fixture(params=LINES, ids=lambda each: each.__name__)
def kind(request: pytest.FixtureRequest) -> Any:
    """Whose socket it is; the test runs once over each carrier's."""
    return request.param


@pytest.fixture(
    params=[line for line in LINES if line.carrier.mark], ids=lambda each: each.__name__
)
def marking(request: pytest.FixtureRequest) -> Any:
    """Whose socket it is, of the carriers that say what they have played."""
    return request.param


@pytest.fixture(params=CARRIER_LINES, ids=lambda each: each.__name__)
def ticketed(request: pytest.FixtureRequest) -> Any:
    """Whose socket it is, of those that open with a ticket."""
    return request.param


# --- the sound of the agent ---


def test_it_is_known_from_step_to_step_what_was_played(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> list[int]:
        await call.open()
        call.agent_says("item", 330)
        await call.line.hear(330)
        return await call.played("item", 330)

    told = place(kind, scenario)
    assert max(after - before for before, after in pairwise(told)) <= 120


def test_an_item_goes_on_where_its_sound_had_stopped(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        call.agent_says("item", 130)
        await call.line.hear(130)
        await call.played("item", 130)
        call.agent_says("item", 50, offset_ms=130)
        await call.line.hear(50)
        await call.played("item", 180)

    place(kind, scenario)


def test_a_cut_is_told_to_the_carrier_and_leaves_what_was_heard(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> tuple[int, int]:
        await call.open()
        call.agent_says("item", 2_000)
        await call.line.hear(200)
        told = 0
        while told < call.line.heard_ms:
            told = (await call.event(CallerPlayed)).played_ms
        call.channel.send(ClearPlayback("item"))
        await call.line.cleared()
        heard_ms = call.line.heard_ms
        call.agent_says("next", 100)
        await call.line.hear(100)
        while (event := await call.event(CallerPlayed)).item_id == "item":
            told = event.played_ms
        assert event.item_id == "next"
        return heard_ms, told

    heard_ms, told = place(kind, scenario)
    assert told == heard_ms >= 200


def test_marks_that_a_cut_brings_back_are_forgotten(place: Place, marking: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        call.agent_says("item", 300)
        await call.line.hear(100)
        call.channel.send(ClearPlayback("item"))
        await call.line.cleared()
        assert call.line.late_marks
        event = await call.next_event()
        while isinstance(event, CallerPlayed):
            assert event.played_ms <= 100
            event = await call.session.events.get()
        assert isinstance(event, CallerAudio)

    place(marking, scenario)


def test_what_a_cut_dropped_of_others_is_played_once_more(place: Place, marking: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        call.agent_says("cut", 100)
        call.agent_says("kept", 200)
        call.channel.send(ClearPlayback("cut"))
        await call.line.cleared()
        await call.line.hear(200)
        assert (await call.event(CallerPlayed)) == CallerPlayed("cut", 0)
        await call.played("kept", 200)

    place(marking, scenario)


def test_of_two_that_are_cut_at_once_nothing_is_played(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> int:
        await call.open()
        call.agent_says("one", 100)
        call.agent_says("two", 5_000)
        call.channel.send(ClearPlayback("one"))
        call.channel.send(ClearPlayback("two"))
        await call.line.cleared()
        before_ms: int = call.line.heard_ms
        call.agent_says("three", 100)
        await call.line.hear(100)
        return int(call.line.heard_ms) - before_ms

    assert place(kind, scenario) == 100


def test_a_cut_of_what_the_carrier_does_not_have_yet_is_not_its_business(
    place: Place, marking: Any
) -> None:
    async def scenario(call: Call) -> int:
        await call.open()
        call.agent_says("heard", 500)
        call.agent_says("later", 500)
        call.channel.send(ClearPlayback("later"))
        await call.line.hear(500)
        return int(call.line.clears)

    assert place(marking, scenario) == 0


def test_a_mark_that_was_lost_is_made_good_by_the_next(place: Place, marking: Any) -> None:
    async def scenario(call: Call) -> list[int]:
        await call.open()
        call.agent_says("item", 300)
        while [mark for _, mark in call.line.waiting if mark][2:] == []:
            await call.line.listen()
        _, last = call.line.waiting[-1]
        await call.line.send(call.line.passed(last))
        await call.line.send(call.line.passed(last))
        return await call.played("item", 300)

    is_resampled = marking.traits.audio.rate_hz != SAMPLE_RATE_HZ  # which holds a frame back
    steps = [80, 180] if is_resampled else [100, 200]
    assert place(marking, scenario) == [0, *steps, 300]


def test_what_is_on_record_is_not_counted_any_more(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        call.agent_says("item", 100)
        await call.line.hear(100)
        await call.played("item", 100)
        call.channel.send(ShowTranscript("turn", Role.AGENT, "Yes.", is_final=True, item_id="item"))
        call.channel.send(ClearPlayback("item"))
        assert (await call.event(CallerPlayed)) == CallerPlayed("item", 0)

    place(kind, scenario)


# --- the caller ---


def test_the_caller_is_heard(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> int:
        await call.open()
        heard = 0
        for _ in range(5):
            await call.line.say(bytes(ms_to_bytes(20)))
            heard += len((await call.event(CallerAudio)).audio)
        return bytes_to_ms(heard)

    assert 90 <= place(kind, scenario) <= 100


def test_a_caller_of_whom_nothing_comes_any_more_has_stopped_speaking(
    place: Place, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(call: Call) -> int:
        await call.open()
        call.channel.send(ShowFloor(Floor.CALLER))
        await call.line.say(bytes(ms_to_bytes(20)))
        heard = await call.event(CallerAudio)
        silence = await call.event(CallerAudio)
        call.channel.send(ShowFloor(Floor.OPEN))
        return bytes_to_ms(len(heard.audio) + len(silence.audio))

    monkeypatch.setattr(phone, "GAP_S", 0.05)
    assert 1_010 <= place(kind, scenario) <= 1_020


def test_keys_answer_the_question_that_is_open(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        await call.line.press("1")  # nobody has asked
        assert isinstance(await call.next_event(), CallerAudio)
        question = ("Cancel order 1007", "It is cancelled.", "{}", call.session.utc())
        call.channel.send(ShowConfirmation("question", *question))
        await call.line.press("7")
        await call.line.press("1")
        assert await call.event(CallerConfirmed) == CallerConfirmed("question", True)
        call.channel.send(WithdrawConfirmation("an earlier one", "voided"))
        await call.line.press("2")
        assert await call.event(CallerConfirmed) == CallerConfirmed("question", False)
        call.channel.send(WithdrawConfirmation("question", "declined"))
        call.channel.send(ShowFloor(Floor.CALLER))
        await call.line.press("1")
        assert isinstance(await call.next_event(), CallerAudio)

    place(kind, scenario)


def test_the_key_for_a_person_says_so(
    place: Place, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        await call.line.press("0")
        assert await call.event(CallerTyped) == CallerTyped(FOR_A_PERSON)
        question = ("Cancel order 1007", "It is cancelled.", "{}", call.session.utc())
        call.channel.send(ShowConfirmation("question", *question))
        await call.line.press("0")
        assert await call.event(CallerTyped) == CallerTyped(FOR_A_PERSON)

    monkeypatch.setattr(phone, "KEYS_S", 0.05)
    place(kind, scenario)


@pytest.mark.parametrize("keys", ["0", "#0"])
def test_who_does_not_wait_ends_what_they_press(place: Place, keys: str) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        for key in f"{keys}#":
            await call.line.press(key)
        assert await call.event(CallerTyped) == CallerTyped(FOR_A_PERSON)

    place(TwilioLine, scenario)


def test_digits_are_a_code(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        for key in "010203#":
            await call.line.press(key)
        assert await call.event(CallerEnteredCode) == CallerEnteredCode("010203")

    place(kind, scenario)


@pytest.mark.parametrize("keys", ["12#", "1*34#", "1234567890123#", "12345678901234567890#", "#"])
def test_other_keys_mean_nothing(place: Place, keys: str) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        for key in keys:
            await call.line.press(key)
        assert isinstance(await call.next_event(), CallerAudio)

    place(TwilioLine, scenario)


def test_a_key_too_early_does_not_spoil_the_answer(place: Place) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        await call.line.press("1")
        assert isinstance(await call.next_event(), CallerAudio)
        question = ("Cancel order 1007", "It is cancelled.", "{}", call.session.utc())
        call.channel.send(ShowConfirmation("question", *question))
        await call.line.press("1")
        assert await call.event(CallerConfirmed) == CallerConfirmed("question", True)

    place(TwilioLine, scenario)


def test_digits_of_a_code_agree_to_nothing(place: Place) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        question = ("Cancel order 1007", "It is cancelled.", "{}", call.session.utc())
        call.channel.send(ShowConfirmation("question", *question))
        for key in "0123#":  # the 0 begins it
            await call.line.press(key)
        assert await call.event(CallerEnteredCode) == CallerEnteredCode("0123")

    place(TwilioLine, scenario)


# --- both ends of a call ---


def test_a_caller_who_hangs_up_leaves(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        await call.line.hang_up()
        await call.session.detached.wait()

    place(kind, scenario)


def test_a_carrier_that_is_gone_without_a_word_has_hung_up(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        call.agent_says("item", 5_000)
        call.line.socket.transport.abort()
        await call.session.detached.wait()
        call.channel.send(ClearPlayback("item"))  # which nobody hears, nor minds
        call.channel.send(ShowFloor(Floor.CALLER))

    place(kind, scenario)


@pytest.mark.parametrize(("reason", "code"), [("agent_ended", 1000), ("service_stopping", 1012)])
def test_the_service_hangs_up(place: Place, kind: Any, reason: str, code: int) -> None:
    async def scenario(call: Call) -> int:
        await call.open()
        call.session.end(reason)
        return int(await call.line.closed())

    assert place(kind, scenario) == code


def test_nobody_is_heard_before_there_is_somebody_to_listen(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> None:
        call.service.host.gate.clear()
        await call.line.ask("")
        await call.service.host.begun.wait()
        for _ in range(30):  # more than may be unacceptable
            await call.line.say(bytes(ms_to_bytes(20)))
        await call.line.press("1")
        await call.line.press("0")
        call.service.host.gate.set()
        await call.service.host.opened.wait()
        await call.line.say(bytes(ms_to_bytes(20)))
        await call.event(CallerAudio)

    place(kind, scenario)


def test_a_refusal_hangs_up(place: Place, kind: Any) -> None:
    async def scenario(call: Call) -> int:
        call.service.host.refusal = TryLater()
        await call.line.ask("")
        return int(await call.line.closed())

    assert place(kind, scenario) == 4503


# --- whose call it is ---


@pytest.mark.parametrize(
    "grant",
    [{"call": None}, {"call": "twilio CA2"}, {"call": "vonage CA2"}, {"used": True}],
    ids=str,
)
def test_a_socket_needs_the_ticket_of_its_own_call(
    place: Place, ticketed: Any, grant: dict[str, Any]
) -> None:
    async def scenario(call: Call) -> tuple[int, int]:
        await call.line.ask("")
        return int(await call.line.closed()), len(call.service.host.sessions)

    assert place(ticketed, scenario, **grant) == (4401, 0)


def test_a_call_that_is_answered_twice_has_one_conversation(place: Place, ticketed: Any) -> None:
    async def scenario(call: Call) -> tuple[int, int]:
        await call.open()
        path = call.line.socket.request.path
        headers = call.line.headers("")
        url = f"ws://127.0.0.1:{call.service.port}{path}"
        second = ticketed(await client.connect(url, additional_headers=headers))
        await second.ask("")
        return int(await second.closed()), len(call.service.host.sessions)

    assert place(ticketed, scenario) == (4401, 1)


# --- a PBX ---


@pytest.fixture(params=[AsteriskLine, PlainAsteriskLine], ids=lambda each: each.__name__)
def pbx(request: pytest.FixtureRequest) -> Any:
    """Whose socket it is: of a PBX in JSON, or in plain text."""
    return request.param


def test_a_pbx_puts_its_caller_through_when_somebody_listens(place: Place, pbx: Any) -> None:
    async def scenario(call: Call) -> bool:
        call.service.host.gate.clear()
        await call.line.ask("")
        await call.service.host.begun.wait()
        was_answered = call.line.is_answered
        call.service.host.gate.set()
        while not call.line.is_answered:
            await call.line.listen()
        return bool(was_answered)

    assert place(pbx, scenario) is False


def test_a_pbx_is_sent_silence_while_nothing_is_said(place: Place, pbx: Any) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        for silent_ms in (200, 400):
            while call.line.silent_ms < silent_ms:
                await call.line.listen()
            call.agent_says("item", 100, offset_ms=silent_ms)
            await call.line.hear(100)

    place(pbx, scenario)


def test_a_cut_is_followed_by_silence(place: Place, pbx: Any) -> None:
    async def scenario(call: Call) -> int:
        await call.open()
        call.agent_says("item", 20_000)
        await call.line.hear(100)
        call.channel.send(ClearPlayback("item"))
        await call.line.cleared()
        silent_ms: int = call.line.silent_ms
        while call.line.silent_ms < silent_ms + 100:
            await call.line.listen()
        return int(call.line.heard_ms)

    assert place(pbx, scenario) < 1_000


def test_what_an_earlier_call_said_opens_no_conversation(place: Place, pbx: Any) -> None:
    async def scenario(call: Call) -> tuple[int, str, int]:
        await call.open()
        url = f"ws://127.0.0.1:{call.service.port}{call.line.socket.request.path}"
        headers = pbx.headers(pbx.password)
        second = pbx(await client.connect(url, additional_headers=headers))
        await second.ask("")
        code = await second.closed()
        return int(code), second.socket.close_reason, len(call.service.host.sessions)

    assert place(pbx, scenario) == (4400, "call_answered", 1)


@pytest.mark.parametrize(
    ("path", "authorization", "status"),
    [
        (AsteriskLine.path, "", 401),
        (AsteriskLine.path, "Bearer a-shared-secret-of-the-pbx", 401),
        (AsteriskLine.path, "Basic ?", 401),
        (AsteriskLine.path, "Basic /w==", 401),
        (AsteriskLine.path, AsteriskLine.headers("another")["Authorization"], 401),
        ("/phone/asterisk", None, 400),
        ("/phone/asterisk?call=&from=1&to=2", None, 400),
        ("/phone/asterisk?call=1&from=1", None, 400),
        ("/phone/asterisk?call=1&from=1&to=2&to=3", None, 400),
        (f"/phone/asterisk?call={'1' * 201}&from=1&to=2", None, 400),
    ],
)
def test_a_handshake_says_who_and_whose_call(
    place: Place, path: str, authorization: str | None, status: int
) -> None:
    async def scenario(call: Call) -> int:
        known = AsteriskLine.headers(AsteriskLine.password)
        headers = known if authorization is None else {"Authorization": authorization}
        with pytest.raises(InvalidStatus) as refused:
            await client.connect(
                f"ws://127.0.0.1:{call.service.port}{path}", additional_headers=headers
            )
        return int(refused.value.response.status_code)

    assert place(AsteriskLine, scenario) == status


def test_who_calls_without_a_number_is_nobody(place: Place) -> None:
    async def scenario(call: Call) -> tuple[str, Caller]:
        headers = AsteriskLine.headers(AsteriskLine.password)
        path = "/phone/asterisk?call=another&from=&to=%2B49302"
        line = AsteriskLine(
            await client.connect(
                f"ws://127.0.0.1:{call.service.port}{path}", additional_headers=headers
            )
        )
        call.service.sockets.append(line.socket)
        await line.ask("")
        await call.service.host.opened.wait()
        return call.session.request.agent, call.session.request.caller

    assert place(AsteriskLine, scenario) == ("sales", Caller())


@pytest.mark.parametrize("said", ["", " ", "STATUS", "MEDIA_XOFF channel_id:1", '{"event": 1}'])
def test_what_a_pbx_says_beside_the_call_changes_nothing(place: Place, said: str) -> None:
    async def scenario(call: Call) -> None:
        await call.open()
        await call.line.send(said)
        assert isinstance(await call.next_event(), CallerAudio)

    place(AsteriskLine, scenario)


# --- what no carrier should send ---


def test_sound_before_the_call_is_turned_away(place: Place) -> None:
    async def scenario(call: Call) -> int:
        await call.line.say(bytes(ms_to_bytes(20)))
        return int(await call.line.closed())

    assert place(TwilioLine, scenario) == 4400


def test_sound_in_a_format_that_nobody_announced_is_turned_away(place: Place) -> None:
    async def scenario(call: Call) -> tuple[int, str]:
        connected, start = call.line.began()
        start["start"]["mediaFormat"]["sampleRate"] = 16_000
        await call.line.send(connected)
        await call.line.send(start)
        code = await call.line.closed()
        return int(code), call.line.socket.close_reason

    assert place(TwilioLine, scenario) == (4400, "bad_audio")


def test_one_bad_message_changes_nothing_and_many_hang_up(place: Place) -> None:
    async def scenario(call: Call) -> tuple[int, str]:
        await call.open()
        await call.line.send({"event": "media"})
        for message in call.line.began():  # once more
            await call.line.send(message)
        assert isinstance(await call.next_event(), CallerAudio)
        for _ in range(20):
            await call.line.send({"event": "media"})
        code = await call.line.closed()
        return int(code), call.line.socket.close_reason

    assert place(TwilioLine, scenario) == (4400, "too_many_bad_messages")
