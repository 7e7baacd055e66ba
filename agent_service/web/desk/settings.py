"""What is set: every setting in force, and where it was set. Nothing can be changed here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.redaction import redact
from agent_service.section import Section
from agent_service.settings import Settings
from agent_service.store.members import Member, Right
from agent_service.web.desk.page import Desk

PATH: Final = "/admin/settings"
_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting."""

    name: str
    value: str
    place: str
    """A variable, an option, a line of a file; empty for a default."""
    description: str


def routes(desk: Desk, settings: Settings) -> list[Route]:
    """Return the page."""
    groups = [("The service", "service.toml", [*_of(settings, (), settings)])]
    for name, agent in settings.agents.items():
        groups.append((f"Agent {name}", f"agents/{name}.toml", [*_of(agent, (), None)]))

    async def show(request: Request, member: Member) -> Response:
        return desk.show(request, member, "settings.html", groups=groups)

    return [desk.page(PATH, Right.ADMINISTER, show)]


def _of(section: Section, keys: tuple[str, ...], settings: Settings | None) -> Iterator[Shown]:
    for name, field in type(section).model_fields.items():
        value, path = getattr(section, name), (*keys, name)
        if name == "agents" and settings is section:
            continue
        if isinstance(value, Section):
            yield from _of(value, path, settings)
            continue
        is_set = name in section.model_fields_set
        place = "" if not is_set else settings.place(path) if settings else "its file"
        description = " ".join((field.description or "").replace("`", "").split())
        yield Shown(".".join(path), _written(value), place, description)


def _written(value: Any) -> str:
    """Return a value; of a secret only that there is one."""
    match value:
        case None:
            return ""
        case SecretStr():
            return "set, not shown"
        case bool():
            return "true" if value else "false"
        case dict():
            return ", ".join(f"{name} = {_written(each)}" for name, each in value.items())
        case list() | tuple() | set() | frozenset():
            return ", ".join(_written(each) for each in value)
        case Section():
            return _written({name: getattr(value, name) for name in type(value).model_fields})
        case _:
            text = redact(str(value))
            return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
