"""Receivers of outbox messages: those that the settings name, and files for trying things out."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path

from agent_service.errors import SettingsError
from agent_service.private_files import make_folder, write_file
from agent_service.runtime.deliveries import Delivery, Receiver
from agent_service.store.outbox import OutboxMessage


class FileReceiver:
    """Writes each message to a file of its own: for trying the service out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: OutboxMessage) -> Delivery:
        make_folder(self._folder)
        path = self._path(message.idempotency_key)
        content = json.dumps({"kind": message.kind, **message.payload}, indent=2)
        write_file(path, f"{content}\n")
        return Delivery(is_done=True, answer=path.name)

    def delete(self, idempotency_key: str) -> None:
        """Delete what was written of a message, if anything was."""
        self._path(idempotency_key).unlink(missing_ok=True)

    def _path(self, idempotency_key: str) -> Path:
        return self._folder / f"{idempotency_key}.json"


def load_receivers(names: Mapping[str, str]) -> dict[str, Receiver]:
    """Return the receivers by kind, each from ``module:attribute``.

    Raises SettingsError with every one that cannot be used.
    """
    receivers, problems = {}, []
    for kind, name in names.items():
        try:
            receivers[kind] = _load(name)
        except (Exception, SystemExit) as error:
            # The seam to the company's module: whatever its import does becomes a sentence.
            problems.append(_problem(kind, name, error))
    if problems:
        raise SettingsError(problems)
    return receivers


def _load(name: str) -> Receiver:
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    receiver = found() if isinstance(found, type) else found
    if not callable(getattr(receiver, "deliver", None)):
        raise TypeError(f"{attribute} has no method deliver(message)")
    return receiver  # type: ignore[no-any-return]  # what it answers is checked each time


def _problem(kind: str, name: str, error: BaseException) -> str:
    return (
        f"service.toml: outbox.receivers.{kind} = {name!r} cannot be used:"
        f" {type(error).__name__}: {error}. Name module:attribute of a receiver that is installed"
        " beside the service; docs/tools.md says what one is"
    )
