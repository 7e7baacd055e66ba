// Microphone and loudspeaker of a page: one audio context at the device's rate, a worklet for each way.
// It knows nothing of the conversation.

import { EchoGuard } from "./echo-guard.js";
import { ClientError, MicrophoneError } from "./errors.js";

const SILENCE = new ArrayBuffer(960);
// Long enough for whoever listens to find the end of what was being said.
const SILENT_FRAMES = 75;
const FRAME_MS = 20;
/** What browsers that have one call the device that the system chooses. */
const STANDARD = "default";
const LATENCY_EVERY_MS = 1_000;
const WANTED = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** @typedef {"off" | "opening" | "on" | "muted" | "refused" | "missing" | "busy" | "unsupported"} Microphone */
/** @typedef {{id: string, label: string, isUsed: boolean}} Device */

export class Sound {
  /**
   * @param {object} on
   * @param {(buffer: ArrayBuffer) => void} on.audio 20 ms of the microphone, PCM16 at 24 kHz
   * @param {(itemId: string, playedMs: number) => void} on.played
   * @param {(isSounding: boolean) => void} on.sounding
   * @param {(caller: number, agent: number) => void} on.levels twenty times a second
   * @param {(state: Microphone) => void} on.microphone
   * @param {() => void} on.slow the line is slower than the sound
   * @param {() => void} on.tooSlow nothing of the sound can be understood
   * @param {(error: ClientError) => void} on.trouble
   */
  constructor(on) {
    this.on = on;
    this.guard = new EchoGuard();
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {AudioWorkletNode | null} */
    this.player = null;
    /** @type {Promise<void> | null} */
    this.loading = null;
    /** @type {any[]} for the player, until it is there */
    this.waiting = [];
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {AudioContext | null} of the microphone alone, where it cannot share the other one */
    this.ownContext = null;
    /** @type {AudioNode[]} */
    this.captured = [];
    /** @type {string | undefined} */
    this.microphoneId = undefined;
    /** @type {string | undefined} */
    this.loudspeakerId = undefined;
    /** @type {HTMLAudioElement | null} */
    this.element = null;
    this.isMuted = false;
    this.isHeld = false;
    this.silentFrames = 0;
    this.callerLevel = 0;
    this.opening = 0;
    this.isClosed = false;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} the silence behind a microphone that was closed */
    this.fading = undefined;
  }

  static get isSupported() {
    return typeof AudioContext === "function" && typeof AudioWorkletNode === "function";
  }

  /** Make the loudspeaker ready; the first time inside a tap, before anything is waited for. */
  unlock() {
    if (!Sound.isSupported) {
      throw new ClientError("no_sound", "This browser cannot play the conversation's sound.");
    }
    if (!this.context) {
      const session = /** @type {any} */ (navigator).audioSession;
      if (session) {
        session.type = "play-and-record"; // Safari: sounds with the ringer off, too
      }
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.context.onstatechange = () => this.#wake();
      this.loading = this.#load(this.context);
      this.timer = setInterval(() => this.#measure(), LATENCY_EVERY_MS);
      document.addEventListener("visibilitychange", this.awake);
      navigator.mediaDevices?.addEventListener?.("devicechange", this.changed);
    }
    // Not waited for: outside a tap it is answered only after the next one.
    this.context.resume().catch(() => {});
    return this.loading ?? Promise.resolve();
  }

  /** @param {AudioContext} context */
  async #load(context) {
    await addWorklet(context);
    this.player = new AudioWorkletNode(context, "support-playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.player.port.onmessage = ({ data }) => this.#hear(data);
    this.player.connect(context.destination);
    for (const { message, transfer } of this.waiting.splice(0)) {
      this.player.port.postMessage(message, transfer);
    }
    this.#measure();
  }

  /** @param {any} data */
  #hear(data) {
    switch (data.type) {
      case "played":
        this.on.played(data.itemId, data.playedMs);
        break;
      case "level":
        this.guard.sounds(data.level);
        this.on.levels(this.callerLevel, data.level);
        this.callerLevel = 0;
        break;
      case "sounding":
        this.on.sounding(data.isSounding);
        break;
      case "slow":
        this.on.slow();
        break;
      case "tooSlow":
        this.on.tooSlow();
        break;
    }
  }

  /**
   * @param {any} message
   * @param {Transferable[]} transfer
   */
  #order(message, transfer = []) {
    if (this.player) {
      this.player.port.postMessage(message, transfer);
    } else if (!this.isClosed) {
      this.waiting.push({ message, transfer });
    }
  }

  /** @param {{itemId: string, offsetMs: number, samples: Int16Array}} frame */
  play({ itemId, offsetMs, samples }) {
    this.#order({ type: "play", itemId, offsetMs, samples }, [samples.buffer]);
  }

  /** @param {string} [itemId] all that sounds, where it is left out */
  clear(itemId) {
    this.#order({ type: "clear", itemId });
  }

  /** @param {boolean} isOn */
  hold(isOn) {
    this.isHeld = isOn;
    this.#order({ type: "hold", isOn });
    this.#tellMicrophone();
  }

  /** @param {boolean} isOn */
  mute(isOn) {
    this.isMuted = isOn;
    this.#tellMicrophone();
  }

  // --- the microphone -------------------------------------------------------

  /** Open the microphone, inside a tap; rejects with MicrophoneError. */
  async openMicrophone() {
    const turn = (this.opening += 1);
    this.on.microphone("opening");
    try {
      const isRunning = this.unlock();
      const stream = await this.#ask();
      if (turn !== this.opening) {
        stop(stream);
        return;
      }
      await isRunning;
      this.#release();
      await this.#capture(stream);
    } catch (error) {
      const told = microphoneError(error);
      if (turn === this.opening) {
        this.#release();
        this.on.microphone(/** @type {Microphone} */ (told.code));
      }
      throw told;
    }
    this.#tellMicrophone();
  }

  closeMicrophone() {
    this.opening += 1;
    this.#release();
    this.on.microphone("off");
  }

  /** So that the end of what was being said is found; at the pace of speech, for a line has room for no more. */
  #silent() {
    this.silentFrames += 1;
    if (this.silentFrames <= SILENT_FRAMES) {
      this.on.audio(SILENCE);
    } else {
      clearInterval(this.fading);
    }
  }

  async #ask() {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new MicrophoneError("unsupported", "The page has no access to a microphone: is it served by https?");
    }
    const id = this.microphoneId;
    try {
      return await navigator.mediaDevices.getUserMedia({
        audio: id === undefined ? WANTED : { ...WANTED, deviceId: { exact: id } },
      });
    } catch (error) {
      if (id !== undefined && /** @type {any} */ (error).name === "OverconstrainedError") {
        this.microphoneId = undefined; // it was unplugged
        return navigator.mediaDevices.getUserMedia({ audio: WANTED });
      }
      throw error;
    }
  }

  /** @param {MediaStream} stream */
  async #capture(stream) {
    clearInterval(this.fading);
    this.stream = stream;
    const [track] = stream.getAudioTracks();
    const settings = track.getSettings();
    this.guard.isNeeded = settings.echoCancellation !== true;
    track.onended = () => void this.#recover();
    const shared = /** @type {AudioContext} */ (this.context);
    let source;
    try {
      source = shared.createMediaStreamSource(stream);
    } catch (error) {
      // Firefox does not bring two rates together by itself.
      if (/** @type {any} */ (error).name !== "NotSupportedError") {
        throw error;
      }
      this.ownContext = new AudioContext({ sampleRate: settings.sampleRate });
      await addWorklet(this.ownContext);
      source = this.ownContext.createMediaStreamSource(stream);
    }
    const node = new AudioWorkletNode(source.context, "support-capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    node.port.onmessage = ({ data }) => this.#captured(data.buffer, data.level);
    source.connect(node);
    this.captured = [source, node];
  }

  /**
   * @param {ArrayBuffer} buffer
   * @param {number} level
   */
  #captured(buffer, level) {
    if (this.isMuted || this.isHeld) {
      this.#silent();
      return;
    }
    this.silentFrames = 0;
    this.callerLevel = Math.max(this.callerLevel, level);
    this.on.audio(this.guard.passes(level) ? buffer : SILENCE);
  }

  #release() {
    if (this.stream) {
      this.silentFrames = 0;
      this.fading = setInterval(() => this.#silent(), FRAME_MS);
    }
    for (const node of this.captured) {
      node.disconnect();
      if (node instanceof AudioWorkletNode) {
        node.port.onmessage = null;
      }
    }
    this.captured = [];
    stop(this.stream);
    this.stream = null;
    this.callerLevel = 0;
    void this.ownContext?.close();
    this.ownContext = null;
  }

  #tellMicrophone() {
    const isOff = this.isMuted || this.isHeld;
    this.stream?.getAudioTracks().forEach((track) => (track.enabled = !isOff));
    if (this.stream) {
      this.on.microphone(isOff ? "muted" : "on");
    }
  }

  /** The microphone went away while it was open: take the one that is there now. */
  async #recover() {
    if (this.stream) {
      await this.openMicrophone().catch((error) => this.on.trouble(error));
    }
  }

  // --- devices --------------------------------------------------------------

  /** @returns {Promise<{microphones: Device[], loudspeakers: Device[]}>} */
  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    /**
     * @param {string} kind
     * @param {string} used
     */
    const of = (kind, used) =>
      all
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label, isUsed: deviceId === used }));
    const microphone = this.stream?.getAudioTracks()[0].getSettings().deviceId ?? this.microphoneId;
    return {
      microphones: of("audioinput", microphone ?? STANDARD),
      loudspeakers: of("audiooutput", this.loudspeakerId || STANDARD),
    };
  }

  /** @param {string} id */
  async useMicrophone(id) {
    const before = this.microphoneId;
    this.microphoneId = id;
    if (this.stream) {
      try {
        await this.openMicrophone();
      } catch (error) {
        this.microphoneId = before; // the next tap takes the one that worked
        throw error;
      }
    }
  }

  /** @param {string} id */
  async useLoudspeaker(id) {
    await this.unlock();
    const context = /** @type {any} */ (this.context);
    try {
      if (context.setSinkId) {
        await context.setSinkId(id);
      } else {
        await this.#playThrough(id);
      }
    } catch (cause) {
      throw cause instanceof ClientError
        ? cause
        : new ClientError("no_loudspeaker", "This loudspeaker cannot be used.", { cause });
    }
    this.loudspeakerId = id;
  }

  /**
   * Where a context plays on the default device only, an element can play on another.
   * @param {string} id
   */
  async #playThrough(id) {
    const element = /** @type {any} */ (this.element ?? new Audio());
    if (!element.setSinkId) {
      throw new ClientError("unsupported", "This browser chooses the loudspeaker itself.");
    }
    await element.setSinkId(id);
    if (!this.element) {
      const target = /** @type {AudioContext} */ (this.context).createMediaStreamDestination();
      element.srcObject = target.stream;
      await element.play();
      this.element = element;
      this.player?.disconnect();
      this.player?.connect(target);
    }
  }

  // --- what happens around the page -----------------------------------------

  changed = () => {
    const track = this.stream?.getAudioTracks()[0];
    if (track?.readyState === "ended") {
      void this.#recover();
    }
    void this.#loudspeakerThere();
  };

  async #loudspeakerThere() {
    const id = this.loudspeakerId;
    if (id !== undefined && !(await this.devices()).loudspeakers.some((device) => device.id === id)) {
      this.loudspeakerId = undefined;
      await this.useLoudspeaker("").catch(() => {});
    }
  }

  awake = () => this.#wake();

  /** A call, a sleep or another page may have taken the sound away. */
  #wake() {
    const { context } = this;
    if (context && context.state !== "running" && context.state !== "closed" && !document.hidden) {
      context.resume().catch(() => {});
    }
  }

  #measure() {
    const { context } = this;
    if (context && this.player) {
      const seconds = context.outputLatency || context.baseLatency || 0;
      this.player.port.postMessage({ type: "latency", seconds });
    }
  }

  /** Let go of all devices. */
  close() {
    this.isClosed = true;
    this.waiting = [];
    this.opening += 1;
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.awake);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.changed);
    this.#release();
    clearInterval(this.fading);
    this.element?.pause();
    this.player?.disconnect();
    this.player = null;
    void this.context?.close();
    this.context = null;
  }
}

/** @param {BaseAudioContext} context */
async function addWorklet(context) {
  try {
    await context.audioWorklet.addModule(new URL("../client/sound-worklet.js", import.meta.url));
  } catch (cause) {
    throw new ClientError(
      "worklet_blocked",
      "The sound's worklet could not be loaded: look at the page's policy (script-src).",
      { cause },
    );
  }
}

/** @param {MediaStream | null} stream */
function stop(stream) {
  for (const track of stream?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
}

/** @type {Record<string, "refused" | "missing" | "busy">} */
const CODES = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/**
 * @param {unknown} error
 * @returns {MicrophoneError}
 */
function microphoneError(error) {
  if (error instanceof MicrophoneError) {
    return error;
  }
  const { name = "", message = "" } = /** @type {any} */ (error) ?? {};
  return new MicrophoneError(CODES[name] ?? "unsupported", message || "There is no microphone.", error);
}
