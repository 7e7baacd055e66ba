"""Arguments that several of the shop's tools take, and how rows of the shop are spoken of."""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Final, TypeVar

from pydantic import Field
from sqlalchemy import select

from agent_service.company import CallerSession, Money, OwnedArgument, ToolError
from agent_service.demo_shop.tables import Order, OrderItem

T = TypeVar("T")

OrderNumber = Annotated[
    int, Field(ge=1, le=999_999_999, description="The order's number, for example 1004.")
]
Reason = Annotated[
    str, Field(min_length=1, max_length=500, description="Why, in the caller's words.")
]

OWN_ORDER: Final = OwnedArgument("order_number", Order.number, "order")


def the_order(session: CallerSession, number: int, *, is_locked: bool = False) -> Order:
    """Return the caller's order; ownership was declared, so it is there."""
    order = session.one(select(Order).where(Order.number == number), is_locked=is_locked)
    if order is None:
        raise ToolError("not_allowed", f"I cannot find order {number} in your account.")
    return order


def lines_of(session: CallerSession, number: int) -> list[OrderItem]:
    statement = select(OrderItem).where(OrderItem.order_number == number).order_by(OrderItem.line)
    return list(session.scalars(statement))


def choose_line(lines: list[OrderItem], item: str | None) -> OrderItem:
    """Return the line that the caller names, or the only one."""
    if item is None:
        if len(lines) == 1:
            return lines[0]
        raise ToolError("fix_arguments", f"Which one: {either(line.name for line in lines)}?")
    found = matching(item, lines, lambda line: line.name)
    if len(found) != 1:
        names = either(line.name for line in lines)
        raise ToolError("fix_arguments", f"I find no such item in that order. It has: {names}.")
    return found[0]


def matching(wanted: str, things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Return the things whose names share most words with what is wanted; none if none does.

    A name that is wanted in full is wanted more than one of which a word is.
    """
    words = _words(wanted)
    scored = [
        ((_words(name(thing)) <= words, len(words & _words(name(thing)))), thing)
        for thing in things
    ]
    best = max((score for score, _ in scored), default=(False, 0))
    return [thing for score, thing in scored if score == best and score[1] > 0]


def _words(text: str) -> set[str]:
    """Return the words of a text; ``cables`` are a cable."""
    words = re.findall(r"\w[\w'-]*", text.casefold())
    return {word.removesuffix("s") if len(word) > 3 else word for word in words}


def goods(lines: Iterable[OrderItem]) -> str:
    """Say what was bought: ``one wireless mouse and 3 USB-C cables``."""
    return both(counted(line.name, line.quantity) for line in lines)


def counted(name: str, quantity: int) -> str:
    """Say how many: ``one wireless mouse``, ``wireless headphones``, ``2 water bottles``."""
    name = _lowered(name)
    if name.endswith("s"):  # headphones: the word is a plural already
        return name if quantity == 1 else f"{quantity} {name}"
    return f"one {name}" if quantity == 1 else f"{quantity} {name}s"


def clause(sentence: str) -> str:
    """Take a caller's sentence into one of ours: ``because it is broken``, ``because I'm ill``."""
    first = re.match(r"\w*", sentence)
    return sentence if first is None or first[0] == "I" else _lowered(sentence)


def total(order: Order, lines: Iterable[OrderItem]) -> Money:
    return Money(sum(line.paid_minor for line in lines), order.currency)


def both(words: Iterable[str]) -> str:
    return _joined(list(words), "and")


def either(words: Iterable[str]) -> str:
    return _joined([_lowered(word) for word in words], "or")


def _joined(words: list[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def _lowered(name: str) -> str:
    """Lower a product's first letter inside a sentence, but not that of ``USB-C cable``."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
