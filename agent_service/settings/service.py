"""Settings of the service: ``config/service.toml``, one section per package."""

import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, SecretStr, model_validator

from agent_service.agent import AgentSettings, Days, ModuleName
from agent_service.section import Section
from agent_service.settings.database_url import mistake_in
from agent_service.settings.own_section import OwnSection
from agent_service.settings.phone import PhoneSettings
from agent_service.settings.reviews import ReviewSettings
from agent_service.settings.toml_file import KeyPath
from agent_service.settings.webrtc import WebRtcSettings


def _check_http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
        raise ValueError("should be a URL such as https://example.com")
    if parts.username or parts.password:
        raise ValueError("should hold no user name or password; keys have settings of their own")
    return value.rstrip("/")


Kind = Literal["azure", "openai", "offline"]
"""Who runs the model."""


def kind_meant(endpoint: str | None, dialect: str, *, has_key: bool) -> Kind:
    """Return which provider is meant where ``provider.kind`` does not say."""
    if endpoint is None and not has_key:
        return "offline"
    if dialect != "auto":
        return "azure" if dialect.startswith("azure") else "openai"
    return "openai" if endpoint is None or _is_openai(endpoint) else "azure"


def _is_openai(url: str) -> bool:
    """Tell whether the address is of OpenAI's own service."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False  # a mistake that is reported when the value is checked
    return host == "openai.com" or host.endswith(".openai.com")


def _check_database_url(value: SecretStr) -> SecretStr:
    url = value.get_secret_value().strip()  # a secret of Kubernetes often ends with its line's end
    if (mistake := mistake_in(url)) is not None:
        raise ValueError(mistake)
    return SecretStr(url)


def _refuse_nothing(value: Any) -> Any:
    if value == "":
        raise ValueError("should name a folder; . is the current one")
    return value


def _check_folder(value: Path) -> Path:
    if "\0" in str(value):
        raise ValueError("should be the name of a folder")
    try:
        return value.expanduser()
    except RuntimeError:
        raise ValueError("begins with ~, and there is no such home folder: write it out") from None


def _check_origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ValueError("should be an origin such as https://shop.example.com, without a path")
    return value.rstrip("/")


def _check_storage_url(value: str) -> str:
    parts = urlsplit(value)
    if not re.fullmatch(r"s3a?|gs|az|abfss?|https|file|memory", parts.scheme):
        raise ValueError("should be the URL of an object store, such as s3://bucket/folder")
    if parts.username or parts.password or parts.query:
        raise ValueError("should hold no keys; the object store's environment variables do")
    return value.rstrip("/")


def _check_api_version(value: str) -> str | None:
    if value == "v1":
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(-preview)?", value):
        raise ValueError("should be v1 or a date such as 2024-10-01-preview")
    return value


def _check_receiver_kind(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", value):
        raise ValueError("should be a kind of message such as refund: a to z, digits and _")
    if value == "team":
        raise ValueError("is what agent-service queue lists for people, so it takes no receiver")
    return value


def _check_receiver_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", value):
        raise ValueError("should be module:attribute, for example shop.payments:receiver")
    return value


ReceiverKind = Annotated[str, AfterValidator(_check_receiver_kind)]
ReceiverName = Annotated[str, AfterValidator(_check_receiver_name)]
SHORTEST_TICKET_SECRET: Final = 32

ApiVersion = Annotated[str, AfterValidator(_check_api_version)]
DialectName = Literal[
    "auto",
    "azure-2024-10-01-preview",
    "azure-2024-12-17",
    "azure-2025-04-01-preview",
    "azure-ga",
    "openai-beta",
    "openai-ga",
]
HttpUrl = Annotated[str, AfterValidator(_check_http_url)]
Folder = Annotated[Path, BeforeValidator(_refuse_nothing), AfterValidator(_check_folder)]
Origin = Annotated[str, AfterValidator(_check_origin)]
Port = Annotated[int, Field(ge=0, le=65_535)]


class ServerSettings(Section):
    """Where the service listens and how much it takes on."""

    host: str = Field("127.0.0.1", min_length=1)
    """Address to listen on; `0.0.0.0` for every network."""
    port: Port = 8080
    """Port to listen on; 0 takes a free one."""
    origins: tuple[Origin, ...] = ()
    """Web sites, beside the service's own pages, whose pages may open conversations."""
    source_origins: tuple[Origin, ...] = ()
    """Web sites, beside these and the page's own, to which callers are shown links as sources of
    an answer."""
    max_conversations: int = Field(200, ge=1, le=100_000)
    """Conversations at once; further callers may write, or are told to try again later."""
    max_text_conversations: int = Field(100, ge=0, le=100_000)
    """Further conversations at once, in which nothing is spoken; whoever finds no room leaves a
    message."""
    max_message_bytes: int = Field(65_536, ge=4_096, le=65_536)
    """Largest message of a caller's client."""
    drain_s: float = Field(20.0, ge=0, le=3_600)
    """Time that running conversations get to end when the service stops."""


