// What the panel tells of a conversation, in the order it is shown. Pure: no page, no clock.

/**
 * @typedef {{kind: "caption" | "tool" | "decided" | "note", id: string, [field: string]: any}} Entry
 */

export class Story {
  /** @type {Entry[]} */
  entries = [];
  /** @type {any} the question that is open */
  question = null;

  /** @param {any} caption */
  caption(caption) {
    Object.assign(this.#entry("caption", caption.turnId), caption);
  }

  /** @param {any} tool */
  tool(tool) {
    const entry = this.#entry("tool", tool.toolCallId);
    if (entry.status?.startsWith("awaiting_") && tool.status !== entry.status) {
      // What was agreed to, and all that was said meanwhile, stands before what is done about it.
      this.entries.push(...this.entries.splice(this.entries.indexOf(entry), 1));
    }
    Object.assign(entry, tool);
  }

  /**
   * The question can no longer be answered: what was agreed to stays in sight.
   * @param {{confirmationId: string, status: string}} closed
   */
  close({ confirmationId, status }) {
    if (this.question?.confirmationId === confirmationId) {
      const what = this.question.summary;
      Object.assign(this.#entry("decided", confirmationId), { status, what });
      this.question = null;
    }
  }

  /**
   * Something that happened beside what was said.
   * @param {string} text a key of the texts
   * @param {Record<string, any>} [values] of its places
   */
  note(text, values = {}) {
    this.entries.push({ kind: "note", id: `${this.entries.length}`, text, values });
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
   * @returns {Entry}
   */
  #entry(kind, id) {
    const known = this.entries.find((each) => each.kind === kind && each.id === id);
    if (known) {
      return known;
    }
    /** @type {Entry} */
    const added = { kind, id };
    // What the caller said may be known only after the answer has begun. Turns' identifiers grow.
    const later =
      kind === "caption" ? this.entries.findIndex((each) => each.kind === kind && each.id > id) : -1;
    this.entries.splice(later < 0 ? this.entries.length : later, 0, added);
    return added;
  }
}

/**
 * Of an agent's turn, what was heard and what not.
 * @param {any} caption
 * @returns {[heard: string, unheard: string]}
 */
export function heardAndNot({ text = "", heardText, isInterrupted }) {
  if (!isInterrupted || heardText === undefined || heardText === null || !text.startsWith(heardText)) {
    return [text, ""];
  }
  return [heardText, text.slice(heardText.length)];
}

const LINK = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

/**
 * Take a text apart into words and addresses.
 * @param {string} text
 * @returns {{text: string, url?: string}[]}
 */
export function withLinks(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const url = safeUrl(match[0]);
    if (url !== null) {
      parts.push({ text: text.slice(from, match.index) }, { text: match[0], url });
      from = match.index + match[0].length;
    }
  }
  parts.push({ text: text.slice(from) });
  return parts.filter((part) => part.text);
}

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
  awaiting_confirmation: "toolAwaitingConfirmation",
  running: "toolRunning",
  succeeded: "toolSucceeded",
  declined: "toolDeclined",
  expired: "toolExpired",
  voided: "toolVoided",
  fix_arguments: "toolFailed",
  retry_later: "toolNotNow",
  not_allowed: "toolNotAllowed",
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
