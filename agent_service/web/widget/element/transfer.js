// The card with which another device continues the conversation: a link, and a code to scan.

import { make } from "./make.js";

/**
 * @param {string} url
 * @param {Record<string, string>} texts
 * @param {() => void} close
 */
export function transferCard(url, texts, close) {
  const copied = async () => {
    await navigator.clipboard.writeText(url);
    copy.textContent = texts.copied;
  };
  const copy = make("button", { type: "button", class: "act main", textContent: texts.copy, onclick: () => void copied() });
  const share = "share" in navigator &&
    make("button", { type: "button", class: "act", textContent: texts.share, onclick: () => void navigator.share({ url }).catch(() => {}) });
  return make(
    "section",
    { class: "card", part: "transfer" },
    make("h3", { textContent: texts.elsewhere }),
    make("p", { class: "small", textContent: texts.elsewhereMore }),
    make("p", { class: "address", textContent: url }),
    make("div", { class: "row" }, copy, share, make("button", { type: "button", class: "act", textContent: texts.cancel, onclick: close })),
  );
}
