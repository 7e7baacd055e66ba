// Plays the agent's samples in order and reports how far each item came: five times a second while
// it sounds, at its end, and at once when it is cleared.

const REPORT_EVERY = sampleRate / 5;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.queue = [];
    this.last = null; // the latest position, also after the queue has run empty
    this.unreported = 0;
    this.port.onmessage = ({ data }) => (data.samples ? this.queue.push(data) : this.#clear(data));
  }

  process(inputs, [output]) {
    const block = output[0];
    let filled = 0;
    while (filled < block.length && this.queue.length > 0) {
      const piece = this.queue[0];
      piece.done ??= 0;
      const part = piece.samples.subarray(piece.done, piece.done + block.length - filled);
      for (let index = 0; index < part.length; index += 1) {
        block[filled + index] = part[index] / 32768;
      }
      filled += part.length;
      piece.done += part.length;
      this.unreported += part.length;
      this.last = this.#position(piece);
      if (piece.done === piece.samples.length) {
        this.queue.shift();
        if (this.queue[0]?.itemId !== piece.itemId) {
          this.#report();
        }
      }
    }
    if (this.unreported >= REPORT_EVERY) {
      this.#report();
    }
    return true;
  }

  #clear({ clear }) {
    const next = this.queue.find((piece) => piece.itemId === clear);
    this.queue = this.queue.filter((piece) => piece.itemId !== clear);
    if (next !== undefined) {
      this.last = this.#position(next);
    }
    if (this.last?.itemId === clear) {
      this.#report();
    }
  }

  #position({ itemId, offsetMs, done }) {
    return { itemId, playedMs: offsetMs + Math.floor(((done ?? 0) * 1000) / sampleRate) };
  }

  #report() {
    this.unreported = 0;
    this.port.postMessage(this.last);
  }
}

registerProcessor("playback", Playback);
