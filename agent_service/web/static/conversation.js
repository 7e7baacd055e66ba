// The recording as a picture that leads into it, and a conversation that goes on as it grows.

import { make, showTimes } from "/static/desk.js";
import { tinykeys } from "/static/vendor/tinykeys.js";

const GROW_AFTER_MS = 400;
const AGAIN_AFTER_MS = 3_000;
const SKIP_S = 5;
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

const line = document.querySelector("#line");
const player = document.querySelector("#player");

if (player !== null && line.dataset.open === undefined) play(player);
if (line.dataset.open !== undefined) grow();

// --- hearing it ---

async function play(section) {
  const sound = section.querySelector("audio");
  const canvas = section.querySelector("canvas");
  const note = section.querySelector(".note");
  const say = (words) => {
    note.textContent = words;
    note.hidden = words === "";
  };
  const answer = await ask(`/api/conversations/${encodeURIComponent(section.dataset.id)}/peaks?points=1200`);
  canvas.hidden = sound.hidden = answer.problem !== undefined;
  say(answer.problem ?? "");
  if (answer.problem !== undefined) {
    if (answer.isLater) setTimeout(() => play(section), AGAIN_AFTER_MS);
    return;
  }
  const peaks = answer;
  sound.addEventListener("error", async () => say((await ask(sound.src)).problem ?? "The sound cannot be played."));
  const seconds = () => (Number.isFinite(sound.duration) ? sound.duration : peaks.duration_ms / 1000);
  const redraw = () => draw(canvas, peaks, sound.currentTime / seconds());
  new ResizeObserver(redraw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  sound.addEventListener("timeupdate", () => {
    redraw();
    mark(sound.currentTime * 1000, !sound.paused);
  });
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    hear(sound, ((event.clientX - box.left) / box.width) * seconds());
  });
  line.addEventListener("click", (event) => {
    const moment = event.target.closest("li[data-at]");
    if (moment === null || event.target.closest("summary, details, a:not(.at)")) return;
    if (event.target.closest(".at, .words") === null || getSelection().type === "Range") return;
    if (event.target.closest(".at") !== null) {
      event.preventDefault();
      history.replaceState(null, "", event.target.closest(".at").href);
    }
    hear(sound, placeOf(event, moment) / 1000);
  });
  const jump = (by) => hear(sound, Math.max(0, sound.currentTime + by));
  const turn = (by) => {
    const turns = [...line.querySelectorAll("li.turn[data-at]")];
    const now = sound.currentTime * 1000;
    const next = by > 0 ? turns.find((one) => one.dataset.at > now + 1) : turns.findLast((one) => one.dataset.at < now - 1_000);
    if (next) hear(sound, next.dataset.at / 1000);
  };
  const speed = (by) => {
    const at = SPEEDS.indexOf(sound.playbackRate);
    sound.playbackRate = SPEEDS[Math.min(Math.max((at === -1 ? 1 : at) + by, 0), SPEEDS.length - 1)];
  };
  const keys = {
    Space: ["Hear it, stop", () => (sound.paused ? hear(sound, sound.currentTime) : sound.pause())],
    ArrowLeft: ["5 s back", () => jump(-SKIP_S)],
    ArrowRight: ["5 s on", () => jump(SKIP_S)],
    "Shift+ArrowLeft": ["Turn before", () => turn(-1)],
    "Shift+ArrowRight": ["Next turn", () => turn(1)],
    "[": ["Slower", () => speed(-1)],
    "]": ["Faster", () => speed(1)],
  };
  const bound = {};
  for (const [key, [words, act]] of Object.entries(keys)) {
    section.append(make("span", { hidden: true, textContent: words }));
    section.lastChild.dataset.keys = key;
    bound[key.length === 1 ? `(\\${key})` : key] = (event) => {
      if (event.target.closest?.("input, textarea, select, button, summary, audio, a") || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      act();
    };
  }
  tinykeys(window, bound);
}

/** Return what the service answers, or what is wrong and whether it may be otherwise later. */
async function ask(address) {
  try {
    const answer = await fetch(address);
    if (answer.ok) return answer.headers.get("Content-Type").startsWith("application/json") ? await answer.json() : {};
    return { problem: (await answer.json()).detail, isLater: answer.status === 503 };
  } catch {
    return { problem: "The line to the service is lost; it is tried again.", isLater: true };
  }
}

function hear(sound, second) {
  sound.currentTime = second;
  sound.play().catch(() => {}); // what cannot be played has said so by its error
}

/** Where in a moment a click was: words lie evenly in their turn, as far as is known. */
function placeOf(event, moment) {
  const { at, end } = moment.dataset;
  const words = event.target.closest(".words");
  const spot = words === null || end === undefined ? null : document.caretPositionFromPoint?.(event.clientX, event.clientY);
  if (!spot || !words.contains(spot.offsetNode)) return Number(at);
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(spot.offsetNode, spot.offset);
  const heard = words.textContent.length - (words.querySelector("del")?.textContent.length ?? 0);
  const share = Math.min(before.toString().replace(/\S+$/, "").length / Math.max(heard, 1), 1);
  return Number(at) + share * (end - at);
}

let marked = null;
function mark(ms, follows) {
  const turns = [...line.querySelectorAll("li.turn[data-at]")];
  const now = turns.findLast((one) => Number(one.dataset.at) <= ms && ms <= Number(one.dataset.end ?? one.dataset.at) + 300) ?? null;
  if (now === marked) return;
  marked?.classList.remove("playing");
  now?.classList.add("playing");
  marked = now;
  if (follows) now?.scrollIntoView({ block: "nearest" });
}

