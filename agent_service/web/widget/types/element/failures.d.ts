/**
 * @param {string} code of a ClientError
 * @returns {{text: string, ways: Way[]}} the key of the sentence, and what can be done
 */
export function failure(code: string): {
    text: string;
    ways: Way[];
};
export function notice(code: string): string;
export function endText(reason: string): string;
export type Way = "write" | "leave" | "again" | "here" | "anew" | "contact";
