import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent_service.errors import SettingsError
from agent_service.settings import find_config, load

PROJECT = Path(__file__).parents[2]
Config = Callable[..., Path]


def problems_of(folder: Path, **keywords: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, **{"environment": {}, **keywords})
    return caught.value.problems


def test_empty_file_gives_the_defaults(config: Config) -> None:
    settings = load(config(), environment={})
    assert settings.server.port == 8080
    assert settings.agents["support"].title == "Support"


def test_shipped_settings_load_and_change_no_default(config: Config) -> None:
    shipped = load(PROJECT / "config", environment={})
    assert shipped.model_copy(update={"agents": {}}) == load(config(), environment={}).model_copy(
        update={"agents": {}}
    )
    assert "get_order_status" in shipped.agents["support"].tools


def test_environment_overrides_file_and_command_line_overrides_both(config: Config) -> None:
    folder = config("[server]\nport = 1\nhost = 'file'\ndrain_s = 3")
    settings = load(
        folder,
        environment={"AGENT_SERVICE_SERVER__PORT": "2", "AGENT_SERVICE_SERVER__HOST": "env"},
        overrides={"server.port": 3, "server.host": None},
    )
    assert (settings.server.port, settings.server.host, settings.server.drain_s) == (3, "env", 3)


def test_list_in_the_environment_is_split_at_commas(config: Config) -> None:
    variable = {"AGENT_SERVICE_SERVER__ORIGINS": "https://a.example, https://b.example/"}
    origins = load(config(), environment=variable).server.origins
    assert origins == ("https://a.example", "https://b.example")


def test_empty_variable_counts_as_not_set(config: Config) -> None:
    assert load(config(), environment={"AGENT_SERVICE_SERVER__PORT": ""}).server.port == 8080


def test_settings_cannot_be_changed(config: Config) -> None:
    settings = load(config(), environment={})
    with pytest.raises(ValueError, match="frozen"):
        settings.server.port = 1  # type: ignore[misc]  # what the test is about


def test_all_mistakes_of_all_files_are_reported_together(config: Config) -> None:
    folder = config(
        'dta_dir = "x"\n[server]\nport = 99999\nhosst = "a"\n',
        support='title = "S"\ninstructions = "x"\n\nvoise = "x"\n',
        sales="title = \n",
    )
    assert problems_of(folder, environment={"AGENT_SERVICE_TOOLS__MAX_THREADS": "many"}) == [
        f"{folder}/agents/sales.toml:1: is not TOML: invalid value",
        f"{folder}/agents/support.toml:4: unknown setting voise: did you mean voice?",
        (
            f"{folder}/service.toml:3: server.port = 99999 should be less than or equal to 65535. "
            "Port to listen on; 0 takes a free one."
        ),
        f"{folder}/service.toml:4: unknown setting server.hosst: did you mean server.host?",
        (
            "AGENT_SERVICE_TOOLS__MAX_THREADS: tools.max_threads = 'many' should be a valid "
            "integer, unable to parse string as an integer. Plain (def) tools that run at once in "
            "the whole service."
        ),
        f"{folder}/service.toml:1: unknown setting dta_dir: did you mean data_dir?",
    ]


def test_setting_in_the_wrong_section_is_pointed_to_the_right_one(config: Config) -> None:
    [problem] = problems_of(config("port_ = 1\ngrace_s = 60"))[1:]
    assert problem.endswith("unknown setting grace_s: did you mean conversation.grace_s?")


def test_unknown_setting_without_a_likeness_lists_the_known_ones(config: Config) -> None:
    [problem] = problems_of(config("[logs]\nzzz = 1"))
    assert problem.endswith("unknown setting logs.zzz: known here are format, keeps_events, level")


def test_unknown_variable_is_a_mistake(config: Config) -> None:
    [problem] = problems_of(config(), environment={"AGENT_SERVICE_SERVER__PROT": "1"})
    assert problem == (
        "AGENT_SERVICE_SERVER__PROT: unknown setting server.prot: did you mean server.port?"
    )


def test_wrong_option_is_named_as_the_caller_wrote_it(config: Config) -> None:
    [problem] = problems_of(config(), overrides={"server.port": -1})
    assert problem.startswith("--port: server.port = -1 should be greater than or equal to 0")


@pytest.mark.parametrize(
    "line",
    [
        "[tickets]\nsecret = 'hunter2'",
        "[provider]\napi_key = 4711\nkind = 'nowhere'",
        "[provider]\napi_keey = 'hunter2'",
        "[database]\nurl = 'mysql://root:hunter2@host/db'",
        "[provider]\nendpoint = 'https://root:hunter2@host'",
        "[offline]\nchat_key = 'hunter2'\nchat_url = 'http://127.0.0.1/v1'",
        "[provider]\nmodel = ['hunter2']",
        "[server]\nhost = 1\nport = 'sk-hunter2hunter2hunter2'",
    ],
)
def test_mistake_never_shows_a_secret(config: Config, line: str) -> None:
    text = "\n".join(problems_of(config(line)))
    assert "hunter2" not in text
    assert "4711" not in text


