"""What the desk says and does, tool by tool, for Jane and her ten orders."""

import json
from datetime import timedelta
from typing import Any

import pytest
from shop_desk import ShopDesk
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.demo_shop.arguments import clause, matching
from agent_service.demo_shop.seed import DEMO_CALLER, seed_shop
from agent_service.demo_shop.tables import (
    Order,
    OrderItem,
    OrderStatus,
    Refund,
    RefundStatus,
    Return,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
)
from agent_service.store.database import Database
from agent_service.store.requests import Callback

STRANGER = Caller()


def told(desk: ShopDesk, name: str, /, **arguments: Any) -> dict[str, Any]:
    output: dict[str, Any] = json.loads(desk.call(name, arguments).output)
    return output


@pytest.mark.parametrize(
    ("number", "say"),
    [
        (1002, "Order 1002, wireless headphones, was delivered on Thursday, February 26"),
        (1004, "Order 1004, one mechanical keyboard, is on its way with Blue Courier"),
        (1005, "Order 1005, one laptop stand, is packed and waits for the carrier"),
        (1006, "Order 1006, one backpack, was cancelled"),
        (1007, "Order 1007, one wireless mouse, was placed on Tuesday, March 3"),
        (1009, "Order 1009, 2 water bottles, is out for delivery with Swift Parcel today"),
    ],
)
def test_status_is_said_in_words(sqlite_desk: ShopDesk, number: int, say: str) -> None:
    assert told(sqlite_desk, "get_order_status", order_number=number)["say"].startswith(say)


def test_shipped_order_names_carrier_and_day(sqlite_desk: ShopDesk) -> None:
    facts = told(sqlite_desk, "get_order_status", order_number=1004)
    assert facts["carrier"] == "Blue Courier"
    assert facts["expected_on"] == "2026-03-06"
    assert "should arrive on Friday, March 6" in facts["say"]


def test_orders_are_found_by_what_is_in_them(sqlite_desk: ShopDesk) -> None:
    found = told(sqlite_desk, "find_orders", item="headphones")
    assert [order["order_number"] for order in found["orders"]] == [1002]


def test_orders_are_found_by_state(sqlite_desk: ShopDesk) -> None:
    found = told(sqlite_desk, "find_orders", status="placed")
    assert [order["order_number"] for order in found["orders"]] == [1010, 1007]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (1005, "packed and about to be shipped"),
        (1004, "already on its way"),
        (1002, "already delivered"),
        (1006, "is already cancelled"),
    ],
)
def test_order_that_cannot_be_cancelled_says_why(
    sqlite_desk: ShopDesk, number: int, reason: str
) -> None:
    assert reason in told(sqlite_desk, "cancel_order", order_number=number)["say"]


def test_return_of_one_of_several_items_asks_which(sqlite_desk: ShopDesk) -> None:
    answer = told(sqlite_desk, "start_return", order_number=1003, reason="too bright")
    assert answer["say"] == "Which one: desk lamp or USB-C cable?"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("They are broken.", "because they are broken."),
        ("I do not like them", "because I do not like them"),
        ("I'm moving", "because I'm moving"),
        ("USB does not work", "because USB does not work"),
    ],
)
def test_reason_of_a_return_is_read_back_as_part_of_the_sentence(reason: str, said: str) -> None:
    assert f"because {clause(reason)}" == said


def test_return_counts_what_has_gone_back(desk: ShopDesk) -> None:
    first = {"order_number": 1003, "reason": "too many", "item": "cable", "quantity": 2}
    assert told(desk, "start_return", **first)["quantity"] == 2
    second = first | {"reason": "still too many"}
    assert "Only 1 of the USB-C cable" in told(desk, "start_return", **second)["say"]


def test_return_window_ends(sqlite_desk: ShopDesk) -> None:
    answer = told(sqlite_desk, "start_return", order_number=1001, reason="old")
    assert "That time is over" in answer["say"]


def test_partial_refund_by_quantity(desk: ShopDesk) -> None:
    answer = told(desk, "refund_order", order_number=1003, reason="r", item="cable", quantity=1)
    assert answer["amount"] == "12.95 USD"


def test_partial_refund_by_amount_and_then_the_rest(desk: ShopDesk) -> None:
    part = told(desk, "refund_order", order_number=1002, reason="scratch", amount_cents=1000)
    rest = told(desk, "refund_order", order_number=1002, reason="all of it")
    assert (part["amount"], rest["amount"]) == ("10.00 USD", "69.99 USD")


def test_refund_above_what_is_left_is_refused(desk: ShopDesk) -> None:
    answer = told(desk, "refund_order", order_number=1002, reason="r", amount_cents=8000)
    assert "only $79.99 can still be refunded" in answer["say"]


