// What outlives a reload of the page, in this tab alone.

/** @returns {Storage | null} null where the browser lets pages keep nothing */
export function keptForTab() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
