// A person of the team in a conversation that goes on: listens, whispers, takes it over, hands it back.

import { comingTo, make, showTimes } from "/static/desk.js";
import { Sound } from "/widget/client/sound.js";

const HEAD = 5;
const AGAIN_AFTER_MS = 2_000;
const UNDER_WAY = new Set(["awaiting_confirmation", "running", "awaiting_approval"]);
const NOT_AGAIN = new Set([1000, 4403, 4409]);
const WORDS = {
  joining: "You join when what the caller has to hear is said.",
  speaking: "You speak with the caller.",
  caller_away: "The caller's line is lost: nobody hears you. What you write they read when they are back.",
  cut_off: "Your line was lost.",
  left: "",
};

const section = document.querySelector("#people");
const at = (name) => section.querySelector(`[data-part=${name}]`);
const told = at("told");
const asked = section.querySelector("[data-part=run] button");
let socket = null;
let isListening = false;
let hasIt = false;
let isBroken = false; // the line, while they had the conversation
let isAway = false; // the caller
const held = []; // what was written while nobody read it
let isRinging = false;
let own = "";
const tools = new Map();
let isComing = comingTo === section.dataset.id;

const sound = new Sound({
  audio: (buffer) => hasIt && socket?.readyState === WebSocket.OPEN && socket.send(buffer),
  played() {},
  sounding() {},
  levels: (level) => (at("loudness").value = level),
  microphone(state) {
    at("microphone").textContent = { on: "Mute", muted: "Speak again" }[state] ?? "Speak by microphone";
    at("on-air").hidden = state !== "on";
  },
  slow() {},
  trouble: (error) => say(error.message),
});

section.hidden = false;
// Who has the conversation is told on their own line, all others by what the page hears of it.
document.querySelector("#line").addEventListener("handoff", ({ detail }) => hasIt || obey({ type: "handoff", ...detail }));
connect();

at("listen").addEventListener("click", () => {
  isListening = !isListening;
  if (isListening) sound.unlock();
  else sound.clear();
  at("listen").textContent = isListening ? "Listen no more" : "Listen";
  send("listen", { is_on: isListening });
});
if (at("take-over") !== null) {
  at("take-over").addEventListener("click", () => takeOver("now"));
  at("take-over-later").addEventListener("click", () => takeOver("after_sentence"));
  at("hand-back").addEventListener("click", () => send("hand_back"));
  at("decline").addEventListener("click", () => send("decline"));
  at("microphone").addEventListener("click", async () => {
    if (sound.stream === null) await sound.openMicrophone().catch((error) => say(error.message));
    else sound.mute(!sound.isMuted);
  });
  form("whisper", "whisper");
  form("type", "text");
  at("write-read-back").addEventListener("click", () => send("text", { text: at("read-back").textContent }));
  at("run").closest("details").addEventListener("toggle", ({ target }) => target.open && send("list_tools"));
  at("tool-name").addEventListener("change", () => at("arguments").replaceChildren(...fieldsOf(tools.get(at("tool-name").value))));
  at("run").addEventListener("submit", (event) => {
    event.preventDefault();
    if (asked.disabled) return; // by the Enter key
    asked.disabled = true;
    try {
      send("run_tool", { name: at("tool-name").value, arguments: argumentsOf(at("arguments")) });
    } catch {
      again();
      say("A list or an object should be JSON.");
    }
  });
  for (const kind of ["input", "change"]) at("run").addEventListener(kind, again);
}

/** The tool may be run once more: something else is wanted, or it was refused, or is done. */
function again() {
  if (asked !== null) asked.disabled = false;
}

