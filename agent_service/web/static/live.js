// The rows of the conversations that go on follow what happens, and who waits is asked for again.

import { comeTo, make, showTimes } from "/static/desk.js";

const TOLD_AFTER_MS = 500;
const ASK_EVERY_MS = 15_000;
const STAYS_MS = 4_000;
const ALOUD = "desk.live.aloud";

const table = document.querySelector("#live");
const most = Number(table.dataset.most);
const counter = document.querySelector("#going-on");
const nothing = document.querySelector("#nothing");
const line = document.querySelector("#line");
const list = document.querySelector("#promises");
const KINDS = JSON.parse(list.dataset.words);
const aloud = document.querySelector("#aloud");
const MANY = counter.dataset.count === undefined; // more than are counted: it stays as it is
let count = Number(counter.dataset.count);
let known = null;
let asking = 0;

for (const one of document.querySelectorAll(".scripted")) one.hidden = false;
document.querySelector("#ringing").addEventListener("click", (event) => {
  const isHere = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (isHere && event.target.matches("[data-part=come]")) comeTo(event.target.closest("article").dataset.id);
});
aloud.checked = localStorage.getItem(ALOUD) !== null;
aloud.addEventListener("change", () => {
  if (aloud.checked) localStorage.setItem(ALOUD, "yes");
  else localStorage.removeItem(ALOUD);
  if (aloud.checked) ring();
});

const news = new EventSource("/api/live");
news.addEventListener("open", () => say(""));
news.addEventListener("error", () =>
  say(news.readyState === EventSource.CLOSED ? "No news any more: load the page again." : "The line to the service is lost; it is tried again."),
);
for (const kind of ["going_on", "changed"]) news.addEventListener(kind, (event) => update(JSON.parse(event.data)));
news.addEventListener("began", (event) => {
  recount(1);
  update(JSON.parse(event.data), true);
});
news.addEventListener("ended", (event) => {
  const facts = JSON.parse(event.data);
  recount(-1);
  const row = rowOf(facts.conversation_id);
  if (row === undefined) return;
  fill(row, facts);
  row.classList.add("over");
  row.querySelector(".now").textContent = "ended";
  setTimeout(() => {
    row.remove();
    nothing.hidden = rows().length > 0;
  }, STAYS_MS);
});
for (const kind of ["changed", "ended", "hand_over"]) news.addEventListener(kind, askSoon);
news.addEventListener("hand_over", () => {
  askWhoRings();
  if (aloud.checked) ring();
});
for (const kind of ["changed", "ended"]) {
  news.addEventListener(kind, (event) => {
    const { conversation_id: id, handoff } = JSON.parse(event.data);
    if (handoff !== "requested" && ringing(id) !== undefined) askWhoRings();
  });
}

setInterval(() => {
  for (const left of document.querySelectorAll("[data-left]")) left.textContent = left.dataset.left = Math.max(left.dataset.left - 1, 0);
  for (const row of rows()) if (!row.matches(".over, .lost")) showAge(row);
}, 1_000);
setInterval(askSoon, ASK_EVERY_MS);
askSoon();

function rows() {
  return [...table.tBodies];
}

function rowOf(id) {
  return table.querySelector(`:scope > tbody[data-id="${CSS.escape(id)}"]`) ?? undefined;
}

function update(facts, isNew = false) {
  let row = rowOf(facts.conversation_id);
  row?.classList.remove("lost"); // its caller is back
  if (row === undefined) {
    if (!isNew && table.tBodies.length >= most) return;
    row = document.querySelector("#row").content.cloneNode(true).querySelector("tbody");
    row.dataset.id = facts.conversation_id;
    row.dataset.began = facts.started_at;
    row.querySelector("a").href = `/admin/conversations/${encodeURIComponent(facts.conversation_id)}`;
    const began = row.querySelector("time");
    began.dateTime = facts.started_at;
    began.title = `${facts.started_at.slice(0, 19).replace("T", " ")} UTC`;
    showTimes(row);
    if (isNew) row.classList.add("new");
    table.tHead.after(row);
    while (rows().length > most) rows().at(-1).remove();
    nothing.hidden = true;
  }
  fill(row, facts);
  row.querySelector(".now").textContent = doing(facts);
}

