"""Checking the chain of the whole log: that its anchors follow from each other, hold what they were
made of, and are signed. Whether conversations have the heads that they hold is checked there."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.store.proof.anchors import Place
from agent_service.store.proof.findings import Finding, Tally, Wrong, never_had
from agent_service.store.proof.form import anchor_head, heads_root
from agent_service.store.proof.keeping import is_there
from agent_service.store.proof.reading import read_readable, readable
from agent_service.store.proof.tables import AnchoredHead, Change, ProofAnchor, ProofLink
from agent_service.store.tables import Conversation

MOST: Final = 2**31 - 1
"""More anchors there are not: SQLite has what is no number above all numbers."""
AT_ONCE: Final = 20
"""Anchors that are read together."""

DAY: Final = timedelta(days=1)
"""A service that runs makes anchors far more often."""

_IS_WRITTEN: Final = (
    select(ProofLink.conversation_id)
    .where(
        ProofLink.conversation_id == Conversation.id,
        ProofLink.position == 1,
        ProofLink.change == Change.WRITTEN,
    )
    .exists()
)
"""A conversation that was chained as it began: those from before are adopted one by one."""

CheckSignature: TypeAlias = Callable[[str, str, str], bool]
"""Tells whether a signature (third) of a text (second) was made with a public key (first)."""


def check_anchors(
    session: Session,
    after: Place,
    tally: Tally,
    is_signed: CheckSignature | None,
    key: str | None,
) -> tuple[list[Finding], Place | None]:
    """Check the next anchors; return what is wrong, and where to go on, None at the end.

    With a ``key``, all anchors have to be signed with it from the first one on that is signed.
    Without ``is_signed``, signatures are not looked at.
    """
    anchors = _anchors(session, after)
    if not anchors:
        return list(tally.count(_cut_off(session, after.number))), None
    held = _held(session, [anchor.number for anchor in anchors])
    findings: list[Finding] = []
    for anchor in anchors:
        entries = held.get(anchor.number, [])
        findings += tally.count(_wrong_anchor(anchor, after, entries))
        findings += tally.count(_wrong_signature(anchor, tally, is_signed, key))
        after = Place(anchor.number, anchor.head)
        tally.anchors += 1
        tally.head = anchor.head
    return findings, after


def check_coverage(session: Session, tally: Tally, key: str | None, now: datetime) -> list[Finding]:
    """Check, after the anchors, that those are there that a running service has made long ago."""
    began, latest = _written_from_to(session)
    if began is None or latest is None:
        return []
    findings = []
    if not tally.anchors and now - began > DAY:
        what = "there is no anchor, though conversations are older than a day"
        findings.append(_wrong(1, f"{what}: all were removed, or no service ran since"))
    elif tally.anchors:
        findings += _never_anchored(session, latest - DAY)
    if key is not None and not tally.signed and now - began > DAY:
        what = "no anchor is signed with the key of the settings"
        why = "which a service that has the key sees to as soon as it runs"
        findings.append(_wrong(max(tally.anchors, 1), f"{what}, {why}", Wrong.SIGNATURE))
    return list(tally.count(findings))


def _written_from_to(session: Session) -> tuple[datetime | None, datetime | None]:
    """Return when the first and the last conversation began that is chained since it began."""
    began = func.min(Conversation.started_at), func.max(Conversation.started_at)
    try:
        first, last = session.execute(select(*began).where(_IS_WRITTEN)).one()
    except (ValueError, TypeError):  # a time that is none, of which its row's check tells
        return None, None
    return first, last


def _never_anchored(session: Session, before: datetime) -> Iterator[Finding]:
    """Yield the conversations that were to be anchored while others were held after them."""
    is_free = select(AnchoredHead.conversation_id).where(
        AnchoredHead.conversation_id == Conversation.id
    )
    missed = select(Conversation.id).where(
        _IS_WRITTEN, Conversation.started_at < before, ~is_free.exists()
    )
    for id in session.scalars(missed.order_by(Conversation.id)):
        yield Finding(
            wrong=Wrong.ANCHOR,
            message="no anchor holds it, though the log goes on for more than a day after it",
            conversation_id=id,
        )


def check_head(session: Session, expected: str, tally: Tally) -> list[Finding]:
    """Check that the log's chain had the head ``expected`` at some time."""
    is_there = select(func.count()).where(ProofAnchor.head == expected)
    return [] if session.scalar(is_there) else list(tally.count([never_had(expected, "the log")]))


