"""What is wrong with arguments is said so that a model can ask the caller for it."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

import pytest
from pydantic import AwareDatetime, BaseModel, Field
from workshop import TOOLS, cancel_job, get_job

from agent_service.conversation.records import CallerLevel
from agent_service.errors import ToolError
from agent_service.tools.arguments import parse, redacted, values_at
from agent_service.tools.team.callbacks import book_callback
from agent_service.tools.team.help_pages import search_help
from agent_service.tools.team.tickets import open_ticket
from agent_service.tools.tool import Tool, tool

AGAIN = " Could you tell me again, please?"


def problem(tool_text: str, tool: Tool = cancel_job) -> ToolError:
    with pytest.raises(ToolError) as caught:
        parse(tool, tool_text)
    assert caught.value.kind == "fix_arguments"
    return caught.value


def test_missing_argument_is_asked_for_in_words() -> None:
    assert problem("{}").message == "I still need the job's number."


def test_wrong_argument_is_named_to_the_model_and_described_to_the_caller() -> None:
    found = problem('{"job": "1007"}')
    assert found.note == (
        "job (The job's number, for example 1002) must be a whole number from 1 to 999999999"
    )
    assert found.message == "I did not get the job's number right. What is it, please?"


def test_unknown_argument_is_named_to_the_model_alone() -> None:
    found = problem('{"job": 1007, "customer_id": "C0002"}')
    assert found.note == "customer_id does not exist"
    assert found.message == "I got something wrong there. Let me try that again."


def test_pattern_is_for_nobody() -> None:
    found = problem('{"topic": "my bill", "phone": "abc"}', book_callback)
    assert "phone (The phone number to call" in (found.note or "")
    assert "[" not in (found.note or "")
    assert found.message == "I did not get the phone number to call right. What is it, please?"


def test_caller_is_spoken_to_and_not_of() -> None:
    assert problem("{}", search_help).message == "I still need what you want to know."


@pytest.mark.parametrize("text", ["{", "null", "[1]", '"x"', '{"job": NaN}'])
def test_what_cannot_be_read_is_asked_for_again(text: str) -> None:
    found = problem(text)
    assert found.message.startswith("I got something wrong there.")
    assert found.note


def test_no_name_pattern_or_validator_is_ever_said() -> None:
    for one in TOOLS:
        names = one.schema()["properties"]
        wrong = json.dumps({name: [["x"]] for name in names} | {"made_up_name": 1})
        said = problem(wrong, one).message
        assert not re.search(r"[_^\\\[\]{}]|Input|Extra|string|integer|schema|JSON", said), said


def test_value_that_was_sent_is_in_neither() -> None:
    found = problem('{"job": "4111111111111111"}')
    assert "4111" not in f"{found.message} {found.note}"


@pytest.mark.parametrize("number", ["1007.0", "1.007e3"])
def test_whole_number_may_be_written_as_a_fraction(number: str) -> None:
    values = parse(cancel_job, f'{{"job": {number}}}').values
    assert values["job"] == 1007
    assert isinstance(values["job"], int)


@pytest.mark.parametrize("number", ["1007.5", "true", "[1007.0]", '"1007.0"'])
def test_what_is_no_whole_number_is_refused(number: str) -> None:
    assert problem(f'{{"job": {number}}}').note


class Address(BaseModel):
    street: Annotated[str, Field(max_length=40)]
    floor: Annotated[int, Field(ge=0, le=99)] = 0


@tool(title="Visit", effect="read", audience=CallerLevel.ANONYMOUS)
def visit(
    address: Annotated[Address, Field(description="Where to go.")],
    days: Annotated[int, Field(ge=1, le=9, description="How many days.")] = 3,
    price: Annotated[Decimal | None, Field(ge=0, le=99, description="What it may cost.")] = None,
) -> str:
    """Visit an address."""
    return address.street


def test_unknown_names_inside_an_argument_are_refused() -> None:
    found = problem('{"address": {"street": "x", "customer_id": "C0002"}}', visit)
    assert found.note == "address.customer_id does not exist"
    assert found.message == "I did not get everything right: where to go." + AGAIN


def test_null_says_the_same_as_leaving_out_at_every_depth() -> None:
    given = '{"address": {"street": "x", "floor": null}, "days": null, "price": null}'
    left_out = parse(visit, '{"address": {"street": "x"}}')
    assert parse(visit, given) == left_out
    assert left_out.values["days"] == 3


def test_null_for_what_is_needed_is_asked_for() -> None:
    assert problem('{"address": null}', visit).message == "I still need where to go."


def test_decimal_may_be_a_number_or_a_text_of_digits() -> None:
    prices = (
        '{"address": {"street": "x"}, "price": 1.5}',
        '{"address": {"street": "x"}, "price": "1.5"}',
    )
    assert [parse(visit, text).values["price"] for text in prices] == [Decimal("1.5")] * 2


def test_hash_names_the_arguments_however_they_are_written() -> None:
    first = parse(cancel_job, '{"job": 1007, "reason": "x"}')
    second = parse(cancel_job, ' {"reason":"x",  "job":1007}')
    assert first.hash == second.hash


def test_hash_tells_tools_and_arguments_apart() -> None:
    hashes = {
        parse(cancel_job, '{"job": 1007}').hash,
        parse(cancel_job, '{"job": 1010}').hash,
        parse(cancel_job, '{"job": 1007, "reason": "x"}').hash,
        parse(get_job, '{"job": 1007}').hash,
    }
    assert len(hashes) == 4


def test_left_out_and_null_are_the_same() -> None:
    assert (
        parse(cancel_job, '{"job": 1007, "reason": null}').hash
        == parse(cancel_job, '{"job": 1007}').hash
    )


def test_declared_secrets_are_taken_out_of_what_is_kept() -> None:
    kept = redacted(open_ticket, '{"subject": "Bill", "contact": "a@example.com"}')
    assert kept == '{"subject": "Bill", "contact": "[redacted]"}'


@pytest.mark.parametrize("text", ["{", "[1]", '"a@example.com"'])
def test_unreadable_arguments_with_secrets_are_not_kept(text: str) -> None:
    assert redacted(open_ticket, text) == "{}"


@pytest.mark.parametrize(
    "phone", ["+4915112345009", "+49 151 12345009", "004915112345009", "+6281234567890"]
)
def test_a_telephone_number_reaches_the_tool(phone: str) -> None:
    arguments = parse(book_callback, json.dumps({"topic": "my invoice", "phone": phone}))
    assert arguments.values["phone"] == phone


def test_what_surely_is_a_card_does_not_reach_the_tool() -> None:
    words = {"subject": "card 4111, 1111, 1111, 1111", "details": "My card number is 4111 1111"}
    values = parse(open_ticket, json.dumps(words)).values
    assert values["subject"] == "card [redacted card]"
    assert values["details"] == "My card number is [redacted card]"


def test_a_tool_gets_four_digits_of_a_card_and_the_record_does_not() -> None:
    words = json.dumps({"subject": "My card is 4111", "details": "no order 4003 in it"})
    assert parse(open_ticket, words).values["subject"] == "My card is 4111"
    assert json.loads(redacted(open_ticket, words)) == {
        "subject": "My card is [redacted card]",
        "details": "no order 4003 in it",
    }


class Stop(BaseModel):
    street: Annotated[str, Field(max_length=9, pattern="^[a-z]+$", description="The street.")]
    on: Annotated[date, Field(ge=date(2026, 1, 1))] = date(2026, 1, 1)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@tool(title="Tour", effect="read", audience=CallerLevel.ANONYMOUS)
def tour(
    stops: Annotated[list[Stop], Field(max_length=2, description="Where to go, in order.")],
    paint: Annotated[
        Colour | Stop | Annotated[int, Field(ge=1, le=9)] | None, Field(description="Of the van.")
    ] = None,
    guests: Annotated[
        set[Annotated[str, Field(max_length=9)]], Field(max_length=9, description="Who comes.")
    ] = frozenset(),  # type: ignore[assignment]
    at: Annotated[AwareDatetime | None, Field(description="When it begins.")] = None,
    price: Annotated[
        Decimal | None, Field(ge=0, le=99, decimal_places=2, description="What it may cost.")
    ] = None,
) -> str:
    """Go on a tour."""
    return ""


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        ("{}", "stops (Where to go, in order) is missing"),
        ('{"stops": [1, 2, 3]}', "stops (Where to go, in order) must be a list of at most 2"),
        ('{"stops": [3]}', "stops[0] must be an object with street, on"),
        ('{"stops": [{"street": "x"}, {}]}', "stops[1].street (The street) is missing"),
        (
            '{"stops": [{"street": "X"}]}',
            "stops[0].street (The street) must be a text of at most 9 characters, in the form",
        ),
        ('{"stops": [{"street": "x", "city": 1}]}', "stops[0].city does not exist"),
        ('{"stops": [{"street": "x", "on": 7}]}', "stops[0].on must be a date such as"),
        (
            '{"stops": [{"street": "x", "on": "2025-01-01"}]}',
            "stops[0].on must be a date such as 2026-03-05 not before 2026-01-01",
        ),
        (
            '{"stops": [], "paint": "green"}',
            "must be one of 'red', 'blue' or an object with street, on or a whole number from 1",
        ),
        ('{"stops": [], "paint": {"street": "X"}}', "paint.street (The street) must be a text"),
        ('{"stops": [], "at": "2026-03-05T10:00:00"}', "with its distance from UTC"),
        ('{"stops": [], "price": 1.555}', "must be a number from 0 to 99 with at most 2 decimal"),
        ('{"stops": [], "price": "NaN"}', "price (What it may cost) must be a number from 0 to 99"),
        ("[]", "arguments must be an object with stops, paint, guests, at, price"),
    ],
)
def test_model_is_told_what_each_part_must_be(arguments: str, note: str) -> None:
    told = problem(arguments, tour).note or ""
    assert note in told
    assert not re.search(r"Input|should|valid|\^", told)


def test_every_shape_reaches_the_tool_as_it_is_declared() -> None:
    given = {
        "stops": [{"street": "x", "on": "2026-03-05"}],
        "paint": "red",
        "guests": ["b", "a"],
        "at": "2026-03-05T10:00:00Z",
        "price": 1.50,
    }
    assert parse(tour, json.dumps(given)).values == {
        "stops": [Stop(street="x", on=date(2026, 3, 5))],
        "paint": Colour.RED,
        "guests": {"a", "b"},
        "at": datetime(2026, 3, 5, 10, tzinfo=UTC),
        "price": Decimal("1.5"),
    }


def test_hash_knows_neither_the_order_of_a_set_nor_how_a_decimal_is_written() -> None:
    texts = (
        '{"stops": [], "guests": ["b", "a", "c"], "price": 1.5}',
        '{"stops": [], "guests": ["c", "b", "a"], "price": "1.50"}',
    )
    assert len({parse(tour, text).hash for text in texts}) == 1


def test_owned_members_are_found_at_every_depth() -> None:
    given = {"stops": [{"street": "x"}, {"street": "y"}], "guests": ["a"]}
    values = parse(tour, json.dumps(given)).values
    assert list(values_at(values, "stops.street")) == ["x", "y"]
    assert list(values_at(values, "guests")) == ["a"]
    assert list(values_at(values, "paint")) == []
    with pytest.raises(AttributeError):
        list(values_at(values, "stops.city"))


def test_arguments_may_be_called_anything_that_a_model_can_say() -> None:
    @tool(title="Look", effect="read", audience=CallerLevel.ANONYMOUS)
    def look(
        schema: Annotated[int, Field(ge=0, le=9, description="A number.")],
        model_fields: Annotated[int, Field(ge=0, le=9, description="A number.")],
    ) -> int:
        """Look."""
        return schema

    given = {"schema": 1, "model_fields": 2}
    assert parse(look, json.dumps(given)).values == given


def test_what_a_model_cannot_say_by_name_is_refused() -> None:
    def rest(**rest: int) -> None: ...
    def hidden(_hidden: int) -> None: ...
    def positional(number: int, /) -> None: ...
    def settings(model_config: int) -> None: ...

    for function in (rest, hidden, positional, settings):
        with pytest.raises(TypeError, match="a model cannot give parameter"):
            tool(title="Look", effect="read", audience=CallerLevel.ANONYMOUS)(function)