function connect() {
  const id = encodeURIComponent(section.dataset.id);
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/desk?conversation=${id}`, "desk.v1");
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => isListening && send("listen", { is_on: true }));
  socket.addEventListener("message", ({ data }) => (typeof data === "string" ? obey(JSON.parse(data)) : hear(data)));
  socket.addEventListener("close", ({ code, reason }) => {
    if (section.dataset.isOver !== undefined) return;
    isBroken ||= hasIt;
    stand("left");
    again();
    if (NOT_AGAIN.has(code)) {
      if (code === 4409) finish("You go on in another window.");
      else if (reason === "not_authorised") finish("Your sign-in has ended.", "Sign in again");
      else finish("Your role does not let you take part any more.", "Load the page again");
      return;
    }
    say("The line is lost; it is tried again.");
    setTimeout(connect, AGAIN_AFTER_MS);
  });
}

function send(type, fields = {}) {
  const isOpen = socket?.readyState === WebSocket.OPEN;
  if (isOpen) socket.send(JSON.stringify({ type, ...fields }));
  else say("The line is lost; it is tried again.");
  return isOpen;
}

function form(part, type) {
  const field = at(part).querySelector("input");
  at(part).addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === "" || !send(type, { text })) return;
    field.value = "";
    if (type === "text" && isAway) held.push(text);
    showUnsent();
    if (type === "whisper") say(at("holder").hidden ? "The agent has read it." : "The agent knows it when it goes on; until then it stands in what happened.");
  });
}

function takeOver(when) {
  if (Sound.isSupported) sound.unlock(); // inside the tap
  send("take_over", { when });
}

/** Tell for as long as it is so that somebody else has the conversation. */
function showHolder(name, since) {
  const line = at("holder");
  line.hidden = !name;
  if (name) {
    const time = make("time", { dateTime: since });
    const words = name === own ? ["You have this call since ", ": come back to go on here."] : [`${name} has this call since `, "."];
    line.replaceChildren(words[0], time, words[1]);
    showTimes(line);
  }
  if (at("take-over") === null) return;
  for (const part of ["take-over", "take-over-later"]) at(part).disabled = Boolean(name) && name !== own;
  at("take-over").textContent = name === own && name ? "Come back to the call" : "Take over";
  for (const part of ["take-over-later", "whisper"]) at(part).hidden = hasIt || (Boolean(name) && name === own);
}

/** What was written and nobody has read stands there: until the caller is back, or for good. */
function showUnsent() {
  if (at("unsent") === null) return;
  const typed = at("type").querySelector("input").value.trim();
  const lines = held.map((text) => `Waits until the caller is back: ${text}`);
  if (!hasIt && typed !== "") lines.push(`Not sent: ${typed}`);
  at("unsent").replaceChildren(...lines.map((text) => make("li", { className: "said", dir: "auto" }, text)));
  at("unsent").hidden = lines.length === 0;
}

function obey(message) {
  switch (message.type) {
    case "ready":
      isRinging = message.is_ringing ?? false;
      own = message.name;
      showDecline();
      showHolder(message.representative, message.since);
      if (isBroken && !message.representative) say("Your line was lost: the agent goes on.");
      else say(isRinging ? "The caller asks for a person." : "");
      if (isComing || (isBroken && message.representative === own)) at("take-over")?.click();
      isComing = isBroken = false;
      break;
    case "status":
      isAway = message.status === "caller_away";
      if (message.status === "speaking") held.length = 0;
      stand(message.status, message.modality);
      say(WORDS[message.status] ?? message.status);
      break;
    case "handoff":
      if (message.status === "requested") say("The caller asks for a person.");
      if (message.status === "joined" && !hasIt) showHolder(message.name, new Date().toISOString());
      if (message.status === "left" && !hasIt) {
        showHolder("");
        say("The agent goes on.");
      }
      isRinging = message.status === "requested";
      showDecline();
      break;
    case "tools":
      offer(message.items);
      break;
    case "tool":
      say(`${message.title ?? message.name}: ${message.status.replaceAll("_", " ")}`);
      if (!UNDER_WAY.has(message.status)) again();
      break;
    case "confirm":
      at("read-back").textContent = `${message.summary} ${message.question}`.trim();
      at("question").hidden = false;
      say("The caller is asked to agree.");
      break;
    case "confirm_closed":
      at("question").hidden = true;
      say(`The question to the caller is ${message.status}.`);
      break;
    case "error":
      again();
      say(message.message);
      break;
    case "ended":
      finish("");
      break;
  }
}

/** Have the tools that may run to choose from, and say of the others why not. */
function offer(items) {
  const chosen = at("tool-name").value;
  const may = items.filter((one) => !one.refusal);
  tools.clear();
  for (const one of may) tools.set(one.name, one);
  at("tool-name").replaceChildren(new Option("Choose one", ""), ...may.map((one) => new Option(one.title, one.name)));
  at("tool-name").value = tools.has(chosen) ? chosen : "";
  if (at("tool-name").value === "") at("arguments").replaceChildren();
  const not = items.filter((one) => one.refusal);
  at("not-now").replaceChildren(...not.map((one) => make("li", {}, `${one.title}: ${one.refusal}`)));
  at("not-now").hidden = not.length === 0;
}

/** Return a field for each argument that a tool declares. */
function fieldsOf(tool) {
  const wanted = tool?.arguments.required ?? [];
  return Object.entries(tool?.arguments.properties ?? {}).flatMap(([name, of]) => {
    const words = name.replaceAll("_", " ");
    const id = `argument-${name}`;
    const field = fieldOf(of);
    Object.assign(field, { id, name, required: wanted.includes(name) });
    field.dataset.kind = of.type ?? "";
    const about = make("small", { id: `${id}-about`, className: "soft said" }, of.description ?? "");
    field.setAttribute("aria-describedby", about.id);
    const label = make("label", { htmlFor: id }, `${words[0].toUpperCase()}${words.slice(1)}${field.required ? "" : " (may be left out)"}`);
    return [label, field, about];
  });
}

function fieldOf({ type, enum: choices, format, maxLength = 0, minimum = "", maximum = "" }) {
  if (type === "boolean") choices = ["true", "false"];
  if (choices !== undefined) return make("select", {}, new Option("", ""), ...choices.map((one) => new Option(one, one)));
  if (type === "integer" || type === "number") return make("input", { type: "number", step: type === "integer" ? 1 : "any", min: minimum, max: maximum });
  if (type !== "string") return make("textarea", { rows: 2, placeholder: "JSON" });
  const field = maxLength > 200 ? make("textarea", { rows: 2 }) : make("input", { type: format === "date" ? "date" : "text" });
  if (maxLength > 0) field.maxLength = maxLength;
  return field;
}

/** Return the arguments that were filled in, as a model would write them. */
function argumentsOf(part) {
  const given = [...part.querySelectorAll("[name]")].filter((field) => field.value.trim() !== "");
  return Object.fromEntries(given.map(({ name, value, dataset }) => [name, dataset.kind === "string" ? value.trim() : JSON.parse(value)]));
}

/** Show what can be done as things stand, and have who is listened to heard: who is read types. */
function stand(status, modality = "text") {
  const had = hasIt;
  hasIt = ["joining", "speaking", "caller_away", "cut_off"].includes(status);
  showDecline();
  showUnsent();
  if (hasIt && !had) {
    showHolder("");
    section.scrollIntoView({ block: "nearest" });
    if (modality === "audio") sound.openMicrophone().catch((error) => say(`${error.message} You can type.`));
  }
  for (const part of section.querySelectorAll("[data-while=speaking]")) part.hidden = !hasIt;
  for (const part of section.querySelectorAll("[data-while=agent]")) part.hidden = hasIt;
  if (!hasIt && at("question") !== null) at("question").hidden = true;
  if (!hasIt && sound.stream !== null) sound.closeMicrophone();
  if (hasIt && !isListening) at("listen").click();
}

/** Who may come can say that they do not, while the caller waits for somebody. */
function showDecline() {
  if (at("decline") !== null) at("decline").hidden = hasIt || !isRinging;
}

/** Show no more than why, and what was written but not sent. */
function finish(words, again = "") {
  section.dataset.isOver = "";
  sound.close();
  const fields = [...section.querySelectorAll("#whispered, #typed")].map(({ value }) => value.trim());
  const unsent = [...held, ...fields].filter((text) => text !== "");
  for (const part of section.children) part.hidden = true;
  say([words, ...unsent.map((text) => `Not sent: ${text}`)].join(" ").trim());
  if (again !== "") told.append(" ", make("a", { href: location.href }, again));
  section.hidden = told.hidden;
}

/** Play both sides as one; who speaks does not hear themselves. */
function hear(data) {
  const both = new Int16Array(data.slice(HEAD));
  const samples = new Int16Array(both.length / 2);
  for (let n = 0; n < samples.length; n += 1) {
    const agent = hasIt ? 0 : both[2 * n + 1];
    samples[n] = Math.max(-32768, Math.min(32767, both[2 * n] + agent));
  }
  sound.play({ itemId: "line", offsetMs: new DataView(data).getUint32(1, true), samples });
}

function say(words) {
  told.textContent = words;
  told.hidden = words === "";
}
