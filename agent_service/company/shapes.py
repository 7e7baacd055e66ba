"""Whether the parts of a company are what the service will use and call: told before it does."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import MetaData

from agent_service.company.declaration import Company, Demo, DemoPage
from agent_service.conversation.records import Caller
from agent_service.store.branches import Branch
from agent_service.store.outbox import TEAM
from agent_service.store.proofs import Proof
from agent_service.tools.tool import Tool

Kinds: TypeAlias = Mapping[str, tuple[Any, str]]

_COMPANY: Final[Kinds] = {
    "title": (str, "a text"),
    "tools": (tuple | list, "a tuple of tools"),
    "tables": (Branch | None, "a Branch"),
    "proofs": (tuple | list, "a tuple of proofs"),
    "receivers": (Mapping, "a dict of receivers by kind of message"),
    "settlements": (Mapping, "a dict of functions by kind of message"),
    "demo": (Demo | None, "a Demo"),
}
_BRANCH: Final[Kinds] = {
    "metadata": (MetaData, "the metadata of your tables"),
    "migrations": (Path, "the Path of a folder"),
    "version_table": (str, "the name of a table"),
}
_DEMO: Final[Kinds] = {
    "caller": (Caller, "a Caller"),
    "question": (str, "a text"),
    "kinds": (tuple | list, "a tuple of kinds of messages"),
    "page": (DemoPage | None, "a DemoPage"),
}
_PAGE: Final[Kinds] = {"folder": (Path, "the Path of a folder")}


def wrong_parts(company: Company) -> Iterator[str]:
    """Yield a sentence for each part that is of the wrong kind, or cannot be called as it will be.

    Those that hold others come first: where one of them is wrong, nothing more is said.
    """
    wrong = [*_wrong_kinds("", company, _COMPANY)]
    if not wrong and company.tables is not None:
        wrong += _wrong_kinds("tables.", company.tables, _BRANCH)
    if not wrong and company.demo is not None:
        wrong += _wrong_kinds("demo.", company.demo, _DEMO)
    if not wrong and company.demo is not None and company.demo.page is not None:
        wrong += _wrong_page(company.demo.page)
    yield from wrong or (*_wrong_members(company), *_wrong_calls(company))


def _wrong_kinds(prefix: str, holder: object, kinds: Kinds) -> Iterator[str]:
    for name, (kind, words) in kinds.items():
        value = getattr(holder, name)
        if not isinstance(value, kind):
            yield f"{prefix}{name} is {_shown(value)}: give {words}"


def _wrong_members(company: Company) -> Iterator[str]:
    for name, values, kind in (("tools", company.tools, Tool), ("proofs", company.proofs, Proof)):
        for one in values:
            if not isinstance(one, kind):
                yield f"{name} hold {_shown(one)}, which is no {kind.__name__}"
    kinds = [*company.receivers, *(company.demo.kinds if company.demo else ())]
    for named in (*kinds, *company.settlements):
        if not isinstance(named, str):
            yield f"{_shown(named)} is no kind of message: give a text"
    if TEAM in kinds:
        yield f"messages of the kind {TEAM} take no receiver: agent-service queue lists them"


def _wrong_page(page: DemoPage) -> Iterator[str]:
    yield from (wrong := [*_wrong_kinds("demo.page.", page, _PAGE)])
    if not wrong and not (page.folder / "index.html").is_file():
        yield f"demo.page.folder is {page.folder}, which has no index.html: write one"
    yield from _wrong_function("facts of demo.page", page.facts, "session", "caller", "now")


def _wrong_calls(company: Company) -> Iterator[str]:
    if company.directory is not None:
        find = ("find", "by", "value", "session")
        yield from _wrong_method("the directory", company.directory, *find)
    for kind, receiver in company.receivers.items():
        yield from _wrong_method(f"the receiver of {kind}", receiver, "deliver", "message")
    for kind, settle in company.settlements.items():
        given = ("session", "message", "is_done", "now")
        yield from _wrong_function(f"the settlement of {kind}", settle, *given)
    for proof in company.proofs:
        if isinstance(proof, Proof):
            what = f"look_up of the proof {proof.name}"
            yield from _wrong_function(what, proof.look_up, "session", "claim")
    if company.seed is not None:
        yield from _wrong_function("the seed", company.seed, "session", "now")
    if company.erase is not None:
        yield from _wrong_function("erase", company.erase, "session", "customer_id", "now")


def _wrong_method(what: str, value: object, name: str, *given: str) -> Iterator[str]:
    method = getattr(value, name, None)
    if isinstance(value, type) and not _takes(method, given):
        yield f"{what} is the class {value.__name__}: give an object of it, {value.__name__}(...)"
    elif not _takes(method, given):
        yield f"{what} has no {name}({', '.join(given)}), but is {_shown(value)}"
    elif inspect.iscoroutinefunction(method):
        yield f"{what} has an async {name}: it is called on a thread of its own, write def"


def _wrong_function(what: str, value: object, *given: str) -> Iterator[str]:
    if not _takes(value, given):
        yield f"{what} is {_shown(value)}: give a function of ({', '.join(given)})"
    elif inspect.iscoroutinefunction(value):
        yield f"{what} is async: it is called on a thread, write def"


def _takes(function: object, given: tuple[str, ...]) -> bool:
    if not callable(function):
        return False
    try:
        _signature(function).bind(*given)
    except TypeError:
        return False
    return True


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except ValueError:  # some of those written in C do not tell
        return inspect.signature(lambda *_: None)


def _shown(value: object) -> str:
    return f"{value!r:.80}"
