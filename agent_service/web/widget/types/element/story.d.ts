/**
 * Of an agent's turn, what was heard and what not; a sentence that was cut is seen to be.
 * @param {any} caption
 * @returns {[heard: string, unheard: string]}
 */
export function heardAndNot({ text, heardText, isInterrupted }: any): [heard: string, unheard: string];
/**
 * Take a text apart into sentences, the spaces between them, and addresses.
 * @param {string} text
 * @returns {{text: string, url?: string}[]}
 */
export function withLinks(text: string): {
    text: string;
    url?: string;
}[];
/**
 * An address of the web, or null: nothing else is ever made a link.
 * @param {unknown} url
 * @param {string} [base] what a path belongs to
 */
export function safeUrl(url: unknown, base?: string): string | null;
/**
 * How the page's company can be reached otherwise: an address of the web, mail or telephone.
 * @param {string | null} contact
 */
export function safeContact(contact: string | null): string | null;
/**
 * The whole conversation as plain text, to be kept.
 * @param {Entry[]} entries
 * @param {Record<string, string>} texts
 * @param {string[]} head the first lines
 */
export function transcript(entries: Entry[], texts: Record<string, string>, head: string[]): string;
/**
 * @param {{role?: string, author?: string | null, [field: string]: any}} entry a caption
 * @param {Record<string, string>} texts
 */
export function authorOf(entry: {
    role?: string;
    author?: string | null;
    [field: string]: any;
}, texts: Record<string, string>): string;
/**
 * Put values into the places of a text.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function filled(text: string, values: Record<string, string | number>): string;
/**
 * @typedef {{kind: "caption" | "tool" | "decided" | "note", id: string, place: string, [field: string]: any}} Entry
 * place: the turn that it is, or behind which it stands
 */
export class Story {
    /** @type {Entry[]} */
    entries: Entry[];
    /** @type {any} the question that is open */
    question: any;
    /**
     * @param {any} caption
     * @returns {Entry}
     */
    caption(caption: any): Entry;
    /**
     * The caller does what cuts an agent who still speaks: the first thing does.
     * @param {"cutStopped" | "cutTyped" | "cutSpoken"} cut a key of the texts
     */
    cut(cut: "cutStopped" | "cutTyped" | "cutSpoken"): void;
    /** @param {any} tool */
    tool(tool: any): void;
    /**
     * The question can no longer be answered: what was agreed to stays in sight.
     * @param {{confirmationId: string, status: string, summary?: string, after?: string}} closed
     */
    close({ confirmationId, status, summary, after }: {
        confirmationId: string;
        status: string;
        summary?: string;
        after?: string;
    }): void;
    /**
     * Something that happened beside what was said.
     * @param {string} text a key of the texts
     * @param {string} [after]
     * @param {Record<string, any>} [values] of its places
     */
    note(text: string, after?: string, values?: Record<string, any>): void;
    /** The title of what is being done just now, if anything. */
    get doing(): any;
    /** Something waits for a person of the team to decide. */
    get awaitsApproval(): boolean;
    #private;
}
export function directionOf(text: string): "rtl" | "ltr" | "";
/** @type {Record<string, string>} the text for each status of a tool call */
export const TOOL_TEXTS: Record<string, string>;
/** @type {Record<string, string>} the text for what became of a question */
export const DECIDED_TEXTS: Record<string, string>;
/**
 * place: the turn that it is, or behind which it stands
 */
export type Entry = {
    kind: "caption" | "tool" | "decided" | "note";
    id: string;
    place: string;
    [field: string]: any;
};
