"""What the shop's page is told, and that it has a picture of everything."""

import re
from pathlib import Path
from typing import Any

import pytest
from shop_desk import ShopDesk

from agent_service import demo_shop
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.demo_shop.catalogue import ARTICLES, WARES
from agent_service.demo_shop.seed import DEMO_CALLER
from agent_service.demo_shop.shown import shown_facts

PAGE = Path(demo_shop.__file__).parent / "page"


def shown(desk: ShopDesk, caller: Caller = DEMO_CALLER) -> dict[str, Any]:
    with desk.database.read() as session:
        return shown_facts(session, caller, desk.clock.utc())


def order(desk: ShopDesk, number: int) -> dict[str, Any]:
    (found,) = [each for each in shown(desk)["orders"] if each["number"] == number]
    return dict(found)


def test_customer_sees_their_orders_and_nobody_elses(desk: ShopDesk) -> None:
    facts = shown(desk)
    assert facts["customer"] == {"name": "Jane Doe"}
    assert [each["number"] for each in facts["orders"]] == [
        1010,
        1007,
        1005,
        1004,
        1009,
        1002,
        1008,
        1003,
        1006,
        1001,
    ]
    other = shown(desk, Caller("C0002", "Ben Abbott", CallerLevel.VERIFIED))
    assert other["orders"]
    assert all(each["number"] > 1010 for each in other["orders"])


def test_stranger_sees_the_goods_alone(sqlite_desk: ShopDesk) -> None:
    facts = shown(sqlite_desk, Caller())
    assert (facts["customer"], facts["orders"], facts["tickets"]) == (None, [], [])
    assert {product["sku"] for product in facts["products"]} == {ware.sku for ware in WARES}
    assert {each["page"] for each in facts["articles"]} == {each.slug for each in ARTICLES}


def test_cancelled_order_is_shown_as_that(sqlite_desk: ShopDesk) -> None:
    assert order(sqlite_desk, 1007)["status"] == "placed"
    sqlite_desk.call("cancel_order", {"order_number": 1007})
    assert order(sqlite_desk, 1007)["status"] == "cancelled"


def test_return_and_refund_are_shown(sqlite_desk: ShopDesk) -> None:
    asked = {"order_number": 1002, "reason": "too large", "item": "headphones"}
    sqlite_desk.call("start_return", asked)
    sqlite_desk.call(
        "refund_order",
        {"order_number": 1003, "item": "lamp", "reason": "broken", "amount_cents": 500},
    )
    assert order(sqlite_desk, 1002)["returns"] == [
        {"kind": "return", "name": "Wireless headphones", "quantity": 1, "status": "requested"}
    ]
    (refund,) = order(sqlite_desk, 1003)["refunds"]
    assert refund == {"amount_minor": 500, "currency": "USD", "status": "requested"}


def test_address_is_shown_while_it_can_change(sqlite_desk: ShopDesk) -> None:
    assert order(sqlite_desk, 1005)["address"] is None
    moved = {"order_number": 1007, "street": "2 New Road", "city": "Riverton", "postcode": "02906"}
    caller = Caller("C0001", "Jane Doe", CallerLevel.STEPPED_UP)
    sqlite_desk.call("change_address", moved, caller=caller)
    assert order(sqlite_desk, 1007)["address"] == "2 New Road, 02906 Riverton"


def test_own_tickets_are_shown(sqlite_desk: ShopDesk) -> None:
    written = {"subject": "Lamp <b>broken</b>", "details": "It does not turn on at all."}
    sqlite_desk.call("open_ticket", {**written, "order_number": 1003})
    sqlite_desk.call("open_ticket", {**written, "contact": "a@b.example"}, caller=Caller())
    (ticket,) = shown(sqlite_desk)["tickets"]
    assert (ticket["subject"], ticket["about"]) == ("Lamp <b>broken</b>", "order 1003")
    assert ticket["status"] == "open"


@pytest.mark.parametrize("sku", [ware.sku for ware in WARES])
def test_everything_on_sale_has_a_picture(sku: str) -> None:
    assert (PAGE / "art" / f"{sku}.svg").read_text().startswith("<svg ")


def test_page_needs_nothing_from_elsewhere() -> None:
    namespace = "http://www.w3.org/2000/svg"
    for path in (each for each in PAGE.rglob("*") if each.is_file()):
        text = path.read_text().replace(namespace, "")
        assert not re.search(r"https?://|//\w+\.\w+/", text), path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\b", text), path
