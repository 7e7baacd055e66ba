// The line that a company puts on its page: finds its own script tag and puts the button there.
// The service fills in where the rest lies: beside this file in the package, below /widget/ on the web.

import { SupportConversation } from "./element/element.js";

const own = [...document.scripts].find(({ src }) => src === import.meta.url);

if (own && !own.dataset.placed) {
  own.dataset.placed = "yes";
  const conversation = new SupportConversation();
  for (const [name, value] of Object.entries(own.dataset)) {
    if (name !== "placed") {
      conversation.setAttribute(name, value ?? "");
    }
  }
  const place = () => document.body.append(conversation);
  if (document.body) {
    place();
  } else {
    addEventListener("DOMContentLoaded", place, { once: true });
  }
}

export { SupportConversation };
