// Moves the microphone's samples to the page as PCM16 at 24 kHz, 40 ms at a time.

const RATE = 24000;
const FRAME = (RATE * 40) / 1000;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE; // input samples for one output sample
    this.position = 0; // of the next output sample, in input samples from the block's start
    this.last = 0; // the sample before the block
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  process([input]) {
    const block = input[0];
    if (block === undefined) {
      return true;
    }
    for (; this.position < block.length; this.position += this.step) {
      const index = Math.floor(this.position);
      const before = index === 0 ? this.last : block[index - 1];
      this.#put(before + (block[index] - before) * (this.position - index));
    }
    this.position -= block.length;
    this.last = block[block.length - 1];
    return true;
  }

  #put(value) {
    this.frame[this.filled] = Math.max(-1, Math.min(1, value)) * 32767;
    this.filled += 1;
    if (this.filled === FRAME) {
      this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
      this.frame = new Int16Array(FRAME);
      this.filled = 0;
    }
  }
}

registerProcessor("capture", Capture);
