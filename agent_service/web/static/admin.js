// The admin page: asks the admin API and shows the answers as text, never as markup.

import { at, element, moment } from "./elements.js";
import { Refused, ask as askApi, file, isIn, logOut, onLogin, showDoor, showProblem } from "./team.js";

let asking = new AbortController(); // what the view waits for: only the last wish is shown

function ask(path, parameters = {}, body = null) {
  const url = new URL(path, location.href);
  Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
  return askApi(url, { body, signal: asking.signal });
}

// --- views -------------------------------------------------------------------

async function showList(after = null) {
  const page = await ask("/api/conversations", after === null ? {} : { cursor: after });
  const rows = page.items.map((each) => [
    link(each.id, moment(each.started_at)),
    each.caller_name ?? each.customer_id ?? "anonymous",
    each.agent,
    `${each.channel}, ${each.modality}`,
    `${each.turn_count}`,
    each.ended_at === null ? "open" : each.end_reason,
    each.incident_count > 0 ? `${each.incident_count}` : "",
  ]);
  const heads = ["Started", "Caller", "Agent", "Channel", "Turns", "End", "Incidents"];
  at("view").replaceChildren(table("Conversations", heads, rows), ...more(page, showList));
}

async function showConversation(id) {
  const whole = await ask(`/api/conversations/${encodeURIComponent(id)}`);
  const { conversation, turns } = whole;
  const facts = [
    `Conversation ${conversation.id}`,
    `${conversation.caller_name ?? "anonymous"} (${conversation.caller_level})`,
    `${conversation.provider}, ${conversation.model}`,
    `${moment(conversation.started_at)} to ${conversation.ended_at === null ? "now" : moment(conversation.ended_at)}`,
  ].join(" · ");
  at("view").replaceChildren(
    element("p", "hint", facts),
    table("Turns", ["#", "At", "Who", "Said", "Heard", "First audio", ""], turns.map(turnCells)),
    table(
      "Tool calls",
      ["At", "Tool", "Status", "Arguments", "Output"],
      whole.tool_calls.map((each) => [
        place(each),
        each.name,
        each.status,
        code(each.arguments),
        code(each.output),
      ]),
    ),
    table(
      "Confirmations",
      ["At", "Question", "Status", "Answer"],
      whole.confirmations.map((each) => [
        place(each),
        each.summary,
        each.status,
        [each.decided_by, each.answer].filter((part) => part).join(": "),
      ]),
    ),
    table(
      "Incidents",
      ["At", "Code", "Message"],
      whole.incidents.map((each) => [place(each), each.code, each.message]),
    ),
  );
}

function turnCells(turn) {
  const heard =
    turn.role !== "agent" ? "" : turn.heard_text === turn.text ? "all of it" : turn.heard_text;
  return [
    `${turn.seq}`,
    place(turn),
    turn.role,
    said(turn),
    turn.role === "agent" && turn.heard_text === "" ? "nothing" : heard,
    turn.first_audio_ms === null ? "" : `${turn.first_audio_ms} ms`,
    [turn.is_interrupted ? "interrupted" : "", ...turn.flags].filter((flag) => flag).join(", "),
  ];
}

function said(turn) {
  const [, number] = turn.role === "caller" ? (turn.text.match(/^\[picture (\d+)\]$/) ?? []) : [];
  if (number === undefined) {
    return turn.text;
  }
  const image = element("img", "picture", "");
  image.alt = turn.text;
  const path = `/api/conversations/${encodeURIComponent(turn.conversation_id)}/pictures/${number}`;
  file(path, { signal: asking.signal }).then(
    (blob) => (image.src = URL.createObjectURL(blob)),
    () => image.replaceWith(turn.text), // somebody typed that
  );
  return image;
}

async function showSearch(query, after = null) {
  const page = await ask("/api/turns", after === null ? { q: query } : { q: query, cursor: after });
  const rows = page.items.map((turn) => [
    link(turn.conversation_id, moment(turn.started_at)),
    turn.role,
    turn.snippet === null ? turn.text : marked(turn.snippet),
  ]);
  const heads = ["Conversation", "Who", "Said"];
  const next = more(page, (cursor) => showSearch(query, cursor));
  // So that a link to the conversation shown before is a change again.
  history.replaceState(null, "", location.pathname);
  at("view").replaceChildren(table(`Turns with “${query}”`, heads, rows), ...next);
}

