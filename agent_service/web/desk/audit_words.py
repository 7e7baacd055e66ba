"""What stands in the audit log, in the words of the team."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from agent_service.store.audit_list import AuditRow
from agent_service.store.call_words import in_words
from agent_service.web.desk.writing import code, waits_for

ACTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "Reading": {
        "conversation.read": "read a conversation",
        "conversation.watched": "watched a conversation",
        "conversation.listened": "listened to a conversation",
        "recording.read": "listened to a recording",
        "picture.read": "looked at a picture",
        "record.searched": "searched what was said",
        "record.exported": "exported the record",
    },
    "With callers": {
        "conversation.taken_over": "took a conversation over",
        "conversation.handed_back": "handed a conversation back",
        "conversation.whispered": "whispered to the agent",
        "conversation.declined": "could not come",
        "conversation.tool_asked": "had a tool run",
        "letter.written": "wrote to a customer",
        "availability.available": "is available",
        "availability.away": "is away",
    },
    "Decisions": {
        "approval.approved": "approved",
        "approval.seconded": "approved as the first of two",
        "approval.declined": "declined",
        "approval.erased": "erased what waited for approval",
        "promise.done": "kept a promise",
        "tool.switched_off": "switched a tool off",
        "tool.switched_on": "switched a tool on",
        "customer.erased": "erased a customer",
    },
    "Work": {
        "work.changed": "changed how work stands",
        "work.came_back": "work came back",
        "note.written": "wrote a note",
        "note.edited": "changed a note",
        "note.removed": "removed a note",
        "label.put": "put a label on",
        "label.taken": "took a label off",
        "label.made": "made a label",
        "label.changed": "changed a label",
        "label.merged": "merged labels",
        "label.removed": "removed a label",
        "view.saved": "saved a view",
        "view.deleted": "forgot a view",
        "reviews.drawn": "drew a sample",
        "review.given": "gave a review",
        "review.changed": "changed a review",
    },
    "Users and sign-ins": {
        "sign_in.opened": "signed in",
        "sign_in.closed": "signed out",
        "sign_in.all_closed": "ended all sign-ins",
        "sign_in.refused": "gave a wrong password",
        "user.added": "added a user",
        "user.role_changed": "changed a role",
        "user.password_changed": "chose a password",
        "user.password_reset": "reset a password",
        "user.disabled": "shut a user out",
        "user.enabled": "let a user in again",
        "user.linked": "linked a user to single sign-on",
        "admin_token.created": "made a token",
        "admin_token.revoked": "revoked a token",
    },
}
_WORDS: Final[Mapping[str, str]] = {
    name: words for group in ACTIONS.values() for name, words in group.items()
}
_ACTORS: Final[Mapping[str, str]] = {
    "user": "{}",
    "admin": "{} (a program)",
    "operator": "{} (command line)",
}
_NOBODY: Final[Mapping[str, str]] = {"stranger": "somebody unknown", "operator": "command line"}
_IDENTIFIER: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_FOR_MACHINES: Final = ("binding_hash", "tool_call_id", "version")


def actor_words(actor: str) -> str:
    """Return who did something."""
    kind, _, name = actor.partition(":")
    return _ACTORS[kind].format(name) if name and kind in _ACTORS else _NOBODY.get(actor, actor)


def action_words(action: str) -> str:
    """Return what was done; what is none of ours by its name."""
    return _WORDS.get(action) or code(action.replace(".", ": "))


def subject_words(row: AuditRow, tool_title: Callable[[str], str]) -> str:
    """Return what it was done to; nothing of what only a machine can tell apart."""
    subject = row.subject or ""
    if row.action.startswith("tool."):
        return tool_title(subject)
    if row.action == "promise.done":
        return waits_for(subject.partition("-")[0])
    return "" if _IDENTIFIER.fullmatch(subject) else subject


def detail_words(detail: str | None, tool_title: Callable[[str], str]) -> str:
    """Return what else is known of it in one line."""
    try:
        told = json.loads(detail or "{}")
    except (ValueError, RecursionError):
        return detail or ""
    if not isinstance(told, dict):
        return detail or ""
    left = {name: value for name, value in told.items() if name not in _FOR_MACHINES}
    if isinstance(left.get("tool"), str):
        left["tool"] = tool_title(left["tool"])
    return in_words(json.dumps(left, ensure_ascii=False)) if left else ""
