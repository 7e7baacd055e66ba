// The conversation socket (subprotocol support.v1) from a page: connects, numbers, notices that it is
// dead, comes back. It knows nothing of sound and captions. See docs/conversation-socket.md.

import { ClientError } from "./errors.js";
import { fromMulaw, toMulaw } from "./mulaw.js";

const SUBPROTOCOL = "support.v1";
const PCM16 = 1;
const MULAW = 2;
const AUDIO_HEAD_BYTES = 10;

const RETRY_AFTER_MS = [300, 1_000, 2_000, 4_000, 8_000];
const GIVE_UP_AFTER_MS = 15 * 60_000;
const READY_WITHIN_MS = 30_000;
const WATCH_EVERY_MS = 1_000;
const PING_AFTER_MS = 5_000;
const PONG_WITHIN_MS = 6_000;
// Timers of a machine that sleeps stand still, those of a hidden tab run once a minute.
const ASLEEP_MS = 90_000;
// A fifth of a second of sound; what the line cannot take within it would arrive too late to be speech.
const LATE_BYTES = 9_600;
const SLOW_FRAMES = 10; // that could not be sent, since the line was last looked at
const TOO_SLOW_LOOKS = 5; // one after the other at which it was slow

// Closes after which the conversation may still be there.
const LOST = new Set([1001, 1005, 1006, 1012, 1013, 4408, 4503]);
const RETRYABLE = new Set([4502, 4503]);
const REPLACED = 4409;

/**
 * @typedef {object} AudioFrame
 * @property {number} seq
 * @property {number} offsetMs
 * @property {string} itemId
 * @property {Int16Array} samples
 */

/**
 * Take a binary frame of the service apart.
 * @param {ArrayBuffer} buffer
 * @returns {AudioFrame}
 */
export function decodeAudio(buffer) {
  const view = new DataView(buffer);
  const version = view.getUint8(0);
  if (version !== PCM16 && version !== MULAW) {
    throw new Error(`audio frame of version ${version}`);
  }
  const start = AUDIO_HEAD_BYTES + view.getUint8(1);
  return {
    seq: view.getUint32(2, true),
    offsetMs: view.getUint32(6, true),
    itemId: new TextDecoder().decode(buffer.slice(AUDIO_HEAD_BYTES, start)),
    samples:
      version === MULAW ? fromMulaw(new Uint8Array(buffer, start)) : new Int16Array(buffer.slice(start)),
  };
}

export class Line {
  /**
   * @param {URL} url of the socket, as http or https
   * @param {object} on
   * @param {(message: any) => void} on.message each text message
   * @param {(frame: AudioFrame) => void} on.audio
   * @param {() => void} on.lost the socket broke, and is tried again
   * @param {() => void} on.slow it takes no more sound than it has
   * @param {() => void} on.tooSlow it has taken no more for a while
   * @param {(reason: string, error: ClientError | null) => void} on.closed it is over; without an
   *   error where that is as it should be
   */
  constructor(url, on) {
    this.url = url;
    this.on = on;
    /** @type {string | null} */
    this.token = null;
    /** @type {number | null} */
    this.lastSeq = null;
    this.isReady = false;
    this.isShort = false;
    this.isForbidden = false;
    this.lateFrames = 0;
    this.slowLooks = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {{resolve: (ready: any) => void, reject: (error: ClientError) => void} | null} */
    this.opening = null;
    /** @type {any} what the service said before it closed */
    this.complaint = null;
    /** @type {any} */
    this.ended = null;
    this.failures = 0;
    this.lostAt = 0;
    this.heardAt = 0;
    this.pingedAt = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retry = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.tooLate = undefined;
    this.watchedAt = Date.now();
    this.watch = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    this.#listen(true);
  }

  /**
   * Open a conversation, or return to one.
   * @param {object} first `ticket` and `mode`, or `resume`
   * @returns {Promise<any>} the `ready` message; rejects with ClientError
   */
  open(first) {
    return new Promise((resolve, reject) => {
      this.opening = { resolve, reject };
      this.#connect(first);
    });
  }