function fill(row, facts) {
  for (const cell of row.querySelectorAll("[data-of]")) {
    const value = facts[cell.dataset.of];
    if (value !== undefined) cell.textContent = value;
    else if (cell.textContent === "") cell.textContent = cell.dataset.of === "caller_name" ? "unknown" : "–";
  }
  showAge(row);
}

function showAge(row) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(row.dataset.began)) / 1000));
  const minutes = Math.floor(seconds / 60);
  const two = (number) => String(number).padStart(2, "0");
  row.querySelector(".lasts").textContent =
    minutes < 60 ? `${minutes}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function doing({ holder, tools = [] }) {
  const speaks = { caller: "caller speaks", agent: "agent speaks", open: "nobody speaks" };
  const stands = {
    awaiting_confirmation: "asks the caller",
    awaiting_approval: "waits for approval",
    running: "under way",
  };
  const told = tools.map((tool) => `${tool.title ?? tool.name}: ${stands[tool.status] ?? tool.status}`);
  return [speaks[holder] ?? holder ?? "", ...told].filter((one) => one !== "").join(" · ") || "–";
}

function recount(by) {
  count += by;
  if (!MANY) counter.textContent = Math.max(count, 0).toLocaleString("en");
}

function say(words) {
  line.textContent = words;
  line.hidden = words === "";
}

// --- who rings ---

function ringing(id) {
  return [...document.querySelectorAll("#ringing > article")].find((one) => one.dataset.id === id);
}

/** Take over what the page without script shows: a document is never made of text here. */
function askWhoRings() {
  const request = new XMLHttpRequest();
  request.open("GET", "/admin/live/ringing");
  request.responseType = "document";
  request.addEventListener("load", () => {
    const shown = request.response?.querySelector("#ringing");
    if (!shown) return;
    document.querySelector("#ringing").replaceChildren(...shown.children);
    askSoon();
  });
  request.send();
}

// --- who waits ---

function askSoon() {
  if (asking === 0) asking = setTimeout(ask, TOLD_AFTER_MS);
}

async function ask() {
  asking = 0;
  const answer = await fetch("/api/queue?limit=20", { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const all = (await answer.json()).items;
  const items = all.filter((one) => one.kind !== "handoff" || ringing(one.conversation_id) === undefined); // they stand above
  const ids = new Set(items.map((one) => one.id));
  const isNew = known !== null && items.some((one) => !known.has(one.id));
  if (known === null || isNew || ids.size !== known.size) show(items);
  known = ids;
  if (isNew && aloud.checked) ring();
}

function show(items) {
  const made = items.map((one) => {
    const time = make("time", { dateTime: one.promised_at, title: one.promised_at });
    const who = one.caller_name ?? one.customer_id;
    const whose = { className: "said", dir: "auto" };
    const customer = one.customer_id ? make("a", { ...whose, href: `/admin/customers/${encodeURIComponent(one.customer_id)}` }, who) : make("span", whose, who ?? "");
    const parts = [
      make("span", { className: "tag" }, KINDS[one.kind] ?? one.kind),
      ...(who ? [customer] : []),
      make("span", {}, "since ", time),
      ...(one.conversation_id
        ? [make("a", { href: `/admin/conversations/${encodeURIComponent(one.conversation_id)}` }, "Conversation")]
        : []),
      make("div", whose, one.what),
    ].flatMap((part) => [part, " "]);
    return make("li", { className: one.is_overdue ? "late" : "" }, ...parts);
  });
  list.replaceChildren(...(made.length ? made : [make("li", { className: "none" }, "Nobody.")]));
  showTimes(list);
}

function ring() {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: 660 });
  const volume = new GainNode(context, { gain: 0.1 });
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.3);
  tone.addEventListener("ended", () => context.close());
}
