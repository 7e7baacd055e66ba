"""A caller shows a picture to the whole service: it is kept, and the agent is honest about it."""

import asyncio
import io
from typing import Any

import httpx
from PIL import Image
from typist import begin


def photo() -> bytes:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    Image.new("RGB", (2400, 1800), "orange").save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_a_picture_is_kept_and_the_offline_agent_says_that_it_cannot_see(up: Any) -> None:
    async def scenario() -> str:
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=up.url) as http:
            caller = await begin(up.url)
            sent = await http.post(
                f"/api/conversations/{caller.conversation_id}/pictures",
                content=photo(),
                headers={"Authorization": f"Bearer {caller.token}"},
            )
            assert sent.status_code == 201, sent.text
            await caller.send(type="picture", number=sent.json()["picture"]["number"])
            said = ""
            while "picture" not in said:
                said = (await caller.until("transcript", role="agent", is_final=True))["text"]
            assert "cannot see" in said
            assert "open a ticket" in said
            await caller.send(type="end")
            await caller.until("ended", reason="caller_ended")
            await caller.socket.close()
            return caller.conversation_id

    conversation_id = asyncio.run(scenario())
    turns = up.ask(f"/api/conversations/{conversation_id}")["turns"]
    assert [turn["text"] for turn in turns if turn["role"] == "caller"] == ["[picture 1]"]
    path = f"/api/conversations/{conversation_id}/pictures/1"
    kept = httpx.get(up.url + path, headers={"Authorization": f"Bearer {up.token}"})
    assert b"a camera" not in kept.content
    assert Image.open(io.BytesIO(kept.content)).size == (1600, 1200)
