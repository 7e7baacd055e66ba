"""Signing in and out, the password of one's own, and where one is signed in."""

from functools import partial
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import AgentServiceError, CallerError, QueryError
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.store.sign_ins import close_all_sign_ins, close_sign_in, open_sign_ins
from agent_service.web.admin_access import COOKIE, SECURE_COOKIE
from agent_service.web.application import message_of, status_of
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.forms import Form, own_path, read_form
from agent_service.web.desk.navigation import HOME
from agent_service.web.desk.page import PASSWORD, SIGN_IN, Desk, redirect
from agent_service.web.own_pages import check_own_page, is_secure

ACCOUNT: Final = "/admin/account"
_LONGEST_NAME: Final = 200
_LONGEST_PASSWORD: Final = 1_000


def routes(desk: Desk, doorkeeper: Doorkeeper, database: Database, clock: Clock) -> list[Route]:
    """Return the pages of signing in."""

    async def door(request: Request) -> Response:
        next_path = request.query_params.get("next", "")
        try:
            member = await desk.access.member(request)
        except AgentServiceError as error:
            return desk.problem(request, None, error)
        if member is None:
            return desk.sign_in_page(request, next_path=next_path)
        return redirect(PASSWORD if member.must_change else own_path(next_path, HOME))

    async def sign_in(request: Request) -> Response:
        form = Form(())
        try:
            check_own_page(request)
            if not desk.has_passwords:
                raise CallerError("Sign in by single sign-on.", code="not_permitted")
            form = await read_form(request)
            key = await doorkeeper.sign_in(
                form.text("username", most=_LONGEST_NAME),
                form.text("password", most=_LONGEST_PASSWORD),
                source=source_of(request),
                browser=request.headers.get("user-agent", ""),
            )
        except AgentServiceError as error:
            status = status_of(error)
            return desk.sign_in_page(
                request,
                kept=Form(tuple(parse_qsl(form.text("kept", most=10**6), keep_blank_values=True))),
                kept_path=form.text("kept_path"),
                next_path=form.text("next"),
                name=form.text("username")[:_LONGEST_NAME],
                problem=message_of(error, status),
                status=status,
            )
        response = await _after_sign_in(request, form, key)
        keep_key(request, response, key)
        return response

    async def _after_sign_in(request: Request, form: Form, key: str) -> Response:
        """Lead on, or show the form again that came too late."""
        kept_path = own_path(form.text("kept_path"), "")
        fields = tuple(parse_qsl(form.text("kept", most=10**6), keep_blank_values=True))
        member = await desk.access.with_key(key)
        if kept_path and fields and member is not None and not member.must_change:
            return desk.kept_form(request, member, kept_path, Form(fields))
        return redirect(own_path(form.text("next"), HOME))

    async def sign_out(request: Request, member: Member, form: Form) -> Response:
        if member.sign_in_id is not None:
            work = partial(
                close_sign_in, sign_in_id=member.sign_in_id, member=member, now=clock.utc()
            )
            await database.run(work, is_write=True)
        return _forgetting(redirect(SIGN_IN))

    async def sign_out_everywhere(request: Request, member: Member, form: Form) -> Response:
        work = partial(close_all_sign_ins, name=member.name, now=clock.utc(), by=member.actor)
        _check_user(member)
        await database.run(work, is_write=True)
        return _forgetting(redirect(SIGN_IN))

    async def end_other(request: Request, member: Member, form: Form) -> Response:
        work = partial(
            close_sign_in, sign_in_id=form.text("id", most=36), member=member, now=clock.utc()
        )
        await database.run(work, is_write=True)
        return redirect(ACCOUNT)

    async def account(request: Request, member: Member) -> Response:
        work = partial(open_sign_ins, name=member.name, now=clock.utc())
        found = await database.run(work) if member.sign_in_id else []
        return desk.show(request, member, "account.html", sign_ins=found)

    async def password_page(request: Request, member: Member) -> Response:
        return desk.show(request, member, "password.html", problem="", field="")

    async def change_password(request: Request, member: Member, form: Form) -> Response:
        _check_user(member)
        password = form.text("password", most=_LONGEST_PASSWORD)
        field = "password"
        try:
            if password != form.text("again", most=_LONGEST_PASSWORD):
                field = "again"
                raise CallerError("The two passwords differ.", code="bad_request")
            await doorkeeper.change_password(
                member,
                form.text("current", most=_LONGEST_PASSWORD),
                password,
                source=source_of(request),
            )
        except AgentServiceError as error:
            status = status_of(error)
            problem = message_of(error, status)
            if isinstance(error, QueryError):
                wrong = " and ".join(f"it {one.message}" for one in error.problems)
                problem = f"This cannot be your password: {wrong}."
            elif error.code == "wrong_password":
                field = "current"
            facts = {"problem": problem, "field": field}
            return desk.show(request, member, "password.html", status=status, **facts)
        return redirect(HOME)

    return [
        Route(SIGN_IN, door, methods=["GET"]),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        desk.form("/admin/sign-out", None, sign_out),
        desk.form("/admin/sign-out-everywhere", None, sign_out_everywhere),
        desk.page(ACCOUNT, None, account),
        desk.form("/admin/account/sign-ins", None, end_other),
        desk.page(PASSWORD, None, password_page),
        desk.form(PASSWORD, None, change_password),
    ]


def source_of(request: Request) -> str:
    """Return from where a request comes, as far as is known here."""
    return request.client.host if request.client else ""


def _check_user(member: Member) -> None:
    if member.sign_in_id is None:
        raise CallerError("A token has no password and no sign-ins.", code="not_permitted")


def keep_key(request: Request, response: Response, key: str) -> None:
    """Have the browser keep the key until it is closed; the service ends it before or after."""
    secure = is_secure(request) or request.headers.get("origin", "").startswith("https://")
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        key,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def _forgetting(response: Response) -> Response:
    response.delete_cookie(SECURE_COOKIE, secure=True, httponly=True, samesite="lax")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response