def test_short_ticket_secret_is_told_in_characters(config: Config) -> None:
    [problem] = problems_of(config("[tickets]\nsecret = 'short'"))
    assert "tickets.secret should have at least 32 characters, not 5" in problem


@pytest.mark.parametrize("value", ["true", "nan", "inf", "'many'"])
def test_number_must_be_a_number(config: Config, value: str) -> None:
    [problem] = problems_of(config(f"[server]\ndrain_s = {value}"))
    assert "server.drain_s" in problem
    assert "number" in problem


def test_value_in_place_of_a_section_says_how_to_write_one(config: Config) -> None:
    [problem] = problems_of(config("server = 1"))
    assert problem.endswith("server is a section: write [server] and its settings below it")


def test_agents_in_the_service_file_are_sent_to_their_own_files(config: Config) -> None:
    [problem] = problems_of(config("[agents.sales]\ntitle = 'x'"))
    assert "service.toml:1: agents have files of their own" in problem


def test_missing_setting_is_described(config: Config) -> None:
    [problem] = problems_of(config(support="title = 'x'"))
    assert problem.endswith(
        "instructions is missing: What the model is told before the conversation begins."
    )


def test_agent_must_have_the_name_of_its_file(config: Config) -> None:
    [problem] = problems_of(config(support="name = 'sales'\ntitle = 'x'\ninstructions = 'y'"))
    assert problem.endswith("support.toml:1: name = 'sales' should be the file's: support")


def test_agents_at_numbers_must_exist(config: Config) -> None:
    [problem] = problems_of(config('[phone.numbers]\n"+49 30 1" = "support"\n"+49 30 2" = "sales"'))
    assert problem.endswith(
        "service.toml:3: +49 30 2 = 'sales' has no file agents/sales.toml; there are support"
    )


def test_default_agent_must_exist(config: Config) -> None:
    [problem] = problems_of(config("default_agent = 'sales'"))
    assert problem.endswith(
        "service.toml:1: default_agent = 'sales' has no file agents/sales.toml; there are support"
    )


def test_file_that_is_not_utf_8_is_a_mistake(config: Config) -> None:
    folder = config()
    (folder / "service.toml").write_bytes(b"\xff")
    assert problems_of(folder) == [f"{folder}/service.toml: is not UTF-8 text: save it as UTF-8"]


def test_file_that_cannot_be_read_is_a_mistake(config: Config) -> None:
    folder = config()
    (folder / "agents" / "x.toml").mkdir()
    assert problems_of(folder) == [f"{folder}/agents/x.toml: cannot be read: Is a directory"]


