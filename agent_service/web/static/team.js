// What the team's pages share: the token that opens them, and asking the admin API with it.

import { at } from "./elements.js";

const TOKEN = "agent-service-admin-token";

export class Refused extends Error {}

export const isIn = () => sessionStorage.getItem(TOKEN) !== null;

export function logOut() {
  sessionStorage.removeItem(TOKEN);
}

export function onLogin(enter) {
  at("login").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(TOKEN, at("token").value.trim());
    at("token").value = "";
    enter();
  });
}

export async function ask(url, options = {}) {
  return (await answerTo(url, options)).json();
}

/** Return a file as a blob: pictures need the token, which an address of their own cannot carry. */
export async function file(url, options = {}) {
  return (await answerTo(url, options)).blob();
}

async function answerTo(url, { body = null, signal = null }) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` };
  const options = { headers, cache: "no-store", signal };
  if (body !== null) {
    headers["Content-Type"] = "application/json";
    Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  }
  const answer = await fetch(url, options);
  if (answer.status === 401) {
    logOut();
    throw new Refused("This token is not valid. Log in again.");
  }
  if (!answer.ok) {
    throw new Error((await answer.json()).detail);
  }
  return answer;
}

export function showProblem(error) {
  at("problem").textContent = error.message;
  at("problem").hidden = false;
}

export function showDoor() {
  at("login").hidden = isIn();
  if (!isIn()) {
    at("view").replaceChildren();
    at("token").focus();
  }
}
