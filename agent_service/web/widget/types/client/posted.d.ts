/**
 * @param {object} body
 * @returns {RequestInit}
 */
export function posted(body: object): RequestInit;
export const ANSWER_WITHIN_MS: 10000;
