"""What deploy/ says fits together and with the code: it starts as it is shipped."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent_service.__main__ import COMMANDS, build_parser
from agent_service.settings import Settings, load
from agent_service.web import health

PROJECT = Path(__file__).parents[1]
DEPLOY = PROJECT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
MANIFEST = {
    document["kind"]: document
    for document in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
}
POD = MANIFEST["Deployment"]["spec"]["template"]["spec"]
CONTAINERS = [*POD["initContainers"], *POD["containers"]]
[SERVING] = POD["containers"]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())


def instructions(name: str) -> list[str]:
    """Return what stands after each such word of the Dockerfile."""
    return [
        line.removeprefix(name).strip()
        for line in DOCKERFILE.splitlines()
        if line.startswith(f"{name} ")
    ]


def image_environment() -> dict[str, str]:
    words = " ".join(instructions("ENV")).split()
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def service_links() -> Iterator[tuple[str, str]]:
    """Yield what the kubelet tells every pod of the namespace about the Services in it."""
    for name, port in (("kubernetes", 443), service_name_and_port()):
        prefix, address = name.upper().replace("-", "_"), "10.96.12.7"
        yield f"{prefix}_SERVICE_HOST", address
        yield f"{prefix}_SERVICE_PORT", str(port)
        yield f"{prefix}_PORT", f"tcp://{address}:{port}"
        yield f"{prefix}_PORT_{port}_TCP", f"tcp://{address}:{port}"
        yield f"{prefix}_PORT_{port}_TCP_PROTO", "tcp"
        yield f"{prefix}_PORT_{port}_TCP_PORT", str(port)
        yield f"{prefix}_PORT_{port}_TCP_ADDR", address


def service_name_and_port() -> tuple[str, int]:
    service = MANIFEST["Service"]
    [port] = service["spec"]["ports"]
    return service["metadata"]["name"], port["port"]


def pod_settings(container: Mapping[str, Any], *, has_links: bool) -> Settings:
    """Return the settings as the container's process would load them."""
    [source] = container["envFrom"]
    assert source["secretRef"]["name"] == MANIFEST["Secret"]["metadata"]["name"]
    environment = image_environment() | MANIFEST["Secret"]["stringData"]
    if has_links:
        environment |= dict(service_links())
    return load(PROJECT / "config", environment=environment)


def parsed(command: list[str]) -> str:
    """Return the command's name, having parsed it as the program would."""
    program, name, *options = command
    assert program in PYPROJECT["project"]["scripts"]
    assert name in {known.name for known in COMMANDS}
    build_parser(name).parse_args([name, *options])
    return name


@pytest.mark.parametrize("has_links", [False, True])
@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container["name"])
def test_pod_loads_its_settings_with_and_without_service_links(
    container: dict[str, Any], has_links: bool
) -> None:
    settings = pod_settings(container, has_links=has_links)
    assert settings.database_url.startswith("postgresql+psycopg://")
    assert settings.provider.chosen_kind == "azure"
    assert settings.tickets.secret is not None


def test_pod_asks_for_no_service_links() -> None:
    assert POD["enableServiceLinks"] is False


def test_pod_runs_commands_that_exist() -> None:
    assert [parsed(container["command"]) for container in POD["initContainers"]] == ["migrate"]
    [image_command] = instructions("CMD")
    assert parsed(SERVING.get("command") or yaml.safe_load(image_command)) == "serve"


def test_ports_and_probes_lead_to_the_service() -> None:
    settings = pod_settings(SERVING, has_links=True)
    port = settings.server.port
    paths = {route.path for route in health.routes({}, {})}
    probes = [probe["httpGet"] for name, probe in SERVING.items() if name.endswith("Probe")]
    assert len(probes) == 3
    assert {probe["port"] for probe in probes} == {port}
    assert {probe["path"] for probe in probes} <= paths
    assert [entry["containerPort"] for entry in SERVING["ports"]] == [port]
    assert [entry["targetPort"] for entry in MANIFEST["Service"]["spec"]["ports"]] == [port]
    assert settings.server.host == "0.0.0.0"


