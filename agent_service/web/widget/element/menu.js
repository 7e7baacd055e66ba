// What is behind the three dots: devices, proofs of identity, another device, the transcript.

import { ICONS } from "./icons.js";
import { drawing, make } from "./make.js";

/** There is nothing more to prove, but by a code. */
const PROVED = new Set(["identified", "verified", "stepped_up"]);

export class Menu {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
  }

  get isOpen() {
    return !this.panel.view.menu.hidden;
  }

  toggle() {
    if (this.isOpen) {
      this.close();
    } else {
      void this.#open();
    }
  }

  close() {
    this.panel.view.menu.hidden = true;
    this.panel.view.more.setAttribute("aria-expanded", "false");
  }

  async #open() {
    const { panel } = this;
    const { texts, view } = panel;
    const items = panel.isSpoken ? await this.#devices() : [];
    items.push(this.#item(ICONS.key, texts.code, () => panel.ask({ kind: "code", isSent: false })));
    for (const proof of PROVED.has(panel.state.level) ? [] : panel.host.proofs) {
      items.push(this.#item(ICONS.key, proof.title, () => panel.ask({ kind: "proof", ...proof })));
    }
    const { recording } = panel.state;
    if (recording === "on" || recording === "paused") {
      const label = recording === "on" ? texts.pauseRecording : texts.resumeRecording;
      items.push(this.#item(ICONS.pause, label, () => panel.conversation?.pauseRecording(recording === "on")));
    }
    items.push(
      this.#item(ICONS.device, texts.elsewhere, () => void panel.transfer()),
      this.#item(ICONS.keep, texts.keep, () => panel.keep()),
    );
    view.menu.replaceChildren(...items);
    view.menu.hidden = false;
    view.more.setAttribute("aria-expanded", "true");
    view.menu.querySelector("button, select").focus();
  }

  /**
   * @param {string} lines
   * @param {string} label
   * @param {() => void} act
   */
  #item(lines, label, act) {
    const chosen = () => {
      this.close();
      this.panel.view.more.focus();
      act();
    };
    return make("button", { class: "item", onclick: chosen }, drawing(lines), label);
  }

  async #devices() {
    const { texts } = this.panel;
    const conversation = /** @type {import("../client/client.js").Conversation} */ (this.panel.conversation);
    const { microphones, loudspeakers } = await conversation.devices();
    return [
      this.#choice(texts.microphone, microphones, (id) => conversation.useMicrophone(id)),
      this.#choice(texts.loudspeaker, loudspeakers, (id) => conversation.useLoudspeaker(id)),
    ].filter((choice) => choice !== null);
  }

  /**
   * @param {string} label
   * @param {import("../client/client.js").Device[]} devices
   * @param {(id: string) => Promise<void>} use
   */
  #choice(label, devices, use) {
    if (devices.length < 2) {
      return null;
    }
    const options = devices.map(({ id, label: name, isUsed }) =>
      make("option", { value: id, selected: isUsed, textContent: name || this.panel.texts.standardDevice }),
    );
    const change = () => void use(select.value).catch((error) => this.panel.say(this.panel.troubleOf(error)));
    const select = make("select", { class: "input", onchange: change }, ...options);
    return make("label", { class: "field" }, label, select);
  }
}
