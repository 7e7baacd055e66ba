import ast
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import make_url

from agent_service.agent import AgentSettings
from agent_service.settings import (
    DatabaseSettings,
    OfflineSettings,
    PhoneSettings,
    ServerSettings,
    Settings,
)
from agent_service.settings.problems import known_settings
from agent_service.settings.service import WebhookSettings

PACKAGE = Path(__file__).parents[2] / "agent_service"


def test_database_is_a_file_in_the_data_folder_unless_named(tmp_path: Path) -> None:
    url = Settings(data_dir=tmp_path).database_url
    assert url == f"sqlite:///{tmp_path}/agent_service.db"


@pytest.mark.parametrize("name", ["a?b", "a%2Fb", "a b", "a#b", "ä", "a&b=c", "%", "a/", "a:b@c"])
def test_data_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    url = make_url(Settings(data_dir=Path(f"{tmp_path}/{name}")).database_url)
    assert (url.database, url.query) == (f"{tmp_path / name}/agent_service.db", {})


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_with_the_installed_driver(scheme: str) -> None:
    database = DatabaseSettings(url=SecretStr(f"{scheme}://u:p@h/db"))
    assert Settings(database=database).database_url == "postgresql+psycopg://u:p@h/db"


@pytest.mark.parametrize("origin", ["shop.example", "ftp://shop.example", "https://a.example/x"])
def test_origin_is_scheme_and_host(origin: str) -> None:
    with pytest.raises(ValidationError, match="should be an origin"):
        ServerSettings(origins=(origin,))


def test_chat_model_and_its_address_belong_together() -> None:
    with pytest.raises(ValidationError, match="belong together"):
        OfflineSettings(chat_url="http://127.0.0.1:1/v1")
    assert OfflineSettings(chat_url="http://127.0.0.1:1/v1", chat_model="m").chat_model == "m"


def test_every_setting_is_read() -> None:
    trees = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]
    read = {
        node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    settings = [*known_settings(Settings), *known_settings(AgentSettings)]
    # These sections are handed on whole.
    whole = ("turn_det", "provider.prices.", "provider.transcription_prices.")
    settings = [name for name in settings if not name.startswith(whole)]
    assert [name for name in settings if name.split(".")[-1] not in read] == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"url": "https://example.com/hooks"}, "url and secret belong together"),
        ({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "url and secret belong together"),
        ({"url": "https://example.com", "secret": "whsec_c2hvcnQ="}, "openssl rand -base64 32"),
        ({"url": "https://example.com", "secret": "no base 64!"}, "openssl rand -base64 32"),
        (
            {"url": "wss://example.com", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
            "begin with https://",
        ),
    ],
)
def test_a_webhook_that_cannot_be_checked_is_refused(values: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        WebhookSettings.model_validate(values)


def test_a_webhook_has_an_address_and_a_secret() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = WebhookSettings.model_validate({"url": "https://example.com/", "secret": secret})
    assert made.url == "https://example.com/"
    assert secret not in repr(made)


def test_a_carrier_needs_the_address_under_which_it_comes() -> None:
    with pytest.raises(ValidationError, match="twilio_auth_token needs public_url"):
        PhoneSettings.model_validate({"twilio_auth_token": "12345"})
    phone = PhoneSettings.model_validate(
        {"public_url": "https://voice.example/", "twilio_auth_token": "12345"}
    )
    assert phone.public_url == "https://voice.example"
    assert "12345" not in repr(phone)


@pytest.mark.parametrize(
    "url", ["voice.example", "https://voice.example?x=1", "wss://voice.example"]
)
def test_carriers_come_by_http(url: str) -> None:
    with pytest.raises(ValidationError):
        PhoneSettings(public_url=url)


@pytest.mark.parametrize("key", ["", "AAAA", "a key"])
def test_a_public_key_is_one(key: str) -> None:
    with pytest.raises(ValidationError, match="Ed25519 public key in base64"):
        PhoneSettings(public_url="https://voice.example", telnyx_public_key=key)


CONNECTION = "endpoint=https://acs.example;accesskey=c2VjcmV0"


@pytest.mark.parametrize(
    ("acs", "problem"),
    [
        ({"acs_connection_string": CONNECTION}, "belong together"),
        ({"acs_event_secret": "secret"}, "belong together"),
        ({"acs_connection_string": "endpoint=https://acs.example"}, "as Azure shows it"),
        ({"acs_connection_string": "accesskey=c2VjcmV0"}, "as Azure shows it"),
        ({"acs_connection_string": f"{CONNECTION}!"}, "as Azure shows it"),
    ],
)
def test_azure_is_set_up_whole(acs: dict[str, str], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        PhoneSettings.model_validate({"public_url": "https://voice.example"} | acs)


def test_azure_is_set_up() -> None:
    whole = {"acs_connection_string": CONNECTION, "acs_event_secret": "secret"}
    phone = PhoneSettings.model_validate({"public_url": "https://voice.example"} | whole)
    assert "c2VjcmV0" not in repr(phone)


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ({"sip_listen": "0.0.0.0:99999"}, "IPv4 address"),
        ({"sip_listen": "voice.example.com:5060"}, "IPv4 address"),
        ({"sip_account": "sip:100@pbx.example.com"}, "sip_account needs sip_listen"),
        ({"sip_listen": "0.0.0.0:5060", "sip_password": "secret"}, "those of a sip_account"),
        (
            {"sip_listen": "0.0.0.0:5060", "sip_account": "a@b", "sip_password": 'se"cret'},
            "neither quotes",
        ),
    ],
)
def test_a_sip_line_that_cannot_be_is_refused(section: dict[str, str], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        PhoneSettings.model_validate(section)
