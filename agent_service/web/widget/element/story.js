// What the panel tells of a conversation, in the order it is shown. Pure: no page, no clock.

/**
 * @typedef {{kind: "caption" | "tool" | "decided" | "note", id: string, place: string, [field: string]: any}} Entry
 * place: the turn that it is, or behind which it stands
 */

export class Story {
  /** @type {Entry[]} */
  entries = [];
  /** @type {any} the question that is open */
  question = null;

  /**
   * @param {any} caption
   * @returns {Entry}
   */
  caption(caption) {
    const { turnId, role, text, isFinal } = caption;
    const entry = this.#entry("caption", turnId, turnId);
    Object.assign(entry, caption);
    if (role === "representative") {
      entry.author = this.entries.findLast(({ text, place }) => text === "joinedBy" && place < turnId)?.values.name;
    }
    if (!text && !isFinal) {
      this.entries.splice(this.entries.indexOf(entry), 1); // it was no turn after all
    }
    return entry;
  }

  /**
   * The caller does what cuts an agent who still speaks: the first thing does.
   * @param {"cutStopped" | "cutTyped" | "cutSpoken"} cut a key of the texts
   */
  cut(cut) {
    const last = this.entries.findLast(({ role }) => role === "agent");
    if (last && !last.isFinal) {
      last.cut ??= cut;
    }
  }

