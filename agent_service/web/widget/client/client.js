// A conversation with the support agent, for pages that draw it themselves: voice and text in one.
// It has no face. What it can do and tells is described in docs/widget.md, "Your own face".

import { Captions } from "./captions.js";
import { ClientError, MicrophoneError } from "./errors.js";
import { Line } from "./line.js";
import { ANSWER_WITHIN_MS, posted } from "./posted.js";
import { Sound } from "./sound.js";

export { ClientError, MicrophoneError };

/** @typedef {import("./captions.js").Caption} Caption */
/** @typedef {import("./sound.js").Device} Device */
/** @typedef {import("./sound.js").Microphone} Microphone */

/**
 * @typedef {object} Options
 * @property {string | URL} [service] where the service is; where this module came from, if left out
 * @property {string | (() => string | Promise<string>)} [ticket] of the page's own back end. Without
 *   one a stored conversation is returned to, and none begun.
 * @property {"audio" | "text"} [mode] whether the agent speaks aloud from the beginning; with `audio`
 *   call it inside a tap
 * @property {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} [storage] keeps what a
 *   reloaded page returns with
 * @property {string | null} [transfer] what `takeTransfer` found: continues a conversation of
 *   another device
 * @property {boolean} [isReturn] a conversation is returned to, and none begun; one that is over is told, to its end
 */

/**
 * @typedef {object} State
 * @property {"connecting" | "open" | "lost" | "ended"} connection
 * @property {"open" | "caller" | "agent" | "representative"} floor who may speak
 * @property {"listening" | "thinking" | "working" | "speaking" | "held"} activity of the agent
 * @property {Microphone} microphone
 * @property {boolean} isSilenced answers are only read
 * @property {boolean} isAloud answers sound
 * @property {boolean} isSlow the line is slower than the sound, which is rougher since
 * @property {string | null} level how sure the service is of who is calling
 * @property {string | null} person of the team who has the conversation, by name if it is known; null while the agent has it
 * @property {readonly string[]} waiting what was typed, and has not reached the service yet
 * @property {boolean} isReturnable a conversation that was replaced can be taken back: another tab of this browser has it
 * @property {"on" | "paused" | "off" | null} recording of the conversation; null where there is never one
 */

/**
 * @typedef {object} Tool
 * @property {string} toolCallId
 * @property {string} name
 * @property {string} title
 * @property {string} status
 * @property {string} [arguments]
 * @property {string} [output]
 * @property {{title: string, url?: string}[]} [sources] what its answer rests on
 * @property {string} [needs] the level that the caller has to prove before it can be done
 * @property {boolean} [isInDoubt] nobody knows yet whether it happened
 * @property {boolean} [isRepeated] it had happened before, and nothing was done now
 * @property {string} [after] the turn behind which it stands, when they are sorted by identifier
 */

/**
 * @typedef {object} Confirmation
 * @property {string} confirmationId
 * @property {string} title
 * @property {string} summary the terms
 * @property {string} question whether to go ahead
 * @property {Date} expiresAt by this device's clock, however wrong it is
 * @property {boolean} isTapOnly
 */

/**
 * @typedef {object} Events
 * @property {State} state
 * @property {Caption} caption
 * @property {Tool} tool
 * @property {Confirmation} confirm
 * @property {{confirmationId: string, status: string, summary?: string, after?: string}} confirm_closed
 * @property {{level: string, after?: string}} level
 * @property {{status: string, name: string | null, after?: string}} handoff
 * @property {{caller: number, agent: number}} levels
 * @property {{code: string, message: string}} incident
 * @property {{code: string, message: string, isRetryable: boolean, field?: string}} error
 * @property {{reason: string, error: ClientError | null}} ended
 * @property {{conversationId: string, isResumed: boolean}} conversation
 */

/**
 * @typedef {{serial: number, type: string, text?: string}} Sent what has to arrive, and of which that is not known yet
 *
 * @typedef {{conversationId: string, token: string, customer?: string | null, isOver?: boolean, sent?: Sent[]}} Stored
 * customer: who was signed in on the page; null for nobody, undefined where that is not known.
 * isOver: it has ended, and is told once more to who asks for no other
 */

