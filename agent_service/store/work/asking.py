"""What conversations can be asked for by of the team's work on them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from agent_service.store.facts import FactsOfConversation
from agent_service.store.filters import FLAG, SET, TEXT, Field, Kind, choice
from agent_service.store.work.tables import (
    ConversationLabel,
    ConversationWork,
    Label,
    WorkState,
    folded_label,
)


def _with(asked: ColumnElement[bool]) -> Any:
    return (
        select(ConversationLabel.conversation_id)
        .join(Label, Label.id == ConversationLabel.label_id)
        .where(asked)
    )


_WEARING: Final[Mapping[str, Callable[[Any, Any], ColumnElement[bool]]]] = {
    "is": lambda id, name: id.in_(_with(Label.name == folded_label(name))),
    "not": lambda id, name: id.not_in(_with(Label.name == folded_label(name))),
    "in": lambda id, names: id.in_(_with(Label.name.in_([folded_label(one) for one in names]))),
}
_HAS_WORK: Final = FactsOfConversation.conversation_id.in_(select(ConversationWork.conversation_id))
_LABEL: Final = Kind(SET.parse, SET.operators, SET.schema, is_set=True, made_by=_WEARING)

WORK_FIELDS: Final[Mapping[str, Field]] = {
    "has_work": Field(FLAG, _HAS_WORK),
    "work_state": Field(choice(WorkState), ConversationWork.state, of="work"),
    "assignee": Field(TEXT, ConversationWork.assignee, of="work"),
    "is_assigned": Field(FLAG, ConversationWork.assignee.is_not(None), of="work"),
    "label": Field(_LABEL, FactsOfConversation.conversation_id),
}
