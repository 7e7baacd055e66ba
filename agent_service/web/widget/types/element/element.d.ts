/**
 * @typedef {() => Promise<string> | string} TicketSource
 */
export class SupportConversation extends HTMLElement {
    static observedAttributes: string[];
    set open(isOpen: boolean);
    /** Whether the conversation is shown. */
    get open(): boolean;
    connectedCallback(): void;
    disconnectedCallback(): void;
    /**
     * @param {string} name
     * @param {string | null} before
     * @param {string | null} now
     */
    attributeChangedCallback(name: string, before: string | null, now: string | null): void;
    set ticket(source: string | TicketSource);
    /** What the ticket comes from: a function, or the URL at the page's own back end. */
    get ticket(): string | TicketSource;
    set proofs(proofs: {
        name: string;
        title: string;
        fields: {
            name: string;
            title: string;
        }[];
    }[]);
    /** @returns {{name: string, title: string, fields: {name: string, title: string}[]}[]} what callers can prove who they are by */
    get proofs(): {
        name: string;
        title: string;
        fields: {
            name: string;
            title: string;
        }[];
    }[];
    /** End and forget the conversation: somebody else is signed in on the page from now on, or nobody. */
    forget(): Promise<void>;
    get languageShown(): string;
    get themeShown(): "dark" | "light";
    /** A conversation goes on. */
    set isUnderway(isUnderway: boolean);
    /** What has to be known while it is out of sight. */
    set note(note: string);
    /**
     * The conversation is in sight, or not: then the button is, and gets the focus that was in there.
     * @param {boolean} isShown
     * @param {boolean} hadFocus
     */
    noteShown(isShown: boolean, hadFocus?: boolean): void;
    #private;
}
export type TicketSource = () => Promise<string> | string;
