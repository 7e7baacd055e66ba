"""What one agent is set up with: a file of ``config/agents``.

The one declaration of an agent: it travels whole to the dialogue and to the provider's session,
which read from it what they need. Knows neither files nor the environment.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator

from agent_service.section import Section

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
ToolName = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,63}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]
Keyword = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^<>\r\n]+$")]
ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]


class TurnDetectionSettings(Section):
    """How the end of the caller's turn is found."""

    kind: Literal["server_vad", "semantic_vad", "push_to_talk"] = "server_vad"
    """`server_vad` ends the turn after a silence, `semantic_vad` when the sentence sounds complete,
    `push_to_talk` when the caller lets go of the button. On Azure `semantic_vad` was seen not to
    tell when callers begin to speak, so that they cannot interrupt the agent."""
    threshold: float = Field(0.5, ge=0, le=1)
    """How loud speech must be to count, for `server_vad`; higher suits noisy rooms."""
    prefix_padding_ms: int = Field(300, ge=0, le=5_000)
    """Audio kept from before speech was noticed, for `server_vad`."""
    silence_duration_ms: int = Field(500, ge=100, le=10_000)
    """Silence that ends the turn, for `server_vad`."""
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    """How soon `semantic_vad` takes a turn for complete."""


class HearingSettings(Section):
    """How callers' speech is heard and written down, where the provider can be told."""

    noise_reduction: Literal["off", "near_field", "far_field"] = "near_field"
    """What is taken out of the sound: `near_field` for telephones and headsets, `far_field` for
    microphones across a room."""
    languages: tuple[Language, ...] = Field((), max_length=20)
    """Languages that callers may speak beside `language` (ISO 639-1), for example `fr`; a
    region, as in `fr-CA`, makes no difference."""
    prompt: str | None = Field(None, min_length=1, max_length=1_000)
    """What calls are about, for the transcription model: "A customer support call of a shop"."""
    keywords: tuple[Keyword, ...] = Field((), max_length=100)
    """Names that callers are likely to say: of goods, places, the company; each on one line and
    without `<` and `>`."""


class ModelSettings(Section):
    """How the model works, where the model and the provider can be told."""

    reasoning_effort: Literal["minimal", "low", "medium", "high", "xhigh"] = "low"
    """How much a model that reasons does so before it speaks; more takes longer."""
    parallel_tool_calls: bool = True
    """The model may ask for several tools in one answer."""
    retention_ratio: float = Field(0.8, ge=0.1, le=1)
    """How much of a conversation that became too long for the model is kept when its oldest part
    is dropped; less than all keeps the provider's cache of the rest in use for longer."""


class AgentRecordingSettings(Section):
    """Whether conversations with this agent are recorded as sound."""

    mode: Literal["off", "on", "consent"] = "off"
    """`on` records, and the agent says so first thing; `consent` asks the caller first and records
    nothing before a yes."""


Keeping = Literal["keep", "mask", "drop"]
PatternName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


def _check_expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"should be a regular expression: {error}") from None
    return value


class PatternSettings(Section):
    """Something of your own that the record does not keep, such as policy numbers."""

    match: Annotated[str, AfterValidator(_check_expression)] = Field(min_length=1, max_length=500)
    """Regular expression (of Python) of what is to be found; `(?i)` takes either case."""
    action: Keeping = "mask"
    """What is done with it."""


class RedactionSettings(Section):
    """What the record keeps of what tells who callers are: `keep`, `mask` (a mark takes its place)
    or `drop` (nothing of the whole text). Cards, their codes and secrets are never kept.
    """

    security_code: Keeping = "mask"
    """One-time codes, PINs and TANs."""
    iban: Keeping = "mask"
    """International bank account numbers."""
    email: Keeping = "mask"
    """E-mail addresses. Contacts, callbacks and tickets have them all the same."""
    phone: Keeping = "mask"
    """Telephone numbers. Contacts, callbacks and tickets have them all the same."""
    national_id: Keeping = "mask"
    """Tax, insurance, identity card and passport numbers."""
    patterns: dict[PatternName, PatternSettings] = Field(default_factory=dict, max_length=50)
    """Patterns of your own by their names, each with `match` and `action`."""

    @field_validator("patterns")
    @classmethod
    def check_names(cls, patterns: dict[str, PatternSettings]) -> dict[str, PatternSettings]:
        """A pattern of a kind's name would take its place."""
        taken = sorted(patterns.keys() & cls.model_fields.keys())
        if taken:
            raise ValueError(f"{taken[0]} is a kind of its own: give the pattern another name")
        return patterns


Days = Annotated[int, Field(ge=2, le=36_500)]


