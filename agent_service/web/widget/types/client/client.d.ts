/**
 * Begin a conversation, or return to the stored one.
 * @param {Options} options
 * @returns {Promise<Conversation>} rejects with ClientError
 */
export function connect(options: Options): Promise<Conversation>;
/**
 * Take the token out of the page's address with which another device's conversation goes on here.
 * @returns {string | null}
 */
export function takeTransfer(): string | null;
/**
 * Whether there is a conversation to return to.
 * @param {Options["storage"]} storage
 */
export function hasStored(storage: Options["storage"]): boolean;
export class Conversation {
    /** @param {Options} options */
    constructor(options: Options);
    /** @type {string | null} */
    conversationId: string | null;
    /** Of a conversation that is told once more after its end: it was rated. */
    isRated: boolean;
    /** @returns {State} */
    get state(): State;
    /** @returns {Caption[]} in the order spoken */
    get captions(): Caption[];
    /** @returns {Tool[]} in the order they began */
    get tools(): Tool[];
    /** @returns {Confirmation[]} that can be answered */
    get confirmations(): Confirmation[];
    /**
     * Have a handler called with each event of a type; returns what ends that.
     * @template {keyof Events} T
     * @param {T} type
     * @param {(detail: Events[T]) => void} handler
     * @returns {() => void}
     */
    on<T extends keyof Events>(type: T, handler: (detail: Events[T]) => void): () => void;
    /**
     * Say it, as soon as there is a line.
     * @param {string} text
     * @param {boolean} [hasWaited] it was typed before any question was in sight, and answers none
     */
    say(text: string, hasWaited?: boolean): void;
    /** Switch the microphone on, inside a tap. Rejects with MicrophoneError; the text goes on. */
    speak(): Promise<void>;
    /** Switch the microphone off; answers are read from now on. */
    stopSpeaking(): void;
    /** @param {boolean} isOn nothing of the microphone is heard */
    mute(isOn: boolean): void;
    /** @param {boolean} isOn neither side is heard; what the agent was saying goes on afterwards */
    hold(isOn: boolean): void;
    /** @param {boolean} isOn answers are read, and not heard */
    silence(isOn: boolean): void;
    /** @param {boolean} isPaused the conversation is not recorded for now, or is again */
    pauseRecording(isPaused: boolean): void;
    /** Stop what the agent is saying. */
    interrupt(): void;
    /** Push to talk: the button was let go. */
    commit(): void;
    /**
     * Answer a question. Until the service says that it is closed, it is told the answer on each line anew.
     * @param {string} confirmationId
     * @param {boolean} isAccepted
     */
    confirm(confirmationId: string, isAccepted: boolean): void;
    /**
     * Also after the end, for a day.
     * @param {number} score 1 to 5
     * @param {string} [comment]
     * @returns {Promise<void>} rejects with ClientError
     */
    rate(score: number, comment?: string): Promise<void>;
    /**
     * Leave a message for the team, where no conversation can be had. It takes a ticket of its own.
     * @param {{contact: string, about: string, name?: string}} message contact: telephone number or email address
     * @returns {Promise<{reference: string}>} rejects with ClientError
     */
    leaveMessage(message: {
        contact: string;
        about: string;
        name?: string;
    }): Promise<{
        reference: string;
    }>;
    /** @param {string} code that was sent to the customer */
    code(code: string): void;
    /**
     * @param {string} proof
     * @param {Record<string, string>} fields
     */
    check(proof: string, fields: Record<string, string>): void;
    /** Whether the service takes pictures now. */
    get canAttach(): boolean;
    /**
     * Show the agent a picture.
     * @param {Blob} picture JPEG, PNG, WebP or GIF, of at most ten megabytes
     * @returns {Promise<number>} its number, which its caption has as `picture`; rejects with ClientError
     */
    attach(picture: Blob): Promise<number>;
    /**
     * Get a picture of this conversation as the service has it.
     * @param {number} number
     * @returns {Promise<Blob>} a JPEG; rejects with ClientError
     */
    picture(number: number): Promise<Blob>;
    /** Hang up. */
    end(): void;
    /** End and forget it at once, whether or not the service can be told: somebody else uses the page now. */
    forget(): void;
    /** Let go of the conversation without ending it: it can be returned to. */
    leave(): void;
    /** @returns {Promise<{microphones: Device[], loudspeakers: Device[]}>} */
    devices(): Promise<{
        microphones: Device[];
        loudspeakers: Device[];
    }>;
    /** @param {string} id */
    useMicrophone(id: string): Promise<void>;
    /** @param {string} id */
    useLoudspeaker(id: string): Promise<void>;
    /**
     * Get the address with which another device continues the conversation, once.
     * @returns {Promise<{url: string, expiresAt: Date, qr: {size: number, path: string} | null}>} qr: the
     *   address for a camera, as a path of SVG in a square of that size; null where none could be had
     */
    transfer(): Promise<{
        url: string;
        expiresAt: Date;
        qr: {
            size: number;
            path: string;
        } | null;
    }>;
    /** Connect; `connect` does it. */
    open(): Promise<void>;
    #private;
}
export type Caption = import("./captions.js").Caption;
export type Device = import("./sound.js").Device;
export type Microphone = import("./sound.js").Microphone;
export type Options = {
    /**
     * where the service is; where this module came from, if left out
     */
    service?: string | URL | undefined;
    /**
     * of the page's own back end. Without
     * one a stored conversation is returned to, and none begun.
     */
    ticket?: string | (() => string | Promise<string>) | undefined;
    /**
     * whether the agent speaks aloud from the beginning; with `audio`
     * call it inside a tap
     */
    mode?: "audio" | "text" | undefined;
    /**
     * keeps what a
     * reloaded page returns with
     */
    storage?: Pick<Storage, "getItem" | "removeItem" | "setItem"> | null | undefined;
    /**
     * what `takeTransfer` found: continues a conversation of
     * another device
     */
    transfer?: string | null | undefined;
    /**
     * a conversation is returned to, and none begun; one that is over is told, to its end
     */
    isReturn?: boolean | undefined;
};
export type State = {
    connection: "connecting" | "open" | "lost" | "ended";
    /**
     * who may speak
     */
    floor: "open" | "caller" | "agent" | "representative";
    /**
     * of the agent
     */
    activity: "listening" | "thinking" | "working" | "speaking" | "held";
    microphone: Microphone;
    /**
     * answers are only read
     */
    isSilenced: boolean;
    /**
     * answers sound
     */
    isAloud: boolean;
    /**
     * the line is slower than the sound, which is rougher since
     */
    isSlow: boolean;
    /**
     * how sure the service is of who is calling
     */
    level: string | null;
    /**
     * of the team who has the conversation, by name if it is known; null while the agent has it
     */
    person: string | null;
    /**
     * what was typed, and has not reached the service yet
     */
    waiting: readonly string[];
    /**
     * a conversation that was replaced can be taken back: another tab of this browser has it
     */
    isReturnable: boolean;
    /**
     * of the conversation; null where there is never one
     */
    recording: "on" | "paused" | "off" | null;
};
export type Tool = {
    toolCallId: string;
    name: string;
    title: string;
    status: string;
    arguments?: string | undefined;
    output?: string | undefined;
    /**
     * what its answer rests on
     */
    sources?: {
        title: string;
        url?: string;
    }[] | undefined;
    /**
     * the level that the caller has to prove before it can be done
     */
    needs?: string | undefined;
    /**
     * nobody knows yet whether it happened
     */
    isInDoubt?: boolean | undefined;
    /**
     * it had happened before, and nothing was done now
     */
    isRepeated?: boolean | undefined;
    /**
     * the turn behind which it stands, when they are sorted by identifier
     */
    after?: string | undefined;
};
export type Confirmation = {
    confirmationId: string;
    title: string;
    /**
     * the terms
     */
    summary: string;
    /**
     * whether to go ahead
     */
    question: string;
    /**
     * by this device's clock, however wrong it is
     */
    expiresAt: Date;
    isTapOnly: boolean;
};
export type Events = {
    state: State;
    caption: Caption;
    tool: Tool;
    confirm: Confirmation;
    confirm_closed: {
        confirmationId: string;
        status: string;
        summary?: string;
        after?: string;
    };
    level: {
        level: string;
        after?: string;
    };
    handoff: {
        status: string;
        name: string | null;
        after?: string;
    };
    levels: {
        caller: number;
        agent: number;
    };
    incident: {
        code: string;
        message: string;
    };
    error: {
        code: string;
        message: string;
        isRetryable: boolean;
        field?: string;
    };
    ended: {
        reason: string;
        error: ClientError | null;
    };
    conversation: {
        conversationId: string;
        isResumed: boolean;
    };
};
/**
 * what has to arrive, and of which that is not known yet
 */
export type Sent = {
    serial: number;
    type: string;
    text?: string;
};
/**
 * customer: who was signed in on the page; null for nobody, undefined where that is not known.
 * isOver: it has ended, and is told once more to who asks for no other
 */
export type Stored = {
    conversationId: string;
    token: string;
    customer?: string | null;
    isOver?: boolean;
    sent?: Sent[];
};
import { ClientError } from "./errors.js";
import { MicrophoneError } from "./errors.js";
export { ClientError, MicrophoneError };
