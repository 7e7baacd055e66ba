// The two ends of the sound, on the browser's audio thread. Between the device's rate and the 24 kHz
// of the conversation stands a low-pass filter. One file without imports, so that bundlers may copy it.

const RATE = 24_000;
const MS = RATE / 1_000;
const FRAME = 20 * MS;
const FADE = 5 * MS;
const ZERO_CROSSINGS = 32;
const KAISER_BETA = 9;
// Where the filter's slope lies: its end meets half of the lower rate, 90 dB down.
const CUTOFF = 0.91;
const REPORT_EVERY_S = 0.2;
const METER_EVERY_S = 0.05;
const SHORTEST_CUSHION_MS = 60;
const LONGEST_CUSHION_MS = 400;
const LATE_FRAMES = 2; // one after the other, while there is something left to play
const GAPS = 3; // for single ones a line is not slow
const MOST_GAPS = 6; // in one item, of which nothing can be understood any more

/** Converts between two rates by a windowed sinc, in phases. */
export class Resampler {
  /**
   * @param {number} from
   * @param {number} to
   */
  constructor(from, to) {
    const shared = divisor(from, to);
    this.phases = to / shared;
    this.step = from / shared;
    const isSame = from === to;
    const band = isSame ? 1 : CUTOFF * Math.min(1, to / from);
    this.half = isSame ? 1 : Math.ceil(ZERO_CROSSINGS * Math.max(1, from / to));
    this.taps = 2 * this.half;
    this.table = kernels(this.phases, this.half, band);
    // Twice the window, so that the newest taps always lie side by side.
    this.window = new Float32Array(2 * this.taps);
    this.at = 0;
    this.phase = this.phases;
  }

  /** How much later a sample comes out, in seconds of the rate that goes in. */
  get delay() {
    return this.half;
  }

  /** @param {number} sample */
  put(sample) {
    this.window[this.at] = this.window[this.at + this.taps] = sample;
    this.at = (this.at + 1) % this.taps;
    this.phase -= this.phases;
  }

  /** Whether another sample has to be put before the next one can be taken. */
  get isHungry() {
    return this.phase >= this.phases;
  }

  take() {
    const { table, window, taps, at } = this;
    const row = this.phase * taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      sum += table[row + tap] * window[at + tap];
    }
    this.phase += this.step;
    return sum;
  }
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b);
}

/**
 * @param {number} phases
 * @param {number} half
 * @param {number} band
 */
function kernels(phases, half, band) {
  const taps = 2 * half;
  const table = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase += 1) {
    const row = table.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const x = tap - half + 1 - phase / phases;
      row[tap] = Math.abs(x) < half ? band * sinc(band * x) * kaiser(x / half) : 0;
      sum += row[tap];
    }
    row.forEach((_, tap) => (row[tap] /= sum));
  }
  return table;
}

/** @param {number} x */
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
/** @param {number} x */
const kaiser = (x) => bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);

/** @param {number} x */
function bessel(x) {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-12; n += 1) {
    term *= (x / (2 * n)) ** 2;
    sum += term;
  }
  return sum;
}

/** The loudness of a short while. */
class Meter {
  /** @param {(level: number) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.sum = 0;
    this.count = 0;
  }

  /** @param {Float32Array} block */
  take(block) {
    for (const sample of block) {
      this.sum += sample * sample;
    }
    this.count += block.length;
    if (this.count >= METER_EVERY_S * sampleRate) {
      this.tell(Math.min(1, Math.sqrt(this.sum / this.count)));
      this.sum = this.count = 0;
    }
  }
}

/** Moves the microphone's samples to the page as PCM16 at 24 kHz, 20 ms at a time. */
class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.sum = 0;
  }

  /** @param {Float32Array[][]} inputs */
  process([input]) {
    for (const sample of input?.[0] ?? []) {
      this.resampler.put(sample);
      while (!this.resampler.isHungry) {
        this.#keep(this.resampler.take());
      }
    }
    return true;
  }

  /** @param {number} sample */
  #keep(sample) {
    this.sum += sample * sample;
    this.frame[this.filled] = Math.round(Math.max(-32768, Math.min(32767, sample * 32768)));
    this.filled += 1;
    if (this.filled === FRAME) {
      const level = Math.min(1, Math.sqrt(this.sum / FRAME));
      this.port.postMessage({ buffer: this.frame.buffer, level }, [this.frame.buffer]);
      this.frame = new Int16Array(FRAME);
      this.filled = this.sum = 0;
    }
  }
}

/**
 * @typedef {{itemId: string, offset: number, samples: Int16Array, at: number}} Piece offset in
 *   samples; `at`: how many of them have been taken
 * @typedef {{itemId: string, offset: number, count: number, from: number}} Stretch what the device
 *   puts out from the frame `from` on
 */

