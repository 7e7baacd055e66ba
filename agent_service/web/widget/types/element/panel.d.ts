export class Panel {
    /**
     * Fetch the texts and make the panel.
     * @param {import("./element.js").SupportConversation} host
     * @param {HTMLElement} root
     */
    static made(host: import("./element.js").SupportConversation, root: HTMLElement): Promise<Panel>;
    /**
     * @param {import("./element.js").SupportConversation} host
     * @param {HTMLElement} root
     * @param {Record<string, string>} texts
     */
    constructor(host: import("./element.js").SupportConversation, root: HTMLElement, texts: Record<string, string>);
    /** @type {Conversation | null} */
    conversation: Conversation | null;
    /** @type {"welcome" | "connecting" | "live" | "ended" | "stuck"} */
    phase: "welcome" | "connecting" | "live" | "ended" | "stuck";
    state: any;
    story: Story;
    /** @type {string | null} the key of what is said above the conversation */
    banner: string | null;
    /** @type {string} of the failure, while stuck */
    code: string;
    endReason: string;
    conversationId: string;
    /** @type {Asking | null} what the caller is filling in, or shown, beside the conversation */
    asking: Asking | null;
    /** The rating is complete; a score alone may be changed yet. */
    isRated: boolean;
    /** The line is lost, and the device has no network. */
    isOffline: boolean;
    host: import("./element.js").SupportConversation;
    root: HTMLElement;
    texts: Record<string, string>;
    language: string;
    menu: Menu;
    view: View;
    pictures: Pictures;
    show(): void;
    hide(): void;
    /**
     * A conversation goes on: that of this tab, from before the page was left, or another device's.
     * @param {boolean} isShown
     */
    comeBack(isShown: boolean): void;
    /** The element was taken off the page: the conversation can be returned to. */
    leave(): void;
    /** The host's language or name has changed. */
    paint(): void;
    /** It is the page, in a frame of its own, and not something above one. */
    get isFilling(): boolean;
    /**
     * @param {"audio" | "text"} mode
     * @param {{text?: string, isReturn?: boolean}} [more] isReturn: to one that goes on, or to none
     */
    begin(mode: "audio" | "text", { text, isReturn }?: {
        text?: string;
        isReturn?: boolean;
    }): Promise<void>;
    /** Somebody else uses the page now: nothing of the conversation is shown any more, and it is over. */
    forget(): void;
    /**
     * Have a text read out to those who do not see it.
     * @param {string} text
     */
    announce(text: string): void;
    /**
     * Show a text above the conversation.
     * @param {string | null} banner its key
     */
    say(banner: string | null): void;
    /** The caller goes on: what was said of what they did before is over. */
    acted(): void;
    /** Show the state, once for all that changes at the same moment. */
    render(): void;
    /** The microphone is there; it may be muted. */
    get isSpoken(): boolean;
    get canAttach(): boolean;
    toggleTalk(): void;
    /**
     * What is said of an error of the client's while the conversation goes on.
     * @param {any} error
     */
    troubleOf(error: any): string;
    interrupt(): void;
    toggleMute(): void;
    toggleHold(): void;
    toggleQuiet(): void;
    /**
     * Send what was typed; tells whether it could be taken.
     * @param {string} text
     */
    type(text: string): boolean;
    /** What was typed already is not to be typed again. */
    askForMessage(): void;
    /** @returns {import("./story.js").Entry[]} what was said and done, and what waits to be sent */
    get entries(): import("./story.js").Entry[];
    /** What is being typed, and waits to be sent, outlives a reload of the page. */
    keepDraft(): void;
    /** @param {boolean} accepted */
    decide(accepted: boolean): void;
    /** @param {Asking | null} asking */
    ask(asking: Asking | null): void;
    /** @param {Record<string, string> | null} values null where it was put away */
    answer(values: Record<string, string> | null): void;
    transfer(): Promise<void>;
    end(): void;
    /**
     * @param {number} score
     * @param {string | null} comment null where a star was tapped, and more may come
     * @returns {Promise<boolean>} whether it has arrived
     */
    rate(score: number, comment: string | null): Promise<boolean>;
    anew(): void;
    /** Save what was said as a text. */
    keep(): void;
    #private;
}
export type Asking = {
    kind: "code";
    isSent: boolean;
} | {
    kind: "message";
    about: string;
} | {
    kind: "proof";
    name: string;
    title: string;
    fields: {
        name: string;
        title: string;
    }[];
} | {
    kind: "transfer";
    url: string;
    qr: {
        size: number;
        path: string;
    } | null;
};
import { Conversation } from "../client/client.js";
import { Story } from "./story.js";
import { Menu } from "./menu.js";
import { View } from "./view.js";
import { Pictures } from "./pictures.js";