def test_service_finds_its_pods() -> None:
    labels = MANIFEST["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert MANIFEST["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert MANIFEST["Service"]["spec"]["selector"] == labels


def test_pod_writes_where_it_may_and_has_time_to_end() -> None:
    settings = pod_settings(SERVING, has_links=False)
    [mount] = SERVING["volumeMounts"]
    assert mount["mountPath"] == str(settings.data_dir)
    assert mount["name"] in {volume["name"] for volume in POD["volumes"]}
    assert [str(POD["securityContext"][name]) for name in ("runAsUser", "fsGroup")] == (
        instructions("USER") * 2
    )
    assert POD["terminationGracePeriodSeconds"] > settings.server.drain_s


def test_image_holds_what_the_package_is_built_from() -> None:
    copied = {word for text in instructions("COPY") for word in text.split()[:-1]}
    wheel = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", PYPROJECT["project"]["readme"], "requirements.lock"}
    assert needed | {*wheel["packages"], *wheel["force-include"]} <= copied
    assert all((PROJECT / name).exists() for name in copied if not name.startswith(("-", "/")))


def test_image_installs_extras_that_exist_for_a_python_that_will_do() -> None:
    found = re.search(r"pip install .*\"\.\[([a-z,]+)\]\"", DOCKERFILE)
    assert found is not None
    assert set(found[1].split(",")) <= PYPROJECT["project"]["optional-dependencies"].keys()
    versions = {text.split()[0].removeprefix("python:") for text in instructions("FROM")}
    assert versions == {PYPROJECT["project"]["requires-python"].removeprefix(">=") + "-slim"}


def test_image_alone_is_one_service_on_its_port() -> None:
    settings = load(PROJECT / "config", environment=image_environment())
    port = settings.server.port
    assert instructions("EXPOSE") == [str(port)]
    assert instructions("VOLUME") == [str(settings.data_dir)]
    [found] = re.findall(
        r"http://127\.0\.0\.1:([0-9]+)(/\w+)", " ".join(instructions("HEALTHCHECK"))
    )
    assert found[0] == str(port)
    assert found[1] in {route.path for route in health.routes({}, {})}


VARIABLES = {"POSTGRES_PASSWORD": "p@ss:w/ord#%?" * 3, "TICKET_SECRET": "s" * 32}


def compose_environment(service: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment of a container, with nothing set but what must be."""

    def value(found: re.Match[str]) -> str:
        name, _, default = found[1].partition(":")
        return VARIABLES.get(name, "") if default[:1] in ("-", "?") else VARIABLES[name]

    own = {
        name: re.sub(r"\$\{([^}]*)\}", value, str(text))
        for name, text in service["environment"].items()
    }
    return image_environment() | own


@pytest.mark.parametrize("name", ["migrate", "service"])
def test_composed_services_load_their_settings(name: str) -> None:
    service = COMPOSE["services"][name]
    environment = compose_environment(service)
    settings = load(PROJECT / "config", environment=environment)
    assert settings.database_url == "postgresql+psycopg://agent@database/agent"
    assert environment["PGPASSWORD"] == VARIABLES["POSTGRES_PASSWORD"]
    assert settings.provider.chosen_kind == "offline"
    assert (DEPLOY / service["build"]["context"]).resolve() == PROJECT
    assert (PROJECT / service["build"]["dockerfile"]).is_file()


def test_composed_database_is_the_one_that_the_services_use() -> None:
    database = COMPOSE["services"]["database"]
    environment = compose_environment(database)
    assert environment["POSTGRES_PASSWORD"] == VARIABLES["POSTGRES_PASSWORD"]
    assert (environment["POSTGRES_USER"], environment["POSTGRES_DB"]) == ("agent", "agent")


def test_composed_service_starts_after_the_migration_and_has_time_to_end() -> None:
    services = COMPOSE["services"]
    settings = load(PROJECT / "config", environment=compose_environment(services["service"]))
    assert parsed(services["migrate"]["command"]) == "migrate"
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["service"]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"}
    }
    assert services["service"]["ports"] == [f"127.0.0.1:8080:{settings.server.port}"]
    assert services["service"]["volumes"] == [f"data:{settings.data_dir}"]
    assert float(services["service"]["stop_grace_period"].removesuffix("s")) > (
        settings.server.drain_s
    )
