// The conversation socket (subprotocol support.v1) as a page uses it: connects, numbers, comes back.
// It knows nothing of the page. The messages are described in docs/conversation-socket.md.

const SUBPROTOCOL = "support.v1";
const AUDIO_VERSION = 1;
const AUDIO_HEAD_BYTES = 10;
const RETRY_AFTER_MS = [300, 1000, 2000, 4000, 8000];
// Closes after which the conversation may still be there.
const LOST = new Set([1001, 1005, 1006, 1012, 4408, 4503]);

/** Take a binary frame of the service apart. */
export function decodeAudio(buffer) {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== AUDIO_VERSION) {
    throw new Error(`audio frame of version ${view.getUint8(0)}`);
  }
  const start = AUDIO_HEAD_BYTES + view.getUint8(1);
  return {
    seq: view.getUint32(2, true),
    offsetMs: view.getUint32(6, true),
    itemId: new TextDecoder().decode(buffer.slice(AUDIO_HEAD_BYTES, start)),
    samples: new Int16Array(buffer.slice(start)),
  };
}

export class Conversation {
  /**
   * @param {{onMessage: Function, onAudio: Function, onLost: Function, onClosed: Function}} on
   *   onMessage(message) for each text message, onAudio(frame) for each audio frame, onLost() when
   *   the socket broke and is tried again, onClosed(code, reason) when it is over.
   */
  constructor(on) {
    this.on = on;
    this.token = null;
    this.lastSeq = 0;
    this.failures = 0;
  }

  start(ticket, mode) {
    this.#connect({ type: "start", ticket, mode });
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  sendAudio(buffer) {
    // What the line cannot take now would arrive too late to be speech.
    if (this.isReady && this.socket.bufferedAmount < 100_000) {
      this.socket.send(buffer);
    }
  }

  #connect(first) {
    const url = new URL("/ws/conversation", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.isReady = false;
    this.socket = new WebSocket(url, SUBPROTOCOL);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.send(first);
    this.socket.onmessage = ({ data }) => this.#take(data);
    this.socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  #take(data) {
    if (data instanceof ArrayBuffer) {
      const frame = decodeAudio(data);
      this.lastSeq = frame.seq;
      this.on.onAudio(frame);
      return;
    }
    const message = JSON.parse(data);
    if (message.seq) {
      this.lastSeq = message.seq;
    }
    if (message.type === "ready") {
      this.token = message.resume_token;
      this.isReady = true;
      this.failures = 0;
    }
    if (message.type === "ended") {
      this.token = null;
    }
    this.on.onMessage(message);
  }

  #closed(code, reason) {
    this.isReady = false;
    const delay = RETRY_AFTER_MS[this.failures];
    if (!LOST.has(code) || this.token === null || delay === undefined) {
      this.on.onClosed(code, reason);
      return;
    }
    this.failures += 1;
    this.on.onLost();
    const resume = { token: this.token, last_seq: this.lastSeq };
    setTimeout(() => this.#connect({ type: "start", resume }), delay);
  }
}
