"""The users of the desk, for who administers it: roles, passwords, who is shut out."""

from functools import partial
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.admin_tokens import TokenError, TokenFacts, list_tokens, revoke_token
from agent_service.store.database import Database
from agent_service.store.members import Member, Right, UserRole
from agent_service.store.passwords import new_password
from agent_service.store.sign_ins import close_all_sign_ins
from agent_service.store.users import (
    UserError,
    UserFacts,
    add_user,
    list_users,
    set_disabled,
    set_password,
    set_role,
)
from agent_service.web.application import status_of
from agent_service.web.desk.doorkeeper import Doorkeeper
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect

PATH: Final = "/admin/users"


def routes(desk: Desk, doorkeeper: Doorkeeper, database: Database, clock: Clock) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        return await _shown(request, member)

    async def _shown(
        request: Request,
        member: Member,
        *,
        problem: str = "",
        made: tuple[str, str] | None = None,
        done: str = "",
        name: str = "",
        status: int = 200,
    ) -> Response:
        now = clock.utc()

        def work(session: Session) -> tuple[list[UserFacts], list[TokenFacts]]:
            return list_users(session, now), list_tokens(session)

        users, tokens = await database.run(work)
        return desk.show(
            request,
            member,
            "users.html",
            status=status,
            problem=problem,
            made=made,
            done=done,
            name=name,
            users=users,
            tokens=tokens,
            roles=[*UserRole],
            has_single_sign_on=desk.has_single_sign_on,
        )

    async def add(request: Request, member: Member, form: Form) -> Response:
        name, role = form.text("name", most=200).strip(), _role(form)
        # Who signs in elsewhere has no password here that could be guessed.
        is_elsewhere = desk.has_single_sign_on and form.text("way") == "single-sign-on"
        password = None if is_elsewhere else new_password()
        password_hash = None if password is None else await doorkeeper.hash(password)
        work = partial(
            add_user,
            name=name,
            role=role,
            password_hash=password_hash,
            now=clock.utc(),
            by=member.actor,
        )
        try:
            await database.run(work, is_write=True)
        except UserError as error:
            status = status_of(error)
            return await _shown(request, member, problem=error.message, name=name, status=status)
        if password is None:
            return redirect(PATH)
        return await _shown(request, member, made=(name.casefold(), password))

    async def change(request: Request, member: Member, form: Form) -> Response:
        name, now, by = form.text("name", most=200), clock.utc(), member.actor
        try:
            match form.text("act"):
                case "role":
                    work = partial(set_role, name=name, role=_role(form), now=now, by=by)
                    await database.run(work, is_write=True)
                case "disable" | "enable" as act:
                    shut = act == "disable"
                    work = partial(set_disabled, name=name, now=now, is_disabled=shut, by=by)
                    await database.run(work, is_write=True)
                case "sign_out":
                    work = partial(close_all_sign_ins, name=name, now=now, by=by)
                    await database.run(work, is_write=True)
                    return await _shown(request, member, done=f"{name} is signed out everywhere.")
                case "reset":
                    return await _reset(request, member, name)
                case _:
                    raise CallerError("act: is none that is known.", code="bad_request")
        except UserError as error:
            status = status_of(error)
            return await _shown(request, member, problem=error.message, status=status)
        return redirect(PATH)

    async def _reset(request: Request, member: Member, name: str) -> Response:
        password = new_password()
        work = partial(
            set_password,
            name=name,
            password_hash=await doorkeeper.hash(password),
            now=clock.utc(),
            by=member.actor,
            must_change=True,
        )
        await database.run(work, is_write=True)
        return await _shown(request, member, made=(name, password))

    async def revoke(request: Request, member: Member, form: Form) -> Response:
        name = form.text("name", most=200)
        work = partial(revoke_token, name=name, now=clock.utc(), by=member.actor)
        try:
            await database.run(work, is_write=True)
        except TokenError as error:
            return await _shown(request, member, problem=error.message, status=409)
        return redirect(PATH)

    return [
        desk.page(PATH, Right.ADMINISTER, show),
        desk.form(PATH, Right.ADMINISTER, add),
        desk.form(f"{PATH}/change", Right.ADMINISTER, change),
        desk.form(f"{PATH}/revoke", Right.ADMINISTER, revoke),
    ]


def _role(form: Form) -> UserRole:
    try:
        return UserRole(form.text("role"))
    except ValueError:
        known = ", ".join(UserRole)
        raise CallerError(f"role: is not one of {known}.", code="bad_request") from None
