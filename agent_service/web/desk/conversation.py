"""One conversation: who spoke, what was heard of it, what was done and what went wrong.

All of it lies on one time line, that of the recording. The page is whole without script; with it
there is a waveform, what is clicked is heard, and a conversation that goes on grows.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_service.clock import Clock, uuid7
from agent_service.conversation.records import Role, ToolCallStatus, ms_between
from agent_service.conversation.turns import whom
from agent_service.errors import CallerError
from agent_service.recording.parts import is_recording
from agent_service.store.answers import (
    ConfirmationRow,
    ToolCallRow,
    TurnRow,
    WholeConversation,
)
from agent_service.store.approvals import UNDECIDED, Approval, asked_by_people
from agent_service.store.call_words import what_came
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.interruptions import unserved
from agent_service.store.members import Member, Right
from agent_service.store.pictures import PictureFacts, pictures_of
from agent_service.store.promises import Promise, PromiseKind, list_promises
from agent_service.store.provider_events import event_kinds
from agent_service.store.queries import CONVERSATIONS, neighbours, whole_conversation
from agent_service.store.reviews.tables import ReviewItem
from agent_service.store.sums import WRONG
from agent_service.store.work.labels import label_names
from agent_service.store.work.letters import Letter, address_of_caller, letters_of
from agent_service.store.work.standing import assignable_names
from agent_service.store.work.whole import Work, work_on
from agent_service.web.desk import asking
from agent_service.web.desk.page import Desk
from agent_service.web.desk.work_forms import WAITS
from agent_service.web.desk.writing import laid_out, redacted, unheard

PATH: Final = "/admin/conversations/{id}"
LIST: Final = "/admin/conversations"
QUICK_MS: Final = 800
SLOW_MS: Final = 1_500
"""Between which an answer is neither quick nor slow (what people notice: performance.md)."""
_AUDIENCE: Final = {"joined": "joined", "left": "left", "whisper": "whispered to the agent"}
_OURS: Final = (Role.AGENT, Role.REPRESENTATIVE)
_BAR: Final = 240
"""Width of a waterfall."""

_Run: TypeAlias = tuple[str, int, int]
"""A tool that ran: its name, and from when to when on the time axis."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the wait for an answer: of a tool, or of the model and its voice."""

    name: str
    ms: int
    x: float
    width: float
    is_tool: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A tool call with what released it."""

    row: ToolCallRow
    question: ConfirmationRow | None
    approval: Approval | None
    title: str
    came: str
    """How it stands or ended, in words."""
    arguments: str
    output: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Something on the time line."""

    kind: str
    id: str
    at_ms: int | None
    end_ms: int | None
    of: Any
    spans: Sequence[Span] = ()
    """Of an answer: where the time went before it began."""
    is_read: bool = False
    """Of a question: its words stand in the turn that read it to the caller."""


@dataclass(frozen=True, slots=True)
class _Seen:
    whole: WholeConversation
    approvals: Mapping[str, Approval]
    pictures: Sequence[PictureFacts]
    event_kinds: Mapping[str, int]
    """How many events of the provider's are kept, by kind."""
    before: str | None
    after: str | None
    work: Work
    labels: Sequence[str]
    """Those of the set."""
    people: Sequence[str]
    """To whom it can be assigned."""
    is_drawn: bool
    """It is, or was, to be reviewed."""
    promises: Sequence[Promise]
    """What the caller was promised and is open, but for approvals."""
    letters: Sequence[Letter]
    asked_by: Mapping[str, str]
    """Who of the team wanted what waits for a decision, by approval."""
    is_lost: bool
    """It goes on, but for the caller: the service was interrupted, and they are not back."""
    is_being_recorded: bool
    """Its sound is written, or waits to be kept."""

    @property
    def waiting(self) -> list[Approval]:
        """Return what waits for a decision."""
        return [one for one in self.approvals.values() if one.status in UNDECIDED]


