"""An S3 server of the tests' own, and conversations that are on record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from agent_service.recording.storage import ObjectStorage
from agent_service.store.claims import write_claimed
from agent_service.store.database import Database


@dataclass(frozen=True)
class S3:
    """A bucket on a server in this process."""

    endpoint: str
    url: str = "s3://calls/of/tests"

    @property
    def options(self) -> dict[str, str]:
        return {
            "endpoint": self.endpoint,
            "region": "us-east-1",
            "access_key_id": "tests",
            "secret_access_key": "tests",
        }

    def storage(self) -> ObjectStorage:
        return ObjectStorage(self.url, self.options)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """A server that speaks S3, with a bucket."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  its import takes a second

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    assert httpx.put(f"{endpoint}/calls").status_code == 200
    yield S3(endpoint)
    server.stop()


@pytest.fixture
def write(sqlite_database: Database) -> Callable[..., None]:
    """Put records on record."""

    def put(*records: Any) -> None:
        with sqlite_database.write() as session:
            write_claimed(session, [(record, None) for record in records])

    return put
