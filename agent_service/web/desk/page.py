"""What all pages of the desk share: who may see them, their layout, and how they fail.

A page is a module with a route, a right and a template: see docs/architecture.md.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from agent_service.errors import AgentServiceError, CallerError
from agent_service.store.members import Member, Right
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import message_of, status_of
from agent_service.web.desk import writing
from agent_service.web.desk.forms import Form, own_path, page_of, read_form
from agent_service.web.desk.navigation import HOME, NAVIGATION, Entry
from agent_service.web.own_pages import check_own_page
from agent_service.web.pages import page_headers

Look: TypeAlias = Callable[[Request, Member], Awaitable[Response]]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Act: TypeAlias = Callable[[Request, Member, Form], Awaitable[Response]]

SIGN_IN: Final = "/admin"
SINGLE_SIGN_ON: Final = "/admin/single-sign-on"
PASSWORD: Final = "/admin/password"  # noqa: S105 - an address

_IN_WORDS: Final = {
    Right.SEE: "see this",
    Right.LISTEN: "listen to conversations",
    Right.SPEAK: "speak with callers",
    Right.DECIDE: "decide what waits for the team",
    Right.WORK: "work on conversations",
    Right.MINT: "let callers in",
    Right.ADMINISTER: "administer the desk",
}
"""What somebody may do by each right."""
_HEADERS: Final = page_headers(is_desk=True)
_TEMPLATES: Final = Path(__file__).parent / "templates"
_log = structlog.get_logger()


class DeskRoute(Route):
    """A route that says which right it needs; None for all who signed in."""

    def __init__(self, path: str, endpoint: Endpoint, method: str, right: Right | None) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.right = right


class Desk:
    """Makes the routes of pages, and shows them."""

    def __init__(
        self,
        access: AdminAccess,
        *,
        has_passwords: bool = True,
        has_single_sign_on: bool = False,
        tool_titles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """``tool_titles`` are what people call the tools that there are, by name."""
        self.access = access
        self.tool_titles = tool_titles
        self.has_passwords = has_passwords
        self.has_single_sign_on = has_single_sign_on
        self._templates = _templates()

    def title_of(self, tool: str) -> str:
        """Return what people call a tool; of one that is no more, its name in words."""
        return self.tool_titles.get(tool) or writing.code(tool)

    def page(self, path: str, right: Right | None, look: Look) -> DeskRoute:
        """Return the route of a page for who has the right; with None for all who signed in."""

        async def handle(request: Request) -> Response:
            member: Member | None = None
            try:
                member = await self.access.member(request)
                if member is None:
                    return _to_sign_in(request)
                if member.must_change and path != PASSWORD:
                    return redirect(PASSWORD)
                _check(member, right)
                response = await look(request, member)
                return await self.access.reading.follow(request, response, member.actor)
            except AgentServiceError as error:
                return self.problem(request, member, error)
            except Exception:
                return self._own_up(request, member)

        return DeskRoute(path, handle, "GET", right)

    def nowhere(self) -> DeskRoute:
        """Return the route of all addresses that are no page; it comes after those that are."""

        async def look(request: Request, member: Member) -> Response:
            raise CallerError("There is nothing at this address.", code="not_found")

        return self.page("/admin/{path:path}", None, look)

    def form(self, path: str, right: Right | None, act: Act) -> DeskRoute:
        """Return the route that a page's form is sent to, for who has the right."""

        async def handle(request: Request) -> Response:
            member: Member | None = None
            form = Form(())
            try:
                check_own_page(request)
                form = await read_form(request)
                member = await self.access.member(request)
                if member is None:
                    return self.sign_in_page(request, kept=form, status=401)
                if member.must_change and path != PASSWORD:
                    return redirect(PASSWORD)
                _check(member, right)
                if not _is_of_this_sign_in(form, member):
                    return self.kept_form(request, member, request.url.path, form, 403)
                return await act(request, member, form)
            except AgentServiceError as error:
                return self.problem(request, member, error, form)
            except Exception:
                return self._own_up(request, member, form)

        return DeskRoute(path, handle, "POST", right)

    def show(
        self,
        request: Request,
        member: Member | None,
        template: str,
        *,
        status: int = 200,
        **facts: Any,
    ) -> Response:
        """Return a page; without a member it has no navigation.

        One that answers a form has a page that takes its place when one comes back to it.
        """
        is_answer = request.method == "POST"
        shown = self._templates[template].render(
            member=member,
            form_token=member.form_token if member else "",
            may_be_rung=_may_be_rung(member),
            navigation=_leads_to(member),
            path=request.url.path,
            instead=facts.pop("instead", page_of(request.url.path)) if is_answer else "",
            tool_title=self.title_of,
            **facts,
        )
        return HTMLResponse(shown, status, _HEADERS)

    def problem(
        self,
        request: Request,
        member: Member | None,
        error: AgentServiceError,
        form: Form | None = None,
    ) -> Response:
        """Return the page that says what went wrong, and holds what a form has not brought on."""
        status = status_of(error)
        if status >= 500:
            _log.warning("desk_page_failed", path=request.url.path, code=error.code)
        return self._say(request, member, status, message_of(error, status), form)

    def _own_up(
        self, request: Request, member: Member | None, form: Form | None = None
    ) -> Response:
        """Return the page for a mistake of ours; the log says under its reference what it was."""
        reference = secrets.token_hex(4)
        _log.exception("desk_page_broke", path=request.url.path, reference=reference)
        words = "Something went wrong on our side. Whoever runs the service finds it in the log by "
        return self._say(request, member, 500, f"{words}the reference {reference}.", form)

    def _say(
        self,
        request: Request,
        member: Member | None,
        status: int,
        message: str,
        form: Form | None,
    ) -> Response:
        return self.show(
            request,
            member,
            "problem.html",
            status=status,
            message=message,
            unsent=form.written() if form and member else (),
            back=page_of(request.url.path) if form else HOME,
        )

    def sign_in_page(
        self,
        request: Request,
        *,
        kept: Form | None = None,
        next_path: str = "",
        problem: str = "",
        name: str = "",
        kept_path: str = "",
        status: int = 200,
    ) -> Response:
        """Return the page to sign in on; a form that came too late waits in it."""
        waiting = kept.kept() if kept else ()
        return self.show(
            request,
            None,
            "sign_in.html",
            status=status,
            next_path=own_path(next_path, ""),
            problem=problem,
            name=name,
            kept_path=own_path(kept_path or request.url.path, "") if waiting else "",
            kept=urlencode(waiting),
            has_passwords=self.has_passwords,
            single_sign_on=SINGLE_SIGN_ON if self.has_single_sign_on else "",
        )

    def kept_form(
        self,
        request: Request,
        member: Member,
        path: str,
        form: Form,
        status: int = 200,
    ) -> Response:
        """Show a form that came at a bad moment again, for whoever filled it in to send it."""
        return self.show(
            request,
            member,
            "kept_form.html",
            status=status,
            to=path,
            back=page_of(path),
            instead=page_of(path),
            fields=form.kept(),
            written=form.written(),
        )


