// The cards beside the conversation: to agree, to prove who one is, to go on elsewhere, to rate.

import { ICONS } from "./icons.js";
import { drawing, make } from "./make.js";

/** A telephone number or an email address. */
const CONTACT = String.raw`\+?[0-9][0-9 \(\)\/\-]{5,24}|[^@\s]+@[^@\s]+\.[^@\s]+`;

/**
 * @param {any} question
 * @param {Record<string, string>} texts
 * @param {string} language
 * @param {(accepted: boolean) => void} decide
 */
export function questionCard(question, texts, language, decide) {
  const until = new Date(question.expiresAt);
  const time = until.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
  const isTimed = !Number.isNaN(until.getTime());
  const answer = (/** @type {boolean} */ accepted, /** @type {object} */ look) =>
    make("button", {
      ...look,
      "aria-pressed": false,
      onclick: () => {
        // Where the line is lost, it waits here; until then it can be the other one.
        answers.forEach((each, index) => each.setAttribute("aria-pressed", accepted === (index === 0)));
        row.classList.add("answered");
        told.textContent = texts.answered;
        decide(accepted);
      },
    });
  const answers = [
    answer(true, { class: "act main grow", part: "confirm-yes", textContent: texts.yes }),
    answer(false, { class: "act grow", part: "confirm-no", textContent: texts.no }),
  ];
  const row = make("div", { class: "row" }, ...answers);
  const told = make("p", { class: "small", role: "status", textContent: isTimed ? texts.until.replace("{time}", time) : "" });
  if (isTimed) {
    // Where the line is lost, nobody else says so.
    setTimeout(() => {
      answers.forEach((each) => (each.disabled = true));
      told.textContent = texts.lapsed;
    }, until.getTime() - Date.now());
  }
  // The card takes the focus, not a button: Enter must not agree to something unread.
  return make(
    "section",
    { class: "card question", part: "confirm", role: "group", tabIndex: -1, "aria-labelledby": "asked", "aria-describedby": "terms question" },
    make("h3", { id: "asked", textContent: question.title }),
    make("p", { id: "terms", textContent: question.summary }),
    make("p", { id: "question", textContent: question.question }),
    question.isTapOnly && make("p", { class: "small", textContent: texts.tapOnly }),
    row,
    told,
  );
}

/**
 * A form that the agent does not read: a code, a proof of who is calling, a message for the team.
 * @param {Exclude<import("./panel.js").Asking, {kind: "transfer"}>} asking
 * @param {Record<string, string>} texts
 * @param {(values: Record<string, string> | null) => void} done null where it was put away
 */
export function askingCard(asking, texts, done) {
  const isCode = asking.kind === "code";
  const isMessage = asking.kind === "message";
  const fields = isCode
    ? [{ name: "code", title: texts.code }]
    : isMessage
      ? [
          { name: "about", title: texts.yourAbout },
          { name: "contact", title: texts.yourContact },
          { name: "name", title: texts.yourName },
        ]
      : asking.fields;
  const inputs = fields.map(({ name }) =>
    make(isMessage && name === "about" ? "textarea" : "input", {
      class: isCode ? "input code" : "input",
      name,
      maxLength: isCode ? 12 : 200,
      ...(isMessage && name === "about" && { minLength: 3, value: asking.about }),
      required: !isMessage || name !== "name",
      autocomplete: isCode ? "one-time-code" : isMessage ? "on" : "off",
      inputMode: isCode ? "numeric" : "text",
      ...(isMessage && name === "contact" && { pattern: CONTACT, title: texts.yourContact }),
    }),
  );
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    done(Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()])));
  };
  return make(
    "form",
    { class: "card", part: asking.kind, onsubmit: submit },
    make("h3", { textContent: isCode ? texts.code : isMessage ? texts.leave : asking.title }),
    make("p", { class: "small", textContent: isCode ? (asking.isSent ? texts.codeMore : texts.codeEnter) : isMessage ? texts.leaveMore : texts.checkMore }),
    ...fields.map(({ title }, index) => make("label", { class: "field" }, title, inputs[index])),
    make(
      "div",
      { class: "row" },
      make("button", { type: "submit", class: "act main grow", textContent: isCode || isMessage ? texts.send : texts.check }),
      make("button", { class: "act", textContent: texts.cancel, onclick: () => done(null) }),
    ),
  );
}

/**
 * A star counts as soon as it is tapped; a comment may follow.
 * @param {Record<string, string>} texts
 * @param {(score: number, comment: string | null) => Promise<boolean>} rate
 */
export function ratingForm(texts, rate) {
  const comment = make("textarea", { class: "input", rows: 2, maxLength: 2000, hidden: true, placeholder: texts.comment, "aria-label": texts.comment });
  const send = make("button", { type: "submit", class: "act main", textContent: texts.send, hidden: true });
  const thanks = make("p", { class: "small", textContent: texts.rated, hidden: true });
  const reveal = () => send.scrollIntoView({ block: "nearest" });
  let chosen = 0;
  const stars = [1, 2, 3, 4, 5].map((score) => {
    const choice = make("input", {
      type: "radio",
      name: "score",
      class: "unseen",
      "aria-label": texts.rateOf.replace("{score}", String(score)),
      onchange: () => {
        chosen = score;
        comment.hidden = send.hidden = false;
        stars.forEach((star, index) => star.classList.toggle("on", index < score));
        reveal();
        void rate(score, null).then((hasArrived) => {
          thanks.hidden = !hasArrived;
          reveal();
        });
      },
    });
    return make("label", { class: "star" }, choice, drawing(ICONS.star));
  });
  return make(
    "form",
    {
      part: "rating",
      onsubmit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        void rate(chosen, comment.value.trim());
      },
    },
    make("fieldset", {}, make("legend", { class: "small", textContent: texts.rate }), make("div", { class: "stars" }, ...stars)),
    thanks,
    comment,
    send,
  );
}

/**
 * A link with which another device continues the conversation, and the same for its camera.
 * @param {{url: string, qr: {size: number, path: string} | null}} moved
 * @param {Record<string, string>} texts
 * @param {() => void} close
 */
export function transferCard({ url, qr }, texts, close) {
  const copied = async () => {
    await navigator.clipboard.writeText(url);
    copy.textContent = texts.copied;
  };
  const copy = make("button", { class: "act main", textContent: texts.copy, onclick: () => void copied() });
  const share = "share" in navigator &&
    make("button", { class: "act", textContent: texts.share, onclick: () => void navigator.share({ url }).catch(() => {}) });
  return make(
    "section",
    { class: "card", part: "transfer", tabIndex: -1 },
    make("h3", { textContent: texts.elsewhere }),
    make("p", { class: "small", textContent: texts.elsewhereMore }),
    qr && make("div", { class: "qr", role: "img", "aria-label": texts.elsewhere }, drawing(qr.path, qr.size)),
    make("p", { class: "address", textContent: url }),
    make("div", { class: "row" }, copy, share, make("button", { class: "act", textContent: texts.cancel, onclick: close })),
  );
}