class DatabaseSettings(Section):
    """Where the record and the company's tables live."""

    url: Annotated[SecretStr, AfterValidator(_check_database_url)] | None = None
    """SQLAlchemy URL, `sqlite:///...` or `postgresql://...`; without it, an SQLite file in
    `data_dir`."""
    query_time_limit_s: float = Field(5.0, gt=0, le=600)
    """An admin's query is stopped after this time."""


class PriceSettings(Section):
    """US dollars per million tokens."""

    text_in: float = Field(ge=0)
    """Text that the model reads."""
    text_cached: float = Field(ge=0)
    """Text that the model reads again and the provider still had in its cache."""
    text_out: float = Field(ge=0)
    """Text that the model writes."""
    audio_in: float = Field(ge=0)
    """Audio that the model hears."""
    audio_cached: float = Field(ge=0)
    """Audio that the model hears again and the provider still had in its cache."""
    audio_out: float = Field(ge=0)
    """Audio that the model speaks."""


class TranscriptionPriceSettings(Section):
    """US dollars per million tokens."""

    text_in: float = Field(ge=0)
    """Text that the transcription model reads, such as words to expect."""
    text_out: float = Field(ge=0)
    """Text that it writes."""
    audio_in: float = Field(ge=0)
    """Audio that it hears, 600 tokens a minute: where a minute costs 0.006, this is 10."""


class ProviderSettings(Section):
    """Who runs the speech-to-speech model."""

    kind: Literal["auto", "azure", "openai", "offline"] = "auto"
    """`auto` takes Azure or OpenAI when an endpoint or a key is configured, and otherwise the
    offline provider."""
    endpoint: HttpUrl | None = None
    """Address of the Azure resource, or of a server that speaks OpenAI's protocol."""
    model: str | None = Field(None, min_length=1, max_length=128)
    """Azure deployment or OpenAI model; without it, `gpt-realtime-2.1`, and
    `gpt-4o-realtime-preview` with the previews and the beta."""
    api_version: ApiVersion | None = None
    """Azure API version, for example `2024-10-01-preview`; `v1`, or none, is the current
    protocol."""
    dialect: DialectName = "auto"
    """Variant of the protocol; `auto` goes by `api_version` on Azure and takes the current one
    elsewhere."""
    api_key: SecretStr | None = None
    """Key of the provider; better given by the environment than by a file."""
    keyless: bool = False
    """Use Microsoft Entra ID on Azure although a key is set; without a key it is used anyway."""
    token_scope: str | None = Field(None, min_length=1)
    """Scope of the Entra ID token, where it is not the dialect's own."""
    transcription_model: str | None = Field(None, min_length=1, max_length=128)
    """What the provider transcribes callers' speech with; without it, `gpt-transcribe`, and
    `whisper-1` where the previews and the beta know no other."""
    connect_timeout_s: float = Field(10.0, gt=0, le=120)
    """Time the provider has to accept a connection."""
    prices: PriceSettings | None = None
    """Your prices, where the list prices of the model are not yours."""
    transcription_prices: TranscriptionPriceSettings | None = None
    """Your prices, where the list prices of what transcribes are not yours."""

    @model_validator(mode="after")
    def check_kind(self) -> Self:
        """Azure has no address of its own; OpenAI's own service needs a key."""
        if self.chosen_kind == "azure" and self.endpoint is None:
            raise ValueError("azure needs an endpoint: set AZURE_OPENAI_ENDPOINT")
        if self.chosen_kind == "openai" and self.api_key is None and self.endpoint is None:
            raise ValueError("openai needs a key: set OPENAI_API_KEY")
        return self

    @property
    def chosen_kind(self) -> Kind:
        """Return what ``auto`` comes to."""
        if self.kind != "auto":
            return self.kind
        return kind_meant(self.endpoint, self.dialect, has_key=self.api_key is not None)

    @property
    def chosen_model(self) -> str:
        """Return the deployment or model, by default the one of the protocol's generation."""
        if self.model is not None:
            return self.model
        is_ga = self.dialect.endswith("ga") or (self.dialect == "auto" and not self.api_version)
        return "gpt-realtime-2.1" if is_ga else "gpt-4o-realtime-preview"

    @property
    def uses_entra(self) -> bool:
        """Return whether Azure is reached with Microsoft Entra ID instead of a key."""
        return self.chosen_kind == "azure" and (self.keyless or self.api_key is None)