function draw(canvas, peaks, place) {
  const colour = (name) => {
    canvas.style.color = `var(${name})`; // as it is worked out, light or dark
    return getComputedStyle(canvas).color;
  };
  const width = canvas.clientWidth * devicePixelRatio;
  const height = 96 * devicePixelRatio;
  if (width === 0) return;
  canvas.width = width;
  canvas.height = height;
  const paint = canvas.getContext("2d");
  const x = (ms) => (ms / Math.max(peaks.duration_ms, 1)) * width;
  paint.fillStyle = colour("--line");
  for (const [start, end] of peaks.silences ?? []) paint.fillRect(x(start), 0, Math.max(x(end) - x(start), 1), height);
  paint.fillStyle = colour("--warn");
  for (const [start, end] of peaks.gaps ?? []) paint.fillRect(x(start), height / 2 - 2, Math.max(x(end) - x(start), 1), 4);
  const lane = (values, base, sign, fill) => {
    paint.fillStyle = fill;
    const step = width / Math.max(values.length, 1);
    values.forEach((value, n) => {
      const tall = (value / 255) * (height / 2 - 2);
      paint.fillRect(n * step, sign < 0 ? base - tall : base, Math.max(step - 0.5, 0.5), Math.max(tall, 0.5));
    });
  };
  lane(peaks.caller, height / 2 - 1, -1, colour("--soft"));
  lane(peaks.agent, height / 2 + 1, 1, colour("--accent"));
  for (const moment of line.querySelectorAll("li.call[data-at], li.question[data-at], li.incident[data-at]")) {
    paint.fillStyle = colour(moment.classList.contains("incident") ? "--warn" : "--good");
    paint.fillRect(x(moment.dataset.at), 0, devicePixelRatio, height);
  }
  paint.fillStyle = colour("--ink");
  paint.fillRect(Math.min(place, 1) * width, 0, 2 * devicePixelRatio, height);
}

// --- growing ---

function grow() {
  const growing = document.querySelector("#growing");
  const captions = new Map(); // by turn, until it is on record
  const tell = (otherwise = "…") => {
    const lines = [...captions.values()].map((words) => make("span", { className: "caption", dir: "auto" }, words));
    growing.replaceChildren(...(lines.length > 0 ? lines : [otherwise]));
  };
  const news = new EventSource(`/api/live?conversation=${encodeURIComponent(line.dataset.id)}`);
  let waiting = 0;
  const soon = () => {
    waiting ||= setTimeout(() => {
      waiting = 0;
      bringUp();
    }, GROW_AFTER_MS);
  };
  for (const kind of ["turn", "tool", "confirmation", "incident", "rating", "lost"]) news.addEventListener(kind, soon);
  news.addEventListener("caption", (event) => {
    const { turn_id: id, role, text } = JSON.parse(event.data);
    captions.set(id, `${role}: ${text}`);
    if (text === "") captions.delete(id);
    tell();
  });
  news.addEventListener("handoff", (event) => line.dispatchEvent(new CustomEvent("handoff", { detail: JSON.parse(event.data) })));
  news.addEventListener("turn", (event) => {
    captions.delete(JSON.parse(event.data).turn_id);
    tell();
  });
  news.addEventListener("ended", () => {
    news.close();
    captions.clear();
    tell("It is over.");
    delete line.dataset.open;
    if (player !== null) play(player);
    soon();
  });
}

/** Name a fold: which one it is of its moment. */
function foldOf(details) {
  const moment = details.closest("li");
  return `${moment.id} ${[...moment.querySelectorAll("details")].indexOf(details)}`;
}

let isAsking = false;
let isBehind = false;

/** Take from the page as it is now what this one has not; one at a time, for an older one may come later. */
function bringUp() {
  isBehind = isAsking;
  if (isAsking) return;
  isAsking = true;
  const request = new XMLHttpRequest();
  request.responseType = "document"; // parsed, and no script of it runs
  request.addEventListener("load", () => {
    const now = request.response?.querySelector("#line");
    if (request.status !== 200 || !now) return;
    const isAtEnd = innerHeight + scrollY >= document.body.scrollHeight - 80;
    for (const part of [now, request.response.querySelector("#facts")]) showTimes(part);
    document.querySelector("#facts").replaceWith(document.adoptNode(request.response.querySelector("#facts")));
    const open = new Set([...line.querySelectorAll("details[open]")].map(foldOf));
    for (const details of now.querySelectorAll("details")) details.open = open.has(foldOf(details));
    const moments = [...now.children];
    for (const [n, moment] of moments.entries()) {
      const known = moment.id ? document.getElementById(moment.id) : null;
      if (known?.isEqualNode(moment) && line.children[n] === known) continue;
      known?.remove();
      line.insertBefore(document.adoptNode(moment), line.children[n] ?? null);
    }
    for (const left of [...line.children].slice(moments.length)) left.remove();
    if (isAtEnd) scrollTo(0, document.body.scrollHeight);
  });
  request.addEventListener("loadend", () => {
    isAsking = false;
    const isBusy = request.status === 0 || request.status === 422 || request.status >= 500;
    if (isBehind || isBusy) setTimeout(bringUp, isBusy ? AGAIN_AFTER_MS : GROW_AFTER_MS);
  });
  request.open("GET", location.pathname + location.search);
  request.send();
}