/** Plays the agent's samples in order, and reports how far the device has put each item out. */
class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(RATE, sampleRate);
    this.meter = new Meter((level) => this.port.postMessage({ type: "level", level }));
    /** @type {Piece[]} */
    this.queue = [];
    /** @type {Stretch[]} oldest first */
    this.stretches = [];
    /** @type {Float32Array} samples of a cleared item that fade out */
    this.tail = new Float32Array(0);
    this.tailAt = 0;
    this.last = 0;
    this.quiet = 0; // samples since the last that was not nothing
    this.gain = 1;
    this.latencyS = 0;
    this.isHeld = false;
    this.isFlowing = false;
    this.flowsFrom = 0;
    this.cushionMs = SHORTEST_CUSHION_MS;
    /** @type {{itemId: string, offset: number, from: number, late: number} | null} how an item comes in */
    this.pace = null;
    this.gaps = 0;
    this.itemGaps = 0;
    /** @type {{itemId: string, end: number} | null} the latest that was taken */
    this.newest = null;
    this.reportAt = 0;
    /** @type {{itemId: string, playedMs: number} | null} */
    this.reported = null;
    this.isSounding = false;
    this.silentFrames = 0;
    this.port.onmessage = ({ data }) => this.#obey(data);
  }

  /** @param {any} data */
  #obey(data) {
    switch (data.type) {
      case "play":
        this.#queue(data);
        break;
      case "clear":
        this.#clear(data.itemId);
        break;
      case "hold":
        this.isHeld = data.isOn;
        break;
      case "latency":
        this.latencyS = data.seconds;
        break;
    }
  }

  /** @param {{itemId: string, offsetMs: number, samples: Int16Array}} frame */
  #queue({ itemId, offsetMs, samples }) {
    const offset = offsetMs * MS;
    const before = this.queue.at(-1) ?? null;
    const end = before?.itemId === itemId ? before.offset + before.samples.length : this.#endOf(itemId);
    // What comes a second time is not said a second time.
    const known = Math.min(Math.max(end - offset, 0), samples.length);
    if (known === samples.length) {
      return;
    }
    this.#watch(itemId, offset);
    if (this.queue.length === 0 && !this.isFlowing) {
      this.#cushion(itemId);
    }
    this.queue.push({ itemId, offset: offset + known, samples: samples.subarray(known), at: 0 });
  }

  /**
   * Notice a line that brings sound more slowly than it is played before the sound runs out.
   * @param {string} itemId
   * @param {number} offset
   */
  #watch(itemId, offset) {
    if (this.pace?.itemId !== itemId) {
      this.pace = { itemId, offset, from: currentTime, late: 0 };
    }
    const { pace } = this;
    const lateMs = (currentTime - pace.from) * 1_000 - (offset - pace.offset) / MS;
    pace.late = lateMs >= this.cushionMs / 2 ? pace.late + 1 : 0;
    if (pace.late === LATE_FRAMES) {
      this.port.postMessage({ type: "slow" });
    }
  }

  /** @param {string} itemId */
  #endOf(itemId) {
    return this.newest?.itemId === itemId ? this.newest.end : 0;
  }

  /**
   * Wait for a little more before it sounds; longer on a line that let it run dry.
   * @param {string} itemId
   */
  #cushion(itemId) {
    if (this.newest?.itemId === itemId) {
      this.cushionMs = Math.min(this.cushionMs * 2, LONGEST_CUSHION_MS);
      this.gaps += 1;
      if (this.gaps === GAPS) {
        this.port.postMessage({ type: "slow" });
      }
      this.itemGaps += 1;
      if (this.itemGaps === MOST_GAPS) {
        this.port.postMessage({ type: "tooSlow" });
      }
      this.gain = 0;
    } else {
      this.itemGaps = 0;
      this.cushionMs = Math.max(this.cushionMs * 0.8, SHORTEST_CUSHION_MS);
    }
    this.flowsFrom = currentTime + this.cushionMs / 1_000;
  }

  /** @param {string | undefined} itemId of all items, where it is left out */
  #clear(itemId) {
    const isCleared = (/** @type {{itemId: string}} */ one) =>
      itemId === undefined || one.itemId === itemId;
    const first = this.queue[0];
    if (first && isCleared(first) && first.at > 0) {
      this.tail = Float32Array.from(first.samples.subarray(first.at, first.at + FADE), (sample, at) =>
        (sample / 32768) * (1 - (at + 1) / FADE),
      );
      this.tailAt = 0;
    }
    const unheard = new Set(this.queue.filter(isCleared).map((piece) => piece.itemId));
    this.queue = this.queue.filter((piece) => !isCleared(piece));
    // What the device has been given cannot be taken back: it will have been heard.
    const heard = this.stretches.filter(isCleared).at(-1);
    this.stretches = this.stretches.filter((stretch) => !isCleared(stretch));
    if (heard) {
      this.#report(heard.itemId, heard.offset + heard.count);
      unheard.delete(heard.itemId);
    }
    for (const id of unheard) {
      this.#report(id, this.#endOf(id));
    }
    this.quiet = 0;
  }

  /**
   * @param {Float32Array[][]} inputs
   * @param {Float32Array[][]} outputs
   */
  process(inputs, [output]) {
    const block = output[0];
    this.isFlowing = this.#flows();
    if (this.isFlowing || this.quiet <= this.resampler.taps) {
      for (let at = 0; at < block.length; at += 1) {
        while (this.resampler.isHungry) {
          this.resampler.put(this.#next(currentFrame + at));
        }
        block[at] = this.resampler.take();
      }
    }
    for (const other of output.slice(1)) {
      other.set(block);
    }
    this.meter.take(block);
    this.#tell();
    return true;
  }

  /** Whether what is queued is to sound now. */
  #flows() {
    if (this.isHeld || this.queue.length === 0) {
      return false;
    }
    const queued = this.queue.reduce((sum, { samples, at }) => sum + samples.length - at, 0);
    return this.isFlowing || currentTime >= this.flowsFrom || queued >= this.cushionMs * MS;
  }

  /** @param {number} frame at which it leaves */
  #next(frame) {
    this.quiet += 1;
    if (this.tailAt < this.tail.length) {
      this.quiet = this.last = 0;
      this.tailAt += 1;
      return this.tail[this.tailAt - 1];
    }
    const piece = this.queue[0];
    if (this.isFlowing && piece !== undefined) {
      this.quiet = 0;
      return this.#of(piece, frame);
    }
    // Where sound stops in its midst, it does so without a click.
    this.gain = 0;
    this.last = Math.abs(this.last) < 1e-4 ? 0 : this.last * 0.95;
    this.quiet = this.last === 0 ? this.quiet : 0;
    return this.last;
  }

  /**
   * @param {Piece} piece
   * @param {number} frame
   */
  #of(piece, frame) {
    this.gain = piece.offset + piece.at === 0 ? 1 : Math.min(1, this.gain + 1 / FADE);
    this.last = (piece.samples[piece.at] / 32768) * this.gain;
    const offset = piece.offset + piece.at;
    const from = frame + (this.resampler.delay * sampleRate) / RATE;
    const stretch = this.stretches.at(-1);
    const isNext = stretch?.itemId === piece.itemId && stretch.offset + stretch.count === offset;
    if (isNext && from - this.#end(stretch) < sampleRate / 1_000) {
      stretch.count += 1;
    } else {
      this.stretches.push({ itemId: piece.itemId, offset, count: 1, from });
    }
    piece.at += 1;
    this.newest = { itemId: piece.itemId, end: offset + 1 };
    if (piece.at === piece.samples.length) {
      this.queue.shift();
    }
    return this.last;
  }

  /** @param {Stretch} stretch */
  #end(stretch) {
    return stretch.from + (stretch.count * sampleRate) / RATE;
  }

  /** Report how far the device has come: regularly, and at once where an item is over. */
  #tell() {
    const now = currentFrame - this.latencyS * sampleRate;
    const [stretch, following] = this.stretches;
    this.#sound(stretch !== undefined && stretch.from <= currentFrame);
    if (stretch === undefined || stretch.from > now) {
      return;
    }
    const isOver = this.#end(stretch) <= now && (following !== undefined || this.queue.length === 0);
    if (isOver || currentTime >= this.reportAt) {
      const count = Math.min(stretch.count, ((now - stretch.from) * RATE) / sampleRate);
      this.#report(stretch.itemId, stretch.offset + count);
    }
    if (isOver) {
      this.stretches.shift();
    }
  }

  /**
   * @param {string} itemId
   * @param {number} samples
   */
  #report(itemId, samples) {
    this.reportAt = currentTime + REPORT_EVERY_S;
    const playedMs = Math.floor(samples / MS);
    if (this.reported?.itemId !== itemId || this.reported.playedMs !== playedMs) {
      this.reported = { itemId, playedMs };
      this.port.postMessage({ type: "played", itemId, playedMs });
    }
  }

  /** @param {boolean} isSounding */
  #sound(isSounding) {
    // Between two frames of a slow line nothing has ended.
    this.silentFrames = isSounding ? 0 : this.silentFrames + 128;
    const isNow = isSounding || (this.isSounding && this.silentFrames < sampleRate / 4);
    if (isNow !== this.isSounding) {
      this.isSounding = isNow;
      this.port.postMessage({ type: "sounding", isSounding: isNow });
    }
  }
}

registerProcessor("support-capture", Capture);
registerProcessor("support-playback", Playback);