class OfflineSettings(Section):
    """The provider that ships with the service and needs neither key nor network."""

    host: str = Field("127.0.0.1", min_length=1)
    """Address the offline provider listens on."""
    port: Port = 0
    """Port the offline provider listens on; 0 takes a free one."""
    api_key: SecretStr | None = None
    """Key that its clients must show; without it, any key will do."""
    max_sessions: int = Field(25, ge=1, le=1_000)
    """Sessions at once; further ones are refused."""
    chat_url: HttpUrl | None = None
    """Chat completions API of a model that answers in place of the built-in responder, for
    example `http://127.0.0.1:11434/v1`."""
    chat_model: str | None = Field(None, min_length=1)
    """Model at `chat_url`."""
    chat_key: SecretStr | None = None
    """Key for `chat_url`, where it needs one."""

    @model_validator(mode="after")
    def check_chat(self) -> Self:
        """A model without an address, or the other way round, would be ignored silently."""
        if (self.chat_url is None) != (self.chat_model is None):
            raise ValueError("chat_url and chat_model belong together: set both or none")
        return self


class TicketSettings(Section):
    """Tickets with which callers start conversations."""

    secret: Annotated[SecretStr, Field(min_length=SHORTEST_TICKET_SECRET)] | None = None
    """Signs tickets, 32 characters or more; without it, one is made and kept in `data_dir`."""


class ConversationSettings(Section):
    """Time limits of every conversation."""

    grace_s: float = Field(300.0, ge=0, le=3_600)
    """A caller who dropped may come back to the same conversation within this time: long enough
    for a closed laptop or a tunnel. Its provider session stays open meanwhile."""
    ring_s: float = Field(30.0, gt=0, le=300)
    """How long the team is rung for a caller who asks for a person."""
    confirmation_limit_s: float = Field(60.0, gt=0, le=600)
    """A question such as "Shall I cancel order 1007?" can be answered for this time."""
    yes_grace_s: float = Field(1.0, ge=0, le=10)
    """How long after a yes its second half ("but not the ...") may come before the yes counts."""
    yes_confidence: float = Field(0.68, ge=0, le=1)
    """How surely a spoken yes must have been heard, where the provider tells; else it is asked
    again. The offline provider hears some voices' "Nah." as "Yeah.", with 0.57 to 0.66."""
    transcript_wait_s: float = Field(5.0, ge=0, le=60)
    """How long a turn waits for its transcript before it is recorded without; one that comes later
    is put there."""
    pictures: int = Field(10, ge=0, le=100)
    """How many pictures a caller may send in a conversation; 0 for none."""
    wrong_proofs_per_hour: int = Field(30, ge=1, le=100_000)
    """Wrong codes, or wrong answers to checks, that the callers of one web site have in an hour
    between them, before no more are looked at and an alarm is raised; more for a busy site."""


class ToolSettings(Section):
    """How support tools are run."""

    time_limit_s: float = Field(15.0, gt=0, le=600)
    """A tool that names no time limit of its own is given up after this time."""
    max_threads: int = Field(16, ge=1, le=256)
    """Plain (`def`) tools that run at once in the whole service."""
    output_characters: int = Field(20_000, ge=4_000, le=400_000)
    """What a model is told of a tool's result, at most; it reads it all again in every answer that
    follows. Of a longer one, the long lists and texts are cut."""


