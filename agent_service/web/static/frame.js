// The widget in a frame of another web site. The first ticket may come with the address, behind its
// #; the page around the frame is asked for any other one. Only pages of server.origins can be
// around it: the policy that this page comes with says so.

import { ClientError } from "/widget/client/errors.js";
import { SupportConversation } from "/widget/element/element.js";

const ATTRIBUTES = ["agent", "language", "theme", "label", "contact"];
const ANSWER_MS = 10000;
/** For a page that has never answered in this tab, where there is a conversation to return to. */
const RETURN_MS = 2000;
const ANSWERS = "support-ticket-answers";

const asked = new URLSearchParams(location.search);
let first = new URLSearchParams(location.hash.slice(1)).get("ticket");
history.replaceState(null, "", location.pathname + location.search); // a ticket is used once

function ticket() {
  if (first) {
    const found = first;
    first = null;
    return Promise.resolve(found);
  }
  return new Promise((resolve, reject) => {
    const mayReturn = sessionStorage.getItem(ANSWERS) === null && sessionStorage.getItem("support-conversation") !== null;
    const over = setTimeout(
      () => {
        removeEventListener("message", take);
        const code = mayReturn ? "unanswered" : "no_ticket";
        reject(new ClientError(code, "The page around the frame gave no ticket.", { isRetryable: true }));
      },
      mayReturn ? RETURN_MS : ANSWER_MS,
    );
    const take = ({ source, data }) => {
      if (source === parent && data?.type === "support-ticket" && typeof data.ticket === "string") {
        clearTimeout(over);
        removeEventListener("message", take);
        sessionStorage.setItem(ANSWERS, "yes");
        resolve(data.ticket);
      }
    };
    addEventListener("message", take);
    parent.postMessage({ type: "support-ticket-wanted" }, "*"); // this says nothing that is secret
  });
}

const conversation = new SupportConversation();
for (const name of ATTRIBUTES.filter((name) => asked.has(name))) {
  conversation.setAttribute(name, asked.get(name));
}
conversation.setAttribute("display", "fill");
conversation.setAttribute("proofs", document.querySelector("script[data-proofs]").dataset.proofs);
conversation.ticket = ticket;
conversation.open = true;
document.body.append(conversation);
