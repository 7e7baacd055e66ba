// The team's page: decides what waits for approval, switches tools. Shows text, never markup.

const TOKEN = "agent-service-admin-token";
const at = (id) => document.getElementById(id);

async function ask(path, body = null) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` };
  const options = { headers, cache: "no-store" };
  if (body !== null) {
    headers["Content-Type"] = "application/json";
    Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  }
  const answer = await fetch(path, options);
  const content = await answer.json();
  if (answer.status === 401) {
    sessionStorage.removeItem(TOKEN);
    showDoor();
  }
  if (!answer.ok) {
    throw new Error(content.error.message);
  }
  return content;
}

// --- views -------------------------------------------------------------------

async function show() {
  const [approvals, tools] = await Promise.all([ask("/api/approvals"), ask("/api/tools")]);
  const isWaiting = ({ status }) => status === "waiting" || status === "seconded";
  at("view").replaceChildren(
    section("Waiting", approvals.items.filter(isWaiting).map(waitingCard)),
    section("Decided", approvals.items.filter((each) => !isWaiting(each)).map(decidedCard)),
    section("Tools", tools.items.map(toolCard)),
  );
}

function waitingCard(approval) {
  const note = document.createElement("input");
  note.maxLength = 500;
  note.placeholder = "Note for the record";
  note.setAttribute("aria-label", `Note on ${approval.summary}`);
  const decide = (is_approved) => () =>
    attempt(async () => {
      const path = `/api/approvals/${encodeURIComponent(approval.id)}/decision`;
      await ask(path, { is_approved, note: note.value });
      await show();
    });
  const isSecond = approval.status === "seconded" ? ` · ${approval.first_by} agreed` : "";
  const card = facts(approval, `${approval.reason}${isSecond}`);
  card.append(
    controls(note, button("Approve", "primary", decide(true)), button("Decline", "", decide(false))),
  );
  return card;
}

function decidedCard(approval) {
  const by = approval.decided_by ?? "nobody";
  return facts(approval, [approval.status, by, approval.note].filter((part) => part).join(" · "));
}

function facts(approval, state) {
  const who = [approval.caller_name, approval.customer_id, approval.caller_level];
  const card = element("article", "card", "");
  const evidence = element("a", "", "the conversation");
  evidence.href = `/admin#${encodeURIComponent(approval.conversation_id)}`;
  const asked = element("p", "hint", `${moment(approval.requested_at)} · `);
  asked.append(evidence);
  card.append(
    element("h3", "", approval.summary),
    element("p", "", who.filter((part) => part).join(" · ")),
    element("p", "", state),
    asked,
    element("pre", "", approval.arguments),
  );
  return card;
}

function toolCard(tool) {
  const card = element("article", "tool", "");
  const turn = () =>
    attempt(async () => {
      const path = `/api/tools/${encodeURIComponent(tool.name)}/switch`;
      await ask(path, { is_off: !tool.is_off, reason: "switched on the team's page" });
      await show();
    });
  const label = tool.is_off ? `Switch ${tool.title} on` : `Switch ${tool.title} off`;
  card.append(
    element("strong", "", `${tool.title} (${tool.name})`),
    element("p", "hint", `${tool.effect} · ${tool.audience} · ${tool.is_off ? "off" : "on"}`),
    controls(button(label, "", turn)),
  );
  return card;
}

// --- parts -------------------------------------------------------------------

function section(title, cards) {
  const made = element("section", "", "");
  const rest = cards.length > 0 ? cards : [element("p", "hint", "None.")];
  made.append(element("h2", "", title), ...rest);
  return made;
}

function controls(...parts) {
  const made = element("div", "controls", "");
  made.append(...parts);
  return made;
}

function button(text, className, act) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function moment(text) {
  return new Date(text).toLocaleString();
}

// --- what happens ------------------------------------------------------------

async function attempt(work) {
  at("problem").hidden = true;
  try {
    await work();
  } catch (error) {
    at("problem").textContent = error.message;
    at("problem").hidden = false;
  }
}

function showDoor() {
  const isIn = sessionStorage.getItem(TOKEN) !== null;
  at("login").hidden = isIn;
  if (!isIn) {
    at("view").replaceChildren();
    at("token").focus();
  }
}

at("login").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, at("token").value.trim());
  at("token").value = "";
  showDoor();
  void attempt(show);
});
showDoor();
if (sessionStorage.getItem(TOKEN) !== null) {
  void attempt(show);
}
