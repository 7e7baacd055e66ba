export class EchoGuard {
    isNeeded: boolean;
    loudest: number;
    since: number;
    loud: number;
    quiet: number;
    /** @param {number} level of the agent's sound, as it leaves */
    sounds(level: number): void;
    /**
     * Whether a frame of the microphone's is the caller.
     * @param {number} level
     */
    passes(level: number): boolean;
    isCaller: boolean;
}
