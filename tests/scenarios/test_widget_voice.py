"""A customer speaks to the widget's client in a browser: what leaves the page is heard again."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.async_api import Page

from agent_service.audio import read_wav, resample, to_pcm, write_wav
from agent_service.offline.speech.engine import LocalSpeech

# Keeps all that leaves the page for the loudspeaker, block by block.
RECORDER = """
window.blocks = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    const source = `registerProcessor("recorder", class extends AudioWorkletProcessor {
      process([[block]]) {
        if (block) this.port.postMessage(block.slice());
        return true;
      }
    })`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    window.rate = this.context.sampleRate;
    this.context.audioWorklet.addModule(url).then(() => {
      const node = new AudioWorkletNode(this.context, "recorder", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => blocks.push([performance.now(), data]);
      connect.call(this, node);
    });
  }
  return connect.call(this, target, ...rest);
};
window.taken = (from) => {
  const parts = blocks.filter(([at]) => at >= from).map(([, block]) => block);
  const all = new Float32Array(parts.length * 128);
  parts.forEach((block, at) => all.set(block, at * 128));
  const bytes = new Uint8Array(all.buffer);
  let letters = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(letters);
};
null;
"""
CONNECT = """async (options) => {
  const { connect } = await import("/widget/client/client.js");
  const asked = async () => (await fetch("/demo/ticket", { method: "POST" })).json();
  const ticket = async () => (await asked()).ticket;
  window.c = await connect({ ticket, storage: sessionStorage, ...options });
}"""
LISTEN = """() => {
  c.on("levels", ({ caller }) => { if (caller > 0.02) window.spokeAt = performance.now(); });
}"""
WAITED_MS = """() => {
  const isLoud = (block) => block.some((sample) => sample > 0.01);
  return blocks.find(([at, block]) => at > spokeAt && isLoud(block))[0] - spokeAt;
}"""
ANSWER_MS = 30_000


@asynccontextmanager
async def voice_page(up: Any, browse: Any, microphone: str) -> AsyncIterator[Page]:
    """Open an empty page with a microphone that hears this WAV from when it is opened."""
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
    )
    # It has to be a page of the service: a browser lets no stranger's talk to this machine.
    # (Its icon is not found.)
    async with browse(f"{up.url}/healthz", *flags, expected="404") as page:
        await page.evaluate(RECORDER)
        yield page


async def until(page: Page, condition: str) -> None:
    await page.wait_for_function(condition, timeout=ANSWER_MS)


@pytest.fixture(scope="module")
def ears() -> LocalSpeech:
    return LocalSpeech(workers=1)


async def left_page(page: Page, since: float) -> NDArray[np.float32]:
    return np.frombuffer(b64decode(await page.evaluate("taken", since)), "<f4")


async def heard(page: Page, ears: LocalSpeech, since: float) -> str:
    """Return the words of what has left the page since then."""
    sound = await left_page(page, since)
    pcm = resample(to_pcm(sound * 32_767), await page.evaluate("rate"), 24_000)
    words = ""
    for start in range(0, len(pcm), 48 * 20_000):
        words += (await ears.recognise(pcm[start : start + 48 * 20_000])).text + " "
    return words.lower()


async def greeted(page: Page) -> None:
    """Connect, hear the greeting, and switch the microphone on."""
    await page.evaluate(CONNECT, {"mode": "audio"})
    await until(page, "c.captions.some(({ role, isFinal }) => role === 'agent' && isFinal)")
    await until(page, "c.state.activity === 'listening'")
    await page.evaluate("c.speak()")


def test_a_spoken_question_is_answered_aloud(
    up: Any, browse: Any, speak: Callable[[str], str], ears: LocalSpeech, figure: Any
) -> None:
    async def scenario() -> None:
        question = f"{speak('Where is my order one zero zero four?')}%noloop"
        async with voice_page(up, browse, question) as page:
            await greeted(page)
            asked_at = await page.evaluate("performance.now()")
            await page.evaluate(LISTEN)
            answer = "({ isFinal, text }) => isFinal && text.includes('Blue Courier')"
            await until(page, f"c.captions.some({answer})")
            await until(page, "c.state.activity === 'listening'")
            waited_ms = await page.evaluate(WAITED_MS)
            figure(f"{waited_ms:.0f} ms from the caller's last sound to the agent's first")
            asked, looked, answered = await page.evaluate(
                f"""[c.captions.find(({{ role }}) => role === 'caller').turnId, c.tools[0].after,
                c.captions.find({answer}).turnId]"""
            )
            assert (
                asked <= looked < answered
            )  # although what was asked is known later, by its words
            words = await heard(page, ears, asked_at)
            assert "order 1004" in words
            assert "should arrive" in words
            await page.evaluate("c.end()")
            await until(page, "c.state.connection === 'ended'")

    asyncio.run(scenario())


def test_a_barge_in_is_on_record_as_far_as_the_page_has_sounded(
    up: Any, browse: Any, speak: Callable[[str], str], tmp_path: Path, figure: Any
) -> None:
    question = read_wav(Path(speak("Where is my order one zero zero four?")))
    microphone = tmp_path / "again_and_again.wav"
    # The next time comes while the first is answered.
    write_wav(microphone, question + bytes(48 * 5_500))

    async def scenario() -> None:
        async with voice_page(up, browse, str(microphone)) as page:
            await greeted(page)
            await until(page, "c.state.activity === 'speaking'")
            began_at = await page.evaluate("performance.now()")
            await until(page, "c.captions.some(({ isInterrupted }) => isInterrupted)")
            sound = await left_page(page, began_at - 500)
            cut = await page.evaluate("c.captions.find(({ isInterrupted }) => isInterrupted)")
            conversation_id = await page.evaluate("c.conversationId")
            await page.evaluate("c.end()")
            turns = up.ask(f"/api/conversations/{conversation_id}")["turns"]
            turn = next(each for each in turns if each["is_interrupted"])
            assert turn["heard_text"] == cut["heardText"]
            assert turn["text"].startswith(turn["heard_text"])
            loud = np.nonzero(np.abs(sound) > 1e-3)[0]
            sounded_ms = (loud[-1] - loud[0]) * 1000 / await page.evaluate("rate")
            figure(f"{turn['heard_ms']} ms on record, {sounded_ms:.0f} ms left the page")
            assert abs(turn["heard_ms"] - sounded_ms) < 100

    asyncio.run(scenario())
