// A ticket from the page's own back end: the page holds no secret.

import { ClientError } from "../client/errors.js";
import { posted } from "../client/posted.js";

const REFUSED = new Set([401, 403, 404, 405]);

/**
 * @param {(() => Promise<string> | string) | string} source a function, or a URL that is posted to
 * @param {string | null} agent
 * @returns {Promise<string>}
 */
export async function ticketFrom(source, agent) {
  if (typeof source === "function") {
    return source();
  }
  const answer = await fetch(source, posted(agent ? { agent } : {}));
  if (!answer.ok) {
    const isRefused = REFUSED.has(answer.status);
    throw new ClientError(isRefused ? "ticket_refused" : "no_ticket", `The ticket's address answered ${answer.status}.`, {
      isRetryable: !isRefused,
    });
  }
  const { ticket } = await answer.json();
  if (typeof ticket !== "string") {
    throw new Error("The answer has no ticket.");
  }
  return ticket;
}
