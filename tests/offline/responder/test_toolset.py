"""A tool is taken to change something unless all that it says of itself speaks of reading."""

import pytest

from agent_service.offline.responder.toolset import tools_of


def changes(name: str, description: str) -> bool:
    return tools_of([{"name": name, "description": description, "parameters": {}}])[0].is_write


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("give_notice", "Ends the rental of a unit at a date."),
        ("answer_offer", "Accept or decline an offer."),
        ("report_absence", "Tell the school that a child is absent."),
        ("get_refund", "Refunds an order."),
        ("give_refund", "Gives a refund."),
        ("check_in", "Check in a guest."),
        ("dim_lights", "Dim lights in a room."),
        ("refill", "Refill a prescription."),
        ("voucher", "Buy day vouchers."),
        ("ask_callback", "Has a planner call the customer back."),
        ("hand_back", "Announces the return of a device."),
        ("leave_out", "Leave out one lesson"),
        ("give_notice", "Give notice on a tenancy"),
        ("tell_neighbour", "Tells a neighbour that a parcel is with them"),
        ("name_change", "Changes the name on a contract"),
        ("hire_tool", "Hire of a tool for days"),
        ("f1", ""),
    ],
)
def test_tools_that_may_change_something_need_a_wish(name: str, description: str) -> None:
    assert changes(name, description)


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("order_status", "Where an order is."),
        ("my_tickets", "Tickets the customer bought."),
        ("get_current_weather", "Returns the weather."),
        ("store_info", "Address, phone and opening hours of the store."),
        ("guided_tours", "Guided tours of a day with free places."),
        ("return_policy", "The return policy."),
        ("price_for", "Price for a room."),
        ("tell_time", "Tells the current time."),
        ("when_open", "When the pool is open"),
        ("nearest_station", "Nearest station to a place"),
        ("give_price", "Gives the price of a repair"),
        ("hire_state", "Work out how far a hire is."),
    ],
)
def test_tools_that_only_read_are_called_for_a_question(name: str, description: str) -> None:
    assert not changes(name, description)
