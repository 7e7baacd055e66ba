// The team's page: decides what waits for approval, switches tools. Shows text, never markup.

import { at, element, moment } from "./elements.js";
import { Refused, ask, isIn, onLogin, showDoor, showProblem } from "./team.js";

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
      await ask(path, { body: { is_approved, note: note.value } });
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
  evidence.href = `/admin/conversations/${encodeURIComponent(approval.conversation_id)}`;
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
      const reason = "switched on the team's page";
      await ask(path, { body: { is_off: !tool.is_off, reason } });
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

// --- what happens ------------------------------------------------------------

async function attempt(work) {
  at("problem").hidden = true;
  try {
    await work();
  } catch (error) {
    showProblem(error);
    if (error instanceof Refused) {
      showDoor();
    }
  }
}

function enter() {
  showDoor();
  if (isIn()) {
    void attempt(show);
  }
}

onLogin(enter);
enter();