class ConversationPage:
    """Shows a conversation; its forms have it shown again where something went wrong."""

    def __init__(
        self,
        desk: Desk,
        database: Database,
        clock: Clock,
        recordings: Path,
        customers: Customers,
        *,
        time_limit_s: float,
    ) -> None:
        self._desk = desk
        self._database = database
        self._clock = clock
        self._recordings = recordings
        self._customers = customers
        self._time_limit_s = time_limit_s

    async def show(
        self,
        request: Request,
        member: Member,
        *,
        problem: str = "",
        kept: tuple[str, str] = ("", ""),
        letter: str = "",
        status: int = 200,
        template: str = "conversation.html",
        **facts: Any,
    ) -> Response:
        """Return the page; ``kept`` is a note that was not: of which one, and its text.

        ``letter`` is one that was not sent.
        """
        list_question = request.query_params.get("in", "")
        id, now = request.path_params["id"], self._clock.utc()
        work = partial(
            _look, id=id, list_question=list_question, now=now, recordings=self._recordings
        )
        seen = await self._database.run(work, time_limit_s=self._time_limit_s)
        if seen is None:
            raise CallerError("There is no such conversation.", code="unknown_conversation")
        own = (("in", list_question),) if list_question else ()
        conversation = seen.whole.conversation
        return self._desk.show(
            request,
            member,
            template,
            status=status,
            problem=problem,
            kept=kept,
            letter=letter,
            conversation=conversation,
            rating=seen.whole.rating,
            moments=_in_order(seen, self._desk.title_of),
            event_kinds=[
                (one, count, asking.address(f"{LIST}/{conversation.id}/events", (("kind", one),)))
                for one, count in seen.event_kinds.items()
            ],
            tokens=_tokens(seen.whole.turns),
            to_list=asking.address(LIST, parse_qsl(list_question)),
            before=seen.before and asking.address(f"{LIST}/{seen.before}", own),
            after=seen.after and asking.address(f"{LIST}/{seen.after}", own),
            own_question=asking.address("", own),
            work=seen.work,
            labels=seen.labels,
            people=seen.people,
            is_drawn=seen.is_drawn,
            is_being_recorded=seen.is_being_recorded,
            is_lost=seen.is_lost,
            wrongs=_wrongs(seen.whole, self._desk.title_of),
            waiting=seen.waiting,
            asked_by=seen.asked_by,
            promises=seen.promises,
            letters=seen.letters,
            letter_key=uuid7(),
            letter_to=await self._letter_to(seen.whole, member),
            may_decide=member.may(Right.DECIDE),
            waits=WAITS,
            may_work=member.may(Right.WORK),
            may_remove=member.may(Right.ADMINISTER),
            may_listen=member.may(Right.LISTEN),
            may_speak=member.may(Right.SPEAK),
            is_joined=conversation.duration_ms is None and member.may(Right.LISTEN),
            quick_ms=QUICK_MS,
            slow_ms=SLOW_MS,
            unheard=unheard,
            redacted=redacted,
            audience=_AUDIENCE,
            whom=whom,
            **facts,
        )

    async def _letter_to(self, whole: WholeConversation, member: Member) -> str | None:
        """Return where a letter would go, once the call is over: people tell by it whose it is."""
        conversation = whole.conversation
        is_over = conversation.duration_ms is not None and conversation.customer_id is not None
        if not (is_over and member.may(Right.SPEAK)):
            return None
        work = partial(address_of_caller, id=conversation.id, customers=self._customers)
        return await self._database.run(work)


def routes(desk: Desk, page: ConversationPage) -> list[Route]:
    """Return the page."""
    return [desk.page(PATH, Right.SEE, page.show)]


def _look(
    session: Session, id: str, list_question: str, now: datetime, recordings: Path
) -> _Seen | None:
    whole = whole_conversation(session, id)
    if whole is None:
        return None
    approvals = session.scalars(select(Approval).where(Approval.conversation_id == id))
    by_call = {one.tool_call_id: one for one in approvals}
    session.expunge_all()
    parameters = asking.without(parse_qsl(list_question), "cursor", "count", "limit", "column")
    question = asking.read_question(CONVERSATIONS, parameters).question
    before, after = neighbours(session, question, id) if question else (None, None)
    open_promises = list_promises(session, now, conversation_id=id)
    return _Seen(
        whole,
        by_call,
        pictures_of(session, id),
        event_kinds(session, id),
        before,
        after,
        work_on(session, id, now),
        label_names(session),
        assignable_names(session),
        session.get(ReviewItem, id) is not None,
        [one for one in open_promises if one.kind is not PromiseKind.APPROVAL],
        letters_of(session, id),
        asked_by_people(session, [*by_call.values()]),
        whole.conversation.duration_ms is None and id in unserved(session, [id]),
        not whole.conversation.is_recorded and is_recording(recordings, id),
    )


