/**
 * @typedef {object} AudioFrame
 * @property {number} seq
 * @property {number} offsetMs
 * @property {string} itemId
 * @property {Int16Array} samples
 */
/**
 * Take a binary frame of the service apart.
 * @param {ArrayBuffer} buffer
 * @returns {AudioFrame}
 */
export function decodeAudio(buffer: ArrayBuffer): AudioFrame;
export class Line {
    /**
     * @param {URL} url of the socket, as http or https
     * @param {object} on
     * @param {(message: any) => void} on.message each text message
     * @param {(frame: AudioFrame) => void} on.audio
     * @param {() => void} on.lost the socket broke, and is tried again
     * @param {() => void} on.slow it takes no more sound than it has
     * @param {() => void} on.tooSlow it has taken no more for a while
     * @param {(reason: string, error: ClientError | null) => void} on.closed it is over; without an
     *   error where that is as it should be
     */
    constructor(url: URL, on: {
        message: (message: any) => void;
        audio: (frame: AudioFrame) => void;
        lost: () => void;
        slow: () => void;
        tooSlow: () => void;
        closed: (reason: string, error: ClientError | null) => void;
    });
    url: URL;
    on: {
        message: (message: any) => void;
        audio: (frame: AudioFrame) => void;
        lost: () => void;
        slow: () => void;
        tooSlow: () => void;
        closed: (reason: string, error: ClientError | null) => void;
    };
    /** @type {string | null} */
    token: string | null;
    /** @type {number | null} */
    lastSeq: number | null;
    isReady: boolean;
    isShort: boolean;
    isForbidden: boolean;
    lateFrames: number;
    slowLooks: number;
    /** @type {WebSocket | null} */
    socket: WebSocket | null;
    /** @type {{resolve: (ready: any) => void, reject: (error: ClientError) => void} | null} */
    opening: {
        resolve: (ready: any) => void;
        reject: (error: ClientError) => void;
    } | null;
    /** @type {any} what the service said before it closed */
    complaint: any;
    /** @type {any} */
    ended: any;
    failures: number;
    lostAt: number;
    heardAt: number;
    pingedAt: number;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    retry: ReturnType<typeof setTimeout> | undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    tooLate: ReturnType<typeof setTimeout> | undefined;
    watchedAt: number;
    watch: number;
    /**
     * Open a conversation, or return to one.
     * @param {object} first `ticket` and `mode`, or `resume`
     * @returns {Promise<any>} the `ready` message; rejects with ClientError
     */
    open(first: object): Promise<any>;
    /**
     * @param {object} message
     * @returns {boolean} whether it could be sent
     */
    send(message: object): boolean;
    /**
     * @param {ArrayBuffer} buffer
     * @returns {boolean} false where the line is too slow for it
     */
    sendAudio(buffer: ArrayBuffer): boolean;
    /** From now on send and get sound in half as many bytes. */
    shorten(): void;
    /** Leave behind what still waits in a slow line: go on with a new one. */
    renew(): void;
    /** Let go of the socket; the conversation stays where it is. */
    close(): void;
    forbidden: (/** @type {any} a SecurityPolicyViolationEvent */ { blockedURI }: any) => void;
    online: () => void;
    offline: () => void;
    shown: () => void;
    #private;
}
export type AudioFrame = {
    seq: number;
    offsetMs: number;
    itemId: string;
    samples: Int16Array;
};
import { ClientError } from "./errors.js";