  /**
   * @param {object} message
   * @returns {boolean} whether it could be sent
   */
  send(message) {
    if (!this.isReady || this.socket?.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * @param {ArrayBuffer} buffer
   * @returns {boolean} false where the line is too slow for it
   */
  sendAudio(buffer) {
    if (!this.isReady || !this.socket) {
      return false;
    }
    if (this.socket.bufferedAmount > LATE_BYTES) {
      this.lateFrames += 1;
      return false;
    }
    this.socket.send(this.isShort ? toMulaw(new Int16Array(buffer)).buffer : buffer);
    return true;
  }

  /** From now on send and get sound in half as many bytes. */
  shorten() {
    this.isShort = true;
    this.send({ type: "format", format: "mulaw" });
  }

  /** Leave behind what still waits in a slow line: go on with a new one. */
  renew() {
    if (this.isReady) {
      this.isReady = false;
      this.#again();
    }
  }

  /** Let go of the socket; the conversation stays where it is. */
  close() {
    clearInterval(this.watch);
    clearTimeout(this.retry);
    clearTimeout(this.tooLate);
    this.#listen(false);
    this.#drop();
    this.isReady = false;
  }

  /** @param {object} first */
  #connect(first) {
    clearTimeout(this.retry);
    this.#drop();
    this.complaint = null;
    const url = new URL(this.url);
    url.protocol = url.protocol.replace("http", "ws");
    let socket;
    try {
      socket = new WebSocket(url, SUBPROTOCOL);
    } catch {
      // A policy of the page forbids it, or an insecure service on a secure page.
      this.isForbidden = true;
      this.#broken(1006, "");
      return;
    }
    this.socket = socket;
    this.heardAt = Date.now();
    this.tooLate = setTimeout(() => this.#broken(1006, ""), READY_WITHIN_MS);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ type: "start", ...first }));
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code, reason }) => this.#broken(code, reason);
  }

  /** @param {string | ArrayBuffer} data */
  #take(data) {
    this.heardAt = Date.now();
    if (data instanceof ArrayBuffer) {
      const frame = decodeAudio(data);
      this.lastSeq = frame.seq;
      this.on.audio(frame);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "pong") {
      return;
    }
    if (message.seq) {
      this.lastSeq = message.seq;
    }
    switch (message.type) {
      case "ready":
        clearTimeout(this.tooLate);
        this.token = message.resume_token;
        this.isReady = true;
        this.failures = 0;
        this.lostAt = 0;
        if (this.isShort) {
          this.shorten();
        }
        this.opening?.resolve(message);
        this.opening = null;
        break;
      case "ended":
        this.token = null;
        this.ended = message;
        break;
      case "error":
        this.complaint = message;
        break;
    }
    this.on.message(message);
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #broken(code, reason) {
    clearTimeout(this.tooLate);
    this.#drop();
    this.isReady = false;
    if (this.opening) {
      void this.#explain(code, reason).then((error) => this.#fail(error));
      return;
    }
    this.lostAt ||= Date.now();
    const isOver = this.token === null || !LOST.has(code);
    if (isOver || Date.now() - this.lostAt > GIVE_UP_AFTER_MS) {
      this.close();
      const why = reason || this.ended?.reason || (isOver ? "closed" : "unreachable");
      const isRight = code === 1000 || code === REPLACED || this.ended;
      this.on.closed(why, isRight ? null : this.#error(code, why));
      return;
    }
    const delay = RETRY_AFTER_MS[Math.min(this.failures, RETRY_AFTER_MS.length - 1)];
    this.failures += 1;
    this.on.lost();
    // Not all at once, when a service comes back to many.
    this.retry = setTimeout(() => this.#again(), delay * (0.8 + 0.4 * Math.random()));
  }

  #again() {
    clearTimeout(this.retry);
    if (this.token !== null && !this.isReady && navigator.onLine !== false) {
      this.#connect({ resume: { token: this.token, last_seq: this.lastSeq ?? 0 } });
    }
  }

