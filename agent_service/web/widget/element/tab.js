// What outlives a reload of the page, in this tab alone.

/** Where the client keeps what a reloaded page returns with, and what another device's link begins with. */
export const UNDERWAY = "support-conversation";
/** What was being typed, and in which conversation; empty where none has begun. */
const DRAFT = "support-conversation-draft";

/** @returns {Storage | null} null where the browser lets pages keep nothing */
export function keptForTab() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/**
 * Keep what is being typed, and waits to be sent; it is forgotten where nothing does.
 * @param {string} conversationId
 * @param {string} text
 */
export function keepDraft(conversationId, text) {
  try {
    if (text) {
      keptForTab()?.setItem(DRAFT, JSON.stringify([conversationId, text]));
    } else {
      keptForTab()?.removeItem(DRAFT);
    }
  } catch {
    // It is full: a reload loses the draft.
  }
}

/**
 * What was being typed in this conversation, and in no other: that may be somebody else's.
 * @param {string} conversationId
 * @returns {string}
 */
export function draftOf(conversationId) {
  const [id, text] = JSON.parse(keptForTab()?.getItem(DRAFT) ?? "[]");
  return id === conversationId ? text : "";
}

// Whose conversation it is, a ticket says; of a first message nobody does. So it outlives what a page's own fields
// outlive, too: that the page is loaded again, and not that another one is, behind which somebody else may be signed in.
if (draftOf("") && /** @type {any} */ (performance.getEntriesByType("navigation")[0])?.type !== "reload") {
  keepDraft("", "");
}
