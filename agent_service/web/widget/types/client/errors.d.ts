/** The conversation, or what was asked of it, could not be had. */
export class ClientError extends Error {
    /**
     * @param {string} code stable; docs/widget.md lists them
     * @param {string} message
     * @param {{isRetryable?: boolean, cause?: unknown}} [more] isRetryable: the same may succeed later
     */
    constructor(code: string, message: string, { isRetryable, cause }?: {
        isRetryable?: boolean;
        cause?: unknown;
    });
    code: string;
    isRetryable: boolean;
}
/** There is no microphone to speak into; the conversation goes on by text. */
export class MicrophoneError extends ClientError {
    /**
     * @param {"refused" | "missing" | "busy" | "unsupported"} code
     * @param {string} message
     * @param {unknown} [cause]
     */
    constructor(code: "refused" | "missing" | "busy" | "unsupported", message: string, cause?: unknown);
}