def test_lost_parcel_can_be_refunded(desk: ShopDesk) -> None:
    assert told(desk, "refund_order", order_number=1009, reason="r")["status"] == "not_allowed"
    with desk.database.write() as session:
        lost = session.scalars(select(Shipment).where(Shipment.order_number == 1009)).one()
        lost.status = ShipmentStatus.LOST
    assert told(desk, "refund_order", order_number=1009, reason="lost")["amount"] == "37.00 USD"


def test_exchange_is_for_the_same_or_a_lower_price(desk: ShopDesk) -> None:
    dearer = told(desk, "exchange_item", order_number=1002, new_item="robot vacuum", reason="r")
    assert "costs more" in dearer["say"]
    cheaper = told(
        desk, "exchange_item", order_number=1002, new_item="bluetooth speaker", reason="r"
    )
    assert cheaper["new_item"] == "Bluetooth speaker"


def test_what_is_exchanged_is_not_refunded_as_well(desk: ShopDesk) -> None:
    told(desk, "exchange_item", order_number=1002, new_item="bluetooth speaker", reason="r")
    assert "being exchanged" in told(desk, "refund_order", order_number=1002, reason="r")["say"]


def test_address_changes_until_the_order_is_packed(desk: ShopDesk) -> None:
    sure = Caller("C0001", "Jane Doe", CallerLevel.STEPPED_UP)
    address = {"street": "1 New Street", "city": "Riverton", "postcode": "02906"}
    packed = desk.call("change_address", {"order_number": 1005, **address}, caller=sure)
    assert "its address is fixed" in packed.output
    desk.call("change_address", {"order_number": 1007, **address}, caller=sure)
    with desk.database.read() as session:
        assert session.get_one(Order, 1007).street == "1 New Street"


def test_open_ticket_about_the_same_thing_is_found(desk: ShopDesk) -> None:
    first = told(desk, "open_ticket", subject="Wrong invoice", details="No company name")
    second = told(desk, "open_ticket", subject="invoice: wrong!", details="Still wrong")
    assert second["ticket_number"] == first["ticket_number"]
    assert second["is_repeated"] is True


def test_callback_is_booked_within_opening_hours(desk: ShopDesk) -> None:
    answer = told(desk, "book_callback", topic="my invoice", on="2026-03-07", after="11:00")
    assert answer["say"] == "A colleague calls you on Saturday, March 7 at 11 AM."
    with desk.database.read() as session:
        assert session.scalars(select(Callback.phone)).one() == "+15550100000"


def test_callback_on_a_closed_day_names_the_next_time(sqlite_desk: ShopDesk) -> None:
    answer = told(sqlite_desk, "book_callback", topic="my invoice", on="2026-03-08")
    assert "Monday, March 9 at 9 AM" in answer["say"]


def test_stranger_is_asked_for_a_number_to_call(sqlite_desk: ShopDesk) -> None:
    finished = sqlite_desk.call("book_callback", {"topic": "a question"}, caller=STRANGER)
    assert "Which phone number" in finished.output


def test_opening_hours_tell_whether_somebody_is_there(sqlite_desk: ShopDesk) -> None:
    assert told(sqlite_desk, "get_business_hours")["say"] == ("Our team is there until 6 PM today.")
    sqlite_desk.clock.advance(12 * 3600)
    assert (
        "there again on Thursday, March 5 at 9 AM"
        in (told(sqlite_desk, "get_business_hours")["say"])
    )


def test_history_names_returns_and_their_states(sqlite_desk: ShopDesk) -> None:
    history = told(sqlite_desk, "get_account_history")
    assert any("return 1 of order 1008" in event["what"] for event in history["events"])


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How long does delivery take?", "shipping"),
        ("Can I pay with PayPal?", "payment"),
        ("my kettle stopped working", "warranty"),
        ("When do I get my money back?", "refunds"),
        ("can I send back opened things", "returns"),
    ],
)
def test_help_finds_the_page_and_cites_it(sqlite_desk: ShopDesk, question: str, page: str) -> None:
    source = told(sqlite_desk, "search_help", question=question)["sources"][0]
    assert (source["page"], source["url"]) == (page, f"/#about-{page}")


def test_nothing_found_is_said(sqlite_desk: ShopDesk) -> None:
    assert told(sqlite_desk, "search_help", question="quantum chromodynamics")["sources"] == []