const STORED = "support-conversation";
const TRANSFER = "support-conversation";
const ASK_ANEW = new Set(["ticket_expired", "ticket_used", "bad_ticket"]);

/**
 * Begin a conversation, or return to the stored one.
 * @param {Options} options
 * @returns {Promise<Conversation>} rejects with ClientError
 */
export async function connect(options) {
  const conversation = new Conversation(options);
  await conversation.open();
  return conversation;
}

/**
 * Take the token out of the page's address with which another device's conversation goes on here.
 * @returns {string | null}
 */
export function takeTransfer() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get(TRANSFER);
  if (token !== null) {
    fragment.delete(TRANSFER);
    const rest = fragment.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
  }
  return token;
}

/**
 * Whether there is a conversation to return to.
 * @param {Options["storage"]} storage
 */
export function hasStored(storage) {
  const stored = read(storage ?? null);
  return stored !== null && !stored.isOver;
}

export class Conversation {
  /** @type {string | null} */
  conversationId = null;
  /** Of a conversation that is told once more after its end: it was rated. */
  isRated = false;
  /** @type {Options} */
  #options;
  /** @type {Line | null} */
  #line = null;
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #handlers = new Map();
  #captions = new Captions();
  /** @type {Map<string, Tool>} */
  #tools = new Map();
  /** @type {Map<string, Confirmation>} */
  #confirmations = new Map();
  /** @type {object | null} the caller's to a question, of which the service has not told yet what became of it */
  #answer = null;
  /** @type {State} */
  #state = Object.freeze({
    connection: "connecting",
    floor: "open",
    activity: "listening",
    microphone: "off",
    isSilenced: false,
    isAloud: false,
    isSlow: false,
    level: null,
    recording: null,
    person: null,
    waiting: [],
    isReturnable: false,
  });
  /** @type {Sound} */
  #sound;
  #wantsVoice = false;
  #isHeld = false;
  #isSounding = false;
  #isWriting = false;
  #isAwaited = false;
  /** @type {Sent[]} what the service has not said yet that it has taken */
  #sent = [];
  #serial = 0;
  #takesPictures = false;
  #clockAheadMs = 0;
  /** What this caller was last known by. */
  #token = "";
  /** @type {((message: any) => void) | null} */
  #transferring = null;
  /** @type {BroadcastChannel | null} */
  #tabs = null;
  /** @type {ClientError | null} what happened before anybody could be told */
  #early = null;
  /** @type {Stored | null} what another tab has it with */
  #elsewhere = null;
  /** @type {Stored["customer"]} who is signed in on this page, as its ticket says */
  #customer = undefined;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#sound = new Sound({
      audio: (buffer) => void this.#line?.sendAudio(buffer),
      played: (itemId, playedMs) =>
        void this.#line?.send({ type: "played", item_id: itemId, played_ms: playedMs }),
      sounding: (isSounding) => {
        this.#isSounding = isSounding;
        this.#show();
      },
      levels: (caller, agent) => this.#emit("levels", { caller, agent }),
      microphone: (microphone) => this.#show({ microphone }),
      slow: () => this.#slow(),
      tooSlow: () => this.#tooSlow(),
      trouble: (error) => this.#emit("error", told(error)),
    });
    if (options.mode === "audio") {
      try {
        this.#sound.unlock().catch((error) => this.#withoutSound(error));
        this.#wantsVoice = true;
      } catch {
        // It goes on by text, and speak() says why.
      }
    }
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /** @returns {Caption[]} in the order spoken */
  get captions() {
    return this.#captions.all();
  }

  /** @returns {Tool[]} in the order they began */
  get tools() {
    return [...this.#tools.values()];
  }

  /** @returns {Confirmation[]} that can be answered */
  get confirmations() {
    return [...this.#confirmations.values()];
  }

  /**
   * Have a handler called with each event of a type; returns what ends that.
   * @template {keyof Events} T
   * @param {T} type
   * @param {(detail: Events[T]) => void} handler
   * @returns {() => void}
   */
  on(type, handler) {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  // --- what the caller does -------------------------------------------------

  /**
   * Say it, as soon as there is a line.
   * @param {string} text
   * @param {boolean} [hasWaited] it was typed before any question was in sight, and answers none
   */
  say(text, hasWaited = false) {
    if (text.trim()) {
      const message = { type: "text", text: text.trim() };
      const waited = { ...message, shown: hasWaited ? [] : [...this.#confirmations.keys()] };
      this.#isAwaited = this.#surely(hasWaited ? waited : message, waited);
      this.#show();
    }
  }

  /** Switch the microphone on, inside a tap. Rejects with MicrophoneError; the text goes on. */
  async speak() {
    try {
      const opened = this.#sound.openMicrophone();
      this.#wantsVoice = true;
      this.#tellMode();
      await opened;
    } catch (error) {
      this.#wantsVoice = false;
      this.#tellMode();
      throw error;
    }
  }

  /** Switch the microphone off; answers are read from now on. */
  stopSpeaking() {
    this.#wantsVoice = false;
    this.#sound.closeMicrophone();
    this.#tellMode();
  }

  /** @param {boolean} isOn nothing of the microphone is heard */
  mute(isOn) {
    this.#sound.mute(isOn);
  }

  /** @param {boolean} isOn neither side is heard; what the agent was saying goes on afterwards */
  hold(isOn) {
    this.#isHeld = isOn;
    this.#sound.hold(isOn);
    this.#surely({ type: "hold", is_held: isOn });
    this.#show();
  }

  /** @param {boolean} isOn answers are read, and not heard */
  silence(isOn) {
    this.#show({ isSilenced: isOn });
    this.#tellMode();
  }

  /** @param {boolean} isPaused the conversation is not recorded for now, or is again */
  pauseRecording(isPaused) {
    this.#surely({ type: "pause_recording", is_paused: isPaused });
  }

  /** Stop what the agent is saying. */
  interrupt() {
    this.#sound.clear();
    this.#send({ type: "interrupt" });
  }

  /** Push to talk: the button was let go. */
  commit() {
    this.#send({ type: "commit" });
  }

  /**
   * Answer a question. Until the service says that it is closed, it is told the answer on each line anew.
   * @param {string} confirmationId
   * @param {boolean} isAccepted
   */
  confirm(confirmationId, isAccepted) {
    this.#answer = { type: "confirm", confirmation_id: confirmationId, accepted: isAccepted };
    this.#send(this.#answer);
  }

  /**
   * Also after the end, for a day.
   * @param {number} score 1 to 5
   * @param {string} [comment]
   * @returns {Promise<void>} rejects with ClientError
   */
  async rate(score, comment) {
    const rating = { score, ...(comment ? { comment } : {}) };
    if (this.#state.connection === "open") {
      this.#surely({ type: "rate", ...rating });
      return;
    }
    // It arrives also where the page is left at the same moment.
    await this.#asked("rating", { ...posted(rating), keepalive: true });
  }

  /**
   * Leave a message for the team, where no conversation can be had. It takes a ticket of its own.
   * @param {{contact: string, about: string, name?: string}} message contact: telephone number or email address
   * @returns {Promise<{reference: string}>} rejects with ClientError
   */
  async leaveMessage(message) {
    const ticket = await granted(this.#options.ticket);
    return (await fetched(this.#serviceUrl("api/messages"), ticket, posted(message))).json();
  }

  /** @param {string} code that was sent to the customer */
  code(code) {
    this.#surely({ type: "code", code });
  }

  /**
   * @param {string} proof
   * @param {Record<string, string>} fields
   */
  check(proof, fields) {
    this.#surely({ type: "check", proof, fields });
  }

  /** Whether the service takes pictures now. */
  get canAttach() {
    return this.#takesPictures && this.#state.connection === "open";
  }

  /**
   * Show the agent a picture.
   * @param {Blob} picture JPEG, PNG, WebP or GIF, of at most ten megabytes
   * @returns {Promise<number>} its number, which its caption has as `picture`; rejects with ClientError
   */
  async attach(picture) {
    const answer = await this.#asked("pictures", { method: "POST", body: picture });
    const { number } = (await answer.json()).picture;
    this.#surely({ type: "picture", number });
    return number;
  }

  /**
   * Get a picture of this conversation as the service has it.
   * @param {number} number
   * @returns {Promise<Blob>} a JPEG; rejects with ClientError
   */
  async picture(number) {
    return (await this.#asked(`pictures/${number}`)).blob();
  }

  /**
   * @param {string} path below that of the conversation
   * @param {RequestInit} [request]
   */
  #asked(path, request) {
    return fetched(this.#serviceUrl(`api/conversations/${this.conversationId}/${path}`), this.#token, request);
  }

  /** Hang up. */
  end() {
    if (!this.#surely({ type: "end" })) {
      this.#over("caller_ended", null);
    }
  }

  /** End and forget it at once, whether or not the service can be told: somebody else uses the page now. */
  forget() {
    this.#send({ type: "end" });
    this.#over("caller_ended", null);
    this.#options.storage?.removeItem(STORED);
  }

  /** Let go of the conversation without ending it: it can be returned to. */
  leave() {
    this.#line?.close();
    this.#sound.close();
    this.#tabs?.close();
  }

  /** @returns {Promise<{microphones: Device[], loudspeakers: Device[]}>} */
  devices() {
    return this.#sound.devices();
  }

  /** @param {string} id */
  useMicrophone(id) {
    return this.#sound.useMicrophone(id);
  }

  /** @param {string} id */
  useLoudspeaker(id) {
    return this.#sound.useLoudspeaker(id);
  }

  /**
   * Get the address with which another device continues the conversation, once.
   * @returns {Promise<{url: string, expiresAt: Date, qr: {size: number, path: string} | null}>} qr: the
   *   address for a camera, as a path of SVG in a square of that size; null where none could be had
   */
  async transfer() {
    const message = await new Promise((resolve, reject) => {
      this.#transferring = resolve;
      setTimeout(() => reject(notNow()), ANSWER_WITHIN_MS);
      if (!this.#send({ type: "transfer" })) {
        reject(notNow());
      }
    });
    const url = new URL(location.href);
    url.hash = new URLSearchParams({ [TRANSFER]: message.token }).toString();
    const qr = await this.#asked("qr", posted({ address: url.href })).then((answer) => answer.json(), () => null);
    return { url: url.href, expiresAt: this.#here(message.expiresAt), qr };
  }

  // --- how it begins and ends -----------------------------------------------

  /** Connect; `connect` does it. */
  async open() {
    if (typeof WebSocket !== "function") {
      throw new ClientError("no_websocket", "This browser has no WebSocket.");
    }
    try {
      await this.#open();
    } catch (error) {
      this.#sound.close();
      throw error;
    }
  }

  async #open() {
    const { ticket, storage = null, transfer = null, isReturn = false } = this.#options;
    const kept = read(storage);
    const stored = kept?.isOver && !isReturn ? null : kept;
    let first = ticket;
    if (ticket && (transfer || stored)) {
      try {
        first = await granted(ticket);
        this.#know(first);
      } catch (/** @type {any} */ error) {
        if (error.cause?.code !== "unanswered") {
          throw error;
        }
        // Nobody says that somebody else is signed in: a frame whose page knows of no tickets.
      }
    }
    /** @type {ClientError | null} */
    let failure = null;
    if (transfer) {
      failure = await this.#returned(transfer);
      if (!failure) {
        return;
      }
      failure = new ClientError("transfer_failed", "The link was used, or is too old.");
    }
    if (stored) {
      const isSame = this.#customer === undefined || stored.customer === undefined || this.#customer === stored.customer;
      this.#keep((isSame && stored.sent) || []);
      this.#serial = this.#sent.at(-1)?.serial ?? 0;
      const why = isSame
        ? await this.#returned(stored.token)
        : new ClientError("other_customer", "The stored conversation is that of somebody else.");
      if (!why || (isReturn && isSame && (await this.#retold(stored)))) {
        return;
      }
      failure ??= why;
      storage?.removeItem(STORED);
      if (!isSame) {
        this.#endUnseen(stored.token);
      }
    }
    if (failure && (isReturn || !ticket)) {
      throw failure;
    }
    try {
      await this.#begin(first);
    } catch (error) {
      const isWorthIt = error instanceof ClientError && ASK_ANEW.has(error.code);
      if (!isWorthIt || typeof ticket === "string") {
        throw error;
      }
      await this.#begin(ticket);
    }
  }

  /**
   * End a conversation of which this page's user may see nothing.
   * @param {string} token
   */
  #endUnseen(token) {
    const nothing = () => {};
    const line = new Line(this.#socketUrl, { message: nothing, audio: nothing, lost: nothing, slow: nothing, tooSlow: nothing, closed: nothing });
    line.open({ resume: { token } }).then(
      () => {
        line.send({ type: "end" });
        line.close();
      },
      nothing, // it is forgotten here, and the service ends what nobody returns to
    );
  }

  /**
   * @param {string} token
   * @returns {Promise<ClientError | null>} why there is nothing to return to
   */
  async #returned(token) {
    try {
      await this.#return(token);
      return null;
    } catch (error) {
      if (error instanceof ClientError && error.code === "resume_failed") {
        return error;
      }
      throw error;
    }
  }

  /**
   * The process that answers may be another one than that which has the conversation.
   * @param {string} token
   */
  async #return(token, tries = 5) {
    try {
      await this.#attempt({ resume: { token } });
    } catch (/** @type {any} */ error) {
      if (error.code !== "served_elsewhere" || tries === 1) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      await this.#return(token, tries - 1);
    }
  }

  /** @param {Options["ticket"]} ticket */
  async #begin(ticket) {
    const text = await granted(ticket);
    this.#know(text);
    await this.#attempt({ ticket: text, mode: this.#mode });
  }

  /**
   * Who a ticket is made out to; what this device may see depends on it, what the service gives does not.
   * @param {string} ticket
   */
  #know(ticket) {
    try {
      const { sub = null, level = null } = JSON.parse(atob(ticket.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
      this.#customer = sub;
      this.#show({ level });
    } catch {
      this.#customer = undefined; // it is no ticket of this service's
    }
  }

  /** @param {object} first */
  async #attempt(first) {
    if (this.#state.connection === "ended") {
      throw notNow(); // it was forgotten meanwhile
    }
    this.#line = new Line(this.#socketUrl, {
      message: (message) => this.#take(message),
      audio: (frame) => this.#sound.play(frame),
      lost: () => this.#show({ connection: "lost" }),
      slow: () => this.#slow(),
      tooSlow: () => this.#tooSlow(),
      closed: (reason, error) => void this.#closed(reason, error),
    });
    await this.#line.open(first);
  }

  /** Where there is no room for voice, there may be for text. */
  get #socketUrl() {
    const url = this.#serviceUrl("ws/conversation");
    url.search = this.#mode === "text" ? "mode=text" : "";
    return url;
  }

  /** @param {string} path */
  #serviceUrl(path) {
    const service = new URL(this.#options.service ?? new URL("/", import.meta.url), globalThis.location?.href);
    service.pathname = service.pathname.replace(/\/?$/, `/${path}`);
    service.search = service.hash = "";
    return service;
  }

  /** @param {any} ready */
  #ready(ready) {
    const { conversationId, resumeToken: token, isResumed } = ready;
    this.conversationId = conversationId;
    this.#takesPictures = ready.takesPictures === true;
    this.#isAwaited ||= ready.greets === true;
    this.#clockAheadMs = ready.time === undefined ? 0 : Date.now() - Date.parse(ready.time);
    this.#customer = this.#customer === undefined ? read(this.#options.storage ?? null)?.customer : this.#customer;
    this.#token = token;
    this.#took(ready.taken ?? 0);
    this.#meetTabs(this.#stored);
    if (ready.mode !== undefined && ready.mode !== this.#mode) {
      this.#send({ type: "mode", mode: this.#mode });
    }
    if (this.#isHeld) {
      this.#send({ type: "hold", is_held: true });
    }
    for (const message of [this.#answer ?? [], this.#sent].flat()) {
      this.#send(message);
    }
    this.#show({ connection: "open", isAloud: this.#mode === "audio" });
    if (this.#early) {
      setTimeout((/** @type {ClientError} */ error) => this.#emit("error", told(error)), 0, this.#early);
      this.#early = null;
    }
    this.#emit("conversation", { conversationId, isResumed });
  }

  /** @param {Stored} stored */
  #meetTabs(stored) {
    if (typeof BroadcastChannel === "function") {
      this.#tabs ??= new BroadcastChannel(STORED);
      this.#tabs.onmessage = ({ data }) => {
        if (data?.conversationId === this.conversationId) {
          this.#elsewhere = data;
          this.#rememberElsewhere();
        }
      };
      this.#tabs.postMessage(stored);
    }
  }

  /** Another tab has taken over: what it returns with, this one may return with, too. */
  #rememberElsewhere() {
    if (this.#elsewhere && this.#state.connection === "ended") {
      write(this.#options.storage ?? null, this.#elsewhere);
      this.#show({ isReturnable: true });
    }
  }

  /**
   * @param {string} reason
   * @param {ClientError | null} error
   */
  async #closed(reason, error) {
    if (reason !== "resume_failed" || !(await this.#retold(this.#stored))) {
      this.#over(reason, error);
    }
  }

  /**
   * Have the service tell once more what was said, to its end, in a conversation that is over.
   * @param {Stored} stored
   * @returns {Promise<boolean>} whether it has
   */
  async #retold({ conversationId, token }) {
    this.conversationId = conversationId;
    this.#token = token;
    try {
      const { messages, is_rated } = await (await this.#asked("ended")).json();
      this.isRated = is_rated;
      messages.forEach((/** @type {any} */ message) => this.#take(message));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * @param {string} reason
   * @param {ClientError | null} error
   */
  #over(reason, error) {
    if (this.#state.connection === "ended") {
      return;
    }
    this.#line?.close();
    this.#sound.close();
    this.#isSounding = this.#isWriting = this.#isAwaited = this.#isHeld = false;
    this.#show({ connection: "ended", floor: "open", microphone: "off" });
    if (reason === "replaced") {
      this.#options.storage?.removeItem(STORED); // what opened it does so no more
      this.#rememberElsewhere();
    } else {
      this.#tabs?.close();
      if (reason !== "unreachable") {
        write(this.#options.storage ?? null, { ...this.#stored, isOver: true });
      }
    }
    this.#emit("ended", { reason, error });
  }

  // --- what the service says ------------------------------------------------

  /** @param {any} message */
  #take(message) {
    const { type, seq, ...told } = inCamels(message);
    switch (type) {
      case "ready":
        this.#ready(told);
        break;
      case "taken":
        this.#took(told.serial);
        break;
      case "clear":
        this.#sound.clear(told.itemId);
        break;
      case "transcript":
        this.#transcript(told);
        break;
      case "floor":
        this.#isAwaited = this.#state.floor === "caller" && told.holder === "open";
        this.#isWriting = this.#isWriting && told.holder === "agent";
        this.#show({ floor: told.holder });
        break;
      case "tool":
        this.#tools.set(told.toolCallId, told);
        this.#isAwaited = false;
        this.#emit("tool", told);
        this.#show();
        break;
      case "confirm": {
        const { arguments: _, ...question } = told;
        const confirmation = { question: "", isTapOnly: false, ...question, expiresAt: this.#here(told.expiresAt) };
        this.#confirmations.set(told.confirmationId, confirmation);
        this.#emit("confirm", confirmation);
        break;
      }
      case "confirm_closed":
        this.#confirmations.delete(told.confirmationId);
        this.#answer = null;
        this.#emit("confirm_closed", told);
        break;
      case "level":
        this.#show({ level: told.level });
        this.#emit("level", told);
        break;
      case "handoff": {
        // With what somebody signs in is no way to write a name.
        const name = told.name?.replace(/^[a-z][\w.-]*$/, (/** @type {string} */ word) => word[0].toUpperCase() + word.slice(1)) ?? null;
        if (told.status === "joined" || told.status === "left") {
          this.#show({ person: told.status === "left" ? null : name ?? "" });
        }
        this.#emit("handoff", { ...told, name });
        break;
      }
      case "recording":
        this.#show({ recording: told.status });
        break;
      case "incident":
        this.#isAwaited = false;
        this.#show();
        this.#emit("incident", told);
        break;
      case "error":
        if (seq) {
          const { retryable: isRetryable, ...error } = told;
          if (error.code === "only_text") {
            this.stopSpeaking();
          }
          this.#emit("error", { ...error, isRetryable });
        }
        break;
      case "transfer":
        this.#transferring?.(told);
        this.#transferring = null;
        break;
      case "ended":
        this.#over(told.reason, null);
        break;
    }
  }

  /** @param {any} told */
  #transcript(told) {
    const caption = this.#captions.take(told);
    if (caption.role === "agent") {
      this.#isAwaited = false;
      this.#isWriting = !caption.isFinal;
    }
    this.#emit("caption", caption);
    this.#show();
  }

  // --- inside ---------------------------------------------------------------

  /** @returns {"audio" | "text"} */
  get #mode() {
    return this.#wantsVoice && !this.#state.isSilenced ? "audio" : "text";
  }

  #tellMode() {
    const isAloud = this.#mode === "audio";
    if (isAloud !== this.#state.isAloud) {
      if (!isAloud) {
        this.#sound.clear();
      }
      if (this.#line) {
        this.#line.url = this.#socketUrl;
      }
      this.#send({ type: "mode", mode: this.#mode });
      this.#show({ isAloud });
    }
  }

  /** Sound that is a little rougher is better than sound with gaps. */
  #slow() {
    if (!this.#state.isSlow) {
      this.#line?.shorten();
      this.#show({ isSlow: true });
    }
  }

  /** Text arrives on a line that is too slow for any sound; but not behind the sound that is on its way. */
  #tooSlow() {
    if (this.#wantsVoice) {
      this.stopSpeaking();
      this.#line?.renew();
      this.#emit("error", told(new ClientError("line_too_slow", "The line is too slow for sound.", { isRetryable: true })));
    }
  }

  /** @param {ClientError} error */
  #withoutSound(error) {
    this.#wantsVoice = false;
    this.#tellMode();
    if (this.#state.connection === "connecting") {
      this.#early = error;
    } else {
      this.#emit("error", told(error));
    }
  }

  /**
   * @param {object} message
   * @returns {boolean}
   */
  #send(message) {
    return this.#line?.send(message) ?? false;
  }

  /**
   * Send what must arrive, also by a line that is dead and not known to be: on each line anew until it is taken.
   * @param {any} message
   * @param {any} [again] what is sent then
   * @returns {boolean} whether there is a line
   */
  #surely(message, again = message) {
    if (!this.#token || this.#state.connection === "ended") {
      return false;
    }
    const serial = ++this.#serial;
    this.#keep([...this.#sent, { ...again, serial }]);
    return this.#send({ ...message, serial });
  }

  /** @param {number} serial up to which the service has taken all */
  #took(serial) {
    this.#serial = Math.max(this.#serial, serial);
    this.#keep(this.#sent.filter((message) => message.serial > serial));
  }

  /** @param {Sent[]} sent */
  #keep(sent) {
    this.#sent = sent;
    if (this.#token) {
      write(this.#options.storage ?? null, { ...this.#stored, sent });
    }
    this.#show({ waiting: sent.flatMap(({ text }) => text ?? []) });
  }

  /** @returns {Stored} */
  get #stored() {
    return { conversationId: this.conversationId ?? "", token: this.#token, customer: this.#customer };
  }

  /**
   * A time of the service's by this device's clock.
   * @param {string} time
   */
  #here(time) {
    return new Date(Date.parse(time) + this.#clockAheadMs);
  }

  /** @returns {State["activity"]} */
  get #activity() {
    if (this.#isHeld) {
      return "held";
    }
    const { floor, isAloud, person } = this.#state;
    if (this.#isSounding || (!isAloud && floor === "agent" && this.#isWriting)) {
      return "speaking";
    }
    if ([...this.#tools.values()].some(({ status }) => status === "running")) {
      return "working";
    }
    return person === null && (floor === "agent" || this.#isAwaited) ? "thinking" : "listening";
  }

  /** @param {Partial<State>} changes */
  #show(changes = {}) {
    const before = this.#state;
    this.#state = { ...before, ...changes };
    const after = Object.freeze({ ...this.#state, activity: this.#activity });
    this.#state = after;
    if (Object.entries(after).some(([name, value]) => before[/** @type {keyof State} */ (name)] !== value)) {
      this.#emit("state", after);
    }
  }

  /**
   * @template {keyof Events} T
   * @param {T} type
   * @param {Events[T]} detail
   */
  #emit(type, detail) {
    for (const handler of [...(this.#handlers.get(type) ?? [])]) {
      try {
        handler(detail);
      } catch (error) {
        reportError(error); // the page's mistake is not the conversation's
      }
    }
  }
}

/** @param {ClientError} error */
function told({ code, message, isRetryable }) {
  return { code, message, isRetryable };
}

/**
 * Name the fields of a message as scripts do.
 * @param {object} message
 * @returns {any}
 */
function inCamels(message) {
  const named = (/** @type {string} */ name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [named(name), value]));
}

/**
 * @param {URL} url
 * @param {string} token
 * @param {RequestInit} [request]
 */
async function fetched(url, token, request) {
  const headers = { ...request?.headers, Authorization: `Bearer ${token}` };
  let answer;
  try {
    answer = await fetch(url, { ...request, headers });
  } catch (cause) {
    throw notNow(cause);
  }
  if (!answer.ok) {
    const { code, detail } = await answer.json().catch(() => ({}));
    const isRetryable = answer.status >= 500;
    throw new ClientError(code ?? "internal_error", detail ?? `The service answered ${answer.status}.`, { isRetryable });
  }
  return answer;
}

/**
 * @param {Options["ticket"]} ticket
 * @returns {Promise<string>}
 */
async function granted(ticket) {
  if (!ticket) {
    throw new ClientError("no_ticket", "There is no ticket, and no conversation to return to.");
  }
  try {
    return typeof ticket === "function" ? await ticket() : ticket;
  } catch (cause) {
    throw new ClientError("no_ticket", "The page's back end gave no ticket.", { cause, isRetryable: true });
  }
}

/** @param {unknown} [cause] */
function notNow(cause) {
  return new ClientError("not_connected", "The service cannot be asked now.", { isRetryable: true, cause });
}

/**
 * @param {NonNullable<Options["storage"]> | null} storage
 * @returns {Stored | null}
 */
function read(storage) {
  try {
    const stored = JSON.parse(storage?.getItem(STORED) ?? "null");
    return typeof stored?.token === "string" ? stored : null;
  } catch {
    return null; // it was written by somebody else, or may not be read
  }
}

/**
 * @param {NonNullable<Options["storage"]> | null} storage
 * @param {Stored} stored
 */
function write(storage, stored) {
  try {
    storage?.setItem(STORED, JSON.stringify(stored));
  } catch {
    // It is full or forbidden: a reload begins anew.
  }
}
