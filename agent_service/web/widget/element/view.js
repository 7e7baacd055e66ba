// What the panel is made of, and how it shows the panel's state. It decides nothing.

import { endText, failure } from "./failures.js";
import { askingCard, questionCard, ratingForm, transferCard } from "./forms.js";
import { ICONS } from "./icons.js";
import { Log } from "./log.js";
import { drawing, make } from "./make.js";
import { GLYPHS, presence } from "./presence.js";
import { filled, safeContact, safeUrl } from "./story.js";

const MOST_CHARACTERS = 8_000;
/** A reader who is this near to the end is taken along. */
const NEAR_END_PX = 48;
/** So low that all scrolls together. */
const LOW = matchMedia("(max-height: 30em)");

export class View {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.texts = panel.texts;
    this.log = new Log(this.texts, (number) => this.panel.pictures.urlOf(number));
    this.head = this.#makeHead();
    this.stage = this.#makeStage();
    this.banner = this.#makeBanner();
    this.body = this.#makeBody();
    this.cards = make("div", { class: "cards" });
    this.foot = this.#makeFoot();
    this.drop = make("div", { class: "drop", hidden: true, textContent: this.texts.attach });
    this.told = make("div", { class: "unseen", role: "status", "aria-live": "polite" });
    this.dialog = make(
      "dialog",
      { class: "panel", part: "panel", tabIndex: -1, "aria-labelledby": "name" },
      this.head, this.stage, this.banner, this.body, this.cards, this.foot, this.drop, this.told,
    );
  }

  // --- what it is made of ----------------------------------------------------

  #makeHead() {
    const { panel, texts } = this;
    this.orb = make("div", { class: "orb", part: "presence", "aria-hidden": "true" });
    this.name = make("h2", { id: "name" });
    this.line = make("p");
    this.recording = make("span", { part: "recording" });
    this.badge = make("abbr", { class: "badge", title: texts.ai, textContent: texts.aiShort });
    this.more = iconButton(ICONS.more, texts.more, () => panel.menu.toggle(), "more");
    this.more.setAttribute("aria-expanded", "false");
    this.end = make("button", { class: "end", part: "end", title: texts.endLong, textContent: texts.end, onclick: () => panel.end() });
    this.menu = make("div", { class: "menu", part: "menu", hidden: true });
    this.closing = iconButton(ICONS.close, texts.closeIdle, () => panel.hide(), "close");
    return make(
      "header",
      { class: "head", part: "header" },
      this.orb,
      make("div", { class: "who" }, make("div", {}, this.name, this.badge), make("div", { class: "line" }, this.recording, this.line)),
      make("div", { class: "buttons" }, this.more, this.end, this.closing),
      this.menu,
    );
  }

  #makeStage() {
    const { panel, texts } = this;
    this.now = make("p", { class: "now" });
    this.turn = make("p", { class: "line" });
    this.mute = control(ICONS.mute, texts.mute, () => panel.toggleMute(), "mute");
    this.hold = control(ICONS.pause, texts.hold, () => panel.toggleHold(), "hold");
    this.stop = control(ICONS.stop, texts.stop, () => panel.interrupt(), "stop");
    this.quiet = control(ICONS.quiet, texts.quiet, () => panel.toggleQuiet(), "quiet");
    const controls = make("div", { class: "controls" }, this.mute, this.hold, this.stop, this.quiet);
    return make("div", { class: "stage", part: "stage" }, this.now, this.turn, controls);
  }

  #makeBanner() {
    this.bannerText = make("p");
    const away = iconButton(ICONS.cross, this.texts.closeIdle, () => this.panel.say(null), "dismiss");
    return make("div", { class: "banner", part: "banner", role: "status" }, this.bannerText, away);
  }

  #makeBody() {
    const { panel, texts } = this;
    this.talk = make(
      "button",
      { class: "talk", part: "talk", title: texts.talkMore, onclick: () => panel.toggleTalk() },
      drawing(ICONS.microphone),
      make("span", { textContent: texts.talk }),
    );
    this.welcome = make(
      "div",
      { class: "welcome", part: "welcome" },
      make("p", { class: "title", textContent: texts.hello }),
      make("p", { class: "hint", textContent: texts.helloMore }),
      this.talk,
    );
    this.stuck = make("div", { class: "stuck", part: "failure", role: "alert", tabIndex: -1, hidden: true });
    this.final = make("section", { class: "card final", part: "ended", tabIndex: -1, "aria-labelledby": "over", hidden: true });
    this.latest = make("button", { class: "latest", textContent: texts.toEnd, hidden: true, onclick: () => {
      this.scroll(true);
      this.log.list.focus();
    } });
    return make("div", { class: "body", onscroll: () => this.#noteScroll() }, this.welcome, this.stuck, this.log.list, this.final, this.latest);
  }

  #makeFoot() {
    const { panel, texts } = this;
    this.text = make("textarea", {
      class: "type",
      part: "type",
      rows: 1,
      maxLength: MOST_CHARACTERS,
      placeholder: texts.message,
      "aria-label": texts.message,
      enterKeyHint: "send",
      oninput: () => {
        this.fitText();
        panel.keepDraft();
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.send = make("button", { type: "submit", class: "round send", part: "send", "aria-label": texts.send, title: texts.send }, drawing(ICONS.send));
    this.file = make("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/gif", hidden: true });
    this.attach = make(
      "button",
      { class: "round", part: "attach", "aria-label": texts.attach, title: texts.attach, onclick: () => this.file.click() },
      drawing(ICONS.attach),
    );
    this.composer = make(
      "form",
      { class: "composer", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.#submit(); } },
      this.attach,
      this.file,
      make("div", { class: "box" }, this.text, this.send),
    );
    this.small = make("p", { class: "small", textContent: texts.aiNotice });
    const privacy = panel.host.getAttribute("privacy");
    const href = privacy && safeUrl(privacy, document.baseURI);
    if (href) {
      this.small.append(" ", make("a", { href, target: "_blank", rel: "noopener noreferrer", textContent: texts.privacy }));
    }
    return make("footer", { class: "foot", part: "footer" }, this.composer, this.small);
  }

  #submit() {
    const text = this.text.value.trim();
    if (text && this.panel.type(text)) {
      this.text.value = "";
      this.fitText();
      this.panel.keepDraft();
      this.scroll(true);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // While a word is being composed (Japanese, Chinese), Enter belongs to that.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this.#submit();
    }
  }

  fitText() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  // --- how it shows the state ------------------------------------------------

  render() {
    const isAtEnd = this.#isAtEnd();
    const root = /** @type {ShadowRoot} */ (this.dialog.getRootNode());
    const focused = this.dialog.matches(":focus-within") && root.activeElement;
    this.#renderPresence();
    this.#renderBanner();
    this.#renderTalk();
    const { phase, entries, canAttach } = this.panel;
    const isStuck = phase === "stuck";
    const isBegun = !isStuck && (phase === "live" || phase === "ended" || entries.length > 0);
    this.welcome.hidden = isBegun || isStuck;
    this.log.list.hidden = !isBegun;
    this.log.render(entries);
    this.#renderStuck();
    this.stuck.hidden ||= this.panel.asking !== null; // the form has its own title, and needs the room
    this.#renderFinal();
    const isAsked = this.#renderCards();
    this.foot.hidden = phase === "ended" || isStuck;
    this.small.hidden = phase !== "welcome";
    this.attach.hidden = !canAttach;
    this.scroll(isAtEnd && isBegun);
    if (isAsked) {
      this.cards.firstElementChild.scrollIntoView(); // in a low window: the terms before the answers
    }
    if (focused && (!root.activeElement || isGone(root.activeElement))) {
      // Escape is heard only inside; in the field, the focus would bring up a keyboard.
      const [place] = [this.stuck, this.log.list, this.dialog].filter((each) => !isGone(each));
      place?.focus();
    }
  }

  #renderPresence() {
    const { panel, texts } = this;
    const { phase, state, story } = panel;
    const isLive = phase === "live";
    const isElsewhere = panel.asking?.kind === "transfer";
    const isStaged = isLive && panel.isSpoken && !isElsewhere;
    const { look, line, turn } = presence({ phase, ...state, isOffline: panel.isOffline, doing: story.doing, awaitsApproval: story.awaitsApproval }, texts);
    const isPerson = isLive && state.person !== null;
    this.badge.hidden = isPerson;
    this.name.textContent = isPerson ? state.person || texts.representative : panel.host.getAttribute("name") ?? texts.name;
    place(this.orb, isStaged ? this.stage : this.head, true);
    if (this.orb.dataset.look !== look) {
      this.orb.dataset.look = look;
      this.orb.replaceChildren(drawing(GLYPHS[look]));
    }
    this.line.textContent = !isStaged ? line : isPerson ? texts.representative : texts.ai;
    const isRecorded = state.recording === "on";
    this.recording.hidden = !isLive || (!isRecorded && state.recording !== "paused");
    this.recording.textContent = isRecorded ? texts.recorded : texts.recordingPaused;
    this.recording.dataset.is = state.recording;
    this.dialog.classList.toggle("elsewhere", isElsewhere);
    this.stage.hidden = !isStaged;
    this.stage.classList.toggle("compact", LOW.matches || story.question !== null || panel.asking !== null);
    this.now.textContent = line;
    this.turn.textContent = turn;
    this.mute.setAttribute("aria-pressed", String(state.microphone === "muted" && state.activity !== "held"));
    this.hold.setAttribute("aria-pressed", String(state.activity === "held"));
    this.quiet.setAttribute("aria-pressed", String(state.isSilenced));
    this.stop.disabled = look !== "speaking";
    panel.host.note = isLive && state.microphone === "on" ? texts.microphoneOn : "";
    this.more.hidden = this.end.hidden = !isLive;
    const closing = isLive ? texts.close : texts.closeIdle;
    this.closing.title = closing;
    this.closing.setAttribute("aria-label", closing);
    this.closing.hidden = panel.isFilling;
  }

  #renderBanner() {
    const { banner } = this.panel;
    this.banner.hidden = banner === null;
    this.bannerText.textContent = banner === null ? "" : this.texts[banner];
  }

  #renderTalk() {
    const { phase, isSpoken } = this.panel;
    const isLive = phase === "live";
    this.talk.disabled = phase === "connecting";
    place(this.talk, isLive ? this.composer : this.welcome, false);
    this.talk.classList.toggle("round", isLive);
    if (isLive) {
      this.talk.setAttribute("aria-pressed", String(isSpoken));
    } else {
      this.talk.removeAttribute("aria-pressed");
    }
  }

  #renderStuck() {
    const { panel, texts } = this;
    const shown = panel.phase === "stuck" ? panel.code : "";
    if (isShown(this.stuck, shown)) {
      return;
    }
    const { text, ways } = failure(shown);
    const contact = safeContact(panel.host.getAttribute("contact"));
    const act = (/** @type {string} */ label, /** @type {() => void} */ onclick) =>
      make("button", { class: "act main", textContent: label, onclick });
    const made = {
      write: () => act(texts.write, () => panel.begin("text")),
      leave: () => act(texts.leave, () => panel.askForMessage()),
      again: () => act(texts.again, () => panel.begin("text")),
      reload: () => act(texts.reload, () => location.reload()),
      here: () => act(texts.continueHere, () => panel.begin("text", { isReturn: true })),
      anew: () => act(texts.anew, () => panel.anew()),
      contact: () => contact && make("a", { class: "act", href: contact, textContent: texts.contact }),
      close: () => !contact && !panel.isFilling && act(texts.closeIdle, () => panel.hide()),
    };
    this.stuck.replaceChildren(
      drawing(shown === "left" ? ICONS.done : ICONS.warning),
      make("p", { textContent: filled(texts[text], { id: panel.conversationId }) }),
      make("div", { class: "row" }, ...ways.map((way) => made[way]())),
    );
  }

  #renderFinal() {
    const { panel, texts } = this;
    const shown = panel.phase === "ended" ? `${panel.endReason} ${panel.isRated}` : "";
    if (isShown(this.final, shown)) {
      return;
    }
    const button = (/** @type {string} */ part, /** @type {string} */ label, /** @type {() => void} */ onclick) =>
      make("button", { class: "act", part, textContent: label, onclick });
    this.final.replaceChildren(
      make("h3", { id: "over", textContent: texts.ended }),
      make("p", { class: "small", textContent: texts[endText(panel.endReason)] }),
      panel.isRated
        ? make("p", { textContent: texts.rated })
        : ratingForm(texts, (score, comment) => panel.rate(score, comment)),
      make("div", { class: "row" }, button("keep", texts.keep, () => panel.keep()), button("anew", texts.anew, () => panel.anew())),
      make("p", { class: "small", textContent: filled(texts.reference, { id: panel.conversationId }) }),
    );
  }

  /** @returns {boolean} a question has come, and has the focus */
  #renderCards() {
    const { panel, texts } = this;
    const { asking, story } = panel;
    const { question } = story;
    const wasAsked = this.cards.querySelector(".question") !== null;
    if (isShown(this.cards, JSON.stringify([question, asking]))) {
      return false;
    }
    const cards = [];
    if (question !== null) {
      cards.push(questionCard(question, texts, panel.language, (accepted) => panel.decide(accepted)));
    }
    if (asking?.kind === "transfer") {
      cards.push(transferCard(asking, texts, () => panel.ask(null)));
    } else if (asking !== null) {
      cards.push(askingCard(asking, texts, (values) => panel.answer(values)));
    }
    this.cards.replaceChildren(...cards);
    this.cards.hidden = cards.length === 0;
    const isAsked = question !== null && !wasAsked && this.dialog.open && !this.text.matches(":focus");
    if (isAsked) {
      this.cards.querySelector(".question").focus();
    }
    return isAsked;
  }

  // --- where the reader is ---------------------------------------------------

  /** @param {boolean} toEnd */
  scroll(toEnd) {
    if (toEnd) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
    }
    this.#noteScroll();
  }

  /** In a low window everything scrolls together. */
  get #scroller() {
    return getComputedStyle(this.body).overflowY === "visible" ? this.dialog : this.body;
  }

  #isAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollTop + clientHeight >= scrollHeight - NEAR_END_PX;
  }

  #noteScroll() {
    this.latest.hidden = this.#isAtEnd() || this.panel.phase !== "live";
  }
}

