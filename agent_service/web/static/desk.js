// What every page of the desk has beyond its forms and links: times in the reader's zone, and keys.

import { tinykeys } from "/static/vendor/tinykeys.js";

const KEYS_OFF = "desk.keys.off";
const COMING = "desk.coming";

/** The conversation for which the page before was left, to take it over: told once, to the next page. */
export const comingTo = sessionStorage.getItem(COMING);
sessionStorage.removeItem(COMING);

once();
showTimes(document);
showDays();
document.querySelector(".top [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
listen();

/** A double press asks for a thing once. */
function once() {
  document.addEventListener(
    "click",
    (event) => {
      if (event.detail < 2 || event.target.closest?.("button") === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  const sent = new Set();
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (sent.has(event.target)) return event.preventDefault();
    sent.add(event.target);
    // The answer to a form cannot be come back to without sending that form again: its page can.
    const { instead } = document.documentElement.dataset;
    if (instead !== undefined) history.replaceState(null, "", instead);
  });
  window.addEventListener("pageshow", () => sent.clear()); // one that is come back to may be sent again
}

/** Have the next page take a conversation over: no address does, nor who comes back to it. */
export function comeTo(id) {
  sessionStorage.setItem(COMING, id);
}

/** Show times in the reader's own zone; UTC stays to be read by hovering. */
export function showTimes(root) {
  const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = (time.dateTime.includes("T") ? moment : day).format(at);
  }
}

/** Have links to days lead to the reader's own. */
function showDays() {
  for (const link of document.querySelectorAll("a[data-days]")) {
    const [first, last] = link.dataset.days.split(" ").map(Number);
    const to = new URL(link.href);
    to.searchParams.set("since", midnight(-first));
    to.searchParams.set("until", midnight(1 - last));
    link.href = to.href;
    const here = new URLSearchParams(location.search);
    const isHere = ["since", "until"].every((name) => here.get(name) === to.searchParams.get(name));
    if (isHere) link.setAttribute("aria-current", "true");
  }
}

/** Have a day that is chosen for a filter be the reader's own. */
document.querySelector("input[data-day]")?.form.addEventListener("formdata", ({ formData }) => {
  const at = new Date(`${formData.get("value")}T00:00`);
  if (Number.isNaN(at.getTime())) return;
  formData.set("value", midnight(formData.get("how") === "until" ? 1 : 0, at));
});

function midnight(days, at = new Date()) {
  at.setHours(0, 0, 0, 0);
  at.setDate(at.getDate() + days);
  return at.toISOString().slice(0, 19) + "Z";
}

function listen() {
  const keys = {
    "?": showKeys,
    "/": () => document.querySelector("input[type=search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    n: () => document.querySelector("a[rel=next]")?.click(),
    p: () => document.querySelector("a[rel=prev]")?.click(),
  };
  for (const link of document.querySelectorAll("nav a[data-key]")) {
    keys[`g ${link.dataset.key}`] = () => link.click();
  }
  for (const one of document.querySelectorAll("[data-keys]")) {
    keys[one.dataset.keys] = () => one.offsetParent !== null && (one.matches("button, a") ? one.click() : one.focus());
  }
  if (document.querySelector("[name=chosen]")) keys.x = choose;
  // The question mark and the slash have a Shift on some keyboards and none on others.
  const bindings = {};
  for (const [key, act] of Object.entries(keys)) {
    const bound = key === "?" || key === "/" ? `Shift+(\\${key})` : key;
    bindings[bound] = bindings[key === "?" || key === "/" ? `(\\${key})` : key] = (event) => {
      if (isTyping(event.target) || (isOff() && key !== "?")) return;
      event.preventDefault();
      act();
    };
  }
  tinykeys(window, bindings);
}

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function isOff() {
  return localStorage.getItem(KEYS_OFF) !== null;
}

/** Choose the row that has the focus, or no more. */
function choose() {
  document.activeElement?.closest("tbody")?.querySelector("[name=chosen]")?.click();
}

for (const all of document.querySelectorAll("[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const one of document.querySelectorAll("[name=chosen]")) one.checked = all.checked;
  });
}

/** Go from one row of a list to the next: its link has the focus, so Enter opens it. */
function move(by) {
  const rows = [...document.querySelectorAll(".list tbody")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at === -1 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  next?.querySelector("a")?.focus();
}

function showKeys() {
  document.querySelector("dialog.keys")?.remove();
  const dialog = make("dialog", { className: "keys" });
  dialog.setAttribute("aria-label", "Keys");
  const pages = [...document.querySelectorAll("nav a[data-key]")].map((link) => [
    `g ${link.dataset.key}`,
    link.textContent.trim(),
  ]);
  const own = [...document.querySelectorAll("[data-keys]")].map((one) => [
    one.dataset.keys,
    one.getAttribute("aria-label") ?? one.textContent.trim(),
  ]);
  const all = [
    ["?", "These keys"],
    ["/", "Search"],
    ["j", "Next row"],
    ["k", "Row before"],
    ["Enter", "Open it"],
    ["n", "Page after"],
    ["p", "Page before"],
    ...(document.querySelector("[name=chosen]") ? [["x", "Choose the row"]] : []),
    ...pages,
    ...own,
  ];
  const rows = all.map(([key, words]) =>
    make("tr", {}, make("td", {}, make("kbd", {}, key)), make("td", {}, words)),
  );
  const off = make("input", { type: "checkbox", checked: isOff(), id: "keys-off" });
  off.addEventListener("change", () => {
    if (off.checked) localStorage.setItem(KEYS_OFF, "yes");
    else localStorage.removeItem(KEYS_OFF);
  });
  const close = make("button", { type: "button" }, "Close");
  close.addEventListener("click", () => dialog.close());
  dialog.append(
    make("h2", {}, "Keys"),
    make("table", {}, make("tbody", {}, ...rows)),
    make("p", {}, make("label", { htmlFor: "keys-off" }, off, " Single letters off")),
    close,
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Make an element; texts are text, whatever they hold. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
