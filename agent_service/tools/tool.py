"""How a support tool is declared: one decorator on a plain typed function.

What the model sees (description, JSON Schema) and what the service enforces (who may use it, whose
rows, confirmation, limits) come from here; nothing about a tool is written down a second time.
"""

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol, TypeAlias, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model
from sqlalchemy.orm import InstrumentedAttribute

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.directory import KnownCustomer
from agent_service.store.limits import Cap
from agent_service.store.money import Limit, Money
from agent_service.store.ownership import CallerSession
from agent_service.tools.schemas import JsonType, schema_of

Effect: TypeAlias = Literal["read", "write"]
Confirmation: TypeAlias = Literal["never", "always"]

_NAMED: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)

_PER_CONVERSATION: Final = Cap(5)
_PER_CUSTOMER_DAY: Final = Cap(10)
_PER_TENANT_DAY: Final = Cap(1000)
"""Of every write tool that names no limits of its own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool found or did."""

    say: str
    """A sentence that is true, complete and safe to speak."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Anything that can be written as JSON: also dates, decimals, models and their kind."""
    quoted: Mapping[str, Any] = field(default_factory=dict)
    """Text written by others (notes, articles): the model is told that it is data, never orders."""

    def __post_init__(self) -> None:
        if not isinstance(self.say, str):
            raise TypeError(f"Answer: say must be a sentence, not {type(self.say).__name__}")
        for name in ("facts", "quoted"):
            if not isinstance(value := getattr(self, name), Mapping):
                raise TypeError(f"Answer: {name} must be names with values, not {value!r:.80}")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a write would do, read back to the caller before it is done."""

    summary: str
    """A question without its ending: ``Cancel order 1007, one wireless mouse``."""
    amount: Money | None = None
    """What limits and approval are measured against: what goes out, so never below zero."""

    def __post_init__(self) -> None:
        if not isinstance(self.summary, str):
            kind = type(self.summary).__name__
            raise TypeError(f"Preview: the summary must be a sentence, not {kind}")
        if not any(map(str.isalnum, self.summary)):
            raise ValueError("Preview: the summary has no words: the caller would agree to nothing")
        if self.amount is not None and self.amount.minor < 0:
            raise ValueError(f"Preview: the amount is below zero: {self.amount.written()}")


@dataclass(frozen=True, slots=True)
class OwnedArgument:
    """An argument that names a row of the caller, or each member of which does."""

    argument: str
    """Its name; within an object or a list of objects a path, such as ``visits.pet``."""
    key: InstrumentedAttribute[Any]
    """The mapped column that the argument is looked up in."""
    title: str
    """For the sentence when there is no such row: ``order``."""

    @property
    def entity(self) -> type:
        return self.key.property.parent.class_


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a write tool may do at most; above it, a person of the team decides.

    The tenant's day is a hard stop, which no approval lifts. A limit is the most in one currency,
    or in each of several: ``(Money(200_00, "EUR"), Money(20_000, "JPY"))``. An amount in a currency
    that it does not name is above it.
    """

    call: Limit | None = None
    conversation: Cap = _PER_CONVERSATION
    customer_day: Cap = _PER_CUSTOMER_DAY
    tenant_day: Cap = _PER_TENANT_DAY


@dataclass(frozen=True, slots=True)
class Approval:
    """Above which amount a person of the team decides, and above which two of them have to."""

    above: Limit
    second_above: Limit


class Queue(Protocol):
    """The outbox, as a tool sees it."""

    def __call__(
        self, kind: str, payload: Mapping[str, Any], *, is_secret: bool = False
    ) -> None: ...


def _nowhere(kind: str, payload: Mapping[str, Any], *, is_secret: bool = False) -> None:
    raise TypeError("Only a write tool that is a plain def has an outbox, its preview not.")