/**
 * Note what an element shows; tells whether it did already.
 * @param {HTMLElement} element
 * @param {string} shown empty where it shows nothing
 */
function isShown(element, shown) {
  const wasShown = element.dataset.shown === shown;
  element.dataset.shown = shown;
  element.hidden = shown === "";
  return wasShown || shown === "";
}

/**
 * Whether an element can have the focus no more.
 * @param {any} element
 */
const isGone = (element) => element.disabled || element.getClientRects().length === 0;

/**
 * Move an element, with the focus if it has it.
 * @param {HTMLElement} element
 * @param {HTMLElement} parent
 * @param {boolean} isFirst
 */
function place(element, parent, isFirst) {
  if (element.parentElement !== parent) {
    const hadFocus = element.matches(":focus");
    isFirst ? parent.prepend(element) : parent.append(element);
    if (hadFocus) {
      element.focus();
    }
  }
}

/**
 * @param {string} lines
 * @param {string} label
 * @param {() => void} onclick
 * @param {string} part
 */
function iconButton(lines, label, onclick, part) {
  return make("button", { class: "icon", part, title: label, "aria-label": label, onclick }, drawing(lines));
}

/**
 * @param {string} lines
 * @param {string} label
 * @param {() => void} onclick
 * @param {string} part
 */
function control(lines, label, onclick, part) {
  return make("button", { class: "control", part, onclick }, make("span", {}, drawing(lines)), make("b", { textContent: label }));
}