class OutboxSettings(Section):
    """What happens outside the database: payments, letters, and whatever your tools queue."""

    receivers: dict[ReceiverKind, ReceiverName] = Field(default_factory=dict)
    """Who carries out messages, by kind: `refund = "module:attribute"`. Messages of a kind that
    has none wait; under `up`, those that the company names are written to files."""


class RecordingSettings(Section):
    """Where recordings are kept. Each agent says whether it is recorded."""

    storage_url: Annotated[str, AfterValidator(_check_storage_url)] | None = None
    """Object store for recordings, `s3://BUCKET/FOLDER`, `gs://...` or `az://...` (extra
    `storage`); without it, they are files in `data_dir`."""
    storage_options: dict[str, SecretStr] = Field(default_factory=dict)
    """What the object store needs beside its URL, for example `{ endpoint = "https://...", region =
    "..." }`; keys are better given by its own environment variables."""


def _check_hook_url(value: str) -> str:
    _check_http_url(value)
    if not value.lower().startswith("http"):
        raise ValueError("should begin with https:// or http://")
    return value  # to the letter: a slash at its end may count


HookUrl = Annotated[str, AfterValidator(_check_hook_url)]


class WebhookSettings(Section):
    """Telling another system of yours that a conversation has ended."""

    url: HookUrl | None = None
    """Where it is told: `https://example.com/hooks`."""
    secret: SecretStr | None = None
    """Signs what is told, by the Standard Webhooks specification: `whsec_` and 24 to 64 bytes in
    base64."""

    @model_validator(mode="after")
    def check_both(self) -> Self:
        """Nothing is sent that its receiver cannot check."""
        if (self.url is None) != (self.secret is None):
            raise ValueError("url and secret belong together: set both or none")
        if self.secret is not None and not _is_webhook_secret(self.secret.get_secret_value()):
            raise ValueError(
                "secret should be whsec_ and 24 to 64 bytes in base64: openssl rand -base64 32"
            )
        return self


def _is_webhook_secret(secret: str) -> bool:
    try:
        return 24 <= len(b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64
    except ValueError:
        return False


class ProofSettings(Section):
    """What shows that nobody has changed the record behind the service's back."""

    anchor_s: float = Field(30.0, ge=1, le=3_600)
    """How often the chain of the whole log takes in the conversations that went on."""
    key_file: Path | None = None
    """Ed25519 private key, as PEM, that signs this chain; without one it is not signed."""


class RetentionSettings(Section):
    """How many days is kept what belongs to no agent; without a number, for ever."""

    message_days: Days | None = None
    """Messages to the world outside that are settled."""
    request_days: Days | None = None
    """Tickets, callbacks and handovers that are done."""
    audit_days: Days | None = None
    """The audit log."""
    pause_s: float = Field(3_600.0, ge=1, le=86_400)
    """Between two runs that take out what is too old, here and of agents."""


class LogSettings(Section):
    """What the service writes while it runs."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important lines that are written."""
    format: Literal["auto", "json", "terminal"] = "auto"
    """`json` is one object a line, `terminal` is for eyes, `auto` chooses by where the lines go."""
    keeps_events: bool = False
    """Keep what the provider is sent and sends, without sound: to be read beside a conversation."""


class DeskSettings(Section):
    """How the team signs in."""

    passwords: bool = True
    """Users may sign in with a name and a password; without, single sign-on is the only way."""
    public_url: HttpUrl | None = None
    """Under which the team reaches the service: `https://support.example.com`."""
    oidc_issuer: HttpUrl | None = None
    """Single sign-on (OpenID Connect): the provider's address, of your own organisation there."""
    oidc_client_id: str | None = None
    """As what the provider knows this service."""
    oidc_client_secret: SecretStr | None = None
    """Shown to the provider; none for a public client."""
    oidc_name_claim: str = "email"
    """What the provider says that is a user's name here."""
    oidc_role_claim: str | None = None
    """What the provider says that has the roles of a user; without it, roles are given here."""
    oidc_roles: dict[str, Literal["viewer", "supervisor", "admin"]] = Field(default_factory=dict)
    """Which of its values is which role."""

    @model_validator(mode="after")
    def check_single_sign_on(self) -> Self:
        """There is a way in, and everything that it needs."""
        if self.oidc_issuer is not None and not (self.oidc_client_id and self.public_url):
            raise ValueError("oidc_issuer needs oidc_client_id and public_url")
        if self.oidc_issuer is None and not self.passwords:
            raise ValueError("without passwords nobody gets in: set oidc_issuer")
        if self.oidc_role_claim is not None and not self.oidc_roles:
            raise ValueError("oidc_role_claim needs oidc_roles, which say what its values mean")
        return self


class Places:
    """Where settings were set, which makes no difference to what they are."""

    def __init__(self, find: Callable[[KeyPath], str]) -> None:
        self.find = find

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Places)

    def __hash__(self) -> int:
        return hash(Places)


