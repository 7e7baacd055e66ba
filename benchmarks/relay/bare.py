"""The yardstick: a relay with ``websockets`` on both sides, on uvloop, that looks at nothing."""

import asyncio
import sys

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


async def pump(
    source: ClientConnection | ServerConnection, target: ClientConnection | ServerConnection
) -> None:
    try:
        async for message in source:
            await target.send(message)
    except ConnectionClosed:
        pass
    await target.close()


async def main(provider_url: str) -> None:
    async def relay(caller: ServerConnection) -> None:
        async with (
            connect(provider_url, compression=None, max_size=None) as provider,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(pump(caller, provider))
            tasks.create_task(pump(provider, caller))

    async with serve(relay, "127.0.0.1", 0, compression=None, max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
