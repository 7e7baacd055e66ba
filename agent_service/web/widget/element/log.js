// The conversation as it is shown: what was said, what was done, what happened.

import { ICONS } from "./icons.js";
import { drawing, make } from "./make.js";
import { DECIDED_TEXTS, TOOL_TEXTS, authorOf, directionOf, filled, heardAndNot, safeUrl, withLinks } from "./story.js";

/** @type {Record<string, string>} */
const STEP_ICONS = {
  running: ICONS.turning,
  succeeded: ICONS.done,
  accepted: ICONS.done,
  repeated: ICONS.done,
  awaiting_approval: ICONS.waiting,
  needs_proof: ICONS.waiting,
  in_doubt: ICONS.waiting,
};

export class Log {
  /**
   * @param {Record<string, string>} texts
   * @param {(number: number) => Promise<string>} pictureUrl
   */
  constructor(texts, pictureUrl) {
    this.texts = texts;
    this.pictureUrl = pictureUrl;
    this.list = make("ol", { part: "captions", class: "log", tabIndex: -1, "aria-label": texts.captions });
    /** @type {Map<string, {item: HTMLElement, shown: string}>} */
    this.items = new Map();
  }

  /**
   * Bring the list in line with the entries; what has not changed is not touched.
   * @param {import("./story.js").Entry[]} entries
   */
  render(entries) {
    const gone = new Set(this.items.keys());
    let next = this.list.firstElementChild;
    let before = "";
    for (const entry of entries) {
      const key = `${entry.kind} ${entry.id}`;
      gone.delete(key);
      const author = entry.kind === "caption" ? authorOf(entry, this.texts) : "";
      const isNamed = author !== before;
      before = author || before;
      const shown = JSON.stringify([entry, isNamed]);
      let known = this.items.get(key);
      if (!known) {
        known = { item: make("li"), shown: "" };
        this.items.set(key, known);
      }
      if (known.shown !== shown) {
        known.shown = shown;
        this.#fill(known.item, entry, isNamed && entry.role !== "caller" ? author : "");
      }
      if (known.item === next) {
        next = next.nextElementSibling;
      } else {
        this.list.insertBefore(known.item, next);
      }
    }
    for (const key of gone) {
      this.items.get(key)?.item.remove();
      this.items.delete(key);
    }
  }

  /**
   * @param {HTMLElement} item
   * @param {import("./story.js").Entry} entry
   * @param {string} author
   */
  #fill(item, entry, author) {
    const { texts } = this;
    switch (entry.kind) {
      case "caption":
        item.className = `turn ${entry.role}`;
        item.dataset.final = entry.isFinal ? "yes" : "no";
        item.replaceChildren(...this.#turn(entry, author));
        break;
      case "tool":
        step(item, entry.status, entry.title, texts[TOOL_TEXTS[entry.status]]);
        item.lastElementChild?.append(...this.#sources(entry.sources));
        break;
      case "decided":
        step(item, entry.status, texts[DECIDED_TEXTS[entry.status] ?? "lapsed"], entry.what);
        break;
      case "note":
        item.className = "aside";
        item.textContent = filled(texts[entry.text], entry.values);
    }
  }

  /**
   * @param {import("./story.js").Entry} entry
   * @param {string} author
   */
  *#turn(entry, author) {
    const { texts } = this;
    // Who speaks is always told to those who do not see it; to others where it changes and is not they.
    yield make("span", { class: author ? "author" : "unseen", textContent: author || authorOf(entry, texts) });
    if (entry.picture) {
      const image = make("img", { class: "picture", alt: filled(texts.picture, { number: entry.picture }) });
      yield image;
      this.pictureUrl(entry.picture).then(
        (url) => (image.src = url),
        () => image.replaceWith(image.alt),
      );
      return;
    }
    const [heard, unheard] = heardAndNot(entry);
    const words = make("span", { dir: directionOf(entry.text ?? "") }, ...withLinks(heard).map(linked));
    if (unheard.trim()) {
      words.append(
        make("span", { class: "unheard" }, make("span", { class: "unseen", textContent: ` [${texts.unheard}: ` }), unheard),
        make("span", { class: "unseen", textContent: "]" }),
      );
    }
    if (!words.textContent.trim()) {
      words.append(make("span", { class: "nothing", textContent: entry.isFinal ? texts.nothingUnderstood : "…" }));
    }
    yield make("p", { class: "words" }, words);
    if (unheard.trim()) {
      yield make("span", { class: "under", textContent: `${texts[entry.cut] ?? ""} ${texts.cutWords}` });
    }
  }

  /** @param {{title: string, url?: string}[] | undefined} sources */
  *#sources(sources = []) {
    if (sources.length > 0) {
      const named = sources.map(({ title, url }) => linked({ text: title, url: url && safeUrl(url, document.baseURI) }));
      yield make("span", { class: "sources" }, this.texts.sources, ...named);
    }
  }
}

/** @param {{text: string, url?: string | null}} part */
function linked({ text, url }) {
  return !url
    ? text.trim() && make("bdi", { textContent: text }) || text
    : make("a", { href: url, target: "_blank", rel: "noopener noreferrer", textContent: text });
}

/**
 * @param {HTMLElement} item
 * @param {string} status
 * @param {string} title
 * @param {string} [state]
 */
function step(item, status, title, state) {
  const icon = STEP_ICONS[status] ?? ICONS.cross;
  item.className = "step";
  item.dataset.status = status;
  item.dataset.tone = icon !== ICONS.cross ? "good" : status === "declined" ? "calm" : "bad";
  // Each in the direction of its own language.
  const words = make("span", {}, make("b", { dir: "auto", textContent: title }), state && " · ", state && make("bdi", { textContent: state }));
  item.replaceChildren(drawing(icon), words);
}
