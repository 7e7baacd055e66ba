/** @returns {Storage | null} null where the browser lets pages keep nothing */
export function keptForTab(): Storage | null;
/**
 * Keep what is being typed, and waits to be sent; it is forgotten where nothing does.
 * @param {string} conversationId
 * @param {string} text
 */
export function keepDraft(conversationId: string, text: string): void;
/**
 * What was being typed in this conversation, and in no other: that may be somebody else's.
 * @param {string} conversationId
 * @returns {string}
 */
export function draftOf(conversationId: string): string;
/** Where the client keeps what a reloaded page returns with, and what another device's link begins with. */
export const UNDERWAY: "support-conversation";