  /** @param {any} tool */
  tool(tool) {
    if (tool.status === "awaiting_confirmation") {
      return; // the card asks
    }
    if (tool.status === "fix_arguments" || tool.status === "declined") {
      // Nothing was tried: the agent calls again, asks for what is missing, or was told no, as the question shows.
      this.entries = this.entries.filter(({ id }) => id !== tool.toolCallId);
      return;
    }
    const status = tool.needs ? "needs_proof" : tool.isInDoubt ? "in_doubt" : tool.isRepeated ? "repeated" : tool.status;
    Object.assign(this.#entry("tool", tool.toolCallId, tool.after), tool, { status });
  }

  /**
   * The question can no longer be answered: what was agreed to stays in sight.
   * @param {{confirmationId: string, status: string, summary?: string, after?: string}} closed
   */
  close({ confirmationId, status, summary, after }) {
    if (summary) {
      Object.assign(this.#entry("decided", confirmationId, after), { status, what: summary });
    }
    if (this.question?.confirmationId === confirmationId) {
      this.question = null;
    }
  }

  /**
   * Something that happened beside what was said.
   * @param {string} text a key of the texts
   * @param {string} [after]
   * @param {Record<string, any>} [values] of its places
   */
  note(text, after, values = {}) {
    Object.assign(this.#entry("note", `${text} ${after}`, after), { text, values });
  }

  /** The title of what is being done just now, if anything. */
  get doing() {
    return this.entries.findLast(({ kind, status }) => kind === "tool" && status === "running")?.title ?? null;
  }

  /** Something waits for a person of the team to decide. */
  get awaitsApproval() {
    return this.entries.some(({ kind, status }) => kind === "tool" && status === "awaiting_approval");
  }

  /**
   * @param {Entry["kind"]} kind
   * @param {string} id
   * @param {string} place turns' identifiers grow
   * @returns {Entry}
   */
  #entry(kind, id, place = "") {
    let entry = this.entries.find((each) => each.kind === kind && each.id === id);
    if (entry?.place !== place) {
      // What the caller said may be known only after the answer has begun, and what came of it.
      this.entries = this.entries.filter((each) => each !== entry);
      entry = { ...entry, kind, id, place };
      const later = this.entries.findIndex((each) => each.place > place || (kind === "caption" && each.place === place));
      this.entries.splice(later < 0 ? this.entries.length : later, 0, entry);
    }
    return /** @type {Entry} */ (entry);
  }
}

/**
 * Of an agent's turn, what was heard and what not; a sentence that was cut is seen to be.
 * @param {any} caption
 * @returns {[heard: string, unheard: string]}
 */
export function heardAndNot({ text = "", heardText, isInterrupted }) {
  if (!isInterrupted || !text.startsWith(heardText ?? text) || heardText === text) {
    return [isInterrupted && !/\p{P}$/u.test(text) ? `${text} …` : text, ""];
  }
  return [heardText, text.slice(heardText.length)];
}

/** Each sentence runs in the direction of its own language; the space between two in that of the whole. */
const SENTENCES = /((?<=[.!?؟])\s+|^\s+|\s+$)/;
const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LINK = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

/**
 * The direction of a text, by its first letter. Browsers find it themselves only where no part has one of its own.
 * @param {string} text
 * @returns {"rtl" | "ltr" | ""} empty where it has no letter: then that of the page
 */
export const directionOf = (text) => (RIGHT_TO_LEFT.test(text) ? "rtl" : /\p{L}/u.test(text) ? "ltr" : "");

/**
 * Take a text apart into sentences, the spaces between them, and addresses.
 * @param {string} text
 * @returns {{text: string, url?: string}[]}
 */
export function withLinks(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const url = safeUrl(match[0]);
    if (url !== null) {
      parts.push(...sentences(text.slice(from, match.index)), { text: match[0], url });
      from = match.index + match[0].length;
    }
  }
  return [...parts, ...sentences(text.slice(from))];
}

/** @param {string} text */
const sentences = (text) => text.split(SENTENCES).filter(Boolean).map((part) => ({ text: part }));

/**
 * An address of the web, or null: nothing else is ever made a link.
 * @param {unknown} url
 * @param {string} [base] what a path belongs to
 */
export function safeUrl(url, base) {
  try {
    const { protocol, href } = new URL(String(url), base);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/**
 * How the page's company can be reached otherwise: an address of the web, mail or telephone.
 * @param {string | null} contact
 */
export function safeContact(contact) {
  if (contact && /^(mailto|tel):[^\s]+$/i.test(contact)) {
    return contact;
  }
  return safeUrl(contact);
}

/**
 * The whole conversation as plain text, to be kept.
 * @param {Entry[]} entries
 * @param {Record<string, string>} texts
 * @param {string[]} head the first lines
 */
export function transcript(entries, texts, head) {
  const lines = [...head, ""];
  for (const entry of entries) {
    if (entry.kind === "caption" && entry.text) {
      const [heard, unheard] = heardAndNot(entry);
      const rest = unheard.trim() && ` [${texts.unheard}: ${unheard.trim()}]`;
      lines.push(`${authorOf(entry, texts)}: ${heard}${rest}`);
    } else if (entry.kind === "tool" && TOOL_TEXTS[entry.status]) {
      lines.push(`* ${entry.title} (${texts[TOOL_TEXTS[entry.status]]})`);
      for (const { title, url } of entry.sources ?? []) {
        lines.push(`  ${title} ${(url && safeUrl(url, document.baseURI)) ?? ""}`);
      }
    } else if (entry.kind === "decided") {
      lines.push(`* ${texts[DECIDED_TEXTS[entry.status] ?? "lapsed"]}: ${entry.what}`);
    } else if (entry.kind === "note") {
      lines.push(`* ${filled(texts[entry.text], entry.values)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/**
 * @param {{role?: string, author?: string | null, [field: string]: any}} entry a caption
 * @param {Record<string, string>} texts
 */
export function authorOf(entry, texts) {
  /** @type {Record<string, string>} */
  const names = { caller: texts.you, agent: texts.agent, system: texts.service };
  return names[entry.role ?? ""] ?? entry.author ?? texts.representative;
}

/** @type {Record<string, string>} the text for each status of a tool call */
export const TOOL_TEXTS = {
  awaiting_approval: "toolAwaitingApproval",
  running: "toolRunning",
  succeeded: "toolSucceeded",
  repeated: "toolRepeated",
  expired: "toolExpired",
  voided: "toolVoided",
  retry_later: "toolNotNow",
  not_allowed: "toolNotAllowed",
  needs_proof: "toolNeedsProof",
  in_doubt: "toolInDoubt",
  failed: "toolFailed",
  timed_out: "toolFailed",
  ended: "toolUnfinished",
};

/** @type {Record<string, string>} the text for what became of a question */
export const DECIDED_TEXTS = { accepted: "confirmed", declined: "refused" };

/**
 * Put values into the places of a text.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}
