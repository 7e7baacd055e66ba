// The shop's page: shows what /demo/facts tells, asks again while somebody looks, and marks what changed.

const KINDS = { AUD: "audio", CMP: "computer", HOM: "home", OUT: "outdoor", STA: "stationery", PHO: "phone" };
const STEPS = ["placed", "packed", "shipped", "delivered"];
const ON_ITS_WAY = STEPS.slice(0, -1);
const WORDS = {
  placed: "Placed",
  packed: "Packed",
  shipped: "Shipped",
  delivered: "Delivered",
  cancelled: "Cancelled",
  open: "Open",
  closed: "Closed",
};
const PARCELS = {
  in_transit: (parcel) => `Arrives ${day(parcel.expected_on)} with ${parcel.carrier}`,
  out_for_delivery: (parcel) => `Out for delivery today with ${parcel.carrier}`,
  delivered: (parcel) => `Delivered by ${parcel.carrier}`,
  lost: (parcel) => `${parcel.carrier} is looking for the parcel`,
};
const RETURNS = {
  requested: "asked for: the label comes by email",
  received: "received",
  closed: "settled",
  rejected: "not accepted",
};
const REFUNDS = { requested: "asked for", confirmed: "paid back", rejected: "not accepted" };
const SAYINGS = {
  known: ["Where is my order 1004?", "Cancel order 1007", "I want to send the desk lamp back"],
  unknown: ["Where is my order?", "How do I send something back?", "When are you open?"],
};
const ASK_AGAIN_MS = 2000;
const MARKED_MS = 12000;

const isUnknown = new URLSearchParams(location.search).has("unknown");
const query = isUnknown ? "?unknown" : "";
const shown = new Map(); // what each card shows, as text, by its identifier
let isFirst = true;

