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
/**
 * close: only where there is no contact
 */
export type Way = "write" | "leave" | "again" | "reload" | "here" | "anew" | "contact" | "close";
