// The opened conversation: one state, changed by the client's events and by taps, shown by its view.

import { Conversation, takeTransfer } from "../client/client.js";
import { endText, failure, notice } from "./failures.js";
import { dress, make } from "./make.js";
import { Menu } from "./menu.js";
import { PANEL_STYLE } from "./panel_style.js";
import { Pictures } from "./pictures.js";
import { Story, authorOf, filled, heardAndNot, transcript } from "./story.js";
import { UNDERWAY, draftOf, keepDraft, keptForTab } from "./tab.js";
import { textsIn } from "./texts.js";
import { ticketFrom } from "./ticket.js";
import { View } from "./view.js";

const SMALL = matchMedia("(max-width: 34em), (max-height: 26em)");
/** The tool, the same for every company, that sends a one-time code to the customer. */
const SENDS_CODE = "send_security_code";
/** What stays said until it is over; all else leaves at what the caller does next. */
const LASTING = new Set(["lost", "offline", "noticeStopping", "noticeStorage"]);
const LEVELS = { identified: "knownIdentified", verified: "knownVerified", stepped_up: "knownSteppedUp" };

/**
 * @typedef {{kind: "code", isSent: boolean} | {kind: "message", about: string} | {kind: "proof", name: string, title: string, fields: {name: string, title: string}[]}
 *   | {kind: "transfer", url: string, qr: {size: number, path: string} | null}} Asking
 */

/** @type {any} what the client tells of a conversation that has not begun */
const NOTHING_YET = { connection: "connecting", floor: "open", activity: "listening", microphone: "off", isSilenced: false, level: null, person: null, waiting: [] };

export class Panel {
  /** @type {Conversation | null} */
  conversation = null;
  /** @type {"welcome" | "connecting" | "live" | "ended" | "stuck"} */
  phase = "welcome";
  state = NOTHING_YET;
  story = new Story();
  /** @type {string | null} the key of what is said above the conversation */
  banner = null;
  /** @type {string} of the failure, while stuck */
  code = "";
  endReason = "";
  conversationId = "";
  /** @type {Asking | null} what the caller is filling in, or shown, beside the conversation */
  asking = null;
  /** The rating is complete; a score alone may be changed yet. */
  isRated = false;
  /** The line is lost, and the device has no network. */
  isOffline = false;
  /** What was typed before anybody could take it. */
  #unsent = "";
  #isResumed = false;
  #isRendering = false;
  /** What was rated last, on its way: none overtakes another, and the last one counts. */
  #rating = Promise.resolve();
  /** @type {((text: string) => void) | null} */
  #typeInstead = null;
  /** @type {(() => void)[]} */
  #offs = [];

  /**
   * Fetch the texts and make the panel.
   * @param {import("./element.js").SupportConversation} host
   * @param {HTMLElement} root
   */
  static async made(host, root) {
    return new Panel(host, root, await textsIn(host.languageShown));
  }

  /**
   * @param {import("./element.js").SupportConversation} host
   * @param {HTMLElement} root
   * @param {Record<string, string>} texts
   */
  constructor(host, root, texts) {
    this.host = host;
    this.root = root;
    this.texts = texts;
    this.language = host.languageShown;
    this.menu = new Menu(this);
    dress(/** @type {ShadowRoot} */ (root.getRootNode()), PANEL_STYLE);
    this.view = new View(this);
    this.pictures = new Pictures(this, this.view);
    this.view.text.value = draftOf("");
    this.#place();
    SMALL.addEventListener("change", () => this.#fit());
    visualViewport?.addEventListener("resize", () => this.#fitKeyboard());
  }

  #place() {
    const { view } = this;
    view.dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    view.dialog.addEventListener("cancel", (/** @type {Event} */ event) => event.preventDefault());
    this.root.append(view.dialog);
    this.render();
  }

  // --- opened and closed -----------------------------------------------------

  show() {
    const { dialog } = this.view;
    if (!dialog.open) {
      this.#open();
      dialog.focus();
      if (this.phase === "welcome" && keptForTab()?.getItem(UNDERWAY)) {
        void this.begin("text", { isReturn: true });
      }
    }
    this.#fitKeyboard();
    this.host.noteShown(true);
    this.render();
  }

  hide() {
    if (this.view.dialog.open && !this.isFilling) {
      const hadFocus = this.view.dialog.matches(":focus-within");
      this.menu.close();
      this.view.dialog.close();
      this.host.noteShown(false, hadFocus);
    }
  }

  /**
   * A conversation goes on: that of this tab, from before the page was left, or another device's.
   * @param {boolean} isShown
   */
  comeBack(isShown) {
    void this.begin("text", { isReturn: true });
    if (isShown) {
      this.show();
    }
  }

  /** The element was taken off the page: the conversation can be returned to. */
  leave() {
    this.conversation?.leave();
    this.#forget();
    this.phase = "welcome";
    this.view.dialog.close();
  }

  /** The host's language or name has changed. */
  paint() {
    const language = this.host.languageShown;
    if (this.language !== language) {
      this.language = language;
      void textsIn(language).then((texts) => this.#translate(texts));
    }
    this.render();
  }

  /** @param {Record<string, string>} texts */
  #translate(texts) {
    const { dialog, text } = this.view;
    const wasOpen = dialog.open;
    this.texts = texts;
    dialog.remove();
    this.view = new View(this);
    this.view.text.value = text.value;
    this.pictures = new Pictures(this, this.view);
    this.#place();
    if (wasOpen) {
      this.#open();
    }
  }

  /** It is the page, in a frame of its own, and not something above one. */
  get isFilling() {
    return this.host.getAttribute("display") === "fill";
  }

  /** A small screen is filled, and nothing behind it can be reached; elsewhere the page stays in use. */
  #open() {
    if (SMALL.matches && !this.isFilling) {
      this.view.dialog.showModal();
    } else {
      this.view.dialog.show();
    }
  }

