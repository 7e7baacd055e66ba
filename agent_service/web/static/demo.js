// The demo page: one state, changed by messages and clicks, shown by one function.

import { Conversation } from "./conversation.js";
import { at, element } from "./elements.js";
import { openMicrophone, openSpeaker } from "./sound.js";
import { TEXTS } from "./texts.js";

const all = (selector) => [...document.querySelectorAll(selector)];

const state = {
  phase: "idle", // idle, connecting, live, lost, ended
  mode: "audio",
  floor: "open",
  problem: "",
  entries: [], // turns and tool calls in the order they are shown
  confirmation: null,
  level: null,
};

let conversation = null;
let speaker = null;
const openDevices = []; // what closes each of them

// --- what happens ------------------------------------------------------------

async function begin(mode) {
  Object.assign(state, { phase: "connecting", mode, floor: "open", problem: "" });
  Object.assign(state, { entries: [], confirmation: null, level: null });
  render();
  try {
    await openSound(mode);
    const query = at("unknown").checked ? "?unknown" : "";
    const answer = await fetch(`/demo/ticket${query}`, { method: "POST" });
    if (!answer.ok) {
      throw new Error(TEXTS.noTicket);
    }
    const { ticket } = await answer.json();
    conversation = new Conversation({ onMessage: take, onAudio: play, onLost: lose, onClosed: close });
    conversation.start(ticket, mode);
  } catch (error) {
    closeSound();
    Object.assign(state, { phase: "idle", problem: error.message });
    render();
  }
}

async function openSound(mode) {
  if (mode === "text") {
    return;
  }
  if (!navigator.mediaDevices) {
    throw new Error(TEXTS.insecure);
  }
  const opened = await openSpeaker((itemId, playedMs) =>
    conversation?.send({ type: "played", item_id: itemId, played_ms: playedMs }),
  );
  speaker = opened.speaker;
  openDevices.push(() => void opened.context.close());
  try {
    openDevices.push(await openMicrophone((buffer) => conversation?.sendAudio(buffer)));
  } catch {
    throw new Error(TEXTS.noMicrophone);
  }
}

function closeSound() {
  openDevices.splice(0).forEach((close) => close());
}

function play(frame) {
  speaker?.play(frame);
}

function lose() {
  state.phase = "lost";
  render();
}

function close(code, reason) {
  closeSound();
  if (code !== 1000) {
    state.problem ||= TEXTS.closed(reason);
  }
  Object.assign(state, { phase: "ended", confirmation: null });
  render();
  at("talk").focus();
}

function take(message) {
  switch (message.type) {
    case "ready":
      state.phase = "live";
      break;
    case "clear":
      speaker?.clear(message.item_id);
      break;
    case "transcript":
      takeTranscript(message);
      break;
    case "floor":
      state.floor = message.holder;
      break;
    case "tool":
      Object.assign(entry("tool", message.tool_call_id), message);
      break;
    case "confirm":
      state.confirmation = message;
      break;
    case "confirm_closed":
      if (state.confirmation?.confirmation_id === message.confirmation_id) {
        state.confirmation = null;
      }
      break;
    case "level":
      state.level = message.level;
      state.problem = "";
      all(".proof").forEach((proof) => (proof.open = false));
      break;
    case "incident":
    case "error":
      state.problem = message.message;
      break;
  }
  render();
}

function takeTranscript(message) {
  const turn = entry("turn", message.turn_id);
  const text = message.text ?? (turn.text ?? "") + message.delta;
  Object.assign(turn, message, { text });
  if (message.is_final) {
    // Screen readers get whole turns, once, instead of every syllable.
    at("spoken").textContent = `${TEXTS.roles[turn.role]}: ${text}`;
  }
}

function entry(kind, id) {
  const known = state.entries.find((each) => each.kind === kind && each.id === id);
  if (known) {
    return known;
  }
  const added = { kind, id };
  // What the caller said may be known only after the answer has begun. Turns' identifiers grow.
  const later =
    kind === "turn" ? state.entries.findIndex((each) => each.kind === "turn" && each.id > id) : -1;
  state.entries.splice(later < 0 ? state.entries.length : later, 0, added);
  return added;
}

function decide(accepted) {
  conversation.send({
    type: "confirm",
    confirmation_id: state.confirmation.confirmation_id,
    accepted,
  });
}

// --- how it looks ------------------------------------------------------------

