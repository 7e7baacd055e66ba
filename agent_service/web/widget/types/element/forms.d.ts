/**
 * @param {any} question
 * @param {Record<string, string>} texts
 * @param {string} language
 * @param {(accepted: boolean) => void} decide
 */
export function questionCard(question: any, texts: Record<string, string>, language: string, decide: (accepted: boolean) => void): any;
/**
 * A form that the agent does not read: a code, a proof of who is calling, a message for the team.
 * @param {Exclude<import("./panel.js").Asking, {kind: "transfer"}>} asking
 * @param {Record<string, string>} texts
 * @param {(values: Record<string, string> | null) => void} done null where it was put away
 */
export function askingCard(asking: Exclude<import("./panel.js").Asking, {
    kind: "transfer";
}>, texts: Record<string, string>, done: (values: Record<string, string> | null) => void): any;
/**
 * A star counts as soon as it is tapped; a comment may follow.
 * @param {Record<string, string>} texts
 * @param {(score: number, comment: string | null) => Promise<boolean>} rate
 */
export function ratingForm(texts: Record<string, string>, rate: (score: number, comment: string | null) => Promise<boolean>): any;
/**
 * A link with which another device continues the conversation, and the same for its camera.
 * @param {{url: string, qr: {size: number, path: string} | null}} moved
 * @param {Record<string, string>} texts
 * @param {() => void} close
 */
export function transferCard({ url, qr }: {
    url: string;
    qr: {
        size: number;
        path: string;
    } | null;
}, texts: Record<string, string>, close: () => void): any;
