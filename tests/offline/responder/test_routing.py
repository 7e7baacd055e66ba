"""What is wanted is told by what the caller does, not by which goods are named."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.router import Router
from agent_service.offline.responder.synonyms import in_plain_words
from agent_service.offline.responder.things import Things
from agent_service.offline.responder.toolset import Tool, tools_of

Route = Callable[[str], Any]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.load()


def tool(name: str, description: str, *examples: str) -> dict[str, Any]:
    said = ", ".join(f'"{example}"' for example in examples)
    return {"name": name, "description": f"{description} Callers say: {said}", "parameters": {}}


GOODS = (
    tool(
        "find_orders",
        "List the caller's orders.",
        "Show me my orders",
        "Can you find the order with the headphones?",
        "When did I buy the desk lamp?",
        "What did I order last month?",
    ),
    tool(
        "start_return",
        "Start the return of a delivered item.",
        "I want to return the headphones",
        "The kettle is broken, I want to send it back",
        "It doesn't fit",
        "I'd like to give it back",
    ),
    tool(
        "get_status",
        "Look up the state of one order, with its shipment.",
        "Where is my order?",
        "Has my parcel shipped yet?",
        "When will it arrive?",
        "Track my package",
    ),
)


def best(tools: tuple[Tool, ...], embedder: Embedder, said: str) -> str:
    target = Router(tools, embedder).routes(said)[0].target
    return target.value if isinstance(target, Intent) else target.name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("where are my headphones", "get_status"),
        ("when will the desk lamp arrive", "get_status"),
        ("I want to return the desk lamp", "start_return"),
        ("the desk lamp is broken", "start_return"),
    ],
)
def test_goods_named_in_a_phrasing_do_not_decide(embedder: Embedder, said: str, name: str) -> None:
    assert best(tools_of(GOODS), embedder, said) == name


def test_goods_are_told_from_what_a_tool_is_about(embedder: Embedder) -> None:
    things = Things(tools_of(GOODS), embedder)

    assert things.masked("where is the kettle of my order") == "where is the item of my order"
    assert things.masked("is the desk lamp here") == "is the item here"
    assert things.masked("I want to return the parcel") == "I want to return the parcel"


def test_a_tool_set_without_phrasings_names_no_goods(embedder: Embedder) -> None:
    things = Things(tools_of(({"name": "find_lamp", "description": "Find a lamp."},)), embedder)

    assert things.masked("where is my lamp") == "where is my lamp"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("please scrap it", "please cancel it"),
        ("Call off my visit", "cancel my appointment"),
        ("where is it", "where is it"),
    ],
)
def test_colloquial_words_have_plain_ones(said: str, plain: str) -> None:
    assert in_plain_words(said) == plain


def test_a_tool_without_phrasings_borrows_common_ones(embedder: Embedder) -> None:
    tools = tools_of(
        (
            {"name": "block_card", "description": "Block a payment card."},
            {"name": "transfer_money", "description": "Transfer money to an account."},
        )
    )

    assert best(tools, embedder, "somebody stole it from my bag") == "block_card"
    assert best(tools, embedder, "I owe my brother something") == "transfer_money"


def test_what_one_tool_brings_is_not_lent_to_another(embedder: Embedder) -> None:
    tools = tools_of(
        (
            tool("get_hours", "Tell when we are there.", "When are you open?", "Are you there?"),
            {"name": "search_help", "description": "Search the help pages."},
        )
    )

    assert best(tools, embedder, "when are you open") == "get_hours"