def _in_order(seen: _Seen, title_of: Callable[[str], str]) -> list[Moment]:
    """Return all that happened by its place on the time axis; what has none comes last."""
    whole = seen.whole
    questions = {one.id: one for one in whole.confirmations}
    began = whole.conversation.started_at
    ran = [
        (title_of(one.name), ms_between(began, one.started_at), one.ended_ms)
        for one in whole.tool_calls
        if one.started_at is not None and one.ended_ms is not None
    ]
    ran.sort(key=lambda one: one[1])
    said = [_words(one.text) for one in whole.turns if one.role in _OURS]
    found = [
        *(_turn(one, ran) for one in whole.turns),
        *(
            _call(one, title_of(one.name), questions, seen.approvals, began)
            for one in whole.tool_calls
        ),
        *(_question(one, said, began) for one in whole.confirmations),
        *(Moment("incident", one.id, one.started_ms, one.ended_ms, one) for one in whole.incidents),
        *(
            Moment("picture", str(one.number), at_ms, None, one)
            for one in seen.pictures
            for at_ms in (ms_between(began, one.created_at),)
        ),
    ]
    return sorted(found, key=lambda one: (one.at_ms is None, one.at_ms or 0))


def _wrongs(whole: WholeConversation, title_of: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return what went wrong, in words, each with its place on the page."""
    failed = [one for one in whole.tool_calls if one.status in WRONG]
    return [
        *(
            (f"{title_of(one.name)}: {one.status.replace('_', ' ')}", f"call-{one.id}")
            for one in failed
        ),
        *((one.code.replace("_", " "), f"incident-{one.id}") for one in whole.incidents),
    ]


def _question(row: ConfirmationRow, said: Iterable[str], began_at: datetime) -> Moment:
    """Return a question where it had been heard: behind the turn that read it."""
    at_ms = row.started_ms if row.heard_at is None else ms_between(began_at, row.heard_at)
    words = _words(row.summary)
    is_read = any(words in one for one in said)
    return Moment("question", row.id, at_ms, row.ended_ms, row, is_read=is_read)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _turn(turn: TurnRow, ran: Sequence[_Run]) -> Moment:
    start = turn.started_ms if turn.audio_start_ms is None else turn.audio_start_ms
    end = turn.ended_ms if turn.audio_end_ms is None else turn.audio_end_ms
    kind = "aside" if turn.role is Role.SYSTEM else "turn"
    return Moment(kind, turn.id, start, end, turn, _waterfall(turn, ran))


def _call(
    call: ToolCallRow,
    title: str,
    questions: Mapping[str, ConfirmationRow],
    approvals: Mapping[str, Approval],
    began_at: datetime,
) -> Moment:
    """Return a call where it took effect; one that was asked about had to wait for its answer."""
    question = questions.get(call.confirmation_id or "")
    approval = approvals.get(call.tool_call_id)
    called = Called(
        call,
        question,
        approval,
        title,
        what_came(ToolCallStatus(call.status), call.output),
        laid_out(call.arguments),
        laid_out(call.output),
    )
    at_ms = call.started_ms
    if question is not None:
        ran_ms = None if call.started_at is None else ms_between(began_at, call.started_at)
        at_ms = ran_ms or call.ended_ms or at_ms
    return Moment("call", call.id, at_ms, call.ended_ms, called)


def _waterfall(turn: TurnRow, ran: Sequence[_Run]) -> list[Span]:
    """Return where the time went from the end of the caller's words to the answer's first sound.

    It is parted at what is on record: tools that ran in it. The parts add up to all of it.
    """
    wait = turn.first_audio_ms
    if not wait or turn.started_ms is None or turn.role is not Role.AGENT:
        return []
    end = turn.started_ms
    start = end - wait
    parts: list[tuple[str, int, bool]] = []
    at = start
    for name, tool_start, tool_end in ran:
        begins, ends = max(tool_start, at), min(tool_end, end)
        if ends > begins:
            parts += [("the model", begins - at, False), (name, ends - begins, True)]
            at = ends
    parts.append(("the model and its voice", end - at, False))
    spans, x = [], 0.0
    for name, ms, is_tool in parts:
        if ms:
            width = _BAR * ms / wait
            spans.append(Span(name, ms, round(x, 2), round(width, 2), is_tool))
            x += width
    return spans


def _tokens(turns: Iterable[TurnRow]) -> dict[str, int]:
    """Return the tokens of all turns by kind, those that there are."""
    kinds = {
        "text in": "input_text_tokens",
        "audio in": "input_audio_tokens",
        "text kept from before": "cached_text_tokens",
        "audio kept from before": "cached_audio_tokens",
        "text out": "output_text_tokens",
        "audio out": "output_audio_tokens",
    }
    turns = list(turns)
    sums = {words: sum(getattr(one, name) or 0 for one in turns) for words, name in kinds.items()}
    return {words: number for words, number in sums.items() if number}
