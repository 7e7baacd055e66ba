"""The API as a program meets it that knows no more than its description."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent_service.__main__ import main
from agent_service.store.admin_tokens import Scope

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
UNENDING = "/api/live"
UNSAYABLE = "positive_data_acceptance"
"""No description can say that two filters contradict each other, or which agents there are."""


@pytest.fixture(scope="module")
def service(start_up: Callable[..., Any]) -> Any:
    """A service of its own: what is tried switches tools off and erases customers."""
    return start_up()


@pytest.fixture(scope="module")
def operations(service: Any) -> list[tuple[str, str, Scope | None]]:
    """Every address and method that is described, and the scope that it says it needs."""
    told = httpx.get(f"{service.url}/api/openapi.json").json()
    found: list[tuple[str, str, Scope | None]] = []
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            words = operation.get("description", "")
            needed = next((scope for scope in Scope if f"`{scope}`" in words), None)
            assert (needed is not None) is ("security" in operation), path
            found.append((path.replace("{", "").replace("}", ""), method, needed))
    return found


def _in(service: Any) -> list[str]:
    return ["--data-dir", str(service.data_dir)]


@pytest.mark.timeout(600)  # some thousand requests
def test_nothing_is_found_by_asking_what_the_description_allows_and_what_not(
    service: Any,
) -> None:
    done = subprocess.run(
        [
            *(str(SCHEMATHESIS), "run", f"{service.url}/api/openapi.json", "--no-color"),
            *("--header", f"Authorization: Bearer {service.token}"),
            *("--exclude-path", UNENDING, "--exclude-checks", UNSAYABLE),
            *("--phases", "coverage,fuzzing", "--max-examples", "3", "--seed", "1"),
        ],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
        cwd=service.data_dir,
    )
    assert done.returncode == 0, done.stdout[-6000:]


def test_each_address_wants_the_scope_that_it_says(
    service: Any,
    operations: list[tuple[str, str, Scope | None]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    tokens = {}
    for scope in Scope:
        assert main(["tokens", "add", scope, "--scopes", scope, *_in(service)]) == 0
        tokens[scope] = capsys.readouterr().out.strip()
    guarded = [operation for operation in operations if operation[2] is not None]
    assert len(guarded) > 15
    with httpx.Client(base_url=service.url) as client:
        for path, method, needed in guarded:
            for scope, token in tokens.items():
                may = scope in (needed, Scope.ADMIN)
                if may and (path == UNENDING or method != "get"):
                    continue
                answer = client.request(method, path, headers={"Authorization": f"Bearer {token}"})
                assert (answer.status_code != 403) is may, (path, method, scope)
            assert client.request(method, path).status_code == 401, path


def test_what_an_address_does_not_know_is_refused_everywhere_in_the_same_way(
    service: Any, operations: list[tuple[str, str, Scope | None]]
) -> None:
    headers = {"Authorization": f"Bearer {service.token}"}
    with httpx.Client(base_url=service.url, headers=headers) as client:
        for path, method, _ in operations:
            if path.startswith("/api/export"):
                path = path.replace("/list", "/turns")
            path = re.sub("/number$", "/1", path)
            answer = client.request(method, f"{path}?odd=1&odd=2")
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_query"), path
            assert {one["field"] for one in answer.json()["problems"]} == {"odd"}, path


def test_a_token_ends_with_its_last_day_or_when_it_is_revoked(
    service: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tokens", "add", "page", "--scopes", "read", "--days", "1", *_in(service)]) == 0
    token = capsys.readouterr().out.strip()

    def status() -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{service.url}/api/conversations", headers=headers).status_code

    assert status() == 200
    assert main(["tokens", "list", *_in(service)]) == 0
    listed = capsys.readouterr().out
    assert "page" in listed
    assert token not in listed
    assert main(["tokens", "add", "page", "--scopes", "read", *_in(service)]) == 1
    assert "revoke it" in capsys.readouterr().err
    assert main(["tokens", "revoke", "page", *_in(service)]) == 0
    assert status() == 401
    assert main(["tokens", "revoke", "page", *_in(service)]) == 1


@pytest.mark.parametrize(
    "wrong", [["--scopes", "write"], ["--scopes", "read", "--days", "0"], []], ids=str
)
def test_a_token_for_what_there_is_not_is_refused(
    service: Any, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tokens", "add", "wrong", *wrong, *_in(service)])
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_every_address_of_the_api_is_described(
    operations: list[tuple[str, str, Scope | None]],
) -> None:
    described = {path for path, _, _ in operations}
    documented = {"/api/conversations/id/peaks", "/api/live", "/api/stats", "/api/tickets"}
    assert documented <= described
