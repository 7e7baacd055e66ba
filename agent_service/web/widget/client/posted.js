// How something is posted to a service or to the page's own back end.

export const ANSWER_WITHIN_MS = 10_000;

/**
 * @param {object} body
 * @returns {RequestInit}
 */
export function posted(body) {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  };
}