class Settings(Section):
    """Everything that can be set."""

    data_dir: Folder = Path("data")
    """Folder for the database, recordings and generated secrets."""
    default_agent: str = "support"
    """The agent that answers where none is named."""
    company: ModuleName | None = None
    """Python module of your company; without it, one that an agent's `tool_modules` names."""
    server: ServerSettings = ServerSettings()
    """Where the service listens and how much it takes on."""
    database: DatabaseSettings = DatabaseSettings()
    """Where the record and the company's tables live."""
    provider: ProviderSettings = ProviderSettings()
    """Who runs the speech-to-speech model."""
    offline: OfflineSettings = OfflineSettings()
    """The provider that ships with the service and needs neither key nor network."""
    tickets: TicketSettings = TicketSettings()
    """Tickets with which callers start conversations."""
    conversation: ConversationSettings = ConversationSettings()
    """Time limits of every conversation."""
    phone: PhoneSettings = PhoneSettings()
    """Telephone calls, by carriers."""
    webrtc: WebRtcSettings = WebRtcSettings()
    """Calls over WebRTC, which browsers speak by themselves."""
    tools: ToolSettings = ToolSettings()
    """How support tools are run."""
    outbox: OutboxSettings = OutboxSettings()
    """What happens outside the database."""
    recording: RecordingSettings = RecordingSettings()
    """Where recordings are kept."""
    webhook: WebhookSettings = WebhookSettings()
    """Telling another system of yours that a conversation has ended."""
    proof: ProofSettings = ProofSettings()
    """What shows that nobody has changed the record behind the service's back."""
    desk: DeskSettings = DeskSettings()
    """How the team signs in."""
    reviews: ReviewSettings = ReviewSettings()
    """How conversations are reviewed."""
    retention: RetentionSettings = RetentionSettings()
    """How long is kept what belongs to no agent."""
    logs: LogSettings = LogSettings()
    """What the service writes while it runs."""
    agents: dict[str, AgentSettings] = Field(default_factory=dict)
    """The agents by name, one file each in `agents`."""

    _own_section: OwnSection | None = PrivateAttr(None)
    _places: Places = PrivateAttr(Places(lambda keys: "in code"))

    @property
    def own_section(self) -> OwnSection | None:
        """Return the section of the company that ``company`` names, unchecked."""
        return self._own_section

    def place(self, keys: KeyPath) -> str:
        """Return where a setting was set: a variable, an option, a line of a file, or in code."""
        return self._places.find(keys)

    @property
    def database_file(self) -> Path:
        """Return where the database is unless ``database.url`` says otherwise."""
        return self.data_dir / "agent_service.db"

    @property
    def recordings_folder(self) -> Path:
        """Return where recordings are kept, or wait to be."""
        return self.data_dir / "recordings"

    @property
    def last_anchor_file(self) -> Path:
        """Return where the last anchor of the log is noted, beside the database."""
        return self.data_dir / "last-anchor"

    @property
    def outbox_folder(self) -> Path:
        """Return where messages are written that no receiver takes, while trying things out."""
        return self.data_dir / "outbox"

    @property
    def database_url(self) -> str:
        """Return the SQLAlchemy URL of the database."""
        if self.database.url is None:
            return f"sqlite:///{quote(str(self.database_file.absolute()))}"
        url = self.database.url.get_secret_value()
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
