"""The page that shows what a conversation was: for people first, with all that a program needs to
check it. Self-contained: no script, nothing that is fetched. Whatever was said is escaped."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from agent_service.conversation.records import Role, ms_between
from agent_service.store.answers import (
    ConfirmationRow,
    ConversationRow,
    IncidentRow,
    ToolCallRow,
    TurnRow,
)
from agent_service.store.proof.evidence import Evidence, EvidentAnchor, EvidentLink
from agent_service.store.proof.form import START

_PAGE: Final = Template((Path(__file__).parent / "evidence_page.html").read_text("utf-8"))
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What might hide words, or turn them around."""
_WHO: Final = {
    Role.CALLER: "Caller",
    Role.AGENT: "Agent",
    Role.REPRESENTATIVE: "Representative",
    Role.SYSTEM: "Service",
}


def evidence_page(evidence: Evidence, made_at: datetime, made_for: str) -> str:
    """Return the page, as it was asked for then by somebody."""
    head = evidence.whole.conversation
    return _PAGE.substitute(
        id=_safe(head.id),
        facts="\n".join(_facts(head, evidence, made_at, made_for)),
        verdict=_verdict(evidence),
        course="\n".join(_course(evidence)),
        head=evidence.links[-1].head if evidence.links else START,
        anchors=_anchors(evidence.anchors),
        hashes="\n".join(_hashes(evidence.links)),
        data=escape("\n".join(_data(head.id, evidence.links)), quote=False),
    )


def _safe(text: str) -> str:
    return escape(_CONTROL.sub("\ufffd", text))


def _facts(
    head: ConversationRow, evidence: Evidence, made_at: datetime, made_for: str
) -> Iterator[str]:
    names = (head.caller_name, head.customer_id and f"customer {head.customer_id}")
    caller = ", ".join(name for name in names if name) or "unknown"
    ended = "not ended" if head.ended_at is None else _moment(head.ended_at)
    if head.end_reason is not None:
        ended += f" ({head.end_reason})"
    told = head.disclosure_heard_at
    facts = {
        "Began": _moment(head.started_at),
        "Ended": ended,
        "Caller": f"{caller} ({head.caller_level})",
        "Agent": f"{head.agent} on {head.channel} ({head.modality})",
        "Model": f"{head.model}, by {head.provider}",
        "AI disclosed": "not heard" if told is None else f"heard {_moment(told)}",
    }
    if (rating := evidence.whole.rating) is not None:
        said = f": {rating.comment}" if rating.comment else ""
        facts["Rating"] = f"{rating.score}{said}, {_moment(rating.rated_at)}"
    facts["This page"] = f"made {_moment(made_at)} for {made_for}"
    for name, value in facts.items():
        yield f"<dt>{name}</dt><dd><bdi>{_safe(value)}</bdi></dd>"


def _verdict(evidence: Evidence) -> str:
    count = len(evidence.links)
    if evidence.findings:
        places = "".join(f"<li>{_safe(finding.message)}</li>" for finding in evidence.findings)
        said = "<strong>The record is not as it was written.</strong>"
        return f'<div class="verdict bad">{said}<ul>{places}</ul></div>'
    if not count:
        said = "This conversation is older than the proof: it has no chain yet."
        return f'<div class="verdict bad"><strong>{said}</strong></div>'
    said = f"<strong>All is as it was written.</strong> {count} links were checked for this page."
    return f'<div class="verdict">{said}</div>'


def _course(evidence: Evidence) -> Iterator[str]:
    whole = evidence.whole
    began = whole.conversation.started_at
    links: dict[str, int] = {link.row_id: link.position for link in evidence.links}
    rows: list[tuple[int, str]] = [
        *(
            (_at(turn.started_ms, turn.started_at, began), _turn(turn, links))
            for turn in whole.turns
        ),
        *(
            (_at(call.started_ms, call.requested_at, began), _call(call, began, links))
            for call in whole.tool_calls
        ),
        *(
            (_at(one.started_ms, one.offered_at, began), _question(one, began, links))
            for one in whole.confirmations
        ),
        *(
            (_at(one.started_ms, one.occurred_at, began), _incident(one, links))
            for one in whole.incidents
        ),
    ]
    for ms, cells in sorted(rows, key=lambda row: row[0]):
        yield cells.replace("<td>", f"<td>{_clock(ms)}</td><td>", 1)


def _turn(turn: TurnRow, links: dict[str, int]) -> str:
    notes = [note for note in (", ".join(turn.flags), _interruption(turn)) if note]
    note = f'<div class="note">{_safe("; ".join(notes))}</div>' if notes else ""
    return _cells("", _WHO[turn.role], _words(turn) + note, links.get(turn.id))


