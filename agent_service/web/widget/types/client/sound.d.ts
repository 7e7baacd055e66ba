/** @typedef {"off" | "opening" | "on" | "muted" | "refused" | "missing" | "busy" | "unsupported"} Microphone */
/** @typedef {{id: string, label: string, isUsed: boolean}} Device */
export class Sound {
    static get isSupported(): boolean;
    /**
     * @param {object} on
     * @param {(buffer: ArrayBuffer) => void} on.audio 20 ms of the microphone, PCM16 at 24 kHz
     * @param {(itemId: string, playedMs: number) => void} on.played
     * @param {(isSounding: boolean) => void} on.sounding
     * @param {(caller: number, agent: number) => void} on.levels twenty times a second
     * @param {(state: Microphone) => void} on.microphone
     * @param {() => void} on.slow the line is slower than the sound
     * @param {() => void} on.tooSlow nothing of the sound can be understood
     * @param {(error: ClientError) => void} on.trouble
     */
    constructor(on: {
        audio: (buffer: ArrayBuffer) => void;
        played: (itemId: string, playedMs: number) => void;
        sounding: (isSounding: boolean) => void;
        levels: (caller: number, agent: number) => void;
        microphone: (state: Microphone) => void;
        slow: () => void;
        tooSlow: () => void;
        trouble: (error: ClientError) => void;
    });
    on: {
        audio: (buffer: ArrayBuffer) => void;
        played: (itemId: string, playedMs: number) => void;
        sounding: (isSounding: boolean) => void;
        levels: (caller: number, agent: number) => void;
        microphone: (state: Microphone) => void;
        slow: () => void;
        tooSlow: () => void;
        trouble: (error: ClientError) => void;
    };
    guard: EchoGuard;
    /** @type {AudioContext | null} */
    context: AudioContext | null;
    /** @type {AudioWorkletNode | null} */
    player: AudioWorkletNode | null;
    /** @type {Promise<void> | null} */
    loading: Promise<void> | null;
    /** @type {any[]} for the player, until it is there */
    waiting: any[];
    /** @type {MediaStream | null} */
    stream: MediaStream | null;
    /** @type {AudioContext | null} of the microphone alone, where it cannot share the other one */
    ownContext: AudioContext | null;
    /** @type {AudioNode[]} */
    captured: AudioNode[];
    /** @type {string | undefined} */
    microphoneId: string | undefined;
    /** @type {string | undefined} */
    loudspeakerId: string | undefined;
    /** @type {HTMLAudioElement | null} */
    element: HTMLAudioElement | null;
    isMuted: boolean;
    isHeld: boolean;
    silentFrames: number;
    callerLevel: number;
    opening: number;
    isClosed: boolean;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    timer: ReturnType<typeof setInterval> | undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} the silence behind a microphone that was closed */
    fading: ReturnType<typeof setInterval> | undefined;
    /** Make the loudspeaker ready; the first time inside a tap, before anything is waited for. */
    unlock(): Promise<void>;
    /** @param {{itemId: string, offsetMs: number, samples: Int16Array}} frame */
    play({ itemId, offsetMs, samples }: {
        itemId: string;
        offsetMs: number;
        samples: Int16Array;
    }): void;
    /** @param {string} [itemId] all that sounds, where it is left out */
    clear(itemId?: string): void;
    /** @param {boolean} isOn */
    hold(isOn: boolean): void;
    /** @param {boolean} isOn */
    mute(isOn: boolean): void;
    /** Open the microphone, inside a tap; rejects with MicrophoneError. */
    openMicrophone(): Promise<void>;
    closeMicrophone(): void;
    /** @returns {Promise<{microphones: Device[], loudspeakers: Device[]}>} */
    devices(): Promise<{
        microphones: Device[];
        loudspeakers: Device[];
    }>;
    /** @param {string} id */
    useMicrophone(id: string): Promise<void>;
    /** @param {string} id */
    useLoudspeaker(id: string): Promise<void>;
    changed: () => void;
    awake: () => void;
    /** Let go of all devices. */
    close(): void;
    #private;
}
export type Microphone = "off" | "opening" | "on" | "muted" | "refused" | "missing" | "busy" | "unsupported";
export type Device = {
    id: string;
    label: string;
    isUsed: boolean;
};
import { ClientError } from "./errors.js";
import { EchoGuard } from "./echo-guard.js";
