// What can go wrong for a page, each with a code; the words are for developers, not for customers.

/** The conversation, or what was asked of it, could not be had. */
export class ClientError extends Error {
  /**
   * @param {string} code stable; docs/widget.md lists them
   * @param {string} message
   * @param {{isRetryable?: boolean, cause?: unknown}} [more] isRetryable: the same may succeed later
   */
  constructor(code, message, { isRetryable = false, cause } = {}) {
    super(message, { cause });
    this.name = "ClientError";
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** There is no microphone to speak into; the conversation goes on by text. */
export class MicrophoneError extends ClientError {
  /**
   * @param {"refused" | "missing" | "busy" | "unsupported"} code
   * @param {string} message
   * @param {unknown} [cause]
   */
  constructor(code, message, cause) {
    super(code, message, { isRetryable: code !== "unsupported", cause });
    this.name = "MicrophoneError";
  }
}
