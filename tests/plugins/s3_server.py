"""An object store of the tests' own: a real server that speaks S3, in this process."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from agent_service.recording.storage import ObjectStorage


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
