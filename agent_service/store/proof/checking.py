"""Checking conversations: what was edited, removed, put in, swapped or cut off, and where.

Nothing here knows what is right: rows are compared with links, links with each other, and the last
one with the head and the anchors.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_service.store.proof.chain import RowKey
from agent_service.store.proof.findings import Finding, Tally, Wrong, never_had, wrong_row
from agent_service.store.proof.form import FORMS, START, canonical, digest_of, link_head
from agent_service.store.proof.pictures import wrong_pictures
from agent_service.store.proof.reading import AT_ONCE, Chained, next_ids, read_chained
from agent_service.store.proof.recordings import wrong_recording
from agent_service.store.proof.tables import Change, ProofHead, RowKind


def check_conversation(
    session: Session, conversation_id: str, tally: Tally, expected: str | None = None
) -> list[Finding] | None:
    """Check one conversation; None where nothing is known of it. ``expected``: a head it had."""
    found = read_chained(session, [conversation_id])[conversation_id]
    if not found.is_known:
        return None
    findings = list(tally.count(findings_in(found, tally)))
    tally.head = found.head and found.head.head
    if expected is not None and all(link.head != expected for link in found.links):
        findings += tally.count([never_had(expected, "this conversation")])
    return findings


def check_conversations(session: Session, after: str, tally: Tally) -> tuple[list[Finding], str]:
    """Check the next conversations; return what is wrong, and the last one's id, '' at the end."""
    ids = next_ids(session, after)
    found = read_chained(session, ids).values()
    findings = [wrong for one in found for wrong in tally.count(findings_in(one, tally))]
    return findings, ids[-1] if len(ids) == AT_ONCE else ""


def count_conversations(session: Session) -> int:
    """Return how many conversations have a chain."""
    return session.scalar(select(func.count()).select_from(ProofHead)) or 0


def findings_in(one: Chained, tally: Tally) -> Iterator[Finding]:
    """Yield what is wrong in a conversation."""
    if not one.is_known:
        return  # only its id was read, which is none: what has it is missed where it was
    tally.conversations += 1
    tally.rows += len(one.rows)
    tally.links += len(one.links)
    if one.head is not None and one.head.position == 0 and not one.links and not one.anchored:
        tally.uncovered += 1
        return
    if not (one.head or one.links or one.rows):
        anchor = one.anchored[-1].anchor
        what = f"the conversation is gone with its chain, of which anchor {anchor} holds a link"
        yield _wrong_chain(one, one.anchored[-1].position, what, Wrong.MISSING, anchor)
        return
    yield from _wrong_links(one)
    yield from _wrong_end(one)
    latest = {RowKey(link.kind, one.id, link.row_id): link for link in one.links}
    for key, link in latest.items():
        tally.erased += link.change == Change.ERASED
        yield from _wrong_row(key, link, one.rows)
    row = one.rows.get(RowKey(RowKind.CONVERSATION, one.id, one.id))
    if row is not None:
        yield from wrong_recording(one.id, row["recording_sha256"], one.recording)
        yield from wrong_pictures(one.id, row["pictures_sha256"], one.pictures)
    for key in one.rows.keys() - latest.keys():
        yield wrong_row(Wrong.INSERTED, key, None, "was put in: no link speaks of it")


def _wrong_links(one: Chained) -> Iterator[Finding]:
    previous, expected = START, 1
    for link in one.links:
        if link.position != expected:
            last = link.position - 1
            gone = f"link {expected}" if last == expected else f"links {expected} to {last}"
            yield _wrong_chain(one, expected, f"its chain lacks {gone}", Wrong.LINK)
        elif _link_hash(previous, link) != link.head:
            which = f"link {expected}, of {link.kind} {link.row_id},"
            what = f"{which} does not follow from the one before"
            yield _wrong_chain(one, expected, what, Wrong.LINK)
        previous, expected = link.head, link.position + 1


def _link_hash(previous: str, link: Any) -> str:
    return link_head(
        previous,
        conversation_id=link.conversation_id,
        position=link.position,
        kind=link.kind,
        row_id=link.row_id,
        change=link.change,
        form=link.form,
        digest=link.digest,
    )


def _wrong_end(one: Chained) -> Iterator[Finding]:
    """Yield whether the chain ends elsewhere than its head and its anchors say."""
    end = one.links[-1].position if one.links else 0
    if one.head is None:
        yield _wrong_chain(one, end, "the head of its chain was removed")
    elif one.head.position > end:
        what = f"its chain was cut off after link {end} of {one.head.position}"
        yield _wrong_chain(one, end + 1, what)
    elif end > one.head.position or (one.links and one.links[-1].head != one.head.head):
        yield _wrong_chain(one, end, "its chain does not end at its head")
    heads = {link.position: link.head for link in one.links}
    for entry in one.anchored:
        if heads.get(entry.position) != entry.head:
            what = f"anchor {entry.anchor} holds another link {entry.position} of its chain"
            yield _wrong_chain(one, entry.position, what, anchor=entry.anchor)
            return
    anchored = max((entry.position for entry in one.anchored), default=0)
    if one.head is not None and not 0 <= one.head.anchored <= anchored:
        yield _wrong_chain(one, one.head.anchored, "its last anchor was removed")


def _wrong_row(
    key: RowKey, link: Any, rows: Mapping[RowKey, Mapping[str, Any] | None]
) -> Iterator[Finding]:
    if link.change == Change.ERASED:
        if key in rows:
            yield wrong_row(Wrong.INSERTED, key, link, "was put in again after it was erased")
    elif key not in rows:
        yield wrong_row(Wrong.MISSING, key, link, "was removed")
    elif (row := rows[key]) is None or any(isinstance(one, bytes) for one in row.values()):
        yield wrong_row(Wrong.UNREADABLE, key, link, "holds what cannot be read")
    elif link.nonce is None or link.form not in FORMS:
        yield wrong_row(Wrong.EDITED, key, link, "cannot be checked: its link was edited")
    elif digest_of(link.nonce, canonical(formed(row, key, link.form))) != link.digest:
        yield wrong_row(Wrong.EDITED, key, link, "is not as it was written")


def formed(row: Mapping[str, Any], key: RowKey, form: int) -> dict[str, Any]:
    """Return the columns of a row that are hashed in a form."""
    return {name: row[name] for name in FORMS[form][key.kind]}


def _wrong_chain(
    one: Chained,
    position: int,
    message: str,
    wrong: Wrong = Wrong.TAIL,
    anchor: int | None = None,
) -> Finding:
    return Finding(
        wrong=wrong,
        message=message,
        conversation_id=one.id,
        position=position,
        anchor=anchor,
    )
