// The line that a company puts on its page: finds its own script tag and puts the button there.
// The service fills in where the rest lies: beside this file in the package, below /widget/ on the web.

import { SupportConversation } from "./element/element.js";

const own = [...document.scripts].find(({ src }) => src === import.meta.url);

if (own) {
  const place = () => {
    if (document.querySelector("support-conversation")) {
      return; // the page's own
    }
    const conversation = new SupportConversation();
    for (const [name, value] of Object.entries(own.dataset)) {
      conversation.setAttribute(name, value ?? "");
    }
    // Beside the body: within one that is transformed or filtered, nothing keeps its place in the window.
    document.documentElement.append(conversation);
  };
  if (document.readyState === "loading") {
    addEventListener("DOMContentLoaded", place, { once: true });
  } else {
    place();
  }
}

export { SupportConversation };
