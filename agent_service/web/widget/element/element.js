// <support-conversation>: a button, until somebody wants to talk. All else is fetched only then.

import { BUTTON_STYLE } from "./button_style.js";
import { drawing, dress, make } from "./make.js";
import { NAMES, languageOf } from "./names.js";
import { UNDERWAY, keepDraft, keptForTab } from "./tab.js";

const BUBBLE = "M20 11.5a7.5 7.5 0 0 1-7.5 7.5H5l1.6-2.7A7.5 7.5 0 1 1 20 11.5ZM9.2 9.8v3.4M12.5 8v7M15.8 9.8v3.4";
const DARK = matchMedia("(prefers-color-scheme: dark)");
/** Set while the conversation is in sight: on the next page it is again. */
const SHOWN = "support-conversation-shown";

/**
 * @typedef {() => Promise<string> | string} TicketSource
 */
export class SupportConversation extends HTMLElement {
  static observedAttributes = ["open", "theme", "language", "label", "display"];

  /** @type {import("./panel.js").Panel | null} */
  #panel = null;
  /** @type {Promise<import("./panel.js").Panel> | null} */
  #coming = null;
  /** @type {TicketSource | string | null} */
  #ticket = null;
  #note = "";
  #root;
  #button;
  #bubble;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    dress(shadow, BUTTON_STYLE);
    this.#button = make("button", { part: "button", class: "launcher", "aria-haspopup": "dialog" });
    this.#bubble = make("p", { class: "bubble", role: "alert", hidden: true });
    this.#root = make("div", { class: "root" }, this.#button, this.#bubble);
    shadow.append(this.#root);
    for (const sign of ["pointerenter", "focus"]) {
      // Fetching begins with the first sign of interest, so that the tap finds everything here.
      this.#button.addEventListener(sign, () => void this.#load().catch(() => {}), { once: true });
    }
    this.#button.addEventListener("click", () => (this.open = true));
  }

  connectedCallback() {
    DARK.addEventListener("change", this.#paint);
    this.#paint();
    const kept = keptForTab()?.getItem(UNDERWAY);
    // One that is over, and was put away, waits until somebody asks for it.
    if ((kept && !(kept.includes('"isOver":true') && this.#wasHidden)) || location.hash.includes(`${UNDERWAY}=`)) {
      void this.#return();
    } else if (this.open) {
      void this.#show();
    } else {
      this.open = this.getAttribute("display") === "fill";
    }
  }

  disconnectedCallback() {
    DARK.removeEventListener("change", this.#paint);
    this.#panel?.leave();
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now) {
      return;
    }
    if (name === "open") {
      void (now === null ? this.#panel?.hide() : this.#show());
    }
    this.#paint();
  }

  /** Whether the conversation is shown. */
  get open() {
    return this.hasAttribute("open");
  }

  set open(isOpen) {
    this.toggleAttribute("open", isOpen);
  }

  /** What the ticket comes from: a function, or the URL at the page's own back end. */
  get ticket() {
    return this.#ticket ?? this.getAttribute("ticket") ?? "/support-ticket";
  }

  set ticket(source) {
    this.#ticket = source;
  }

  /** @returns {{name: string, title: string, fields: {name: string, title: string}[]}[]} what callers can prove who they are by */
  get proofs() {
    return JSON.parse(this.getAttribute("proofs") ?? "[]");
  }

  set proofs(proofs) {
    this.setAttribute("proofs", JSON.stringify(proofs));
  }

  /** End and forget the conversation: somebody else is signed in on the page from now on, or nobody. */
  async forget() {
    const panel = await this.#coming?.catch(() => null);
    panel?.forget();
    keepDraft("", "");
    keptForTab()?.removeItem(UNDERWAY);
  }

  get languageShown() {
    const page = /** @type {HTMLElement} */ (this.closest("[lang]") ?? document.body);
    return languageOf([this.getAttribute("language"), page.lang, ...navigator.languages]);
  }

  get themeShown() {
    const wanted = this.getAttribute("theme");
    return wanted === "dark" || wanted === "light" ? wanted : DARK.matches ? "dark" : "light";
  }

  /** A conversation goes on. */
  set isUnderway(/** @type {boolean} */ isUnderway) {
    this.#button.dataset.live = isUnderway ? "yes" : "no";
    this.#paint();
  }

  /** What has to be known while it is out of sight. */
  set note(/** @type {string} */ note) {
    if (this.#note !== note) {
      this.#note = note;
      this.#paint();
    }
  }

  /**
   * The conversation is in sight, or not: then the button is, and gets the focus that was in there.
   * @param {boolean} isShown
   * @param {boolean} hadFocus
   */
  noteShown(isShown, hadFocus = false) {
    this.#button.hidden = isShown || this.getAttribute("display") === "fill";
    this.#button.setAttribute("aria-expanded", String(isShown));
    keptForTab()?.setItem(SHOWN, isShown ? "yes" : "no");
    this.open = isShown;
    if (hadFocus) {
      this.#button.focus();
    }
  }

  #paint = () => {
    const language = this.languageShown;
    const [open, goesOn] = NAMES[language];
    const name = this.#button.dataset.live === "yes" ? goesOn : (this.getAttribute("label") ?? open);
    this.#root.lang = language;
    this.#root.dir = language === "ar" ? "rtl" : "ltr";
    this.#root.dataset.theme = this.themeShown;
    this.#button.replaceChildren(drawing(BUBBLE), make("span", {}, name, this.#note && make("small", { textContent: this.#note })));
    this.#panel?.paint();
  };

  get #wasHidden() {
    return keptForTab()?.getItem(SHOWN) === "no";
  }

  #load() {
    this.#coming ??= loaded(this, this.#root);
    // A failure is tried again at the next tap.
    this.#coming.catch(() => (this.#coming = null));
    return this.#coming;
  }

  /** @param {(panel: import("./panel.js").Panel) => void} show */
  async #show(show = (panel) => this.open && panel.show()) {
    this.#bubble.hidden = true;
    try {
      this.#panel = await this.#load();
    } catch {
      this.#apologise();
      return;
    }
    show(this.#panel);
  }

  /** The network is away, the page forbids it, or the browser is too old to read what came. */
  #apologise() {
    const contact = this.getAttribute("contact");
    const isAddress = contact !== null && /^(mailto:|tel:|https?:)/i.test(contact);
    const address = isAddress ? [" ", make("a", { href: contact, textContent: contact.replace(/^(mailto|tel):/i, "") })] : [];
    this.#bubble.replaceChildren(NAMES[this.languageShown][2], ...address);
    this.#bubble.hidden = false;
    this.open = false;
  }

  /** A conversation goes on: on the page before, or on another device. */
  async #return() {
    const isShown = !this.#wasHidden || this.open;
    await this.#show((panel) => panel.comeBack(isShown));
  }
}

/**
 * Where what browsers had last of all that the panel uses is not there, it would break in the middle.
 * @param {SupportConversation} host
 * @param {HTMLElement} root
 */
async function loaded(host, root) {
  new RegExp("(?<=a)");
  if (!("findLast" in [] && "timeout" in AbortSignal && "showModal" in HTMLDialogElement.prototype)) {
    throw new Error("This browser is too old for <support-conversation>.");
  }
  return (await import("./panel.js")).Panel.made(host, root);
}

if (!customElements.get("support-conversation")) {
  customElements.define("support-conversation", SupportConversation);
}
