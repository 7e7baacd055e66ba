"""Receivers of outbox messages that need nothing but this machine."""

import json
from pathlib import Path

from agent_service.private_files import make_folder, write_file
from agent_service.runtime.outbox_worker import Delivery
from agent_service.store.outbox import OutboxMessage


class FileReceiver:
    """Writes each message to a file of its own: for trying the service out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: OutboxMessage) -> Delivery:
        make_folder(self._folder)
        path = self._folder / f"{message.idempotency_key}.json"
        content = json.dumps({"kind": message.kind, **message.payload}, indent=2)
        write_file(path, f"{content}\n")
        return Delivery(is_done=True, answer=path.name)
