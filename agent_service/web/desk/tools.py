"""The tools: what each declares, how it was used lately, and its switch."""

import json
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock
from agent_service.errors import CallerError
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.switches import ToolSwitch, switch_tool, switches
from agent_service.store.tool_use import ToolUse, tool_use
from agent_service.tools.catalogue import declarations
from agent_service.tools.registry import Registry
from agent_service.web.desk.forms import Form
from agent_service.web.desk.page import Desk, redirect

PATH: Final = "/admin/tools"
LATELY: Final = timedelta(days=7)
_LONGEST_REASON: Final = 500


def routes(
    desk: Desk, registry: Registry, database: Database, clock: Clock, *, time_limit_s: float
) -> list[Route]:
    """Return the page."""

    async def show(request: Request, member: Member) -> Response:
        since = clock.utc() - LATELY

        def work(session: Session) -> tuple[list[ToolSwitch], dict[str, ToolUse]]:
            return switches(session), tool_use(session, since)

        rows, use = await database.run(work, time_limit_s=time_limit_s)
        return desk.show(
            request,
            member,
            "tools.html",
            tools=declarations(registry),
            switches={row.tool: row for row in rows},
            use=use,
            since=f"{since:%Y-%m-%dT%H:%M:%SZ}",
            days=LATELY.days,
            written=_written,
            may_switch=member.may(Right.ADMINISTER),
        )

    async def switch(request: Request, member: Member, form: Form) -> Response:
        name, wanted = form.text("tool", most=200), form.text("switch")
        reason = form.text("reason", most=_LONGEST_REASON).strip()
        if registry.get(name) is None:
            raise CallerError("There is no such tool.", code="unknown_tool")
        if wanted not in ("on", "off"):
            raise CallerError("switch: is on or off.", code="bad_request")
        if not reason:
            raise CallerError("Say why, for whoever comes after you.", code="bad_request")
        work = partial(
            switch_tool,
            tool=name,
            is_off=wanted == "off",
            reason=reason,
            changed_by=member.actor,
            now=clock.utc(),
        )
        await database.run(work, is_write=True)
        return redirect(PATH)

    return [desk.page(PATH, Right.SEE, show), desk.form(PATH, Right.ADMINISTER, switch)]


def _written(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
