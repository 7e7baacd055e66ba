// Each failure, a sentence for the customer, and ways on. Pure.

/**
 * @typedef {"write" | "leave" | "again" | "reload" | "here" | "anew" | "contact" | "close"} Way
 * close: only where there is no contact
 */

/** @type {Record<string, [text: string, ...Way[]]>} */
const FAILURES = {
  no_websocket: ["noSocket", "leave", "contact"],
  blocked: ["noSocket", "contact", "close"],
  offline: ["noNetwork", "again", "contact"],
  unreachable: ["noNetwork", "again", "contact"],
  no_ticket: ["noTicket", "again", "contact"],
  ticket_refused: ["ticketRefused", "reload", "contact"],
  bad_ticket: ["noTicket", "again", "contact"],
  ticket_expired: ["noTicket", "again", "contact"],
  ticket_used: ["noTicket", "again", "contact"],
  origin_not_allowed: ["notAllowedHere", "contact", "close"],
  unknown_agent: ["away", "again", "contact"],
  only_text: ["voiceFull", "write", "leave", "contact"],
  overloaded: ["full", "leave", "again", "contact"],
  left: ["messageLeft", "anew"],
  service_stopping: ["away", "again", "contact"],
  served_elsewhere: ["away", "again", "contact"],
  storage: ["away", "again", "contact"],
  insufficient_quota: ["away", "leave", "again", "contact"],
  replaced: ["replaced", "here"],
  moved: ["moved", "anew"],
  transfer_failed: ["linkUsed", "anew", "contact"],
  resume_failed: ["over", "anew", "contact"],
};

/**
 * @param {string} code of a ClientError
 * @returns {{text: string, ways: Way[]}} the key of the sentence, and what can be done
 */
export function failure(code) {
  const [text, ...ways] = FAILURES[code] ?? (code.startsWith("provider_") ? FAILURES.insufficient_quota : ["unknown", "again", "contact"]);
  return { text, ways: /** @type {Way[]} */ (ways) };
}

/** @type {Record<string, string>} what is said of what went wrong while the conversation goes on */
const NOTICES = {
  storage: "noticeStorage",
  service_stopping: "noticeStopping",
  proof_wrong: "proofWrong",
  proof_unknown: "proofWrong",
  confirmation_closed: "confirmationClosed",
  confirmation_not_heard: "confirmationNotHeard",
  only_text: "voiceFull",
  refused: "microphoneRefused",
  missing: "microphoneMissing",
  busy: "microphoneBusy",
  unsupported: "microphoneUnsupported",
  worklet_blocked: "microphoneUnsupported",
  no_sound: "noSound",
  line_too_slow: "tooSlow",
  no_loudspeaker: "noSound",
  not_connected: "notSent",
};

/**
 * The text for an incident or a refused message; null where the customer need not be told.
 * @param {string} code
 */
export const notice = (code) => NOTICES[code] ?? (code.startsWith("provider_") ? "noticeProvider" : null);

/** @type {Record<string, string>} why a conversation has ended */
const ENDS = {
  caller_ended: "endedCaller",
  idle: "endedIdle",
  caller_lost: "endedLost",
  resume_failed: "endedLost",
  time_limit: "endedTime",
  service_stopping: "endedStopping",
};

/** @param {string} reason */
export const endText = (reason) => ENDS[reason] ?? "endedProblem";