  #fit() {
    if (this.view.dialog.open) {
      const { activeElement } = /** @type {ShadowRoot} */ (this.root.getRootNode());
      this.view.dialog.close();
      this.#open();
      /** @type {HTMLElement | null} */ (activeElement)?.focus();
    }
  }

  /** A keyboard on the screen takes its part of it. */
  #fitKeyboard() {
    if (visualViewport) {
      this.root.style.setProperty("--visible", `${visualViewport.height}px`);
    }
  }

  // --- the conversation begins -----------------------------------------------

  /**
   * @param {"audio" | "text"} mode
   * @param {{text?: string, isReturn?: boolean}} [more] isReturn: to one that goes on, or to none
   */
  async begin(mode, { text = this.#unsent, isReturn = false } = {}) {
    this.#forget();
    Object.assign(this, { phase: "connecting", state: NOTHING_YET, story: new Story(), banner: null });
    Object.assign(this, { asking: null, isRated: false, conversationId: "" });
    this.#unsent = text;
    this.render();
    const { host } = this;
    const ticket = () => ticketFrom(host.ticket, host.getAttribute("agent"));
    // It comes while the browser asks for the microphone.
    let early = mode === "audio" ? ticket() : null;
    early?.catch(() => {});
    const first = () => {
      const found = early ?? ticket();
      early = null;
      return found;
    };
    const conversation = new Conversation({
      service: host.getAttribute("service") ?? undefined,
      ticket: first,
      isReturn,
      mode,
      storage: keptForTab(),
      transfer: takeTransfer(),
    });
    this.#follow(conversation);
    try {
      this.#unsent = (mode === "audio" && (await this.#askForMicrophone())) || text;
      if (this.#unsent) {
        this.keepDraft();
      }
      await conversation.open();
      this.#sendUnsent();
    } catch (error) {
      if (this.conversation === conversation) {
        this.#fail(error);
      }
    }
  }

  /** Somebody else uses the page now: nothing of the conversation is shown any more, and it is over. */
  forget() {
    const { conversation } = this;
    this.#unsent = this.view.text.value = "";
    keepDraft("", "");
    this.hide();
    this.anew();
    conversation?.forget();
    this.host.isUnderway = false;
  }

  /** What was typed before a conversation began stands below the greeting. */
  #sendUnsent() {
    const { activity, isAloud } = this.state;
    if (this.#unsent && this.phase === "live" && (this.#isResumed || isAloud || activity === "listening")) {
      const text = this.#unsent;
      this.#unsent = "";
      this.conversation?.say(text, true);
      this.keepDraft();
    }
  }

  /**
   * Nothing is said while the browser asks for the microphone. Who types meanwhile, waits no longer.
   * @returns {Promise<string>} what was typed
   */
  async #askForMicrophone() {
    const typed = new Promise((/** @type {(text: string) => void} */ resolve) => (this.#typeInstead = resolve));
    const text = await Promise.race([typed, this.#speak().then(() => "")]);
    this.#typeInstead = null;
    return text;
  }

  /** @param {Conversation} conversation */
  #follow(conversation) {
    this.conversation = conversation;
    /**
     * @param {keyof import("../client/client.js").Events} type
     * @param {(detail: any) => void} take
     */
    const follow = (type, take) => {
      const taken = (/** @type {any} */ detail) => {
        take(detail);
        this.render();
      };
      this.#offs.push(conversation.on(type, taken));
    };
    follow("state", (state) => this.#takeState(state));
    follow("conversation", (begun) => this.#takeBeginning(begun));
    follow("caption", (caption) => this.#takeCaption(caption));
    follow("tool", (tool) => this.#takeTool(tool));
    follow("confirm", (question) => this.#takeQuestion(question));
    follow("confirm_closed", (closed) => this.story.close(closed));
    follow("handoff", (handoff) => this.#takeHandoff(handoff));
    follow("level", (told) => this.#takeLevel(told));
    follow("incident", ({ code }) => (this.banner = notice(code) ?? this.banner));
    follow("error", ({ code }) => (this.banner = notice(code) ?? "unknown"));
    follow("ended", (end) => this.#takeEnd(end));
    this.#offs.push(conversation.on("levels", (levels) => this.#takeLevels(levels)));
  }

  #forget() {
    this.#offs.splice(0).forEach((off) => off());
    this.conversation = null;
  }

  // --- what the client tells -------------------------------------------------

  /** @param {any} state */
  #takeState(state) {
    const before = this.state;
    this.state = state;
    if (state.floor === "caller" && state.microphone === "on") {
      this.story.cut("cutSpoken");
    }
    if (this.isSpoken && before.microphone === "opening") {
      this.acted();
    }
    if (state.isReturnable && this.code === "moved") {
      this.#stick("replaced");
    }
    this.#sendUnsent();
    this.isOffline = state.connection === "lost" && navigator.onLine === false;
    if (state.connection === "lost") {
      this.banner = this.isOffline ? "offline" : "lost";
    } else if (before.connection === "lost" && state.connection === "open") {
      this.banner = null;
      this.announce(this.texts.back);
    } else if (state.isSlow && !before.isSlow) {
      this.banner = "slow";
    }
  }

  /** @param {{conversationId: string, isResumed: boolean}} begun */
  #takeBeginning(begun) {
    this.phase = "live";
    this.#isResumed = begun.isResumed;
    this.conversationId = begun.conversationId;
    this.host.isUnderway = true;
    this.view.text.value ||= draftOf(begun.conversationId);
    this.view.fitText();
    this.#tell("conversation", begun);
  }

  /** @param {import("../client/client.js").Caption} caption */
  #takeCaption(caption) {
    const told = this.story.caption(caption);
    const isHeard = this.state.isAloud && caption.role === "agent";
    if (caption.isFinal && this.banner === "noticeStorage") {
      this.banner = null; // this is on record
    }
    if (caption.isFinal && caption.role !== "caller" && !isHeard) {
      // Whole turns, once; and not what is being spoken aloud anyway.
      this.announce(`${authorOf(told, this.texts)}: ${heardAndNot(caption)[0]}`);
    }
    this.#tell("caption", caption);
  }

  /** @param {{status: string, name: string | null, after?: string}} handoff */
  #takeHandoff({ status, name, after }) {
    if (status === "joined" || status === "left") {
      const text = status === "joined" && name !== null ? "joinedBy" : status;
      this.story.note(text, after, { name });
      this.announce(filled(this.texts[text], { name: name ?? "" }));
    }
  }

  /** @param {any} tool */
  #takeTool(tool) {
    this.story.tool(tool);
    if (tool.status === "running" && !this.state.isAloud) {
      this.announce(tool.title);
    }
    if (tool.name === SENDS_CODE && tool.status === "succeeded") {
      this.asking = { kind: "code", isSent: true };
    } else if (tool.needs === "identified" && this.asking === null && this.host.proofs.length > 0) {
      this.asking = { kind: "proof", ...this.host.proofs[0] };
    }
    this.#tell("tool", tool);
  }

  /** @param {any} question */
  #takeQuestion(question) {
    this.story.question = question;
    this.#tell("confirm", question);
  }

  /** @param {{level: keyof typeof LEVELS, after?: string}} told */
  #takeLevel({ level, after }) {
    const text = LEVELS[level];
    this.asking = null;
    this.banner = null;
    this.story.note(text, after);
    this.announce(this.texts[text]);
  }

  /** @param {{caller: number, agent: number}} levels */
  #takeLevels({ caller, agent }) {
    const { orb } = this.view;
    const level = orb.dataset.look === "speaking" ? agent : caller;
    // Loudness is felt more like a root of the level: speech lies between 0.05 and 0.2.
    orb.style.setProperty("--loud", Math.sqrt(level).toFixed(2));
  }

  /** @param {{reason: string, error: any}} end */
  #takeEnd(end) {
    this.host.isUnderway = false;
    this.view.text.value = joined(...this.state.waiting, this.view.text.value); // it was never sent
    this.story.question = null;
    this.asking = null;
    this.banner = null;
    if (end.reason === "replaced") {
      this.#stick(this.state.isReturnable ? "replaced" : "moved");
    } else if (end.reason === "unreachable") {
      this.#stick(end.reason);
    } else {
      this.phase = "ended";
      this.endReason = end.reason;
      this.conversationId = this.conversation?.conversationId ?? "";
      this.isRated = !!this.conversation?.isRated;
      keepDraft("", this.view.text.value);
      this.announce(`${this.texts.ended} ${this.texts[endText(end.reason)]}`);
      this.render();
      queueMicrotask(() => this.view.dialog.open && this.view.final.focus());
    }
    this.#tell("ended", end);
  }

  /** @param {any} error of the client's, behind which may be one of the ticket's */
  #fail(error) {
    const { code } = error?.cause?.name === "ClientError" ? error.cause : error;
    this.host.isUnderway = false;
    if (code === "other_customer") {
      this.forget();
    } else {
      this.#stick(typeof code === "string" ? code : "unknown");
    }
  }

  /** @param {string} code */
  #stick(code) {
    this.phase = "stuck";
    this.code = code;
    this.announce(filled(this.texts[failure(code).text], { id: this.conversationId }));
    this.render();
  }

  /**
   * @param {string} type
   * @param {any} detail
   */
  #tell(type, detail) {
    this.host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  /**
   * Have a text read out to those who do not see it.
   * @param {string} text
   */
  announce(text) {
    this.view.told.textContent = text;
  }

  /**
   * Show a text above the conversation.
   * @param {string | null} banner its key
   */
  say(banner) {
    this.banner = banner;
    this.render();
  }

  /** The caller goes on: what was said of what they did before is over. */
  acted() {
    if (!LASTING.has(this.banner ?? "")) {
      this.say(null);
    }
  }

  /** Show the state, once for all that changes at the same moment. */
  render() {
    if (!this.#isRendering) {
      this.#isRendering = true;
      queueMicrotask(() => {
        this.#isRendering = false;
        this.view.render();
      });
    }
  }

  // --- taps and keys ---------------------------------------------------------

  /** The microphone is there; it may be muted. */
  get isSpoken() {
    return this.state.microphone === "on" || this.state.microphone === "muted";
  }

  get canAttach() {
    return this.phase === "live" && this.pictures.isPossible;
  }

  toggleTalk() {
    this.acted();
    if (this.phase !== "live") {
      void this.begin("audio");
    } else if (this.isSpoken) {
      this.conversation?.stopSpeaking();
    } else {
      void this.#speak();
    }
  }

  async #speak() {
    try {
      await this.conversation?.speak();
    } catch (error) {
      this.say(this.troubleOf(error));
    }
  }

  /**
   * What is said of an error of the client's while the conversation goes on.
   * @param {any} error
   */
  troubleOf(error) {
    return notice(error?.code ?? "") ?? "unknown";
  }

  interrupt() {
    this.story.cut("cutStopped");
    this.conversation?.interrupt();
  }

  toggleMute() {
    this.conversation?.mute(this.state.microphone !== "muted");
  }

  toggleHold() {
    this.conversation?.hold(this.state.activity !== "held");
  }

  toggleQuiet() {
    this.conversation?.silence(!this.state.isSilenced);
  }

  /**
   * Send what was typed; tells whether it could be taken.
   * @param {string} text
   */
  type(text) {
    this.acted();
    if (this.phase === "live") {
      this.story.cut("cutTyped");
      const all = joined(this.#unsent, text);
      this.#unsent = "";
      this.conversation?.say(all);
      return true;
    }
    if (this.phase === "welcome") {
      void this.begin("text", { text });
      return true;
    }
    this.#typeInstead?.(text);
    return this.#typeInstead !== null;
  }

  /** What was typed already is not to be typed again. */
  askForMessage() {
    this.ask({ kind: "message", about: this.#unsent.slice(0, 200) });
  }

  /** @returns {import("./story.js").Entry[]} what was said and done, and what waits to be sent */
  get entries() {
    const text = joined(this.#unsent, ...this.state.waiting);
    return text && this.phase !== "ended" ? [...this.story.entries, { kind: "caption", id: "", place: "", role: "caller", text }] : this.story.entries;
  }

  /** What is being typed, and waits to be sent, outlives a reload of the page. */
  keepDraft() {
    keepDraft(this.conversationId, joined(this.#unsent, this.view.text.value));
  }

  /** @param {boolean} accepted */
  decide(accepted) {
    this.acted();
    this.conversation?.confirm(this.story.question.confirmationId, accepted);
  }

  /** @param {Asking | null} asking */
  ask(asking) {
    this.asking = asking;
    this.render();
    queueMicrotask(() => (asking === null ? this.view.text : this.view.cards.querySelector("input, textarea, [part=transfer]"))?.focus());
  }

  /** @param {Record<string, string> | null} values null where it was put away */
  answer(values) {
    this.acted();
    if (values === null) {
      this.ask(null);
    } else if (this.asking?.kind === "code") {
      this.conversation?.code(values.code);
    } else if (this.asking?.kind === "proof") {
      this.conversation?.check(this.asking.name, values);
    } else {
      void this.#leaveMessage(values);
    }
  }

  /** @param {Record<string, string>} values */
  async #leaveMessage({ contact, about, name }) {
    try {
      const message = { contact, about, name: name || undefined };
      this.conversationId = (await /** @type {Conversation} */ (this.conversation).leaveMessage(message)).reference;
    } catch (/** @type {any} */ error) {
      if (error.code !== "too_many_messages") {
        this.say(error.code === "bad_request" ? "notTaken" : "notSent");
        return;
      }
    }
    this.asking = this.banner = null;
    this.#unsent = "";
    this.keepDraft();
    this.#stick("left");
  }

  async transfer() {
    try {
      const moved = await /** @type {Conversation} */ (this.conversation).transfer();
      this.ask({ kind: "transfer", ...moved });
    } catch {
      this.say("unknown");
    }
  }

  end() {
    this.conversation?.end();
  }

  /**
   * @param {number} score
   * @param {string | null} comment null where a star was tapped, and more may come
   * @returns {Promise<boolean>} whether it has arrived
   */
  async rate(score, comment) {
    const { conversation } = this;
    const sent = this.#rating.then(() => conversation?.rate(score, comment ?? ""));
    this.#rating = sent.catch(() => {});
    try {
      await sent;
    } catch {
      this.say("notSent");
      return false;
    }
    this.announce(this.texts.rated);
    if (comment !== null) {
      this.isRated = true;
      queueMicrotask(() => this.view.final.focus());
    }
    this.say(null);
    return true;
  }

  anew() {
    if (this.phase === "ended") {
      this.conversation?.forget();
    }
    this.#forget();
    Object.assign(this, { phase: "welcome", state: NOTHING_YET, story: new Story(), banner: null, asking: null, conversationId: "" });
    this.announce("");
    this.view.text.value = joined(this.#unsent, this.view.text.value);
    this.#unsent = "";
    this.keepDraft();
    this.render();
    this.view.dialog.focus();
  }

  /** Save what was said as a text. */
  keep() {
    const { texts } = this;
    const now = new Date();
    const head = [
      this.host.getAttribute("name") ?? texts.name,
      now.toLocaleString(this.language),
      filled(texts.reference, { id: this.conversationId }),
    ];
    const text = transcript(this.story.entries, texts, head);
    const href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    make("a", { href, download: `${texts.keepName}-${now.toISOString().slice(0, 10)}.txt` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { dialog, log, text } = this.view;
    if (/^\S$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && [dialog, log.list].includes(event.target)) {
      text.focus(); // who just writes, writes there
    }
    if (event.key !== "Escape" || event.isComposing) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (this.menu.isOpen) {
      this.menu.close();
      this.view.more.focus();
    } else {
      this.hide();
    }
  }
}

/** @param {...string} lines */
const joined = (...lines) => lines.filter(Boolean).join("\n");