@cache
def _templates() -> Mapping[str, Template]:
    """Return all templates, compiled: when a page is first asked for, callers are being heard."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(writing.FILTERS)
    return {name: environment.get_template(name) for name in environment.list_templates()}


def _may_be_rung(member: Member | None) -> bool:
    """Tell whether somebody may come to callers who ask for a person: a program does not."""
    return bool(member and member.sign_in_id and member.may(Right.SPEAK) and not member.must_change)


def _leads_to(member: Member | None) -> list[Entry]:
    """Return the pages that somebody may open."""
    if member is None or member.must_change:
        return []
    return [one for one in NAVIGATION if member.may(one.right)]


def redirect(path: str, status: int = 303) -> Response:
    """Lead a browser on to another page, by GET."""
    return RedirectResponse(path, status, {"Cache-Control": "no-store"})


def _to_sign_in(request: Request) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return redirect(f"{SIGN_IN}?next={quote(asked, safe='/')}")


def _check(member: Member, right: Right | None) -> None:
    if right is not None and not member.may(right):
        raise CallerError(
            f"Your role does not let you {_IN_WORDS[right]}; an admin of the desk can change that.",
            code="not_permitted",
        )


def _is_of_this_sign_in(form: Form, member: Member) -> bool:
    """Tell whether the form is from a page that was made for this sign-in."""
    if member.sign_in_id is None:  # it bears a token, which no browser sends by itself
        return True
    return hmac.compare_digest(form.text("form_token").encode(), member.form_token.encode())