class AgentRetentionSettings(Section):
    """How many days what is said with this agent is kept, from a conversation's beginning; without
    a number, for ever."""

    text_days: Days | None = None
    """Words of turns, confirmations, incidents and ratings."""
    tool_days: Days | None = None
    """What tools were given and answered."""
    picture_days: Days | None = None
    """Pictures that callers sent."""
    recording_days: Days | None = None
    """Sound."""
    conversation_days: Days | None = None
    """Whole conversations, with all of the above."""


class AgentLimits(Section):
    """How long one conversation with this agent may last."""

    max_duration_s: float = Field(1_800.0, gt=0, le=86_400)
    """The conversation ends after this time."""
    idle_timeout_s: float = Field(120.0, gt=0, le=3_600)
    """After this time in which nobody spoke, typed or was heard, the caller is asked whether they
    are still there; 15 seconds later the conversation ends."""
    tool_rounds: int = Field(20, ge=1, le=100)
    """Responses in a row that may only call tools before the agent has to speak."""


ChannelKind = Literal["widget", "webrtc", "realtime", "telephone"]
"""Ways by which callers come, as far as an agent speaks differently there."""


class ChannelSettings(Section):
    """What is different where callers come one way: `[channels.telephone]`."""

    instructions: str | None = Field(None, min_length=1, max_length=10_000)
    """What the model is told there besides."""
    greeting: str | None = Field(None, min_length=1, max_length=500)
    """What the agent says there first, in place of its `greeting`."""
    limits: AgentLimits = AgentLimits()
    """Those of its `limits` that are others there."""


class AgentSettings(Section):
    """A configured voice: what it is told, how it sounds, what it may do."""

    name: Name
    """How tickets and commands name the agent; the same as the file's name."""
    title: str = Field(min_length=1, max_length=100)
    """How callers see the agent named."""
    instructions: str = Field(min_length=1, max_length=20_000)
    """What the model is told before the conversation begins."""
    discloses_ai: bool = True
    """Whether the agent says, first thing, that it is an AI; required in the European Union since
    August 2026 (AI Act, Article 50), where that is not plain to everybody."""
    on_behalf_of: str | None = Field(None, min_length=1, max_length=100)
    """For whom the agent speaks, as it is to be said: `the demo shop`."""
    disclosure: str | None = Field(None, min_length=1, max_length=300)
    """The sentence that says that an AI speaks, in place of the shipped one in the agent's
    `language`. No barge-in cuts it."""
    greeting: str | None = Field(None, min_length=1, max_length=500)
    """What the agent says then; without it, the caller speaks."""
    voice: str = Field("alloy", min_length=1, max_length=64)
    """The provider's voice."""
    language: Language | None = None
    """The language callers speak (ISO 639-1), a hint for transcripts; a region makes no
    difference: `de-AT`."""
    knows_open_work: bool = False
    """Whether the agent is told of a known caller that the team still works on earlier
    conversations of theirs: since when, and how far it is; nothing of what they were about."""
    tools: tuple[ToolName, ...] = ()
    """Tools the agent may use."""
    tool_modules: tuple[ModuleName, ...] = ()
    """Python modules with tools of your own, each with a `TOOLS` tuple."""
    turn_detection: TurnDetectionSettings = TurnDetectionSettings()
    """How the end of the caller's turn is found."""
    hearing: HearingSettings = HearingSettings()
    """How callers' speech is heard and written down, where the provider can be told."""
    model: ModelSettings = ModelSettings()
    """How the model works, where the model and the provider can be told."""
    recording: AgentRecordingSettings = AgentRecordingSettings()
    """Whether conversations with this agent are recorded as sound."""
    redaction: RedactionSettings = RedactionSettings()
    """What the record keeps of what tells who callers are."""
    retention: AgentRetentionSettings = AgentRetentionSettings()
    """How long what is said with this agent is kept."""
    limits: AgentLimits = AgentLimits()
    """How long one conversation with this agent may last."""
    channels: dict[ChannelKind, ChannelSettings] = Field(default_factory=dict)
    """What is different by the way in which callers come: `widget`, `webrtc`, `realtime` or
    `telephone`, each with `instructions` that are added, a `greeting` and `limits` of its own."""

    def on(self, kind: ChannelKind, told: str = "") -> Self:
        """Return the agent as it is for callers who come that way, of which it is told so much."""
        own = self.channels.get(kind, ChannelSettings())
        instructions = [self.instructions, told, own.instructions or ""]
        changes = {
            "instructions": "\n\n".join(part.strip("\n") for part in instructions if part),
            "greeting": own.greeting or self.greeting,
            "limits": self.limits.model_copy(update=own.limits.model_dump(exclude_unset=True)),
        }
        return self.model_copy(update=changes)