def check_kept(session: Session, kept: Place, tally: Tally) -> list[Finding]:
    """Check that an anchor is there that this service made, and noted beside the database."""
    if is_there(session, kept):
        return []
    what = f"anchor {kept.number}, which the service has made, was removed or made anew"
    return list(tally.count([_wrong(kept.number, what)]))


def _anchors(session: Session, after: Place) -> Sequence[Any]:
    table = ProofAnchor.metadata.tables[ProofAnchor.__tablename__]
    some = readable(table.c).where(table.c.number > after.number).order_by(table.c.number)
    return list(read_readable(session, table.c, some.limit(AT_ONCE)))


def _held(session: Session, numbers: Sequence[int]) -> dict[int, list[Any]]:
    table = AnchoredHead.metadata.tables[AnchoredHead.__tablename__]
    rows = read_readable(
        session,
        table.c,
        readable(table.c)
        .where(table.c.anchor.in_(numbers))
        .order_by(table.c.anchor, table.c.conversation_id),
    )
    return {number: list(entries) for number, entries in groupby(rows, lambda row: row.anchor)}


def _wrong_anchor(anchor: Any, after: Place, entries: Sequence[Any]) -> Iterator[Finding]:
    number = anchor.number
    head = anchor_head(
        after.head,
        number=number,
        made_at=anchor.made_at,
        heads=anchor.heads,
        root=anchor.root,
        key=anchor.key,
    )
    if number > after.number + 1:
        first, last = after.number + 1, number - 1
        gone = f"anchor {first} was" if first == last else f"anchors {first} to {last} were"
        yield _wrong(first, f"{gone} removed")
    elif head != anchor.head:
        yield _wrong(number, f"anchor {number} does not follow from the one before")
    if len(entries) != anchor.heads:
        verb = "lacks" if len(entries) < anchor.heads else "was given"
        count = abs(anchor.heads - len(entries))
        yield _wrong(number, f"anchor {number} {verb} the heads of {count} conversations")
    elif heads_root([(one.conversation_id, one.position, one.head) for one in entries]) != (
        anchor.root
    ):
        yield _wrong(number, f"anchor {number} does not hold the heads that it was made of")


def _wrong_signature(
    anchor: Any, tally: Tally, is_signed: CheckSignature | None, key: str | None
) -> Iterator[Finding]:
    number = anchor.number
    if anchor.key is None or anchor.signature is None:
        if anchor.key is not None or tally.signed:
            what = f"anchor {number} is not signed, and one before it is"
            yield _wrong(number, what, Wrong.SIGNATURE)
    elif key is not None and anchor.key != key:
        yield _wrong(number, f"anchor {number} is signed with another key", Wrong.SIGNATURE)
    elif is_signed is not None and not is_signed(anchor.key, anchor.head, anchor.signature):
        what = f"anchor {number} has a signature that its key did not make"
        yield _wrong(number, what, Wrong.SIGNATURE)
    else:
        tally.signed += 1


def _cut_off(session: Session, last: int) -> Iterator[Finding]:
    anchor = AnchoredHead.metadata.tables[AnchoredHead.__tablename__].c.anchor
    known = session.scalar(select(func.max(anchor)).where(anchor <= MOST)) or 0
    if known > last:
        yield _wrong(last + 1, f"the log's chain was cut off after anchor {last} of {known}")


def _wrong(number: int, message: str, wrong: Wrong = Wrong.ANCHOR) -> Finding:
    return Finding(wrong=wrong, message=message, anchor=number)
