// A ticket from the page's own back end: the page holds no secret.

import { ClientError } from "../client/client.js";

const REFUSED = new Set([401, 403, 404, 405]);

/**
 * @param {(() => Promise<string> | string) | string} source a function, or a URL that is posted to
 * @param {string | null} agent
 * @returns {Promise<string>}
 */
export async function ticketFrom(source, agent) {
  try {
    return typeof source === "function" ? await source() : await posted(source, agent);
  } catch (cause) {
    if (cause instanceof ClientError) {
      throw cause;
    }
    throw new ClientError("no_ticket", "The page's back end gave no ticket.", { cause, isRetryable: true });
  }
}

/**
 * @param {string} url
 * @param {string | null} agent
 */
async function posted(url, agent) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(agent ? { agent } : {}),
    signal: AbortSignal.timeout(15_000),
  });
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