def _nobody() -> KnownCustomer | None:
    return None


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool is given besides its arguments; hidden from the model."""

    caller: Caller
    conversation_id: str
    now: datetime
    idempotency_key: str
    """The same for every try of the same call: hand it to anything outside the database."""
    progress: Callable[[str], None]
    """Tell the caller, in a sentence, how far a slow tool is."""
    queue: Queue = _nowhere
    """Have something done outside the database, once this call's transaction has committed."""
    database: CallerSession | None = None
    look_up_caller: Callable[[], KnownCustomer | None] = _nobody
    """Ask the company's directory who the caller is; raises DirectoryAway when it does not say."""

    @property
    def session(self) -> CallerSession:
        """The database as the caller may see it; ``async def`` tools have none."""
        if self.database is None:
            raise TypeError("An async tool has no database session: make it a plain def.")
        return self.database


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A declared support tool."""

    name: str
    title: str
    activity: str | None
    """What the caller reads of a call, its arguments in braces; else the title."""
    description: str
    effect: Effect
    audience: CallerLevel
    confirmation: Confirmation
    owned: tuple[OwnedArgument, ...]
    is_repeatable: bool
    is_proof: bool
    limits: Limits
    approval: Approval | None
    time_limit_s: float | None
    progress_after_s: float
    redacted: frozenset[str]
    pauses_recording: bool
    rings_team: bool
    examples: tuple[str, ...]
    function: Callable[..., Any]
    preview: Callable[..., Preview | str] | None
    arguments: type[BaseModel]
    context_parameter: str | None

    @property
    def is_write(self) -> bool:
        return self.effect == "write"

    @property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.function)

    @property
    def where(self) -> str:
        """Return the module that declares it."""
        return self.function.__module__

    def schema(self) -> JsonType:
        """Return the JSON Schema of the arguments, flat and without titles."""
        return schema_of(self.arguments)

    def told_description(self, has_examples: bool) -> str:
        """Return what the model reads: the docstring, and if wanted how callers ask for it."""
        if not (has_examples and self.examples):
            return self.description
        said = ", ".join(f'"{example}"' for example in self.examples)
        return f"{self.description} Callers say: {said}"


def tool(
    *,
    title: str,
    activity: str | None = None,
    effect: Effect,
    audience: CallerLevel,
    confirmation: Confirmation | None = None,
    owned: tuple[OwnedArgument, ...] = (),
    is_repeatable: bool = False,
    is_proof: bool = False,
    limits: Limits | None = None,
    approval: Approval | None = None,
    time_limit_s: float | None = None,
    progress_after_s: float = 3.0,
    redacted: tuple[str, ...] = (),
    pauses_recording: bool = False,
    rings_team: bool = False,
    examples: tuple[str, ...] = (),
    preview: Callable[..., Preview | str] | None = None,
) -> Callable[[Callable[..., Any]], Tool]:
    """Declare the function a support tool. A write asks the caller first unless told otherwise.

    The same write with the same arguments takes effect once in a conversation, however often the
    model asks for it; ``is_repeatable`` is for one that sets a value, where again does no harm.
    ``is_proof`` is for one by which callers begin to prove who they are: it works for whom they
    only claim to be, too, and must tell nothing of that customer.
    """

    def declare(function: Callable[..., Any]) -> Tool:
        arguments, context_parameter = _arguments(function)
        return Tool(
            name=function.__name__,
            title=title,
            activity=activity,
            description=" ".join(inspect.cleandoc(function.__doc__ or "").split()),
            effect=effect,
            audience=audience,
            confirmation=confirmation or ("always" if effect == "write" else "never"),
            owned=owned,
            is_repeatable=is_repeatable,
            is_proof=is_proof,
            limits=limits or Limits(),
            approval=approval,
            time_limit_s=time_limit_s,
            progress_after_s=progress_after_s,
            redacted=frozenset(redacted),
            pauses_recording=pauses_recording,
            rings_team=rings_team,
            examples=examples,
            function=function,
            preview=preview,
            arguments=arguments,
            context_parameter=context_parameter,
        )

    return declare


def _arguments(function: Callable[..., Any]) -> tuple[type[BaseModel], str | None]:
    """Return the model of the function's arguments and the name of its context parameter."""
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    context_parameter = None
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in hints:
            raise TypeError(f"{function.__name__}: parameter {name!r} needs a type")
        if parameter.kind not in _NAMED or name.startswith("_") or name == "model_config":
            raise TypeError(f"{function.__name__}: a model cannot give parameter {name!r} by name")
        if hints[name] is ToolContext:
            context_parameter = name
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[name] = (hints[name], default)
    with warnings.catch_warnings():
        # An argument may be called like what pydantic's models can do: "copy", "schema".
        warnings.filterwarnings("ignore", "Field name .* shadows", UserWarning)
        model = create_model(
            function.__name__,
            __config__=ConfigDict(
                strict=True, extra="forbid", frozen=True, protected_namespaces=()
            ),
            **fields,
        )
    return model, context_parameter
