"""What a form of a page sends: bounded, as text, and kept when it comes at a bad moment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from agent_service.errors import CallerError
from agent_service.web.body import read_body

MAX_FORM_BYTES: Final = 256 * 1024
_MOST_FIELDS: Final = 300
_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
_NEVER_KEPT: Final = frozenset(("form_token", "password", "again", "current", "username"))
_NOT_WRITTEN: Final = frozenset(("act", "id", "version", "key", "next", "is_available", "tz"))
"""What buttons and the page itself send: nobody has to copy it."""
_PAGE: Final = re.compile(r"/admin/conversations/(?!(?:views|work)\b)[^/]+|/admin/[^/]+")
_OWN_PATH: Final = re.compile(r"/admin(?:[/?][!-\[\]-~]*)?")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in their order; a name may come more than once."""

    fields: tuple[tuple[str, str], ...]
    _last: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_last", dict(self.fields))

    def text(self, name: str, *, most: int = 10_000) -> str:
        """Return a field, empty when it was not sent; raise CallerError when it is too long."""
        value = self._last.get(name, "")
        if len(value) > most:
            raise CallerError(f"{name}: has more than {most} characters.", code="bad_request")
        return value

    def kept(self) -> tuple[tuple[str, str], ...]:
        """Return what may be shown again to whoever sent it: no password."""
        return tuple(one for one in self.fields if one[0] not in _NEVER_KEPT)

    def written(self) -> tuple[tuple[str, str], ...]:
        """Return what somebody has written or chosen: not what the page sends along."""
        return tuple(
            (name, value)
            for name, value in self.kept()
            if name not in _NOT_WRITTEN and value.strip()
        )


def page_of(path: str) -> str:
    """Return the page that a form with this address stands on."""
    found = _PAGE.match(path)
    return found[0] if found else "/admin"


async def read_form(request: Request) -> Form:
    """Return what a form sent; raise CallerError for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != _MEDIA_TYPE:
        raise CallerError(f"Send the form as content-type {_MEDIA_TYPE}.", code="not_a_form")
    body = await read_body(request, MAX_FORM_BYTES, "form")
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise CallerError("The form cannot be read.", code="bad_request") from None
    return Form(tuple(fields))


def own_path(text: str, otherwise: str) -> str:
    """Return the address of a page of the desk, and nobody else's."""
    return text if _OWN_PATH.fullmatch(text) else otherwise