def _interruption(turn: TurnRow) -> str:
    return f"interrupted after {turn.heard_ms / 1000:.1f} s" if turn.is_interrupted else ""


def _words(turn: TurnRow) -> str:
    """Return the words, those that did not reach the other side marked."""
    text, heard = turn.text, turn.heard_text
    if not text and not heard:
        return '<span class="note">(no words)</span>'
    if text.startswith(heard):
        rest = text[len(heard) :]
        unheard = f'<span class="unheard">{_safe(rest)}</span>' if rest else ""
        return f'<bdi class="said">{_safe(heard)}{unheard}</bdi>'
    said = f'<bdi class="said unheard">{_safe(text)}</bdi>'
    return f'{said}<div class="note">heard: <bdi>{_safe(heard)}</bdi></div>'


def _call(call: ToolCallRow, began: datetime, links: dict[str, int]) -> str:
    ended = (
        "" if call.ended_at is None else f" at {_clock(_at(call.ended_ms, call.ended_at, began))}"
    )
    error = f" ({call.error_kind})" if call.error_kind else ""
    said = (
        f"<strong>{_safe(call.name)}</strong>:"
        f" {_safe(call.status.replace('_', ' ') + error)}{ended}"
        f"{_value('asked', call.arguments)}{_value('told', call.output or 'nothing')}"
    )
    return _cells("event", "Tool", said, links.get(call.tool_call_id))


def _value(name: str, value: str) -> str:
    named = f'<span class="note">{name}</span>'
    return f'<div class="kv">{named} <code>{_safe(value)}</code></div>'


def _question(one: ConfirmationRow, began: datetime, links: dict[str, int]) -> str:
    if one.heard_at is None:
        heard = '<span class="wrong">the caller had not heard it whole</span>'
    else:
        heard = f"the caller had heard it at {_clock(ms_between(began, one.heard_at))}"
    said = f'<bdi class="said">{_safe(one.summary)}</bdi><div class="kv note">{heard}; '
    if one.decided_at is None:
        said += f"{one.status}, not decided"
    else:
        by = f" by {one.decided_by}" if one.decided_by else ""
        said += f"<strong>{one.status}</strong>{by} at {_clock(ms_between(began, one.decided_at))}"
    if one.answer:
        said += f": <bdi>“{_safe(one.answer)}”</bdi>"
    return _cells("event", "Read-back", f"{said}</div>", links.get(one.id))


def _incident(one: IncidentRow, links: dict[str, int]) -> str:
    said = f"<strong>{_safe(one.code)}</strong>: <bdi>{_safe(one.message)}</bdi>"
    return _cells("event", "Incident", said, links.get(one.id))


def _cells(kind: str, who: str, said: str, link: int | None) -> str:
    """Return a line without its time."""
    number = "" if link is None else f"#{link}"
    opening = f'<tr class="{kind}">' if kind else "<tr>"
    return f"{opening}<td>{who}</td><td>{said}</td><td>{number}</td></tr>"


def _anchors(anchors: Iterable[EvidentAnchor]) -> str:
    last = list(anchors)[-1:]
    if not last:
        return "<p>No anchor of the whole log holds it yet: the next one will.</p>"
    [anchor] = last
    said = (
        f"<p>Anchor {anchor.number} of the chain of the whole log, made {_moment(anchor.made_at)},"
        f" holds it up to link {anchor.position}. The head of the log was then"
        f" <code>{_safe(anchor.log_head)}</code>"
    )
    if anchor.key is None or anchor.signature is None:
        return f"{said}, not signed.</p>"
    return (
        f"{said}, signed (Ed25519) <code>{_safe(anchor.signature)}</code> with the key"
        f" <code>{_safe(anchor.key)}</code>.</p>"
    )


def _hashes(links: Iterable[EvidentLink]) -> Iterator[str]:
    for link in links:
        row = f"{link.kind.replace('_', ' ')}, {link.change}"
        yield (
            f'<tr><td>{link.position}</td><td>{_safe(row)}<br><span class="mono note">'
            f'{_safe(link.row_id)}</span></td><td class="mono">{_safe(link.digest or "none")}'
            f"<br>{_safe(link.head)}</td></tr>"
        )


def _data(conversation_id: str, links: Iterable[EvidentLink]) -> Iterator[str]:
    yield json.dumps(conversation_id)
    for one in links:
        values = [one.kind, one.row_id, one.change, one.form, one.nonce, one.digest, one.row]
        yield json.dumps(values, ensure_ascii=False)


def _at(ms: int | None, at: datetime, began: datetime) -> int:
    return ms_between(began, at) if ms is None else ms


def _clock(ms: int) -> str:
    minutes, rest = divmod(max(ms, 0), 60_000)
    return f"{minutes}:{rest // 1000:02}.{rest % 1000:03}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"