const at = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function money(minor, currency) {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function day(text) {
  // A date without a time is a day wherever one is.
  const date = text.includes("T") ? new Date(text) : new Date(`${text}T12:00`);
  return date.toLocaleDateString("en-US", { weekday: "short", month: "short", day: "numeric" });
}

function picture(sku) {
  const kind = KINDS[sku.slice(0, 3)] ?? "home";
  return make("img", { src: `/demo/page/art/${encodeURIComponent(sku)}.svg`, alt: "", className: kind, loading: "lazy" });
}

function counted(name, quantity) {
  return quantity > 1 ? `${quantity} × ${name}` : name;
}

function pill(status) {
  return make("span", { className: `pill ${status}`, textContent: WORDS[status] ?? status });
}

// --- orders ------------------------------------------------------------------

function orderCard(order) {
  const notes = [...news(order), ...order.returns.map(returned), ...order.refunds.map(refunded)];
  const things = order.items.map((item) =>
    make("li", {}, picture(item.sku), make("span", { textContent: counted(item.name, item.quantity) })),
  );
  return make(
    "article",
    { className: `order ${order.status}` },
    make("header", {}, make("h3", { textContent: `Order ${order.number}` }), pill(order.status)),
    make("ul", { className: "things" }, ...things),
    ON_ITS_WAY.includes(order.status) ? steps(order.status) : null,
    notes.length ? make("ul", { className: "notes" }, ...notes) : null,
    make(
      "footer",
      {},
      make("span", { textContent: `Ordered ${day(order.placed_at)}` }),
      make("strong", { textContent: money(order.total_minor, order.currency) }),
    ),
  );
}

function steps(status) {
  const reached = STEPS.indexOf(status);
  const items = STEPS.map((step, index) => {
    const item = make("li", { textContent: WORDS[step], className: index <= reached ? "done" : "" });
    if (index === reached) {
      item.setAttribute("aria-current", "step");
    }
    return item;
  });
  return make("ol", { className: "steps" }, ...items);
}

function* news(order) {
  const say = (text) => make("li", { textContent: text });
  if (order.status === "cancelled") {
    yield say("Cancelled: nothing was charged");
  } else if (order.address) {
    yield say(`Goes to ${order.address}`);
  } else if (order.status === "delivered") {
    yield say(`Delivered ${day(order.delivered_at)}`);
  } else {
    yield* order.shipments.map((each) => say(PARCELS[each.status]?.(each) ?? each.status));
  }
}

function returned(each) {
  const what = each.kind === "exchange" ? "Exchange" : "Return";
  const text = `${what} of ${counted(each.name, each.quantity)} ${RETURNS[each.status] ?? each.status}`;
  return make("li", { className: "back", textContent: text });
}

function refunded(each) {
  const text = `Refund of ${money(each.amount_minor, each.currency)} ${REFUNDS[each.status] ?? each.status}`;
  return make("li", { className: "back", textContent: text });
}

// --- tickets and goods ---------------------------------------------------------

function ticketRow(ticket) {
  const about = ticket.about ? ` · ${ticket.about}` : "";
  return make(
    "li",
    {},
    make("strong", { textContent: `Ticket ${ticket.number}` }),
    make("span", { textContent: `${ticket.subject}${about}` }),
    pill(ticket.status),
  );
}

function goods(product) {
  return make(
    "li",
    {},
    picture(product.sku),
    make(
      "p",
      {},
      make("span", { textContent: product.name }),
      make("strong", { textContent: money(product.price_minor, product.currency) }),
    ),
  );
}

function article({ title, text }) {
  return make("details", {}, make("summary", { textContent: title }), make("p", { textContent: text }));
}

/** Open the article that the page's address names: links of the assistant lead there. */
function openNamed() {
  const named = at(location.hash.slice(1));
  if (named?.tagName === "DETAILS") {
    named.open = true;
    named.scrollIntoView({ block: "center" });
  }
}

// --- what is shown -------------------------------------------------------------

/** Show a list, touching only what is new or has changed; return what has. */
function fill(list, things, keyOf, cardOf) {
  const keys = things.map(keyOf);
  for (const card of [...list.children]) {
    if (!keys.includes(card.id)) {
      shown.delete(card.id);
      card.remove();
    }
  }
  const changed = [];
  things.forEach((thing, index) => {
    const text = JSON.stringify(thing);
    let card = at(keys[index]);
    if (shown.get(keys[index]) !== text) {
      const fresh = cardOf(thing);
      fresh.id = keys[index];
      card?.replaceWith(fresh);
      card = fresh;
      shown.set(keys[index], text);
      changed.push({ card, thing });
    }
    if (list.children[index] !== card) {
      list.insertBefore(card, list.children[index] ?? null);
    }
  });
  return changed;
}

function show(facts) {
  const orders = fill(at("order-list"), facts.orders, (order) => `order-${order.number}`, orderCard);
  const tickets = fill(at("ticket-list"), facts.tickets, (ticket) => `ticket-${ticket.number}`, ticketRow);
  fill(at("goods-list"), facts.products, (product) => `product-${product.sku}`, goods);
  fill(at("article-list"), facts.articles, ({ page }) => `about-${page}`, article);
  at("tickets").hidden = facts.tickets.length === 0;
  at("live").hidden = facts.customer === null;
  at("stranger").hidden = facts.customer !== null;
  if (isFirst) {
    showAccount(facts.customer);
    isFirst = false;
    openNamed();
    return;
  }
  mark(orders.map(({ card }) => card));
  const said = [
    ...orders.map(({ thing, card }) => `Order ${thing.number}: ${summary(card)}`),
    ...tickets.map(({ thing }) => `Ticket ${thing.number}: ${WORDS[thing.status] ?? thing.status}`),
  ];
  if (said.length) {
    at("news").textContent = said.join(". ");
  }
}

function summary(card) {
  const notes = [...card.querySelectorAll(".notes li")].map((note) => note.textContent);
  return [card.querySelector(".pill").textContent, ...notes].join(", ");
}

function mark(cards) {
  for (const card of cards) {
    card.classList.add("changed");
    setTimeout(() => card.classList.remove("changed"), MARKED_MS);
  }
}

function showAccount(customer) {
  const initials = customer?.name.split(" ").map((part) => part[0]).slice(0, 2).join("");
  at("account").replaceChildren(
    ...(customer
      ? [
          make("span", { className: "face", textContent: initials, ariaHidden: "true" }),
          make("span", { className: "name", textContent: customer.name }),
          make("a", { href: "/?unknown", textContent: "Sign out", onclick: forget }),
        ]
      : [make("a", { href: "/", textContent: "Sign in", onclick: forget })]),
  );
}

/** Somebody else is here from now on: also who goes back to this page sees nothing of what was said. */
function forget() {
  void document.querySelector("support-conversation")?.forget();
}

// --- asking ----------------------------------------------------------------------

let isAsking = false;

async function ask() {
  if (isAsking || document.hidden) {
    return;
  }
  isAsking = true;
  try {
    const answer = await fetch(`/demo/facts${query}`, { cache: "no-cache" });
    if (!answer.ok) {
      throw new Error(`HTTP ${answer.status}`);
    }
    show(await answer.json());
    at("problem").hidden = true;
  } catch {
    at("problem").hidden = false;
  } finally {
    isAsking = false;
  }
}

addEventListener("hashchange", openNamed);
document.addEventListener("visibilitychange", ask);
setInterval(ask, ASK_AGAIN_MS);
void ask();

// --- help ------------------------------------------------------------------------

if (isUnknown) {
  // This runs before the widget's script, which reads where tickets come from.
  document.querySelector("script[data-ticket]").dataset.ticket += query;
}
at("sayings").append(
  ...SAYINGS[isUnknown ? "unknown" : "known"].map((words) => make("li", { textContent: `“${words}”` })),
);
at("ask").addEventListener("click", () => {
  const widget = document.querySelector("support-conversation");
  if (widget) {
    widget.open = true;
  }
});
// What the agent does shows at once, not only when it is time to ask again.
document.addEventListener("tool", ask, true);
