/** @returns {Storage | null} null where the browser lets pages keep nothing */
export function keptForTab(): Storage | null;