async function showQueue() {
  const { items, is_cut } = await ask("/api/queue");
  history.replaceState(null, "", location.pathname);
  const rows = items.map((each) => [
    age(each.age_s),
    each.due_at === null ? "" : moment(each.due_at) + (each.is_overdue ? " (overdue)" : ""),
    each.caller_name ?? each.customer_id ?? "unknown",
    each.what,
    each.conversation_id === null ? "" : link(each.conversation_id, "open"),
    each.kind === "approval" ? decisionLink() : doneForm(each),
  ]);
  const heads = ["Age", "Due", "Caller", "What was promised", "Conversation", ""];
  const title = is_cut ? `Queue: the oldest ${items.length}` : "Queue";
  at("view").replaceChildren(table(title, heads, rows));
}

function doneForm(promise) {
  const form = element("form", "controls", "");
  const note = element("input", "", "");
  note.maxLength = 500;
  note.placeholder = "Note";
  note.setAttribute("aria-label", `Note on ${promise.id}`);
  const button = element("button", "", "Done");
  button.setAttribute("aria-label", `Done: ${promise.id}`);
  form.append(note, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(async () => {
      await ask(`/api/queue/${encodeURIComponent(promise.id)}/done`, {}, { note: note.value });
      await showQueue();
    });
  });
  return form;
}

function decisionLink() {
  const made = element("a", "", "Decide");
  made.href = "/admin/approvals";
  return made;
}

// --- parts -------------------------------------------------------------------

function table(title, heads, rows) {
  const section = element("section", "", "");
  section.append(element("h2", "", title));
  if (rows.length === 0) {
    section.append(element("p", "hint", "None."));
    return section;
  }
  const made = element("table", "", "");
  const head = made.createTHead().insertRow();
  heads.forEach((text) => {
    const cell = element("th", "", text);
    cell.scope = "col";
    head.append(cell);
  });
  const body = made.createTBody();
  rows.forEach((cells) => {
    const row = body.insertRow();
    cells.forEach((content) => row.insertCell().append(content ?? ""));
  });
  section.append(made);
  return section;
}

function more(page, show) {
  if (page.next_cursor === null) {
    return [];
  }
  const button = element("button", "", "Older");
  button.type = "button";
  button.addEventListener("click", () => attempt(() => show(page.next_cursor)));
  return [button];
}

function link(id, text) {
  const made = element("a", "", text);
  made.href = `#${encodeURIComponent(id)}`;
  return made;
}

function marked({ text, marks }) {
  const made = document.createElement("span");
  const letters = [...text]; // the service counts characters, not UTF-16 units
  const cut = (start, end) => letters.slice(start, end).join("");
  let done = 0;
  marks.forEach(([start, end]) => {
    made.append(cut(done, start), element("mark", "", cut(start, end)));
    done = end;
  });
  made.append(cut(done));
  return made;
}

function code(text) {
  return element("pre", "", text);
}

function age(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

function place({ started_ms, ended_ms }) {
  const ends = [started_ms, ended_ms].filter((ms) => ms !== null).map(clock);
  return [...new Set(ends)].join(" to ");
}

function clock(ms) {
  const seconds = (ms % 60_000) / 1000;
  return `${Math.floor(ms / 60_000)}:${seconds.toFixed(1).padStart(4, "0")}`;
}

// --- what happens ------------------------------------------------------------

async function attempt(work) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  at("problem").hidden = true;
  try {
    await work();
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    showProblem(error);
    if (error instanceof Refused) {
      openOrShut();
    }
  }
}

function openOrShut() {
  at("navigation").hidden = at("search").hidden = !isIn();
  showDoor();
}

function route() {
  asking.abort();
  openOrShut();
  if (!isIn()) {
    return;
  }
  const id = decodeURIComponent(location.hash.slice(1));
  void attempt(() => (id ? showConversation(id) : showList()));
}

onLogin(route);
at("logout").addEventListener("click", () => {
  logOut();
  location.hash = "";
  route();
});
at("list").addEventListener("click", () => {
  location.hash = "";
  route();
});
at("queue").addEventListener("click", () => void attempt(showQueue));
at("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const query = at("query").value.trim();
  if (query) {
    void attempt(() => showSearch(query));
  }
});
addEventListener("hashchange", route);
route();