def test_seeding_happens_once(desk: ShopDesk) -> None:
    with desk.database.write() as session:
        assert seed_shop(session, desk.clock.utc()) is False


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (1002, OrderStatus.PLACED),
        (1006, OrderStatus.PACKED),
        (1007, OrderStatus.DELIVERED),
        (1005, OrderStatus.CANCELLED),
    ],
)
def test_database_refuses_impossible_moves(
    shop_database: Database, status: int, wrong: OrderStatus
) -> None:
    def move() -> None:
        with shop_database.write() as session:
            session.get_one(Order, status).status = wrong

    with pytest.raises(IntegrityError):
        move()


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 8000},
        {"amount_minor": 0},
        {"currency": "EUR"},
        {"customer_id": "C0002"},
        {"order_number": 1003},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_database_refuses_a_wrong_refund_whoever_writes_it(
    desk: ShopDesk, changes: dict[str, Any]
) -> None:
    def write() -> None:
        with desk.database.write() as session:
            item = session.scalars(select(OrderItem).where(OrderItem.order_number == 1002)).one()
            fields = {
                "order_number": 1002,
                "order_item_id": item.id,
                "customer_id": DEMO_CALLER.customer_id,
                "amount_minor": 100,
                "currency": "USD",
                "reason": "by hand",
                "status": RefundStatus.REQUESTED,
                "requested_at": desk.clock.utc(),
            }
            session.add(Refund(**fields | changes))

    with pytest.raises(IntegrityError):
        write()


def test_rejected_return_can_be_started_again(desk: ShopDesk) -> None:
    with desk.database.write() as session:
        session.scalars(select(Return)).one().status = ReturnStatus.REJECTED
    with desk.database.read() as session:
        item = session.scalars(select(OrderItem).where(OrderItem.order_number == 1008)).one()
    assert item.returned_quantity == 0


def test_goods_keep_their_spelling_at_the_start_of_a_list(sqlite_desk: ShopDesk) -> None:
    say = told(sqlite_desk, "find_orders", item="cable")["say"]
    assert "USB-C cable" in say
    assert ". Order 1" in say


def test_what_can_still_be_refunded_is_in_the_orders_currency(sqlite_desk: ShopDesk) -> None:
    with sqlite_desk.database.write() as session:
        session.get_one(Order, 1002).currency = "EUR"
    answer = told(
        sqlite_desk, "refund_order", order_number=1002, reason="broken", amount_cents=9000
    )
    assert answer["say"] == "Of the Wireless headphones only €79.99 can still be refunded."


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("a different pair of wireless ones", "Which one would you like: wireless headphones or"),
        ("something wireless", "Which one would you like: wireless headphones or wireless mouse?"),
        ("a rubber duck", "We have no such product."),
        ("USB-C cables", "The exchange of wireless headphones for one USB-C cable is started."),
        ("the desk lamp, please", "for one desk lamp is started"),
        ("wireless headphones", "for wireless headphones is started"),
    ],
)
def test_exchange_is_for_the_product_that_was_named(
    sqlite_desk: ShopDesk, wanted: str, said: str
) -> None:
    answer = told(sqlite_desk, "exchange_item", order_number=1002, new_item=wanted, reason="other")
    assert said in answer["say"]


def test_empty_shop_has_nothing_to_exchange_for(sqlite_desk: ShopDesk) -> None:
    assert matching("a lamp", [], str) == []


def test_goods_of_an_order_are_found_in_the_plural(sqlite_desk: ShopDesk) -> None:
    answer = told(
        sqlite_desk, "refund_order", order_number=1003, reason="broken", item="the cables"
    )
    assert answer["status"] == "succeeded"


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-03-05", "On Thursday, March 5 our team is there from 9 AM to 6 PM."),
        ("2026-03-04", "On Wednesday, March 4 our team is there from 9 AM to 6 PM."),
        (
            "2026-03-08",
            (
                "On Sunday, March 8 nobody is there."
                " Our team is there again on Monday, March 9 at 9 AM."
            ),
        ),
        ("2026-03-03", "That day has passed. Which day do you mean?"),
    ],
)
def test_opening_hours_of_a_day_are_those_of_that_day(
    sqlite_desk: ShopDesk, on: str, said: str
) -> None:
    assert told(sqlite_desk, "get_business_hours", on=on)["say"] == said


def test_wished_hour_is_kept_when_the_call_moves_to_another_day(sqlite_desk: ShopDesk) -> None:
    sqlite_desk.clock.advance(timedelta(days=3, hours=3).total_seconds())  # Saturday, 1 PM
    answer = told(sqlite_desk, "book_callback", topic="my invoice", after="15:00")
    assert answer["say"] == "A colleague calls you on Monday, March 9 at 3 PM."


def test_hour_at_which_nobody_is_ever_there_is_asked_for_again(sqlite_desk: ShopDesk) -> None:
    answer = told(sqlite_desk, "book_callback", topic="my invoice", after="23:00")
    assert answer["say"] == "We close earlier than that. Which time suits you?"