  /** @param {ClientError} error */
  #fail(error) {
    const opening = this.opening;
    this.opening = null;
    this.close();
    opening?.reject(error);
  }

  /**
   * Say why there was no conversation: browsers hide what a refused handshake said.
   * @param {number} code
   * @param {string} reason
   * @returns {Promise<ClientError>}
   */
  async #explain(code, reason) {
    if (this.complaint || reason) {
      return this.#error(code, reason);
    }
    let isReachable = false;
    try {
      const answer = await fetch(this.url, { signal: AbortSignal.timeout(5_000), cache: "no-store" });
      isReachable = true;
      if (!answer.ok) {
        const { code, detail } = await answer.json();
        return new ClientError(code, detail, { isRetryable: answer.status === 503 });
      }
    } catch {
      // What keeps the socket from the service keeps this from it, too.
    }
    if (this.isForbidden) {
      // Where the socket alone is (`wss:` was forgotten), a message can still be left.
      return new ClientError(isReachable ? "no_websocket" : "blocked", "The page's policy (connect-src) forbids the service.");
    }
    return navigator.onLine === false
      ? new ClientError("offline", "This device has no network.", { isRetryable: true })
      : new ClientError("unreachable", "The service cannot be reached.", { isRetryable: true });
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #error(code, reason) {
    const { code: name = reason, message = `The service closed the line (${code}).`, retryable } =
      this.complaint ?? {};
    return new ClientError(name, message, { isRetryable: retryable ?? RETRYABLE.has(code) });
  }

  #drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  // --- a line that is dead says nothing -------------------------------------

  #watch() {
    const now = Date.now();
    const slept = now - this.watchedAt > ASLEEP_MS;
    this.watchedAt = now;
    if (!this.isReady) {
      return;
    }
    const isSlow = this.lateFrames >= SLOW_FRAMES;
    this.lateFrames = 0;
    this.slowLooks = isSlow ? this.slowLooks + 1 : 0;
    if (this.slowLooks === TOO_SLOW_LOOKS) {
      this.on.tooSlow();
    } else if (isSlow) {
      this.on.slow();
    }
    const isUnanswered = this.pingedAt > this.heardAt;
    if (slept || (isUnanswered && now - this.pingedAt > PONG_WITHIN_MS)) {
      this.#broken(1006, "");
    } else if (!isUnanswered && now - this.heardAt > PING_AFTER_MS) {
      this.pingedAt = now;
      this.send({ type: "ping" });
    }
  }

  /** @param {boolean} on */
  #listen(on) {
    const change = on ? "addEventListener" : "removeEventListener";
    globalThis[change]?.("online", this.online);
    globalThis[change]?.("offline", this.offline);
    globalThis[change]?.("pageshow", this.shown);
    globalThis.document?.[change]?.("resume", this.online);
    globalThis.document?.[change]?.("securitypolicyviolation", this.forbidden);
    globalThis.document?.[change]?.("visibilitychange", this.shown);
  }

  // The socket itself is not told that the page's policy forbids it, only that it failed.
  forbidden = (/** @type {any} a SecurityPolicyViolationEvent */ { blockedURI }) => {
    if (this.opening && !this.isForbidden && blockedURI.includes(this.url.host)) {
      this.isForbidden = true;
      this.#broken(1006, "");
    }
  };

  online = () => this.#again();

  offline = () => {
    if (this.isReady) {
      this.#broken(1006, "");
    }
  };

  // A page that comes back from the browser's cache has lost its socket; a hidden one may have.
  shown = () => {
    if (globalThis.document?.visibilityState !== "hidden") {
      this.isReady ? this.#watch() : this.#again();
    }
  };
}