function render() {
  const list = at("captions");
  const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 40;
  const isOver = state.phase === "idle" || state.phase === "ended";
  const isLive = state.phase === "live";
  at("status").textContent = statusText();
  at("status").dataset.floor = isLive ? state.floor : "";
  at("problem").textContent = state.problem;
  at("problem").hidden = !state.problem;
  at("talk").hidden = at("type").hidden = !isOver;
  at("end").hidden = isOver;
  at("interrupt").hidden = !(isLive && state.floor === "agent");
  at("typing").hidden = !isLive;
  all(".proof").forEach((proof) => (proof.hidden = !isLive));
  all(".unknown").forEach((choice) => (choice.hidden = !isOver));
  at("level").hidden = !state.level;
  at("level").textContent = state.level ? TEXTS.levels[state.level] : "";
  renderConfirmation();
  renderEntries();
  if (isAtEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

function statusText() {
  if (state.phase !== "live") {
    return TEXTS.phases[state.phase];
  }
  const isTyped = state.mode === "text" && state.floor === "open";
  return isTyped ? TEXTS.openTyped : TEXTS.floors[state.floor];
}

function renderConfirmation() {
  const card = at("confirmation");
  const wasHidden = card.hidden;
  card.hidden = state.confirmation === null;
  if (state.confirmation !== null) {
    at("question-title").textContent = state.confirmation.title;
    at("question").textContent = state.confirmation.summary;
    if (wasHidden && document.activeElement !== at("text")) {
      // Focus the card, not a button: Enter must not agree to something unread.
      card.focus();
    }
  }
}

function renderEntries() {
  const list = at("captions");
  const keys = new Map([...list.children].map((item) => [item.dataset.key, item]));
  let next = list.firstElementChild;
  for (const each of state.entries) {
    const key = `${each.kind} ${each.id}`;
    const item = keys.get(key) ?? newItem(key);
    keys.delete(key);
    if (item === next) {
      next = next.nextElementSibling;
    } else {
      list.insertBefore(item, next);
    }
    renderItem(item, each);
  }
  keys.forEach((item) => item.remove());
}

function newItem(key) {
  const item = document.createElement("li");
  item.dataset.key = key;
  return item;
}

function renderItem(item, each) {
  const shown = JSON.stringify(each);
  if (item.dataset.shown === shown) {
    return;
  }
  item.dataset.shown = shown;
  item.className = each.kind === "tool" ? "tool" : `turn ${each.role}`;
  item.replaceChildren(...(each.kind === "tool" ? toolParts(each) : turnParts(each)));
}

function turnParts(turn) {
  const isCut = turn.is_interrupted === true && turn.text.startsWith(turn.heard_text ?? "");
  const heard = isCut ? (turn.heard_text ?? "") : turn.text;
  const parts = [element("span", "role", TEXTS.roles[turn.role])];
  const words = element("p", "words", heard || (isCut ? "" : TEXTS.nothingUnderstood));
  if (isCut && turn.text.length > heard.length) {
    const rest = element("del", "unheard", turn.text.slice(heard.length));
    rest.title = TEXTS.unheard;
    words.append(rest);
  }
  parts.push(words);
  const notes = [
    turn.is_interrupted ? TEXTS.interrupted : null,
    turn.first_audio_ms === undefined ? null : TEXTS.firstAudio(turn.first_audio_ms),
  ].filter((note) => note !== null);
  if (notes.length > 0) {
    parts.push(element("span", "note", notes.join(" · ")));
  }
  return parts;
}

function toolParts(tool) {
  const status = TEXTS.toolStatuses[tool.status] ?? tool.status;
  const parts = [
    element("span", "role", TEXTS.tool),
    element("p", "words", `${tool.title}: ${status}`),
  ];
  const detail = [tool.arguments, tool.output].filter((text) => text).join("\n");
  if (detail) {
    const details = element("details", "note", "");
    details.append(element("summary", "", tool.name), element("pre", "", detail));
    parts.push(details);
  }
  return parts;
}

// --- clicks and keys ---------------------------------------------------------

at("talk").addEventListener("click", () => begin("audio"));
at("type").addEventListener("click", () => begin("text"));
at("interrupt").addEventListener("click", () => conversation.send({ type: "interrupt" }));
at("end").addEventListener("click", () => conversation?.send({ type: "end" }));
at("yes").addEventListener("click", () => decide(true));
at("no").addEventListener("click", () => decide(false));
at("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  if (text) {
    conversation.send({ type: "text", text });
    at("text").value = "";
  }
});
at("entering").addEventListener("submit", (event) => {
  event.preventDefault();
  conversation.send({ type: "code", code: at("code").value });
  at("code").value = "";
});
for (const form of all("form[data-proof]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    conversation.send({ type: "check", proof: form.dataset.proof, fields });
    form.reset();
  });
}
render();