def test_folder_without_settings_is_a_mistake(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [
        f"{tmp_path}: holds no service.toml: name the folder that does"
    ]


def test_config_is_found_by_option_then_variable_then_here(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = config()
    variable = {"AGENT_SERVICE_CONFIG": str(folder)}
    monkeypatch.chdir(PROJECT)
    assert find_config(Path("config"), environment=variable) == Path("config")
    assert find_config(environment=variable) == folder
    assert find_config(folder / "service.toml", environment={}) == folder
    assert find_config(environment={}) == Path("config")
    monkeypatch.chdir(folder)
    shipped = find_config(environment={})
    assert shipped.is_absolute()
    assert (shipped / "agents" / "support.toml").is_file()


def test_process_environment_is_read_when_none_is_given(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_SERVICE_CONFIG", str(config()))
    monkeypatch.setenv("AGENT_SERVICE_SERVER__PORT", "4711")
    assert load().server.port == 4711


LINKS = {
    "AGENT_SERVICE_SERVICE_HOST": "10.96.12.7",
    "AGENT_SERVICE_SERVICE_PORT": "80",
    "AGENT_SERVICE_SERVICE_PORT_HTTP_METRICS": "80",
    "AGENT_SERVICE_PORT": "tcp://10.96.12.7:80",
    "AGENT_SERVICE_PORT_80_TCP": "tcp://10.96.12.7:80",
    "AGENT_SERVICE_PORT_80_TCP_PROTO": "tcp",
    "AGENT_SERVICE_PORT_80_TCP_PORT": "80",
    "AGENT_SERVICE_PORT_80_TCP_ADDR": "10.96.12.7",
    "AGENT_SERVICE_PORT_53_UDP": "udp://[fd00::7]:53",
    "AGENT_SERVICE_PORT_53_UDP_ADDR": "fd00::7",
    "AGENT_SERVICE_PORT_9_SCTP_PROTO": "sctp",
    "AGENT_SERVICE_DATABASE_SERVICE_HOST": "10.96.12.8",
    "AGENT_SERVICE_DATABASE_PORT": "tcp://10.96.12.8:5432",
    "AGENT_SERVICE_SERVER_2_PORT_5432_TCP_ADDR": "10.96.12.8",
    "AGENT_SERVICE_NAME": "/shop/agent-service",
    "AGENT_SERVICE_ENV_AGENT_SERVICE_SERVER__HOST": "0.0.0.0",
    "AGENT_SERVICE_ENV_PATH": "/usr/bin",
}


def test_what_kubernetes_and_docker_tell_of_services_is_no_setting(config: Config) -> None:
    folder = config()
    assert load(folder, environment=LINKS) == load(folder, environment={})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGENT_SERVICE_SERVER_PORT", "80"),
        ("AGENT_SERVICE_PORT", "80"),
        ("AGENT_SERVICE_SERVER__PROT", "tcp://10.96.12.7:80"),
        ("AGENT_SERVICE_NAME", "support"),
        ("AGENT_SERVICE_ENV_X", "1"),
        ("AGENT_SERVICE_SERVICEHOST", "10.96.12.7"),
    ],
)
def test_misspelt_variable_is_not_taken_for_one_of_kubernetes(
    config: Config, name: str, value: str
) -> None:
    [problem] = problems_of(config(), environment={name: value})
    assert problem.startswith(f"{name}: unknown setting")


def test_variable_with_one_underscore_too_few_is_told_the_setting(config: Config) -> None:
    [problem] = problems_of(config(), environment={"AGENT_SERVICE_SERVER_PORT": "80"})
    assert problem.endswith("did you mean server.port?")


@pytest.mark.parametrize("name", [".support.toml", "._support.toml", ".#support.toml"])
def test_hidden_files_of_editors_are_no_agents(config: Config, name: str) -> None:
    folder = config()
    (folder / "agents" / name).symlink_to("nobody@nowhere:1")
    assert list(load(folder, environment={}).agents) == ["support"]


def test_folder_of_agents_that_cannot_be_listed_is_a_mistake(config: Config) -> None:
    folder = config()
    (folder / "agents" / "support.toml").unlink()
    (folder / "agents").rmdir()
    (folder / "agents").touch()
    assert problems_of(folder)[0] == f"{folder}/agents: cannot be read: Not a directory"


def test_config_folder_that_cannot_be_looked_into_is_a_mistake(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 300)
    assert problems_of(folder) == [f"{folder}: cannot be read: File name too long"]


def test_home_that_nobody_has_is_a_mistake() -> None:
    assert problems_of(Path("~nobody-here/config")) == [
        "~nobody-here/config: is no folder: name the one with service.toml"
    ]


def test_home_folder_may_be_written_short(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = config()
    monkeypatch.setenv("HOME", str(folder))
    settings = load(Path("~"), environment={"AGENT_SERVICE_DATA_DIR": "~/x"})
    assert settings.data_dir == folder / "x"


@pytest.mark.parametrize("value", ["", "~nobody-here/x", "a\0b"])
def test_data_folder_that_is_none_is_a_mistake(config: Config, value: str) -> None:
    [problem] = problems_of(config(), overrides={"data_dir": value})
    assert problem.startswith("--data-dir: data_dir = ")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_file_in_another_encoding_is_told_to_be_saved_as_utf_8(
    config: Config, encoding: str
) -> None:
    folder = config()
    (folder / "service.toml").write_text("[server]\nport = 1\n", encoding=encoding)
    assert problems_of(folder) == [f"{folder}/service.toml: is not UTF-8 text: save it as UTF-8"]


def test_marks_and_line_ends_of_windows_are_read(config: Config) -> None:
    folder = config()
    (folder / "service.toml").write_bytes(b"\xef\xbb\xbf[server]\r\nport = 4711\r\n")
    assert load(folder, environment={}).server.port == 4711


def test_file_that_never_ends_is_not_read(config: Config) -> None:
    folder = config()
    os.mkfifo(folder / "agents" / "pipe.toml")
    (folder / "agents" / "zero.toml").symlink_to("/dev/zero")
    assert problems_of(folder) == [
        f"{folder}/agents/pipe.toml: is not a file",
        f"{folder}/agents/zero.toml: is not a file",
    ]


def test_file_that_is_no_settings_by_its_size_is_not_parsed(config: Config) -> None:
    [problem] = problems_of(config("# padding\n" * 1_000_000))
    assert problem.endswith("service.toml: is too large for settings: 262144 bytes at most")


def test_lists_within_lists_without_end_are_a_mistake(config: Config) -> None:
    [problem] = problems_of(config(f"a = {'[' * 9000}{']' * 9000}"))
    assert problem.endswith("is not TOML: lists within lists without end")
