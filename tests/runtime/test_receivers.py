"""Receivers are what the settings name, checked at the start; without one, nothing is confirmed."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent_service.errors import SettingsError
from agent_service.runtime.receivers import load_receivers
from agent_service.settings import load


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Write a module that can be imported; return its name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, text: str) -> str:
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    return write


def test_receiver_may_be_an_object_or_a_class(module: Callable[[str, str], str]) -> None:
    name = module(
        "some_bank",
        "class Bank:\n    def deliver(self, message):\n        return None\nbank = Bank()\n",
    )
    found = load_receivers({"refund": f"{name}:bank", "message": f"{name}:Bank"})
    assert all(callable(receiver.deliver) for receiver in found.values())


@pytest.mark.parametrize(
    ("text", "attribute", "why"),
    [
        ("", "bank", "AttributeError: module 'wrong_bank' has no attribute 'bank'"),
        ("bank = 7", "bank", "TypeError: bank has no method deliver(message)"),
        ("raise KeyError('DSN')", "bank", "KeyError: 'DSN'"),
        ("import sys; sys.exit('no license')", "bank", "SystemExit: no license"),
        ("class Bank:\n    def __init__(self, key): ...", "Bank", "TypeError: Bank.__init__()"),
        ("def (", "bank", "SyntaxError: "),
    ],
)
def test_receiver_that_cannot_be_used_is_a_sentence(
    module: Callable[[str, str], str], text: str, attribute: str, why: str
) -> None:
    name = module("wrong_bank", text)
    with pytest.raises(SettingsError) as caught:
        load_receivers({"refund": f"{name}:{attribute}", "message": "no_such_module:x"})
    first, second = caught.value.problems
    assert first.startswith(f"service.toml: outbox.receivers.refund = 'wrong_bank:{attribute}'")
    assert why in first
    assert "Name module:attribute" in first
    assert "No module named 'no_such_module'" in second


def config(tmp_path: Path, lines: str) -> Path:
    (tmp_path / "agents").mkdir()
    shipped = Path(__file__).parents[2] / "config" / "agents" / "support.toml"
    (tmp_path / "agents" / "support.toml").write_text(shipped.read_text())
    (tmp_path / "service.toml").write_text(f"[outbox.receivers]\n{lines}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('refund = "shop.payments"', "should be module:attribute"),
        ('refund = "shop payments:x"', "should be module:attribute"),
        ('team = "shop.payments:x"', "takes no receiver"),
        ('"re fund" = "shop.payments:x"', "should be a kind of message"),
        ("refund = 7", "should be a valid string"),
    ],
)
def test_malformed_receiver_is_refused_with_its_place(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(config(tmp_path, line), environment={})
    (problem,) = caught.value.problems
    assert "service.toml" in problem
    assert why in problem


def test_receiver_may_come_from_the_environment(tmp_path: Path) -> None:
    environment: dict[str, Any] = {"AGENT_SERVICE_OUTBOX__RECEIVERS__REFUND": "shop.payments:bank"}
    settings = load(config(tmp_path, 'message = "shop.letters:post"'), environment=environment)
    assert settings.outbox.receivers == {
        "message": "shop.letters:post",
        "refund": "shop.payments:bank",
    }
