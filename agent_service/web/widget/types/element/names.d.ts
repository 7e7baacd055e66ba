/**
 * The first of the wishes that there are texts for; a region does not matter.
 * @param {(string | null | undefined)[]} wishes language tags, the most wanted first
 * @returns {string}
 */
export function languageOf(wishes: (string | null | undefined)[]): string;
/** @type {Record<string, [open: string, goesOn: string, failed: string]>} */
export const NAMES: Record<string, [open: string, goesOn: string, failed: string]>;
